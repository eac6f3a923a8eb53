"""A workbook being made: its sheets and formats, Excel's limits, and what did not fit.

Every cell is text, a whole number or a date, never a formula or a link: what comes from outside stays data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sovercheck.reports.base import FOLLOW_UP_STATES
from sovercheck.reports.follow_up import COLUMNS, KEY_HEADER
from sovercheck.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
"""Excel's limits of a sheet and of a cell."""

Cell = str | int | date | None


class Book:
    """A workbook being made: its formats, its sheets, and what did not fit."""

    def __init__(self, workbook: Workbook, language: Language) -> None:
        self.workbook = workbook
        self.language = language
        self.left_out: list[str] = []
        top = {"valign": "top", "text_wrap": True}
        self.head = self._format(bold=True, bg_color="#0B4A7D", font_color="#FFFFFF", border=1, **top)
        self.own_head = self._format(bold=True, bg_color="#7A5200", font_color="#FFFFFF", border=1, **top)
        self.title = self._format(bold=True, font_size=14)
        self.label = self._format(bold=True, **top)
        self.text = self._format(**top)
        # Marked as text, so that editing the cell does not turn it into a formula either.
        self.quoted = self._format(quote_prefix=True, **top)
        self.day = self._format(num_format="yyyy-mm-dd", **top)
        self.number = self._format(num_format="#,##0", **top)

    def _format(self, **properties: object) -> Format:
        return self.workbook.add_format(properties)

    def table(
        self,
        name: str,
        columns: Sequence[tuple[str, int]],
        rows: Iterable[tuple[str | None, Sequence[Cell]]],
        total: int,
    ) -> int:
        """A sheet of rows under a frozen, filtered header; each row's key, if any, in a hidden last column.

        Args:
            name: of the sheet in the catalogues, `xlsx.sheet.<name>`.
            columns: names (`xlsx.column.<name>`) and widths in characters.
            rows: key and cells of each.
            total: how many rows there are; those that do not fit are counted in `left_out`.

        Returns:
            How many rows were written.
        """
        said = self.language
        title = said.text(f"xlsx.sheet.{name}")
        sheet = self.workbook.add_worksheet(title)
        keyed = columns[-1][0] == "comment"
        for position, (column, width) in enumerate(columns):
            own = column in COLUMNS
            sheet.set_column(position, position, width, self.day if column == "due" else self.text)
            sheet.write_string(0, position, said.text(f"xlsx.column.{column}"), self.own_head if own else self.head)
        last = len(columns) - 1
        if keyed:
            last += 1
            sheet.set_column(last, last, 10, None, {"hidden": True})
            sheet.write_string(0, last, KEY_HEADER, self.head)
        written = cut = 0
        for key, cells in rows:
            if written == MOST_ROWS - 1:
                break
            written += 1
            for position, cell in enumerate(cells):
                if cell is not None and cell != "":
                    cut += self._write(sheet, written, position, cell)
            if key is not None:
                sheet.write_string(written, last, encodable(key), self.text)
        self._finish(sheet, columns, written, last)
        if written < total:
            self.left_out.append(
                said.text("xlsx.rows_left_out", n=total - written, sheet=title, count=said.number(total - written))
            )
        if cut:
            self.left_out.append(said.text("xlsx.cells_cut", n=cut, sheet=title, count=said.number(cut)))
        return written

    def _finish(self, sheet: Worksheet, columns: Sequence[tuple[str, int]], written: int, last: int) -> None:
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, written, last)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(1)
        sheet.fit_to_pages(1, 0)
        for position, (column, _) in enumerate(columns):
            if column == "state" and written:
                words = [self.language.text(f"follow_up.{state}") for state in FOLLOW_UP_STATES]
                sheet.data_validation(1, position, written, position, {"validate": "list", "source": words})
            if column == "due" and written:
                condition = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
                sheet.data_validation(1, position, written, position, condition)

    def _write(self, sheet: Worksheet, row: int, column: int, cell: str | int | date) -> bool:
        """Writes one cell; true if its text had to be cut."""
        if isinstance(cell, int):
            sheet.write_number(row, column, cell, self.number)
            return False
        if isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self.day)
            return False
        fits = len(cell) <= MOST_CHARACTERS
        if not fits:
            mark = self.language.text("xlsx.cut")
            cell = cell[: MOST_CHARACTERS - len(mark)] + mark
        cell = encodable(cell)
        sheet.write_string(row, column, cell, self.quoted if cell[0] in "=+-@" else self.text)
        return not fits

    def lines(self, name: str, lines: Iterable[tuple[str, str]]) -> None:
        """A sheet of labels and texts under a title."""
        said = self.language
        sheet = self.workbook.add_worksheet(said.text(f"xlsx.sheet.{name}"))
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, said.text(f"xlsx.{name}.title"), self.title)
        for row, cells in enumerate(lines, start=2):
            for column, cell in enumerate(cells):
                if cell:
                    self._write(sheet, row, column, cell)


def encodable(text: str) -> str:
    """The text without lone surrogates, which no file in UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
