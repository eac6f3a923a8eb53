"""The first half of a scan of Azure: Resource Graph paged to its end, then the GETs that complete what it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sovercheck.sources.azure.asking import GRAPH_PERMISSION, AzureAsker
from sovercheck.sources.azure.kept import described, standing, tables, unit_of
from sovercheck.sources.crew import Crew, Task
from sovercheck.sources.item import ItemView, Unit
from sovercheck.sources.journal import Ask, Journal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, mappings, parse
from sovercheck.sources.walk import inner_units, listing, views

TENANT = "*"
"""Stands for the account of what is asked of the tenant as a whole."""

SUBSCRIPTIONS = Call("arm", "/subscriptions", api="2022-12-01", permission="Microsoft.Resources/subscriptions/read")
LOCATIONS = Call("arm", "locations", api="2022-12-01", permission="Microsoft.Resources/subscriptions/locations/read")
PERMISSIONS = Call("arm", "permissions", api="2022-04-01", permission="Microsoft.Authorization/permissions/read")
DESCENDANTS = Call(
    "arm", "descendants", api="2020-05-01", permission="Microsoft.Management/managementGroups/descendants/read"
)
VALUES = parse("value[]")
ROWS = parse("data[]")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that the credentials see: its id in lower case, its name, its state (`Enabled`, `Disabled` …)."""

    id: str
    name: str
    state: str
    tenant: str


def subscriptions_ask() -> Ask:
    """The call that lists the subscriptions that the credentials see."""
    return Ask(TENANT, "global", "arm", SUBSCRIPTIONS.operation, {"api-version": SUBSCRIPTIONS.api})


def locations_ask(subscription: str) -> Ask:
    """The call that lists a subscription's regions, with the pair of each."""
    address = f"/subscriptions/{subscription}/locations"
    return Ask(subscription, "global", "arm", address, {"api-version": LOCATIONS.api})


def permissions_ask(subscription: str) -> Ask:
    """The call that says what the credentials may do in a subscription."""
    address = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions"
    return Ask(subscription, "global", "arm", address, {"api-version": PERMISSIONS.api})


def descendants_ask(group: str) -> Ask:
    """The call that lists what stands under a management group."""
    address = f"/providers/Microsoft.Management/managementGroups/{group}/descendants"
    return Ask(TENANT, "global", "arm", address, {"api-version": DESCENDANTS.api})


def graph_ask(table: str, subscriptions: Sequence[str]) -> Ask:
    """The query for a table of Resource Graph over some subscriptions."""
    return Ask(TENANT, "global", "graph", table, {"subscriptions": list(subscriptions)})


GRAPH = Call("graph", "", items=ROWS, permission=GRAPH_PERMISSION)


def seen(journal: Journal) -> tuple[Subscription, ...]:
    """The subscriptions that the credentials see, in order of id."""
    found = [
        Subscription(
            str(entry.get("subscriptionId", "")).lower(),
            str(entry.get("displayName", "")),
            str(entry.get("state", "")),
            str(entry.get("tenantId", "")).lower(),
        )
        for page in journal.pages(subscriptions_ask()) or ()
        for entry in mappings(VALUES, page)
    ]
    return tuple(sorted(found, key=lambda subscription: subscription.id))


def row_views(journal: Journal, subscriptions: Sequence[str]) -> Iterator[tuple[Unit, Json]]:
    """Every row of every table that a form describes, with the listing it stands in, each resource once a form."""
    done: set[tuple[str, str]] = set()
    for table in tables():
        for page in journal.pages(graph_ask(table, subscriptions)) or ():
            yield from rows_of(page, table, done)


def rows_of(page: Json, table: str, done: set[tuple[str, str]]) -> Iterator[tuple[Unit, Json]]:
    """The rows of a page that a form of this table describes; one that stands in two tables counts once."""
    for row in mappings(ROWS, page):
        identifier = str(row.get("id", "")).lower()
        for kind, form in described().get(str(row.get("type", "")).lower(), ()):
            if form.listing.operation == table and (kind.id, identifier) not in done:
                done.add((kind.id, identifier))
                yield unit_of(row, kind, form), dict(row)


class Gathering:
    """The asking of one tenant.

    Args:
        asker: asks.
        threads: how many calls at once.
        group: the management group whose subscriptions are expected.
        wanted: whether a subscription is to be read.
        excluded_kinds: kinds that are not completed.
    """

    def __init__(
        self,
        asker: AzureAsker,
        threads: int,
        group: str | None,
        subscriptions: Sequence[str] | None,
        excluded: frozenset[str],
    ) -> None:
        self.asker = asker
        self._threads = threads
        self._group = group
        self._subscriptions = subscriptions
        self._excluded = excluded

    def run(self) -> None:
        """Asks everything, into the journal.

        Raises:
            InputError: the disk refuses.
        """
        for _ in self.asker.pages(subscriptions_ask(), SUBSCRIPTIONS):
            pass
        if self._group is not None:
            for _ in self.asker.pages(descendants_ask(self._group), DESCENDANTS):
                pass
        ids = to_read(self.asker.journal, self._subscriptions, self._excluded)
        if not ids:
            return
        self.asker.counters.add(units=len(tables()) + len(ids))
        crew = Crew(self._threads)
        crew.run([partial(self._subscription, id_) for id_ in ids])
        crew.run([partial(self._table, table, ids) for table in tables()])
        units = [unit for unit in standing(TENANT, ids) if unit.kind.id not in self._excluded]
        crew.run([partial(self._list, unit) for unit in units])

    def _subscription(self, subscription: str) -> Iterator[Task]:
        for ask, call in ((locations_ask(subscription), LOCATIONS), (permissions_ask(subscription), PERMISSIONS)):
            for _ in self.asker.pages(ask, call):
                pass
        self.asker.counters.add(units_done=1)
        yield from ()

    def _table(self, table: str, subscriptions: Sequence[str]) -> Iterator[Task]:
        done: set[tuple[str, str]] = set()
        for page in self.asker.pages(graph_ask(table, subscriptions), GRAPH):
            for unit, row in rows_of(page, table, done):
                self.asker.counters.add(resources=1)
                if unit.kind.id not in self._excluded and unit.region not in self._excluded:
                    yield partial(self._complete, ItemView(unit, row, self.asker.fetch))
        self.asker.counters.add(units_done=1)

    def _complete(self, view: ItemView) -> Iterator[Task]:
        for name in view.unit.form.also:
            view.answer(name)
        for unit in inner_units(view):
            if unit.kind.id not in self._excluded:
                yield partial(self._list, unit, view)

    def _list(self, unit: Unit, parent: ItemView | None = None) -> Iterator[Task]:
        above = parent.item if parent is not None else None
        ask = listing(unit, above)
        if ask is not None:
            pages = self.asker.pages(ask, unit.form.listing)
            for view in views(unit, pages, self.asker.fetch, above):
                self.asker.counters.add(resources=1)
                yield partial(self._complete, view)


def to_read(journal: Journal, wanted: Sequence[str] | None, excluded: frozenset[str]) -> tuple[str, ...]:
    """The subscriptions to read: those that are seen, wanted and not left out."""
    chosen = {id_.lower() for id_ in wanted} if wanted is not None else None
    ids = [subscription.id for subscription in seen(journal)]
    return tuple(id_ for id_ in ids if id_ not in excluded and (chosen is None or id_ in chosen))
