"""The parameters that are given to a template: one by one, or in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.arm_given import given_values
from sovercheck.sources.plans.arm_values import Open, Value
from sovercheck.sources.plans.model import Asked


def given(declared: Json, asked: Asked) -> dict[str, Value]:
    return {name: value() for name, value in given_values(declared, asked).items()}


def of_file(folder: Path, document: Json) -> Asked:
    path = folder / "p.json"
    path.write_text(json.dumps(document), "utf-8")
    return Asked(parameter_file=str(path))


def refused(declared: Json, asked: Asked) -> InputError:
    with pytest.raises(InputError) as error:
        given_values(declared, asked)
    return error.value


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("string", "1", "1"),
        ("String", "true", "true"),
        ("securestring", "{}", "{}"),
        ("int", "-7", -7),
        ("bool", "FALSE", False),
        ("bool", "true", True),
        ("array", '["a", 1]', ["a", 1]),
        ("object", '{"a": null}', {"a": None}),
        ("secureObject", '{"a": 1}', {"a": 1}),
    ],
)
def test_a_text_is_read_as_the_type_that_is_declared(type_: str, text: str, value: Json) -> None:
    assert given({"P": {"type": type_}}, Asked(parameters={"p": text})) == {"p": value}


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("int", "two"),
        ("int", "1.5"),
        ("int", "1e3"),
        ("int", "true"),
        ("int", "9" * 5000),
        ("bool", "yes"),
        ("bool", "1"),
        ("array", '{"a": 1}'),
        ("array", "a, b"),
        ("object", "[]"),
        ("object", "{"),
        ("object", "[" * 100_000),
        ("secureObject", "hunter2"),
        ("number", "hunter2"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_not_of_that_type_is_refused_without_telling_it(type_: str, text: str) -> None:
    error = refused({"p": {"type": type_}}, Asked(parameters={"p": text}))
    assert error.code == "arm_parameter"
    for language in ("fr", "en"):
        assert text not in error.message(language)
        assert "p" in error.message(language)


def test_what_is_declared_without_a_type_is_a_text() -> None:
    declared: Json = {"referred": {"$ref": "#/definitions/name"}, "odd": "text"}
    assert given(declared, Asked(parameters={"referred": "1", "odd": "2"})) == {"referred": "1", "odd": "2"}


@pytest.mark.parametrize("declared", [{"other": {"type": "int"}}, {}, None, []])
def test_a_value_for_another_template_of_the_same_run_is_passed_over(declared: Json) -> None:
    assert given(declared, Asked(parameters={"p": "two"})) == {}


def test_what_is_given_by_name_comes_before_the_file(tmp_path: Path) -> None:
    file = of_file(tmp_path, {"parameters": {"Place": {"value": "eastus"}, "Count": {"value": 2}}})
    declared: Json = {"place": {"type": "string"}, "count": {"type": "int"}}
    asked = Asked(parameters={"PLACE": "canadaeast"}, parameter_file=file.parameter_file)
    assert given(declared, asked) == {"place": "canadaeast", "count": 2}


def test_a_file_gives_values_as_they_stand(tmp_path: Path) -> None:
    values: dict[str, Json] = {"a": None, "b": ["[concat('x')]"], "c": {"d": False}}
    document: Json = {"parameters": {name: {"value": item} for name, item in values.items()}}
    assert given({}, of_file(tmp_path, document)) == values


def test_a_file_may_have_comments_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('\ufeff{"parameters": {"p": {"value": 1}} /* as Azure\'s tools write it */} // end', "utf-8")
    assert given({}, Asked(parameter_file=str(path))) == {"p": 1}


def test_the_secret_of_a_vault_is_known_to_be_a_secret_and_no_more(tmp_path: Path) -> None:
    reference: Json = {"reference": {"keyVault": {"id": "/subscriptions/0b1f"}, "secretName": "login"}}
    found = given({"K": {"type": "string"}}, of_file(tmp_path, {"parameters": {"K": reference}}))["k"]
    assert isinstance(found, Open)
    assert (found.reason, found.needs) == ("sensitive", "parameters('K')")


@pytest.mark.parametrize("document", [{}, {"parameters": []}, [], {"parameters": None}, {"p": {"value": 1}}])
def test_a_file_without_parameters_is_refused(tmp_path: Path, document: Json) -> None:
    asked = of_file(tmp_path, document)
    error = refused({}, asked)
    assert error.code == "arm_parameter_file"
    assert error.place is not None
    assert error.place.file == asked.parameter_file


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"parameters": {"p": {"value": "Montréal"}}}'.encode("latin-1"))
    cases = ((tmp_path / "none.json", "unreadable_file"), (tmp_path, "unreadable_file"), (latin, "encoding"))
    for path, code in cases:
        error = refused({}, Asked(parameter_file=str(path)))
        assert error.code == code
        assert error.place is not None
        assert error.place.file == str(path)


def test_nothing_given_gives_nothing() -> None:
    assert given({"p": {"type": "string", "defaultValue": "x"}}, Asked()) == {}
