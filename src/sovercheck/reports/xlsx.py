"""The workbook: findings to sort, filter and follow up, then systems, rules, gaps and what it was made from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import BinaryIO

from sovercheck.findings import (
    Assessment,
    DecidingFact,
    Exposure,
    Finding,
    GapView,
    Input,
    InvolvedParty,
    PlaceVolume,
    Provenance,
    ReadingLine,
    RuleResult,
    SystemView,
    UntiedResource,
)
from sovercheck.inventory.facts import FACTS
from sovercheck.reports.base import FollowUp, Options, disputed, finding_key, given, open_facts, subject_name
from sovercheck.reports.follow_up import read_follow_up
from sovercheck.reports.language import Language
from sovercheck.reports.readings import EVERY
from sovercheck.reports.workbook import Book, Cell, encodable

__all__ = ["read_follow_up", "render"]

MANY = 50_000
"""Findings above which rows go to disk as they are written; below, sharing equal texts is twice as fast and smaller."""

_FOLLOW_UP_COLUMNS = (("person", 22), ("due", 13), ("state", 14), ("comment", 44))
_FINDINGS = (
    ("verdict", 17),
    ("severity", 12),
    ("rule", 44),
    ("system", 26),
    ("subject", 13),
    ("name", 34),
    ("id", 30),
    ("basis", 15),
    ("article", 34),
    ("known", 48),
    ("missing", 44),
    ("settler", 26),
    ("evidence", 14),
    ("sources", 36),
    ("remediation", 54),
    ("remarks", 36),
    *_FOLLOW_UP_COLUMNS,
)
_ORPHANS = (("rule", 44), ("subject", 13), ("id", 50), *_FOLLOW_UP_COLUMNS)
_SYSTEMS = (
    ("name", 34),
    ("id", 22),
    ("purpose", 34),
    ("data_class", 14),
    ("status", 14),
    ("reach", 20),
    ("resources", 12),
    ("places", 48),
    ("parties", 44),
    ("exposures", 48),
    ("failing", 12),
    ("open", 12),
    ("evidence", 14),
)
_RULES = (
    ("rule", 50),
    ("id", 34),
    ("policy", 18),
    ("severity", 12),
    ("basis", 15),
    ("article", 40),
    ("address", 44),
    ("in_force", 34),
    ("text_read", 40),
    ("statement", 60),
    ("passed", 11),
    ("failed", 11),
    ("unknown", 11),
    ("not_applicable", 11),
    ("waived", 11),
    ("remediation", 54),
)
_UNTIED = (
    ("name", 34),
    ("id", 44),
    ("kind", 24),
    ("place", 26),
    ("size", 24),
    ("account", 24),
)
_GAPS = (
    ("source", 30),
    ("reason", 24),
    ("subject", 14),
    ("id", 34),
    ("facts", 40),
    ("scope", 34),
    ("needs", 40),
    ("detail", 44),
)
_READINGS = (
    ("source", 26),
    ("account", 38),
    ("service", 26),
    ("kinds", 40),
    ("outcome", 26),
    ("regions", 40),
    ("listings", 11),
    ("resources", 12),
    ("reading_gaps", 14),
    ("needs", 44),
    ("reading_detail", 50),
)


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the workbook; the follow-up of `options` stands beside its findings, none of it is lost."""
    import xlsxwriter  # type: ignore[import-untyped]

    made = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": len(assessment.findings) > MANY,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    made.set_properties(
        {
            "title": encodable(f"{assessment.organisation.name[:200]}, {assessment.as_of}"),
            "comments": f"sovercheck {assessment.version}",
            # The hour of making would change the bytes.
            "created": datetime.fromisoformat(assessment.as_of),
        }
    )
    book = Book(made, Language(options.lang))
    rows = _Rows(assessment, book.language)
    findings = {finding_key(finding): finding for finding in assessment.findings}
    follow_up = options.follow_up
    written = book.table(
        "findings",
        _FINDINGS,
        ((key, (*rows.finding(finding), *_written(follow_up.get(key), book))) for key, finding in findings.items()),
        len(assessment.findings),
    )
    shown = set(islice(findings, written))
    orphans = sorted(key for key in follow_up if key not in shown)
    book.table(
        "systems", _SYSTEMS, ((None, rows.system(system)) for system in assessment.systems), len(assessment.systems)
    )
    book.table("rules", _RULES, ((None, rows.rule(rule)) for rule in assessment.rules), len(assessment.rules))
    book.table("gaps", _GAPS, ((None, rows.gap(gap)) for gap in assessment.gaps), len(assessment.gaps))
    readings = assessment.coverage.readings
    if readings:
        book.table("readings", _READINGS, ((None, rows.reading(line)) for line in readings), len(readings))
    untied = assessment.coverage.untied
    if untied:
        total = assessment.coverage.untied_resources
        book.table("untied", _UNTIED, ((None, rows.untied(resource)) for resource in untied), total)
    if orphans:
        book.table(
            "orphans",
            _ORPHANS,
            ((key, (*rows.orphan(key), *_written(follow_up[key], book))) for key in orphans),
            len(orphans),
        )
    book.lines("about", _about(assessment, book))
    made.close()


def _written(follow_up: FollowUp | None, book: Book) -> tuple[Cell, ...]:
    if follow_up is None:
        return (None, None, None, None)
    due: Cell = follow_up.due
    with contextlib.suppress(ValueError):
        due = date.fromisoformat(follow_up.due)
    state = book.language.word("follow_up", follow_up.state) if follow_up.state else None
    return (follow_up.person, due, state, follow_up.comment)


def _about(assessment: Assessment, book: Book) -> Iterator[tuple[str, str]]:
    """Whose assessment, of which day, from which inputs, and what the other sheets left out."""
    said = book.language
    yield said.text("xlsx.about.organisation"), assessment.organisation.name
    yield said.text("xlsx.about.as_of"), said.date(assessment.as_of)
    yield said.text("xlsx.about.version"), f"sovercheck {assessment.version}"
    for name, items in (
        ("findings", assessment.findings),
        ("systems", assessment.systems),
        ("rules", assessment.rules),
        ("gaps", assessment.gaps),
        *((("readings", assessment.coverage.readings),) if assessment.coverage.readings else ()),
    ):
        yield said.text(f"xlsx.sheet.{name}"), said.number(len(items))
    for sentence in book.left_out:
        yield said.text("xlsx.about.left_out"), sentence
    yield said.text("xlsx.about.follow_up"), said.text("xlsx.about.follow_up_how")
    yield said.text("xlsx.about.limits"), said.text("xlsx.about.limits_text")
    for item in assessment.inputs:
        yield _input_line(item, said)
    for name, value in assessment.parameters.items():
        yield f"{said.text('xlsx.about.parameter')} {name}", value


def _input_line(item: Input, said: Language) -> tuple[str, str]:
    return said.pair(said.word("input", item.kind), item.name), f"SHA-256 {item.sha256}"


class _Rows:
    """The cells of each row; what many rows say alike is said once."""

    def __init__(self, assessment: Assessment, language: Language) -> None:
        self.assessment = assessment
        self.said = language
        self.rules = {rule.id: rule for rule in assessment.rules}
        self.systems = {system.id: system.name for system in assessment.systems}
        self.given = given(assessment)
        self.rule_cells = cache(self._rule_cells)
        self.fact = cache(self._fact)
        self.source = cache(self._source)
        self.open_by_system: dict[str, list[int]] = {}
        for finding in assessment.findings:
            if finding.waiver is None:
                for system in finding.systems:
                    self.open_by_system.setdefault(system, [0, 0])[finding.verdict == "unknown"] += 1

    def finding(self, finding: Finding) -> tuple[Cell, ...]:
        """The cells of « Constats », up to the follow-up."""
        said, rule = self.said, self.rules[finding.rule]
        severity, title, basis, article, remediation = self.rule_cells(rule.id)
        known = [fact for fact in finding.facts if fact.state in ("known", "none", "weak")]
        missing = open_facts(self.assessment, finding) if finding.verdict == "unknown" else []
        settlers = dict.fromkeys(said.settler(FACTS[fact.fact].settled_by) for fact in missing if fact.fact in FACTS)
        if finding.reason == "legal":
            settlers[said.settler("legal")] = None
        sources = dict.fromkeys(self.source(fact.provenance) for fact in known if fact.provenance is not None)
        reason = f"{said.reason(finding.reason)}\n" if finding.reason is not None else ""
        return (
            said.finding(rule, finding),
            severity,
            title,
            "; ".join(self.systems.get(system, system) for system in finding.systems),
            said.subject(finding.subject),
            subject_name(self.assessment, finding.subject, finding.id),
            finding.id,
            basis,
            article if finding.legal_reference else said.text("xlsx.no_legal_reference"),
            "\n".join([self.fact(fact) for fact in (*known, *disputed(self.given, finding))]),
            (reason + "\n".join([said.fact(fact.fact) for fact in missing])).rstrip() if reason or missing else "",
            "; ".join(settlers),
            said.grade(finding.weakest),
            "\n".join(sources),
            remediation,
            self._remarks(finding),
        )

    def _remarks(self, finding: Finding) -> str:
        said = self.said
        remarks = []
        if finding.waiver is not None:
            remarks.append(said.text("xlsx.waiver", id=finding.waiver))
        if finding.remedied is not None:
            remarks.append(said.text("xlsx.remedied", id=finding.remedied))
        if finding.late_facts:
            facts = said.enumeration(said.fact(fact) for fact in finding.late_facts)
            remarks.append(said.text("xlsx.late_facts", facts=facts))
        return "\n".join(remarks)

    def _rule_cells(self, identifier: str) -> tuple[str, str, str, str, str]:
        said, rule = self.said, self.rules[identifier]
        return (
            said.severity(rule.severity),
            said.says(rule.title),
            said.basis(rule.basis),
            said.says(rule.cite),
            said.says(rule.remediation),
        )

    def _fact(self, fact: DecidingFact) -> str:
        said = self.said
        evidence = f" ({said.grade(self._grade(fact))})" if fact.provenance is not None else ""
        return said.pair(said.fact(fact.fact), f"{said.value(fact)}{evidence}")

    def _grade(self, fact: DecidingFact) -> str | None:
        return None if fact.provenance is None else self.assessment.provenance[fact.provenance].grade

    def _source(self, index: int) -> str:
        return _said_source(self.assessment.provenance[index], self.said)

    def system(self, system: SystemView) -> tuple[Cell, ...]:
        """The cells of « Systèmes »."""
        said = self.said
        places = [self._place(volume) for volume in system.places]
        parties = [self._party(party) for party in system.parties]
        failing, unknown = self.open_by_system.get(system.id, (0, 0))
        return (
            system.name,
            system.id,
            system.purpose,
            said.word("value", system.data_class),
            said.word("value", system.status),
            said.text(f"xlsx.reach.{system.reach}"),
            system.resources,
            "\n".join([*places, *([said.text("xlsx.places_open")] if system.places_open else [])]),
            "\n".join([*parties, *([said.text("xlsx.parties_open")] if system.parties_open else [])]),
            "\n".join(self._exposure(exposure) for exposure in system.exposures),
            failing,
            unknown,
            said.grade(system.weakest),
        )

    def _place(self, volume: PlaceVolume) -> str:
        said = self.said
        kind = said.word("value", volume.kind)
        size = said.volume(volume.bytes_low, volume.bytes_high)
        copies = said.text("xlsx.copies", n=volume.copies, count=said.number(volume.copies))
        return said.pair(said.place(volume.place), f"{kind}, {copies}, {size}")

    def _party(self, party: InvolvedParty) -> str:
        said = self.said
        what = f"{said.role(party.role)}, {said.access(party.access)}"
        return said.pair(f"{party.name} ({said.place(party.place)})", what)

    def _exposure(self, exposure: Exposure) -> str:
        said = self.said
        law = next((said.says(law.name) for law in self.assessment.laws if law.id == exposure.law), exposure.law)
        return said.pair(law, said.exposure(*exposure.residual))

    def rule(self, rule: RuleResult) -> tuple[Cell, ...]:
        """The cells of « Règles »."""
        said, counts = self.said, rule.counts
        return (
            said.says(rule.title),
            rule.id,
            rule.policy,
            said.severity(rule.severity),
            said.basis(rule.basis),
            said.says(rule.cite),
            rule.url,
            self._in_force(rule),
            f"{said.word('text_grade', rule.text.grade)}; {self._text_read(rule)}",
            said.says(rule.statement),
            counts.passed,
            counts.failed,
            counts.unknown,
            counts.not_applicable,
            counts.waived,
            said.says(rule.remediation),
        )

    def _text_read(self, rule: RuleResult) -> str:
        said = self.said
        return said.text(
            "xlsx.text_version", version=said.date(rule.text.version), read_on=said.date(rule.text.read_on)
        )

    def _in_force(self, rule: RuleResult) -> str:
        said = self.said
        period = said.text("xlsx.not_in_force")
        if rule.in_force_from is not None:
            key = "xlsx.in_force_since" if rule.in_force_to is None else "xlsx.in_force_between"
            period = said.text(key, since=said.date(rule.in_force_from), until=said.date(rule.in_force_to))
        return period if rule.applies else f"{period}; {said.text('xlsx.does_not_apply')}"

    def gap(self, gap: GapView) -> tuple[Cell, ...]:
        """The cells of « Lectures manquantes »."""
        said = self.said
        facts = [said.fact(f"{gap.table}.{short}") for short in gap.facts]
        return (
            gap.source,
            said.gap_reason(gap.reason),
            said.subject(gap.table),
            gap.id,
            "\n".join(facts),
            gap.scope,
            gap.needs,
            gap.detail,
        )

    def reading(self, line: ReadingLine) -> tuple[Cell, ...]:
        """The cells of « Couverture »."""
        return (
            line.source,
            line.account,
            self._every("services", (line.service,)),
            self._every("kinds", line.kinds),
            self.said.word("reading", line.status),
            self._every("regions", line.regions),
            line.listings,
            line.resources,
            line.gaps,
            line.needs,
            line.detail,
        )

    def _every(self, what: str, names: tuple[str, ...]) -> str:
        return ", ".join(self.said.text(f"html.readings.{what}.every") if name == EVERY else name for name in names)

    def untied(self, resource: UntiedResource) -> tuple[Cell, ...]:
        """The cells of « Ressources sans système »."""
        said = self.said
        return (
            resource.name,
            resource.id,
            resource.kind,
            said.place(resource.place),
            said.volume(resource.bytes_low, resource.bytes_high),
            resource.account,
        )

    def orphan(self, key: str) -> tuple[Cell, ...]:
        """What can still be said of a finding that is no more, from its key."""
        rule, subject, identifier = (*key.split("|", 2), "", "")[:3]
        title = self.said.says(self.rules[rule].title) if rule in self.rules else rule
        return (title, self.said.subject(subject), identifier)


def _said_source(provenance: Provenance, said: Language) -> str:
    parts = [provenance.source, said.date(provenance.date) if provenance.date else None, provenance.locator]
    return ", ".join(part for part in parts if part)
