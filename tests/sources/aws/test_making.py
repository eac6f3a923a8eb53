"""The actions that make what keeps data: of every regional kind that does, and each an operation of its service."""

from __future__ import annotations

from functools import cache

import botocore.session
import pytest

from sovercheck.sources.aws.making import MAKING, UNCHOSEN
from sovercheck.sources.aws.permissions import IAM_PREFIX
from sovercheck.sources.kinds import forms

KEEPING = {f.native_type: f for k, f in forms("aws") if k.holds_data and f.scope == "region"}

UNPUBLISHED = {"cassandra:Create"}
"""Actions of services that are asked by a query language for what they make."""


@cache
def operations(service: str) -> frozenset[str]:
    return frozenset(botocore.session.get_session().get_service_model(service).operation_names)


def test_every_regional_kind_that_keeps_data_is_there() -> None:
    assert set(MAKING) | UNCHOSEN == set(KEEPING)
    assert not set(MAKING) & UNCHOSEN


@pytest.mark.parametrize("native_type", MAKING)
def test_each_action_is_an_operation_of_the_service(native_type: str) -> None:
    service = KEEPING[native_type].listing.service
    for action in set(MAKING[native_type]) - UNPUBLISHED:
        prefix, _, operation = action.partition(":")
        if prefix == "s3express":
            service, prefix = "s3", "s3"
        assert prefix == IAM_PREFIX.get(service, service)
        assert operation in operations(service), action
