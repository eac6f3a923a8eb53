"""What a plan or template knows beyond one resource: the others that it names, that name it, and the keys.

Resources are named by id once that is known, by what their descriptions say others name them by, and by reference where
a value is not known yet. Nothing outside the file is looked up: what it names and does not hold is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Protocol

from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.reference.regions import Regions
from sovercheck.sources.extract import PROVIDER_KEY, PROVIDER_WORDS, KeyFacts, root_of
from sovercheck.sources.item import ItemView, Unit, Value
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds import planned
from sovercheck.sources.kinds.model import Call, Edge, Form, Kind
from sovercheck.sources.kinds.path import (
    ABSENT,
    Absent,
    Found,
    Json,
    Path,
    Pending,
    PendingReason,
    Reference,
    find,
)
from sovercheck.sources.plans.model import UNKNOWN, Change, Placed, Plan, Planned, Why, resource_id
from sovercheck.sources.plans.wanted import NAMES
from sovercheck.sources.readers import Result, arn, bucket_name

_AWS_MANAGED = re.compile(r"(\A|:)alias/aws/")
_GOOGLE_KEY = re.compile(r"/locations/([^/]+)/keyRings/")
_OUTSIDE = Refusal("not_in_plan")


@dataclass(slots=True)
class PlannedView(ItemView):
    """A resource of a plan, read through its form's paths.

    Attributes:
        id_: in the inventory.
        change: what becomes of it.
        state: it, as it is or as it would be.
        world: the others.
        located: where it is, once that is looked at.
    """

    id_: str = ""
    change: Change | None = None
    state: Planned = field(default_factory=lambda: Planned(None, UNKNOWN))
    world: PlanWorld | None = None
    located: Placed | None = None

    def answer(self, name: str) -> Result:
        """The values of the resources that an edge leads to; for Azure's templates, of what a call would have read."""
        edge = self.unit.form.edges.get(name)
        if edge is None:
            return ItemView.answer(self, name)
        if name not in self._answers:
            assert self.world is not None  # noqa: S101 - made by the world
            self._answers[name] = self.world.along(edge, self)
        return self._answers[name]


class Answers(Protocol):
    """What an Azure template says where a scan would have asked."""

    def above(self, identifier: str) -> Found:
        """The values of the nearest resource that contains another; `ABSENT` where there is none."""

    def at(self, address: str) -> Found:
        """What a GET of an address would answer; `ABSENT` where the template has nothing there."""


@dataclass(slots=True)
class PlanWorld:
    """One state of a plan: everything as it is, or as it would be after.

    Args:
        plan: the file.
        side: `before` or `after`.
        regions: for the pairs of Azure's regions.
        answers: of an Azure template, gives what a call for an address would read in it.
    """

    plan: Plan
    side: str
    regions: Regions
    answers: Answers | None = None
    views: dict[str, PlannedView] = field(default_factory=dict)
    others: dict[str, tuple[Change, Planned]] = field(default_factory=dict)
    """Those of no described kind."""
    folded: dict[str, str] = field(default_factory=dict)
    _values: dict[str, Json] = field(default_factory=dict)
    _types: dict[str, str] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)
    _by_type: dict[str, list[tuple[str, Json]]] = field(default_factory=dict)
    _edges: dict[tuple[str, Path], tuple[dict[str, list[tuple[str, Json]]], PendingReason | None]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        states: list[tuple[str, Change, Planned]] = []
        for change in self.plan.changes:
            state = change.before if self.side == "before" else change.after
            if state is not None:
                states.append((resource_id(self.plan.name, change.address), change, state))
        # Which description holds may depend on what another resource is named: all have their names first.
        for identifier, change, state in states:
            self._types[identifier] = _type(change)
            self._by_type.setdefault(_type(change), []).append((identifier, state.values))
            self._values[identifier] = state.values
            self._name(identifier, NAMES, state.values)
        for identifier, change, state in states:
            described = self._described(change, state, identifier)
            if described is None:
                self.others[identifier] = change, state
            else:
                self.views[identifier] = described
                self._name(identifier, described.unit.form.named_by, state.values)
        for identifier, view in self.views.items():
            target = view.named(view.unit.form.copy_of, self) if view.unit.form.copy_of is not None else None
            found = self.id_of(target) if target is not None else None
            if found is not None and found != identifier:
                self.folded[identifier] = found

    def _described(self, change: Change, state: Planned, identifier: str) -> PlannedView | None:
        """The resource by the first description whose conditions hold, or that alone is left open."""
        left: PlannedView | None = None
        for kind, form in planned(change.interface, change.native_type):
            view = self._view(kind, form, change, state, identifier)
            held = view.holds(form.where)
            if held is True:
                return view
            if isinstance(held, Refusal) and left is None:
                left = view
        return left

    def _view(self, kind: Kind, form: Form, change: Change, state: Planned, identifier: str) -> PlannedView:
        if form.computed:
            state = replace(state, values=_without_computed(form, state.values))
        unit = Unit(kind, form, state.account or "", state.placed.region or "")
        parent = self._parent(state.values) if change.interface == "api" else None
        return PlannedView(
            unit, state.values, self._fetch, parent, id_=identifier, change=change, state=state, world=self
        )

    def _parent(self, values: Json) -> Json:
        """In an Azure template, the resource under whose id this one's stands."""
        identifier = values.get("id") if isinstance(values, dict) else None
        if not isinstance(identifier, str) or self.answers is None:
            return None
        found = self.answers.above(identifier)
        return None if isinstance(found, Absent) else found

    def _fetch(self, ask: Ask, _: Call) -> Result:
        """What a template says where a scan would have asked; what it does not say is absent, and a default counts."""
        return self.answers.at(ask.operation) if self.answers is not None else ABSENT

    def _name(self, identifier: str, paths: Iterable[Path], values: Json) -> None:
        for path in paths:
            found = find(path, values)
            if isinstance(found, str) and found and not isinstance(found, Reference):
                self._names.setdefault(_comparable(found), set()).add(identifier)

    def id_of(self, name: str) -> str | None:
        """The resource that a reference or a value names, if it is one and in the file."""
        if name in self.views or name in self.others:
            return name
        found = self._names.get(_comparable(name), set())
        return next(iter(found)) if len(found) == 1 else None

    def along(self, edge: Edge, view: PlannedView) -> Result:
        """The values of the resources that an edge leads to from one; why they are not known where some may be."""
        found, is_open = self._naming(edge, view) if edge.by is not None else self._named(edge, view)
        kept: list[Json] = []
        for values in found:
            held = ItemView(view.unit, values, self._fetch).holds(edge.where)
            if isinstance(held, Refusal):
                is_open = held
            elif held:
                kept.append(values)
        if is_open is not None:
            return is_open
        return kept or ABSENT

    def _naming(self, edge: Edge, view: PlannedView) -> tuple[list[Json], Refusal | None]:
        assert edge.by is not None  # noqa: S101 - asked for
        found: list[Json] = []
        is_open: Refusal | None = None
        for type_ in edge.types:
            index, pending = self._edge(type_, edge.by)
            if pending is not None:
                is_open = Refusal(pending, f"{type_}.{edge.by}")
            if index:
                for key in self._keys(view):
                    found += [values for _, values in index.get(key, ())]
        distinct = list({id(values): values for values in found}.values())
        # One that names what nobody knows yet may be this one's; where one is known, that is it.
        return distinct, is_open if not distinct else None

    def _keys(self, view: PlannedView) -> Iterator[str]:
        yield view.id_
        for path in (*NAMES, *view.unit.form.named_by):
            found = find(path, view.item)
            if isinstance(found, str) and found and not isinstance(found, Reference):
                yield _comparable(found)

    def _edge(self, type_: str, by: Path) -> tuple[dict[str, list[tuple[str, Json]]], PendingReason | None]:
        """Of all resources of a type, those that name each, and why it is not known what some name."""
        known = self._edges.get((type_, by))
        if known is None:
            index: dict[str, list[tuple[str, Json]]] = {}
            pending: PendingReason | None = None
            for identifier, values in self._by_type.get(type_, ()):
                found = find(by, values)
                for name in found if isinstance(found, list) else [found]:
                    if isinstance(name, Pending):
                        pending = name.reason
                    elif isinstance(name, str):
                        index.setdefault(_comparable(name), []).append((identifier, values))
            known = self._edges[type_, by] = index, pending
        return known

    def _named(self, edge: Edge, view: PlannedView) -> tuple[list[Json], Refusal | None]:
        assert edge.of is not None  # noqa: S101 - asked for
        named = view.find(edge.of)
        if isinstance(named, Refusal):
            return [], named
        found: list[Json] = []
        for name in named if isinstance(named, list) else [named]:
            if not isinstance(name, str) or not name:
                continue
            identifier = self._of_types(name, edge.types)
            if identifier is None:
                return [], Refusal("not_in_plan", str(edge.of))
            found.append(self._values[identifier])
        return found, None

    def _of_types(self, name: str, types: tuple[str, ...]) -> str | None:
        """The resource of some types that a value names, whole or by the last part of it."""
        for candidate in (name, re.split(r"[:/]", name)[-1]):
            named = {candidate} | self._names.get(_comparable(candidate), set())
            found = [identifier for identifier in named if self._types.get(identifier) in types]
            if len(found) == 1:
                return found[0]
        return None

    def located(self, view: PlannedView) -> Placed:
        """Where a resource is: by its own description where that says so, else as the reader of the file tells."""
        if view.located is None:
            view.located = UNKNOWN
            view.located = self._located(view)
        return view.located

    def _located(self, view: PlannedView) -> Placed:
        form, placed = view.unit.form, view.state.placed
        if form.home is not None:
            return Placed(form.home, "resource", where=form.native_type)
        if not form.location or (placed.rung in ("resource", "arn") and not _says_more(form)):
            return placed
        found = view.read(form.location, self)
        if isinstance(found, Value) and isinstance(found.content, str) and found.content:
            if found.said.rests_on is not None and placed.region is not None:
                # A zone that a default names is in the region of the stack, whatever zone it will be.
                return placed
            of = form.location[0].path
            above = self._above(form, view)
            if above is not None and above.region == found.content:
                return above
            where = str(of) if of is not None else form.native_type
            if found.said.rests_on == "default":
                return Placed(found.content, "variable", Grade.INFERRED, where, needs="--parameter")
            return Placed(found.content, "resource", where=where)
        if isinstance(found, Refusal):
            above = self._above(form, view)
            if above is not None:
                return above
            if placed.region is None:
                return Placed(None, why=_WHY.get(found.reason, "not_in_plan"), needs=found.needs)
        return placed

    def _above(self, form: Form, view: PlannedView) -> Placed | None:
        """Where the one resource is that the location of another is read from."""
        for way in form.location:
            edge = form.edges.get(way.path.answer) if way.path is not None and way.path.answer else None
            if edge is None or edge.of is None:
                continue
            named = view.find(edge.of)
            identifier = self._of_types(named, edge.types) if isinstance(named, str) else None
            if identifier is not None and identifier in self.views:
                return self.located(self.views[identifier])
        return None

    # What `extract.World` asks

    def region_of_bucket(self, name: str) -> Result:
        """See `readers.Lookups`."""
        return self.region_of_id(name)

    def region_of_id(self, identifier: str) -> Result:
        """See `readers.Lookups`."""
        found = self.id_of(identifier) or self.id_of(bucket_name(identifier) or identifier)
        if found is None:
            parts = arn(identifier)
            return parts["region"] if parts is not None and parts["region"] else _OUTSIDE
        placed = self.located(self.views[found]) if found in self.views else self.others[found][1].placed
        if placed.region is None:
            return refusal(placed)
        return placed.region if is_sure(placed) else Refusal("uncorroborated", placed.needs)

    def paired_region(self, region: str) -> Result:
        """See `readers.Lookups`; by the list of the provider's regions, as no subscription is asked."""
        known = self.regions.place("azure", region)
        if known is None:
            return Refusal("not_in_plan", region)
        return known.pair or ABSENT

    def key(self, reference: str, view: ItemView) -> KeyFacts | Refusal:
        """See `extract.World`."""
        if reference in PROVIDER_WORDS or _AWS_MANAGED.search(reference):
            return PROVIDER_KEY
        if not reference:
            # Older resources of Terraform write it where nothing is set, and which key is then used is not said.
            return KeyFacts(None, None)
        found = self.id_of(reference)
        if found is not None:
            known = self.views.get(found)
            if known is None or not known.unit.form.grade:
                return KeyFacts(None, "customer", None, found)
            grade = known.read(known.unit.form.grade, self)
            if isinstance(grade, Refusal):
                return grade
            region = self.located(known)
            word = str(grade.content) if isinstance(grade, Value) else None
            return KeyFacts(word, "customer", region.region if is_sure(region) else None, found)
        return _outside_key(reference)

    def tags(self, _: str, __: ItemView) -> tuple[str, ...] | Absent | Refusal:
        """See `extract.World`."""
        return ABSENT

    def size(self, _: ItemView) -> int | Absent | Refusal:
        """See `extract.World`."""
        return ABSENT

    def root(self, identifier: str) -> str:
        """See `extract.World`."""
        return root_of(self.id_of(identifier) or identifier, self.folded, self.views)

    def is_listed(self, identifier: str) -> bool:
        """See `extract.World`."""
        return identifier in self.views

    def shares_of_copies(self, _: str) -> tuple[tuple[str, ...], Refusal | None]:
        """See `extract.World`."""
        return (), None

    def is_inside(self, principal: str) -> bool:
        """See `extract.World`; a file does not say whose an account is."""
        return any(principal == view.unit.account for view in self.views.values() if view.unit.account)


def _without_computed(form: Form, values: Json) -> Json:
    if not isinstance(values, dict):
        return values
    return {
        name: value
        for name, value in values.items()
        if not (name in form.computed and isinstance(value, Pending) and value.unset)
    }


def is_sure(placed: Placed) -> bool:
    """Whether a place is more than inferred with nothing to bear it out."""
    return placed.region is not None and not (placed.rung == "variable" and placed.borne_out is None)


_WHY: Mapping[str, Why] = {"after_apply": "after_apply", "sensitive": "sensitive", "expression": "expression"}
_REASONS: Mapping[Why, PendingReason] = {
    "after_apply": "after_apply",
    "sensitive": "sensitive",
    "expression": "expression",
}


def refusal(placed: Placed) -> Refusal:
    """Why a place is not known, as a gap tells it; one that contradicts itself says nothing."""
    reason = _REASONS.get(placed.why, "not_in_plan") if placed.why is not None else "not_in_plan"
    return Refusal(reason, placed.needs)


def _type(change: Change) -> str:
    return change.native_type.lower() if change.interface == "api" else change.native_type


def _comparable(name: str) -> str:
    """A name as it compares: the ids of Azure's resources, which its services spell in several ways, without case."""
    return name.lower() if name.startswith("/") and not isinstance(name, Reference) else name


def _says_more(form: Form) -> bool:
    """Whether a description reads the location in a member of the resource itself."""
    return any(way.path is not None and way.path.answer is None for way in form.location)


def _outside_key(reference: str) -> KeyFacts:
    """A customer's key that the file does not hold: of who can see what it encrypts, its name seldom says anything."""
    parts = arn(reference)
    if parts is not None:
        return KeyFacts(None, "customer", parts["region"] or None, reference)
    if ".managedhsm." in reference:
        return KeyFacts("K2", "customer", None, reference)
    google = _GOOGLE_KEY.search(reference)
    return KeyFacts(None, "customer", google[1] if google else None, reference)
