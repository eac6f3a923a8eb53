"""`sovercheck facts`: the registry, who settles each fact, by what evidence, and the question to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sovercheck import messages
from sovercheck.cli.commands import Command, Option
from sovercheck.cli.language import current, say, unknown

if TYPE_CHECKING:
    from sovercheck.inventory.facts import Fact


def _facts(as_json: bool, as_markdown: bool, subject: str | None) -> None:
    from sovercheck.inventory.facts import FACTS, TABLES

    tables = dict.fromkeys(fact.table for fact in FACTS.values())
    if subject is not None and subject not in tables:
        raise unknown("cli_subject", subject, [*TABLES])
    facts = [fact for fact in FACTS.values() if subject in (None, fact.table)]
    if as_json:
        click.echo(json.dumps([_plain(fact) for fact in facts], ensure_ascii=False, indent=2))
        return
    for line in _markdown(facts) if as_markdown else _text(facts):
        click.echo(line)


def _plain(fact: Fact) -> dict[str, object]:
    both = {"meaning": f"fact.{fact.name}", "question": f"fact.{fact.name}.question"}
    return {
        "name": fact.name,
        "table": fact.table,
        "type": fact.type.value,
        "unit": fact.unit,
        "words": list(fact.words),
        "derived": fact.derived,
        "settled_by": fact.settled_by,
        "accepted_evidence": fact.accepted.word,
        **{
            name: {lang: messages.text(key, lang) for lang in messages.LANGS} if messages.has(key) else None
            for name, key in both.items()
        },
    }


def _text(facts: list[Fact]) -> Iterator[str]:
    for fact in facts:
        yield f"{fact.name}  ({_type(fact)})"
        yield f"  {say(f'fact.{fact.name}')}"
        yield f"  {_settled(fact)}"
        question = _question(fact)
        if question:
            yield f"  {say('cli.facts.question', text=question)}"
        yield ""


def _markdown(facts: list[Fact]) -> Iterator[str]:
    yield f"# {say('cli.facts.title')}"
    yield ""
    yield say("cli.facts.about")
    table = None
    for fact in facts:
        if fact.table != table:
            table = fact.table
            yield ""
            yield f"## {_heading(table)}"
            yield ""
            yield f"| {say('cli.facts.columns')} |"
            yield "|---|---|---|---|---|"
        cells = (f"`{fact.name}`", _type(fact), say(f"fact.{fact.name}"), _settled(fact), _question(fact))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _heading(table: str) -> str:
    return f"{say(f'table.{table}.plural')} (`{table}`)"


def _type(fact: Fact) -> str:
    said = say(f"cli.type.{fact.type.value}")
    if fact.words:
        said += say("cli.facts.words", words=", ".join(fact.words))
    return f"{said}, {fact.unit}" if fact.unit else said


def _settled(fact: Fact) -> str:
    if fact.derived:
        return say("cli.facts.derived", who=say(f"settler.{fact.settled_by}"))
    return say("cli.facts.settled", who=say(f"settler.{fact.settled_by}"), grade=say(f"grade.{fact.accepted.word}"))


def _question(fact: Fact) -> str:
    key = f"fact.{fact.name}.question"
    return messages.text(key, current()) if messages.has(key) else ""


command = Command(
    name="facts",
    help="cli.facts",
    callback=_facts,
    params=[
        Option(["--json", "as_json"], is_flag=True, help="cli.facts.json"),
        Option(["--markdown", "as_markdown"], is_flag=True, help="cli.facts.markdown"),
        Option(["--subject"], metavar="cli.metavar.subject", help="cli.facts.subject"),
    ],
)
