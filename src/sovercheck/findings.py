"""What an evaluation gives, and all that a report may read: verdicts, findings, coverage, the assessment.

Everything here is plain data that `sovercheck.plain` turns into JSON and back, so that a report of last year's
assessment needs nothing but its file. Texts for people that come from rules and laws stand inside, in both languages;
the report's own sentences come from the catalogues. `None` in a text's place means that it is not known.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum
from typing import Literal

from sovercheck.inventory.rows import ReadingStatus
from sovercheck.light import dataclass
from sovercheck.messages import Lang

SCHEMA = "sovercheck/assessment/v1"

Bilingual = dict[str, str]
"""A text in each language: {"fr": …, "en": …}."""


class Verdict(IntEnum):
    """One rule's answer on one subject, as stored in the packed table."""

    NOT_APPLICABLE = 0
    PASS = 1
    FAIL = 2
    UNKNOWN = 3

    @property
    def word(self) -> str:
        """The design's word, as in files and outputs."""
        return self.name.lower()


VERDICT_WORDS: tuple[str, ...] = tuple(v.word for v in Verdict)

VerdictWord = Literal["pass", "fail", "unknown", "not_applicable"]
BasisKind = Literal["statute", "regulation", "foreign-law", "policy", "framework", "practice", "target"]
Severity = Literal["blocking", "major", "minor", "info"]
SEVERITIES: tuple[Severity, ...] = ("blocking", "major", "minor", "info")
"""From the gravest to the lightest."""

State = Literal["known", "none", "unknown", "refused", "contradicted", "weak"]
"""Of a deciding fact: `weak` is a known value whose evidence is below what the rule asks."""

UnknownReason = Literal["no_answer", "refused", "weak", "contradicted", "legal"]
"""Why a verdict is unknown. `legal` awaits a lawyer's characterisation (a text not read, a date before the article)."""


@dataclass(frozen=True, slots=True)
class DecidingFact:
    """A fact that decided a finding, or whose absence leaves it open.

    Attributes:
        fact: its full name in the registry.
        of: id of the subject that has it (the copy itself, its resource, its system…).
        state: whether and why it is or is not known.
        value: the value as text in its canonical form (`CA-ON`, `true`, `2014`, `405000000`); a list as its members.
        high: of an interval, the upper end as text.
        open: of a list, whether it may have members that nobody read.
        provenance: index into `Assessment.provenance`; None if unknown.
    """

    fact: str
    of: str
    state: State
    value: str | tuple[str, ...] | None = None
    high: str | None = None
    open: bool = False
    provenance: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One party on an exposure path.

    Attributes:
        party: its id.
        name: as people know it.
        place: its place, if known.
        link: how the step before leads here: `hosts`, `administers`, `supports`, `licenses`, `processes` … (an
            involvement), `owned_by`, `affiliate` or `present_in`.
        percent: of an ownership, as text; None if not established.
        provenance: index into `Assessment.provenance` of the link's evidence; None if nothing shows it.
    """

    party: str
    name: str
    place: str | None
    link: str
    percent: str | None = None
    provenance: int | None = None


@dataclass(frozen=True, slots=True)
class ExposurePath:
    """One way by which a law reaches a subject.

    Attributes:
        kind: direct (the involved party itself), parent, sub_processor or affiliate.
        steps: from the involved party to the one that the law reaches.
        access: the access that the involved party has, [low, high] on the scale of access; equal if known.
        nexus: what ties the last party to the law: incorporated, controlled or present.
        low: the level this path gives at least: none_known, possible or exposed.
        high: and at most.
        residual_low: the same after the mitigation by keys.
        residual_high: and at most.
        decides: full name and party of the fact that would settle an open path, e.g. ("involvement.access", "epic").
        hypothetical: nobody showed that the path exists; it stands for what has not been declared.
    """

    kind: Literal["direct", "parent", "sub_processor", "affiliate"]
    steps: tuple[Step, ...]
    access: tuple[str, str]
    nexus: str
    low: str
    high: str
    residual_low: str
    residual_high: str
    decides: tuple[str, str] | None = None
    hypothetical: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """How one law reaches one subject: an interval on none_known < possible < exposed, before and after mitigation.

    Attributes:
        law: its id.
        subject: `system` or `resource`.
        id: the subject's.
        inherent: [low, high].
        residual: [low, high], after what keys held elsewhere change.
        key_grades: [weakest, strongest] grade over the copies that the paths reach; None if no copy is known.
        paths: the strongest first; at most five, the rest counted in `more_paths`.
    """

    law: str
    subject: str
    id: str
    inherent: tuple[str, str]
    residual: tuple[str, str]
    key_grades: tuple[str, str] | None
    paths: tuple[ExposurePath, ...]
    more_paths: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """One variant of a share rule: an interval of decimals as text, and what weighs on it.

    Attributes:
        rule: full rule id, `quebec-cloud-share/volume-strict`.
        weight: volume, count or class.
        reading: strict or territorial.
        low: of the share, 0 to 1, at least.
        high: at most.
        target: what it is compared with.
        verdict: the rule's.
        members: resources that are certainly counted in the denominator.
        possible_members: that may be.
        unbounded: members whose weight has no known maximum.
        listing_gaps: listings that could not be read, each a member of unbounded weight.
        bounded_by_rule: whether the rule's `missing` clause bounded a weight.
        unlisted_systems: systems that may hold such data and of which no resource is listed: the interval is of what is
            listed, and while there are any the verdict is unknown.
    """

    rule: str
    weight: str
    reading: str
    low: str
    high: str
    target: str
    verdict: VerdictWord
    members: int
    possible_members: int
    unbounded: int
    listing_gaps: int
    bounded_by_rule: bool = False
    unlisted_systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's verdict on one subject, with the facts that decided.

    Attributes:
        rule: full rule id.
        subject: copy, resource, system, contract, party, component or estate.
        id: the subject's.
        systems: ids of the systems that it belongs to; empty if tied to nothing.
        verdict: fail or unknown; a waived finding is a fail with `waiver` set.
        reason: of an unknown.
        facts: those that decided.
        weakest: the weakest grade of evidence among them; None if none of them is known.
        legal_reference: false where a relaxed parameter drops it.
        waiver: id of the waiver in effect.
        remedied: id of a `régularisation en cours`; the finding still counts.
        late_facts: full names of deciding facts dated after the as-of date.
    """

    rule: str
    subject: str
    id: str
    systems: tuple[str, ...]
    verdict: VerdictWord
    reason: UnknownReason | None
    facts: tuple[DecidingFact, ...]
    weakest: str | None
    legal_reference: bool = True
    waiver: str | None = None
    remedied: str | None = None
    late_facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from; see `inventory.evidence.Evidence`."""

    grade: str
    source: str
    date: str | None = None
    locator: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TextRead:
    """Which wording of a legal text was read.

    Attributes:
        version: day of the version, or None if undated.
        read_on: the day it was read.
        grade: official, republished, secondary or memory.
    """

    version: str | None
    read_on: str | None
    grade: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many subjects of a rule have each verdict; waived ones are apart, and not in `fail`."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    not_applicable: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule as it was applied: what it says, what it rests on, and the counts of its verdicts.

    Attributes:
        id: full id; a share variant's is `<parent>/<variant>`.
        policy: id of the policy it belongs to.
        title: what is required, in both languages.
        statement: the rule read out as sentences, generated from its conditions.
        rationale: why it matters, if the rule says so.
        subject: what it is about.
        severity: blocking, major, minor or info.
        gate: judge, advise or off.
        basis: decides the words of its verdicts.
        cite: the citation in both languages.
        url: of the text.
        in_force_from: ISO date or None.
        in_force_to: ISO date or None.
        applies: whether it was in force on the as-of date.
        text: which wording was read.
        remediation: what to do.
        parameters: name → value used, as text.
        relaxed: names of statutory parameters set below the law's; then the legal reference is dropped.
        min_evidence: the least grade that may pass, or None.
        law: id of the law, for exposure rules.
        counts: of verdicts.
        weakest_pass: the weakest grade among the facts of the subjects that pass; None if none passes.
    """

    id: str
    policy: str
    title: Bilingual
    statement: Bilingual
    rationale: Bilingual | None
    subject: str
    severity: Severity
    gate: str
    basis: BasisKind
    cite: Bilingual
    url: str | None
    in_force_from: str | None
    in_force_to: str | None
    applies: bool
    text: TextRead
    remediation: Bilingual
    parameters: dict[str, str]
    relaxed: tuple[str, ...]
    min_evidence: str | None
    law: str | None
    counts: Counts
    weakest_pass: str | None = None


@dataclass(frozen=True, slots=True)
class LawView:
    """A law of the catalogue that a rule of this assessment looks at; texts in both languages."""

    id: str
    name: Bilingual
    citation: Bilingual
    what: Bilingual
    note: Bilingual | None
    places: tuple[str, ...]
    status: str
    in_force_from: str | None
    in_force_to: str | None
    url: str | None
    text: TextRead


@dataclass(frozen=True, slots=True)
class PlaceVolume:
    """What is kept in one place, for one kind of copy.

    Attributes:
        place: ISO code; None if unknown.
        kind: of copy; None if unknown.
        copies: how many.
        bytes_low: sum of what is known at least.
        bytes_high: sum of what is known at most; None if unbounded.
        unsized: how many of the copies have no known maximum.
    """

    place: str | None
    kind: str | None
    copies: int
    bytes_low: int
    bytes_high: int | None
    unsized: int = 0


@dataclass(frozen=True, slots=True)
class KeyHolding:
    """How many copies have keys held alike.

    Attributes:
        manager: provider or customer; None if unknown.
        grade: K0 to K4; None if unknown.
        copies: how many.
    """

    manager: str | None
    grade: str | None
    copies: int


@dataclass(frozen=True, slots=True)
class InvolvedParty:
    """A party's role on a system, for display.

    Attributes:
        party: id.
        name: as people know it.
        place: its place, if known.
        role: hosts, administers, supports, licenses, owns, supplies, processes; None if not known.
        access: its level of access; None if not declared.
        provenance: index into `Assessment.provenance`.
    """

    party: str
    name: str
    place: str | None
    role: str | None
    access: str | None
    provenance: int | None


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact of a system that is known, for « ce que l'on sait »."""

    fact: DecidingFact
    grade: str


@dataclass(frozen=True, slots=True)
class SystemView:
    """What an assessment holds of one system.

    Attributes:
        id: the system's.
        name: as people know it.
        purpose: what it is for.
        data_class: public, internal, sensitive, health; None if unknown.
        status: planned, building, in_service, suspended, retired; None if unknown.
        reach: how it was reached: read (observed or documented by a reading), declared (declared or weaker only), or
            reached by nothing.
        resources: how many are tied to it.
        places: volumes by place and kind of copy.
        places_open: whether there may be copies that nobody listed.
        parties: the involved ones.
        parties_open: whether there may be others.
        exposures: one per law that a rule looks at.
        verdicts: rule id → the worst verdict among the system's subjects; `waived` where only waived findings remain.
        weakest: the weakest evidence among the facts that decided; None if nothing is known.
        known: facts of the system, its contracts and incidents that are known.
        origin: `listed` (named one by one in a declaration) or `bulk` (imported from an inventory).
    """

    id: str
    name: str
    purpose: str | None
    data_class: str | None
    status: str | None
    reach: Literal["read", "declared", "unreached"]
    resources: int
    places: tuple[PlaceVolume, ...]
    places_open: bool
    parties: tuple[InvolvedParty, ...]
    parties_open: bool
    exposures: tuple[Exposure, ...]
    verdicts: dict[str, str]
    weakest: str | None
    known: tuple[KnownFact, ...]
    origin: Literal["listed", "bulk"] = "listed"


@dataclass(frozen=True, slots=True)
class GapView:
    """A gap, numbered as the evidence numbers it; see `inventory.rows.Gap`."""

    source: str
    reason: str
    table: str
    id: str | None
    facts: tuple[str, ...]
    scope: str | None
    needs: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source of this assessment and what it gave.

    Attributes:
        name: as configured (`declarations/dsn.yaml`, `portefeuille.csv`).
        kind: declaration, spreadsheet, inventory …
        rows: how many rows it gave.
        gaps: how many gaps.
        grade: the usual grade of its evidence.
    """

    name: str
    kind: str
    rows: int
    gaps: int
    grade: str | None


@dataclass(frozen=True, slots=True)
class NoteView:
    """Something assumed while reading; the sentence is `note.<code>` in the catalogues."""

    source: str
    code: str
    params: dict[str, str]


UNREAD: tuple[ReadingStatus, ...] = ("refused", "throttled", "unreachable", "unreadable")
"""What becomes of a listing that was asked for and not obtained; what it would have shown, nobody knows."""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """Listings of one account that ended alike: each of some kinds in each of some regions.

    Attributes:
        source: the source that read.
        account: of the provider.
        service: as the provider calls it.
        kinds: the normalised kinds, or native types without a description; each was listed in every region.
        status: what became of the listings; see `inventory.rows.ReadingStatus`.
        regions: as the provider calls them; `global` for what has none.
        resources: how many the listings gave.
        gaps: how many readings of their resources' facts failed besides.
        needs: the permission that is missing, where one is.
        detail: why they were excluded; else what the other side answered, to the first of them.
    """

    source: str
    account: str
    service: str
    kinds: tuple[str, ...]
    status: ReadingStatus
    regions: tuple[str, ...]
    resources: int = 0
    gaps: int = 0
    needs: str | None = None
    detail: str | None = None

    @property
    def listings(self) -> int:
        """How many listings the line stands for."""
        return len(self.kinds) * len(self.regions)


@dataclass(frozen=True, slots=True)
class UntiedResource:
    """A resource that is tied to no system.

    Attributes:
        id: the resource's.
        name: as its source calls it; None if unknown.
        kind: its normalised kind; None if unknown.
        place: of its primary copy; None if unknown.
        account: that it is in; None if unknown.
        bytes_low: its size at least.
        bytes_high: and at most; None if nothing bounds it.
    """

    id: str
    name: str | None
    kind: str | None
    place: str | None
    account: str | None
    bytes_low: int
    bytes_high: int | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What sources say of one fact of one subject, where they exclude each other.

    Attributes:
        fact: its full name.
        id: the subject's.
        values: what each source says, the strongest evidence first.
    """

    fact: str
    id: str
    values: tuple[DecidingFact, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, systems first.

    Attributes:
        systems: all systems of the organisation.
        read: reached by a reading (observed or documented).
        declared: reached by declarations (or weaker) only.
        unreached: named, but reached by no source.
        untied_resources: resources that may keep data and are tied to no system.
        subjects: how many subjects of each table.
        sources: each source and what it gave.
        readings: the ledger of listings, folded: what became of each, whether or not it gave anything.
        untied: the largest of the resources tied to no system: the largest size first, those of no known size last.
        unmatched_resources: resources of which it is not settled to which systems they belong, because what ties them
            (mostly their tags) was not read.
    """

    systems: int
    read: int
    declared: int
    unreached: int
    untied_resources: int
    subjects: dict[str, int]
    sources: tuple[SourceView, ...]
    readings: tuple[ReadingLine, ...] = ()
    untied: tuple[UntiedResource, ...] = ()
    unmatched_resources: int = 0


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A waiver and what became of it.

    Attributes:
        id: its id in the file.
        kind: waiver, or remediation (`régularisation en cours`, for statutes).
        rule: the rule it is about.
        subjects: what it covers, as written.
        approved_by: name and function; of a remediation, the owner.
        reason: as written.
        expires_on: ISO date.
        state: in_effect, expired, void (deciding values changed) or unused (nothing to waive).
        covered: how many findings it covers now.
        frozen: how many it covered when approved, if written.
    """

    id: str
    kind: Literal["waiver", "remediation"]
    rule: str
    subjects: tuple[str, ...]
    approved_by: str
    reason: str
    expires_on: str
    state: Literal["in_effect", "expired", "void", "unused"]
    covered: int
    frozen: int | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """An input and its hash (SHA-256, hexadecimal), for the reproducibility annex."""

    name: str
    kind: Literal[
        "inventory", "policies", "reference", "waivers", "follow_up", "source", "earlier", "parameters", "central"
    ]
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidenceShare:
    """How many deciding facts have each state of evidence: grade words, then `none` for no evidence at all."""

    grade: str
    facts: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose assessment it is."""

    name: str
    place: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """All of one run. Same inputs and as-of date: the same content, byte for byte in JSON.

    Attributes:
        schema: `sovercheck/assessment/v1`.
        organisation: whose.
        as_of: "today" for laws, ownership, waivers and ages.
        version: of sovercheck.
        languages: of the reports, the first being the main one.
        inputs: everything that went in, with hashes.
        parameters: what the configuration set, `rule.name` → value.
        coverage: what was looked at.
        gaps: what could not be read, numbered from 0 as evidence numbers them.
        notes: what was assumed while reading.
        provenance: sources of evidence, by index.
        rules: as applied, in order of policy and id.
        laws: those that a rule looks at.
        systems: listed ones first, then by name.
        territory: volumes by place and kind of copy, all systems together.
        sensitive_territory: the same for sensitive and health data only (unknown class apart, in `territory`).
        shares: the share rules' variants.
        keys: who holds the keys of the copies of sensitive and health data, or of all where none is known to be.
        findings: every failing, unknown and waived one, the gravest first.
        evidence: of the deciding facts of all findings, by grade.
        waivers: and what became of them.
        names: `table/id` → the name to show, for every subject that a finding or a path names and that has one.
        contradictions: the facts on which sources exclude each other, in order of subject.
        packed: name of the packed verdict table's file, beside the assessment; None if it was not written.
    """

    organisation: Organisation
    as_of: str
    version: str
    inputs: tuple[Input, ...]
    parameters: dict[str, str]
    coverage: Coverage
    gaps: tuple[GapView, ...]
    notes: tuple[NoteView, ...]
    provenance: tuple[Provenance, ...]
    rules: tuple[RuleResult, ...]
    laws: tuple[LawView, ...]
    systems: tuple[SystemView, ...]
    territory: tuple[PlaceVolume, ...]
    sensitive_territory: tuple[PlaceVolume, ...]
    shares: tuple[Share, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[EvidenceShare, ...]
    waivers: tuple[WaiverView, ...]
    names: dict[str, str]
    languages: tuple[Lang, ...] = ("fr",)
    keys: tuple[KeyHolding, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    packed: str | None = None
    schema: str = field(default=SCHEMA)


def established(inherent: tuple[str, str], residual: tuple[str, str]) -> tuple[str, str]:
    """The ends of an exposure to tell: a mitigation counts once it is shown.

    What is exposed without mitigation, and may be with it, is told as exposed; what is left otherwise is told as left.
    """
    return inherent if inherent[0] == inherent[1] == residual[1] else residual


WORDING: Mapping[str, tuple[str, str]] = types.MappingProxyType(
    {
        "statute": ("compliant", "non_compliant"),
        "regulation": ("compliant", "non_compliant"),
        "foreign-law": ("none_known", "exposed"),
        "target": ("target_met", "target_missed"),
        "policy": ("no_deviation", "deviation"),
        "framework": ("no_deviation", "deviation"),
        "practice": ("no_deviation", "deviation"),
    }
)
"""Basis → the words of its pass and of its fail; sentences in the catalogues as `verdict.<word>`."""


def wording(rule: RuleResult, verdict: str, weakest: str | None, *, legal_reference: bool = True) -> str:
    """The catalogue key of the words for a verdict: `verdict.<word>`.

    Press alone never yields *conforme* or *non conforme*: the words are then those of a deviation, « selon la presse »,
    `verdict.<word>.reported`. A finding whose legal reference was dropped speaks as a practice does.
    """
    if verdict in ("unknown", "not_applicable", "waived"):
        return f"verdict.{verdict}"
    basis: str = rule.basis if legal_reference else "practice"
    reported = weakest == "reported"
    if reported and basis in ("statute", "regulation"):
        basis = "practice"
    word = WORDING[basis][0 if verdict == "pass" else 1]
    return f"verdict.{word}.reported" if reported else f"verdict.{word}"
