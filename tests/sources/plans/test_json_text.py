"""JSON with comments and places, and what is wrong with it told at its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.change import Spot
from sovercheck.errors import InputError
from sovercheck.sources.plans.json_text import MAX_DEPTH, loads, outline

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 2]))
def test_what_the_standard_library_writes_is_read_as_it_reads_it(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert loads(text, "x.json").value == json.loads(text)


def test_what_azures_tools_take_beside_json() -> None:
    text = '\ufeff// a comment\n{"a": 1, /* another, "b": 2 */ "c": "two\nlines // kept",\n "d": [1, 2,],}\n'
    assert loads(text, "x.json").value == {"a": 1, "c": "two\nlines // kept", "d": [1, 2]}


def test_an_object_knows_its_lines() -> None:
    document = loads('{\n  "a": [\n    {},\n    {"b":\n  1}\n  ]\n}', "sub\\x.json")
    assert isinstance(document.value, dict)
    inner = document.value["a"]
    assert isinstance(inner, list)
    assert document.spot(document.value) == Spot("sub/x.json", 1, 7)
    assert document.spot(inner[1]) == Spot("sub/x.json", 4, 5)
    assert document.spot("a") is None


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "json_truncated", "x.json:1:1"),
        ('{"a": [1,\n 2', "json_truncated", "x.json:2:3"),
        ('{"a": "b', "json_truncated", "x.json:1:7"),
        ('{"a": "\\q"}', "json_string", "x.json:1:7"),
        ('{"a" 1}', "json_syntax", "x.json:1:6"),
        ("{'a': 1}", "json_syntax", "x.json:1:2"),
        ("[1 2]", "json_syntax", "x.json:1:4"),
        ("[01]", "json_syntax", "x.json:1:2"),
        ("[" + "9" * 5000 + "]", "json_syntax", "x.json:1:2"),
        ("[nul]", "json_syntax", "x.json:1:2"),
        ("{} {}", "json_after_end", "x.json:1:4"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', "json_duplicate_key", "x.json:3:2"),
        ("[" * (MAX_DEPTH + 1), "json_too_deep", f"x.json:1:{MAX_DEPTH + 2}"),
        ("[" * 1_000_000, "json_too_deep", f"x.json:1:{MAX_DEPTH + 2}"),
    ],
)
def test_what_is_no_json_is_told_at_its_place(text: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as error:
        loads(text, "x.json")
    assert error.value.code == code
    assert str(error.value.place) == place
    assert error.value.message("fr")


@given(VALUES, st.integers(0, 4))
def test_an_outline_is_the_same_document(value: object, depth: int) -> None:
    text = json.dumps([[value], {"a": {"b": value}}])
    assert outline(text, "x.json", depth).value == json.loads(text)


def test_of_an_outline_only_the_outermost_know_their_place() -> None:
    document = outline('{"a":\n[\n{"b": {"c": 1}}]}', "x.json", 3)
    assert isinstance(document.value, dict)
    listed = document.value["a"]
    assert isinstance(listed, list)
    assert document.spot(listed[0]) == Spot("x.json", 3, 3)
    assert isinstance(listed[0], dict)
    assert document.spot(listed[0]["b"]) is None


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('[[{"a": 1, "a": 2}]]', "json_duplicate_key", "x.json:1:12"),
        ('[[{"a": 1,\n"b" 2}]]', "json_syntax", "x.json:2:5"),
        ('[[{"a": [', "json_truncated", "x.json:1:10"),
        ("[" * 500 + "]" * 500, "json_too_deep", f"x.json:1:{MAX_DEPTH + 2}"),
        ("[" * 100_000, "json_too_deep", f"x.json:1:{MAX_DEPTH + 2}"),
    ],
    ids=lambda text: text[:20],
)
def test_an_outline_is_refused_as_the_whole_is(text: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as error:
        outline(text, "x.json", 2)
    assert error.value.code == code
    assert str(error.value.place) == place


def test_an_outline_may_have_comments_below_it() -> None:
    assert outline('[[{"a": 1, // x\n"b": 2,}]]', "x.json", 1).value == [[{"a": 1, "b": 2}]]


def test_a_huge_text_is_read() -> None:
    text = '{"a": "' + "x" * 20_000_000 + '"}'
    assert len(str(loads(text, "x.json").value)) > 20_000_000
