from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sovercheck import pipeline
from sovercheck.cli.record import NAME
from sovercheck.findings import ReadingLine
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Known, Row
from tests.reports.sample import sample_assessment
from tests.reports.sample_readings import ARCHIVE, HOSTILE_NEEDS

from .conftest import AS_OF, Cli


def test_the_summary_says_what_was_established(cli: Cli, assessed: Path) -> None:
    ended = cli("assess", "--as-of", AS_OF)
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "Établissement exemple – bilan du 22 novembre 2026"
    for question in ("Où sont les données?", "Qui peut en exiger", "Que peut-on démontrer?"):
        assert sum(line.startswith(question) for line in lines) == 1
    assert any(line.startswith("Constats\u00a0: 0 non conforme, 0 exposition, 1 écart") for line in lines)
    assert any(line.startswith("Couverture\u00a0: 1 système") for line in lines)
    assert "  sortie/bilan.html" in lines
    # Progress is told of work over a second: of which steps depends on the machine.
    assert all(line.startswith(("Lecture de ", "Évaluation ", "Écriture de ")) for line in ended.err.splitlines())


def test_the_summary_says_how_much_was_read_and_names_what_permission_is_missing(
    cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "run", lambda *_: sample_assessment())
    lines = cli("assess", "--as-of", AS_OF).out.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Lectures"))
    assert lines[start] == (
        "Lectures\xa0: 230 listes sur 257 demandées; 4 permissions manquantes. 230 lues, 24 refusées, 1 freinée, "
        "1 injoignable, 1 illisible, 2 sans description, 18 exclues par la configuration, "
        "2 régions de comptes non activées, 1 non offerte dans sa région."
    )
    assert lines[start + 1 : start + 6] == [
        "Permissions manquantes\xa0:",
        "  backup:ListRecoveryPointsByBackupVault (2 comptes, 4 régions)",
        f'  {HOSTILE_NEEDS} (<script>alert("compte")</script>\\x1b[31m, 3 régions)',
        f"  s3:ListAllMyBuckets ({ARCHIVE}, 4 régions)",
        "  backup:ListCopyJobs (111122223333 / ca-central-1)",
    ]
    assert "Non établi (code 3)\xa0: 27 listes de ressources n’ont pas été obtenues." in lines


def test_the_summary_names_ten_permissions_and_counts_the_others(
    cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = sample_assessment()
    refused = tuple(
        ReadingLine("aws", ARCHIVE, "s3", ("object_bucket",), "refused", ("global",), needs=f"s3:Get{n}")
        for n in range(14)
    )
    denied = replace(sample, findings=(), gaps=(), coverage=replace(sample.coverage, readings=refused))
    monkeypatch.setattr(pipeline, "run", lambda *_: denied)
    ended = cli("--lang", "en", "assess", "--as-of", AS_OF)
    assert ended.code == 3
    assert ended.out.count("  s3:Get") == 10
    assert "  … and 4 others, in the reports" in ended.out
    assert "Readings: 0 listings of 14 asked for; 14 missing permissions. 14 refused." in ended.out
    assert "Not established (code 3): 14 listings of resources were not obtained." in ended.out


def test_a_finding_and_what_is_not_established_are_both_said(cli: Cli, assessed: Path) -> None:
    out = cli("assess", "--as-of", AS_OF).out
    assert "Code 1" in out
    assert "Non établi (code 3)" in out


def test_the_severity_decides_the_code(cli: Cli, assessed: Path) -> None:
    ended = cli("assess", "--as-of", AS_OF, "--fail-on", "blocking")
    assert ended.code == 3
    assert "Code 1" not in ended.out


def test_exit_zero_ends_with_zero_and_says_so(cli: Cli, assessed: Path) -> None:
    ended = cli("assess", "--as-of", AS_OF, "--exit-zero")
    assert ended.code == 0
    assert "--exit-zero" in ended.out
    assert "Code 1" in ended.out


def test_quiet_prints_nothing(cli: Cli, assessed: Path) -> None:
    ended = cli("assess", "--as-of", AS_OF, "-q")
    assert (ended.code, ended.out, ended.err) == (1, "", "")


def test_reports_of_the_command_line_stand_for_those_of_the_configuration(cli: Cli, assessed: Path) -> None:
    before = (assessed / "sortie" / "bilan.html").stat().st_mtime_ns
    assert cli("assess", "--as-of", AS_OF, "-f", "json=ici/a.json", "-f", "questions-md=ici/q.md").code == 1
    assert sorted(path.name for path in (assessed / "ici").iterdir()) == ["a.json", "a.verdicts.parquet", "q.md", NAME]
    assert (assessed / "sortie" / "bilan.html").stat().st_mtime_ns == before


def test_the_same_day_gives_the_same_bytes_and_the_record_is_apart(cli: Cli, assessed: Path) -> None:
    first = (assessed / "sortie" / "bilan.json").read_bytes()
    shutil.rmtree(assessed / "historique")  # the run before is an input
    assert cli("assess", "--as-of", AS_OF).code == 1
    assert (assessed / "sortie" / "bilan.json").read_bytes() == first
    assert str(assessed).encode() not in first


def test_the_configuration_is_found_from_a_folder_below(
    cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (assessed / "declarations" / "plus").mkdir()
    monkeypatch.chdir(assessed / "declarations" / "plus")
    assert cli("assess", "--as-of", AS_OF).code == 1


def test_an_empty_inventory_is_never_a_clean_bill(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text(
        "organisation: {name: Vide}\nsources: [{declarations: rien/}]\npolicies: [residency]\n", encoding="utf-8"
    )
    (tmp_path / "rien").mkdir()
    ended = cli("assess")
    assert ended.code == 3
    assert "rien n’a été évalué" in ended.out


def test_a_mistake_names_its_line_and_leaves_the_reports_alone(cli: Cli, assessed: Path) -> None:
    before = {path: path.read_bytes() for path in sorted((assessed / "sortie").iterdir())}
    declaration = assessed / "declarations" / "exemple.yaml"
    text = declaration.read_text(encoding="utf-8").replace("kind: backup", "kind: bakcup")
    declaration.write_text(text.replace("access: hosting", "access: \x1b[2Jhost"), encoding="utf-8")
    ended = cli("assess", "--as-of", AS_OF)
    assert ended.code == 2
    assert ended.out == ""
    assert "declarations/exemple.yaml" in ended.err
    assert "\x1b" not in ended.err
    assert {path: path.read_bytes() for path in sorted((assessed / "sortie").iterdir())} == before


def test_several_mistakes_are_told_together_in_order(cli: Cli, assessed: Path) -> None:
    declaration = assessed / "declarations" / "exemple.yaml"
    text = declaration.read_text(encoding="utf-8").replace("kind: backup", "kind: bakcup")
    declaration.write_text(text.replace("role: hosts", "role: hots"), encoding="utf-8")
    ended = cli("assess", "--as-of", AS_OF)
    assert ended.code == 2
    assert 0 < ended.err.index("hots") < ended.err.index("bakcup") < ended.err.index("2 erreurs")
    assert ended.err.count("^") == 2


def test_a_day_must_be_a_day(cli: Cli) -> None:
    for word in ("2026-02-30", "2026", "20261122", "hier"):
        assert cli("assess", "--as-of", word).code == 2


def test_standard_output_is_for_the_summary(cli: Cli, assessed: Path) -> None:
    assert cli("assess", "-f", "html=-").code == 2


def test_a_saved_inventory_is_an_input_and_what_is_none_is_refused(cli: Cli, assessed: Path) -> None:
    builder = Builder()
    builder.add("compte", [Row("resource", "arn:a", {}, {"name": Known("a", Evidence(Grade.OBSERVED, "compte"))})])
    with builder.finish() as inventory:
        inventory.save(assessed / "lecture")
    ended = cli("assess", "--as-of", AS_OF, "--from", "lecture")
    assert "1 ressource sans système" in ended.out
    before = (assessed / "sortie" / "bilan.json").read_bytes()
    assert b'"arn:a"' in before
    ended = cli("assess", "--as-of", AS_OF, "--from", "lecture", "--from", "declarations")
    assert ended.code == 2
    assert "Ce dossier n’est pas un inventaire complet" in ended.err
    assert (assessed / "sortie" / "bilan.json").read_bytes() == before
