"""The words of a verdict follow its basis and its evidence; a mitigation counts once it is shown."""

from __future__ import annotations

import dataclasses

import pytest

from sovercheck import plain
from sovercheck.findings import Assessment, BasisKind, RuleResult, established, wording
from tests.reports.sample import sample_assessment


def rule(basis: BasisKind) -> RuleResult:
    return dataclasses.replace(sample_assessment().rules[0], basis=basis)


@pytest.mark.parametrize(
    ("basis", "passes", "fails"),
    [
        ("statute", "compliant", "non_compliant"),
        ("regulation", "compliant", "non_compliant"),
        ("foreign-law", "none_known", "exposed"),
        ("target", "target_met", "target_missed"),
        ("policy", "no_deviation", "deviation"),
        ("framework", "no_deviation", "deviation"),
        ("practice", "no_deviation", "deviation"),
    ],
)
def test_only_statutes_and_regulations_say_compliant_or_not(basis: BasisKind, passes: str, fails: str) -> None:
    assert wording(rule(basis), "pass", "documented") == f"verdict.{passes}"
    assert wording(rule(basis), "fail", "documented") == f"verdict.{fails}"


@pytest.mark.parametrize("verdict", ["unknown", "not_applicable", "waived"])
def test_what_is_open_has_the_same_words_for_all(verdict: str) -> None:
    assert wording(rule("statute"), verdict, None) == f"verdict.{verdict}"


def test_press_alone_never_says_compliant_or_not() -> None:
    assert wording(rule("statute"), "fail", "reported") == "verdict.deviation.reported"
    assert wording(rule("statute"), "pass", "reported") == "verdict.no_deviation.reported"
    assert wording(rule("foreign-law"), "fail", "reported") == "verdict.exposed.reported"


def test_a_relaxed_statute_speaks_as_a_practice() -> None:
    assert wording(rule("statute"), "fail", "documented", legal_reference=False) == "verdict.deviation"


@pytest.mark.parametrize(
    ("inherent", "residual", "told"),
    [
        (("exposed", "exposed"), ("possible", "exposed"), ("exposed", "exposed")),
        (("exposed", "exposed"), ("possible", "possible"), ("possible", "possible")),
        (("none_known", "exposed"), ("none_known", "exposed"), ("none_known", "exposed")),
        (("possible", "exposed"), ("possible", "exposed"), ("possible", "exposed")),
    ],
)
def test_a_mitigation_counts_once_it_is_shown(
    inherent: tuple[str, str], residual: tuple[str, str], told: tuple[str, str]
) -> None:
    assert established(inherent, residual) == told


def test_an_assessment_comes_back_from_its_json_as_it_was() -> None:
    assessment = sample_assessment()
    assert plain.from_json(Assessment, plain.to_json(assessment)) == assessment
