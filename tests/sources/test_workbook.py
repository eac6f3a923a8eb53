from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from sovercheck.sources import workbook
from tests.sources.sheet_files import collect, notes, refusal, rows, values, xlsx


def test_titles_are_passed_over_and_downward_merges_spread(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in (
        ["Code", "Nom", "Plan", "Cible"],
        ["Cliniques", None, None, None],
        ["A1", "x", "Oui", 99],
        [],
        ["A2", "y", None, 98],
    ):
        page.append(line)
    page.merge_cells("A2:D2")
    page.merge_cells("C3:C5")
    book.save(out)
    items = collect(tmp_path, out.getvalue(), file="s.xlsx")
    assert [(row.id, values(row)["continuity_plan"]) for row in rows(items)] == [("A1", True), ("A2", True)]
    assert notes(items) == {
        "spreadsheet_titles": {"n": 1},
        "spreadsheet_blank_rows": {"n": 1},
        "spreadsheet_merged_down": {"n": 1},
    }


def formulas(*written: tuple[str, object]) -> bytes:
    """A sheet with formulas in its column D, each with the result saved by its writer (None: none saved)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("Serveurs")
    page.write_row(0, 0, ["Code", "Nom", "Plan", "Cible"])
    for number, (formula, result) in enumerate(written, 1):
        page.write_row(number, 0, [f"A{number}", "x", "Oui"])
        page.write_formula(number, 3, formula, None, "" if result is None else result)
    book.close()
    return out.getvalue()


def test_the_saved_result_of_a_formula_is_used_and_told(tmp_path: Path) -> None:
    items = collect(tmp_path, formulas(("=98+1", 99), ("=98", 98)), file="s.xlsx")
    assert [values(row)["availability_target"] for row in rows(items)] == [99, 98]
    assert notes(items) == {"spreadsheet_formulas": {"n": 2}}


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!"])
def test_an_error_is_told_at_its_cell(tmp_path: Path, error: str) -> None:
    told = refusal(tmp_path, formulas(("=98", 98), ("=zzz", error)), file="s.xlsx")
    assert str(told) == f"s.xlsx:Serveurs!D3: The cell holds the error {error}."
    assert told.message("fr") == f"La cellule contient l’erreur {error}."


def test_a_formula_without_its_result_is_told_at_its_cell(tmp_path: Path) -> None:
    content = xlsx(["Code", "Nom", "Plan", "Cible"], ["A1", "x", "Oui", 99], ["A2", "x", "Oui", "=98+1"])
    told = refusal(tmp_path, content, file="s.xlsx")
    assert str(told) == "s.xlsx:Serveurs!D3: The cell holds a formula without its result."


def test_an_error_outside_the_mapped_columns_does_not_matter(tmp_path: Path) -> None:
    content = xlsx(["Code", "Nom", "Plan", "Cible", "Autre"], ["A1", "x", "Oui", 99, "=1/0"])
    assert len(rows(collect(tmp_path, content, file="s.xlsx"))) == 1


def ods(*lines: str, row: str = "<table:table-row>") -> bytes:
    out = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    calcext = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = "".join(f"{row}{line}</table:table-row>" for line in lines)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces} {calcext} office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="Serveurs">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></m:manifest>',
        )
    return out.getvalue()


def text(*cells: str) -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )


def number(value: str, formula: str = "") -> str:
    return f'<table:table-cell {formula} office:value-type="float" office:value="{value}"/>'


HEADER = text("Code", "Nom", "Plan", "Cible")


def test_ods_is_read_with_its_formulas(tmp_path: Path) -> None:
    formula = 'table:formula="of:=98+1"'
    content = ods(HEADER, text("A1", "x", "Oui") + number("99", formula), text("A2", "y", "Non") + number("98.5"))
    items = collect(tmp_path, content, file="s.ods", sheet="Serveurs")
    assert [str(values(row)["availability_target"]) for row in rows(items)] == ["99", "98.5"]
    assert notes(items) == {"spreadsheet_formulas": {"n": 1}}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('<table:table-cell table:formula="of:=1"/>', "The cell holds a formula without its result."),
        (
            '<table:table-cell table:formula="of:=zz" office:value-type="string" office:string-value=""'
            ' calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>',
            "The cell holds the error #REF!.",
        ),
    ],
)
def test_faults_of_ods_are_told_at_their_cell(tmp_path: Path, cell: str, message: str) -> None:
    content = ods(HEADER, text("A1", "x", "Oui") + number("99"), text("A2", "y", "Non") + cell)
    assert str(refusal(tmp_path, content, file="s.ods")) == f"s.ods:Serveurs!D3: {message}"


def test_a_missing_sheet_is_told_with_the_nearest(tmp_path: Path) -> None:
    error = refusal(tmp_path, xlsx(["Code"]), file="s.xlsx", sheet="Serveur")
    assert (str(error), error.hint("en")) == (
        "s.xlsx: The workbook has no sheet named “Serveur”.",
        "Did you mean “Serveurs”?",
    )


def bomb(sheet: str, head: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["Code"]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, head + sheet if name.startswith("xl/worksheets/") else old.read(name))
    return out.getvalue()


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_BYTES", 1 << 20)
    error = refusal(tmp_path, bomb(" " * (2 << 20)), file="s.xlsx")
    assert error.code == "spreadsheet_too_large"


def test_a_cell_far_away_does_not_fill_the_memory(tmp_path: Path) -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = (
        f'<worksheet {space}><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert refusal(tmp_path, bomb(sheet), file="s.xlsx").code == "spreadsheet_too_many_cells"


def test_repeated_cells_of_ods_do_not_fill_the_memory(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    content = ods(cell, row='<table:table-row table:number-rows-repeated="1048576">')
    assert refusal(tmp_path, content, file="s.ods").code == "spreadsheet_too_many_cells"


def test_entities_are_refused(tmp_path: Path) -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    error = refusal(tmp_path, bomb(f"<worksheet {space}><sheetData/></worksheet>", head), file="s.xlsx")
    assert str(error) == "s.xlsx: The workbook is damaged, or is not one (DOCTYPE)."
