"""One template as its expressions see it."""

from __future__ import annotations

from typing import Any

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Defaulted, Json
from sovercheck.sources.plans.arm_scope import MAX_COPIES, MAX_TYPES, Template
from sovercheck.sources.plans.arm_values import MAX_NESTED, Frame, Open, Partly, Value, form, opened

from .arm_made import ACCOUNTS, scope, value

SECRET: dict[str, Json] = {"type": "secureString", "defaultValue": "hunter2"}


def of(template: Template, expression: Json, frame: Frame | None = None) -> Value:
    return template.value(expression, frame or Frame())


def needs(found: Value) -> str:
    assert isinstance(found, Open), found
    return found.needs


def refused(expression: Json, **members: Any) -> InputError:
    with pytest.raises(InputError) as error:
        value(expression, **members)
    assert error.value.place is not None
    return error.value


def function(output: Json, *parameters: str) -> Json:
    """Functions of a template: one, `own.f`."""
    declared: list[Json] = [{"name": name, "type": "string"} for name in parameters]
    members: Json = {"F": {"parameters": declared, "output": {"type": "string", "value": output}}}
    return [{"namespace": "Own", "members": members}]


# Texts, lists and objects


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        (1.5, 1.5),
        (False, False),
        ("plain [text]", "plain [text]"),
        ("[[kept]", "[kept]"),
        ("[concat('a', 'b')]", "ab"),
        ("[sys.concat('a', 'b')]", "ab"),
        ([["[add(1, 1)]"], 3], [[2], 3]),
        ({"[concat('a', 'b')]": {"c": "[add(1, 1)]"}}, {"ab": {"c": 2}}),
        ({"copy": "plain", "Copy": {"name": "x"}}, {"copy": "plain", "Copy": {"name": "x"}}),
    ],
)
def test_expressions_are_evaluated_wherever_they_stand(raw: Json, expected: Json) -> None:
    assert value(raw) == expected


def test_an_open_name_of_a_member_is_its_form() -> None:
    assert value({"[unknown()]": 1}) == {opened("unknown()", "unknown").form: 1}


def test_a_text_that_is_no_expression_is_refused_where_it_stands() -> None:
    error = refused("[variables('x')]", variables={"a": 1, "x": "[concat('a'"  "]"})  # fmt: skip
    assert error.code == "arm_expression"
    assert str(error.place) == "main.json:4"


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: Json = "x"
    for _ in range(MAX_NESTED + 1):
        deep = [deep]
    with pytest.raises(InputError) as error:
        scope().value(deep, Frame())
    assert error.value.code == "arm_too_deep"


def test_what_was_refused_leaves_the_rest_as_deep_as_before() -> None:
    template = scope(variables={"a": ["[variables('a')]"]})
    with pytest.raises(InputError):
        of(template, "[variables('a')]")
    assert template.work.depth == 0
    with pytest.raises(InputError) as error:
        of(template, "[variables('a')]")
    assert error.value.code == "arm_circular"


# Members


THINGS: dict[str, Json] = {"o": {"Name": "b", "list": [1, 2], "none": None}}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[variables('o').name]", "b"),
        ("[variables('o')['Name']]", "b"),
        ("[variables('O').list[1]]", 2),
        ("[variables('o').none]", None),
        ("[variables('o').?missing]", None),
        ("[variables('o').list[?7]]", None),
    ],
)
def test_members_are_found_without_case(expression: str, expected: Json) -> None:
    assert value(expression, variables=THINGS) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[variables('o').missing]", "variables('o').missing"),
        ("[variables('o').list[7]]", "variables('o').list[7]"),
        ("[variables('o')[unknown()]]", "unknown()"),
        ("[unknown().name]", "unknown()"),
        ("[unknown().?name]", "unknown()"),
        ("[variables('o').name.deeper]", "variables('o').name.deeper"),
    ],
)
def test_members_that_are_not_there_or_not_known_are_open(expression: str, expected: str) -> None:
    assert needs(value(expression, variables=THINGS)) == expected


def test_of_an_object_known_in_part_the_member_itself_is_what_is_not_known() -> None:
    partly = Partly({"location": "canadaeast"}, opened("reference('x')", "reference", "x"))
    frame = Frame(arguments={"p": partly})
    assert value("[parameters('p').Location]", frame) == "canadaeast"
    assert needs(value("[parameters('p').sku]", frame)) == "parameters('p').sku"
    # It may well be there: the deployment alone knows.
    assert needs(value("[parameters('p').?sku]", frame)) == "parameters('p').?sku"


# Functions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[length(createArray(unknown(), 'a'))]", 2),
        ("[createObject('a', 1).a]", 1),
        ("[first(createArray('a', unknown()))]", "a"),
        ("[contains(createArray('a', unknown()), 'a')]", True),
        ("[contains(createObject('a', unknown()), 'a')]", True),
    ],
)
def test_what_is_not_known_within_a_list_does_not_hide_the_rest(expression: str, expected: Json) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[toLower(unknown())]", "unknown()"),
        ("[contains(createArray(unknown()), 'b')]", "unknown()"),
        ("[contains(createObject('a', unknown()), 'b')]", "unknown()"),
        ("[join(createArray('a', unknown()), '-')]", "unknown()"),
        ("[string(createArray(unknown()))]", "unknown()"),
        ("[substring('abc', 2, 5)]", "substring('abc', 2, 5)"),
        ("[whatever('a')]", "whatever('a')"),
    ],
)
def test_a_function_that_would_look_at_what_is_not_known_is_open(expression: str, expected: str) -> None:
    assert needs(value(expression)) == expected


def test_a_function_of_the_templates_sees_its_arguments_and_no_loop() -> None:
    functions = function("[concat(parameters('A'), '-', parameters('b'))]", "a", "b")
    parameters: Json = {"a": {"defaultValue": "outer"}, "c": {"defaultValue": "outer"}}
    assert value("[own.f('x', 'y')]", functions=functions, parameters=parameters) == "x-y"
    assert isinstance(value("[own.f('x')]", functions=functions, parameters=parameters), Open)
    frame = Frame().looping("l", 0, innermost=True)
    for body in ("[parameters('c')]", "[copyIndex()]"):
        assert isinstance(value("[own.f()]", frame, functions=function(body), parameters=parameters), Open)


def test_a_function_that_no_one_wrote_is_open() -> None:
    assert needs(value("[own.other('a')]", functions=function("x"))) == "own.other('a')"
    assert needs(value("[own.other(unknown())]", functions=function("x"))) == "unknown()"
    assert value("[own.f()]", functions=[{"namespace": "own", "members": {"f": {}, "g": "x"}}, "x"]) is None


# Loops over values


def loop(count: Json, result: Json = "[copyIndex('l')]", name: str = "l") -> dict[str, Json]:
    return {"copy": [{"name": name, "count": count, "input": result}]}


def test_a_loop_makes_a_list_beside_what_else_there_is() -> None:
    assert value({**loop("[add(1, 1)]"), "x": 1}) == {"l": [0, 1], "x": 1}
    assert value(loop(0)) == {"l": []}


def test_loops_stand_within_loops() -> None:
    inner = loop(2, "[format('{0}{1}', copyIndex('l'), copyIndex('m'))]", "m")
    assert value(loop(2, inner)) == {"l": [{"m": ["00", "01"]}, {"m": ["10", "11"]}]}


def test_the_loop_of_the_resource_stays_the_innermost_one() -> None:
    frame = Frame().looping("r", 7, innermost=True)
    assert value(loop(1, "[copyIndex()]"), frame) == {"l": [7]}
    variables: Json = {"copy": [{"name": "v", "count": 2, "input": "[copyIndex()]"}]}
    assert value("[variables('v')]", frame, variables=variables) == [0, 1]


@pytest.mark.parametrize(
    ("count", "expected"),
    [("[unknown()]", "unknown()"), ("two", "copy"), (True, "copy"), (-1, "copy"), (None, "copy"), (1.0, "copy")],
)
def test_a_loop_of_so_many_turns_as_nobody_knows_is_open(count: Json, expected: str) -> None:
    found = value(loop(count))
    assert isinstance(found, dict)
    assert needs(found["l"]) == expected


def test_a_loop_makes_as_many_turns_as_resource_manager_would() -> None:
    found = value("[variables('x').l]", variables={"x": loop(MAX_COPIES)})
    assert isinstance(found, list)
    assert len(found) == MAX_COPIES
    error = refused("[variables('x')]", variables={"x": loop(MAX_COPIES + 1)})
    assert error.code == "arm_copies"
    assert str(error.place) == "main.json:5"


# Variables


def test_variables_are_found_without_case_and_those_that_are_not_declared_are_open() -> None:
    assert value("[variables('A')]", variables={"a": "[variables('B')]", "b": 1}) == 1
    assert needs(value("[variables('none')]", variables={})) == "variables('none')"


def test_a_variable_is_worked_out_once() -> None:
    template = scope(variables={"a": "[concat('x', 'y')]"})
    of(template, "[variables('a')]")
    first, template.work.steps = template.work.steps, 0
    of(template, "[variables('a')]")
    assert template.work.steps < first


def test_what_goes_in_a_circle_is_refused_by_name() -> None:
    error = refused("[variables('a')]", variables={"a": "[variables('b')]", "b": "[variables('a')]"})
    assert error.code == "arm_circular"
    assert "variables('a')" in error.message("en")


def test_once_the_resources_are_known_values_are_worked_out_anew() -> None:
    known: dict[str, Value] = {}
    where = f"[reference('/x/providers/{ACCOUNTS}/a', '2023', 'full').location]"
    template = scope(variables={"w": where}, location_of=known.get)
    assert isinstance(of(template, "[variables('w')]"), Open)
    known[f"/x/providers/{ACCOUNTS}/a"] = "canadaeast"
    assert isinstance(of(template, "[variables('w')]"), Open)
    template.forget()
    assert of(template, "[variables('w')]") == "canadaeast"


# Parameters


DECLARED: dict[str, Json] = {
    "place": {"type": "string", "defaultValue": "canadaeast"},
    "group": {"type": "string", "defaultValue": "[resourceGroup().location]"},
    "both": {"type": "object", "defaultValue": {"w": "[parameters('place')]", "n": 1}},
    "count": {"type": "int", "defaultValue": 2},
    "maybe": {"type": "string", "nullable": True},
    "asked": {"type": "string"},
}


def test_a_parameter_has_what_is_given_else_its_default() -> None:
    template = scope(parameters=DECLARED, given={"place": lambda: "eastus"})
    found = of(template, "[parameters('PLACE')]")
    assert (found, isinstance(found, Defaulted)) == ("eastus", False)
    assert template.work.defaults == {}
    assert of(template, "[parameters('count')]") == 2
    assert of(template, "[parameters('maybe')]") is None


def test_null_that_is_given_is_no_default() -> None:
    assert value("[parameters('place')]", parameters=DECLARED, given={"place": lambda: None}) is None


@pytest.mark.parametrize("name", ["asked", "undeclared"])
def test_a_parameter_that_nobody_gives_is_open(name: str) -> None:
    assert needs(value(f"[parameters('{name}')]", parameters=DECLARED)) == f"parameters('{name}')"


@pytest.mark.parametrize(
    ("expression", "rests"),
    [
        ("[parameters('place')]", {"parameters('place')"}),
        ("[variables('place')]", {"parameters('place')"}),
        ("[parameters('both').w]", {"parameters('both')", "parameters('place')"}),
        ("[if(equals(parameters('count'), 2), 'a', 'b')]", {"parameters('count')"}),
        ("[parameters('group')]", {"parameters('group')"}),
        ("[parameters('asked')]", set()),
        ("literal", set()),
    ],
)
def test_what_a_value_rests_on_is_kept_each_time_it_is_asked(expression: str, rests: set[str]) -> None:
    template = scope(parameters=DECLARED, variables={"place": "[toLower(parameters('place'))]"})
    for _ in range(2):
        template.work.defaults = {}
        of(template, expression)
        assert template.work.defaults.keys() == rests


def test_texts_that_rest_on_a_default_are_marked_however_deep_they_stand() -> None:
    found = value({"x": ["[parameters('both')]"], "y": "plain"}, parameters=DECLARED)
    assert found == {"x": [{"w": "canadaeast", "n": 1}], "y": "plain"}
    assert isinstance(found, dict)
    assert isinstance(found["x"], list)
    both = found["x"][0]
    assert isinstance(both, dict)
    assert isinstance(both["w"], Defaulted)
    assert not isinstance(found["y"], Defaulted)


def test_in_a_nested_template_a_default_is_sure() -> None:
    template = scope(parameters=DECLARED, settles_defaults=True)
    assert not isinstance(of(template, "[parameters('place')]"), Defaulted)
    assert template.work.defaults == {}


def test_a_parameter_that_is_handed_down_rests_on_what_it_was_made_of() -> None:
    outer = scope(parameters=DECLARED)
    inner = scope(
        parameters={"p": {"type": "string"}}, given={"p": lambda: outer.parameter("place")}, settles_defaults=True
    )
    inner.work = outer.work
    assert isinstance(of(inner, "[parameters('p')]"), Defaulted)


def test_one_parameter_of_two_templates_is_two_values() -> None:
    one, other = (of(scope(parameters=DECLARED, label=label), "[parameters('asked')]") for label in ("/a", "/b"))
    assert form(one) != form(other)


# Secrets


LOGIN: dict[str, Json] = {"type": "object", "properties": {"user": {"type": "string"}, "word": SECRET}}


@pytest.mark.parametrize(
    "declared",
    [
        SECRET,
        {"type": "SECUREOBJECT"},
        LOGIN,
        {"type": "array", "items": LOGIN},
        {"type": "array", "prefixItems": [{"type": "int"}, SECRET]},
        {"type": "object", "additionalProperties": SECRET},
        {"$ref": "#/definitions/Login"},
        {"discriminator": {"propertyName": "kind", "mapping": {"a": {"$ref": "#/definitions/login"}}}},
        {"$ref": "#/definitions/itself"},
    ],
    ids=str,
)
def test_of_what_has_a_secret_within_nothing_is_seen(declared: dict[str, Json]) -> None:
    definitions: Json = {"login": LOGIN, "itself": {"properties": {"next": {"$ref": "#/definitions/itself"}}}}
    found = value(
        "[concat('a', parameters('p'))]",
        parameters={"p": {**declared, "defaultValue": "hunter2"}},
        definitions=definitions,
        given={"p": lambda: "hunter2"},
    )
    assert isinstance(found, Open)
    assert (found.reason, found.needs) == ("sensitive", "parameters('p')")
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "declared",
    [
        {"type": "string"},
        {"type": "object", "properties": {"password": {"type": "string"}}, "additionalProperties": False},
        {"$ref": "#/definitions/plain"},
        {"$ref": "#/definitions/none"},
    ],
    ids=str,
)
def test_what_is_no_secret_is_seen(declared: dict[str, Json]) -> None:
    definitions: Json = {"plain": {"type": "string"}, "login": LOGIN}
    parameters: Json = {"p": {**declared, "defaultValue": "x"}}
    assert value("[parameters('p')]", parameters=parameters, definitions=definitions) == "x"


def test_a_type_that_is_too_deep_to_look_into_is_taken_for_a_secret() -> None:
    deep: Json = {"type": "string"}
    for _ in range(MAX_TYPES + 1):
        deep = {"type": "array", "items": deep}
    found = value("[parameters('p')]", parameters={"p": deep})
    assert isinstance(found, Open)
    assert found.reason == "sensitive"


def test_types_that_hold_each_other_many_times_over_are_looked_into_once() -> None:
    definitions: dict[str, Json] = {"t9": {"type": "string"}}
    for n in range(9):
        definitions[f"t{n}"] = {"properties": {f"p{m}": {"$ref": f"#/definitions/t{n + 1}"} for m in range(40)}}
    declared: Json = {"$ref": "#/definitions/t0", "defaultValue": "x"}
    assert value("[parameters('p')]", parameters={"p": declared}, definitions=definitions) == "x"
