"""The copies of an inventory, counted once by what they have in common: places, volumes and keys are sums of that.

There may be millions of copies, but few ways to be one: the engine counts, and what is told of all copies, of those of
sensitive systems and of those of each system is added up of the same counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sovercheck.findings import KeyHolding, PlaceVolume
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass

SENSITIVE = ("sensitive", "health")
"""The classes of data of which places and keys are told apart."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Copies of the same systems, place, kind and keys.

    A resource of which no copy is known counts as one of which nothing is known.

    Attributes:
        systems: ids of those to which their resources are tied.
        place: ISO code; None if unknown.
        kind: of copy; None if unknown.
        key_manager: who manages their keys; None if unknown.
        key_grade: of these; None if unknown.
        placed: whether they have a resource, without which a copy counts for its keys alone.
        count: how many they are.
        low: their bytes at least.
        high: their bytes at most, of those that have a maximum.
        sized: how many have one.
        known: how many are copies that somebody told of.
        evidence: the strongest of where they are, of what kind, and of how large their resources are.
    """

    systems: tuple[str, ...]
    place: str | None
    kind: str | None
    key_manager: str | None
    key_grade: str | None
    placed: bool
    count: int
    low: int
    high: int
    sized: int
    known: int
    evidence: int


_COUNTED = """
SELECT systems, place, kind, key_manager, key_grade, placed,
    count(*), sum(low), coalesce(sum(high), 0), count(high), count(copy), max(evidence)
FROM (
    SELECT t.systems, c.id AS copy, r.id IS NOT NULL AS placed,
        CASE WHEN c.place__ev > 0 THEN c.place END AS place,
        CASE WHEN c.kind__ev > 0 THEN c.kind END AS kind,
        CASE WHEN c.key_manager__ev > 0 THEN c.key_manager END AS key_manager,
        CASE WHEN c.key_grade__ev > 0 THEN c.key_grade END AS key_grade,
        CASE WHEN c.bytes__ev > 0 THEN coalesce(c.bytes, 0)
             WHEN r.bytes__ev > 0 AND NOT coalesce(r.bytes_basis = 'allocated', FALSE) THEN coalesce(r.bytes, 0)
             ELSE 0 END AS low,
        CASE WHEN c.bytes__ev > 0 THEN CASE WHEN c.bytes IS NULL THEN 0 ELSE c.bytes__hi END
             WHEN r.bytes__ev > 0 THEN CASE WHEN r.bytes IS NULL THEN 0 ELSE r.bytes__hi END END AS high,
        greatest(c.place__ev, c.kind__ev, r.bytes__ev) AS evidence
    FROM resource r FULL JOIN copy c ON c.resource = r.id
    LEFT JOIN (SELECT resource, list(system) AS systems FROM tie GROUP BY resource) t ON t.resource = r.id
) GROUP BY ALL
"""
"""Each copy has its own volume if that is known, else its resource's. A size that is not known is unbounded."""


def alike(inventory: Inventory) -> list[Alike]:
    """All copies, unordered."""
    rows = inventory.connection.execute(_COUNTED).fetchall()
    return [Alike(tuple(systems or ()), *values) for systems, *values in rows]


def of_systems(copies: Iterable[Alike], systems: Collection[str]) -> list[Alike]:
    """Those of resources of any of some systems."""
    return [item for item in copies if any(system in systems for system in item.systems)]


def volumes(copies: Iterable[Alike]) -> tuple[PlaceVolume, ...]:
    """Copies and bytes by place and kind of copy, in order, what is not known last."""
    sums: dict[tuple[str | None, str | None], list[int]] = {}
    for item in copies:
        if item.placed:
            found = sums.setdefault((item.place, item.kind), [0, 0, 0, 0])
            found[:] = map(int.__add__, found, (item.count, item.low, item.high, item.sized))
    return tuple(
        PlaceVolume(*key, count, low, high if count == sized else None, count - sized)
        for key, (count, low, high, sized) in sorted(sums.items(), key=lambda pair: _unknown_last(pair[0]))
    )


def keys(copies: Iterable[Alike]) -> tuple[KeyHolding, ...]:
    """Copies by who manages their keys and by the grade of these, the most numerous first.

    What is computed on elsewhere is not kept, and has no key.
    """
    counts: dict[tuple[str | None, str | None], int] = {}
    for item in copies:
        if item.known and item.kind != "processing":
            key = item.key_manager, item.key_grade
            counts[key] = counts.get(key, 0) + item.known
    found = sorted(counts.items(), key=lambda pair: (-pair[1], _unknown_last(pair[0])))
    return tuple(KeyHolding(*key, count) for key, count in found)


def _unknown_last(words: Iterable[str | None]) -> list[tuple[bool, str]]:
    return [(word is None, word or "") for word in words]
