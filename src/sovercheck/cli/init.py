"""`sovercheck init`: a commented configuration and a first declaration, ready to be assessed and to be replaced."""

from __future__ import annotations

from pathlib import Path

import click

from sovercheck.cli.commands import Argument, Command
from sovercheck.cli.language import current, say
from sovercheck.cli.policy import write_new
from sovercheck.cli.telling import visible

_STARTER = Path(__file__).resolve().parent / "starter"


def _init(folder: str) -> None:
    into = Path(folder)
    source = _STARTER / current()
    texts = {
        into / path.relative_to(source): path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.yaml"))
    }
    write_new(texts)
    for path in texts:
        click.echo(say("cli.written", path=visible(str(path))))
    click.echo(say("cli.init.next"))


command = Command(
    name="init",
    help="cli.init",
    callback=_init,
    params=[Argument(["folder"], metavar="cli.metavar.optional_folder", default=".")],
)
