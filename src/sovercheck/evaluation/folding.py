"""The coverage ledger as an assessment tells it: listings that ended alike in one line, so that no count is lost.

Thirty accounts of seventeen regions and a hundred kinds are fifty thousand listings. Nearly all of an account's end
alike, so that few lines are left, and what differs stands out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from sovercheck.findings import ReadingLine
from sovercheck.inventory.rows import Reading, ReadingStatus
from sovercheck.light import dataclass


@dataclass(frozen=True, slots=True)
class _Alike:
    """What the listings of a line have in common, but for their regions."""

    source: str
    account: str
    service: str
    status: ReadingStatus
    needs: str | None
    because: str | None
    native_type: str | None


@dataclass(slots=True)
class _Sum:
    """What the listings of a line gave."""

    resources: int = 0
    gaps: int = 0
    details: set[str] = field(default_factory=set)

    def add(self, resources: int, gaps: int, details: Iterable[str]) -> None:
        self.resources += resources
        self.gaps += gaps
        self.details.update(details)


def reading_lines(readings: Iterable[Reading]) -> tuple[ReadingLine, ...]:
    """Folds the ledger: regions of one kind first, then kinds that have the same regions.

    What the other side answered differs at every call (it names the call), so that it parts no lines; why something
    was excluded does. Native types without a description keep a line each, as each is a description to write.
    """
    kinds: dict[tuple[_Alike, str], tuple[set[str], _Sum]] = {}
    for reading in readings:
        regions, total = kinds.setdefault((_alike(reading), reading.kind), (set(), _Sum()))
        regions.add(reading.region)
        total.add(reading.resources, reading.gaps, (reading.detail,) if reading.detail is not None else ())
    lines: dict[tuple[_Alike, tuple[str, ...]], tuple[set[str], _Sum]] = {}
    for (alike, kind), (regions, given) in kinds.items():
        together, total = lines.setdefault((alike, tuple(sorted(regions))), (set(), _Sum()))
        together.add(kind)
        total.add(given.resources, given.gaps, given.details)
    return tuple(
        sorted(
            (
                ReadingLine(
                    source=alike.source,
                    account=alike.account,
                    service=alike.service,
                    kinds=tuple(sorted(together)),
                    status=alike.status,
                    regions=regions,
                    resources=total.resources,
                    gaps=total.gaps,
                    needs=alike.needs,
                    detail=min(total.details, default=None),
                )
                for (alike, regions), (together, total) in lines.items()
            ),
            key=lambda line: (
                line.source,
                line.account,
                line.service,
                line.status,
                line.kinds,
                line.regions,
                repr(line),
            ),
        )
    )


def _alike(reading: Reading) -> _Alike:
    return _Alike(
        source=reading.source,
        account=reading.account,
        service=reading.service,
        status=reading.status,
        needs=reading.needs,
        because=reading.detail if reading.status == "excluded" else None,
        native_type=reading.kind if reading.status == "undescribed" else None,
    )
