"""The expressions of templates, taken apart."""

from __future__ import annotations

import pytest

from sovercheck.sources.plans.arm_expressions import (
    Call,
    Constant,
    ExpressionError,
    Member,
    is_expression,
    parse,
    unescaped,
)


def test_a_text_is_an_expression_within_single_brackets() -> None:
    assert is_expression("[a()]")
    assert not is_expression("[[a()]")
    assert not is_expression("[a() b")
    assert unescaped("[[a()]") == "[a()]"
    assert unescaped("a") == "a"


def test_calls_texts_numbers_and_members() -> None:
    assert parse("[Concat('it''s', -2)]") == Call("concat", (Constant("it's"), Constant(-2)), "Concat('it''s', -2)")
    assert parse("[ns.f()]") == Call("ns.f", (), "ns.f()")
    found = parse("[ a().b [1].?c ]")
    assert isinstance(found, Member)
    assert (found.key, found.lenient, found.text) == (Constant("c"), True, "a().b [1].?c")
    assert isinstance(found.of, Member)
    assert found.of.key == Constant(1)


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "[a]", "[a(]", "[a(,)]", "[a() b()]", "['a]", "[a().]", "[a()[1]", "[1 2]", "[a(€)]"),
        "[" + "a(" * 5000 + ")" * 5000 + "]",
        "[a()" + ".b" * 5000 + "]",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text if text.endswith("]") else f"{text}]")
