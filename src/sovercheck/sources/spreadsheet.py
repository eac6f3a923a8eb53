"""Inventories of applications and servers as offices export them, CSV or workbook, mapped to rows.

Nothing is guessed in silence: what was assumed (encoding, separator, decimal sign, order of day and month), what was
skipped and what was a formula is told as notes; what cannot be read is an error at its cell. A cell with nothing in it,
or with a word for « not known », leaves its fact unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sovercheck.errors import InputError, Place
from sovercheck.inventory.rows import Item
from sovercheck.inventory.values import At
from sovercheck.sources import cells
from sovercheck.sources.mapping import SpreadsheetMapping, check_mapping
from sovercheck.sources.sheetrows import SheetRows
from sovercheck.sources.sheets import Cell, Sheet

MAX_FILE = 256 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """One sheet of a file, with its mapping.

    Attributes:
        mapping: as written in the configuration; check it with `check_mapping` first.
        path: of the file.
        at: where a part of the mapping stands in the configuration.
    """

    mapping: SpreadsheetMapping
    path: Path
    at: At
    kind: ClassVar[str] = "inventory"

    @property
    def name(self) -> str:
        """The file as written, with its sheet: `serveurs.xlsx!Serveurs`."""
        return f"{self.mapping.file}!{self.mapping.sheet}" if self.mapping.sheet else self.mapping.file

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """See `Source`."""
        return ((self.mapping.file, self.path),)

    def collect(self) -> Iterator[Item]:
        """The rows of each table in turn, then the notes.

        Raises:
            InputError: the file cannot be read, lacks a column, or has a cell that makes no sense; `SeveralErrors` for
                all such cells.
            ConfigurationError: the mapping names what does not exist.
        """
        check_mapping(self.mapping, self.at)
        sheet = _open(self.path, self.mapping)
        yield from SheetRows(self.mapping, self.name, self.at, sheet).items()


def _open(path: Path, mapping: SpreadsheetMapping) -> Sheet:
    """The sheet, by what the file holds rather than by its name."""
    place = Place(mapping.file)
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError("spreadsheet_too_large", place=place, limit=MAX_FILE // 2**20)
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=place, reason=error.strerror or str(error)) from error
    if raw.startswith(_OLE):
        raise InputError("spreadsheet_old", place=place)
    if raw.startswith(_ZIP):
        from sovercheck.sources.workbook import read_workbook

        return read_workbook(raw, mapping.file, mapping.sheet)
    from sovercheck.sources.csvtext import read_csv

    if mapping.sheet is not None:
        raise InputError("spreadsheet_no_sheets", place=place, sheet=mapping.sheet)
    wanted = {cells.folded(header) for table in mapping.tables for header in table.columns.values()}

    def score(rows: list[list[Cell]]) -> int:
        return max((len(wanted & {cells.folded(cells.plain(cell)) for cell in row}) for row in rows), default=0)

    return read_csv(raw, mapping.file, score, encoding=mapping.encoding, delimiter=mapping.delimiter)
