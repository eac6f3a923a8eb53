"""The coverage ledger as it is filled: what became of each listing, and the gap of each that gave nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from sovercheck.inventory.rows import Gap, Reading, ReadingStatus
from sovercheck.light import dataclass
from sovercheck.sources.extract import WITHOUT_DATA
from sovercheck.sources.journal import Refusal


@dataclass(slots=True)
class Line:
    """One line, counted up while its items are read."""

    status: ReadingStatus = "read"
    resources: int = 0
    gaps: int = 0
    needs: str | None = None
    detail: str | None = None


@dataclass(slots=True)
class Ledger:
    """All lines of a source.

    Attributes:
        source: its name.
    """

    source: str
    lines: dict[tuple[str, str, str, str], Line] = field(default_factory=dict)

    def line(self, account: str, region: str, service: str, kind: str) -> Line:
        """The line of a listing, made when it is first named."""
        return self.lines.setdefault((account, region, service, kind), Line())

    def refused(self, account: str, region: str, service: str, kind: str, refusal: Refusal) -> None:
        """A listing gave nothing; of one that is made for several parents, the first refusal stands."""
        line = self.line(account, region, service, kind)
        if line.status == "read":
            line.status, line.needs, line.detail = refusal.status, refusal.needs, refusal.detail

    def without_description(self, account: str, region: str, native_type: str, kind: str) -> None:
        """A resource that no listing of a described kind gave; one that keeps no data is read all the same."""
        service = native_type.partition(":")[0] if ":" in native_type else native_type.partition("/")[0]
        known = kind == WITHOUT_DATA
        line = self.line(account, region, service, kind if known else native_type)
        line.status = "read" if known else "undescribed"
        line.resources += 1

    def told(self) -> Iterator[Reading | Gap]:
        """Every line as a reading, and the gap of each listing that was asked and gave nothing."""
        for (account, region, service, kind), line in sorted(self.lines.items()):
            yield Reading(
                self.source,
                account,
                region,
                service,
                kind,
                line.status,
                resources=line.resources,
                gaps=line.gaps,
                needs=line.needs,
                detail=line.detail,
            )
            # What the configuration, the account or the provider left out was not asked.
            if line.status in ("refused", "throttled", "unreachable", "unreadable"):
                scope = f"{account} {region} {kind}"
                yield Gap(self.source, line.status, "resource", scope=scope, needs=line.needs, detail=line.detail)

    def leave_out(
        self, account: str, region: str, service: str, kind: str, status: ReadingStatus, detail: str | None = None
    ) -> None:
        """A listing that is not made."""
        line = self.line(account, region, service, kind)
        line.status, line.detail = status, detail
