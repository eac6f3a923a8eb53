"""`sovercheck doctor`: what each configured source needs and whether it is there, versions, and what ships."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck import __version__, messages
from sovercheck.cli.commands import Command, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import say
from sovercheck.cli.settings import config_option, read_config
from sovercheck.cli.telling import tell, tell_error, visible
from sovercheck.errors import ConfigurationError, Place, SovercheckError

if TYPE_CHECKING:
    from sovercheck.config import Config
    from sovercheck.sources.base import LiveSource, Source, Tried

_CLOUDS = ("boto3", "azure-identity", "azure-mgmt-resource", "azure-mgmt-resourcegraph")
_PACKAGES = ("duckdb", "pyyaml", "pydantic", "click", "jinja2", "babel", "xlsxwriter", "python-calamine", *_CLOUDS)
LONGEST_POLICY = 6_144
"""Characters, white space apart, of an IAM managed policy."""

_ROOM = 500 * 10**6
"""Bytes that an assessment of a large organisation may need, for its reports or its temporary files."""


def _doctor(config: str | None, policy: str | None) -> int:
    if policy is not None:
        return _policy(read_config(config), policy)
    click.echo(f"sovercheck {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(", ".join(_versions()))
    complete = _messages()
    _shipped()
    configured = read_config(config)
    _line("ok", say("doctor.config", path=configured.path))
    _policies(configured)
    sound = [_source(source) for source in configured.sources] + [_cloud(source) for source in configured.live]
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
    waivers = load_waivers([file.path for file in config.waivers], loaded)
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


def _cloud(source: LiveSource) -> bool:
    """Tries a cloud, and says who the credentials are, what works, and which permissions are missing by name."""
    from sovercheck.sources.base import Work

    tried: list[Tried] = []
    with tempfile.TemporaryDirectory(prefix="sovercheck-") as folder:
        for one in source.trial(Work(Path(folder), date.today().isoformat())):
            tried.append(one)
            failed = len(one.failed)
            said = say(
                "doctor.cloud" if one.answered else "doctor.cloud.shut",
                source=source.name,
                account=one.account if one.account != "*" else say("doctor.cloud.all"),
                about=one.about or "–",
                answered=one.answered,
                failed=failed,
            )
            _line("missing" if failed else "ok", said)
    for line in _failures(tried):
        click.echo(f"         {visible(line)}")
    return bool(tried) and not any(one.failed for one in tried)


def _failures(tried: Sequence[Tried]) -> Iterator[str]:
    """Each missing permission with its accounts, then what failed for another reason, with the calls."""
    needed: dict[str, list[str]] = {}
    otherwise: dict[str, list[str]] = {}
    for one in tried:
        for failed in one.failed:
            refusal = failed.refusal
            if refusal.reason == "refused" and refusal.needs is not None:
                needed.setdefault(refusal.needs, []).append(one.account)
            else:
                reason = say(f"gap_reason.{refusal.reason}")
                otherwise.setdefault(f"{reason} ({refusal.detail or '?'})", []).append(failed.call)
    for name in sorted(needed, key=str.lower):
        yield say("doctor.cloud.permission", name=name, accounts=", ".join(dict.fromkeys(needed[name])))
    for reason, calls in sorted(otherwise.items()):
        yield say("doctor.gap", reason=reason, needs=", ".join(sorted(set(calls))))


def _policy(config: Config, kind: str) -> int:
    """Writes the smallest policy of the sources of a kind; what is to be known of it goes to stderr."""
    sources = [source for source in config.live if source.kind == kind]
    if not sources:
        raise ConfigurationError("config_no_cloud_of", place=Place(str(config.path)), kind=kind)
    for source in sources:
        least = source.least()
        click.echo(json.dumps(least, indent=2, ensure_ascii=False))
        short = len(json.dumps(least, separators=(",", ":")))
        if kind == "azure":
            tell(say("doctor.policy.azure"))
        elif short > LONGEST_POLICY:
            tell(say("doctor.policy.long", length=short, most=LONGEST_POLICY))
        if kind == "aws":
            tell(say("doctor.policy.aws"))
    return Exit.SATISFIED


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


command = Command(
    name="doctor",
    help="cli.doctor",
    callback=_doctor,
    params=[config_option(), Option(["--policy"], type=click.Choice(("aws", "azure")), help="cli.doctor.policy")],
)
