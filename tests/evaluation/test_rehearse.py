"""The runner of rules' own tests: each is an inventory of its own, though many are judged together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sovercheck.errors import Place
from sovercheck.evaluation.rehearse import rehearse
from sovercheck.inventory.facts import FACTS, Subject
from sovercheck.policy.condition import Compare, Condition, ExposureAtMost
from sovercheck.policy.model import Expected, Rule, RuleTest
from sovercheck.reference import load_reference
from sovercheck.reference.laws import Level
from sovercheck.strictyaml import loads
from tests.evaluation.build import make_rule
from tests.evaluation.test_share import share_rule

IN_QUEBEC = Compare(FACTS["copy.place"], "in", ("CA-QC",))
DAY = date(2026, 11, 22)


def written(name: str, given: str, expect: Expected, as_of: date = DAY, parameters: str = "{}") -> RuleTest:
    value, parameter = loads(given.encode(), "x").value, loads(parameters.encode(), "x").value
    assert isinstance(value, dict)
    assert isinstance(parameter, dict)
    return RuleTest(name, value, as_of, parameter, expect, Place("example.yaml", 1, 1))


def found(rule: Rule, *tests: RuleTest) -> list[str | None]:
    outcomes = rehearse([replace(rule, tests=tests)], load_reference(), lambda rule, _: rule)
    assert [outcome.case.name for outcome in outcomes] == [test.name for test in tests]
    assert [outcome.holds for outcome in outcomes] == [
        outcome.found == test.expect for outcome, test in zip(outcomes, tests, strict=True)
    ]
    return [outcome.found for outcome in outcomes]


def test_tests_of_one_rule_do_not_touch_each_other() -> None:
    tests = [written(place, f"{{copy.place: {place}}}", "pass") for place in ("CA-QC", "CA-ON", "CA")]
    assert found(make_rule(IN_QUEBEC), *tests, written("rien", "{}", "unknown")) == [
        "pass",
        "fail",
        "unknown",
        "unknown",
    ]


def test_of_several_subjects_the_worst_verdict_counts() -> None:
    given = "{resources: [{id: r}], copies: [{id: a, resource: r, place: CA-QC}, {id: b, resource: r, place: US}]}"
    assert found(make_rule(IN_QUEBEC), written("deux", given, "fail")) == ["fail"]


def test_a_test_without_a_subject_has_no_verdict() -> None:
    assert found(make_rule(IN_QUEBEC), written("aucune copie", "{systems: [{id: s}]}", "pass")) == [None]


def test_a_test_is_judged_on_its_day() -> None:
    rule = make_rule(IN_QUEBEC, kind="statute", since=date(2026, 1, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1)]
    tests = [written(str(day), "{copy.place: US}", "fail", day) for day in days]
    assert found(rule, *tests) == ["not_applicable", "fail"]


@pytest.mark.parametrize(
    ("condition", "subject", "given", "expected"),
    [
        (Compare(FACTS["system.places"], "all_in", ("CA-QC",)), "system", "{system.places: [CA-QC]}", "pass"),
        (
            Compare(FACTS["system.places"], "all_in", ("CA-QC",)),
            "system",
            "{system.places: {members: [CA-QC], open: true}}",
            "unknown",
        ),
        (Compare(FACTS["copy.contradicted"], "empty", True), "copy", "{copy.contradicted: [copy.place]}", "fail"),
        (ExposureAtMost("us-cloud-act", Level.NONE_KNOWN), "system", "{exposure: {us-cloud-act: none_known}}", "pass"),
        (
            ExposureAtMost("us-cloud-act", Level.NONE_KNOWN),
            "system",
            "{exposure: {us-cloud-act: [none_known, exposed]}}",
            "unknown",
        ),
    ],
)
def test_a_derived_fact_or_an_exposure_may_be_given_as_it_is(
    condition: Condition, subject: Subject, given: str, expected: Expected
) -> None:
    law = condition.law if isinstance(condition, ExposureAtMost) else None
    rule = make_rule(condition, subject=subject, law=law)
    assert found(rule, written("donné", given, expected), written("rien", "{}", expected))[0] == expected


def test_a_gap_of_a_test_is_a_gap() -> None:
    given = "{copy.place: {value: %s, evidence: declared, gap: refused}}"
    tests = [written(place, given % place, "unknown") for place in ("CA-QC", "US")]
    assert found(make_rule(IN_QUEBEC), *tests) == ["unknown", "fail"]


def test_a_share_looks_at_its_own_estate_alone() -> None:
    given = "{systems: [{id: s, data_class: health}], resources: [{id: r, system: s, bytes: 10, environment: %s}]}"
    tests = [written(word, given % word, "pass") for word in ("production", "test")]
    assert found(share_rule(), *tests) == ["pass", "fail"]


def test_a_test_may_ask_for_other_parameters() -> None:
    def under(rule: Rule, parameters: object) -> Rule:
        assert parameters == {"places": ["US"]}
        return replace(rule, require=Compare(FACTS["copy.place"], "in", ("US",)))

    tests = (
        written("ordinaire", "{copy.place: US}", "fail"),
        written("autre", "{copy.place: US}", "pass", parameters="{places: [US]}"),
    )
    outcomes = rehearse([replace(make_rule(IN_QUEBEC), tests=tests)], load_reference(), under)
    assert [(outcome.found, outcome.holds) for outcome in outcomes] == [("fail", True), ("pass", True)]
