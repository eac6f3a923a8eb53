"""Azure's templates, read into what would be where."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sovercheck.change import Spot
from sovercheck.errors import InputError
from sovercheck.inventory.evidence import Grade
from sovercheck.sources.kinds import planned
from sovercheck.sources.kinds.path import ABSENT, Defaulted, Json, Pending, Reference
from sovercheck.sources.plans import arm
from sovercheck.sources.plans.arm_ids import resources
from sovercheck.sources.plans.model import UNKNOWN, Asked, Change, Incomplete, Placed, Plan, Planned

from .arm_made import ACCOUNTS, SCHEMA, account, nested, template

SHARED = Path(os.environ.get("SOVERCHECK_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
OWN = "/subscriptions/-/resourceGroups/-/providers/"


def read(raw: Mapping[str, Json] | list[Json], asked: Asked | None = None) -> Plan:
    return arm.read("main.json", json.dumps(raw, indent=1, ensure_ascii=False), asked or Asked())


def only(plan: Plan) -> tuple[Change, Planned, dict[str, Json]]:
    assert len(plan.changes) == 1
    return state(plan.changes[0])


def state(change: Change) -> tuple[Change, Planned, dict[str, Json]]:
    assert change.after is not None
    assert isinstance(change.after.values, dict)
    return change, change.after, change.after.values


def properties(values: dict[str, Json]) -> dict[str, Json]:
    found = values["properties"]
    assert isinstance(found, dict)
    return found


def evaluated(expression: Json, **members: Json) -> Json:
    """What an expression gives as a property of a resource."""
    _, _, values = only(read({**template(account(properties={"x": expression})), **members}))
    return properties(values).get("x")


# What a resource is


def test_a_resource_has_the_shape_of_azures_own_answers() -> None:
    change, after, values = only(read(template(account(location="Canada Central", sku={"name": "Standard_LRS"}))))
    assert change.address == f"{ACCOUNTS}/copies"
    assert (change.interface, change.provider, change.action, change.before) == ("api", "azure", "unchanged", None)
    assert change.native_type == ACCOUNTS
    assert values == {
        "id": f"{OWN}{ACCOUNTS}/copies".lower(),
        "name": "copies",
        "type": ACCOUNTS.lower(),
        "location": "canadacentral",
        "sku": {"name": "Standard_LRS"},
    }
    assert after.placed == Placed("canadacentral", "resource", Grade.DOCUMENTED, where="location")
    assert planned("api", change.native_type.lower())
    assert change.spot is not None
    assert (change.spot.file, change.spot.line, change.spot.end_line) == ("main.json", 5, 13)


def test_a_template_knows_nothing_of_how_things_are() -> None:
    plan = read(template(account(location="canadaeast")))
    assert (plan.format, plan.knows_before, plan.incomplete) == ("arm", False, ())


def test_members_compare_without_case() -> None:
    raw: Json = {"Type": ACCOUNTS, "NAME": "[PARAMETERS('N')]", "Location": "[Variables('W')]"}
    plan = read(template(raw, parameters={"n": {"defaultValue": "x"}}, variables={"w": "canadaeast"}))
    assert only(plan)[1].placed.region == "canadaeast"
    assert plan.changes[0].address == f"{ACCOUNTS}/x"


# Where it is


@pytest.mark.parametrize(
    ("location", "placed"),
    [
        (None, UNKNOWN),
        ("global", Placed(None, why="not_in_plan", where="location")),
        ("[resourceGroup().location]", Placed(None, why="expression", needs="resourceGroup().location")),
        ("[parameters('given')]", Placed("canadaeast", "resource", where="location")),
        ("[parameters('asked')]", Placed(None, why="expression", needs="parameters('asked')")),
        (
            "[parameters('byDefault')]",
            Placed("canadacentral", "variable", Grade.INFERRED, where="parameters('byDefault')"),
        ),
        (
            "[variables('ofBoth')]",
            Placed("canadacentral", "variable", Grade.INFERRED, where="parameters('byDefault')"),
        ),
        ("[parameters('theGroups')]", Placed(None, why="expression", needs="resourceGroup().location")),
        ("[parameters('secret')]", Placed(None, why="sensitive", needs="parameters('secret')")),
        ("[reference('other').location]", Placed(None, why="expression", needs="reference('other')")),
        ("[toLower(parameters('given'))]", Placed("canadaeast", "resource", where="location")),
        ("[whatever('x')]", Placed(None, why="expression", needs="whatever('x')")),
    ],
)
def test_a_place_says_how_it_is_known(location: Json, placed: Placed) -> None:
    raw = template(
        account(location=location),
        parameters={
            "given": {"type": "string", "defaultValue": "eastus"},
            "asked": {"type": "string"},
            "byDefault": {"type": "string", "defaultValue": "canadacentral"},
            "theGroups": {"type": "string", "defaultValue": "[resourceGroup().location]"},
            "secret": {"type": "secureString", "defaultValue": "canadaeast"},
        },
        variables={"ofBoth": "[if(equals(parameters('given'), 'canadaeast'), parameters('byDefault'), 'eastus')]"},
    )
    found = only(read(raw, Asked(parameters={"GIVEN": "canadaeast"})))[1].placed
    assert replace(found, spot=None) == placed
    assert (found.spot is not None) == (found.rung == "variable")


def test_what_a_place_rests_on_is_pointed_at() -> None:
    raw = template(account(location="[parameters('w')]"), parameters={"w": {"defaultValue": "canadaeast"}})
    _, after, _ = only(read(raw))
    assert after.placed.spot == Spot("main.json", 5, 7)


def test_what_is_assumed_is_the_place_of_the_deployment_alone() -> None:
    raw = template(
        account("a", location="[resourceGroup().location]"),
        account("b", location="[parameters('second')]"),
        parameters={"second": {"type": "string"}},
    )
    one, other = read(raw, Asked(assumed={"azure": "canadacentral"})).changes
    assert state(one)[1].placed == Placed("canadacentral", "assumed", Grade.ASSUMED, where="resourceGroup().location")
    assert state(other)[1].placed.region is None


def test_a_child_is_where_the_nearest_resource_is_that_contains_it() -> None:
    raw = template(
        account("[concat('a', uniqueString(resourceGroup().id))]", location="canadaeast"),
        {
            "type": f"{ACCOUNTS}/blobServices/containers",
            "name": "[concat('a', uniqueString(resourceGroup().id), '/default/', 'c')]",
        },
        {"type": f"{ACCOUNTS}/blobServices/containers", "name": "elsewhere/default/c"},
    )
    _, inside, outside = read(raw).changes
    known = f"{ACCOUNTS}/a[uniqueString(resourceGroup().id)]"
    assert inside.address == f"{known}/blobServices/default/containers/c"
    assert state(inside)[1].placed == Placed(
        "canadaeast", "resource", where=f"{known}.location", spot=read(raw).changes[0].spot
    )
    assert state(outside)[1].placed == Placed(
        None, why="not_in_plan", needs=f"{ACCOUNTS}/elsewhere/blobServices/default"
    )


def test_the_place_of_another_resource_is_read_of_it() -> None:
    raw = template(
        account(
            "a", location="[reference(resourceId('Microsoft.Storage/storageAccounts', 'b'), '2023', 'full').location]"
        ),
        account("b", location="[parameters('w')]"),
        parameters={"w": {"defaultValue": "canadaeast"}},
    )
    one, _ = read(raw).changes
    placed = state(one)[1].placed
    assert (placed.region, placed.rung, placed.where) == ("canadaeast", "variable", "parameters('w')")


def test_what_is_where_another_is_assumed_to_be_is_assumed_too() -> None:
    group = f"[reference(resourceId('{ACCOUNTS}', 'b'), '2023', 'full').location]"
    raw = template(account("a", location=group), account("b", location="[resourceGroup().location]"))
    one, other = read(raw, Asked(assumed={"azure": "canadaeast"})).changes
    assert state(one)[1].placed == state(other)[1].placed
    assert state(one)[1].placed.rung == "assumed"


def test_two_that_are_where_the_other_is_are_nowhere() -> None:
    def like(name: str) -> str:
        return f"[reference(resourceId('{ACCOUNTS}', '{name}'), '2023', 'full').location]"

    raw = template(account("a", location=like("b")), account("b", location=like("a")))
    assert {state(change)[1].placed.region for change in read(raw).changes} == {None}


# Which resources there are


def test_children_are_named_from_what_they_are_written_in() -> None:
    raw = template(
        {
            "type": "Microsoft.Sql/servers",
            "name": "srv",
            "location": "canadaeast",
            "resources": [
                {"type": "databases", "name": "one"},
                {"type": "Microsoft.Sql/servers/databases", "name": "srv/two"},
                {"type": "providers/diagnosticSettings", "name": "Microsoft.Insights/logs"},
            ],
        },
        {"type": "Microsoft.Sql/servers/databases/providers/diagnosticSettings",
         "name": "srv/two/Microsoft.Insights/logs"},
        {"type": "Microsoft.Insights/diagnosticSettings", "name": "all",
         "scope": "[resourceId('Microsoft.Sql/servers/databases', 'srv', 'one')]"},
        {"type": "Microsoft.Insights/diagnosticSettings", "name": "new",
         "scope": "Microsoft.Sql/servers/srv"},
    )  # fmt: skip
    plan = read(raw)
    server = f"{OWN}Microsoft.Sql/servers/srv".lower()
    settings = "providers/microsoft.insights/diagnosticsettings"
    assert [state(change)[2]["id"] for change in plan.changes] == [
        server,
        f"{server}/databases/one",
        f"{server}/databases/two",
        f"{server}/{settings}/logs",
        f"{server}/databases/two/{settings}/logs",
        f"{server}/databases/one/{settings}/all",
        f"{server}/{settings}/new",
    ]
    assert {change.native_type for change in plan.changes[3:]} == {"Microsoft.Insights/diagnosticSettings"}
    assert {state(change)[1].placed.region for change in plan.changes} == {"canadaeast"}


def test_what_azure_would_answer_is_found_by_address() -> None:
    raw = template(
        {"type": "Microsoft.Sql/servers", "name": "srv", "location": "canadaeast"},
        {"type": "Microsoft.Sql/servers/databases", "name": "srv/one"},
        {"type": "Microsoft.Sql/servers/encryptionProtector", "name": "srv/current"},
        {"type": "Microsoft.Insights/diagnosticSettings", "name": "x", "scope": "Microsoft.Sql/servers/srv"},
    )
    found = resources(read(raw), "after")
    server = f"{OWN}microsoft.sql/servers/SRV"
    protector = found.at(f"{server}/encryptionProtector/current")
    assert isinstance(protector, dict)
    assert protector["name"] == "current"
    listed = found.at(f"{server}/providers/Microsoft.Insights/diagnosticSettings")
    assert isinstance(listed, dict)
    assert isinstance(listed["value"], list)
    assert [item["name"] for item in listed["value"] if isinstance(item, dict)] == ["x"]
    assert found.at(f"{server}/failoverGroups") is ABSENT
    assert resources(read(raw), "before").at(f"{server}/databases") is ABSENT


def test_loops_make_as_many_as_they_say() -> None:
    raw = template(
        account("[format('a{0}', copyIndex('l', 1))]", copy={"name": "l", "count": "[length(variables('w'))]"},
                location="[variables('w')[copyIndex()]]"),
        variables={"w": ["canadaeast", "eastus"]},
    )  # fmt: skip
    plan = read(raw)
    assert [(change.address, state(change)[1].placed.region) for change in plan.changes] == [
        (f"{ACCOUNTS}/a1", "canadaeast"),
        (f"{ACCOUNTS}/a2", "eastus"),
    ]


def test_of_a_loop_without_an_end_that_is_known_one_resource_stands_for_all() -> None:
    raw = template(
        account("[concat('a', copyIndex())]", copy={"name": "l", "count": "[parameters('n')]"}),
        parameters={"n": {"type": "int"}},
    )
    plan = read(raw)
    assert only(plan)[0].address == f"{ACCOUNTS}/a[copyIndex()]"
    assert plan.notes == (("arm_copies", {"address": "l", "needs": "parameters('n')"}),)


def test_conditions_leave_out_what_they_do_not_hold_for() -> None:
    raw = template(
        account("a", condition=False),
        account("b", condition="[not(parameters('off'))]"),
        account("c", condition="[parameters('asked')]"),
        account("d", condition="[or(parameters('asked'), true())]"),
        parameters={"off": {"type": "bool", "defaultValue": True}, "asked": {"type": "bool"}},
    )
    plan = read(raw)
    assert [change.address[-1] for change in plan.changes] == ["c", "d"]
    assert plan.notes == (
        ("arm_left_out", {"address": f"{ACCOUNTS}/b", "needs": "parameters('off')"}),
        ("arm_condition", {"address": f"{ACCOUNTS}/c", "needs": "parameters('asked')"}),
    )


def test_of_symbolic_names_those_that_exist_are_not_made() -> None:
    raw = template(
        languageVersion="2.0",
        resources={
            "vault": {"existing": True, "type": "Microsoft.KeyVault/vaults", "name": "kv"},
            "store": account("a", location="[reference('other', '2023', 'full').location]"),
            "other": account("b", location="canadaeast"),
            "pod": {"import": "kubernetes", "type": "core/Pod@v1", "properties": {}},
        },
    )
    plan = read(raw)
    assert [(change.address, state(change)[1].placed.region) for change in plan.changes] == [
        (f"{ACCOUNTS}/a", "canadaeast"),
        (f"{ACCOUNTS}/b", "canadaeast"),
    ]
    assert plan.incomplete == (Incomplete("unsupported", "pod"),)


def test_what_is_written_twice_has_two_addresses() -> None:
    assert [change.address for change in read(template(account(), account())).changes] == [
        f"{ACCOUNTS}/copies",
        f"{ACCOUNTS}/copies#2",
    ]


# Deployments within deployments


def test_an_inner_template_has_parameters_of_its_own() -> None:
    inner = template(
        account(location="[parameters('w')]"), parameters={"w": {"type": "string", "defaultValue": "eastus"}}
    )
    outer: dict[str, Json] = {"w": {"type": "string", "defaultValue": "canadaeast"}}
    handed: Json = {"w": {"value": "[parameters('w')]"}}
    rests = only(read(template(nested(inner, given=handed), parameters=outer)))[1].placed
    assert (rests.region, rests.grade, rests.where) == ("canadaeast", Grade.INFERRED, "parameters('w')")
    # Nobody can give it another value than its default.
    assert only(read(template(nested(inner), parameters=outer)))[1].placed == Placed(
        "eastus", "resource", where="location"
    )


def test_an_outer_scope_template_has_the_outer_ones() -> None:
    inner = template(account(location="[variables('w')]"), variables={"w": "eastus"})
    raw = template(nested(inner, scope_="outer"), variables={"w": "canadaeast"})
    assert only(read(raw))[1].placed.region == "canadaeast"


def test_a_nested_deployment_goes_to_the_group_that_it_names() -> None:
    inner = template(account(location="[resourceGroup().location]"))
    raw = template(
        {"type": "Microsoft.Resources/resourceGroups", "name": "archive", "location": "canadaeast"},
        nested(inner, resourceGroup="archive", subscriptionId="0b1f6471-1bf0-4dda-aec3-cb9272f09590"),
        nested(inner, resourceGroup="archive"),
        level="subscriptionDeploymentTemplate",
    )
    _, far, near = read(raw).changes
    assert state(far)[2]["subscriptionId"] == "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
    assert state(far)[2]["resourceGroup"] == "archive"
    assert state(far)[1].account == "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
    assert state(far)[1].placed.region is None
    assert near.address == f"resourceGroups/archive/providers/{ACCOUNTS}/copies"
    assert state(near)[1].placed.region == "canadaeast"


def test_a_template_that_stands_elsewhere_is_not_read() -> None:
    raw = template(
        {
            "type": "Microsoft.Resources/deployments",
            "name": "far",
            "properties": {"templateLink": {"uri": "https://example.org/x.json"}},
        }
    )
    assert read(raw).incomplete == (Incomplete("unsupported", "Microsoft.Resources/deployments/far"),)


def test_parameters_that_stand_elsewhere_leave_no_default_sure() -> None:
    inner = template(account(location="[parameters('w')]"), parameters={"w": {"defaultValue": "canadaeast"}})
    deployment = nested(inner)
    assert isinstance(deployment["properties"], dict)
    deployment["properties"]["parametersLink"] = {"uri": "https://example.org/p.json"}
    assert only(read(template(deployment)))[1].placed.needs == "parameters('w')"


# Values


def test_ids_of_other_resources_of_the_file_refer_to_them() -> None:
    name = "[concat('kv', uniqueString(resourceGroup().id))]"
    raw = template(
        {"type": "Microsoft.KeyVault/vaults", "name": name, "location": "canadaeast"},
        account(
            properties={
                "byCall": "[resourceId('Microsoft.KeyVault/vaults', variables('kv'))]",
                "byHand": "[format('{0}/providers/Microsoft.KeyVault/vaults/{1}', "
                "resourceGroup().id, variables('kv'))]",
                "bySymbols": "[concat(subscription().id, '/resourceGroups/', resourceGroup().name, "
                "'/providers/Microsoft.KeyVault/vaults/', variables('kv'))]",
                "another": "[resourceId('Microsoft.KeyVault/vaults', 'there')]",
                "unnamed": "[resourceId('Microsoft.KeyVault/vaults', parameters('x'))]",
                "whole": "[resourceId('0b1f', 'rg', 'Microsoft.KeyVault/vaults', 'there')]",
                "users": {"[resourceId('Microsoft.KeyVault/vaults', variables('kv'))]": {}},
            }
        ),
        parameters={"x": {"type": "string"}},
        variables={"kv": name},
    )
    vault, store = read(raw).changes
    identifier = state(vault)[2]["id"]
    found = properties(state(store)[2])
    for way in ("byCall", "byHand", "bySymbols"):
        assert isinstance(found[way], Reference), way
        assert found[way] == identifier
    assert found["another"] == f"{OWN}Microsoft.KeyVault/vaults/there"
    assert not isinstance(found["another"], Reference)
    assert found["unnamed"] == Pending("expression", "parameters('x')")
    assert found["whole"] == "/subscriptions/0b1f/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/there"
    assert isinstance(found["users"], dict)
    assert [key.lower() for key in found["users"]] == [identifier]
    assert state(vault)[2]["name"] == "kv[uniqueString(resourceGroup().id)]"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[[kept]", "[kept]"),
        ("[concat('a', 1, true())]", "a1True"),
        ("[if(equals(variables('n'), 2), 'two', whatever())]", "two"),
        ("[if(whatever(), 'same', 'same')]", "same"),
        ("[and(false(), whatever())]", False),
        ("[and(true(), whatever())]", Pending("expression", "whatever()")),
        ("[coalesce(null(), 'b')]", "b"),
        ("[coalesce(whatever(), 'b')]", Pending("expression", "whatever()")),
        ("[equals(toLower(whatever()), toLower(whatever()))]", True),
        ("[contains(createArray('a', whatever()), 'a')]", True),
        ("[contains(createArray('a', whatever()), 'b')]", Pending("expression", "whatever()")),
        ("[variables('o').list[1].name]", "b"),
        ("[variables('o').?none]", None),
        ("[variables('o').none]", Pending("expression", "variables('o').none")),
        ("[variables('looped')]", ["x0", "x1"]),
        ("[own.both('a', 'b')]", "a-b"),
        ("[map(createArray(1, 2), lambda('n', add(lambdaVariables('n'), 1)))]", [2, 3]),
        ("[filter(createArray(1, 2), lambda('n', less(lambdaVariables('n'), 2)))]", [1]),
        ("[listKeys(resourceId('a/b', 'c'), '2023').keys[0].value]",
         Pending("expression", "resourceId('a/b', 'c')")),
        ("[variables('undeclared')]", Pending("expression", "variables('undeclared')")),
        ("[utcNow()]", Pending("expression", "utcNow()")),
    ],
)  # fmt: skip
def test_expressions(expression: str, value: Json) -> None:
    found = evaluated(
        expression,
        variables={
            "n": 2,
            "o": {"list": [{"name": "a"}, {"Name": "b"}]},
            "copy": [{"name": "looped", "count": 2, "input": "[concat('x', copyIndex('looped'))]"}],
        },
        functions=[
            {
                "namespace": "own",
                "members": {
                    "both": {
                        "parameters": [{"name": "l", "type": "string"}, {"name": "r", "type": "string"}],
                        "output": {"type": "string", "value": "[concat(parameters('l'), '-', parameters('r'))]"},
                    }
                },
            }
        ],
    )
    assert found == value


def test_loops_over_properties() -> None:
    raw = template(
        account(properties={"copy": [{"name": "rules", "count": 2, "input": {"n": "[copyIndex('rules')]"}}]})
    )
    assert properties(only(read(raw))[2]) == {"rules": [{"n": 0}, {"n": 1}]}


def test_texts_that_rest_on_a_default_or_an_assumption_are_marked() -> None:
    _, _, values = only(
        read(
            template(
                account(
                    location="[resourceGroup().location]",
                    sku={"name": "[concat('Standard_', variables('kind'))]"},
                    properties={"list": ["[parameters('given')]", "literal"]},
                ),
                parameters={
                    "kind": {"type": "string", "defaultValue": "GRS"},
                    "given": {"type": "string", "defaultValue": "x"},
                },
                variables={"kind": "[parameters('kind')]"},
            ),
            Asked(parameters={"given": "y"}, assumed={"azure": "canadaeast"}),
        )
    )
    assert isinstance(values["sku"], dict)
    assert values["sku"]["name"] == "Standard_GRS"
    assert isinstance(values["sku"]["name"], Defaulted)
    assert isinstance(values["location"], Defaulted)
    assert properties(values)["list"] == ["y", "literal"]
    assert not any(isinstance(item, Defaulted) for item in iter_texts(properties(values)["list"]))


def iter_texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


# Parameters that are given


def test_parameters_are_of_the_type_that_is_declared() -> None:
    raw = template(
        account(properties={"x": "[parameters('o').a[0]]", "n": "[add(parameters('n'), 1)]", "b": "[parameters('b')]"}),
        parameters={"o": {"type": "object"}, "n": {"type": "int"}, "b": {"type": "bool"}},
    )
    asked = Asked(parameters={"o": '{"a": [5]}', "n": "2", "b": "True", "of-another-file": "x"})
    assert properties(only(read(raw, asked))[2]) == {"x": 5, "n": 3, "b": True}
    for name, text in (("n", "two"), ("n", "true"), ("o", "{"), ("b", "hunter2")):
        with pytest.raises(InputError) as error:
            read(raw, Asked(parameters={name: text}))
        assert error.value.code == "arm_parameter"
        assert text not in error.value.message("en")


def test_a_parameter_file_gives_values_and_what_is_given_by_name_comes_before(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(
        '\ufeff{"parameters": {"W": {"value": "canadaeast"}, "n": {"value": "x"}, '
        '"k": {"reference": {"keyVault": {}}}}} // end',
        "utf-8",
    )
    raw = template(
        account("[parameters('n')]", location="[parameters('w')]", properties={"k": "[parameters('k')]"}),
        parameters={name: {"type": "string", "defaultValue": "eastus"} for name in ("w", "n", "k")},
    )
    change, after, values = only(read(raw, Asked(parameters={"n": "y"}, parameter_file=str(file))))
    assert change.address == f"{ACCOUNTS}/y"
    assert after.placed == Placed("canadaeast", "resource", where="location")
    assert properties(values) == {"k": Pending("sensitive", "parameters('k')")}
    file.write_text("{}", "utf-8")
    with pytest.raises(InputError, match="parameters"):
        read(raw, Asked(parameter_file=str(file)))
    with pytest.raises(InputError) as error:
        read(raw, Asked(parameter_file=str(tmp_path / "none.json")))
    assert error.value.code == "unreadable_file"


@pytest.mark.parametrize(
    "declared",
    [
        {"type": "secureString"},
        {"type": "SecureObject"},
        {"$ref": "#/definitions/login"},
        {"type": "object", "properties": {"deep": {"type": "array", "items": {"$ref": "#/definitions/login"}}}},
        {"$ref": "#/definitions/circle"},
    ],
    ids=str,
)
def test_secret_parameters_are_nowhere(declared: dict[str, Json]) -> None:
    secret = "hunter2"
    raw = template(
        account("[concat('a', parameters('p'))]", location="[parameters('p')]",
                condition="[equals(parameters('p'), 'a')]",
                properties={"x": "[base64(string(parameters('p')))]", "[parameters('p')]": 1}),
        nested(template(account("n", properties={"y": "[parameters('q')]"}), parameters={"q": {"type": "string"}}),
               given={"q": {"value": "[parameters('p')]"}}),
        parameters={"p": {**declared, "defaultValue": secret}},
        definitions={
            "login": {"type": "object", "properties": {"password": {"type": "securestring"}}},
            "circle": {"$ref": "#/definitions/circle"},
        },
    )  # fmt: skip
    for asked in (Asked(), Asked(parameters={"p": json.dumps({"password": secret})})):
        plan = read(raw, asked)
        assert secret not in repr(plan)
        first, second = plan.changes
        assert properties(state(first)[2])["x"] == Pending("sensitive", "parameters('p')")
        assert properties(state(second)[2])["y"] == Pending("sensitive", "parameters('p')")
        assert state(first)[1].placed.why == "sensitive"


def test_placeholders_are_in_no_address_place_or_note() -> None:
    raw = template(
        account("[parameters('n')]", condition="[parameters('c')]"),
        {"type": f"{ACCOUNTS}/blobServices", "name": "[concat(parameters('other'), '/default')]"},
        {"type": "Microsoft.Insights/diagnosticSettings", "name": "x",
         "scope": "[resourceId('Microsoft.Sql/servers', parameters('n'))]"},
        nested(template(account()), resourceGroup="[parameters('g')]"),
    )  # fmt: skip
    plan = read(raw)
    told = [(change.address, state(change)[1].placed, change.native_type) for change in plan.changes]
    assert "⟦" not in repr((told, plan.notes, plan.incomplete))


# What is wrong with a template


def bomb() -> dict[str, Json]:
    """Variables that unfold to 2^40 values."""
    found: dict[str, Json] = {"v0": ["x"]}
    for n in range(1, 41):
        found[f"v{n}"] = [f"[variables('v{n - 1}')]", f"[variables('v{n - 1}')]"]
    return found


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"variables": {"a": "[variables('b')]", "b": "[variables('a')]", "x": "[variables('a')]"}}, "arm_circular"),
        ({"parameters": {"p": {"defaultValue": "[parameters('p')]"}}, "variables": {"x": "[parameters('p')]"}},
         "arm_circular"),
        ({"functions": [{"namespace": "f", "members": {"f": {"parameters": [], "output": {"value": "[f.f()]"}}}}],
          "variables": {"x": "[f.f()]"}}, "arm_too_deep"),
        ({"variables": {"x": "[concat('a'"  "]"}}, "arm_expression"),
        ({"variables": {"x": {"copy": [{"name": "y", "count": 50_000, "input": "a"}]}}}, "arm_copies"),
        ({"variables": {**bomb(), "x": "[string(variables('v40'))]"}}, "arm_too_much"),
        ({"variables": {**bomb(), "x": "[variables('v40')]"}}, "arm_too_much"),
        ({"variables": {**{f"v{n}": f"[variables('v{n + 1}')]" for n in range(500)}, "v500": 1,
                        "x": "[variables('v0')]"}}, "arm_too_deep"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_has_no_end_is_refused(members: dict[str, Json], code: str) -> None:
    with pytest.raises(InputError) as error:
        evaluated("[variables('x')]", **members)
    assert error.value.code == code
    assert error.value.place is not None
    assert error.value.place.line is not None


def test_texts_that_double_stay_within_bounds() -> None:
    doubling: dict[str, Json] = {"v0": "x" * 1000}
    for n in range(1, 31):
        doubling[f"v{n}"] = f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]"
    assert isinstance(evaluated("[variables('v30')]", variables=doubling), Pending)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({}, "arm_no_template"),
        ({"format_version": "1.2"}, "arm_no_template"),
        (template("text"), "arm_resource"),
        (template({"name": "a"}), "arm_resource"),
        (template({"type": "[parameters('t')]", "name": "a"}), "arm_resource"),
        (template(account(copy={"name": "c", "count": 50_000})), "arm_copies"),
    ],
)
def test_what_is_no_template_is_refused(raw: dict[str, Json], code: str) -> None:
    with pytest.raises(InputError) as error:
        read(raw)
    assert error.value.code == code


def test_the_place_of_a_faulty_expression_is_told() -> None:
    with pytest.raises(InputError) as error:
        read(template(account(location="[concat('a'']")))
    assert str(error.value.place) == "main.json:9"


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (template(), True),
        (template(level="tenantDeploymentTemplate"), True),
        ({"contentVersion": "1.0.0.0", "resources": {}}, True),
        ({"$schema": SCHEMA.format("deploymentParameters"), "contentVersion": "1.0.0.0"}, False),
        ({"Resources": {}}, False),
        ([], False),
    ],
)
def test_templates_are_known_by_what_they_hold(document: Json, known: bool) -> None:
    assert arm.looks_like(document) is known


# Real templates

FILES = sorted((SHARED / "data/arm").glob("*.json"))


@pytest.mark.skipif(not FILES, reason="no public templates here; set SOVERCHECK_SHARED to the folder of the data")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_templates_place_each_resource_or_say_why_not(path: Path) -> None:
    plan = arm.read(path.name, path.read_text("utf-8-sig"), Asked(assumed={"azure": "canadacentral"}))
    assert plan.changes
    assert len({change.address for change in plan.changes}) == len(plan.changes)
    for change in plan.changes:
        _, after, _ = state(change)
        assert after.placed.region is not None or after.placed.why is not None
        assert after.placed.why != "expression" or after.placed.needs
        assert change.spot is not None
        lines = path.read_text("utf-8-sig").splitlines()[change.spot.line - 1 : change.spot.end_line]
        assert any('"type"' in line for line in lines)
