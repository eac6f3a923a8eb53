"""An assessment of a repository that extends a centre: what the centre says is judged, and its hashes are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sovercheck import pipeline
from sovercheck.config import load, sha256_of
from sovercheck.config.reading import read_central
from sovercheck.errors import SovercheckError
from sovercheck.findings import Assessment

SYSTEMS = """
systems:
  - {id: dossier, name: Dossier, data_class: health, holds_personal_information: true}
"""
OWN_SYSTEMS = "systems: [{id: imagerie, name: Imagerie, data_class: sensitive}]\n"
CENTRE = """
organisation: {name: Ministère, place: CA-QC, kind: public_body}
systems: systemes.yaml
policies: [residency, ./a-nous]
waivers: derogations.yaml
"""
POLICY = "id: a-nous\ntitle: {fr: N, en: U}\ndescription: {fr: N, en: U}\nauthoritative: fr\n"
RULE = """
id: ici
title: {fr: Ici, en: Here}
basis:
  kind: practice
  cite: {fr: Nous, en: Us}
  in_force: {}
  text: {read_on: 2026-11-22, grade: official}
severity: minor
subject: copy
require: {copy.place: {in: [CA-QC]}}
remediation: {fr: Déplacer, en: Move}
tests:
  - {name: à Montréal, given: {copy.place: CA-QC}, expect: pass}
  - {name: à Toronto, given: {copy.place: CA-ON}, expect: fail}
  - {name: nulle part, given: {}, expect: unknown}
"""
WAIVER = """
- id: {id}
  rule: ici
  subjects: {{ids: [{copy}]}}
  values: {{copy.place: CA-ON}}
  approved_by: Marie Tremblay, dirigeante de l’information
  reason: Contrat en cours de renégociation.
  approved_on: 2026-05-01
  expires_on: 2027-04-30
"""
DECLARED = """
declaration: {by: Fournisseur inc., date: 2026-03-02}
parties: [{id: fournisseur, name: Fournisseur inc.}]
resources:
  - {id: base, name: Base, system: dossier, provider: fournisseur, holds_data: true}
  - {id: images, name: Images, system: imagerie, provider: fournisseur, holds_data: true}
copies:
  - {id: base-1, resource: base, kind: primary, place: CA-ON}
  - {id: images-1, resource: images, kind: primary, place: CA-ON}
"""


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    files = {
        "centre/sovercheck.yaml": CENTRE,
        "centre/systemes.yaml": SYSTEMS,
        "centre/a-nous/policy.yaml": POLICY,
        "centre/a-nous/ici.yaml": RULE,
        "centre/derogations.yaml": WAIVER.format(id="du-centre", copy="base-1"),
        "depot/declarations/un.yaml": DECLARED,
        "depot/systemes.yaml": OWN_SYSTEMS,
        "depot/derogations.yaml": WAIVER.format(id="du-depot", copy="images-1"),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "depot"


def assessed(depot: Path) -> Assessment:
    sha256 = read_central(depot.parent / "centre" / "sovercheck.yaml").sha256
    text = f"""
extends: {{file: ../centre/sovercheck.yaml, sha256: {sha256}}}
sources: [{{declarations: declarations/}}]
systems: systemes.yaml
waivers: derogations.yaml
"""
    (depot / "sovercheck.yaml").write_text(text, encoding="utf-8")
    return pipeline.run(load(depot / "sovercheck.yaml"), date(2026, 11, 23), lambda *_: None)


def test_what_the_centre_and_the_repository_say_is_judged_together(depot: Path) -> None:
    assessment = assessed(depot)
    assert assessment.organisation.name == "Ministère"
    assert {system.id: system.data_class for system in assessment.systems} == {
        "dossier": "health",
        "imagerie": "sensitive",
    }
    assert {rule.policy for rule in assessment.rules} == {"residency", "a-nous"}
    mine = {finding.id: finding.waiver for finding in assessment.findings if finding.rule == "ici"}
    assert mine == {"base-1": "du-centre", "images-1": "du-depot"}
    assert (depot / "sortie" / "bilan.json").is_file()
    assert not (depot.parent / "centre" / "sortie").exists()


def test_every_file_of_the_centre_is_among_the_inputs_once(depot: Path) -> None:
    centre = depot.parent / "centre"
    found = [(one.name, one.kind, one.sha256) for one in assessed(depot).inputs if "centre" in one.name]
    assert sorted(found) == sorted(
        (f"../centre/{name}", kind, sha256_of(centre / name))
        for name, kind in (
            ("sovercheck.yaml", "central"),
            ("a-nous/policy.yaml", "central"),
            ("a-nous/ici.yaml", "central"),
            ("systemes.yaml", "source"),
            ("derogations.yaml", "waivers"),
        )
    )


def test_a_waiver_has_an_id_of_its_own_over_both_files(depot: Path) -> None:
    (depot / "derogations.yaml").write_text(WAIVER.format(id="du-centre", copy="images-1"), encoding="utf-8")
    with pytest.raises(SovercheckError) as caught:
        assessed(depot)
    assert caught.value.code == "waiver_twice"
    assert str(caught.value.place).endswith("depot/derogations.yaml:2:7")


def test_systems_that_contradict_the_centre_settle_nothing(depot: Path) -> None:
    (depot / "systemes.yaml").write_text(
        OWN_SYSTEMS.replace("]", ", {id: dossier, name: Dossier, data_class: public}]"), encoding="utf-8"
    )
    classes = {system.id: system.data_class for system in assessed(depot).systems}
    assert classes["dossier"] is None
