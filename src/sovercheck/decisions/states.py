"""The two states that a gate compares, as sources of an inventory, and what becomes of each resource in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from sovercheck.change import Spot
from sovercheck.decisions.called import called, renamed
from sovercheck.gate import Location, PlannedResource
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Item, Known, Row
from sovercheck.light import dataclass
from sovercheck.reference.regions import Regions
from sovercheck.sources.base import Source
from sovercheck.sources.plans.model import Change, Placed, Plan, resource_id
from sovercheck.sources.plans.rows import kind_without
from sovercheck.sources.plans.source import PlanState
from sovercheck.sources.plans.world import PlanWorld

ASSUMED = "hypothese:"
"""How the id begins of the system that has what is tied to none, where its data class is assumed: what one change
assumes is nothing of another's."""
OPTION = "--data-class"


@dataclass(frozen=True, slots=True)
class Collected:
    """What a source gave, gathered; see `sources.base.Source`.

    Attributes:
        kind: of the source.
        name: of the source.
        items: what it gave.
    """

    kind: str
    name: str
    items: tuple[Item, ...]

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """None of its own."""
        return ()

    def collect(self) -> Iterator[Item]:
        """See `Source`."""
        yield from self.items


@dataclass(frozen=True, slots=True)
class State:
    """Things as they are, or as they would be.

    Attributes:
        sources: that give them.
        otherwise: the system of what is tied to none; None where nothing is assumed of it.
    """

    sources: tuple[Source, ...]
    otherwise: str | None


def states(
    plans: Sequence[Plan], regions: Regions, as_of: date, data_class: str | None, name: str | None = None
) -> tuple[State, State, tuple[PlannedResource, ...]]:
    """Things before and after, and every resource of the files.

    Args:
        plans: the files, one change together.
        regions: the places of regions.
        as_of: "today": since then is what the change makes.
        data_class: assumed of what is tied to no system.
        name: of the change, in the inventory; None where its files' names are enough.
    """
    day = as_of.isoformat()
    before: list[Source] = []
    after: list[Source] = []
    resources: list[PlannedResource] = []
    for plan in plans:
        was, will_be = PlanState(plan, "before", regions, day), PlanState(plan, "after", regions, day)
        earlier, later = was.world(), will_be.world()
        had = tuple(was.collect(earlier))
        source = called(plan.name, name)
        before.append(Collected(was.kind, source, tuple(renamed(had, plan.name, name))))
        items = will_be.collect(later)
        if plan.knows_before:
            there = {item.id for item in had if isinstance(item, Row) and item.table == "copy"}
            items = _made_today(items, there, day)
        after.append(Collected(will_be.kind, source, tuple(renamed(items, plan.name, name))))
        tell = _Telling(regions)
        resources += [_resource(source, plan, change, earlier, later, tell) for change in plan.changes]
    otherwise = None
    if data_class is not None:
        system = _system([called(plan.name, name) for plan in plans], data_class)
        assumed = Collected("assumed", OPTION, (system,))
        before.append(assumed)
        after.append(assumed)
        otherwise = system.id
    return State(tuple(before), otherwise), State(tuple(after), otherwise), tuple(resources)


def _made_today(items: Iterator[Item], there: set[str], day: str) -> Iterator[Item]:
    """A copy that the change makes exists since the day of the run; that it will be applied is inferred."""
    since: dict[Evidence, Known] = {}
    for item in items:
        if isinstance(item, Row) and item.table == "copy" and item.id not in there and "since" not in item.facts:
            known = next(iter(item.facts.values())).evidence
            made = since.get(known)
            if made is None:
                made = since[known] = Known(day, replace(known, grade=Grade.INFERRED))
            yield Row(item.table, item.id, item.links, {**item.facts, "since": made})
        else:
            yield item


def _system(plans: Sequence[str], data_class: str) -> Row:
    """The system of what is tied to none; it is called as the folders or files that the change is of."""
    evidence = Evidence(Grade.ASSUMED, OPTION, locator=f"{OPTION} {data_class}")
    names = ", ".join(dict.fromkeys(root_of(plan) or plan for plan in plans))
    return Row(
        "system", ASSUMED + names, {}, {"name": Known(names, evidence), "data_class": Known(data_class, evidence)}
    )


def root_of(plan: str) -> str:
    """The folder of a file as it was named; empty for the current one."""
    parent = PurePosixPath(plan).parent.as_posix()
    return "" if parent == "." else parent


def _resource(
    source: str, plan: Plan, change: Change, before: PlanWorld, after: PlanWorld, tell: _Telling
) -> PlannedResource:
    identifier = resource_id(plan.name, change.address)
    view = after.views.get(identifier) or before.views.get(identifier)
    return PlannedResource(
        id=resource_id(source, change.address),
        plan=plan.name,
        address=change.address,
        native_type=change.native_type,
        kind=view.unit.kind.id if view is not None else kind_without(change),
        provider=change.provider,
        action=change.action,
        spot=change.spot,
        before=_location(before, identifier, change, tell),
        after=_location(after, identifier, change, tell),
        previous=change.previous,
        deposed=change.deposed,
        drifted=change.drifted,
    )


def _location(world: PlanWorld, identifier: str, change: Change, tell: _Telling) -> Location | None:
    view = world.views.get(identifier)
    if view is not None:
        placed = world.located(view)
    elif identifier in world.others:
        placed = world.others[identifier][1].placed
    else:
        return None
    return tell.location(placed, change)


class _Telling:
    """Places as reports have them; many resources are where one provider's configuration says, and share the one."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._told: dict[tuple[int, str | None, Spot | None], Location] = {}

    def location(self, placed: Placed, change: Change) -> Location:
        # The plan keeps each place, so that no other has its identity meanwhile.
        key = id(placed), change.provider, change.placed_at
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = self._tell(placed, change)
        return found

    def _tell(self, placed: Placed, change: Change) -> Location:
        known = self._regions.place(change.provider, placed.region) if change.provider and placed.region else None
        return Location(
            region=placed.region,
            place=known.place if known is not None else None,
            rung=placed.rung or "unknown",
            grade=placed.grade.word if placed.region is not None else None,
            where=placed.where,
            borne_out=placed.borne_out,
            why=placed.why,
            needs=placed.needs,
            spot=placed.spot or change.placed_at,
        )
