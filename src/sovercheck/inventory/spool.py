"""The spool as the engine reads it: rows of newline-delimited JSON, typed, their evidence numbered for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import GAPPED_BIT, NO_ANSWER, Evidence
from sovercheck.inventory.tables import columns

if TYPE_CHECKING:
    import duckdb

_LINE_LIMIT = 64 * 1024 * 1024


def create_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Makes an empty table of the inventory, with the order of its rows besides."""
    declared = ", ".join(
        f'"{name}" {sql}' + (f" NOT NULL DEFAULT {NO_ANSWER}" if name.endswith("__ev") else "")
        for name, sql in columns(table).items()
    )
    connection.execute(f'CREATE TABLE "{table}" ({declared}, seq BIGINT)')


def new_numbers(numbers: Mapping[Evidence, int], provenance: Sequence[Evidence]) -> list[int]:
    """The number in `provenance` of each evidence, by its number while spooling."""
    order = [0] * len(provenance)
    for number, evidence in enumerate(provenance):
        order[numbers[evidence]] = number
    return order


def renumber(connection: duckdb.DuckDBPyConnection, order: list[int]) -> None:
    """Makes the macro `renumbered`: evidence as it was spooled → evidence as `provenance` numbers it."""
    if order == sorted(order):
        connection.execute("CREATE TEMP MACRO renumbered(ev) AS ev")
        return
    connection.execute("SET VARIABLE renumbering = ?", [order])
    found = f"getvariable('renumbering')[(ev & {GAPPED_BIT - 1}) + 1]"
    connection.execute(
        f"CREATE TEMP MACRO renumbered(ev) AS CASE WHEN ev > 0 THEN (ev & {~(GAPPED_BIT - 1)}) | {found} ELSE ev END"
    )


def insert_spool(connection: duckdb.DuckDBPyConnection, table: str, spool: Path, *, evidence: str) -> None:
    """Types rows of a spool; `evidence` is SQL of how its evidence integers are read."""
    typed = columns(table)
    # Decimals are spelt as texts in the spool, so that no value passes through a binary float.
    struct = ", ".join(f"'{name}': '{sql}'" for name, sql in typed.items())
    selected = ", ".join(
        f"coalesce({evidence.format(name=name)}, {NO_ANSWER})" if name.endswith("__ev") else f'"{name}"'
        for name in typed
    )
    path = str(spool).replace("'", "''")
    # What was inserted before stands before.
    after = f'(SELECT coalesce(max(seq), 0) FROM "{table}")'
    connection.execute(
        f"INSERT INTO \"{table}\" SELECT {selected}, {after} + row_number() OVER () FROM read_json('{path}', "
        f"format = 'newline_delimited', columns = {{{struct}}}, maximum_object_size = {_LINE_LIMIT})"
    )


def plain_number(value: object) -> object:
    """A number as the spool spells it."""
    return format(value, "f") if isinstance(value, Decimal) else value
