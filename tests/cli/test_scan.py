"""`sovercheck scan` against the double of Azure: the inventory, what is not read, resuming, and `assess --from`."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck import pipeline
from sovercheck.sources.azure.source import Azure
from sovercheck.sources.base import Work
from tests.doubles.azure import AzureDouble, Fault
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import PRODUCTION, RESEARCH

from .conftest import AS_OF, Cli

LEAST = "organisation: {name: Établissement exemple, place: CA-QC}\npolicies: [residency]\n"


@pytest.fixture
def double(tmp_path: Path) -> Iterator[AzureDouble]:
    with AzureDouble(AZURE_ESTATE) as running:
        configure(tmp_path, running)
        yield running


def configure(folder: Path, double: AzureDouble, more: str = "") -> None:
    source = f'sources: [{{azure: {{endpoint: "{double.url}"{more}}}}}]\n'
    (folder / "sovercheck.yaml").write_text(LEAST + source, encoding="utf-8")


def sha256(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"])


def test_the_clouds_are_read_into_an_inventory_beside_the_configuration(
    cli: Cli, double: AzureDouble, tmp_path: Path
) -> None:
    ended = cli("scan")
    lines = ended.out.splitlines()
    assert lines[0].startswith("Établissement exemple – lecture du ")
    assert lines[2].startswith("Lu\xa0: 2 comptes ou abonnements, ")
    assert lines[3].startswith("Lectures")
    assert "Inventaire enregistré\xa0: inventaire" in lines
    assert "Pour l’évaluer\xa0: sovercheck assess --from inventaire" in lines
    assert (tmp_path / "inventaire" / "manifest.json").is_file()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside it"
    assert not double.refused
    assert lines[-1] == "Code 0\xa0: tout ce qui devait être lu l’a été."
    assert ended.code == 0


def test_the_summary_is_said_in_english_too_and_quiet_says_nothing(cli: Cli, double: AzureDouble) -> None:
    assert "To judge it: sovercheck assess --from lu" in cli("scan", "--lang", "en", "-o", "lu").out
    quiet = cli("scan", "-q", "-o", "lu")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_what_is_left_out_is_counted_and_not_missing(cli: Cli, double: AzureDouble, tmp_path: Path) -> None:
    configure(tmp_path, double, f", exclude: [{RESEARCH}], because: essai")
    ended = cli("scan")
    assert ended.code == 0
    assert ended.out.splitlines()[2].startswith("Lu\xa0: 1 compte ou abonnement, ")
    assert "1 exclue par la configuration" in ended.out


def test_a_saved_inventory_is_judged_without_asking_again(cli: Cli, double: AzureDouble) -> None:
    cli("scan", "-q", "-o", "lu")
    asked = len(double.requests)
    judged = cli("assess", "--from", "lu", "--as-of", AS_OF)
    assert "Lectures" in judged.out
    assert len(double.requests) == asked


def test_assess_reads_the_clouds_itself_and_leaves_nothing_behind(
    cli: Cli, double: AzureDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[tuple[Path, int, str]] = []
    scan = Azure.scan

    def watched(self: Azure, work: Work) -> object:
        folders.append((work.folder, stat.S_IMODE(work.folder.stat().st_mode), work.day))
        return scan(self, work)

    monkeypatch.setattr(Azure, "scan", watched)
    ended = cli("assess", "--as-of", "2030-01-01", "-f", "json=bilan.json")
    assert ended.code in (1, 3)
    ((folder, mode, day),) = folders
    assert not folder.exists()
    assert mode == 0o700
    assert day < "2030", "the day of the reading is not that of the assessment"
    assert json.loads((tmp_path / "bilan.json").read_text(encoding="utf-8"))["coverage"]["readings"]


def test_what_is_refused_is_named_and_ends_with_3(cli: Cli, double: AzureDouble) -> None:
    double.add_fault(Fault("forbidden"))
    ended = cli("scan")
    assert ended.code == 3
    assert "Permissions manquantes\xa0:" in ended.out
    assert "  Microsoft.Resources/subscriptions/read" in ended.out
    assert "Non établi (code 3)\xa0: aucune ressource n’a été lue." in ended.out
    assert (ended.out.count("Code 0"), ended.err.count("Traceback")) == (0, 0)


def test_a_part_that_is_refused_ends_with_3(cli: Cli, double: AzureDouble) -> None:
    double.grant_partly(PRODUCTION)
    ended = cli("scan")
    assert ended.code == 3
    assert f"  */read /subscriptions/{PRODUCTION}" in ended.out


def test_an_interrupted_reading_says_how_to_resume_and_resumes(
    cli: Cli, double: AzureDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("scan", "-q", "-o", "entier")
    whole = [(request.path, json.dumps(request.body), str(request.query)) for request in double.requests]
    double.requests.clear()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sovercheck.sources.azure.source.TenantRows.rows", interrupted)
        ended = cli("scan")
    assert ended.code == 130
    assert "la même commande reprend la lecture où elle en était" in ended.err
    journal = tmp_path / ".inventaire.journal"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o700
    assert not (tmp_path / "inventaire").exists()
    first = [(request.path, json.dumps(request.body), str(request.query)) for request in double.requests]
    double.requests.clear()
    resumed = cli("scan")
    assert "Reprise d’une lecture interrompue" in resumed.err
    asked_again = [request.path for request in double.requests]
    assert len(first) == len(whole)
    assert len(asked_again) < len(first) / 4, "only what was refused is asked again"
    assert not journal.exists()
    assert sha256(tmp_path / "inventaire") == sha256(tmp_path / "entier")


def test_a_folder_of_something_else_stops_it_before_anything_is_asked(
    cli: Cli, double: AzureDouble, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.txt").write_text("x", encoding="utf-8")
    ended = cli("scan", "-o", "photos")
    assert ended.code == 2
    assert "contient autre chose" in ended.err
    assert not double.requests
    assert (tmp_path / "photos" / "a.txt").read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(os.geteuid() != 0 and not os.path.exists("/dev/full"), reason="needs a place that refuses")
def test_a_place_that_refuses_stops_it(cli: Cli, double: AzureDouble) -> None:
    ended = cli("scan", "-o", "/proc/nulle-part/inventaire")
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_without_a_cloud_there_is_nothing_to_scan(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text(LEAST, encoding="utf-8")
    ended = cli("scan")
    assert ended.code == 2
    assert "ne nomme aucun fournisseur infonuagique" in ended.err
    assert not (tmp_path / "inventaire").exists()


def test_two_at_once_have_folders_of_their_own(
    cli: Cli, double: AzureDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins and ends while the first has its journal open."""
    scan = pipeline.scan
    inner: list[int] = []

    def first(*given: object) -> object:
        monkeypatch.setattr(pipeline, "scan", scan)
        inner.append(cli("scan", "-q").code)
        return scan(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "scan", first)
    outer = cli("scan", "-q").code
    assert inner == [outer]
    assert (tmp_path / "inventaire" / "manifest.json").is_file()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
