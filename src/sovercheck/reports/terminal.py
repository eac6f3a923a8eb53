"""The gate on a terminal: the result in a line, then what counts, grouped and short, as a log of a pipeline shows it.

Plain text, and colours of the terminal where they are asked for; a colour never says anything that a word and a shape
do not say too. Texts from outside are made visible, so that none of them writes on the terminal by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO, Literal

from sovercheck.findings import Assessment
from sovercheck.gate import GateFinding
from sovercheck.reports.base import Options
from sovercheck.reports.gate_told import GateTold, Group, Line, shortened, told
from sovercheck.reports.outside import logged

MOST = 40
"""Findings that count and that are shown; the rest are counted."""

_MOST_ADVISED = 5
_MOST_INCOMPLETE = 10
_MOST_PLANS = 5
_LONGEST = 160

Style = Literal["fail", "unknown", "waived", "satisfied", "soft", "strong"]

_SHAPES = {"finding": "✗", "not_established": "?", "waived": "◆", "satisfied": "✓", "fail": "✗", "unknown": "?"}
_RESULTS: dict[str, Style] = {
    "finding": "fail",
    "not_established": "unknown",
    "waived": "waived",
    "satisfied": "satisfied",
}
_COLOURS: dict[Style, str] = {
    "fail": "1;31",
    "unknown": "1;33",
    "waived": "1;35",
    "satisfied": "1;32",
    "soft": "2",
    "strong": "1",
}


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the lines without colours."""
    for line in lines(assessment, options, colour=False):
        out.write(line.encode("utf-8", "replace") + b"\n")


def lines(assessment: Assessment, options: Options, *, colour: bool) -> Iterator[str]:
    """What the terminal is told of a gate, line by line.

    Args:
        assessment: of how things would be after the change.
        options: with the gate, and the comparison where there is one.
        colour: whether to paint; the words are the same.
    """
    yield from _Terminal(told(assessment, options), colour).lines()


class _Terminal:
    def __init__(self, gate: GateTold, colour: bool) -> None:  # noqa: FBT001 - chosen once, by the caller
        self._told = gate
        self._colour = colour
        self._left = MOST

    def lines(self) -> Iterator[str]:
        told_, gate = self._told, self._told.gate
        yield self._paint(_RESULTS[gate.result], f"{_SHAPES[gate.result]} {told_.result()}")
        for plan in gate.plans[:_MOST_PLANS]:
            yield f"  - {logged(told_.plan(plan))}"
        if len(gate.plans) > _MOST_PLANS:
            yield f"  - {told_.many('more_plans', len(gate.plans) - _MOST_PLANS)}"
        for caveat in told_.caveats():
            yield f"  ! {logged(caveat)}"
        yield from self._incomplete()
        yield from self._findings("fail", told_.t("to_correct"), told_.failing())
        yield from self._findings("unknown", told_.t("to_establish"), told_.unknown())
        counting = len(told_.failing_findings) + len(told_.unknown_findings)
        left = counting - (MOST - self._left)
        if left:
            yield ""
            yield told_.many("more_findings", left)
        posture = told_.posture()
        if posture:
            yield ""
            yield self._paint("strong", told_.t("posture"))
            yield from (f"  {logged(sentence)}" for sentence in posture)
        yield from self._aside()

    def _incomplete(self) -> Iterator[str]:
        said = self._told.incomplete()
        yield from (f"  ! {logged(sentence)}" for sentence in said[:_MOST_INCOMPLETE])
        if len(said) > _MOST_INCOMPLETE:
            yield f"  ! {self._told.many('more_incomplete', len(said) - _MOST_INCOMPLETE)}"

    def _findings(self, style: Style, title: str, groups: list[Group]) -> Iterator[str]:
        for group in groups:
            if not self._left:
                return
            yield ""
            heading = self._told.t("rule", severity=group.severity, title=group.title)
            yield self._paint(style, f"{_SHAPES[style]} {title} · {logged(heading)}")
            cite = self._told.t("cite", cite=group.cite, rule=group.rule) if group.cite else group.rule
            yield self._paint("soft", f"  · {logged(cite)}")
            if style == "fail" and group.remediation:
                yield f"  {logged(self._told.t('todo', what=group.remediation))}"
            yield from self._group(group.findings[: self._left])
            self._left -= min(self._left, len(group.findings))

    def _group(self, findings: tuple[GateFinding, ...]) -> Iterator[str]:
        """Each finding in a line; what settles several in a row is said once, below them."""
        told_ = [(finding, self._told.line(finding)) for finding in findings]
        for settle, together in groupby(told_, key=lambda pair: _settle(pair[1])):
            for finding, line in together:
                yield f"  {_SHAPES[finding.verdict]} {logged(_one_line(finding, line))}"
            yield from (f"    → {logged(sentence)}" for sentence in settle)

    def _aside(self) -> Iterator[str]:
        told_ = self._told
        counts = [counted for _, counted, _ in told_.aside()]
        not_judged = told_.not_judged()
        if counts or not_judged:
            yield ""
        if counts:
            yield told_.t("aside", counts=", ".join(counts))
        advised = told_.advised()
        for title, findings in advised[:_MOST_ADVISED]:
            names = told_.named(map(told_.subject, findings))
            yield f"  {logged(told_.t('advised_line', title=title, names=names))}"
        if len(advised) > _MOST_ADVISED:
            yield f"  {told_.many('more_advised', len(advised) - _MOST_ADVISED)}"
        if not_judged:
            yield not_judged

    def _paint(self, style: Style, text: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self._colour else text


def _one_line(finding: GateFinding, line: Line) -> str:
    """« module.a.aws_s3_bucket.b (réplique) · remplacement · Virginie, É.-U., selon … · main.tf:14 »."""
    subject = shortened(line.subject, _LONGEST)
    named = f"{subject} ({line.copy})" if line.copy else subject
    place = ", ".join(shortened(part, _LONGEST) for part in (line.place, line.how) if part)
    standing = line.standing if finding.standing == "existing" else ""
    return " · ".join(part for part in (named, line.action, standing, place, "; ".join(line.facts), line.spot) if part)


def _settle(line: Line) -> tuple[str, ...]:
    """What a commit or an option settles comes first: only then is it known what is left to ask."""
    return line.settle or line.asks
