"""The coverage ledger counted: how much was read, which permissions are missing, and accounts against services.

No words yet: the reports and the terminal say them, each in its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sovercheck.findings import UNREAD, Assessment, GapView, ReadingLine
from sovercheck.inventory.rows import ReadingStatus

EVERY = "*"
"""In the ledger, every region, service or kind: of an account that could not be entered, a region that is not used."""

STATUSES: tuple[ReadingStatus, ...] = (
    *UNREAD,
    "undescribed",
    "excluded",
    "opted_out",
    "not_supported",
    "read",
)
"""From what leaves most open to what leaves nothing open."""

MOST_COLUMNS = 5
MOST_ROWS = 24
"""Of the table of accounts against services; what has the same cells shares a row or column, and the rest is summed."""


def listings(lines: Iterable[ReadingLine]) -> Counter[ReadingStatus]:
    """How many listings have each status."""
    tally: Counter[ReadingStatus] = Counter()
    for line in lines:
        tally[line.status] += line.listings
    return tally


def asked(tally: Mapping[ReadingStatus, int]) -> int:
    """How many listings were asked for: those obtained and those that should have been."""
    return tally["read"] + unread(tally)


def unread(tally: Mapping[ReadingStatus, int]) -> int:
    """How many were asked for and not obtained."""
    return sum(tally[status] for status in UNREAD)


def unread_accounts(lines: Sequence[ReadingLine]) -> tuple[str, ...]:
    """The accounts of which nothing was read: one line stands for all of their listings, however many."""
    closed = {line.account for line in lines if line.status in UNREAD and EVERY in line.regions}
    return tuple(sorted(closed - {line.account for line in lines if line.status == "read"}))


def regions_not_used(lines: Iterable[ReadingLine]) -> int:
    """How many regions of accounts are not enabled, however many lines say so."""
    pairs = {(line.account, region) for line in lines if line.status == "opted_out" for region in line.regions}
    return len(pairs)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far something reaches in the ledger.

    Attributes:
        accounts: those touched.
        regions: those touched.
        kinds: as service and kind.
        listings: how many.
        resources: how many the listings gave.
        details: what was answered, one text a line at most.
    """

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    listings: int
    resources: int
    details: tuple[str, ...]


def extent(lines: Sequence[ReadingLine]) -> Extent:
    """How far some lines reach together."""
    return Extent(
        accounts=tuple(sorted({line.account for line in lines})),
        regions=tuple(sorted({region for line in lines for region in line.regions})),
        kinds=tuple(sorted({(line.service, kind) for line in lines for kind in line.kinds})),
        listings=sum(line.listings for line in lines),
        resources=sum(line.resources for line in lines),
        details=tuple(sorted({line.detail for line in lines if line.detail})),
    )


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that is missing.

    Attributes:
        name: exactly as it must be granted; None for listings whose refusal names none.
        lines: the listings that it refused.
        gaps: the other readings that it refused, as those of a resource's facts.
    """

    name: str | None
    lines: tuple[ReadingLine, ...]
    gaps: tuple[GapView, ...]

    @property
    def extent(self) -> Extent:
        """How far the refused listings reach."""
        return extent(self.lines)

    @property
    def refused(self) -> int:
        """How many readings it refused, listings and others."""
        return sum(line.listings for line in self.lines) + len(self.gaps)


def missing_permissions(assessment: Assessment) -> tuple[Permission, ...]:
    """Each missing permission once, the one that refused most first; last, the listings whose refusal names none.

    A refused listing is a line of the ledger and a gap too: it counts as a line.
    """
    lines: dict[str | None, list[ReadingLine]] = {}
    for line in assessment.coverage.readings:
        if line.status == "refused":
            lines.setdefault(line.needs, []).append(line)
    gaps: dict[str | None, list[GapView]] = {name: [] for name in lines}
    for gap in assessment.gaps:
        if gap.reason == "refused" and gap.needs is not None and not (gap.id is None and gap.needs in lines):
            gaps.setdefault(gap.needs, []).append(gap)
    found = [Permission(name, tuple(lines.get(name, ())), tuple(mine)) for name, mine in gaps.items()]
    return tuple(sorted(found, key=lambda one: (one.name is None, -one.refused, one.name or "")))


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps of one reason that one thing would mend, in the order of the assessment."""

    reason: str
    needs: str | None
    gaps: tuple[GapView, ...]


def gap_groups(assessment: Assessment) -> tuple[GapGroup, ...]:
    """The gaps that no permission explains: failed listings first, as nobody knows what they hide; then the most."""
    told = {(line.status, line.source) for line in assessment.coverage.readings if line.status in UNREAD}
    groups: dict[tuple[str, str | None], list[GapView]] = {}
    for gap in assessment.gaps:
        if gap.reason == "refused" and gap.needs is not None:
            continue
        if gap.id is None and gap.table == "resource" and (gap.reason, gap.source) in told:
            continue
        groups.setdefault((gap.reason, gap.needs), []).append(gap)
    found = [GapGroup(reason, needs, tuple(gaps)) for (reason, needs), gaps in groups.items()]
    return tuple(sorted(found, key=lambda one: (all(gap.id is not None for gap in one.gaps), -len(one.gaps))))


def grouped(lines: Iterable[ReadingLine], key: Callable[[ReadingLine], str]) -> list[tuple[str, list[ReadingLine]]]:
    """Lines that share a key, those of most listings first."""
    groups: dict[str, list[ReadingLine]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return sorted(groups.items(), key=lambda item: (-sum(line.listings for line in item[1]), item[0]))


# Accounts against services


@dataclass(slots=True)
class Tally:
    """A cell: how many listings have each status."""

    counts: Counter[ReadingStatus] = field(default_factory=Counter)

    @property
    def state(self) -> str:
        """What a reader must know of the cell: `partly` where some listings were obtained and others not.

        `none` where there is nothing of the service in the ledger of these accounts.
        """
        if self.counts["read"]:
            return "partly" if unread(self.counts) else "read"
        return next((status for status in STATUSES if self.counts[status]), "none")


@dataclass(frozen=True, slots=True)
class Row:
    """Services whose cells are alike; `rest` if they are only summed because there are too many rows."""

    services: tuple[str, ...]
    cells: tuple[Tally, ...]
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Services against accounts, alike ones together.

    Attributes:
        columns: the accounts of each column; the last holds all others if `summed`.
        rows: what was least read first.
        summed: whether the last column only sums accounts that differ.
    """

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    summed: bool


def matrices(lines: Sequence[ReadingLine]) -> list[Matrix]:
    """The ledger as a small table for each provider, whatever its size: no listing is left out of their counts.

    Accounts of one source, or that have a service in common, are of one provider.
    """
    services: dict[str, set[str]] = {}
    for line in lines:
        common = {f"source {line.source}", *({line.service} - {EVERY})}
        services.setdefault(line.account, set()).update(common)
    providers: list[tuple[set[str], set[str]]] = []
    for account, offered in services.items():
        accounts, together, apart = {account}, set(offered), []
        for others, theirs in providers:
            if theirs & together:
                accounts, together = accounts | others, together | theirs
            else:
                apart.append((others, theirs))
        providers = [*apart, (accounts, together)]
    return [
        _matrix([line for line in lines if line.account in accounts])
        for accounts, _ in sorted(providers, key=lambda provider: sorted(provider[1]))
    ]


def _matrix(lines: Iterable[ReadingLine]) -> Matrix:
    cells: dict[tuple[str, str], Tally] = {}
    for line in lines:
        cells.setdefault((line.service, line.account), Tally()).counts[line.status] += line.listings
    services = sorted({service for service, _ in cells})
    accounts = sorted({account for _, account in cells})
    columns = _alike(accounts, lambda account: tuple(_of(cells, (s,), (account,)).state for s in services))
    summed = len(columns) > MOST_COLUMNS
    if summed:
        rest = tuple(sorted(account for column in columns[MOST_COLUMNS - 1 :] for account in column))
        columns = [*columns[: MOST_COLUMNS - 1], rest]
    groups = _alike(services, lambda service: tuple(_of(cells, (service,), c).state for c in columns))
    cut = len(groups) > MOST_ROWS
    if cut:
        others = tuple(sorted(service for group in groups[MOST_ROWS - 1 :] for service in group))
        groups = [*groups[: MOST_ROWS - 1], others]
    rows = [
        Row(group, tuple(_of(cells, group, column) for column in columns), cut and n == len(groups) - 1)
        for n, group in enumerate(groups)
    ]
    return Matrix(tuple(columns), tuple(rows), summed)


def _of(cells: Mapping[tuple[str, str], Tally], services: Iterable[str], accounts: Sequence[str]) -> Tally:
    total = Tally()
    for service in services:
        for account in accounts:
            found = cells.get((service, account))
            if found is not None:
                total.counts.update(found.counts)
    return total


_GRAVITY = (*UNREAD, "partly", "undescribed", "excluded", "read", "opted_out", "not_supported", "none")


def _alike(names: Iterable[str], states: Callable[[str], tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Names with the same states together; those with the gravest states first."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(states(name), []).append(name)

    def gravity(item: tuple[tuple[str, ...], list[str]]) -> tuple[list[int], str]:
        return (sorted(_GRAVITY.index(state) for state in item[0]), item[1][0])

    return [tuple(members) for _, members in sorted(groups.items(), key=gravity)]
