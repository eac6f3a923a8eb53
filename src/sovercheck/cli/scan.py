"""`sovercheck scan`: read the configured clouds alone, into an inventory that `assess --from` judges offline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.assess import readings, shown
from sovercheck.cli.commands import Command, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import current, say
from sovercheck.cli.settings import config_option, read_config
from sovercheck.cli.telling import tell, visible
from sovercheck.errors import ConfigurationError, Place

if TYPE_CHECKING:
    from sovercheck.findings import Assessment
    from sovercheck.reports.view import View

_FOLDER = "inventaire"
"""Beside the configuration."""


def _scan(config: str | None, output: str | None, quiet: bool) -> int:
    from sovercheck import pipeline
    from sovercheck.cli.progress import Progress
    from sovercheck.sources.base import Work
    from sovercheck.sources.workplace import workplace

    configured = read_config(config)
    if not configured.live:
        raise ConfigurationError("config_no_cloud", place=Place(str(configured.path)))
    folder = Path(output) if output is not None else configured.path.parent / _FOLDER
    today = date.today()
    try:
        with workplace(folder) as place, Progress(quiet=quiet) as progress:
            if not quiet and any(place.glob("*.ndjson")):
                tell(say("scan.resumed"))
            work = Work(place, today.isoformat(), progress.scanning)
            with pipeline.scan(configured, folder, progress, work) as inventory:
                assessment = pipeline.unjudged(configured, inventory, today)
    except KeyboardInterrupt:
        tell(say("scan.interrupted"))
        raise
    if not quiet:
        for line in _summary(assessment, folder):
            click.echo(line)
    return _code(assessment)


def _code(assessment: Assessment) -> Exit:
    from sovercheck.findings import UNREAD

    coverage = assessment.coverage
    unread = assessment.gaps or any(line.status in UNREAD for line in coverage.readings)
    return Exit.NOT_ESTABLISHED if unread or not coverage.subjects["resource"] else Exit.SATISFIED


def _summary(assessment: Assessment, folder: Path) -> Iterator[str]:
    from sovercheck.reports.base import Options
    from sovercheck.reports.view import View

    view = View(assessment, Options(lang=current()))
    yield visible(say("scan.title", organisation=assessment.organisation.name, date=view.say.date(assessment.as_of)))
    yield ""
    yield visible(say("scan.counts", parts=", ".join(_counts(view))))
    yield from map(visible, readings(view))
    yield ""
    yield visible(say("scan.saved", folder=shown(folder)))
    yield visible(say("scan.next", folder=shown(folder)))
    yield ""
    yield from _conclusion(view)


def _counts(view: View) -> Iterator[str]:
    """Accounts, resources and copies."""
    coverage = view.assessment.coverage
    counted = (
        ("accounts", len({line.account for line in coverage.readings if line.status == "read"} - {"*"})),
        ("resources", coverage.subjects["resource"]),
        ("copies", coverage.subjects["copy"]),
    )
    for name, n in counted:
        yield say(f"scan.counts.{name}", n=n, count=view.number(n))


def _conclusion(view: View) -> Iterator[str]:
    """Why the exit code is what it is."""
    from sovercheck.reports.ledger_page import not_obtained

    assessment = view.assessment
    if not assessment.coverage.subjects["resource"]:
        yield say("scan.exit.nothing")
    for key, n in (("gaps", len(assessment.gaps)), ("unread", not_obtained(view))):
        if n:
            yield say(f"assess.exit.{key}", n=n, count=view.number(n))
    if _code(assessment) is Exit.SATISFIED:
        yield say("scan.exit.satisfied")


command = Command(
    name="scan",
    help="cli.scan",
    callback=_scan,
    params=[
        config_option(),
        Option(["-o", "--output"], metavar="cli.metavar.folder", help="cli.scan.output"),
        Option(["-q", "--quiet"], is_flag=True, help="cli.assess.quiet"),
    ],
)
