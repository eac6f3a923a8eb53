"""Trying accounts: who the caller is, whether each can be entered, one page of each listing in one region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sovercheck.sources.aws import organisation
from sovercheck.sources.aws.asking import AwsAsker
from sovercheck.sources.aws.organisation import Caller
from sovercheck.sources.aws.settings import AwsEntry
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.base import Tried, Work
from sovercheck.sources.journal import NO_CREDENTIALS, Ask, Refusal

OURS, OTHER = "111122223333", "444455556666"
REGIONS = {
    "Regions": [{"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in ("ca-central-1", "us-east-1")]
}

Answer = Callable[[Ask], Mapping[str, Any] | None]


def refused(ask: Ask, code: str = "AccessDenied", operation: str | None = None) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation or ask.operation)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Ask]:
    """Every call that was made; what is not said otherwise is answered with one empty page, and would go on."""
    made: list[Ask] = []
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nulle-part")
    monkeypatch.setattr(organisation, "caller", lambda _: Caller(OURS, "aws", f"arn:aws:iam::{OURS}:user/agent"))

    def pages(_: AwsAsker, ask: Ask) -> Iterator[Mapping[str, Any]]:
        made.append(ask)
        if ask.operation == "DescribeRegions":
            if ask.account == OTHER:
                raise refused(ask, operation="AssumeRole")
            yield REGIONS
            return
        if ask.service == "sqs":
            raise refused(ask)
        if ask.service == "efs":
            raise refused(ask, "SubscriptionRequiredException")
        yield {}
        raise AssertionError("one page is enough")

    monkeypatch.setattr(AwsAsker, "raw_pages", pages)
    monkeypatch.setattr(Aws, "_bound", lambda *_: iter(()))
    return made


def tried(folder: Path, **settings: Any) -> list[Tried]:
    return list(Aws(AwsEntry(**settings)).trial(Work(folder, "2026-11-27")))


def test_one_page_of_each_listing_is_asked_in_one_region(asked: list[Ask], tmp_path: Path) -> None:
    who, ours = tried(tmp_path)
    assert (who.account, who.about, who.failed) == (OURS, f"arn:aws:iam::{OURS}:user/agent", ())
    assert (ours.account, ours.about) == (OURS, "us-east-1")
    assert [(failed.call, failed.refusal.needs) for failed in ours.failed] == [("sqs:ListQueues", "sqs:ListQueues")]
    assert ours.answered == len(asked) - 1, "what the provider does not offer there lacks no permission"
    assert len({ask.key for ask in asked}) == len(asked)
    assert {ask.region for ask in asked if ask.service in ("s3", "rds", "resourcegroupstaggingapi")} == {"us-east-1"}
    assert "resourcegroupstaggingapi" in {ask.service for ask in asked}


def test_the_region_is_one_that_is_read(asked: list[Ask], tmp_path: Path) -> None:
    _, ours = tried(tmp_path, regions=["ca-central-1"], because="essai")
    assert ours.about == "ca-central-1"
    assert {ask.region for ask in asked if ask.service == "rds"} == {"ca-central-1"}


def test_what_is_left_out_is_not_tried(asked: list[Ask], tmp_path: Path) -> None:
    _, ours = tried(tmp_path, exclude=["sqs"], because="essai")
    assert ours.failed == ()
    assert "sqs" not in {ask.service for ask in asked}


def test_an_account_that_cannot_be_entered_is_told_after_one_call(asked: list[Ask], tmp_path: Path) -> None:
    _, ours, other = tried(tmp_path, accounts=[OURS, OTHER], role="lecture")
    assert ours.answered > 1
    assert (other.account, other.answered) == (OTHER, 0)
    assert [failed.refusal.needs for failed in other.failed] == ["sts:AssumeRole"]
    assert [ask.operation for ask in asked if ask.account == OTHER] == ["DescribeRegions"]


def test_an_account_without_a_role_is_told_without_a_call(asked: list[Ask], tmp_path: Path) -> None:
    found = tried(tmp_path, accounts=[OTHER])
    assert [(one.account, one.failed[0].refusal.needs) for one in found[1:]] == [(OTHER, "sts:AssumeRole")]
    assert asked == []


def test_without_credentials_nothing_else_is_tried(
    asked: list[Ask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Refusal("refused", NO_CREDENTIALS, "NoCredentialsError")
    monkeypatch.setattr(organisation, "caller", lambda _: none)
    (only,) = tried(tmp_path)
    assert (only.account, only.answered, only.failed[0].refusal) == ("*", 0, none)
    assert asked == []
