"""Inventories that the gate saves, and one assessment of many: what is of one repository stays so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sovercheck.cli.exits import Exit
from sovercheck.inventory.store import Inventory
from tests.cli.conftest import AS_OF, Cli
from tests.cli.plans import QUEBEC, RESIDENCY, VIRGINIA, Bucket, plan, write


@pytest.fixture(autouse=True)
def _configured(cli: Cli) -> None:
    write("sovercheck.yaml", RESIDENCY)


def gate(cli: Cli, monkeypatch: pytest.MonkeyPatch, folder: str, bucket: Bucket, *words: str) -> None:
    """Runs the gate in a repository's folder on its `plan.json`, and saves beside it."""
    write(f"{folder}/plan.json", plan(bucket))
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        ended = cli("gate", "plan.json", "-c", "../sovercheck.yaml", "--save", "../inv/" + folder, *words, "-q")
    assert ended.code in (Exit.SATISFIED, Exit.FINDING), ended.err


def assessed(cli: Cli, *folders: str) -> Any:
    words = [word for folder in folders for word in ("--from", f"inv/{folder}")]
    ended = cli("assess", *words, "-f", "json=bilan.json", "--as-of", AS_OF)
    assert ended.code in (Exit.SATISFIED, Exit.FINDING, Exit.NOT_ESTABLISHED), ended.err
    return json.loads(Path("bilan.json").read_text(encoding="utf-8"))


def test_two_repositories_with_files_of_one_name_are_two(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    gate(cli, monkeypatch, "a", Bucket("x", QUEBEC), "--name", "depot-a", "--data-class", "health")
    gate(cli, monkeypatch, "b", Bucket("x", VIRGINIA), "--name", "depot-b", "--data-class", "sensitive")
    found = assessed(cli, "a", "b")
    assert found["contradictions"] == []
    assert {line["id"]: (line["name"], line["data_class"], line["resources"]) for line in found["systems"]} == {
        "hypothese:depot-a": ("depot-a", "health", 1),
        "hypothese:depot-b": ("depot-b", "sensitive", 1),
    }
    failing = [item["id"] for item in found["findings"] if item["rule"] == "copy-in-allowed-places"]
    assert failing == ["depot-b/plan.json#aws_s3_bucket.x#primary"]
    assert {line["name"] for line in found["coverage"]["sources"] if line["name"].endswith("plan.json")} == {
        "depot-a/plan.json",
        "depot-b/plan.json",
    }


def test_without_a_name_they_are_not_taken_for_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    gate(cli, monkeypatch, "a", Bucket("x", QUEBEC), "--data-class", "health")
    gate(cli, monkeypatch, "b", Bucket("x", VIRGINIA), "--data-class", "sensitive")
    for lang in ("fr", "en"):
        ended = cli("assess", "--from", "inv/a", "--from", "inv/b", "-f", "json=bilan.json", "--lang", lang)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert "plan.json" in ended.err
        assert "--name" in ended.err
        assert "--> inv/b" in ended.err
    assert not Path("bilan.json").exists()


def test_files_of_one_repository_are_told_apart_by_their_folders(cli: Cli) -> None:
    for folder in ("a", "b"):
        write(f"{folder}/plan.json", plan(Bucket("x", VIRGINIA)))
        cli("gate", f"{folder}/plan.json", "--data-class", "health", "--save", f"inv/{folder}", "-q")
    found = assessed(cli, "a", "b")
    assert {line["id"] for line in found["systems"]} == {"hypothese:a", "hypothese:b"}
    assert found["contradictions"] == []


def test_the_name_is_in_every_id_and_in_no_place_of_a_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket("x", VIRGINIA)
    gate(cli, monkeypatch, "a", bucket, "--name", "depot", "--data-class", "health", "-f", "sarif=../n.sarif")
    (result,) = json.loads(Path("n.sarif").read_text(encoding="utf-8"))["runs"][0]["results"][:1]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.json"
    with Inventory.open(Path("inv/a")) as saved:
        told = [
            str(row)
            for table in ("resource", "copy", "tie", "system")
            for row in saved.connection.execute(f'SELECT * FROM "{table}"').fetchall()
        ]
        told += map(str, (*saved.gaps, *saved.readings, *saved.provenance))
    assert any("depot/plan.json" in text for text in told)
    assert not any("plan.json" in text.replace("depot/plan.json", "") for text in told)


def test_a_name_changes_neither_the_result_nor_what_a_finding_is_known_by(cli: Cli) -> None:
    write("plan.json", plan(Bucket("x", VIRGINIA), Bucket("y", None)))
    prints = []
    for words in ((), ("--name", "depot")):
        ended = cli("gate", "plan.json", "--data-class", "health", "-f", "json=b.json", *words)
        assert ended.code == Exit.FINDING
        told = json.loads(Path("b.json").read_text(encoding="utf-8"))["gate"]["findings"]
        prints.append([(item["rule"], item["fingerprint"], item["standing"]) for item in told])
    assert prints[0] == prints[1]


@pytest.mark.parametrize("name", ["", " ", "a#b", "a\nb", "a\x1b[31m"])
def test_a_name_that_is_none(cli: Cli, name: str) -> None:
    write("plan.json", plan(Bucket("x")))
    ended = cli("gate", "plan.json", "--name", name, "--save", "inv/a")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "\x1b" not in ended.err
    assert not Path("inv").exists()


def test_files_outside_of_the_folder_are_told_apart_and_each_is_read_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a/infra", "b/infra"):
        write(f"{folder}/plan.json", plan(Bucket("x", VIRGINIA)))
    Path("ici").mkdir()
    monkeypatch.chdir("ici")
    write("plan.json", plan(Bucket("x")))

    def names(*files: str) -> list[str]:
        cli("gate", *files, "-c", "../sovercheck.yaml", "--data-class", "health", "-f", "json=b.json", "-q")
        plans = json.loads(Path("b.json").read_text(encoding="utf-8"))["gate"]["plans"]
        return [item["name"] for item in plans]

    assert names("../a/infra/plan.json") == ["plan.json"]
    assert names("../a/infra/plan.json", "plan.json", "./plan.json") == ["infra/plan.json", "plan.json"]
    assert names("../b/infra/plan.json", "../a/infra/plan.json") == ["b/infra/plan.json", "a/infra/plan.json"]


def test_a_folder_that_holds_something_else_is_left_alone(cli: Cli) -> None:
    write("plan.json", plan(Bucket("x")))
    write("inv/autre.txt", "à garder")
    write("b.json", "avant")
    ended = cli("gate", "plan.json", "--save", "inv", "-f", "json=b.json")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert Path("inv/autre.txt").read_text(encoding="utf-8") == "à garder"
    assert Path("b.json").read_text(encoding="utf-8") == "avant"
