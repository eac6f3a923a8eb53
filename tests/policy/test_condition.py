from __future__ import annotations

from collections.abc import Callable
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.inventory.facts import FACTS
from sovercheck.policy.condition import (
    All,
    AnyOf,
    Before,
    Compare,
    Condition,
    DateSide,
    FactSide,
    Leaf,
    Not,
    facts_of,
    leaves,
    negation_normal_form,
    operators,
)

PLACE = Compare(FACTS["copy.place"], "in", ("CA-QC",))
KIND = Compare(FACTS["copy.kind"], "equals", "replica")
OLD = Before(FactSide(FACTS["copy.since"]), DateSide("2023-09-22"))

CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from([PLACE, KIND, OLD]),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda items: All(tuple(items)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda items: AnyOf(tuple(items)), st.lists(inner, min_size=1, max_size=3)),
    ),
)


def kleene(condition: Condition, value: Callable[[Leaf], int]) -> int:
    """Two for true, one for unknown, zero for false."""
    match condition:
        case All(items):
            return min(kleene(item, value) for item in items)
        case AnyOf(items):
            return max(kleene(item, value) for item in items)
        case Not(item):
            return 2 - kleene(item, value)
        case _:
            return value(condition)


def not_above_leaves(condition: Condition) -> bool:
    match condition:
        case All(items) | AnyOf(items):
            return all(not_above_leaves(item) for item in items)
        case Not(item):
            return not isinstance(item, (All, AnyOf, Not))
        case _:
            return True


@given(CONDITIONS)
def test_the_negation_normal_form_says_the_same_and_has_negations_on_leaves_only(condition: Condition) -> None:
    normal = negation_normal_form(condition)
    assert not_above_leaves(normal)
    for values in product((0, 1, 2), repeat=3):
        of = dict(zip((PLACE, KIND, OLD), values, strict=True))
        assert kleene(normal, of.__getitem__) == kleene(condition, of.__getitem__)


def test_leaves_and_facts_come_once_each_in_the_order_of_writing() -> None:
    condition = All((Not(OLD), AnyOf((PLACE, KIND)), PLACE))
    assert leaves(condition) == (OLD, PLACE, KIND)
    assert [fact.name for fact in facts_of(condition)] == ["copy.since", "copy.place", "copy.kind"]


def test_only_words_that_rank_can_be_at_least() -> None:
    assert "at_least" in operators(FACTS["system.data_class"])
    assert "at_least" not in operators(FACTS["copy.kind"])
    assert operators(FACTS["copy.since"]) == ("exists",)
