"""`sovercheck policy`: list, read out and test the rules, give editors their schema, begin a new one, pin a centre."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sovercheck.cli.commands import Argument, Command, Group, Option
from sovercheck.cli.exits import Exit
from sovercheck.cli.language import current, say, unknown
from sovercheck.cli.settings import config_option, policies, policy_names
from sovercheck.cli.telling import look_in, table, tell, visible
from sovercheck.errors import InputError, Place, UsageError

if TYPE_CHECKING:
    from sovercheck.evaluation.rehearse import Outcome
    from sovercheck.inventory.facts import Subject
    from sovercheck.policy.model import PolicySet, Rule
    from sovercheck.strictyaml import Value

_SUBJECTS: tuple[Subject, ...] = ("copy", "resource", "system", "contract", "party", "component", "estate")
_POLICY = Path(__file__).resolve().parent / "starter" / "policy.yaml"
"""The `policy.yaml` of a new folder, `{id}` to be filled in."""


# list


def _list(config: str | None) -> None:
    from sovercheck.reference import load_reference

    rows = [
        (rule.id, rule.policy, say(f"severity.{rule.severity}"), say(f"basis.{rule.basis.kind}"), rule.title[current()])
        for rule in policies(config, load_reference()).rules
    ]
    for line in table(rows):
        click.echo(line)


# explain


def _explain(rule: str, config: str | None) -> None:
    from sovercheck.reference import load_reference

    found = _of_id(policies(config, load_reference()), rule)
    for line in _explanation(found):
        click.echo(visible(line))


def _of_id(loaded: PolicySet, id_: str) -> list[Rule]:
    """The rule of an id; of a share's, all its variants."""
    found = [rule for rule in loaded.rules if id_ in (rule.id, rule.written_id)]
    if not found:
        raise unknown("cli_rule", id_, [rule.id for rule in loaded.rules])
    return found


def _explanation(rules: Sequence[Rule]) -> Iterator[str]:
    from sovercheck.policy.explain import explain

    lang = current()
    for rule in rules:
        yield say("cli.rule.id", id=rule.id, policy=rule.policy, severity=say(f"severity.{rule.severity}"))
        yield explain(rule, lang)
        yield ""
    rule = rules[0]
    if rule.rationale is not None:
        yield say("cli.rule.rationale", text=rule.rationale[lang])
    yield say("cli.rule.remediation", text=rule.remediation[lang])
    if rule.basis.url is not None:
        yield say("cli.rule.url", text=rule.basis.url)
    yield _text_read(rule)
    if rule.parameters:
        values = ", ".join(f"{rule.written_id}.{name}: {value}" for name, value in rule.parameters.items())
        yield say("cli.rule.parameters", text=values)
    yield say("cli.rule.place", text=str(rule.place))
    yield say("cli.rule.tests")
    for test in rule.tests:
        yield f"  - {test.name} → {_expected(test.expect)}"


def _text_read(rule: Rule) -> str:
    text = rule.basis.text
    read_on = text.read_on.isoformat() if text.read_on is not None else say("state.unknown")
    return say(
        "cli.rule.text",
        version=text.version or say("state.unknown"),
        read_on=read_on,
        grade=say(f"text_grade.{text.grade}"),
    )


def _expected(expect: str | Mapping[str, str]) -> str:
    if isinstance(expect, str):
        return expect
    return ", ".join(f"{variant}: {verdict}" for variant, verdict in expect.items())


# test


def _test(what: tuple[str, ...], config: str | None) -> int:
    from sovercheck.errors import SovercheckError, raise_all
    from sovercheck.evaluation.rehearse import rehearse
    from sovercheck.policy.loader import read_written, resolve, with_parameters
    from sovercheck.reference import load_reference

    reference = load_reference()
    folders = [Path(word) for word in what if Path(word).is_dir()]
    ids = [word for word in what if not Path(word).is_dir()]
    errors: list[SovercheckError] = []
    written = read_written([*folders, *(policy_names(config) if ids or not folders else ())], errors)
    raise_all(errors)
    # Under the rules' own parameters: their tests know nothing of what an organisation sets.
    loaded = resolve(written, reference, {})

    def under(rule: Rule, parameters: Mapping[str, Value]) -> Rule:
        variants = with_parameters(rule.written_id, written, reference, parameters)
        return next(variant for variant in variants if variant.id == rule.id)

    rules = list(_chosen(loaded, folders, ids)) if what else list(loaded.rules)
    outcomes = rehearse(rules, reference, under)
    failed = [found for found in outcomes if not found.holds]
    for found in failed:
        click.echo(visible(_failure(found)))
    count, bad = len(outcomes), len(failed)
    click.echo(say("cli.tests.run", n=count, count=count, rules=len({rule.written_id for rule in rules})))
    if bad:
        click.echo(say("cli.tests.failed", n=bad, count=bad))
    return Exit.FINDING if failed else Exit.SATISFIED


def _chosen(loaded: PolicySet, folders: Sequence[Path], ids: Sequence[str]) -> Iterator[Rule]:
    """The rules that folders hold, and those that ids of policies or of rules name."""
    named = {rule.id for id_ in ids if id_ not in _policy_ids(loaded) for rule in _of_id(loaded, id_)}
    inside = [folder.resolve() for folder in folders]
    for rule in loaded.rules:
        where = Path(rule.place.file).resolve()
        if rule.policy in ids or rule.id in named or any(where.is_relative_to(folder) for folder in inside):
            yield rule


def _policy_ids(loaded: PolicySet) -> set[str]:
    return {policy.id for policy in loaded.policies}


def _failure(found: Outcome) -> str:
    place = next((test.place for test in found.rule.tests if test.name == found.case.name), found.rule.place)
    return say(
        "cli.tests.failure",
        place=place,
        rule=found.rule.id,
        name=found.case.name,
        expected=found.case.expect,
        found=found.found or say("state.none"),
    )


# schema


def _schema(output: str | None) -> None:
    from sovercheck.files import written_whole
    from sovercheck.policy.schema import rule_schema

    text = json.dumps(rule_schema(current()), ensure_ascii=False, indent=2)
    if output is None or output == "-":
        click.echo(text)
        return
    with written_whole(Path(output)) as stream:
        stream.write(f"{text}\n".encode())


# new


def _new(rule: str, subject: Subject, folder: str) -> None:
    from sovercheck.policy.template import template

    into = Path(folder)
    path = into / f"{rule}.yaml"
    written = {path: template(rule, subject, date.today())}
    presentation = into / "policy.yaml"
    if not presentation.exists():
        name = into.resolve().name
        written = {presentation: _POLICY.read_text(encoding="utf-8").format(id=name), **written}
    write_new(written)
    for one in written:
        click.echo(say("cli.written", path=visible(str(one))))


def write_new(texts: Mapping[Path, str]) -> None:
    """Writes files that must not exist yet, all or none of them.

    Raises:
        UsageError: one exists.
        InputError: the disk refuses.
    """
    for path in texts:
        if path.exists() or path.is_symlink():
            raise UsageError("cli_exists", place=Place(str(path)))
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except FileExistsError as error:
            raise UsageError("cli_exists", place=Place(str(path))) from error
        except OSError as error:
            raise InputError("unwritable", place=Place(str(path)), reason=error.strerror or str(error)) from error


# pin


def _pin(file: str) -> None:
    from sovercheck.config.reading import read_central

    path = Path(file)
    look_in(path.parent)
    central = read_central(path)
    click.echo(central.sha256)
    tell(say("cli.pin.files", n=len(central.files), count=len(central.files)))


command = Group(name="policy", help="cli.policy", no_args_is_help=True)
command.add_command(Command(name="list", help="cli.policy.list", callback=_list, params=[config_option()]))
command.add_command(
    Command(
        name="explain",
        help="cli.policy.explain",
        callback=_explain,
        params=[Argument(["rule"], metavar="cli.metavar.rule"), config_option()],
    )
)
command.add_command(
    Command(
        name="test",
        help="cli.policy.test",
        callback=_test,
        params=[Argument(["what"], metavar="cli.metavar.rules", nargs=-1), config_option()],
    )
)
command.add_command(
    Command(
        name="schema",
        help="cli.policy.schema",
        callback=_schema,
        params=[Option(["-o", "--output"], metavar="cli.metavar.file", help="cli.policy.schema.output")],
    )
)
command.add_command(
    Command(
        name="new",
        help="cli.policy.new",
        callback=_new,
        params=[
            Argument(["rule"], metavar="cli.metavar.rule"),
            Option(["--subject"], type=click.Choice(_SUBJECTS), required=True, help="cli.policy.new.subject"),
            Option(
                ["-o", "--output", "folder"], default=".", metavar="cli.metavar.folder", help="cli.policy.new.output"
            ),
        ],
    )
)
command.add_command(
    Command(
        name="pin",
        help="cli.policy.pin",
        callback=_pin,
        params=[Argument(["file"], metavar="cli.metavar.file")],
    )
)
