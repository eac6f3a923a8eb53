"""Two runs of a small organisation: a copy moves, a rule, an article and a waiver change, a source is gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sovercheck.cli.program import run

from .conftest import Cli

CONFIGURATION = """
organisation: {name: Établissement exemple, place: CA-QC, kind: health_body}
sources: [{declarations: nous/}, {declarations: fournisseurs/}]
policies: [./regles]
parameters: {small-enough.limit: 2000}
waivers: derogations.yaml
runs: historique/
languages: [fr]
"""
OURS = """
declaration: {by: Établissement exemple, date: 2026-02-01}
systems:
  - {id: dossier, name: Dossier clinique, data_class: health, holds_personal_information: true}
resources:
  - {id: base, name: Base du dossier, system: dossier, holds_data: true, bytes: 1000}
copies:
  - {id: base-1, resource: base, kind: primary, place: CA-QC}
  - {id: base-2, resource: base, kind: backup, place: US-VA}
"""
THEIRS = """
declaration: {by: Fournisseur inc., date: 2026-02-01}
contracts: [{id: contrat, system: dossier, name: Contrat d’hébergement}]
"""
WAIVERS = """
- id: sauvegarde
  rule: backup-in-canada
  subjects: {ids: [base-2]}
  values: {copy.place: US-VA, copy.kind: backup}
  approved_by: Marie Tremblay, dirigeante de l’information
  reason: Déménagement en cours.
  approved_on: 2026-05-01
  expires_on: 2026-10-15
"""
RULE = """
id: {id}
title: {{fr: {fr}, en: {en}}}
basis:
  kind: {basis}
  cite: {{fr: Texte exemple, en: Example text}}
  in_force: {in_force}
  text: {{version: 2026-01-01, read_on: 2026-11-22, grade: official}}
severity: {severity}
subject: {subject}
{rest}
remediation: {{fr: Le faire., en: Do it.}}
tests:
  - {{name: bon, given: {given}, expect: pass}}
  - {{name: mauvais, given: {bad}, expect: fail}}
  - {{name: inconnu, given: {unknown}, expect: unknown}}
"""
RULES = {
    "copy-in-quebec": {
        "fr": "La copie principale est au Québec",
        "en": "The primary copy is in Québec",
        "severity": "blocking",
        "subject": "copy",
        "rest": "when: {copy.kind: {equals: primary}}\nrequire: {copy.place: {in: [CA-QC]}}",
        "given": "{copy.kind: primary, copy.place: CA-QC}",
        "bad": "{copy.kind: primary, copy.place: US-VA}",
        "unknown": "{copy.kind: primary}",
    },
    "backup-in-canada": {
        "fr": "Chaque sauvegarde est au Canada",
        "en": "Every backup is in Canada",
        "subject": "copy",
        "rest": "when: {copy.kind: {equals: backup}}\nrequire: {copy.place: {in: [CA]}}",
        "given": "{copy.kind: backup, copy.place: CA-QC}",
        "bad": "{copy.kind: backup, copy.place: US-VA}",
        "unknown": "{copy.kind: backup}",
    },
    "new-act": {
        "fr": "Pas de données de santé",
        "en": "No health data",
        "basis": "regulation",
        "in_force": "{from: 2026-10-01}",
        "subject": "system",
        "rest": "require: {system.data_class: {not_in: [health]}}",
        "given": "{system.data_class: public}",
        "bad": "{system.data_class: health}",
        "unknown": "{}",
    },
    "small-enough": {
        "fr": "La ressource est petite",
        "en": "The resource is small",
        "subject": "resource",
        "rest": "parameters: {limit: {default: 2000, type: number, statutory: false, "
        "meaning: {fr: Octets, en: Bytes}}}\nrequire: {resource.bytes: {at_most: $limit}}",
        "given": "{resource.bytes: 10}",
        "bad": "{resource.bytes: 5000}",
        "unknown": "{}",
    },
    "contract-is-short": {
        "fr": "Le contrat est court",
        "en": "The contract is short",
        "subject": "contract",
        "rest": "require: {contract.term_months: {at_most: 36}}",
        "given": "{contract.term_months: 12}",
        "bad": "{contract.term_months: 60}",
        "unknown": "{}",
    },
}
DEFAULTS = {"basis": "practice", "in_force": "{}", "severity": "major"}
FIRST, SECOND = "2026-09-01", "2026-11-23"


def write(folder: Path, **changed: str) -> None:
    files = {
        "sovercheck.yaml": CONFIGURATION,
        "nous/nous.yaml": OURS,
        "fournisseurs/fournisseur.yaml": THEIRS,
        "derogations.yaml": WAIVERS,
        "regles/policy.yaml": "id: regles\ntitle: {fr: Règles exemples, en: Example rules}\n"
        "description: {fr: Pour essai, en: For a test}\nauthoritative: fr\n",
    }
    for id_, rule in RULES.items():
        files[f"regles/{id_}.yaml"] = RULE.format(**DEFAULTS | rule, id=id_)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(changed.get(Path(name).stem, text), encoding="utf-8")


@pytest.fixture(scope="session")
def _runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write(folder)
        assert run(["assess", "--as-of", FIRST, "-q"]) in (1, 3)
        later = CONFIGURATION.replace(", {declarations: fournisseurs/}", "").replace("2000", "500")
        write(folder, nous=OURS.replace("CA-QC", "US-VA"), sovercheck=later)
        assert run(["assess", "--as-of", SECOND, "-q"]) == 1
    return folder


@pytest.fixture
def runs(_runs: Path, tmp_path: Path, cli: Cli) -> Path:
    """The current folder, with two runs kept in `historique`; to be used after `cli`."""
    shutil.copytree(_runs, tmp_path, dirs_exist_ok=True)
    return tmp_path


A, B = f"historique/{FIRST}-1", f"historique/{SECOND}-1"


def test_a_kept_run_has_its_assessment_its_verdicts_and_its_record(cli: Cli, runs: Path) -> None:
    for name in (A, B):
        assert {path.name for path in (runs / name).iterdir()} == {"bilan.json", "bilan.verdicts.parquet", "run.json"}
    record = json.loads((runs / B / "run.json").read_bytes())
    assert record["exit_code"] == 1


def test_every_change_is_told_with_its_cause(cli: Cli, runs: Path) -> None:
    assert cli("compare", A, B, "-f", "json=ecarts.json").code == 1
    found = json.loads((runs / "ecarts.json").read_bytes())["comparison"]
    changes = {
        (c["rule"], c["id"]): (c["kind"], c["before"]["word"], c["after"]["word"], c["causes"])
        for c in found["findings"]
    }
    assert changes == {
        ("copy-in-quebec", "base-1"): ("new", "pass", "fail", ["facts"]),
        ("new-act", "dossier"): ("new", "not_applicable", "fail", ["law"]),
        ("small-enough", "base"): ("new", "pass", "fail", ["rule"]),
        ("backup-in-canada", "base-2"): ("worsened", "waived", "fail", ["waiver"]),
        ("contract-is-short", "contrat"): ("out_of_sight", "unknown", "absent", ["reading"]),
    }
    assert [(c["id"], c["name"], c["change"], c["before"], c["after"]) for c in found["copies"]] == [
        (
            "base-1",
            "Base du dossier",
            "moved",
            {"place": "CA-QC", "kind": "primary"},
            {"place": "US-VA", "kind": "primary"},
        )
    ]
    assert [(r["change"], r["of"], r["source"]) for r in found["readings"]] == [("lost", "source", "fournisseurs/")]
    assert [(w["change"], w["id"], w["days"]) for w in found["waivers"]] == [("lapsed", "sauvegarde", -39)]
    assert {(r["id"], *r["differs"]) for r in found["rules"]} == {
        ("small-enough", "statement", "parameters"),
        ("new-act", "force"),
    }


def test_the_terminal_tells_it_in_groups(cli: Cli, runs: Path) -> None:
    ended = cli("compare", A, B)
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "Établissement exemple – du 1er septembre 2026 au 23 novembre 2026"
    assert "Depuis le 1er septembre 2026\u00a0: 1 aggravé, 3 nouveaux, 1 perdu de vue, 0 inchangé" in lines
    assert any("1 lecture perdue, 1 copie déplacée, 1 dérogation désormais sans effet" in line for line in lines)
    assert any(line.startswith("  Base du dossier") and "les faits" in line and "Virginie" in line for line in lines)
    assert any(line.startswith("Code 1\u00a0: 4 ") for line in lines)
    assert any(line.startswith("Non établi (code 3)\u00a0: 1 lecture") for line in lines)
    assert "what changed" not in ended.out.lower()
    assert (
        cli("compare", A, B, "--lang", "en").out.splitlines()[0].endswith("from September 1, 2026 to November 23, 2026")
    )


def test_the_summary_of_the_run_and_its_report_tell_it_too(cli: Cli, runs: Path) -> None:
    page = (runs / "sortie/bilan.html").read_text(encoding="utf-8")
    assert "Ce qui a changé depuis le 1er septembre 2026" in page
    assert json.loads((runs / "sortie/bilan.json").read_bytes())["comparison"]["earlier"] == FIRST
    ended = cli("assess", "--as-of", SECOND)
    assert "Depuis le 23 novembre 2026\u00a0: 4 inchangés" in ended.out
    assert f"historique/{SECOND}-2" in ended.out


def test_a_report_made_again_still_tells_it(cli: Cli, runs: Path) -> None:
    assert cli("report", "sortie/bilan.json", "-f", "html=encore.html", "-f", "json=encore.json").code == 0
    assert (runs / "encore.json").read_bytes() == (runs / "sortie/bilan.json").read_bytes()
    assert (runs / "encore.html").read_bytes() == (runs / "sortie/bilan.html").read_bytes()


def test_the_report_of_a_comparison_is_the_later_ones(cli: Cli, runs: Path) -> None:
    assert cli("compare", A, "sortie/bilan.json", "-f", "html=a.html", "-f", "json=a.json").code == 1
    assert (runs / "a.html").read_bytes() == (runs / "sortie/bilan.html").read_bytes()
    printed = cli("compare", A, B, "-f", "json=-")
    assert json.loads(printed.out)["comparison"]["later"] == SECOND


def test_without_the_verdict_tables_it_says_that_copies_were_not_compared(cli: Cli, runs: Path) -> None:
    (runs / A / "bilan.verdicts.parquet").unlink()
    ended = cli("compare", A, B)
    assert ended.code == 1
    assert "n’ont pas été comparées une à une" in ended.out
    assert "Lieux des copies, par système" in ended.out


def test_nothing_changed(cli: Cli, runs: Path) -> None:
    ended = cli("compare", B, B)
    assert ended.code == 0
    assert "Rien n’a changé." in ended.out


def test_a_lost_reading_alone_is_not_established(cli: Cli, runs: Path) -> None:
    data = json.loads((runs / A / "bilan.json").read_bytes())
    data["coverage"]["sources"] = data["coverage"]["sources"][:-1]
    (runs / "moins.json").write_text(json.dumps(data), encoding="utf-8")
    assert cli("compare", A, "moins.json").code == 3


def test_what_is_less_grave_than_asked_does_not_count(cli: Cli, runs: Path) -> None:
    data = json.loads((runs / A / "bilan.json").read_bytes())
    rule = next(rule for rule in data["rules"] if rule["id"] == "backup-in-canada")
    rule["severity"] = "minor"
    (runs / "avant.json").write_text(json.dumps(data), encoding="utf-8")
    finding = next(finding for finding in data["findings"] if finding["rule"] == "backup-in-canada")
    finding["waiver"] = None
    (runs / "apres.json").write_text(json.dumps(data), encoding="utf-8")
    assert cli("compare", "avant.json", "apres.json").code == 0
    assert cli("compare", "avant.json", "apres.json", "--fail-on", "minor").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((B, A), "échangez les deux"),
        ((A, "sovercheck.yaml"), "pas du JSON"),
        ((A, "nulle-part"), "n’existe pas"),
        ((A, "nous"), "n’existe pas"),
        ((A, B, "-f", "xlsx=a.xlsx"), "html, json"),
        ((A, B, "-f", "html=-", "-f", "json=-"), "une chose à la fois"),
    ],
)
def test_what_cannot_be_compared(cli: Cli, runs: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = cli("compare", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_two_organisations_are_not_compared(cli: Cli, runs: Path) -> None:
    text = (runs / A / "bilan.json").read_text(encoding="utf-8")
    (runs / "autre.json").write_text(
        text.replace('"name":"Établissement exemple"', '"name":"Un autre"'), encoding="utf-8"
    )
    ended = cli("compare", "autre.json", B)
    assert ended.code == 2
    assert "« Un autre »" in ended.err.replace("\u00a0", " ")


def test_a_verdict_table_that_cannot_be_read_is_an_error(cli: Cli, runs: Path) -> None:
    (runs / A / "bilan.verdicts.parquet").write_bytes(b"PAR1")
    ended = cli("compare", A, B)
    assert ended.code == 2
    assert f"{A}/bilan.verdicts.parquet" in ended.err
