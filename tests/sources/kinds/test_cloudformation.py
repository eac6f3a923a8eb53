"""What CloudFormation templates write of AWS’s kinds (`cloudformation`)."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck.sources.kinds import FOLDER, plain_dataless, planned, planned_without_data
from sovercheck.sources.kinds.model import Form, Way
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.kinds.path import Path as FactPath
from sovercheck.sources.kinds.reading import planned_form
from sovercheck.sources.kinds.written import read_kind

from .members import published
from .stand_in_plan import Copies, Told, World, tell

MEMBERS = Path(__file__).with_name("cloudformation_members.txt")
"""What the provider publishes of itself."""
ROOT = Path(__file__).resolve().parents[3]
FACTS = Path(os.environ.get("SOVERCHECK_SHARED", ROOT.parent / "shared")) / "kinds.csv"


def all_forms() -> Iterator[Form]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for plain in read_kind(path).get("cloudformation", ()):
            yield planned_form(path.stem, "cloudformation", plain)


FORMS = tuple(all_forms())
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind}-{form.native_type}")


PUBLISHED = published(MEMBERS)

FREE = (("AWS::Events::EventBusPolicy", "Statement"), ("AWS::SageMaker::EndpointConfig", "Tags"))
"""Members whose own members the schema does not tell."""

MADE_BY_CDK = ("Custom::DynamoDBReplica",)


def test_the_published_members_are_read_as_they_are_written() -> None:
    assert PUBLISHED["AWS::RDS::GlobalCluster"] >= {"GlobalClusterIdentifier", "SourceDBClusterIdentifier"}
    assert "ReplicationConfiguration.Rules.Destination.Bucket" in PUBLISHED["AWS::S3::Bucket"]
    # What only an attribute gives stands in no template.
    assert "Arn" not in PUBLISHED["AWS::S3::Bucket"]
    assert PUBLISHED["AWS::EC2::Subnet"] == set()


@each_form
def test_each_form_loads_by_its_type(form: Form) -> None:
    assert (form.kind, form) in [(kind.id, other) for kind, other in planned("cloudformation", form.native_type)]


@each_form
def test_every_member_that_is_read_may_stand_in_a_template(form: Form) -> None:
    faults = [f"{type_}: {path}" for type_, path in members_of(form) if not is_published(type_, path)]
    assert form.native_type in MADE_BY_CDK or faults == []


def members_of(form: Form) -> Iterator[tuple[str, FactPath]]:
    """Every type and member that a form reads, of its own and of the resources that complete it."""
    for path in (*form._all_paths(), *form.named_by):
        edge = form.edges.get(path.answer or "")
        yield from ((type_, path) for type_ in (edge.types if edge is not None else (form.native_type,)))
    for edge in form.edges.values():
        for path in (*([edge.by] if edge.by is not None else []), *(condition.path for condition in edge.where)):
            yield from ((type_, path) for type_ in edge.types)


def is_published(type_: str, path: FactPath) -> bool:
    steps = [step for step in path.steps if step not in ("[]", "*")]
    return (type_, steps[0]) in FREE or ".".join(steps) in PUBLISHED.get(type_, set())


@pytest.mark.skipif(
    not FACTS.is_file(),
    reason="the reference of facts is not on this machine; set SOVERCHECK_SHARED to the folder that has it",
)
def test_every_type_of_the_list_of_kinds_is_described_or_completes_one_that_is() -> None:
    with FACTS.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if (row["provider"], row["form"]) == ("aws", "cloudformation")]
    listed = {type_ for row in rows for type_ in row["native_type"].split("|")}
    described = {form.native_type for form in FORMS}
    completing = {type_ for form in FORMS for edge in form.edges.values() for type_ in edge.types}
    assert len(listed) > 130
    assert listed - described - completing == {
        # Its region of logs stands in free text; the key is in the text of a policy that names collections by a
        # pattern; it says who logs people in, and keeps nothing; what it shares are views.
        "AWS::ECS::TaskDefinition",
        "AWS::OpenSearchServerless::SecurityPolicy",
        "AWS::Cognito::UserPoolIdentityProvider",
        "AWS::Oam::Link",
    }


SECRETS = re.compile(
    r"password|passphrase|plaintext|material|secretstring|userdata|credential|\bvalue|token|zipfile", re.I
)


def test_no_secret_is_read() -> None:
    assert [str(path) for form in FORMS for _, path in members_of(form) if SECRETS.search(str(path))] == []


READERS_OF = {
    "name": ("text",),
    "bytes": ("text",),
    "tags": ("tags",),
    "shared_with": ("accounts", "policy"),
    "region": ("text", "region_of_arn", "region_of_zone", "region_of_bucket", "region_of_id"),
    "account": ("text", "account_of_arn"),
    "key": ("text",),
}


@each_form
def test_each_fact_is_read_by_a_reader_that_gives_such_a_fact(form: Form) -> None:
    assert all(way.read in READERS_OF[fact] for fact, way in ways_of(form) if way.literal is None)
    assert ("bytes" in form.facts) == (form.bytes_basis is not None)
    assert all(way.unit == 2**30 for fact, way in ways_of(form) if fact == "bytes")


def ways_of(form: Form) -> Iterator[tuple[str, Way]]:
    for fact, ways in form.facts.items():
        yield from ((fact, way) for way in ways)
    for copy in form.copies:
        for fact in ("region", "account", "key"):
            yield from ((fact, way) for way in getattr(copy, fact))


@each_form
def test_the_tags_of_what_has_some_are_read(form: Form) -> None:
    tags = {
        member for member in PUBLISHED.get(form.native_type, set()) if re.fullmatch(r"\w*Tags|Replicas.Tags", member)
    }
    assert bool(tags - {"StagingAreaTags"}) == ("tags" in form.facts)


# Types without data


def test_what_completes_a_resource_is_described_itself_or_keeps_no_data() -> None:
    described = {form.native_type for form in FORMS}
    types = {type_ for form in FORMS for edge in form.edges.values() for type_ in edge.types}
    open_ = [t for t in sorted(types - described) if not planned_without_data("cloudformation", t)]
    # Of the bus that every account has, an archive is told by nothing else.
    assert open_ == ["AWS::Events::Archive"]


def test_what_is_described_is_not_among_the_types_without_data() -> None:
    assert [form.native_type for form in FORMS if planned_without_data("cloudformation", form.native_type)] == []


def test_each_type_without_data_is_published() -> None:
    for name in plain_dataless()["cloudformation"]:
        begins = name.removesuffix("*")
        found = [type_ for type_ in PUBLISHED if type_ == name or (name != begins and type_.startswith(begins))]
        assert found or name.startswith("Custom::"), name


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::EC2::VPC",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::IAM::Role",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::CloudWatch::Alarm",
        "AWS::CDK::Metadata",
        "Custom::S3AutoDeleteObjects",
    ],
)
def test_networks_permissions_and_alarms_keep_no_data(type_: str) -> None:
    assert planned_without_data("cloudformation", type_)


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::Kendra::Index",
        "AWS::StepFunctions::StateMachine",
        "Custom::Anything",
        "AWS::CloudFormation::CustomResource",
    ],
)
def test_of_what_may_keep_data_nothing_is_concluded(type_: str) -> None:
    assert not planned_without_data("cloudformation", type_)


# Pitfalls

KEY = "arn:aws:kms:ca-central-1:111122223333:key/1"
PRIMARY = ("primary", "ca-central-1")
OPEN = Pending("expression", "Destination")


def told(
    type_: str, values: dict[str, Json], edges: dict[str, list[Json]] | None = None, world: World | None = None
) -> Told:
    return tell(type_, values, edges, interface="cloudformation", world=world or World())


def test_a_bucket_s_replicas_are_where_their_buckets_are() -> None:
    def rule(bucket: Json, status: Json) -> Json:
        return {"Status": status, "Destination": {"Bucket": bucket, "Account": "444455556666"}}

    planned_bucket = Reference("t.yaml#Copy")
    rules: Json = [
        rule("arn:aws:s3:::copies", "Enabled"),
        rule("arn:aws:s3:::old", "Disabled"),
        rule(planned_bucket, "Enabled"),
    ]
    world = World({"copies": "us-east-1", "old": "us-east-1"}, {planned_bucket: "ca-west-1"})
    bucket = told("AWS::S3::Bucket", {"ReplicationConfiguration": {"Rules": rules}}, world=world)
    assert bucket.copies == [PRIMARY, ("replica", "us-east-1"), ("replica", "ca-west-1")]
    assert bucket.resource["copies_complete"] is True


@pytest.mark.parametrize("values", [{"ReplicationConfiguration": OPEN}, {"ReplicationConfiguration": {"Rules": OPEN}}])
def test_a_replication_that_a_deployment_decides_leaves_the_copies_open(values: dict[str, Json]) -> None:
    bucket = told("AWS::S3::Bucket", values)
    assert bucket.copies == [PRIMARY]
    assert ("expression", "copies_complete") in bucket.gaps
    assert "copies_complete" not in bucket.resource


def test_a_bucket_without_a_key_has_the_provider_s() -> None:
    def keys(key: Json) -> list[object]:
        rules: Json = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]
        values: dict[str, Json] = {"BucketEncryption": {"ServerSideEncryptionConfiguration": rules}}
        return told("AWS::S3::Bucket", values).keys

    assert keys(KEY) == [KEY]
    assert keys(Reference("t.yaml#Key")) == ["t.yaml#Key"]
    assert keys(OPEN) == [None]
    assert keys(None) == ["provider"]


@pytest.mark.parametrize(
    ("type_", "values", "copies"),
    [
        (
            "AWS::DynamoDB::GlobalTable",
            {
                "Replicas": [{"Region": "ca-central-1"}, {"Region": "us-east-1"}],
                "GlobalTableWitnesses": [{"Region": "us-west-2"}],
            },
            [("replica", "ca-central-1"), ("replica", "us-east-1"), ("replica", "us-west-2")],
        ),
        ("AWS::DynamoDB::Table", {}, [PRIMARY]),
        ("AWS::Serverless::SimpleTable", {}, [PRIMARY]),
        (
            "AWS::SecretsManager::Secret",
            {"ReplicaRegions": [{"Region": "ca-west-1"}]},
            [PRIMARY, ("replica", "ca-west-1")],
        ),
        (
            "AWS::RDS::DBInstance",
            {"AutomaticBackupReplicationRegion": "us-east-1"},
            [PRIMARY, ("backup", "us-east-1")],
        ),
        ("AWS::Redshift::Cluster", {"DestinationRegion": "us-east-1"}, [PRIMARY, ("backup", "us-east-1")]),
        (
            "AWS::RedshiftServerless::Namespace",
            {"SnapshotCopyConfigurations": [{"DestinationRegion": "us-east-1"}]},
            [PRIMARY, ("backup", "us-east-1")],
        ),
        (
            "AWS::EFS::FileSystem",
            {"ReplicationConfiguration": {"Destinations": [{"Region": "us-east-1"}]}},
            [PRIMARY, ("replica", "us-east-1")],
        ),
        (
            "AWS::Backup::BackupPlan",
            {
                "BackupPlan": {
                    "BackupPlanRule": [
                        {
                            "CopyActions": [
                                {"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:111122223333:backup-vault:v"}
                            ]
                        }
                    ]
                }
            },
            [PRIMARY, ("backup", "us-east-1")],
        ),
        (
            "AWS::DLM::LifecyclePolicy",
            {"PolicyDetails": {"Schedules": [{"CrossRegionCopyRules": [{"Target": "us-east-1"}]}]}},
            [PRIMARY, ("backup", "us-east-1")],
        ),
        (
            "AWS::DLM::LifecyclePolicy",
            {"State": "DISABLED", "CrossRegionCopyTargets": [{"TargetRegion": "x"}]},
            [PRIMARY],
        ),
        (
            "AWS::DSQL::Cluster",
            {"MultiRegionProperties": {"WitnessRegion": "us-west-2"}},
            [PRIMARY, ("replica", "us-west-2")],
        ),
        (
            "AWS::Cassandra::Keyspace",
            {"ReplicationSpecification": {"ReplicationStrategy": "MULTI_REGION", "RegionList": ["us-east-1"]}},
            [PRIMARY, ("replica", "us-east-1")],
        ),
        (
            "AWS::ECR::ReplicationConfiguration",
            {"ReplicationConfiguration": {"Rules": [{"Destinations": [{"Region": "us-east-1"}]}]}},
            [("replica", "us-east-1")],
        ),
        ("AWS::CloudFront::Distribution", {"DistributionConfig": {}}, [("edge", "global")]),
        ("AWS::ApiGateway::RestApi", {}, [PRIMARY, ("edge", "global")]),
        ("AWS::ApiGateway::RestApi", {"EndpointConfiguration": {"Types": ["REGIONAL"]}}, [PRIMARY]),
        ("AWS::Serverless::Api", {}, [PRIMARY, ("edge", "global")]),
        ("AWS::Serverless::Api", {"EndpointConfiguration": "REGIONAL"}, [PRIMARY]),
        ("AWS::Serverless::Api", {"EndpointConfiguration": {"Type": "REGIONAL"}}, [PRIMARY]),
        ("AWS::Serverless::HttpApi", {}, [PRIMARY]),
        ("AWS::Serverless::Function", {}, [PRIMARY, ("log", "ca-central-1")]),
        ("AWS::Route53::HostedZone", {}, [PRIMARY, ("edge", "global")]),
        (
            "AWS::Route53::HostedZone",
            {"VPCs": [{"VPCId": "vpc-1", "VPCRegion": "ca-west-1"}]},
            [PRIMARY, ("replica", "ca-west-1")],
        ),
        ("AWS::Bedrock::Agent", {"FoundationModel": "us.some.model"}, [PRIMARY, ("processing", None)]),
        ("AWS::S3Outposts::Bucket", {"OutpostId": "op-1"}, [("primary", None)]),
        (
            "AWS::EC2::Volume",
            {"OutpostArn": "arn:aws:outposts:ca-central-1:111122223333:outpost/op-1"},
            [("primary", None)],
        ),
        ("AWS::EC2::FlowLog", {"LogGroupName": "traffic"}, [("log", "ca-central-1")]),
    ],
)
def test_the_copies_that_a_template_makes(type_: str, values: dict[str, Json], copies: Copies) -> None:
    assert told(type_, values).copies == copies


def test_messages_that_leave_the_provider_are_at_no_known_place_and_their_addresses_are_not_told() -> None:
    subscriptions: Json = [
        {"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:111122223333:q"},
        {"Protocol": "email", "Endpoint": "quelquun@exemple.qc.ca"},
    ]
    topic = told("AWS::SNS::Topic", {"Subscription": subscriptions})
    assert topic.copies == [PRIMARY, ("replica", "us-east-1"), ("replica", None)]
    assert "exemple" not in repr(topic)
    assert topic.resource["holds_data"] is False


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({}, "provider"),
        ({"StorageEncrypted": True, "KmsKeyId": KEY}, KEY),
        ({"KmsKeyId": OPEN}, None),
        # What is made from a snapshot or another database has that one's key.
        ({"DBSnapshotIdentifier": "snapshot"}, None),
        ({"SourceDBInstanceIdentifier": "arn:aws:rds:us-east-1:111122223333:db:base"}, None),
    ],
)
def test_a_database_s_key(values: dict[str, Json], key: str | None) -> None:
    assert told("AWS::RDS::DBInstance", values).keys == [key]


def test_the_data_of_a_member_of_a_cluster_are_the_cluster_s() -> None:
    assert told("AWS::RDS::DBInstance", {}).resource["holds_data"] is True
    member = told("AWS::RDS::DBInstance", {"DBClusterIdentifier": Reference("t.yaml#Cluster")})
    assert member.resource["holds_data"] is False


def test_a_replica_of_a_database_or_a_key_is_a_copy_of_its_source() -> None:
    source = Reference("t.yaml#Source")
    world = World(others={source: "ca-central-1"})
    for type_, member in (
        ("AWS::RDS::DBInstance", "SourceDBInstanceIdentifier"),
        ("AWS::KMS::ReplicaKey", "PrimaryKeyArn"),
    ):
        copy = told(type_, {member: source}, world=world)
        assert copy.ids == [f"{source}#replica:plan#{type_}.essai"]


def test_a_key_s_grade_is_that_of_where_its_material_comes_from() -> None:
    [(_, form)] = planned("cloudformation", "AWS::KMS::Key")
    words = {word: grade for way in form.grade for word, grade in way.words.items()}
    assert words == {"AWS_KMS": "K0", "EXTERNAL": "K1"}
    assert form.grade[-1].literal == "K0"
    # A template makes no key of an external store.
    assert "CustomKeyStoreId" not in PUBLISHED["AWS::KMS::Key"]


def test_with_whom_a_bucket_s_policy_shares() -> None:
    def shared(principal: Json) -> Told:
        document: Json = {"Statement": [{"Effect": "Allow", "Principal": principal}]}
        return told("AWS::S3::Bucket", {}, {"policy": [{"Bucket": "b", "PolicyDocument": document}]})

    assert shared({"AWS": "arn:aws:iam::444455556666:root"}).resource["shared_with"] == ("444455556666",)
    assert shared({"AWS": Reference("t.yaml#Role")}).resource["shared_with"] == ()
    assert ("expression", "shared_with") in shared({"AWS": Pending("expression", "Partner")}).gaps


def test_what_stands_at_another_place_says_so() -> None:
    def home(type_: str) -> set[str | None]:
        return {form.home for _, form in planned("cloudformation", type_)}

    assert home("AWS::S3::MultiRegionAccessPoint") == home("AWS::GlobalAccelerator::Accelerator") == {"us-west-2"}
    assert home("AWS::CloudFront::Distribution") == home("AWS::IAM::User") == {"us-east-1"}
    assert home("AWS::WAFv2::WebACL") == {None, "us-east-1"}
