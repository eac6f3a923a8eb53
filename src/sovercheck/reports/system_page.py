"""A system's section: how laws reach it, what is known and how, what is missing and who could say, its findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from sovercheck.findings import Exposure, ExposurePath, Finding, Step, SystemView, established
from sovercheck.reports import svg
from sovercheck.reports.first_page import system_note
from sovercheck.reports.view import PRESS, FactLine, Mark, Question, Subject, View, link

LISTED = 6
"""Subjects of one rule that a system's section lists; the rule's own table and the explorer have the others."""


DRAWN = 3
"""Paths that a system's section draws, the strongest; the table of laws stands for them all."""

_UNDECLARED = Step("", "", None, "supplies")
"""Who a path without a step stands for: a supplier that nobody has declared."""

_LEVELS = ("none_known", "possible", "exposed")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a path as a row of a table."""

    path: str
    party: str
    place: str
    link: str
    percent: str
    evidence: str


@dataclass(frozen=True, slots=True)
class PathView:
    """One way by which a law reaches the system: its picture, and what decides it."""

    picture: Markup
    kind: str
    level: Mark
    caption: str


@dataclass(frozen=True, slots=True)
class ExposureLine:
    """How one law reaches the system, as a row of a table."""

    law: str
    citation: str
    law_anchor: str
    residual: Mark
    change: str


@dataclass(frozen=True, slots=True)
class ExposureView:
    """How the laws reach the system: each law in a table, the strongest paths as pictures and as a table."""

    lines: tuple[ExposureLine, ...]
    paths: tuple[PathView, ...]
    steps: tuple[StepLine, ...]
    more: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one rule with the same words on one system."""

    mark: Mark
    title: str
    anchor: str
    severity: str
    basis_label: str
    cite: str
    url: str | None
    text_read: str
    subjects: tuple[Subject, ...]
    more: str
    exposure: str
    remediation: str
    legal_reference: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Copies of the system in one place."""

    place: str
    kind: str
    copies: str
    volume: str


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party's role on the system."""

    name: str
    place: str
    role: str
    access: str
    evidence: str


@dataclass(frozen=True, slots=True)
class SystemSection:
    """All that the report says of a system."""

    anchor: str
    name: str
    id: str
    purpose: str
    note: str
    status: str
    weakest: str
    exposure: ExposureView
    places: tuple[PlaceLine, ...]
    places_open: bool
    parties: tuple[PartyLine, ...]
    parties_open: bool
    known: tuple[FactLine, ...]
    questions: tuple[Question, ...]
    findings: tuple[FindingGroup, ...]
    waived: tuple[FindingGroup, ...]
    passes: tuple[tuple[Mark, str], ...]


def system_sections(view: View) -> tuple[SystemSection, ...]:
    """A section for each system that a declaration names; those of an inventory stand in the annex's table."""
    return tuple(_section(view, system) for system in view.assessment.systems if system.origin == "listed")


def _section(view: View, system: SystemView) -> SystemSection:
    findings = view.of_system.get(system.id, [])
    told = [f for f in findings if f.waiver is None and not _in_table(view, system, f)]
    say = view.say
    return SystemSection(
        anchor=view.system_anchor(system.id),
        name=system.name,
        id="" if system.name == system.id else system.id,
        purpose=system.purpose or "",
        note=system_note(view, system),
        status=say.word("value", system.status) if system.status else view.t("system.no_status"),
        weakest=say.grade(system.weakest),
        exposure=_exposures(view, system),
        places=tuple(
            PlaceLine(
                place=say.place(volume.place),
                kind=say.word("value", volume.kind) if volume.kind else view.t("copy.kind_unknown"),
                copies=view.number(volume.copies),
                volume=say.volume(volume.bytes_low, volume.bytes_high),
            )
            for volume in system.places
        ),
        places_open=system.places_open,
        parties=tuple(
            PartyLine(
                name=party.name,
                place=say.place(party.place),
                role=say.role(party.role) if party.role else view.t("party.no_role"),
                access=say.access(party.access),
                evidence=_evidence(view, party.provenance),
            )
            for party in system.parties
        ),
        parties_open=system.parties_open,
        known=tuple(view.fact_line(known.fact) for known in system.known),
        questions=tuple(_questions(view, system, findings)),
        findings=tuple(_groups(view, system, told)),
        waived=tuple(_groups(view, system, [f for f in findings if f.waiver is not None])),
        passes=tuple(_passes(view, system)),
    )


def _questions(view: View, system: SystemView, findings: Sequence[Finding]) -> Iterator[Question]:
    """What is missing; the system's own name is not repeated in its own section."""
    for question in view.questions(findings):
        yield replace(question, about=tuple(name for name in question.about if name != system.name))


def _in_table(view: View, system: SystemView, finding: Finding) -> bool:
    """Whether the table of laws says all of an open exposure: its law, its interval, its article."""
    law = view.rules[finding.rule].law
    return finding.verdict == "unknown" and law is not None and any(e.law == law for e in system.exposures)


def _passes(view: View, system: SystemView) -> Iterator[tuple[Mark, str]]:
    for id_, verdict in system.verdicts.items():
        rule = view.rules.get(id_)
        if rule is not None and verdict == "pass":
            yield view.mark(rule, "pass", rule.weakest_pass), view.say.says(rule.title)


def _groups(view: View, system: SystemView, findings: Sequence[Finding]) -> Iterator[FindingGroup]:
    groups: dict[tuple[str, Mark, bool], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, view.finding_mark(finding), finding.legal_reference), []).append(finding)
    exposures = {exposure.law: exposure for exposure in system.exposures}
    for (id_, mark, legal_reference), members in groups.items():
        rule = view.rules[id_]
        exposure = exposures.get(rule.law) if rule.law else None
        more = len(members) - LISTED
        yield FindingGroup(
            mark=mark,
            title=view.say.says(rule.title),
            anchor=view.rule_anchor(id_),
            severity=view.say.severity(rule.severity),
            basis_label=view.t(f"basis.{rule.basis}"),
            cite=view.say.says(rule.cite),
            url=link(rule.url),
            text_read=view.text_read(rule.text),
            subjects=tuple(view.subject(finding) for finding in members[:LISTED]),
            more=view.many("finding.more", more) if more > 0 else "",
            exposure=_change(view, exposure) if exposure else "",
            remediation=view.say.says(rule.remediation),
            legal_reference=legal_reference,
        )


def _change(view: View, exposure: Exposure) -> str:
    if exposure.inherent == exposure.residual:
        level = view.say.exposure(*exposure.inherent)
        return view.t("exposure.unchanged", level=level, keys=_keys(view, exposure))
    return view.t(
        "exposure.change",
        inherent=view.say.exposure(*exposure.inherent),
        residual=view.say.exposure(*exposure.residual),
        keys=_keys(view, exposure),
    )


def _residual(view: View, system: SystemView, exposure: Exposure) -> Mark:
    """The exposure in words; those of its finding where the press alone shows it."""
    for finding in view.of_system.get(system.id, ()):
        if view.rules[finding.rule].law == exposure.law and finding.verdict == "fail" and finding.weakest == PRESS:
            return view.finding_mark(finding)
    return view.level_mark(*established(exposure.inherent, exposure.residual))


def _keys(view: View, exposure: Exposure) -> str:
    if exposure.key_grades is None:
        return view.t("exposure.keys_unknown")
    low, high = exposure.key_grades
    if low == high:
        return view.t("exposure.keys", grade=view.say.word("value", low))
    return view.t("exposure.keys_between", low=low, high=high)


def _exposures(view: View, system: SystemView) -> ExposureView:
    """The laws that reach the system most come first; a path that several laws take is drawn once."""
    exposures = sorted(system.exposures, key=lambda exposure: _strength(*exposure.residual))
    drawn: dict[tuple[object, ...], tuple[str, ExposurePath]] = {}
    others = sum(exposure.more_paths for exposure in exposures)
    for exposure in exposures:
        for path in exposure.paths:
            chain = (path.hypothetical, *((step.party, step.link) for step in path.steps))
            drawn.setdefault(chain, (exposure.law, path))
    ordered = sorted(
        drawn.values(), key=lambda pair: (pair[1].hypothetical, _strength(pair[1].residual_low, pair[1].residual_high))
    )
    others += sum(len(exposure.paths) for exposure in exposures) - len(ordered[:DRAWN])
    paths = [path for _, path in ordered[:DRAWN]]
    return ExposureView(
        lines=tuple(_exposure_line(view, system, exposure) for exposure in exposures),
        paths=tuple(
            _path(view, system, path, _law_name(view, law), f"{view.system_anchor(system.id)}-{number}", number)
            for number, (law, path) in enumerate(ordered[:DRAWN], 1)
        ),
        steps=tuple(
            line
            for number, path in enumerate(paths, 1)
            for line in _step_lines(view, path, view.t("path.number", n=number))
        ),
        more=view.many("exposure.more", others) if others > 0 else "",
    )


def _strength(low: str, high: str) -> tuple[int, int]:
    """The strongest first: by what is established, then by what is possible."""
    return -_LEVELS.index(low), -_LEVELS.index(high)


def _law_name(view: View, id_: str) -> str:
    law = view.laws.get(id_)
    return view.say.says(law.name) if law else id_


def _exposure_line(view: View, system: SystemView, exposure: Exposure) -> ExposureLine:
    law = view.laws.get(exposure.law)
    return ExposureLine(
        law=_law_name(view, exposure.law),
        citation=view.say.says(law.citation) if law else "",
        law_anchor=f"loi-{exposure.law}" if law else "",
        residual=_residual(view, system, exposure),
        change=_change(view, exposure),
    )


def _party(view: View, path: ExposurePath, step: Step) -> str:
    hidden = path.hypothetical and step.place is None and step.provenance is None
    return view.t("path.undeclared_party") if hidden else step.name


def _step_lines(view: View, path: ExposurePath, number: str) -> Iterator[StepLine]:
    for step in path.steps or (_UNDECLARED,):
        yield StepLine(
            path=number,
            party=_party(view, path, step),
            place=view.say.place(step.place),
            link=view.say.word("link", step.link),
            percent=_percent(view, step),
            evidence=view.t("path.not_shown")
            if path.hypothetical and step.provenance is None
            else _evidence(view, step.provenance),
        )


def _percent(view: View, step: Step) -> str:
    if step.link != "owned_by":
        return "–"
    return view.say.percent(step.percent) if step.percent is not None else view.t("path.percent_unknown")


def _evidence(view: View, provenance: int | None) -> str:
    if provenance is None:
        return view.say.grade(None)
    return f"{view.grade(provenance)} · {view.source(provenance)}"


def _path(view: View, system: SystemView, path: ExposurePath, law: str, anchor: str, number: int) -> PathView:
    boxes = [svg.Box(system.name, view.t("path.system"))]
    arrows, told = [], []
    for step in path.steps or (_UNDECLARED,):
        party, place, link = _party(view, path, step), view.say.place(step.place), view.say.word("link", step.link)
        dashed = step.provenance is None
        boxes.append(svg.Box(party, place, "dashed" if dashed else "plain"))
        percent = _percent(view, step)
        below = [percent] if step.link == "owned_by" and step.percent is not None else []
        below.append(
            view.t("path.hypothetical") if path.hypothetical and dashed else view.say.grade(_grade(view, step))
        )
        arrows.append(svg.Arrow(link, tuple(below), dashed))
        told.append(view.t("path.step", link=link, party=party, place=place))
    told_low, told_high = established((path.low, path.high), (path.residual_low, path.residual_high))
    is_open = told_low != told_high
    style = "open" if is_open else {"exposed": "exposed", "possible": "possible"}.get(told_low, "plain")
    level = view.say.exposure(told_low, told_high)
    boxes.append(svg.Box(law, view.say.text("verdict.unknown") if is_open else level, style))
    arrows.append(svg.Arrow(view.t("path.subject_to"), (), is_open or path.hypothetical))
    title = view.t("path.title", system=system.name, steps=", ".join(told), law=law, level=level)
    low, high = path.access
    access = (
        view.say.access(low)
        if low == high
        else view.t("path.access_open", low=view.say.access(low), high=view.say.access(high))
    )
    caption = [view.t("path.access", access=access), view.t("path.nexus", nexus=view.say.word("nexus", path.nexus))]
    if path.decides is not None:
        question = view.question(path.decides[0])
        caption.append(view.t("path.decides", fact=question.fact, who=question.who))
    kind = view.t("path.kind", n=number, kind=view.say.word("path", path.kind))
    if path.hypothetical:
        kind = view.t("path.kind", n=number, kind=view.t("path.hypothetical_kind"))
    return PathView(
        picture=svg.path(f"{anchor}-t", title, boxes, arrows),
        kind=kind,
        level=view.level_mark(told_low, told_high),
        caption=" ".join(caption),
    )


def _grade(view: View, step: Step) -> str | None:
    return None if step.provenance is None else view.assessment.provenance[step.provenance].grade
