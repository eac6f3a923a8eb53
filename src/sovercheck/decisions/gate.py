"""The gate: what a change of infrastructure would put where, judged before anything of it exists.

Two states are judged alike, things as they are and as they would be after the change; what differs is the change's.
Only rules marked `judge` count; those marked `advise` are shown; the others are left to an assessment, and said to be.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sovercheck.change import RUNGS
from sovercheck.comparison import Comparison
from sovercheck.config import Config
from sovercheck.decisions.baseline import Baseline, Entry, Key, entry
from sovercheck.decisions.called import called
from sovercheck.decisions.compare import compare
from sovercheck.decisions.moves import moves
from sovercheck.decisions.states import State, root_of, states
from sovercheck.evaluation.waive import deciding_values
from sovercheck.evaluation.whereabouts import Whereabouts
from sovercheck.findings import SEVERITIES, Assessment, Finding, Input, NoteView, RuleResult, Severity
from sovercheck.gate import Gate, GateFinding, PlannedResource, PlanView, Result, Standing, Tally
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.meanwhile import Meanwhile
from sovercheck.pipeline import Ground, judge
from sovercheck.policy.loader import load_policies
from sovercheck.policy.waivers import load_waivers
from sovercheck.reference import load_reference
from sovercheck.sources.extract import UNDESCRIBED, WITHOUT_DATA
from sovercheck.sources.plans.model import Plan

if TYPE_CHECKING:
    from sovercheck.inventory.engine import Database

_HOME = "CA-QC"
"""Where data is at home, where the configuration does not say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever runs the gate asks for.

    Attributes:
        as_of: "today".
        fail_on: the severity at or above which a finding counts.
        only_new: whether what is there already is set aside.
        data_class: assumed of what is tied to no system.
        assumed: provider → region.
        baseline: the state of reference.
        waivers_from: where the waivers that count come from.
        notes: what is to be said of the configuration.
        kept: where the inventory after the change is saved; None where it is not.
        name: of the change, in the inventory; None where its files' names are enough.
    """

    as_of: date
    fail_on: Severity = "major"
    only_new: bool = False
    data_class: str | None = None
    assumed: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline | None = None
    waivers_from: Literal["base", "centre", "nothing", "left"] = "nothing"
    notes: tuple[NoteView, ...] = ()
    kept: Path | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """A change, judged.

    Attributes:
        assessment: of how things would be after it.
        comparison: what it changes; None where no file says how things are now.
        gate: what the gate says.
        entries: its findings, as a state of reference holds them.
    """

    assessment: Assessment
    comparison: Comparison | None
    gate: Gate
    entries: tuple[Entry, ...]


def gate(plans: Sequence[tuple[Plan, str]], config: Config, asked: Asked, database: Database | None = None) -> Gated:
    """Judges the files together, as one change.

    Args:
        plans: each with the hash of its bytes.
        config: what it is judged by.
        asked: see `Asked`.
        database: where the engine holds the two states; one that is opened for them if none is given.

    Raises:
        SovercheckError: the configuration, a policy or a waiver cannot be used.
    """
    from sovercheck.inventory.engine import Database

    reference = load_reference()
    whole = load_policies(config.policies, reference, config.parameters, config.parameters_at)
    waivers = load_waivers([file.path for file in config.waivers], whole)
    # A plan documents: of a thing that does not exist, nothing more can be had.
    rules = tuple(
        replace(rule, min_evidence=Grade.DOCUMENTED) if rule.min_evidence is Grade.OBSERVED else rule
        for rule in whole.rules
        if rule.gate != "off"
    )
    inputs = tuple(Input(called(plan.name, asked.name), "source", sha256) for plan, sha256 in plans)
    before, after, resources = states(
        [plan for plan, _ in plans], reference.regions, asked.as_of, asked.data_class, asked.name
    )
    ground = Ground(
        replace(whole, rules=rules), reference, waivers, asked.as_of, inputs, after.otherwise, database or Database()
    )
    knows_before = any(plan.knows_before for plan, _ in plans)
    # Where there are cores for it, the engine works on one state while Python does on the other.
    earlier = Meanwhile(lambda: _judged(config, before, ground, None)) if knows_before else None
    assessment, copies = _judged(config, after, ground, asked.kept)
    assessment_before, copies_before = earlier.result() if earlier is not None else (None, {})
    assessment = replace(assessment, notes=assessment.notes + asked.notes)
    comparison = compare(assessment_before, assessment) if assessment_before is not None else None
    by_id = {resource.id: resource for resource in resources}
    told = _Findings(assessment, assessment_before, copies, by_id, asked)
    findings = told.all()
    tally = _tally(findings, resources, asked)
    says = Gate(
        result=_result(tally, [plan for plan, _ in plans]),
        fail_on=asked.fail_on,
        plans=tuple(_plan_view(plan, sha256) for plan, sha256 in plans),
        tally=tally,
        findings=findings,
        resources=resources,
        moves=moves(copies_before, copies, by_id, config.organisation.place or _HOME) if knows_before else (),
        placed=_placed(resources),
        not_judged=tuple(rule.id for rule in whole.rules if rule.gate == "off"),
        data_class=asked.data_class,
        assumed=dict(asked.assumed),
        waivers_from=asked.waivers_from,
        baseline=asked.baseline.name if asked.baseline is not None else None,
        only_new=asked.only_new,
    )
    return Gated(assessment, comparison, says, tuple(told.entries()))


def _judged(
    config: Config, state: State, ground: Ground, kept: Path | None
) -> tuple[Assessment, dict[str, Whereabouts]]:
    return judge(replace(config, sources=(*config.sources, *state.sources), live=(), saved=()), ground, kept)


@dataclass(slots=True)
class _Findings:
    """The findings of the state after, beside those of the state before."""

    assessment: Assessment
    before: Assessment | None
    copies: Mapping[str, Whereabouts]
    resources: Mapping[str, PlannedResource]
    asked: Asked
    rules: Mapping[str, RuleResult] = field(init=False)
    earlier: Mapping[tuple[str, str, str], Finding] = field(init=False)

    def __post_init__(self) -> None:
        self.rules = {rule.id: rule for rule in self.assessment.rules}
        known = self.before.findings if self.before is not None else ()
        self.earlier = {(finding.rule, finding.subject, finding.id): finding for finding in known}

    def all(self) -> tuple[GateFinding, ...]:
        """Judged before advised, what counts before what does not, the gravest first."""

        def order(item: GateFinding) -> tuple[object, ...]:
            standing = get_args(Standing).index(item.standing)
            grave = SEVERITIES.index(item.severity), item.verdict != "fail"
            return not item.judged, standing, *grave, item.rule, item.plan, item.address, item.id

        return tuple(sorted((self._one(finding) for finding in self.assessment.findings), key=order))

    def entries(self) -> Iterator[Entry]:
        """What a state of reference would hold: the judged findings that nobody waived."""
        for finding in self.assessment.findings:
            if self.rules[finding.rule].gate == "judge" and finding.waiver is None:
                yield self._entry(finding)

    def _one(self, finding: Finding) -> GateFinding:
        rule = self.rules[finding.rule]
        resource = self._resource(finding)
        found = self._entry(finding)
        text = "\n".join((found.rule, finding.subject, *found.key[:3]))
        return GateFinding(
            rule=finding.rule,
            subject=finding.subject,
            id=finding.id,
            resource=resource.id if resource is not None else None,
            address=found.key[1],
            plan=resource.plan if resource is not None else "",
            verdict="fail" if finding.verdict == "fail" else "unknown",
            judged=rule.gate == "judge",
            severity=rule.severity,
            standing=self._standing(finding, found),
            action=resource.action if resource is not None else None,
            spot=resource.spot if resource is not None else None,
            fingerprint=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        )

    def _resource(self, finding: Finding) -> PlannedResource | None:
        if finding.subject == "copy":
            copy = self.copies.get(finding.id)
            return self.resources.get(copy.resource or "") if copy is not None else None
        return self.resources.get(finding.id)

    def _entry(self, finding: Finding) -> Entry:
        resource = self._resource(finding)
        key: Key
        if resource is None:
            name = self.assessment.names.get(f"{finding.subject}/{finding.id}", "")
            key = "", "" if finding.subject == "estate" else name or finding.id, finding.subject, ""
        else:
            copy = self.copies.get(finding.id) if finding.subject == "copy" else None
            kind = finding.id[len(resource.id) :] if copy is not None else ""
            region = copy.region if copy is not None else resource.after.region if resource.after is not None else None
            key = root_of(resource.plan), resource.address, kind, region or ""
        return entry(finding.rule, key, deciding_values(finding))

    def _standing(self, finding: Finding, found: Entry) -> Standing:
        if finding.waiver is not None:
            return "waived"
        if self.asked.baseline is not None and self.asked.baseline.has(found):
            return "baselined"
        earlier = self.earlier.get((finding.rule, finding.subject, finding.id))
        if earlier is None or (earlier.verdict == "unknown" and finding.verdict == "fail"):
            return "new"
        same = earlier.verdict != finding.verdict or deciding_values(earlier) == deciding_values(finding)
        return "existing" if same else "new"


def _tally(findings: Sequence[GateFinding], resources: Sequence[PlannedResource], asked: Asked) -> Tally:
    counted = SEVERITIES[: SEVERITIES.index(asked.fail_on) + 1]
    judged = [finding for finding in findings if finding.judged and finding.severity in counted]
    standings = Counter(finding.standing for finding in judged)
    open_ = [
        finding
        for finding in judged
        if finding.standing == "new" or (finding.standing == "existing" and not asked.only_new)
    ]
    return Tally(
        failing=sum(finding.verdict == "fail" for finding in open_),
        unknown=sum(finding.verdict == "unknown" for finding in open_),
        existing=standings["existing"] if asked.only_new else 0,
        baselined=standings["baselined"],
        waived=standings["waived"],
        advised=sum(not finding.judged for finding in findings),
        below=sum(finding.judged and finding.severity not in counted for finding in findings),
        judged=sum(_can_be_judged(resource) for resource in resources),
    )


def _can_be_judged(resource: PlannedResource) -> bool:
    """A type that nobody described, of a provider whose places nobody knows, is seen and not judged."""
    return resource.kind != UNDESCRIBED or resource.provider is not None


def _result(tally: Tally, plans: Sequence[Plan]) -> Result:
    if tally.failing:
        return "finding"
    # What a preview of Azure's ignores, it leaves as it is: that is told, and hides nothing of the change.
    unseen = any(item.why != "ignored" for plan in plans for item in plan.incomplete)
    if tally.unknown or not tally.judged or unseen:
        return "not_established"
    return "waived" if tally.waived else "satisfied"


def _placed(resources: Sequence[PlannedResource]) -> dict[str, int]:
    described = (resource for resource in resources if resource.kind != WITHOUT_DATA)
    located = (resource.after or resource.before for resource in described)
    told = Counter(location.rung for location in located if location is not None)
    return {rung: told[rung] for rung in RUNGS if told[rung]}


def _plan_view(plan: Plan, sha256: str) -> PlanView:
    actions = Counter(change.action for change in plan.changes)
    return PlanView(
        name=plan.name,
        format=plan.format,
        sha256=sha256,
        resources=len(plan.changes),
        actions=dict(sorted(actions.items())),
        knows_before=plan.knows_before,
        incomplete=tuple((item.why, item.what) for item in plan.incomplete),
    )
