from __future__ import annotations

from collections.abc import Sequence

import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.observed import UNSEEN, Copy, paired
from sovercheck.inventory.rows import Known, Note, Row
from sovercheck.inventory.store import Inventory
from sovercheck.strictyaml import loads

SEEN = Evidence(Grade.OBSERVED, "compte 1234")
ARN = "arn:aws:rds:ca-central-1:1234:db:base"
DECLARED = f"""
declaration: {{by: Fournisseur inc., date: 2026-03-02}}
parties: [{{id: fournisseur}}]
systems: [{{id: dossier}}]
resources:
  - {{id: base, observed_as: "{ARN}", system: dossier, provider: fournisseur, name: Base, kind: database}}
copies:
  - {{id: base-1, resource: base, kind: primary, place: CA-QC}}
  - {{id: base-2, resource: base, kind: support, place: IN}}
involvements:
  - {{party: fournisseur, resource: base, role: hosts}}
components:
  - {{id: moteur, resource: base, product: PostgreSQL}}
"""


def copy(id_: str, kind: str, place: str | None = None, region: str | None = None) -> Row:
    facts = {"kind": kind, "place": place, "region": region}
    known = {short: Known(value, SEEN) for short, value in facts.items() if value is not None}
    return Row("copy", id_, {"resource": ARN}, known)


def declared(text: str = DECLARED) -> list[Row]:
    return read_declaration(loads(text.encode(), "dsn.yaml"))


def built(*observed: Row, said: Sequence[Row] | None = None, id_: str = ARN) -> Inventory:
    """The declaration first: the order of sources decides nothing."""
    builder = Builder()
    builder.add("dsn.yaml", declared() if said is None else said)
    if observed:
        builder.add("compte", [Row("resource", id_, {}, {"kind": Known("database", SEEN)}), *observed])
    return builder.finish()


def rows(inventory: Inventory, sql: str) -> list[tuple[object, ...]]:
    return inventory.connection.execute(sql).fetchall()


def contradicted(inventory: Inventory) -> list[tuple[str, str, str]]:
    return [(item.table, item.id, item.fact) for item in inventory.contradictions]


def test_a_declared_place_against_an_observed_one_is_a_contradiction_and_the_observed_stands() -> None:
    with built(copy("p", "primary", "CA-ON")) as inventory:
        assert contradicted(inventory) == [("copy", "p", "place")]
        values = inventory.contradictions[0].values
        assert [value for value, _ in values] == ["CA-ON", "CA-QC"]
        assert rows(inventory, "SELECT place FROM copy WHERE id = 'p'") == [("CA-ON",)]


def test_agreement_is_no_contradiction_and_a_copy_that_no_reading_saw_stays_declared() -> None:
    with built(copy("p", "primary", "CA-QC")) as inventory:
        assert contradicted(inventory) == []
        assert rows(inventory, "SELECT id, resource, kind, place FROM copy ORDER BY id") == [
            ("base-2", ARN, "support", "IN"),
            ("p", ARN, "primary", "CA-QC"),
        ]
        assert inventory.notes == []


def test_what_points_to_the_declared_resource_points_to_the_observed_one() -> None:
    with built(copy("p", "primary")) as inventory:
        assert rows(inventory, "SELECT id, name, kind, provider FROM resource") == [
            (ARN, "Base", "database", "fournisseur")
        ]
        assert rows(inventory, "SELECT id, resource, system FROM tie") == [(f"{ARN}|dossier", ARN, "dossier")]
        assert rows(inventory, "SELECT id, resource FROM involvement") == [(f"fournisseur|{ARN}|hosts", ARN)]
        assert rows(inventory, "SELECT id, resource FROM component") == [("moteur", ARN)]


def test_facts_of_the_resource_are_compared_too() -> None:
    said = declared(DECLARED.replace("kind: database", "kind: server"))
    with built(copy("p", "primary"), said=said) as inventory:
        assert contradicted(inventory) == [("resource", ARN, "kind")]


def test_where_no_reading_saw_it_the_declaration_stands_and_it_is_told() -> None:
    with built() as inventory:
        assert rows(inventory, "SELECT id FROM resource") == [("base",)]
        assert inventory.notes == [Note("dsn.yaml", UNSEEN, {"declared": "base", "observed": ARN})]


def test_azure_ids_are_compared_whatever_their_case() -> None:
    id_ = "/subscriptions/0b1f/resourceGroups/RG/providers/Microsoft.Sql/servers/a"
    said = declared(DECLARED.replace(ARN, id_.upper().replace("/SUBSCRIPTIONS", "/Subscriptions")))
    seen = Row("copy", "p", {"resource": id_}, {"kind": Known("primary", SEEN), "place": Known("CA-ON", SEEN)})
    with built(seen, said=said, id_=id_) as inventory:
        assert rows(inventory, "SELECT id FROM resource") == [(id_,)]
        assert contradicted(inventory) == [("copy", "p", "place")]


def test_a_copy_in_parts_is_matched_by_all_that_is_said_of_it() -> None:
    parts = (Row("copy", "p", {"resource": ARN}, {"kind": Known("primary", SEEN)}), copy("p", "primary", "CA-ON"))
    with built(*parts, copy("q", "backup", "CA-QC")) as inventory:
        assert contradicted(inventory) == [("copy", "p", "place")]


@pytest.mark.parametrize(
    ("said", "seen", "pairs"),
    [
        (["d - CA-QC"], ["o - CA-ON"], {"d": "o"}),
        (["d - -"], ["o - -"], {"d": "o"}),
        (["d - CA-QC"], [], {}),
        (["d - CA-QC"], ["o - CA-ON", "p - US"], {}),
        (["d - CA-QC"], ["o - CA-ON", "p - CA-QC"], {"d": "p"}),
        (["d - CA"], ["o - US", "p - CA-QC"], {"d": "p"}),
        (["d - CA-QC", "e - CA-ON"], ["o - CA-ON"], {"e": "o"}),
        (["d - CA-QC", "e - CA-ON"], ["o - CA-QC", "p - US"], {"d": "o", "e": "p"}),
        (["d eu-west-3 CA-QC"], ["o ca-central-1 CA-QC", "p eu-west-3 FR"], {"d": "p"}),
        (["d - -", "e - -"], ["o - -", "p - -"], {}),
        (["d - CA", "e - CA-QC"], ["o - CA-QC", "p - CA-ON"], {"e": "o", "d": "p"}),
    ],
    ids=str,
)
def test_copies_of_one_kind_are_matched_by_region_then_place_then_what_is_left(
    said: list[str], seen: list[str], pairs: dict[str, str]
) -> None:
    def copies(texts: list[str]) -> list[Copy]:
        return [Copy(*(None if word == "-" else word for word in text.split())) for text in texts]  # type: ignore[arg-type]

    assert paired(copies(said), copies(seen)) == pairs


@pytest.mark.parametrize("word", ["[a]", "null", "'a b'", "12"])
def test_what_cannot_be_an_id_is_refused_where_it_stands(word: str) -> None:
    with pytest.raises(InputError) as caught:
        declared(DECLARED.replace(f'"{ARN}"', word))
    assert str(caught.value.place) == "dsn.yaml:6:29"


def test_only_a_resource_is_observed_as_another() -> None:
    with pytest.raises(InputError) as caught:
        declared(DECLARED.replace("{id: base-1,", "{id: base-1, observed_as: x,"))
    assert caught.value.code.startswith("record_fact")
