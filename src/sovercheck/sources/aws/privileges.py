"""The smallest IAM policy that a scan needs, made from the descriptions of the kinds that it reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from sovercheck.sources.aws import aggregator, control_policies, gather, metrics, organisation, references
from sovercheck.sources.aws.failures import ASSUME_ROLE
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.aws.settings import AwsEntry
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Call, Form, Kind

_ORGANISATION: tuple[Call, ...] = (
    organisation.LIST_ACCOUNTS,
    control_policies.LIST_ROOTS,
    control_policies.LIST_UNITS,
    control_policies.LIST_ACCOUNTS,
    control_policies.LIST_POLICIES,
    control_policies.LIST_TARGETS,
    control_policies.DESCRIBE_POLICY,
)
_AGGREGATOR: tuple[Call, ...] = (aggregator.DESCRIBE, aggregator.STATUS, aggregator.SELECT)

DISCOVERED = {"timestream-write": "timestream:DescribeEndpoints"}
"""boto3's name of a service → what boto3 itself asks of it first, to know where to ask."""


def enabled(excluded: Collection[str]) -> tuple[tuple[Kind, Form], ...]:
    """The kinds that a scan reads, with how AWS shows them.

    Args:
        excluded: kinds and services that the configuration leaves out.
    """
    return tuple(
        (kind, form) for kind, form in forms("aws") if kind.id not in excluded and form.listing.service not in excluded
    )


def actions(excluded: Collection[str]) -> frozenset[str]:
    """The IAM actions that the reading of an account needs."""
    return frozenset(_actions(excluded))


def _actions(excluded: Collection[str]) -> Iterator[str]:
    for call in (gather.REGIONS, gather.TAGS, references.DESCRIBE_KEY, references.HEAD_BUCKET):
        yield permission(call)
    for _, form in enabled(excluded):
        for call in (form.listing, *form.also.values()):
            yield permission(call)
            if call.service in DISCOVERED:
                yield DISCOVERED[call.service]
        if form.metric is not None:
            yield from metrics.PERMISSIONS


def policy(settings: AwsEntry) -> Mapping[str, object]:
    """The IAM policy of what is read, one statement a service; first, where there are several accounts, the caller's.

    Who asks who the caller is (`sts:GetCallerIdentity`) needs no permission.

    Args:
        settings: what `sovercheck.yaml` says.
    """
    by_service: dict[str, list[str]] = defaultdict(list)
    for action in sorted(actions(settings.exclude)):
        by_service[action.partition(":")[0]].append(action)
    statements = [
        *_of_caller(settings),
        *({"Effect": "Allow", "Action": by_service[name], "Resource": "*"} for name in sorted(by_service)),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _of_caller(settings: AwsEntry) -> Iterator[Mapping[str, object]]:
    """What only the ambient credentials need, and no role in an account."""
    if settings.accounts == "organization":
        yield _allowed("CallerOrganization", _ORGANISATION)
    if settings.config_aggregator is not None:
        yield _allowed("CallerAggregator", _AGGREGATOR)
    if settings.role is not None:
        role = f"arn:*:iam::*:role/{settings.role}"
        yield {"Sid": "CallerAssumeRole", "Effect": "Allow", "Action": [ASSUME_ROLE], "Resource": role}


def _allowed(name: str, calls: Iterable[Call]) -> Mapping[str, object]:
    return {"Sid": name, "Effect": "Allow", "Action": sorted({permission(call) for call in calls}), "Resource": "*"}
