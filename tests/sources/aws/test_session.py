from __future__ import annotations

import pytest
from botocore.exceptions import ProfileNotFound

from sovercheck.sources.aws.session import assumed, base_session, partition_of


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
