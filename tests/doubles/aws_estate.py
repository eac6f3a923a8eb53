"""A seeded AWS organisation of three accounts, made over HTTP in a moto server.

What each account holds, and what a scan must say of it, stands beside what creates it. What moto does not keep or does
not answer (a global table's replicas, an external key store's configuration) is made as the API wants it all the same:
the day that moto keeps it, the estate has it. Names are fixed; ids are too, once moto's generator is seeded.
"""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

MONTREAL, CALGARY, VIRGINIA, PARIS = "ca-central-1", "ca-west-1", "us-east-1", "eu-west-3"
REGIONS = (MONTREAL, CALGARY, VIRGINIA, PARIS)

MANAGEMENT = "123456789012"
"""The account whose credentials moto takes any unknown key for."""

FOREIGN_ACCOUNT = "999988887777"
"""An account outside the organisation, with which a snapshot is shared."""

KEPT_BUCKETS = tuple(f"mtl-dossiers-{number:02d}" for number in range(1, 21))
REPLICATED_BUCKET = "mtl-imagerie-repliquee"
REPLICA_BUCKET = "virginie-imagerie-replique"
TRAIL_BUCKET = "virginie-journaux-audit"

ROLE = "OrganizationAccountAccessRole"


@dataclass(frozen=True, slots=True)
class AwsEstate:
    """What was made: the ids that tests and the example name.

    Attributes:
        management: the organisation's management account.
        production: the member that holds the 21 buckets of Montréal, the databases, keys and backups.
        research: the member that holds what is spread over Calgary, Virginia and Paris, mostly without tags.
        organization: the organisation's id.
        region_deny: the policy that denies regions, attached to the production account.
        decoy: the policy named "region-deny", attached to nothing, that denies one action.
        keys: of each kind of key in the production account, its id.
    """

    management: str
    production: str
    research: str
    organization: str
    region_deny: str
    decoy: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Account:
    """An account's clients, all from one session: its service models are read once."""

    session: boto3.Session
    endpoint: str
    id: str
    credentials: dict[str, str]

    def client(self, service: str, region: str = MONTREAL) -> Any:
        make: Any = self.session.client  # typed for literal names of services only
        return make(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(retries={"total_max_attempts": 1}),
            **self.credentials,
        )


def seed_aws(endpoint: str) -> AwsEstate:
    """Makes the estate in an empty moto server.

    Args:
        endpoint: the server's address.
    """
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/seed?a=3", method="POST")).close()
    session = boto3.Session()
    management = _Account(session, endpoint, MANAGEMENT, {"aws_access_key_id": "seed", "aws_secret_access_key": "seed"})
    organizations = management.client("organizations", VIRGINIA)
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    # Without it AWS refuses to attach a policy; moto attaches one that binds nothing.
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    production = _member(management, "production")
    research = _member(management, "recherche")
    region_deny, decoy = _service_control_policies(organizations, production.id)
    _trail(management)
    keys = _keys(production)
    _buckets(production, keys)
    _databases(production, keys)
    _disks(production, keys["customer"])
    _tables(production)
    _backup(production)
    _logs_and_queues(production, keys["imported"])
    _registry(production)
    _function(production)
    _research(research)
    return AwsEstate(MANAGEMENT, production.id, research.id, organization, region_deny, decoy, keys)


def _tags(system: str) -> list[dict[str, str]]:
    return [{"Key": "systeme", "Value": system}]


def _member(management: _Account, name: str) -> _Account:
    """A new account of the organisation, entered by the role that Organizations makes in it."""
    made = management.client("organizations", VIRGINIA).create_account(
        AccountName=name, Email=f"{name}@organisme.example", RoleName=ROLE
    )
    id_ = made["CreateAccountStatus"]["AccountId"]
    given = management.client("sts").assume_role(RoleArn=f"arn:aws:iam::{id_}:role/{ROLE}", RoleSessionName="seed")
    credentials = given["Credentials"]
    return _Account(
        management.session,
        management.endpoint,
        id_,
        {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        },
    )


def _service_control_policies(organizations: Any, production: str) -> tuple[str, str]:
    """A policy that denies regions where it is attached, and one that has the name only."""

    def policy(name: str, statement: dict[str, object]) -> str:
        made = organizations.create_policy(
            Name=name,
            Description=name,
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **statement}]}),
        )
        id_: str = made["Policy"]["PolicySummary"]["Id"]
        return id_

    deny = policy(
        "perimetre-regions",
        {
            "Sid": "Regions",
            "NotAction": ["iam:*", "organizations:*", "sts:*", "support:*", "cloudfront:*", "route53:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [MONTREAL, CALGARY, VIRGINIA]}},
        },
    )
    organizations.attach_policy(PolicyId=deny, TargetId=production)
    allowed = {"StringNotEquals": {"aws:RequestedRegion": [MONTREAL]}}
    decoy = policy("region-deny", {"Action": "gamelift:CreateFleet", "Resource": "*", "Condition": allowed})
    return deny, decoy


def _trail(account: _Account) -> None:
    """The organisation's trail, of Montréal, whose events go to a bucket in Virginia."""
    virginia = account.client("s3", VIRGINIA)
    virginia.create_bucket(Bucket=TRAIL_BUCKET)
    trails = account.client("cloudtrail")
    trails.create_trail(
        Name="audit-organisme", S3BucketName=TRAIL_BUCKET, IsMultiRegionTrail=True, IncludeGlobalServiceEvents=True
    )
    trails.start_logging(Name="audit-organisme")


def _keys(account: _Account) -> dict[str, str]:
    """Keys of each origin: made by AWS, imported, held in an external key store, and of several regions."""
    kms = account.client("kms")

    def key(name: str, **said: object) -> str:
        tags = [{"TagKey": "systeme", "TagValue": "dossier-patient"}]
        id_: str = kms.create_key(Description=name, Tags=tags, **said)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=id_)
        return id_

    keys = {
        "customer": key("dossiers"),
        "imported": key("importee", Origin="EXTERNAL"),
        "external": key("externe", Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId="cks-1234567890abcdef0"),
        "multi_region": key("plusieurs-regions", MultiRegion=True),
    }
    kms.replicate_key(KeyId=keys["multi_region"], ReplicaRegion=VIRGINIA)
    return keys


def _buckets(account: _Account, keys: dict[str, str]) -> None:
    """Twenty buckets kept in Montréal, three of them under keys of three origins, and one copied to Virginia."""
    s3, virginia = account.client("s3"), account.client("s3", VIRGINIA)
    here = {"LocationConstraint": MONTREAL}
    for number, name in enumerate(KEPT_BUCKETS):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=here)
        if number % 5:  # every fifth is untagged
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": _tags("dossier-patient")})
    for name, origin in zip(KEPT_BUCKETS, ("customer", "imported", "external"), strict=False):
        default = {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": f"arn:aws:kms:{MONTREAL}:{account.id}:key/{keys[origin]}",
        }
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )
    s3.create_bucket(Bucket=REPLICATED_BUCKET, CreateBucketConfiguration=here)
    s3.put_bucket_tagging(Bucket=REPLICATED_BUCKET, Tagging={"TagSet": _tags("imagerie")})
    virginia.create_bucket(Bucket=REPLICA_BUCKET)
    for client, name in ((s3, REPLICATED_BUCKET), (virginia, REPLICA_BUCKET)):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "vers-la-virginie",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{REPLICA_BUCKET}"},
    }
    role = f"arn:aws:iam::{account.id}:role/replication"
    s3.put_bucket_replication(Bucket=REPLICATED_BUCKET, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def _databases(account: _Account, keys: dict[str, str]) -> None:
    """A database with a read replica in Virginia and one without; snapshots kept, copied abroad, and shared."""
    rds, virginia = account.client("rds"), account.client("rds", VIRGINIA)
    here = f"arn:aws:kms:{MONTREAL}:{account.id}:key/{keys['customer']}"
    abroad = f"arn:aws:kms:{VIRGINIA}:{account.id}:key/{keys['multi_region']}"
    for name, system in (("bd-dossiers", "dossier-patient"), ("bd-paie", "paie")):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.m6g.large",
            Engine="postgres",
            AllocatedStorage=200,
            MasterUsername="admin",
            MasterUserPassword="not-a-secret",
            StorageEncrypted=True,
            KmsKeyId=here,
            Tags=_tags(system),
        )
    arn = f"arn:aws:rds:{MONTREAL}:{account.id}"
    virginia.create_db_instance_read_replica(
        DBInstanceIdentifier="bd-dossiers-lecture",
        SourceDBInstanceIdentifier=f"{arn}:db:bd-dossiers",
        KmsKeyId=abroad,
    )
    for name in ("instantane-dossiers", "instantane-partage"):
        rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier="bd-dossiers")
    virginia.copy_db_snapshot(
        SourceDBSnapshotIdentifier=f"{arn}:snapshot:instantane-dossiers",
        TargetDBSnapshotIdentifier="instantane-dossiers-copie",
        KmsKeyId=abroad,
        SourceRegion=MONTREAL,
    )
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="instantane-partage", AttributeName="restore", ValuesToAdd=[FOREIGN_ACCOUNT]
    )


def _disks(account: _Account, key: str) -> None:
    """Disks under the customer's key, AWS's key and none; a snapshot copied to Virginia, and one shared."""
    ec2, virginia = account.client("ec2"), account.client("ec2", VIRGINIA)

    def disk(name: str, **said: object) -> str:
        tags = [{"ResourceType": "volume", "Tags": [*_tags("dossier-patient"), {"Key": "Name", "Value": name}]}]
        made = ec2.create_volume(AvailabilityZone=f"{MONTREAL}a", Size=100, TagSpecifications=tags, **said)
        id_: str = made["VolumeId"]
        return id_

    mine = disk("sous-notre-cle", Encrypted=True, KmsKeyId=key)
    disk("sous-la-cle-d-aws", Encrypted=True)
    disk("en-clair")
    kept = ec2.create_snapshot(VolumeId=mine, Description="kept")["SnapshotId"]
    virginia.copy_snapshot(SourceRegion=MONTREAL, SourceSnapshotId=kept, Description="copied to Virginia")
    shared = ec2.create_snapshot(VolumeId=mine, Description="shared outside")["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", UserIds=[FOREIGN_ACCOUNT]
    )


def _tables(account: _Account) -> None:
    """A table with a replica in Virginia, and one without."""
    dynamodb = account.client("dynamodb")
    for name in ("rendez-vous", "seances"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            Tags=_tags("rendez-vous"),
        )
    dynamodb.update_table(TableName="rendez-vous", ReplicaUpdates=[{"Create": {"RegionName": VIRGINIA}}])


def _backup(account: _Account) -> None:
    """A plan that keeps its backups in Montréal and copies each to Virginia."""
    backup = account.client("backup")
    backup.create_backup_vault(BackupVaultName="coffre-montreal", BackupVaultTags={"systeme": "dossier-patient"})
    account.client("backup", VIRGINIA).create_backup_vault(BackupVaultName="coffre-virginie")
    rule = {
        "RuleName": "quotidienne",
        "TargetBackupVaultName": "coffre-montreal",
        "ScheduleExpression": "cron(0 5 * * ? *)",
        "CopyActions": [
            {"DestinationBackupVaultArn": f"arn:aws:backup:{VIRGINIA}:{account.id}:backup-vault:coffre-virginie"}
        ],
    }
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan-quotidien", "Rules": [rule]})


def _logs_and_queues(account: _Account, key: str) -> None:
    """Log groups, a file system, a queue under the imported key, a topic, and a secret copied to Calgary."""
    logs = account.client("logs")
    logs.create_log_group(logGroupName="/organisme/dossiers", tags={"systeme": "dossier-patient"})
    logs.create_log_group(logGroupName="/organisme/sans-etiquette")
    account.client("efs").create_file_system(
        CreationToken="partage", Encrypted=True, Tags=[*_tags("bureautique"), {"Key": "Name", "Value": "partage"}]
    )
    account.client("sqs").create_queue(
        QueueName="demandes", Attributes={"KmsMasterKeyId": key}, tags={"systeme": "rendez-vous"}
    )
    account.client("sns").create_topic(Name="avis", Tags=_tags("rendez-vous"))
    account.client("secretsmanager").create_secret(
        Name="acces-bd",
        SecretString="not-a-secret",
        Tags=_tags("dossier-patient"),
        AddReplicaRegions=[{"Region": CALGARY}],
    )


def _registry(account: _Account) -> None:
    """A container registry whose images are all copied to Virginia."""
    ecr = account.client("ecr")
    ecr.create_repository(repositoryName="dossiers/portail", tags=_tags("dossier-patient"))
    destination = {"region": VIRGINIA, "registryId": account.id}
    ecr.put_replication_configuration(replicationConfiguration={"rules": [{"destinations": [destination]}]})


def _function(account: _Account) -> None:
    """A function, with the role that moto wants to find."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = account.client("iam", VIRGINIA).create_role(
        RoleName="fonction", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return event\n")
    account.client("lambda").create_function(
        FunctionName="transformer",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="main.handler",
        Code={"ZipFile": packed.getvalue()},
        Tags={"systeme": "rendez-vous"},
    )


def _research(account: _Account) -> None:
    """What is spread: buckets in Calgary and Paris, and in Virginia a disk and a snapshot open to everyone."""
    for region, name in ((CALGARY, "calgary-recherche"), (PARIS, "paris-recherche")):
        account.client("s3", region).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
        )
    account.client("s3", PARIS).put_bucket_tagging(Bucket="paris-recherche", Tagging={"TagSet": _tags("recherche")})
    account.client("sqs", PARIS).create_queue(QueueName="calculs")
    ec2 = account.client("ec2", VIRGINIA)
    disk = ec2.create_volume(AvailabilityZone=f"{VIRGINIA}a", Size=500)["VolumeId"]
    public = ec2.create_snapshot(VolumeId=disk, Description="open to everyone")["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=public, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
