from __future__ import annotations

from dataclasses import replace

import pytest

from sovercheck.comparison import CopyChange, CopyState, ReadingChange
from sovercheck.decisions.compare import compare
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import Options
from sovercheck.reports.changes import GRAVEST, SHOWN, Changes, Table, changes
from sovercheck.reports.view import View
from tests.decisions.earlier import earlier_assessment, sample_comparison
from tests.reports.sample import large_assessment, sample_assessment
from tests.reports.test_html import LINKS, rendered, text

SAMPLE = sample_assessment()


def said(lang: Lang = "fr", **changed: object) -> Changes:
    comparison = replace(sample_comparison(), **changed)  # type: ignore[arg-type]
    found = changes(View(SAMPLE, Options(lang, comparison=comparison)))
    assert found is not None
    return found


def table(found: Changes, id_: str) -> Table:
    return next(table for table in found.tables if table.id == id_)


def row(of: Table, first: str) -> list[str]:
    cells = next(cells for cells in of.rows if cells[0].words == first)
    return [" | ".join((cell.words, *cell.notes)) for cell in cells[1:]]


def test_without_an_earlier_assessment_nothing_is_said() -> None:
    assert changes(View(SAMPLE, Options())) is None
    assert 'id="what-changed"' not in rendered(SAMPLE)


def test_findings_are_counted_by_what_became_of_them() -> None:
    assert said().counts == (
        "1 aggravé",
        "3 nouveaux",
        "1 perdu de vue",
        "1 amélioré",
        "1 réglé",
        f"{len(SAMPLE.findings) - 5} inchangés",
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_list_has_a_cell_for_each_column(lang: Lang) -> None:
    found = said(lang)
    assert {item.id for item in found.tables} == {
        *("findings", "readings", "copies", "exposures", "shares", "territory", "waivers", "rules"),
    }
    for item in (*found.tables, found.gravest):
        assert item is not None
        assert {len(cells) for cells in item.rows} == {len(item.heads)}


def test_a_change_says_the_verdict_before_and_now_and_what_decided() -> None:
    findings = table(said(), "findings")
    assert row(findings, "Boîtes aux lettres (copie principale)") == [
        "nouveau | bloquant",
        "Chaque copie au Québec, sauf évaluation préalable",
        "non conforme | avant\u00a0: conforme",
        "les faits | le lieu de la copie\u00a0: Québec → Virginie, É.-U.",
    ]


def test_what_is_out_of_sight_is_never_said_to_be_settled() -> None:
    told = row(table(said(), "findings"), "ancien/primary")
    assert told[0].startswith("perdu de vue")
    assert "une lecture manque" in told[2]
    assert told[3] == "une lecture perdue"


def test_a_rule_that_is_gone_still_has_its_words() -> None:
    comparison = compare(SAMPLE, replace(SAMPLE, rules=SAMPLE.rules[1:], findings=SAMPLE.findings[:0]))
    gone = SAMPLE.rules[0]
    found = changes(View(replace(SAMPLE, rules=SAMPLE.rules[1:]), Options("fr", comparison=comparison)))
    assert found is not None
    assert row(table(found, "rules"), gone.title["fr"])[0] == "retirée"
    assert any(gone.title["fr"] in cells[2].words for cells in table(found, "findings").rows)


def test_only_what_differs_of_a_rule_or_law_is_told() -> None:
    rules = table(said(), "rules")
    assert row(rules, "Évaluation revue depuis moins de trois ans") == ["paramètres", "months = 60", "months = 48"]
    assert row(rules, "FISA, article 702")[1:] == ["en vigueur à la date du bilan", "pas en vigueur à la date du bilan"]


def test_a_listing_of_the_ledger_names_its_regions_and_its_permission() -> None:
    lost = ReadingChange(
        "lost",
        "listing",
        "aws",
        severed=True,
        account="111122223333",
        service="s3",
        kinds=("object_bucket",),
        regions=("ca-central-1", "us-east-1"),
        reason="refused",
        needs="s3:ListAllMyBuckets",
    )
    readings = table(
        said(readings=(lost, replace(lost, kinds=("disk",), reason="undescribed", needs=None))), "readings"
    )
    assert row(readings, "object_bucket (s3)") == [
        "perdue",
        "aws",
        "111122223333 / ca-central-1, us-east-1",
        "accès refusé",
        "s3:ListAllMyBuckets",
    ]
    assert row(readings, "disk (s3)")[3] == "genre non décrit"
    gained = table(said(readings=(replace(lost, change="gained"),)), "readings")
    assert row(gained, "object_bucket (s3)")[3:] == ["avant\u00a0: accès refusé", ""], "nothing is left to mend"


def test_without_verdict_tables_systems_stand_for_copies() -> None:
    comparison = compare(earlier_assessment(), SAMPLE)
    found = changes(View(SAMPLE, Options("fr", comparison=comparison)))
    assert found is not None
    assert "une à une" in found.notes[0]
    assert row(table(found, "systems"), "Messagerie et bureautique")[0].startswith("Québec (principale)")


def test_a_list_is_cut_and_says_so_and_the_first_page_names_few() -> None:
    many = tuple(
        CopyChange("moved", f"c{number}", None, CopyState("CA-QC", "primary"), CopyState("US", "primary"))
        for number in range(SHOWN + 1)
    )
    copies = table(said(copies=many), "copies")
    assert (len(copies.rows), copies.total) == (SHOWN, SHOWN + 1)
    assert copies.more.startswith("Et 1 autre ligne")
    gravest = said(findings=sample_comparison().findings * 3).gravest
    assert gravest is not None
    assert len(gravest.rows) == GRAVEST


def test_a_hundred_thousand_changes_add_little_to_the_page() -> None:
    large = large_assessment(100_000)
    comparison = compare(SAMPLE, large)
    assert len(comparison.findings) == 100_000
    page = rendered(large, "fr", Options("fr", LINKS, comparison=comparison))
    assert len(page) - len(rendered(large)) < 500_000


def test_names_from_outside_are_text() -> None:
    page = rendered(SAMPLE, "fr", Options("fr", LINKS, comparison=sample_comparison()))
    assert "<b>Ancien" not in page
    assert "&lt;b&gt;Ancien" in page


def test_the_first_page_leads_to_the_list_and_nothing_changed_is_said() -> None:
    page = rendered(SAMPLE, "fr", Options("fr", LINKS, comparison=sample_comparison()))
    assert page.index('id="what-changed"') < page.index('id="nav-title"') < page.index('id="changes"')
    same = rendered(SAMPLE, "fr", Options("fr", LINKS, comparison=compare(SAMPLE, SAMPLE)))
    assert 'id="changes"' not in same
    assert "Rien n’a changé." in text(same)
