from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck import bundle
from sovercheck.errors import InputError
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.records import check_references
from sovercheck.inventory.rows import Row
from sovercheck.reference import Reference
from sovercheck.reference.parties import (
    COMPILED,
    party_documents,
    party_paths,
    plain_parties,
    shipped_party_documents,
)


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Row]:
    return [row for document in party_documents(folder / "parties") for row in read_declaration(document)]


def test_every_party_that_the_clouds_and_the_example_need_is_there(rows: list[Row]) -> None:
    assert {row.id for row in rows if row.table == "party"} >= {
        "amazon",
        "aws",
        "microsoft",
        "alphabet",
        "google",
        "oracle",
        "ibm",
        "ibm-canada",
        "lgs",
        "ovhcloud",
        "epic",
        "sectra",
        "sectra-canada",
        "constellation",
        "harris",
        "harris-healthcare",
        "proximus",
        "recip-e",
        "medfar",
        "christie-innomed",
    }


def test_each_link_points_to_a_party(rows: list[Row]) -> None:
    check_references(rows)


def test_each_fact_and_link_names_its_document(folder: Path) -> None:
    for document in party_documents(folder / "parties"):
        assert isinstance(document.value, dict)
        sources = document.value["sources"]
        assert isinstance(sources, dict)
        for source in sources.values():
            assert isinstance(source, dict)
            assert str(source["url"]).startswith("http")
            assert "read_on" in source
        for row in read_declaration(document):
            for short, known in row.facts.items():
                if short not in ("name", "kind"):
                    assert known.evidence.locator, (document.file, row.id, short)


def test_nothing_from_memory_settles_an_owner(rows: list[Row]) -> None:
    for row in rows:
        if row.table == "ownership":
            grade = row.facts["control"].evidence.grade
            assert grade >= Grade.REPORTED or row.links["owned"] == "harris-healthcare", row.id


def test_owners_that_nobody_found_are_left_out(rows: list[Row]) -> None:
    owned = {row.links["owned"] for row in rows if row.table == "ownership"}
    assert not owned & {"medfar", "christie-innomed", "epic", "sectra"}


def test_no_affiliate_of_sectra_in_the_united_states_without_a_document(rows: list[Row]) -> None:
    owned = {row.links["owned"] for row in rows if row.table == "ownership" and row.links["owner"] == "sectra"}
    assert owned == {"sectra-canada"}


def test_places_have_names(reference: Reference, rows: list[Row]) -> None:
    for row in rows:
        for short in ("place", "incorporated_in"):
            if short in row.facts:
                value = row.facts[short].value
                assert isinstance(value, str)
                assert reference.places.knows(value), (row.id, value)


def test_documents_come_in_the_order_of_their_names(folder: Path) -> None:
    paths = party_paths(folder / "parties")
    assert list(paths) == sorted(paths)
    assert [document.file for document in party_documents(folder / "parties")] == [str(path) for path in paths]


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("parties: [", encoding="utf-8")
    with pytest.raises(InputError):
        party_documents(tmp_path)


def test_the_compiled_parties_are_those_that_ship(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = [read_declaration(document) for document in shipped_party_documents()]
    compiled = tmp_path / COMPILED
    compiled.write_text(json.dumps(plain_parties(), ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(bundle, "compiled", {COMPILED: compiled}.get)

    documents = shipped_party_documents()

    assert [(row.id, row.links, row.facts) for rows in written for row in rows] == [
        (row.id, row.links, row.facts) for document in documents for row in read_declaration(document)
    ]
    assert str(documents[0].place("parties", 0)) == "amazon.yaml:1:1"
