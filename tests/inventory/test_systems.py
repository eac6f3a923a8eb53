from __future__ import annotations

import pytest

from sovercheck.errors import InputError, SeveralErrors
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.systems import Systems, read_systems
from sovercheck.inventory.ties import Matcher
from sovercheck.messages import LANGS
from sovercheck.strictyaml import loads

FILE = """\
systems:
  - id: dossier
    name: Dossier
    data_class: health
    holds_personal_information: {value: true, evidence: documented, document: EFVP 12}
    resources:
      - {tag: "systeme=dossier"}
      - {subscription: "0b1f", group: rg-dossier, name: "dsn-*"}
      - {account: "012345678901", kind: database}
  - {id: imagerie, data_class: sensitive}
"""


def read(text: str) -> Systems:
    return read_systems(loads(text.encode(), "systemes.yaml"), "Établissement exemple")


def test_systems_are_as_in_a_declaration_and_tie_what_their_matchers_match() -> None:
    found = read(FILE)
    assert [(row.table, row.id) for row in found.rows] == [("system", "dossier"), ("system", "imagerie")]
    facts = found.rows[0].facts
    assert facts["data_class"].value == "health"
    assert facts["data_class"].evidence == Evidence(Grade.DECLARED, "Établissement exemple", locator="systemes.yaml")
    assert facts["holds_personal_information"].evidence.grade is Grade.DOCUMENTED
    assert "resources" not in facts
    assert found.matchers == (
        Matcher("dossier", (("tag", "systeme=dossier"),)),
        Matcher("dossier", (("account", "0b1f"), ("group", "rg-dossier"), ("name", "dsn-*"))),
        Matcher("dossier", (("account", "012345678901"), ("kind", "database"))),
    )


def test_the_file_may_say_who_declares_and_from_which_sources() -> None:
    found = read(
        "declaration: {by: Direction des ressources, date: 2026-02-01}\n"
        "sources: {registre: {title: Registre, reference: R-1, evidence: documented}}\n"
        "systems: [{id: a, name: {value: A, source: registre}, status: in_service}]\n"
    )
    assert found.rows[0].facts["status"].evidence == Evidence(Grade.DECLARED, "Direction des ressources", "2026-02-01")
    assert found.rows[0].facts["name"].evidence.source == "Registre"


def inside(matcher: str) -> str:
    return f"systems:\n  - id: a\n    resources:\n      - {matcher}\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("- a\n", "systems_form", "systemes.yaml:1:1"),
        ("systems: {a: b}\n", "systems_form", "systemes.yaml:1:10"),
        ("", "systems_form", "systemes.yaml:1:1"),
        ("systems: []\nsystem: []\n", "declaration_key_near", "systemes.yaml:2:1"),
        ("systems: []\ncopies: []\n", "declaration_key", "systemes.yaml:2:1"),
        ("systems:\n  - {id: a, data_clas: health}\n", "record_fact_near", "systemes.yaml:2:13"),
        ("systems:\n  - {id: a, ressources: []}\n", "record_fact_near", "systemes.yaml:2:13"),
        ("systems:\n  - {id: a, resources: {tag: x}}\n", "systems_resources", "systemes.yaml:2:24"),
        (inside("tag"), "systems_matcher", "systemes.yaml:4:9"),
        (inside("{}"), "systems_matcher", "systemes.yaml:4:9"),
        (inside("{tags: x}"), "declaration_key_near", "systemes.yaml:4:10"),
        (inside("{region: x}"), "declaration_key", "systemes.yaml:4:10"),
        (inside("{account: 111122223333}"), "record_id_quotes", "systemes.yaml:4:19"),
        (inside("{tag: [a, b]}"), "systems_pattern", "systemes.yaml:4:15"),
        (inside('{tag: "="}'), "systems_pattern", "systemes.yaml:4:15"),
        (inside('{account: "1", subscription: "2"}'), "systems_account_twice", "systemes.yaml:4:24"),
        ("systems: [{id: a}, {id: a}]\n", "record_duplicate_id", "systemes.yaml:1:25"),
        ("declaration: {date: 2026}\nsystems: []\n", "declaration_missing", "systemes.yaml:1:14"),
    ],
)
def test_a_mistake_is_told_at_its_place_in_both_languages(text: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as raised:
        read(text)
    assert (raised.value.code, str(raised.value.place)) == (code, place)
    for lang in LANGS:
        assert raised.value.message(lang)
        raised.value.hint(lang)


def test_a_misspelt_condition_names_the_nearest() -> None:
    with pytest.raises(InputError, match="subscriptoin") as raised:
        read(inside("{subscriptoin: x}"))
    assert raised.value.hint("fr") is not None
    assert "subscription" in str(raised.value.hint("fr"))


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SeveralErrors) as raised:
        read("systems:\n  - {id: a, statu: planned, resources: [{nom: x}, {tag: 3}]}\nautre: 1\n")
    assert len(raised.value.errors) == 4
