"""Every rule judged on every subject: derived facts, verdicts, shares, exposures, and on what evidence they rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.judge import Judged, Tally, find, judge
from sovercheck.evaluation.parties import EXPOSED, Exposures, derive_parties
from sovercheck.evaluation.share import shares
from sovercheck.findings import Share, Verdict
from sovercheck.inventory.evidence import Grade, floor, grade_of
from sovercheck.inventory.facts import FACTS, Fact
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass
from sovercheck.policy.condition import facts_of
from sovercheck.policy.model import Rule
from sovercheck.reference import Reference


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The verdicts of all rules, before they are told.

    Attributes:
        judged: the rules with conditions, by subject.
        tallies: rule → the counts of its verdicts.
        weakest: rule → the weakest grade among the facts of the subjects that pass.
        shares: the share rules and what they gave.
        exposures: every law on every system.
        evidence: how many facts that rules read have each state of evidence.
    """

    judged: list[Judged]
    tallies: dict[str, Tally]
    weakest: dict[str, Grade]
    shares: list[tuple[Rule, Share]]
    exposures: Exposures
    evidence: Counter[str]


def derive_all(
    inventory: Inventory,
    rules: Sequence[Rule],
    reference: Reference,
    as_of: date,
    read: Collection[str] = FACTS,
) -> tuple[Exposures, int]:
    """Creates the derived tables.

    Args:
        inventory: the facts.
        rules: whose laws are looked at.
        reference: the laws.
        as_of: "today".
        read: full names of the facts that will be read.

    Returns:
        The exposures that rules look at, and the evidence integer of an empty `contradicted` list.
    """
    laws = [reference.laws[id_] for id_ in sorted({rule.law for rule in rules if rule.law is not None})]
    exposed = [subject for subject in EXPOSED if any(rule.law and rule.subject == subject for rule in rules)]
    # A key counts where no copy is missing from the list of places.
    nothing_contradicted = derive(inventory, {*read, *(f"{subject}.places" for subject in exposed)})
    return derive_parties(inventory, laws, as_of, exposed, read), nothing_contradicted


def _facts_read(rule: Rule) -> Iterable[Fact]:
    conditions = [rule.when, rule.require]
    if rule.share is not None:
        conditions += [rule.share.of, rule.share.among]
    return (fact for condition in conditions if condition is not None for fact in facts_of(condition))


def evaluate(inventory: Inventory, rules: Sequence[Rule], reference: Reference, as_of: date) -> Evaluated:
    """Derives facts, judges every rule and fills the table `finding`.

    The engine of the inventory afterwards has the verdicts that `packed.write` saves.

    Raises:
        PolicyError: a rule cannot be compiled.
    """
    read = {fact.name for rule in rules for fact in _facts_read(rule)} - inventory.unanswered
    exposures, nothing_contradicted = derive_all(inventory, rules, reference, as_of, read)
    judged = judge(inventory, rules, as_of, nothing_contradicted=nothing_contradicted)
    tallies: dict[str, Tally] = {}
    weakest: dict[str, Grade] = {}
    evidence: Counter[str] = Counter()
    for item in judged:
        ids = [compiled.rule.id for compiled in item.plan.rules]
        tallies.update(zip(ids, item.tallies, strict=True))
        weakest.update(_weakest_passes(inventory, item))
        evidence.update(_grades_read(inventory, item))
    find(inventory, judged)
    sharing = [rule for rule in rules if rule.share is not None]
    found = shares(inventory, sharing, as_of, nothing_contradicted=nothing_contradicted)
    given = list(zip(sharing, found, strict=True))
    return Evaluated(judged, tallies, weakest, given, exposures, evidence)


def _weakest_passes(inventory: Inventory, item: Judged) -> dict[str, Grade]:
    selected, ids = [], []
    for n, compiled in enumerate(item.plan.rules):
        facts = {fact.name for leaf in compiled.leaves for fact in facts_of(leaf)} - inventory.unanswered
        if facts:
            known = ", ".join(f'CASE WHEN "{name}__ev" > 0 THEN "{name}__ev" END' for name in sorted(facts))
            selected.append(f"min(CASE WHEN v{n} = {int(Verdict.PASS)} THEN least({known}) END)")
            ids.append(compiled.rule.id)
    if not selected:
        return {}
    row = inventory.connection.execute(f"SELECT {', '.join(selected)} FROM {item.beside}").fetchone()
    grades = {id_: grade_of(evidence or 0) for id_, evidence in zip(ids, row or (), strict=True)}
    return {id_: grade for id_, grade in grades.items() if grade is not None}


def _grades_read(inventory: Inventory, item: Judged) -> Counter[str]:
    """Of the facts that rules read, on the subjects that some rule applies to: how many have each grade."""
    if not item.plan.facts and not item.plan.unanswered:
        return Counter()
    applies = " OR ".join(f"v{n} > 0" for n in range(len(item.plan.rules)))
    known = [f'greatest("{fact.name}__ev", 0) // {floor(Grade.ASSUMED)}' for fact in item.plan.facts]
    grades = ", ".join([*known, *["0"] * item.plan.unanswered])
    rows = inventory.connection.execute(
        f"SELECT grade, count(*) FROM (SELECT unnest([{grades}]) AS grade FROM {item.beside} WHERE {applies}) "
        "GROUP BY grade"
    ).fetchall()
    return Counter({Grade(grade).word if grade else "none": count for grade, count in rows})
