"""Paths keep apart what is absent and what is there."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import ABSENT, Json, PathError, Pending, Reference, find, keep, parse

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


@pytest.mark.parametrize("path", ["block.key", "block.key[].name", "block.*", "list.key"])
def test_what_stands_in_what_another_resource_gives_is_not_known(path: str) -> None:
    given = Reference("plan.json#aws_kms_key.k")
    found = find(parse(path), {"block": given, "list": [given]})
    assert found in (Pending("after_apply"), [Pending("after_apply")])
    assert find(parse("block"), {"block": given}) is given


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


def test_what_is_kept_is_what_the_paths_find() -> None:
    answers: list[Json] = [
        {"a": {"b": 1, "c": 2}, "list": [{"b": 3, "c": 4}], "plain": ["x"], "m": {"k": {"b": 5, "c": 6}}},
        {"A": [{"B": 1}], "list": {"b": 3, "c": 4}, "plain": "x", "m": []},
        [{"a": {"b": 1, "x": 0}}],
    ]
    texts = ["a.b", "a", "list[].b", "plain[]", "m.*.b", "list[]", "a.b.c"]
    for answer in answers:
        for text in texts:
            path = parse(text)
            kept = keep((path, parse("other")), answer)
            assert find(path, kept) == find(path, answer), (text, answer)
            assert "x" not in str(kept) or "x" in str(find(path, answer))


def test_a_path_to_a_whole_and_one_into_it_keep_the_whole() -> None:
    answer: Json = {"a": {"b": 1, "c": 2}, "d": 3}
    assert keep((parse("a.b"), parse("a")), answer) == {"a": {"b": 1, "c": 2}}
