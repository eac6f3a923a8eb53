from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.errors import PolicyError
from sovercheck.inventory.places import COUNTRIES
from sovercheck.messages import Lang
from sovercheck.reference import Reference, UnknownPlaceError
from sovercheck.reference.places import load_places


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [
        ("CA", "fr", "Canada"),
        ("CA-QC", "fr", "Québec"),
        ("CA-ON", "en", "Ontario"),
        ("US", "fr", "États-Unis"),
        ("US-VA", "fr", "Virginie, É.-U."),
        ("US-VA", "en", "Virginia, U.S."),
        ("FR-IDF", "fr", "Île-de-France, France"),
        ("NO", "en", "Norway"),
        ("EU", "fr", "Union européenne"),
        ("JP-01", "fr", "JP-01, Japon"),
        ("QQ-1", "fr", "QQ-1"),
    ],
)
def test_a_place_is_named_as_people_say_it(reference: Reference, code: str, lang: Lang, name: str) -> None:
    assert reference.places.name(code, lang) == name


def test_canada_and_the_united_states_are_whole(reference: Reference) -> None:
    codes = reference.places.subdivisions
    assert sum(code.startswith("CA-") for code in codes) == 13
    assert sum(code.startswith("US-") for code in codes) == 51


def test_every_subdivision_that_a_region_uses_has_a_name(reference: Reference) -> None:
    for region in reference.regions.all:
        for place in region.places:
            assert reference.places.knows(place), (region.provider, region.id, place)


def test_groups_are_replaced_by_their_members(reference: Reference) -> None:
    expand = reference.places.expand
    assert expand(["five-eyes", "CA-QC"]) == {"AU", "CA", "CA-QC", "GB", "NZ", "US"}
    assert expand({"all": ["EEA"], "but": ["EU"]}) == {"IS", "LI", "NO"}
    assert len(expand(["EU"])) == 27


def test_an_unknown_code_names_the_nearest(reference: Reference) -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        reference.places.expand(["CA-QB"])
    assert caught.value.near is not None
    assert caught.value.near.startswith("CA-")


def test_a_group_of_unknown_members_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    path.write_text(
        """\
sources: []
countries:
  NO: {fr: Norvège, en: Norway}
subdivisions: {}
groups:
  G:
    name: {fr: G, en: G}
    members: [NO, ON]
    as_of: 2026-11-22
""",
        encoding="utf-8",
    )
    with pytest.raises(PolicyError) as caught:
        load_places(path)
    assert caught.value.params["code"] == "ON"
    assert caught.value.place is not None
    assert caught.value.place.line == 8


def test_a_subdivision_of_no_known_country_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    path.write_text(
        "sources: []\ncountries: {}\nsubdivisions:\n  CA-QC: {fr: Québec, en: Québec}\ngroups: {}\n", encoding="utf-8"
    )
    with pytest.raises(PolicyError) as caught:
        load_places(path)
    assert caught.value.code == "reference_unknown_place"
    assert caught.value.place is not None
    assert caught.value.place.line == 4


def test_the_countries_with_a_name_are_those_that_the_inventory_takes(reference: Reference) -> None:
    assert set(reference.places.countries) == COUNTRIES
