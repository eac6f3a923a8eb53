from __future__ import annotations

from sovercheck.reports.base import Options
from sovercheck.reports.rule_page import WORST, rule_lines, rule_sections, shares, waiver_lines
from sovercheck.reports.view import View
from tests.reports.sample import large_assessment, sample_assessment


def view() -> View:
    return View(sample_assessment(), Options("fr"))


def test_every_rule_stands_once_with_findings_or_without() -> None:
    ids = [rule.id for rule in rule_sections(view())] + [rule.id for rule in rule_lines(view())]
    assert sorted(ids) == sorted(rule.id for rule in sample_assessment().rules)


def test_the_gravest_rules_come_first() -> None:
    severities = [rule.severity for rule in rule_sections(view())]
    order = ["bloquant", "majeur", "mineur"]
    assert severities == sorted(severities, key=order.index)


def test_a_rule_counts_its_verdicts_in_the_words_of_its_basis() -> None:
    rule = next(rule for rule in rule_sections(view()) if rule.id == "longest-outage")
    assert [mark.text for mark in rule.counts] == ["1 écart", "1 dérogation", "3 sans écart", "2 sans objet"]


def test_a_rule_not_in_force_passes_nobody() -> None:
    line = next(line for line in rule_lines(view()) if line.id == "us-fisa-702")
    assert line.words.shape == "na"
    assert line.words.text == "non en vigueur"


def test_the_table_holds_the_worst_and_says_how_many_others_there_are() -> None:
    large = View(large_assessment(500), Options("fr"))
    rule = next(rule for rule in rule_sections(large) if rule.id == "copies-in-quebec")
    gravest = [finding.id for finding in large.of_rule[rule.id]][:WORST]
    assert [subject.id for subject in rule.worst] == gravest
    assert f"{len(large.of_rule[rule.id]) - WORST} autres" in rule.caption


def test_what_became_of_a_waiver_is_said() -> None:
    states = {waiver.id: waiver.state for waiver in waiver_lines(view())}
    assert states == {
        "d-2026-04": "en vigueur",
        "d-2026-05": "en vigueur",
        "d-2025-11": "échue",
        "d-2026-01": "caduque\xa0: les faits ont changé",
        "regul-01": "en cours",
        "d-2026-07": "sans effet\xa0: rien à déroger",
    }


def test_a_share_is_an_interval_with_its_target_and_what_weighs_on_it() -> None:
    found = shares(view())
    assert found is not None
    assert [line.interval for line in found.lines][:2] == ["de 31\xa0% à 58\xa0%", "de 20\xa0% à 33\xa0%"]
    assert [line.mark.shape for line in found.lines] == ["unk", "gap", "unk", "pass"]
    assert "1 est de volume inconnu." in found.lines[0].weakens
    assert "Cible\xa0: 40\xa0%" in found.picture
