"""What each call needs: the IAM action, where it is not the service's and the operation's own names."""

from __future__ import annotations

from collections.abc import Mapping

from sovercheck.sources.kinds.model import Call

IAM_PREFIX: Mapping[str, str] = {
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "bedrock-agent": "bedrock",
    "cloudhsmv2": "cloudhsm",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "keyspaces": "cassandra",
    "neptune": "rds",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "pinpoint-sms-voice-v2": "sms-voice",
    "s3control": "s3",
    "sesv2": "ses",
    "sso-admin": "sso",
    "timestream-write": "timestream",
}
"""boto3's name of a service → how the IAM actions of its calls begin, where they differ."""


def permission(call: Call) -> str:
    """The IAM action that a call needs.

    Where an action has another name than its operation (`s3:ListAllMyBuckets` for `ListBuckets`), the call itself says
    so: in the description of its kind, or where the scanner makes it.
    """
    return call.permission or f"{IAM_PREFIX.get(call.service, call.service)}:{call.operation}"
