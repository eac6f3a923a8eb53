"""The IAM actions of every call that a description makes."""

from __future__ import annotations

import re
from functools import cache

import botocore.session
import pytest

from sovercheck.sources.aws.permissions import IAM_PREFIX, permission
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Call

OTHERWISE = {
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "GetBucketReplication"): "s3:GetReplicationConfiguration",
    ("s3", "ListDirectoryBuckets"): "s3express:ListAllMyDirectoryBuckets",
    ("apigateway", "GetRestApis"): "apigateway:GET",
    ("apigatewayv2", "GetApis"): "apigateway:GET",
    ("keyspaces", "ListKeyspaces"): "cassandra:Select",
}
"""Actions that have another name than their operation, as the service authorization reference has them."""


def calls() -> list[Call]:
    return [call for _, form in forms("aws") for call in (form.listing, *form.also.values())]


@cache
def signing_name(service: str) -> str:
    """With what a service's calls are signed: the IAM prefix too, of every service that is read."""
    return str(botocore.session.get_session().get_service_model(service).signing_name)


def test_every_call_that_is_described_needs_one_action() -> None:
    assert calls()
    for call in calls():
        assert re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]*", permission(call)), (call.service, call.operation)


def test_actions_begin_as_the_calls_of_their_service_are_signed() -> None:
    wrong = {
        (call.service, permission(call))
        for call in calls()
        if call.permission is None and permission(call) != f"{signing_name(call.service)}:{call.operation}"
    }
    assert not wrong


@pytest.mark.parametrize("service", IAM_PREFIX)
def test_the_table_has_only_what_a_description_needs(service: str) -> None:
    assert IAM_PREFIX[service] == signing_name(service) != service
    assert any(call.service == service for call in calls())


@pytest.mark.parametrize("asked", OTHERWISE, ids=":".join)
def test_an_action_of_another_name_is_the_one_that_is_told(asked: tuple[str, str]) -> None:
    found = {permission(call) for call in calls() if (call.service, call.operation) == asked}
    assert found == {OTHERWISE[asked]}


@pytest.mark.parametrize("service", ["apigateway", "apigatewayv2", "keyspaces"])
def test_no_call_of_a_service_with_actions_of_its_own_goes_by_its_operation(service: str) -> None:
    assert all(call.permission for call in calls() if call.service == service)


def test_the_action_is_the_prefix_and_the_operation_where_nothing_else_is_said() -> None:
    assert permission(Call("sqs", "ListQueues")) == "sqs:ListQueues"
    assert permission(Call("emr", "ListClusters")) == "elasticmapreduce:ListClusters"
    assert permission(Call("emr", "ListClusters", permission="x:Y")) == "x:Y"
