"""Kleene logic over plain Python values, written to be read: what the compiler must agree with, verdict for verdict.

It shares no code with the compiler. A cell is a value with its evidence integer; None stands for the third truth value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sovercheck.findings import Verdict
from sovercheck.inventory.evidence import Grade, grade_of, is_gapped
from sovercheck.inventory.facts import Type
from sovercheck.policy.condition import (
    All,
    AnyOf,
    AsOfSide,
    Before,
    Compare,
    Condition,
    DateSide,
    ExposureAtMost,
    FactSide,
    Leaf,
    Not,
    Side,
)
from sovercheck.policy.model import Rule

Truth = bool | None


@dataclass(frozen=True)
class Cell:
    """One fact of one subject: its value, its upper end or open flag, and how it is known."""

    value: object
    evidence: int
    extra: object = None


Subject = Mapping[str, Cell]


@dataclass(frozen=True)
class World:
    """What the oracle judges in: the day, and which values count as known."""

    as_of: date
    least: Grade | None = None
    heed_gaps: bool = False
    since_floor: date | None = None

    def knows(self, cell: Cell) -> bool:
        grade = grade_of(cell.evidence)
        if grade is None or (self.least is not None and grade < self.least):
            return False
        return not (self.heed_gaps and is_gapped(cell.evidence))


def kleene_and(values: Iterable[Truth]) -> Truth:
    values = list(values)
    return False if False in values else None if None in values else True


def kleene_or(values: Iterable[Truth]) -> Truth:
    values = list(values)
    return True if True in values else None if None in values else False


def kleene_not(value: Truth) -> Truth:
    return None if value is None else not value


def truth(condition: Condition, subject: Subject, world: World) -> Truth:
    match condition:
        case All(items):
            return kleene_and(truth(item, subject, world) for item in items)
        case AnyOf(items):
            return kleene_or(truth(item, subject, world) for item in items)
        case Not(item):
            return kleene_not(truth(item, subject, world))
        case Compare():
            cell = subject[condition.fact.name]
            return compare(condition, cell) if world.knows(cell) else None
        case Before():
            return before(condition, subject, world)
        case ExposureAtMost(law, at_most, of):
            cell = subject[f"exposure.{law}.{of}"]
            return interval(cell.value, cell.extra, "at_most", int(at_most))


def compare(leaf: Compare, cell: Cell) -> Truth:
    fact, op, operand, value = leaf.fact, leaf.op, leaf.value, cell.value
    if fact.is_list:
        return of_list(fact.type, op, operand, list(value or ()), bool(cell.extra))  # type: ignore[call-overload]
    if op == "exists":
        return (value is not None) == operand
    if fact.type is Type.PLACE:
        found = False if value is None else kleene_or(inside(str(value), area) for area in operand)  # type: ignore[union-attr]
        return found if op == "in" else kleene_not(found)
    if fact.is_interval:
        return False if value is None else interval(value, cell.extra, op, operand)
    if op == "equals":
        return value == operand
    if op == "not_equals":
        return value != operand
    if op == "in":
        return value in operand  # type: ignore[operator]
    if op == "not_in":
        return value not in operand  # type: ignore[operator]
    if op == "matches":
        return value is not None and re.fullmatch(str(operand), str(value)) is not None
    if value is None:
        return False
    rank, asked = fact.words.index(str(value)), fact.words.index(str(operand))
    return rank >= asked if op == "at_least" else rank <= asked


def inside(place: str, area: str) -> Truth:
    if place == area or place[:2] == area:
        return True
    return None if area[:2] == place else False


def interval(low: object, high: object, op: str, limit: object) -> Truth:
    """Whether every, no or some number of [low, high] satisfies the comparison; high None is unbounded."""
    least = Decimal(str(low))
    most = Decimal("1e30") if high is None else Decimal(str(high))
    asked = Decimal(str(limit))
    holds: Callable[[Decimal], bool] = {
        "at_least": lambda number: number >= asked,
        "more_than": lambda number: number > asked,
        "at_most": lambda number: number <= asked,
        "less_than": lambda number: number < asked,
        "equals": lambda number: number == asked,
    }[op]
    ends = {holds(least), holds(most)}
    if op == "equals":
        return True if least == most == asked else None if least <= asked <= most else False
    return ends.pop() if len(ends) == 1 else None


def of_list(type_: Type, op: str, operand: object, items: list[str], open_: bool) -> Truth:
    def member(item: str, values: Iterable[str]) -> Truth:
        if type_ is Type.PLACES:
            return kleene_or(inside(item, area) for area in values)
        return item in values

    def any_in(values: Iterable[str]) -> Truth:
        return kleene_or([member(item, list(values)) for item in items] + ([None] if open_ else []))

    if op in ("empty", "exists"):
        filled: Truth = True if items else None if open_ else False
        return filled if operand == (op == "exists") else kleene_not(filled)
    values = list(operand)  # type: ignore[call-overload]
    if op == "any_in":
        return any_in(values)
    if op == "none_in":
        return kleene_not(any_in(values))
    if op == "contains_all":
        return kleene_and(any_in([value]) for value in values)
    assert op == "all_in"
    return kleene_and([member(item, values) for item in items] + ([None] if open_ else []))


def before(leaf: Before, subject: Subject, world: World) -> Truth:
    spans: list[tuple[date, date] | None] = []
    for side in (leaf.left, leaf.right):
        if isinstance(side, FactSide):
            cell = subject[side.fact.name]
            if world.knows(cell) and cell.value is None:
                return False
            spans.append(span(str(cell.value)) if world.knows(cell) else None)
        else:
            spans.append(span_of(side, world.as_of))
    left, right = spans
    if left is None or right is None:
        return None
    if world.since_floor is not None:
        for side, days in ((leaf.left, left), (leaf.right, right)):
            if isinstance(side, FactSide) and side.fact.name == "copy.since" and days[0] < world.since_floor:
                return None
    if left[1] < right[0]:
        return True
    return False if left[0] >= right[1] else None


def span(text: str) -> tuple[date, date]:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        following = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
        return date(parts[0], parts[1], 1), following - timedelta(days=1)
    year, month, day = parts
    return date(year, month, day), date(year, month, day)


def span_of(side: Side, as_of: date) -> tuple[date, date]:
    if isinstance(side, DateSide):
        return span(side.iso)
    assert isinstance(side, AsOfSide)
    year, month = divmod(as_of.year * 12 + as_of.month - 1 + side.months, 12)
    day = as_of.day
    while True:
        try:
            moved = date(year, month + 1, day)
            break
        except ValueError:
            day -= 1
    moved += timedelta(days=side.days)
    return moved, moved


def verdict(rule: Rule, subject: Subject, as_of: date) -> Verdict:
    """The verdict of a rule with conditions, as `DESIGN.md` words it."""
    if not rule.basis.in_force_on(as_of):
        return Verdict.NOT_APPLICABLE
    legal = rule.basis.kind in ("statute", "regulation")
    floor = rule.basis.in_force_from if legal else None
    found = _verdict(rule, subject, World(as_of, since_floor=floor))
    if found is not Verdict.FAIL:
        found = _verdict(rule, subject, World(as_of, rule.min_evidence, heed_gaps=True, since_floor=floor))
    if legal and rule.basis.text.grade not in ("official", "republished") and found in (Verdict.PASS, Verdict.FAIL):
        return Verdict.UNKNOWN
    return found


def _verdict(rule: Rule, subject: Subject, world: World) -> Verdict:
    when = True if rule.when is None else truth(rule.when, subject, world)
    require = True if rule.require is None else truth(rule.require, subject, world)
    if when is False:
        return Verdict.NOT_APPLICABLE
    if require is True:
        return Verdict.PASS
    return Verdict.FAIL if when and require is False else Verdict.UNKNOWN


def decided(rule: Rule, subject: Subject, world: World, leaves: Iterable[Leaf]) -> set[Leaf]:
    """The leaves that decided a fail or an unknown under one state of knowledge."""
    when: Condition = rule.when or All(())
    require: Condition = rule.require or All(())
    found: set[Leaf] = set()

    def descend(node: Condition) -> None:
        match node:
            case All(items) | AnyOf(items):
                here = truth(node, subject, world)
                for item in items:
                    if truth(item, subject, world) is here:
                        descend(item)
            case Not(item):
                descend(item)
            case _:
                found.add(node)

    if truth(when, subject, world) is None or truth(require, subject, world) is False:
        descend(when)
    descend(require)
    return found & set(leaves)
