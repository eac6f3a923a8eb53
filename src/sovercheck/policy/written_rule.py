"""The shape of `policy.yaml` and of a rule's file; conditions are left as they stand, for `reading`.

Imported only by the functions that read YAML: a compiled catalogue loads without it, so without pydantic.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from sovercheck.reference.written import Address, Bilingual, Day, Id, Sentence, TextRead, Written

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Class = Literal["public", "internal", "sensitive", "health"]
Verdict = Literal["pass", "fail", "unknown", "not_applicable"]
Variant = Annotated[str, StringConstraints(pattern=r"^(volume|count|class)-[a-z0-9]+$")]


def _expected_as(value: object) -> str:
    return "variants" if isinstance(value, dict) else "word"


Expected = Annotated[
    Annotated[Verdict, Tag("word")] | Annotated[dict[Variant, Verdict], Tag("variants")],
    Discriminator(_expected_as),
]
"""One verdict, or one for each variant of a share: told apart by form, so that a mistake is reported once."""


class PolicyFile(Written):
    """`policy.yaml`."""

    id: Id
    title: Bilingual
    description: Bilingual
    authoritative: Literal["fr", "en"] = "fr"


class InForce(Written):
    """The days between which a text is in force; empty for what has no such day, and for a bill."""

    since: Day | None = Field(default=None, alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> InForce:
        if self.to is not None and (self.since is None or self.to < self.since):
            raise PydanticCustomError("period", "the end is before the beginning")
        return self


class BasisEntry(Written):
    """`basis:`."""

    kind: Literal["statute", "regulation", "foreign-law", "policy", "framework", "practice", "target"]
    cite: Bilingual
    url: Address | None = None
    in_force: InForce
    text: TextRead


class ParameterEntry(Written):
    """One of `parameters:`."""

    default: object
    type: Literal["number", "bytes", "boolean", "text", "texts", "date", "place", "places"]
    statutory: Annotated[bool, Field(strict=True)] = False
    relaxed_when: Literal["higher", "lower", "wider"] | None = None
    meaning: Bilingual


class Missing(Written):
    """`missing:` of a share."""

    at_most: Annotated[int, Field(strict=True, gt=0)]


class ShareEntry(Written):
    """`share:`."""

    over: Literal["resource"]
    of: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")], object] = Field(min_length=1)
    among: object
    weights: list[Literal["volume", "count", "class"]] = Field(min_length=1)
    class_weights: dict[Class, Annotated[int, Field(strict=True, gt=0)]] = Field(default_factory=dict)
    missing: Missing | None = None
    at_least: object


class TestEntry(Written):
    """One of `tests:`."""

    __test__ = False

    name: Sentence
    given: dict[str, object]
    as_of: Day | None = None
    parameters: dict[Name, object] = Field(default_factory=dict)
    expect: Expected


class RuleFile(Written):
    """`<rule-id>.yaml`."""

    id: Id
    title: Bilingual
    rationale: Bilingual | None = None
    basis: BasisEntry
    severity: Literal["blocking", "major", "minor", "info"]
    gate: Literal["judge", "advise", "off"] | None = None
    subject: Literal["copy", "resource", "system", "contract", "party", "component", "estate"]
    min_evidence: Literal["observed", "documented", "declared", "reported", "inferred", "assumed"] | None = None
    parameters: dict[Name, ParameterEntry] = Field(default_factory=dict)
    when: object = None
    require: object = None
    share: ShareEntry | None = None
    exposure: object = None
    remediation: Bilingual
    tests: list[TestEntry]
