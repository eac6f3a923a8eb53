"""The functions of templates that need more than their arguments' values."""

from __future__ import annotations

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.arm_ids import MANAGEMENT_GROUP, Target
from sovercheck.sources.plans.arm_values import GROUP, MAX_TEXT, SUBSCRIPTION, Frame, Open, Value, form, opened, shown

from .arm_made import ACCOUNTS, scope, value

KNOWN = Target("group", "0b1f", "rg")
VAULTS = "Microsoft.KeyVault/vaults"
COPIES = f"/subscriptions/0b1f/resourceGroups/rg/providers/{ACCOUNTS}/copies"


def needs(found: Value) -> str:
    assert isinstance(found, Open), found
    return found.needs


# Choices


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[if(true(), 'a', 'b')]", "a"),
        ("[if(false(), 'a', 'b')]", "b"),
        ("[if(unknown(), createArray(1), createArray(1))]", [1]),
        ("[and(true(), true())]", True),
        ("[and(unknown(), false())]", False),
        ("[or(unknown(), true())]", True),
        ("[or(false(), false())]", False),
        ("[not(false())]", True),
        ("[equals('a', 'A')]", False),
        ("[equals(unknown(1), unknown(1))]", True),
        ("[coalesce(null(), null(), 'c')]", "c"),
        ("[coalesce(null())]", None),
        ("[coalesce('', 'b')]", ""),
    ],
)
def test_a_choice_is_made_as_soon_as_it_can_be(expression: str, expected: Json) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[if(unknown(), 'a', 'b')]", "unknown()"),
        ("[if(true(), 'a')]", "if(true(), 'a')"),
        ("[if('true', 'a', 'b')]", "if('true', 'a', 'b')"),
        ("[and(true(), unknown())]", "unknown()"),
        ("[and('true')]", "and('true')"),
        ("[or(false(), unknown())]", "unknown()"),
        ("[not(unknown())]", "unknown()"),
        ("[not('false')]", "not('false')"),
        ("[not(true(), true())]", "not(true(), true())"),
        ("[equals(unknown(), 'a')]", "unknown()"),
        ("[equals('a')]", "equals('a')"),
        ("[coalesce(null(), unknown(), 'c')]", "unknown()"),
    ],
)
def test_what_cannot_be_chosen_yet_says_what_would_settle_it(expression: str, expected: str) -> None:
    assert needs(value(expression)) == expected


def test_what_is_not_chosen_is_not_looked_at() -> None:
    circle: Json = {"a": "[variables('a')]"}
    assert value("[if(true(), 1, variables('a'))]", variables=circle) == 1
    assert value("[or(true(), variables('a'))]", variables=circle) is True
    assert value("[coalesce(1, variables('a'))]", variables=circle) == 1
    with pytest.raises(InputError):
        value("[if(false(), 1, variables('a'))]", variables=circle)


def test_what_might_be_null_is_not_the_same_before_different_others() -> None:
    assert form(value("[coalesce(unknown(), 'a')]")) != form(value("[coalesce(unknown(), 'b')]"))
    assert value("[equals(coalesce(unknown(), 'a'), coalesce(unknown(), 'a'))]") is True


def test_a_choice_between_secrets_is_a_secret() -> None:
    for expression in ("[if(unknown(), parameters('s'), 'b')]", "[coalesce(unknown(), parameters('s'))]"):
        found = value(expression, parameters={"s": {"type": "secureString"}})
        assert isinstance(found, Open)
        assert found.reason == "sensitive"


# Names


def test_a_name_that_is_not_known_names_something_else_in_each_turn() -> None:
    template = scope(parameters={"a1": {"defaultValue": "x"}})
    frames = [Frame().looping("l", index, innermost=True) for index in (0, 1)]
    for what in ("parameters", "variables"):
        first, second = (template.value(f"[{what}(concat('a', unknown()))]", frame) for frame in frames)
        assert form(first) != form(second)
        assert first == template.value(f"[{what}(concat('a', unknown()))]", frames[0])
    assert template.value("[parameters(format('a{0}', copyIndex()))]", frames[1]) == "x"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[copyIndex()]", 2),
        ("[copyIndex(10)]", 12),
        ("[copyIndex('outer')]", 1),
        ("[copyIndex('OUTER', 10)]", 11),
        ("[copyIndex('rules')]", 3),
    ],
)
def test_a_turn_is_counted_from_nought_or_from_what_is_said(expression: str, expected: int) -> None:
    frame = Frame().looping("outer", 1, innermost=True).looping("Inner", 2, innermost=True)
    assert value(expression, frame.looping("rules", 3, innermost=False)) == expected


@pytest.mark.parametrize(
    ("expression", "index", "expected"),
    [
        ("[copyIndex('other')]", 1, "copyIndex('other')"),
        ("[copyIndex(unknown())]", 1, "unknown()"),
        ("[copyIndex('l', 'a')]", 1, "copyIndex('l', 'a')"),
        ("[copyIndex('l')]", opened("parameters('n')", "n"), "parameters('n')"),
        ("[copyIndex('l')]", True, "copyIndex('l')"),
    ],
)
def test_a_turn_of_no_loop_is_not_counted(expression: str, index: Value, expected: str) -> None:
    assert needs(value(expression, Frame().looping("l", index, innermost=True))) == expected


# Texts and lists put together


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[concat('a', 1, null(), true())]", "a1True"),
        ("[concat(createArray(1), createArray(2, 3))]", [1, 2, 3]),
        ("[concat(createArray(unknown()), createArray())]", [opened("unknown()", "unknown")]),
        ("[format('{0}-{1}-{0}', 'a', 2)]", "a-2-a"),
        ("[format('{{{0}}}', 'a')]", "{a}"),
    ],
)
def test_texts_and_lists_are_put_together(expression: str, expected: Value) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize("expression", ["[concat('a-', unknown(), '-b')]", "[format('a-{0}-b', unknown())]"])
def test_what_is_put_together_shows_what_is_known_of_it(expression: str) -> None:
    found = value(expression)
    assert (needs(found), shown(found)) == ("unknown()", "a-[unknown()]-b")
    assert form(found) == f"a-{opened('unknown()', 'unknown').form}-b"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[concat(createArray(1), 'a')]", "concat(createArray(1), 'a')"),
        ("[concat('a', createObject('b', unknown()))]", "unknown()"),
        ("[format()]", "format()"),
        ("[format(unknown(), 'a')]", "unknown()"),
        ("[format('{1}', 'a')]", "format('{1}', 'a')"),
    ],
)
def test_what_does_not_fit_together_is_open(expression: str, expected: str) -> None:
    assert needs(value(expression)) == expected


def test_no_text_grows_without_bounds() -> None:
    half = "x" * (MAX_TEXT // 2 + 1)
    assert isinstance(value("[concat(variables('h'), variables('h'))]", variables={"h": half}), Open)
    assert value("[concat(variables('h'), '')]", variables={"h": half}) == half


# Ids


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"[resourceId('{ACCOUNTS}', 'copies')]", COPIES),
        (f"[resourceId('{ACCOUNTS}/blobServices', 'copies', 'default')]", f"{COPIES}/blobServices/default"),
        (f"[resourceId('{ACCOUNTS}/blobServices', 'copies/default')]", f"{COPIES}/blobServices/default"),
        (f"[resourceId('far', '{VAULTS}', 'kv')]",
         f"/subscriptions/0b1f/resourceGroups/far/providers/{VAULTS}/kv"),
        (f"[resourceId('9c2e', 'far', '{VAULTS}', 'kv')]",
         f"/subscriptions/9c2e/resourceGroups/far/providers/{VAULTS}/kv"),
        (f"[subscriptionResourceId('{VAULTS}', 'kv')]", f"/subscriptions/0b1f/providers/{VAULTS}/kv"),
        (f"[subscriptionResourceId('9c2e', '{VAULTS}', 'kv')]", f"/subscriptions/9c2e/providers/{VAULTS}/kv"),
        ("[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'far')]",
         "/subscriptions/0b1f/resourceGroups/far"),
        (f"[tenantResourceId('{VAULTS}', 'kv')]", f"/providers/{VAULTS}/kv"),
        (f"[extensionResourceId('{COPIES}', 'Microsoft.Insights/diagnosticSettings', 'x')]",
         f"{COPIES}/providers/Microsoft.Insights/diagnosticSettings/x"),
        ("[resourceGroup().id]", "/subscriptions/0b1f/resourceGroups/rg"),
        ("[resourceGroup().name]", "rg"),
        ("[subscription().id]", "/subscriptions/0b1f"),
        ("[subscription().subscriptionId]", "0b1f"),
    ],
)  # fmt: skip
def test_an_id_is_told_from_what_a_template_is_deployed_to(expression: str, expected: str) -> None:
    assert value(expression, target=KNOWN) == expected


def test_one_name_before_the_type_is_a_subscription_where_the_template_is_deployed_to_one() -> None:
    found = value(f"[resourceId('9c2e', '{VAULTS}', 'kv')]", target=Target("subscription", "0b1f"))
    assert found == f"/subscriptions/9c2e/providers/{VAULTS}/kv"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"[resourceId('{ACCOUNTS}', 'copies')]",
         f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/{ACCOUNTS}/copies"),
        (f"[managementGroupResourceId('{VAULTS}', 'kv')]",
         f"/providers/Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}/providers/{VAULTS}/kv"),
        ("[resourceGroup().id]", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"),
        ("[resourceGroup().name]", GROUP),
        ("[subscription().subscriptionId]", SUBSCRIPTION),
    ],
)  # fmt: skip
def test_an_id_of_which_a_part_is_open_still_names_something(expression: str, expected: str) -> None:
    found = value(expression)
    assert form(found) == expected
    assert needs(found) == expression[1:-1]


def test_an_id_of_an_open_name_needs_the_name() -> None:
    found = value(f"[resourceId('{ACCOUNTS}', unknown())]", target=KNOWN)
    assert needs(found) == "unknown()"
    assert form(found) == COPIES.replace("copies", opened("unknown()", "unknown").form)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[resourceId('copies', 'x')]", "resourceId('copies', 'x')"),
        (f"[resourceId('{ACCOUNTS}')]", f"resourceId('{ACCOUNTS}')"),
        (f"[resourceId('{ACCOUNTS}', createArray())]", f"resourceId('{ACCOUNTS}', createArray())"),
        ("[resourceId(unknown(), 'copies')]", "unknown()"),
        (f"[extensionResourceId('{COPIES}', unknown(), 'x')]", "unknown()"),
    ],
)
def test_what_makes_no_id_is_open(expression: str, expected: str) -> None:
    assert needs(value(expression, target=KNOWN)) == expected


# What the deployment knows


def places(identifier: str) -> Value:
    return {COPIES: "canadaeast", KNOWN.root: "canadacentral"}.get(identifier)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"[reference('{COPIES}', '2023', 'full').location]", "canadaeast"),
        (f"[reference('{COPIES}', '2023', 'FULL').Location]", "canadaeast"),
        ("[reference('store', '2023', 'full').location]", "canadaeast"),
        ("[resourceInfo('STORE').id]", COPIES),
        ("[resourceGroup().location]", "canadacentral"),
    ],
)
def test_what_the_file_tells_of_its_own_resources_is_known(expression: str, expected: str) -> None:
    template = scope(target=KNOWN, location_of=places)
    template.symbols["store"] = COPIES
    assert template.value(expression, Frame()) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"[reference('{COPIES}').location]", f"reference('{COPIES}')"),
        (f"[reference('{COPIES}', '2023').location]", f"reference('{COPIES}', '2023')"),
        (f"[reference('{COPIES}', '2023', 'full').sku]", f"reference('{COPIES}', '2023', 'full').sku"),
        ("[reference('elsewhere', '2023', 'full').location]", "reference('elsewhere', '2023', 'full').location"),
        ("[resourceInfo('store').name]", "resourceInfo('store').name"),
        ("[resourceInfo('elsewhere').id]", "resourceInfo('elsewhere').id"),
        ("[resourceGroup().tags.owner]", "resourceGroup().tags"),
        ("[subscription().displayName]", "subscription().displayName"),
        ("[deployment().location]", "deployment().location"),
        ("[tenant().tenantId]", "tenant().tenantId"),
        ("[managementGroup().id]", "managementGroup().id"),
    ],
)
def test_the_rest_is_named_by_what_would_have_to_be_known(expression: str, expected: str) -> None:
    template = scope(target=KNOWN, location_of=places)
    template.symbols["store"] = COPIES
    assert needs(template.value(expression, Frame())) == expected


def test_where_the_file_has_no_location_nothing_is_known() -> None:
    assert needs(value("[resourceGroup().location]", target=KNOWN)) == "resourceGroup().location"
    assert isinstance(value(f"[reference('{COPIES}', '2023', 'full').location]", target=KNOWN), Open)


def test_a_resource_and_its_properties_have_locations_of_their_own() -> None:
    whole, inner = (value(f"[reference('{COPIES}', '2023'{rest}).location]") for rest in (", 'full'", ""))
    assert form(whole) != form(inner)


@pytest.mark.parametrize(
    "expression",
    ["[deployment().name]", "[reference('store').x]", "[resourceInfo('store').name]", "[parameters(unknown())]",
     "[map(unknown(), lambda('x', parameters('p')))]"],
)  # fmt: skip
def test_the_same_words_in_two_templates_may_mean_two_things(expression: str) -> None:
    one, other = scope(label="/one"), scope(label="/other")
    one.symbols["store"], other.symbols["store"] = COPIES, f"{COPIES}2"
    assert form(one.value(expression, Frame())) != form(other.value(expression, Frame()))
    assert one.value(expression, Frame()) == one.value(expression, Frame())


def test_an_id_means_the_same_in_every_template() -> None:
    expression = f"[reference('{COPIES}').x]"
    assert value(expression, label="/one") == value(expression, label="/other")


# Lambdas


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[map(createArray('a', 'b'), lambda('x', concat(lambdaVariables('X'), '!')))]", ["a!", "b!"]),
        ("[map(createArray('a', 'b'), lambda('x', 'i', lambdaVariables('i')))]", [0, 1]),
        ("[map(createArray(), lambda('x', unknown()))]", []),
        ("[filter(createArray(1, 2, 3), lambda('x', greater(lambdaVariables('x'), 1)))]", [2, 3]),
        ("[filter(createArray('a', 'b'), lambda('x', 'i', equals(lambdaVariables('i'), 1)))]", ["b"]),
        ("[map(createArray(1, 2), lambda('x', map(createArray(10), "
         "lambda('y', add(lambdaVariables('x'), lambdaVariables('y'))))))]", [[11], [12]]),
    ],
)  # fmt: skip
def test_each_element_is_bound_in_its_turn(expression: str, expected: Json) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "[map(unknown(), lambda('x', 1))]",
        "[map(createArray(1))]",
        "[map(createArray(1), 'x')]",
        "[map(createArray(1), lambda())]",
        "[filter(createArray(1), lambda('x', unknown()))]",
        "[filter(createArray(1), lambda('x', 'true'))]",
        "[filter('text', lambda('x', true()))]",
        "[lambdaVariables('x')]",
    ],
)
def test_what_cannot_be_unfolded_is_open_and_needs_itself(expression: str) -> None:
    assert needs(value(expression)) == expression[1:-1]


def test_what_is_open_within_a_lambda_is_another_value_for_each_element() -> None:
    found = value(
        "[map(createArray('a', 'b'), lambda('x', map(unknown(), "
        "lambda('y', concat(lambdaVariables('x'), lambdaVariables('y'))))))]"
    )
    assert isinstance(found, list)
    first, second = found
    assert form(first) != form(second)
