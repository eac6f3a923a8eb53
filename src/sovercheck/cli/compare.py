"""`sovercheck compare`: what changed between two assessments of one organisation, and why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.commands import Argument, Command, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import current, say
from sovercheck.cli.rendering import render
from sovercheck.cli.settings import STDOUT, format_option, targets
from sovercheck.cli.telling import visible
from sovercheck.errors import UsageError

if TYPE_CHECKING:
    from sovercheck.comparison import Comparison, Drift
    from sovercheck.findings import Assessment, Severity
    from sovercheck.reports.changes import Cell, Table
    from sovercheck.reports.view import View

_SEVERITIES: tuple[Severity, ...] = ("blocking", "major", "minor", "info")
_FORMATS = ("html", "json")
"""Those in which a report says what changed."""

_LINES = 10
"""Of each list, on the terminal."""


def _compare(earlier: str, later: str, formats: tuple[str, ...], fail_on: Severity) -> int:
    from sovercheck.comparison import drift
    from sovercheck.decisions.history import changes, read_kept

    written = _targets(formats)
    before, after = read_kept(Path(earlier)), read_kept(Path(later))
    comparison = changes(before, after)
    if written:
        render(after.assessment, written, {}, comparison)
    found = drift(comparison, fail_on)
    if STDOUT not in written.values():
        for line in _told(after.assessment, comparison, found, fail_on):
            click.echo(line)
    if found.failing:
        return Exit.FINDING
    return Exit.NOT_ESTABLISHED if found.unknown or found.readings else Exit.SATISFIED


def _targets(formats: tuple[str, ...]) -> dict[str, str]:
    written = targets(formats)
    for name in written:
        if name not in _FORMATS:
            raise UsageError("compare_format", word=name, formats=", ".join(_FORMATS))
    if list(written.values()).count(STDOUT) > 1:
        raise UsageError("cli_stdout_twice")
    return written


def _told(assessment: Assessment, comparison: Comparison, found: Drift, fail_on: Severity) -> Iterator[str]:
    from sovercheck.reports.base import Options
    from sovercheck.reports.changes import changes
    from sovercheck.reports.view import View

    view = View(assessment, Options(lang=current(), comparison=comparison))
    said = changes(view)
    assert said is not None  # noqa: S101 - the comparison is given
    days = {"earlier": view.say.date(comparison.earlier), "later": view.say.date(comparison.later)}
    yield visible(say("compare.title", organisation=comparison.organisation, **days))
    yield ""
    yield from summary(view)
    if not said.tables:
        yield view.t("changes.nothing")
    for table in said.tables:
        yield ""
        yield from _table(table)
    for note in said.notes:
        yield ""
        yield note
    yield ""
    yield from _conclusion(view, found, fail_on)


def summary(view: View) -> Iterator[str]:
    """Two lines: findings by what became of them, and what else changed; none without an earlier assessment."""
    from sovercheck.reports.changes import changes

    said, comparison = changes(view), view.options.comparison
    if said is None or comparison is None:
        return
    yield say("compare.since", date=view.say.date(comparison.earlier), counts=", ".join(said.counts))
    if said.also:
        yield say("compare.also", counts=", ".join(said.also))


def _table(table: Table) -> Iterator[str]:
    yield say("compare.group", title=table.caption)
    for row in islice(table.rows, _LINES):
        first, *rest = (_cell(cell) for cell in row)
        yield visible("  " + say("compare.line", first=first, rest=" · ".join(part for part in rest if part)))
    left = table.total - _LINES
    if left > 0:
        yield "  " + say("compare.more", n=left, count=left)


def _cell(cell: Cell) -> str:
    return f"{cell.words} ({'; '.join(cell.notes)})" if cell.notes else cell.words


def _conclusion(view: View, found: Drift, fail_on: Severity) -> Iterator[str]:
    """Why the exit code is what it is."""
    severity = say(f"severity.{fail_on}")
    counted = (("failing", found.failing), ("unknown", found.unknown), ("readings", found.readings))
    for key, n in counted:
        if n:
            yield say(f"compare.exit.{key}", n=n, count=view.number(n), severity=severity)
    if not any(n for _, n in counted):
        yield say("compare.exit.satisfied", severity=severity)


command = Command(
    name="compare",
    help="cli.compare",
    callback=_compare,
    params=[
        Argument(["earlier"], metavar="cli.metavar.earlier"),
        Argument(["later"], metavar="cli.metavar.later"),
        format_option("cli.compare.format"),
        Option(
            ["--fail-on"],
            type=click.Choice(_SEVERITIES),
            default="major",
            show_default=True,
            help="cli.compare.fail_on",
        ),
    ],
)
