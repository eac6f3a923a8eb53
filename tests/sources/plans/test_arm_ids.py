"""The ids of Azure's resources."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import ABSENT, Json, Pending
from sovercheck.sources.plans.arm_ids import Resources, Target, below, made, members, parent_of, plain, type_of

GROUP = "/subscriptions/0b1f/resourceGroups/rg"
SERVER = f"{GROUP}/providers/Microsoft.Sql/servers/srv"
SETTING = f"{SERVER}/databases/db/providers/Microsoft.Insights/diagnosticSettings/x"


@pytest.mark.parametrize(
    ("identifier", "type_", "parent"),
    [
        (GROUP, "Microsoft.Resources/resourceGroups", None),
        (SERVER, "Microsoft.Sql/servers", None),
        (f"{SERVER}/databases/db", "Microsoft.Sql/servers/databases", SERVER),
        (SETTING, "Microsoft.Insights/diagnosticSettings", f"{SERVER}/databases/db"),
        ("/subscriptions/0b1f", "", None),
        ("", "", None),
    ],
)
def test_an_id_says_a_type_and_what_contains_it(identifier: str, type_: str, parent: str | None) -> None:
    assert type_of(identifier) == type_
    assert parent_of(identifier) == parent


def test_an_id_is_made_of_a_type_and_names() -> None:
    assert made(GROUP, "Microsoft.Sql/servers/databases", ["srv", "db"]) == f"{SERVER}/databases/db"
    assert made("/subscriptions/0b1f", "Microsoft.Resources/resourceGroups", ["rg"]) == GROUP
    # One open name may stand for both.
    assert made(GROUP, "a/b/c", ["⟦1⟧"]) == f"{GROUP}/providers/a/b/⟦1⟧/c/⟦1⟧"


@pytest.mark.parametrize(
    ("target", "root"),
    [
        (Target(), "/subscriptions/-/resourceGroups/-"),
        (Target("subscription"), "/subscriptions/-"),
        (Target("management_group"), "/providers/Microsoft.Management/managementGroups/-"),
        (Target("tenant"), ""),
    ],
)
def test_what_is_deployed_to_has_no_name_of_its_own(target: Target, root: str) -> None:
    assert plain(target.root) == root


def test_people_see_no_placeholder() -> None:
    assert below(plain(made(Target().root, "a/b", ["x⟦1f⟧"]))) == "a/b/x[…]"
    assert below("/subscriptions/-/resourcegroups/-/providers/a/b/x") == "a/b/x"
    assert below("/subscriptions/-/resourceGroups/mine") == "resourceGroups/mine"
    assert members("/subscriptions/⟦1⟧/resourceGroups/-/providers/a/B/x⟦1f⟧") == {
        "id": "/subscriptions/⟦1⟧/resourcegroups/-/providers/a/b/x⟦1f⟧",
        "name": "x[…]",
        "type": "a/b",
    }


def test_the_nearest_resource_above_is_found() -> None:
    server: Json = {"id": SERVER}
    found = Resources({SERVER.lower(): server}, {})
    assert found.above(SETTING) == server
    assert found.above(SERVER) is ABSENT
    assert Resources().above(f"{plain(Target().root)}/providers/a/b/x/c/y") == Pending("not_in_plan", "a/b/x")
    assert found.at(f"{SERVER}/") == server
