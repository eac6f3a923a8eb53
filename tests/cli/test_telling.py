from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sovercheck.cli.language import speaking
from sovercheck.cli.telling import error_lines, table
from sovercheck.errors import InputError, Place, SeveralErrors, UsageError

from .conftest import Cli


def test_an_error_shows_its_line_and_a_caret(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("un: 1\ndeux: {trois: 4}\n", encoding="utf-8")
    error = InputError("yaml_alias", place=Place(str(file), 2, 8), anchor="x")
    with speaking("fr"):
        lines = list(error_lines(error))
    assert lines == [
        "Erreur\u00a0: Le renvoi «\u00a0x\u00a0» ne désigne rien qui soit déjà terminé.",
        f"  --> {file}:2:8",
        "  |",
        "2 | deux: {trois: 4}",
        "  |        ^",
    ]


def test_control_characters_of_a_source_line_move_the_caret_with_them(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("nom: \x1b[31m, x: y\n", encoding="utf-8")
    error = InputError("yaml_key", place=Place(str(file), 1, 13))
    with speaking("en"):
        _, _, _, source, caret = error_lines(error)
    assert source == r"1 | nom: \x1b[31m, x: y"
    assert caret.index("^") == source.index("x: y")


def test_a_very_long_line_is_shown_around_its_column(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("x" * 5000 + "!" + "y" * 5000, encoding="utf-8")
    with speaking("en"):
        _, _, _, source, caret = error_lines(InputError("yaml_key", place=Place(str(file), 1, 5001)))
    assert len(source) < 200
    assert source[caret.index("^")] == "!"


@pytest.mark.parametrize(
    "place",
    [Place("absent.yaml", 1, 1), Place("classeur.xlsx", cell="Serveurs!C14"), Place("dossier"), Place("a.yaml", 99, 1)],
)
def test_a_place_without_a_line_to_show_is_only_named(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("un: 1\n", encoding="utf-8")
    with speaking("en"):
        assert list(error_lines(InputError("yaml_key", place=place))) == [
            "Error: A key must be plain text.",
            f"  --> {place}",
        ]


def test_all_of_several_errors_are_told_in_order() -> None:
    errors = [InputError("yaml_key", place=Place(name)) for name in ("a.yaml", "b.yaml")]
    with speaking("fr"):
        told = "\n".join(error_lines(SeveralErrors(errors)))
    assert told.index("a.yaml") < told.index("b.yaml") < told.index("2 erreurs")


@pytest.mark.parametrize("name", ["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "ENOSPC", "EROFS", "EEXIST"])
def test_the_systems_reasons_are_in_the_users_language(name: str) -> None:
    reason = os.strerror(getattr(errno, name))
    error = InputError("unreadable_file", place=Place("x"), reason=reason)
    with speaking("fr"):
        assert reason not in next(iter(error_lines(error)))
    assert error.params["reason"] == reason


def test_what_the_user_typed_is_escaped_too(cli: Cli) -> None:
    assert "\x1b" not in cli("policy", "explain", "\x1b[2Jx").err
    assert r"\x1b[2J" in cli("\x1b[2Jx").err
    assert r"\x1b" in cli("assess", "--as-of", "\x1b[0m").err
    assert "\x1b" not in cli("report", "\x1b[0m.json", "-f", "html=x").err


def test_a_hint_follows_the_error() -> None:
    with speaking("en"):
        lines = list(error_lines(UsageError("cli_date", word="hier")))
    assert lines == ["Error: “hier” is not a day.", "Hint: Write the year, the month and the day: 2026-11-22."]


def test_columns_are_set_under_each_other() -> None:
    assert list(table([("a", "bb", "c"), ("aaa", "b", "\x1b")])) == ["a    bb  c", r"aaa  b   \x1b"]
    assert list(table([])) == []
