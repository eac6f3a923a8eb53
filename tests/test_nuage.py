"""The example of public clouds, end to end: scanned once, judged offline, and compared with a scan that saw less."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sovercheck.findings import Assessment, Finding
from sovercheck.reports.json_report import read_assessment
from tests.doubles.aws import aws_front
from tests.doubles.aws_estate import AwsEstate
from tests.doubles.aws_front import Fault
from tests.doubles.azure import AzureDouble
from tests.doubles.azure_estate import AZURE_ESTATE

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "nuage-public"
AS_OF = "2026-11-27"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Scanned:
    """A copy of the example, scanned twice: whole but for one permission, then with a listing refused."""

    folder: Path
    estate: AwsEstate
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    folder = tmp_path_factory.mktemp("nuage") / "exemple"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("sortie", "historique", "inventaire"))
    with aws_front() as aws, AzureDouble(AZURE_ESTATE) as azure:
        written = (folder / "sovercheck.yaml").read_text(encoding="utf-8")
        pointed = re.sub(r"endpoint: \S+", f"endpoint: {azure.url}", written)
        # Three of the four regions are enough to show it all.
        pointed = re.sub(r"regions: \[[^\]]*\]", "regions: [ca-central-1, us-east-1, eu-west-3]", pointed)
        (folder / "sovercheck.yaml").write_text(pointed, encoding="utf-8")
        aws.add_fault(Fault("denied", "s3", "GetBucketPolicy", account=aws.estate.research))
        first = sovercheck(folder, "scan", "-o", "premier", endpoint=aws.url)
        aws.add_fault(Fault("denied", "rds", "DescribeDBInstances", account=aws.estate.production))
        second = sovercheck(folder, "scan", "-o", "second", endpoint=aws.url)
        assert not azure.refused
        yield Scanned(folder, aws.estate, first, second)


def sovercheck(folder: Path, *arguments: str, endpoint: str = "http://127.0.0.1:9") -> subprocess.CompletedProcess[str]:
    """A command in a folder; without an endpoint, no cloud can be reached."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    keys = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "double",
        "AWS_SECRET_ACCESS_KEY": "double",
        "AWS_DEFAULT_REGION": "ca-central-1",
        "AWS_CONFIG_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "sovercheck", *arguments, "--lang", "fr"]
    return subprocess.run(command, cwd=folder, env=kept | keys, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def judged(scanned: Scanned) -> Assessment:
    done = sovercheck(scanned.folder, "assess", "--from", "premier", "--as-of", AS_OF)
    assert done.returncode == 1, done.stderr
    return read_assessment((scanned.folder / "sortie" / "bilan.json").read_bytes())


def findings(assessment: Assessment, *rules: str) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.rule in rules]


def test_a_scan_says_what_it_read_and_names_the_missing_permission(scanned: Scanned) -> None:
    assert scanned.first.returncode == 3, scanned.first.stderr
    assert "s3:GetBucketPolicy" in scanned.first.stdout
    assert not list(scanned.folder.glob(".premier*")), "what was kept for resuming is gone"


def test_of_the_buckets_of_montreal_the_one_that_is_replicated_abroad_fails(judged: Assessment) -> None:
    """What other scanners call the only good one of twenty-one."""
    rules = ("copy-in-allowed-places", "replica-and-backup-in-allowed-places")
    found = [finding for finding in findings(judged, *rules) if ":s3:::mtl-" in finding.id]
    assert [(finding.verdict, "#replica" in finding.id) for finding in found] == [("fail", True)]


def test_what_a_supplier_says_and_what_was_read_differ(judged: Assessment) -> None:
    (contradiction,) = judged.contradictions
    assert (contradiction.id.rpartition("#")[2], contradiction.fact) == ("replica:eastus", "copy.place")
    assert [value.value for value in contradiction.values] == ["US-VA", "CA-QC"]


def test_the_first_page_answers_where_who_holds_the_keys_what_was_not_read_and_the_share(
    scanned: Scanned, judged: Assessment
) -> None:
    html = (scanned.folder / "sortie" / "bilan.html").read_text(encoding="utf-8")
    first_page = html[: html.index('id="systemes"')] if 'id="systemes"' in html else html
    text = re.sub(r"<[^>]+>", " ", first_page)
    assert re.search(r"\d+\s%\sdes copies au Québec", text)
    assert re.search(r"Clés de \d+ copies", text)
    assert "1 permission manquante" in text
    assert "Cible de 40" in text
    assert {key.grade for key in judged.keys} >= {"K0", "K1", "K2", "K3"}
    verdicts = {share.rule.partition("/")[2]: share.verdict for share in judged.shares}
    assert verdicts["count-territorial"] == "pass"
    assert verdicts["count-strict"] == "fail"


def test_a_guard_by_name_alone_guards_nothing(scanned: Scanned, judged: Assessment) -> None:
    places = {
        fact.of: fact.value
        for finding in findings(judged, "account-kept-in-allowed-places")
        for fact in finding.facts
        if fact.fact == "resource.usable_places"
    }
    assert places[f"arn:aws:iam::{scanned.estate.production}:root"] == ("CA-AB", "CA-QC", "US-VA")
    assert "ZA-WC" in (places[f"arn:aws:iam::{scanned.estate.research}:root"] or ())


def test_every_system_has_what_the_configuration_ties_to_it(judged: Assessment) -> None:
    assert {system.id: system.resources > 0 for system in judged.systems} == dict.fromkeys(
        ("dossier-patient", "imagerie", "rendez-vous", "portail", "bureautique", "recherche", "securite"), True
    )


def test_a_scan_that_saw_less_improves_nothing_and_the_comparison_says_what_was_lost(scanned: Scanned) -> None:
    sovercheck(scanned.folder, "assess", "--from", "premier", "--as-of", AS_OF, "-f", "json=a/bilan.json")
    sovercheck(scanned.folder, "assess", "--from", "second", "--as-of", AS_OF, "-f", "json=b/bilan.json")
    before, after = (read_assessment((scanned.folder / name / "bilan.json").read_bytes()) for name in "ab")
    assert {share.rule: share.verdict for share in after.shares if share.verdict == "pass"} == {}
    assert len(after.gaps) > len(before.gaps)
    compared = sovercheck(scanned.folder, "compare", "a/bilan.json", "b/bilan.json")
    assert compared.returncode in (1, 3), compared.stderr
    assert "rds:DescribeDBInstances" in compared.stdout
