"""What gaps take away, written into the evidence of the facts that they touch.

A fact that nobody answered gets the first of its gaps; one that is known is marked by any gap that is as strong. So the
order in which gaps are written does not matter, and those that are alike are written together: a scan may have a
hundred thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import FIRST_GAP, GAPPED_BIT, NO_ANSWER, Grade, above
from sovercheck.inventory.facts import FACTS, Fact, facts_of
from sovercheck.inventory.rows import Gap
from sovercheck.inventory.tables import fact_columns

if TYPE_CHECKING:
    import duckdb


def mark(connection: duckdb.DuckDBPyConnection, gaps: Iterable[tuple[int, Gap]]) -> None:
    """Writes what gaps take away into the evidence of the facts that they name.

    Args:
        connection: the engine of the inventory.
        gaps: each with its number, in the order of their numbers.
    """
    listings: dict[tuple[str, Grade], int] = {}
    subjects: defaultdict[tuple[str, tuple[str, ...], Grade], dict[str, int]] = defaultdict(dict)
    for number, gap in gaps:
        # What one gap opens, a second of the same strength finds open.
        if gap.id is None:
            listings.setdefault((gap.table, gap.grade), number)
        else:
            subjects[gap.table, gap.facts, gap.grade].setdefault(gap.id, number)
    for (listing, grade), number in listings.items():
        # A listing that failed says nothing of the rows that exist; what claims to be complete no longer is.
        for table, short in _COMPLETENESS.get(listing, ()):
            connection.execute(f'UPDATE "{table}" SET {_marked(f"{short}__ev", grade, str(FIRST_GAP - number))}')
    for (table, shorts, grade), numbers in subjects.items():
        changes = ", ".join(_marked(ev, grade, f"{FIRST_GAP} - g.number") for ev in _evidences(table, shorts))
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE gapped AS SELECT unnest(?::VARCHAR[]) AS id, unnest(?::INTEGER[]) AS number",
            [[*numbers], [*numbers.values()]],
        )
        connection.execute(f'UPDATE "{table}" SET {changes} FROM gapped g WHERE "{table}".id = g.id')


def touched(gap: Gap) -> Iterator[str]:
    """The full names of the facts in whose evidence a gap may be written."""
    if gap.id is None:
        for table, short in _COMPLETENESS.get(gap.table, ()):
            yield f"{table}.{short}"
    else:
        for fact in _named(gap.table, gap.facts):
            yield fact.name


def _named(table: str, shorts: tuple[str, ...]) -> Iterator[Fact]:
    """Some stored facts of a table, or all of them where none is named."""
    for fact in [FACTS[f"{table}.{short}"] for short in shorts] or facts_of(table):
        if not fact.derived:
            yield fact


def _evidences(table: str, shorts: tuple[str, ...]) -> Iterator[str]:
    """Their columns of evidence."""
    for fact in _named(table, shorts):
        yield list(fact_columns(fact))[-1][0]


def _marked(ev: str, grade: Grade, gap: str) -> str:
    """SQL that gives an evidence its mark; `gap` is SQL of the evidence of what the gap kept from being read."""
    return (
        f'"{ev}" = CASE WHEN "{ev}" = {NO_ANSWER} THEN {gap} WHEN "{ev}" <= {FIRST_GAP} THEN greatest("{ev}", {gap}) '
        f'WHEN "{ev}" > 0 AND "{ev}" < {above(grade)} THEN "{ev}" | {GAPPED_BIT} ELSE "{ev}" END'
    )


_INVOLVEMENTS = (("system", "involvements_complete"), ("resource", "involvements_complete"))

_COMPLETENESS: dict[str, tuple[tuple[str, str], ...]] = {
    # A resource and a copy have a provider, a contract has a party: who they are is not listed either.
    "copy": (("resource", "copies_complete"), ("system", "resources_complete"), *_INVOLVEMENTS),
    "resource": (("system", "resources_complete"), ("estate", "resources_complete"), *_INVOLVEMENTS),
    "system": (("estate", "systems_complete"),),
    "contract": (("system", "contracts_complete"), *_INVOLVEMENTS),
    "involvement": _INVOLVEMENTS,
    "ownership": (("party", "owners_complete"), ("party", "presence_complete")),
    "outage": (("system", "outages_complete"),),
    "efvp": (("system", "efvps_complete"),),
}
