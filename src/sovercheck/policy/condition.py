"""The condition of a rule as a tree of a few typed nodes: what the compiler, the oracle and the explanation all read.

Every node is frozen and hashable, so that a leaf that stands in several rules is computed once. Parameters are already
resolved, groups of places already expanded, and every constant has the type of its fact; no constant is ever null.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from sovercheck.inventory.facts import Fact, Type
from sovercheck.light import dataclass
from sovercheck.reference.laws import Level

Operand = str | bool | int | Decimal | tuple[str, ...]
"""A word, text or place is `str`; of a number `Decimal`, of bytes `int`; the values of a list operator are a tuple."""

Operator = Literal[
    "exists",
    "equals",
    "not_equals",
    "in",
    "not_in",
    "matches",
    "at_least",
    "at_most",
    "more_than",
    "less_than",
    "any_in",
    "all_in",
    "none_in",
    "contains_all",
    "empty",
]

_SCALAR: tuple[Operator, ...] = ("exists", "equals", "not_equals", "in", "not_in")
_NUMBER: tuple[Operator, ...] = ("exists", "equals", "at_least", "at_most", "more_than", "less_than")
_LIST: tuple[Operator, ...] = ("exists", "any_in", "all_in", "none_in", "contains_all", "empty")

_OPERATORS: dict[Type, tuple[Operator, ...]] = {
    Type.TEXT: (*_SCALAR, "matches"),
    Type.WORD: _SCALAR,
    Type.BOOLEAN: ("exists", "equals"),
    Type.PLACE: ("exists", "in", "not_in"),
    Type.DATE: ("exists",),
    Type.NUMBER: _NUMBER,
    Type.BYTES: _NUMBER,
    Type.TEXTS: _LIST,
    Type.WORDS: _LIST,
    Type.PLACES: _LIST,
}

SEVERAL_VALUES: frozenset[str] = frozenset({"in", "not_in", "any_in", "all_in", "none_in", "contains_all"})
"""The operators whose operand is a tuple."""

ORDERED: frozenset[str] = frozenset(
    {
        "system.data_class",
        "system.criticality",
        "system.fallback",
        "copy.key_grade",
        "efvp.conclusion",
        "involvement.access",
    }
)
"""The facts whose words rank as the registry lists them."""


def operators(fact: Fact) -> tuple[Operator, ...]:
    """The operators that a fact may be compared by; a date is compared by `before` and `not_before` besides."""
    ordered: tuple[Operator, ...] = ("at_least", "at_most") if fact.name in ORDERED else ()
    return _OPERATORS[fact.type] + ordered


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact compared by one operator, three-valued.

    Attributes:
        fact: of the registry, in the scope of the rule's subject.
        op: one of `operators(fact)`.
        value: `bool` for `exists` and `empty`, a tuple for `SEVERAL_VALUES`, else one value of the fact's type.
    """

    fact: Fact
    op: Operator
    value: Operand


@dataclass(frozen=True, slots=True)
class FactSide:
    """A date fact, as a side of `before`."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class DateSide:
    """A literal date, as a side of `before`: ISO 8601, perhaps only a year or a month, then an interval."""

    iso: str


@dataclass(frozen=True, slots=True)
class AsOfSide:
    """The as-of date moved by months, then by days (both may be negative; a year is twelve months)."""

    months: int = 0
    days: int = 0


Side = FactSide | DateSide | AsOfSide


@dataclass(frozen=True, slots=True)
class Before:
    """Whether the left day is before the right one; the same day is not before. `not_before` is `Not(Before(…))`."""

    left: Side
    right: Side


@dataclass(frozen=True, slots=True)
class ExposureAtMost:
    """Whether a law reaches the subject at most so far."""

    law: str
    at_most: Level
    of: Literal["residual", "inherent"] = "residual"


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds (Kleene's and); never empty."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds (Kleene's or); never empty."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold; unknown stays unknown."""

    item: Condition


Leaf = Compare | Before | ExposureAtMost
Condition = All | AnyOf | Not | Leaf


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """The distinct leaves, in the order in which they are written."""
    return tuple(dict.fromkeys(_leaves(condition)))


def facts_of(condition: Condition) -> tuple[Fact, ...]:
    """The distinct facts that a condition reads, in the order in which they are written.

    Those that an exposure rests on (involvements, owners, keys) are not among them.
    """
    return tuple(dict.fromkeys(fact for leaf in _leaves(condition) for fact in _facts(leaf)))


def negation_normal_form(condition: Condition) -> Condition:
    """The same condition with `Not` standing on leaves only; three-valued logic keeps De Morgan's laws."""
    return _normal(condition, negated=False)


def _normal(condition: Condition, *, negated: bool) -> Condition:
    match condition:
        case Not(item):
            return _normal(item, negated=not negated)
        case All(items) | AnyOf(items):
            parts = tuple(_normal(item, negated=negated) for item in items)
            return All(parts) if isinstance(condition, All) != negated else AnyOf(parts)
        case _:
            return Not(condition) if negated else condition


def _leaves(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case All(items) | AnyOf(items):
            for item in items:
                yield from _leaves(item)
        case Not(item):
            yield from _leaves(item)
        case _:
            yield condition


def _facts(leaf: Leaf) -> Iterator[Fact]:
    match leaf:
        case Compare(fact=fact):
            yield fact
        case Before(left, right):
            for side in (left, right):
                if isinstance(side, FactSide):
                    yield side.fact
        case ExposureAtMost():
            return
