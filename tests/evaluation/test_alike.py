"""What copies have in common, and the sums of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sovercheck.evaluation.alike import alike, keys, of_systems, volumes
from sovercheck.findings import KeyHolding, PlaceVolume
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.store import Inventory
from tests.evaluation.build import inventory, rows

TEXT = """
systems: [{id: s, data_class: health}, {id: t}]
resources:
  - {id: r, systems: [s, t], bytes: 60}
  - {id: big, system: s, bytes: {at_least: 10}, bytes_basis: used}
  - {id: disk, system: t, bytes: 500, bytes_basis: allocated}
copies:
  - {id: a, resource: r, kind: primary, place: CA-QC}
  - {id: b, resource: r, kind: backup, place: US, bytes: 7}
"""
KEYS = """
systems: [{id: s}]
resources: [{id: r, system: s}, {id: other}]
copies:
  - {id: a, resource: r, kind: primary, key_manager: customer, key_grade: K3}
  - {id: b, resource: r, kind: backup, key_manager: provider, key_grade: K0}
  - {id: c, resource: r, kind: log}
  - {id: d, resource: r, kind: processing}
  - {id: e, resource: other, kind: primary, key_manager: provider, key_grade: K0}
"""


@pytest.fixture(scope="module")
def estate() -> Iterator[Inventory]:
    with inventory(TEXT) as found:
        yield found


def test_the_territory_is_volumes_by_place_and_kind_of_copy(estate: Inventory) -> None:
    assert volumes(alike(estate)) == (
        PlaceVolume("CA-QC", "primary", 1, 60, 60),
        PlaceVolume("US", "backup", 1, 7, 7),
        # Of two resources no copy is known: one has no maximum, the other may be empty.
        PlaceVolume(None, None, 2, 10, None, unsized=1),
    )


def test_a_copy_of_several_systems_counts_once_for_any_of_them(estate: Inventory) -> None:
    copies = alike(estate)
    places = [(volume.place, volume.copies) for volume in volumes(of_systems(copies, {"s"}))]
    assert places == [("CA-QC", 1), ("US", 1), (None, 1)]
    assert volumes(of_systems(copies, {"s", "t"})) == volumes(copies)
    assert of_systems(copies, ()) == []


def test_keys_are_those_of_copies_that_are_kept_the_most_numerous_first() -> None:
    # The last belongs to no resource.
    alone = Row("copy", "f", {}, {"key_manager": _known("provider"), "key_grade": _known("K0"), "bytes": _known(5)})
    builder = Builder()
    builder.add("test", [*rows(KEYS), alone])
    with builder.finish() as found:
        copies = alike(found)
    assert sum(volume.copies for volume in volumes(copies)) == 5
    assert keys(copies) == (KeyHolding("provider", "K0", 3), KeyHolding("customer", "K3", 1), KeyHolding(None, None, 1))
    assert keys(of_systems(copies, {"s"})) == (
        KeyHolding("customer", "K3", 1),
        KeyHolding("provider", "K0", 1),
        KeyHolding(None, None, 1),
    )


def test_a_resource_of_which_no_copy_is_known_has_no_key(estate: Inventory) -> None:
    (unknown,) = (item for item in alike(estate) if item.place is None and item.systems == ("s",))
    assert (unknown.count, unknown.known) == (1, 0)
    assert keys([unknown]) == ()


def _known(value: str | int) -> Known:
    return Known(value, Evidence(Grade.OBSERVED, "test"))
