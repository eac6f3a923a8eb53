"""Texts put together: what names another resource, what keeps its region, what is not known."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.composing import as_text, composed, pending, resolved

DB = Reference("t#Db")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["a", "-", 1, True, None], "a-1true"),
        ([DB], DB),
        (["arn:aws:rds:ca-central-1:1:db:", DB], DB),
        # The same name in another region is another database.
        (["arn:aws:rds:us-east-1:1:db:", DB], "arn:aws:rds:us-east-1:1:db:${…}"),
        (["x-", DB], pending("Fn::Sub")),
        ([DB, DB], pending("Fn::Sub")),
        (["a", ["b"]], pending("2")),
        (["a", pending("P"), pending("Q")], pending("P")),
        (["a", pending("P"), Pending("sensitive", "S")], Pending("sensitive", "S")),
    ],
)
def test_parts_make_a_text_or_say_why_not(parts: list[Json], expected: Json) -> None:
    found = composed([(str(number), part) for number, part in enumerate(parts, 1)], "ca-central-1")
    assert found == expected
    assert isinstance(found, Reference) == isinstance(expected, Reference)


def test_what_a_text_becomes() -> None:
    assert [as_text(value) for value in (True, False, None, 1.5, "x")] == ["true", "false", "", "1.5", "x"]
    assert resolved("{{resolve:ssm:/a}}") == pending("resolve:ssm")
    assert resolved("{{resolve:secretsmanager:a}}") == Pending("sensitive", None)
    assert resolved("resolve") == "resolve"
