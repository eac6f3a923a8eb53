"""What an assessment holds of each system and of the territory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sovercheck.evaluation.alike import alike
from sovercheck.evaluation.evaluate import evaluate
from sovercheck.evaluation.systems import system_views
from sovercheck.findings import SystemView
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.store import Inventory
from sovercheck.policy.condition import Compare
from sovercheck.reference import load_reference
from tests.evaluation.build import make_rule, rows

AS_OF = date(2026, 11, 23)
TEXT = """
parties: [{id: p, name: Hébergeur inc., place: CA-QC}]
systems:
  - {id: s, name: dossier, data_class: health, status: in_service, involvements_complete: true}
  - {id: t, name: Archive, data_class: {value: public, evidence: declared}}
  - {id: u}
resources:
  - {id: r, systems: [s, t], provider: p, name: Base, bytes: 60}
  - {id: big, system: s, bytes: {at_least: 10}, bytes_basis: used}
  - {id: disk, system: t, bytes: 500, bytes_basis: allocated}
copies:
  - {id: a, resource: r, kind: primary, place: CA-QC}
  - {id: b, resource: r, kind: backup, place: US, bytes: 7}
contracts: [{id: k, system: s, party: p, value: 1000}]
"""


@pytest.fixture(scope="module")
def estate() -> Iterator[Inventory]:
    builder = Builder()
    builder.add("test", rows(TEXT))
    said = Known("public", Evidence(Grade.DECLARED, "portefeuille.csv"))
    builder.add("portefeuille.csv", [Row("system", "bulk", {}, {"data_class": said})], bulk=True)
    with builder.finish() as found:
        yield found


@pytest.fixture(scope="module")
def views(estate: Inventory) -> dict[str, SystemView]:
    rules = [
        make_rule(Compare(FACTS["copy.place"], "in", ("CA-QC",)), id_="here"),
        make_rule(Compare(FACTS["party.kind"], "exists", True), id_="kind", subject="party"),
    ]
    evaluated = evaluate(estate, rules, load_reference(), AS_OF)
    found = system_views(estate, evaluated.judged, (), {}, {"party/p": "Hébergeur inc."}, alike(estate))
    return {view.id: view for view in found}


def test_a_system_has_the_copies_of_its_resources(views: dict[str, SystemView]) -> None:
    assert {(volume.place, volume.kind) for volume in views["s"].places} == {
        ("CA-QC", "primary"),
        ("US", "backup"),
        (None, None),
    }
    assert (views["s"].resources, views["s"].places_open) == (2, True)
    assert views["u"].places == ()


def test_a_system_has_its_parties_and_those_of_its_resources(views: dict[str, SystemView]) -> None:
    assert {(party.party, party.name, party.place, party.role) for party in views["t"].parties} == {
        ("p", "Hébergeur inc.", "CA-QC", "hosts")
    }
    assert (views["s"].parties_open, views["t"].parties_open) == (False, True)


def test_the_worst_verdict_among_a_systems_subjects(views: dict[str, SystemView]) -> None:
    assert views["s"].verdicts == {"here": "fail", "kind": "unknown"}
    assert views["u"].verdicts == {}


def test_how_a_system_was_reached(views: dict[str, SystemView]) -> None:
    assert {id_: view.reach for id_, view in views.items()} == {
        "s": "read",
        "t": "read",
        "u": "unreached",
        "bulk": "declared",
    }


def test_what_is_known_of_a_listed_system_is_told_its_contracts_too(views: dict[str, SystemView]) -> None:
    known = {(item.fact.fact, item.fact.value, item.grade) for item in views["s"].known}
    assert ("system.status", "in_service", "observed") in known
    assert ("contract.value", "1000", "observed") in known
    assert ("system.data_class", "public", "declared") in {
        (item.fact.fact, item.fact.value, item.grade) for item in views["t"].known
    }
    assert views["bulk"].known == ()


def test_listed_systems_first_then_by_name_whatever_the_case(views: dict[str, SystemView]) -> None:
    assert [(view.name, view.origin) for view in views.values()] == [
        ("Archive", "listed"),
        ("dossier", "listed"),
        ("u", "listed"),
        ("bulk", "bulk"),
    ]
