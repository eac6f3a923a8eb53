"""What several commands ask for: the configuration, the policies that it names, formats and files, a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.commands import Option
from sovercheck.cli.language import unknown
from sovercheck.cli.telling import look_in
from sovercheck.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from sovercheck.config import Config
    from sovercheck.policy.model import PolicySet
    from sovercheck.reference import Reference

STDOUT = "-"


def arguments() -> tuple[str, ...]:
    """The words of this command line, without the program's name."""
    given: tuple[str, ...] = click.get_current_context().obj
    return given


def config_option() -> Option:
    """`--config FILE`; without it, the file is looked for upward from the current folder."""
    return Option(["-c", "--config"], metavar="cli.metavar.file", help="cli.option.config")


def format_option(help_key: str) -> Option:
    """`-f FORMAT=PATH`, as often as one likes."""
    return Option(["-f", "--format", "formats"], metavar="cli.metavar.format_path", multiple=True, help=help_key)


def read_config(written: str | None) -> Config:
    """The configuration that the command line names, or the one found upward from the current folder.

    Raises:
        SovercheckError: there is none, or it cannot be used.
    """
    from sovercheck import config

    path = Path(written) if written is not None else config.find(Path())
    look_in(path.parent)
    return config.load(path)


def policies(written: str | None, reference: Reference) -> PolicySet:
    """The policies of the configuration, its parameters set; the shipped ones where there is no configuration."""
    from sovercheck.policy.loader import load_policies, shipped_ids

    found = _config_if_any(written)
    if found is None:
        return load_policies(shipped_ids(), reference, {})
    return load_policies(found.policies, reference, found.parameters, found.parameters_at)


def policy_names(written: str | None) -> tuple[Path | str, ...]:
    """The ids and folders of the policies of the configuration; the shipped ones where there is no configuration."""
    from sovercheck.policy.loader import shipped_ids

    found = _config_if_any(written)
    return shipped_ids() if found is None else found.policies


def _config_if_any(written: str | None) -> Config | None:
    try:
        return read_config(written)
    except ConfigurationError as error:
        if written is not None or error.code != "config_missing":
            raise
        return None


def targets(written: Iterable[str]) -> dict[str, str]:
    """`FORMAT=PATH` → format → path as written.

    Raises:
        UsageError: no equals sign, an unknown format, or a format asked for twice.
    """
    from sovercheck.reports.base import FORMATS

    found: dict[str, str] = {}
    for word in written:
        name, equals, path = word.partition("=")
        if not equals or not path:
            raise UsageError("cli_format_path", word=word, formats=", ".join(FORMATS))
        if name not in FORMATS:
            raise unknown("cli_format", name, tuple(FORMATS))
        if name in found:
            raise UsageError("cli_format_twice", word=name)
        found[name] = path
    return found


def day(written: str | None) -> date:
    """The day of `--as-of`; today, the only reading of the clock that an assessment depends on, where it is not said.

    Raises:
        UsageError: not a day of the form 2026-11-22.
    """
    if written is None:
        return date.today()
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.isoformat() != written:
        raise UsageError("cli_date", word=written)
    return found
