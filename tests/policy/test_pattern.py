from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.policy.pattern import Refused, refused


@pytest.mark.parametrize(
    "pattern", ["aws_.*", "(?:ca|us)-[a-z]+-\\d{1,2}", "[^/]+", "[A-Za-zÀ-ÿ' -]*", "a|b", "\\.", "x{3,}?", "[\\]\\-]"]
)
def test_what_both_engines_read_alike_is_taken(pattern: str) -> None:
    assert refused(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "part", "position"),
    [
        ("^aws", "^", 1),
        ("aws$", "$", 4),
        ("a(?=b)", "(?=", 2),
        ("(?i)aws", "(?i", 1),
        ("(?P<n>a)", "(?P", 1),
        ("a*+", "+", 3),
        ("a**", "*", 3),
        ("*a", "*", 1),
        ("a{2000}", "{2000}", 2),
        ("a{3,2}", "{3,2}", 2),
        ("\\sa", "\\s", 1),
        ("\\bca", "\\b", 1),
        ("\\p{L}", "\\p", 1),
        ("(a)\\1", "\\1", 4),
        ("[a[b]]", "[a[b]]", 1),
        ("[a&&b]", "[a&&b]", 1),
        ("(a", "(", 1),
        ("a)", ")", 2),
        ("a{", "{", 2),
        ("[b-a]", "[b-a]", 2),
    ],
)
def test_the_piece_that_the_engines_differ_on_is_named(pattern: str, part: str, position: int) -> None:
    assert refused(pattern) == Refused(part, position)


@given(st.text(alphabet="ab01^$.*+?()[]{}|\\d,-&:=<", max_size=12))
def test_a_pattern_that_is_taken_compiles(pattern: str) -> None:
    if refused(pattern) is None:
        re.compile(pattern)


def test_duckdb_compiles_what_is_taken() -> None:
    duckdb = pytest.importorskip("duckdb")
    for pattern in ["(?:ca|us)-[a-z]+-\\d{1,2}", "[^/]+", "x{3,}?", "[\\]\\-]", "\\-\\/\\&\\~\\#\\@\\!\\%\\_\\=\\:"]:
        assert refused(pattern) is None
        duckdb.execute("SELECT regexp_full_match('x', ?)", [pattern]).fetchall()
