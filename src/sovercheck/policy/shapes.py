"""The shapes of what a folder of policies holds, once checked: for the type checker, and imported for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

Texts = dict[str, str]
ParameterType = Literal["number", "bytes", "boolean", "text", "texts", "date", "place", "places"]
RelaxedWhen = Literal["higher", "lower", "wider"]


class ParameterValue(TypedDict, total=False):
    """A parameter as a rule's file has it, checked."""

    default: Value
    type: ParameterType
    statutory: bool
    relaxed_when: RelaxedWhen
    meaning: dict[str, str]


class PolicyValue(TypedDict, total=False):
    """`policy.yaml`, its shape checked."""

    id: str
    title: Texts
    description: Texts
    authoritative: str


class BasisValue(TypedDict, total=False):
    """`basis:`, its shape checked."""

    kind: str
    cite: Texts
    url: str
    in_force: dict[str, str]
    text: dict[str, str]


class ShareValue(TypedDict, total=False):
    """`share:`, its shape checked; its conditions are not."""

    over: str
    of: dict[str, Value]
    among: Value
    weights: list[str]
    class_weights: dict[str, int]
    missing: dict[str, int]
    at_least: Value


class TestValue(TypedDict, total=False):
    """One of `tests:`, its shape checked; what it gives is not."""

    name: str
    given: dict[str, Value]
    as_of: str
    parameters: dict[str, Value]
    expect: str | dict[str, str]


class RuleValue(TypedDict, total=False):
    """A rule's file, its shape checked; its conditions are not."""

    id: str
    title: Texts
    rationale: Texts
    basis: BasisValue
    severity: str
    gate: str
    subject: str
    min_evidence: str
    parameters: dict[str, ParameterValue]
    when: Value
    require: Value
    share: ShareValue
    exposure: Value
    remediation: Texts
    tests: list[TestValue]
