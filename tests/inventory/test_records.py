from __future__ import annotations

from decimal import Decimal
from typing import cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sovercheck import strictyaml
from sovercheck.errors import InputError, Place, SeveralErrors, SovercheckError
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS, TABLES, Type
from sovercheck.inventory.records import check_references, read_tables
from sovercheck.inventory.rows import Known, Row

DECLARED = Evidence(Grade.DECLARED, "Fournisseur inc.", "2026-01-31")
OBSERVED = Evidence(Grade.OBSERVED, "test")
SOURCES = {
    "journal": Evidence(Grade.REPORTED, "Le Journal", "2023-03-14"),
    "registre": Evidence(Grade.DOCUMENTED, "REQ", "2026-01", "https://example.org/req"),
}


def read(text: str, base: Evidence = DECLARED) -> list[Row]:
    return read_tables(strictyaml.loads(text.encode(), "a.yaml"), base=base, sources=SOURCES)


def fact(text: str, base: Evidence = DECLARED) -> Known:
    """The only fact of the only row."""
    (row,) = read(text, base)
    (known,) = row.facts.values()
    return known


def refusal(text: str, base: Evidence = DECLARED) -> SovercheckError:
    with pytest.raises(InputError) as caught:
        read(text, base)
    assert caught.value.message("fr")
    assert caught.value.message("fr") != caught.value.message("en")
    return caught.value


def test_a_plain_fact_has_the_evidence_of_what_says_nothing_else() -> None:
    assert read("parties: [{id: p, place: CA-QC}]") == [
        Row("party", "p", {}, {"place": Known("CA-QC", DECLARED)}, Place("a.yaml", 1, 11))
    ]


def test_a_fact_may_say_its_own_evidence() -> None:
    known = fact(
        "parties: [{id: p, place: {value: CA-QC, evidence: inferred, source: journal, date: 2024, note: à relire}}]"
    )
    assert known.evidence == Evidence(Grade.INFERRED, "Le Journal", "2024", None, "à relire")


def test_the_evidence_of_a_row_counts_for_all_its_facts() -> None:
    (row,) = read("parties: [{id: p, source: registre, date: 2026-02, place: US, kind: company}]")
    assert {known.evidence for known in row.facts.values()} == {
        Evidence(Grade.DOCUMENTED, "REQ", "2026-02", "https://example.org/req")
    }


def test_a_fact_of_another_source_takes_no_date_or_document_of_its_row() -> None:
    (row,) = read(
        "parties: [{id: p, source: registre, date: 2026-02, document: no 4, place: {value: US, source: journal}}]"
    )
    assert row.facts["place"].evidence == SOURCES["journal"]


def test_the_date_of_an_efvp_is_a_fact_and_not_its_evidence() -> None:
    (row,) = read("efvps: [{system: s, date: 2024-05-01, evidence: declared}]")
    assert row.facts["date"] == Known("2024-05-01", DECLARED)


@pytest.mark.parametrize(
    ("written", "value", "is_open"),
    [
        ("[US, CA]", ("CA", "US"), False),
        ("{value: [US], open: true}", ("US",), True),
        ("{members: [US], open: true}", ("US",), True),
        ("{members: [US]}", ("US",), False),
        ("[]", (), False),
        ("none", (), False),
    ],
)
def test_lists_are_closed_unless_they_say_open(written: str, value: tuple[str, ...], is_open: bool) -> None:
    known = fact(f"parties: [{{id: p, present_in: {written}}}]")
    assert (known.value, known.open) == (value, is_open)


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("12", Decimal(12), Decimal(12)),
        ("98.17", Decimal("98.17"), Decimal("98.17")),
        ("{value: 12, evidence: reported}", Decimal(12), Decimal(12)),
        ("{at_least: 405000000, at_most: 408000000}", Decimal(405000000), Decimal(408000000)),
        ("{value: {at_least: 1, at_most: 2}, source: journal}", Decimal(1), Decimal(2)),
        ("{at_least: 1, source: journal}", Decimal(1), None),
        ("{at_most: 3}", Decimal(0), Decimal(3)),
        ("0.33333", Decimal("0.3333"), Decimal("0.3334")),
        ("none", None, None),
    ],
)
def test_numbers_are_exact_or_intervals(written: str, low: Decimal | None, high: Decimal | None) -> None:
    known = fact(f"contracts: [{{id: c, value: {written}}}]")
    assert (known.value, known.high) == (low, high)


@given(st.decimals(min_value=0, max_value=Decimal(10) ** 13, places=4, allow_nan=False))
def test_a_number_means_what_it_shows(number: Decimal) -> None:
    # Fifteen digits are what a float of YAML keeps.
    written = f"{float(number)!r}"
    known = fact(f"contracts: [{{id: c, value: {written}}}]")
    assert Decimal(str(known.value)) <= Decimal(written) <= Decimal(str(known.high))
    assert Decimal(str(known.high)) - Decimal(str(known.value)) <= Decimal("0.0001")


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_bytes_are_whole_and_exact(number: int) -> None:
    known = fact(f"resources: [{{id: r, bytes: {number}}}]")
    assert (known.value, known.high) == (number, number)


@pytest.mark.parametrize("kind", [Type.TEXT, Type.WORD, Type.BOOLEAN, Type.PLACE, Type.DATE, Type.NUMBER, Type.BYTES])
def test_none_is_known(kind: Type) -> None:
    chosen = next(f for f in FACTS.values() if f.type is kind and not f.derived)
    table = TABLES[chosen.table]
    row = {"id": "x", chosen.short: "none", **dict.fromkeys(table.required_links, "y")}
    known = fact(yaml.safe_dump({table.plural: [row]}))
    assert (known.value, known.high, known.evidence) == (None, None, DECLARED)


def test_a_resource_of_systems_makes_ties() -> None:
    rows = read("resources: [{id: r, system: a}, {id: t, systems: [a, b, a]}]")
    assert [(row.table, row.id, dict(row.links)) for row in rows] == [
        ("resource", "r", {}),
        ("tie", "r|a", {"resource": "r", "system": "a"}),
        ("resource", "t", {}),
        ("tie", "t|a", {"resource": "t", "system": "a"}),
        ("tie", "t|b", {"resource": "t", "system": "b"}),
    ]


def test_links_are_named_by_their_ends_then_numbered() -> None:
    rows = read(
        "involvements: [{party: p, system: s, role: hosts}, {party: p, system: s, role: supports}, "
        "{party: p, resource: r}]\n"
        "outages: [{system: s, minutes: 3}, {system: s, minutes: 4}, {system: s, started: 2020-01-24}]\n"
        "ownership: [{owner: a, owned: b}, {id: mine, owner: a, owned: b}]\n"
    )
    assert [row.id for row in rows] == [
        "p|s|hosts", "p|s|supports", "p|r", "s", "s#2", "s|2020-01-24", "a|b", "mine",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "\u202e\u0007"])
def test_text_from_outside_stays_as_it_is(text: str) -> None:
    assert fact(yaml.safe_dump({"parties": [{"id": "p", "name": text}]})).value == text


MISTAKES = [
    ("partys: []", "1:1", "No table is called “partys”.", "Did you mean “parties”?"),
    ("zzz: []", "1:1", "No table is called “zzz”.", "Possible keys: parties"),
    ("parties: {id: p}", "1:10", "“parties” must be a list, one entry a dash.", None),
    ("parties: [p]", "1:11", "Each entry of “parties” must be a mapping of “key: value”.", None),
    ("[]", "1:1", "Tables are expected here", None),
    (
        "parties:\n  - id: p\n    plase: US",
        "3:5",
        "An entry of “parties” has no fact named “plase”.",
        "Did you mean “place”?",
    ),
    (
        "systems: [{id: s, places: [US]}]",
        "1:19",
        "“system.places” is computed from other facts; it cannot be declared.",
        "Declare the facts that it follows from",
    ),
    (
        "parties: [{id: p, place: null}]",
        "1:26",
        "“party.place” is empty.",
        "Leave the line out if the value is unknown; write “none” if it is known that there is none.",
    ),
    ("parties: [{id: p, present_in: [US, ~]}]", "1:36", "“party.present_in” is empty.", "Leave the line out"),
    ("parties: [{id: p, name: ''}]", "1:25", "“party.name” is an empty text.", "Leave the line out"),
    ("parties: [{id: p, name: 7}]", "1:25", "“party.name” must be a text, not “7”.", "Put the value between"),
    (
        "parties: [{id: p, owners_complete: oui}]",
        "1:36",
        "“party.owners_complete” must be true or false, not “oui”.",
        None,
    ),
    ("parties: [{id: p, present_in: US}]", "1:31", "“party.present_in” must be a list, not “US”.", "[US]"),
    ("contracts: [{id: c, value: 1 000}]", "1:28", "“contract.value” must be a number, not “1 000”.", "1234.5"),
    ("contracts: [{id: c, value: -1}]", "1:28", "at least 0 and less than 10^14, not -1.", None),
    ("contracts: [{id: c, value: 1e400}]", "1:28", "not Infinity.", None),
    ("ownership: [{owner: a, owned: b, percent: 101}]", "1:43", "is a percentage, from 0 to 100, not 101.", None),
    ("resources: [{id: r, bytes: 1.5}]", "1:28", "must be a whole number of bytes", None),
    ("resources: [{id: r, bytes: 9223372036854775808}]", "1:28", "must be a whole number of bytes", None),
    ("contracts: [{id: c, value: {at_least: 2, at_most: 1}}]", "1:28", "begins at 2 and ends at 1.", None),
    ("contracts: [{id: c, value: {value: {least: 2}}}]", "1:44", "has at_least and at_most, not “least”.", None),
    ("contracts: [{id: c, value: {at_lest: 2}}]", "1:29", "“at_lest” cannot stand in", "Did you mean “at_least”?"),
    ("contracts: [{id: c, value: {source: journal}}]", "1:28", "but not its value.", "Add “value”."),
    ("parties: [{id: p, present_in: {value: [], members: []}}]", "1:31", "says its value in two ways.", "Keep one"),
    ("parties: [{id: p, place: {value: US, open: true}}]", "1:38", "“open” cannot stand in", "Possible keys"),
    (
        "parties: [{id: p, kind: compagny}]",
        "1:25",
        "“compagny” is not a word that “party.kind” takes.",
        "Did you mean “company”?",
    ),
    (
        "parties: [{id: p, kind: zzz}]",
        "1:25",
        "“zzz” is not a word that “party.kind” takes.",
        "Possible words: company, public_body, non_profit, person.",
    ),
    ("parties: [{id: p, place: QC}]", "1:26", "“QC” is not a place.", "Did you mean “CA-QC”?"),
    ("parties: [{id: p, place: ca-qc}]", "1:26", "“ca-qc” is not a place.", "Did you mean “CA-QC”?"),
    ("parties: [{id: p, present_in: [US, UK]}]", "1:36", "“UK” is not a place.", "Did you mean “GB”?"),
    ("parties: [{id: p, place: Québec}]", "1:26", "“Québec” is not a place: neither a country", "Write for instance"),
    ("contracts: [{id: c, concluded: 2024-02-30}]", "1:32", "The day “2024-02-30” does not exist.", None),
    ("contracts: [{id: c, concluded: 14/03/2024}]", "1:32", "“14/03/2024” is not a date of the form", "2024-03"),
    ("contracts: [{id: c, concluded: 12}]", "1:32", "“12” is not a date of the form", "2024-03"),
    ("parties: [{id: p, place: US, date: hier}]", "1:36", "“hier” is not a date of the form", "2024-03"),
    ("parties: [{place: US}]", "1:11", "An entry of “parties” must have an “id”.", None),
    ("parties: [{id: 12}]", "1:16", "“id” must be a text, not “12”.", 'Put it between straight quotes: "12".'),
    ("parties: [{id: Santé Québec}]", "1:16", "“Santé Québec” cannot be an id (id).", "letters without accents"),
    ("parties: [{id: =cmd}]", "1:16", "“=cmd” cannot be an id (id).", "it begins with"),
    ("parties: [{id: p}, {id: p}]", "1:25", "The id “p” already stands on line 1.", None),
    ("copies: [{id: c}]", "1:10", "An entry of “copies” must say “resource”.", None),
    ("copies: [{id: c, resource: ~}]", "1:28", "“resource” is empty.", "Leave the line out"),
    ("involvements: [{party: p}]", "1:16", "must say “system” or “resource”.", None),
    ("resources: [{id: r, systems: a}]", "1:30", "“systems” must be a list of system ids.", "write “system: id”"),
    (
        "parties: [{id: p, place: {value: US, evidence: reportd}}]",
        "1:48",
        "“reportd” is not a grade of evidence.",
        "Did you mean “reported”?",
    ),
    ("parties: [{id: p, place: US, evidence: zzz}]", "1:40", "“zzz” is not a grade", "observed, documented, declared"),
    ("parties: [{id: p, place: US, evidence: observed}]", "1:40", "Nothing that is declared is observed", "Write"),
    (
        "parties: [{id: p, place: {value: US, evidence: documented}}]",
        "1:26",
        "“party.place” is said to be documented, without the reference of a document.",
        "Add “document”",
    ),
    (
        "parties: [{id: p, place: US, source: journale}]",
        "1:38",
        "No source is called “journale”.",
        "Did you mean “journal”?",
    ),
    ("parties: [{id: p, place: US, source: zzz}]", "1:38", "No source is called “zzz”.", "Describe it under"),
]


@pytest.mark.parametrize(("text", "where", "message", "hint"), MISTAKES)
def test_each_mistake_is_told_at_its_place(text: str, where: str, message: str, hint: str | None) -> None:
    error = refusal(text)
    assert str(error.place) == f"a.yaml:{where}"
    assert message in error.message("en")
    if hint is None:
        assert error.hint("en") is None
    else:
        assert hint in (error.hint("en") or "")
        assert error.hint("fr")


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SeveralErrors) as caught:
        read("parties:\n  - {id: p, place: QC, kind: zzz}\n  - {id: q, plase: US}\n")
    assert [str(error.place) for error in caught.value.errors] == ["a.yaml:2:20", "a.yaml:2:30", "a.yaml:3:13"]


@pytest.mark.parametrize(
    "fields",
    ["evidence: documented, document: REQ 123", "evidence: documented, source: registre", "source: registre"],
)
def test_documented_names_its_document(fields: str) -> None:
    assert fact(f"parties: [{{id: p, place: US, {fields}}}]").evidence.grade is Grade.DOCUMENTED


def test_a_name_without_a_document_is_declared() -> None:
    known = fact("parties: [{id: p, name: P}]", Evidence(Grade.DOCUMENTED, "nous"))
    assert known.evidence.grade is Grade.DECLARED


def test_the_inventory_of_a_test_may_claim_anything() -> None:
    (row,) = read("parties: [{id: p, place: US, kind: {value: company, evidence: documented}}]", OBSERVED)
    assert [known.evidence.grade for known in row.facts.values()] == [Grade.OBSERVED, Grade.DOCUMENTED]


def test_tables_may_stand_inside_a_document() -> None:
    document = strictyaml.loads(b"tests:\n  - given:\n      parties: [{id: p, place: QC}]", "rule.yaml")
    with pytest.raises(InputError) as caught:
        read_tables(document, base=OBSERVED, sources={}, path=("tests", 0, "given"))
    assert str(caught.value.place) == "rule.yaml:3:32"


def test_keys_that_the_caller_reads_are_left_to_it() -> None:
    document = strictyaml.loads(b"declaration: {}\nparties: []", "a.yaml")
    assert read_tables(document, base=OBSERVED, sources={}, besides=("declaration",)) == []


def test_a_link_to_nothing_is_told_with_the_nearest_subject() -> None:
    rows = read("systems: [{id: dossier}]\ninvolvements: [{party: epic, system: dosier}]")
    with pytest.raises(SovercheckError) as caught:
        check_references(rows, parties={"epic"})
    error = caught.value
    assert str(error.place) == "a.yaml:2:16"
    assert error.message("en") == "“system” names “dosier”, which nothing describes."
    assert error.hint("fr") == "Vouliez-vous dire «\u00a0dossier\u00a0»?"


def test_shipped_parties_exist_and_others_do_not() -> None:
    rows = read("systems: [{id: s}]\ninvolvements: [{party: epic, system: s}]")
    check_references(rows, parties={"epic"})
    with pytest.raises(InputError) as caught:
        check_references(rows)
    assert caught.value.message("fr") == "«\u00a0party\u00a0» désigne «\u00a0epic\u00a0», que rien ne décrit."


def test_every_table_can_be_written() -> None:
    for table in TABLES.values():
        row: dict[str, str] = {"id": "x"} | {link: f"{link}-1" for link in table.links}
        (read_row,) = read(yaml.safe_dump({table.plural: [row]}))
        assert (read_row.table, dict(read_row.links)) == (table.name, {link: f"{link}-1" for link in table.links})


def test_a_list_is_a_set() -> None:
    one, other = (fact(f"parties: [{{id: p, present_in: {text}}}]").value for text in ("[US, CA]", "[CA, US, CA]"))
    assert one == other == ("CA", "US")
    assert cast(tuple[str, ...], one)[0] == "CA"
