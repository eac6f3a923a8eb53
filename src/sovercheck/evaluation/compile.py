"""Rules of one subject → SQL: each leaf once as a column, then one verdict a rule, then what decided.

The leaves are three-valued columns `l0`, `l1`…; a verdict is the byte of `findings.Verdict`; what decided is a bit mask
of a rule's leaves. A leaf decides where it has the value of the node it belongs to, from the root down: of a false
`all` the false items, of a true one all items, of an unknown one the unknown items.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import field, replace
from datetime import date

from sovercheck.errors import PolicyError
from sovercheck.evaluation.dialect import Dialect
from sovercheck.evaluation.leaves import EVERYTHING, Context, Knowledge, leaf_sql
from sovercheck.findings import Verdict
from sovercheck.inventory.facts import Fact
from sovercheck.light import dataclass
from sovercheck.policy.condition import (
    All,
    AnyOf,
    Condition,
    ExposureAtMost,
    Leaf,
    Not,
    facts_of,
    leaves,
    negation_normal_form,
)
from sovercheck.policy.model import LEGAL_DUTIES, Rule

MAX_LEAVES = 60
"""A mask is a 64-bit integer; a rule with more conditions is two rules."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One rule as SQL over the leaf columns.

    Attributes:
        rule: the rule.
        leaves: its leaves; bit n of the mask is leaf n.
        verdict: SQL of the verdict byte.
        mask: SQL of the mask of the leaves that decided, for a fail or an unknown.
        solid: what counts as known once the rule did not fail.
        awaits_lawyer: the text read is not sure enough to say fail or pass.
    """

    rule: Rule
    leaves: tuple[Leaf, ...]
    verdict: str
    mask: str
    solid: Knowledge
    awaits_lawyer: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All rules of one subject.

    Attributes:
        leaf_columns: SQL of each leaf column, by name.
        rules: the compiled rules.
        facts: every fact that they read, in order of name, but for those that are unknown of every subject.
        unanswered: how many of these there are.
        exposures: (law, of) pairs that they read.
    """

    leaf_columns: dict[str, str]
    rules: tuple[Compiled, ...]
    facts: tuple[Fact, ...]
    unanswered: int
    exposures: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Columns:
    """Gives each distinct leaf expression one column."""

    by_sql: dict[str, str] = field(default_factory=dict)

    def of(self, leaf: Leaf, context: Context) -> str:
        sql = leaf_sql(leaf, context)
        return self.by_sql.setdefault(sql, f"l{len(self.by_sql)}")


def compile_rules(
    rules: Sequence[Rule], dialect: Dialect, as_of: date, *, gapped: bool, unanswered: Collection[str] = ()
) -> Plan:
    """Compiles the rules of one subject; share rules have a compiler of their own.

    Args:
        rules: rules with a `require`, all about the same subject.
        dialect: the engine's spellings.
        as_of: "today".
        gapped: whether any value of the inventory stands under a gap, so that two readings may differ.
        unanswered: full names of facts that are unknown of every subject.

    Raises:
        PolicyError: a rule has too many conditions.
    """
    columns = _Columns()
    everything = Context(dialect, EVERYTHING, as_of, unanswered=unanswered)
    compiled = tuple(_compile(rule, columns, everything, gapped=gapped) for rule in rules)
    facts = {fact.name: fact for rule in compiled for leaf in rule.leaves for fact in facts_of(leaf)}
    exposures = {(leaf.law, leaf.of) for rule in compiled for leaf in rule.leaves if isinstance(leaf, ExposureAtMost)}
    return Plan(
        {name: sql for sql, name in columns.by_sql.items()},
        compiled,
        tuple(facts[name] for name in sorted(facts) if name not in unanswered),
        sum(name in unanswered for name in facts),
        tuple(sorted(exposures)),
    )


def condition_sql(condition: Condition, context: Context) -> str:
    """A whole condition as one three-valued SQL expression over the wide view."""
    return _Reading(condition, All(()), {leaf: leaf_sql(leaf, context) for leaf in leaves(condition)}).node(
        negation_normal_form(condition)
    )


def _compile(rule: Rule, columns: _Columns, everything: Context, *, gapped: bool) -> Compiled:
    when = negation_normal_form(rule.when) if rule.when is not None else All(())
    require = negation_normal_form(rule.require) if rule.require is not None else All(())
    read = leaves(All((when, require)))
    if len(read) > MAX_LEAVES:
        raise PolicyError("rule_too_large", place=rule.place, rule=rule.id, n=len(read), most=MAX_LEAVES)
    legal = rule.basis.kind in LEGAL_DUTIES
    everything = replace(everything, since_floor=rule.basis.in_force_from if legal else None)
    solid = Knowledge(rule.min_evidence, heed_gaps=gapped)
    awaits_lawyer = legal and not rule.basis.text.settles
    first = _Reading(when, require, {leaf: columns.of(leaf, everything) for leaf in read})
    if not rule.basis.in_force_on(everything.as_of):
        return Compiled(rule, read, str(int(Verdict.NOT_APPLICABLE)), "0", solid, awaits_lawyer)
    verdict, mask = first.verdict(), first.mask(read)
    if solid != EVERYTHING:
        # What fails with all that is known fails; otherwise only sure knowledge can pass.
        second_context = replace(everything, knowledge=solid)
        second = _Reading(when, require, {leaf: columns.of(leaf, second_context) for leaf in read})
        fails = f"({verdict}) = {int(Verdict.FAIL)}"
        verdict = f"CASE WHEN {fails} THEN {int(Verdict.FAIL)} ELSE {second.verdict()} END"
        mask = f"CASE WHEN {fails} THEN {mask} ELSE {second.mask(read)} END"
    if awaits_lawyer:
        settled = f"({int(Verdict.PASS)}, {int(Verdict.FAIL)})"
        verdict = f"CASE WHEN ({verdict}) IN {settled} THEN {int(Verdict.UNKNOWN)} ELSE {verdict} END"
    return Compiled(rule, read, verdict, mask, solid, awaits_lawyer)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A rule under one state of knowledge: its leaves are columns."""

    when: Condition
    require: Condition
    column: dict[Leaf, str]

    def node(self, node: Condition) -> str:
        """SQL of a node's value."""
        if isinstance(node, (All, AnyOf)):
            if not node.items:
                return "TRUE" if isinstance(node, All) else "FALSE"
            word = " AND " if isinstance(node, All) else " OR "
            return "(" + word.join(self.node(item) for item in node.items) + ")"
        if isinstance(node, Not):
            return f"(NOT {self.node(node.item)})"
        return self.column[node]

    def verdict(self) -> str:
        """SQL of the verdict byte; it passes, too, where nothing that is unknown could make it fail."""
        when, require = self.node(self.when), self.node(self.require)
        return (
            f"CASE WHEN NOT {when} THEN {int(Verdict.NOT_APPLICABLE)} WHEN {require} THEN {int(Verdict.PASS)} "
            f"WHEN {when} AND NOT {require} THEN {int(Verdict.FAIL)} ELSE {int(Verdict.UNKNOWN)} END"
        )

    def mask(self, leaves: Sequence[Leaf]) -> str:
        """SQL of the mask of the leaves that decided; meant where the verdict is fail or unknown."""
        when, require = self.node(self.when), self.node(self.require)
        reasons: dict[Leaf, list[str]] = {}
        # What applies for certain explains a fail; of an open question only what is open in it.
        self._decides(self.when, [f"(({when}) IS NULL OR NOT ({require}))"], reasons)
        self._decides(self.require, [], reasons)
        bits = [
            f"CASE WHEN {' OR '.join(reasons[leaf])} THEN {1 << n} ELSE 0 END"
            for n, leaf in enumerate(leaves)
            if leaf in reasons
        ]
        return "(" + " | ".join(bits) + ")" if bits else "0"

    def _decides(self, node: Condition, path: list[str], reasons: dict[Leaf, list[str]]) -> None:
        if isinstance(node, Not):
            self._decides(node.item, path, reasons)
        elif isinstance(node, (All, AnyOf)):
            here = self.node(node)
            for item in node.items:
                same = f"({self.node(item)}) IS NOT DISTINCT FROM ({here})"
                self._decides(item, [*path, same] if len(node.items) > 1 else path, reasons)
        else:
            reasons.setdefault(node, []).append("(" + (" AND ".join(path) or "TRUE") + ")")
