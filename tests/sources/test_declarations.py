from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.errors import InputError, SeveralErrors
from sovercheck.inventory.rows import Row
from sovercheck.sources.base import Source
from sovercheck.sources.declarations import Declarations

ONE = "declaration: {by: moi}\nparties: [{id: %s, place: CA-QC}]\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def ids(source: Declarations) -> list[str]:
    return [item.id for item in source.collect() if isinstance(item, Row)]


def test_it_is_a_source(tmp_path: Path) -> None:
    source = Declarations(tmp_path, "declarations/")
    assert isinstance(source, Source)
    assert (source.kind, source.name) == ("declarations", "declarations/")


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    write(tmp_path / "c", z=ONE % "c")
    write(tmp_path, b=ONE % "b", a=ONE % "a")
    assert ids(Declarations(tmp_path, "d")) == ["a", "b", "c"]


def test_other_files_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git", x=ONE % "x")
    write(tmp_path, a=ONE % "a")
    (tmp_path / "notes.txt").write_text("{")
    (tmp_path / ".a.yaml").write_text("{")
    assert ids(Declarations(tmp_path, "d")) == ["a"]


def test_a_file_is_read_alone(tmp_path: Path) -> None:
    write(tmp_path, a=ONE % "a", b=ONE % "b")
    assert ids(Declarations(tmp_path / "b.yaml", "b.yaml")) == ["b"]


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert ids(Declarations(tmp_path, "d")) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        ids(Declarations(tmp_path / "no", "declaratons/"))
    assert str(caught.value) == "declaratons/: There is no file or folder of declarations here."
    assert caught.value.hint("fr") == "Vérifiez le chemin dans sovercheck.yaml, ou créez le dossier."


def test_the_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, a=ONE.replace("CA-QC", "QC") % "a", b="declaration: {by: moi}\nparties: [{id: b, ~: 1}]", c="a: [")
    with pytest.raises(SeveralErrors) as caught:
        ids(Declarations(tmp_path, "decl/"))
    assert [str(error.place) for error in caught.value.errors] == [
        "decl/a.yaml:2:26",
        "decl/b.yaml:2:19",
        "decl/c.yaml:2:1",
    ]


def test_nothing_is_given_of_a_folder_with_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, a=ONE % "a", b="a: [")
    with pytest.raises(InputError):
        next(iter(Declarations(tmp_path, "d").collect()))
