from __future__ import annotations

import dataclasses

from sovercheck.reports.base import Options
from sovercheck.reports.system_page import LISTED, SystemSection, system_sections
from sovercheck.reports.view import View
from tests.reports.sample import large_assessment, sample_assessment


def sections() -> dict[str, SystemSection]:
    return {section.name: section for section in system_sections(View(sample_assessment(), Options("fr")))}


def test_only_listed_systems_have_a_section() -> None:
    assert len(sections()) == 6


def test_a_path_is_told_by_its_picture_and_again_by_a_table() -> None:
    exposure = sections()["Dossier clinique régional"].exposure
    assert len(exposure.paths) == 2
    told = exposure.paths[0].picture
    for step in exposure.steps[:3]:
        assert f"{step.link} {step.party} ({step.place})" in told
    assert [step.percent for step in exposure.steps[:3]] == ["–", "100\xa0%", "62,5\xa0%"]
    assert "1 autre chemin" in exposure.more


def test_what_nobody_showed_is_said_and_dashed() -> None:
    paths = sections()["Archive d’imagerie"].exposure.paths
    assert "Fournisseur non déclaré" in paths[1].picture
    assert "stroke-dasharray" in paths[1].picture
    assert paths[0].level.shape == "unk"
    assert "Fait qui trancherait" in paths[0].caption


def test_mitigation_shows_before_and_after() -> None:
    change = sections()["Messagerie et bureautique"].exposure.lines[0].change
    assert change.startswith("Avant mesures d’atténuation\xa0: exposition; après\xa0: exposition possible.")
    assert "K3" in change


def test_a_path_without_a_step_stands_for_an_undeclared_supplier() -> None:
    assessment = sample_assessment()
    systems = []
    for system in assessment.systems:
        exposures = [
            dataclasses.replace(
                exposure,
                paths=tuple(dataclasses.replace(p, steps=() if p.hypothetical else p.steps) for p in exposure.paths),
            )
            for exposure in system.exposures
        ]
        systems.append(dataclasses.replace(system, exposures=tuple(exposures)))
    found = system_sections(View(dataclasses.replace(assessment, systems=tuple(systems)), Options("fr")))
    exposure = next(section for section in found if section.name == "Archive d’imagerie").exposure
    assert "Fournisseur non déclaré" in exposure.paths[1].picture
    assert exposure.steps[1].party == "Fournisseur non déclaré"
    assert exposure.steps[1].evidence == "rien ne le démontre"


def test_stakes_that_nobody_established_are_not_given() -> None:
    steps = sections()["Finances et approvisionnement"].exposure.steps
    assert steps[1].percent == "non établie"
    assert steps[1].evidence.startswith("rapporté · Le Quotidien exemple")


def test_a_path_that_several_laws_take_is_drawn_once_and_the_others_counted() -> None:
    assessment = sample_assessment()
    systems = []
    for system in assessment.systems:
        laws = [dataclasses.replace(exposure, law="us-fisa-702") for exposure in system.exposures]
        systems.append(dataclasses.replace(system, exposures=(*system.exposures, *laws)))
    doubled = dataclasses.replace(assessment, systems=tuple(systems))
    found = {section.name: section for section in system_sections(View(doubled, Options("fr")))}
    exposure = found["Dossier clinique régional"].exposure
    assert [line.law for line in exposure.lines] == ["CLOUD Act", "FISA, article 702"]
    assert len(exposure.paths) == 2
    assert exposure.more.startswith("4 autres chemins")


def test_an_open_exposure_stands_in_the_table_of_laws_and_is_not_told_twice() -> None:
    section = sections()["Archive d’imagerie"]
    assert section.exposure.lines[0].residual.shape == "unk"
    assert "Aucun fournisseur que le CLOUD Act atteint" not in [group.title for group in section.findings]


def test_waived_findings_stand_apart() -> None:
    section = sections()["Messagerie et bureautique"]
    assert [group.mark.shape for group in section.waived] == ["wai"]
    assert all(group.mark.shape != "wai" for group in section.findings)


def test_many_subjects_of_one_rule_are_listed_in_part_and_counted() -> None:
    found = system_sections(View(large_assessment(400, systems=7), Options("en")))
    portal = next(section for section in found if section.name == "Portail des citoyens")
    group = next(group for group in portal.findings if group.mark.shape == "fail")
    assert len(group.subjects) == LISTED
    assert "other subjects of the same rule" in group.more


def test_an_exposure_that_only_the_press_shows_says_so() -> None:
    residual = sections()["Finances et approvisionnement"].exposure.lines[0].residual
    assert residual.text == "exposition, selon la presse"
    assert residual.hollow
