"""Runs the tests that stand in rules' files: many miniature inventories judged together, each under ids of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sovercheck.evaluation.evaluate import derive_all
from sovercheck.evaluation.judge import RANK, judge
from sovercheck.evaluation.leaves import exposure_column
from sovercheck.evaluation.share import shares
from sovercheck.evaluation.views import home
from sovercheck.findings import Verdict
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, pack
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap, Known, Row
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import fact_columns
from sovercheck.light import dataclass
from sovercheck.policy.cases import CHAIN, Case, cases
from sovercheck.policy.condition import facts_of
from sovercheck.policy.model import Rule
from sovercheck.reference import Reference
from sovercheck.strictyaml import Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test of one rule gave.

    Attributes:
        rule: the rule.
        case: the test.
        found: the verdict, a word of `findings`; None if the test made no subject of the rule.
    """

    rule: Rule
    case: Case
    found: str | None

    @property
    def holds(self) -> bool:
        """Whether the verdict is the one expected."""
        return self.found == self.case.expect


Trial = tuple[Rule, Case]

Reparametrised = Callable[[Rule, Mapping[str, Value]], Rule]
"""The same rule under other parameters, short name → value."""


def rehearse(rules: Sequence[Rule], reference: Reference, reparametrised: Reparametrised) -> list[Outcome]:
    """Runs every test of some rules, in their order.

    Args:
        rules: whose tests.
        reference: laws and places.
        reparametrised: makes the rule that a test with parameters of its own asks for.
    """
    trials = [
        (reparametrised(rule, case.parameters) if case.parameters else rule, case)
        for rule in rules
        for case in cases(rule)
    ]
    return judge_cases(trials, reference)


def judge_cases(trials: Sequence[Trial], reference: Reference) -> list[Outcome]:
    """Judges some cases, each by its own rule.

    Tests of the same day share one inventory, under ids of their own; what looks at the whole estate stands alone.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for n, (rule, case) in enumerate(trials):
        alone = _looks_at_all(rule, case)
        # The variants of a share are judged on one and the same estate.
        groups[(rule.written_id, case.name) if alone else case.as_of].append(n)
    found: dict[int, str | None] = {}
    for key, numbers in groups.items():
        found.update(_judge({n: trials[n] for n in numbers}, reference, alone=isinstance(key, tuple)))
    return [Outcome(rule, case, found[n]) for n, (rule, case) in enumerate(trials)]


def _looks_at_all(rule: Rule, case: Case) -> bool:
    read = [fact for condition in (rule.when, rule.require) if condition is not None for fact in facts_of(condition)]
    return (
        rule.share is not None
        or any(fact.table == "estate" for fact in read)
        or any(row.table == "estate" for row in case.rows if row.facts)
        or any(gap.id is None for gap in case.gaps)
    )


def _judge(trials: Mapping[int, Trial], reference: Reference, *, alone: bool) -> dict[int, str | None]:
    """Judges trials in one inventory; those that stand `alone` are one estate that several rules look at."""
    estates = dict(list(trials.items())[: 1 if alone else None])
    builder = Builder()
    for n, (_, case) in estates.items():
        builder.add(
            "test", [*(_own(n, row, alone=alone) for row in case.rows), *(_own_gap(n, gap) for gap in case.gaps)]
        )
    rules = list({id(rule): rule for rule, _ in trials.values()}.values())
    as_of = next(iter(trials.values()))[1].as_of
    found: dict[int, str | None] = {}
    with builder.finish() as inventory:
        _, nothing_contradicted = derive_all(inventory, rules, reference, as_of)
        for n, (_, case) in estates.items():
            _override(inventory, n, case)
        judged = {
            item.subject: item for item in judge(inventory, rules, as_of, nothing_contradicted=nothing_contradicted)
        }
        for n, (rule, _) in trials.items():
            if rule.share is not None:
                found[n] = shares(inventory, [rule], as_of, nothing_contradicted=nothing_contradicted)[0].verdict
                continue
            compiled = judged[rule.subject].plan.rules
            column = next(f"v{k}" for k, item in enumerate(compiled) if item.rule is rule)
            mine = "TRUE" if alone else f"starts_with(id, '{n}/')"
            row = inventory.connection.execute(
                f"SELECT max({RANK.format(v=column)}) FROM verdict_{rule.subject} WHERE {mine}"
            ).fetchone()
            rank = row[0] if row else None
            found[n] = None if rank is None else Verdict({3: 2, 2: 3}.get(rank, rank)).word
    return found


def _own(n: int, row: Row, *, alone: bool) -> Row:
    if alone and row.table == "estate":
        return row
    return replace(row, id=f"{n}/{row.id}", links={link: f"{n}/{id_}" for link, id_ in row.links.items()})


def _own_gap(n: int, gap: Gap) -> Gap:
    return replace(gap, id=None if gap.id is None else f"{n}/{gap.id}")


def _override(inventory: Inventory, n: int, case: Case) -> None:
    """Writes the derived facts and exposures that a test gives over those that follow from its rows."""
    for (table, id_, short), known in case.overrides.items():
        fact = FACTS[f"{table}.{short}"]
        own = f"{n}/{id_}"
        if short == "contradicted":
            members = known.value if isinstance(known.value, tuple) else ()
            for member in members:
                inventory.connection.execute("INSERT INTO contradiction VALUES (?, ?, ?)", [table, own, member])
            if known.open:
                inventory.connection.execute("INSERT INTO unread VALUES (?, ?)", [table, own])
            continue
        where = home(fact, case.subject)
        columns = [name for name, _ in fact_columns(fact)]
        inventory.connection.execute(
            f'INSERT INTO "{where}" (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM "{where}" WHERE id = ?)', [own, own]
        )
        changes = ", ".join(f'"{column}" = ?' for column in columns)
        inventory.connection.execute(
            f'UPDATE "{where}" SET {changes} WHERE id = ?', [*_values(inventory, known, len(columns)), own]
        )
    for law, (low, high) in case.exposures.items():
        for of in ("inherent", "residual"):
            name = exposure_column(law, of)
            inventory.connection.execute(
                f'UPDATE exposure SET "{name}" = ?, "{name}__hi" = ? WHERE subject = ? AND id = ?',
                [int(low), int(high), case.subject, f"{n}/{CHAIN[case.subject]}"],
            )


def _values(inventory: Inventory, known: Known, columns: int) -> Iterable[object]:
    value = list(known.value) if isinstance(known.value, tuple) else known.value
    evidence = pack(known.evidence.grade, _provenance(inventory, known.evidence))
    if columns == 2:
        return [value, evidence]
    return [value, known.open if isinstance(known.value, tuple) else known.high, evidence]


def _provenance(inventory: Inventory, evidence: Evidence) -> int:
    if evidence not in inventory.provenance:
        inventory.provenance.append(evidence)
    return inventory.provenance.index(evidence)
