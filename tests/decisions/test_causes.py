from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sovercheck.comparison import Cause, FactChange, Standing
from sovercheck.decisions.causes import Between, causes, law_changes, rule_changes, said
from sovercheck.decisions.sides import Key, Side
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import DecidingFact, TextRead
from tests.decisions.judged import DECLARED, KEY, LAW, PROVENANCE, RULE, failing, place, side

PASS, FAIL, ABSENT, WAIVED = Standing("pass"), Standing("fail"), Standing("absent"), Standing("waived")
YESTERDAY = "2026-11-21"
OTHER = "1" * 64
"""The hash of another inventory."""


def between(earlier: Side, later: Side, copies: Sequence[CopyDifference] | None = None) -> Between:
    moved = {copy.id: copy for copy in copies} if copies is not None else None
    return Between(earlier, later, rule_changes(earlier, later), law_changes(earlier, later), moved)


def why(
    found: Between, before: Standing = PASS, after: Standing = FAIL, key: Key = KEY
) -> tuple[tuple[Cause, ...], tuple[FactChange, ...]]:
    return causes(found, key, before, after)


# Rules that are not the same


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"statement": {"fr": "autre", "en": "other"}}, ("statement",)),
        ({"subject": "resource"}, ("statement",)),
        ({"parameters": {"months": "12"}}, ("parameters",)),
        ({"relaxed": ("months",)}, ("parameters",)),
        ({"basis": "practice"}, ("basis",)),
        ({"cite": {"fr": "autre", "en": "other"}}, ("basis",)),
        ({"severity": "info"}, ("severity",)),
        ({"min_evidence": "observed"}, ("min_evidence",)),
        ({"text": TextRead("1999-01-01", None, "memory")}, ("text",)),
        ({"law": "us-cloud-act"}, ("law",)),
        ({"in_force_to": "2030-01-01"}, ("in_force",)),
        ({"applies": False}, ("force",)),
        ({"in_force_from": "2099-01-01", "applies": False}, ("in_force",)),
        ({"severity": "info", "applies": False}, ("severity", "force")),
        ({"title": {"fr": "autre", "en": "other"}}, ()),
        ({"text": replace(RULE.text, read_on="2026-01-01")}, ()),
        ({"counts": replace(RULE.counts, failed=99)}, ()),
    ],
)
def test_a_rule_is_another_in_what_its_verdicts_rest_on(changed: dict[str, Any], differs: tuple[str, ...]) -> None:
    later = replace(RULE, **changed)
    found = rule_changes(side(), side(rules=(later,)))
    assert [(c.differs, c.before, c.after) for c in found.values()] == ([(differs, RULE, later)] if differs else [])


def test_rules_that_are_gone_come_after_those_that_there_are() -> None:
    new, gone = replace(RULE, id="new"), replace(RULE, id="gone")
    found = rule_changes(side(rules=(gone, RULE)), side(rules=(RULE, new)))
    assert [(c.id, c.before, c.after) for c in found.values()] == [("new", None, new), ("gone", gone, None)]


# Laws that are not the same


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"places": ("US", "PR")}, ("places",)),
        ({"status": "repealed"}, ("status",)),
        ({"in_force_from": "2019-01-01"}, ("in_force",)),
        ({"in_force_to": "2025-01-01"}, ("in_force", "force")),
        ({"text": TextRead("1999-01-01", None, "memory")}, ("text",)),
        ({"name": {"fr": "autre", "en": "other"}}, ()),
    ],
)
def test_a_law_is_another_in_whom_and_when_it_reaches(changed: dict[str, Any], differs: tuple[str, ...]) -> None:
    found = law_changes(side(laws=[LAW]), side(laws=[replace(LAW, **changed)]))
    assert [c.differs for c in found.values()] == ([differs] if differs else [])


@pytest.mark.parametrize(
    ("since", "until", "changes"),
    [("2026-11-22", None, True), ("2026-11-23", None, False), (None, "2026-11-21", True), (None, "2026-11-22", False)],
)
def test_the_same_law_changes_where_its_force_begins_or_ends_between_the_two_days(
    since: str | None, until: str | None, *, changes: bool
) -> None:
    law = replace(LAW, in_force_from=since or "2020-01-01", in_force_to=until)
    found = law_changes(side(laws=[law], as_of=YESTERDAY), side(laws=[law]))
    assert [c.differs for c in found.values()] == ([("force",)] if changes else [])


def test_laws_that_are_new_or_gone_in_order_of_id() -> None:
    a, b = replace(LAW, id="a"), replace(LAW, id="b")
    found = law_changes(side(laws=[b]), side(laws=[a]))
    assert [(c.id, c.before, c.after) for c in found.values()] == [("a", None, a), ("b", b, None)]


# What a fact says


def test_when_and_where_in_its_source_a_fact_was_read_is_nothing_that_it_says() -> None:
    dated = side(provenance=tuple(replace(p, date="2027-01-01", locator="ailleurs") for p in PROVENANCE))
    assert said(place("CA-QC"), dated) == said(place("CA-QC"), side())


@pytest.mark.parametrize(
    "other",
    [
        place("US-VA"),
        place("CA-QC", provenance=DECLARED),
        place("CA-QC", state="weak"),
        place("CA-QC", high="CA-ON"),
        place("CA-QC", open=True),
        place(None),
    ],
)
def test_its_value_its_state_and_its_evidence_are(other: DecidingFact) -> None:
    assert said(place("CA-QC"), side()) != said(other, side())


def test_the_evidence_of_each_side_is_numbered_by_itself() -> None:
    turned = side(provenance=PROVENANCE[::-1])
    assert said(place("CA-QC", provenance=0), side()) == said(place("CA-QC", provenance=1), turned)


# Facts, of a finding on both sides


def test_the_facts_of_two_findings_that_differ_are_shown_and_the_others_not() -> None:
    kind = DecidingFact("copy.kind", "c1", "known", "backup", provenance=0)
    earlier, later = side(failing(place("CA-ON"), kind), inventory=OTHER), side(failing(place("US-VA"), kind))
    assert why(between(earlier, later)) == (
        ("facts",),
        (FactChange("copy.place", "c1", place("CA-ON"), place("US-VA")),),
    )


def test_a_fact_that_decides_on_one_side_alone_differs() -> None:
    earlier, later = side(failing(place("US-VA", of="c2")), inventory=OTHER), side(failing(place("US-VA")))
    assert why(between(earlier, later))[1] == (
        FactChange("copy.place", "c1", None, place("US-VA")),
        FactChange("copy.place", "c2", place("US-VA", of="c2"), None),
    )


def test_of_one_inventory_facts_that_differ_are_shown_and_are_no_cause() -> None:
    """The same facts were judged: that others decide comes of the date."""
    earlier, later = side(failing(place("CA-ON")), as_of=YESTERDAY), side(failing(place("US-VA")))
    assert why(between(earlier, later)) == (
        ("date",),
        (FactChange("copy.place", "c1", place("CA-ON"), place("US-VA")),),
    )


def test_two_inventories_without_a_hash_are_not_the_same() -> None:
    assert not between(side(inputs=()), side(inputs=())).same_facts


# Facts, of a finding on one side


def test_what_the_other_side_tells_elsewhere_is_compared() -> None:
    elsewhere = failing(place("CA-QC"), id_="c9")
    earlier, later = side(elsewhere, inventory=OTHER), side(elsewhere, failing(place("US-VA")))
    change = FactChange("copy.place", "c1", place("CA-QC"), place("US-VA"))
    assert why(between(earlier, later)) == (("facts",), (change,))
    back = FactChange("copy.place", "c1", place("US-VA"), place("CA-QC"))
    assert why(between(later, earlier), FAIL, PASS) == (("facts",), (back,))


def test_a_subject_that_came_or_went_is_a_change_of_facts() -> None:
    found = between(side(inventory=OTHER), side(failing()))
    assert why(found, before=ABSENT)[0] == ("facts",)
    assert why(found, FAIL, ABSENT)[0] == ("facts",)


def test_where_a_copy_was_is_known_from_the_verdict_tables() -> None:
    moved = CopyDifference("c1", None, ("CA-QC", "primary"), ("US-VA", "primary"))
    found = between(side(inventory=OTHER), side(failing(place("US-VA"))), [moved])
    there = DecidingFact("copy.place", "c1", "known", "CA-QC")
    assert why(found) == (("facts",), (FactChange("copy.place", "c1", there, place("US-VA")),))


def test_where_a_copy_is_now_is_known_from_them_too() -> None:
    moved = CopyDifference("c1", None, ("US-VA", "primary"), (None, "backup"))
    facts = place("US-VA"), DecidingFact("copy.kind", "c1", "known", "primary")
    found = between(side(failing(*facts), inventory=OTHER), side(), [moved])
    assert why(found, FAIL, PASS)[1] == (
        FactChange("copy.place", "c1", facts[0], DecidingFact("copy.place", "c1", "unknown")),
        FactChange("copy.kind", "c1", facts[1], DecidingFact("copy.kind", "c1", "known", "backup")),
    )


def test_a_place_that_the_tables_do_not_tell_otherwise_is_the_same() -> None:
    """All facts were compared then, so that the date is left."""
    stayed = CopyDifference("c1", None, ("US-VA", "primary"), ("US-VA", "backup"))
    for copies in ([], [stayed]):
        found = between(side(inventory=OTHER, as_of=YESTERDAY), side(failing(place("US-VA"))), copies)
        assert why(found) == (("date",), ())


@pytest.mark.parametrize(
    "fact",
    [place("US-VA", state="weak"), place(None, state="refused"), DecidingFact("copy.since", "c1", "known", "2020")],
)
def test_the_tables_say_nothing_of_evidence_or_of_other_facts(fact: DecidingFact) -> None:
    moved = CopyDifference("c1", None, ("CA-QC", "primary"), ("US-VA", "primary"))
    found = between(side(inventory=OTHER, as_of=YESTERDAY), side(failing(fact)), [moved])
    assert why(found) == (("facts_or_date",), ())


# Rule, law and waiver


def test_a_rule_that_is_new_or_says_something_else_is_the_cause() -> None:
    assert why(between(side(rules=()), side(failing())))[0] == ("rule",)
    assert why(between(side(failing()), side(rules=())), FAIL, Standing("no_rule"))[0] == ("rule",)
    assert why(between(side(rules=(replace(RULE, severity="info"),)), side(failing())))[0] == ("rule",)


def test_a_rule_that_only_came_into_force_is_a_matter_of_law() -> None:
    late = replace(RULE, applies=False)
    assert why(between(side(rules=(late,), as_of=YESTERDAY), side(failing())))[0] == ("law",)
    other = replace(late, severity="info")
    assert why(between(side(rules=(other,), as_of=YESTERDAY), side(failing())))[0] == ("rule", "law")


def test_the_law_that_a_rule_looks_at_is_a_cause_and_another_law_is_none() -> None:
    wider = replace(LAW, places=("US", "PR"))
    for law, expected in (("law", ("law",)), ("other", ("unexplained",)), (None, ("unexplained",))):
        rules = (replace(RULE, law=law),)
        found = between(side(rules=rules, laws=[LAW]), side(failing(), rules=rules, laws=[wider]))
        assert why(found)[0] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (FAIL, WAIVED, ("waiver",)),
        (WAIVED, FAIL, ("waiver",)),
        (WAIVED, PASS, ("unexplained",)),
        (PASS, WAIVED, ("unexplained",)),
        (WAIVED, Standing("unknown"), ("unexplained",)),
    ],
)
def test_a_waiver_is_the_cause_where_it_is_all_that_parts_two_fails(
    before: Standing, after: Standing, expected: tuple[Cause, ...]
) -> None:
    assert why(between(side(failing()), side(failing())), before, after)[0] == expected


def test_all_causes_that_apply_are_told() -> None:
    earlier = side(
        failing(place("CA-ON")), inventory=OTHER, rules=(replace(RULE, applies=False, severity="info", law="law"),)
    )
    later = side(failing(place("US-VA"), waiver="d"), rules=(replace(RULE, law="law"),))
    assert why(between(earlier, later), FAIL, WAIVED)[0] == ("facts", "rule", "law", "waiver")


# What is left


@pytest.mark.parametrize(
    ("inventory", "as_of", "version", "expected"),
    [
        ("0" * 64, "2026-11-22", "1.0", "unexplained"),
        ("0" * 64, YESTERDAY, "1.0", "date"),
        ("0" * 64, YESTERDAY, "0.9", "date"),
        (OTHER, YESTERDAY, "1.0", "facts_or_date"),
        (OTHER, YESTERDAY, "0.9", "facts_or_date"),
        (OTHER, "2026-11-22", "1.0", "facts"),
        (OTHER, "2026-11-22", "0.9", "unexplained"),
    ],
)
def test_where_no_fact_could_be_compared_what_may_be_the_cause_is_left(
    inventory: str, as_of: str, version: str, expected: Cause
) -> None:
    earlier = side(inventory=inventory, as_of=as_of, version=version)
    assert why(between(earlier, side(failing(place("US-VA"))))) == ((expected,), ())


def test_where_all_facts_were_compared_only_the_date_is_left() -> None:
    same = failing(place("US-VA"))
    assert why(between(side(same, inventory=OTHER, as_of=YESTERDAY), side(same)))[0] == ("date",)
    assert why(between(side(same, inventory=OTHER), side(same)))[0] == ("unexplained",)


def test_of_findings_without_facts_nothing_was_compared() -> None:
    assert why(between(side(failing(), inventory=OTHER, as_of=YESTERDAY), side(failing())))[0] == ("facts_or_date",)


def test_of_a_share_the_assessments_have_no_facts() -> None:
    key = ("in-quebec", "estate", "estate")
    found = between(side(inventory=OTHER, as_of=YESTERDAY), side())
    assert why(found, PASS, Standing("not_applicable"), key) == (("facts_or_date",), ())
