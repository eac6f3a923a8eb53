"""Previews of Pulumi's: `pulumi preview --json`.

By the shape that Pulumi's own code gives them (`PreviewDigest`): steps with the state of a resource before and after,
the stack's configuration, diagnostics. Providers that nobody declared are in no step; what they are set to stands in
the configuration alone. Resources that do not change are shown with `--show-sames`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal

from sovercheck.change import Action, Spot
from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.sources.kinds.model import Provider
from sovercheck.sources.kinds.path import ABSENT, Found, Json, Pending, Reference, find, parse
from sovercheck.sources.plans.arm_ids import subscription_of
from sovercheck.sources.plans.azure_places import located, place, region_name, unknown
from sovercheck.sources.plans.json_text import Document, outline
from sovercheck.sources.plans.model import UNKNOWN, Asked, Change, Incomplete, Placed, Plan, Planned, resource_id
from sovercheck.sources.plans.pulumi_types import Known, known_as
from sovercheck.sources.plans.pulumi_values import HIDDEN, as_resource_manager, as_terraform, settled
from sovercheck.sources.readers import arn, aws_region, google_region

SHOW_SAMES = "--show-sames"
"""The option without which resources that do not change, and the providers among them, are not shown."""

_ACTIONS: Mapping[str, Action] = {
    "same": "no_op",
    "refresh": "no_op",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "import",
    "import-replacement": "replace",
    "discard-replaced": "replace",
}
_PASSED_OVER = frozenset({"read", "read-replacement", "discard", "remove-pending-replace"})
"""What is looked up and never made, as Terraform's data sources are; and what concerns the state alone."""

_REGION, _LOCATION, _ZONE = parse("region"), parse("location"), parse("zone")
_ARN = parse("arn")
_AVAILABILITY_ZONES = (parse("availability_zone"), parse("availabilityZone"))
_SOURCE = re.compile(r"project:///(?P<file>[^#]+)#(?P<line>[0-9]{1,9})")
_CONFIGURED: Mapping[str, tuple[str, ...]] = {
    "aws": ("region",),
    "aws-native": ("region",),
    "gcp": ("region", "zone"),
    "google-native": ("region", "zone"),
    "azure": ("location",),
    "azure-native": ("location",),
}


def looks_like(document: Json | Mapping[str, Json]) -> bool:
    """Whether a document is a preview of Pulumi's."""
    if not isinstance(document, Mapping):
        return False
    steps = document.get("steps")
    if isinstance(steps, list) and steps:
        first = steps[0]
        return isinstance(first, dict) and str(first.get("urn", "")).startswith("urn:pulumi:")
    # One in which nothing changes, or that failed before its first step.
    return "changeSummary" in document or ("config" in document and "diagnostics" in document)


def read(name: str, text: str, asked: Asked) -> Plan:
    """Reads a preview.

    Args:
        name: of the file.
        text: of the file.
        asked: gives the region of a provider that nothing else tells.

    Raises:
        InputError: it is none, or one of its steps cannot be read.
    """
    document = outline(text, name, 3)
    if not isinstance(document.value, dict) or not looks_like(document.value):
        raise InputError("pulumi_no_preview", place=Place(name))
    return _Reading(document, document.value, asked).plan()


@dataclass(slots=True)
class _Resource:
    """What becomes of one resource, put together from all steps that concern it.

    Attributes:
        urn: Pulumi's name of it.
        raw: its first step.
        action: what becomes of it.
        old: its state before.
        new: its state after.
    """

    urn: str
    raw: dict[str, Json]
    action: Action
    old: dict[str, Json] | None
    new: dict[str, Json] | None

    @property
    def address(self) -> str:
        """Its name within its stack: the types of what it is part of and its own, then its name."""
        return self.urn.split("::", 2)[2]

    @property
    def type_(self) -> str:
        """Its type, in Pulumi's terms."""
        return self.address.partition("::")[0].rpartition("$")[2]

    @property
    def is_left(self) -> bool:
        """Whether it is what was left when another of its name replaced it."""
        return self.action == "delete" and self.old is not None and self.old.get("delete") is True


@dataclass(slots=True)
class _Reading:
    document: Document
    raw: dict[str, Json]
    asked: Asked
    resources: dict[str, _Resource] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def plan(self) -> Plan:
        for resource in self._steps():
            self._take_in(resource)
        changes = tuple(change for resource in self.resources.values() for change in self._changes(resource))
        return Plan(
            name=self.document.name,
            format="pulumi",
            changes=self._placed_by_parents(changes),
            knows_before=True,
            incomplete=tuple(self._incomplete()),
            notes=tuple(self._notes()),
        )

    def _steps(self) -> Iterator[_Resource]:
        steps = self.raw.get("steps")
        for step in steps if isinstance(steps, list) else []:
            if not isinstance(step, dict):
                raise InputError("pulumi_step", place=self.document.place(steps))
            operation, urn = step.get("op"), step.get("urn")
            if not isinstance(urn, str) or urn.count("::") < 3 or not isinstance(operation, str):
                raise InputError("pulumi_step", place=self.document.place(step))
            if operation in _PASSED_OVER:
                continue
            if operation not in _ACTIONS:
                raise InputError("pulumi_step", place=self.document.place(step))
            old, new = step.get("oldState"), step.get("newState")
            action = _ACTIONS[operation]
            yield _Resource(
                urn,
                step,
                action,
                old if isinstance(old, dict) else None,
                new if isinstance(new, dict) and action != "delete" else None,
            )

    def _take_in(self, resource: _Resource) -> None:
        """A replacement may be told in three steps: that it is made, that it replaces, that the old one goes."""
        # What is left of an earlier replacement goes, whatever becomes of the one that replaced it.
        key = f"{resource.urn}#left" if resource.is_left else resource.urn
        known = self.resources.get(key)
        if known is None:
            self.resources[key] = resource
            return
        if known.action == "no_op":
            known.action = resource.action
        elif known.action != resource.action:
            known.action = "replace"
        known.old = known.old or resource.old
        known.new = known.new or resource.new

    def _changes(self, resource: _Resource) -> Iterator[Change]:
        state = resource.new or resource.old
        if state is None or state.get("custom") is False or resource.type_.startswith("pulumi:"):
            # A component, a stack or a provider: what is made is in steps of its own.
            return
        known = known_as(resource.type_)
        action = resource.action
        if action == "delete" and resource.old is not None and resource.old.get("retainOnDelete") is True:
            action = "forget"
        yield Change(
            address=resource.address,
            interface=known.interface,
            native_type=known.native_type,
            provider=known.provider,
            action=action,
            before=None if action in ("create", "import") else self._planned(resource, resource.old, known),
            after=self._planned(resource, resource.new, known),
            spot=self._spot(state, resource.raw),
            deposed=resource.is_left,
        )

    def _planned(self, resource: _Resource, state: dict[str, Json] | None, known: Known) -> Planned | None:
        if state is None:
            return None
        values = self._values(state)
        identifier = state.get("id")
        if known.interface == "api":
            shaped = as_resource_manager(values, known, identifier, resource.address.rpartition("::")[2], self.ids)
            # What a resource refers to comes in an earlier step.
            self.ids[resource_id(self.document.name, resource.address)] = str(shaped["id"])
            return Planned(shaped, self._placed(resource, state, shaped, known), subscription_of(str(shaped["id"])))
        if known.interface == "terraform" and known.provider is not None:
            converted = as_terraform(values)
            values = converted if isinstance(converted, dict) else {}
        if isinstance(identifier, str) and identifier:
            values.setdefault("id", identifier)
        return Planned(values, self._placed(resource, state, values, known), _account(values))

    def _values(self, state: Mapping[str, Json]) -> dict[str, Json]:
        """What a resource is to be, over what its provider says that it is."""
        depends = state.get("propertyDependencies")
        found: dict[str, Json] = {}
        for part in ("outputs", "inputs"):
            given = state.get(part)
            for key, value in given.items() if isinstance(given, dict) else ():
                if not key.startswith("__"):
                    of = depends.get(key) if isinstance(depends, dict) and part == "inputs" else None
                    found[key] = settled(value, self._ids(of))
        return found

    def _ids(self, urns: Json) -> Iterator[str]:
        for urn in urns if isinstance(urns, list) else []:
            if isinstance(urn, str) and urn.count("::") >= 3:
                yield resource_id(self.document.name, urn.split("::", 2)[2])

    # Where it is

    def _placed(self, resource: _Resource, state: Mapping[str, Json], values: Json, known: Known) -> Placed:
        if known.provider is None:
            return UNKNOWN
        own = _own_place(values, known.provider)
        if own is not None:
            return own
        if known.provider == "azure":
            # A resource of Azure's is where its own location says, or that of what contains it.
            return UNKNOWN
        reference = state.get("provider") or resource.raw.get("provider")
        placed = self._of_provider(reference, resource.type_.partition(":")[0])
        assumed = self.asked.assumed.get(known.provider)
        if placed.region is None and assumed is not None:
            return Placed(assumed, "assumed", Grade.ASSUMED, where=placed.needs or "")
        return placed

    def _of_provider(self, reference: Json, package: str) -> Placed:
        urn = reference.rpartition("::")[0] if isinstance(reference, str) else ""
        name = urn.rpartition("::")[2]
        keys = _CONFIGURED.get(package, ())
        declared = self.resources.get(urn)
        state = None if declared is None else declared.new or declared.old
        if declared is not None and state is not None:
            inputs = self._values(state)
            for key in keys:
                placed = _said(inputs.get(key, ABSENT), f"provider {name}", "provider")
                if placed is not None:
                    return replace(placed, spot=self._spot(state, declared.raw))
            return Placed(None, why="not_in_configuration", needs=f"{package}:{keys[0]}" if keys else None)
        if name and not name.startswith("default"):
            return Placed(None, why="not_in_plan", where=f"provider {name}", needs=SHOW_SAMES)
        config = self.raw.get("config")
        for key in keys:
            value = config.get(f"{package}:{key}", ABSENT) if isinstance(config, dict) else ABSENT
            placed = _said(Pending("sensitive") if value == HIDDEN else value, f"config {package}:{key}", "provider")
            if placed is not None:
                return placed
        return Placed(None, why="not_in_configuration", needs=f"{package}:{keys[0]}" if keys else None)

    @staticmethod
    def _placed_by_parents(changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """Resources of Azure's that have no location are where what contains them is."""
        names: dict[str, str] = {}
        before: dict[str, Json] = {}
        after: dict[str, Json] = {}
        for change in changes:
            for planned, side in ((change.before, before), (change.after, after)):
                if planned is not None and change.interface == "api" and isinstance(planned.values, dict):
                    lowered = str(planned.values["id"]).lower()
                    side.setdefault(lowered, planned.values)
                    names.setdefault(lowered, change.address)

        def again(planned: Planned | None, side: Mapping[str, Json]) -> Planned | None:
            if planned is None or planned.placed != UNKNOWN or not isinstance(planned.values, dict):
                return planned
            placed = place(str(planned.values["id"]), side, names)
            return replace(planned, values=located(planned.values, placed), placed=placed)

        return tuple(
            replace(change, before=again(change.before, before), after=again(change.after, after))
            if change.interface == "api"
            else change
            for change in changes
        )

    # What the preview does not show

    def _spot(self, state: Mapping[str, Json], step: dict[str, Json]) -> Spot | None:
        """Where its author wrote it, where Pulumi says so; else where its step stands."""
        source = state.get("sourcePosition")
        found = _SOURCE.match(source) if isinstance(source, str) else None
        if found is None:
            return self.document.spot(step)
        return Spot(found["file"], int(found["line"]), int(found["line"]))

    def _incomplete(self) -> Iterator[Incomplete]:
        diagnostics = self.raw.get("diagnostics")
        for entry in diagnostics if isinstance(diagnostics, list) else []:
            if isinstance(entry, dict) and entry.get("severity") == "error":
                urn = entry.get("urn")
                yield Incomplete("errored", urn.split("::", 2)[-1] if isinstance(urn, str) else "")
        if self.raw.get("maybeCorrupt") is True:
            yield Incomplete("errored")

    def _notes(self) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        summary = self.raw.get("changeSummary")
        same = summary.get("same") if isinstance(summary, dict) else None
        shown = sum(1 for resource in self.resources.values() if resource.action == "no_op")
        if isinstance(same, int) and same > shown:
            yield "pulumi_sames", {"n": same - shown, "option": SHOW_SAMES}


def _own_place(values: Json, provider: Provider) -> Placed | None:
    """Where a resource says that it is; None where it does not."""
    for path in (_LOCATION,) if provider == "azure" else (_REGION, _LOCATION):
        placed = _said(find(path, values), str(path), "resource")
        if placed is not None:
            return placed
    if provider == "google":
        return _said(find(_ZONE, values), "zone", "resource")
    if provider == "aws":
        for path in _AVAILABILITY_ZONES:
            zone = find(path, values)
            region = aws_region(zone) if isinstance(zone, str) else None
            if region is not None:
                return Placed(region, "arn", where=str(path))
        parts = arn(find(_ARN, values))
        return Placed(parts["region"], "arn", where="arn") if parts and parts["region"] else None
    return None


def _said(value: Found, where: str, rung: Literal["resource", "provider"]) -> Placed | None:
    """The place that a value says; None where there is no value."""
    if isinstance(value, Reference):
        # What of the other resource it is, the preview does not say.
        return Placed(None, why="after_apply", needs=where)
    if isinstance(value, Pending):
        return unknown(value.reason, value.needs or where)
    if not isinstance(value, str) or not value:
        return None
    region = region_name(value)
    if region == "global":
        return replace(UNKNOWN, where=where)
    return Placed(google_region(region), rung, where=where)


def _account(values: Json) -> str | None:
    """The account that an ARN names."""
    parts = arn(find(_ARN, values))
    return parts["account"] or None if parts else None
