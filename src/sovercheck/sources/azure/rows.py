"""The second half of a scan of Azure: what it answered, made into rows, gaps and the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sovercheck.inventory.rows import Gap, Item
from sovercheck.reference import load_reference
from sovercheck.sources.azure import gather as gathering
from sovercheck.sources.azure.kept import described, standing, tables
from sovercheck.sources.azure.permissions import READER, reads_all
from sovercheck.sources.azure.world import AzureWorld
from sovercheck.sources.extract import Extractor, kind_without_description
from sovercheck.sources.item import ItemView, Unit
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Json, mappings, parse
from sovercheck.sources.ledger import Ledger, Line
from sovercheck.sources.readers import Result
from sovercheck.sources.walk import inner_units, listing, views

_NEVER_ASKED = Refusal("unreachable")
_ACTIVE_KEY = parse("properties.activeKey.keyUrl")
_KEY_TYPE = parse("properties.kty")


class TenantRows:
    """The rows of one tenant.

    Args:
        source: the name of the source.
        journal: what was answered.
        wanted: the subscriptions that the configuration names; None for all.
        group: the management group whose subscriptions are expected.
        excluded: subscriptions, regions and kinds that are left out.
        because: why.
    """

    def __init__(
        self,
        source: str,
        journal: Journal,
        *,
        wanted: Sequence[str] | None,
        group: str | None,
        excluded: frozenset[str],
        because: str | None,
    ) -> None:
        self.source = source
        self.journal = journal
        self.ledger = Ledger(source)
        self.excluded = excluded
        self.because = because
        self.subscriptions = gathering.seen(journal)
        self.ids = gathering.to_read(journal, wanted, excluded)
        tenants = frozenset(subscription.tenant for subscription in self.subscriptions)
        self.world = AzureWorld(tenants, frozenset(subscription.id for subscription in self.subscriptions))
        self._listed(wanted, group)

    def _listed(self, wanted: Sequence[str] | None, group: str | None) -> None:
        """What became of the listing of subscriptions, and of each subscription."""
        refused = self.journal.refusal(gathering.subscriptions_ask())
        if refused is not None:
            self.ledger.refused("*", "*", "microsoft.resources", "subscription", refused)
        expected = {id_.lower() for id_ in wanted or ()}
        if group is not None:
            expected |= self._under(group)
        known = {subscription.id for subscription in self.subscriptions}
        for missing in sorted(expected - known - self.excluded):
            if refused is None:
                unseen = Refusal("refused", f"{READER} /subscriptions/{missing}", "not seen by the credentials")
                self.ledger.refused(missing, "*", "microsoft.resources", "subscription", unseen)
        for subscription in self.subscriptions:
            if subscription.id in self.excluded:
                self.ledger.leave_out(subscription.id, "*", "*", "*", "excluded", self.because)
            elif subscription.id not in self.ids:
                self.ledger.leave_out(subscription.id, "*", "*", "*", "excluded", "subscriptions")
            else:
                self._subscription(subscription.id, subscription.state)

    def _under(self, group: str) -> set[str]:
        ask = gathering.descendants_ask(group)
        refused = self.journal.refusal(ask)
        if refused is not None:
            self.ledger.refused("*", "*", "microsoft.management", group, refused)
        return {
            str(entry.get("name", "")).lower()
            for page in self.journal.pages(ask) or ()
            for entry in mappings(gathering.VALUES, page)
            if str(entry.get("type", "")).lower().endswith("/subscriptions")
        }

    def _subscription(self, id_: str, state: str) -> None:
        """Whether the credentials may read all of it: Resource Graph leaves out, unsaid, what they may not."""
        line = self.ledger.line(id_, "*", "microsoft.resources", "subscription")
        line.detail = state if state != "Enabled" else None
        ask = gathering.permissions_ask(id_)
        pages = self.journal.pages(ask)
        if pages is None:
            refused = self.journal.refusal(ask) or _NEVER_ASKED
            self.ledger.refused(id_, "*", "microsoft.authorization", "permissions", refused)
        elif not any(reads_all(entry) for page in pages for entry in mappings(gathering.VALUES, page)):
            partial_ = Refusal("refused", f"{READER} /subscriptions/{id_}", "role on a part of the subscription only")
            self.ledger.refused(id_, "*", "microsoft.authorization", "permissions", partial_)
        self._pairs(id_)

    def _pairs(self, id_: str) -> None:
        ask = gathering.locations_ask(id_)
        refused = self.journal.refusal(ask)
        if refused is not None:
            self.ledger.refused(id_, "*", "microsoft.resources", "locations", refused)
            self.world.unpaired = self.world.unpaired or refused
        for page in self.journal.pages(ask) or ():
            for entry in mappings(gathering.VALUES, page):
                metadata = entry.get("metadata")
                pairs = metadata.get("pairedRegion") if isinstance(metadata, dict) else None
                for pair in mappings(parse("pairs[]"), {"pairs": pairs}):
                    self.world.pairs.setdefault(str(entry.get("name")), str(pair.get("name")))

    def rows(self) -> Iterator[Item]:
        """The rows, then the ledger."""
        if not self.ids:
            yield from self.ledger.told()
            return
        self._tables()
        for view in self._views():
            self._look_at(view)
        extractor = Extractor(self.source, "Azure", load_reference().regions, self.world, self.journal.began)
        for view in self._views():
            unit, identifier = view.unit, view.id()
            if identifier is None or unit.kind.id in self.excluded or unit.region in self.excluded:
                continue
            line = self._line(unit)
            line.resources += 1
            for item in extractor.rows(view, identifier):
                if isinstance(item, Gap):
                    line.gaps += 1
                yield item
        yield from self._undescribed(extractor)
        yield from self.ledger.told()

    def _tables(self) -> None:
        """What became of the query of each table, for every kind that it lists."""
        for forms in described().values():
            for kind, form in forms:
                ask = gathering.graph_ask(form.listing.operation, self.ids)
                refused = None if self.journal.has(ask) else self.journal.refusal(ask) or _NEVER_ASKED
                service = form.native_type.partition("/")[0].lower()
                for id_ in self.ids:
                    if kind.id in self.excluded:
                        self.ledger.leave_out(id_, "*", service, kind.id, "excluded", self.because)
                    elif refused is not None:
                        self.ledger.refused(id_, "*", service, kind.id, refused)
                    else:
                        self.ledger.line(id_, "*", service, kind.id)

    def _views(self) -> Iterator[ItemView]:
        for unit, row in gathering.row_views(self.journal, self.ids):
            view = ItemView(unit, row, self._fetch)
            if view.holds(unit.form.where) is True:
                yield from self._with_inner(view)
        for unit in standing(gathering.TENANT, self.ids):
            yield from self._listed_apart(unit)

    def _with_inner(self, view: ItemView) -> Iterator[ItemView]:
        yield view
        for inner in inner_units(view):
            yield from self._listed_apart(inner, view)

    def _listed_apart(self, unit: Unit, parent: ItemView | None = None) -> Iterator[ItemView]:
        """The items of a listing that Resource Graph does not make; a refusal goes to the ledger."""
        above = parent.item if parent is not None else None
        ask = listing(unit, above)
        if ask is None or unit.kind.id in self.excluded:
            return
        self._line(unit)
        pages = self.journal.pages(ask)
        if pages is None:
            refused = self.journal.refusal(ask) or _NEVER_ASKED
            service = unit.form.native_type.partition("/")[0].lower()
            self.ledger.refused(unit.account, unit.region, service, unit.kind.id, refused)
            if unit.kind.id == "encryption_key":
                self.world.unlisted[_name(above)] = refused
            return
        for view in views(unit, pages, self._fetch, above):
            yield from self._with_inner(view)

    def _look_at(self, view: ItemView) -> None:
        identifier = view.id()
        if identifier is None:
            return
        kind = view.unit.kind.id
        if view.unit.region != "global":
            self.world.regions[identifier] = view.unit.region
        named = view.unit.form.copy_of
        target = view.named(named, self.world) if named is not None else None
        if target is not None:
            self.world.folded[identifier] = target
        if kind in ("key_vault", "managed_hsm"):
            self.world.vaults[_name(view.item)] = view.unit.region
        elif kind == "encryption_key":
            type_ = view.find(_KEY_TYPE)
            vault = identifier.partition("/vaults/")[2].partition("/")[0]
            if isinstance(type_, str):
                self.world.keys[vault, identifier.rpartition("/")[2]] = type_
        elif kind == "disk_encryption_set":
            url = view.find(_ACTIVE_KEY)
            if isinstance(url, str):
                self.world.sets[identifier] = url

    def _undescribed(self, extractor: Extractor) -> Iterator[Item]:
        done: set[str] = set()
        for table in tables():
            for page in self.journal.pages(gathering.graph_ask(table, self.ids)) or ():
                for row in mappings(gathering.ROWS, page):
                    identifier, type_ = str(row.get("id", "")).lower(), str(row.get("type", "")).lower()
                    if type_ in described() or identifier in done or identifier in self.world.regions:
                        continue
                    done.add(identifier)
                    yield from self._of_no_kind(extractor, identifier, type_, row)

    def _of_no_kind(self, extractor: Extractor, identifier: str, type_: str, row: Mapping[str, Json]) -> Iterator[Item]:
        account = str(row.get("subscriptionId", "")).lower()
        region = "".join(str(row.get("location") or "global").split()).lower()
        if region in self.excluded:
            return
        self.ledger.without_description(account, region, type_, kind_without_description("azure", type_))
        tags = row.get("tags")
        named = tuple(sorted(f"{key}={value}" for key, value in tags.items())) if isinstance(tags, dict) else ()
        yield from extractor.undescribed(identifier, type_, account, region, named)

    def _line(self, unit: Unit) -> Line:
        service = unit.form.native_type.partition("/")[0].lower()
        return self.ledger.line(unit.account, unit.region, service, unit.kind.id)

    def _fetch(self, ask: Ask, _: Call) -> Result:
        if self.journal.has(ask):
            found = self.journal.answer(ask)
            return ABSENT if found is None else found
        return self.journal.refusal(ask) or _NEVER_ASKED


def _name(item: Json) -> str:
    return str(item.get("name", "")).lower() if isinstance(item, dict) else ""
