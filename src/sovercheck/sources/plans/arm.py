"""Azure's templates: as they are written, and as Bicep compiles them.

A template says what there will be and nothing of what there is. Its expressions are evaluated as far as they can be
before the deployment; what only the deployment knows (the group's location, generated names, what other resources
answer) is `Pending`. A secret parameter has no value here, given or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import cast

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.arm_given import given_values
from sovercheck.sources.plans.arm_ids import below, members, parent_of, plain, subscription_of, type_of
from sovercheck.sources.plans.arm_resources import Entry, Resources, Where, segments
from sovercheck.sources.plans.arm_values import Open, Value, Work
from sovercheck.sources.plans.azure_places import located, region_name, unknown
from sovercheck.sources.plans.azure_values import as_answered
from sovercheck.sources.plans.json_text import Document, loads
from sovercheck.sources.plans.model import UNKNOWN, Asked, Change, Placed, Plan, Planned

_APART = frozenset({"condition", "copy", "dependson", "resources", "comments", "apiversion", "scope", "location"})
"""Members of a resource that are the deployment's, not the resource's; and its location, which is worked out apart."""

_THE_TARGETS_OWN = ("resourcegroup().location", "deployment().location")
"""The locations that whoever runs the gate may assume: those of what the template is deployed to."""


def looks_like(document: Json | Mapping[str, Json]) -> bool:
    """Whether a document is a template of Azure's."""
    if not isinstance(document, Mapping):
        return False
    schema = document.get("$schema")
    if isinstance(schema, str):
        return "deploymenttemplate.json" in schema.lower()
    return "contentVersion" in document and isinstance(document.get("resources"), list | dict)


def read(name: str, text: str, asked: Asked) -> Plan:
    """Reads a template.

    Args:
        name: of the file.
        text: with comments and a byte-order mark, if it has them.
        asked: gives parameters, and the region of what the template is deployed to.

    Raises:
        InputError: it is no template, or cannot be deployed as it stands.
    """
    document = loads(text, name)
    if not isinstance(document.value, dict) or not looks_like(document.value):
        raise InputError("arm_no_template", place=Place(name))
    return _Reading(document, asked).plan(document.value)


@dataclass(slots=True)
class _Reading:
    document: Document
    asked: Asked
    work: Work = field(init=False)
    resources: Resources = field(init=False)
    all_known: bool = False

    def __post_init__(self) -> None:
        self.work = Work(self.document.name, Place(self.document.name))
        self.resources = Resources(self.document, self.work, self._location_of)

    def plan(self, raw: dict[str, Json]) -> Plan:
        self.resources.read(raw, given_values(raw.get("parameters"), self.asked))
        # Where one resource depends on the place of another, both have to be known first.
        self.all_known = True
        for template in self.resources.templates:
            template.forget()
        return Plan(
            name=self.document.name,
            format="arm",
            changes=tuple(self._change(entry) for entry in self.resources.entries),
            knows_before=False,
            incomplete=tuple(self.resources.incomplete),
            notes=tuple(self.resources.notes),
        )

    def _location_of(self, identifier: str) -> Value:
        """The location of another resource of the file, by id; None while not all of them are known, or of none."""
        entry = self.resources.by_id.get(plain(identifier).lower()) if self.all_known else None
        if entry is None or entry.in_hand:
            return None
        where = self._where(entry)
        self.work.defaults.update(where.rests)
        return where.location

    def _where(self, entry: Entry) -> Where:
        """Where a resource is."""
        if entry.where is None:
            entry.in_hand = True
            entry.where = self._found(entry)
            entry.in_hand = False
        return entry.where

    def _found(self, entry: Entry) -> Where:
        value, rests = entry.with_defaults("location")
        if isinstance(value, Open):
            return Where(self._not_known(value), value)
        region = region_name(value) if isinstance(value, str) else ""
        if not region:
            return self._inherited(entry)
        if region == "global":
            return Where(replace(UNKNOWN, where="location"), value)
        if rests:
            spot = self.document.spot(next(iter(rests.values()))) if len(rests) == 1 else None
            placed = Placed(region, "variable", Grade.INFERRED, where=", ".join(rests), spot=spot)
            return Where(placed, value, rests)
        return Where(Placed(region, "resource", Grade.DOCUMENTED, where="location"), value)

    def _not_known(self, value: Open) -> Placed:
        assumed = self.asked.assumed.get("azure")
        # The region that is assumed is that of the deployment, and not of whatever is not known.
        if assumed is not None and value.needs.lower() in _THE_TARGETS_OWN:
            return Placed(assumed, "assumed", Grade.ASSUMED, where=value.needs)
        return unknown(value.reason, value.needs)

    def _inherited(self, entry: Entry) -> Where:
        """The place of the nearest resource that contains it or that it extends."""
        above = parent_of(entry.identifier)
        if above is None:
            return Where(UNKNOWN)
        parent, nearest = None, above
        while parent is None and above is not None:
            parent, above = self.resources.by_id.get(above.lower()), parent_of(above)
        if parent is None:
            return Where(replace(UNKNOWN, needs=None if "⟦" in nearest else below(nearest)))
        where = self._where(parent)
        placed = where.placed
        if placed.rung == "resource" and placed.where == "location":
            placed = replace(placed, where=f"{parent.address}.location")
        placed = replace(placed, spot=placed.spot or self.document.spot(cast(Json, parent.raw)))
        return replace(where, placed=placed)

    def _change(self, entry: Entry) -> Change:
        self.work.place = self.document.place(cast(Json, entry.raw))
        where = self._where(entry)
        placed, location = where.placed, where.location
        values: dict[str, Json] = {}
        for key, raw in entry.raw.items():
            if key.lower() not in _APART:
                value = entry.template.value(raw, entry.frame)
                self.work.weigh([value])
                values[key] = self._settled(value)
        if location is not None:
            values["location"] = self._settled(location)
        values = {key: item for key, item in values.items() if key.lower() not in ("id", "name", "type")}
        values |= members(entry.identifier)
        if "⟦" in entry.identifier:
            values["name"] = segments(entry.address)[-1]
        values = located(as_answered(values), placed)
        return Change(
            address=entry.address,
            interface="api",
            native_type=type_of(entry.identifier),
            provider="azure",
            action="unchanged",
            before=None,
            after=Planned(values, placed, subscription_of(entry.identifier)),
            spot=self.document.spot(cast(Json, entry.raw)),
        )

    def _settled(self, value: Value) -> Json:
        """A value as plans have it: a resource of the file is referred to, what is not known is pending."""
        if isinstance(value, Open):
            identifier = plain(value.form)
            if identifier.lower() in self.resources.by_id:
                return Reference(identifier.lower())
            # An id of which only the deployment's own subscription and group are not known still names something.
            is_id = identifier.startswith("/subscriptions/") and "⟦" not in identifier
            return identifier if is_id else Pending(value.reason, value.needs)
        if isinstance(value, str):
            known = self.resources.by_id.get(value.lower()) if value.startswith("/") else None
            return value if known is None else Reference(value.lower())
        if isinstance(value, list):
            return [self._settled(item) for item in value]
        if isinstance(value, dict):
            return {plain(key): self._settled(item) for key, item in value.items()}
        return value
