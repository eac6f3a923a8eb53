"""The least that an assessment may be: one rule on copies, with what one test adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sovercheck.decisions.sides import Key, Side, Verdicts
from sovercheck.findings import Assessment, DecidingFact, Finding, Input, LawView, Provenance, Verdict
from tests.reports.sample import sample_assessment

_SAMPLE = sample_assessment()
RULE = replace(next(rule for rule in _SAMPLE.rules if rule.id == "copies-in-quebec"), id="in-quebec", law=None)
LAW = replace(_SAMPLE.laws[0], id="law", in_force_from="2020-01-01", in_force_to=None)
KEY: Key = ("in-quebec", "copy", "c1")
OBSERVED, DECLARED = 0, 1
PROVENANCE = (Provenance("observed", "aws", "2026-11-21", "s3"), Provenance("declared", "dsn.yaml", "2026-09-14"))


def place(value: str | None, of: str = "c1", provenance: int = OBSERVED, **more: Any) -> DecidingFact:
    """Where a copy is, as a finding tells it; None where nobody knows."""
    fact = DecidingFact("copy.place", of, "unknown")
    if value is not None:
        fact = DecidingFact("copy.place", of, "known", value, provenance=provenance)
    return replace(fact, **more)


def failing(*facts: DecidingFact, id_: str = "c1", **more: Any) -> Finding:
    """A finding of the rule on a copy."""
    return replace(Finding("in-quebec", "copy", id_, ("s",), "fail", None, facts, "observed"), **more)


def judged(*findings: Finding, inventory: str = "0" * 64, laws: Sequence[LawView] = (), **more: Any) -> Assessment:
    """An assessment of one rule, with these findings."""
    bare = replace(
        _SAMPLE,
        as_of="2026-11-22",
        version="1.0",
        inputs=(Input("inventaire", "inventory", inventory),),
        gaps=(),
        provenance=PROVENANCE,
        rules=(RULE,),
        laws=tuple(laws),
        systems=(),
        shares=(),
        findings=findings,
        waivers=(),
        names={},
    )
    return replace(bare, **more)


def side(*findings: Finding, verdicts: Verdicts | None = None, **more: Any) -> Side:
    """One of two assessments to compare."""
    return Side(judged(*findings, **more), verdicts)


def telling(**told: Verdict) -> Verdicts:
    """A verdict table that tells the same of each id for every rule."""
    return lambda _rule, _subject, ids: {id_: verdict for id_, verdict in told.items() if id_ in ids}
