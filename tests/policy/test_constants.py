from __future__ import annotations

from decimal import Decimal

import pytest

from sovercheck.errors import Place, PolicyError
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.constants import scalar, several
from sovercheck.reference import Reference


def at(*steps: int) -> Place:
    return Place("r", 1, steps[0] if steps else None)


def test_numbers_are_exact_and_bytes_whole() -> None:
    assert scalar(FACTS["contract.value"], 0.1, at) == Decimal("0.1")
    value = scalar(FACTS["copy.bytes"], 1024, at)
    assert (value, type(value)) == (1024, int)


@pytest.mark.parametrize("value", [None, "none", True, "12", [1], {"at_least": 1}])
def test_what_is_no_number_is_none(value: object) -> None:
    with pytest.raises(PolicyError):
        scalar(FACTS["contract.value"], value, at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "near"), [("UK", "GB"), ("QC", "CA-QC"), ("uk", "GB"), ("Ontario", "CA-ON"), ("CA-XX", None)]
)
def test_a_place_that_does_not_exist_has_a_nearest(code: str, near: str | None, reference: Reference) -> None:
    with pytest.raises(PolicyError) as caught:
        several(FACTS["copy.place"], ["CA-QC", code], at, reference.places)
    assert caught.value.place == Place("r", 1, 1)
    if near is not None:
        assert caught.value.params["near"] == near


def test_a_subdivision_that_the_reference_does_not_name_is_taken_elsewhere(reference: Reference) -> None:
    assert several(FACTS["copy.place"], ["NG-LA"], at, reference.places) == ("NG-LA",)


def test_contradictions_are_named_as_texts(reference: Reference) -> None:
    contradicted = FACTS["copy.contradicted"]
    assert several(contradicted, ["copy.place"], at, reference.places) == ("copy.place",)
