"""Values that are open, and how much of them there may be."""

from __future__ import annotations

import pytest

from sovercheck.errors import InputError, Place
from sovercheck.sources.plans.arm_values import MAX_NESTED, Frame, Partly, Value, Work, form, is_open, joined, opened


def test_one_expression_has_one_form_and_another_another() -> None:
    assert opened("a( 1 )", "a", 1) == opened("a( 1 )", "a", 1)
    assert opened("a(1)", "a", 1).form == opened("A(1)", "a", 1).form
    assert opened("a(1)", "a", 1).form != opened("a(1)", "a", 2).form


def test_what_is_joined_keeps_what_is_known() -> None:
    part = opened("a()", "a")
    found = joined(["x-", part, "-y"])
    assert form(found) == f"x-{part.form}-y"
    assert joined(["x", 1]) == "x1"


def test_what_would_settle_a_value_is_the_first_that_is_not_known() -> None:
    inner = opened("parameters('p')", "p")
    outer = opened("take(parameters('p'), 2)", "take", inner, 2)
    assert (outer.needs, outer.shown) == ("parameters('p')", "[take(parameters('p'), 2)]")


def test_what_a_secret_is_part_of_is_a_secret() -> None:
    secret = opened("parameters('s')", "s", reason="sensitive")
    plain = opened("parameters('p')", "p")
    assert opened("f()", "f", plain, [{"a": secret}]).reason == "sensitive"
    found = joined([plain, secret])
    assert not isinstance(found, str)
    assert getattr(found, "reason", None) == "sensitive"


def test_an_object_of_which_only_some_is_known_is_open() -> None:
    assert is_open(Partly({"a": 1}, opened("f()", "f")))
    assert not is_open({"a": [1, "b", None]})


def test_a_frame_knows_the_innermost_loop() -> None:
    inner = Frame().looping("Outer", 1, innermost=True).looping("properties", 2, innermost=False)
    assert inner.loops == {"outer": 1, "properties": 2, "": 1}


def test_values_that_unfold_without_end_are_refused() -> None:
    wide: Value = ["x"]
    for _ in range(40):
        wide = [wide, wide]
    deep: Value = "x"
    for _ in range(MAX_NESTED + 2):
        deep = [deep]
    for value, code in ((wide, "arm_too_much"), (deep, "arm_too_deep")):
        with pytest.raises(InputError) as error:
            Work("x.json", Place("x.json")).weigh([value])
        assert error.value.code == code
