"""Where a cell stands, as whoever has the spreadsheet open finds it."""

from __future__ import annotations

import pytest

from sovercheck.errors import Place
from sovercheck.sources.sheets import Sheet, letters


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_spreadsheets_name_them(column: int, name: str) -> None:
    assert letters(column) == name


def test_a_cell_of_a_workbook_is_named_with_its_sheet() -> None:
    sheet = Sheet("parc.xlsx", "Serveurs", [["a", "b", "c"]])
    assert sheet.place(13, 2) == Place("parc.xlsx", cell="Serveurs!C14")
    assert sheet.whole() == Place("parc.xlsx", cell="Serveurs")


def test_a_cell_of_a_csv_file_has_the_line_on_which_its_row_starts() -> None:
    sheet = Sheet("parc.csv", None, [["a"], ["on two\nlines"], ["b"]], lines=[1, 2, 4])
    assert sheet.place(2, 0) == Place("parc.csv", line=4, cell="A3")
    assert sheet.place(9, 0) == Place("parc.csv", cell="A10")
