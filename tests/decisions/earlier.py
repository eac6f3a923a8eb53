"""The sample assessment as it may have stood two months before, with a change of every kind in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sovercheck.comparison import Comparison
from sovercheck.decisions.compare import compare
from sovercheck.decisions.sides import Tables
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import (
    Assessment,
    Finding,
    GapView,
    Input,
    PlaceVolume,
    RuleResult,
    SourceView,
    Verdict,
    WaiverView,
)
from tests.reports.sample import DOSSIER, MESSAGERIE, PORTAIL, known, sample_assessment

EARLIER = "2026-06-01"
SETTLED = Finding("keys-in-hand", "resource", "portail-bd", (PORTAIL,), "fail", None, (), "declared")
GONE = Finding("copies-in-quebec", "copy", "ancien/primary", (DOSSIER,), "fail", None, (), "declared")


def earlier_assessment() -> Assessment:
    """Before: an article not yet in force, another target, a longer waiver, fewer gaps, a copy still in Québec."""
    later = sample_assessment()
    found = [_finding_before(f) for f in later.findings]
    return replace(
        later,
        as_of=EARLIER,
        inputs=tuple(
            Input(i.name, i.kind, "0" * 64) if i.kind in ("inventory", "policies") else i for i in later.inputs
        ),
        findings=(*(f for f in found if f is not None), SETTLED, GONE),
        rules=tuple(_rule_before(rule) for rule in later.rules if rule.id != "longest-outage"),
        waivers=tuple(_waiver_before(waiver) for waiver in later.waivers if waiver.id != "d-2026-05"),
        gaps=(*later.gaps[2:], GapView("azure", "refused", "resource", "portail-bd", ("bytes",), None, None, None)),
        coverage=replace(
            later.coverage, sources=(*later.coverage.sources, SourceView("serveurs.csv", "spreadsheet", 4, 0, None))
        ),
        shares=tuple(replace(share, low="0.25") if share.weight == "volume" else share for share in later.shares),
        systems=tuple(
            replace(system, exposures=(), places=(PlaceVolume("CA-QC", "primary", 1, 10, 10),))
            if system.id == MESSAGERIE
            else system
            for system in later.systems
        ),
        territory=later.territory[1:],
    )


def _finding_before(finding: Finding) -> Finding | None:
    match finding.rule, finding.id:
        case "copies-in-quebec", "messagerie/primary":
            return None  # it was in Québec
        case "copies-in-quebec", "dossier-bd/replica":
            return replace(finding, verdict="unknown", reason="no_answer", facts=finding.facts[1:])
        case "us-cloud-act", "imagerie":
            fact = known("involvement.access", "hosting", "radiolab:imagerie", 0)
            return replace(finding, verdict="fail", reason=None, facts=(fact, *finding.facts[1:]))
        case "longest-outage", _:
            return None
        case _:
            return finding


def _rule_before(rule: RuleResult) -> RuleResult:
    if rule.id == "efvp-refreshed":
        return replace(rule, parameters={"months": "60"})
    if rule.id == "amp-authorisation":
        return replace(rule, applies=False)
    return rule


def _waiver_before(waiver: WaiverView) -> WaiverView:
    return replace(waiver, state="in_effect") if waiver.id == "d-2025-11" else waiver


def tables(told: dict[str, Verdict] | None = None, *copies: CopyDifference) -> Tables:
    """Verdict tables that tell the same of each id for every rule, before and after."""

    def of(_rule: str, _subject: str, ids: object) -> dict[str, Verdict]:
        return {id_: verdict for id_, verdict in (told or {}).items() if id_ in list(ids)}  # type: ignore[call-overload]

    return Tables(of, of, copies)


MOVED = (
    CopyDifference("messagerie/primary", "Messagerie", ("CA-QC", "primary"), ("US-VA", "primary")),
    CopyDifference("neuve/backup", None, None, ("CA-QC", "backup")),
    CopyDifference("ancien/primary", "<b>Ancien</b>", ("CA-ON", "primary"), None),
)


def sample_comparison(changed: Callable[[Assessment], Assessment] = lambda assessment: assessment) -> Comparison:
    """What changed from the earlier sample to the sample, with verdict tables."""
    told = {"messagerie/primary": Verdict.PASS, "portail-bd": Verdict.PASS}
    return compare(earlier_assessment(), changed(sample_assessment()), tables(told, *MOVED))
