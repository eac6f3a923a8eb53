"""AWS Config's own inventory, asked of an aggregator: one query for all accounts and regions that it covers.

It only ever asks; `aws.reconcile` compares what it says with the direct reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sovercheck.sources.aws.asking import AwsAsker, Kept
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, find, mappings, parse

EXPRESSION = "SELECT arn, resourceId, resourceType, accountId, awsRegion"

DESCRIBE = Call("config", "DescribeConfigurationAggregators", items=parse("ConfigurationAggregators[]"))
STATUS = Call(
    "config",
    "DescribeConfigurationAggregatorSourcesStatus",
    {"Limit": 100},
    items=parse("AggregatedSourceStatusList[]"),
)
SELECT = Call("config", "SelectAggregateResourceConfig", {"Expression": EXPRESSION, "Limit": 100})

CALLS = (DESCRIBE, STATUS, SELECT)

_RESULTS = parse("Results[]")
_ACCOUNTS = parse("AccountAggregationSources[]")
_ORGANISATION = parse("OrganizationAggregationSource")

KEPT: Kept = {
    ("config", DESCRIBE.operation): tuple(
        parse(f"ConfigurationAggregators[].{path}")
        for path in (
            "AccountAggregationSources[].AccountIds",
            "AccountAggregationSources[].AllAwsRegions",
            "AccountAggregationSources[].AwsRegions",
            "OrganizationAggregationSource.AllAwsRegions",
            "OrganizationAggregationSource.AwsRegions",
        )
    ),
    ("config", STATUS.operation): tuple(
        parse(f"AggregatedSourceStatusList[].{name}")
        for name in ("SourceId", "SourceType", "AwsRegion", "LastUpdateStatus", "LastErrorCode")
    ),
    ("config", SELECT.operation): (_RESULTS,),
}

_COMPLIANCE = "AWS::Config::ResourceCompliance"
"""What Config says of a resource, recorded as if it were one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A resource that Config recorded.

    Attributes:
        arn: its ARN; its id where Config has none.
        type: in CloudFormation's terms.
        account: whose it is.
        region: where; `global` of some that have none.
    """

    arn: str
    type: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Covered:
    """What an aggregator collects.

    Attributes:
        accounts: the accounts, each with its regions (None for all); None for the whole organisation.
        regions: those of the whole organisation; None for all.
        failing: (account, region) → why its last update failed; `*` for the organisation's.
    """

    accounts: Mapping[str, frozenset[str] | None] | None
    regions: frozenset[str] | None
    failing: Mapping[tuple[str, str], str]

    def has(self, account: str, region: str) -> bool:
        """Whether it collects a region of an account."""
        if self.accounts is None:
            return self.regions is None or region in self.regions
        regions = self.accounts.get(account, frozenset())
        return regions is None or region in regions

    def failing_of(self, account: str, region: str) -> str | None:
        """Why what it has of a region of an account may be missing; None where it was collected."""
        return self.failing.get((account, region)) or self.failing.get(("*", region))


class Aggregator:
    """One aggregator.

    Args:
        asker: of its account.
        region: where it is.
        name: its name.
    """

    def __init__(self, asker: AwsAsker, region: str, name: str) -> None:
        self._asker = asker
        self.account = asker.account
        self.region = region
        self.name = name

    def covered(self) -> Covered | Refusal:
        """What it collects; why it does not say where it does not."""
        described = self._listed(DESCRIBE, ConfigurationAggregatorNames=[self.name])
        if isinstance(described, Refusal):
            return described
        told = self._listed(STATUS, ConfigurationAggregatorName=self.name)
        if isinstance(told, Refusal):
            return told
        failing = dict(_failing(entry) for entry in told if entry.get("LastUpdateStatus") == "FAILED")
        accounts: dict[str, frozenset[str] | None] = {}
        for entry in described:
            for whole in mappings(_ORGANISATION, dict(entry)):
                return Covered(None, _regions(whole), failing)
            for source in mappings(_ACCOUNTS, dict(entry)):
                named = source.get("AccountIds")
                accounts.update({str(id_): _regions(source) for id_ in (named if isinstance(named, list) else [])})
        return Covered(accounts, None, failing)

    def gather(self) -> Refusal | None:
        """Asks for everything that it has; why it refused where it did."""
        ask = self._select()
        for _ in self._asker.pages(ask, SELECT):
            pass
        return self._asker.journal.refusal(ask)

    def recorded(self) -> Iterator[Recorded]:
        """What it gave, from the journal, one by one."""
        for page in self._asker.journal.pages(self._select()) or ():
            found = find(_RESULTS, page)
            yield from _recorded(found if isinstance(found, list) else [])

    def _select(self) -> Ask:
        return self._ask(SELECT, ConfigurationAggregatorName=self.name)

    def _listed(self, call: Call, **parameters: object) -> list[Mapping[str, Json]] | Refusal:
        assert call.items is not None  # noqa: S101 - of a listing
        ask = self._ask(call, **parameters)
        found = [entry for page in self._asker.pages(ask, call) for entry in mappings(call.items, page)]
        return self._asker.journal.refusal(ask) or found

    def _ask(self, call: Call, **parameters: object) -> Ask:
        return Ask(self.account, self.region, call.service, call.operation, {**call.parameters, **parameters})


def _failing(entry: Mapping[str, Json]) -> tuple[tuple[str, str], str]:
    """A source whose last update failed; one that is out of date was collected once, and is as old as Config says."""
    of = "*" if entry.get("SourceType") == "ORGANIZATION" else str(entry.get("SourceId"))
    return (of, str(entry.get("AwsRegion"))), str(entry.get("LastErrorCode") or entry["LastUpdateStatus"])


def _regions(source: Mapping[str, Json]) -> frozenset[str] | None:
    named = source.get("AwsRegions")
    if source.get("AllAwsRegions") or not isinstance(named, list):
        return None
    return frozenset(map(str, named))


def _recorded(results: Iterable[Json]) -> Iterator[Recorded]:
    """The records of a page; what is no record of a resource is passed over."""
    for text in results:
        try:
            entry = json.loads(text) if isinstance(text, str) else None
        except ValueError:
            continue
        if not isinstance(entry, Mapping):
            continue
        named, type_ = entry.get("arn") or entry.get("resourceId"), entry.get("resourceType")
        if named and type_ and type_ != _COMPLIANCE:
            yield Recorded(str(named), str(type_), str(entry.get("accountId")), str(entry.get("awsRegion")))
