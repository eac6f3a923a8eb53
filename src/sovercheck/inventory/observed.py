"""A supplier's declaration names resources by ids of its own; `observed_as` says which observed resource each one is.

The declared resource takes the observed one's id before rows are merged, and with it what points to it. A declared copy
becomes the observed copy of the same kind; of several, first the one in the same region, then the one in the same
place, then the only one that is left. So what the supplier says and what was read are two rows about one subject, and
`inventory.merge` finds where they exclude each other. A declared copy that no reading saw stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.places import within
from sovercheck.inventory.records import has_own_id
from sovercheck.inventory.rows import Note
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import duckdb

UNSEEN = "observed_as_unseen"
"""The note of a declared resource of which no reading saw the observed one."""

_LATER = 1 << 40
"""Added to the order of declared rows: what was read comes first."""
_ARM = "/subscriptions/"
"""How the ids begin that Azure Resource Manager compares whatever their case."""


@dataclass(frozen=True, slots=True)
class ObservedAs:
    """A declared resource is an observed one.

    Attributes:
        declared: the id that the declaration gives it.
        observed: the id that a reading gives it.
        source: who says so.
    """

    declared: str
    observed: str
    source: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What tells one copy of a resource from another."""

    id: str
    region: str | None
    place: str | None


def rename(connection: duckdb.DuckDBPyConnection, said: Sequence[ObservedAs]) -> list[Note]:
    """Gives declared resources and their copies the ids of the observed ones, in tables that are not merged yet.

    Returns:
        A note for each declared resource of which no reading saw the observed one.
    """
    if not said:
        return []
    ids = {id_ for (id_,) in connection.execute("SELECT DISTINCT id FROM resource").fetchall()}
    folded = {id_.casefold(): id_ for id_ in sorted(ids) if id_.casefold().startswith(_ARM)}
    declared = {item.declared for item in said}
    found: dict[str, str] = {}
    notes = []
    for item in said:
        observed = item.observed if item.observed in ids else folded.get(item.observed.casefold())
        if observed is None or observed in declared:
            notes.append(Note(item.source, UNSEEN, {"declared": item.declared, "observed": item.observed}))
        elif item.declared in ids:
            found.setdefault(item.declared, observed)
    if found:
        copies = _copies(connection, found)
        _replace(connection, "resource", found)
        _replace(connection, "copy", copies)
    return notes


def paired(declared: Sequence[Copy], observed: Sequence[Copy]) -> dict[str, str]:
    """Of copies of one kind of one resource, which declared one is which observed one, by their ids."""
    pairs: dict[str, str] = {}
    left, free = list(declared), list(observed)
    for same in (_same_region, _same_place, _place_within):
        for copy in tuple(left):
            match = next((other for other in free if same(copy, other)), None)
            if match is not None:
                pairs[copy.id] = match.id
                left.remove(copy)
                free.remove(match)
    if len(left) == len(free) == 1:
        pairs[left[0].id] = free[0].id
    return pairs


def _same_region(one: Copy, other: Copy) -> bool:
    return one.region is not None and one.region == other.region


def _same_place(one: Copy, other: Copy) -> bool:
    return one.place is not None and one.place == other.place


def _place_within(one: Copy, other: Copy) -> bool:
    return (
        one.place is not None
        and other.place is not None
        and (within(one.place, other.place) is True or within(other.place, one.place) is True)
    )


def _copies(connection: duckdb.DuckDBPyConnection, found: Mapping[str, str]) -> dict[str, str]:
    """Declared copy → observed copy, of the resources in question."""
    known = ", ".join(
        f"arg_max({short}, {short}__ev) FILTER ({short}__ev > 0)" for short in ("kind", "region", "place")
    )
    rows = connection.execute(
        f"SELECT id, any_value(resource), {known} FROM copy WHERE id IN (SELECT id FROM copy WHERE resource IN "
        "(SELECT unnest(?::VARCHAR[]))) GROUP BY id ORDER BY id",
        [[*found, *found.values()]],
    ).fetchall()
    of: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for id_, resource, kind, region, place in rows:
        if kind is not None:
            of[resource, kind].append(Copy(id_, region, place))
    pairs: dict[str, str] = {}
    for (resource, kind), copies in of.items():
        if resource in found:
            pairs |= paired(copies, of.get((found[resource], kind), ()))
    return pairs


def _replace(connection: duckdb.DuckDBPyConnection, table: str, ids: Mapping[str, str]) -> None:
    """Replaces ids of a subject wherever they stand; those of links are made of the ids of their ends."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE renamed AS SELECT unnest(?::VARCHAR[]) AS old, unnest(?::VARCHAR[]) AS new",
        [[*ids], [*ids.values()]],
    )
    connection.execute(
        f'UPDATE "{table}" SET id = r.new, seq = seq + {_LATER} FROM renamed r WHERE "{table}".id = r.old'
    )
    part = "CASE WHEN part = r.old THEN r.new ELSE part END"
    for other, shape in TABLES.items():
        made = (
            ""
            if has_own_id(shape)
            else (f", id = array_to_string(list_transform(string_split(id, '|'), lambda part: {part}), '|')")
        )
        for link in (link for link, end in shape.links.items() if end == table):
            connection.execute(
                f'UPDATE "{other}" SET "{link}" = r.new{made} FROM renamed r WHERE "{other}"."{link}" = r.old'
            )
