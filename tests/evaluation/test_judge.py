"""Verdicts of small rules on small inventories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.judge import find, judge
from sovercheck.findings import Verdict
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap
from sovercheck.policy.condition import Before, Compare, DateSide, FactSide, Not
from sovercheck.policy.model import BasisKind, Rule, TextGrade
from tests.evaluation.build import inventory, make_rule, worst

AS_OF = date(2026, 11, 23)
IN_QUEBEC = Compare(FACTS["copy.place"], "in", ("CA-QC",))
SENSITIVE = Compare(FACTS["system.data_class"], "in", ("sensitive", "health"))
COPY = (
    "systems: [{id: s, data_class: health}]\nresources: [{id: r, system: s}]\ncopies: [{id: c, resource: r, place: %s}]"
)


def verdicts(text: str, rules: Rule | Sequence[Rule], *gaps: Gap) -> list[dict[str, str]]:
    """Of each rule, subject → verdict; all rules are about the same subject."""
    rules = [rules] if isinstance(rules, Rule) else rules
    with inventory(text, *gaps) as found:
        (judged,) = judge(found, rules, AS_OF, nothing_contradicted=derive(found))
        rows = found.connection.execute(f"SELECT {worst(judged)} ORDER BY id").fetchall()
    told = [{row[0]: Verdict(row[n + 1]).word for row in rows} for n in range(len(rules))]
    for counted, of_rule in zip(judged.tallies, told, strict=True):
        words = list(of_rule.values())
        assert (counted.passed, counted.failed, counted.unknown, counted.not_applicable) == tuple(
            words.count(word) for word in ("pass", "fail", "unknown", "not_applicable")
        )
    return told


def verdict(text: str, rule: Rule, *gaps: Gap) -> str:
    (found,) = verdicts(text, rule, *gaps)
    return found["c"]


@pytest.mark.parametrize(
    ("place", "expected"), [("CA-QC", "pass"), ("CA-ON", "fail"), ("CA", "unknown"), ("none", "fail"), ("US", "fail")]
)
def test_a_rule_holds_fails_or_stays_open(place: str, expected: str) -> None:
    assert verdict(COPY % place, make_rule(IN_QUEBEC)) == expected


def test_what_nobody_answered_is_unknown_unless_nothing_depends_on_it() -> None:
    text = (COPY % "CA-ON").replace(", data_class: health", "")
    assert verdict(text, make_rule(IN_QUEBEC, SENSITIVE)) == "unknown"
    assert verdict(text.replace("CA-ON", "CA-QC"), make_rule(IN_QUEBEC, SENSITIVE)) == "pass"
    assert verdict((COPY % "CA-ON").replace("health", "public"), make_rule(IN_QUEBEC, SENSITIVE)) == "not_applicable"


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("public", "public"), "not_applicable"),
        (("public", "health"), "fail"),
        (("public", None), "unknown"),
        (("health", None), "fail"),
    ],
)
def test_of_several_systems_the_worst_verdict_stands(classes: tuple[str | None, str | None], expected: str) -> None:
    systems = ", ".join(
        f"{{id: s{n}}}" if class_ is None else f"{{id: s{n}, data_class: {class_}}}" for n, class_ in enumerate(classes)
    )
    text = (
        f"systems: [{systems}]\nresources: [{{id: r, systems: [s0, s1]}}]\ncopies: [{{id: c, resource: r, place: US}}]"
    )
    assert verdict(text, make_rule(IN_QUEBEC, SENSITIVE)) == expected


def test_a_resource_of_several_systems_has_one_finding_on_the_system_that_is_worst() -> None:
    text = """
systems: [{id: a, data_class: public}, {id: b, data_class: health}, {id: d, data_class: health}]
resources: [{id: r, systems: [a, b, d]}]
copies: [{id: c, resource: r, place: US}]
"""
    with inventory(text) as found:
        judged = judge(found, [make_rule(IN_QUEBEC, SENSITIVE)], AS_OF, nothing_contradicted=derive(found))
        find(found, judged)
        rows = found.connection.execute(
            "SELECT v.id, v.system, f.verdict FROM finding f JOIN verdict_copy v ON v.rowid = f.line"
        ).fetchall()
    assert rows == [("c", "b", int(Verdict.FAIL))]


def test_a_rule_that_is_not_in_force_does_not_apply() -> None:
    days = {
        "in force": make_rule(IN_QUEBEC, kind="statute", since=date(2023, 9, 22)),
        "first day": make_rule(IN_QUEBEC, kind="statute", since=AS_OF),
        "later": make_rule(IN_QUEBEC, kind="statute", since=date(2026, 11, 24)),
        "last day": make_rule(IN_QUEBEC, kind="statute", since=date(2020, 1, 1), until=AS_OF),
        "expired": make_rule(IN_QUEBEC, kind="statute", since=date(2020, 1, 1), until=date(2026, 11, 22)),
        "a bill": make_rule(IN_QUEBEC, kind="statute"),
        "a practice": make_rule(IN_QUEBEC, kind="practice"),
    }
    found = dict(zip(days, (of["c"] for of in verdicts(COPY % "US", list(days.values()))), strict=True))
    applies = {name for name, verdict in found.items() if verdict == "fail"}
    assert applies == {"in force", "first day", "last day", "a practice"}
    assert {found[name] for name in days.keys() - applies} == {"not_applicable"}


@pytest.mark.parametrize("place", ["CA-QC", "US"])
def test_a_statute_of_which_no_sure_text_was_read_settles_nothing(place: str) -> None:
    texts: tuple[tuple[BasisKind, TextGrade], ...] = (
        ("statute", "secondary"),
        ("regulation", "memory"),
        ("foreign-law", "memory"),
        ("statute", "republished"),
    )
    rules = [make_rule(IN_QUEBEC, kind=kind, since=date(2023, 9, 22), grade=grade) for kind, grade in texts]
    clear = "pass" if place == "CA-QC" else "fail"
    found = [of["c"] for of in verdicts(COPY % place, rules)]
    assert found == ["unknown", "unknown", clear, clear]
    away = [
        make_rule(
            IN_QUEBEC,
            Compare(FACTS["system.data_class"], "in", ("public",)),
            kind="statute",
            since=date(2023, 9, 22),
            grade="memory",
        )
    ]
    assert verdicts(COPY % place, away)[0]["c"] == "not_applicable"


@pytest.mark.parametrize(
    ("place", "grade", "expected"),
    [
        ("CA-QC", "observed", "pass"),
        ("CA-QC", "documented", "pass"),
        ("CA-QC", "declared", "unknown"),
        ("US", "declared", "fail"),
        ("US", "assumed", "fail"),
    ],
)
def test_evidence_below_the_minimum_may_fail_and_never_passes(place: str, grade: str, expected: str) -> None:
    rule = make_rule(IN_QUEBEC, min_evidence=Grade.DOCUMENTED)
    assert verdict(COPY % f"{{value: {place}, evidence: {grade}}}", rule) == expected


def test_evidence_below_the_minimum_does_not_put_a_rule_out_of_reach() -> None:
    """That it does not apply is a claim like any other."""
    text = (COPY % "{value: CA-QC, evidence: declared}").replace("health", "{value: public, evidence: declared}")
    assert verdict(text, make_rule(IN_QUEBEC, SENSITIVE, min_evidence=Grade.OBSERVED)) == "unknown"


@pytest.mark.parametrize(("place", "expected"), [("CA-QC", "unknown"), ("US", "fail")])
def test_a_value_under_a_gap_may_fail_and_never_passes(place: str, expected: str) -> None:
    gap = Gap("compte", "refused", "copy", "c", ("place",))
    assert verdict(COPY % f"{{value: {place}, evidence: declared}}", make_rule(IN_QUEBEC), gap) == expected
    assert verdict((COPY % "CA-QC").replace(", place: CA-QC", ""), make_rule(IN_QUEBEC), gap) == "unknown"


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2019-05-01", "unknown"),
        ("2023", "unknown"),
        ("2023-09-22", "fail"),
        ("2025-01-15", "fail"),
        ("2026-01-01", "pass"),
    ],
)
def test_a_copy_older_than_the_article_cannot_fail_it_on_dates(since: str, expected: str) -> None:
    rule = make_rule(
        Before(DateSide("2025-06-01"), FactSide(FACTS["copy.since"])), kind="statute", since=date(2023, 9, 22)
    )
    assert verdict((COPY % "US").replace("place: US", f"place: US, since: {since}"), rule) == expected


def test_an_older_copy_may_fail_a_practice_on_dates() -> None:
    rule = make_rule(Not(Before(FactSide(FACTS["copy.since"]), DateSide("2020"))), since=date(2023, 9, 22))
    assert verdict((COPY % "US").replace("place: US", "place: US, since: 2019-05-01"), rule) == "fail"


def test_no_subject_no_verdict() -> None:
    assert verdicts("systems: [{id: s}]", make_rule(IN_QUEBEC)) == [{}]
