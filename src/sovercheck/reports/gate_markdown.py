"""The gate in Markdown, for a pull request and the summary of a pipeline's step: the gravest first, and never too long.

A comment and a summary are refused whole where they are too long. What does not fit is left out from the lightest end,
and counted. Texts from outside are data: in code where they name things, else escaped; none of them is a link, mentions
anyone or refers to anything.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from sovercheck.findings import Assessment
from sovercheck.gate import GateFinding, Move
from sovercheck.reports.base import Options
from sovercheck.reports.gate_told import GateTold, Group, Line, shortened, spot_of, told, variant
from sovercheck.reports.language import NBSP
from sovercheck.reports.markdown import escape_markdown

COMMENT = 65_000
"""Bytes; GitHub refuses a comment of more than 65,536 characters."""

SUMMARY = 1_000_000
"""Bytes; GitHub refuses the summary of a step that is longer than 1 MiB."""

_LONGEST = 240
_SENTENCE = 600
_TITLE = 160
_ENDING = 2_000
"""Room kept for what closes the page: how much is left out, where to find it, and by what it was made."""

_MOST_LISTED = 20
_MOST_PLANS = 5
_SHAPES = {"finding": "❌", "not_established": "❔", "waived": "🔶", "satisfied": "✅"}
_CLOSE = "\n</details>\n"


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes what fits in a comment."""
    out.write(_Page(told(assessment, options), COMMENT).text().encode("utf-8", "replace"))


def render_summary(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes what fits in the summary of a step."""
    out.write(_Page(told(assessment, options), SUMMARY).text().encode("utf-8", "replace"))


def tag(plans: Iterable[str]) -> str:
    """The comment that opens the page, by which an action finds the one to replace: the same for the same files."""
    named = "\n".join(plans).encode("utf-8", "surrogatepass")
    return f"<!-- sovercheck:gate:{hashlib.sha256(named).hexdigest()[:12]} -->"


def prose(text: str, most: int = _SENTENCE) -> str:
    """A text from outside among words: as it stands, without mentioning anyone or referring to an issue."""
    # The escape makes any space a plain one; French keeps its own.
    escaped = NBSP.join(escape_markdown(part) for part in shortened(text, most).split(NBSP))
    return re.sub(r"\\([@#])", r"\\\1&#8288;", escaped)


def code(text: str) -> str:
    """A text from outside that names something, in code; what code or a table would obey is written by its number."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in shortened(text, _LONGEST))
    if not shown.strip():
        return ""
    if shown == shown.strip() and not re.search(r"[`|\\]", shown):
        return f"`{shown}`"
    return f"<code>{''.join(char if char.isalnum() or char in ' ./:-' else f'&#{ord(char)};' for char in shown)}</code>"


class _Page:
    """A page of at most so many bytes, added to from the gravest to the lightest."""

    def __init__(self, gate: GateTold, most: int) -> None:
        self._told = gate
        self._room = most - _ENDING
        self._parts: list[str] = []
        self._left = 0

    def text(self) -> str:
        """The whole page."""
        self._head()
        self._table(
            self._t("to_correct"),
            ("rule", "resource", "place", "how", "line"),
            self._rows(self._told.failing(), _how),
            len(self._told.failing_findings),
        )
        self._table(
            self._t("to_establish"),
            ("rule", "resource", "place", "settle", "line"),
            self._rows(self._told.unknown(), _settle),
            len(self._told.unknown_findings),
        )
        self._posture()
        self._remedies()
        self._aside()
        self._coverage()
        if self._left:
            self._parts.append(f"\n{prose(self._told.many('more_findings', self._left))}\n")
        self._parts.append(f"\n{self._footer()}\n")
        return "".join(self._parts)

    def _add(self, text: str) -> bool:
        """Adds a part if there is room for it."""
        size = len(text.encode("utf-8", "replace"))
        if size > self._room:
            return False
        self._parts.append(text)
        self._room -= size
        return True

    def _t(self, key: str, /, **params: object) -> str:
        return self._told.t(key, **params)

    # The parts, the gravest first

    def _head(self) -> None:
        told_, gate = self._told, self._told.gate
        self._add(tag(plan.name for plan in gate.plans) + "\n")
        self._add(f"## {_SHAPES[gate.result]} {self._t('heading', result=told_.words.result())}\n\n")
        self._add(f"**{prose(', '.join(told_.counts()))}.** {prose(self._t('code', code=told_.code))}\n\n")
        self._list((f"- {prose(told_.plan(plan))}" for plan in gate.plans), len(gate.plans), "more_plans")
        warnings = [*told_.caveats(), *told_.incomplete()]
        self._list((f"- ⚠️ {prose(text)}" for text in warnings), len(warnings), "more_incomplete")

    def _rows(self, groups: Sequence[Group], fourth: Callable[[Line], str]) -> Iterator[tuple[str, ...]]:
        for group in groups:
            rule = f"**{prose(group.severity)}** · {prose(group.title, _TITLE)}"
            for finding in group.findings:
                line = self._told.line(finding)
                yield rule, _resource(finding, line), prose(line.place, _LONGEST), fourth(line), code(line.spot)

    def _posture(self) -> None:
        told_ = self._told
        moves = [
            f"- {self._t('move_names', what=prose(what), names=self._moving(moves))}" for what, moves in told_.moves()
        ]
        others = [f"- {prose(text)}" for text in (*told_.exposures_told(), *told_.shares_told())]
        if not moves and told_.knows_before:
            moves = [f"- {prose(self._t('moves_none'))}"]
        if moves or others:
            self._add(f"\n### {self._t('posture')}\n\n")
            self._list(iter([*moves, *others]), len(moves) + len(others), "more_changes")

    def _moving(self, moves: Sequence[Move]) -> str:
        names = [f"{code(move.address)} ({prose(self._told.move(move))})" for move in moves[:_MOST_PLANS]]
        left = len(moves) - len(names)
        return ", ".join([*names, *([self._told.many("more_names", left)] if left else [])])

    def _remedies(self) -> None:
        groups = self._told.failing()
        if not groups:
            return
        lines = (
            f"- **{prose(group.title, _TITLE)}** ({prose(group.cite or group.rule, _TITLE)}, {code(group.rule)})"
            + (f"<br>{prose(group.remediation)}" if group.remediation else "")
            for group in groups
        )
        self._details(self._t("remedies"), lambda: self._list(lines, len(groups), "more_rules"))

    def _aside(self) -> None:
        told_ = self._told
        found = list(told_.aside())
        if not found:
            return
        rows = (
            (
                prose(self._t(f"aside.{why}")),
                f"{prose(told_.words.title(finding.rule), _TITLE)} {code(variant(finding.rule))}".rstrip(),
                code(told_.subject(finding)),
                code(spot_of(finding)),
            )
            for why, _, findings in found
            for finding in findings
        )
        total = sum(len(findings) for _, _, findings in found)
        counted = self._t("aside", counts=", ".join(counts for _, counts, _ in found))
        self._details(counted, lambda: self._table("", ("why", "rule", "resource", "line"), rows, total))

    def _coverage(self) -> None:
        told_, gate = self._told, self._told.gate
        placed = [f"- {prose(text)}" for text in told_.placed()]
        rules = ", ".join(code(rule) for rule in gate.not_judged[:_MOST_LISTED])
        left = len(gate.not_judged) - _MOST_LISTED
        judged = f"- {prose(told_.not_judged())} {rules}" + (f" {told_.many('more_names', left)}" if left > 0 else "")
        lines = [*placed, *([judged] if gate.not_judged else [])]
        if lines:
            self._details(self._t("coverage"), lambda: self._list(iter(lines), len(lines), "more_rules"))

    def _footer(self) -> str:
        assessment = self._told.words.assessment
        severity = self._told.words.say.severity(self._told.gate.fail_on)
        made = self._t("made_by", version=assessment.version, date=assessment.as_of, severity=severity)
        return f"<sub>{prose(made)}</sub>"

    # What they are made of

    def _details(self, title: str, body: Callable[[], None]) -> None:
        """What is folded away, if there is room for some of it."""
        opening = f"\n<details><summary>{html.escape(title)}</summary>\n\n"
        self._room -= len(_CLOSE)
        if self._add(opening):
            body()
            self._parts.append(_CLOSE)
        else:
            body()

    def _list(self, lines: Iterator[str], total: int, more: str) -> None:
        """At most so many lines, and how many others there are."""
        for shown, line in enumerate(lines):
            if shown == _MOST_LISTED or not self._add(f"{line}\n"):
                self._add(f"- {prose(self._told.many(more, total - shown))}\n")
                return

    def _table(self, title: str, heads: Sequence[str], rows: Iterator[tuple[str, ...]], total: int) -> None:
        """As many rows as fit, under their title; nothing lighter stands where one of them is left out."""
        if not total:
            return
        head = f"\n### {title}\n\n" if title else ""
        head += _row([self._t(f"col.{name}") for name in heads]) + _row(["---"] * len(heads))
        shown = 0
        if self._add(head):
            for row in rows:
                if not self._add(_row(row)):
                    break
                shown += 1
        if shown < total:
            self._left += total - shown
            self._room = 0


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _resource(finding: GateFinding, line: Line) -> str:
    standing = line.standing if finding.standing != "new" else ""
    aspects = ", ".join(part for part in (line.copy, line.action, standing) if part)
    return f"{code(line.subject)}<br>{prose(aspects)}" if aspects else code(line.subject)


def _how(line: Line) -> str:
    return "<br>".join(prose(part, _LONGEST) for part in (line.how, *line.facts) if part)


def _settle(line: Line) -> str:
    return "<br>".join(
        prose(part) for part in (line.how, *(f"→ {text}" for text in (*line.settle, *line.asks))) if part
    )
