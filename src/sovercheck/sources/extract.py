"""From an item and its answers to rows of the inventory, and a gap for each fact that could not be read.

The same for every provider: what differs is in the descriptions of kinds, and in the `World`, which looks up what
stands elsewhere in the scan: keys, buckets, pairs of regions, sizes, tags.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import field, replace
from typing import ClassVar, Protocol

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Known, Row, Scalar
from sovercheck.light import dataclass
from sovercheck.reference.regions import Regions
from sovercheck.sources.item import NOT_SAID, ItemView, Said, Value
from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds import keeps_no_data
from sovercheck.sources.kinds.model import CopyForm, Provider, Ways
from sovercheck.sources.kinds.path import ABSENT, Absent, Json
from sovercheck.sources.readers import LOOKING_UP, PUBLIC, Lookups

PARTIES: Mapping[str, str] = {"aws": "aws", "azure": "microsoft", "google": "google"}
"""Provider → the party of the reference data that hosts what it keeps."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Who holds a key.

    Attributes:
        grade: K0 to K3; None where the provider does not say.
        manager: `provider` or `customer`; None likewise.
        region: of the key; None likewise.
        id: of the key.
    """

    grade: str | None
    manager: str | None
    region: str | None = None
    id: str | None = None


PROVIDER_KEY = KeyFacts("K0", "provider")
PROVIDER_WORDS = frozenset({"AWS_OWNED_KMS_KEY", "S3_MANAGED_KEY", "auto"})
"""What some services write in the place of a key where it is the provider's own."""

UNDESCRIBED = "undescribed"
WITHOUT_DATA = "without_data"


def kind_without_description(provider: Provider, native_type: str) -> str:
    """The kind of what no description knows: without data where its type says so, else undescribed."""
    return WITHOUT_DATA if keeps_no_data(provider, native_type) else UNDESCRIBED


LISTED = Said()
DESCRIBED = Said(documented=True)
"""Known from the provider's documentation, as the description of the kind says it."""


class World(Lookups, Protocol):
    """What the scan of a cloud knows beyond one item."""

    def key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        """Who holds the key that a resource names; why that could not be read."""

    def tags(self, identifier: str, view: ItemView) -> tuple[str, ...] | Absent | Refusal:
        """The tags of a resource from a sweep over all of them; `ABSENT` where no sweep tells."""

    def size(self, view: ItemView) -> int | Absent | Refusal:
        """The bytes that the provider's metrics have of a resource; `ABSENT` where they have none."""

    def root(self, identifier: str) -> str:
        """The resource that a copy of a copy is in the end a copy of; itself where it is no copy."""

    def is_listed(self, identifier: str) -> bool:
        """Whether the scan listed a resource with this id."""

    def shares_of_copies(self, identifier: str) -> tuple[tuple[str, ...], Refusal | None]:
        """With whom the copies of a resource that are listed apart are shared, and why some of that is not known."""

    def is_inside(self, principal: str) -> bool:
        """Whether an account or tenant is one of the organisation's own."""


def root_of(identifier: str, folded: Mapping[str, str], listed: Container[str]) -> str:
    """Follows copies of copies to the resource that they are copies of, as far as it was listed.

    Args:
        identifier: where to begin.
        folded: copy → what it is a copy of.
        listed: the ids of all that was listed.
    """
    seen = {identifier}
    while (target := folded.get(identifier)) is not None and target in listed and target not in seen:
        seen.add(target)
        identifier = target
    return identifier


@dataclass(frozen=True, slots=True)
class Extractor:
    """Makes rows.

    Attributes:
        source: the name of the source.
        shown: what people call what was read: `AWS 111122223333`.
        regions: the places of the providers' regions.
        world: what is known beyond the item.
        day: the day of the reading.
    """

    source: str
    shown: str
    regions: Regions
    world: World
    day: str
    texts: ClassVar[tuple[str, ...]] = ("name", "group", "account")
    """The facts of a resource that are one text, as its description reads them."""
    _alike: dict[tuple[str, ...], dict[str, Known]] = field(default_factory=dict, repr=False, compare=False)
    _evidence: dict[tuple[str, str, str, bool, bool], Evidence] = field(default_factory=dict, repr=False, compare=False)

    def rows(self, view: ItemView, identifier: str) -> Iterator[Item]:
        """The rows and gaps of one item.

        Args:
            view: the item.
            identifier: its id.
        """
        form = view.unit.form
        target = view.named(form.copy_of, self.world) if form.copy_of is not None else None
        if target is not None:
            root = self.world.root(target)
            if root != identifier and self.world.is_listed(root):
                yield from self._one_of_copies(view, identifier, root)
                return
        yield from ItemReading(self, view, identifier).resource()

    def evidence(self, view: ItemView, said: Said) -> Evidence:
        """How a value of an item is known; thousands of facts come from one listing and share the one object."""
        unit = view.unit
        call = unit.form.listing if said.answer in (None, "item", "parent") else unit.form.also[said.answer]
        operation = "GET" if call.service == "arm" else call.operation
        key = (call.service, operation, unit.region, said.documented, said.inferred)
        found = self._evidence.get(key)
        if found is None:
            grade = Grade.DOCUMENTED if said.documented else Grade.INFERRED if said.inferred else Grade.OBSERVED
            locator = f"{call.service}:{operation} {unit.region}"
            found = self._evidence[key] = Evidence(grade, self.shown, self.day, locator)
        return found

    def asked(self, view: ItemView) -> Value | Absent | Refusal:
        """Where an item is by where it was listed; that an account-wide service keeps its data there is documented."""
        unit = view.unit
        return Value(unit.region, DESCRIBED if unit.form.scope == "account" else LISTED)

    def possible(self, reading: ItemReading, copy: CopyForm, why: Refusal) -> Iterator[Item]:
        """What is told of a copy that may be: of a reading nothing, the gap says it."""
        del reading, copy, why
        return iter(())

    def doubt(self, _: ItemView) -> Refusal | None:
        """Why what `asked` says must be borne out before it can pass; a reading needs nothing more."""
        return None

    def account(self, reading: ItemReading) -> Mapping[str, Known]:
        """The account that a listing was made in."""
        return {"account": reading.known(reading.view.unit.account)}

    def besides(self, _: ItemView) -> Mapping[str, Known]:
        """What is known of a resource besides what its description reads; of a reading, nothing."""
        return {}

    def look_up(self, view: ItemView, identifier: str) -> None:
        """Asks the world for what the rows of an item would, and makes none: the keys and buckets that it names."""
        reading = ItemReading(self, view, identifier)
        for short, ways in view.unit.form.facts.items():
            if any(way.read in LOOKING_UP for way in ways):
                reading.read(short, ways)
        reading.copies()

    def undescribed(
        self, identifier: str, native_type: str, account: str, region: str, tags: tuple[str, ...]
    ) -> Iterator[Item]:
        """A resource that was seen and that no description knows: its type, its place, and whether it keeps no data."""
        provider: Provider = "aws" if identifier.startswith("arn:") else "azure"
        evidence = Evidence(Grade.OBSERVED, self.shown, self.day, native_type)
        facts: dict[str, str | tuple[str, ...]] = {
            "kind": kind_without_description(provider, native_type),
            "native_type": native_type,
            "account": account,
            "tags": tags,
        }
        links = {"provider": PARTIES[provider]}
        known = {short: Known(value, evidence) for short, value in facts.items()}
        if facts["kind"] == WITHOUT_DATA:
            known["holds_data"] = Known(value=False, evidence=replace(evidence, grade=Grade.INFERRED))
        yield Row("resource", identifier, links, known)
        found = self.regions.place(provider, region)
        place = found.place if found is not None else None
        copy = {"kind": "primary", "region": region} | ({"place": place} if place is not None else {})
        links = {"resource": identifier, "provider": PARTIES[provider]}
        said = {short: Known(value, evidence) for short, value in copy.items()}
        yield Row("copy", f"{identifier}#primary", links, said)

    def _one_of_copies(self, view: ItemView, identifier: str, target: str) -> Iterator[Item]:
        """An item that is a copy of another resource, from whichever side it was seen."""
        form = view.unit.form
        reading = ItemReading(self, view, target)
        for copy in form.copies:
            if copy.kind == "primary" and copy.each is None:
                kind = form.copy_kind or "backup"
                yield from reading.copy(copy, None, f"{target}#{kind}:{identifier}", kind)


@dataclass(slots=True)
class ItemReading:
    """One item being read."""

    extractor: Extractor
    view: ItemView
    id: str
    refused: dict[str, Refusal] = field(default_factory=dict)
    uncopied: dict[tuple[str, str | None], Refusal] = field(default_factory=dict)
    """Why copies are missing: each permission is told, not the last alone."""

    @property
    def world(self) -> World:
        """What is known beyond the item."""
        return self.extractor.world

    def known(self, content: Scalar | tuple[str, ...] | None, said: Said = LISTED) -> Known:
        """A value as a fact, with how it is known."""
        high = content if type(content) is int else None
        return Known(content, self.extractor.evidence(self.view, said), high)

    def resource(self) -> Iterator[Item]:
        """The resource and its copies."""
        form = self.view.unit.form
        facts = dict(self._alike())
        for short in self.extractor.texts:
            found = self.read(short, form.facts.get(short, ()))
            if isinstance(found, Value):
                facts[short] = self.known(_text(found.content), found.said)
        facts.update(self.extractor.besides(self.view))
        facts.update(self._bytes())
        facts.update(self._tags())
        facts.update(self._shared())
        copies, whole = self.copies()
        if form.all_copies and whole:
            facts["copies_complete"] = self.known(content=True, said=DESCRIBED)
        yield Row("resource", self.id, {"provider": PARTIES[form.provider]}, facts)
        yield from copies
        for fact, refusal in self.refused.items():
            yield self.gap("resource", self.id, (fact,), refusal)
        for refusal in self.uncopied.values():
            yield self.gap("resource", self.id, ("copies_complete",), refusal)

    def _alike(self) -> Mapping[str, Known]:
        """What all items of a listing have alike."""
        unit, form = self.view.unit, self.view.unit.form
        known = self.extractor._alike
        key = (unit.kind.id, form.native_type, form.listing.operation, unit.account, unit.region)
        found = known.get(key)
        if found is None:
            found = known[key] = {
                "kind": self.known(unit.kind.id),
                "native_type": self.known(form.native_type),
                **self.extractor.account(self),
            }
            holds_data = form.holds_data if form.holds_data is not None else unit.kind.holds_data
            for short, said in (("holds_data", holds_data), ("reads_plaintext", unit.kind.reads_plaintext)):
                if said is not None:
                    found[short] = self.known(said, DESCRIBED)
        return found

    def read(self, fact: str, ways: Ways, element: Json = None) -> Value | Absent:
        """A value; a refusal is kept as a gap of the fact."""
        if not ways:
            return NOT_SAID
        found = self.view.read(ways, self.world, element)
        if isinstance(found, Refusal):
            self.refused[fact] = found
            return NOT_SAID
        return found

    def gap(self, table: str, identifier: str, facts: tuple[str, ...], refusal: Refusal) -> Gap:
        """What could not be read of a subject, and why."""
        unit = self.view.unit
        return Gap(
            source=self.extractor.source,
            reason=refusal.reason,
            table=table,
            id=identifier,
            facts=facts,
            scope=f"{unit.account} {unit.region}",
            needs=refusal.needs,
            detail=refusal.detail,
        )

    def _bytes(self) -> Iterator[tuple[str, Known]]:
        form = self.view.unit.form
        found: Value | Absent = self.read("bytes", form.facts.get("bytes", ()))
        if found is NOT_SAID and form.metric is not None:
            size = self.world.size(self.view)
            if isinstance(size, Refusal):
                self.refused["bytes"] = size
            elif not isinstance(size, Absent):
                found = Value(size)
        if isinstance(found, Value) and isinstance(found.content, int | float) and not isinstance(found.content, bool):
            yield "bytes", self.known(int(found.content), found.said)
            if form.bytes_basis is not None:
                yield "bytes_basis", self.known(form.bytes_basis, Said(found.said.answer, documented=True))

    def _tags(self) -> Iterator[tuple[str, Known]]:
        found = self.read("tags", self.view.unit.form.facts.get("tags", ()))
        if isinstance(found, Value) and isinstance(found.content, list):
            yield "tags", self.known(tuple(str(tag) for tag in found.content), found.said)
            return
        if "tags" in self.refused:
            return
        swept = self.world.tags(self.id, self.view)
        if isinstance(swept, Refusal):
            self.refused["tags"] = swept
        elif not isinstance(swept, Absent):
            yield "tags", self.known(swept)

    def _shared(self) -> Iterator[tuple[str, Known]]:
        ways = self.view.unit.form.facts.get("shared_with")
        members, refusal = self.world.shares_of_copies(self.id)
        if ways is None and not members and refusal is None:
            return
        outside, unread = outsiders(self.view, self.world)
        outside |= set(members)
        unread = unread or refusal
        if unread is not None:
            self.refused["shared_with"] = unread
        if unread is None or outside:
            answer = ways[0].path.answer if ways and ways[0].path is not None else None
            evidence = self.extractor.evidence(self.view, Said(answer))
            yield "shared_with", Known(tuple(sorted(outside)), evidence, open=unread is not None)

    def copies(self) -> tuple[list[Item], bool]:
        """All copies of the item, and whether every one that the description knows of could be told."""
        items: list[Item] = []
        whole, seen = True, dict[str, int]()
        for copy in self.view.unit.form.copies:
            elements: list[Json] = [None]
            if copy.each is not None:
                found = self.view.find(copy.each)
                if isinstance(found, Refusal):
                    self.uncopied.setdefault((found.reason, found.needs), found)
                    whole = False
                    items += self.extractor.possible(self, copy, found)
                    continue
                elements = found if isinstance(found, list) else [] if found is ABSENT else [found]
            for element in elements:
                held = self.view.holds(copy.where, element)
                if isinstance(held, Refusal):
                    self.uncopied.setdefault((held.reason, held.needs), held)
                    whole = False
                    items += self.extractor.possible(self, copy, held)
                elif held:
                    identifier = self._copy_id(copy, element, seen)
                    # What names the resource itself is no other copy of it.
                    if identifier is not None and identifier != f"{self.id}#{copy.kind}:{self.id}":
                        items += self.copy(copy, element, identifier, copy.kind)
        return items, whole

    def _copy_id(self, copy: CopyForm, element: Json, seen: dict[str, int]) -> str | None:
        """An id that stays the same from one scan to the next: by the target where one is named, else by the region."""
        base = f"{self.id}#{copy.kind}"
        target = self.view.named(copy.target, self.world, element) if copy.target is not None else None
        if target is not None:
            return f"{base}:{target}"
        if copy.each is not None or copy.kind != "primary":
            region = self.view.read(copy.region, self.world, element)
            if isinstance(region, Value) and region.content is not None:
                base = f"{base}:{region.content}"
        seen[base] = seen.get(base, 0) + 1
        return base if seen[base] == 1 else f"{base}:{seen[base]}"

    def copy(self, copy: CopyForm, element: Json, identifier: str, kind: str) -> Iterator[Item]:
        """One copy, and what could not be read of it."""
        facts: dict[str, Known] = {"kind": self.known(kind, Said(copy.each.answer if copy.each else None))}
        refused: dict[tuple[str, ...], Refusal] = {}
        place = self._place(copy, element, facts)
        if place is not None:
            refused["place", "region"] = place
        for fact, ways in (("account", copy.account), ("since", copy.since), ("bytes", copy.bytes)):
            if not ways:
                continue
            found = self.view.read(ways, self.world, element)
            if isinstance(found, Refusal):
                refused[fact,] = found
            elif isinstance(found, Value):
                content = found.content
                if fact == "bytes":
                    facts[fact] = self.known(int(content) if isinstance(content, int | float) else None, found.said)
                else:
                    facts[fact] = self.known(_text(content), found.said)
        key = self._key(copy, element, facts)
        if key is not None:
            refused["key_grade", "key_manager", "key_place", "key"] = key
        links = {"resource": self.id, "provider": PARTIES[self.view.unit.form.provider]}
        yield Row("copy", identifier, links, facts)
        for names, refusal in refused.items():
            yield self.gap("copy", identifier, names, refusal)

    def _place(self, copy: CopyForm, element: Json, facts: dict[str, Known]) -> Refusal | None:
        if copy.places:
            if len(copy.places) == 1:
                facts["place"] = self.known(copy.places[0], DESCRIBED)
            return None
        asked = self.extractor.asked(self.view)
        found = self.view.read(copy.region, self.world, element) if copy.region else asked
        if isinstance(found, Refusal):
            return found
        if found is NOT_SAID or not isinstance(found.content, str):
            return None
        facts["region"] = self.known(found.content, found.said)
        place, inferred = self.place(found.content)
        if place is not None:
            facts["place"] = self.known(place, _also_inferred(found.said) if inferred else found.said)
        if found.said.rests_on == "default":
            # It shows a failure, and passes nothing until somebody says what the deployment gives.
            return Refusal("uncorroborated")
        return self.extractor.doubt(self.view) if found is asked else None

    def place(self, region: str) -> tuple[str | None, bool]:
        """The place of a region, and whether it is known from memory only."""
        known = self.extractor.regions.place(self.view.unit.form.provider, region)
        if known is None:
            return None, False
        return known.place, known.grade == "memory"

    def _key(self, copy: CopyForm, element: Json, facts: dict[str, Known]) -> Refusal | None:
        found = self.view.read(copy.key, self.world, element)
        if isinstance(found, Refusal):
            return found
        if found is NOT_SAID:
            return None
        key: KeyFacts | Refusal
        if found.content == "provider":
            key = PROVIDER_KEY
        elif found.content == "customer":
            # A key that a plan describes is graded by what it says of itself.
            graded = bool(self.view.unit.form.grade)
            key = self.world.key(self.id, self.view) if graded else KeyFacts(None, "customer")
        else:
            key = self.world.key(str(found.content), self.view)
        if isinstance(key, Refusal):
            facts["key"] = self.known(str(found.content), found.said)
            return key
        place, inferred = self.place(key.region) if key.region is not None else (None, False)
        said = _also_inferred(found.said) if inferred else found.said
        for fact, content in (
            ("key_grade", key.grade),
            ("key_manager", key.manager),
            ("key_place", place),
            ("key", key.id),
        ):
            if content is not None:
                facts[fact] = self.known(content, said)
        return None


def outsiders(view: ItemView, world: World) -> tuple[set[str], Refusal | None]:
    """Whom outside the organisation an item is shared with, and why some of that is not known."""
    outside: set[str] = set()
    unread: Refusal | None = None
    for found in view.members(view.unit.form.facts.get("shared_with", ()), world):
        if isinstance(found, Refusal):
            unread = found
        elif isinstance(found.content, list):
            outside.update(str(name) for name in found.content)
    return {name for name in outside if name.startswith(PUBLIC) or not world.is_inside(name)}, unread


def _also_inferred(said: Said) -> Said:
    return replace(said, inferred=True)


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
