"""For the tests of what plans write: a whole plan with the resources that name each other, and what its rows say."""

from __future__ import annotations

from collections.abc import Mapping

from sovercheck.inventory.rows import Gap, Item, Row
from sovercheck.reference import load_reference
from sovercheck.sources.kinds.path import Json, Reference
from sovercheck.sources.plans.model import UNKNOWN, Change, Placed, Plan, Planned
from sovercheck.sources.plans.rows import rows
from sovercheck.sources.plans.world import PlanWorld

REGIONS = load_reference().regions

Given = Mapping[str, Json]
"""A resource's values by their names."""


class Told:
    """What the rows and gaps of a plan say."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items

    def resource(self, address: str) -> Mapping[str, object]:
        return next(_facts(row) for row in self._rows("resource") if row.id == ref(address))

    def copies(self, address: str) -> list[tuple[str, str | None]]:
        """Of each copy of a resource its kind, and its region, else its place."""
        found = [_facts(row) for row in self._rows("copy") if row.links["resource"] == ref(address)]
        said = [(str(copy["kind"]), copy.get("region", copy.get("place"))) for copy in found]
        return [(kind, None if where is None else str(where)) for kind, where in said]

    def keys(self, address: str) -> list[tuple[object, object]]:
        """Of each copy, who manages its key and who can see what it encrypts."""
        found = [_facts(row) for row in self._rows("copy") if row.links["resource"] == ref(address)]
        return [(copy.get("key_manager"), copy.get("key_grade")) for copy in found]

    def inferred(self, address: str) -> list[object]:
        """The regions that are concluded and not said."""
        found = [row for row in self._rows("copy") if row.links["resource"] == ref(address) and "region" in row.facts]
        known = [row.facts["region"] for row in found]
        return [fact.value for fact in known if fact.evidence.grade.word == "inferred"]

    def gaps(self, address: str) -> set[tuple[str, str]]:
        """Reason and fact."""
        return {
            (gap.reason, fact)
            for gap in self.items
            if isinstance(gap, Gap)
            if gap.id == ref(address) or str(gap.id).startswith(f"{ref(address)}#")
            for fact in gap.facts
        }

    def _rows(self, table: str) -> list[Row]:
        return [item for item in self.items if isinstance(item, Row) and item.table == table]


def _facts(row: Row) -> dict[str, object]:
    return {name: known.value for name, known in row.facts.items()}


def ref(address: str) -> Reference:
    """The id of another resource of the plan, as an attribute has it that is not known yet."""
    return Reference(f"plan#{address}")


def tell(resources: Mapping[str, Given]) -> Told:
    """What is told of a plan.

    Args:
        resources: address → values; one that has no location is nowhere by itself.
    """
    changes = [_change(address, values) for address, values in sorted(resources.items())]
    plan = Plan("plan", "terraform", tuple(changes), knows_before=True)
    return Told(list(rows(PlanWorld(plan, "after", REGIONS), REGIONS, "2026-11-27")))


def _change(address: str, values: Given) -> Change:
    region = values.get("location")
    placed = Placed(region, "resource") if isinstance(region, str) else UNKNOWN
    native_type = address.partition(".")[0]
    return Change(address, "terraform", native_type, "azure", "create", None, Planned(dict(values), placed))


def one(address: str, values: Given) -> list[tuple[str, str | None]]:
    return tell({address: values}).copies(address)
