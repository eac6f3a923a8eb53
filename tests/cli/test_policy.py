from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from sovercheck import strictyaml
from sovercheck.inventory.facts import SUBJECTS

from .conftest import Cli

RULE = """\
id: ici
title: {fr: Ici, en: Here}
basis:
  kind: practice
  cite: {fr: Nous, en: Us}
  in_force: {}
  text: {read_on: 2026-11-22, grade: official}
severity: minor
gate: "off"
subject: copy
parameters:
  where: {default: [CA-QC], type: places, statutory: false, meaning: {fr: Où, en: Where}}
require: {copy.place: {in: $where}}
remediation: {fr: Déplacer, en: Move}
tests:
  - {name: à Montréal, given: {copy.place: CA-QC}, expect: pass}
  - {name: à Toronto, given: {copy.place: CA-ON}, expect: fail}
  - {name: à Toronto permis, given: {copy.place: CA-ON}, parameters: {where: [CA]}, expect: pass}
  - {name: nulle part, given: {}, expect: unknown}
"""
POLICY = "id: nous\ntitle: {fr: N, en: U}\ndescription: {fr: N, en: U}\nauthoritative: fr\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "nous"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "ici.yaml").write_text(RULE, encoding="utf-8")
    return folder


def test_the_shipped_rules_are_listed_without_a_configuration(cli: Cli) -> None:
    ended = cli("policy", "list")
    assert ended.code == 0
    line = next(line for line in ended.out.splitlines() if line.startswith("us-cloud-act "))
    assert "cloud-act" in line
    assert "loi étrangère" in line


def test_with_a_configuration_its_own_rules_are_listed(cli: Cli, own: Path) -> None:
    (own.parent / "sovercheck.yaml").write_text("organisation: {name: X}\npolicies: [nous]\n", encoding="utf-8")
    assert cli("policy", "list").out == "ici  nous  mineur  bonne pratique  Ici\n"
    assert "Où" not in cli("policy", "explain", "ici").err


def test_a_rule_is_read_out_with_its_article_and_its_tests(cli: Cli) -> None:
    out = cli("policy", "explain", "us-cloud-act", "--lang", "en").out
    assert "18 U.S.C." in out
    assert "https://" in out
    assert "Tests:" in out
    assert "→ unknown" in out


def test_a_share_is_read_out_with_its_variants(cli: Cli) -> None:
    out = cli("policy", "explain", "quebec-cloud-share").out
    assert "quebec-cloud-share/volume-strict" in out
    assert "quebec-cloud-share.target: 0.4" in out
    assert "quebec-cloud-share/count-strict" not in cli("policy", "explain", "quebec-cloud-share/volume-strict").out


def test_an_unknown_rule_is_refused_with_the_nearest(cli: Cli) -> None:
    assert "«\u00a0us-cloud-act\u00a0»?" in cli("policy", "explain", "us-cloud-ac").err


def test_a_folder_is_tested_with_the_parameters_that_its_tests_ask_for(cli: Cli, own: Path) -> None:
    ended = cli("policy", "test", "nous")
    assert (ended.code, ended.out) == (0, "4 essais exécutés; règles\u00a0: 1.\n")


def test_a_failing_test_is_named_with_its_line(cli: Cli, own: Path) -> None:
    (own / "ici.yaml").write_text(RULE.replace("CA-ON}, expect: fail", "CA-ON}, expect: pass"), encoding="utf-8")
    (own / "ici.yaml").write_text(
        (own / "ici.yaml").read_text(encoding="utf-8") + "  - {name: autre, given: {copy.place: US}, expect: fail}\n",
        encoding="utf-8",
    )
    ended = cli("policy", "test", "nous")
    assert ended.code == 1
    first, run, failed = ended.out.splitlines()
    assert first.startswith("nous/ici.yaml:17:5 ici, essai")
    assert "attendu pass, obtenu fail" in first
    assert run.startswith("5 essais exécutés")
    assert failed == "1 essai a échoué."


def test_one_policy_or_one_rule_is_tested_by_its_name(cli: Cli) -> None:
    policy = cli("policy", "test", "continuite")
    rule = cli("policy", "test", "continuity-plan")
    assert (policy.code, rule.code) == (0, 0)
    assert int(rule.out.split()[0]) < int(policy.out.split()[0])
    assert rule.out.endswith("règles\u00a0: 1.\n")
    assert cli("policy", "test", "nope-nope").code == 2


def test_the_schema_takes_a_rule_that_loads(cli: Cli, own: Path) -> None:
    schema = json.loads(cli("policy", "schema").out)
    jsonschema.validate(strictyaml.load(own / "ici.yaml").value, schema)
    assert cli("policy", "schema", "-o", "s.json").out == ""
    assert json.loads((own.parent / "s.json").read_text(encoding="utf-8")) == schema


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_new_rule_loads_and_its_tests_pass(subject: str, cli: Cli, tmp_path: Path) -> None:
    ended = cli("policy", "new", "nouvelle", "--subject", subject, "-o", "maison")
    assert ended.code == 0
    assert sorted(path.name for path in (tmp_path / "maison").iterdir()) == ["nouvelle.yaml", "policy.yaml"]
    tested = cli("policy", "test", "maison")
    assert tested.code == 0, tested.out + tested.err
    assert tested.out.startswith("3 essais exécutés")


def test_a_new_rule_replaces_nothing(cli: Cli, own: Path) -> None:
    assert cli("policy", "new", "ici", "--subject", "copy", "-o", "nous").code == 2
    assert (own / "ici.yaml").read_text(encoding="utf-8") == RULE
    assert cli("policy", "new", "../ailleurs", "--subject", "copy", "-o", "nous").code == 2
    assert cli("policy", "new", "autre", "--subject", "copy", "-o", "nous").code == 0
    assert (own / "policy.yaml").read_text(encoding="utf-8") == POLICY


# pin


def test_the_pin_of_a_centre_is_all_that_is_on_stdout(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    (tmp_path / "centre" / "sovercheck.yaml").write_text("waivers: derogations.yaml\n")
    (tmp_path / "centre" / "derogations.yaml").write_text("[]\n")
    ended = cli("policy", "pin", "centre/sovercheck.yaml")
    assert ended.code == 0
    sha256 = ended.out.removesuffix("\n")
    assert len(sha256) == 64
    assert "2 fichiers" in ended.err
    (tmp_path / "sovercheck.yaml").write_text(
        f"organisation: {{name: N}}\nextends: {{file: centre/sovercheck.yaml, sha256: {sha256}}}\n"
    )
    assert cli("policy", "list").code == 0


def test_what_cannot_be_a_centre_has_no_pin(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text("extends: ailleurs.yaml\n")
    ended = cli("policy", "pin", "sovercheck.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "sovercheck.yaml:1:1" in ended.err
    assert cli("policy", "pin", "nulle-part.yaml").code == 2
