from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.evidence import Grade
from sovercheck.sources.base import Source
from tests.sources.sheet_files import CSV, collect, refusal, rows, source


def test_it_is_a_source(tmp_path: Path) -> None:
    read = source(tmp_path, b"", sheet="Serveurs", file="s.xlsx")
    assert isinstance(read, Source)
    assert (read.kind, read.name) == ("inventory", "s.xlsx!Serveurs")


WHOLE = [
    (b"", {}, "a.csv: The sheet is empty."),
    (b"\n\n", {}, "a.csv: The sheet is empty."),
    (b'Code;Nom;Plan;Cible\nA1;"x;Oui;\n', {}, "a.csv:2:1: A quotation mark opened on this line is not closed"),
    ("Code;Nom;Plan;Cible\nÉ1;x;;\n".encode("cp1252"), {"encoding": "utf-8"}, "a.csv:2:1: The text is not in utf-8."),
    (b"Code;Nom\x81;Plan;Cible\n", {}, "a.csv:1:1: The text is not in windows-1252."),
    (b"Code;Nom;Plan;Cible\nA1;\0;;\n", {}, "a.csv:2:1: This is not a text file."),
    (b"Code;Nom;Plan;Cible\n", {"sheet": "S"}, "a.csv: A CSV file has no sheet “S”."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "a.csv: The workbook is of an old format (XLS)"),
    (b"PK\x03\x04rien", {}, "a.csv: The workbook is damaged"),
]


@pytest.mark.parametrize(("content", "said", "message"), WHOLE)
def test_what_is_no_sheet_is_told(tmp_path: Path, content: bytes, said: dict[str, str], message: str) -> None:
    assert str(refusal(tmp_path, content, **said)).startswith(message)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    read = source(tmp_path, b"")
    read.path.unlink()
    with pytest.raises(InputError) as caught:
        list(read.collect())
    assert (caught.value.code, str(caught.value.place)) == ("unreadable_file", "a.csv")


def test_evidence_may_be_weaker(tmp_path: Path) -> None:
    items = collect(tmp_path, CSV.encode(), evidence="declared")
    assert rows(items)[0].facts["name"].evidence.grade is Grade.DECLARED
