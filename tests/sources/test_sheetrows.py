from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sovercheck import messages
from sovercheck.errors import Place, SeveralErrors
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.sources import sheetrows
from tests.sources.sheet_files import CSV, SYSTEMS, collect, notes, refusal, rows, values, xlsx


def test_each_row_is_a_subject_with_its_cell(tmp_path: Path) -> None:
    items = collect(tmp_path, CSV.encode(), date="2026-03-31")
    first, second = rows(items)
    assert (first.table, first.id, first.place) == ("system", "A1", Place("a.csv", 2, cell="A2"))
    assert values(first)["name"] == "Été à l’hôpital"
    assert values(first)["continuity_plan"] is True
    assert first.facts["name"].evidence == Evidence(Grade.DOCUMENTED, "a.csv", "2026-03-31", "a.csv")
    # The empty cell leaves its fact unknown.
    assert set(second.facts) == {"name", "continuity_plan"}


def test_the_header_may_stand_under_a_title(tmp_path: Path) -> None:
    items = collect(tmp_path, ("Inventaire 2026;;;\n;;;\n" + CSV).encode())
    assert [row.id for row in rows(items)] == ["A1", "A2"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '=HYPERLINK("http://x","y")', "\x1b[31mrouge", "+1"])
def test_text_from_outside_stays_as_it_is(tmp_path: Path, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    items = collect(tmp_path, f"Code;Nom;Plan;Cible\nA1;{quoted};;\n".encode())
    assert values(rows(items)[0]) == {"name": text}


def test_long_texts_are_cut_and_told(tmp_path: Path) -> None:
    items = collect(tmp_path, f"Code;Nom;Plan;Cible\nA1;{'x' * 10_001};;\n".encode())
    assert len(str(values(rows(items)[0])["name"])) == 10_000
    assert notes(items)["spreadsheet_cut"] == {"n": 1}


def test_a_servers_sheet_gives_resources_copies_and_ties(tmp_path: Path) -> None:
    content = xlsx(
        ["Serveur", "Application", "Site", "Go", "Fin"],
        ["SRV 1", "A1; A2", "Québec", 12.5, date(2023, 10, 10)],
        ["SRV2", None, None, None, None],
    )
    items = collect(
        tmp_path,
        content,
        {
            "table": "resources",
            "columns": {"id": "Serveur", "system": "Application", "bytes": "Go"},
            "units": {"bytes": "GB"},
        },
        {
            "table": "copies",
            "columns": {"id": "Serveur", "resource": "Serveur", "place": "Site"},
            "suffix": "primary",
            "constants": {"kind": "primary"},
            "values": {"place": {"Québec": "CA-QC"}},
        },
        {
            "table": "components",
            "columns": {"id": "Serveur", "support_ends": "Fin"},
            "suffix": "os",
            "needs": ["support_ends"],
        },
        file="s.xlsx",
    )
    assert [(row.table, row.id, dict(row.links), values(row)) for row in rows(items)] == [
        ("resource", "SRV-1", {}, {"bytes": 12_500_000_000}),
        ("tie", "SRV-1|A1", {"resource": "SRV-1", "system": "A1"}, {}),
        ("tie", "SRV-1|A2", {"resource": "SRV-1", "system": "A2"}, {}),
        ("resource", "SRV2", {}, {}),
        ("copy", "SRV-1:primary", {"resource": "SRV-1"}, {"kind": "primary", "place": "CA-QC"}),
        ("copy", "SRV2:primary", {"resource": "SRV2"}, {"kind": "primary"}),
        ("component", "SRV-1:os", {}, {"support_ends": "2023-10-10"}),
    ]
    assert rows(items)[0].place == Place("s.xlsx", cell="Serveurs!A2")
    assert notes(items) == {"spreadsheet_ids": {"n": 1}, "spreadsheet_no_link": {"n": 1}}


def test_a_link_without_an_end_says_nothing_and_is_told(tmp_path: Path) -> None:
    content = "Code;Fournisseur\nA1;Système Inc.\nA2;\nA3;?\n".encode()
    items = collect(
        tmp_path,
        content,
        {"table": "parties", "columns": {"id": "Fournisseur", "name": "Fournisseur"}},
        {
            "table": "involvements",
            "columns": {"party": "Fournisseur", "system": "Code"},
            "constants": {"role": "supplies"},
        },
    )
    assert [row.id for row in rows(items)] == ["Systeme-Inc", "Systeme-Inc|A1|supplies"]
    assert notes(items)["spreadsheet_no_link"] == {"n": 2}


def test_a_repeated_row_counts_once(tmp_path: Path) -> None:
    items = collect(tmp_path, b"Code;Nom;Plan;Cible\nA1;x;;\nA1;x;;\n")
    assert len(rows(items)) == 1
    assert notes(items)["spreadsheet_repeated"] == {"n": 1}


CELLS = [
    ("Code;Nom;Plan;Cible\nA1;x;Peut-être;\n", "C2", "“Peut-être” is neither yes nor no (system.continuity_plan)."),
    ("Code;Nom;Plan;Cible\nA1;x;;douze\n", "D2", "“douze” is not a number (system.availability_target)."),
    ("Code;Nom;Plan;Cible\nA1;x;;101\n", "D2", "“system.availability_target” is a percentage, from 0 to 100, not 101."),
    ("Code;Nom;Plan;Cible\nA1;x;;1,234\n", "D2", "“1,234” can be read in two ways"),
    ("Code;Nom;Plan;Cible\nA1;x;;12,5\nA2;x;;12.5\n", "D3", "“12.5” and “12,5” do not have the same decimal sign."),
    ("Code;Nom;Plan;Cible\n;x;;\n", "A2", "This row has no id for “systems”."),
    ("Code;Nom;Plan;Cible\n***;x;;\n", "A2", "“***” cannot be an id (id)."),
    ("Code;Nom;Plan;Cible\nA1;x;;\nA1;y;;\n", "A3", "The id “A1” already stands at a.csv:A2, with other values."),
    ("Code;Nom;Plan;Cible\nA1;x;;;de trop\n", "E2", "The row has more cells than the header (4)."),
    ("Code;Nom;Plan;Cible;Nom\n", "E1", "The header “Nom” stands twice, first at a.csv:B1."),
]


@pytest.mark.parametrize(("content", "cell", "message"), CELLS)
def test_each_mistake_is_told_at_its_cell(tmp_path: Path, content: str, cell: str, message: str) -> None:
    error = refusal(tmp_path, content.encode())
    assert str(error.place) == f"a.csv:{cell}"
    assert message in error.message("en")


def test_a_missing_column_names_the_sheet_and_the_nearest_header(tmp_path: Path) -> None:
    error = refusal(tmp_path, xlsx(["Code", "Nom", "Plann", "Cible"]), file="s.xlsx")
    assert str(error) == "s.xlsx:Serveurs: No column has the header “Plan”."
    assert error.hint("fr") == "Vouliez-vous dire «\u00a0Plann\u00a0» (Serveurs!C1)?"


def test_a_word_without_translation_says_where_to_add_it(tmp_path: Path) -> None:
    table = {
        "table": "systems",
        "columns": {"id": "Code", "data_class": "Sensibilité"},
        "values": {"data_class": {"Santé": "health"}},
    }
    error = refusal(tmp_path, "Code;Sensibilité\nA1;santé\nA2;Secrète\n".encode(), table)
    assert str(error) == "a.csv:B3: “Secrète” is not a word that “system.data_class” takes."
    assert "values: data_class" in (error.hint("en") or "")


def test_ambiguous_dates_are_asked_for(tmp_path: Path) -> None:
    table = {"table": "systems", "columns": {"id": "Code", "project_started": "Début"}}
    content = "Code;Début\nA1;03/04/2024\n".encode()
    error = refusal(tmp_path, content, table)
    assert str(error) == "a.csv:B2: “03/04/2024” can be read in two ways: day first or month first."
    items = collect(tmp_path, content, table, dates="month-day")
    assert values(rows(items)[0]) == {"project_started": "2024-03-04"}


def test_dates_told_apart_by_another_row_are_noted(tmp_path: Path) -> None:
    table = {"table": "systems", "columns": {"id": "Code", "project_started": "Début"}}
    items = collect(tmp_path, "Code;Début\nA1;03/04/2024\nA2;14/03/2024\n".encode(), table)
    assert [values(row)["project_started"] for row in rows(items)] == ["2024-04-03", "2024-03-14"]
    assert notes(items)["spreadsheet_dates_day_month"] == {"header": "Début", "n": 1}


def test_errors_of_several_cells_are_told_at_once_up_to_a_limit(tmp_path: Path) -> None:
    content = "Code;Nom;Plan;Cible\n" + "".join(f"A{n};x;Peut-être;\n" for n in range(1000))
    with pytest.raises(SeveralErrors) as caught:
        collect(tmp_path, content.encode())
    assert len(caught.value.errors) == sheetrows.MAX_ERRORS + 1
    assert caught.value.errors[-1].message("fr") == "La lecture s’est arrêtée après 100 erreurs."


def test_every_note_has_its_sentence_in_both_languages(tmp_path: Path) -> None:
    items = collect(tmp_path, CSV.encode("cp1252") + b";;;\n\n")
    for code, params in notes(items).items():
        assert messages.text(f"note.{code}", "fr", **params) != messages.text(f"note.{code}", "en", **params)
    assert set(notes(items)) == {
        "spreadsheet_encoding", "spreadsheet_delimiter", "spreadsheet_decimal_comma", "spreadsheet_blank_rows",
    }  # fmt: skip


OUTAGES = {"table": "outages", "columns": {"system": "Code", "started": "Jour", "minutes": "Minutes"}}


def test_each_row_of_an_outage_log_is_an_outage(tmp_path: Path) -> None:
    content = b"Code;Jour;Minutes\nA1;2026-01-02;5\nA1;2026-01-02;5\nA1;2026-01-02;7\n"
    items = collect(tmp_path, content, OUTAGES)
    assert [row.id for row in rows(items)] == ["A1|2026-01-02", "A1|2026-01-02#2", "A1|2026-01-02#3"]


def test_a_numbered_outage_log_is_read_by_its_numbers(tmp_path: Path) -> None:
    table = OUTAGES | {"columns": {"id": "No", "system": "Code", "minutes": "Minutes"}}
    items = collect(tmp_path, b"No;Code;Minutes\n1;A1;5\n1;A1;5\n2;A1;5\n", table)
    assert [row.id for row in rows(items)] == ["1", "2"]
    error = refusal(tmp_path, b"No;Code;Minutes\n1;A1;5\n1;A1;6\n", table)
    assert str(error) == "a.csv:A3: The id “1” already stands at a.csv:A2, with other values."


def test_a_percentage_that_a_workbook_holds_as_a_fraction_is_asked_for(tmp_path: Path) -> None:
    content = xlsx(["Code", "Nom", "Plan", "Cible"], ["A1", "x", "Oui", 0.995])
    error = refusal(tmp_path, content, file="s.xlsx")
    assert str(error).startswith("s.xlsx:Serveurs!D2: “0.995” can be read in two ways")
    items = collect(tmp_path, content, SYSTEMS | {"units": {"availability_target": "fraction"}}, file="s.xlsx")
    assert str(values(rows(items)[0])["availability_target"]) == "99.500"
    items = collect(tmp_path, content, SYSTEMS | {"units": {"availability_target": "%"}}, file="s.xlsx")
    assert str(values(rows(items)[0])["availability_target"]) == "0.995"
