"""The program: which commands there are, and what becomes of every way in which one can end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from sovercheck.cli import language, telling
from sovercheck.cli.commands import Group, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import say
from sovercheck.errors import SovercheckError

DEBUG = "SOVERCHECK_DEBUG"


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from sovercheck import __version__

        click.echo(f"sovercheck {__version__}")
        ctx.exit()


program = Group(
    name="sovercheck",
    help="cli.program",
    no_args_is_help=True,
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help="cli.option.version",
            callback=_version,
        )
    ],
    lazy={
        name: f"sovercheck.cli.{name}"
        for name in ("init", "assess", "scan", "gate", "report", "compare", "policy", "facts", "doctor")
    },
)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; whatever goes wrong is told on stderr."""
    telling.steady_output()
    with language.speaking(language.choose(arguments, os.environ)):
        try:
            return _run(arguments)
        except BrokenPipeError:
            # Whoever read our output has had enough; nothing more is written, not even at the interpreter's end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.BROKEN_PIPE


def _run(arguments: Sequence[str]) -> int:
    try:
        language.check(os.environ)
        return _invoke(arguments)
    except SovercheckError as error:
        telling.tell_error(error)
        return Exit.USAGE
    except click.exceptions.NoArgsIsHelpError as error:
        telling.tell(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        _tell_usage(error)
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        telling.tell(say("cli.interrupted"))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last resort, told as what it is
        _tell_internal(error)
        return Exit.INTERNAL


def _invoke(arguments: Sequence[str]) -> int:
    """What click's `main` does, which would end a broken pipe with 1: here that means a finding."""
    try:
        with program.make_context("sovercheck", list(arguments), obj=tuple(arguments)) as context:
            code = program.invoke(context)
    except click.exceptions.Exit as end:
        code = end.exit_code
    # A full disk or a closed pipe is found out here and not at the interpreter's end; without a stdout, nothing is.
    print(end="", flush=True)
    return code if isinstance(code, int) else Exit.SATISFIED


def _tell_usage(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        telling.tell(context.get_usage())
        telling.tell(say("cli.try_help", command=context.command_path))
        telling.tell()
    telling.tell(say("cli.error", message=telling.visible(error.format_message())))


def _tell_internal(error: Exception) -> None:
    from sovercheck import __version__

    if os.environ.get(DEBUG):
        import traceback

        telling.tell("".join(traceback.format_exception(error)))
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    telling.tell(say("cli.internal", kind=kind, version=__version__, variable=DEBUG))
