"""What a gap takes away, written into the evidence of the facts that it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import GAPPED_BIT, NO_ANSWER, above, gap_evidence
from sovercheck.inventory.facts import FACTS, facts_of
from sovercheck.inventory.rows import Gap
from sovercheck.inventory.tables import fact_columns

if TYPE_CHECKING:
    import duckdb


def mark(connection: duckdb.DuckDBPyConnection, number: int, gap: Gap) -> None:
    """Writes what a gap takes away into the evidence of the facts that it names."""
    facts = [FACTS[f"{gap.table}.{short}"] for short in gap.facts] or list(facts_of(gap.table))
    changes = ", ".join(
        f'"{ev}" = CASE WHEN "{ev}" = {NO_ANSWER} THEN {gap_evidence(number)} '
        f'WHEN "{ev}" > 0 AND "{ev}" < {above(gap.grade)} THEN "{ev}" | {GAPPED_BIT} ELSE "{ev}" END'
        for fact in facts
        if not fact.derived
        for ev in (list(fact_columns(fact))[-1][0],)
    )
    if gap.id is not None:
        connection.execute(f'UPDATE "{gap.table}" SET {changes} WHERE id = ?', [gap.id])
        return
    # A listing that failed says nothing of the rows that exist; what claims to be complete no longer is.
    for table, short in _COMPLETENESS.get(gap.table, ()):
        ev = f"{short}__ev"
        connection.execute(
            f'UPDATE "{table}" SET "{ev}" = CASE WHEN "{ev}" > 0 AND "{ev}" < {above(gap.grade)} '
            f'THEN "{ev}" | {GAPPED_BIT} WHEN "{ev}" = {NO_ANSWER} THEN {gap_evidence(number)} ELSE "{ev}" END'
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
