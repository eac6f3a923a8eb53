from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.comparison import Change, Comparison, drift
from sovercheck.decisions.compare import compare
from sovercheck.errors import InputError
from sovercheck.findings import Assessment, Finding, Organisation, Verdict
from sovercheck.plain import from_json, to_json
from sovercheck.reports.base import finding_key
from tests.decisions.earlier import EARLIER, earlier_assessment, sample_comparison, tables
from tests.reports.sample import sample_assessment

SAMPLE = sample_assessment()
T = TypeVar("T")


def only(comparison: Comparison, rule: str, id_: str) -> Change:
    found = [change for change in comparison.findings if (change.rule, change.id) == (rule, id_)]
    assert len(found) == 1
    return found[0]


# An assessment and itself, and the two ways round


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """The sample with some of its findings, rules, systems, gaps and sources away, and some verdicts another."""
    choose = random.Random(draw(st.integers(0, 2**32)))

    def some(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(item for item in items if choose.random() < 0.8)

    def verdict(finding: Finding) -> Finding:
        word = choose.choice(["same", "same", "fail", "unknown", "waived"])
        if word == "same":
            return finding
        if word == "waived":
            return replace(finding, verdict="fail", reason=None, waiver="d")
        return replace(
            finding,
            verdict="fail" if word == "fail" else "unknown",
            reason=None if word == "fail" else "no_answer",
            waiver=None,
        )

    rules = some(SAMPLE.rules)
    ids = {rule.id for rule in rules}
    return replace(
        SAMPLE,
        rules=rules,
        findings=tuple(verdict(f) for f in some(SAMPLE.findings) if f.rule in ids),
        systems=some(SAMPLE.systems),
        gaps=some(SAMPLE.gaps),
        shares=some(SAMPLE.shares),
        waivers=some(SAMPLE.waivers),
        territory=some(SAMPLE.territory),
        coverage=replace(SAMPLE.coverage, sources=some(SAMPLE.coverage.sources)),
    )


@given(assessments())
def test_an_assessment_and_itself_differ_in_nothing(assessment: Assessment) -> None:
    found = compare(assessment, assessment)
    assert found.is_empty
    assert found.unchanged == len(assessment.findings)


_MIRROR = {"new": "over", "settled": "new", "out_of_sight": "new", "worsened": "improved", "improved": "worsened"}


@given(assessments(), assessments())
def test_the_other_way_round_what_is_new_is_over_and_what_is_gained_is_lost(a: Assessment, b: Assessment) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there.unchanged == back.unchanged
    over = {"settled": "over", "out_of_sight": "over"}
    kinds = {(c.rule, c.subject, c.id): over.get(c.kind, c.kind) for c in there.findings}
    mirrored = {(c.rule, c.subject, c.id): _MIRROR[c.kind] for c in back.findings}
    assert kinds == mirrored
    for one, other in zip(by_key(there), by_key(back), strict=True):
        assert (one.before, one.after) == (other.after, other.before)
        if "reading" not in one.causes + other.causes:  # a subject out of sight, and one that comes into sight
            assert set(one.causes) == set(other.causes)
    for name, change in (("readings", "change"), ("exposures", "change")):
        there_words = Counter(getattr(item, change) for item in getattr(there, name))
        back_words = Counter(getattr(item, change) for item in getattr(back, name))
        assert (there_words["lost"], there_words["gained"]) == (back_words["gained"], back_words["lost"])
    assert {(c.place, c.kind, c.before, c.after) for c in there.territory} == {
        (c.place, c.kind, c.after, c.before) for c in back.territory
    }
    assert {(c.rule, c.before, c.after) for c in there.shares} == {(c.rule, c.after, c.before) for c in back.shares}
    assert {change.id for change in there.rules} == {change.id for change in back.rules}


def by_key(comparison: Comparison) -> list[Change]:
    return sorted(comparison.findings, key=lambda c: (c.rule, c.subject, c.id))


@given(assessments(), assessments())
def test_it_survives_being_written(a: Assessment, b: Assessment) -> None:
    found = compare(a, b)
    assert from_json(Comparison, json.loads(json.dumps(to_json(found)))) == found


# What became of each finding


def test_each_kind_of_change_and_its_causes() -> None:
    found = sample_comparison()
    moved = only(found, "copies-in-quebec", "messagerie/primary")
    assert (moved.kind, moved.before.word, moved.after.word) == ("new", "pass", "fail")
    assert moved.causes == ("facts",)
    assert [fact.fact for fact in moved.facts] == ["copy.place"]
    worse = only(found, "copies-in-quebec", "dossier-bd/replica")
    assert (worse.kind, worse.before.word, worse.after.word, worse.causes) == (
        "worsened",
        "unknown",
        "fail",
        ("facts",),
    )
    better = only(found, "us-cloud-act", "imagerie")
    assert (better.kind, better.before.word, better.after.word) == ("improved", "fail", "unknown")
    settled = only(found, "keys-in-hand", "portail-bd")
    assert (settled.kind, settled.after.word) == ("settled", "pass")
    unseen = only(found, "copies-in-quebec", "ancien/primary")
    assert (unseen.kind, unseen.after.word) == ("out_of_sight", "absent"), "a reading of copies was lost"
    new_rule = only(found, "longest-outage", "imagerie")
    assert (new_rule.before.word, new_rule.causes) == ("no_rule", ("rule",))
    assert only(found, "longest-outage", "portail").after.word == "waived"
    assert found.unchanged == len(SAMPLE.findings) - 5


def test_the_gravest_come_first() -> None:
    found = sample_comparison().findings
    assert [change.kind for change in found[:2]] == ["worsened", "new"]
    assert {change.severity for change in found[:2]} == {"blocking"}
    assert [change.kind for change in found][-3:] == ["out_of_sight", "improved", "settled"]


def test_the_keys_are_those_of_the_follow_up() -> None:
    assert {finding_key(f) for f in SAMPLE.findings} == {f"{f.rule}|{f.subject}|{f.id}" for f in SAMPLE.findings}


def test_a_subject_that_is_gone_is_settled_where_no_reading_was_lost() -> None:
    earlier = replace(earlier_assessment(), gaps=SAMPLE.gaps, coverage=SAMPLE.coverage)
    gone = only(compare(earlier, SAMPLE, tables()), "copies-in-quebec", "ancien/primary")
    assert (gone.kind, gone.after.word, gone.causes) == ("settled", "absent", ("facts",))


def test_without_a_verdict_table_nobody_says_how_it_was_settled() -> None:
    earlier = replace(earlier_assessment(), gaps=SAMPLE.gaps, coverage=SAMPLE.coverage)
    found = compare(earlier, SAMPLE)
    assert only(found, "keys-in-hand", "portail-bd").after.word == "not_told"
    assert not found.copies_compared
    assert [places.system for places in found.systems] == ["messagerie"]


# Why


def variant(change: Callable[[Finding], Finding], assessment: Assessment = SAMPLE) -> Assessment:
    return replace(assessment, findings=tuple(change(f) for f in assessment.findings))


def opened(finding: Finding) -> Finding:
    """The same facts, and yet not the same verdict."""
    if (finding.rule, finding.id) == ("supported-components", "imagerie-so"):
        return replace(finding, verdict="unknown", reason="no_answer")
    return finding


def why(earlier: Assessment, later: Assessment = SAMPLE) -> tuple[str, ...]:
    return only(compare(earlier, later), "supported-components", "imagerie-so").causes


def with_rule(assessment: Assessment, **changed: object) -> Assessment:
    rules = tuple(
        replace(rule, **changed) if rule.id == "supported-components" else rule  # type: ignore[arg-type]
        for rule in assessment.rules
    )
    return replace(assessment, rules=rules)


def test_the_date_alone() -> None:
    assert why(replace(variant(opened), as_of=EARLIER)) == ("date",)


@pytest.mark.parametrize(
    "changed",
    [
        {"parameters": {"months": "12"}},
        {"statement": {"fr": "x", "en": "x"}},
        {"severity": "blocking"},
        {"min_evidence": "observed"},
        {"basis": "policy"},
        {"in_force_from": "2020-01-01"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_rule_and_not_the_date(changed: dict[str, object]) -> None:
    assert why(with_rule(replace(variant(opened), as_of=EARLIER), **changed)) == ("rule",)


def test_an_article_that_came_into_force() -> None:
    assert why(with_rule(replace(variant(opened), as_of=EARLIER), applies=False)) == ("law",)


def test_a_law_that_came_into_force_or_changed() -> None:
    def exposed(finding: Finding) -> Finding:
        return replace(finding, verdict="unknown") if finding.id == "messagerie" else finding

    law = SAMPLE.laws[0]
    late = replace(law, in_force_from="2026-08-01")
    later = replace(SAMPLE, laws=(late, *SAMPLE.laws[1:]))
    earlier = replace(variant(exposed, later), as_of=EARLIER)
    found = compare(earlier, later)
    assert only(found, "us-cloud-act", "messagerie").causes == ("law",)
    assert {change.id: change.differs for change in found.laws} == {
        "us-cloud-act": ("force",),
        "us-fisa-702": ("force",),
    }, "one came into force, the other lapsed"
    moved = compare(variant(exposed), replace(SAMPLE, laws=(replace(law, places=("US", "PR")), *SAMPLE.laws[1:])))
    assert only(moved, "us-cloud-act", "messagerie").causes == ("law",)
    assert moved.laws[0].differs == ("places",)


def test_facts_and_rule_together() -> None:
    def changed(finding: Finding) -> Finding:
        finding = opened(finding)
        return replace(finding, facts=finding.facts[1:]) if finding.id == "imagerie-so" else finding

    other_facts = tuple(replace(i, sha256="1" * 64) if i.kind == "inventory" else i for i in SAMPLE.inputs)
    earlier = with_rule(replace(variant(changed), as_of=EARLIER, inputs=other_facts), severity="blocking")
    assert why(earlier) == ("facts", "rule")


def test_when_a_reading_was_made_is_no_change_of_facts() -> None:
    dated = tuple(replace(p, date="2026-05-01", locator="ailleurs") for p in SAMPLE.provenance)
    other_facts = tuple(replace(i, sha256="1" * 64) if i.kind == "inventory" else i for i in SAMPLE.inputs)
    assert why(replace(variant(opened), as_of=EARLIER, inputs=other_facts, provenance=dated)) == ("date",)


def test_facts_and_date_are_not_told_apart_where_the_earlier_values_are_not_known() -> None:
    other_facts = tuple(replace(i, sha256="1" * 64) if i.kind == "inventory" else i for i in SAMPLE.inputs)
    without = replace(
        SAMPLE, findings=tuple(f for f in SAMPLE.findings if f.id != "imagerie-so"), as_of=EARLIER, inputs=other_facts
    )
    passing = tables({"imagerie-so": Verdict.PASS})
    change = only(compare(without, SAMPLE, passing), "supported-components", "imagerie-so")
    assert change.causes == ("facts_or_date",)
    same_day = only(
        compare(replace(without, as_of=SAMPLE.as_of), SAMPLE, passing), "supported-components", "imagerie-so"
    )
    assert same_day.causes == ("facts",)
    same_facts = compare(replace(without, inputs=SAMPLE.inputs), SAMPLE, passing)
    assert only(same_facts, "supported-components", "imagerie-so").causes == ("date",)


def test_nothing_explains_it() -> None:
    assert why(variant(opened)) == ("unexplained",)


def test_a_waiver_that_lapsed() -> None:
    def waived(finding: Finding) -> Finding:
        return replace(finding, waiver="d") if finding.id == "imagerie-so" else finding

    assert why(replace(variant(waived), as_of=EARLIER)) == ("waiver",)
    change = only(compare(variant(waived), SAMPLE), "supported-components", "imagerie-so")
    assert (change.kind, change.before.word, change.after.word) == ("worsened", "waived", "fail")


# Exposures


def test_an_exposure_gained_and_why() -> None:
    found = sample_comparison().exposures
    assert [(e.change, e.law, e.system, e.before) for e in found] == [("gained", "us-cloud-act", "messagerie", None)]
    assert found[0].causes == ("facts",)
    assert found[0].severity == "major"


# What an exit code depends on


def test_only_what_is_grave_enough_counts() -> None:
    comparison = sample_comparison()
    major, blocking = drift(comparison, "major"), drift(comparison, "blocking")
    assert blocking.failing == 2
    assert major.failing > blocking.failing
    assert major.unknown == 1, "out of sight"
    assert major.readings == 3
    nothing = drift(compare(SAMPLE, SAMPLE), "info")
    assert (nothing.failing, nothing.unknown, nothing.readings) == (0, 0, 0)


def test_an_improvement_counts_for_nothing() -> None:
    better = compare(SAMPLE, replace(SAMPLE, findings=(), gaps=()))
    found = drift(better, "info")
    assert (found.failing, found.unknown, found.readings) == (0, 0, 0)


# What cannot be compared


def test_another_organisation() -> None:
    with pytest.raises(InputError) as caught:
        compare(replace(SAMPLE, organisation=Organisation("Autre", None, None)), SAMPLE)
    assert caught.value.code == "compare_organisations"


def test_the_wrong_way_round() -> None:
    with pytest.raises(InputError) as caught:
        compare(SAMPLE, earlier_assessment())
    assert caught.value.code == "compare_order"
