"""What the front adds to moto: empty answers for what moto lacks, faults, a record, and no writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from tests.doubles.aws import aws_front
from tests.doubles.aws_estate import MONTREAL, ROLE, VIRGINIA
from tests.doubles.aws_front import AwsFront, Fault

pytestmark = pytest.mark.slow

SESSION = boto3.Session()


@pytest.fixture(scope="module")
def started() -> Iterator[AwsFront]:
    with aws_front() as front:
        yield front


@pytest.fixture
def front(started: AwsFront) -> AwsFront:
    started.clear()
    return started


def client(front: AwsFront, service: str, region: str = MONTREAL, **keys: str) -> Any:
    make: Any = SESSION.client  # typed for literal names of services only
    given = {"aws_access_key_id": "any", "aws_secret_access_key": "any", **keys}
    config = Config(retries={"total_max_attempts": 1}, read_timeout=3)
    return make(service, region_name=region, endpoint_url=front.url, config=config, **given)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("bedrock", "list_guardrails"),  # rest-json
        ("keyspaces", "list_keyspaces"),  # json
        ("elasticache", "describe_serverless_caches"),  # query
        ("s3", "list_directory_buckets"),  # rest-xml
    ],
)
def test_what_moto_lacks_is_empty(front: AwsFront, service: str, operation: str) -> None:
    answer = getattr(client(front, service), operation)()
    assert not [value for name, value in answer.items() if name != "ResponseMetadata" and value]


def test_nothing_but_reading_passes(front: AwsFront) -> None:
    for service, operation, given in (
        ("s3", "create_bucket", {"Bucket": "neuf", "CreateBucketConfiguration": {"LocationConstraint": MONTREAL}}),
        ("sqs", "create_queue", {"QueueName": "neuve"}),
        ("ec2", "create_volume", {"AvailabilityZone": "ca-central-1a", "Size": 1}),
        ("lambda", "delete_function", {"FunctionName": "transformer"}),
    ):
        with pytest.raises(ClientError, match="does not read"):
            getattr(client(front, service), operation)(**given)
    assert [(call.service, call.operation) for call in front.refused] == [
        ("s3", "CreateBucket"),
        ("sqs", "CreateQueue"),
        ("ec2", "CreateVolume"),
        ("lambda", "DeleteFunction"),
    ]


def test_each_request_is_kept_with_its_account(front: AwsFront) -> None:
    role = f"arn:aws:iam::{front.estate.research}:role/{ROLE}"
    given = client(front, "sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {"aws_access_key_id": given["AccessKeyId"], "aws_session_token": given["SessionToken"]}
    client(front, "s3", VIRGINIA, **keys).list_buckets(BucketRegion="eu-west-3")
    assert [(call.account, call.service, call.region, call.operation) for call in front.calls] == [
        (front.estate.management, "sts", MONTREAL, "AssumeRole"),
        (front.estate.research, "s3", VIRGINIA, "ListBuckets"),
    ]


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_volumes", "UnauthorizedOperation"),
        ("rds", "describe_db_instances", "AccessDenied"),
        ("dynamodb", "list_tables", "AccessDeniedException"),
        ("efs", "describe_file_systems", "AccessDeniedException"),
        ("s3", "list_buckets", "AccessDenied"),
    ],
)
def test_each_protocol_refuses_in_its_own_way(front: AwsFront, service: str, operation: str, code: str) -> None:
    front.add_fault(Fault("denied"))
    with pytest.raises(ClientError) as caught:
        getattr(client(front, service), operation)()
    assert caught.value.response["Error"]["Code"] == code


def test_a_fault_strikes_where_and_as_often_as_it_is_told(front: AwsFront) -> None:
    front.add_fault(Fault("throttled", service="ec2", region=MONTREAL, after=1, times=1))
    here, abroad = client(front, "ec2"), client(front, "ec2", VIRGINIA)
    abroad.describe_volumes()
    here.describe_volumes()
    with pytest.raises(ClientError, match="RequestLimitExceeded"):
        here.describe_volumes()
    here.describe_volumes()


def test_it_hangs_cuts_and_talks_rubbish(front: AwsFront) -> None:
    front.add_fault(Fault("hang", operation="ListTables"))
    front.add_fault(Fault("cut", operation="ListTopics"))
    front.add_fault(Fault("garbage", operation="DescribeVolumes"))
    with pytest.raises(ReadTimeoutError):
        client(front, "dynamodb").list_tables()
    with pytest.raises(ConnectionClosedError):
        client(front, "sns").list_topics()
    with pytest.raises(ResponseParserError):
        client(front, "ec2").describe_volumes()


def test_what_was_answered_once_can_be_given_again(front: AwsFront) -> None:
    front.replay = True
    first = client(front, "ec2").describe_volumes()["Volumes"]
    keys = client(front, "kms").list_keys()["Keys"]  # what it sends is the same as what ListTables does
    assert client(front, "dynamodb").list_tables()["TableNames"] == []
    front.behind, behind = "http://127.0.0.1:9", front.behind
    try:
        assert client(front, "kms").list_keys()["Keys"] == keys
        assert client(front, "ec2").describe_volumes()["Volumes"] == first
    finally:
        front.behind, front.replay = behind, False


def test_what_moto_forgets_is_there(front: AwsFront) -> None:
    role = f"arn:aws:iam::{front.estate.production}:role/{ROLE}"
    given = client(front, "sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {"aws_access_key_id": given["AccessKeyId"], "aws_session_token": given["SessionToken"]}
    table = client(front, "dynamodb", **keys).describe_table(TableName="rendez-vous")["Table"]
    assert [replica["RegionName"] for replica in table["Replicas"]] == [VIRGINIA]
    (backup,) = client(front, "rds", **keys).describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    (abroad,) = backup["DBInstanceAutomatedBackupsReplications"]
    assert VIRGINIA in abroad["DBInstanceAutomatedBackupsArn"]
    buckets = client(front, "s3", **keys).list_buckets(BucketRegion=VIRGINIA)["Buckets"]
    assert {bucket["BucketRegion"] for bucket in buckets} == {VIRGINIA}
