from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck import messages
from sovercheck.cli import language
from sovercheck.cli.language import choose, say, speaking

from .conftest import Cli

_DEVELOPERS = (
    "Could not determine name",
    "No options defined but",
    "Arguments take exactly one",
    "Name '{name}' defined",
    "Boolean option {decl!r}",
    "Value must be an iterable",
    "Unknown standard stream",
    "Choice({choices})",
    "'{value}' is not a valid UUID",
    "{value!r} is not a valid UUID",
    "extra['required']",
)
"""What click says to those who write programs, never to those who use this one."""
_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
_NEVER = ("Do you want to continue?", "Confirm the action without prompting.")


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        ([], {}, "fr"),
        ([], {"LANG": "C.UTF-8"}, "fr"),
        ([], {"LC_ALL": "POSIX"}, "fr"),
        ([], {"LANG": ""}, "fr"),
        ([], {"LANG": "fr_CA.UTF-8"}, "fr"),
        ([], {"LANG": "fr_FR@euro"}, "fr"),
        ([], {"LANG": "en_CA.UTF-8"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "fr_CA.UTF-8", "LC_ALL": "en_CA.UTF-8"}, "en"),
        ([], {"LANG": "en_CA.UTF-8", "LC_MESSAGES": "fr_CA.UTF-8"}, "fr"),
        ([], {"LANG": "en_CA.UTF-8", "SOVERCHECK_LANG": "fr"}, "fr"),
        ([], {"SOVERCHECK_LANG": "en"}, "en"),
        (["--lang", "fr"], {"SOVERCHECK_LANG": "en"}, "fr"),
        (["assess", "--lang=en"], {"LANG": "fr_CA.UTF-8"}, "en"),
        (["--lang", "fr", "assess", "--lang", "en"], {}, "en"),
        (["init", "--", "--lang", "en"], {}, "fr"),
        (["assess", "--lang"], {}, "fr"),
        (["assess", "--lang", "de"], {"LANG": "en_CA"}, "en"),
    ],
)
def test_the_option_then_the_variable_then_the_locale(
    arguments: list[str], environment: dict[str, str], lang: str
) -> None:
    assert choose(arguments, environment) == lang


def test_a_language_that_nobody_speaks_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("facts", "--lang", "de").code == 2
    monkeypatch.setenv("SOVERCHECK_LANG", "de")
    ended = cli("facts")
    assert ended.code == 2
    assert "SOVERCHECK_LANG" in ended.err


def test_speaking_ends_with_its_block() -> None:
    with speaking("en"):
        assert say("cli.interrupted") == "Interrupted."
        with speaking("fr"):
            assert say("cli.interrupted") == "Interrompu."
        assert say("cli.interrupted") == "Interrupted."


def _sentences() -> Iterator[tuple[str, str | None]]:
    """Every sentence that click would have translated: itself, and its plural."""
    for name in _MODULES:
        source = importlib.import_module(f"click.{name}").__file__
        assert source is not None
        for node in ast.walk(ast.parse(Path(source).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if texts and str(texts[0]) not in _NEVER and not str(texts[0]).startswith(_DEVELOPERS):
                    yield str(texts[0]), str(texts[1]) if node.func.id == "ngettext" else None


@pytest.mark.parametrize(("one", "other"), sorted(set(_sentences()), key=str))
def test_click_speaks_french(one: str, other: str | None) -> None:
    entries = [texts for key, texts in messages.catalogue().items() if key.startswith("click.")]
    assert ({"one": one, "other": other} if other else one) in [texts["en"] for texts in entries]
    with speaking("fr"):
        found = language._translated(one) if other is None else language._translated_number(one, other, 2)
    assert found != (other or one) or found in ("(dynamic)", "%(prog)s, version %(version)s")


def test_click_is_left_its_own_words_in_english() -> None:
    with speaking("en"):
        assert language._translated("Usage:") == "Usage:"
        assert language._translated_number("one", "other", 1) == "one"
        assert language._translated_number("one", "other", 2) == "other"


def test_help_and_errors_of_usage_are_in_french(cli: Cli) -> None:
    help_ = cli("assess", "--help")
    assert help_.code == 0
    assert help_.out.startswith("Usage\u00a0: sovercheck assess [OPTIONS]")
    assert "Options\u00a0:" in help_.out
    assert "[par" in help_.out
    assert "défaut\u00a0: major]" in help_.out
    for word in ("Usage:", "Options:", "Commands:", "default:", "Show"):
        assert word not in help_.out
    unknown = cli("assess", "--nope")
    assert unknown.code == 2
    assert "Erreur\u00a0: L’option «\u00a0--nope\u00a0» n’existe pas." in unknown.err
    assert "Il manque l’argument" in cli("report").err
    assert "Il manque l’option" in cli("policy", "new", "x").err
    assert "n’est pas l’un de ces mots" in cli("assess", "--fail-on", "grave").err


def test_help_and_errors_of_usage_are_in_english(cli: Cli) -> None:
    assert cli("--lang", "en", "--help").out.startswith("Usage: sovercheck")
    assert "Error: No such command 'nope'." in cli("nope", "--lang", "en").err
