from __future__ import annotations

import dataclasses
import io
from datetime import datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from sovercheck.errors import InputError, SeveralErrors
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FollowUp
from sovercheck.reports.follow_up import KEY_HEADER, read_follow_up
from tests.reports.workbooks import KEYS, SAMPLE, WRITTEN, column, edited, opened, rows, written


@pytest.mark.parametrize("lang", LANGS)
def test_what_was_written_is_read_back(lang: Lang) -> None:
    assert read_follow_up(written(lang, WRITTEN)) == WRITTEN


def test_a_workbook_nobody_wrote_in_has_no_follow_up() -> None:
    assert read_follow_up(written()) == {}


def test_a_follow_up_written_in_french_shows_in_english() -> None:
    kept = read_follow_up(written("fr", WRITTEN))
    row = rows(opened(written("en", kept))["Findings"])[0]
    assert row["State"] == "Under way"
    assert row["Due"] == datetime(2027, 1, 31)


def test_a_follow_up_whose_finding_is_gone_is_kept_on_its_own_sheet() -> None:
    found = rows(opened(written(follow_up=WRITTEN))["Suivis sans constat"])
    assert [(row["Règle"], row["Identifiant"], row["Commentaire"]) for row in found] == [
        ("gone-rule", "a|b", "à garder")
    ]


def test_it_comes_back_beside_its_finding_when_the_finding_does() -> None:
    without = dataclasses.replace(SAMPLE, findings=SAMPLE.findings[1:])
    kept = read_follow_up(written("fr", read_follow_up(written("fr", WRITTEN)), without))
    assert written("fr", kept) == written("fr", WRITTEN)


def test_rows_may_be_sorted_and_columns_and_sheets_added() -> None:
    def change(book: Any) -> None:
        sheet = book["Constats"]
        body = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for number, values in enumerate(reversed(body), start=2):
            for position, value in enumerate(values, start=1):
                sheet.cell(number, position).value = value
                if isinstance(value, str):
                    sheet.cell(number, position).data_type = "s"
        sheet.insert_cols(3)
        sheet.cell(1, 3).value = "Ma colonne"
        sheet.insert_rows(1, 2)
        sheet.cell(1, 1).value = "Suivi du comité"
        book.create_sheet("Notes", 0).cell(1, 1).value = "à moi"

    assert read_follow_up(edited(written(follow_up=WRITTEN), change)) == WRITTEN


def test_what_a_person_typed_is_read_as_it_is_meant() -> None:
    def change(book: Any) -> None:
        sheet = book["Constats"]
        sheet.cell(2, column(sheet, "Responsable")).value = 12
        sheet.cell(2, column(sheet, "Échéance")).value = "2027-03-31"
        sheet.cell(2, column(sheet, "État")).value = "  réglé "
        sheet.cell(3, column(sheet, "Échéance")).value = datetime(2027, 4, 1)

    found = read_follow_up(edited(written(), change))
    assert found == {KEYS[0]: FollowUp("12", "2027-03-31", "done", ""), KEYS[1]: FollowUp(due="2027-04-01")}


def test_what_is_no_date_is_named_by_its_cell() -> None:
    def change(book: Any) -> None:
        book["Constats"].cell(4, column(book["Constats"], "Échéance")).value = "bientôt"

    with pytest.raises(InputError) as caught:
        read_follow_up(edited(written(), change), file="suivi.xlsx")
    assert caught.value.code == "follow_up_due"
    assert str(caught.value.place) == "suivi.xlsx:Constats!R4"


def test_two_different_follow_ups_of_a_finding_are_refused() -> None:
    def change(book: Any) -> None:
        sheet = book["Constats"]
        sheet.cell(3, column(sheet, KEY_HEADER)).value = KEYS[0]
        sheet.cell(3, column(sheet, "Commentaire")).value = "autre"

    with pytest.raises(InputError) as caught:
        read_follow_up(edited(written(follow_up=WRITTEN), change))
    assert (caught.value.code, caught.value.params["other"]) == ("follow_up_twice", "Constats!U2")


def test_a_follow_up_on_a_row_of_no_finding_is_refused_rather_than_lost() -> None:
    def change(book: Any) -> None:
        sheet = book["Constats"]
        sheet.cell(len(KEYS) + 2, column(sheet, "Commentaire")).value = "une note"
        sheet.cell(5, column(sheet, "Échéance")).value = "hier"

    with pytest.raises(SeveralErrors) as caught:
        read_follow_up(edited(written(), change))
    assert [error.code for error in caught.value.errors] == ["follow_up_due", "follow_up_no_key"]


def test_a_workbook_that_is_not_ours_is_refused() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    with pytest.raises(InputError) as caught:
        read_follow_up(out.getvalue())
    assert caught.value.code == "follow_up_no_key_column"


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 not a zip", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_follow_up(raw)
    assert caught.value.code == "follow_up_not_a_workbook"
