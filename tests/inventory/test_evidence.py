from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.inventory.evidence import (
    CONTRADICTED,
    GAPPED_BIT,
    GRADE_WORDS,
    NO_ANSWER,
    Grade,
    above,
    floor,
    gap_evidence,
    gap_of,
    grade_of,
    is_gapped,
    pack,
    provenance_of,
)

GRADES = st.sampled_from(Grade)
NUMBERS = st.integers(0, GAPPED_BIT - 1)


@given(GRADES, NUMBERS, st.booleans())
def test_what_is_packed_is_read_back(grade: Grade, number: int, gapped: bool) -> None:
    evidence = pack(grade, number) | (GAPPED_BIT if gapped else 0)
    assert 0 < evidence < 2**31, "a signed 32-bit integer holds it"
    assert (grade_of(evidence), provenance_of(evidence), is_gapped(evidence)) == (grade, number, gapped)
    assert gap_of(evidence) is None


@given(GRADES, NUMBERS, GRADES, st.booleans())
def test_a_least_grade_is_a_comparison_of_integers(grade: Grade, number: int, least: Grade, gapped: bool) -> None:
    evidence = pack(grade, number) | (GAPPED_BIT if gapped else 0)
    assert (evidence >= floor(least)) is (grade >= least)
    assert (evidence < above(least)) is (grade <= least)


@given(st.integers(0, 2**31 - 3))
def test_a_gap_is_named_by_its_number(number: int) -> None:
    evidence = gap_evidence(number)
    assert -(2**31) <= evidence < CONTRADICTED
    assert gap_of(evidence) == number
    assert grade_of(evidence) is None
    assert not is_gapped(evidence)


@pytest.mark.parametrize("evidence", [NO_ANSWER, CONTRADICTED])
def test_what_is_not_known_has_no_grade_and_no_gap(evidence: int) -> None:
    assert (grade_of(evidence), gap_of(evidence), is_gapped(evidence)) == (None, None, False)


def test_the_words_of_the_grades_from_the_strongest() -> None:
    assert GRADE_WORDS == ("observed", "documented", "declared", "reported", "inferred", "assumed")
    assert [Grade.of(word) for word in GRADE_WORDS] == sorted(Grade, reverse=True)
    with pytest.raises(KeyError):
        Grade.of("OBSERVED")
