"""A plan's values with what is not known and what is hidden in their places."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.values import overlaid

CANARY = "canari-7f3a"


def nothing(_: Json) -> Json:
    return None


def refer(expression: Json) -> Json:
    return Reference(f"plan.json#{expression['to']}") if isinstance(expression, dict) and "to" in expression else None


def over(value: Json, unknown: Json = None, sensitive: Json = None, expression: Json = None) -> Json:
    return overlaid(value, unknown, sensitive, expression, refer)


def test_null_is_null_and_what_is_known_after_apply_is_pending() -> None:
    assert over({"a": None, "b": None}, {"b": True}) == {"a": None, "b": Pending("after_apply", "b")}
    # Terraform leaves out of `after` what it does not know.
    assert over({}, {"b": True}) == {"b": Pending("after_apply", "b")}
    assert over(None, True) == Pending("after_apply")
    assert over({"a": 1}, {"a": False}, {"a": False}) == {"a": 1}


def test_what_is_not_known_of_a_block_is_told_by_its_path() -> None:
    value: Json = {"rule": [{"id": "x", "to": [{}]}]}
    assert over(value, {"rule": [{"to": [{"key": True}]}]}) == {
        "rule": [{"id": "x", "to": [{"key": Pending("after_apply", "rule[].to[].key")}]}]
    }


def test_an_element_that_only_the_unknown_has_is_there() -> None:
    assert over({"zones": ["a"]}, {"zones": [False, True]}) == {"zones": ["a", Pending("after_apply", "zones[]")]}
    assert over({}, {"rule": [{"id": True}]}) == {"rule": [{"id": Pending("after_apply", "rule[].id")}]}


def test_an_unknown_value_of_one_resource_is_a_reference_to_it() -> None:
    found = over({}, {"key": True, "other": True}, None, {"key": {"to": "aws_kms_key.k"}})
    assert found == {"key": "plan.json#aws_kms_key.k", "other": Pending("after_apply", "other", unset=True)}
    assert isinstance(found, dict)
    assert isinstance(found["key"], Reference)


def test_blocks_take_the_expressions_of_their_number_or_of_the_one_that_makes_them_all() -> None:
    two: Json = [{"key": True}, {"key": True}]
    each: Json = [{"key": {"to": "a"}}, {"key": {"to": "b"}}]
    assert over({}, {"rule": two}, None, {"rule": each}) == {"rule": [{"key": "plan.json#a"}, {"key": "plan.json#b"}]}
    dynamic: Json = [{"key": {"to": "a"}}]
    assert over({}, {"rule": two}, None, {"rule": dynamic}) == {
        "rule": [{"key": "plan.json#a"}, {"key": "plan.json#a"}]
    }
    single: Json = {"key": {"to": "a"}}
    assert over({}, {"rule": [{"key": True}]}, None, {"rule": single}) == {"rule": [{"key": "plan.json#a"}]}


def test_a_hidden_value_stands_for_itself_whatever_it_is() -> None:
    assert over({"a": CANARY, "b": 1}, None, {"a": True}) == {"a": Pending("sensitive", "a"), "b": 1}
    assert over({"a": {"b": [CANARY]}}, None, {"a": True}) == {"a": Pending("sensitive", "a")}
    assert over({"a": CANARY}, None, True) == Pending("sensitive")


def test_what_is_hidden_in_another_shape_hides_the_whole() -> None:
    pairs: list[tuple[Json, Json]] = [
        ([CANARY], {"a": True}),
        ({"a": CANARY}, [True]),
        (CANARY, {"a": True}),
        (CANARY, [True]),
        ([CANARY], [False, True]),
        (CANARY, "true"),
    ]
    for value, sensitive in pairs:
        assert over({"v": value}, None, {"v": sensitive}) == {"v": Pending("sensitive", "v")}


def test_what_the_configuration_does_not_set_is_marked_so() -> None:
    unknown: Json = {"b": True, "c": True, "d": {"e": True}}
    marked = over({"a": 1}, unknown, {"f": True}, {"b": {"references": ["x.y"]}})
    assert marked == {
        "a": 1,
        "b": Pending("after_apply", "b"),
        "c": Pending("after_apply", "c", unset=True),
        "d": {"e": Pending("after_apply", "d.e")},
        "f": Pending("sensitive", "f"),
    }


Shaped = tuple[Json, Json, Json]
"""A value, what of it is unknown, what is hidden."""

SEEN = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(["x", "us-east-1", ""]))
LEAVES: st.SearchStrategy[Shaped] = st.one_of(
    SEEN.map(lambda value: (value, False, False)),
    st.just((CANARY, False, True)),
    st.just(({"deep": [CANARY]}, False, True)),
    st.just((None, True, False)),
    st.just((CANARY, True, True)),
)


def _listed(inner: list[Shaped]) -> Shaped:
    return [one[0] for one in inner], [one[1] for one in inner], [one[2] for one in inner]


def _mapped(inner: dict[str, Shaped]) -> Shaped:
    # Terraform leaves out of the shapes what is neither unknown nor hidden, and out of the value what is unknown.
    return (
        {name: one[0] for name, one in inner.items() if one[1] is not True or one[0] is not None},
        {name: one[1] for name, one in inner.items() if one[1]},
        {name: one[2] for name, one in inner.items() if one[2]},
    )


SHAPED: st.SearchStrategy[Shaped] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(_listed),
        st.dictionaries(st.sampled_from("abcd"), inner, max_size=4).map(_mapped),
    ),
    max_leaves=12,
)


def plain(value: Any, unknown: Any, sensitive: Any) -> Any:
    """A second implementation: what a value is, said leaf by leaf."""
    if unknown is True:
        return "unknown"
    if sensitive is True:
        return "hidden"
    if isinstance(value, dict):
        names = [*value, *(name for name in unknown or {} if name not in value)]
        return {n: plain(value.get(n), (unknown or {}).get(n), (sensitive or {}).get(n)) for n in names}
    if isinstance(value, list):
        return [plain(v, (unknown or [])[n] if unknown else None, (sensitive or [])[n] if sensitive else None)
                for n, v in enumerate(value)]  # fmt: skip
    return value


def told(value: Any) -> Any:
    if isinstance(value, Pending):
        return {"after_apply": "unknown", "sensitive": "hidden"}[value.reason]
    if isinstance(value, dict):
        return {name: told(item) for name, item in value.items()}
    return [told(item) for item in value] if isinstance(value, list) else value


@given(SHAPED)
@settings(max_examples=200)
def test_every_leaf_is_what_the_plan_says_of_it_and_no_hidden_one_is_there(shaped: Shaped) -> None:
    found = overlaid(*shaped, None, nothing)
    assert told(found) == plain(*shaped)
    assert CANARY not in repr(found)


@given(SHAPED, SHAPED)
@settings(max_examples=200)
def test_hidden_leaves_stay_hidden_whatever_is_said_to_be_unknown(shaped: Shaped, other: Shaped) -> None:
    value, _, sensitive = shaped
    assert CANARY not in repr(overlaid(value, other[1], sensitive, None, nothing))
