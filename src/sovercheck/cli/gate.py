"""`sovercheck gate`: a plan or template in CI, judged before anything of it exists.

What it needs is imported where it is needed: a job waits for the whole process, whose cost `benchmarks/bench_gate.py`
measures.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sovercheck.cli.commands import Argument, Command, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import current, say, unknown
from sovercheck.cli.settings import STDOUT, config_option, day, format_option, targets
from sovercheck.cli.telling import look_in, tell
from sovercheck.errors import ConfigurationError, InputError, Place, UsageError

if TYPE_CHECKING:
    from sovercheck.config import Config
    from sovercheck.config.base import Base
    from sovercheck.decisions.gate import Gated
    from sovercheck.findings import NoteView, Severity
    from sovercheck.gate import Result
    from sovercheck.sources.kinds.model import Provider
    from sovercheck.sources.plans.model import Plan

_SEVERITIES: tuple[Severity, ...] = ("blocking", "major", "minor", "info")
_CLASSES = ("public", "internal", "sensitive", "health")
_PROVIDERS: Mapping[str, Provider] = {
    "aws": "aws",
    "azure": "azure",
    "azurerm": "azure",
    "google": "google",
    "gcp": "google",
}
"""What people call them, `azurerm` as Terraform does."""
_CODES: Mapping[Result, Exit] = {
    "finding": Exit.FINDING,
    "not_established": Exit.NOT_ESTABLISHED,
    "waived": Exit.WAIVED,
    "satisfied": Exit.SATISFIED,
}
_kept: list[object] = []
"""The engine of the last gate, which the process holds until it ends: to close it would cost a job time for nothing."""
_TERMINAL = "terminal"
_PAIR = re.compile(r"([^=]+)=(.+)", re.DOTALL)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leaves cycles alone meanwhile: a gate makes next to none, and its process ends with it.

    To look for them in all that a large plan holds takes a sixth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_uncollected()
def _gate(
    files: tuple[str, ...],
    config: str | None,
    base: str | None,
    source_dir: str | None,
    data_class: str | None,
    assumed: tuple[str, ...],
    parameters: tuple[str, ...],
    baseline: str | None,
    write_baseline: str | None,
    save: str | None,
    name: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    fail_on: Severity,
    only_new: bool,
    colour: Literal["auto", "always", "never"],
    exit_zero: bool,
    quiet: bool,
) -> int:
    today = day(as_of)
    written = targets(formats)
    if list(written.values()).count(STDOUT) > 1:
        raise UsageError("cli_stdout_twice")
    regions = _regions(assumed)
    values = dict(_pairs(parameters, "cli_parameter"))
    if name is not None and (not name.strip() or not name.isprintable() or "#" in name):
        raise UsageError("cli_change_name", word=name)
    if not files:
        tell(say("gate.no_file"))
        return Exit.SATISFIED if exit_zero else Exit.NOT_ESTABLISHED
    from sovercheck.inventory.engine import Database

    # It opens while the files are read, for what is before the change and what is after.
    database = Database(blank=2)
    _kept[:] = [database]
    from sovercheck.decisions import baseline as baselines
    from sovercheck.decisions.gate import Asked, gate

    plans = [plan for path, shown in _shown(files) for plan in _read(path, shown, source_dir, regions, values)]
    reference = Path(baseline) if baseline is not None else None
    with _configured(config, base, reference) as (configured, waivers_from, notes, there):
        asked = Asked(
            as_of=today,
            fail_on=fail_on,
            only_new=only_new,
            data_class=data_class,
            assumed={str(provider): region for provider, region in regions.items()},
            baseline=baselines.read(there, str(baseline)) if there is not None else None,
            waivers_from=waivers_from,
            notes=notes,
            kept=Path(save) if save is not None else None,
            name=name,
        )
        gated = gate(plans, configured, asked, database)
        _report(gated, written, colour, quiet=quiet)
    if write_baseline is not None:
        _write(Path(write_baseline), baselines.text(gated.entries))
        if not quiet:
            tell(say("gate.baseline_written", n=len(gated.entries), file=write_baseline))
    return Exit.SATISFIED if exit_zero else _CODES[gated.gate.result]


def _read(
    path: Path, shown: str, source_dir: str | None, assumed: Mapping[Provider, str], parameters: Mapping[str, str]
) -> tuple[tuple[Plan, str], ...]:
    from sovercheck.sources.plans import sniff
    from sovercheck.sources.plans.model import Asked

    if source_dir is not None and not Path(source_dir).is_dir():
        raise InputError("source_dir", place=Place(source_dir))
    return sniff.read(path, shown, Asked(source_dir or _beside(path), assumed, parameters))


def _beside(path: Path) -> str | None:
    """The folder of a plan, where the sources stand in it: the usual way to make one."""
    folder = path.parent
    try:
        found = any(entry.name.endswith((".tf", ".tofu")) for entry in os.scandir(folder or "."))
    except OSError:
        return None
    return str(folder) if found else None


def _shown(files: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Each file once, and as reports name it: from the current folder; of one outside, the least that tells it apart.

    What is above the current folder is the machine's, and nothing in a report.
    """
    here = Path.cwd().resolve()
    given = {Path(os.path.realpath(path)): path for path in reversed([Path(file) for file in files])}
    inside = {path: path.relative_to(here).as_posix() for path in given if path.is_relative_to(here)}
    outside = {path: Path(os.path.abspath(written)).parts for path, written in given.items() if path not in inside}
    length, names = 1, dict(inside)
    while True:
        names.update((path, "/".join(parts[-length:])) for path, parts in outside.items())
        if len(set(names.values())) == len(names) or length > max(map(len, outside.values())):
            break
        length += 1
    for path in reversed(given):
        yield given[path], names[path]


def _regions(written: Iterable[str]) -> dict[Provider, str]:
    """Provider → region, each as its provider spells it; one that nobody knows would settle nothing."""
    found: dict[Provider, str] = {}
    for word, name in _pairs(written, "cli_assume_region"):
        provider = _PROVIDERS.get(word.strip().lower())
        if provider is None:
            raise unknown("cli_provider", word, tuple(_PROVIDERS))
        region = _region(provider, name)
        if found.setdefault(provider, region) != region:
            raise UsageError("cli_assume_twice", word=provider, first=found[provider], second=region)
    return found


def _region(provider: Provider, name: str) -> str:
    from sovercheck.reference import load_reference

    regions = load_reference().regions
    known = regions.place(provider, name)
    if known is None:
        raise unknown("cli_region", name, [region.id for region in regions.all if region.provider == provider])
    return known.id


def _pairs(written: Iterable[str], code: str) -> Iterator[tuple[str, str]]:
    for word in written:
        found = _PAIR.fullmatch(word)
        if found is None:
            raise UsageError(code, word=word)
        yield found[1], found[2]


WaiversFrom = Literal["base", "centre", "nothing", "left"]


@contextmanager
def _configured(
    written: str | None, ref: str | None, reference: Path | None
) -> Iterator[tuple[Config, WaiversFrom, tuple[NoteView, ...], Path | None]]:
    """What the change is judged by: the configuration of its base where there is one, and never its own waivers.

    The state of reference is that of the base as well, where the base has one; a new one is the change's, and told so.
    """
    from sovercheck import config
    from sovercheck.config import base as bases
    from sovercheck.config.standing import standing

    asked = ref if ref is not None else bases.default_ref(os.environ)
    if asked is None:
        configured = _plainly(written)
        counting, notes = standing(configured, _tree(configured))
        yield replace(configured, waivers=counting), _from(configured, counting), notes, reference
        return
    besides = [reference] if reference is not None else []
    with bases.at_base(Path(), asked, Path(written) if written is not None else None, besides) as base:
        configured_there = base.load()
        found = configured_there if configured_there is not None else config.default(Path(), current())
        there, told = _reference(reference, base)
        yield found, "base" if found.waivers else "nothing", told, there


def _reference(file: Path | None, base: Base) -> tuple[Path | None, tuple[NoteView, ...]]:
    from sovercheck.findings import NoteView

    if file is None:
        return None, ()
    there = base.locate(file.parent.resolve() / file.name)
    if there.is_file():
        return there, ()
    return file, (NoteView(str(file), "baseline_of_the_change", {"file": str(file), "base": base.ref}),)


def _plainly(written: str | None) -> Config:
    from sovercheck import config

    try:
        path = Path(written) if written is not None else config.find(Path())
    except ConfigurationError as error:
        if error.code != "config_missing":
            raise
        return config.default(Path(), current())
    look_in(path.parent)
    return config.load(path)


def _tree(configured: Config) -> Path:
    """The working tree around a configuration, which is the change."""
    folder = configured.path.resolve().parent
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


def _from(configured: Config, counting: tuple[object, ...]) -> WaiversFrom:
    if len(counting) < len(configured.waivers):
        return "left"
    return "centre" if counting else "nothing"


def _report(gated: Gated, written: Mapping[str, str], colour: str, *, quiet: bool) -> None:
    from sovercheck.cli.rendering import render
    from sovercheck.reports.base import Options

    asked = {name: path for name, path in written.items() if name != _TERMINAL or path != STDOUT}
    render(gated.assessment, asked, {}, gated.comparison, gated.gate)
    if quiet and _TERMINAL not in written:
        return
    from sovercheck.reports import terminal

    taken = STDOUT in asked.values()
    stream = sys.stderr if taken else sys.stdout
    options = Options(lang=current(), comparison=gated.comparison, gate=gated.gate)
    for line in terminal.lines(gated.assessment, options, colour=_in_colour(colour, stream.isatty())):
        click.echo(line, err=taken, color=True)


def _in_colour(asked: str, is_terminal: bool) -> bool:
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return is_terminal or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0")


def _write(path: Path, text: str) -> None:
    from sovercheck.files import written_whole

    with written_whole(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


command = Command(
    name="gate",
    help="cli.gate",
    callback=_gate,
    params=[
        Argument(["files"], nargs=-1, metavar="cli.metavar.plan"),
        config_option(),
        Option(["--base"], metavar="cli.metavar.ref", help="cli.gate.base"),
        Option(["--source-dir"], metavar="cli.metavar.folder", help="cli.gate.source_dir"),
        Option(["--data-class"], type=click.Choice(_CLASSES), help="cli.gate.data_class"),
        Option(
            ["--assume-region", "assumed"],
            metavar="cli.metavar.provider_region",
            multiple=True,
            help="cli.gate.assume_region",
        ),
        Option(
            ["--parameter", "parameters"], metavar="cli.metavar.name_value", multiple=True, help="cli.gate.parameter"
        ),
        Option(["--baseline"], metavar="cli.metavar.file", help="cli.gate.baseline"),
        Option(["--write-baseline"], metavar="cli.metavar.file", help="cli.gate.write_baseline"),
        Option(["--save"], metavar="cli.metavar.folder", help="cli.gate.save"),
        Option(["--name"], metavar="cli.metavar.name", help="cli.gate.name"),
        Option(["--as-of"], metavar="cli.metavar.date", help="cli.gate.as_of"),
        format_option("cli.gate.format"),
        Option(
            ["--fail-on"],
            type=click.Choice(_SEVERITIES),
            default="major",
            show_default=True,
            help="cli.gate.fail_on",
        ),
        Option(["--only-new"], is_flag=True, help="cli.gate.only_new"),
        Option(
            ["--color", "colour"],
            type=click.Choice(("auto", "always", "never")),
            default="auto",
            show_default=True,
            help="cli.gate.color",
        ),
        Option(["--exit-zero"], is_flag=True, help="cli.assess.exit_zero"),
        Option(["-q", "--quiet"], is_flag=True, help="cli.gate.quiet"),
    ],
)
