"""The share of an estate's data that a condition holds for, as an interval, and its comparison with a target.

Over resources, each counted once at its primary copy. With weights [min, max] and conditions of three values:

- low  = Σmin(among true, of true) ÷ (that + Σmax(among not false, of not true));
- high = Σmax(among not false, of not false) ÷ (that + Σmin(among true, of false)).

The share reaches a target only where low does, and misses it only where high does not. Compared by cross-multiplication
of whole numbers. A listing that could not be read is one more member of unbounded weight.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sovercheck.evaluation.compile import condition_sql
from sovercheck.evaluation.dialect import DuckDB
from sovercheck.evaluation.leaves import Context, Knowledge
from sovercheck.evaluation.views import wide
from sovercheck.findings import Share, VerdictWord
from sovercheck.inventory.evidence import GAPPED_BIT
from sovercheck.inventory.facts import FACTS, Fact, Subject
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass
from sovercheck.policy.condition import All, Condition, facts_of
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


@dataclass(frozen=True, slots=True)
class _Alike:
    """The members of which the conditions say the same.

    Attributes:
        among: whether they count.
        of: reading → whether its condition holds of them.
        count: how many they are.
        low: weight → the sum of what each is at least.
        high: weight → the sum of what each is at most, where that is known.
        bounded: weight → of how many it is known.
    """

    among: bool | None
    of: Mapping[str, bool | None]
    count: int
    low: Mapping[str, int]
    high: Mapping[str, int]
    bounded: Mapping[str, int]

    def unbounded(self, weight: str) -> int:
        """Of how many members nobody knows what they weigh at most."""
        return self.count - self.bounded[weight]


def shares(inventory: Inventory, rules: Sequence[Rule], as_of: date, *, nothing_contradicted: int) -> list[Share]:
    """Computes the variants of share rules; the derived tables must exist.

    Args:
        inventory: the facts.
        rules: rules with a `share`; the variants of one rule look at the same members.
        as_of: "today".
        nothing_contradicted: the evidence of an empty `contradicted` list.
    """
    found = []
    for _, variants in itertools.groupby(rules, key=lambda rule: (rule.written_id, tuple(rule.parameters.items()))):
        group = list(variants)
        knowledge = Knowledge(group[0].min_evidence, heed_gaps=True)
        context = Context(DuckDB(), knowledge, as_of, unanswered=inventory.unanswered)
        among = _variant(group[0]).among
        members = _alike(inventory, group, _members(inventory, group, context, nothing_contradicted))
        unlisted = _unlisted(inventory, among, context, nothing_contradicted)
        applies = _applies(inventory, group[0], context, nothing_contradicted)
        found += [_share(inventory, rule, members, unlisted, applies=applies) for rule in group]
    return found


def _variant(rule: Rule) -> ShareVariant:
    assert rule.share is not None  # noqa: S101 - for the type checker
    return rule.share


def _share(
    inventory: Inventory,
    rule: Rule,
    members: Sequence[_Alike],
    unlisted: tuple[str, ...],
    *,
    applies: bool | None,
) -> Share:
    variant = _variant(rule)
    counted = [group for group in members if group.among is not False]
    unbounded = sum(group.unbounded(variant.weight) for group in counted)
    gaps = sum(1 for gap in inventory.gaps if gap.id is None and gap.table in ("resource", "copy"))
    free = _sums(counted, variant, None, gaps)
    is_bounded = variant.missing_at_most is not None and unbounded > 0
    bounded = _sums(counted, variant, variant.missing_at_most, gaps) if is_bounded else free
    return Share(
        rule=rule.id,
        weight=variant.weight,
        reading=variant.reading,
        low=str(bounded.low()),
        high=str(bounded.high()),
        target=str(variant.at_least),
        verdict=_verdict(variant.at_least, free, applies=applies, open_=is_bounded, unlisted=bool(unlisted)),
        members=sum(group.count for group in members if group.among),
        possible_members=sum(group.count for group in members if group.among is None),
        unbounded=unbounded,
        listing_gaps=gaps,
        bounded_by_rule=is_bounded,
        unlisted_systems=unlisted,
    )


def _applies(inventory: Inventory, rule: Rule, context: Context, nothing_contradicted: int) -> bool | None:
    """Whether the rule is in force and its `when` holds of the estate; of an estate that nobody described, unknown."""
    if not rule.basis.in_force_on(context.as_of):
        return False
    if rule.when is None:
        return True
    view = _wide("estate", facts_of(rule.when), context, nothing_contradicted)
    row = inventory.connection.execute(f"SELECT {condition_sql(rule.when, context)} FROM ({view})").fetchone()
    return None if row is None or row[0] is None else bool(row[0])


def _verdict(
    target: Decimal,
    free: Sums,
    *,
    applies: bool | None,
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


def _wide(subject: Subject, facts: Iterable[Fact], context: Context, nothing_contradicted: int) -> str:
    return wide(subject, facts, nothing_contradicted=nothing_contradicted, unanswered=context.unanswered)


def _members(inventory: Inventory, rules: Sequence[Rule], context: Context, nothing_contradicted: int) -> str:
    """SQL: a row a resource with `among`, `of_<reading>` (three-valued), `low_<weight>`, `high_<weight>` (or NULL)."""
    readings = {_variant(rule).reading: _variant(rule).of for rule in rules}
    weights = {_variant(rule).weight: _variant(rule) for rule in rules}
    among = _variant(rules[0]).among
    read = {fact.name: fact for fact in facts_of(All((among, *readings.values())))}
    for name in ("resource.bytes", "resource.bytes_basis", "system.data_class"):
        read[name] = FACTS[name]
    view = _wide("resource", read.values(), context, nothing_contradicted)
    pairs = [f"{condition_sql(among, context)} AS among"]
    pairs += [f'{condition_sql(of, context)} AS "of_{name}"' for name, of in readings.items()]
    for name, variant in weights.items():
        low, high = _weight(variant, context)
        pairs += [f"{low} AS low_{name}", f"{high} AS high_{name}"]
    each = f"SELECT id, {', '.join(pairs)} FROM ({view})"
    if not inventory.several_systems:
        return each
    merged = ["CASE WHEN bool_or(among) THEN TRUE WHEN count(*) > count(among) THEN NULL ELSE FALSE END AS among"]
    merged += [
        f'CASE WHEN bool_or(NOT "of_{name}") THEN FALSE WHEN count(*) > count("of_{name}") THEN NULL ELSE TRUE END '
        f'AS "of_{name}"'
        for name in readings
    ]
    for name in weights:
        merged += [
            f"max(low_{name}) AS low_{name}",
            f"CASE WHEN count(*) = count(high_{name}) THEN max(high_{name}) END AS high_{name}",
        ]
    return f"SELECT id, {', '.join(merged)} FROM ({each}) GROUP BY id"


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
    # A size of which nobody told the basis is what is used; one of which the basis could not be read may be less.
    basis = '"resource.bytes_basis__ev"'
    allocated = (
        f"(coalesce(\"resource.bytes_basis\" = 'allocated', FALSE) OR {basis} < 0 OR ({basis} & {GAPPED_BIT}) <> 0)"
    )
    low = f'CASE WHEN {known} AND NOT {allocated} THEN coalesce("resource.bytes", 0) ELSE 0 END'
    high = f'CASE WHEN {known} THEN CASE WHEN "resource.bytes" IS NULL THEN 0 ELSE "resource.bytes__hi" END END'
    return low, high


def _alike(inventory: Inventory, rules: Sequence[Rule], members: str) -> list[_Alike]:
    """The members, added up by what the conditions say of them: a row for each of these ways."""
    readings = list(dict.fromkeys(_variant(rule).reading for rule in rules))
    weights = list(dict.fromkeys(_variant(rule).weight for rule in rules))
    keys = ", ".join(["among", *(f'"of_{reading}"' for reading in readings)])
    sums = "".join(f", sum(low_{name}), sum(high_{name}), count(high_{name})" for name in weights)
    found = []
    for among, *rest in inventory.connection.execute(
        f"SELECT {keys}, count(*){sums} FROM ({members}) GROUP BY ALL"
    ).fetchall():
        of, count, summed = rest[: len(readings)], rest[len(readings)], rest[len(readings) + 1 :]
        found.append(
            _Alike(
                among,
                dict(zip(readings, of, strict=True)),
                count,
                {name: int(summed[3 * n]) for n, name in enumerate(weights)},
                {name: int(summed[3 * n + 1] or 0) for n, name in enumerate(weights)},
                {name: int(summed[3 * n + 2]) for n, name in enumerate(weights)},
            )
        )
    return found


def _sums(counted: Sequence[_Alike], variant: ShareVariant, missing: int | None, gaps: int) -> Sums:
    """The sums of one variant.

    Args:
        counted: the members that may count.
        variant: which.
        missing: what a weight of no known maximum is at most; None where nothing bounds it.
        gaps: how many listings could not be read.
    """
    weight, reading = variant.weight, variant.reading

    def least(groups: Iterable[_Alike]) -> int:
        return sum(group.low[weight] for group in groups if group.among)

    def most(groups: Sequence[_Alike]) -> int | None:
        unbounded = sum(group.unbounded(weight) for group in groups)
        if gaps or (unbounded and missing is None):
            return None
        return sum(group.high[weight] for group in groups) + unbounded * (missing or 0)

    return Sums(
        sure=least(group for group in counted if group.of[reading] is True),
        other_most=most([group for group in counted if group.of[reading] is not True]),
        most=most([group for group in counted if group.of[reading] is not False]),
        other_sure=least(group for group in counted if group.of[reading] is False),
        total_most=most(counted),
    )


def _unlisted(inventory: Inventory, among: Condition, context: Context, nothing_contradicted: int) -> tuple[str, ...]:
    """Systems that may hold what is counted and of which no resource is listed."""
    facts = [fact for fact in facts_of(among) if fact.table == "system"]
    blank = [fact for fact in facts_of(among) if fact.table not in ("system", "estate")]
    view = _wide("system", facts, context, nothing_contradicted)
    unknown = "".join(
        f', NULL AS "{fact.name}", NULL AS "{fact.name}__hi", TRUE AS "{fact.name}__open", 0 AS "{fact.name}__ev"'
        for fact in blank
    )
    counted = condition_sql(among, context)
    nothing = ", ".join(f"'{word}'" for word in _HOLDS_NOTHING)
    rows = inventory.connection.execute(
        f"SELECT w.id FROM (SELECT *{unknown} FROM ({view})) w JOIN system s ON s.id = w.id "
        f"WHERE ({counted}) IS NOT FALSE AND w.id NOT IN (SELECT system FROM tie) "
        "AND NOT surely(s.resources_complete, s.resources_complete__ev) "
        f"AND NOT surely(s.status IN ({nothing}), s.status__ev) ORDER BY w.id"
    ).fetchall()
    return tuple(str(row[0]) for row in rows)
