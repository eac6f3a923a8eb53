from __future__ import annotations

from dataclasses import replace

import pytest

from sovercheck.decisions.lapses import lapsing, waiver_changes
from sovercheck.findings import Assessment, WaiverView
from tests.reports.sample import sample_assessment

SAMPLE = sample_assessment()
WAIVER = replace(SAMPLE.waivers[0], id="w", state="in_effect", expires_on="2026-12-31")


def having(*waivers: WaiverView) -> Assessment:
    return replace(SAMPLE, waivers=waivers)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("in_effect", "expired", "lapsed"),
        ("unused", "expired", "lapsed"),
        ("in_effect", "void", "void"),
        ("in_effect", "unused", "unused"),
        ("in_effect", None, "withdrawn"),
        (None, "in_effect", "granted"),
        ("expired", "in_effect", "granted"),
        ("void", "expired", "lapsed"),
        ("unused", "void", None),
        ("expired", None, None),
        (None, "expired", None),
        ("in_effect", "in_effect", None),
    ],
)
def test_what_became_of_a_waiver(before: str | None, after: str | None, change: str | None) -> None:
    def having_state(state: str | None) -> Assessment:
        return having(replace(WAIVER, state=state)) if state is not None else having()  # type: ignore[arg-type]

    found = waiver_changes(having_state(before), having_state(after))
    assert [item.change for item in found] == ([] if change is None else [change])


@pytest.mark.parametrize(
    ("expires", "near"), [("2026-11-22", True), ("2026-12-22", True), ("2026-12-23", False)], ids=["today", "30", "31"]
)
def test_one_is_about_to_lapse_from_thirty_days_on(expires: str, near: bool) -> None:
    found = lapsing(having(replace(WAIVER, expires_on=expires)))
    assert bool(found) is near
    assert all(item.days in (0, 30) for item in found)


def test_one_that_has_no_effect_does_not_lapse() -> None:
    assert lapsing(having(replace(WAIVER, state="void", expires_on="2026-11-30"))) == ()
