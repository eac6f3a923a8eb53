"""Dataclasses as plain JSON values, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.plain import from_json, to_json


@dataclass(frozen=True, slots=True)
class Inner:
    value: str | tuple[str, ...] | None
    pair: tuple[str, int] = ("a", 1)


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    inner: tuple[Inner, ...]
    by_name: dict[str, Inner] = field(default_factory=dict)
    maybe: Inner | None = None


INNERS = st.builds(
    Inner,
    st.none() | st.text(max_size=5) | st.lists(st.text(max_size=5)).map(tuple),
    st.tuples(st.text(max_size=3), st.integers()),
)


@given(
    st.builds(
        Outer,
        st.text(max_size=5),
        st.lists(INNERS, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), INNERS, max_size=3),
        st.none() | INNERS,
    )
)
def test_what_becomes_plain_comes_back(value: Outer) -> None:
    assert from_json(Outer, json.loads(json.dumps(to_json(value)))) == value


def test_fields_keep_their_order_and_their_defaults() -> None:
    assert json.dumps(to_json(Outer("x", ()))) == '{"name": "x", "inner": [], "by_name": {}, "maybe": null}'


def test_a_field_with_a_default_may_be_missing() -> None:
    assert from_json(Outer, {"name": "x", "inner": [{"value": None}]}) == Outer("x", (Inner(None),))
    with pytest.raises((TypeError, KeyError)):
        from_json(Outer, {"inner": []})
