from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import PolicyError, SeveralErrors
from sovercheck.reference import Level, Reference
from sovercheck.reference.laws import load_laws, load_statutes

LAW = """\
id: xx-law
name: {fr: Loi, en: Law}
citation: {fr: art. 1, en: s. 1}
places: {all: [EU], but: [DK]}
status: in_force
in_force: {from: 2020-01-01}
reaches:
  access: {hosting: exposed}
  nexus: {incorporated: exposed}
what: {fr: Oblige., en: Compels.}
url: https://example.org/
text: {version: 2024-01-01, read_on: 2026-11-22, grade: republished}
"""


def refused(reference: Reference, folder: Path, text: str, name: str = "xx-law") -> PolicyError:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_laws(folder, reference.places)
    return caught.value


def test_every_law_the_project_needs_is_there(reference: Reference) -> None:
    assert set(reference.laws) >= {
        "us-cloud-act",
        "us-fisa-702",
        "us-nsl",
        "ca-criminal-code-487",
        "ca-c22",
        "eu-e-evidence",
        "gb-ipa-2016",
        "gb-copo-2019",
        "fr-csi-l871",
        "be-cic-46bis-88bis",
        "au-telecommunications-1997",
        "cn-intelligence-law",
        "cn-data-security-law",
        "in-it-act-69",
        "ch-lscpt",
    }


def test_a_law_is_in_force_from_its_first_to_its_last_day(reference: Reference) -> None:
    fisa = reference.laws["us-fisa-702"]
    assert fisa.in_force_on(date(2026, 6, 12))
    assert not fisa.in_force_on(date(2026, 6, 13))
    cloud_act = reference.laws["us-cloud-act"]
    assert not cloud_act.in_force_on(date(2018, 3, 22))
    assert cloud_act.in_force_on(date(2018, 3, 23))


@given(day=st.dates())
def test_a_bill_is_in_force_on_no_day(reference: Reference, day: date) -> None:
    assert not reference.laws["ca-c22"].in_force_on(day)


def test_a_union_less_a_member_is_expanded(reference: Reference) -> None:
    places = reference.laws["eu-e-evidence"].places
    assert "DK" not in places
    assert {"BE", "FR", "SE"} < places
    assert len(places) == 26


def test_an_access_that_a_law_does_not_list_gives_none(reference: Reference) -> None:
    law = reference.laws["us-cloud-act"]
    assert law.access_level("hosting") is Level.EXPOSED
    assert law.access_level("administration") is Level.POSSIBLE
    assert law.access_level("licence") is Level.NONE_KNOWN
    assert law.nexus_level("present") is Level.POSSIBLE


@pytest.mark.parametrize("law", ["us-nsl", "be-cic-46bis-88bis"])
def test_a_power_over_metadata_gives_no_more_than_possible(reference: Reference, law: str) -> None:
    assert max(reference.laws[law].access.values()) is Level.POSSIBLE
    assert not reference.laws[law].key_grades


def test_what_is_known_from_memory_names_no_wording(reference: Reference) -> None:
    for law in reference.laws.values():
        if law.text_grade == "memory":
            assert law.text_version is None, law.id
            assert law.note is not None, law.id


def test_no_access_and_licence_expose_nothing(reference: Reference) -> None:
    for law in reference.laws.values():
        assert law.access_level("no_access") is Level.NONE_KNOWN, law.id
        assert law.access_level("licence") is Level.NONE_KNOWN, law.id


def test_a_misspelt_word_is_refused_at_its_place_with_the_nearest(reference: Reference, tmp_path: Path) -> None:
    error = refused(reference, tmp_path, LAW.replace("hosting: exposed", "hosting: exposd"))
    assert error.code == "reference_unknown_word_near"
    assert error.params["near"] == "exposed"
    assert error.place is not None
    assert (error.place.line, error.place.column) == (8, 21)


def test_a_misspelt_access_is_refused_at_its_key(reference: Reference, tmp_path: Path) -> None:
    error = refused(reference, tmp_path, LAW.replace("hosting:", "hostng:"))
    assert error.params["near"] == "hosting"
    assert error.place is not None
    assert (error.place.line, error.place.column) == (8, 12)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "column"),
    [("statut", "status", 5, 1), ("reachs", "reaches", 7, 1), ("citatio", "citation", 3, 1)],
)
def test_a_misspelt_key_is_refused_with_the_nearest(
    reference: Reference, tmp_path: Path, wrong: str, right: str, line: int, column: int
) -> None:
    (tmp_path / "xx-law.yaml").write_text(LAW.replace(f"{right}:", f"{wrong}:", 1), encoding="utf-8")
    with pytest.raises(SeveralErrors) as caught:
        load_laws(tmp_path, reference.places)
    by_code = {error.code: error for error in caught.value.errors}
    unknown = by_code["reference_unknown_key_near"]
    assert unknown.params == {"word": wrong, "near": right}
    assert unknown.place is not None
    assert (unknown.place.line, unknown.place.column) == (line, column)
    assert by_code["reference_missing_key"].params["key"] == right


def test_a_key_inside_a_mapping_is_compared_with_that_mapping(reference: Reference, tmp_path: Path) -> None:
    error = refused(reference, tmp_path, LAW.replace("grade: republished}", "grade: republished, red_on: 2026-01-01}"))
    assert error.params == {"word": "red_on", "near": "read_on"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("2020-01-01", "2020-13-01"), "reference_day"),
        (("2020-01-01", "2020"), "reference_day"),
        (("{from: 2020-01-01}", "{from: 2020-01-01, to: 2019-01-01}"), "reference_period"),
        (("status: in_force", "status: bill"), "reference_in_force_status"),
        (("status: in_force", "status: lapsed"), "reference_in_force_status"),
        (("in_force: {from: 2020-01-01}\n", ""), "reference_in_force_status"),
        (("read_on: 2026-11-22, ", ""), "reference_unread"),
        (("[EU]", "[EUX]"), "reference_unknown_place_near"),
        (("[DK]", "[QQQQ]"), "reference_unknown_place"),
        (("https://example.org/", "example.org"), "reference_wrong_form"),
        (("id: xx-law", "id: yy-law"), "reference_id_is_file"),
        (("fr: Loi, ", "fr: Loi, fr: Loi, "), "yaml_duplicate_key"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(
    reference: Reference, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    error = refused(reference, tmp_path, LAW.replace(*change))
    assert error.code == code
    assert error.place is not None
    assert error.place.line is not None
    for lang in ("fr", "en"):
        assert error.message(lang)


def test_an_unknown_place_is_shown_where_it_stands(reference: Reference, tmp_path: Path) -> None:
    error = refused(reference, tmp_path, LAW.replace("{all: [EU], but: [DK]}", "{all: [EU], but: [SE, DKK]}"))
    assert error.params["code"] == "DKK"
    assert error.place is not None
    assert (error.place.line, error.place.column) == (4, 31)


@pytest.mark.parametrize("places", ["US", "{al: [EU]}", "3"])
def test_a_wrong_form_of_places_is_reported_there(reference: Reference, tmp_path: Path, places: str) -> None:
    (tmp_path / "xx-law.yaml").write_text(LAW.replace("{all: [EU], but: [DK]}", places), encoding="utf-8")
    with pytest.raises((PolicyError, SeveralErrors)) as caught:
        load_laws(tmp_path, reference.places)
    errors = caught.value.errors if isinstance(caught.value, SeveralErrors) else (caught.value,)
    assert all(error.place is not None and error.place.line == 4 for error in errors)
    assert len({error.code for error in errors}) == len(errors)


def test_a_statute_knows_when_it_does_not_know(reference: Reference) -> None:
    statutes = reference.statutes
    assert statutes["qc-a-2-1-70-1"].in_force_on(date(2023, 9, 22)) is True
    assert statutes["qc-a-2-1-70-1"].in_force_on(date(2023, 9, 21)) is False
    assert statutes["qc-r-22-1-73"].in_force_on(date(2026, 11, 23)) is False
    assert statutes["qc-c-65-1-21-17"].in_force_on(date(2026, 11, 23)) is None


def test_article_36_blocks_and_article_35_compels(reference: Reference) -> None:
    assert "36" in reference.blocking["cn-data-security-law-36"].citation["fr"]
    assert "35" in reference.laws["cn-data-security-law"].citation["fr"]
    assert set(reference.blocking) >= {"fr-loi-68-678", "ch-cp-271"}


def test_a_statute_that_stands_twice_is_refused(reference: Reference, folder: Path, tmp_path: Path) -> None:
    entry = """\
  - id: xx-1
    title: {fr: Loi, en: Law}
    citation: {fr: art. 1, en: s. 1}
    place: CA-QC
    url: https://example.org/
    status: in_force
    text: {grade: memory}
"""
    path = tmp_path / "statutes.yaml"
    path.write_text(f"statutes:\n{entry}{entry}", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_statutes(path, reference.places)
    assert caught.value.code == "reference_twice"
    assert caught.value.place is not None
    assert caught.value.place.line == 9
