"""What a comparison says of itself: whether anything changed, and how much is worse."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from sovercheck.comparison import (
    KINDS,
    Change,
    Comparison,
    ExposureChange,
    Kind,
    ReadingChange,
    Standing,
    WaiverChange,
    drift,
    in_force,
    level_ends,
)
from sovercheck.findings import LawView, TextRead
from sovercheck.reference import Level

NOTHING = Comparison("Exemple", "2026-01-01", "2026-02-01", "0.1", "0.1")
FAIL, UNKNOWN, PASS = Standing("fail"), Standing("unknown"), Standing("pass")
LAW = LawView(
    "loi", {}, {}, {}, {}, ("US",), "in_force", "2018-03-23", "2026-01-31", "", TextRead(None, None, "official")
)


def change(kind: Kind, before: Standing, after: Standing) -> Change:
    return Change(kind, "r", "copy", "c", "C", (), "major", before, after, ("facts",))


def exposure(before: tuple[str, str] | None, after: tuple[str, str] | None) -> ExposureChange:
    return ExposureChange("gained", "loi", "s", "S", before, after, "major", ("facts",))


def lapsing() -> WaiverChange:
    return WaiverChange("lapsing", "w", "waiver", "r", (), "X", "2026-03-01", 28)


def test_every_kind_has_its_rank() -> None:
    assert sorted(KINDS) == sorted(get_args(Kind))


def test_what_is_about_to_lapse_is_no_change_yet() -> None:
    assert NOTHING.is_empty
    assert replace(NOTHING, lapsing=(lapsing(),)).is_empty
    assert not replace(NOTHING, waivers=(lapsing(),)).is_empty
    assert not replace(NOTHING, findings=(change("settled", FAIL, PASS),)).is_empty


@pytest.mark.parametrize(
    ("kind", "before", "after", "counted"),
    [
        ("new", PASS, FAIL, (1, 0)),
        ("worsened", UNKNOWN, FAIL, (1, 0)),
        ("new", PASS, UNKNOWN, (0, 1)),
        ("out_of_sight", FAIL, Standing("absent"), (0, 1)),
        ("improved", FAIL, UNKNOWN, (0, 0)),
        ("settled", FAIL, PASS, (0, 0)),
    ],
)
def test_only_what_is_worse_is_drift(kind: Kind, before: Standing, after: Standing, counted: tuple[int, int]) -> None:
    found = replace(NOTHING, findings=(change(kind, before, after),))
    assert (drift(found, "major").failing, drift(found, "major").unknown) == counted
    assert (drift(found, "blocking").failing, drift(found, "blocking").unknown) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        (None, ("exposed", "exposed"), 1),
        (("none_known", "exposed"), ("exposed", "exposed"), 1),
        (("none_known", "possible"), ("none_known", "exposed"), 0),
        (("exposed", "exposed"), None, 0),
    ],
)
def test_an_exposure_is_drift_where_it_is_certainly_stronger(
    before: tuple[str, str] | None, after: tuple[str, str] | None, counted: int
) -> None:
    assert drift(replace(NOTHING, exposures=(exposure(before, after),)), "major").failing == counted


def test_of_readings_those_that_are_lost_count_each_kind_in_each_region() -> None:
    listing = ReadingChange("lost", "listing", "aws", severed=True, kinds=("a", "b"), regions=("x", "y", "z"))
    gap = ReadingChange("lost", "gap", "aws", severed=False)
    found = replace(NOTHING, readings=(listing, gap, replace(listing, change="gained")))
    assert drift(found, "major").readings == 7


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2018-03-22", False), ("2018-03-23", True), ("2026-01-31", True), ("2026-02-01", False)],
)
def test_a_law_is_in_force_from_its_first_day_to_its_last(day: str, expected: bool) -> None:
    assert in_force(LAW, day) is expected
    assert not in_force(replace(LAW, in_force_from=None), day)


def test_a_law_that_nobody_looks_at_gives_no_exposure() -> None:
    assert level_ends(None) == (Level.NONE_KNOWN, Level.NONE_KNOWN)
    assert level_ends(("possible", "exposed")) == (Level.POSSIBLE, Level.EXPOSED)
