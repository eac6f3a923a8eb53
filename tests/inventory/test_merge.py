from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.inventory.evidence import CONTRADICTED, NO_ANSWER, Grade, gap_evidence, grade_of, pack
from sovercheck.inventory.facts import FACTS, Fact
from sovercheck.inventory.merge import Contradiction, Given, merge, settle

OBSERVED, DOCUMENTED, DECLARED = (pack(grade, 0) for grade in (Grade.OBSERVED, Grade.DOCUMENTED, Grade.DECLARED))
PLACE, SINCE, BYTES, KIND = (FACTS[f"copy.{short}"] for short in ("place", "since", "bytes", "kind"))
CLAUSES = FACTS["contract.clauses"]


def one(fact: Fact, *said: Given) -> tuple[Given, bool]:
    """What stands, and whether sources exclude each other."""
    settled, excluded = settle(fact, said)
    return settled, bool(excluded)


def test_the_stronger_evidence_decides_and_both_values_are_kept() -> None:
    rows = [{"id": "c", "place": "US", "place__ev": DECLARED}, {"id": "c", "place": "CA-QC", "place__ev": OBSERVED}]
    row, contradictions = merge("copy", rows)
    assert (row["place"], row["place__ev"]) == ("CA-QC", OBSERVED)
    assert contradictions == [Contradiction("copy", "c", "place", (("CA-QC", OBSERVED), ("US", DECLARED)))]


def test_at_equal_strength_the_value_is_unknown_and_both_are_kept() -> None:
    settled, excluded = settle(KIND, [Given("primary", None, DECLARED), Given("backup", None, DECLARED)])
    assert settled == Given(None, None, CONTRADICTED)
    assert excluded == (("backup", DECLARED), ("primary", DECLARED))


@pytest.mark.parametrize(
    ("fact", "one_", "other", "stands"),
    [
        (PLACE, Given("CA", None, DECLARED), Given("CA-QC", None, DECLARED), "CA-QC"),
        (SINCE, Given("2025", None, DECLARED), Given("2025-03-01", None, DECLARED), "2025-03-01"),
        (SINCE, Given("2025-03", None, OBSERVED), Given("2025-03-01", None, DECLARED), "2025-03"),
        (KIND, Given("backup", None, DECLARED), Given("backup", None, DOCUMENTED), "backup"),
    ],
)
def test_a_value_and_a_more_precise_one_are_no_contradiction(
    fact: Fact, one_: Given, other: Given, stands: str
) -> None:
    for both in ([one_, other], [other, one_]):
        settled, excluded = one(fact, *both)
        assert (settled.value, excluded) == (stands, False)


def test_intervals_that_overlap_leave_what_they_share() -> None:
    settled, excluded = one(BYTES, Given(10, 100, DECLARED), Given(50, None, DECLARED))
    assert (settled.value, settled.extra, excluded) == (50, 100, False)
    settled, excluded = one(BYTES, Given(10, 20, DECLARED), Given(50, 60, DECLARED))
    assert (settled.evidence, excluded) == (CONTRADICTED, True)


def test_of_lists_the_open_ones_add_and_the_closed_ones_must_have_all() -> None:
    right, notice = "right_to_verify", "prompt_notice"
    settled, excluded = one(CLAUSES, Given([right], True, DECLARED), Given([notice], True, DECLARED))
    assert (settled.value, settled.extra, excluded) == ([notice, right], True, False)
    settled, excluded = one(CLAUSES, Given([right], True, DECLARED), Given([notice, right], False, DECLARED))
    assert (settled.value, settled.extra, excluded) == ([notice, right], False, False)
    _, excluded = one(CLAUSES, Given([right, notice], True, DECLARED), Given([right], False, DECLARED))
    assert excluded


def test_known_to_be_none_excludes_a_value_but_not_an_empty_list() -> None:
    settled, excluded = one(KIND, Given(None, None, DECLARED), Given("backup", None, DECLARED))
    assert (settled.evidence, excluded) == (CONTRADICTED, True)
    settled, excluded = one(CLAUSES, Given(None, False, DECLARED), Given([], False, DECLARED))
    assert not excluded


def test_what_nobody_answered_takes_nothing_away() -> None:
    row, contradictions = merge(
        "copy", [{"id": "c", "place": None, "place__ev": 0}, {"id": "c", "kind": "log", "kind__ev": DECLARED}]
    )
    assert (row["place__ev"], row["kind"], contradictions) == (NO_ANSWER, "log", [])
    assert one(PLACE, Given(None, None, NO_ANSWER), Given(None, None, gap_evidence(3)))[0].evidence == gap_evidence(3)


def test_a_link_is_that_of_the_first_row_that_has_one() -> None:
    rows: list[dict[str, Any]] = [{"id": "c", "resource": "r"}, {"id": "c", "resource": "other", "provider": "p"}]
    row, _ = merge("copy", rows)
    assert (row["resource"], row["provider"]) == ("r", "p")


EVIDENCE = st.builds(pack, st.sampled_from(Grade), st.integers(0, 2))
ENDS = st.lists(st.integers(0, 9), min_size=2, max_size=2).map(sorted)
VALUES: dict[str, st.SearchStrategy[Given]] = {
    "copy.place": st.builds(Given, st.sampled_from([None, "CA", "CA-QC", "CA-ON", "US"]), st.none(), EVIDENCE),
    "copy.since": st.builds(
        Given, st.sampled_from([None, "2024", "2025", "2025-03", "2025-03-01", "2025-03-02"]), st.none(), EVIDENCE
    ),
    "copy.bytes": st.one_of(
        st.builds(lambda ends, ev: Given(ends[0], ends[1], ev), ENDS, EVIDENCE),
        st.builds(lambda low, ev: Given(low, None, ev), st.integers(0, 9), EVIDENCE),
    ),
    "outage.minutes": st.builds(lambda n, ev: Given(Decimal(n), Decimal(n), ev), st.integers(0, 2), EVIDENCE),
    "copy.kind": st.builds(Given, st.sampled_from([None, "primary", "backup"]), st.none(), EVIDENCE),
    "system.is_project": st.builds(Given, st.sampled_from([True, False, None]), st.none(), EVIDENCE),
    "contract.clauses": st.builds(
        Given,
        st.lists(st.sampled_from(["prompt_notice", "right_to_verify", "efvp_reflected"]), unique=True).map(sorted),
        st.booleans(),
        EVIDENCE,
    ),
}
NOTHING = st.sampled_from([Given(None, None, NO_ANSWER)])


@given(st.data())
def test_the_order_of_the_rows_does_not_matter(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(VALUES)))
    given_ = data.draw(st.lists(VALUES[name] | NOTHING, min_size=1, max_size=5))
    shuffled = data.draw(st.permutations(given_))
    assert settle(FACTS[name], given_) == settle(FACTS[name], shuffled)


@given(st.data())
def test_what_stands_is_of_the_strongest_grade_given(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(VALUES)))
    given_ = data.draw(st.lists(VALUES[name], min_size=1, max_size=5))
    settled, excluded = settle(FACTS[name], given_)
    strongest = max(grade_of(item.evidence) or 0 for item in given_)
    assert settled.evidence == CONTRADICTED or grade_of(settled.evidence) == strongest
    assert not (settled.evidence == CONTRADICTED and not excluded)


def test_of_two_that_say_the_same_the_evidence_named_does_not_depend_on_their_order() -> None:
    both = [Given("log", None, pack(Grade.DECLARED, number)) for number in (0, 1)]
    assert settle(KIND, both)[0] == settle(KIND, both[::-1])[0]
