"""The two states of a change as sources, and what becomes of each resource."""

from __future__ import annotations

from dataclasses import replace

from sovercheck.decisions.states import ASSUMED, OPTION, State, root_of, states
from sovercheck.gate import PlannedResource
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Row
from sovercheck.reference import load_reference
from sovercheck.sources.plans.model import Plan
from tests.decisions.gating import TODAY, B, plan, stays
from tests.sources.plans.made import Object, change, read

REGIONS = load_reference().regions


def both(found: Object, data_class: str | None = None) -> tuple[State, State, tuple[PlannedResource, ...]]:
    return states([read(found)], REGIONS, TODAY, data_class)


def rows(state: State, table: str) -> dict[str, Row]:
    items = [item for source in state.sources for item in source.collect()]
    return {
        item.id.partition("#")[2] or item.id: item for item in items if isinstance(item, Row) and item.table == table
    }


MADE = plan(change("aws_s3_bucket.new"), stays("aws_s3_bucket.there"))


def test_a_copy_that_the_change_makes_is_since_the_day_of_the_run_and_inferred() -> None:
    _, after, _ = both(MADE)
    since = rows(after, "copy")["aws_s3_bucket.new#primary"].facts["since"]
    assert (since.value, since.evidence.grade) == ("2026-11-27", Grade.INFERRED)
    assert "since" not in rows(after, "copy")["aws_s3_bucket.there#primary"].facts


def test_where_no_file_says_how_things_are_nothing_is_since_the_run() -> None:
    template: Plan = replace(read(MADE), knows_before=False)
    _, after, _ = states([template], REGIONS, TODAY, None)
    assert all("since" not in row.facts for row in rows(after, "copy").values())


def test_a_class_of_data_is_assumed_of_what_is_tied_to_nothing_before_and_after_alike() -> None:
    before, after, _ = both(MADE, "sensitive")
    assumed = f"{ASSUMED}plan.json"
    assert before.otherwise == after.otherwise == assumed
    for state in (before, after):
        known = rows(state, "system")[assumed].facts["data_class"]
        assert (known.value, known.evidence.grade, known.evidence.source) == ("sensitive", Grade.ASSUMED, OPTION)
    assert both(MADE)[1].otherwise is None
    assert rows(both(MADE)[1], "system") == {}


def test_a_resource_says_what_it_is_and_where_on_each_side() -> None:
    entry = change(B, {"region": "us-east-1"}, actions=("delete", "create"), before={"region": "ca-central-1"})
    (found,) = both(plan(entry))[2]
    assert (found.kind, found.action, found.provider) == ("object_bucket", "replace", "aws")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.place, found.after.place) == ("CA-QC", "US-VA")
    assert (found.after.rung, found.after.grade) == ("resource", "documented")
    kinds = {one.address: one.kind for one in both(plan(change("aws_iam_role.r"), change("unheard_of.u")))[2]}
    assert kinds == {"aws_iam_role.r": "without_data", "unheard_of.u": "undescribed"}


def test_what_is_not_known_has_no_grade_and_says_why() -> None:
    (found,) = both(plan(change(B), region=None))[2]
    assert found.after is not None
    assert (found.after.region, found.after.place, found.after.grade, found.after.rung) == (None, None, None, "unknown")
    assert (found.after.why, found.after.needs) == ("not_in_plan", "provider aws: region")


def test_the_folder_of_a_file_is_as_it_was_named() -> None:
    assert (root_of("plan.json"), root_of("infra/prod/plan.json"), root_of("./plan.json")) == ("", "infra/prod", "")
