"""A scan judged: verdicts by rule and subject, as tests compare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sovercheck.evaluation.evaluate import evaluate
from sovercheck.findings import Verdict
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Item, Known, Row
from sovercheck.inventory.ties import Matcher
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.policy.model import PolicySet
from sovercheck.reference import Reference, load_reference
from tests.evaluation.build import worst

AS_OF = date(2026, 11, 27)
DECLARED = Evidence(Grade.DECLARED, "Organisme", "2026-11-27")
SYSTEM = Row(
    "system",
    "dossiers",
    facts={
        "name": Known("Dossiers", DECLARED),
        "data_class": Known("health", DECLARED),
        "holds_personal_information": Known(value=True, evidence=DECLARED),
    },
)
"""Of what is tied to it, the class of the data is known: the rules of place apply."""

Verdicts = Mapping[tuple[str, str], Verdict]


@cache
def _rules() -> tuple[PolicySet, Reference]:
    reference = load_reference()
    return load_policies(list(shipped_ids()), reference, {}), reference


def judged(items: Iterable[Item]) -> Verdicts:
    """(rule, subject) → verdict, everything tied to one system."""
    policies, reference = _rules()
    builder = Builder((Matcher("dossiers", (("name", "*"),)),))
    builder.add("scan", [SYSTEM, *items])
    found: dict[tuple[str, str], Verdict] = {}
    with builder.finish() as inventory:
        evaluated = evaluate(inventory, policies.rules, reference, AS_OF)
        for item in evaluated.judged:
            names = [compiled.rule.id for compiled in item.plan.rules]
            for id_, *row in inventory.connection.execute(f"SELECT {worst(item)}").fetchall():
                found.update({(name, id_): Verdict(verdict) for name, verdict in zip(names, row, strict=True)})
    return found


BETTER: Mapping[Verdict, frozenset[Verdict]] = {
    Verdict.FAIL: frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE}),
    Verdict.UNKNOWN: frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE}),
    Verdict.PASS: frozenset(),
    Verdict.NOT_APPLICABLE: frozenset(),
}
"""What a verdict would have improved to; where knowledge is lost, a failure may become unknown."""


def improved(before: Verdicts, after: Verdicts) -> list[tuple[str, str, str]]:
    """The verdicts that are better than they were."""
    return [
        (*key, f"{before[key].name} -> {verdict.name}")
        for key, verdict in after.items()
        if key in before and verdict in BETTER[before[key]]
    ]
