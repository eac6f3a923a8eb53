"""What the seeded estate should have and moto lacks or gets wrong, in the published shapes.

Each entry says which operation it answers, or completes, and what a scan must see by it. All else is moto's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.doubles import aws_protocols as protocols
from tests.doubles.aws_estate import (
    CALGARY,
    KEPT_BUCKETS,
    MONTREAL,
    REPLICA_BUCKET,
    REPLICATED_BUCKET,
    VIRGINIA,
    AwsEstate,
)
from tests.doubles.aws_protocols import Answer, Asked

GIB = 1024**3

SIZES: Mapping[str, int] = {
    **{name: number * GIB for number, name in enumerate(KEPT_BUCKETS, 1)},
    REPLICATED_BUCKET: 500 * GIB,
    REPLICA_BUCKET: 500 * GIB,
}
"""Bucket → bytes, as the metrics of its region have it; of the buckets of the other accounts nothing was measured."""

GLOBAL_TABLE = "rendez-vous"

Amend = Callable[[Asked, AwsEstate, Answer], Answer]


def amended(asked: Asked, account: str, estate: AwsEstate, answer: Answer) -> Answer:
    """An answer as AWS would give it."""
    if (asked.service, asked.operation) == ("s3", "ListBuckets"):
        return _regions_of_buckets(asked, answer)
    if (asked.service, asked.operation) == ("kms", "GetKeyPolicy"):
        return _key_policy(asked, account)
    if (asked.service, asked.operation) == ("ec2", "DescribeRegions") and account != estate.management:
        return _calgary(answer)
    if (asked.service, asked.operation) == ("cloudwatch", "ListMetrics"):
        return _metrics(asked, of_production=account == estate.production)
    told = _TOLD.get((asked.service, asked.operation))
    # All the rest is the production account's.
    return told(asked, estate, answer) if told is not None and account == estate.production else answer


def _regions_of_buckets(asked: Asked, answer: Answer) -> Answer:
    """`ListBuckets` with a region says of each bucket that it is there."""
    found = re.search(r"bucket-region=([a-z0-9-]+)", asked.said)
    if found is None:
        return answer
    told = f"<BucketRegion>{found[1]}</BucketRegion></Bucket>".encode()
    return Answer(answer.status, answer.body.replace(b"</Bucket>", told), answer.headers)


def _calgary(answer: Answer) -> Answer:
    """The members have Calgary on, as they hold something there; the management account has not."""
    body = answer.body.decode()
    regions = re.split(r"(?=<item>)", body)
    on = [part.replace("not-opted-in", "opted-in") if CALGARY in part else part for part in regions]
    return Answer(answer.status, "".join(on).encode(), answer.headers)


def _key_policy(asked: Asked, account: str) -> Answer:
    """The name of a key's policy may be left out, as it has one only; moto wants to be told."""
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [root]}
    return protocols.told(asked, {"Policy": json.dumps(policy), "PolicyName": "default"})


def _key(asked: Asked, estate: AwsEstate, answer: Answer) -> Answer:
    """Of a key of several regions moto says everywhere that it is a replica, once it has one."""
    if asked.region != MONTREAL or estate.keys["multi_region"] not in asked.said:
        return answer
    return Answer(answer.status, answer.body.replace(b'"REPLICA"', b'"PRIMARY"'), answer.headers)


def _secrets(asked: Asked, _: AwsEstate, answer: Answer) -> Answer:
    """A secret that has a replica says, where it was made too, which region it was made in."""
    if asked.region != MONTREAL:
        return answer
    listed = json.loads(answer.body)["SecretList"]
    return protocols.told(asked, {"SecretList": [{"PrimaryRegion": MONTREAL, **secret} for secret in listed]})


def _secret_policy(asked: Asked, _: AwsEstate, answer: Answer) -> Answer:
    """A replica has the policy of its secret, here none; moto does not let it be read."""
    return answer if asked.region == MONTREAL else protocols.empty(asked)


def _tables(asked: Asked, _: AwsEstate, answer: Answer) -> Answer:
    """A global table stands in the listing of each of its regions."""
    if asked.region != VIRGINIA:
        return answer
    names = json.loads(answer.body)["TableNames"]
    return protocols.told(asked, {"TableNames": sorted({*names, GLOBAL_TABLE})})


def _table(asked: Asked, estate: AwsEstate, answer: Answer) -> Answer:
    """`UpdateTable` takes a replica, and moto forgets it."""
    if f'"TableName": "{GLOBAL_TABLE}"' not in asked.said:
        return answer

    def arn(region: str) -> str:
        return f"arn:aws:dynamodb:{region}:{estate.production}:table/{GLOBAL_TABLE}"

    other = VIRGINIA if asked.region == MONTREAL else MONTREAL
    replica = {"RegionName": other, "ReplicaArn": arn(other), "ReplicaStatus": "ACTIVE"}
    table = {
        "TableName": GLOBAL_TABLE,
        "TableArn": arn(asked.region),
        "TableStatus": "ACTIVE",
        "CreationDateTime": 1767225600,
        "TableSizeBytes": 3 * GIB,
        "GlobalTableVersion": "2019.11.21",
        "Replicas": [replica],
    }
    return protocols.told(asked, {"Table": table})


def _table_policy(asked: Asked, _: AwsEstate, answer: Answer) -> Answer:
    """The table has none; of the replica moto knows nothing."""
    if asked.region != VIRGINIA:
        return answer
    return protocols.failed(asked, 400, "PolicyNotFoundException", "Resource-based policy not found")


def _metrics(asked: Asked, *, of_production: bool) -> Answer:
    """A series for each bucket of the region that was measured."""
    here = SIZES.keys() - {REPLICA_BUCKET} if asked.region == MONTREAL else {REPLICA_BUCKET}
    series = [
        {
            "Namespace": "AWS/S3",
            "MetricName": "BucketSizeBytes",
            "Dimensions": [
                {"Name": "StorageType", "Value": "StandardStorage"},
                {"Name": "BucketName", "Value": name},
            ],
        }
        for name in sorted(here)
    ]
    measured = of_production and asked.region in (MONTREAL, VIRGINIA) and "AWS/S3" in asked.said
    return protocols.told(asked, {"Metrics": series if measured else []})


def _points(asked: Asked, _: AwsEstate, __: Answer) -> Answer:
    """The last daily point of each series that is asked."""
    queries: list[dict[str, Any]] = json.loads(asked.said.partition(" ")[2].partition(" ")[2])["MetricDataQueries"]

    def points(query: dict[str, Any]) -> dict[str, object]:
        named = {item["Name"]: item["Value"] for item in query["MetricStat"]["Metric"]["Dimensions"]}
        size = SIZES[named["BucketName"]]
        return {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [1767225600], "Values": [float(size)]}

    return protocols.told(asked, {"MetricDataResults": [points(query) for query in queries]})


def _automated_backups(asked: Asked, estate: AwsEstate, answer: Answer) -> Answer:
    """The automated backups of a database are replicated to Virginia, and stand in both regions."""
    if asked.region not in (MONTREAL, VIRGINIA):
        return answer

    def arn(region: str) -> str:
        return f"arn:aws:rds:{region}:{estate.production}:auto-backup:ab-dossiers"

    backup: dict[str, object] = {
        "DBInstanceArn": f"arn:aws:rds:{MONTREAL}:{estate.production}:db:bd-dossiers",
        "DBInstanceIdentifier": "bd-dossiers",
        "DBInstanceAutomatedBackupsArn": arn(asked.region),
        "Region": MONTREAL,
        "AllocatedStorage": 200,
        "Encrypted": "true",
        "Status": "active" if asked.region == MONTREAL else "replicating",
        "KmsKeyId": f"arn:aws:kms:{MONTREAL}:{estate.production}:key/{estate.keys['customer']}",
    }
    if asked.region == MONTREAL:
        backup["DBInstanceAutomatedBackupsReplications"] = [{"DBInstanceAutomatedBackupsArn": arn(VIRGINIA)}]
    return protocols.told(asked, {"DBInstanceAutomatedBackups": [backup]})


def _recovery_points(asked: Asked, estate: AwsEstate, _: Answer) -> Answer:
    """A file system's backup, kept in Montréal and copied to Virginia as the plan says."""
    if asked.region not in (MONTREAL, VIRGINIA):
        return protocols.empty(asked)
    vault = "coffre-montreal" if asked.region == MONTREAL else "coffre-virginie"
    if vault not in asked.said:
        return protocols.empty(asked)
    point = {
        "RecoveryPointArn": f"arn:aws:backup:{asked.region}:{estate.production}:recovery-point:rp-{vault}",
        "BackupVaultName": vault,
        "BackupVaultArn": f"arn:aws:backup:{asked.region}:{estate.production}:backup-vault:{vault}",
        "ResourceArn": f"arn:aws:elasticfilesystem:{MONTREAL}:{estate.production}:file-system/fs-partage",
        "ResourceType": "EFS",
        "Status": "COMPLETED",
        "CreationDate": 1767225600,
        "BackupSizeInBytes": 40 * GIB,
        "IsEncrypted": True,
    }
    if asked.region == VIRGINIA:
        source = f"arn:aws:backup:{MONTREAL}:{estate.production}:backup-vault:coffre-montreal"
        point["SourceBackupVaultArn"] = source
    return protocols.told(asked, {"RecoveryPoints": [point]})


def _inference_profiles(asked: Asked, estate: AwsEstate, _: Answer) -> Answer:
    """A profile of the organisation's own, made of the predefined one whose name begins with `us.`."""
    if asked.region != MONTREAL:
        return protocols.empty(asked)
    model = "foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"
    arn = f"arn:aws:bedrock:{MONTREAL}:{estate.production}"
    profile = {
        "inferenceProfileName": "assistant-redaction",
        "inferenceProfileArn": f"{arn}:application-inference-profile/assistant",
        "inferenceProfileId": "assistant",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::{model}"} for region in (VIRGINIA, "us-west-2")],
        "status": "ACTIVE",
        "type": "APPLICATION",
        "createdAt": "2026-01-01T00:00:00Z",
    }
    return protocols.told(asked, {"inferenceProfileSummaries": [profile]})


_TOLD: Mapping[tuple[str, str], Amend] = {
    ("dynamodb", "ListTables"): _tables,
    ("dynamodb", "DescribeTable"): _table,
    ("dynamodb", "GetResourcePolicy"): _table_policy,
    ("kms", "DescribeKey"): _key,
    ("secretsmanager", "ListSecrets"): _secrets,
    ("secretsmanager", "GetResourcePolicy"): _secret_policy,
    ("cloudwatch", "GetMetricData"): _points,
    ("rds", "DescribeDBInstanceAutomatedBackups"): _automated_backups,
    ("backup", "ListRecoveryPointsByBackupVault"): _recovery_points,
    ("bedrock", "ListInferenceProfiles"): _inference_profiles,
}
