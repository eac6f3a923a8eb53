from __future__ import annotations

import pytest

from sovercheck import strictyaml
from sovercheck.errors import InputError, SeveralErrors
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Row

GOOD = """
declaration: {by: Fournisseur inc., date: 2026-03-02, document: Annexe 4}
sources:
  req: {title: Registraire, publisher: Gouvernement du Québec, url: "https://example.org", read_on: 2026-03-01}
  lettre: {title: Lettre, reference: no 12, date: 2025, evidence: documented}
  presse: {title: Le Journal, date: 2023-03-14, evidence: reported}
parties:
  - {id: p, place: CA-QC, kind: {value: company, source: req}, incorporated_in: {value: CA, source: lettre}}
  - {id: q, place: {value: US, source: presse}}
leads:
  - {fr: à lire, en: to read}
"""


def read(text: str) -> list[Row]:
    return read_declaration(strictyaml.loads(text.encode(), "d.yaml"))


def test_the_header_is_the_evidence_of_what_says_nothing_else() -> None:
    rows = read(GOOD)
    assert rows[0].facts["place"].evidence == Evidence(Grade.DECLARED, "Fournisseur inc.", "2026-03-02", "Annexe 4")


def test_a_source_is_named_by_its_publisher_and_dated_by_its_reading() -> None:
    assert read(GOOD)[0].facts["kind"].evidence == Evidence(
        Grade.DECLARED, "Gouvernement du Québec, Registraire", "2026-03-01", "https://example.org"
    )


def test_a_source_may_have_its_own_grade() -> None:
    rows = read(GOOD)
    assert rows[0].facts["incorporated_in"].evidence == Evidence(Grade.DOCUMENTED, "Lettre", "2025", "no 12")
    assert rows[1].facts["place"].evidence == Evidence(Grade.REPORTED, "Le Journal", "2023-03-14")


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("- a", "1:1", "A declaration is a mapping: declaration, sources, then tables (parties, systems, …)."),
        ("parties: []", "1:1", "The declaration does not say who made it."),
        ("declaration: moi", "1:14", "“declaration” must be a mapping of “key: value”."),
        ("declaration: {date: 2026}", "1:14", "“declaration” must say “by”."),
        ("declaration: {by: moi, dat: 2026}", "1:24", "The key “dat” does not exist here."),
        ("declaration: {by: moi, zzzzz: 2026}", "1:24", "The key “zzzzz” does not exist here."),
        ("declaration: {by: moi, date: 2026-13-01}", "1:30", "The day “2026-13-01” does not exist."),
        ("declaration: {by: ~}", "1:19", "“by” is empty."),
        ("declaration: {by: 12}", "1:19", "“by” must be a text, not “12”."),
        ("declaration: {by: moi, evidence: observed}", "1:34", "Nothing that is declared is observed"),
        ("declaration: {by: moi, evidence: observe}", "1:34", "“observe” is not a grade of evidence."),
        ("declaration: {by: moi}\nsources: []", "2:10", "“sources” must be a mapping of “id: {title: …}”."),
        ("declaration: {by: moi}\nsources: {s: {url: x}}", "2:14", "“s” must say “title”."),
        ("declaration: {by: moi}\nsource: {}", "2:1", "No table is called “source”."),
    ],
)
def test_each_mistake_is_told_at_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert str(caught.value.place) == f"d.yaml:{where}"
    assert message in caught.value.message("en")
    assert caught.value.message("fr") != caught.value.message("en")
    assert (caught.value.hint("fr") is None) == (caught.value.hint("en") is None)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    with pytest.raises(SeveralErrors) as caught:
        read(
            "declaration: {by: moi, date: hier}\nsources: {s: {title: T, date: demain}}\nparties: [{id: p, place: QC}]"
        )
    assert [error.code for error in caught.value.errors] == ["record_date", "record_date", "record_place_near"]
