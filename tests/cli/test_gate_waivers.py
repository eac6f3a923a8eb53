"""Which waivers and which configuration count at the gate: never those of the change that they would excuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sovercheck.cli.exits import Exit
from tests.cli.conftest import AS_OF, Cli
from tests.cli.plans import OHIO, RESIDENCY, VIRGINIA, Bucket, plan, write
from tests.repositories import commit, git

PUBLIC_ONLY = "organisation: {name: Établissement, place: CA-QC}\npolicies: []\n"
WITH_WAIVERS = RESIDENCY + "waivers: derogations.yaml\n"
WAIVER = """\
- id: archives-en-virginie
  rule: copy-in-allowed-places
  subjects: {ids: ["plan.json#aws_s3_bucket.a#primary"]}
  values: {copy.kind: primary, copy.place: US-VA, system.data_class: sensitive}
  approved_by: Marie Tremblay, dirigeante de l’information
  reason: Contrat en cours de renégociation.
  approved_on: 2026-05-01
  expires_on: 2027-04-30
"""
GATE = ("gate", "plan.json", "--data-class", "sensitive", "--as-of", AS_OF, "-f", "json=b.json")


def gated() -> Any:
    return json.loads(Path("b.json").read_text(encoding="utf-8"))


def notes() -> list[str]:
    return [note["code"] for note in gated()["notes"]]


def on_main(folder: Path, **files: str) -> None:
    """Commits files to the base, under their names with a dot for `_`, and comes back to the change."""
    git(folder, "checkout", "-q", "main")
    commit(folder, {name.replace("_", "."): text for name, text in files.items()})
    git(folder, "checkout", "-q", "changement")
    git(folder, "merge", "-q", "main")


def test_a_waiver_of_the_change_does_not_count_and_that_is_said(cli: Cli, repository: Path) -> None:
    write("sovercheck.yaml", WITH_WAIVERS)
    write("derogations.yaml", WAIVER)
    for lang, said in (("fr", "laissées de côté"), ("en", "left aside")):
        ended = cli(*GATE, "--lang", lang)
        assert ended.code == Exit.FINDING
        assert said in ended.out
    assert "waivers_of_the_change" in notes()
    assert gated()["gate"]["waivers_from"] == "left"


def test_nor_does_one_where_there_is_no_repository(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    write("sovercheck.yaml", WITH_WAIVERS)
    write("derogations.yaml", WAIVER)
    assert cli(*GATE).code == Exit.FINDING


def test_a_waiver_of_the_base_counts(cli: Cli, repository: Path) -> None:
    on_main(repository, sovercheck_yaml=WITH_WAIVERS, derogations_yaml=WAIVER)
    assert cli(*GATE, "--base", "main").code == Exit.WAIVED
    told = gated()
    assert told["gate"]["waivers_from"] == "base"
    assert told["gate"]["tally"]["waived"] == 1
    assert "waivers_of_the_change" not in notes()
    # Another finding beside it counts, and one that is not established.
    write("plan.json", plan(Bucket("a", VIRGINIA), Bucket("b", OHIO)))
    assert cli(*GATE, "--base", "main").code == Exit.FINDING
    write("plan.json", plan(Bucket("a", VIRGINIA), Bucket("b", None)))
    assert cli(*GATE, "--base", "main").code == Exit.NOT_ESTABLISHED
    # What the waiver was given for has moved elsewhere.
    write("plan.json", plan(Bucket("a", OHIO)))
    assert cli(*GATE, "--base", "main").code == Exit.FINDING


@pytest.mark.parametrize("also", ["sovercheck.yaml", "derogations.yaml"])
def test_a_change_neither_lifts_the_rules_of_its_base_nor_its_waivers(cli: Cli, repository: Path, also: str) -> None:
    on_main(repository, sovercheck_yaml=WITH_WAIVERS, derogations_yaml=WAIVER)
    if also == "sovercheck.yaml":
        commit(repository, {also: PUBLIC_ONLY})
    else:
        commit(repository, {also: "[]\n"})
    assert cli(*GATE, "--base", "main").code == Exit.WAIVED
    git(repository, "checkout", "-q", "main")
    commit(repository, {"derogations.yaml": "[]\n"})
    git(repository, "checkout", "-q", "changement")
    commit(repository, {"derogations.yaml": WAIVER})
    assert cli(*GATE, "--base", "main").code == Exit.FINDING


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_BASE_REF", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", None),
    ],
)
def test_the_ci_service_says_which_base(
    cli: Cli, repository: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    on_main(repository, sovercheck_yaml=WITH_WAIVERS, derogations_yaml=WAIVER)
    commit(repository, {"sovercheck.yaml": PUBLIC_ONLY})
    git(repository, "update-ref", "refs/remotes/origin/main", "main")
    monkeypatch.setenv(name, value if value is not None else git(repository, "rev-parse", "main"))
    assert cli(*GATE).code == Exit.WAIVED


def test_without_a_configuration_at_the_base_the_shipped_rules_judge(cli: Cli, repository: Path) -> None:
    root = git(repository, "commit-tree", "-m", "x", git(repository, "hash-object", "-t", "tree", "-w", "/dev/null"))
    assert cli(*GATE, "--base", root).code == Exit.FINDING
    assert len(gated()["rules"]) > 20


def test_a_base_that_git_does_not_know(cli: Cli, repository: Path) -> None:
    for lang in ("fr", "en"):
        ended = cli(*GATE, "--base", "origin/absente", "--lang", lang)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert "git fetch --depth=1 origin +refs/heads/absente:refs/remotes/origin/absente" in ended.err
    assert not Path("b.json").exists()


def test_a_base_without_a_repository(cli: Cli, tmp_path: Path) -> None:
    write("plan.json", plan(Bucket("a")))
    ended = cli(*GATE, "--base", "main")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert not Path("b.json").exists()


def centre(cli: Cli, repository: Path, waivers: str = WAIVER) -> str:
    """A central configuration beside the repository, and what extends it there."""
    write("../centre/sovercheck.yaml", WITH_WAIVERS)
    write("../centre/derogations.yaml", waivers)
    pin = cli("policy", "pin", "../centre/sovercheck.yaml").out.split()[-1]
    return f"extends:\n  file: ../centre/sovercheck.yaml\n  sha256: {pin}\n"


def test_a_waiver_of_the_centre_counts(cli: Cli, repository: Path) -> None:
    extending = centre(cli, repository)
    write("sovercheck.yaml", extending)
    assert cli(*GATE).code == Exit.WAIVED
    assert gated()["gate"]["waivers_from"] == "centre"
    on_main(repository, sovercheck_yaml=extending)
    assert cli(*GATE, "--base", "main").code == Exit.WAIVED


@pytest.mark.parametrize("base", [(), ("--base", "main")])
def test_a_centre_that_is_no_longer_what_was_pinned(cli: Cli, repository: Path, base: tuple[str, ...]) -> None:
    on_main(repository, sovercheck_yaml=centre(cli, repository, "[]\n"))
    write("../centre/derogations.yaml", WAIVER)
    ended = cli(*GATE, *base)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "sovercheck.yaml:3:" in ended.err
    assert ("main:sovercheck.yaml:3:" in ended.err) == bool(base)
    assert not Path("b.json").exists()


def test_a_pin_that_the_change_renews_is_not_the_one_that_counts(cli: Cli, repository: Path) -> None:
    on_main(repository, sovercheck_yaml=centre(cli, repository, "[]\n"))
    commit(repository, {"sovercheck.yaml": centre(cli, repository)})
    assert cli(*GATE, "--base", "main").code == Exit.USAGE


@pytest.mark.parametrize(
    ("written", "instead", "state", "fr", "en"),
    [
        ("expires_on: 2027-04-30", "expires_on: 2026-11-21", "expired", "a pris fin le 21 novembre 2026", "ended on"),
        ("copy.place: US-VA", "copy.place: US-OH", "void", "ne vaut plus", "is void"),
    ],
)
def test_a_waiver_that_has_lapsed_has_no_effect_and_that_is_said(
    cli: Cli, repository: Path, written: str, instead: str, state: str, fr: str, en: str
) -> None:
    on_main(repository, sovercheck_yaml=WITH_WAIVERS, derogations_yaml=WAIVER.replace(written, instead))
    for lang, said in (("fr", fr), ("en", en)):
        ended = cli(*GATE, "--base", "main", "--lang", lang)
        assert ended.code == Exit.FINDING
        assert said in ended.out
    assert gated()["waivers"][0]["state"] == state
    # Of a plan that it is not about, nothing is said.
    write("plan.json", plan(Bucket("b", VIRGINIA)))
    assert "archives-en-virginie" not in cli(*GATE, "--base", "main").out


@pytest.mark.parametrize(
    "broken",
    [
        "- id: [\n",
        WAIVER.replace("  expires_on: 2027-04-30\n", ""),
        WAIVER.replace("copy-in-allowed-places", "copy-in-allowed-place"),
        WAIVER + WAIVER,
    ],
)
def test_an_unreadable_waiver_is_an_error_at_its_place(cli: Cli, repository: Path, broken: str) -> None:
    on_main(repository, sovercheck_yaml=WITH_WAIVERS, derogations_yaml=broken)
    for lang in ("fr", "en"):
        ended = cli(*GATE, "--base", "main", "--lang", lang)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert "--> main:derogations.yaml:" in ended.err
    assert not Path("b.json").exists()
