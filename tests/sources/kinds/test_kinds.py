"""What is known of kinds as a whole: their descriptions, compiled or not, and the types that need none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck import bundle
from sovercheck.sources import kinds
from sovercheck.sources.aws.undescribed import described, native_type
from sovercheck.sources.azure import kept


@pytest.mark.parametrize(
    "identifier",
    [
        "arn:aws:ec2:ca-central-1:111122223333:subnet/subnet-1",
        "arn:aws:ec2:ca-central-1:111122223333:vpc-endpoint/vpce-1",
        "arn:aws:iam::111122223333:role/lecture",
        "arn:aws:cloudwatch:ca-central-1:111122223333:alarm:a",
    ],
)
def test_networks_permissions_and_alarms_keep_no_data(identifier: str) -> None:
    assert kinds.keeps_no_data("aws", native_type(identifier) or "")


@pytest.mark.parametrize(
    "identifier",
    [
        "arn:aws:ec2:ca-central-1:111122223333:volume/vol-1",
        "arn:aws:newservice:ca-central-1:111122223333:thing/1",
        "arn:aws:rds:ca-central-1:111122223333:db:base",
    ],
)
def test_of_what_may_keep_data_nothing_is_concluded(identifier: str) -> None:
    assert not kinds.keeps_no_data("aws", native_type(identifier) or "")


def test_a_type_of_azure_is_named_whole_unless_it_ends_with_a_star() -> None:
    assert kinds.keeps_no_data("azure", "microsoft.network/virtualnetworks")
    assert not kinds.keeps_no_data("azure", "microsoft.network/virtualnetworkswithdata")
    assert kinds.keeps_no_data("azure", "microsoft.alertsmanagement/prometheusrulegroups")


def test_what_is_described_is_not_among_the_types_without_data() -> None:
    assert [arn for arn in described() if kinds.keeps_no_data("aws", arn)] == []
    assert [type_ for type_ in kept.described() if kinds.keeps_no_data("azure", type_)] == []


def test_compiled_descriptions_are_those_of_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the wheel's build writes reads back as the same kinds."""
    written = {kinds.COMPILED: kinds.plain_kinds(), kinds.DATALESS: kinds.plain_dataless()}
    for name, content in written.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    given = kinds.kinds()
    monkeypatch.setattr(bundle, "compiled", lambda name: tmp_path / name)
    kinds.kinds.cache_clear()
    kinds._dataless.cache_clear()
    try:
        assert kinds.kinds() == given
        assert kinds.keeps_no_data("azure", "microsoft.resources/deployments")
    finally:
        kinds.kinds.cache_clear()
        kinds._dataless.cache_clear()


def test_of_the_compiled_planned_types_each_is_read_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = kinds.planned("terraform", "aws_s3_bucket"), kinds.planned("api", "Microsoft.Storage/storageAccounts")
    types = kinds.planned_types("cloudformation")
    text = kinds.by_type(kinds.plain_planned(kinds.plain_kinds()))
    (tmp_path / kinds.COMPILED_PLANNED).write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundle, "compiled", lambda name: tmp_path / name)
    for cached in (kinds.planned, kinds._compiled_planned):
        cached.cache_clear()
    try:
        assert kinds.planned("terraform", "aws_s3_bucket") == written[0]
        assert kinds.planned("api", "Microsoft.Storage/storageAccounts") == written[1]
        assert kinds.planned("terraform", "aws_iam_role") == ()
        assert kinds.planned_types("cloudformation") == types
    finally:
        for cached in (kinds.planned, kinds._compiled_planned):
            cached.cache_clear()
