"""What the gate refuses: one error at its place, in both languages, code 2, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.cli.exits import Exit
from tests.cli.conftest import Cli
from tests.cli.plans import Bucket, plan, write

ARM = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
CIRCLE = {
    "$schema": ARM,
    "contentVersion": "1.0.0.0",
    "variables": {"a": "[variables('b')]", "b": "[variables('a')]"},
    "resources": [
        {
            "type": "Microsoft.Storage/storageAccounts",
            "name": "x",
            "apiVersion": "2023-01-01",
            "location": "[variables('a')]",
        }
    ],
}
DUPLICATE = "Resources:\n  A: {Type: AWS::S3::Bucket}\n  A: {Type: AWS::S3::Bucket}\n"
LOOP = "Conditions: {A: !Condition B, B: !Condition A}\nResources:\n  S: {Type: AWS::S3::Bucket, Condition: A}\n"
STATE = {"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "x", "outputs": {}, "resources": []}
SHOWN_STATE = {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {}}}
LINES = '{"@level":"info","@message":"Terraform 1.9.0","type":"version"}\n{"@level":"info","@message":"Plan"}\n'
PLAIN = "Terraform used the selected providers to generate the following execution\nplan.\n"
MAKE_ONE = "terraform show -json plan.tfplan > plan.json"

REFUSED: dict[str, tuple[str | bytes, str, str, str]] = {
    "truncated": ('{"format_version":"1.2",\n "resource_changes": [', "2:23", "JSON complet", "complete JSON"),
    "state": (json.dumps(STATE), "", "état de Terraform", "Terraform state"),
    "shown state": (json.dumps(SHOWN_STATE), "", "état de Terraform", "Terraform state"),
    "binary": (b"PK\x03\x04tfplan", "", MAKE_ONE, MAKE_ONE),
    "json lines": (LINES, "", MAKE_ONE, MAKE_ONE),
    "plain text": (PLAIN, "", MAKE_ONE, MAKE_ONE),
    "another tool's": (
        '{"kind": "other", "steps": []}',
        "",
        "ni un plan ni un gabarit",
        "neither a plan nor a template",
    ),
    "another tool's text": ("bonjour\n", "", "ni un plan ni un gabarit", "neither a plan nor a template"),
    "format 2.0": ('{"format_version":"2.0","resource_changes":[]}', "", "2.0", "2.0"),
    "a list": ("[]", "", "pas un objet", "not an object"),
    "not a plan's": ('{"format_version":"1.2","resource_changes":{}}', "", "resource_changes", "resource_changes"),
    "duplicate keys": (DUPLICATE, "3:3", "ligne 2", "line 2"),
    "circle of conditions": (LOOP, "1:14", "A → B → A", "A → B → A"),
    "circle of variables": (json.dumps(CIRCLE, indent=1), "9", "dépend d’elle-même", "depends on itself"),
    "deep JSON": ('{"a":' * 200_000 + "1" + "}" * 200_000, "", "imbriqué", "nested"),
    "deep YAML": ("Resources: " + "[" * 5000 + "]" * 5000, "1", "niveaux imbriqués", "nested levels"),
    "empty": ("", "", "vide", "empty"),
    "blank": (" \n", "", "vide", "empty"),
    "no text": (b"\x80\x81\x82", "", "UTF-8", "UTF-8"),
}


@pytest.fixture(autouse=True)
def _written_before(cli: Cli) -> None:
    for name in ("b.json", "b.sarif", "b.html", "etat.json"):
        write(name, "avant")


def refused(cli: Cli, lang: str, *words: str) -> str:
    """What the command says of what it refuses; nothing that stood there before was touched."""
    formats = ("-f", "json=b.json", "-f", "sarif=b.sarif", "-f", "html=b.html", "-f", "junit=neuf.xml")
    written = ("--write-baseline", "etat.json", "--save", "inv", "--data-class", "health")
    ended = cli("gate", *words, *formats, *written, "--lang", lang)
    assert (ended.code, ended.out) == (Exit.USAGE, ""), ended.err
    assert {Path(name).read_text(encoding="utf-8") for name in ("b.json", "b.sarif", "b.html", "etat.json")} == {
        "avant"
    }
    assert not Path("inv").exists()
    assert not Path("neuf.xml").exists()
    assert sum(line.startswith(("Erreur", "Error")) for line in ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err
    return ended.err


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_plan(cli: Cli, case: str, lang: str) -> None:
    content, where, fr, en = REFUSED[case]
    folder = Path("infra")
    folder.mkdir()
    (folder / "plan.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    told = refused(cli, lang, "infra/plan.json")
    assert f"  --> infra/plan.json{':' if where else ''}{where}" in told
    assert (fr if lang == "fr" else en) in told.replace("\xa0", " ")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_file_that_is_not_there(cli: Cli, lang: str) -> None:
    told = refused(cli, lang, "absent.json")
    assert "  --> absent.json" in told
    assert ("n’existe pas" if lang == "fr" else "does not exist") in told


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_folder_that_is_no_assembly(cli: Cli, lang: str) -> None:
    Path("sortie").mkdir()
    told = refused(cli, lang, "sortie")
    assert "  --> sortie\n" in told
    assert "cdk synth" in told
    write("sortie/manifest.json", '{"x": 1}')
    assert "  --> sortie/manifest.json" in refused(cli, lang, "sortie")


def test_one_bad_file_among_good_ones(cli: Cli) -> None:
    write("bon.json", plan(Bucket("a")))
    write("mauvais.json", "{")
    assert "  --> mauvais.json:1:2" in refused(cli, "fr", "bon.json", "mauvais.json")


BASELINES = {
    "absent": (None, ""),
    "truncated": ('{"schema": "sovercheck/baseline/v1",\n "findings": [', ":2:15"),
    "of another schema": ('{"schema": "sovercheck/baseline/v2", "findings": []}', ""),
    "no object": ("[]", ""),
    "without findings": ('{"schema": "sovercheck/baseline/v1"}', ""),
    "of another shape": ('{"schema": "sovercheck/baseline/v1", "findings": [{"rule": 1}]}', ""),
    "no text": (b"\xff\x00\xff", ""),
    "deep": ("[" * 200_000, ""),
    "empty": ("", ":1:1"),
}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("case", BASELINES)
def test_a_state_of_reference_that_cannot_be_read(cli: Cli, case: str, lang: str) -> None:
    write("plan.json", plan(Bucket("a")))
    content, where = BASELINES[case]
    if content is not None:
        Path("reference.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert f"  --> reference.json{where}\n" in refused(cli, lang, "plan.json", "--baseline", "reference.json")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_configuration_that_cannot_be_used(cli: Cli, lang: str) -> None:
    write("plan.json", plan(Bucket("a")))
    write("sovercheck.yaml", "organisation: {name: Essai}\npolicie: []\n")
    assert "sovercheck.yaml:2:1\n" in refused(cli, lang, "plan.json")
    write("haut/sovercheck.yaml", "organisation: {name: Essai}\nsystems: systemes.yaml\n")
    write("haut/systemes.yaml", "systems: [{id: a, nom: A}]\n")
    told = refused(cli, lang, "plan.json", "-c", "haut/sovercheck.yaml")
    assert "systemes.yaml:1:" in told
    assert "1 | systems: [{id: a, nom: A}]" in told
    assert "  --> absente.yaml" in refused(cli, lang, "plan.json", "-c", "absente.yaml")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_report_that_cannot_be_written_leaves_the_others_as_they_were(cli: Cli, lang: str) -> None:
    write("plan.json", plan(Bucket("a")))
    Path("dossier").mkdir()
    ended = cli("gate", "plan.json", "-f", "json=b.json", "-f", "html=dossier", "--lang", lang)
    assert ended.code == Exit.USAGE
    assert "dossier" in ended.err
    assert Path("b.json").read_text(encoding="utf-8") == "avant"
