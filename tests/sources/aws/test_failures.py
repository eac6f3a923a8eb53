from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    UnknownServiceError,
)
from botocore.parsers import ResponseParserError

from sovercheck.sources.asking import EndedError
from sovercheck.sources.aws import failures
from sovercheck.sources.journal import NO_CREDENTIALS, Refusal


def answered(code: str, status: int = 400, message: str = "", operation: str = "ListKeys") -> ClientError:
    told = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, operation)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "reason", "needs"),
    [
        (answered("AccessDenied", 403), "refused", "kms:ListKeys"),
        (answered("403", 403), "refused", "kms:ListKeys"),
        (
            answered("AccessDeniedException", 400, "User: x is not authorized to perform: kms:ListAliases on resource"),
            "refused",
            "kms:ListAliases",
        ),
        (answered("ThrottlingException"), "throttled", None),
        (answered("SlowDown", 503), "throttled", None),
        (answered("InternalFailure", 500), "unreachable", None),
        (answered("SubscriptionRequiredException"), "not_supported", None),
        (answered("ValidationException"), "unreadable", None),
        (answered("ExpiredToken", 403), "refused", NO_CREDENTIALS),
        (answered("RequestTimeTooSkewed", 403), "refused", NO_CREDENTIALS),
        (answered("AccessDenied", 403, operation="AssumeRole"), "refused", "sts:AssumeRole"),
        (NoCredentialsError(), "refused", NO_CREDENTIALS),
        (ProfileNotFound(profile="x"), "refused", NO_CREDENTIALS),
        (EndpointConnectionError(endpoint_url="x"), "unreachable", None),
        (ConnectTimeoutError(endpoint_url="x"), "unreachable", None),
        (ReadTimeoutError(endpoint_url="x"), "unreachable", None),
        (ResponseParserError("no"), "unreadable", None),
        (UnknownServiceError(service_name="x", known_service_names="y"), "not_supported", None),
        (EndedError(Refusal("refused", NO_CREDENTIALS)), "refused", NO_CREDENTIALS),
    ],
)
def test_a_failure_is_one_of_a_few_reasons(error: Exception, reason: str, needs: str | None) -> None:
    found = failures.refusal(error, "kms:ListKeys")
    assert (found.reason, found.needs) == (reason, needs)


def test_only_what_may_pass_is_asked_again() -> None:
    passing = (answered("InternalError", 500), ReadTimeoutError(endpoint_url="x"), ResponseParserError("x"))
    final = (answered("AccessDenied", 403), NoCredentialsError(), answered("NotImplemented", 501))
    assert [failures.is_passing(error) for error in (*passing, *final)] == [True] * 3 + [False] * 3


def test_s3_says_where_a_bucket_is_to_whoever_may_not_look_into_it() -> None:
    error = answered("403", 403, operation="HeadBucket")
    error.response["ResponseMetadata"]["HTTPHeaders"] = {"x-amz-bucket-region": "eu-west-3"}
    assert failures.told_anyway(error) == {"BucketRegion": "eu-west-3"}
    assert failures.told_anyway(answered("403", 403)) is None


@pytest.mark.parametrize("needs", [NO_CREDENTIALS, "sts:AssumeRole"])
def test_without_credentials_nothing_further_is_asked(needs: str) -> None:
    assert failures.is_final(Refusal("refused", needs))
    assert not failures.is_final(Refusal("refused", "kms:ListKeys"))


def test_what_is_told_is_short_and_without_keys() -> None:
    told = failures.shown(f"AKIAABCDEFGHIJKLMNOP said\n {'A' * 60}= {'x ' * 400}")
    assert "AKIA" not in told
    assert "AAAA" not in told
    assert "\n" not in told
    assert len(told) <= 300


def test_what_a_control_policy_denies_is_not_told_as_a_permission_to_grant() -> None:
    message = (
        "User: arn:aws:sts::111122223333:assumed-role/lecture/s is not authorized to perform: ec2:DescribeVolumes "
        "with an explicit deny in a service control policy"
    )
    error = answered("UnauthorizedOperation", 403, message, "DescribeVolumes")
    assert failures.refusal(error, "ec2:DescribeVolumes").needs == "ec2:DescribeVolumes (SCP)"
