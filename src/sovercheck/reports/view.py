"""The words of one assessment in one language: names, facts, verdicts and articles, as the HTML report says them.

Everything that repeats over thousands of rows is said once and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from sovercheck.findings import (
    SEVERITIES,
    Assessment,
    DecidingFact,
    Finding,
    Provenance,
    RuleResult,
    SystemView,
    TextRead,
    wording,
)
from sovercheck.inventory.evidence import GRADE_WORDS, Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.reports.base import FollowUp, Options, disputed, finding_key, given
from sovercheck.reports.language import Language

FACTS_SHOWN = 4
"""Deciding facts that a line of a table shows; the JSON file has them all."""

HOME = "CA-QC"
"""Québec's duties start at its border, not at Canada's."""

_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of text."""

PRESS = Grade.REPORTED.word
"""The grade of what only the press says."""

_SHAPES = {
    "compliant": "pass",
    "none_known": "pass",
    "target_met": "pass",
    "no_deviation": "pass",
    "non_compliant": "fail",
    "exposed": "exp",
    "deviation": "gap",
    "target_missed": "gap",
    "unknown": "unk",
    "not_applicable": "na",
    "waived": "wai",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict as shape, word and colour, so that none of them is needed to read the other two.

    Attributes:
        shape: pass, fail, exp, gap, unk, na, wai; also its CSS class.
        text: the words.
        hollow: the shape is only outlined: the press alone says so, or it is only possible.
    """

    shape: str
    text: str
    hollow: bool = False

    def __html__(self) -> str:
        return _mark(self.shape, self.text, self.hollow)


@cache
def _mark(shape: str, text: str, hollow: bool) -> str:  # noqa: FBT001 - a cache key
    symbol = f"{shape}-o" if hollow else shape
    return Markup('<span class="v {}"><svg aria-hidden="true"><use href="#s-{}"/></svg>{}</span>').format(
        shape, symbol, text
    )


def shown(text: str) -> str:
    """A text from outside without what a page must not hold."""
    return text if text.isprintable() else _UNSHOWN.sub("\ufffd", text)


def link(url: str | None) -> str | None:
    """An address that a reader may follow; a policy's own file may hold anything."""
    return url if url is not None and url.startswith(("https://", "http://")) else None


@dataclass(frozen=True, slots=True)
class FactLine:
    """A deciding fact as a line: « le lieu de la copie : Ontario », and what shows it."""

    name: str
    value: str
    known: bool
    grade: str
    source: str
    of: str


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing: what to ask, of whom, and what evidence settles it."""

    fact: str
    question: str
    who: str
    settler: str
    accepted: str
    about: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Subject:
    """One finding as a line of a list: the subject, and why.

    Attributes:
        mark: its verdict in words.
        table: what kind of subject, in words.
        name: as people know it.
        id: shown small, for engineers; empty if it is the name.
        systems: names of the systems it belongs to.
        facts: those that decided, the missing ones first where the finding is unknown; at most
            `FACTS_SHOWN`.
        more_facts: how many others, in words.
        reason: of an unknown, in words.
        notes: what is particular about this finding: late facts, a waiver, a regularisation.
        follow_up: what a person wrote about it.
    """

    mark: Mark
    table: str
    name: str
    id: str
    systems: str
    facts: tuple[FactLine, ...]
    more_facts: str
    reason: str
    notes: tuple[str, ...]
    follow_up: str


class View:
    """What every part of the report needs to speak of an assessment.

    Args:
        assessment: what is reported.
        options: in which language, and with which follow-up.
    """

    def __init__(self, assessment: Assessment, options: Options) -> None:
        self.assessment = assessment
        self.options = options
        self.say = Language(options.lang)
        self.rules: dict[str, RuleResult] = {rule.id: rule for rule in assessment.rules}
        self.systems: dict[str, SystemView] = {system.id: system for system in assessment.systems}
        self.waivers = {waiver.id: waiver for waiver in assessment.waivers}
        self.laws = {law.id: law for law in assessment.laws}
        self.rank = {rule.id: SEVERITIES.index(rule.severity) for rule in assessment.rules}
        self.of_system: dict[str, list[Finding]] = {}
        self.of_rule: dict[str, list[Finding]] = {}
        for finding in assessment.findings:
            self.of_rule.setdefault(finding.rule, []).append(finding)
            for system in finding.systems:
                self.of_system.setdefault(system, []).append(finding)
        self._given = given(assessment)
        self._values: dict[tuple[object, ...], str] = {}
        self._sources: dict[int | None, str] = {}
        self._marks: dict[tuple[str, str, str | None, bool], Mark] = {}
        self._tables: dict[str, str] = {}
        self._anchors = {system.id: f"systeme-{number}" for number, system in enumerate(assessment.systems, 1)}
        self._rule_anchors = {rule.id: f"regle-{number}" for number, rule in enumerate(assessment.rules, 1)}

    def t(self, key: str, /, **params: object) -> str:
        """A sentence of this report: `html.<key>`."""
        return self.say.text(f"html.{key}", **params)

    def number(self, value: int) -> str:
        """A whole number."""
        return self.say.number(value, digits=0)

    def many(self, key: str, n: int, **params: object) -> str:
        """A sentence in which a number decides, with the number written as the language wants it (`count`)."""
        return self.t(key, n=n, count=self.number(n), **params)

    # Names

    def name(self, table: str, id_: str) -> str:
        """As people know a subject; its id where nothing else is known."""
        found = self.assessment.names.get(f"{table}/{id_}")
        if found is not None:
            return found
        if not id_:
            return self.assessment.organisation.name
        if id_ in self.systems:  # of a link to a system too, such as its EFVP
            return self.systems[id_].name
        if table == "estate":
            return self.assessment.organisation.name
        return id_

    def system_anchor(self, id_: str) -> str:
        """Where a system stands in the report."""
        return self._anchors[id_]

    def rule_anchor(self, id_: str) -> str:
        """Where a rule stands in the report."""
        return self._rule_anchors[id_]

    def table(self, table: str) -> str:
        """A kind of subject in words."""
        if table not in self._tables:
            self._tables[table] = self.say.word("table", table)
        return self._tables[table]

    # Verdicts

    def mark(self, rule: RuleResult, verdict: str, weakest: str | None, *, legal_reference: bool = True) -> Mark:
        """The words, shape and colour of a verdict."""
        key = (rule.basis, verdict, weakest, legal_reference)
        if key not in self._marks:
            words = wording(rule, verdict, weakest, legal_reference=legal_reference)
            word = words.split(".")[1]
            self._marks[key] = Mark(_SHAPES[word], self.say.text(words), words.endswith(".reported"))
        return self._marks[key]

    def finding_mark(self, finding: Finding) -> Mark:
        """The same of a finding."""
        verdict = "waived" if finding.waiver is not None else finding.verdict
        rule = self.rules[finding.rule]
        return self.mark(rule, verdict, finding.weakest, legal_reference=finding.legal_reference)

    def level_mark(self, low: str, high: str) -> Mark:
        """An exposure as a mark."""
        if low != high:
            return Mark("unk", self.say.text("verdict.unknown"))
        shape = "pass" if low == "none_known" else "exp"
        return Mark(shape, self.say.word("level", low), hollow=low == "possible")

    # Facts

    def value(self, fact: DecidingFact) -> str:
        """A fact's value in words."""
        key = (fact.fact, fact.state, fact.value, fact.high, fact.open)
        if key not in self._values:
            said = self.say.value(fact)
            if fact.state == "weak":
                said = self.t("fact.weak", value=said)
            self._values[key] = said
        return self._values[key]

    def grade(self, provenance: int | None) -> str:
        """The grade of a fact's evidence in words; empty if there is none."""
        return "" if provenance is None else self.say.grade(self.assessment.provenance[provenance].grade)

    def source(self, provenance: int | None) -> str:
        """Who or what says so, when, and where to find it again; empty if nobody does."""
        if provenance not in self._sources:
            self._sources[provenance] = "" if provenance is None else self._source(provenance)
        return self._sources[provenance]

    def _source(self, provenance: int) -> str:
        evidence: Provenance = self.assessment.provenance[provenance]
        parts = [evidence.source, self.say.date(evidence.date) if evidence.date else "", evidence.locator or ""]
        return ", ".join(part for part in (*parts, evidence.note or "") if part)

    def fact_line(self, fact: DecidingFact) -> FactLine:
        """A deciding fact as a line."""
        return FactLine(
            name=self.say.fact(fact.fact),
            value=self.value(fact),
            known=fact.state in ("known", "none"),
            grade=self.grade(fact.provenance),
            source=self.source(fact.provenance),
            of=self.name(fact.fact.partition(".")[0], fact.of),
        )

    def subject(self, finding: Finding) -> Subject:
        """A finding as a line of a list."""
        name = self.name(finding.subject, finding.id)
        facts = sorted(finding.facts, key=lambda fact: finding.reason is not None and fact.state in ("known", "none"))
        more = len(facts) - FACTS_SHOWN
        return Subject(
            mark=self.finding_mark(finding),
            table=self.table(finding.subject),
            name=name,
            id="" if name == finding.id else finding.id,
            systems=", ".join(self.name("system", system) for system in finding.systems),
            facts=tuple(self.fact_line(fact) for fact in (*facts[:FACTS_SHOWN], *self.disputed(finding))),
            more_facts=self.many("finding.more_facts", more) if more > 0 else "",
            reason=self.say.reason(finding.reason) if finding.reason else "",
            notes=tuple(self._notes(finding)),
            follow_up=self._follow_up(finding),
        )

    def disputed(self, finding: Finding) -> tuple[DecidingFact, ...]:
        """What each source says where a finding is about their disagreement."""
        return disputed(self._given, finding)

    def _notes(self, finding: Finding) -> Iterable[str]:
        if finding.late_facts:
            yield self.t("finding.late", facts=self.say.enumeration(self.say.fact(f) for f in finding.late_facts))
        if not finding.legal_reference:
            yield self.t("finding.no_legal_reference")
        for id_, key in ((finding.waiver, "finding.waived"), (finding.remedied, "finding.remedied")):
            waiver = self.waivers.get(id_) if id_ is not None else None
            if waiver is not None:
                yield self.t(key, by=waiver.approved_by, date=self.say.date(waiver.expires_on), reason=waiver.reason)

    def _follow_up(self, finding: Finding) -> str:
        if not self.options.follow_up:
            return ""
        written = self.options.follow_up.get(finding_key(finding), FollowUp())
        state = self.say.word("follow_up", written.state) if written.state else ""
        due = self.t("finding.due", date=self.say.date(written.due)) if written.due else ""
        return ", ".join(part for part in (state, written.person, due, written.comment) if part)

    def questions(self, findings: Iterable[Finding], *, about: int = 3) -> list[Question]:
        """What is missing in findings, one question a fact, with the subjects it is asked about."""
        asked: dict[str, dict[str, None]] = {}
        for finding in findings:
            if finding.verdict == "unknown":
                for fact in finding.facts:
                    if fact.state not in ("known", "none"):
                        of = self.name(fact.fact.partition(".")[0], fact.of)
                        asked.setdefault(fact.fact, {})[of] = None
        return [self.question(fact, tuple(subjects), about) for fact, subjects in asked.items()]

    def question(self, fact: str, subjects: tuple[str, ...] = (), about: int = 3) -> Question:
        """The question that settles a fact."""
        known = FACTS.get(fact)
        settler = known.settled_by if known else "operations"
        return Question(
            fact=self.say.fact(fact),
            question=self.say.question(fact),
            who=self.say.word("settler", settler),
            settler=settler,
            accepted=self.say.grade(known.accepted.word) if known else "",
            about=subjects[:about],
            more=max(0, len(subjects) - about),
        )

    # Articles

    def text_read(self, text: TextRead) -> str:
        """Which wording of an article was read: « Texte lu dans sa version du 15 novembre 2024 … »."""
        if text.grade == "memory" or text.read_on is None:
            return self.t("text.memory")
        grade, read_on = self.say.word("text_grade", text.grade), self.say.date(text.read_on)
        if text.version is None:
            return self.t("text.undated", grade=grade, read_on=read_on)
        key = "text.version_day" if len(text.version) == 10 else "text.version"
        return self.t(key, version=self.say.date(text.version), grade=grade, read_on=read_on)

    def in_force(self, start: str | None, end: str | None) -> str:
        """« en vigueur depuis le 23 mars 2018 »."""
        if end is not None:
            since = self.say.date(start) if start is not None else self.t("force.unknown_day")
            return self.t("force.between", start=since, end=self.say.date(end))
        if start is None:
            return self.t("force.no_date")
        later = start > self.assessment.as_of
        return self.t("force.later" if later else "force.from", date=self.say.date(start))

    def weakest_grade(self, grades: Iterable[str]) -> str | None:
        """The weakest of some grades."""
        return max(grades, key=GRADE_WORDS.index, default=None)
