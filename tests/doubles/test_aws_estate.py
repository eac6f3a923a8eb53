"""What the seeded organisation is, read back through boto3: the cases that tests and the example rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.doubles.aws import aws_double
from tests.doubles.aws_estate import (
    CALGARY,
    FOREIGN_ACCOUNT,
    KEPT_BUCKETS,
    MONTREAL,
    REPLICA_BUCKET,
    REPLICATED_BUCKET,
    ROLE,
    TRAIL_BUCKET,
    VIRGINIA,
    AwsEstate,
)

pytestmark = pytest.mark.slow

SESSION = boto3.Session()


class Aws:
    """Clients of any of its accounts."""

    def __init__(self, url: str, estate: AwsEstate) -> None:
        self.url = url
        self.estate = estate
        self._keys: dict[str, dict[str, str]] = {
            estate.management: {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        }

    def client(self, account: str, service: str, region: str = MONTREAL) -> Any:
        if account not in self._keys:
            sts = self.client(self.estate.management, "sts")
            role = f"arn:aws:iam::{account}:role/{ROLE}"
            given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            self._keys[account] = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        make: Any = SESSION.client  # typed for literal names of services only
        return make(service, region_name=region, endpoint_url=self.url, **self._keys[account])


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with aws_double() as (url, estate):
        yield Aws(url, estate)


def test_another_server_is_another_and_the_same(aws: Aws) -> None:
    with aws_double() as (url, estate):
        assert url != aws.url
        assert estate == aws.estate


def test_the_organisation_has_three_accounts_and_a_policy_that_denies_regions_in_one(aws: Aws) -> None:
    organizations = aws.client(aws.estate.management, "organizations", VIRGINIA)
    accounts = {account["Id"] for account in organizations.list_accounts()["Accounts"]}
    assert accounts == {aws.estate.management, aws.estate.production, aws.estate.research}

    def targets(policy: str) -> list[str]:
        return [target["TargetId"] for target in organizations.list_targets_for_policy(PolicyId=policy)["Targets"]]

    assert targets(aws.estate.region_deny) == [aws.estate.production]
    assert targets(aws.estate.decoy) == []
    decoy = organizations.describe_policy(PolicyId=aws.estate.decoy)["Policy"]
    assert decoy["PolicySummary"]["Name"] == "region-deny"
    assert "gamelift:CreateFleet" in decoy["Content"]


def test_of_the_buckets_of_montreal_one_is_copied_to_virginia(aws: Aws) -> None:
    s3 = aws.client(aws.estate.production, "s3")
    names = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert names == {*KEPT_BUCKETS, REPLICATED_BUCKET, REPLICA_BUCKET}
    assert {s3.get_bucket_location(Bucket=name)["LocationConstraint"] for name in names - {REPLICA_BUCKET}} == {
        MONTREAL
    }
    (rule,) = s3.get_bucket_replication(Bucket=REPLICATED_BUCKET)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"].endswith(REPLICA_BUCKET)
    for name in KEPT_BUCKETS:
        with pytest.raises(s3.exceptions.ClientError, match="ReplicationConfigurationNotFoundError"):
            s3.get_bucket_replication(Bucket=name)


def test_each_account_holds_its_own(aws: Aws) -> None:
    def buckets(account: str) -> set[str]:
        return {bucket["Name"] for bucket in aws.client(account, "s3").list_buckets()["Buckets"]}

    assert buckets(aws.estate.management) == {TRAIL_BUCKET}
    assert buckets(aws.estate.research) == {"calgary-recherche", "paris-recherche"}


def test_databases_have_copies_abroad_and_a_share_outside(aws: Aws) -> None:
    here = aws.client(aws.estate.production, "rds")
    abroad = aws.client(aws.estate.production, "rds", VIRGINIA)
    assert {item["DBInstanceIdentifier"] for item in here.describe_db_instances()["DBInstances"]} == {
        "bd-dossiers",
        "bd-paie",
    }
    (replica,) = abroad.describe_db_instances()["DBInstances"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"].endswith(":db:bd-dossiers")
    (copy,) = abroad.describe_db_snapshots()["DBSnapshots"]
    assert copy["DBSnapshotIdentifier"] == "instantane-dossiers-copie"
    shared = here.describe_db_snapshot_attributes(DBSnapshotIdentifier="instantane-partage")
    (attribute,) = shared["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    assert attribute["AttributeValues"] == [FOREIGN_ACCOUNT]


def test_no_disk_or_snapshot_is_there_that_was_not_made(aws: Aws) -> None:
    own = {"OwnerIds": ["self"]}
    ec2 = aws.client(aws.estate.production, "ec2")
    assert len(ec2.describe_volumes()["Volumes"]) == 3
    assert len(ec2.describe_snapshots(**own)["Snapshots"]) == 2
    (copy,) = aws.client(aws.estate.production, "ec2", VIRGINIA).describe_snapshots(**own)["Snapshots"]
    assert copy["Description"] == "copied to Virginia"
    (public,) = aws.client(aws.estate.research, "ec2", VIRGINIA).describe_snapshots(**own)["Snapshots"]
    assert public["Description"] == "open to everyone"


def test_keys_have_each_origin(aws: Aws) -> None:
    kms = aws.client(aws.estate.production, "kms")
    keys = {name: kms.describe_key(KeyId=id_)["KeyMetadata"] for name, id_ in aws.estate.keys.items()}
    assert {name: key["Origin"] for name, key in keys.items()} == {
        "customer": "AWS_KMS",
        "imported": "EXTERNAL",
        "external": "EXTERNAL_KEY_STORE",
        "multi_region": "AWS_KMS",
    }
    (replica,) = keys["multi_region"]["MultiRegionConfiguration"]["ReplicaKeys"]
    assert replica["Region"] == VIRGINIA


def test_backups_images_and_secrets_are_copied_and_the_trail_goes_to_virginia(aws: Aws) -> None:
    backup = aws.client(aws.estate.production, "backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    assert f":backup:{VIRGINIA}:" in rule["CopyActions"][0]["DestinationBackupVaultArn"]
    registry = aws.client(aws.estate.production, "ecr").describe_registry()["replicationConfiguration"]
    assert registry["rules"][0]["destinations"][0]["region"] == VIRGINIA
    secret = aws.client(aws.estate.production, "secretsmanager").describe_secret(SecretId="acces-bd")
    assert [status["Region"] for status in secret["ReplicationStatus"]] == [CALGARY]
    (trail,) = aws.client(aws.estate.management, "cloudtrail").describe_trails()["trailList"]
    assert trail["S3BucketName"] == TRAIL_BUCKET
    place = aws.client(aws.estate.management, "s3").get_bucket_location(Bucket=TRAIL_BUCKET)["LocationConstraint"]
    assert place is None  # as S3 tells Virginia
