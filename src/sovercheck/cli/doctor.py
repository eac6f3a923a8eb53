"""`sovercheck doctor`: what each configured source needs and whether it is there, versions, and what ships."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck import __version__, messages
from sovercheck.cli.commands import Command
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import say
from sovercheck.cli.settings import config_option, read_config
from sovercheck.cli.telling import tell_error, visible
from sovercheck.errors import SovercheckError

if TYPE_CHECKING:
    from sovercheck.config import Config
    from sovercheck.sources.base import Source

_PACKAGES = ("duckdb", "pyyaml", "pydantic", "click", "jinja2", "babel", "xlsxwriter", "python-calamine")
_ROOM = 500 * 10**6
"""Bytes that an assessment of a large organisation may need, for its reports or its temporary files."""


def _doctor(config: str | None) -> int:
    click.echo(f"sovercheck {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(", ".join(_versions()))
    complete = _messages()
    _shipped()
    configured = read_config(config)
    _line("ok", say("doctor.config", path=configured.path))
    _policies(configured)
    sound = [_source(source) for source in configured.sources]
    if not sound:
        _line("missing", say("doctor.no_source"))
    roomy = [_room(folder) for folder in _folders(configured)]
    all_there = complete and sound and all(sound) and all(roomy)
    return Exit.SATISFIED if all_there else Exit.NOT_ESTABLISHED


def _versions() -> Iterator[str]:
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield say("doctor.package_missing", name=name)


def _messages() -> bool:
    """Whether every sentence is there in both languages."""
    catalogue = messages.catalogue()
    lacking = [key for key, texts in catalogue.items() if not texts.keys() >= set(messages.LANGS)]
    _line("missing" if lacking else "ok", say("doctor.messages", count=len(catalogue), lacking=len(lacking)))
    return not lacking


def _shipped() -> None:
    """What ships is read whole: an incomplete installation is told here, and not in the middle of an assessment."""
    from sovercheck.policy.loader import load_policies, shipped_ids
    from sovercheck.reference import load_reference

    reference = load_reference()
    loaded = load_policies(shipped_ids(), reference, {})
    counts = {"policies": len(loaded.policies), "rules": len(loaded.rules), "laws": len(reference.laws)}
    _line("ok", say("doctor.shipped", **counts))


def _policies(config: Config) -> None:
    from sovercheck.policy.loader import load_policies
    from sovercheck.policy.waivers import load_waivers
    from sovercheck.reference import load_reference

    loaded = load_policies(config.policies, load_reference(), config.parameters, config.parameters_at)
    waivers = load_waivers(config.waivers, loaded) if config.waivers is not None else ()
    _line("ok", say("doctor.policies", rules=len(loaded.rules), waivers=len(waivers)))


def _source(source: Source) -> bool:
    """Reads a source whole, and says what it gave or what it lacks."""
    from sovercheck.inventory.rows import Gap, Note, Row

    try:
        items = list(source.collect())
    except SovercheckError as error:
        _line("missing", say("doctor.source_error", source=source.name))
        tell_error(error)
        return False
    kinds = Counter(type(item) for item in items)
    found = say("doctor.source", source=source.name, n=kinds[Row], rows=kinds[Row], gaps=kinds[Gap])
    sound = bool(kinds[Row]) and not kinds[Gap]
    _line("ok" if sound else "missing", found)
    for item in items:
        if isinstance(item, Note):
            click.echo(f"         {visible(say(f'note.{item.code}', **item.params))}")
        elif isinstance(item, Gap):
            needs = item.needs or item.detail or item.scope or item.table
            click.echo(f"         {visible(say('doctor.gap', reason=say(f'gap_reason.{item.reason}'), needs=needs))}")
    return sound


def _folders(config: Config) -> list[Path]:
    return list(dict.fromkeys([*(path.parent for path in config.reports.values()), Path(tempfile.gettempdir())]))


def _room(folder: Path) -> bool:
    """Whether the disk of a folder, or of the nearest that exists above it, has room."""
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.is_dir())
    free = shutil.disk_usage(existing).free
    _line("ok" if free >= _ROOM else "missing", say("doctor.room", folder=folder, megabytes=free // 10**6))
    return free >= _ROOM


def _line(state: str, text: str) -> None:
    click.echo(f"  {say(f'doctor.{state}'):<6} {visible(text)}")


command = Command(name="doctor", help="cli.doctor", callback=_doctor, params=[config_option()])
