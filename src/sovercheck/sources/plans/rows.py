"""From a plan or template to rows of the inventory: one state of it, everything as it is or as it would be after.

The facts come by the same descriptions and the same extraction as a scan's. What is known is `documented`: the file is
what will be applied, and nothing was read from the thing itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import ClassVar

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import OF_A_FILE, Gap, Item, Known, Note, Reading, ReadingStatus, Row
from sovercheck.light import dataclass
from sovercheck.reference.regions import Regions
from sovercheck.sources.extract import PARTIES, UNDESCRIBED, WITHOUT_DATA, Extractor, ItemReading
from sovercheck.sources.item import ItemView, Said, Value
from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds import keeps_no_data, planned_without_data
from sovercheck.sources.kinds.model import CopyForm
from sovercheck.sources.kinds.path import Absent
from sovercheck.sources.plans.model import Change, Placed, Planned
from sovercheck.sources.plans.world import PlannedView, PlanWorld, is_sure, refusal

_PLACE = "@place"
"""In a `Said`, that a value is known as the place of its resource is."""
_AS_ITS_RESOURCE = Said(_PLACE)
_SECTIONS = {"aws": "terraform_aws", "azure": "terraform_azurerm", "google": "terraform_google"}


@dataclass(frozen=True, slots=True)
class PlanExtractor(Extractor):
    """Makes rows of planned resources."""

    texts: ClassVar[tuple[str, ...]] = ("group", "account")
    _places: dict[tuple[int, str], Evidence] = field(default_factory=dict, repr=False, compare=False)
    _said: dict[tuple[object, ...], Evidence] = field(default_factory=dict, repr=False, compare=False)

    def account(self, reading: ItemReading) -> Mapping[str, Known]:
        """A file that does not say the account knows none: it is not an account without a name."""
        return Extractor.account(self, reading) if reading.view.unit.account else {}

    def besides(self, view: ItemView) -> Mapping[str, Known]:
        """People know a planned resource by its address; the name that it will have may not be known yet."""
        change = changed(view)
        return {"name": Known(change.address, self._shared(Grade.DOCUMENTED, change.native_type))}

    def evidence(self, view: ItemView, said: Said) -> Evidence:
        """A file documents what it says; a place is known as it was told."""
        if said.answer == _PLACE:
            return self.place_evidence(located(view), inferred=said.inferred)
        native_type = view.unit.form.native_type
        key = native_type, said.answer, said.documented, said.inferred, said.rests_on
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = self._of_file(native_type, said)
        return found

    def _of_file(self, native_type: str, said: Said) -> Evidence:
        grade = Grade.INFERRED if said.inferred else Grade.DOCUMENTED
        if said.rests_on == "assumption":
            grade = Grade.ASSUMED
        locator = native_type if said.documented or said.answer is None else said.answer
        return self._shared(grade, locator)

    def place_evidence(self, placed: Placed, *, inferred: bool = False) -> Evidence:
        """How a place is known, as evidence."""
        grade = min(placed.grade, Grade.INFERRED) if inferred else placed.grade
        return self._shared(grade, placed.where if placed.borne_out is None else f"{placed.where}; {placed.borne_out}")

    def _shared(self, grade: Grade, locator: str) -> Evidence:
        key = (int(grade), locator)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = Evidence(grade, self.shown, self.day, locator)
        return found

    def asked(self, view: ItemView) -> Value | Absent | Refusal:
        """Where a planned resource is."""
        placed = located(view)
        return Value(placed.region, _AS_ITS_RESOURCE) if placed.region is not None else refusal(placed)

    def possible(self, reading: ItemReading, copy: CopyForm, why: Refusal) -> Iterator[Item]:
        """A copy that may be, by a value that is not known yet: its place is not known either."""
        identifier = f"{reading.id}#{copy.kind}:{copy.each or '?'}"
        links = {"resource": reading.id, "provider": PARTIES[reading.view.unit.form.provider]}
        yield Row("copy", identifier, links, {"kind": reading.known(copy.kind)})
        yield reading.gap("copy", identifier, ("place", "region"), why)

    def doubt(self, view: ItemView) -> Refusal | None:
        """A place that was inferred and that nothing bears out shows a failure, and passes nothing."""
        placed = located(view)
        return None if is_sure(placed) else Refusal("uncorroborated", placed.needs)


def changed(view: ItemView) -> Change:
    """What becomes of a planned resource."""
    assert isinstance(view, PlannedView)  # noqa: S101 - of a plan
    assert view.change is not None  # noqa: S101 - made by its world
    return view.change


def located(view: ItemView) -> Placed:
    """Where a planned resource is."""
    assert isinstance(view, PlannedView)  # noqa: S101 - of a plan
    assert view.world is not None  # noqa: S101 - made by its world
    return view.world.located(view)


def rows(world: PlanWorld, regions: Regions, day: str) -> Iterator[Item]:
    """The rows and gaps of one state of a plan, what was assumed while reading it, and its ledger.

    Args:
        world: the state.
        regions: the places of regions.
        day: of the run, which the evidence bears.
    """
    plan = world.plan
    extractor = PlanExtractor(plan.name, plan.name, regions, world, day)
    seen: Counter[tuple[str, str, str]] = Counter()
    for change in plan.changes:
        identifier = f"{plan.name}#{change.address}"
        view = world.views.get(identifier)
        if view is not None:
            seen[change.provider or "*", view.unit.kind.id, "read"] += 1
            yield from extractor.rows(view, identifier)
        elif identifier in world.others:
            kind = kind_without(change)
            seen[change.provider or "*", change.native_type, "read" if kind == WITHOUT_DATA else "undescribed"] += 1
            yield from _undescribed(extractor, identifier, change, world.others[identifier][1], kind)
    for (service, kind, status), count in sorted(seen.items()):
        told: ReadingStatus = "undescribed" if status == "undescribed" else "read"
        yield Reading(plan.name, OF_A_FILE, "*", service, kind, told, resources=count)
    for code, params in plan.notes:
        yield Note(plan.name, code, params)


def _undescribed(
    extractor: PlanExtractor, identifier: str, change: Change, state: Planned, kind: str
) -> Iterator[Item]:
    """A resource that no description knows: its type, its place, and whether it keeps no data."""
    evidence = extractor._shared(Grade.DOCUMENTED, change.native_type)
    facts = {
        "kind": Known(kind, evidence),
        "native_type": Known(change.native_type, evidence),
        "name": Known(change.address, evidence),
    }
    if kind == WITHOUT_DATA:
        facts["holds_data"] = Known(value=False, evidence=extractor._shared(Grade.INFERRED, change.native_type))
    provider = {"provider": PARTIES[change.provider]} if change.provider is not None else {}
    yield Row("resource", identifier, provider, facts)
    if kind == WITHOUT_DATA:
        # What keeps none has no copy of any.
        return
    placed, copy = state.placed, f"{identifier}#primary"
    known = {"kind": Known("primary", evidence)}
    if placed.region is not None and change.provider is not None:
        where = extractor.place_evidence(placed)
        known["region"] = Known(placed.region, where)
        found = extractor.regions.place(change.provider, placed.region)
        if found is not None and found.place is not None:
            known["place"] = Known(found.place, extractor.place_evidence(placed, inferred=found.grade == "memory"))
    yield Row("copy", copy, {"resource": identifier, **provider}, known)
    if not is_sure(placed):
        why = refusal(placed) if placed.region is None else Refusal("uncorroborated", placed.needs)
        yield Gap(extractor.source, why.reason, "copy", copy, ("place", "region"), needs=why.needs)


def kind_without(change: Change) -> str:
    """The kind of what no description knows: without data where its type says so, else undescribed."""
    if change.interface == "api":
        known = keeps_no_data("azure", change.native_type.lower())
    elif change.interface == "cloudformation":
        known = planned_without_data("cloudformation", change.native_type)
    else:
        section = _SECTIONS.get(change.provider or "", "terraform_other")
        known = planned_without_data(section, change.native_type)
    return WITHOUT_DATA if known else UNDESCRIBED
