"""A scan under adversity: killed and resumed, without credentials, entered in part, on a disk that fills up."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.rows import Item
from sovercheck.sources.journal import NO_CREDENTIALS
from tests.doubles.aws import REPOSITORY, aws_front
from tests.doubles.aws_estate import MONTREAL, ROLE
from tests.doubles.aws_front import AwsFront, Fault

from .scans import BESIDE, PATIENT, environment, gaps, readings, rows, scan, speak_to

pytestmark = pytest.mark.slow

SMALL = ["s3", "kms", "rds", "ec2", "sqs", "lambda", "dynamodb"]
"""The services that these scans ask; the estate is whole, and a scan of it takes a while."""

SCRIPT = """
import json, pathlib, sys
from sovercheck.inventory.builder import Builder
from sovercheck.sources.journal import NO_CREDENTIALS
from tests.sources.aws.scans import DAY, PATIENT, entry
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.base import Work
given = json.loads(sys.argv[2])
builder = Builder()
builder.add("aws", Aws(entry(**given), PATIENT).scan(Work(pathlib.Path(sys.argv[1]), DAY)))
with builder.finish() as inventory:
    print(inventory.sha256())
"""


def others() -> list[str]:
    """The services that are left out."""
    from sovercheck.sources.kinds import forms

    return sorted({form.listing.service for _, form in forms("aws")} - set(SMALL))


@pytest.fixture(scope="module")
def started() -> Iterator[AwsFront]:
    with aws_front() as front, pytest.MonkeyPatch.context() as patch:
        speak_to(patch, front.url)
        front.replay = True
        yield front


@pytest.fixture
def front(started: AwsFront) -> Iterator[AwsFront]:
    started.clear()
    yield started
    started.clear()


def given(**more: object) -> dict[str, object]:
    return {"exclude": [*BESIDE, *others()], "regions": [MONTREAL], **more}


def small(folder: Path, **more: object) -> list[Item]:
    return scan(folder, PATIENT, **given(**more))


def start(front: AwsFront, folder: Path, settings: dict[str, object]) -> subprocess.Popen[str]:
    """A scan in a process of its own, which tells the hash of its inventory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    paths = {"PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(folder), json.dumps(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=kept | environment(front.url) | paths,
        start_new_session=True,
    )


def hash_of(items: list[Item]) -> str:
    builder = Builder()
    builder.add("aws", items)
    with builder.finish() as inventory:
        return inventory.sha256()


def test_killed_at_ten_moments_and_resumed_it_is_the_same_inventory(front: AwsFront, tmp_path: Path) -> None:
    settings = given(accounts=[front.estate.production], role=ROLE)
    whole = scan(tmp_path / "whole", PATIENT, **settings)
    total = len(front.calls)
    moments = sorted(random.Random(3).sample(range(2, total - 2), 10))
    for number, moment in enumerate(moments):
        front.clear()
        so_far = moment - (moments[number - 1] if number else 0)
        with start(front, tmp_path / "killed", settings) as process:
            while len(front.calls) < so_far and process.poll() is None:
                time.sleep(0.002)
            os.killpg(process.pid, signal.SIGKILL)
    front.clear()
    with start(front, tmp_path / "killed", settings) as process:
        told, failed = process.communicate(timeout=120)
    assert told.strip() == hash_of(whole), failed
    assert front.calls == [] or len(front.calls) < total


def test_without_credentials_nothing_is_read_and_that_is_said(
    front: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    items = small(tmp_path)
    assert [(gap.reason, gap.needs) for gap in gaps(items)] == [("refused", NO_CREDENTIALS)]
    assert [line.status for line in readings(items)] == ["refused"]
    assert front.calls == []


def test_a_role_that_cannot_be_assumed_costs_its_account_and_no_other(front: AwsFront, tmp_path: Path) -> None:
    # Whose role it is stands in the request only.
    front.add_fault(Fault("denied", operation="AssumeRole", said=f".*{front.estate.research}.*"))
    items = small(tmp_path)
    (gap,) = gaps(items)
    assert (gap.reason, gap.needs) == ("refused", "sts:AssumeRole")
    assert front.estate.research in str(gap.scope)
    read = {line.account for line in readings(items) if line.status == "read"}
    assert read == {front.estate.management, front.estate.production}


@pytest.mark.parametrize("operation", ["ListPolicies", "DescribePolicy", "ListTargetsForPolicy"])
def test_an_organisation_whose_policies_cannot_be_read_says_so(front: AwsFront, tmp_path: Path, operation: str) -> None:
    front.add_fault(Fault("denied", service="organizations", operation=operation))
    items = small(tmp_path)
    (line,) = (line for line in readings(items) if line.service == "organizations")
    assert (line.status, line.needs) == ("refused", f"organizations:{operation}")
    assert {gap.needs for gap in gaps(items)} == {f"organizations:{operation}"}


def test_a_token_that_expires_in_mid_scan_leaves_what_was_read(front: AwsFront, tmp_path: Path) -> None:
    front.add_fault(Fault("expired", service="(?!sts).*", after=30))
    items = small(tmp_path, accounts=[front.estate.production])
    assert list(rows(items, "resource"))
    assert {gap.needs for gap in gaps(items)} == {NO_CREDENTIALS}
    # Nothing more is asked once that is known; what was under way may be.
    assert len(front.calls) < 30 + 2 + 40
    front.clear()
    again = small(tmp_path, accounts=[front.estate.production])
    assert gaps(again) == []


def test_a_clock_that_is_off_is_told_as_such(front: AwsFront, tmp_path: Path) -> None:
    front.add_fault(Fault("skewed"))
    items = small(tmp_path)
    (gap,) = gaps(items)
    assert gap.needs == NO_CREDENTIALS
    assert "clock" in str(gap.detail)


def test_a_region_that_does_not_exist_is_told(front: AwsFront, tmp_path: Path) -> None:
    items = small(tmp_path, accounts=[front.estate.production], regions=[MONTREAL, "ca-centrale-1"])
    (gap,) = gaps(items)
    assert (gap.reason, gap.scope) == ("unreachable", f"{front.estate.production} ca-centrale-1 *")
    assert list(rows(items, "resource"))


def test_a_disk_that_fills_up_is_one_clear_error_and_what_stands_is_resumed(front: AwsFront, tmp_path: Path) -> None:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, limit[1]))
    try:
        with pytest.raises(InputError) as caught:
            small(tmp_path, accounts=[front.estate.production])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.code == "unwritable"
    asked = len(front.calls)
    front.clear()
    items = small(tmp_path, accounts=[front.estate.production])
    assert gaps(items) == []
    assert len(front.calls) > 0
    assert asked > 5


CANARY = "canari-7f3a9b"


def test_no_secret_of_the_estate_is_written_anywhere(
    front: AwsFront, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(front)
    front.replay = False
    items = small(tmp_path / "journal", accounts=[front.estate.production])
    front.replay = True
    tags = [tag for row in rows(items, "resource") if "tags" in row.facts for tag in row.facts["tags"].value or ()]  # type: ignore[union-attr]
    # Tags are no secrets: control characters and ten kilobytes are kept as data.
    assert any("\x1b[31m" in str(tag) for tag in tags)
    written = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    streams = "".join(capfd.readouterr())
    assert CANARY.encode() not in written
    assert CANARY not in streams + repr(items)
    assert b"fonction-canari" in written


def plant(front: AwsFront) -> None:
    """Secrets where people put them, beside the front: what it would refuse to pass."""
    sts: Any = boto3.client("sts", endpoint_url=front.behind)
    role = f"arn:aws:iam::{front.estate.production}:role/{ROLE}"
    got = sts.assume_role(RoleArn=role, RoleSessionName="plant")["Credentials"]

    def client(service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            region_name=MONTREAL,
            endpoint_url=front.behind,
            aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretAccessKey"],
            aws_session_token=got["SessionToken"],
        )

    functions = client("lambda")
    existing = functions.get_function(FunctionName="transformer")["Configuration"]
    code = {"ZipFile": b"PK\x05\x06" + b"\0" * 18}
    functions.create_function(
        FunctionName="fonction-canari",
        Runtime="python3.12",
        Role=existing["Role"],
        Handler="main.handler",
        Code=code,
        Environment={"Variables": {"MOT_DE_PASSE": CANARY}},
    )
    client("ec2").run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, UserData=f"#!/bin/sh\nexport JETON={CANARY}\n"
    )
    client("sqs").create_queue(QueueName="file-canari", tags={"note": "\x1b[31mrouge\x07" + "x" * 200})
    client("secretsmanager").create_secret(Name="secret-canari", SecretString=CANARY)
    client("ssm").put_parameter(Name="/canari", Value=CANARY, Type="SecureString")
