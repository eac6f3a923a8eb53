"""Waivers applied to findings: what they cover, and why one has no effect.

A waiver is void as a whole as soon as one finding that it would cover has another deciding value than those that were
accepted, or as it would cover more subjects than on the day of its approval: nobody accepted what it has become.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from sovercheck.findings import DecidingFact, Finding, WaiverView
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.model import Rule
from sovercheck.policy.waivers import NONE, Waiver, interval_text, list_text

State = Literal["in_effect", "expired", "void", "unused"]

_UNKNOWN = "unknown"


def apply_waivers(
    findings: Iterable[Finding], waivers: Sequence[Waiver], rules: Sequence[Rule], as_of: date
) -> tuple[list[Finding], list[WaiverView]]:
    """Marks the findings that a waiver covers, and says of each waiver what became of it.

    Only a fail can be waived; of two waivers of the same kind, the first of the file stands. A remediation under way
    marks its findings, which still count.

    Args:
        findings: of one assessment.
        waivers: as loaded.
        rules: of the assessment: a waiver of a share covers its variants.
        as_of: "today"; a waiver is in effect through the day on which it expires.

    Returns:
        The findings in their order, and one view a waiver in the order of the file.
    """
    found = list(findings)
    parents = {rule.id: rule.written_id for rule in rules}
    views: list[WaiverView] = []
    for waiver in waivers:
        covered = [
            number
            for number, finding in enumerate(found)
            if finding.verdict == "fail" and _covers(waiver, finding, parents.get(finding.rule, finding.rule))
        ]
        state = _state(waiver, [found[number] for number in covered], as_of)
        marked = 0
        for number in covered if state == "in_effect" else ():
            finding = found[number]
            if waiver.kind == "waiver" and finding.waiver is None:
                found[number] = replace(finding, waiver=waiver.id)
                marked += 1
            elif waiver.kind == "remediation" and finding.remedied is None:
                found[number] = replace(finding, remedied=waiver.id)
                marked += 1
        if state == "in_effect" and not marked:
            state = "unused"
        views.append(_view(waiver, state, marked))
    return found, views


def deciding_values(finding: Finding) -> dict[str, str]:
    """The deciding facts of a finding in their canonical form, as a waiver's `values` has them."""
    values: dict[str, set[str]] = {}
    for fact in finding.facts:
        values.setdefault(fact.fact, set()).add(_canonical(fact))
    return {name: " | ".join(sorted(texts)) for name, texts in sorted(values.items())}


def fingerprint(finding: Finding) -> str:
    """The deciding values of a finding in one word, for the `values` of a waiver that covers many subjects."""
    content = json.dumps([finding.rule, deciding_values(finding)], ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def _covers(waiver: Waiver, finding: Finding, parent: str) -> bool:
    if waiver.rule not in (finding.rule, parent):
        return False
    return finding.id in waiver.ids or not set(waiver.systems).isdisjoint(finding.systems)


def _state(waiver: Waiver, covered: Sequence[Finding], as_of: date) -> State:
    if as_of > waiver.expires_on:
        return "expired"
    if not covered or (waiver.approved_on is not None and as_of < waiver.approved_on):
        return "unused"
    subjects = {(finding.subject, finding.id) for finding in covered}
    if len(subjects) > waiver.frozen or not all(_unchanged(waiver, finding) for finding in covered):
        return "void"
    return "in_effect"


def _unchanged(waiver: Waiver, finding: Finding) -> bool:
    if isinstance(waiver.values, Mapping):
        return deciding_values(finding) == dict(waiver.values)
    return fingerprint(finding) in waiver.values


def _canonical(fact: DecidingFact) -> str:
    if fact.state == "none":
        return NONE
    if fact.value is None or fact.state in ("unknown", "refused", "contradicted"):
        return _UNKNOWN
    if isinstance(fact.value, tuple):
        return list_text(fact.value, is_open=fact.open)
    known = FACTS.get(fact.fact)
    return interval_text(fact.value, fact.high) if known is not None and known.is_interval else fact.value


def _view(waiver: Waiver, state: State, covered: int) -> WaiverView:
    return WaiverView(
        id=waiver.id,
        kind=waiver.kind,
        rule=waiver.rule,
        subjects=waiver.ids or waiver.systems,
        approved_by=waiver.approved_by,
        reason=waiver.reason,
        expires_on=waiver.expires_on.isoformat(),
        state=state,
        covered=covered,
        frozen=waiver.frozen,
    )
