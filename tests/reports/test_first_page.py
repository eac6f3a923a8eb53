from __future__ import annotations

import dataclasses

from sovercheck.reports.base import Options
from sovercheck.reports.first_page import FirstPage, first_page
from sovercheck.reports.view import View
from tests.reports.sample import sample_assessment


def page() -> FirstPage:
    return first_page(View(sample_assessment(), Options("fr")))


def test_listed_systems_stand_one_by_one_and_the_others_are_counted() -> None:
    found = page()
    assert len(found.listed) == 6
    assert all(line.anchor for line in found.listed)
    assert len(found.all_bulk) == 12
    assert sum(int(line.total) for line in found.bulk) == 12
    for line in found.bulk:
        assert int(line.total) == sum(map(int, (line.failing, line.unknown, line.clear, line.not_judged)))


def test_a_system_that_no_rule_judged_is_not_clear() -> None:
    line = next(line for line in page().all_bulk if line.name == "Transport adapté")
    assert {cell.mark.text for cell in line.cells} == {"non examiné"}
    assert line.rank == 3


def test_the_worst_of_an_inventory_are_named() -> None:
    worst = page().worst_bulk
    assert len(worst) == 5
    assert all(line.rank < 2 for line in worst)


def test_a_cell_shows_the_worst_verdict_and_counts_the_other_rules() -> None:
    line = next(line for line in page().listed if line.name == "Dossier clinique régional")
    obligations, foreign, practices = line.cells
    assert obligations.mark.text == "non conforme"
    assert "(et 1 autre règle)" in obligations.note
    assert foreign.mark.text == "exposition"
    assert practices.mark.text == "à évaluer"


def test_a_waiver_is_shown_as_one_and_not_as_a_pass() -> None:
    line = next(line for line in page().listed if line.name == "Messagerie et bureautique")
    assert line.cells[2].mark.shape == "wai"


def test_what_to_do_first_is_the_gravest_remedy_or_the_question_that_would_settle_it() -> None:
    lines = {line.name: line.first for line in page().listed}
    assert lines["Dossier clinique régional"].startswith("Vérifier le registre")
    assert lines["<script>alert(1)</script>"].startswith("À établir\xa0: les organisations")


def test_the_lead_says_how_much_was_read() -> None:
    assert "Lectures\xa0: 230 listes sur 257 demandées; 4 permissions manquantes." in page().lead
    sample = sample_assessment()
    unlisted = dataclasses.replace(sample, coverage=dataclasses.replace(sample.coverage, readings=()))
    lead = first_page(View(unlisted, Options("fr"))).lead
    assert not any("Lectures" in sentence for sentence in lead)


def test_the_lead_says_that_no_breach_is_established_where_there_is_none() -> None:
    assessment = sample_assessment()
    unknown_only = tuple(finding for finding in assessment.findings if finding.verdict == "unknown")
    lead = first_page(View(dataclasses.replace(assessment, findings=unknown_only), Options("fr"))).lead
    assert lead[0] == "Aucun constat de non-conformité n’est établi."
    assert any("restent à évaluer" in sentence for sentence in lead)
