"""The two cases that were measured on today's scanners, which get both wrong, through the whole flow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck import pipeline
from sovercheck.cli.exits import Exit, outcome
from sovercheck.config import load
from sovercheck.evaluation import packed
from sovercheck.findings import Assessment
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.base import Cloud, Work
from tests.doubles.aws import aws_front
from tests.doubles.aws_estate import KEPT_BUCKETS, REPLICATED_BUCKET
from tests.doubles.aws_front import AwsFront, Fault
from tests.sources.aws.scans import DAY, PATIENT, speak_to

from .judging import AS_OF

pytestmark = pytest.mark.slow

CONFIGURATION = """
organisation: {name: Établissement exemple, place: CA-QC, kind: health_body}
sources:
  - aws:
      accounts: ["PRODUCTION"]
      role: OrganizationAccountAccessRole
      regions: [ca-central-1, us-east-1]
      exclude: [s3control]
      because: essai
      requests_per_second: 1000
systems: systemes.yaml
policies: [residency]
reports: {json: bilan.json}
"""
SYSTEMS = """
systems:
  - id: dossiers
    name: Dossiers
    data_class: health
    holds_personal_information: true
    resources: [{kind: object_bucket}]
"""


@pytest.fixture(scope="module")
def front() -> Iterator[AwsFront]:
    with aws_front() as front, pytest.MonkeyPatch.context() as patch:
        speak_to(patch, front.url)
        yield front


def assessed(front: AwsFront, folder: Path) -> Assessment:
    written = CONFIGURATION.replace("PRODUCTION", front.estate.production)
    (folder / "sovercheck.yaml").write_text(written, encoding="utf-8")
    (folder / "systemes.yaml").write_text(SYSTEMS, encoding="utf-8")
    config = load(folder / "sovercheck.yaml")
    made = [source.made() for source in config.live if isinstance(source, Cloud)]
    live = tuple(dataclasses.replace(source, patience=PATIENT) for source in made if isinstance(source, Aws))
    assert live
    work = Work(folder / "journal", DAY)
    return pipeline.run(dataclasses.replace(config, live=live), AS_OF, lambda *_: None, work=work)


def test_twenty_buckets_kept_in_montreal_pass_and_the_one_copied_to_virginia_fails(
    front: AwsFront, tmp_path: Path
) -> None:
    front.clear()
    assessment = assessed(front, tmp_path)
    table = packed.beside(tmp_path / "bilan.json")
    passing = {id_ for _, id_ in packed.passes(table, "copy-in-allowed-places") if ":s3:::" in id_}
    assert passing == {f"arn:aws:s3:::{name}#primary" for name in (*KEPT_BUCKETS, REPLICATED_BUCKET)}
    failing = {
        finding.id
        for finding in assessment.findings
        if finding.rule == "replica-and-backup-in-allowed-places" and finding.verdict == "fail"
    }
    (replica,) = failing
    assert replica.startswith(f"arn:aws:s3:::{REPLICATED_BUCKET}#replica")
    assert not [f for f in assessment.findings for name in KEPT_BUCKETS if f":{name}#" in f.id and f.verdict == "fail"]
    assert outcome(assessment, "major").code is Exit.FINDING


def test_where_every_listing_is_denied_nothing_is_established_and_each_permission_is_named(
    front: AwsFront, tmp_path: Path
) -> None:
    front.clear()
    front.add_fault(Fault("denied", operation="(?!AssumeRole|GetCallerIdentity|DescribeRegions).*"))
    assessment = assessed(front, tmp_path)
    assert outcome(assessment, "major").code is Exit.NOT_ESTABLISHED
    needed = {gap.needs for gap in assessment.gaps}
    assert None not in needed
    asked = {(call.service, call.operation) for call in front.calls if call.service != "sts"}
    assert len(asked) > 80
    for action in ("s3:ListAllMyBuckets", "ec2:DescribeVolumes", "rds:DescribeDBInstances", "kms:ListKeys"):
        assert action in needed
    refused = [line for line in assessment.coverage.readings if line.status == "refused"]
    assert {line.needs for line in refused} <= needed
    assert not [finding for finding in assessment.findings if finding.verdict == "fail"]
