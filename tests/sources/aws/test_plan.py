"""Which regions have which service."""

from __future__ import annotations

import botocore.loaders
import botocore.session
import pytest

from sovercheck.sources.aws.plan import ENDPOINT_PREFIX, Excluded, Planned, Region, offered, plan
from sovercheck.sources.kinds import forms

ALL = Excluded(frozenset(), None, None)
OPEN: dict[str, frozenset[str]] = {}


def planned(excluded: Excluded = ALL, given: dict[str, frozenset[str]] = OPEN, *regions: Region) -> list[Planned]:
    return list(plan("1", "aws", regions or (Region("ca-central-1", used=True),), excluded, given))


def test_each_kind_is_listed_in_each_region_and_what_is_account_wide_once() -> None:
    lines = planned(ALL, OPEN, Region("ca-central-1", used=True), Region("us-east-1", used=True))
    buckets = [line.region for line in lines if line.kind == "object_bucket"]
    assert buckets == ["ca-central-1", "us-east-1"]
    units = [line.unit for line in lines if line.unit is not None]
    wide = [unit.form.native_type for unit in units if unit.form.scope == "account"]
    assert wide
    assert len(wide) == len(set(wide))


def test_a_region_that_is_off_or_left_out_is_one_line() -> None:
    excluded = Excluded(frozenset({"eu-west-3"}), None, "Québec")
    lines = planned(excluded, OPEN, Region("ca-west-1", used=False), Region("eu-west-3", used=True))
    told = [(line.region, line.kind, line.status, line.detail) for line in lines if line.unit is None]
    assert told == [("ca-west-1", "*", "opted_out", None), ("eu-west-3", "*", "excluded", "Québec")]
    only = Excluded(frozenset(), frozenset({"ca-central-1"}), "Québec")
    regions = (Region("ca-central-1", used=True), Region("eu-west-3", used=True))
    assert [line.status for line in planned(only, OPEN, *regions) if line.unit is None] == ["excluded"]


def test_a_region_of_which_nobody_could_say_whether_it_is_on_is_read() -> None:
    assert all(line.unit is not None for line in planned(ALL, OPEN, Region("ca-central-1", used=None)))


def test_a_region_that_the_configuration_names_and_the_account_does_not_have_is_out_of_reach() -> None:
    lines = planned(Excluded(frozenset(), frozenset({"ca-central-1", "ca-centrale-1"}), "Québec"))
    told = [(line.region, line.kind, line.status) for line in lines if line.unit is None]
    assert told == [("ca-centrale-1", "*", "unreachable")]


def test_a_kind_or_a_service_can_be_left_out() -> None:
    lines = planned(Excluded(frozenset({"object_bucket", "rds"}), None, "essai"))
    left = {line.kind for line in lines if line.status == "excluded"}
    assert {"object_bucket", "relational_database"} <= left
    assert "disk" not in left


def test_what_is_not_offered_is_said() -> None:
    lines = planned(ALL, {"rds": frozenset({"us-east-1"})})
    assert {line.status for line in lines if line.service == "rds"} == {"not_supported"}


def test_in_a_region_that_is_newer_than_the_data_everything_is_asked() -> None:
    found = offered("aws", [Region("ca-east-9", used=True)])
    assert all("ca-east-9" in where for where in found.values())
    assert "ca-east-9" not in offered("aws", [])["rds"]


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
