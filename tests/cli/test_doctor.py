from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sovercheck.cli import doctor

from .conftest import Cli


def test_what_init_writes_is_sound(cli: Cli, assessed: Path) -> None:
    ended = cli("doctor")
    assert ended.code == 0
    assert "declarations/\u00a0: 7 lignes" in ended.out
    assert "manque" not in ended.out


def test_a_source_that_cannot_be_read_is_named(cli: Cli, assessed: Path) -> None:
    shutil.rmtree(assessed / "declarations")
    ended = cli("doctor")
    assert ended.code == 3
    assert "manque declarations/ ne peut pas être lu" in ended.out
    assert "declarations" in ended.err


def test_an_empty_source_is_not_sound(cli: Cli, assessed: Path) -> None:
    (assessed / "declarations" / "exemple.yaml").unlink()
    assert cli("doctor").code == 3


def test_a_configuration_without_a_source_is_not_sound(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text("organisation: {name: X}\n", encoding="utf-8")
    ended = cli("doctor")
    assert ended.code == 3
    assert "aucune source" in ended.out


def test_without_a_usable_configuration_it_ends_with_2(cli: Cli, tmp_path: Path) -> None:
    assert cli("doctor").code == 2
    (tmp_path / "sovercheck.yaml").write_text("organisation: {name: X}\nsource: []\n", encoding="utf-8")
    ended = cli("doctor")
    assert ended.code == 2
    assert "sovercheck.yaml:2:1" in ended.err


def test_a_full_disk_is_told(cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_ROOM", 2**62)
    ended = cli("doctor")
    assert ended.code == 3
    assert "manque place libre" in ended.out


def test_notes_of_a_spreadsheet_are_shown(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Code;Nom\na;É\n", encoding="windows-1252")
    (tmp_path / "sovercheck.yaml").write_text(
        "organisation: {name: X}\nsources:\n  - inventory:\n      file: a.csv\n"
        "      tables: [{table: systems, columns: {id: Code, name: Nom}}]\n",
        encoding="utf-8",
    )
    ended = cli("doctor")
    assert ended.code == 0
    assert "windows-1252" in ended.out
