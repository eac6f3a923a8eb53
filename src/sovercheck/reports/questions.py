"""What is not known, as questions to a named supplier or to a kind of person: as a page to print, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sovercheck.findings import Assessment, DecidingFact, Finding, InvolvedParty, ReadingLine, RuleResult, SystemView
from sovercheck.inventory.evidence import GRADE_WORDS
from sovercheck.inventory.facts import FACTS, ROLES
from sovercheck.reports.base import Options, open_facts, subject_name
from sovercheck.reports.language import Language
from sovercheck.reports.ledger_page import kinds
from sovercheck.reports.markdown import escape_markdown
from sovercheck.reports.page import environment, page
from sovercheck.reports.readings import EVERY, Extent, Permission, extent, missing_permissions

MOST_NAMED = 20
"""Subjects that one question names; the workbook names them all."""

_REASONS = {"unknown": "no_answer", "known": "rough"}
"""State of a fact that is asked → why; the other states are reasons themselves."""

_PERMISSION = "permission|"

_ORDER = ("supplier", "procurement", "operations", "legal", "privacy_officer")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is asked about.

    Attributes:
        name: as people know it.
        id: shown small; empty if it is the name.
        system: name of the system it belongs to; empty if it is the system or belongs to none.
    """

    name: str
    id: str
    system: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A rule that the answer helps to settle, and on how many findings."""

    title: str
    cite: str
    findings: int
    count: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question, about one or many subjects.

    Attributes:
        asks: the question itself.
        why: why it is still open, in words.
        accepted: the evidence that settles it for good.
        needs: what would mend a reading that was refused.
        subjects: the first ones.
        total: how many there are in all, in words.
        more: how many are not named here, in words; empty if none.
        rules: that it helps to settle.
    """

    asks: str
    why: str
    accepted: str
    needs: str
    subjects: tuple[Subject, ...]
    total: str
    more: str
    rules: tuple[Pending, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The questions to one supplier, or to one kind of person of the organisation."""

    name: str
    is_supplier: bool
    questions: tuple[Question, ...]


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the questions as a page with boxes to tick and lines to answer on."""
    said = Language(options.lang)
    out.write(
        page(
            "questions",
            said=said,
            assessment=assessment,
            links=[(lang, href) for lang, href in options.links.items() if lang != options.lang],
            groups=question_groups(assessment, said),
        )
    )


def render_markdown(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the questions as Markdown; every text from the assessment is escaped."""
    said = Language(options.lang)
    template = environment(escaped=False).get_template("questions/questions.md")
    text = template.render(
        said=said, assessment=assessment, groups=question_groups(assessment, said), md=escape_markdown
    )
    out.write(text.encode("utf-8", "replace"))


def question_groups(assessment: Assessment, said: Language) -> tuple[Group, ...]:
    """Every open fact as a question, to the one who can settle it, and every missing permission; suppliers first."""
    asking = _Asking(assessment, said)
    for permission in missing_permissions(assessment):
        asking.add_permission(permission)
    for finding in assessment.findings:
        if finding.verdict == "unknown":
            asking.add(finding)
    return tuple(asking.groups())


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Who is asked: a kind of person, and of a supplier its name; None if no supplier is known."""

    settler: str
    name: str | None = None

    @property
    def rank(self) -> tuple[int, bool, str]:
        return (_ORDER.index(self.settler), self.name is None, (self.name or "").casefold())


@dataclass(slots=True)
class _Open:
    """A question being gathered."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    states: dict[str, None] = field(default_factory=dict)
    needs: dict[str, None] = field(default_factory=dict)
    accepted: int = 0


class _Asking:
    def __init__(self, assessment: Assessment, said: Language) -> None:
        self.assessment = assessment
        self.said = said
        self.rules: dict[str, RuleResult] = {rule.id: rule for rule in assessment.rules}
        self.systems: dict[str, SystemView] = {system.id: system for system in assessment.systems}
        # Thousands of gaps may say the same of a table: what mends them is kept once.
        self.needs: dict[tuple[str, str | None], dict[tuple[str, tuple[str, ...]], None]] = {}
        for gap in assessment.gaps:
            if gap.needs:
                self.needs.setdefault((gap.table, gap.id), {})[gap.needs, gap.facts] = None
        self.open: dict[_Recipient, dict[str, _Open]] = {}

    def add(self, finding: Finding) -> None:
        """The questions that would settle a finding."""
        missing = open_facts(self.assessment, finding)
        for fact in missing:
            for recipient in self._recipients(fact, finding):
                self._ask(recipient, fact.fact, fact.of, self._subject(fact, finding), finding, fact)
        if finding.reason == "legal" or not missing:
            name = subject_name(self.assessment, finding.subject, finding.id)
            subject = self._named(name, finding.id, finding)
            self._ask(_Recipient("legal"), f"legal|{finding.rule}", finding.id, subject, finding, None)

    def add_permission(self, permission: Permission) -> None:
        """The permission to grant, in each account that lacks it."""
        operations = self.open.setdefault(_Recipient("operations"), {})
        question = operations.setdefault(f"{_PERMISSION}{permission.name or ''}", _Open(states={"refused": None}))
        by_account: dict[str, list[ReadingLine]] = {}
        for line in permission.lines:
            by_account.setdefault(line.account, []).append(line)
        for account, lines in by_account.items():
            question.subjects[account] = Subject(account, "", self._extent(extent(lines)))
        for gap in permission.gaps:
            where = gap.scope or gap.source
            question.subjects.setdefault(where, Subject(where, "", ""))

    def _extent(self, reach: Extent) -> str:
        """« 17 régions; s3 (object_bucket) »."""
        said, count = self.said, len(reach.regions)
        if reach.regions == (EVERY,):
            regions = said.text("html.readings.regions.every")
        elif count > 1:
            regions = said.text("html.readings.regions", n=count, count=said.number(count))
        else:
            regions = reach.regions[0]
        return said.text("questions.permission_where", regions=regions, what=kinds(said, reach))

    def _ask(
        self,
        recipient: _Recipient,
        topic: str,
        identifier: str,
        subject: Subject,
        finding: Finding,
        fact: DecidingFact | None,
    ) -> None:
        question = self.open.setdefault(recipient, {}).setdefault(topic, _Open())
        question.subjects.setdefault(identifier, subject)
        question.rules[finding.rule] = question.rules.get(finding.rule, 0) + 1
        if fact is None:
            return
        question.states[fact.state] = None
        known = FACTS.get(fact.fact)
        grades = [known.accepted.word if known else None, self.rules[finding.rule].min_evidence]
        strengths = [len(GRADE_WORDS) - GRADE_WORDS.index(grade) for grade in grades if grade in GRADE_WORDS]
        question.accepted = max([question.accepted, *strengths])
        if fact.state == "refused":
            for need in self._needs(fact):
                question.needs[need] = None

    def _needs(self, fact: DecidingFact) -> Iterator[str]:
        table, _, short = fact.fact.partition(".")
        for key in ((table, None), (table, fact.of)):
            for needs, facts in self.needs.get(key, ()):
                if not facts or short in facts:
                    yield needs

    def _recipients(self, fact: DecidingFact, finding: Finding) -> list[_Recipient]:
        known = FACTS.get(fact.fact)
        settler = known.settled_by if known else "operations"
        if fact.state == "refused":
            # What a supplier says cannot stand for the reading: only the right to read settles it.
            return [_Recipient("operations")]
        if settler != "supplier":
            return [_Recipient(settler)]
        names = dict.fromkeys(party.name for party in self._suppliers(fact, finding))
        ours = self.assessment.organisation.name
        return [_Recipient("operations") if name == ours else _Recipient("supplier", name) for name in names] or [
            _Recipient("supplier")
        ]

    def _suppliers(self, fact: DecidingFact, finding: Finding) -> list[InvolvedParty]:
        """The party that the fact is about; else those that host; else those of the next role that anyone has."""
        own = self._party(fact.of, finding)
        if own is not None:
            return [own]
        parties = [party for id_ in finding.systems if id_ in self.systems for party in self.systems[id_].parties]
        for role in (*(role for role in ROLES if role != "owns"), None):
            found = [party for party in parties if party.role == role]
            if found:
                return found
        return []

    def _party(self, identifier: str, finding: Finding) -> InvolvedParty | None:
        """The party that has an id, or whose role has it: a role's id starts with its party's."""
        starts = {identifier, re.split(r"[|:]", identifier, maxsplit=1)[0]}
        for id_ in finding.systems:
            for party in self.systems[id_].parties if id_ in self.systems else ():
                if party.party in starts:
                    return party
        return None

    def _subject(self, fact: DecidingFact, finding: Finding) -> Subject:
        table = fact.fact.partition(".")[0]
        name = subject_name(self.assessment, table, fact.of)
        party = self._party(fact.of, finding) if name == fact.of else None
        return self._named(party.name if party else name, fact.of, finding)

    def _named(self, name: str, identifier: str, finding: Finding) -> Subject:
        systems = [self.systems[id_].name if id_ in self.systems else id_ for id_ in finding.systems]
        system = self.said.enumeration(systems)
        return Subject(name, "" if identifier == name else identifier, "" if system == name else system)

    def groups(self) -> Iterator[Group]:
        """What was gathered, in the order of the report."""
        for recipient in sorted(self.open, key=lambda one: one.rank):
            is_supplier = recipient.settler == "supplier"
            name = recipient.name if is_supplier else self.said.settler(recipient.settler)
            questions = sorted(self.open[recipient].items(), key=_place)
            yield Group(
                name=_capital(name or self.said.text("questions.unknown_supplier")),
                is_supplier=is_supplier,
                questions=tuple(self._question(topic, gathered) for topic, gathered in questions),
            )

    def _question(self, topic: str, gathered: _Open) -> Question:
        said = self.said
        rules = tuple(self._pending(gathered.rules))
        subjects = tuple(gathered.subjects.values())
        more = len(subjects) - MOST_NAMED
        legal, permission = topic.startswith("legal|"), topic.startswith(_PERMISSION)
        if legal:
            asks = said.text("questions.legal", title=rules[0].title)
        elif permission:
            asks = self._grant(topic.removeprefix(_PERMISSION))
        else:
            asks = said.question(topic)
        total = "questions.accounts" if permission else "questions.subjects"
        return Question(
            asks=asks,
            why=self._why(gathered, legal=legal),
            accepted="" if legal or permission else self._accepted(gathered.accepted),
            needs=", ".join(gathered.needs),
            subjects=subjects[:MOST_NAMED],
            total=said.text(total, n=len(subjects), count=said.number(len(subjects))),
            more=said.text("questions.more", n=more, count=said.number(more)) if more > 0 else "",
            rules=rules,
        )

    def _grant(self, name: str) -> str:
        if not name:
            return self.said.text("questions.permission_unnamed")
        return self.said.text("questions.permission", name=name)

    def _why(self, gathered: _Open, *, legal: bool) -> str:
        reasons = ["legal"] if legal else [_REASONS.get(state, state) for state in gathered.states]
        return self.said.enumeration(self.said.reason(reason) for reason in reasons)

    def _accepted(self, strength: int) -> str:
        """The grades from the strongest down to the weakest that settles: « observé ou documenté »."""
        grades = [self.said.grade(grade) for grade in GRADE_WORDS[: len(GRADE_WORDS) - strength + 1]]
        return self.said.text("questions.or").join([", ".join(grades[:-1]), grades[-1]] if grades[1:] else grades)

    def _pending(self, rules: dict[str, int]) -> Iterable[Pending]:
        said = self.said
        for identifier, findings in rules.items():
            rule = self.rules[identifier]
            yield Pending(
                said.says(rule.title),
                said.says(rule.cite),
                findings,
                said.text("questions.findings", n=findings, count=said.number(findings)),
            )


def _place(item: tuple[str, _Open]) -> tuple[bool, int]:
    """What to grant comes first, as it settles the most; then what is asked about most subjects."""
    topic, gathered = item
    return (not topic.startswith(_PERMISSION), -len(gathered.subjects))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
