"""The ids of Azure's resources: how a template makes them, what contains what, and which resources a plan has where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import ABSENT, Found, Json, Pending
from sovercheck.sources.plans.arm_values import GROUP, OWN, SUBSCRIPTION
from sovercheck.sources.plans.model import Plan

MANAGEMENT_GROUP = "⟦managementGroup⟧"
_GROUP_TYPE = "microsoft.resources/resourcegroups"
_PROVIDERS = "/providers/"
_UNNAMED = re.compile(rf"\A/subscriptions/{OWN}(?:/resourceGroups/{OWN})?(?=/|\Z)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"⟦[^⟧]*⟧")


@dataclass(frozen=True, slots=True)
class Target:
    """What a template is deployed to.

    Attributes:
        level: how high.
        subscription: its id, or a placeholder.
        group: the name of the resource group, or a placeholder.
    """

    level: Literal["group", "subscription", "management_group", "tenant"] = "group"
    subscription: str = SUBSCRIPTION
    group: str = GROUP

    @property
    def root(self) -> str:
        """How the ids of its resources begin."""
        if self.level == "group":
            return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        if self.level == "subscription":
            return f"/subscriptions/{self.subscription}"
        if self.level == "management_group":
            return f"/providers/Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}"
        return ""


def made(root: str, type_: str, names: Sequence[str]) -> str:
    """The id of a resource.

    Args:
        root: what its id begins with.
        type_: with its namespace: `Microsoft.Sql/servers/databases`.
        names: one for each level of the type; where there are fewer, as of an open name, the last stands for each.
    """
    if type_.strip("/").lower() == _GROUP_TYPE:
        return f"{root}/resourceGroups/{names[0]}"
    namespace, _, levels = type_.strip("/").partition("/")
    return f"{root}{_PROVIDERS}{namespace}{paired(levels, names)}"


def paired(levels: str, names: Sequence[str]) -> str:
    """The part of an id that names levels of a type: `servers/databases` of `srv` and `db` is `/servers/srv/…`."""
    segments = levels.split("/")
    names = [*names, *[names[-1]] * (len(segments) - len(names))]
    return "".join(f"/{segment}/{name}" for segment, name in zip(segments, names, strict=False))


def plain(form: str) -> str:
    """An id in which what it is deployed to has no name of its own."""
    return form.replace(SUBSCRIPTION, OWN).replace(GROUP, OWN).replace(MANAGEMENT_GROUP, OWN)


def below(identifier: str) -> str:
    """An id for people: without the subscription and group that nothing names, and without placeholders."""
    return _PLACEHOLDER.sub("[…]", _UNNAMED.sub("", identifier)).removeprefix("/providers").lstrip("/")


def type_of(identifier: str) -> str:
    """The type of a resource, from its id; empty where that says none."""
    _, providers, rest = identifier.rpartition(_PROVIDERS)
    if not providers:
        return "Microsoft.Resources/resourceGroups" if identifier.count("/") == 4 else ""
    namespace, *pairs = rest.split("/")
    return "/".join([namespace, *pairs[::2]])


def parent_of(identifier: str) -> str | None:
    """The id of the resource that contains another, or that it extends; None where that is a group or above."""
    before, providers, rest = identifier.rpartition(_PROVIDERS)
    if not providers:
        return None
    if rest.count("/") > 2:
        return identifier.rsplit("/", 2)[0]
    return before if _PROVIDERS in before else None


def members(identifier: str) -> dict[str, Json]:
    """What Resource Graph says of a resource beside its own members, as far as its id does.

    Azure's ids compare without case: here they are in lower case, as those of a scan are.
    """
    found: dict[str, Json] = {
        "id": identifier.lower(),
        "name": _PLACEHOLDER.sub("[…]", identifier.rpartition("/")[2]),
        "type": type_of(identifier).lower(),
    }
    parts = identifier.split("/")
    lowered = [part.lower() for part in parts]
    for segment, name in (("subscriptions", "subscriptionId"), ("resourcegroups", "resourceGroup")):
        if segment in lowered[:-1]:
            value = parts[lowered.index(segment) + 1]
            # What only the deployment knows is no name.
            if value != OWN and "⟦" not in value:
                found[name] = value
    return found


def subscription_of(identifier: str) -> str | None:
    """The subscription that an id names."""
    value = members(identifier).get("subscriptionId")
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources of a plan by id, as Azure would answer a GET of an address.

    Attributes:
        by_id: id in lower case → values.
        below: address of a collection in lower case → the values directly in it.
    """

    by_id: Mapping[str, Json] = field(default_factory=dict)
    below: Mapping[str, list[Json]] = field(default_factory=dict)

    def above(self, identifier: str) -> Found:
        """The values of the nearest resource that contains another, or that it extends.

        A container of blobs stands below a service of which templates say nothing, and that below its account.

        Returns:
            `ABSENT` where it stands in a group or above; `Pending` where what contains it is not in the plan.
        """
        nearest = at = parent_of(identifier)
        while at is not None:
            if at.lower() in self.by_id:
                return self.by_id[at.lower()]
            at = parent_of(at)
        return ABSENT if nearest is None else Pending("not_in_plan", below(nearest))

    def at(self, address: str) -> Found:
        """What a GET would answer.

        Args:
            address: of a resource or of a collection (`…/servers/srv/databases`).

        Returns:
            The values; of a collection `{"value": [...]}`; `ABSENT` where the plan has nothing there.
        """
        lowered = address.rstrip("/").lower()
        if lowered in self.by_id:
            return self.by_id[lowered]
        found = self.below.get(lowered)
        return ABSENT if found is None else {"value": list(found)}


def resources(plan: Plan, side: Literal["before", "after"]) -> Resources:
    """The resources of one side of a plan whose values have an id."""
    by_id: dict[str, Json] = {}
    below: dict[str, list[Json]] = {}
    for identifier, values in _identified(plan, side):
        lowered = identifier.lower()
        if lowered not in by_id:
            by_id[lowered] = values
            below.setdefault(lowered.rpartition("/")[0], []).append(values)
    return Resources(by_id, below)


def _identified(plan: Plan, side: Literal["before", "after"]) -> Iterator[tuple[str, Json]]:
    for change in plan.changes:
        planned = change.before if side == "before" else change.after
        if planned is not None and isinstance(planned.values, dict):
            identifier = planned.values.get("id")
            if isinstance(identifier, str):
                yield identifier, planned.values
