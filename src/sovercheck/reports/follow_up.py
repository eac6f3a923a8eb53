"""What people write beside findings in a workbook: its columns, and an earlier workbook read back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sovercheck.errors import InputError, Place, SovercheckError, raise_all
from sovercheck.messages import LANGS, text
from sovercheck.reports.base import FOLLOW_UP_STATES, FollowUp

KEY_HEADER = "sovercheck:key"
"""Heads the hidden column that ties a row to its finding, in every language."""

COLUMNS: tuple[str, ...] = ("person", "due", "state", "comment")
"""Titled `xlsx.column.<name>`."""


def read_follow_up(raw: bytes, *, file: str = "xlsx") -> dict[str, FollowUp]:
    """What people wrote in an earlier workbook, by finding key, whatever its language, row order or added columns.

    Args:
        raw: the workbook's content (XLSX, or what LibreOffice saved of it).
        file: how errors name it.

    Raises:
        InputError: not a workbook, not one of ours, or a cell that cannot be read (with its cell).
        SeveralErrors: several of them.
    """
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(raw))
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except CalamineError as error:
        raise InputError("follow_up_not_a_workbook", place=Place(file)) from error
    reading = _Reading(file)
    for name, rows in sheets:
        reading.sheet(name, rows)
    if not reading.sheets:
        raise InputError("follow_up_no_key_column", place=Place(file), column=KEY_HEADER)
    raise_all(reading.errors)
    return reading.found


@dataclass(frozen=True, slots=True)
class _Columns:
    key: int
    named: Mapping[str, int]


_HEADER_ROWS = 10
"""A person may insert a few rows above the header."""


class _Reading:
    """The follow-up read so far, and the cells that cannot be read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets = 0
        self.found: dict[str, FollowUp] = {}
        self.where: dict[str, str] = {}
        self.errors: list[SovercheckError] = []

    def sheet(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        """Reads a sheet that has the key column; any other is somebody's own."""
        header = next((number for number, row in enumerate(rows[:_HEADER_ROWS]) if KEY_HEADER in row), None)
        if header is None:
            return
        self.sheets += 1
        columns = _columns(rows[header])
        for number, row in enumerate(rows[header + 1 :], start=header + 1):
            self._row(name, number, row, columns)

    def _row(self, sheet: str, number: int, row: Sequence[Any], columns: _Columns) -> None:
        def at(column: int) -> str:
            return f"{sheet}!{_column_name(column)}{number + 1}"

        def entry(name: str) -> Any:  # noqa: ANN401 - whatever a cell holds
            return row[columns.named[name]] if name in columns.named else ""

        follow_up = FollowUp(
            person=_typed(entry("person")),
            due=self._due(entry("due"), at(columns.named.get("due", 0))),
            state=_state(_typed(entry("state"))),
            comment=_typed(entry("comment")),
        )
        if follow_up == FollowUp():
            return
        key = _typed(row[columns.key])
        if not key:
            self._refuse("follow_up_no_key", at(min(columns.named.values())))
        elif self.found.get(key, follow_up) != follow_up:
            self._refuse("follow_up_twice", at(columns.key), other=self.where[key])
        else:
            self.found[key] = follow_up
            self.where.setdefault(key, at(columns.key))

    def _due(self, value: Any, cell: str) -> str:  # noqa: ANN401 - whatever a cell holds
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        written = _typed(value)
        if not written:
            return ""
        try:
            return date.fromisoformat(written).isoformat()
        except ValueError:
            self._refuse("follow_up_due", cell, word=written)
            return ""

    def _refuse(self, code: str, cell: str, **params: object) -> None:
        self.errors.append(InputError(code, place=Place(self.file, cell=cell), **params))


def _columns(header: Sequence[Any]) -> _Columns:
    named = {}
    for name in COLUMNS:
        titles = {text(f"xlsx.column.{name}", lang).casefold() for lang in LANGS}
        position = next((at for at, cell in enumerate(header) if _typed(cell).casefold() in titles), None)
        if position is not None:
            named[name] = position
    return _Columns(header.index(KEY_HEADER), named)


def _typed(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _state(written: str) -> str:
    for state in FOLLOW_UP_STATES:
        if written.casefold() in {text(f"follow_up.{state}", lang).casefold() for lang in LANGS}:
            return state
    return written


def _column_name(position: int) -> str:
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
