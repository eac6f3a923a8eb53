"""The spool as the engine reads it: rows of newline-delimited JSON, typed, their evidence numbered for good."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import NO_ANSWER, Evidence
from sovercheck.inventory.tables import columns

if TYPE_CHECKING:
    import duckdb

_LINE_LIMIT = 64 * 1024 * 1024
SPOOLED = "getvariable('spooled')[\"{name}\"]"
"""SQL of an evidence integer, by its number in a spool."""


def keep_order(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Gives an empty table a column `seq`, for the order of its rows while they are merged."""
    connection.execute(f'ALTER TABLE "{table}" ADD COLUMN seq BIGINT')


def forget_order(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Takes the column `seq` away again."""
    connection.execute(f'ALTER TABLE "{table}" DROP COLUMN seq')


def new_numbers(numbers: Mapping[Evidence, int], provenance: Sequence[Evidence]) -> list[int]:
    """The number in `provenance` of each evidence, by its number while spooling."""
    order = [0] * len(provenance)
    for number, evidence in enumerate(provenance):
        order[numbers[evidence]] = number
    return order


def renumber(connection: duckdb.DuckDBPyConnection, integers: list[int]) -> None:
    """Tells the engine what evidence integers the numbers in a spool stand for, from one; see `SPOOLED`."""
    connection.execute("SET VARIABLE spooled = ?::INTEGER[]", [integers])


def insert_spool(
    connection: duckdb.DuckDBPyConnection, table: str, spool: Path, written: Container[str], *, evidence: str
) -> None:
    """Types rows of a spool.

    Args:
        connection: the engine.
        table: into which.
        spool: the file.
        written: the columns that some row of it has; the others have their defaults.
        evidence: SQL of how its evidence integers are read.
    """
    names, rows = _typed(table, spool, written, evidence)
    connection.execute(f'INSERT INTO "{table}" ({names}) {rows}')


def insert_in_order(
    connection: duckdb.DuckDBPyConnection, table: str, spool: Path, written: Container[str], *, evidence: str
) -> None:
    """The same, into a table that keeps the order of its rows."""
    # What was inserted before stands before.
    after = f'(SELECT coalesce(max(seq), 0) FROM "{table}")'
    names, rows = _typed(table, spool, written, evidence, f", {after} + row_number() OVER ()")
    connection.execute(f'INSERT INTO "{table}" ({names}, seq) {rows}')


def _typed(table: str, spool: Path, written: Container[str], evidence: str, besides: str = "") -> tuple[str, str]:
    """The columns that a spool has, and SQL of its rows as these, and what else is to be selected."""
    typed = {name: sql for name, sql in columns(table).items() if name in written}
    # Decimals are spelt as texts in the spool, so that no value passes through a binary float.
    struct = ", ".join(f"'{name}': '{sql}'" for name, sql in typed.items())
    selected = ", ".join(
        f"coalesce({evidence.format(name=name)}, {NO_ANSWER})" if name.endswith("__ev") else f'"{name}"'
        for name in typed
    )
    path = str(spool).replace("'", "''")
    return ", ".join(f'"{name}"' for name in typed), (
        f"SELECT {selected}{besides} FROM read_json('{path}', format = 'newline_delimited', "
        f"columns = {{{struct}}}, maximum_object_size = {_LINE_LIMIT})"
    )
