"""Results of what-if, made by the published specification of Resource Manager's interface: no public file has one."""

from __future__ import annotations

import json

import pytest

from sovercheck.change import Action
from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json, Pending
from sovercheck.sources.plans import what_if
from sovercheck.sources.plans.model import UNKNOWN, Asked, Incomplete, Placed, Plan, Planned

SUBSCRIPTION = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/copies"
SERVER = f"{GROUP}/providers/Microsoft.Sql/servers/srv"
HERE: Json = {"id": ACCOUNT, "type": "x", "location": "canadacentral", "apiVersion": "2023-05-01"}
THERE: Json = {"location": "East US", "properties": {"accessTier": "Hot"}}


def change(kind: str, identifier: str = ACCOUNT, **members: Json) -> Json:
    return {"resourceId": identifier, "changeType": kind, **members}


def result(*changes: Json, **members: Json) -> dict[str, Json]:
    return {"status": "Succeeded", "changes": list(changes), "error": None, **members}


def read(document: Json) -> Plan:
    return what_if.read("what-if.json", json.dumps(document, indent=1), Asked())


def region(planned: Planned | None) -> str | None:
    return None if planned is None else planned.placed.region


@pytest.mark.parametrize(
    ("kind", "before", "after", "action", "regions"),
    [
        ("Create", None, THERE, "create", (None, "eastus")),
        ("Delete", HERE, None, "delete", ("canadacentral", None)),
        ("Modify", HERE, THERE, "update", ("canadacentral", "eastus")),
        ("NoChange", HERE, HERE, "no_op", ("canadacentral", "canadacentral")),
        ("NoChange", HERE, None, "no_op", ("canadacentral", "canadacentral")),
        ("NoEffect", HERE, HERE, "no_op", ("canadacentral", "canadacentral")),
        ("deploy", HERE, THERE, "unchanged", ("canadacentral", "eastus")),
    ],
)
def test_each_kind_of_change(
    kind: str, before: Json, after: Json, action: Action, regions: tuple[str | None, str | None]
) -> None:
    plan = read(result(change(kind, before=before, after=after, delta=[])))
    assert (plan.format, plan.knows_before, plan.incomplete) == ("what-if", True, ())
    found = plan.changes[0]
    assert found.action == action
    assert (region(found.before), region(found.after)) == regions
    assert (found.before is None, found.after is None) == (action == "create", action == "delete")


def test_a_resource_has_the_shape_of_azures_own_answers() -> None:
    found = read(result(change("Create", after=THERE))).changes[0]
    assert found.address == "resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/copies"
    assert (found.interface, found.provider) == ("api", "azure")
    assert found.native_type == "Microsoft.Storage/storageAccounts"
    assert found.after == Planned(
        {
            "id": ACCOUNT.lower(),
            "name": "copies",
            "type": "microsoft.storage/storageaccounts",
            "location": "eastus",
            "properties": {"accessTier": "Hot"},
            "subscriptionId": SUBSCRIPTION.rpartition("/")[2],
            "resourceGroup": "rg",
        },
        Placed("eastus", "resource", where="location"),
        account=SUBSCRIPTION.rpartition("/")[2],
    )
    assert found.spot is not None
    assert (found.spot.line, found.spot.end_line) == (4, 13)


@pytest.mark.parametrize("kind", ["Create", "Deploy", "Delete"])
def test_where_only_ids_are_told_nothing_is_taken_for_absent(kind: str) -> None:
    found = read(result(change(kind))).changes[0]
    for planned in (found.before, found.after):
        if planned is not None:
            assert planned.placed == Placed(None, why="not_in_plan", needs=what_if.FULL_PAYLOADS)
            assert isinstance(planned.values, dict)
            assert planned.values["name"] == "copies"
            assert planned.values["properties"] == Pending("after_apply", what_if.FULL_PAYLOADS)


def test_expressions_and_masks_are_not_taken_for_values() -> None:
    after: Json = {
        "location": "[reference('x', '2023', 'full').location]",
        "properties": {"secret": "*******", "list": ["[utcNow()]"], "kept": "[[x]"},
    }
    before: Json = {"location": "canadaeast", "properties": {"secret": "*******", "kept": "[utcNow()]"}}
    found = read(result(change("Modify", before=before, after=after))).changes[0]
    assert found.after is not None
    assert found.before is not None
    needs = "reference('x', '2023', 'full').location"
    assert found.after.placed == Placed(None, why="expression", needs=needs)
    assert isinstance(found.after.values, dict)
    assert found.after.values["properties"] == {
        "secret": Pending("sensitive"),
        "list": [Pending("expression", "utcNow()")],
        "kept": "[[x]",
    }
    assert isinstance(found.before.values, dict)
    assert found.before.values["properties"] == {"secret": Pending("sensitive"), "kept": "[utcNow()]"}


def test_a_child_is_where_its_parent_is_on_the_same_side() -> None:
    plan = read(
        result(
            change("Create", f"{SERVER}/databases/db/providers/Microsoft.Insights/diagnosticSettings/s", after={}),
            change("Modify", SERVER, before={"location": "canadaeast"}, after={"location": "eastus"}),
            change("NoChange", f"{SERVER}/firewallRules/r", before={}, after={}),
            change("Create", f"{GROUP}/providers/Microsoft.Sql/servers/other/databases/db", after={}),
            change(
                "Create", f"{GROUP}/providers/Microsoft.Network/trafficManagerProfiles/t", after={"location": "global"}
            ),
        )
    )
    setting, _, rule, orphan, everywhere = plan.changes
    where = "resourceGroups/rg/providers/Microsoft.Sql/servers/srv.location"
    assert setting.native_type == "Microsoft.Insights/diagnosticSettings"
    assert setting.after is not None
    assert setting.after.placed == Placed("eastus", "resource", where=where)
    assert (region(rule.before), region(rule.after)) == ("canadaeast", "eastus")
    assert orphan.after is not None
    assert orphan.after.placed.why == "not_in_plan"
    assert orphan.after.placed.needs is not None
    assert orphan.after.placed.needs.endswith("Microsoft.Sql/servers/other")
    assert everywhere.after is not None
    assert everywhere.after.placed == Placed(None, why="not_in_plan", where="location")


def test_a_resource_group_is_a_resource() -> None:
    found = read(result(change("Create", GROUP, after={"location": "canadaeast"}))).changes[0]
    assert found.native_type == "Microsoft.Resources/resourceGroups"
    assert found.address == "resourceGroups/rg"


def test_like_addresses_of_two_subscriptions_are_told_apart() -> None:
    other = ACCOUNT.replace("0b1f6471", "ffffffff")
    plan = read(result(change("Create", after=THERE), change("Create", other, after=THERE)))
    assert [found.address for found in plan.changes] == [ACCOUNT[1:], other[1:]]


def test_what_is_not_looked_at_is_told() -> None:
    short = "resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/copies"
    plan = read(
        result(
            change("Ignore", before=HERE, after=HERE),
            change("Unsupported", unsupportedReason="The resource id is not known."),
            {"changeType": "Create", "symbolicName": "pod", "extension": {"name": "Kubernetes"}, "identifiers": {}},
            potentialChanges=[change("Create", SERVER, after=THERE)],
            diagnostics=[
                {"code": "NestedDeploymentShortCircuited", "level": "Warning", "target": f"{GROUP}/x"},
                {"code": "Deprecated", "level": "Warning", "target": "y"},
                {"code": "Wrong", "level": "Error"},
            ],
        )
    )
    assert [found.native_type for found in plan.changes] == ["Microsoft.Sql/servers"]
    assert plan.incomplete == (
        Incomplete("unsupported", f"{GROUP}/x"),
        Incomplete("unsupported", "Wrong"),
        Incomplete("ignored", short),
        Incomplete("unsupported", short),
        Incomplete("unsupported", "pod"),
    )


@pytest.mark.parametrize(
    ("members", "incomplete"),
    [
        ({"status": "Failed", "error": {"code": "InvalidTemplate", "message": "hunter2"}}, Incomplete("errored")),
        ({"error": {"code": "X"}}, Incomplete("errored")),
        ({"status": "Running"}, Incomplete("not_complete")),
    ],
)
def test_a_result_that_is_not_whole_is_told(members: dict[str, Json], incomplete: Incomplete) -> None:
    plan = read(result(**members))
    assert plan.incomplete == (incomplete,)
    assert "hunter2" not in repr(plan)


def test_the_interfaces_own_answer_is_wrapped() -> None:
    plan = read({"status": "Succeeded", "properties": {"changes": [change("Create", after=THERE)]}})
    assert region(plan.changes[0].after) == "eastus"
    assert plan.incomplete == ()


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (result(), True),
        (result(change("Create")), True),
        ({"properties": {"changes": [change("Create")]}}, True),
        ({"changes": []}, False),
        ({"changes": [{"op": "create"}]}, False),
        ({"steps": []}, False),
        (None, False),
    ],
)
def test_results_are_known_by_what_they_hold(document: Json, known: bool) -> None:
    assert what_if.looks_like(document) is known


@pytest.mark.parametrize(
    ("document", "code", "line"),
    [
        ({"resources": []}, "what_if_no_result", None),
        (result(change("Explode")), "what_if_change", 4),
        (result({"changeType": "Create"}), "what_if_change", 4),
        (result(change("Create", "not an id")), "what_if_change", 4),
        (result(change("Create"), "text"), "what_if_change", 3),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(document: Json, code: str, line: int | None) -> None:
    with pytest.raises(InputError) as error:
        read(document)
    assert error.value.code == code
    assert error.value.place is not None
    assert error.value.place.line == line


def test_a_resource_without_a_location_or_a_parent_is_nowhere() -> None:
    found = read(result(change("Create", after={}))).changes[0]
    assert found.after is not None
    assert found.after.placed == UNKNOWN
