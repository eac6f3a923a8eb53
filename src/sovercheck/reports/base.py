"""What all report formats share: their list, their options, and the key that ties a person's follow-up to a finding."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import field
from typing import BinaryIO, Protocol, cast

from sovercheck.comparison import Comparison
from sovercheck.errors import UsageError
from sovercheck.findings import Assessment, DecidingFact, Finding
from sovercheck.gate import Gate
from sovercheck.inventory.facts import FACTS, SUBJECTS, Type
from sovercheck.inventory.places import within
from sovercheck.light import dataclass
from sovercheck.messages import Lang


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a person wrote beside a finding in an earlier workbook; an empty text where nothing was written.

    Attributes:
        person: who takes care of it.
        due: ISO date.
        state: a word of `FOLLOW_UP_STATES`, or what the person typed instead.
        comment: free text.
    """

    person: str = ""
    due: str = ""
    state: str = ""
    comment: str = ""


FOLLOW_UP_STATES: tuple[str, ...] = ("to_do", "under_way", "done", "set_aside")
"""Shown as `follow_up.<state>`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to render.

    Attributes:
        lang: of the report.
        links: language → file name of the same report in that language; empty if there is no other.
        follow_up: finding key → what a person wrote about it in an earlier workbook.
        comparison: what changed since an earlier assessment; None where none is given.
        gate: what the gate says of a change, of which the assessment is of how things would be after it; else None.
    """

    lang: Lang = "fr"
    links: Mapping[str, str] = field(default_factory=dict)
    follow_up: Mapping[str, FollowUp] = field(default_factory=dict)
    comparison: Comparison | None = None
    gate: Gate | None = None


class Render(Protocol):
    """Writes an assessment in one format; the same assessment and options give the same bytes."""

    def __call__(self, assessment: Assessment, out: BinaryIO, options: Options, /) -> None:
        """Writes the whole report to `out`."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a report can have.

    Attributes:
        name: as the command line and the configuration say it.
        suffix: of its files, with the dot.
        module: of this package, imported when it is needed.
        by_language: whether each language has its own file.
        function: of the module, that renders.
        needs_gate: whether it says what the gate says of a change, and so is none of an assessment alone.
    """

    name: str
    suffix: str
    module: str
    by_language: bool
    function: str = "render"
    needs_gate: bool = False

    def render(self, assessment: Assessment, out: BinaryIO, options: Options) -> None:
        """Writes the assessment in this format.

        Raises:
            UsageError: the format needs a gate, and the options have none.
        """
        self.check(options.gate)
        module = importlib.import_module(f"sovercheck.reports.{self.module}")
        cast(Render, getattr(module, self.function))(assessment, out, options)

    def check(self, gate: Gate | None) -> None:
        """Refuses, before anything is written, to report a gate that there is not.

        Raises:
            UsageError: the format needs a gate.
        """
        if self.needs_gate and gate is None:
            raise UsageError("report_needs_gate", name=self.name)


FORMATS: dict[str, Format] = {
    item.name: item
    for item in (
        Format("html", ".html", "html", by_language=True),
        Format("json", ".json", "json_report", by_language=False),
        Format("xlsx", ".xlsx", "xlsx", by_language=True),
        Format("questions", ".html", "questions", by_language=True),
        Format("questions-md", ".md", "questions", by_language=True, function="render_markdown"),
        Format("board", ".html", "board", by_language=True),
        Format("sarif", ".sarif", "sarif", by_language=False, needs_gate=True),
        Format("junit", ".xml", "junit", by_language=False, needs_gate=True),
        Format("gitlab", ".json", "gitlab", by_language=False, needs_gate=True),
        Format("github", ".txt", "github", by_language=False, needs_gate=True),
        Format("terminal", ".txt", "terminal", by_language=False, needs_gate=True),
        Format("markdown", ".md", "gate_markdown", by_language=False, needs_gate=True),
        Format("summary", ".md", "gate_markdown", by_language=False, function="render_summary", needs_gate=True),
    )
}
"""Every format by its name."""


def finding_key(finding: Finding) -> str:
    """What stays the same of a finding from one run to the next: its rule, its subject and its id."""
    return f"{finding.rule}|{finding.subject}|{finding.id}"


def open_facts(assessment: Assessment, finding: Finding) -> list[DecidingFact]:
    """The facts of an unknown finding that an answer would settle: those not known, and those known too roughly."""
    home = assessment.organisation.place
    return [fact for fact in finding.facts if fact.state not in ("known", "none") or _is_rough(fact, home)]


Given = Mapping[tuple[str, str], tuple[DecidingFact, ...]]
"""(full name of a fact, id of its subject) → what each source says of it, where they exclude each other."""


def given(assessment: Assessment) -> Given:
    """What sources say of the facts on which they exclude each other."""
    return {(item.fact, item.id): item.values for item in assessment.contradictions}


def disputed(values: Given, finding: Finding) -> tuple[DecidingFact, ...]:
    """What each source says of the facts over which a finding says that sources disagree."""
    found: dict[tuple[str, str], None] = {}
    for fact in finding.facts:
        if fact.state == "contradicted":
            found[fact.fact, fact.of] = None
        elif fact.fact.endswith(".contradicted") and isinstance(fact.value, tuple):
            found |= {(name, fact.of): None for name in fact.value}
    return tuple(value for key in found for value in values.get(key, ()))


def _is_rough(fact: DecidingFact, home: str | None) -> bool:
    """Whether a known value leaves room: an open list, an interval, a month, « Canada » where a province decides."""
    known = FACTS.get(fact.fact)
    if known is None or fact.state != "known":
        return False
    if known.is_list:
        return fact.open
    if known.is_interval:
        return fact.high != fact.value
    if not isinstance(fact.value, str):
        return False
    if known.type is Type.DATE:
        return len(fact.value) < len("2026-01-01")
    return known.type is Type.PLACE and home is not None and within(fact.value, home) is None


def subject_name(assessment: Assessment, table: str, identifier: str) -> str:
    """The name to show of a subject, or its id where it has none.

    A fact may be that of a link (an EFVP, a role) and name the subject it belongs to: then that subject's name.
    """
    names = assessment.names
    for candidate in (table, *SUBJECTS):
        name = names.get(f"{candidate}/{identifier}")
        if name is not None:
            return name
    return next((system.name for system in assessment.systems if system.id == identifier), identifier)
