"""Where a resource of Azure's is, from its own location or that of what contains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sovercheck.sources.kinds.path import ABSENT, Defaulted, Json, Pending, PendingReason, find, parse
from sovercheck.sources.plans.arm_ids import below, parent_of
from sovercheck.sources.plans.model import UNKNOWN, Placed, Why

_LOCATION = parse("location")
_WHY: Mapping[PendingReason, Why] = {
    "after_apply": "after_apply",
    "sensitive": "sensitive",
    "expression": "expression",
}


def place(identifier: str, by_id: Mapping[str, Json], names: Mapping[str, str]) -> Placed:
    """Where a resource is.

    Args:
        identifier: its id.
        by_id: the values of all resources of the same side, by id in lower case.
        names: how they are known, by id in lower case.
    """
    at: str | None = identifier
    while at is not None:
        values = by_id.get(at.lower())
        location = ABSENT if values is None else find(_LOCATION, values)
        if isinstance(location, Pending):
            return unknown(location.reason, location.needs)
        region = region_name(location) if isinstance(location, str) else ""
        where = "location" if at == identifier else f"{names.get(at.lower(), below(at))}.location"
        if region == "global":
            return replace(UNKNOWN, where=where)
        if region:
            return Placed(region, "resource", where=where)
        at = parent_of(at)
    above = parent_of(identifier)
    return replace(UNKNOWN, needs=None if above is None else below(above))


def located(values: Mapping[str, Json], placed: Placed) -> dict[str, Json]:
    """The values of a resource with the location that it was found to have, or that nothing tells, in its place."""
    if placed.region is not None:
        return {**values, "location": placed.region if placed.rung == "resource" else Defaulted(placed.region)}
    if find(_LOCATION, dict(values)) is not ABSENT:
        return dict(values)
    return {**values, "location": Pending("not_in_plan", placed.needs)}


def unknown(reason: PendingReason, needs: str | None) -> Placed:
    """The place of a resource whose location is not known."""
    return Placed(None, why=_WHY.get(reason, "not_in_plan"), needs=needs)


def region_name(location: str) -> str:
    """`Canada East` → `canadaeast`."""
    return "".join(location.split()).lower()
