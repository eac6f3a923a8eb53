from __future__ import annotations

import click
import pytest

from sovercheck import messages
from sovercheck.cli.commands import Option
from sovercheck.cli.language import speaking
from tests.documents import commands

from .conftest import Cli


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_text_of_a_command_is_a_key(name: str, command: click.Command) -> None:
    assert command.help is not None
    assert messages.has(command.help)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert messages.has(parameter.help or ""), parameter.name
        if parameter.metavar is not None:
            assert messages.has(parameter.metavar), parameter.name


@pytest.mark.parametrize("lang", messages.LANGS)
def test_every_command_has_its_help_in_both_languages(lang: str, cli: Cli) -> None:
    for name, command in commands():
        ended = cli(*name.split()[1:], "--lang", lang, "--help")
        assert ended.code == 0
        assert "cli." not in ended.out, name
        for option in command.params:
            assert all(name in ended.out for name in option.opts if name.startswith("--"))


def test_a_key_is_back_once_it_was_shown() -> None:
    option = Option(["--as-of"], help="cli.assess.as_of", metavar="cli.metavar.date")
    context = click.Context(click.Command("x"))
    with speaking("fr"):
        french = option.get_help_record(context)
    with speaking("en"):
        english = option.get_help_record(context)
    assert french is not None
    assert english is not None
    assert french[0] == "--as-of AAAA-MM-JJ"
    assert english[0] == "--as-of YYYY-MM-DD"
    assert option.help == "cli.assess.as_of"
