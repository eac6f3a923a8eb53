"""What the documents say that the program knows better: `make docs` writes it, `test_documents.py` compares.

Commands, facts and what a scan reads are pages of their own; a README has blocks between `<!-- name -->` and
`<!-- /name -->`.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path

import click

from sovercheck.cli.commands import Group
from sovercheck.cli.language import say, speaking
from sovercheck.cli.program import program, run
from sovercheck.messages import Lang
from tests.coverage_page import coverage_page

ROOT = Path(__file__).resolve().parent.parent
READMES: dict[Lang, str] = {"fr": "README.md", "en": "README.en.md"}
COMMANDS: dict[Lang, str] = {"fr": "docs/commandes.md", "en": "docs/commands.md"}
FACTS: dict[Lang, str] = {"fr": "docs/faits.md", "en": "docs/facts.md"}
COVERAGE: dict[Lang, str] = {"fr": "docs/couverture.md", "en": "docs/coverage.md"}
EXAMPLE = ROOT / "examples" / "sante-quebec"
AS_OF = "2026-11-22"
"""The day of the example's assessment in the documents."""

_TITLES = {"fr": "Les commandes", "en": "The commands"}
_COLUMNS = {"fr": "| commande | fait |", "en": "| command | does |"}
_USES = {"fr": "| option | sens |", "en": "| option | meaning |"}


def output(*arguments: str) -> str:
    """What a command prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        run(arguments)
    return printed.getvalue()


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""

    def under(group: Group, prefix: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            if isinstance(command, Group):
                yield from under(command, f"{prefix} {name}", context)
            else:
                yield f"{prefix} {name}", command

    yield from under(program, "sovercheck", click.Context(program, info_name="sovercheck"))


def _line(name: str, command: click.Command, context: click.Context) -> str:
    values = [parameter.make_metavar(context) for parameter in command.params if isinstance(parameter, click.Argument)]
    return " ".join([name, *values])


def command_table(lang: Lang) -> str:
    """Each command and what it does, as the list of commands says."""
    with speaking(lang):
        rows = [
            f"| `{_cell(_line(name, command, click.Context(command)))}` | {command.get_short_help_str()} |"
            for name, command in commands()
        ]
    return "\n".join([_COLUMNS[lang], "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def command_page(lang: Lang) -> str:
    """Each command with all its options."""
    lines = [f"# {_TITLES[lang]}", ""]
    with speaking(lang):
        for name, command in commands():
            context = click.Context(command)
            lines += [f"## {name}", "", f"`{_line(name, command, context)}`", "", say(command.help or ""), ""]
            records = [record for option in command.params if (record := option.get_help_record(context))]
            options = [(use, help_) for use, help_ in records if use.startswith("-")]
            lines += [_USES[lang], "|---|---|", *(f"| `{_cell(use)}` | {help_} |" for use, help_ in options), ""]
    return "\n".join(lines)


def facts_page(lang: Lang) -> str:
    """The registry."""
    return output("facts", "--markdown", "--lang", lang)


def example_summary(lang: Lang) -> str:
    """The summary of the example's assessment, run in a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "example"
        shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("sortie", "historique"))
        with chdir(copy):
            printed = output("assess", "--as-of", AS_OF, "--lang", lang)
    return f"```text\n{printed.strip()}\n```"


def rule_example() -> str:
    """The rule of the French README, for the English one."""
    return block("règle", (ROOT / READMES["fr"]).read_text(encoding="utf-8"))


def block(name: str, text: str) -> str:
    """What stands between the markers of a block."""
    return _parts(name, text)[1].strip("\n")


def with_block(name: str, content: str, text: str) -> str:
    """A text with other content between the markers of a block."""
    before, _, after = _parts(name, text)
    return f"{before}{content}\n{after}"


def _parts(name: str, text: str) -> tuple[str, str, str]:
    found = re.search(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", text, re.DOTALL)
    assert found is not None, name
    return text[: found.start()], found[0], text[found.end() :]


def main() -> None:
    """Writes every page and block."""
    for lang, readme in READMES.items():
        (ROOT / COMMANDS[lang]).write_text(command_page(lang), encoding="utf-8")
        (ROOT / FACTS[lang]).write_text(facts_page(lang), encoding="utf-8")
        (ROOT / COVERAGE[lang]).write_text(coverage_page(lang), encoding="utf-8")
        path = ROOT / readme
        text = path.read_text(encoding="utf-8")
        text = with_block("commandes", command_table(lang), text)
        text = with_block("exemple", example_summary(lang), text)
        text = with_block("règle", rule_example(), text)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
