"""The rows of a saved inventory as a part of another one: read by the engine, from Parquet, and never one by one.

What a saved inventory holds of a subject is what its sources said, merged, and under the marks of its gaps. Where a
fact was given more than once, what each row said stands beside it, in `part_<table>`. So the rows can be given back as
they were, without marks, and be merged again with those of other sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import CONTRADICTED, GAPPED_BIT, NO_ANSWER
from sovercheck.inventory.tables import columns
from sovercheck.inventory.ties import MATCHED
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import duckdb

PARTS = "part_"
"""Of the tables that hold the rows from which a subject's was made, where one fact had several."""

_GRADE = ~(2 * GAPPED_BIT - 1)
"""The bits of an evidence integer that hold the grade."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One table of a saved inventory.

    Attributes:
        folder: of the inventory.
        numbers: by the number that its evidence integers hold, the one while spooling.
        disputed: whether some of its subjects stand row by row in `part_<table>`.
    """

    folder: Path
    numbers: tuple[int, ...]
    disputed: bool

    def insert(self, connection: duckdb.DuckDBPyConnection, table: str, order: Sequence[int]) -> None:
        """Inserts the rows as their sources gave them.

        Args:
            connection: the engine of the inventory to come.
            table: which one.
            order: the last number of each evidence, by its number while spooling.

        Raises:
            InputError: a file of it cannot be read.
        """
        connection.execute("SET VARIABLE saved = ?", [[order[number] for number in self.numbers]])
        whole = f"FROM {parquet(self.folder, table)}"
        if self.disputed:
            parts = f"FROM {parquet(self.folder, PARTS + table)}"
            self._insert(connection, table, f"{parts} ORDER BY id, seq")
            whole += f" WHERE id NOT IN (SELECT id {parts})"
        elif table == "tie":
            # What tied resources to systems is for the inventory to come to say.
            matched = f"SELECT resource, system FROM {parquet(self.folder, MATCHED)} WHERE decided"
            whole += f" ANTI JOIN ({matched}) USING (resource, system)"
        self._insert(connection, table, f"{whole} ORDER BY id")

    def _insert(self, connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
        from sovercheck.inventory import engine

        selected = ", ".join(_unmarked(name) if name.endswith("__ev") else f'"{name}"' for name in columns(table))
        # What was inserted before stands before.
        after = f'(SELECT coalesce(max(seq), 0) FROM "{table}")'
        try:
            connection.execute(
                f'INSERT INTO "{table}" SELECT {selected}, {after} + row_number() OVER () FROM (SELECT * {rows})'
            )
        except engine.Error as error:
            raise InputError("not_an_inventory", place=Place(str(self.folder))) from error


def parquet(folder: Path, table: str) -> str:
    """SQL of one table of a saved inventory."""
    path = str(folder / f"{table}.parquet").replace("'", "''")
    return f"read_parquet('{path}')"


def _unmarked(name: str) -> str:
    """SQL of an evidence integer without the marks of gaps, its source renumbered."""
    source = f"getvariable('saved')[(\"{name}\" & {GAPPED_BIT - 1}) + 1]"
    return (
        f'CASE WHEN "{name}" > 0 THEN ("{name}" & {_GRADE}) | {source} '
        f'WHEN "{name}" = {CONTRADICTED} THEN {CONTRADICTED} ELSE {NO_ANSWER} END'
    )
