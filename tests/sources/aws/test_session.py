"""How moments are read."""

from __future__ import annotations

import pytest
from botocore.exceptions import ProfileNotFound
from botocore.parsers import ResponseParserError
from botocore.utils import parse_timestamp

from sovercheck.sources.aws.session import assumed, base_session, moment, partition_of


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("ca-central-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_a_region_tells_its_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_a_profile_that_does_not_exist_is_a_failure_of_botocore() -> None:
    with pytest.raises(ProfileNotFound):
        base_session("no-such-profile")


def test_sessions_share_one_loader_and_a_role_is_entered_when_it_is_needed() -> None:
    base = base_session(None)
    session = assumed(base, "arn:aws:iam::111122223333:role/lecture", None, "us-east-1")
    assert session._session.get_component("data_loader") is base._session.get_component("data_loader")
    assert session.region_name == "us-east-1"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-03T04:05:06Z",
        "2026-02-03T04:05:06.000Z",
        "2026-02-03T04:05:06.123456+00:00",
        "2026-02-03T04:05:06-05:00",
        "2026-02-03",
        "20260203T040506Z",
        "Tue, 03 Feb 2026 04:05:06 GMT",
        "1770091506",
        1770091506,
        1770091506.5,
    ],
)
def test_a_moment_is_what_botocore_makes_of_it(text: str | float) -> None:
    assert moment(text).isoformat() == parse_timestamp(text).isoformat()  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["2026-13-45T04:05:06Z", "soon", ""])
def test_what_is_no_moment_is_an_answer_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ResponseParserError):
        moment(text)


def test_sessions_read_moments_so() -> None:
    factory = base_session(None)._session.get_component("response_parser_factory")
    assert factory.create_parser("json")._timestamp_parser is moment
