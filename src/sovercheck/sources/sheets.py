"""A sheet as read from a file: its cells, where each stands, and what was assumed to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta
from functools import cache

from sovercheck.errors import Place
from sovercheck.light import dataclass

Cell = str | float | bool | date | datetime | time | timedelta | None

MAX_CELL = 10_000
"""Longer texts are cut there, with a note."""


@dataclass(slots=True)
class Sheet:
    """The cells of one sheet, as values.

    Attributes:
        file: what errors call the file.
        name: of the sheet; None for a CSV file.
        rows: the cells, the first row of the sheet first; rows may be shorter than others.
        notes: what was assumed: (code, parameters).
        faults: cells that have no usable value, by row and column from 0: an error such as `#REF!`, or an empty text
            for a formula without its result.
        formulas: how many cells of each column are formulas with a result.
        titles: ranges of cells merged across columns: (first row, first column, last row, last column).
        lines: of a CSV file, the line on which each row starts.
    """

    file: str
    name: str | None
    rows: list[list[Cell]]
    notes: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formulas: Counter[int] = field(default_factory=Counter)
    titles: list[tuple[int, int, int, int]] = field(default_factory=list)
    lines: list[int] | None = None

    def place(self, row: int, column: int) -> Place:
        """Where a cell stands, as a spreadsheet names it: `Serveurs!C14`."""
        cell = f"{letters(column)}{row + 1}"
        line = self.lines[row] if self.lines and row < len(self.lines) else None
        return Place(self.file, line=line, cell=f"{self.name}!{cell}" if self.name else cell)

    def whole(self) -> Place:
        """The sheet itself."""
        return Place(self.file, cell=self.name)


@cache
def letters(column: int) -> str:
    """The letters of a column, from 0: A, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
