"""click's commands and options, with keys of the catalogues where click has texts.

`help` and `metavar` are keys, looked up when they are shown, so that one set of commands speaks both languages.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from sovercheck import messages
from sovercheck.cli.language import say
from sovercheck.messages import LANGS


class Option(click.Option):
    """An option whose help and metavar are keys."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Its line in the help, in the language of this run."""
        with _spoken(self, "help"):
            return super().get_help_record(ctx)

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for its value."""
        with _spoken(self, "metavar"):
            return super().make_metavar(ctx)


class Argument(click.Argument):
    """A positional argument whose metavar is a key."""

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for its value."""
        with _spoken(self, "metavar"):
            return super().make_metavar(ctx)


class Command(click.Command):
    """A command whose help is a key; the first paragraph is what the list of commands shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        kwargs["add_help_option"] = False
        super().__init__(*args, **kwargs)
        self.params += [_language_option(), _help_option()]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, in the language of this run."""
        with _spoken(self, "help"):
            super().format_help_text(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Its line in the list of commands, whole."""
        return say(self.help).split("\n\n")[0].replace("\n", " ") if self.help else ""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """Ours; click would add its own to them."""
        return ["--help"]


class Group(Command, click.Group):
    """A group whose commands are imported when they are named: name → (module, attribute)."""

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})
        self.subcommand_metavar = "cli.metavar.command"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one meets them."""
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module imported now."""
        if cmd_name in self.lazy:
            found = getattr(importlib.import_module(self.lazy[cmd_name]), "command")  # noqa: B009 - mypy
            assert isinstance(found, click.Command)  # noqa: S101 - for the type checker
            return found
        return self.commands.get(cmd_name)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage line's parts, in the language of this run."""
        with _spoken(self, "subcommand_metavar"):
            return super().collect_usage_pieces(ctx)


@contextmanager
def _spoken(of: object, attribute: str) -> Iterator[None]:
    """Puts a text in the place of its key for as long as click reads it."""
    key = getattr(of, attribute)
    if isinstance(key, str) and messages.has(key):
        setattr(of, attribute, say(key))
    try:
        yield
    finally:
        setattr(of, attribute, key)


def _help_option() -> Option:
    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    return Option(
        ["-h", "--help"], is_flag=True, is_eager=True, expose_value=False, help="cli.option.help", callback=show
    )


def _language_option() -> Option:
    """Read before everything else by `language.asked`; here it is only checked and shown."""
    return Option(["--lang"], type=click.Choice(LANGS), expose_value=False, help="cli.option.lang")
