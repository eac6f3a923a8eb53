"""The constants of rules: values checked against the registry as everywhere else, groups of places expanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from sovercheck.errors import InputError, Place, PolicyError, nearest
from sovercheck.inventory import values
from sovercheck.inventory.facts import Fact, Type
from sovercheck.inventory.places import COMMON_MISTAKES, country, is_place
from sovercheck.reference.places import Places

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

At = Callable[..., Place]
"""Where a value stands, or a part of it: `at()`, `at(2)`."""

_ITEM: Final = {Type.TEXTS: Type.TEXT, Type.WORDS: Type.WORD, Type.PLACES: Type.PLACE}
_COMPLETE_COUNTRIES = ("CA", "US")
"""The countries of which the reference names every subdivision, so that one it lacks is a mistake."""


class Where(Protocol):
    """Says where the parts of a file stand."""

    def place(self, *path: str | int) -> Place:
        """The position of the value at a path, or of the nearest thing around it."""

    def key_place(self, *path: str | int) -> Place:
        """The position of the key that ends a path, or of the nearest thing around it."""


def scalar(fact: Fact, value: Value, at: At) -> str | bool | int | Decimal:
    """One constant of the fact's type.

    Raises:
        PolicyError: null, `none`, or not a value that the fact takes.
    """
    if value is None or value == values.NONE:
        raise PolicyError("policy_null", place=at(), fact=fact.name, word=values.NONE if value else "null")
    if fact.is_interval:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise PolicyError("policy_value_number", place=at(), fact=fact.name, word=values.shown(value))
        read = _checked(fact, value, at)
        return int(value) if fact.type is Type.BYTES else Decimal(repr(value)) if isinstance(read, Decimal) else read
    return _checked(fact, value, at)


def several(fact: Fact, value: Value, at: At, places: Places) -> tuple[str, ...]:
    """The constants of an operator that takes several, each once; groups of places become their members.

    They stand in the order of the alphabet, words in that of the registry.

    Raises:
        PolicyError: not a list, an empty one, or a member that the fact does not take.
    """
    if not isinstance(value, list):
        raise PolicyError("policy_value_list", place=at(), word=values.shown(value))
    if not value:
        raise PolicyError("policy_empty_list", place=at())
    item = member_fact(fact)
    found: set[str] = set()
    for number, element in enumerate(value):

        def member_at(*_: str | int, number: int = number) -> Place:
            return at(number)

        if item.type is Type.PLACE:
            found.update(_places(item, element, member_at, places))
        else:
            found.add(str(scalar(item, element, member_at)))
    return tuple(sorted(found, key=lambda word: (item.words.index(word) if word in item.words else 0, word)))


def member_fact(fact: Fact) -> Fact:
    """The fact with the type of one member of its list; of a scalar fact, itself."""
    return replace(fact, type=_ITEM[fact.type]) if fact.type in _ITEM else fact


def partial_date(value: Value, at: At) -> str:
    """An ISO date, perhaps only a year or a month, that exists; raises PolicyError for another."""
    try:
        return values.read_date(value, at)
    except InputError as error:
        raise PolicyError(error.code, place=error.place, **error.params) from error


def _checked(fact: Fact, value: Value, at: At) -> str | bool | int | Decimal:
    try:
        read = values.read_value(fact, value, at).value
    except InputError as error:
        raise PolicyError(error.code, place=error.place, **error.params) from error
    assert read is not None  # noqa: S101 - `none` was refused before
    assert not isinstance(read, tuple)  # noqa: S101 - lists are read member by member
    return read


def _places(fact: Fact, value: Value, at: At, places: Places) -> frozenset[str]:
    """The places that a code or the name of a group stands for."""
    if value is None or value == values.NONE:
        raise PolicyError("policy_null", place=at(), fact=fact.name, word=values.NONE if value else "null")
    if not isinstance(value, str):
        raise PolicyError("record_type_text", place=at(), fact=fact.name, word=values.shown(value))
    if value in places.groups:
        return places.groups[value].members
    mistake = COMMON_MISTAKES.get(value.upper())
    if mistake is None and (places.knows(value) or (is_place(value) and country(value) not in _COMPLETE_COUNTRIES)):
        return frozenset({value})
    near = mistake or _nearest_place(value, places)
    if near is None:
        raise PolicyError("record_place", place=at(), word=values.shown(value))
    raise PolicyError("record_place_near", place=at(), word=values.shown(value), near=near)


def _nearest_place(word: str, places: Places) -> str | None:
    """The code or group that a misspelt code, or a name in either language, most likely meant."""
    named = {
        name: code
        for known in (places.countries, places.subdivisions)
        for code, n in known.items()
        for name in n.values()
    }
    code = nearest(word, [*places.groups, *places.countries, *places.subdivisions])
    name = nearest(word, named)
    return code or (named[name] if name is not None else None)
