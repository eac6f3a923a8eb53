"""Which assessment of the risks for privacy (EFVP) counts for a copy, and which for a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import FIRST_GAP, GAPPED_BIT, NO_ANSWER
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import fact_columns

if TYPE_CHECKING:
    import duckdb


def derive_of_copies(inventory: Inventory) -> None:
    """Creates the table `efvp_of_copy`."""
    _create(inventory.connection, "efvp_of_copy", _OF_COPY if inventory.lengths["efvp"] else _OF_COPY_UNASSESSED)


def derive_of_projects(inventory: Inventory) -> None:
    """Creates the table `efvp_of_project`."""
    sql = _OF_PROJECT if inventory.lengths["efvp"] else _OF_PROJECT_UNASSESSED
    _create(inventory.connection, "efvp_of_project", sql)


def _create(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}")


def _covers(copy: str, efvp: str) -> str:
    """Whether an assessment covers a copy's place: its places name the place or what contains it."""
    inside = f"list_contains({efvp}.places, {copy}.place) OR list_contains({efvp}.places, substr({copy}.place, 1, 2))"
    return f"({copy}.place__ev > 0 AND {efvp}.places__ev > 0 AND ({inside}))"


_EFVP_FACTS: Mapping[str, Sequence[str]] = {
    **{short: (short,) for short in ("kind", "date", "status", "conclusion", "agreement", "committee_consulted")},
    **{short: (short, f"{short}__open") for short in ("places", "factors")},
}
"""Fact → its columns without its evidence."""

_PROJECT_FACTS: Mapping[str, Sequence[str]] = {
    short: (short,) for short in ("status", "date", "committee_consulted", "is_certification")
}

_OUTRANKED = """
    sure(k.status__ev) AND sure(b.status__ev) AND coalesce(
        (b.done AND NOT k.done)
        OR (b.done = k.done AND sure(k.date__ev) AND sure(b.date__ev) AND (
            (k.date IS NULL AND b.date IS NOT NULL) OR hi(b.date) < lo(k.date)
            OR (k.date IS NOT DISTINCT FROM b.date AND coalesce(length(k.date) = 10, TRUE) AND b.id < k.id))), FALSE)
"""
"""Whether assessment `k` certainly comes after `b`: those that are done come first, then the earlier, then by id."""

_BEST = "ORDER BY done DESC, date NULLS LAST, id"


def _efvp_facts(facts: Mapping[str, Sequence[str]]) -> str:
    """SQL columns of the facts of assessment `b` of a pair `p`: unknown where another may be the one that counts."""
    known = "b.id IS NOT NULL AND NOT p.rivalled AND NOT p.unlisted"
    values = [
        f'CASE WHEN {known} THEN b."{column}" END AS "{name}"'
        for name, columns in facts.items()
        for column in columns[:1]
    ]
    values += [
        f'CASE WHEN {known} THEN b."{columns[0]}__open" END AS "{name}__open"'
        for name, columns in facts.items()
        if columns[1:]
    ]
    evidence = [
        f'CASE WHEN {known} THEN b."{columns[0]}__ev" | (CASE WHEN b."{columns[0]}__ev" > 0 THEN b.gap ELSE 0 END) '
        f"WHEN b.id IS NULL AND p.closed AND NOT p.may THEN p.closed_ev ELSE least(p.closed_ev, {NO_ANSWER}) "
        f'END AS "{name}__ev"'
        for name, columns in facts.items()
    ]
    return ", ".join(values + evidence)


_EFVPS = (
    "surely(s.efvps_complete, s.efvps_complete__ev) AS closed, s.efvps_complete__ev AS closed_ev, "
    f"s.efvps_complete__ev <= {FIRST_GAP} OR gapped(s.efvps_complete__ev) AS unlisted"
)
"""Of the list of a system's assessments: whether it is closed, and whether a reading of it was refused."""


def _unassessed(table: str, facts: Iterable[str]) -> str:
    """The same columns where no assessment is written: none where the list of system `s` is closed, else unknown."""
    closed = "surely(s.efvps_complete, s.efvps_complete__ev)"
    ev = f"CASE WHEN {closed} THEN s.efvps_complete__ev ELSE least(s.efvps_complete__ev, {NO_ANSWER}) END"
    columns = [column for short in facts for column in fact_columns(FACTS[f"{table}.{short}"])]
    return ", ".join(
        f'{ev} AS "{name}"' if name.endswith("__ev") else f'CAST(NULL AS {sql}) AS "{name}"' for name, sql in columns
    )


_OF_COPY = f"""
WITH candidate AS (
    SELECT c.id AS copy, t.system, e.*, coalesce(e.status = 'done', FALSE) AS done,
        CASE WHEN gapped(e.kind__ev) OR gapped(e.places__ev) OR gapped(c.place__ev) THEN {GAPPED_BIT} ELSE 0 END AS gap,
        coalesce(e.kind = 'outside_quebec' AND {_covers("c", "e")}, FALSE) AS is_it,
        coalesce({_covers("c", "e")}, FALSE) OR NOT sure(e.places__ev) OR coalesce(e.places__open, FALSE)
            OR NOT sure(c.place__ev) OR coalesce(
                length(c.place) = 2 AND len(list_filter(e.places, lambda p: starts_with(p, c.place))) > 0, FALSE)
            AS may_be
    FROM copy c JOIN tie t ON t.resource = c.resource
    JOIN efvp e ON e.system = t.system AND (NOT sure(e.kind__ev) OR e.kind = 'outside_quebec')
), best AS (
    SELECT * FROM candidate WHERE is_it QUALIFY row_number() OVER (PARTITION BY copy, system {_BEST}) = 1
), rival AS (
    SELECT k.copy, k.system, bool_or(b.id <> k.id AND NOT ({_OUTRANKED})) AS rivalled
    FROM candidate k LEFT JOIN best b ON b.copy = k.copy AND b.system = k.system
    WHERE k.is_it OR k.may_be GROUP BY k.copy, k.system
), p AS (
    SELECT c.id AS copy, t.system, {_EFVPS}, coalesce(rival.rivalled, FALSE) AS rivalled, rival.copy IS NOT NULL AS may
    FROM copy c JOIN tie t ON t.resource = c.resource JOIN system s ON s.id = t.system
    LEFT JOIN rival ON rival.copy = c.id AND rival.system = t.system
)
SELECT p.copy, p.system, {_efvp_facts(_EFVP_FACTS)} FROM p LEFT JOIN best b ON b.copy = p.copy AND b.system = p.system
"""
"""A copy's EFVP is that of its system that covers its place: none if the list is closed and none covers it.

Of several, the one that is done, and then the first, counts; unknown while another that may cover the place may be it.
"""

_OF_COPY_UNASSESSED = f"""
SELECT c.id AS copy, t.system, {_unassessed("efvp", _EFVP_FACTS)}
FROM copy c JOIN tie t ON t.resource = c.resource JOIN system s ON s.id = t.system
"""

_OF_PROJECT = f"""
WITH candidate AS (
    SELECT *, coalesce(status = 'done', FALSE) AS done, CASE WHEN gapped(kind__ev) THEN {GAPPED_BIT} ELSE 0 END AS gap,
        coalesce(kind IN ('project', 'certification'), FALSE) AS is_it, kind = 'certification' AS is_certification,
        kind__ev AS is_certification__ev
    FROM efvp WHERE NOT sure(kind__ev) OR kind IN ('project', 'certification')
), best AS (
    SELECT * FROM candidate WHERE is_it QUALIFY row_number() OVER (PARTITION BY system {_BEST}) = 1
), rival AS (
    SELECT k.system, bool_or(b.id <> k.id AND NOT ({_OUTRANKED})) AS rivalled
    FROM candidate k LEFT JOIN best b ON b.system = k.system GROUP BY k.system
), p AS (
    SELECT s.id AS system, {_EFVPS}, coalesce(rival.rivalled, FALSE) AS rivalled, rival.system IS NOT NULL AS may
    FROM system s LEFT JOIN rival ON rival.system = s.id
)
SELECT p.system, {_efvp_facts(_PROJECT_FACTS)} FROM p LEFT JOIN best b ON b.system = p.system
"""
"""A project's EFVP: the one that is done first, or that of a certification, which stands in for it."""

_OF_PROJECT_UNASSESSED = f"""
SELECT s.id AS system, {_unassessed("project_efvp", _PROJECT_FACTS)} FROM system s
"""
