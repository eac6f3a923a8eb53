"""What leaves Québec or Canada by a change, and what comes back."""

from __future__ import annotations

import pytest

from sovercheck.change import Action
from sovercheck.decisions.moves import moves
from sovercheck.evaluation.whereabouts import Whereabouts
from sovercheck.gate import PlannedResource
from tests.decisions.gating import B, gated, plan, stays
from tests.sources.plans.made import change

ID = "plan.json#aws_s3_bucket.b"


def resource(action: Action = "replace", id_: str = ID) -> dict[str, PlannedResource]:
    return {
        id_: PlannedResource(id_, "plan.json", B, "aws_s3_bucket", "object_bucket", "aws", action, None, None, None)
    }


def at(place: str | None, region: str | None = None, kind: str | None = "primary") -> dict[str, Whereabouts]:
    return {f"{ID}#primary": Whereabouts(ID, kind, place, region or place)}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("CA-QC", "CA-ON", "leaves_home"),
        ("CA-QC", "US-VA", "leaves_country"),
        ("CA-ON", "US-VA", "leaves_country"),
        ("US-VA", "CA-QC", "returns_home"),
        ("CA-ON", "CA-QC", "returns_home"),
        ("US-VA", "CA-AB", "returns_country"),
        ("US-VA", "US-OR", "moves"),
        ("CA-ON", "CA-AB", "moves"),
        ("CA-QC", None, "unsure"),
        (None, "CA-QC", "unsure"),
        # Somewhere in Canada may be at home.
        ("CA", "US-VA", "unsure"),
        ("CA-QC", "CA", "unsure"),
    ],
)
def test_each_kind_of_move(before: str | None, after: str | None, kind: str) -> None:
    (found,) = moves(at(before), at(after), resource(), "CA-QC")
    assert (found.kind, found.before, found.after, found.address, found.copy) == (kind, before, after, B, "primary")


def test_what_stays_is_no_move_and_another_region_of_the_same_place_is() -> None:
    assert moves(at("US-VA"), at("US-VA"), resource(), "CA-QC") == ()
    assert moves(at(None), at(None), resource(), "CA-QC") == ()
    (found,) = moves(at("CA-QC", "ca-central-1"), at("CA-QC", "canadaeast"), resource(), "CA-QC")
    assert found.kind == "moves"


def test_what_is_new_or_gone_at_home_is_no_move_and_outside_it_is() -> None:
    assert moves({}, at("CA-QC"), resource("create"), "CA-QC") == ()
    assert moves(at("CA-QC"), {}, resource("delete"), "CA-QC") == ()
    assert [move.kind for move in moves({}, at("CA-ON"), resource("create"), "CA-QC")] == ["comes"]
    assert [move.kind for move in moves(at("US-VA"), {}, resource("delete"), "CA-QC")] == ["goes"]
    # What may be at home is not said to be outside.
    assert moves({}, at("CA"), resource("create"), "CA-QC") == ()


def test_what_is_forgotten_stays_where_it_is() -> None:
    assert moves(at("US-VA"), {}, resource("forget"), "CA-QC") == ()


def test_copies_of_what_is_in_no_file_do_not_move() -> None:
    assert moves(at("CA-QC"), at("US-VA"), {}, "CA-QC") == ()
    alone = {"x": Whereabouts(None, "primary", "CA-QC", None)}
    assert moves(alone, {"x": Whereabouts(None, "primary", "US", None)}, resource(), "CA-QC") == ()


def test_home_is_the_organisations() -> None:
    (found,) = moves(at("CA-QC"), at("CA-ON"), resource(), "CA-ON")
    assert found.kind == "returns_home"


def test_the_gravest_come_first() -> None:
    plans = plan(
        change(
            "aws_s3_bucket.a", {"region": "ca-central-1"}, actions=("delete", "create"), before={"region": "us-east-1"}
        ),
        change(
            "aws_s3_bucket.c", {"region": "us-east-1"}, actions=("delete", "create"), before={"region": "ca-central-1"}
        ),
        change(
            "aws_s3_bucket.d", {"region": "ca-west-1"}, actions=("delete", "create"), before={"region": "ca-central-1"}
        ),
        stays("aws_s3_bucket.e", region="us-east-1"),
        change("aws_s3_bucket.f", {"region": "us-east-1"}),
    )
    found = gated(plans).gate.moves
    assert [(move.kind, move.address) for move in found] == [
        ("leaves_country", "aws_s3_bucket.c"),
        ("leaves_home", "aws_s3_bucket.d"),
        ("comes", "aws_s3_bucket.f"),
        ("returns_home", "aws_s3_bucket.a"),
    ]
