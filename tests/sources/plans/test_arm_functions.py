"""What the functions of templates give; the examples are those of the functions' documentation where it has them."""

from __future__ import annotations

import contextlib

import pytest

from sovercheck.sources.plans.arm_functions import FUNCTIONS, Unfit, call, pieces
from sovercheck.sources.plans.arm_values import Value


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("substring", ["one two three", 4, 3], "two"),
        ("substring", ["abc", 1], "bc"),
        ("split", ["one;two,three", [",", ";"]], ["one", "two", "three"]),
        ("replace", ["123-123-1234", "-", ""], "1231231234"),
        ("take", ["abcdef", 3], "abc"),
        ("take", [["a"], 5], ["a"]),
        ("skip", [["one", "two", "three"], 2], ["three"]),
        ("first", ["One"], "O"),
        ("first", [[]], None),
        ("last", [["one", "two"]], "two"),
        ("union", [[1, 2], [2, 3]], [1, 2, 3]),
        ("union", [{"a": {"x": 1}}, {"a": {"y": 2}, "b": 3}], {"a": {"x": 1, "y": 2}, "b": 3}),
        ("intersection", [["a", "b"], ["b", "c"]], ["b"]),
        ("contains", [{"One": 1}, "one"], True),
        ("contains", ["OneTwo", "two"], False),
        ("contains", [[1, 2], "1"], False),
        ("equals", [1, True], False),
        ("equals", [{"a": [1]}, {"a": [1]}], True),
        ("empty", [{}], True),
        ("empty", [None], True),
        ("length", [{"a": 1}], 1),
        ("min", [[3, 1]], 1),
        ("max", [3, 1], 3),
        ("div", [-8, 3], -2),
        ("mod", [-7, 3], -1),
        ("int", [" 42 "], 42),
        ("bool", ["False"], False),
        ("string", [True], "True"),
        ("string", [{"a": [1, "b"]}], '{"a":[1,"b"]}'),
        ("json", ['{"a": null}'], {"a": None}),
        ("padleft", [5, 3, "0"], "005"),
        ("join", [["a", 1], "-"], "a-1"),
        ("createobject", ["a", 1], {"a": 1}),
        ("tryget", [{"a": {"b": 2}}, "a", "c"], None),
        ("tryget", [{"a": {"b": 2}}, "A", "b"], 2),
        ("items", [{"b": 1, "a": 2}], [{"key": "a", "value": 2}, {"key": "b", "value": 1}]),
        ("base64tostring", ["b25l"], "one"),
        ("range", [5, 3], [5, 6, 7]),
        ("lessorequals", ["a", "a"], True),
        ("indexof", ["test", "T"], 0),
        ("trim", ["  a "], "a"),
        ("flatten", [[[1], [2]]], [1, 2]),
    ],
)
def test_what_a_function_gives(name: str, arguments: list[Value], result: Value) -> None:
    assert call(name, arguments) == result


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("substring", ["abc", 2, 5]),
        ("div", [1, 0]),
        ("add", [1, "2"]),
        ("int", ["x"]),
        ("createobject", ["a"]),
        ("range", [0, 50_000]),
        ("padleft", ["a", 10**9]),
        ("replace", ["a" * 10_000, "a", "b" * 10_000]),
        ("json", ["[" * 100_000]),
        ("base64tostring", ["€"]),
        ("tolower", [1]),
        ("union", [[1], {}]),
        ("tolower", []),
        ("min", [[]]),
    ],
)
def test_what_it_would_refuse_is_unfit(name: str, arguments: list[Value]) -> None:
    with pytest.raises(Unfit):
        call(name, arguments)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("arguments", [[], [None], ["a"], [1, 2], [{}, "a"], [[], []], [None] * 5], ids=str)
def test_no_function_ends_otherwise_than_with_a_value_or_unfit(name: str, arguments: list[Value]) -> None:
    with contextlib.suppress(Unfit):
        call(name, arguments)


def test_format_takes_arguments_into_its_holes() -> None:
    assert "".join(map(str, pieces("{0}/{1:D3} {{x}}", ["a", 7]))) == "a/007 {x}"
    for template in ("{1}", "{0:N2}"):
        with pytest.raises(Unfit):
            list(pieces(template, ["a"]))
