"""`sovercheck report`: render an assessment again in any format, or list what passes a rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.commands import Argument, Command, Option
from sovercheck.cli.language import unknown
from sovercheck.cli.rendering import render
from sovercheck.cli.settings import STDOUT, format_option, targets
from sovercheck.cli.telling import table
from sovercheck.errors import InputError, Place, UsageError

if TYPE_CHECKING:
    from sovercheck.comparison import Comparison
    from sovercheck.findings import Assessment
    from sovercheck.gate import Gate
    from sovercheck.reports.base import FollowUp


def _report(assessment: str, formats: tuple[str, ...], follow_up: str | None, passes: str | None) -> None:
    if not formats and passes is None:
        raise UsageError("cli_report_nothing")
    written = targets(formats)
    if list(written.values()).count(STDOUT) + (passes is not None) > 1:
        raise UsageError("cli_stdout_twice")
    path = Path(assessment)
    read, comparison, gate = _read(path)
    # Read before anything is written: the earlier workbook may be the very file that is replaced.
    notes = _follow_up(Path(follow_up)) if follow_up is not None else {}
    if passes is not None:
        _passes(path, read, passes)
    if written:
        render(read, written, notes, comparison, gate)


def _read(path: Path) -> tuple[Assessment, Comparison | None, Gate | None]:
    from sovercheck.reports.json_report import read_run

    return read_run(_bytes(path), file=str(path))


def _follow_up(path: Path) -> Mapping[str, FollowUp]:
    from sovercheck.reports.xlsx import read_follow_up

    return read_follow_up(_bytes(path), file=str(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(str(path)), reason=error.strerror or str(error)) from error


def _passes(path: Path, assessment: Assessment, rule: str) -> None:
    from sovercheck.evaluation import packed

    rules = [item.id for item in assessment.rules]
    if rule not in rules:
        raise unknown("cli_rule", rule, rules)
    found = packed.passes(packed.beside(path), rule)
    rows = [(subject, id_, assessment.names.get(f"{subject}/{id_}", "")) for subject, id_ in found]
    for line in table(rows):
        click.echo(line)


command = Command(
    name="report",
    help="cli.report",
    callback=_report,
    params=[
        Argument(["assessment"], metavar="cli.metavar.assessment"),
        format_option("cli.report.format"),
        Option(["--follow-up"], metavar="cli.metavar.workbook", help="cli.report.follow_up"),
        Option(["--passes"], metavar="cli.metavar.rule", help="cli.report.passes"),
    ],
)
