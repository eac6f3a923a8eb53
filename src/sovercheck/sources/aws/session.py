"""Sessions: credentials as the ecosystem finds them, and a role assumed in each account, renewed while a scan lasts.

All sessions of a process share one loader: reading the service models is most of what a client costs (a fresh session
takes fourteen times as long).
"""

from __future__ import annotations

from typing import Any

import boto3
import botocore.session
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

MAIN_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1", "aws-eusc": "eusc-de-east-1"}
"""Partition → the region in which its account-wide services are asked."""

SESSION_NAME = "sovercheck"
"""Stands in the account's own audit trail beside each call."""


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
    return boto3.Session(profile_name=profile)


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
    session._credentials = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
    return boto3.Session(botocore_session=session, region_name=region)
