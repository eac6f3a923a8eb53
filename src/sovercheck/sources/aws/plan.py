"""Which listings a scan of an account makes, and which it does not and why: one line of the ledger each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

from sovercheck.inventory.rows import ReadingStatus
from sovercheck.sources.aws.session import MAIN_REGIONS
from sovercheck.sources.item import Unit
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Form, Kind

ENDPOINT_PREFIX: Mapping[str, str] = {
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "docdb": "rds",
    "ecr": "api.ecr",
    "ecr-public": "api.ecr-public",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "keyspaces": "cassandra",
    "memorydb": "memory-db",
    "neptune": "rds",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "pinpoint-sms-voice-v2": "sms-voice",
    "s3control": "s3-control",
    "sagemaker": "api.sagemaker",
    "sesv2": "email",
    "sso-admin": "sso",
    "timestream-write": "ingest.timestream",
}
"""boto3's name of a service → how botocore's data call its endpoints, where they differ.

A service's model says it too, but to ask botocore for it is to load the whole models of all described services, for
one word of each: most of the memory and of the start of a small scan.
"""


@dataclass(frozen=True, slots=True)
class Excluded:
    """What is not to be read.

    Attributes:
        words: accounts, regions, services and kinds.
        regions: the only regions to read; None for all.
        because: why.
    """

    words: frozenset[str]
    regions: frozenset[str] | None
    because: str | None

    def region(self, region: str) -> bool:
        """Whether a region is left out."""
        return region in self.words or (self.regions is not None and region not in self.regions)

    def form(self, form: Form) -> bool:
        """Whether a kind is left out, by its name or by that of its service."""
        return form.kind in self.words or form.listing.service in self.words


@dataclass(frozen=True, slots=True)
class Region:
    """A region of an account.

    Attributes:
        name: the provider's.
        used: whether the account has it on; None where nobody could say.
    """

    name: str
    used: bool | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A listing, and what becomes of it where it is not made.

    Attributes:
        region: where.
        service: of which.
        kind: of which; `*` for all.
        unit: to be made; None where it is not.
        status: why it is not.
        detail: the reason that the configuration gives.
    """

    region: str
    service: str
    kind: str
    unit: Unit | None
    status: ReadingStatus = "read"
    detail: str | None = None


def plan(
    account: str, partition: str, regions: Sequence[Region], excluded: Excluded, offered: Mapping[str, frozenset[str]]
) -> Iterator[Planned]:
    """Every listing of an account, in the order of regions and kinds; those made for a parent are not among them.

    Args:
        account: its id.
        partition: its partition.
        regions: its regions.
        excluded: what the configuration leaves out.
        offered: service → the regions that have it; a service that is not there is offered everywhere.
    """
    main = MAIN_REGIONS[partition]
    ours = [(kind, form) for kind, form in forms("aws") if form.listing.of is None]
    for kind, form in ours:
        if form.scope == "account":
            yield _planned(kind, form, account, form.home or main, partition, excluded, offered)
    named = excluded.regions or frozenset()
    for missing in sorted(named - {region.name for region in regions}):
        yield Planned(missing, "*", "*", None, "unreachable", "no such region")
    for region in regions:
        if excluded.region(region.name):
            yield Planned(region.name, "*", "*", None, "excluded", excluded.because)
        elif region.used is False:
            yield Planned(region.name, "*", "*", None, "opted_out")
        else:
            for kind, form in ours:
                if form.scope == "region":
                    yield _planned(kind, form, account, region.name, partition, excluded, offered)


def _planned(
    kind: Kind,
    form: Form,
    account: str,
    region: str,
    partition: str,
    excluded: Excluded,
    offered: Mapping[str, frozenset[str]],
) -> Planned:
    service = form.listing.service
    if excluded.form(form):
        return Planned(region, service, kind.id, None, "excluded", excluded.because)
    if form.scope == "region" and region not in offered.get(service, frozenset({region})):
        return Planned(region, service, kind.id, None, "not_supported")
    return Planned(region, service, kind.id, Unit(kind, form, account, region, partition))


def offered(partition: str, regions: Sequence[Region]) -> dict[str, frozenset[str]]:
    """Service → the regions that have it, as botocore's own data say it.

    A service that the data do not know by region is left out, and so is asked everywhere. A region that the data do
    not know at all is newer than they are: every service is asked there.
    """
    known = _offered(partition)
    new = {region.name for region in regions} - known["ec2"]
    return {service: where | new for service, where in known.items()}


@cache
def _offered(partition: str) -> Mapping[str, frozenset[str]]:
    """Of the services that are known by region; read once."""
    inner: Any = boto3.Session()._session
    resolver = inner._get_internal_component("endpoint_resolver")
    services = {"ec2", *(form.listing.service for _, form in forms("aws"))}
    found = {
        name: frozenset(resolver.get_available_endpoints(ENDPOINT_PREFIX.get(name, name), partition))
        for name in services
    }
    return {name: where for name, where in found.items() if where or name == "ec2"}
