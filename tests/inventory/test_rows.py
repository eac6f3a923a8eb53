from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Known, Row


def test_a_row_says_only_what_it_knows() -> None:
    row = Row("copy", "c")
    assert (row.links, row.facts, row.place) == ({}, {}, None)


def test_two_rows_share_no_facts() -> None:
    assert Row("copy", "a").facts is not Row("copy", "b").facts


def test_a_known_value_is_exact_and_a_known_list_closed_unless_said() -> None:
    known = Known(("CA-QC",), Evidence(Grade.DECLARED, "fournisseur"))
    assert (known.high, known.open) == (None, False)


def test_a_gap_takes_the_place_of_an_observation_unless_said() -> None:
    gap = Gap("compte", "refused", "copy")
    assert (gap.id, gap.facts, gap.grade) == (None, (), Grade.OBSERVED)


def test_what_was_read_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Row("copy", "c").id = "d"  # type: ignore[misc]
