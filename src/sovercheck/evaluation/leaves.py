"""One leaf of a condition as an SQL expression with three values: true, false, and NULL for unknown.

The expression reads the columns of a subject's wide view, `"<table>.<fact>"` and its companions (`inventory.tables`). A
comparison with none is false, `not_in` and `not_equals` are true of none, and what is known too roughly to say is NULL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from sovercheck.evaluation.dialect import Dialect
from sovercheck.inventory.evidence import GAPPED_BIT, Grade, floor
from sovercheck.inventory.facts import Fact, Type
from sovercheck.inventory.places import country
from sovercheck.light import dataclass
from sovercheck.policy.condition import AsOfSide, Before, Compare, ExposureAtMost, FactSide, Leaf, Side, facts_of


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Which values count as known.

    Attributes:
        least: the least grade that counts; None for any.
        heed_gaps: whether a value does not count where a stronger reading of it was refused.
    """

    least: Grade | None = None
    heed_gaps: bool = False

    def known(self, fact: Fact) -> str:
        """SQL: whether the fact is known, or known to be none; never NULL."""
        ev = f'"{fact.name}__ev"'
        least = floor(self.least) if self.least else 1
        return f"({ev} >= {least} AND ({ev} & {GAPPED_BIT}) = 0)" if self.heed_gaps else f"({ev} >= {least})"


EVERYTHING = Knowledge()


@dataclass(frozen=True, slots=True)
class Context:
    """What a leaf's SQL depends on beside the leaf.

    Attributes:
        dialect: the engine's spellings.
        knowledge: which values count.
        as_of: "today".
        since_floor: a copy whose data are older than this day leaves a comparison of dates with it unknown.
        unanswered: full names of facts that are unknown of every subject, and that the wide view need not have.
    """

    dialect: Dialect
    knowledge: Knowledge
    as_of: date
    since_floor: date | None = None
    unanswered: Collection[str] = ()


def exposure_column(law: str, of: str) -> str:
    """The column of a subject's wide view with the low end of an exposure; its high end is at `__hi`."""
    return f"exposure.{law}.{of}"


def leaf_sql(leaf: Leaf, context: Context) -> str:
    """The leaf as an SQL expression over the wide view."""
    facts = facts_of(leaf)
    if facts and all(fact.name in context.unanswered for fact in facts):
        return "CAST(NULL AS BOOLEAN)"
    if isinstance(leaf, Compare):
        return _guard(context, [leaf.fact], _compare(leaf, context.dialect))
    if isinstance(leaf, Before):
        return _before(leaf, context)
    return _exposure(leaf)


def _guard(context: Context, facts: Iterable[Fact], expression: str) -> str:
    known = " AND ".join(context.knowledge.known(fact) for fact in facts)
    return f"CASE WHEN {known} THEN {expression} END"


def _exposure(leaf: ExposureAtMost) -> str:
    low = f'"{exposure_column(leaf.law, leaf.of)}"'
    high = f'"{exposure_column(leaf.law, leaf.of)}__hi"'
    limit = int(leaf.at_most)
    return f"CASE WHEN {high} <= {limit} THEN TRUE WHEN {low} > {limit} THEN FALSE END"


def _compare(leaf: Compare, dialect: Dialect) -> str:
    fact, op, operand = leaf.fact, leaf.op, leaf.value
    value = f'"{fact.name}"'
    if fact.is_list:
        return _list(fact, op, operand, dialect)
    if op == "exists":
        return f"({value} IS {'NOT ' if operand else ''}NULL)"
    if fact.type is Type.PLACE:
        inside = _within(value, _texts(operand), dialect)
        return inside if op == "in" else f"NOT ({inside})"
    if fact.is_interval:
        return _interval(fact, op, operand)
    if op == "equals":
        return f"coalesce({value} = {_literal(operand, dialect)}, FALSE)"
    if op == "not_equals":
        return f"coalesce({value} <> {_literal(operand, dialect)}, TRUE)"
    if op == "matches":
        return f"coalesce({dialect.full_match(value, str(operand))}, FALSE)"
    if op in ("at_least", "at_most"):
        rank = fact.words.index(str(operand))
        accepted = fact.words[rank:] if op == "at_least" else fact.words[: rank + 1]
        return f"coalesce({value} IN ({_list_of(accepted, dialect)}), FALSE)"
    found = f"{value} IN ({_list_of(_texts(operand), dialect)})"
    return f"coalesce({found}, FALSE)" if op == "in" else f"coalesce(NOT ({found}), TRUE)"


def _within(value: str, areas: tuple[str, ...], dialect: Dialect) -> str:
    """Whether a place is inside one of some areas; NULL where it is known too roughly."""
    countries = [area for area in areas if area == country(area)]
    inside = [f"{value} IN ({_list_of(areas, dialect)})"]
    if countries:
        inside.append(f"substr({value}, 1, 2) IN ({_list_of(countries, dialect)})")
    roughly = sorted({country(area) for area in areas} - set(countries))
    maybe = f" WHEN {value} IN ({_list_of(roughly, dialect)}) THEN NULL" if roughly else ""
    return f"CASE WHEN {value} IS NULL THEN FALSE WHEN {' OR '.join(inside)} THEN TRUE{maybe} ELSE FALSE END"


def _interval(fact: Fact, op: str, operand: object) -> str:
    low, high, limit = f'"{fact.name}"', f'"{fact.name}__hi"', _number(operand)
    tests = {
        "at_least": (f"{low} >= {limit}", f"{high} < {limit}"),
        "more_than": (f"{low} > {limit}", f"{high} <= {limit}"),
        "at_most": (f"{high} <= {limit}", f"{low} > {limit}"),
        "less_than": (f"{high} < {limit}", f"{low} >= {limit}"),
        "equals": (f"{low} = {limit} AND {high} = {limit}", f"{low} > {limit} OR {high} < {limit}"),
    }
    true, false = tests[op]
    return f"CASE WHEN {low} IS NULL THEN FALSE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END"


def _list(fact: Fact, op: str, operand: object, dialect: Dialect) -> str:
    items, open_ = f'"{fact.name}"', f'coalesce("{fact.name}__open", FALSE)'
    if op in ("empty", "exists"):
        filled = f"CASE WHEN coalesce({dialect.length(items)}, 0) > 0 THEN TRUE WHEN {open_} THEN NULL ELSE FALSE END"
        return filled if bool(operand) is (op == "exists") else f"NOT ({filled})"
    values = _texts(operand)
    if op == "contains_all":
        each = " AND ".join(_any_in(fact, items, open_, (value,), dialect) for value in values)
        return f"({each})"
    if op == "none_in":
        return f"NOT ({_any_in(fact, items, open_, values, dialect)})"
    if op == "any_in":
        return _any_in(fact, items, open_, values, dialect)
    member = _member("x", fact, values, dialect)
    outside = dialect.any_match(items, "x", f"NOT ({member})")
    unclear = dialect.any_match(items, "x", f"({member}) IS NULL")
    return f"CASE WHEN {outside} THEN FALSE WHEN {open_} OR {unclear} THEN NULL ELSE TRUE END"


def _any_in(fact: Fact, items: str, open_: str, values: tuple[str, ...], dialect: Dialect) -> str:
    member = _member("x", fact, values, dialect)
    inside = dialect.any_match(items, "x", member)
    unclear = dialect.any_match(items, "x", f"({member}) IS NULL")
    return f"CASE WHEN {inside} THEN TRUE WHEN {open_} OR {unclear} THEN NULL ELSE FALSE END"


def _member(variable: str, fact: Fact, values: tuple[str, ...], dialect: Dialect) -> str:
    if fact.type is Type.PLACES:
        return _within(variable, values, dialect)
    return f"{variable} IN ({_list_of(values, dialect)})"


def _before(leaf: Before, context: Context) -> str:
    facts = [side.fact for side in (leaf.left, leaf.right) if isinstance(side, FactSide)]
    left_low, left_high = _bounds(leaf.left, context)
    right_low, right_high = _bounds(leaf.right, context)
    compared = f"CASE WHEN {left_high} < {right_low} THEN TRUE WHEN {left_low} >= {right_high} THEN FALSE END"
    if context.since_floor is not None and any(fact.name == "copy.since" for fact in facts):
        day, since = context.dialect.text(context.since_floor.isoformat()), _low('"copy.since"')
        compared = f"CASE WHEN {since} < {day} THEN NULL ELSE {compared} END"
    answered = [fact for fact in facts if fact.name not in context.unanswered]
    none = " ".join(f'WHEN {context.knowledge.known(fact)} AND "{fact.name}" IS NULL THEN FALSE' for fact in answered)
    if len(answered) < len(facts):
        return f"CASE {none} END"
    known = " AND ".join(context.knowledge.known(fact) for fact in facts) or "TRUE"
    return f"CASE {none} WHEN {known} THEN {compared} END"


def _bounds(side: Side, context: Context) -> tuple[str, str]:
    """The first and the last day that a side may be, as ISO texts, which sort as days do."""
    if isinstance(side, FactSide):
        return _low(f'"{side.fact.name}"'), _high(f'"{side.fact.name}"')
    if isinstance(side, AsOfSide):
        day = context.dialect.text(shift(context.as_of, side.months, side.days).isoformat())
        return day, day
    first, last = f"{side.iso}-01-01"[:10], f"{side.iso}-12-31"[:10]
    if len(side.iso) == len("2026-02"):
        first, last = f"{side.iso}-01", f"{side.iso}-31"
    return context.dialect.text(first), context.dialect.text(last)


def _low(value: str) -> str:
    return f"({value} || substr('-01-01', length({value}) - 3))"


def _high(value: str) -> str:
    return f"({value} || substr('-12-31', length({value}) - 3))"


def shift(day: date, months: int, days: int = 0) -> date:
    """The day some months and days away; the last of a shorter month where the day does not exist there."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = 31 if month == 11 else (date(year, month + 2, 1) - date(year, month + 1, 1)).days
    moved = date(year, month + 1, min(day.day, last))
    return date.fromordinal(moved.toordinal() + days)


def _texts(operand: object) -> tuple[str, ...]:
    return tuple(str(item) for item in operand) if isinstance(operand, tuple) else (str(operand),)


def _list_of(values: Iterable[str], dialect: Dialect) -> str:
    return ", ".join(dialect.text(value) for value in values)


def _literal(operand: object, dialect: Dialect) -> str:
    if isinstance(operand, bool):
        return "TRUE" if operand else "FALSE"
    return _number(operand) if isinstance(operand, (int, Decimal)) else dialect.text(str(operand))


def _number(operand: object) -> str:
    return format(operand, "f") if isinstance(operand, Decimal) else str(operand)
