"""The shape of a rule's file and of `policy.yaml`: what may be left out, and what is refused, at which line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from sovercheck.errors import SeveralErrors, SovercheckError
from sovercheck.policy.written_rule import PolicyFile, RuleFile
from sovercheck.reference.written import Written, read

from .conftest import POLICY, RULE

M = TypeVar("M", bound=Written)

SHARE = """\
share:
  over: resource
  of: {num: {resource.place: {in: [CA-QC]}}, den: {}}
  among: {resource.holds_data: {equals: true}}
  weights: [volume, class]
  class_weights: {health: 3}
  missing: {at_most: 1000}
  at_least: $target
"""
OF_SHARE = RULE.replace("require: {copy.place: {in: [CA-QC]}}\n", SHARE)
PARAMETERS = """\
parameters:
  target:
    default: 0.4
    type: number
    statutory: true
    relaxed_when: lower
    meaning: {fr: Cible, en: Target}
"""


def written(folder: Path, text: str, shape: type[M]) -> M:
    path = folder / "exemple.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, shape)[0]


def faults(folder: Path, text: str, shape: type[Written]) -> list[tuple[str, int | None]]:
    """The code of each error, and its line."""
    with pytest.raises(SovercheckError) as caught:
        written(folder, text, shape)
    errors = caught.value.errors if isinstance(caught.value, SeveralErrors) else (caught.value,)
    return [(error.code, error.place.line if error.place is not None else None) for error in errors]


# What may be left out, and what stands as it is written


def test_a_rule_may_leave_out_what_it_does_not_need(tmp_path: Path) -> None:
    found = written(tmp_path, RULE, RuleFile)
    assert (found.rationale, found.gate, found.min_evidence, found.parameters) == (None, None, None, {})
    assert (found.when, found.share, found.exposure) == (None, None, None)
    assert (found.basis.url, found.basis.in_force.since, found.basis.in_force.to) == (None, None, None)


def test_conditions_and_what_tests_give_are_left_as_they_stand(tmp_path: Path) -> None:
    """`reading` reads them, with the registry of facts; here they may be anything."""
    found = written(tmp_path, RULE.replace("{copy.place: {in: [CA-QC]}}", "[no, {such: condition}]"), RuleFile)
    assert found.require == ["no", {"such": "condition"}]
    assert found.tests[0].given == {"copy.place": "CA-QC"}


def test_a_share_says_what_it_counts_among_what_and_how_it_weighs(tmp_path: Path) -> None:
    share = written(tmp_path, OF_SHARE, RuleFile).share
    assert share is not None
    assert (share.over, list(share.of), share.weights) == ("resource", ["num", "den"], ["volume", "class"])
    assert (share.class_weights, share.at_least) == ({"health": 3}, "$target")
    assert share.missing is not None
    assert share.missing.at_most == 1000


def test_what_a_share_may_leave_out(tmp_path: Path) -> None:
    text = OF_SHARE.replace("  class_weights: {health: 3}\n", "").replace("  missing: {at_most: 1000}\n", "")
    share = written(tmp_path, text, RuleFile).share
    assert share is not None
    assert (share.class_weights, share.missing) == ({}, None)


def test_a_parameter_has_a_default_a_type_and_a_meaning(tmp_path: Path) -> None:
    target = written(tmp_path, RULE + PARAMETERS, RuleFile).parameters["target"]
    assert (target.default, target.type, target.statutory, target.relaxed_when) == (0.4, "number", True, "lower")
    plain = PARAMETERS.replace("    statutory: true\n    relaxed_when: lower\n", "")
    free = written(tmp_path, RULE + plain, RuleFile).parameters["target"]
    assert (free.statutory, free.relaxed_when) == (False, None)


def test_a_test_may_be_of_another_day_with_other_parameters_and_expect_by_variant(tmp_path: Path) -> None:
    more = "  - {name: jour, given: {}, as_of: 2020-02-29, parameters: {target: 1}, expect: {volume-strict: pass}}\n"
    test = written(tmp_path, RULE + more, RuleFile).tests[-1]
    assert (test.as_of, test.parameters, test.expect) == (date(2020, 2, 29), {"target": 1}, {"volume-strict": "pass"})


def test_a_text_is_in_force_from_a_day_and_may_still_be(tmp_path: Path) -> None:
    def in_force(words: str) -> tuple[date | None, date | None]:
        found = written(tmp_path, RULE.replace("in_force: {}", f"in_force: {words}"), RuleFile).basis.in_force
        return found.since, found.to

    assert in_force("{from: 2024-07-01}") == (date(2024, 7, 1), None)
    assert in_force("{from: 2024-07-01, to: 2024-07-01}") == (date(2024, 7, 1), date(2024, 7, 1))


# What is refused


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line"),
    [
        ("id: exemple", "id: Exemple", "reference_wrong_form", 1),
        ("title: {fr: Exigence, en: Requirement}", "title: Exigence", "reference_wrong_form", 2),
        ("title: {fr: Exigence, en: Requirement}", "title: {fr: Exigence}", "reference_missing_key", 2),
        ("title: {fr: Exigence, en: Requirement}", "title: {fr: Exigence, en: ' '}", "reference_wrong_form", 2),
        ("kind: practice", "kind: statut", "reference_unknown_word_near", 4),
        ("kind: practice", "kind: practice\n  url: www.exemple.ca", "reference_wrong_form", 5),
        ("in_force: {}", "in_force: {from: 2024-07}", "reference_day", 6),
        ("in_force: {}", "in_force: {from: 2024-02-30}", "reference_day", 6),
        ("in_force: {}", "in_force: {from: 2024-07-01, to: 2024-06-30}", "reference_period", 6),
        ("in_force: {}", "in_force: {to: 2024-06-30}", "reference_period", 6),
        ("in_force: {}", "in_force:", "reference_wrong_form", 6),
        ("read_on: 2026-11-22, ", "", "reference_unread", 7),
        ("severity: minor", "severity: mineur", "reference_unknown_word_near", 8),
        ("severity: minor", "severity: minor\ngate: never", "reference_unknown_word", 9),
        ("severity: minor", "severity: minor\nmin_evidence: observd", "reference_unknown_word_near", 9),
        ("subject: copy", "subject: copies", "reference_unknown_word_near", 9),
        ("subject: copy\n", "", "reference_missing_key", 1),
        ("require:", "requires:", "reference_unknown_key_near", 10),
        ("name: ici, ", "", "reference_missing_key", 13),
        ("given: {copy.place: US}", "given: [US]", "reference_wrong_form", 14),
        ("given: {copy.place: US}", "given: {}, as_of: hier", "reference_day", 14),
        ("given: {copy.place: US}", "given: {}, parameters: {Target: 1}", "reference_wrong_form", 14),
    ],
)
def test_what_departs_from_the_shape_of_a_rule_is_told_at_its_line(
    tmp_path: Path, right: str, wrong: str, code: str, line: int
) -> None:
    assert right in RULE
    assert faults(tmp_path, RULE.replace(right, wrong, 1), RuleFile) == [(code, line)]


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("passed", "reference_unknown_word_near"),
        ("[pass]", "reference_unknown_word_near"),
        ("{volume-strict: passed}", "reference_unknown_word_near"),
        ("{weight-strict: pass}", "reference_wrong_form"),
    ],
)
def test_a_test_that_expects_what_is_no_verdict_is_told_once(tmp_path: Path, expect: str, code: str) -> None:
    assert faults(tmp_path, RULE.replace("expect: pass", f"expect: {expect}"), RuleFile) == [(code, 13)]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("over: resource", "over: copy", "reference_unknown_word"),
        ("of: {num: {resource.place: {in: [CA-QC]}}, den: {}}", "of: {}", "reference_wrong_form"),
        ("of: {num:", "of: {the-num:", "reference_wrong_form"),
        ("weights: [volume, class]", "weights: []", "reference_wrong_form"),
        ("weights: [volume, class]", "weights: [size]", "reference_unknown_word"),
        ("{health: 3}", "{health: 0}", "reference_wrong_form"),
        ("{health: 3}", "{health: 1.5}", "reference_wrong_form"),
        ("{health: 3}", "{healthy: 3}", "reference_unknown_word_near"),
        ("at_most: 1000", "at_most: 0", "reference_wrong_form"),
        ("at_most: 1000", 'at_most: "1000"', "reference_wrong_form"),
        ("  at_least: $target\n", "", "reference_missing_key"),
    ],
)
def test_what_departs_from_the_shape_of_a_share_is_refused(tmp_path: Path, right: str, wrong: str, code: str) -> None:
    assert right in OF_SHARE
    assert [fault for fault, _ in faults(tmp_path, OF_SHARE.replace(right, wrong, 1), RuleFile)] == [code]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("target:", "Target:", "reference_wrong_form"),
        ("    default: 0.4\n", "", "reference_missing_key"),
        ("type: number", "type: percent", "reference_unknown_word"),
        ("statutory: true", "statutory: 1", "reference_wrong_form"),
        ("relaxed_when: lower", "relaxed_when: lowered", "reference_unknown_word_near"),
        ("    meaning: {fr: Cible, en: Target}\n", "", "reference_missing_key"),
    ],
)
def test_what_departs_from_the_shape_of_a_parameter_is_refused(
    tmp_path: Path, right: str, wrong: str, code: str
) -> None:
    assert right in PARAMETERS
    assert [f for f, _ in faults(tmp_path, RULE + PARAMETERS.replace(right, wrong, 1), RuleFile)] == [code]


# policy.yaml


def test_the_french_of_a_policy_is_the_one_that_counts_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert written(tmp_path, POLICY, PolicyFile).authoritative == "fr"
    assert written(tmp_path, POLICY.replace("{id:", "{authoritative: en, id:"), PolicyFile).authoritative == "en"


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("id: essai", "id: mon_essai", "reference_wrong_form"),
        ("id: essai, ", "", "reference_missing_key"),
        ("description:", "descriptions:", "reference_unknown_key_near"),
        ("{id:", "{authoritative: iu, id:", "reference_unknown_word"),
    ],
)
def test_what_departs_from_the_shape_of_a_policy_is_refused(tmp_path: Path, right: str, wrong: str, code: str) -> None:
    assert code in [fault for fault, _ in faults(tmp_path, POLICY.replace(right, wrong, 1), PolicyFile)]
