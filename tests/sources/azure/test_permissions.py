"""The role that is printed has what descriptions and the scanner's own calls need, no more, and nothing that writes."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import sovercheck.sources.azure
from sovercheck.sources.azure.permissions import actions, lacking, reads_all, role
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Call

DESCENDANTS = "Microsoft.Management/managementGroups/descendants/read"


def own() -> set[str]:
    """What the calls need that the scanner makes beside those of the descriptions: the constants of its modules."""
    return {
        str(value.permission)
        for module in pkgutil.iter_modules(sovercheck.sources.azure.__path__, "sovercheck.sources.azure.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Call)
    }


def described(*, but: frozenset[str] = frozenset()) -> set[str]:
    found = set()
    for kind, form in forms("azure"):
        if kind.id not in but:
            found |= {call.permission for call in (form.listing, *form.also.values()) if call.permission}
            if form.listing.service == "graph":
                found.add(f"{form.native_type}/read")
    return found


def lowered(names: object) -> set[str]:
    assert isinstance(names, (list, tuple, set))
    return {str(name).lower() for name in names}


def test_the_actions_are_those_of_every_call_and_of_every_type_that_the_index_lists() -> None:
    assert "Microsoft.ResourceGraph/resources/read" in own()
    assert lowered(actions((), management_group=True)) == lowered(own() | described())
    assert lowered(actions(())) == lowered(own() | described()) - {DESCENDANTS.lower()}


def test_each_action_stands_once_and_in_order_whatever_its_case() -> None:
    found = [action.lower() for action in actions(())]
    assert found == sorted(set(found))


def test_what_is_left_out_needs_no_action() -> None:
    left_out = frozenset({"data_share", "cache"})
    assert lowered(actions(left_out)) == lowered((own() - {DESCENDANTS}) | described(but=left_out))
    assert not any("datashare" in action.lower() for action in actions(left_out))


@pytest.mark.parametrize("action", actions((), management_group=True))
def test_no_action_writes(action: str) -> None:
    assert action.endswith("/read")
    assert "*" not in action


def test_the_role_is_as_azure_takes_it() -> None:
    made = role(AzureEntry(subscriptions=["11111111-2222-3333-4444-555555555555"], exclude=["disk"], because="x"))
    assert (made["Name"], made["IsCustom"]) == ("sovercheck-lecture", True)
    assert made["Actions"] == list(actions({"disk"}))
    assert (made["NotActions"], made["DataActions"]) == ([], [])
    assert made["AssignableScopes"] == ["/subscriptions/11111111-2222-3333-4444-555555555555"]


def test_the_role_of_a_management_group_is_assigned_there() -> None:
    made = role(AzureEntry(management_group="organisme"))
    assert made["AssignableScopes"] == ["/providers/Microsoft.Management/managementGroups/organisme"]
    assert DESCENDANTS in str(made["Actions"])


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], ("A/b/read", "C/d/read")),
        ([{"actions": ["*"]}], ()),
        ([{"actions": ["*/READ"]}], ()),
        ([{"actions": ["a/*/read"]}], ("C/d/read",)),
        ([{"actions": ["A/b/read"]}, {"actions": ["c/D/read"]}], ()),
        ([{"actions": ["*/read"], "notActions": ["c/*"]}], ("C/d/read",)),
        ([{"actions": ["*/read"], "notActions": ["c/*"]}, {"actions": ["C/d/read"]}], ()),
        ([{"actions": ["A.b/read", "*/write"]}], ("A/b/read", "C/d/read")),
    ],
)
def test_what_the_roles_of_the_credentials_do_not_give_is_lacking(
    given: list[dict[str, list[str]]], missing: tuple[str, ...]
) -> None:
    assert lacking(given, ("A/b/read", "C/d/read")) == missing  # type: ignore[arg-type]


def test_only_reading_everything_shows_what_nobody_described() -> None:
    assert reads_all({"actions": ["*/read"]})
    assert not reads_all({"actions": list(actions(()))})
    assert not reads_all({"actions": ["*"], "notActions": ["Microsoft.Storage/*/read"]})
