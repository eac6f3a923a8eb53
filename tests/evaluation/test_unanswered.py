"""What no row answers is not looked for, and everything is told as if it had been."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest

from sovercheck.evaluation.assess import Setting, assess
from sovercheck.evaluation.evaluate import evaluate
from sovercheck.findings import Assessment, Organisation
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.rows import Gap
from sovercheck.policy.cases import cases
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.reference import load_reference
from tests.evaluation.build import inventory
from tests.evaluation.worlds import Values, World, enrich

AS_OF = date(2026, 11, 23)
SETTING = Setting(Organisation("Exemple", "public_body", "CA-QC"), AS_OF)
POLICIES = load_policies(shipped_ids(), load_reference(), {})
WORLDS = 30


def worlds() -> Iterator[World]:
    """Of the tests of rules, each with what it gives alone; and some with more."""
    rng = random.Random(20261127)
    own = [case for rule in POLICIES.rules for case in cases(rule)]
    values = Values()
    for case in own:
        values.learn(case.rows)
    for n, case in enumerate(rng.sample(own, WORLDS)):
        yield World.of(case.rows if n % 3 else enrich(rng, values, case.rows), case.gaps)


def told(world: World, *, looked_for: bool) -> Assessment:
    builder = Builder()
    builder.add("test", world.items(""))
    with builder.finish() as found:
        assert found.unanswered
        if looked_for:
            found.unanswered = frozenset()
        evaluated = evaluate(found, POLICIES.rules, load_reference(), AS_OF)
        return assess(found, evaluated, POLICIES, load_reference(), (), SETTING)


@pytest.mark.slow
def test_an_assessment_is_the_same_whether_what_nobody_answers_is_looked_for_or_not() -> None:
    findings = 0
    for world in worlds():
        found = told(world, looked_for=False)
        assert found == told(world, looked_for=True)
        findings += len(found.findings)
    assert findings > WORLDS


TEXT = "systems: [{id: s, data_class: health%s}]\nresources: [{id: r, system: s}]\ncopies: [{id: c, resource: r}]"
ANSWERED = {"system.data_class"}


@pytest.mark.parametrize(
    ("more", "gaps", "answered"),
    [
        ("", (), ANSWERED),
        ("", (Gap("test", "refused", "copy", "c", ("place",)),), {*ANSWERED, "copy.place"}),
        ("", (Gap("test", "refused", "component"),), ANSWERED),
        ("", (Gap("test", "refused", "outage"),), {*ANSWERED, "system.outages_complete"}),
        (", purpose: Archives", (), {*ANSWERED, "system.purpose"}),
    ],
)
def test_a_fact_is_answered_by_a_row_or_by_a_reading_that_was_refused(
    more: str, gaps: tuple[Gap, ...], answered: set[str]
) -> None:
    with inventory(TEXT % more, *gaps) as found:
        told_of = {"system.data_class", "system.purpose", "system.outages_complete", "copy.place", "copy.kind"}
        assert told_of - found.unanswered == answered


def test_a_gap_of_all_facts_of_a_subject_answers_each() -> None:
    with inventory(TEXT % "", Gap("test", "refused", "copy", "c")) as found:
        assert not any(name.startswith("copy.") for name in found.unanswered)


@pytest.mark.parametrize("more", ["", ", efvps_complete: true"])
def test_that_a_list_of_assessments_is_closed_answers_what_they_would_say(more: str) -> None:
    with inventory(TEXT % more) as found:
        assert {"efvp.status", "project_efvp.date"} <= found.unanswered or more
        assert ("efvp.status" in found.unanswered) is not bool(more)
