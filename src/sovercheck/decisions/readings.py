"""Readings lost and gained: sources, gaps, and lines of the coverage ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from sovercheck.comparison import ReadingChange
from sovercheck.findings import UNREAD, Assessment, GapView, ReadingLine
from sovercheck.light import dataclass

_OF_RESOURCES = ("copy", "component")
"""Subjects that are not seen either where the resources that they belong to are not listed."""


def reading_changes(earlier: Assessment, later: Assessment) -> tuple[ReadingChange, ...]:
    """The readings of two assessments that are lost, then those gained; the widest first."""
    # Of a source that is new or gone, that is all that changed.
    passing = _names(earlier) ^ _names(later)
    found = [*_sources(earlier, later), *_gaps(earlier, later, passing)]
    before, after = (
        [line for line in assessment.coverage.readings if line.source not in passing] for assessment in (earlier, later)
    )
    return tuple(sorted((*found, *listing_changes(before, after)), key=_order))


def listing_changes(earlier: Iterable[ReadingLine], later: Iterable[ReadingLine]) -> tuple[ReadingChange, ...]:
    """The listings of two ledgers that turned from read into anything else, or back; those that fared alike in one.

    A listing that nobody tries any more is lost too; one that was never read and is not is no change.
    """
    before, after = _listings(earlier), _listings(later)
    regions: dict[_Fate, list[str]] = defaultdict(list)
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        was_read, is_read = was is not None and was.status == "read", now is not None and now.status == "read"
        if was_read != is_read:
            shown = now if was_read else was
            source, account, service, kind, region = key
            reason, needs = (shown.status, shown.needs) if shown is not None else (None, None)
            change: Literal["lost", "gained"] = "lost" if was_read else "gained"
            regions[_Fate(change, source, account, service, reason, needs, kind)].append(region)
    alike: dict[tuple[_Fate, tuple[str, ...]], list[str]] = defaultdict(list)
    for fate, found in regions.items():
        alike[replace(fate, kind=""), tuple(found)].append(fate.kind)
    changes = [
        ReadingChange(
            change=fate.change,
            of="listing",
            source=fate.source,
            severed=True,
            table="resource",
            account=fate.account,
            service=fate.service,
            kinds=tuple(kinds),
            regions=found,
            reason=fate.reason,
            needs=fate.needs,
        )
        for (fate, found), kinds in alike.items()
    ]
    return tuple(sorted(changes, key=_order))


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a listing, wherever it was."""

    change: Literal["lost", "gained"]
    source: str
    account: str
    service: str
    reason: str | None
    needs: str | None
    kind: str


def hides(readings: Iterable[ReadingChange]) -> Callable[[str], bool]:
    """Whether a subject of a table may be unseen for want of a reading that there was before."""
    lost = [reading for reading in readings if reading.change == "lost" and reading.severed]
    tables = {reading.table for reading in lost}

    def hidden(subject: str) -> bool:
        # A source gives whatever it gives; a listing gives resources and what belongs to them.
        if None in tables:
            return True
        return subject in tables or (subject in _OF_RESOURCES and "resource" in tables)

    return hidden


def _names(assessment: Assessment) -> set[str]:
    return {source.name for source in assessment.coverage.sources}


def _sources(earlier: Assessment, later: Assessment) -> Iterator[ReadingChange]:
    before, after = _names(earlier), _names(later)
    yield from (ReadingChange("lost", "source", name, severed=True) for name in before - after)
    yield from (ReadingChange("gained", "source", name, severed=True) for name in after - before)


def _gaps(earlier: Assessment, later: Assessment, passing: Collection[str]) -> Iterator[ReadingChange]:
    """Those that the ledgers do not tell, of sources that are in both."""
    ledgers = {line.source for line in earlier.coverage.readings} & {line.source for line in later.coverage.readings}
    old, new = (_untold(assessment, passing, ledgers) for assessment in (earlier, later))
    yield from (_of_gap("lost", gap) for key, gap in new.items() if key not in old)
    yield from (_of_gap("gained", gap) for key, gap in old.items() if key not in new)


def _untold(
    assessment: Assessment, passing: Collection[str], ledgers: Collection[str]
) -> dict[tuple[object, ...], GapView]:
    """The gaps to compare: without those that failed listings left, which `sources.ledger` scopes as here."""
    told = {
        (line.source, f"{line.account} {region} {kind}")
        for line in assessment.coverage.readings
        if line.source in ledgers and line.status in UNREAD
        for kind in line.kinds
        for region in line.regions
    }
    return {
        _gap_key(gap): gap
        for gap in assessment.gaps
        if gap.source not in passing
        and not (gap.id is None and gap.table == "resource" and (gap.source, gap.scope) in told)
    }


def _gap_key(gap: GapView) -> tuple[object, ...]:
    """What cannot be read; the reason may be another one without anything being lost or gained."""
    return gap.source, gap.table, gap.id, gap.facts, gap.scope


def _of_gap(change: Literal["lost", "gained"], gap: GapView) -> ReadingChange:
    return ReadingChange(
        change=change,
        of="gap",
        source=gap.source,
        severed=gap.id is None,
        table=gap.table,
        id=gap.id,
        facts=gap.facts,
        scope=gap.scope,
        reason=gap.reason,
        needs=gap.needs,
    )


def _listings(lines: Iterable[ReadingLine]) -> dict[tuple[str, str, str, str, str], ReadingLine]:
    return {
        (line.source, line.account, line.service, kind, region): line
        for line in lines
        for kind in line.kinds
        for region in line.regions
    }


def _order(reading: ReadingChange) -> tuple[object, ...]:
    rank = ("source", "listing", "gap").index(reading.of)
    parts = (reading.source, reading.account, reading.service, reading.table, reading.id, reading.scope)
    return (
        reading.change != "lost",
        not reading.severed,
        rank,
        *(part or "" for part in parts),
        reading.facts,
        reading.kinds,
        reading.regions,
        reading.reason or "",
    )
