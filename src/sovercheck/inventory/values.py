"""A value as a person writes it, checked against the registry: its type, its words, its places and dates.

Declarations, spreadsheets and the tests of rules read values here, so that all refuse the same mistakes in the
same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from sovercheck.errors import InputError, Place, nearest
from sovercheck.inventory.facts import Fact, Type
from sovercheck.inventory.places import COMMON_MISTAKES, is_place
from sovercheck.inventory.rows import Scalar
from sovercheck.light import dataclass

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

At = Callable[..., Place]
"""Where a value stands, or a part of it: `at()`, `at("at_least")`, `at(2)`."""

NONE = "none"
"""The word for « known to be none »."""

UNITS: dict[str, int] = {
    "B": 1,
    **{f"{prefix}B": 1000 ** (n + 1) for n, prefix in enumerate(("k", "M", "G", "T", "P"))},
    **{f"{prefix}iB": 1024 ** (n + 1) for n, prefix in enumerate(("K", "M", "G", "T", "P"))},
}
"""Units of bytes; in a cell « o » says the same as « B »."""

MAX_BYTES = 2**63 - 1
MAX_NUMBER = Decimal(10) ** 14
"""Numbers stay below it: the inventory stores eighteen digits, four of them decimals."""
_STEP = Decimal("0.0001")

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_SHOWN = 60
_ITEM: Final[Mapping[Type, Type]] = {Type.TEXTS: Type.TEXT, Type.WORDS: Type.WORD, Type.PLACES: Type.PLACE}


@dataclass(frozen=True, slots=True)
class Read:
    """A value read: as `rows.Known` holds it, without its evidence."""

    value: Scalar | tuple[str, ...] | None
    high: int | Decimal | None = None
    open: bool = False


def read_value(fact: Fact, value: Value, at: At, *, is_open: bool = False) -> Read:
    """Reads the value of one fact.

    Of a list, `none` is the empty closed list: one form for one meaning.

    Args:
        fact: what it is the value of.
        value: plain: a scalar, a list, or `{at_least: …, at_most: …}` for a number.
        at: where it stands.
        is_open: of a list, whether it may have members that nobody read.

    Raises:
        InputError: the value is not one that this fact takes.
    """
    if value is None:
        raise InputError("record_null", place=at(), fact=fact.name)
    if fact.is_list:
        return _list(fact, value, at, is_open=is_open)
    if value == NONE:
        return Read(None)
    if fact.type is Type.NUMBER or fact.type is Type.BYTES:
        return _interval(fact, value, at)
    return Read(_scalar(fact, fact.type, value, at))


def exactly(number: int | Decimal) -> Read:
    """One number as an interval: of no width, or that of the last decimal stored where the number has more."""
    if isinstance(number, int):
        return Read(number, number)
    low = number.quantize(_STEP, ROUND_FLOOR)
    return Read(number, number) if low == number else Read(low, low + _STEP)


def read_date(value: Value, at: At) -> str:
    """An ISO date, perhaps only a year or a month, that exists.

    Raises:
        InputError: another form, or a day that no calendar has.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999 else value
    match = _DATE.match(text) if isinstance(text, str) else None
    if match is None or not isinstance(text, str):
        raise InputError("record_date", place=at(), word=shown(value))
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise InputError("record_date_impossible", place=at(), word=text) from error
    return text


def shown(value: object) -> str:
    """A value short enough for a sentence."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _list(fact: Fact, value: Value, at: At, *, is_open: bool) -> Read:
    if value == NONE:
        value = []
    if not isinstance(value, list):
        raise InputError("record_type_list", place=at(), fact=fact.name, word=shown(value))
    members: list[str] = []
    for number, item in enumerate(value):
        if item is None:
            raise InputError("record_null", place=at(number), fact=fact.name)

        def member_at(*_: str | int, number: int = number) -> Place:
            return at(number)

        members.append(str(_scalar(fact, _ITEM[fact.type], item, member_at)))
    # A list is a set: the order in which it was written means nothing.
    return Read(tuple(sorted(set(members))), open=is_open)


def _scalar(fact: Fact, kind: Type, value: Value, at: At) -> str | bool:
    if kind is Type.BOOLEAN:
        if isinstance(value, bool):
            return value
        raise InputError("record_type_boolean", place=at(), fact=fact.name, word=shown(value))
    if kind is Type.DATE:
        return read_date(value, at)
    if not isinstance(value, str):
        raise InputError("record_type_text", place=at(), fact=fact.name, word=shown(value))
    if kind is Type.WORD:
        return _word(fact, value, at)
    if kind is Type.PLACE:
        return _place(value, at)
    if not value.strip():
        raise InputError("record_empty", place=at(), fact=fact.name)
    return value


def _word(fact: Fact, word: str, at: At) -> str:
    if word in fact.words:
        return word
    near = nearest(word, fact.words)
    if near is not None:
        raise InputError("record_word_near", place=at(), fact=fact.name, word=shown(word), near=near)
    raise InputError("record_word", place=at(), fact=fact.name, word=shown(word), expected=", ".join(fact.words))


def _place(code: str, at: At) -> str:
    # The mistakes come first: some of them, such as QC, have the form of a code.
    tidy = code.upper().replace("_", "-")
    mistake = COMMON_MISTAKES.get(tidy)
    if mistake is None and is_place(code):
        return code
    if mistake is None and is_place(tidy):
        mistake = tidy
    if mistake is not None:
        raise InputError("record_place_near", place=at(), word=shown(code), near=mistake)
    raise InputError("record_place", place=at(), word=shown(code))


def _interval(fact: Fact, value: Value, at: At) -> Read:
    if not isinstance(value, dict):
        return exactly(_number(fact, value, at))
    for key in value:
        if key not in ("at_least", "at_most"):
            raise InputError("record_interval_key", place=at(key), fact=fact.name, key=shown(key))
    ends: list[int | Decimal | None] = []
    for key in ("at_least", "at_most"):
        if key not in value:
            ends.append(None)
            continue

        def end_at(*_: str | int, key: str = key) -> Place:
            return at(key)

        if value[key] is None:
            raise InputError("record_null", place=end_at(), fact=fact.name)
        exact = exactly(_number(fact, value[key], end_at))
        ends.append(exact.high if key == "at_most" else _lower(exact))
    low, high = ends
    if low is None and high is None:
        raise InputError("record_interval_empty", place=at(), fact=fact.name)
    if low is not None and high is not None and low > high:
        raise InputError("record_interval_order", place=at(), fact=fact.name, low=str(low), high=str(high))
    # No number of the registry is negative, so an absent lower end is zero.
    zero: int | Decimal = 0 if fact.type is Type.BYTES else Decimal(0)
    return Read(zero if low is None else low, high)


def _lower(interval: Read) -> int | Decimal:
    assert isinstance(interval.value, (int, Decimal))  # noqa: S101 - for the type checker
    return interval.value


def _number(fact: Fact, value: Value, at: At) -> int | Decimal:
    """A number in its exact form: a float of the file is what its shortest decimal writing says."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError("record_type_number", place=at(), fact=fact.name, word=shown(value))
    number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    check_number(fact, number, at)
    return int(number) if fact.type is Type.BYTES else number


def check_number(fact: Fact, number: Decimal, at: At) -> None:
    """Refuses a number that its fact cannot have.

    Raises:
        InputError: negative, over 100 %, a fraction of a byte, or too great.
    """
    if fact.type is Type.BYTES:
        if not number.is_finite() or number < 0 or number > MAX_BYTES or number != number.to_integral_value():
            raise InputError("record_bytes", place=at(), fact=fact.name, word=str(number))
        return
    if not number.is_finite() or number < 0 or number >= MAX_NUMBER:
        raise InputError("record_number_range", place=at(), fact=fact.name, word=str(number))
    if fact.unit == "%" and number > 100:
        raise InputError("record_percent", place=at(), fact=fact.name, word=str(number))
