"""The first half of a scan: asking one account everything that the descriptions of kinds name, into its journal.

The rows are made afterwards, from the journal (`aws.source`); what they will look up elsewhere (a key's grade, a
foreign bucket's region) is looked up here too, because it tells what is left to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import boto3

from sovercheck.reference import load_reference
from sovercheck.sources.aws import metrics, references
from sovercheck.sources.aws.asking import AwsAsker, Kept
from sovercheck.sources.aws.failures import FAILURES, refusal
from sovercheck.sources.aws.plan import Excluded, Planned, Region, offered, plan
from sovercheck.sources.aws.session import MAIN_REGIONS, assumed, base_session, partition_of
from sovercheck.sources.budget import Budgets
from sovercheck.sources.crew import Crew, Task
from sovercheck.sources.extract import Extractor, KeyFacts
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.item import ItemView, Unit
from sovercheck.sources.journal import NO_CREDENTIALS, Ask, Journal, Refusal
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Absent, mappings, parse
from sovercheck.sources.kinds.path import Path as FactPath
from sovercheck.sources.readers import Result
from sovercheck.sources.walk import inner_units, listing, views

REGIONS = Call("ec2", "DescribeRegions", {"AllRegions": True})
TAGS = Call("resourcegroupstaggingapi", "GetResources", {"ResourcesPerPage": 100}, permission="tag:GetResources")

_REGIONS = parse("Regions[]")
_KEPT_BESIDE: Kept = {
    ("ec2", "DescribeRegions"): (parse("Regions[].RegionName"), parse("Regions[].OptInStatus")),
    ("resourcegroupstaggingapi", "GetResources"): (parse("ResourceTagMappingList"),),
    **references.KEPT,
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account to read, and how.

    Attributes:
        id: of the account.
        partition: its partition.
        journal: the file of its answers.
        day: of the reading.
        profile: of the ambient credentials.
        role: the ARN of the role to assume; None where the ambient credentials are the account's own.
        external_id: what the role asks for.
        excluded: what the configuration leaves out.
        threads: how many calls at once.
        requests_per_second: of a service in a region.
        patience: how long to insist.
    """

    id: str
    partition: str
    journal: Path
    day: str
    excluded: Excluded
    profile: str | None = None
    role: str | None = None
    external_id: str | None = None
    threads: int = 16
    requests_per_second: float = 20.0
    patience: Patience = field(default_factory=Patience)

    @property
    def main_region(self) -> str:
        """The region in which its account-wide services are asked."""
        return MAIN_REGIONS[self.partition]

    def session(self) -> boto3.Session:
        """Its credentials.

        Raises:
            botocore.exceptions.BotoCoreError: there are none.
        """
        base = base_session(self.profile)
        return assumed(base, self.role, self.external_id, self.main_region) if self.role is not None else base


@cache
def kept() -> Kept:
    """What is kept of each call's answers: all that the descriptions read, and what the scan itself looks up."""
    found: dict[tuple[str, str], list[FactPath]] = {call: list(paths) for call, paths in _KEPT_BESIDE.items()}
    for _, form in forms("aws"):
        listed = found.setdefault((form.listing.service, form.listing.operation), [])
        items = form.listing.items
        assert items is not None  # noqa: S101 - of a listing
        inner = form.paths(None)
        if any(path.steps == ("value",) for path in inner):
            listed.append(items)
        listed += [FactPath(None, items.steps + path.steps) for path in inner]
        for name, call in form.also.items():
            # Of a call of which nothing is read, that it was answered is what counts.
            found.setdefault((call.service, call.operation), []).extend(
                FactPath(None, path.steps) for path in form.paths(name)
            )
    return {call: tuple(dict.fromkeys(paths)) for call, paths in found.items()}


def asker(account: Account, journal: Journal, counters: Counters) -> AwsAsker:
    """Asks on the account's behalf."""
    from sovercheck.sources.aws.asking import CEILINGS

    return AwsAsker(
        account.id,
        account.session(),
        journal,
        kept(),
        threads=account.threads,
        budgets=Budgets(account.requests_per_second, CEILINGS),
        patience=account.patience,
        counters=counters,
    )


def gather(account: Account, counters: Counters) -> None:
    """Asks everything of an account, into its journal.

    Raises:
        InputError: the disk refuses.
    """
    with Journal(account.journal, account.day) as journal:
        journal.forget_refusals()
        try:
            asking = asker(account, journal, counters)
        except FAILURES as error:
            journal.refuse(regions_ask(account), refusal(error, NO_CREDENTIALS))
            return
        _Gathering(account, asking, counters).run()


def regions_ask(account: Account) -> Ask:
    """The call that lists the account's regions; the first that is made."""
    return Ask(account.id, account.main_region, REGIONS.service, REGIONS.operation, REGIONS.parameters)


def tags_ask(account: Account, region: str) -> Ask:
    """The sweep over the tags of a region."""
    return Ask(account.id, region, TAGS.service, TAGS.operation, TAGS.parameters)


def regions_of(account: Account, journal: Journal) -> tuple[Region, ...]:
    """The account's regions by its own listing; by botocore's data, and perhaps unused, where that was refused."""
    ask = regions_ask(account)
    if not journal.has(ask):
        names = boto3.Session().get_available_regions("ec2", partition_name=account.partition)
        return tuple(Region(name, None) for name in sorted(names))
    entries = [entry for page in journal.pages(ask) or () for entry in mappings(_REGIONS, page)]
    found = [
        Region(name, entry.get("OptInStatus") != "not-opted-in")
        for entry in entries
        if partition_of(name := str(entry["RegionName"])) == account.partition
    ]
    return tuple(sorted(found, key=lambda region: region.name))


def planned(account: Account, journal: Journal) -> tuple[Planned, ...]:
    """The listings of an account, made or not."""
    regions = regions_of(account, journal)
    given = offered(account.partition, regions)
    return tuple(plan(account.id, account.partition, regions, account.excluded, given))


class _Gathering:
    """The asking of one account."""

    def __init__(self, account: Account, asking: AwsAsker, counters: Counters) -> None:
        self.account = account
        self.asker = asking
        self.counters = counters
        self.wanted = Wanted()
        self.extractor = Extractor("", "", load_reference().regions, self.wanted, account.day)

    def run(self) -> None:
        journal = self.asker.journal
        for _ in self.asker.pages(regions_ask(self.account), REGIONS):
            pass
        if journal.refusal(regions_ask(self.account)) is not None and self.asker.ended:
            return
        lines = planned(self.account, journal)
        units = [line.unit for line in lines if line.unit is not None]
        self.counters.add(units=len(units))
        crew = Crew(self.account.threads)
        crew.run([*self._sweeps(lines), *(partial(self._list, unit) for unit in units)])
        crew.run(self._references())

    def _sweeps(self, lines: Iterable[Planned]) -> Iterator[Task]:
        """What is asked once a region, whatever there is: tags, and the sizes that only metrics have."""
        asked = {line.region for line in lines if line.unit is not None}
        for region in sorted(asked):
            yield partial(self._tags, region)
        for line in lines:
            if line.unit is not None and line.unit.form.metric is not None:
                yield partial(self._sizes, line.unit)

    def _tags(self, region: str) -> Iterable[Task]:
        for _ in self.asker.pages(tags_ask(self.account, region), TAGS):
            pass
        return ()

    def _sizes(self, unit: Unit) -> Iterable[Task]:
        metrics.gather(self.asker, metrics.sizes_ask(unit.form, unit.account, unit.region), self.account.day)
        return ()

    def _list(self, unit: Unit, parent: ItemView | None = None) -> Iterator[Task]:
        ask = listing(unit, parent.item if parent is not None else None)
        if ask is not None:
            pages = self.asker.pages(ask, unit.form.listing)
            for view in views(unit, pages, self.asker.fetch, parent.item if parent is not None else None):
                self.counters.add(resources=1)
                yield partial(self._complete, view)
        if parent is None:
            self.counters.add(units_done=1)

    def _complete(self, view: ItemView) -> Iterator[Task]:
        for name in view.unit.form.also:
            view.answer(name)
        identifier = view.id()
        if identifier is not None:
            self.wanted.note(view)
            self.extractor.look_up(view, identifier)
        for unit in inner_units(view):
            if not self.account.excluded.form(unit.form):
                yield partial(self._list, unit, view)

    def _references(self) -> Iterator[Task]:
        for ask in sorted(self.wanted.keys.values(), key=lambda ask: ask.key):
            yield partial(self._ask, ask, references.DESCRIBE_KEY)
        for name in sorted(self.wanted.buckets - self.wanted.listed):
            ask = references.bucket_ask(name, self.account.id, self.account.partition)
            yield partial(self._ask, ask, references.HEAD_BUCKET)

    def _ask(self, ask: Ask, call: Call) -> Iterable[Task]:
        self.asker.fetch(ask, call)
        return ()


_UNKNOWN_KEY = KeyFacts(None, None)


@dataclass(slots=True)
class Wanted:
    """A `World` that knows nothing, and remembers what it was asked.

    Attributes:
        keys: the call that describes each key that a resource names.
        named: (region, how a resource there names a key) that `keys` has already.
        buckets: the names of the buckets that a resource names.
        listed: the names of those that the account has itself.
    """

    keys: dict[int, Ask] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    buckets: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)

    def note(self, view: ItemView) -> None:
        """Takes note of a bucket that the account has."""
        if view.unit.kind.id == "object_bucket" and isinstance(view.item, dict):
            self.listed.add(str(view.item.get("Name")))

    def key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        """See `extract.World`."""
        named = (view.unit.region, reference)
        if named not in self.named:
            self.named.add(named)
            ask = references.key_ask(reference, view.unit)
            if ask is not None:
                self.keys[ask.key] = ask
        return _UNKNOWN_KEY

    def region_of_bucket(self, name: str) -> Result:
        """See `readers.Lookups`."""
        self.buckets.add(name)
        return ABSENT

    def region_of_id(self, identifier: str) -> Result:
        """See `readers.Lookups`."""
        return ABSENT

    def paired_region(self, region: str) -> Result:
        """See `readers.Lookups`."""
        return ABSENT

    def tags(self, identifier: str, view: ItemView) -> tuple[str, ...] | Absent | Refusal:
        """See `extract.World`."""
        return ABSENT

    def size(self, view: ItemView) -> int | Absent | Refusal:
        """See `extract.World`."""
        return ABSENT

    def root(self, identifier: str) -> str:
        """See `extract.World`."""
        return identifier

    def is_listed(self, identifier: str) -> bool:
        """See `extract.World`."""
        return False

    def shares_of_copies(self, identifier: str) -> tuple[tuple[str, ...], Refusal | None]:
        """See `extract.World`."""
        return (), None

    def is_inside(self, principal: str) -> bool:
        """See `extract.World`."""
        return True
