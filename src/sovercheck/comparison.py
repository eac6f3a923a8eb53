"""What changed between two assessments of one organisation, and all that a report may read of it.

Plain data, as in `findings`. It stands on its own: what a report shows of a rule, a law or a subject that is gone is
inside. `decisions.compare` makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from sovercheck.findings import (
    SEVERITIES,
    DecidingFact,
    LawView,
    PlaceVolume,
    RuleResult,
    Severity,
    VerdictWord,
)
from sovercheck.light import dataclass
from sovercheck.reference import Level

SCHEMA = "sovercheck/comparison/v1"

Cause = Literal["facts", "rule", "law", "waiver", "reading", "date", "facts_or_date", "unexplained"]
"""Why a verdict is another one.

`reading`: a reading was lost, and the subject is no longer seen. `date`: only the as-of date differs. `facts_or_date`:
nothing else differs, and the assessments do not hold the values that would tell these two apart. `unexplained`: nothing
that an assessment holds differs, but for the program's version.
"""

Kind = Literal["new", "worsened", "out_of_sight", "improved", "settled"]
KINDS: tuple[Kind, ...] = ("worsened", "new", "out_of_sight", "improved", "settled")
"""What became of a finding, the gravest first. `out_of_sight`: its subject is no longer seen and a reading was lost, so
that nobody can say that it is settled."""

StandingWord = Literal["fail", "unknown", "waived", "pass", "not_applicable", "absent", "no_rule", "not_told"]
"""`absent`: there was no such subject. `not_told`: there is no finding, and no verdict table says why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rule said of a subject in one of the two assessments.

    Attributes:
        word: the verdict, or why there is none.
        weakest: of a finding, the weakest grade among the facts that decided.
        legal_reference: of a finding, whether it keeps its legal reference.
    """

    word: StandingWord
    weakest: str | None = None
    legal_reference: bool = True


@dataclass(frozen=True, slots=True)
class FactChange:
    """A deciding fact whose value, state or evidence is not the same; None where it decided in one of them only.

    Attributes:
        fact: its full name.
        of: id of the subject that has it.
        before: in the earlier assessment; its `provenance` counts there.
        after: in the later one.
    """

    fact: str
    of: str
    before: DecidingFact | None
    after: DecidingFact | None


@dataclass(frozen=True, slots=True)
class Change:
    """One rule on one subject, with another standing than before.

    Attributes:
        kind: what became of it.
        rule: full rule id.
        subject: copy, resource, system, contract, party, component or estate.
        id: the subject's.
        name: to show.
        systems: ids of the systems that it belongs to.
        severity: of the rule as it is now, or as it was if it is gone.
        before: its standing in the earlier assessment.
        after: its standing in the later one.
        causes: all that apply.
        facts: those that differ.
    """

    kind: Kind
    rule: str
    subject: str
    id: str
    name: str
    systems: tuple[str, ...]
    severity: Severity
    before: Standing
    after: Standing
    causes: tuple[Cause, ...]
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that is new, gone, or says something else; `before` or `after` is None where it does not exist.

    Attributes:
        id: full rule id.
        differs: which of statement, parameters, basis, severity, min_evidence, text, in_force and law differ.
        before: as it was applied.
        after: as it is applied.
    """

    id: str
    differs: tuple[str, ...]
    before: RuleResult | None
    after: RuleResult | None


@dataclass(frozen=True, slots=True)
class LawChange:
    """A law of the catalogue that is new, gone or changed, or that came into or went out of force in between.

    Attributes:
        id: its id.
        differs: which of places, status, in_force, text and force differ; `force`: it began or ceased to be in force.
        before: as it was.
        after: as it is.
    """

    id: str
    differs: tuple[str, ...]
    before: LawView | None
    after: LawView | None


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """A reading that was possible once and is not, or the other way.

    Attributes:
        change: lost or gained.
        of: a whole source, a gap, or a line of the coverage ledger.
        source: its name.
        severed: what a gap hides is a listing, or it is a source: subjects may be unseen.
        table: what the reading would have given; of a listing of the ledger, resources; of a source, None.
        id: of a gap, the subject; None for a listing.
        facts: of a gap, short names of what is missing.
        scope: of a gap, where.
        account: of a ledger line.
        service: of a ledger line.
        kinds: of a ledger line, each of which was listed in every region.
        regions: of a ledger line, those that changed.
        reason: why it is or was not read, a word of gaps or of the ledger; None where nobody tries any more.
        needs: what would mend it.
    """

    change: Literal["lost", "gained"]
    of: Literal["source", "gap", "listing"]
    source: str
    severed: bool
    table: str | None = None
    id: str | None = None
    facts: tuple[str, ...] = ()
    scope: str | None = None
    account: str | None = None
    service: str | None = None
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    reason: str | None = None
    needs: str | None = None

    @property
    def count(self) -> int:
        """How many readings it stands for."""
        return len(self.kinds) * len(self.regions) if self.of == "listing" else 1


@dataclass(frozen=True, slots=True)
class CopyState:
    """Where a copy is; a place or kind of None is not known."""

    place: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class CopyChange:
    """A copy that is elsewhere, new, or no longer there.

    Attributes:
        change: moved, came, went; or unseen: it is not there, and a reading was lost.
        id: the copy's.
        name: of its resource, if it has one.
        before: where it was; None if it was not there.
        after: where it is; None if it is not there.
    """

    change: Literal["moved", "came", "went", "unseen"]
    id: str
    name: str | None
    before: CopyState | None
    after: CopyState | None


@dataclass(frozen=True, slots=True)
class SystemPlaces:
    """The places of a system's copies where they are not the same; told where copies were not compared one by one."""

    system: str
    name: str
    before: tuple[PlaceVolume, ...]
    after: tuple[PlaceVolume, ...]


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """The copies of one place and kind, all systems together, where their number or volume is another."""

    place: str | None
    kind: str | None
    before: PlaceVolume | None
    after: PlaceVolume | None


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A share rule's interval and verdict; None where the rule did not or does not exist.

    Attributes:
        rule: full rule id.
        weight: volume, count or class.
        reading: strict or territorial.
        before: (low, high, target) as text.
        after: the same now.
        verdict_before: its verdict.
        verdict_after: its verdict now.
    """

    rule: str
    weight: str
    reading: str
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None
    verdict_before: VerdictWord | None
    verdict_after: VerdictWord | None


@dataclass(frozen=True, slots=True)
class WaiverChange:
    """A waiver that has no effect any more, that will soon have none, or that is new.

    Attributes:
        change: lapsed (past its day), void (the facts changed), withdrawn (no longer in the file), unused (nothing is
            left to waive), granted, or lapsing (in effect, with its day near).
        id: its id.
        kind: waiver or remediation.
        rule: the rule it is about.
        subjects: what it covers, as written.
        approved_by: name and function.
        expires_on: ISO date.
        days: from the later as-of date to that day; negative if past.
    """

    change: Literal["lapsed", "void", "withdrawn", "unused", "granted", "lapsing"]
    id: str
    kind: Literal["waiver", "remediation"]
    rule: str
    subjects: tuple[str, ...]
    approved_by: str
    expires_on: str
    days: int


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """How one law reaches one system, where that is another interval; None where it was not or is not looked at.

    Attributes:
        change: gained or lost.
        law: its id.
        system: its id.
        name: of the system.
        before: [low, high] as `findings.established` tells it.
        after: the same now.
        severity: the gravest among the rules about this law.
        causes: all that apply.
    """

    change: Literal["gained", "lost"]
    law: str
    system: str
    name: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    severity: Severity
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two assessments, in each list the gravest first.

    Attributes:
        schema: `sovercheck/comparison/v1`.
        organisation: whose.
        earlier: as-of date of the earlier one.
        later: as-of date of the later one.
        earlier_version: of sovercheck.
        later_version: of sovercheck.
        findings: what became of findings.
        unchanged: how many findings stand as they did.
        rules: those that changed.
        laws: those that changed.
        readings: lost, then gained.
        copies: that moved, went or came; empty where they were not compared one by one.
        copies_compared: whether both runs had a verdict table that says where each copy is.
        systems: places of systems, where copies were not compared.
        territory: copies by place and kind, all systems together.
        shares: intervals of the share rules.
        exposures: of each system to each law.
        waivers: that lapsed, were withdrawn or granted.
        lapsing: in effect, and about to lapse; not in itself a change.
    """

    organisation: str
    earlier: str
    later: str
    earlier_version: str
    later_version: str
    findings: tuple[Change, ...] = ()
    unchanged: int = 0
    rules: tuple[RuleChange, ...] = ()
    laws: tuple[LawChange, ...] = ()
    readings: tuple[ReadingChange, ...] = ()
    copies: tuple[CopyChange, ...] = ()
    copies_compared: bool = False
    systems: tuple[SystemPlaces, ...] = ()
    territory: tuple[PlaceChange, ...] = ()
    shares: tuple[ShareChange, ...] = ()
    exposures: tuple[ExposureChange, ...] = ()
    waivers: tuple[WaiverChange, ...] = ()
    lapsing: tuple[WaiverChange, ...] = ()
    schema: str = field(default=SCHEMA)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(
            (
                *(self.findings, self.rules, self.laws, self.readings, self.copies),
                *(self.systems, self.territory, self.shares, self.exposures, self.waivers),
            )
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """How much is worse than before, at or above a severity.

    Attributes:
        failing: findings that fail and did not, and exposures that are certainly stronger.
        unknown: findings that are to be assessed and were not, and those out of sight.
        readings: readings lost, whatever they would have shown.
    """

    failing: int
    unknown: int
    readings: int


def drift(comparison: Comparison, fail_on: Severity) -> Drift:
    """Counts what an exit code depends on."""
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    worse = [
        change
        for change in comparison.findings
        if change.severity in grave and change.kind in ("new", "worsened", "out_of_sight")
    ]
    failing = sum(change.kind != "out_of_sight" and change.after.word == "fail" for change in worse)
    exposed = sum(change.severity in grave and _surely_stronger(change) for change in comparison.exposures)
    return Drift(
        failing=failing + exposed,
        unknown=sum(change.kind == "out_of_sight" or change.after.word == "unknown" for change in worse),
        readings=sum(reading.count for reading in comparison.readings if reading.change == "lost"),
    )


def in_force(law: LawView, day: str) -> bool:
    """Whether a law is in force on an ISO date, both ends counted; without a first day it is not."""
    since, until = law.in_force_from, law.in_force_to
    return since is not None and since <= day and (until is None or day <= until)


def level_ends(interval: Sequence[str] | None) -> tuple[Level, Level]:
    """The ends of an interval of exposure; a law that nobody looks at gives none."""
    low, high = interval if interval is not None else ("none_known", "none_known")
    return Level[low.upper()], Level[high.upper()]


def _surely_stronger(change: ExposureChange) -> bool:
    return level_ends(change.after)[0] > level_ends(change.before)[0]
