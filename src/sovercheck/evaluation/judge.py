"""Runs compiled rules over the tables of each subject: verdicts for all, and what decided for fails and unknowns.

Leaves first, then the verdicts, in two tables: one query with every rule's conditions inlined takes ten times as long,
mostly to plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sovercheck.evaluation.compile import Plan, compile_rules
from sovercheck.evaluation.dialect import DuckDB
from sovercheck.evaluation.views import wide
from sovercheck.findings import Verdict
from sovercheck.inventory.evidence import GAPPED_BIT
from sovercheck.inventory.facts import SUBJECTS, Subject
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass
from sovercheck.policy.model import Rule

RANK = f"CASE {{v}} WHEN {int(Verdict.FAIL)} THEN 3 WHEN {int(Verdict.UNKNOWN)} THEN 2 ELSE {{v}} END"
"""Swaps fail and unknown, so that the worst verdict is the greatest; its own inverse."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many subjects have each verdict of a rule."""

    not_applicable: int
    passed: int
    failed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One subject's rules, evaluated.

    The engine then has `verdict_<subject>` (id, system, the leaf columns, one verdict column `v<n>` a rule, a row a
    subject and system; of few rows the facts too).

    Attributes:
        subject: whose.
        plan: the compiled rules; rule n has verdict column `v<n>`.
        beside: SQL of what has the facts beside the verdicts, a row a row of `verdict_<subject>`, which it calls `v`.
        packed: SQL of what has the worst verdicts of each subject, a row a subject: id, and the verdict columns.
        tallies: the counts of the verdicts of each rule, in the order of the plan.
        several: whether a subject may have several rows, one a system.
    """

    subject: Subject
    plan: Plan
    beside: str
    packed: str
    tallies: tuple[Tally, ...]
    several: bool


def judge(inventory: Inventory, rules: Sequence[Rule], as_of: date, *, nothing_contradicted: int) -> list[Judged]:
    """Evaluates the rules that have a `require`; the derived tables must exist.

    Args:
        inventory: the facts.
        rules: any rules; share rules are passed over.
        as_of: "today".
        nothing_contradicted: the evidence of an empty `contradicted` list.
    """
    judged = []
    several = inventory.several_systems
    for subject in SUBJECTS:
        own = [rule for rule in rules if rule.subject == subject and rule.share is None]
        if own:
            spread = several and subject in ("copy", "resource", "component")
            judged.append(_judge(inventory, subject, own, as_of, nothing_contradicted, several=spread))
    return judged


def _judge(
    inventory: Inventory,
    subject: Subject,
    rules: Sequence[Rule],
    as_of: date,
    nothing_contradicted: int,
    *,
    several: bool,
) -> Judged:
    connection = inventory.connection
    unanswered = inventory.unanswered
    plan = compile_rules(rules, DuckDB(), as_of, gapped=False, unanswered=unanswered)
    view = wide(subject, plan.facts, plan.exposures, nothing_contradicted=nothing_contradicted)
    if inventory.gaps and _gapped(inventory, plan, view):
        plan = compile_rules(rules, DuckDB(), as_of, gapped=True, unanswered=unanswered)
    leaves = "".join(f", {sql} AS {name}" for name, sql in plan.leaf_columns.items())
    verdicts = "".join(f", CAST({rule.verdict} AS UTINYINT) AS v{n}" for n, rule in enumerate(plan.rules))
    if inventory.small:
        # Of few rows, to keep the facts too costs less than to plan the view again for each question about them.
        rows = f"(SELECT *{leaves} FROM ({view}))"
    else:
        # The optimiser would write each leaf out wherever a verdict reads it.
        rows = f"leaf_{subject}"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT id, system{leaves} FROM ({view})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE verdict_{subject} AS SELECT *{verdicts} FROM {rows}")
    packed = f"verdict_{subject}"
    beside = f"{packed} v"
    if not inventory.small:
        connection.execute(f"DROP TABLE {rows}")
        beside += f" JOIN ({view}) w ON w.id = v.id AND w.system IS NOT DISTINCT FROM v.system"
    columns = [f"v{n}" for n in range(len(plan.rules))]
    if several:
        worst = ", ".join(
            f"CAST({RANK.format(v=f'max({RANK.format(v=column)})')} AS UTINYINT) AS {column}" for column in columns
        )
        packed = f"packed_{subject}"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {packed} AS SELECT id, {worst} FROM verdict_{subject} GROUP BY id"
        )
    return Judged(subject, plan, beside, packed, _tally(inventory, packed, len(plan.rules)), several)


def _gapped(inventory: Inventory, plan: Plan, view: str) -> bool:
    if not plan.facts:
        return False
    touched = " OR ".join(f'("{fact.name}__ev" > 0 AND ("{fact.name}__ev" & {GAPPED_BIT}) <> 0)' for fact in plan.facts)
    found = inventory.connection.execute(f"SELECT coalesce(bool_or({touched}), FALSE) FROM ({view})").fetchone()
    return bool(found and found[0])


def _tally(inventory: Inventory, packed: str, rules: int) -> tuple[Tally, ...]:
    # count_if takes a fiftieth of the time of count(*) FILTER where there are hundreds of them.
    order = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)
    counts = "".join(f", count_if(v{n} = {int(verdict)})" for n in range(rules) for verdict in order)
    subjects, *row = inventory.connection.execute(f"SELECT count(*){counts} FROM {packed}").fetchall()[0]
    # Of no subject at all, NULL.
    by_rule = [[count or 0 for count in row[start : start + len(order)]] for start in range(0, len(row), len(order))]
    return tuple(Tally(subjects - sum(counted), *counted) for counted in by_rule)


def find(inventory: Inventory, judged: Sequence[Judged]) -> None:
    """Fills the table `finding` with every fail and unknown.

    Its columns: `subject` (the number in `facts.SUBJECTS`), `rule` (number in the plan), `line` (the row of
    `verdict_<subject>`), `verdict`, `mask`; sixteen bytes a row, for there may be millions. A subject of several
    systems has one finding a rule: that of the system with the worst verdict, the first by id.
    """
    connection = inventory.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE finding "
        "(subject UTINYINT, rule USMALLINT, line UINTEGER, verdict UTINYINT, mask UBIGINT)"
    )
    for item in judged:
        found = [
            f"SELECT {SUBJECTS.index(item.subject)}, {n}, rowid, v{n}, CAST({rule.mask} AS UBIGINT) "
            f"FROM verdict_{item.subject} WHERE v{n} > {int(Verdict.PASS)}"
            + (
                f" QUALIFY row_number() OVER (PARTITION BY id ORDER BY {RANK.format(v=f'v{n}')} DESC, system) = 1"
                if item.several
                else ""
            )
            for n, rule in enumerate(item.plan.rules)
            if item.tallies[n].failed or item.tallies[n].unknown
        ]
        for selected in [" UNION ALL ".join(found)] if found and inventory.small else found:
            connection.execute(f"INSERT INTO finding {selected}")
