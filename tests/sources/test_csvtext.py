from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from sovercheck.errors import Place
from sovercheck.sources import csvtext
from tests.sources.sheet_files import CSV, collect, notes, rows, values


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("cp1252", b""),
    ],
)
def test_encodings_and_separators_are_found(tmp_path: Path, encoding: str, bom: bytes, delimiter: str) -> None:
    text = CSV.replace("99,5", '"99,5"').replace(";", delimiter)
    items = collect(tmp_path, bom + text.encode(encoding))
    assert [values(row)["name"] for row in rows(items)] == ["Été à l’hôpital", "Œuvre"]
    assert notes(items)["spreadsheet_delimiter"] == {"delimiter": {"\t": "tab"}.get(delimiter, delimiter)}
    told = {"utf-8": None, "cp1252": {"encoding": "windows-1252"}}.get(encoding, {"encoding": "utf-16"})
    assert notes(items).get("spreadsheet_encoding") == told


def test_what_is_configured_is_not_told(tmp_path: Path) -> None:
    items = collect(tmp_path, CSV.encode("cp1252"), encoding="windows-1252", delimiter=";", decimal="comma")
    assert notes(items) == {}


def test_excel_names_the_separator_on_a_first_line(tmp_path: Path) -> None:
    items = collect(tmp_path, ("sep=;\n" + CSV).encode())
    assert [row.place for row in rows(items)] == [Place("a.csv", 3, cell="A3"), Place("a.csv", 4, cell="A4")]


def test_a_quoted_cell_may_have_lines(tmp_path: Path) -> None:
    items = collect(tmp_path, b'Code;Nom;Plan;Cible\nA1;"un\ndeux";Oui;\nA2;x;Peut;\n'.replace(b"Peut", b"Non"))
    assert [row.place and row.place.line for row in rows(items)] == [2, 4]


def test_a_separator_is_chosen_by_the_headers_it_finds() -> None:
    sheet = csvtext.read_csv(b"a,b;c\n1,2;3\n", "a.csv", lambda rows: sum("a,b" in row for row in rows))
    assert sheet.rows == [["a,b", "c"], ["1,2", "3"]]
