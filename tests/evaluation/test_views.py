from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sovercheck.evaluation.evaluate import derive_all
from sovercheck.evaluation.views import home, wide
from sovercheck.inventory.facts import FACTS, SUBJECTS, Subject, in_scope
from sovercheck.inventory.store import Inventory
from sovercheck.reference import load_reference
from tests.evaluation.build import inventory, told

TEXT = """
estates: [{id: ensemble, organisation_kind: health_body}]
systems: [{id: s1, data_class: health}, {id: s2, data_class: public}]
parties: [{id: p, kind: company}]
resources: [{id: r, systems: [s2, s1], name: base}, {id: alone, name: seule}]
copies: [{id: c, resource: r, place: CA-QC}, {id: d, resource: alone, place: US}]
contracts: [{id: k, system: s1, party: p}, {id: loose}]
components: [{id: x, resource: r, product: Linux}, {id: y, system: s2, resource: r, product: Windows}]
"""


@pytest.fixture(scope="module")
def estate() -> Iterator[Inventory]:
    with inventory(TEXT) as found:
        derive_all(found, [], load_reference(), date(2026, 11, 23))
        yield found


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_fact_of_a_scope_has_a_column(estate: Inventory, subject: Subject) -> None:
    facts = [fact for fact in FACTS.values() if in_scope(fact, subject)]
    cursor = estate.connection.execute(wide(subject, facts, nothing_contradicted=7))
    names = {column[0] for column in cursor.description or ()}
    assert {f"{fact.name}__ev" for fact in facts} <= names
    numbers = [n for n, column in enumerate(cursor.description or ()) if column[0].endswith("__ev")]
    assert all(row[n] is not None for row in cursor.fetchall() for n in numbers), "evidence is never NULL"


@pytest.mark.parametrize(
    ("fact", "subject", "expected"),
    [
        ("system.data_class", "copy", {"c": "health / public", "d": "unknown"}),
        ("resource.name", "copy", {"c": "base / base", "d": "seule"}),
        ("system.data_class", "component", {"x": "health / public", "y": "public"}),
        ("system.data_class", "contract", {"k": "health", "loose": "unknown"}),
        ("party.kind", "contract", {"k": "company", "loose": "unknown"}),
        ("estate.organisation_kind", "system", {"s1": "health_body", "s2": "health_body"}),
        ("copy.contradicted", "copy", {"c": "unknown / unknown", "d": "unknown"}),
    ],
)
def test_a_subject_has_the_facts_of_what_it_belongs_to(
    estate: Inventory, fact: str, subject: Subject, expected: dict[str, str]
) -> None:
    assert told(estate, fact, subject) == expected


def test_nothing_contradicted_is_an_empty_list_with_the_evidence_given(estate: Inventory) -> None:
    rows = estate.connection.execute(wide("party", [FACTS["party.contradicted"]], nothing_contradicted=7)).fetchall()
    assert [row[-1] for row in rows] == [7]


def test_what_a_subject_belongs_to_has_its_id_in_the_view(estate: Inventory) -> None:
    sql = f'SELECT id, system, "of.resource" FROM ({wide("copy", [], nothing_contradicted=0)}) ORDER BY ALL'
    assert estate.connection.execute(sql).fetchall() == [("c", "s1", "r"), ("c", "s2", "r"), ("d", None, "alone")]


def test_where_a_fact_stands() -> None:
    assert home(FACTS["copy.place"], "copy") == "copy"
    assert home(FACTS["system.places"], "copy") == "derived_system"
    assert home(FACTS["estate.organisation"], "estate") == "estate"
    assert home(FACTS["estate.organisation"], "copy") == "one_estate"
