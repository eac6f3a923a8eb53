"""Where each copy of an inventory is, one by one: what the gate compares from one state to the next."""

from __future__ import annotations

from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A copy.

    Attributes:
        resource: id of its resource; None where it belongs to none.
        kind: of copy; None if unknown.
        place: ISO code; None if unknown.
        region: the provider's name; None if unknown.
    """

    resource: str | None
    kind: str | None
    place: str | None
    region: str | None


def whereabouts(inventory: Inventory) -> dict[str, Whereabouts]:
    """Every copy by its id, in order."""
    rows = inventory.connection.execute(
        "SELECT id, resource, kind, CASE WHEN place__ev > 0 THEN place END, CASE WHEN region__ev > 0 THEN region END "
        "FROM copy ORDER BY id"
    ).fetchall()
    return {id_: Whereabouts(*rest) for id_, *rest in rows}
