"""Paths keep apart what is absent and what is there."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import ABSENT, Json, PathError, find, keep, parse

RULES: Json = {"Rules": [{"Status": "Enabled", "Secret": "x"}, {"Other": 1}], "Empty": [], "Null": None}


@pytest.mark.parametrize("text", ["Name", "Rules[].Status", "a.*.b", "call:Rules[].a.B", "x[].y[]", "m.*"])
def test_a_path_reads_as_it_is_written(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["", "a..b", "[0]", "a b", "A:b", "a.", "*"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(PathError):
        parse(text)


def test_an_empty_list_was_read_and_an_absent_one_was_not_there() -> None:
    assert find(parse("Rules[].Status"), RULES) == ["Enabled"]
    assert find(parse("Empty[].Status"), RULES) == []
    assert find(parse("Missing[].Status"), RULES) is ABSENT
    assert find(parse("Null"), RULES) is ABSENT


def test_a_block_of_one_is_its_element_and_of_several_is_not() -> None:
    assert find(parse("encryption.key"), {"encryption": [{"key": "k"}]}) == "k"
    assert find(parse("encryption.key"), {"encryption": [{"key": "k"}, {"key": "l"}]}) is ABSENT


def test_every_value_of_a_mapping() -> None:
    assert find(parse("m.*.k"), {"m": {"a": {"k": 1}, "b": {"k": 2}, "c": {}}}) == [1, 2]


def test_names_compare_without_case_where_none_is_exact() -> None:
    assert find(parse("keyVaultProperties.keyUri"), {"keyvaultproperties": {"KEYURI": "u"}}) == "u"
    assert find(parse("a"), {"A": 1, "a": 2}) == 2


def test_nothing_is_kept_but_what_is_read() -> None:
    kept = keep((parse("Rules[].Status"), parse("Empty")), RULES)
    assert kept == {"Rules": [{"Status": "Enabled"}, {}], "Empty": []}
    assert keep((parse("m.*.k"),), {"m": {"a": {"k": 1, "secret": 2}}, "n": 3}) == {"m": {"a": {"k": 1}}}
    assert keep((parse("Names[]"),), {"Names": ["a", "b"]}) == {"Names": ["a", "b"]}
