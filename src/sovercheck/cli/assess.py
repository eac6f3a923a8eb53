"""`sovercheck assess`: collect from the configured sources, evaluate, write the reports, say what was established."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.commands import Command, Option
from sovercheck.cli.exits import Exit, Outcome, outcome
from sovercheck.cli.language import current, say
from sovercheck.cli.settings import STDOUT, arguments, config_option, day, format_option, read_config, targets
from sovercheck.cli.telling import visible
from sovercheck.errors import UsageError

if TYPE_CHECKING:
    from sovercheck.cli.progress import Progress
    from sovercheck.config import Config
    from sovercheck.decisions.history import Keeping
    from sovercheck.findings import Severity
    from sovercheck.reports.view import View
    from sovercheck.sources.base import Work

_MOST_PERMISSIONS = 10
"""That the summary names; the reports name them all."""

_SEVERITIES: tuple[Severity, ...] = ("blocking", "major", "minor", "info")


def _assess(
    config: str | None,
    saved: tuple[str, ...],
    as_of: str | None,
    formats: tuple[str, ...],
    fail_on: Severity,
    exit_zero: bool,
    quiet: bool,
) -> int:
    from sovercheck import pipeline
    from sovercheck.cli.progress import Progress
    from sovercheck.cli.record import Record
    from sovercheck.reports.base import Options
    from sovercheck.reports.view import View

    today = day(as_of)
    asked = _files(formats)
    record = Record(arguments())
    configured = read_config(config)
    if asked:
        configured = replace(configured, reports=asked)
    if saved:
        configured = replace(configured, saved=tuple(Path(folder) for folder in saved))
    with _keeping(configured, today) as keeper:
        with Progress(quiet=quiet) as progress, _work(configured, progress) as work:
            assessment = pipeline.run(configured, today, progress, keeper, work)
        established = outcome(assessment, fail_on)
        code = Exit.SATISFIED if exit_zero else established.code
        kept = keeper.folder if keeper is not None else None
        record.write(configured, fail_on, established, code, kept)
        comparison = None
        if keeper is not None:
            comparison, kept = keeper.comparison, keeper.settle()
    if not quiet:
        view = View(assessment, Options(lang=current(), comparison=comparison))
        for line in _summary(view, configured, kept, established, fail_on, exit_zero=exit_zero):
            click.echo(line)
    return code


def _keeping(config: Config, today: date) -> AbstractContextManager[Keeping | None]:
    """The run to be kept; None where the configuration keeps none."""
    from sovercheck.decisions.history import keeping

    if config.runs is None:
        return nullcontext()
    return keeping(config.runs, config.organisation.name, today)


@contextmanager
def _work(config: Config, progress: Progress) -> Iterator[Work | None]:
    """What clouds are read with, in a folder that is ours alone and goes with the run; None where none is read."""
    from sovercheck.sources.base import Work

    if not config.live or config.saved:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="sovercheck-") as folder:
        # What is read is as it stands today, whatever the day of the assessment.
        yield Work(Path(folder), date.today().isoformat(), progress.scanning)


def _files(formats: tuple[str, ...]) -> Mapping[str, Path]:
    from sovercheck.reports.base import FORMATS

    written = targets(formats)
    for name in written:
        FORMATS[name].check(None)
    if STDOUT in written.values():
        raise UsageError("cli_stdout_assess")
    return {name: Path(path) for name, path in written.items()}


def _summary(
    view: View, config: Config, kept: Path | None, established: Outcome, fail_on: Severity, *, exit_zero: bool
) -> Iterator[str]:
    from sovercheck.cli.compare import summary
    from sovercheck.reports.first_page import first_page

    assessment, page = view.assessment, first_page(view)
    day_said = view.say.date(assessment.as_of)
    yield visible(say("assess.title", organisation=assessment.organisation.name, date=day_said))
    yield ""
    for card in page.cards:
        yield visible(say("assess.answer", question=card.title, answer=card.answer))
    yield visible(say("assess.findings", counts=", ".join(mark.text for mark in page.counts)))
    yield visible(_coverage(view))
    yield from map(visible, readings(view))
    yield from summary(view)
    yield ""
    if config.reports:
        yield say("assess.reports")
        for path in config.reports.values():
            yield f"  {visible(shown(path))}"
        yield ""
    if kept is not None:
        yield say("assess.kept", path=visible(shown(kept)))
        yield ""
    yield from _conclusion(view, established, fail_on, exit_zero=exit_zero)


def _coverage(view: View) -> str:
    coverage = view.assessment.coverage
    parts = [
        say(f"assess.coverage.{name}", n=count, count=view.number(count))
        for name, count in (
            ("read", coverage.read),
            ("declared", coverage.declared),
            ("unreached", coverage.unreached),
            ("untied", coverage.untied_resources),
            ("unmatched", coverage.unmatched_resources),
            ("gaps", len(view.assessment.gaps)),
        )
        if count
    ]
    total = say("assess.coverage.systems", n=coverage.systems, count=view.number(coverage.systems))
    return say("assess.coverage", parts=", ".join([total, *parts]))


def readings(view: View) -> Iterator[str]:
    """What was listed of the accounts, and the permissions that are missing by name."""
    from sovercheck.reports.ledger_page import counts, sentence, where
    from sovercheck.reports.readings import missing_permissions

    told = sentence(view)
    if told:
        parts = ", ".join(mark.text for mark in counts(view))
        yield say("assess.readings", sentence=told, parts=parts)
    missing = missing_permissions(view.assessment)
    if missing:
        yield say("assess.permissions")
    for permission in missing[:_MOST_PERMISSIONS]:
        name = permission.name or view.t("permissions.unnamed")
        yield say("assess.permission", name=name, where=where(view, permission))
    more = len(missing) - _MOST_PERMISSIONS
    if more > 0:
        yield say("assess.permissions.more", n=more, count=view.number(more))


def _conclusion(view: View, established: Outcome, fail_on: Severity, *, exit_zero: bool) -> Iterator[str]:
    """Why the exit code is what it is; a finding and what is not established are both said."""
    severity = say(f"severity.{fail_on}")

    def counted(key: str, n: int) -> str:
        return say(f"assess.exit.{key}", n=n, count=view.number(n), severity=severity)

    if established.failing:
        yield counted("failing", established.failing)
    if established.nothing:
        yield say("assess.exit.nothing")
    for key, n in (("unknown", established.unknown), ("gaps", established.gaps), ("unread", established.unread)):
        if n:
            yield counted(key, n)
    if established.code is Exit.WAIVED:
        yield counted("waived", established.waived)
    if established.code is Exit.SATISFIED:
        yield say("assess.exit.satisfied", severity=severity)
    if exit_zero and established.code is not Exit.SATISFIED:
        yield say("assess.exit.zero", code=int(established.code))


def shown(path: Path) -> str:
    """A path as one would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


command = Command(
    name="assess",
    help="cli.assess",
    callback=_assess,
    params=[
        config_option(),
        Option(["--from", "saved"], metavar="cli.metavar.folder", multiple=True, help="cli.assess.from"),
        Option(["--as-of"], metavar="cli.metavar.date", help="cli.assess.as_of"),
        format_option("cli.assess.format"),
        Option(
            ["--fail-on"],
            type=click.Choice(_SEVERITIES),
            default="major",
            show_default=True,
            help="cli.assess.fail_on",
        ),
        Option(["--exit-zero"], is_flag=True, help="cli.assess.exit_zero"),
        Option(["-q", "--quiet"], is_flag=True, help="cli.assess.quiet"),
    ],
)
