"""What became of waivers between two assessments, and which are about to lapse."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sovercheck.comparison import WaiverChange
from sovercheck.findings import Assessment, WaiverView

NEAR = 30
"""Days before its end from which a waiver is said to be about to lapse."""

Word = Literal["lapsed", "void", "withdrawn", "unused", "granted", "lapsing"]
_ORDER: tuple[Word, ...] = ("lapsed", "void", "withdrawn", "unused", "granted", "lapsing")
_ENDS: dict[str, Word] = {"expired": "lapsed", "void": "void", "unused": "unused"}


def waiver_changes(earlier: Assessment, later: Assessment) -> tuple[WaiverChange, ...]:
    """Waivers that lapsed, are void, withdrawn or without effect, then those granted."""
    before = {waiver.id: waiver for waiver in earlier.waivers}
    after = {waiver.id: waiver for waiver in later.waivers}
    found = []
    for id_ in {*before, *after}:
        old, new = before.get(id_), after.get(id_)
        word = _became(old, new)
        known = new or old
        if word is not None and known is not None:
            found.append(_change(word, known, later))
    return _sorted(found)


def lapsing(later: Assessment) -> tuple[WaiverChange, ...]:
    """Waivers in effect whose day is within `NEAR` days, the nearest first."""
    found = [_change("lapsing", waiver, later) for waiver in later.waivers if waiver.state == "in_effect"]
    return _sorted([change for change in found if change.days <= NEAR])


def _became(before: WaiverView | None, after: WaiverView | None) -> Word | None:
    was = before.state if before is not None else None
    now = after.state if after is not None else None
    if was == now or (now is None and was != "in_effect"):
        return None
    if now is None:
        return "withdrawn"
    if now == "in_effect":
        return "granted"
    if was == "in_effect" or (was is not None and now == "expired"):
        return _ENDS[now]
    return None


def _change(word: Word, waiver: WaiverView, later: Assessment) -> WaiverChange:
    return WaiverChange(
        change=word,
        id=waiver.id,
        kind=waiver.kind,
        rule=waiver.rule,
        subjects=waiver.subjects,
        approved_by=waiver.approved_by,
        expires_on=waiver.expires_on,
        days=(date.fromisoformat(waiver.expires_on) - date.fromisoformat(later.as_of)).days,
    )


def _sorted(found: list[WaiverChange]) -> tuple[WaiverChange, ...]:
    return tuple(sorted(found, key=lambda change: (_ORDER.index(change.change), change.expires_on, change.id)))
