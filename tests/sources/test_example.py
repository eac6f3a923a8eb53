"""The worked example's inputs: they read without a mistake, say what the press said, and no more."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from sovercheck import bundle, strictyaml
from sovercheck.errors import Place
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.records import check_references
from sovercheck.inventory.rows import Note, Row
from sovercheck.reference.parties import party_documents
from sovercheck.sources.declarations import Declarations
from sovercheck.sources.mapping import SpreadsheetMapping
from sovercheck.sources.spreadsheet import Spreadsheet

EXAMPLE = Path(__file__).parents[2] / "examples" / "sante-quebec"


@pytest.fixture(scope="module")
def declared() -> list[Row]:
    return [item for item in Declarations(EXAMPLE / "declarations", "declarations").collect() if isinstance(item, Row)]


def sheet(file: str) -> tuple[list[Row], dict[str, Note]]:
    document = strictyaml.load(EXAMPLE / "sovercheck.yaml")
    sources = cast(list[dict[str, Any]], cast(dict[str, Any], document.value)["sources"])
    (said,) = (one["inventory"] for one in sources if one.get("inventory", {}).get("file") == file)
    read = Spreadsheet(SpreadsheetMapping.model_validate(said), EXAMPLE / file, lambda *_: Place("sovercheck.yaml"))
    items = list(read.collect())
    rows = [item for item in items if isinstance(item, Row)]
    return rows, {item.code: item for item in items if isinstance(item, Note)}


def test_one_file_a_system(declared: list[Row]) -> None:
    files = sorted(path.stem for path in (EXAMPLE / "declarations").glob("*.yaml"))
    assert files == sorted(row.id for row in declared if row.table == "system")
    assert len(files) == 11


def test_every_fact_is_reported_and_names_the_press(declared: list[Row]) -> None:
    for row in declared:
        for short, known in row.facts.items():
            assert known.evidence.grade is Grade.REPORTED, (row.id, short)
            assert known.evidence.locator is None, "no address was given, so none is shown"
            assert "presse" in known.evidence.source.lower(), (row.id, short)


def test_every_file_says_that_it_proves_nothing() -> None:
    for path in (EXAMPLE / "declarations").glob("*.yaml"):
        head = path.read_text(encoding="utf-8").split("\n\n")[0]
        assert "Ils ne prouvent rien" in head
        assert "They prove nothing" in head.replace("\n# ", " ")


def test_every_party_is_described_by_the_reference(declared: list[Row]) -> None:
    shipped = [row for d in party_documents(bundle.policies() / "reference" / "parties") for row in read_declaration(d)]
    check_references(declared, parties={row.id for row in shipped if row.table == "party"})
    assert not [row for row in declared if row.table == "party"]


def test_some_reported_figures(declared: list[Row]) -> None:
    rows = {(row.table, row.id): row for row in declared}
    value = rows["contract", "sifa-lgs"].facts["value"]
    assert (value.value, value.high) == (Decimal(405_000_000), Decimal(408_000_000))
    assert rows["outage", "rid"].facts["minutes"].value == 24818
    assert rows["component", "rid-logiciel"].facts["support_ends"].value == "2014"
    assert not [row for row in declared if row.table == "involvement" and row.links["system"] == "rid"]
    assert "access" not in rows["involvement", "epic|dsn|supplies"].facts
    january = [row for row in declared if row.table == "outage" and row.links["system"] == "ehealth"]
    assert [row.facts["minutes"].value for row in january] == [46, 194, 210]


def test_the_portfolio_is_read_whole() -> None:
    applications, told = sheet("portefeuille/applications.csv")
    servers, _ = sheet("portefeuille/serveurs.xlsx")
    suppliers = list(Declarations(EXAMPLE / "portefeuille" / "fournisseurs.yaml", "fournisseurs.yaml").collect())
    check_references([*applications, *servers, *(row for row in suppliers if isinstance(row, Row))])
    assert Counter(row.table for row in applications)["system"] == 140
    assert Counter(row.table for row in servers)["resource"] == 1200
    assert {"spreadsheet_encoding", "spreadsheet_delimiter", "spreadsheet_decimal_comma"} <= set(told)
    assert {row.facts["outages_complete"].value for row in applications if "outages_complete" in row.facts} == {True}


def test_the_portfolio_says_that_it_is_invented() -> None:
    for file in ("portefeuille/applications.csv", "portefeuille/serveurs.xlsx"):
        rows, _ = sheet(file)
        assert all(row.id.startswith(("FICTIF-", "Fournisseur-fictif-")) for row in rows)


def test_generating_the_portfolio_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = EXAMPLE / "portefeuille"
    subprocess.run([sys.executable, folder / "generate.py", tmp_path], check=True)
    for name in ("applications.csv", "serveurs.xlsx"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
