"""Pulumi's types as those that descriptions know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sovercheck.sources.kinds import planned
from sovercheck.sources.plans import pulumi_types
from sovercheck.sources.plans.pulumi_types import Known, known_as, snake

TERRAFORM = {
    "aws_s3_bucket", "aws_instance", "aws_db_instance", "aws_vpc", "aws_cloudtrail", "aws_kms_key", "aws_ebs_volume",
    "azurerm_storage_account", "azurerm_key_vault", "azurerm_key_vault_key", "azurerm_snapshot",
    "google_storage_bucket", "google_secret_manager_secret",
}  # fmt: skip


@pytest.fixture(autouse=True)
def described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Terraform's and CloudFormation's types of these tests, whatever the descriptions hold."""
    real = planned

    def of(interface: str, type_: str) -> tuple[object, ...]:
        return (type_,) if interface == "terraform" and type_ in TERRAFORM else ()

    monkeypatch.setattr(pulumi_types, "planned", of)
    monkeypatch.setattr(pulumi_types, "planned_types", lambda _: ("AWS::RDS::DBInstance", "AWS::S3::Bucket"))
    monkeypatch.setattr(
        pulumi_types, "planned_without_data", lambda _, type_: type_ in ("aws_iam_role", "AWS::RDS::DBSubnetGroup")
    )
    known_as.cache_clear()
    pulumi_types._described_types.cache_clear()
    yield
    known_as.cache_clear()
    pulumi_types._described_types.cache_clear()
    assert planned is real


@pytest.mark.parametrize(
    ("name", "expected"),
    [("kmsKeyId", "kms_key_id"), ("bucketV2", "bucket_v2"), ("ipv6CidrBlock", "ipv6_cidr_block"),
     ("VPCPeering", "vpc_peering"), ("name", "name")],
)  # fmt: skip
def test_names_are_written_as_terraform_writes_them(name: str, expected: str) -> None:
    assert snake(name) == expected


@pytest.mark.parametrize(
    ("token", "native_type"),
    [
        ("aws:s3/bucket:Bucket", "aws_s3_bucket"),
        ("aws:s3/bucketV2:BucketV2", "aws_s3_bucket"),
        ("aws:ec2/instance:Instance", "aws_instance"),
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:rds/instance:Instance", "aws_db_instance"),
        ("aws:cloudtrail/trail:Trail", "aws_cloudtrail"),
        ("aws:ebs/volume:Volume", "aws_ebs_volume"),
        ("aws:iam/role:Role", "aws_iam_role"),
        ("azure:storage/account:Account", "azurerm_storage_account"),
        ("azure:keyvault/keyVault:KeyVault", "azurerm_key_vault"),
        ("azure:keyvault/key:Key", "azurerm_key_vault_key"),
        ("azure:compute/snapshot:Snapshot", "azurerm_snapshot"),
        ("gcp:storage/bucket:Bucket", "google_storage_bucket"),
        ("gcp:secretmanager/secret:Secret", "google_secret_manager_secret"),
    ],
)
def test_bridged_types_have_terraforms_names(token: str, native_type: str) -> None:
    known = known_as(token)
    assert (known.interface, known.native_type) == ("terraform", native_type)


@pytest.mark.parametrize("token", ["aws:neptune/instance:Instance", "azure:netapp/snapshot:Snapshot"])
def test_a_type_is_not_taken_for_another_of_a_like_name(token: str) -> None:
    assert known_as(token).native_type == token


@pytest.mark.parametrize(
    ("token", "known"),
    [
        ("azure-native:sql:Server", Known("api", "Microsoft.Sql/servers", "azure", ("serverName",))),
        (
            "azure-native:sql/v20211101:Database",
            Known("api", "Microsoft.Sql/servers/databases", "azure", ("serverName", "databaseName")),
        ),
        ("azure-native:network:VirtualNetwork", Known("api", "Microsoft.network/VirtualNetworks", "azure")),
        ("azure-native:what:Ever", Known("api", "azure-native:what:Ever", "azure")),
        ("aws-native:rds:DbInstance", Known("cloudformation", "AWS::RDS::DBInstance", "aws")),
        ("aws-native:rds:DbSubnetGroup", Known("cloudformation", "AWS::RDS::DBSubnetGroup", "aws")),
        ("aws-native:what:Ever", Known("cloudformation", "aws-native:what:Ever", "aws")),
        ("google-native:storage/v1:Bucket", Known("terraform", "google-native:storage/v1:Bucket", "google")),
        ("random:index/randomId:RandomId", Known("terraform", "random:index/randomId:RandomId", None)),
        ("no token", Known("terraform", "no token", None)),
    ],
)
def test_native_types_are_those_of_the_clouds_own_interfaces(token: str, known: Known) -> None:
    assert known_as(token) == known


def test_every_type_of_azures_in_the_table_is_described_or_belongs_to_one_that_is() -> None:
    for written in pulumi_types._AZURE.values():
        type_, *names = written.split()
        assert len(names) == type_.count("/") + ("@" in written), written
        parent = type_.lower().rpartition("/")[0]
        assert (
            planned("api", type_.lower()) or planned("api", parent) or type_ == "Microsoft.Resources/resourceGroups"
        ), written
