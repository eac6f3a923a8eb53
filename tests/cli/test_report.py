from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.reports import json_report
from sovercheck.reports.base import Options
from tests.reports.gates import sample_gate

from .conftest import Cli


def test_every_format_is_made_again_from_the_assessment(cli: Cli, assessed: Path) -> None:
    formats = ("html=r.html", "xlsx=r.xlsx", "questions=q.html", "questions-md=q.md", "board=b.html", "json=r.json")
    ended = cli("report", "sortie/bilan.json", *(word for form in formats for word in ("-f", form)))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (assessed / "r.html").read_bytes() == (assessed / "sortie" / "bilan.html").read_bytes()
    assert (assessed / "r.json").read_bytes() == (assessed / "sortie" / "bilan.json").read_bytes()


def test_the_language_of_a_report_can_be_another(cli: Cli, assessed: Path) -> None:
    assert cli("report", "sortie/bilan.json", "-f", "html=r.html", "-f", "json=r.json", "--lang", "en").code == 0
    assert 'lang="en' in (assessed / "r.html").read_text(encoding="utf-8")[:300]
    assert (assessed / "r.json").read_bytes() == (assessed / "sortie" / "bilan.json").read_bytes()


def test_standard_output_takes_one_report(cli: Cli, assessed: Path) -> None:
    ended = cli("report", "sortie/bilan.json", "-f", "json=-")
    assert json.loads(ended.out)["as_of"] == "2026-11-22"
    assert cli("report", "sortie/bilan.json", "-f", "json=-", "-f", "html=-").code == 2
    assert cli("report", "sortie/bilan.json", "-f", "json=-", "--passes", "us-cloud-act").code == 2


def test_what_passes_a_rule_is_listed(cli: Cli, assessed: Path) -> None:
    ended = cli("report", "sortie/bilan.json", "--passes", "copy-in-allowed-places")
    assert ended.code == 0
    assert ended.out == "copy  rendez-vous-principale\n"


def test_a_rule_that_is_not_there_is_named_with_the_nearest(cli: Cli, assessed: Path) -> None:
    ended = cli("report", "sortie/bilan.json", "--passes", "copy-in-allowed-place")
    assert ended.code == 2
    assert "«\u00a0copy-in-allowed-places\u00a0»" in ended.err


def test_without_its_packed_table_nothing_is_listed(cli: Cli, assessed: Path) -> None:
    (assessed / "sortie" / "bilan.verdicts.parquet").unlink()
    assert cli("report", "sortie/bilan.json", "--passes", "copy-in-allowed-places").code == 2


def test_the_follow_up_of_an_earlier_workbook_is_taken_over(cli: Cli, assessed: Path) -> None:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.load_workbook(assessed / "sortie" / "constats.xlsx")
    sheet = book["Constats"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Responsable" for cell in row))
    column = next(cell.column for cell in header if cell.value == "Responsable")
    sheet.cell(header[0].row + 1, column).value = "Marie Tremblay"
    book.save(assessed / "ancien.xlsx")
    assert cli("report", "sortie/bilan.json", "-f", "html=r.html", "--follow-up", "ancien.xlsx").code == 0
    assert "Marie Tremblay" in (assessed / "r.html").read_text(encoding="utf-8")
    assert cli("report", "sortie/bilan.json", "-f", "html=r.html", "--follow-up", "sovercheck.yaml").code == 2


def test_bad_requests_are_refused(cli: Cli, assessed: Path) -> None:
    bilan = "sortie/bilan.json"
    assert cli("report", bilan).code == 2
    assert "«\u00a0html\u00a0»?" in cli("report", bilan, "-f", "htm=x").err
    assert cli("report", bilan, "-f", "html").code == 2
    assert cli("report", bilan, "-f", "html=").code == 2
    assert cli("report", bilan, "-f", "html=a", "-f", "html=b").code == 2
    assert "il n’existe pas" in cli("report", "absent.json", "-f", "html=x").err
    assert cli("report", "sovercheck.yaml", "-f", "html=x").code == 2
    assert cli("report", ".", "-f", "html=x").code == 2
    assert not (assessed / "x").exists()


@pytest.fixture
def gated(tmp_path: Path) -> Path:
    """The current folder, with what a gate wrote as JSON."""
    assessment, gate = sample_gate()
    with (tmp_path / "porte.json").open("wb") as out:
        json_report.render(assessment, out, Options(gate=gate))
    return tmp_path


def test_every_output_of_a_gate_is_made_again_from_its_json(cli: Cli, gated: Path) -> None:
    formats = ("sarif=p.sarif", "junit=p.xml", "gitlab=q.json", "json=r.json")
    ended = cli("report", "porte.json", "--lang", "en", *(word for form in formats for word in ("-f", form)))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (gated / "r.json").read_bytes() == (gated / "porte.json").read_bytes()
    assert json.loads((gated / "p.sarif").read_text(encoding="utf-8"))["runs"][0]["language"] == "en-CA"
    assert "non-compliant" in (gated / "q.json").read_text(encoding="utf-8")


def test_annotations_go_to_standard_output(cli: Cli, gated: Path) -> None:
    ended = cli("report", "porte.json", "-f", "github=-")
    assert ended.code == 0
    assert ended.out.startswith("::error file=modules/archive/main.tf,line=3,endLine=9,")
    assert all(line.startswith("::") for line in ended.out.splitlines())


def test_an_assessment_has_no_output_of_a_gate(cli: Cli, assessed: Path) -> None:
    ended = cli("report", "sortie/bilan.json", "-f", "html=r.html", "-f", "sarif=r.sarif")
    assert ended.code == 2
    assert "«\u00a0sarif\u00a0»" in ended.err
    assert "“sarif”" in cli("report", "sortie/bilan.json", "-f", "sarif=r.sarif", "--lang", "en").err
    assert not list(assessed.glob("r.*"))


def test_an_assessment_is_refused_an_output_of_a_gate_before_it_is_made(cli: Cli, assessed: Path) -> None:
    ended = cli("assess", "-f", "sarif=r.sarif")
    assert ended.code == 2
    assert "«\u00a0sarif\u00a0»" in ended.err
