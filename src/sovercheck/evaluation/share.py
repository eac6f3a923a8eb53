"""The share of an estate's data that a condition holds for, as an interval, and its comparison with a target.

Over resources, each counted once at its primary copy. With weights [min, max] and conditions of three values:

- low  = Σmin(among true, of true) ÷ (that + Σmax(among not false, of not true));
- high = Σmax(among not false, of not false) ÷ (that + Σmin(among true, of false)).

The share reaches a target only where low does, and misses it only where high does not. Compared by cross-multiplication of
whole numbers. A listing that could not be read is one more member of unbounded weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sovercheck.evaluation.compile import condition_sql
from sovercheck.evaluation.dialect import DuckDB
from sovercheck.evaluation.leaves import Context, Knowledge
from sovercheck.evaluation.views import wide
from sovercheck.findings import Share, VerdictWord
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.store import Inventory
from sovercheck.policy.condition import All, facts_of
from sovercheck.policy.model import Rule, ShareVariant

_DIGITS = Decimal("0.0001")
_HOLDS_NOTHING = ("planned", "retired")


@dataclass(frozen=True, slots=True)
class Sums:
    """The four sums of a share; None is unbounded.

    Attributes:
        sure: Σmin(among true, of true).
        other_most: Σmax(among not false, of not true).
        most: Σmax(among not false, of not false).
        other_sure: Σmin(among true, of false).
        total_most: Σmax(among not false): zero if nothing can be counted.
    """

    sure: int
    other_most: int | None
    most: int | None
    other_sure: int
    total_most: int | None

    def reaches(self, target: Decimal) -> bool:
        """Whether the low end is at least the target."""
        if self.sure == 0:
            return target <= 0
        if self.other_most is None:
            return target <= 0
        return self.sure >= target * (self.sure + self.other_most)

    def misses(self, target: Decimal) -> bool:
        """Whether the high end is below the target."""
        if self.most is None or self.most + self.other_sure == 0:
            return target > 1
        return self.most < target * (self.most + self.other_sure)

    def low(self) -> Decimal:
        """The low end, rounded down to four decimals; 0 where nothing is sure."""
        if self.sure == 0 or self.other_most is None:
            return Decimal(0)
        return (Decimal(self.sure) / (self.sure + self.other_most)).quantize(_DIGITS, ROUND_FLOOR)

    def high(self) -> Decimal:
        """The high end, rounded up to four decimals; 1 where nothing bounds it."""
        if self.most is None or self.most + self.other_sure == 0:
            return Decimal(1)
        return (Decimal(self.most) / (self.most + self.other_sure)).quantize(_DIGITS, ROUND_CEILING)


def share(inventory: Inventory, rule: Rule, as_of: date, *, nothing_contradicted: int) -> Share:
    """Computes one variant of a share rule; the derived tables must exist.

    Args:
        inventory: the facts.
        rule: a rule with a `share`.
        as_of: "today".
        nothing_contradicted: the evidence of an empty `contradicted` list.
    """
    variant = rule.share
    assert variant is not None  # noqa: S101 - for the type checker
    knowledge = Knowledge(rule.min_evidence, heed_gaps=True)
    members = _members(variant, Context(DuckDB(), knowledge, as_of), nothing_contradicted)
    inventory.connection.execute(f"CREATE OR REPLACE TEMP TABLE share_member AS {members}")
    gaps = sum(1 for gap in inventory.gaps if gap.id is None and gap.table in ("resource", "copy"))
    free, unbounded = _sums(inventory, None, gaps), 0
    bounded = free
    row = inventory.connection.execute(
        "SELECT count(*) FILTER (among), count(*) FILTER (among IS NULL), "
        "count(*) FILTER (high IS NULL AND among IS NOT FALSE) FROM share_member"
    ).fetchone() or (0, 0, 0)
    unbounded = int(row[2])
    is_bounded = variant.missing_at_most is not None and unbounded > 0
    if is_bounded:
        bounded = _sums(inventory, variant.missing_at_most, gaps)
    context = Context(DuckDB(), knowledge, as_of)
    unlisted = _unlisted(inventory, variant, context, nothing_contradicted)
    applies = _applies(inventory, rule, context, nothing_contradicted)
    return Share(
        rule=rule.id,
        weight=variant.weight,
        reading=variant.reading,
        low=str(bounded.low()),
        high=str(bounded.high()),
        target=str(variant.at_least),
        verdict=_verdict(applies, variant.at_least, free, open_=is_bounded, unlisted=bool(unlisted)),
        members=int(row[0]),
        possible_members=int(row[1]),
        unbounded=unbounded,
        listing_gaps=gaps,
        bounded_by_rule=is_bounded,
        unlisted_systems=tuple(unlisted),
    )


def _applies(inventory: Inventory, rule: Rule, context: Context, nothing_contradicted: int) -> bool | None:
    """Whether the rule is in force and its `when` holds of the estate; of an estate that nobody described, unknown."""
    if not rule.basis.in_force_on(context.as_of):
        return False
    if rule.when is None:
        return True
    view = wide("estate", facts_of(rule.when), nothing_contradicted=nothing_contradicted)
    row = inventory.connection.execute(f"SELECT {condition_sql(rule.when, context)} FROM ({view})").fetchone()
    return None if row is None or row[0] is None else bool(row[0])


def _verdict(
    applies: bool | None,  # noqa: FBT001 - a truth value, not an option
    target: Decimal,
    free: Sums,
    *,
    open_: bool,
    unlisted: bool,
) -> VerdictWord:
    if applies is False:
        return "not_applicable"
    if unlisted:
        return "unknown"
    if free.total_most == 0:
        return "not_applicable"
    if free.misses(target):
        return "fail" if applies else "unknown"
    return "pass" if free.reaches(target) and not open_ else "unknown"


def _members(variant: ShareVariant, context: Context, nothing_contradicted: int) -> str:
    """SQL: one row a resource with `among`, `of` (three-valued) and its weight `low`, `high` (NULL: unbounded)."""
    read = {fact.name: fact for fact in facts_of(All((variant.of, variant.among)))}
    for name in ("resource.bytes", "resource.bytes_basis", "system.data_class"):
        read[name] = FACTS[name]
    view = wide("resource", read.values(), nothing_contradicted=nothing_contradicted)
    among, of = condition_sql(variant.among, context), condition_sql(variant.of, context)
    low, high = _weight(variant, context)
    return f"""
WITH pair AS (SELECT id, {among} AS among, {of} AS of, {low} AS low, {high} AS high FROM ({view}))
SELECT id,
    CASE WHEN bool_or(among) THEN TRUE WHEN count(*) > count(among) THEN NULL ELSE FALSE END AS among,
    CASE WHEN bool_or(NOT of) THEN FALSE WHEN count(*) > count(of) THEN NULL ELSE TRUE END AS of,
    max(low) AS low, CASE WHEN count(*) = count(high) THEN max(high) END AS high
FROM pair GROUP BY id"""


def _weight(variant: ShareVariant, context: Context) -> tuple[str, str]:
    if variant.weight == "count":
        return "1", "1"
    if variant.weight == "class":
        weights = variant.class_weights
        known = context.knowledge.known(FACTS["system.data_class"])
        cases = " ".join(f"WHEN '{word}' THEN {weight}" for word, weight in weights.items())
        exact = f'CASE "system.data_class" {cases} END'
        least, most = min(weights.values()), max(weights.values())
        low, high = (f"CASE WHEN {known} THEN coalesce({exact}, {end}) ELSE {end} END" for end in (least, most))
        return low, high
    known = context.knowledge.known(FACTS["resource.bytes"])
    allocated = "coalesce(\"resource.bytes_basis\" = 'allocated', FALSE)"
    low = f'CASE WHEN {known} AND NOT {allocated} THEN coalesce("resource.bytes", 0) ELSE 0 END'
    high = f'CASE WHEN {known} THEN CASE WHEN "resource.bytes" IS NULL THEN 0 ELSE "resource.bytes__hi" END END'
    return low, high


def _sums(inventory: Inventory, missing: int | None, gaps: int) -> Sums:
    high = "high" if missing is None else f"coalesce(high, {missing})"

    def most(condition: str) -> str:
        return (
            f"CASE WHEN bool_or({high} IS NULL) FILTER ({condition}) THEN NULL "
            f"ELSE coalesce(sum({high}) FILTER ({condition}), 0) END"
        )

    row = inventory.connection.execute(
        "SELECT coalesce(sum(low) FILTER (among AND of), 0), "
        f"{most('among IS NOT FALSE AND of IS NOT TRUE')}, {most('among IS NOT FALSE AND of IS NOT FALSE')}, "
        f"coalesce(sum(low) FILTER (among AND NOT of), 0), {most('among IS NOT FALSE')} FROM share_member"
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate without groups has one row
    sure, other_most, highest, other_sure, total = (None if value is None else int(value) for value in row)
    if gaps:
        other_most = highest = total = None
    return Sums(sure or 0, other_most, highest, other_sure or 0, total)


def _unlisted(
    inventory: Inventory, variant: ShareVariant, context: Context, nothing_contradicted: int
) -> Sequence[str]:
    """Systems that may hold what is counted and of which no resource is listed."""
    facts = [fact for fact in facts_of(variant.among) if fact.table == "system"]
    blank = [fact for fact in facts_of(variant.among) if fact.table not in ("system", "estate")]
    view = wide("system", facts, nothing_contradicted=nothing_contradicted)
    unknown = "".join(
        f', NULL AS "{fact.name}", NULL AS "{fact.name}__hi", TRUE AS "{fact.name}__open", 0 AS "{fact.name}__ev"'
        for fact in blank
    )
    among = condition_sql(variant.among, context)
    nothing = ", ".join(f"'{word}'" for word in _HOLDS_NOTHING)
    rows = inventory.connection.execute(
        f"SELECT w.id FROM (SELECT *{unknown} FROM ({view})) w JOIN system s ON s.id = w.id "
        f"WHERE ({among}) IS NOT FALSE AND w.id NOT IN (SELECT system FROM tie) "
        "AND NOT (s.resources_complete__ev > 0 AND coalesce(s.resources_complete, FALSE)) "
        f"AND NOT (s.status__ev > 0 AND coalesce(s.status IN ({nothing}), FALSE)) ORDER BY w.id"
    ).fetchall()
    return [str(row[0]) for row in rows]
