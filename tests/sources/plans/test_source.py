"""One state of a plan as a source of the inventory."""

from __future__ import annotations

from sovercheck.inventory.rows import Item, Note
from sovercheck.sources.plans.model import Plan
from sovercheck.sources.plans.source import PlanState

from .made import change, document, read
from .told import DAY, REGIONS

PLAN = read(document(change("aws_s3_bucket.b", {"region": "ca-central-1"})))


def test_a_state_is_a_source_of_the_files_name_without_inputs_of_its_own() -> None:
    state = PlanState(PLAN, "after", REGIONS, DAY)
    assert (state.kind, state.name, state.inputs()) == ("plan", "plan.json", ())


def test_it_gives_the_same_from_a_world_that_is_made_already() -> None:
    state = PlanState(PLAN, "after", REGIONS, DAY)
    found: list[Item] = list(state.collect())
    assert found
    assert list(state.collect(state.world())) == found
    assert list(PlanState(PLAN, "before", REGIONS, DAY).collect()) == []


def test_what_was_assumed_while_reading_is_told() -> None:
    noted = Plan("t.yaml", "cloudformation", (), knows_before=False, notes=(("plan_assumed", {"n": 1}),))
    assert list(PlanState(noted, "after", REGIONS, DAY).collect()) == [Note("t.yaml", "plan_assumed", {"n": 1})]
