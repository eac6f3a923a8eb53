"""The text of a template: the same values from JSON and YAML, no key lost, and the line of every logical id."""

from __future__ import annotations

import json
import time

import pytest

from sovercheck.errors import InputError, Place
from sovercheck.sources.plans.template_text import MOST_LEVELS, read_text

YAML = """\
Parameters:
  Env: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${Env}-a"
      Tags: !If [Prod, [{Key: k, Value: !Select [0, !GetAZs ""]}], !Ref "AWS::NoValue"]
      When: 2026-03-02
"""
JSON = json.dumps(
    {
        "Parameters": {"Env": {"Type": "String"}},
        "Resources": {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": {"Fn::Sub": "${Env}-a"},
                    "Tags": {
                        "Fn::If": [
                            "Prod",
                            [{"Key": "k", "Value": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}}],
                            {"Ref": "AWS::NoValue"},
                        ]
                    },
                    "When": "2026-03-02",
                },
            }
        },
    },
    indent=2,
)


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_text("t", text)
    return caught.value


def test_both_ways_of_writing_say_the_same() -> None:
    assert read_text("t", YAML).value == read_text("t", JSON).value == json.loads(JSON)


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert read_text("t", "\ufeff" + JSON).value == json.loads(JSON)


@pytest.mark.parametrize(("text", "line"), [(YAML, 4), (JSON, 8)])
def test_a_logical_id_has_its_line(text: str, line: int) -> None:
    place = read_text("t", text).place("Resources", "Bucket", "Nothing")
    assert (place.file, place.line) == ("t", line)


def test_a_key_is_found_by_its_column_too() -> None:
    assert read_text("t", '{"Resources": {\n "a": 1,  "b": {}}}').place("Resources", "b") == Place("t", 2, 11)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('{"a": {"b": 1,\n "b": 2}}', "yaml_duplicate_key", Place("t", 2, 2)),
        ('{"a": [{"b": 1}, {"b": 2, "\\u0062": 3}]}', "yaml_duplicate_key", Place("t", 1, 27)),
        ("a: 1\na: 2\n", "yaml_duplicate_key", Place("t", 2, 1)),
        ('{"a": {"b": [1, 2', "template_json", Place("t", 1, 18)),
        ('{"a": 1}\n}', "template_json", Place("t", 2, 1)),
        ("a: [1, ]]", "yaml_syntax", Place("t", 1, 9)),
        ('{"a":' * (MOST_LEVELS + 1), "yaml_too_deep", Place("t", 1, 5 * MOST_LEVELS + 1)),
        ('{"a":' + "[" * 100_000, "yaml_too_deep", Place("t", 1, 105)),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, code: str, place: Place) -> None:
    error = refused(text)
    assert (error.code, error.place) == (code, place)


def test_equal_keys_of_different_objects_are_no_fault() -> None:
    assert read_text("t", '{"a": {"x": 1}, "b": {"x": 2}, "c": [{"x": 3}, {"x": 4}], "d": "x\\"x"}')


def test_a_number_that_python_refuses_is_an_error_of_the_file() -> None:
    assert refused('{"a": ' + "1" * 5000 + "}").code == "template_json"


def test_one_huge_text_is_no_trouble() -> None:
    started = time.perf_counter()
    text = "x" * 5_000_000
    assert read_text("t", json.dumps({"Resources": {"a": text}})).value == {"Resources": {"a": text}}
    assert time.perf_counter() - started < 2
