"""Which regions have which service."""

from __future__ import annotations

import botocore.loaders
import botocore.session
import pytest

from sovercheck.sources.aws.plan import ENDPOINT_PREFIX, Region, offered
from sovercheck.sources.kinds import forms

SERVICES = sorted({form.listing.service for _, form in forms("aws")} | {"ec2"})


@pytest.mark.parametrize("service", SERVICES)
def test_endpoints_are_called_as_botocore_calls_them(service: str) -> None:
    # A loader of its own keeps no model of one service while the next is read.
    model = botocore.loaders.create_loader().load_service_model(service, "service-2")
    assert ENDPOINT_PREFIX.get(service, service) == model["metadata"]["endpointPrefix"]


def test_no_prefix_is_of_a_service_that_is_not_described() -> None:
    assert set(ENDPOINT_PREFIX) <= set(SERVICES)


@pytest.mark.parametrize("service", ["ec2", "ecr", "opensearch"])
def test_what_is_offered_is_what_botocore_says(service: str) -> None:
    told = botocore.session.get_session().get_available_regions(service)
    assert offered("aws", [])[service] == frozenset(told) != frozenset()


def test_a_region_that_botocore_does_not_know_has_every_service() -> None:
    given = offered("aws", [Region("xx-nowhere-1", used=True), Region("ca-central-1", used=True)])
    assert all("xx-nowhere-1" in where for where in given.values())
    assert "ca-central-1" not in offered("aws-cn", [])["ec2"]
