from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.inventory.places import COUNTRIES, country, is_place, within


@pytest.mark.parametrize(
    ("place", "area", "inside"),
    [
        ("CA-QC", "CA-QC", True),
        ("CA-QC", "CA", True),
        ("CA", "CA-QC", None),
        ("CA-ON", "CA-QC", False),
        ("US", "CA-QC", False),
        ("US", "CA", False),
        ("CA", "CA", True),
    ],
)
def test_a_place_compares_by_containment(place: str, area: str, inside: bool | None) -> None:
    assert within(place, area) is inside


CODES = st.builds(
    lambda country, part: country + part, st.sampled_from(sorted(COUNTRIES)), st.sampled_from(["", "-QC", "-1", "-75"])
)


@given(CODES, CODES)
def test_two_places_contain_each_other_only_if_they_are_the_same(one: str, other: str) -> None:
    both = (within(one, other), within(other, one))
    assert (both == (True, True)) is (one == other)
    assert (both == (False, False)) is (one != other and not one.startswith(other) and not other.startswith(one))


@given(CODES)
def test_a_place_is_in_its_country(code: str) -> None:
    assert is_place(code)
    assert within(code, country(code)) is True


@pytest.mark.parametrize("text", ["", "ca", "CAN", "CA-", "CA-QUEB", "ZZ", "CA QC", "CA-qc", "CA-QC\n"])
def test_what_is_no_place(text: str) -> None:
    assert not is_place(text)
