"""What a cell means: numbers with a decimal comma, dates as offices write them, Oui and Non.

The decimal sign is one for the whole sheet and the order of day and month one for each column; both are told from the
cells that leave no doubt, or else must be configured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sovercheck.errors import InputError, Place
from sovercheck.inventory.facts import Fact, Type
from sovercheck.inventory.values import UNITS, Read, check_number, exactly, read_date, shown
from sovercheck.sources.sheets import Cell

DecimalSign = Literal["comma", "point"]
DateOrder = Literal["day-month", "month-day"]

TRUE = frozenset({"oui", "o", "x", "vrai", "yes", "y", "true", "1", "✓", "✔"})
FALSE = frozenset({"non", "n", "faux", "no", "false", "0"})

_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_ENDS = re.compile(r"\s*(?:\$(?: ?CA)?|CAD|%)\Z", re.IGNORECASE)
_UNIT = re.compile(r"\s*([kKMGTP]?i?)(?:o|B|octets?|bytes?)\Z")
_GROUPS = r"(?:\d+|[1-9]\d{0,2}(?:(?P<group>%s)\d{3}(?:(?P=group)\d{3})*)?)"
_FORMS: dict[DecimalSign, re.Pattern[str]] = {
    "comma": re.compile(_GROUPS % "[ .'’]" + r"(?:,(?P<decimals>\d+))?\Z", re.ASCII),
    "point": re.compile(_GROUPS % "[ ,'’]" + r"(?:\.(?P<decimals>\d+))?\Z", re.ASCII),
}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?\Z", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(?:-\d{2})?\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z", re.ASCII)


def plain(cell: Cell) -> str:
    """A cell as a text: whole numbers without decimals, dates in ISO form, spaces around it gone."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def folded(text: str) -> str:
    """A header or a word as it is compared: neither case nor the number and kind of spaces count."""
    return " ".join(text.split()).casefold()


def decimal_sign(cells: Iterable[tuple[str, Place]]) -> DecimalSign | None:
    """The decimal sign of a sheet's numeric texts; None where none of them needs it.

    Raises:
        InputError: one text has a decimal comma and another a decimal point, or all can be read both ways.
    """
    found: tuple[DecimalSign, str] | None = None
    doubtful: tuple[str, Place] | None = None
    for cell, place in cells:
        text = _bare(cell)
        forms: list[DecimalSign] = [sign for sign, form in _FORMS.items() if form.match(text)]
        if len(forms) == 2 and not set(text) & {",", "."}:
            continue
        if len(forms) == 2:
            doubtful = doubtful or (cell, place)
        elif forms:
            if found is not None and found[0] != forms[0]:
                raise InputError("spreadsheet_decimal_mixed", place=place, word=shown(cell), other=shown(found[1]))
            found = found or (forms[0], cell)
    if found is not None:
        return found[0]
    if doubtful is not None:
        raise InputError("spreadsheet_decimal", place=doubtful[1], word=shown(doubtful[0]))
    return None


def date_order(cells: Iterable[tuple[str, Place]]) -> DateOrder | None:
    """The order of day and month in a column's texts; None where none of them needs it.

    Raises:
        InputError: one text has the day first and another the month, or all can be read both ways.
    """
    found: tuple[DateOrder, str] | None = None
    doubtful: tuple[str, Place] | None = None
    for cell, place in cells:
        match = _SLASHED.match(cell.strip())
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12:
            if first != second:
                doubtful = doubtful or (cell, place)
            continue
        order: DateOrder = "day-month" if first > 12 else "month-day"
        if found is not None and found[0] != order:
            raise InputError("spreadsheet_dates_mixed", place=place, word=shown(cell), other=shown(found[1]))
        found = found or (order, cell)
    if found is not None:
        return found[0]
    if doubtful is not None:
        raise InputError("spreadsheet_dates", place=doubtful[1], word=shown(doubtful[0]))
    return None


def is_doubtful_date(text: str) -> bool:
    """Whether a text is a date whose day and month can be taken for each other."""
    match = _SLASHED.match(text.strip())
    return match is not None and int(match[1]) <= 12 and int(match[2]) <= 12


def boolean(cell: Cell, fact: Fact, place: Place) -> bool:
    """Oui, O, X, Vrai, Yes, 1 and Non, N, Faux, No, 0, in any case.

    Raises:
        InputError: another word.
    """
    word = folded(plain(cell))
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise InputError("spreadsheet_boolean", place=place, word=shown(plain(cell)), fact=fact.name)


def number(cell: Cell, fact: Fact, place: Place, *, sign: DecimalSign | None, unit: str | None) -> Read:
    """A number in a unit: of bytes, a percentage or a fraction.

    Excel holds fifteen digits; what a cell has beyond them is noise and is dropped.

    Raises:
        InputError: no number, or one that the fact cannot have.
    """
    if isinstance(cell, float) and not isinstance(cell, bool):
        exact = Decimal(f"{cell:.15g}")
    elif isinstance(cell, str):
        text = cell
        if fact.type is Type.BYTES and (match := _UNIT.search(text)):
            text, unit = text[: match.start()], _unit(match[1])
        bare = _bare(text)
        match = _FORMS[sign or "comma"].match(bare)
        if match is None:
            raise InputError("spreadsheet_number", place=place, word=shown(cell), fact=fact.name)
        decimals = match["decimals"] or ""
        whole = re.sub(r"\D", "", bare[: len(bare) - len(decimals)])
        exact = Decimal(f"{whole}.{decimals}" if decimals else whole)
    else:
        raise InputError("spreadsheet_number", place=place, word=shown(plain(cell)), fact=fact.name)

    def at(*_: str | int) -> Place:
        return place

    if fact.type is Type.BYTES:
        exact *= UNITS[unit or "B"]
        exact = exact.to_integral_value() if unit not in (None, "B") else exact
        check_number(fact, exact, at)
        return exactly(int(exact))
    if fact.unit == "%" and unit == "fraction":
        exact *= 100
    elif fact.unit == "%" and unit is None and 0 < exact <= 1 and not (isinstance(cell, str) and "%" in cell):
        # A workbook holds a cell shown as 99.5 % as 0.995.
        raise InputError("spreadsheet_fraction", place=place, word=shown(plain(cell)), fact=fact.name)
    check_number(fact, exact, at)
    return exactly(exact)


def day(cell: Cell, place: Place, *, order: DateOrder | None) -> str:
    """A date in ISO form, perhaps only a year or a month.

    Raises:
        InputError: no date, or one that does not exist.
    """

    def at(*_: str | int) -> Place:
        return place

    if isinstance(cell, date):
        return cell.isoformat()[:10]
    text = plain(cell)
    if match := _ISO.match(text):
        return read_date(f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}", at)
    if match := _SLASHED.match(text):
        first, second = (match[1], match[2]) if order != "month-day" else (match[2], match[1])
        return read_date(f"{match[3]}-{second:0>2}-{first:0>2}", at)
    if _PARTIAL.match(text):
        return read_date(text, at)
    raise InputError("spreadsheet_date", place=place, word=shown(text))


def _bare(text: str) -> str:
    """A numeric text without its unit, every kind of space being one space."""
    text = _SPACES.sub(" ", text).strip()
    if match := _UNIT.search(text):
        text = text[: match.start()]
    return _ENDS.sub("", text)


def _unit(prefix: str) -> str:
    """The unit of a prefix as it stands in a cell: « ko » and « Ko » are the same."""
    return f"{'k' if prefix == 'K' else 'Ki' if prefix == 'ki' else prefix}B"
