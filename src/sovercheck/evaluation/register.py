"""Parties and who owns what in them, and the registers that they are read from.

A register may hold millions of parties: it is asked only about those that a walk touches, a whole level at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sovercheck.inventory.evidence import is_gapped
from sovercheck.inventory.places import within
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import duckdb

HALF = Decimal(50)
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Party:
    """What is known of an organisation that may tie it to a place.

    A place that is None is unknown, or known to be none where its evidence is positive (see `inventory.evidence`).

    Attributes:
        id: as involvements and ownership name it.
        name: as people know it.
        kind: company, public_body, non_profit or person; None if unknown.
        place: of its head office.
        place_evidence: evidence integer of `place`.
        incorporated_in: under whose law it is constituted.
        incorporated_evidence: evidence integer of `incorporated_in`.
        present_in: where it is known to have an establishment, a subsidiary or an affiliate.
        present_evidence: evidence integer of `present_in`.
        presence_complete: whether nothing of it and of what it controls is missing from `present_in` and the register.
        owners_complete: whether the register has all its owners.
    """

    id: str
    name: str
    kind: str | None = None
    place: str | None = None
    place_evidence: int = 0
    incorporated_in: str | None = None
    incorporated_evidence: int = 0
    present_in: tuple[str, ...] = ()
    present_evidence: int = 0
    presence_complete: bool = False
    owners_complete: bool = False

    @property
    def is_person(self) -> bool:
        """Whether it is a human being, whom nobody owns and no law constitutes."""
        return self.kind == "person"

    def seated_in(self, area: frozenset[str]) -> bool | None:
        """Whether it is constituted, or has its head office, in an area; None where what is known does not say."""
        return _either(self._constituted_in(area), _inside(self.place, self.place_evidence, area))

    def unknown_seat(self, area: frozenset[str]) -> str:
        """The fact that would settle an undecided `seated_in`."""
        return "party.incorporated_in" if self._constituted_in(area) is None else "party.place"

    def _constituted_in(self, area: frozenset[str]) -> bool | None:
        if self.is_person and self.incorporated_in is None:
            return False
        return _inside(self.incorporated_in, self.incorporated_evidence, area)

    def place_in(self, area: frozenset[str]) -> str | None:
        """The place that ties it to an area, else its head office, else where it is constituted."""
        for place in (self.incorporated_in, self.place):
            if place is not None and inside(place, area):
                return place
        return self.place or self.incorporated_in


def inside(place: str, area: frozenset[str]) -> bool | None:
    """Whether a place is in an area; None where it is known too roughly to say."""
    return _inside_any(place, area)


@cache
def _inside_any(place: str, area: frozenset[str]) -> bool | None:
    found = {within(place, member) for member in area}
    return True if True in found else None if None in found else False


def _surely(value: bool | None, evidence: int) -> bool:  # noqa: FBT001 - a fact's value, not an option
    """Whether a fact is known to be true, and no reading of it refused that would outrank it."""
    return bool(value) and evidence > 0 and not is_gapped(evidence)


def _inside(place: str | None, evidence: int, area: frozenset[str]) -> bool | None:
    if place is None:
        return False if evidence > 0 else None
    return inside(place, area)


def _either(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - two truth values, not options
    return True if one or other else None if one is None or other is None else False


@dataclass(frozen=True, slots=True)
class Ownership:
    """A stake that holds, or may hold, on the day of the assessment.

    Attributes:
        owner: id of the party that has it.
        owned: id of the party in which.
        percent_low: at least this much of it; None if unknown.
        percent_high: at most; None if unknown.
        control: whether it gives control whatever its size; None if unknown.
        evidence: evidence integer of what decides of the two.
    """

    owner: str
    owned: str
    percent_low: Decimal | None = None
    percent_high: Decimal | None = None
    control: bool | None = None
    evidence: int = 0

    @property
    def least(self) -> Decimal:
        """The stake, at least."""
        return self.percent_low if self.percent_low is not None else Decimal(0)

    @property
    def most(self) -> Decimal:
        """The stake, at most: a stake said to give no control is not over half, unless its size says that it is."""
        if self.percent_high is not None:
            return self.percent_high
        return max(self.least, HALF) if self.control is False else WHOLE

    def perhaps(self) -> Ownership:
        """The same stake where it is not certain that it holds on the day: it may give nothing."""
        return replace(self, percent_low=None, percent_high=self.most, control=None if self.control else self.control)


def holds(since: str | None, until: str | None, day: date) -> bool | None:
    """Whether what is dated from one day to another, both included, holds on a day.

    Args:
        since: ISO date, year or month of its first day; None if none is told.
        until: of its last day; None if none is told: what is stated without an end is stated of today.
        day: the as-of date.

    Returns:
        None where a partial date leaves it open.
    """
    started: bool | None = True
    ended: bool | None = False
    if since is not None:
        first, last = _span(since)
        started = True if last <= day else None if first <= day else False
    if until is not None:
        first, last = _span(until)
        ended = True if last < day else None if first < day else False
    if started is False or ended is True:
        return False
    return True if started and ended is False else None


def _span(text: str) -> tuple[date, date]:
    """The first and last day that a partial ISO date may mean."""
    parts = [int(part) for part in text.split("-")]
    year, month, day = (*parts, None, None)[:3]
    assert year is not None  # noqa: S101 - for the type checker
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        after = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
        return date(year, month, 1), after - timedelta(days=1) if after else date.max
    return date(year, month, day), date(year, month, day)


class Register(Protocol):
    """Where parties and ownership are read from; what it does not have is unknown, not none."""

    def owners_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Ownership]]:
        """The stakes held in each of these parties; a party without any may be absent."""
        ...

    def owned_by(self, ids: Collection[str], at_most: int) -> tuple[Sequence[Ownership], bool]:
        """The first `at_most` stakes that these parties hold, by owned then owner, and whether these are all."""
        ...

    def parties(self, ids: Collection[str]) -> Mapping[str, Party]:
        """What is known of each of these parties; one that it does not know may be absent."""
        ...


class MemoryRegister:
    """A register of a few parties, in memory."""

    def __init__(self, parties: Iterable[Party], stakes: Iterable[Ownership]) -> None:
        self._parties = {party.id: party for party in parties}
        self._owners: dict[str, list[Ownership]] = defaultdict(list)
        self._owned: dict[str, list[Ownership]] = defaultdict(list)
        for stake in stakes:
            self._owners[stake.owned].append(stake)
            self._owned[stake.owner].append(stake)

    def owners_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Ownership]]:
        """See `Register`."""
        return {id_: self._owners[id_] for id_ in ids if id_ in self._owners}

    def owned_by(self, ids: Collection[str], at_most: int) -> tuple[Sequence[Ownership], bool]:
        """See `Register`."""
        found = [stake for id_ in ids for stake in self._owned.get(id_, ())]
        return sorted(found, key=lambda stake: (stake.owned, stake.owner))[:at_most], len(found) <= at_most

    def parties(self, ids: Collection[str]) -> Mapping[str, Party]:
        """See `Register`."""
        return {id_: self._parties[id_] for id_ in ids if id_ in self._parties}


_STAKE = """
SELECT o.owner, o.owned, o.percent, o.percent__hi, o.percent__ev, o.control, o.control__ev,
       o.since, o.since__ev, o.until, o.until__ev
FROM ownership o"""

_PARTY = """
SELECT p.id, p.name, p.kind, p.kind__ev, p.place, p.place__ev, p.incorporated_in, p.incorporated_in__ev,
       p.present_in, p.present_in__open, p.present_in__ev, p.presence_complete, p.presence_complete__ev,
       p.owners_complete, p.owners_complete__ev
FROM party p"""


class TableRegister:
    """The register that the inventory's tables `party` and `ownership` are (`inventory.tables` has their columns).

    Args:
        connection: the engine.
        as_of: the day on which stakes must hold.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
        self._connection = connection
        self._as_of = as_of

    def index(self) -> None:
        """Indexes the two tables, once, so that a look-up costs the same however long they are."""
        for table, column in (("ownership", "owner"), ("ownership", "owned"), ("party", "id")):
            self._connection.execute(f'CREATE INDEX IF NOT EXISTS "{table}_by_{column}" ON {table} ({column})')

    def whole(self) -> MemoryRegister:
        """The same register, read at once: where there are few rows, two questions cost less than one a level."""
        parties = self._connection.execute(_PARTY).fetchall()
        stakes = self._connection.execute(f"{_STAKE} ORDER BY o.owned, o.owner, o.id").fetchall()
        return MemoryRegister(map(_party, parties), self._stakes(stakes))

    def owners_of(self, ids: Collection[str]) -> Mapping[str, Sequence[Ownership]]:
        """See `Register`."""
        found: dict[str, list[Ownership]] = defaultdict(list)
        sql = f"{_STAKE} JOIN (SELECT unnest(?) AS id) k ON o.owned = k.id ORDER BY o.owned, o.owner, o.id"
        for stake in self._stakes(self._connection.execute(sql, [sorted(ids)]).fetchall()):
            found[stake.owned].append(stake)
        return found

    def owned_by(self, ids: Collection[str], at_most: int) -> tuple[Sequence[Ownership], bool]:
        """See `Register`; stakes that no longer hold count in `at_most`."""
        sql = f"{_STAKE} JOIN (SELECT unnest(?) AS id) k ON o.owner = k.id ORDER BY o.owned, o.owner, o.id LIMIT ?"
        rows = self._connection.execute(sql, [sorted(ids), at_most + 1]).fetchall()
        return self._stakes(rows[:at_most]), len(rows) <= at_most

    def parties(self, ids: Collection[str]) -> Mapping[str, Party]:
        """See `Register`."""
        sql = f"{_PARTY} JOIN (SELECT unnest(?) AS id) k ON p.id = k.id"
        return {row[0]: _party(row) for row in self._connection.execute(sql, [sorted(ids)]).fetchall()}

    def _stakes(self, rows: Iterable[tuple[Any, ...]]) -> list[Ownership]:
        found = []
        for row in rows:
            owner, owned, low, high, percent_ev, control, control_ev, since, since_ev, until, until_ev = row
            known = holds(since if since_ev > 0 else None, until if until_ev > 0 else None, self._as_of)
            if known is False:
                continue
            stake = Ownership(
                owner=owner,
                owned=owned,
                percent_low=low if percent_ev > 0 else None,
                percent_high=high if percent_ev > 0 else None,
                control=control if control_ev > 0 else None,
                evidence=control_ev if control_ev > 0 and control is not None else percent_ev,
            )
            # A date that was refused or contradicted may end the stake; one that nobody told does not.
            doubtful = known is None or since_ev < 0 or until_ev < 0
            found.append(stake.perhaps() if doubtful else stake)
        return found


def _party(row: tuple[Any, ...]) -> Party:
    (id_, name, kind, kind_ev, place, place_ev, constituted, constituted_ev) = row[:8]
    present, present_open, present_ev, presence, presence_ev, owners, owners_ev = row[8:]
    return Party(
        id=id_,
        name=name or id_,
        kind=kind if kind_ev > 0 else None,
        place=place if place_ev > 0 else None,
        place_evidence=place_ev,
        incorporated_in=constituted if constituted_ev > 0 else None,
        incorporated_evidence=constituted_ev,
        present_in=tuple(present or ()) if present_ev > 0 else (),
        present_evidence=present_ev,
        presence_complete=_surely(presence, presence_ev) and present_ev > 0 and not present_open,
        owners_complete=_surely(owners, owners_ev),
    )
