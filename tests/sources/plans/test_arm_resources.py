"""Which resources a template makes, under which ids and addresses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans import arm_resources
from sovercheck.sources.plans.arm_resources import Resources, get, segments
from sovercheck.sources.plans.arm_values import Open, form
from sovercheck.sources.plans.model import Incomplete

from .arm_made import ACCOUNTS, account, nested, resources, template

OWN = "/subscriptions/-/resourceGroups/-"
SERVERS = "Microsoft.Sql/servers"
SETTINGS = "Microsoft.Insights/diagnosticSettings"
GROUPS = "Microsoft.Resources/resourceGroups"
SERVER = f"{OWN}/providers/{SERVERS}/srv"
ASKED: Json = {"asked": {"type": "bool"}, "n": {"type": "int"}, "off": {"type": "bool", "defaultValue": False}}


def ids(found: Resources) -> list[str]:
    return [entry.identifier for entry in found.entries]


def addresses(found: Resources) -> list[str]:
    return [entry.address for entry in found.entries]


def made(*listed: Json, level: str = "deploymentTemplate", **members: Json) -> Resources:
    return resources(template(*listed, level=level, **members))


def refused(raw: Mapping[str, Json]) -> InputError:
    with pytest.raises(InputError) as error:
        resources(raw)
    return error.value


# Names


@pytest.mark.parametrize(
    ("level", "root", "address"),
    [
        ("deploymentTemplate", OWN, ""),
        ("subscriptionDeploymentTemplate", "/subscriptions/-", ""),
        ("managementGroupDeploymentTemplate", "/providers/Microsoft.Management/managementGroups/-",
         "Microsoft.Management/managementGroups/-/providers/"),
        ("tenantDeploymentTemplate", "", ""),
    ],
)  # fmt: skip
def test_a_resource_is_named_below_what_the_template_is_deployed_to(level: str, root: str, address: str) -> None:
    found = made(account(), level=level)
    assert ids(found) == [f"{root}/providers/{ACCOUNTS}/copies"]
    assert addresses(found) == [f"{address}{ACCOUNTS}/copies"]


def test_a_group_is_named_below_its_subscription() -> None:
    found = made({"type": GROUPS, "name": "archive"}, level="subscriptionDeploymentTemplate")
    assert (ids(found), addresses(found)) == (["/subscriptions/-/resourceGroups/archive"], ["resourceGroups/archive"])


@pytest.mark.parametrize(
    ("child", "identifier"),
    [
        ({"type": "databases", "name": "db"}, f"{SERVER}/databases/db"),
        ({"type": f"{SERVERS}/databases", "name": "db"}, f"{SERVER}/databases/db"),
        ({"type": f"{SERVERS}/databases", "name": "srv/db"}, f"{SERVER}/databases/db"),
        ({"type": f"{SERVERS}/databases", "name": "other/db"},
         f"{OWN}/providers/{SERVERS}/other/databases/db"),
        ({"type": "/databases/", "name": "db"}, f"{SERVER}/databases/db"),
        ({"type": "providers/diagnosticSettings", "name": "Microsoft.Insights/x"}, f"{SERVER}/providers/{SETTINGS}/x"),
        ({"type": ACCOUNTS, "name": "copies"}, f"{OWN}/providers/{ACCOUNTS}/copies"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_written_within_a_resource_goes_on_from_its_name(child: Json, identifier: str) -> None:
    found = made({"type": SERVERS, "name": "srv", "resources": [child]})
    assert ids(found) == [SERVER, identifier]
    assert addresses(found) == [f"{SERVERS}/srv", identifier.removeprefix(f"{OWN}/providers/")]


@pytest.mark.parametrize(
    ("scope", "start"),
    [
        (f"{SERVERS}/srv", SERVER),
        (f"[resourceId('{SERVERS}', 'srv')]", SERVER),
        (f"{SERVER}/", SERVER),
        ("/", ""),
        ("/subscriptions/0b1f", "/subscriptions/0b1f"),
    ],
)
def test_what_extends_a_resource_is_named_below_it(scope: str, start: str) -> None:
    found = made({"type": SERVERS, "name": "srv"}, {"type": SETTINGS, "name": "x", "scope": scope})
    assert ids(found)[1] == f"{start}/providers/{SETTINGS}/x"


def test_what_extends_a_resource_of_the_file_is_known_as_that_is() -> None:
    found = made(
        account("[parameters('n')]"),
        {"type": SETTINGS, "name": "x", "scope": f"[resourceId('{ACCOUNTS}', parameters('n'))]"},
    )
    assert addresses(found)[1] == f"{ACCOUNTS}/[parameters('n')]/providers/{SETTINGS}/x"


def test_a_name_that_nobody_knows_is_the_same_wherever_it_stands() -> None:
    name = "concat('a', uniqueString(resourceGroup().id))"
    found = made(
        account(f"[{name}]"),
        {"type": f"{ACCOUNTS}/blobServices", "name": f"[concat({name}, '/default')]"},
        account("[concat('a', uniqueString(subscription().id))]"),
    )
    first, inner, other = ids(found)
    assert inner == f"{first}/blobServices/default"
    assert other != first
    known = f"{ACCOUNTS}/a[uniqueString(resourceGroup().id)]"
    assert addresses(found)[:2] == [known, f"{known}/blobServices/default"]


def test_a_name_of_which_even_the_levels_are_open_stands_whole_in_the_address() -> None:
    found = made({"type": f"{SERVERS}/databases", "name": "[parameters('n')]"})
    assert addresses(found) == [f"{SERVERS}/databases/[parameters('n')]"]


def test_a_name_may_be_a_number() -> None:
    assert addresses(made(account(7))) == [f"{ACCOUNTS}/7"]  # type: ignore[arg-type]


def test_what_is_written_twice_has_two_addresses_and_its_id_names_the_first() -> None:
    found = made(account(sku={"name": "a"}), account("COPIES"), account())
    assert addresses(found) == [f"{ACCOUNTS}/copies", f"{ACCOUNTS}/COPIES", f"{ACCOUNTS}/copies#2"]
    assert list(found.by_id) == [f"{OWN}/providers/{ACCOUNTS}/copies".lower()]
    assert found.by_id[ids(found)[0].lower()] is found.entries[0]


@pytest.mark.parametrize(
    "resource",
    ["text", 1, {}, {"type": ACCOUNTS}, {"name": "a"}, {"type": "/", "name": "a"}, {"type": ACCOUNTS, "name": ["a"]},
     {"type": "[parameters('asked')]", "name": "a"}],
    ids=str,
)  # fmt: skip
def test_what_has_no_type_or_name_is_refused(resource: Json) -> None:
    error = refused(template(resource))
    assert error.code == "arm_resource"
    assert error.place is not None
    assert error.place.line is not None


def test_a_template_may_have_no_resources() -> None:
    nothing: tuple[Json, ...] = ([], {}, None, "text")
    for listed in nothing:
        assert made(resources=listed).entries == []


# Loops and conditions


def test_a_loop_makes_as_many_as_it_says() -> None:
    loop: Json = {"name": "l", "count": 2}
    child: Json = {"type": "blobServices", "name": "[format('s{0}', copyIndex())]", "copy": {"name": "m", "count": 2}}
    found = made(account("[format('a{0}', copyIndex('l'))]", copy=loop, resources=[child]))
    assert [address.removeprefix(f"{ACCOUNTS}/") for address in addresses(found)] == [
        "a0",
        "a0/blobServices/s0",
        "a0/blobServices/s1",
        "a1",
        "a1/blobServices/s0",
        "a1/blobServices/s1",
    ]
    assert made(account(copy={"name": "l", "count": 0})).entries == []


def test_of_a_loop_that_nobody_can_count_one_stands_for_all() -> None:
    found = made(
        account("[format('a{0}', copyIndex())]", copy={"name": "l", "count": "[parameters('n')]"}), parameters=ASKED
    )
    assert addresses(found) == [f"{ACCOUNTS}/a[copyIndex()]"]
    assert found.notes == [("arm_copies", {"address": "l", "needs": "parameters('n')"})]


def test_loops_within_loops_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    inner: Json = account("[format('a{0}', copyIndex())]", copy={"name": "m", "count": 100})
    raw = template({"type": SERVERS, "name": "s", "copy": {"name": "l", "count": 12}, "resources": [inner]})
    assert len(resources(raw).entries) == 1212
    monkeypatch.setattr(arm_resources, "MAX_RESOURCES", 1000)
    assert refused(raw).code == "arm_too_much"


@pytest.mark.parametrize(
    ("condition", "is_made", "notes"),
    [
        (None, True, []),
        (True, True, []),
        ("[equals(1, 1)]", True, []),
        (False, False, []),
        ("False", False, []),
        ("[equals(1, 2)]", False, []),
        ("[parameters('off')]", False, [("arm_left_out", "parameters('off')")]),
        ("[not(parameters('off'))]", True, []),
        ("[parameters('asked')]", True, [("arm_condition", "parameters('asked')")]),
    ],
)
def test_what_a_condition_does_not_hold_for_is_not_made(
    condition: Json, is_made: bool, notes: list[tuple[str, str]]
) -> None:
    found = made(account(condition=condition), parameters=ASKED)
    assert bool(found.entries) is is_made
    address = f"{ACCOUNTS}/copies"
    assert found.notes == [(code, {"address": address, "needs": needs}) for code, needs in notes]


def test_a_condition_is_of_the_resource_alone() -> None:
    child: Json = {"type": "databases", "name": "db"}
    found = made({"type": SERVERS, "name": "srv", "condition": False, "resources": [child]})
    assert addresses(found) == [f"{SERVERS}/srv/databases/db"]


def test_the_same_is_noted_once() -> None:
    copies: Json = {"name": "l", "count": 3}
    found = made(account(condition="[parameters('asked')]", copy=copies), parameters=ASKED)
    assert len(found.entries) == 3
    assert len(found.notes) == 1


# Symbolic names


def test_symbolic_names_name_what_is_made_and_what_is_there() -> None:
    found = made(
        languageVersion="2.0",
        resources={
            "Vault": {"existing": True, "type": "Microsoft.KeyVault/vaults", "name": "kv"},
            "store": account(resources={"blobs": {"type": "blobServices", "name": "default"}}),
        },
    )
    copies = f"{OWN}/providers/{ACCOUNTS}/copies"
    assert ids(found) == [copies, f"{copies}/blobServices/default"]
    assert found.templates[0].symbols == {
        "vault": f"{OWN}/providers/Microsoft.KeyVault/vaults/kv",
        "store": copies,
        "blobs": f"{copies}/blobServices/default",
    }


def test_what_is_of_no_type_of_azures_is_told_and_not_made() -> None:
    found = made(
        resources={
            "pod": {"import": "kubernetes", "type": "core/Pod@v1"},
            "group": {"extension": "graph", "type": "Microsoft.Graph/groups@v1.0"},
        }
    )
    assert found.entries == []
    assert found.incomplete == [Incomplete("unsupported", "pod"), Incomplete("unsupported", "group")]


# Deployments within deployments


def test_a_deployment_is_no_resource_and_what_it_makes_is() -> None:
    found = made(nested(template(account())))
    assert addresses(found) == [f"{ACCOUNTS}/copies"]
    assert [found.label for found in found.templates] == [
        "",
        f"/{OWN}/providers/Microsoft.Resources/deployments/inner",
    ]


@pytest.mark.parametrize(
    ("members", "root"),
    [
        ({}, OWN),
        ({"resourceGroup": "far"}, "/subscriptions/-/resourceGroups/far"),
        ({"resourceGroup": "far", "subscriptionId": "0b1f"}, "/subscriptions/0b1f/resourceGroups/far"),
        ({"subscriptionId": "0b1f"}, "/subscriptions/0b1f"),
        ({"subscriptionId": "", "resourceGroup": ""}, OWN),
        ({"scope": "/subscriptions/0b1f"}, "/subscriptions/0b1f"),
        ({"scope": "/subscriptions/0b1f/resourceGroups/far"}, "/subscriptions/0b1f/resourceGroups/far"),
        ({"scope": "[subscription().id]"}, "/subscriptions/-"),
    ],
    ids=str,
)
def test_a_nested_deployment_goes_where_it_says(members: dict[str, Json], root: str) -> None:
    for scope in ("inner", "outer"):
        found = made(nested(template(account()), scope_=scope, **members))
        assert ids(found) == [f"{root}/providers/{ACCOUNTS}/copies"]


def test_a_nested_deployment_goes_to_the_level_of_its_schema() -> None:
    inner = template(account(), level="subscriptionDeploymentTemplate")
    assert ids(made(nested(inner, subscriptionId=None))) == [f"/subscriptions/-/providers/{ACCOUNTS}/copies"]


def test_a_nested_deployment_that_is_not_made_makes_nothing() -> None:
    inner = template(account())
    assert made(nested(inner, condition=False)).entries == []
    found = made(nested(inner, condition="[parameters('asked')]"), parameters=ASKED)
    assert addresses(found) == [f"{ACCOUNTS}/copies"]
    assert [code for code, _ in found.notes] == ["arm_condition"]


def test_a_nested_deployment_may_be_made_many_times() -> None:
    inner = template(account("[parameters('name')]"), parameters={"name": {"type": "string"}})
    given: Json = {"name": {"value": "[format('a{0}', copyIndex())]"}}
    named: Json = "[format('inner-{0}', copyIndex())]"
    found = made(nested(inner, given=given, name=named, copy={"name": "l", "count": 2}))
    assert addresses(found) == [f"{ACCOUNTS}/a0", f"{ACCOUNTS}/a1"]


def test_the_same_module_deployed_twice_makes_two_names_that_nobody_knows() -> None:
    inner = template(account("[uniqueString(deployment().name)]"))
    one, other = ids(made(nested(inner, name="one"), nested(inner, name="other")))
    assert one != other


def test_what_an_inner_template_is_given_is_evaluated_where_it_is_given() -> None:
    inner = template(
        account("[parameters('a')]", x="[parameters('b')]", y="[parameters('c')]"),
        parameters={name: {"type": "string", "defaultValue": "inner"} for name in "abc"},
        variables={"v": "inner"},
    )
    given: Json = {"A": {"value": "[variables('v')]"}, "b": {"reference": {"keyVault": {}}}}
    (entry,) = made(nested(inner, given=given), variables={"v": "outer"}).entries
    assert entry.address == f"{ACCOUNTS}/outer"
    secret = entry.member("x")
    assert isinstance(secret, Open)
    assert (secret.reason, secret.needs) == ("sensitive", "parameters('b')")
    assert entry.member("Y") == "inner"


@pytest.mark.parametrize("scope", ["outer", "Outer", None, "[parameters('n')]"])
def test_expressions_are_the_outer_templates_unless_it_is_said_that_they_are_not(scope: Json) -> None:
    inner = template(account("[variables('v')]"), variables={"v": "inner"})
    found = made(nested(inner, scope_=scope), variables={"v": "outer"}, parameters=ASKED)
    assert addresses(found) == [f"{ACCOUNTS}/outer"]


def test_a_template_that_stands_elsewhere_is_told() -> None:
    link: Json = {"templateLink": {"uri": "https://example.org/x.json"}}
    found = made({"type": "Microsoft.Resources/deployments", "name": "far", "properties": link})
    assert found.incomplete == [Incomplete("unsupported", "Microsoft.Resources/deployments/far")]
    assert found.entries == []


def test_what_is_given_to_the_file_reaches_its_own_template_alone() -> None:
    inner = template(account("[parameters('p')]"), parameters={"p": {"type": "string", "defaultValue": "inner"}})
    raw = template(account("[parameters('p')]"), nested(inner), parameters={"p": {"type": "string"}})
    assert addresses(resources(raw, {"p": lambda: "given"})) == [f"{ACCOUNTS}/given", f"{ACCOUNTS}/inner"]


# Members


def test_a_member_tells_what_it_rests_on_and_leaves_what_is_in_hand_alone() -> None:
    parameters: Json = {"w": {"type": "string", "defaultValue": "canadaeast"}, "v": {"defaultValue": "x"}}
    (entry,) = made(account(location="[parameters('w')]"), parameters=parameters).entries
    in_hand: dict[str, Json] = {"parameters('v')": None}
    entry.template.work.defaults = dict(in_hand)
    value, rests = entry.with_defaults("Location")
    assert (form(value), list(rests)) == ("canadaeast", ["parameters('w')"])
    assert entry.template.work.defaults == in_hand
    assert entry.with_defaults("type") == (ACCOUNTS, {})


@pytest.mark.parametrize(
    ("raw", "expected"), [({"Name": 1}, 1), ({"NAME": 1, "name": 2}, 2), ({}, None), (["name"], None), (None, None)]
)
def test_members_are_found_without_case(raw: Json, expected: Json) -> None:
    assert get(raw, "name") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b", ["a", "b"]),
        ("[split('x/y', '/')]/b", ["[split('x/y', '/')]", "b"]),
        ("a[f(b[0])]/c", ["a[f(b[0])]", "c"]),
        ("", [""]),
    ],
)
def test_slashes_within_an_expression_part_nothing(text: str, expected: list[str]) -> None:
    assert segments(text) == expected
