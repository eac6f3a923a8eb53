"""One printed page for a board: the three answers, five things to decide, and what cannot be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from sovercheck.findings import UNREAD, Assessment, Finding
from sovercheck.reports.base import Options
from sovercheck.reports.cards import Card, cards
from sovercheck.reports.ledger_page import permissions_count
from sovercheck.reports.page import page
from sovercheck.reports.readings import asked, listings, missing_permissions, unread
from sovercheck.reports.view import Mark, View

MOST_DECISIONS = 5
_MOST_SYSTEMS = 2
_ROOM = {
    "name": 160,
    "title": 80,
    "cite": 44,
    "action": 115,
    "system": 30,
    "weakens": 100,
    "legend": 56,
    "missing": 180,
}
"""Characters that fit on the page; what is longer ends in an ellipsis, and stands whole in the other reports."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A thing to decide: what a rule requires, how many findings it has, where, and what to do.

    Attributes:
        title: what is required.
        marks: its verdicts, counted.
        where: the systems concerned.
        action: what to do.
        cite: the article.
    """

    title: str
    marks: tuple[tuple[Mark, str], ...]
    where: str
    action: str
    cite: str


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the page, for Letter paper."""
    view = View(assessment, options)
    out.write(
        page(
            "board",
            said=view.say,
            assessment=assessment,
            organisation=_short(assessment.organisation.name, "name"),
            links=[(lang, href) for lang, href in options.links.items() if lang != options.lang],
            cards=_cards(view),
            decisions=decisions(view),
            missing=tuple(_short(sentence, "missing") for sentence in _missing(view)),
            short=_short,
        )
    )


def decisions(view: View) -> tuple[Decision, ...]:
    """The gravest rules that nobody has decided about yet: neither waived nor being remedied."""
    open_: dict[str, list[Finding]] = {}
    for finding in view.assessment.findings:
        if finding.waiver is None and finding.remedied is None:
            open_.setdefault(finding.rule, []).append(finding)

    def gravity(rule: str) -> tuple[int, bool, int, str]:
        failing = sum(finding.verdict == "fail" for finding in open_[rule])
        return (view.rank[rule], not failing, -(failing or len(open_[rule])), rule)

    return tuple(_decision(view, rule, open_[rule]) for rule in sorted(open_, key=gravity)[:MOST_DECISIONS])


def _decision(view: View, identifier: str, findings: Sequence[Finding]) -> Decision:
    rule = view.rules[identifier]
    marks = Counter(view.finding_mark(finding) for finding in findings)
    systems = [view.name("system", id_) for id_ in dict.fromkeys(id_ for one in findings for id_ in one.systems)]
    named = [_short(name, "system") for name in systems[:_MOST_SYSTEMS]]
    more = len(systems) - len(named)
    if more:
        named.append(view.say.text("board.other_systems", n=more, count=view.number(more)))
    cited = any(finding.legal_reference for finding in findings)
    return Decision(
        title=_short(view.say.says(rule.title), "title"),
        marks=tuple((mark, view.number(count)) for mark, count in marks.items()),
        where=view.say.enumeration(named) or view.say.text("board.whole"),
        action=_short(view.say.says(rule.remediation), "action"),
        cite=_short(view.say.says(rule.cite), "cite") if cited else "",
    )


def _cards(view: View) -> tuple[Card, ...]:
    """The three answers; what weakens the third is the list at the foot of this page."""
    where, who, shown = cards(view)
    return where, who, replace(shown, weakens=())


def _missing(view: View) -> Iterator[str]:
    """What the assessment could not show, in sentences."""
    assessment, say = view.assessment, view.say

    def counted(key: str, n: int, **params: object) -> str:
        return say.text(f"board.{key}", n=n, count=view.number(n), **params)

    unreached = assessment.coverage.unreached
    if unreached:
        yield counted("unreached", unreached, systems=view.number(assessment.coverage.systems))
    if assessment.coverage.declared:
        yield counted("declared", assessment.coverage.declared)
    reasons = Counter(finding.reason for finding in assessment.findings if finding.verdict == "unknown")
    if reasons:
        said = [f"{say.reason(reason)} ({view.number(count)})" for reason, count in reasons.most_common()]
        yield counted("unknown", sum(reasons.values()), reasons=say.enumeration(said))
    readings = listings(assessment.coverage.readings)
    if unread(readings):
        said = [
            f"{say.word('reading', status)} ({view.number(readings[status])})" for status in UNREAD if readings[status]
        ]
        names = [one.name for one in missing_permissions(assessment) if one.name is not None]
        yield counted(
            "unread",
            unread(readings),
            asked=view.number(asked(readings)),
            reasons=say.enumeration(said),
            permissions=permissions_count(view, len(names)),
        )
    if assessment.gaps:
        causes = Counter(gap.reason for gap in assessment.gaps)
        said = [f"{say.gap_reason(reason)} ({view.number(count)})" for reason, count in causes.most_common()]
        yield counted("gaps", len(assessment.gaps), reasons=say.enumeration(said))
    lapsed = sum(waiver.state in ("expired", "void") for waiver in assessment.waivers)
    if lapsed:
        yield counted("lapsed", lapsed)


def _short(text: str, room: str) -> str:
    most = _ROOM[room]
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
