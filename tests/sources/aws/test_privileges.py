"""The policy that is printed has what descriptions and the scanner's own calls need, exactly; nothing in it writes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import botocore.session
import pytest

import sovercheck.sources.aws
from sovercheck.sources.aws.asking import READS
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.aws.privileges import DISCOVERED, actions, policy
from sovercheck.sources.aws.settings import AggregatorEntry, AwsEntry
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Call

METRICS = {"cloudwatch:ListMetrics", "cloudwatch:GetMetricData"}
CALLERS = ("organizations", "config")
"""Services that only the caller asks beside what the descriptions name."""

OTHERWISE = {"apigateway:GET", "cassandra:Select"}
"""Actions that read under a name of their own."""


def own_calls() -> set[tuple[str, str]]:
    """The calls that the scanner makes beside those of the descriptions: the constants of its modules."""
    found = set()
    for module in pkgutil.iter_modules(sovercheck.sources.aws.__path__, "sovercheck.sources.aws."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Call):
                found.add((value.service, permission(value)))
    return found


def described(*, but: frozenset[str] = frozenset()) -> set[str]:
    return {
        permission(call)
        for kind, form in forms("aws")
        if kind.id not in but and form.listing.service not in but
        for call in (form.listing, *form.also.values())
    }


def statements(entry: AwsEntry) -> list[dict[str, object]]:
    found = policy(entry)["Statement"]
    assert isinstance(found, list)
    return found


def test_the_actions_are_those_of_every_call_and_no_other() -> None:
    own = {action for service, action in own_calls() if service not in CALLERS}
    assert {"ec2:DescribeRegions", "tag:GetResources", "kms:DescribeKey", "s3:ListBucket"} <= own
    assert actions(()) == described() | own | METRICS | set(DISCOVERED.values())


def test_where_boto3_asks_for_the_address_first_that_is_among_them() -> None:
    session = botocore.session.get_session()
    discovered = {}
    for _, form in forms("aws"):
        for call in (form.listing, *form.also.values()):
            model = session.get_service_model(call.service)
            discovery: Any = model.operation_model(call.operation).endpoint_discovery or {}
            if discovery.get("required"):
                discovered[call.service] = f"{model.signing_name}:{model.endpoint_discovery_operation.name}"
    assert discovered == DISCOVERED


def test_what_is_left_out_needs_no_action() -> None:
    left_out = frozenset({"sqs", "object_bucket", "document_database", "graph_database", "relational_cluster"})
    found = actions(left_out)
    assert described(but=left_out) <= found
    assert not any(action.startswith("sqs:") for action in found)
    assert "s3:GetReplicationConfiguration" not in found
    assert not found & METRICS, "no kind is left whose size the metrics have"


@pytest.mark.parametrize("action", sorted(actions(())))
def test_no_action_writes(action: str) -> None:
    assert READS.match(action.partition(":")[2]) or action in OTHERWISE


def test_there_is_a_statement_a_service_in_order() -> None:
    found = statements(AwsEntry())
    services = []
    for statement in found:
        given = statement["Action"]
        assert isinstance(given, list)
        assert given == sorted(given)
        (service,) = {action.partition(":")[0] for action in given}
        services.append(service)
        assert statement == {"Effect": "Allow", "Action": given, "Resource": "*"}
    assert services == sorted(set(services))
    assert {action for statement in found for action in statement["Action"]} == actions(())  # type: ignore[attr-defined]
    assert policy(AwsEntry())["Version"] == "2012-10-17"


def test_the_caller_of_an_organisation_lists_it_and_takes_the_role_in_each_account() -> None:
    listing, role, *others = statements(AwsEntry(accounts="organization", role="lecture"))
    assert listing["Action"] == sorted(action for service, action in own_calls() if service == "organizations")
    assert (role["Action"], role["Resource"]) == (["sts:AssumeRole"], "arn:*:iam::*:role/lecture")
    assert others == statements(AwsEntry())
    assert all(re.fullmatch(r"[A-Za-z0-9]+", str(statement["Sid"])) for statement in (listing, role))


def test_the_caller_of_an_aggregator_asks_it() -> None:
    entry = AggregatorEntry(name="tout", region="ca-central-1")
    first, *others = statements(AwsEntry(config_aggregator=entry))
    assert first["Action"] == sorted(action for service, action in own_calls() if service == "config")
    assert others == statements(AwsEntry())
