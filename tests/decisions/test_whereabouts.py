from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sovercheck.comparison import CopyChange, CopyState, PlaceChange, SystemPlaces
from sovercheck.decisions.whereabouts import copy_changes, place_changes, share_changes, system_places
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import PlaceVolume, Share, SystemView
from tests.decisions.judged import side
from tests.reports.sample import DOSSIER, sample_assessment

SAMPLE = sample_assessment()
SYSTEM = next(system for system in SAMPLE.systems if system.id == DOSSIER)
SHARE = replace(SAMPLE.shares[0], rule="share/count", low="0.25", high="0.5", target="0.4", verdict="unknown")
QUEBEC = ("CA-QC", "primary")


def nothing_hidden(_subject: str) -> bool:
    return False


def changes(
    *differences: CopyDifference, hidden: Callable[[str], bool] = nothing_hidden, home: str | None = "CA-QC"
) -> list[tuple[str, str]]:
    return [(c.change, c.id) for c in copy_changes(differences, hidden, home)]


# Copies, one by one


def test_a_copy_moved_came_or_went_from_where_it_was_to_where_it_is() -> None:
    moved = CopyDifference("c1", "Base", QUEBEC, ("US-VA", None))
    came = CopyDifference("c2", None, None, (None, "backup"))
    went = CopyDifference("c3", None, QUEBEC, None)
    assert copy_changes([moved, came, went], nothing_hidden, "CA-QC") == (
        CopyChange("moved", "c1", "Base", CopyState("CA-QC", "primary"), CopyState("US-VA", None)),
        CopyChange("came", "c2", None, None, CopyState(None, "backup")),
        CopyChange("went", "c3", None, CopyState("CA-QC", "primary"), None),
    )


def test_where_a_reading_was_lost_a_copy_that_is_not_there_is_unseen_and_did_not_go() -> None:
    went = CopyDifference("c1", None, QUEBEC, None)
    assert changes(went, hidden=lambda subject: subject == "copy") == [("unseen", "c1")]
    assert changes(went, hidden=lambda subject: subject != "copy") == [("went", "c1")]


def test_a_lost_reading_hides_no_copy_that_is_there() -> None:
    moved, came = CopyDifference("c1", None, QUEBEC, ("US", None)), CopyDifference("c2", None, None, QUEBEC)
    assert changes(moved, came, hidden=lambda _: True) == [("moved", "c1"), ("came", "c2")]


def test_what_moved_comes_before_what_is_unseen_what_came_and_what_went() -> None:
    came = CopyDifference("a", None, None, ("US", None))
    gone = CopyDifference("b", None, ("US", None), None)
    moved = CopyDifference("z", None, QUEBEC, ("US", None))
    assert changes(gone, came, moved) == [("moved", "z"), ("came", "a"), ("went", "b")]
    assert changes(came, gone, moved, hidden=lambda _: True) == [("moved", "z"), ("unseen", "b"), ("came", "a")]


def test_copies_now_outside_the_organisations_own_place_come_first() -> None:
    differences = [
        CopyDifference("home", None, ("US", None), ("CA-QC", None)),
        CopyDifference("inside", None, ("US", None), ("CA-QC", "backup")),
        CopyDifference("virginia", None, QUEBEC, ("US-VA", None)),
        CopyDifference("ontario", None, QUEBEC, ("CA-ON", None)),
    ]
    order = [id_ for _, id_ in changes(*differences)]
    assert order == ["ontario", "virginia", "home", "inside"]
    assert [id_ for _, id_ in changes(*differences, home="CA")] == ["virginia", "ontario", "home", "inside"]


def test_what_may_be_outside_is_not_taken_for_inside() -> None:
    known = CopyDifference("a", None, ("US", None), ("CA-QC", None))
    rough = CopyDifference("b", None, ("US", None), ("CA", None))
    unknown = CopyDifference("c", None, QUEBEC, (None, None))
    assert [id_ for _, id_ in changes(known, rough, unknown)] == ["c", "b", "a"]


def test_of_what_went_the_place_where_it_was_counts() -> None:
    home, away = CopyDifference("a", None, QUEBEC, None), CopyDifference("b", None, ("US", None), None)
    assert [id_ for _, id_ in changes(home, away)] == ["b", "a"]


def test_an_organisation_without_a_place_has_them_by_place_and_id() -> None:
    differences = [
        CopyDifference("c", None, None, ("US", None)),
        CopyDifference("b", None, None, ("CA-QC", None)),
        CopyDifference("a", None, None, ("US", None)),
    ]
    assert [id_ for _, id_ in changes(*differences, home=None)] == ["b", "a", "c"]


# The places of systems


def system(id_: str, name: str, *places: PlaceVolume) -> SystemView:
    return replace(SYSTEM, id=id_, name=name, places=places)


HERE, THERE = PlaceVolume("CA-QC", "primary", 1, 10, 10), PlaceVolume("US", "backup", 2, 20, None, 1)


def test_systems_are_told_by_name_where_their_places_are_not_the_same() -> None:
    earlier = side(systems=(system("a", "Zéta", HERE), system("b", "Bêta", HERE), system("c", "Même", HERE)))
    later = side(systems=(system("a", "Alpha", THERE), system("b", "Bêta", HERE, THERE), system("c", "Même", HERE)))
    assert system_places(earlier, later) == (
        SystemPlaces("a", "Alpha", (HERE,), (THERE,)),
        SystemPlaces("b", "Bêta", (HERE,), (HERE, THERE)),
    )


def test_a_system_that_is_new_or_gone_has_no_places_on_the_other_side() -> None:
    gone, new = system("gone", "Ancien", HERE), system("new", "Neuf", THERE)
    assert system_places(side(systems=(gone,)), side(systems=(new,))) == (
        SystemPlaces("gone", "Ancien", (HERE,), ()),
        SystemPlaces("new", "Neuf", (), (THERE,)),
    )


def test_a_system_without_places_that_is_new_changes_none() -> None:
    assert system_places(side(), side(systems=(system("new", "Neuf"),))) == ()


# Places, all systems together


def test_places_with_another_number_or_volume_are_told_those_with_most_copies_moved_first() -> None:
    more = replace(HERE, copies=5)
    heavier = PlaceVolume("FR", "primary", 1, 10, 10)
    found = place_changes([HERE, heavier, THERE], [replace(heavier, bytes_high=11), more])
    assert found == (
        PlaceChange("CA-QC", "primary", HERE, more),
        PlaceChange("US", "backup", THERE, None),
        PlaceChange("FR", "primary", heavier, replace(heavier, bytes_high=11)),
    )


def test_kinds_of_copy_in_one_place_are_apart_and_an_unknown_place_is_one() -> None:
    backup, nowhere = replace(HERE, kind="backup"), replace(HERE, place=None)
    found = place_changes([], [HERE, backup, nowhere])
    assert [(c.place, c.kind) for c in found] == [(None, "primary"), ("CA-QC", "backup"), ("CA-QC", "primary")]


def test_the_order_in_which_places_are_told_changes_nothing() -> None:
    assert place_changes([HERE, THERE], [THERE, HERE]) == ()


# Shares


@pytest.mark.parametrize(
    "after",
    [
        replace(SHARE, low="0.3"),
        replace(SHARE, high="0.6"),
        replace(SHARE, target="0.5"),
        replace(SHARE, verdict="pass"),
    ],
)
def test_a_share_changes_by_its_interval_its_target_or_its_verdict(after: Share) -> None:
    (found,) = share_changes([SHARE], [after])
    assert (found.rule, found.weight, found.reading) == (SHARE.rule, SHARE.weight, SHARE.reading)
    assert (found.before, found.after) == (("0.25", "0.5", "0.4"), (after.low, after.high, after.target))
    assert (found.verdict_before, found.verdict_after) == ("unknown", after.verdict)


def test_a_share_of_more_members_with_the_same_interval_is_the_same() -> None:
    assert share_changes([SHARE], [replace(SHARE, members=SHARE.members + 1)]) == ()


def test_a_share_that_is_new_or_gone_has_nothing_on_the_other_side_and_what_is_gone_comes_last() -> None:
    gone, new = replace(SHARE, rule="a-gone"), replace(SHARE, rule="z-new")
    found = share_changes([gone], [new])
    assert [(c.rule, c.before is None, c.after is None) for c in found] == [
        ("z-new", True, False),
        ("a-gone", False, True),
    ]
    assert [(c.verdict_before, c.verdict_after) for c in found] == [(None, "unknown"), ("unknown", None)]
