"""Rules and policies as the program uses them: typed, with parameters resolved and share variants expanded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sovercheck.errors import Place
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import Subject
from sovercheck.light import dataclass
from sovercheck.policy.condition import Condition

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

Texts = dict[str, str]
"""A text in each language: {"fr": …, "en": …}."""

BasisKind = Literal["statute", "regulation", "foreign-law", "policy", "framework", "practice", "target"]
Severity = Literal["blocking", "major", "minor", "info"]
Gate = Literal["judge", "advise", "off"]
TextGrade = Literal["official", "republished", "secondary", "memory"]
Expected = Literal["pass", "fail", "unknown", "not_applicable"]
Weight = Literal["volume", "count", "class"]

LEGAL_DUTIES: frozenset[str] = frozenset({"statute", "regulation"})
"""The bases that yield *non conforme*, and on which nothing can be waived."""

_BILLS: frozenset[str] = frozenset({"statute", "regulation", "foreign-law"})
"""The bases that, without a date of coming into force, are still bills or proposals."""


@dataclass(frozen=True, slots=True)
class TextRead:
    """Which wording of a legal text was read.

    Attributes:
        version: the day, month or year of the wording; None if it is undated.
        read_on: the day it was read; None for a text known from memory only.
        grade: how far it can be trusted.
    """

    version: str | None
    read_on: date | None
    grade: TextGrade

    @property
    def settles(self) -> bool:
        """Whether a statutory rule may rest on it: below `republished`, its verdict is unknown."""
        return self.grade in ("official", "republished")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rule rests on; its kind decides the words of the verdicts.

    Attributes:
        kind: statute, regulation, foreign-law, policy, framework, practice or target.
        cite: the citation in both languages.
        url: of the text, if it has an address.
        in_force_from: the first day in force; None for what has no such day (a practice), and for a bill.
        in_force_to: the last day in force; None while in force.
        text: which wording was read.
    """

    kind: BasisKind
    cite: Texts
    url: str | None
    in_force_from: date | None
    in_force_to: date | None
    text: TextRead

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applies on a day, both ends counted; an undated statute or foreign law is a bill."""
        if self.in_force_from is None and self.kind in _BILLS:
            return False
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )


@dataclass(frozen=True, slots=True)
class ShareVariant:
    """One weight and one reading of a share rule, over resources (each one's primary copy, counted once).

    Attributes:
        weight: volume (`resource.bytes`), count (1 each) or class (by `system.data_class`).
        reading: the name of its `of` condition: strict or territorial.
        of: what the share is of, in the scope of a resource.
        among: which resources are counted, in the scope of a resource.
        at_least: the target, 0 to 1.
        class_weights: data class → weight; empty unless `weight` is class.
        missing_at_most: the rule's bound, in bytes, for a resource whose maximum is unknown; None leaves it unbounded.
    """

    weight: Weight
    reading: str
    of: Condition
    among: Condition
    at_least: Decimal
    class_weights: Mapping[str, int]
    missing_at_most: int | None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test as the rule's author wrote it; `cases.case` makes an inventory of it.

    Attributes:
        name: what it shows.
        given: full fact names, or tables as in a declaration.
        as_of: the day of the verdict; None for the day on which the rule's text was read.
        parameters: short parameter name → value, in place of the rule's own.
        expect: the verdict; of a share rule, variant (`volume-strict`) → verdict may be written instead of one word.
        place: where it stands.
    """

    name: str
    given: Mapping[str, Value]
    as_of: date | None
    parameters: Mapping[str, Value]
    expect: Expected | Mapping[str, Expected]
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """One automated test, with its legal basis. Exactly one of `require` and `share` is set.

    Attributes:
        id: full id; a share variant's is `<parent>/<weight>-<reading>`.
        policy: id of the policy it belongs to.
        parent: id of the share rule that a variant comes from; parameters and waivers name the parent.
        title: what is required, in both languages.
        rationale: why it matters, if the rule says so.
        statement: the rule read out, generated from its conditions, without the article.
        subject: what it is about.
        severity: of a fail.
        gate: what the gate does with it.
        basis: what it rests on.
        min_evidence: the least grade that may pass; None if any may.
        when: to what it applies; None if it always does.
        require: what must hold.
        share: the variant of a share rule.
        remediation: what to do about a fail.
        parameters: short name → value in use, as text.
        relaxed: short names of statutory parameters set below the law's; the legal reference is then dropped.
        law: id of the law that an exposure rule looks at.
        tests: at least one pass, one fail and one unknown; of a share rule, all variants have the same.
        place: where the rule stands.
    """

    id: str
    policy: str
    parent: str | None
    title: Texts
    rationale: Texts | None
    statement: Mapping[str, str]
    subject: Subject
    severity: Severity
    gate: Gate
    basis: Basis
    min_evidence: Grade | None
    when: Condition | None
    require: Condition | None
    share: ShareVariant | None
    remediation: Texts
    parameters: Mapping[str, str]
    relaxed: tuple[str, ...]
    law: str | None
    tests: tuple[RuleTest, ...]
    place: Place

    @property
    def written_id(self) -> str:
        """The id of the file that says it: the parent's for a share variant, else its own."""
        return self.parent or self.id


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """The rules of one law, regulation or target, as `policy.yaml` presents them."""

    id: str
    title: Texts
    description: Texts
    authoritative: str


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies of one run.

    Attributes:
        policies: in order of id.
        rules: in order of policy and id.
        sha256: of what the rules say, parameters included, whatever the layout of their files.
    """

    policies: tuple[PolicyInfo, ...]
    rules: tuple[Rule, ...]
    sha256: str

    def rule(self, rule_id: str) -> Rule:
        """The rule with this full id; KeyError if there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
