"""Rules made in code, for tests of the compiler."""

from __future__ import annotations

from datetime import date

from sovercheck.errors import Place
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import Subject
from sovercheck.policy.condition import Condition
from sovercheck.policy.model import Basis, BasisKind, Rule, TextGrade, TextRead


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
