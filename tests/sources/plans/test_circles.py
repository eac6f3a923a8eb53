"""Circles among things that need one another."""

from __future__ import annotations

from sovercheck.sources.plans.circles import circle


def test_a_circle_is_told_from_its_first_member_to_that_again() -> None:
    assert circle({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert circle({"a": ["a"]}) == ["a", "a"]


def test_what_is_needed_twice_or_outside_is_no_circle() -> None:
    assert circle({"a": ["b", "c"], "b": ["d"], "c": ["d", "elsewhere"], "d": []}) is None
    assert circle({}) is None


def test_a_long_row_needs_no_recursion() -> None:
    assert circle({str(n): [str(n + 1)] for n in range(5_000)}) is None
