"""The second half of a scan: what the accounts answered, made into rows, gaps and the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from sovercheck.inventory.rows import Gap, Item
from sovercheck.reference import load_reference
from sovercheck.reference.regions import Regions
from sovercheck.sources.aws import gather as gathering
from sovercheck.sources.aws.account_rows import account_row
from sovercheck.sources.aws.control_policies import NOTHING_BOUND, Binding
from sovercheck.sources.aws.failures import is_final
from sovercheck.sources.aws.gather import Account, regions_ask, regions_of, tags_ask
from sovercheck.sources.aws.undescribed import undescribed
from sovercheck.sources.aws.world import AwsWorld
from sovercheck.sources.extract import Extractor, outsiders
from sovercheck.sources.item import ItemView, Unit
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Json, mappings, parse
from sovercheck.sources.ledger import Ledger, Line
from sovercheck.sources.readers import READERS, Result
from sovercheck.sources.walk import inner_units, listing, views

_TAGGED = parse("ResourceTagMappingList[]")
_NEVER_ASKED = Refusal("unreachable")


def rows(
    source: str,
    accounts: Sequence[Account],
    inside: frozenset[str],
    bound: Binding | Refusal = NOTHING_BOUND,
    ids: set[str] | None = None,
) -> Iterator[Item]:
    """Everything that the accounts' journals say.

    Args:
        source: the name of the source.
        accounts: those that were asked.
        inside: the organisation's own accounts.
        bound: what the organisation's policies bind.
        ids: filled with those of every resource that was listed.
    """
    with ExitStack() as stack:
        journals = {a.id: stack.enter_context(Journal(a.journal, a.day)) for a in accounts}
        world = AwsWorld(journals, inside, ids=set() if ids is None else ids)
        reading = [_AccountRows(source, account, journals[account.id], world) for account in accounts]
        for part in reading:
            part.look_around()
        world.settle()
        regions = load_reference().regions
        for part in reading:
            yield from part.rows(regions)
            used = regions_of(part.account, part.journal)
            yield from account_row(source, part.account, used, bound, regions, part.journal.began)


class _AccountRows:
    """The rows of one account."""

    def __init__(self, source: str, account: Account, journal: Journal, world: AwsWorld) -> None:
        self.source = source
        self.account = account
        self.journal = journal
        self.world = world
        self.ledger = Ledger(source)
        self.units: list[Unit] = []
        self._plan()

    def _plan(self) -> None:
        refused = self.journal.refusal(regions_ask(self.account))
        if refused is not None and is_final(refused):
            # Nothing of the account can be asked: one line says it all.
            self.ledger.refused(self.account.id, "*", "sts", "*", refused)
            return
        if refused is not None:
            self.ledger.refused(self.account.id, self.account.main_region, "ec2", "region", refused)
        for line in gathering.planned(self.account, self.journal):
            if line.unit is not None:
                self.units.append(line.unit)
            else:
                given = (self.account.id, line.region, line.service, line.kind)
                self.ledger.leave_out(*given, line.status, line.detail)

    def look_around(self) -> None:
        """What must be known of the whole account before a row is made: ids, buckets, tags, who shares copies."""
        for region in sorted({unit.region for unit in self.units}):
            self._sweep(region)
        for unit in self.units:
            for view in self._views(unit):
                self._look_at(view)

    def _sweep(self, region: str) -> None:
        ask = tags_ask(self.account, region)
        line = self.ledger.line(self.account.id, region, "tagging", "tags")
        if not self.journal.has(ask):
            refused = self.journal.refusal(ask) or _NEVER_ASKED
            self.ledger.refused(self.account.id, region, "tagging", "tags", refused)
            return
        found: dict[str, tuple[str, ...]] = {}
        for page in self.journal.pages(ask) or ():
            for entry in mappings(_TAGGED, page):
                tags = READERS["tags"](entry.get("Tags"), self.world)
                found[str(entry["ResourceARN"])] = tuple(map(str, tags)) if isinstance(tags, list) else ()
        line.resources = len(found)
        self.world.swept[self.account.id, region] = found

    def _look_at(self, view: ItemView) -> None:
        identifier = view.id()
        if identifier is None:
            return
        unit = view.unit
        self.world.ids.add(identifier)
        if unit.kind.id == "object_bucket" and isinstance(view.item, dict):
            self.world.buckets[str(view.item.get("Name"))] = unit.region
        target = view.named(unit.form.copy_of, self.world) if unit.form.copy_of is not None else None
        if target is None:
            return
        self.world.folded[identifier] = target
        if "shared_with" in unit.form.facts:
            outside, refused = outsiders(view, self.world)
            if outside or refused is not None:
                members, before = self.world.shares.get(target, (set[str](), None))
                self.world.shares[target] = (members | outside, before or refused)

    def rows(self, regions: Regions) -> Iterator[Item]:
        """The rows, then the ledger."""
        extractor = Extractor(self.source, f"AWS {self.account.id}", regions, self.world, self.journal.began)
        for unit in self.units:
            for view in self._views(unit):
                identifier = view.id()
                line = self._line(view.unit)
                if identifier is None:
                    line.gaps += 1
                    yield self._unnamed(view)
                    continue
                line.resources += 1
                for item in extractor.rows(view, identifier):
                    if isinstance(item, Gap):
                        line.gaps += 1
                    yield item
        yield from undescribed(extractor, self.account.id, self.world, self.ledger)
        yield from self.ledger.told()

    def _unnamed(self, view: ItemView) -> Gap:
        """An item of which not even the id could be read."""
        unit = view.unit
        scope = f"{unit.account} {unit.region} {unit.kind.id}"
        refused = next((r for name in unit.form.also if isinstance(r := view.answer(name), Refusal)), _NEVER_ASKED)
        return Gap(self.source, refused.reason, "resource", scope=scope, needs=refused.needs, detail=refused.detail)

    def _views(self, unit: Unit, parent: ItemView | None = None) -> Iterator[ItemView]:
        """The items of a listing, each followed by those of the listings made for it; a refusal goes to the ledger."""
        self._line(unit)
        above = parent.item if parent is not None else None
        ask = listing(unit, above)
        if ask is None:
            return
        pages = self.journal.pages(ask)
        if pages is None:
            refused = self.journal.refusal(ask) or _NEVER_ASKED
            self.ledger.refused(unit.account, unit.region, unit.form.listing.service, unit.kind.id, refused)
            return
        for view in views(unit, pages, self._fetch, above):
            yield view
            for inner in inner_units(view):
                if self.account.excluded.form(inner.form):
                    of = (inner.account, inner.region, inner.form.listing.service, inner.kind.id)
                    self.ledger.leave_out(*of, "excluded", self.account.excluded.because)
                else:
                    yield from self._views(inner, view)

    def _line(self, unit: Unit) -> Line:
        return self.ledger.line(unit.account, unit.region, unit.form.listing.service, unit.kind.id)

    def _fetch(self, ask: Ask, call: Call) -> Result:
        if self.journal.has(ask):
            found: Json = self.journal.answer(ask)
            return ABSENT if found is None else found
        return self.journal.refusal(ask) or _NEVER_ASKED
