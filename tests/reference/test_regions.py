from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import PolicyError
from sovercheck.reference import Reference
from sovercheck.reference.places import country_of
from sovercheck.reference.regions import load_regions

REPOSITORY = Path(__file__).resolve().parents[2]


def shared(name: str) -> Any:
    folder = Path(os.environ.get("SOVERCHECK_SHARED", REPOSITORY.parent / "shared"))
    path = folder / "data" / "regions" / name
    if not path.is_file():
        pytest.skip(f"the data set {name} is not on this machine; set SOVERCHECK_SHARED to the folder that has it")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("provider", "region", "place"),
    [
        ("aws", "ca-central-1", "CA-QC"),
        ("aws", "ca-west-1", "CA-AB"),
        ("azure", "canadaeast", "CA-QC"),
        ("azure", "canadacentral", "CA-ON"),
        ("google", "northamerica-northeast1", "CA-QC"),
        ("google", "northamerica-northeast2", "CA-ON"),
        ("oci", "ca-montreal-1", "CA-QC"),
        ("oci", "ca-toronto-1", "CA-ON"),
        ("ovhcloud", "BHS", "CA-QC"),
        ("ovhcloud", "ca-east-tor", "CA-ON"),
        ("ibm", "ca-mon", "CA-QC"),
        ("ibm", "ca-tor", "CA-ON"),
    ],
)
def test_the_regions_of_canada_are_known_to_the_province(
    reference: Reference, provider: str, region: str, place: str
) -> None:
    found = reference.regions.place(provider, region)
    assert found is not None
    assert found.place == place


@given(spelt=st.sampled_from(["Canada East", "canada east", "CANADAEAST", " canadaEast ", "Canada\u00a0East"]))
def test_case_and_spaces_do_not_matter(reference: Reference, spelt: str) -> None:
    found = reference.regions.place("Azure", spelt)
    assert found is not None
    assert found.id == "canadaeast"


def test_an_unknown_region_is_not_a_place(reference: Reference) -> None:
    assert reference.regions.place("aws", "ca-east-9") is None
    assert reference.regions.place("nobody", "ca-central-1") is None


def test_pairs_lead_from_quebec_to_ontario(reference: Reference) -> None:
    pair = reference.regions.place("azure", "Canada East")
    assert pair is not None
    assert pair.pair == "canadacentral"


@pytest.mark.parametrize("provider", ["aws", "azure", "google", "ibm"])
def test_global_is_located_nowhere(reference: Reference, provider: str) -> None:
    found = reference.regions.place(provider, "global")
    assert found is not None
    assert found.places == ()
    assert found.place is None


def test_a_region_over_several_places_has_the_place_that_holds_them(reference: Reference) -> None:
    nam4 = reference.regions.place("google", "NAM4")
    eur4 = reference.regions.place("google", "EUR4")
    assert nam4 is not None
    assert eur4 is not None
    assert (nam4.places, nam4.place) == (("US-IA", "US-SC"), "US")
    assert (eur4.places, eur4.place) == (("FI", "NL-GR"), None)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("US", "US"),
        ("us", "US"),
        ("nam5", "US"),
        ("nam3", "US"),
        ("ca", "CA"),
        ("EU", None),
        ("europe", None),
        ("ASIA", None),
        ("eur3", None),
        ("nam-eur-asia1", None),
        ("us-central", "US-IA"),
        ("europe-west", "BE-WHT"),
    ],
)
def test_what_plans_write_for_several_regions_of_google_has_the_place_that_holds_them(
    reference: Reference, name: str, place: str | None
) -> None:
    found = reference.regions.place("google", name)
    assert found is not None
    assert found.place == place


def test_separate_clouds_say_so(reference: Reference) -> None:
    partitions = {(region.provider, region.partition) for region in reference.regions.all if region.partition}
    assert partitions >= {
        ("aws", "aws-cn"),
        ("aws", "aws-us-gov"),
        ("aws", "aws-eusc"),
        ("azure", "azure-china"),
        ("azure", "azure-us-gov"),
    }


def test_each_region_says_how_its_place_is_known(reference: Reference) -> None:
    assert {region.grade for region in reference.regions.all} <= {"official", "republished", "secondary", "memory"}
    for provider in reference.regions.providers.values():
        assert provider.sources, provider.id


def test_an_entry_may_be_known_less_well_than_its_file(reference: Reference) -> None:
    montreal = reference.regions.place("google", "northamerica-northeast1")
    eur4 = reference.regions.place("google", "eur4")
    assert montreal is not None
    assert eur4 is not None
    assert (montreal.grade, eur4.grade) == ("secondary", "memory")


# Where the AWS parameters and this catalogue differ, and who is right.
AWS_DEPARTURES = {
    "ap-east-1": ("CN-HK", "HK", "ISO 3166-1 gives Hong Kong its own code; both codes name the same place"),
    "ap-south-2": ("IN-TG", "IN-TS", "Telangana's code is IN-TS in the ISO 3166-2 list read; IN-TG is the former one"),
    "eusc-de-east-1": ("DE-BE", "DE", "AWS announces Brandenburg and publishes Berlin: neither is settled here"),
}


def test_aws_regions_are_where_aws_says(reference: Reference) -> None:
    published = shared("aws-ssm-global-infrastructure.json")["aws"]["service"]["global-infrastructure"]["regions"]
    differing = {}
    for name, entry in published.items():
        theirs = entry["geolocationRegion"]
        theirs = theirs["Value"] if isinstance(theirs, dict) else theirs
        ours = reference.regions.place("aws", name)
        assert ours is not None, name
        if ours.place != theirs:
            differing[name] = (theirs, ours.place)
    assert differing == {name: (theirs, ours) for name, (theirs, ours, _) in AWS_DEPARTURES.items()}


PROVIDERS = {"aws": "aws", "azure": "azure", "gcp": "google", "oci": "oci", "ovh": "ovhcloud"}


def test_countries_agree_with_a_third_partys_list(reference: Reference) -> None:
    """267 regions of 14 providers; the five that are also here agree on every country."""
    listed = [entry for entry in shared("multi-provider.json")["regions"] if entry["provider"] in PROVIDERS]
    missing = []
    differing = []
    for entry in listed:
        found = reference.regions.place(PROVIDERS[entry["provider"]], entry["regionCode"])
        if found is None:
            missing.append(entry["id"])
        elif {country_of(place) for place in found.places} != {entry["location"]["countryCode"]}:
            differing.append((entry["id"], entry["location"]["countryCode"], found.places))
    assert missing == []
    assert differing == []


def write(folder: Path, entry: str) -> None:
    (folder / "xx.yaml").write_text(
        f"provider: xx\nname: X\ngrade: memory\nsources: []\nregions:\n  a: {entry}\n", encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{name: A, place: CA-QB}", "reference_unknown_place_near"),
        ("{name: A, place: CA-QC, places: [CA-ON]}", "reference_place_twice"),
        ("{name: A, place: CA-QC, pair: b}", "reference_pair"),
        ("{name: A, plac: CA-QC}", "reference_unknown_key_near"),
        ("{name: A, grade: sure}", "reference_unknown_word"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_line(
    reference: Reference, tmp_path: Path, entry: str, code: str
) -> None:
    write(tmp_path, entry)
    with pytest.raises(PolicyError) as caught:
        load_regions(tmp_path, reference.places)
    assert caught.value.code == code
    assert caught.value.place is not None
    assert caught.value.place.line == 6


def test_a_file_is_named_for_its_provider(reference: Reference, tmp_path: Path) -> None:
    write(tmp_path, "{name: A}")
    (tmp_path / "xx.yaml").rename(tmp_path / "yy.yaml")
    with pytest.raises(PolicyError) as caught:
        load_regions(tmp_path, reference.places)
    assert caught.value.code == "reference_id_is_file"
