"""Sessions: credentials as the ecosystem finds them, and a role assumed in each account, renewed while a scan lasts.

All sessions of a process share one loader: reading the service models is most of what a client costs (a fresh session
takes fourteen times as long).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import boto3
import botocore.session
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.parsers import ResponseParserError
from botocore.utils import parse_timestamp

MAIN_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1", "aws-eusc": "eusc-de-east-1"}
"""Partition → the region in which its account-wide services are asked."""

SESSION_NAME = "sovercheck"
"""Stands in the account's own audit trail beside each call."""

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def partition_of(region: str) -> str:
    """The partition of a region, by the beginning of its name."""
    for prefix, partition in (("us-gov-", "aws-us-gov"), ("cn-", "aws-cn"), ("eusc-", "aws-eusc")):
        if region.startswith(prefix):
            return partition
    return "aws"


def base_session(profile: str | None) -> boto3.Session:
    """The session of the ambient credentials: profile, SSO, web identity, environment, instance role.

    Raises:
        botocore.exceptions.BotoCoreError: there is no such profile.
    """
    session = boto3.Session(profile_name=profile)
    _read_moments(session._session)
    return session


def moment(value: str | float) -> datetime:
    """A point in time of an answer, as botocore reads it; ISO 8601, as most are, without botocore's guessing.

    The guessing is a tenth of what a long listing costs.

    Raises:
        ResponseParserError: it is none.
    """
    try:
        if isinstance(value, str) and _ISO.match(value):
            return datetime.fromisoformat(value)
        parsed: datetime = parse_timestamp(value)  # type: ignore[arg-type]
    except (ValueError, RuntimeError) as error:
        raise ResponseParserError(f"no time: {value}") from error
    return parsed


def _read_moments(session: Any) -> None:  # noqa: ANN401 - botocore's own
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)


def assumed(base: boto3.Session, role: str, external_id: str | None, region: str) -> boto3.Session:
    """A session of a role; its credentials are fetched when they are first needed, and renewed.

    Args:
        base: whose credentials may assume it.
        role: its ARN.
        external_id: what its trust policy asks for, if anything.
        region: in which the token service is asked.
    """
    inner: Any = base._session

    def client(service: str, **given: Any) -> Any:  # noqa: ANN401 - botocore's own
        return inner.create_client(service, **{"region_name": region, **given})

    extra = {"RoleSessionName": SESSION_NAME} | ({"ExternalId": external_id} if external_id else {})
    fetcher = AssumeRoleCredentialFetcher(client, base.get_credentials(), role, extra_args=extra)
    session: Any = botocore.session.Session()
    session.register_component("data_loader", inner.get_component("data_loader"))
    _read_moments(session)
    session._credentials = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
    return boto3.Session(botocore_session=session, region_name=region)
