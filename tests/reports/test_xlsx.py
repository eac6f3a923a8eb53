from __future__ import annotations

import dataclasses
import io
import zipfile

import pytest

from sovercheck.reports import xlsx
from sovercheck.reports.follow_up import KEY_HEADER
from sovercheck.reports.xlsx import read_follow_up
from tests.reports.sample_readings import ARCHIVE, HOSTILE_NEEDS, READINGS
from tests.reports.workbooks import KEYS, SAMPLE, WRITTEN, column, opened, rows, written


def test_the_sheets_of_a_workbook() -> None:
    french = ["Constats", "Systèmes", "Règles", "Lectures manquantes", "Couverture", "À propos"]
    assert opened(written()).sheetnames == french
    assert opened(written("en")).sheetnames == ["Findings", "Systems", "Rules", "Gaps", "Coverage", "About"]
    unlisted = dataclasses.replace(SAMPLE, coverage=dataclasses.replace(SAMPLE.coverage, readings=()))
    french.remove("Couverture")
    assert opened(written(of=unlisted)).sheetnames == french


def test_the_ledger_has_a_row_a_line() -> None:
    found = rows(opened(written())["Couverture"])
    assert len(found) == len(READINGS)
    assert sum(row["Listes"] for row in found) == sum(line.listings for line in READINGS)
    refused = next(row for row in found if row["Ce qui y remédierait"] == "s3:ListAllMyBuckets")
    assert refused["Sort"] == "refusée"
    assert refused["Compte"] == ARCHIVE
    assert refused["Régions"] == "ca-central-1, eu-west-1, us-east-1, us-west-2"


def test_every_gap_has_a_row_though_pages_group_them() -> None:
    assert len(rows(opened(written())["Lectures manquantes"])) == len(SAMPLE.gaps)


def test_hostile_texts_of_the_ledger_are_texts() -> None:
    sheet = opened(written())["Couverture"]
    found = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert found[HOSTILE_NEEDS].data_type == "s"
    assert found[HOSTILE_NEEDS].quotePrefix
    assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert any(str(value).startswith('=cmd|" /C calc"') for value in found)


def test_a_row_for_each_finding_the_gravest_first() -> None:
    found = rows(opened(written())["Constats"])
    assert [row[KEY_HEADER] for row in found] == KEYS


def test_a_failing_finding_says_why_and_what_to_do() -> None:
    row = next(row for row in rows(opened(written())["Constats"]) if row["Identifiant"] == "dossier-bd/replica")
    assert row["Constat"] == "non conforme"
    assert row["Gravité"] == "bloquant"
    assert row["Système"] == "Dossier clinique régional"
    assert row["Nom"] == "Base du dossier clinique (réplique)"
    assert "le lieu de la copie\u00a0: Ontario (observé)" in row["Faits établis"]
    assert row["Ce qui manque"] is None
    assert row["Article"] == "RLRQ, chapitre A-2.1, art. 70.1"
    assert row["Que faire"]


def test_an_unknown_finding_says_what_is_missing_and_who_can_settle_it() -> None:
    row = next(row for row in rows(opened(written())["Constats"]) if row["Identifiant"] == "imagerie-pacs/primary")
    assert row["Constat"] == "à évaluer"
    assert row["Ce qui manque"].splitlines()[0] == "sans réponse à ce jour"
    assert "la date de l’évaluation" in row["Ce qui manque"]
    asked = ["le fournisseur", "la personne responsable de la protection des renseignements personnels"]
    assert row["Qui peut répondre"].split("; ") == asked, "the place is known as Canada only"


def test_a_relaxed_rule_keeps_no_article() -> None:
    row = next(row for row in rows(opened(written("en"))["Findings"]) if row["Identifier"] == "portail")
    relaxed = [row for row in rows(opened(written("en"))["Findings"]) if row["Finding"] == "deviation"]
    assert row["Rule"]
    assert any("dropped" in row["Article"] for row in relaxed)


def test_the_header_is_frozen_and_filtered_and_the_key_hidden() -> None:
    sheet = opened(written())["Constats"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:U{len(KEYS) + 1}"
    assert sheet.column_dimensions["U"].hidden
    assert sheet.print_title_rows == "$1:$1"


def test_the_state_is_chosen_from_a_list() -> None:
    sheet = opened(written())["Constats"]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert [rule.formula1 for rule in lists] == ['"À faire,En cours,Réglé,Sans suite"']


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "http://example.org", "007"])
def test_text_from_outside_stays_text(text: str) -> None:
    finding = dataclasses.replace(SAMPLE.findings[0], id=text)
    book = opened(
        written(of=dataclasses.replace(SAMPLE, findings=(finding,), names={f"{finding.subject}/{text}": text}))
    )
    sheet = book["Constats"]
    for title in ("Nom", "Identifiant"):
        cell = sheet.cell(2, column(sheet, title))
        assert (cell.data_type, cell.value) == ("s", text)
        assert cell.hyperlink is None


def test_no_formula_and_no_link_anywhere() -> None:
    with zipfile.ZipFile(io.BytesIO(written(follow_up=WRITTEN))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets"):
                content = archive.read(name)
                assert b"<f>" not in content
                assert b"hyperlink" not in content


def test_control_characters_and_lone_surrogates_leave_a_workbook_that_opens() -> None:
    finding = dataclasses.replace(SAMPLE.findings[0], id="a\x00\x1b[31m\ud800\u202eb")
    name = "\x0b\ud800"
    organisation = dataclasses.replace(SAMPLE.organisation, name=name)
    raw = written(of=dataclasses.replace(SAMPLE, findings=(finding,), organisation=organisation))
    assert opened(raw)["Constats"].max_row == 2
    assert read_follow_up(raw) == {}


def test_the_inputs_and_their_hashes_stand_on_the_last_sheet() -> None:
    values = {cell for row in opened(written())["À propos"].iter_rows(values_only=True) for cell in row}
    assert {f"SHA-256 {item.sha256}" for item in SAMPLE.inputs} <= values


def test_the_bytes_hold_no_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert SAMPLE.as_of.encode() in archive.read("docProps/core.xml")


@pytest.mark.parametrize("many", [0, 10**9])
def test_both_ways_of_writing_give_the_same_cells(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [list(sheet.iter_rows(values_only=True)) for sheet in opened(written())]
    monkeypatch.setattr(xlsx, "MANY", many)
    assert [list(sheet.iter_rows(values_only=True)) for sheet in opened(written())] == expected
    assert written() == written()
