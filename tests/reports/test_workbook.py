from __future__ import annotations

import dataclasses

import pytest

from sovercheck.reports import workbook
from sovercheck.reports.base import FollowUp, finding_key
from sovercheck.reports.follow_up import KEY_HEADER
from tests.reports.sample import large_assessment
from tests.reports.workbooks import SAMPLE, column, opened, rows, written


def test_rows_that_do_not_fit_are_counted_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 11)
    assessment = large_assessment(20)
    last = finding_key(assessment.findings[-1])
    book = opened(written("fr", {last: FollowUp("Marie")}, assessment))
    assert book["Constats"].max_row == 11
    said = [row[1] for row in book["À propos"].iter_rows(values_only=True) if row[0] == "Ce qui n’y est pas"]
    left = len(assessment.findings) - 10
    assert any(f"Constats\u00a0»\u00a0: {left} lignes" in text for text in said)
    assert [row[KEY_HEADER] for row in rows(book["Suivis sans constat"])] == [last], "its follow-up is not lost"


def test_a_text_too_long_for_a_cell_is_cut_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = dataclasses.replace(SAMPLE.findings[0], id="x" * 40_000)
    book = opened(written(of=dataclasses.replace(SAMPLE, findings=(finding,), names={})))
    sheet = book["Constats"]
    value = sheet.cell(2, column(sheet, "Identifiant")).value
    assert len(value) == workbook.MOST_CHARACTERS
    assert value.endswith("(texte coupé)")
    said = [row[1] for row in book["À propos"].iter_rows(values_only=True) if row[0] == "Ce qui n’y est pas"]
    assert len(said) == 1
