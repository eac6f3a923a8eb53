"""Rules made in code and inventories made of a few lines, for tests of the evaluation."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sovercheck.errors import Place
from sovercheck.evaluation.deciding import canonical
from sovercheck.evaluation.judge import Judged
from sovercheck.evaluation.views import wide
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import CONTRADICTED, NO_ANSWER, Evidence, Grade, grade_of, is_gapped
from sovercheck.inventory.facts import FACTS, Fact, Subject
from sovercheck.inventory.records import read_tables
from sovercheck.inventory.rows import Gap, Row
from sovercheck.inventory.store import Inventory
from sovercheck.policy.condition import Condition
from sovercheck.policy.model import Basis, BasisKind, Rule, TextGrade, TextRead
from sovercheck.strictyaml import loads


def make_rule(
    require: Condition | None,
    when: Condition | None = None,
    *,
    id_: str = "example",
    subject: Subject = "copy",
    kind: BasisKind = "practice",
    since: date | None = None,
    until: date | None = None,
    grade: TextGrade = "official",
    min_evidence: Grade | None = None,
    law: str | None = None,
) -> Rule:
    texts = {"fr": "Exemple", "en": "Example"}
    return Rule(
        id=id_,
        policy="example",
        parent=None,
        title=texts,
        rationale=None,
        statement=texts,
        subject=subject,
        severity="major",
        gate="off",
        basis=Basis(kind, texts, None, since, until, TextRead(None, date(2026, 1, 1), grade)),
        min_evidence=min_evidence,
        when=when,
        require=require,
        share=None,
        remediation=texts,
        parameters={},
        relaxed=(),
        law=law,
        tests=(),
        place=Place("example.yaml", 1, 1),
    )


def worst(judged: Judged) -> str:
    """What to select for the worst verdict of each rule on each subject: its id, then a verdict a rule."""
    columns = "".join(f", v{n}" for n in range(len(judged.plan.rules)))
    return f"id{columns} FROM {judged.packed}"


def rows(text: str) -> list[Row]:
    """The rows of tables written as in a rule's test; observed unless they say otherwise."""
    return read_tables(loads(text.encode(), "example.yaml"), base=Evidence(Grade.OBSERVED, "test"), sources={})


def inventory(text: str, *gaps: Gap) -> Inventory:
    """An inventory of tables written as in a rule's test."""
    builder = Builder()
    builder.add("test", [*rows(text), *gaps])
    return builder.finish()


def told(
    inventory: Inventory, name: str, subject: Subject | None = None, *, nothing_contradicted: int = 0
) -> dict[str, str]:
    """One fact of every subject, as a text: its value or bounds, its grade unless observed, what is open or missing.

    Of a copy's or resource's fact, one text a system, all in one, in order.
    """
    fact = FACTS[name]
    view = wide(subject or cast(Subject, fact.table), [fact], nothing_contradicted=nothing_contradicted)
    found: dict[str, str] = {}
    for id_, _, _, _, *cells in inventory.connection.execute(f"SELECT * FROM ({view}) ORDER BY id, system").fetchall():
        text = _told(fact, cells[0], cells[1] if len(cells) == 3 else None, cells[-1])
        found[id_] = f"{found[id_]} / {text}" if id_ in found else text
    return found


def _told(fact: Fact, value: Any, extra: Any, evidence: int) -> str:
    grade = grade_of(evidence)
    if grade is None:
        return "unknown" if evidence == NO_ANSWER else "contradicted" if evidence == CONTRADICTED else "refused"
    if fact.is_list:
        text = "[" + ", ".join([*(value or ()), *(["…"] if extra else [])]) + "]"
    elif value is None:
        text = "none"
    elif fact.is_interval:
        low, high = canonical(value), canonical(extra)
        text = str(low) if low == high else f"{low} to {high or '∞'}"
    else:
        text = str(canonical(value))
    text += "" if grade is Grade.OBSERVED else f" ({grade.word})"
    return f"{text}, under a gap" if is_gapped(evidence) else text
