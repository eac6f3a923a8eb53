"""Trying the subscriptions before a scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sovercheck.sources.azure import gather
from sovercheck.sources.azure.permissions import READER, actions
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.azure.source import Azure
from sovercheck.sources.base import Tried, Work
from sovercheck.sources.insist import Patience
from sovercheck.sources.journal import NO_CREDENTIALS
from tests.doubles.azure import AzureDouble, Fault
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import MANAGEMENT_GROUP, PRODUCTION, RESEARCH

PATIENCE = Patience(attempts=1, repeats=1, first_wait=0.001, connect=5, read=5)
ELSEWHERE = "99999999-9999-4999-8999-999999999999"


@pytest.fixture
def double() -> Iterator[AzureDouble]:
    with AzureDouble(AZURE_ESTATE) as running:
        yield running


def tried(double: AzureDouble, folder: Path, **settings: Any) -> list[Tried]:
    entry = AzureEntry.model_validate({"endpoint": double.url, "requests_per_second": 1000, **settings})
    return list(Azure(entry, PATIENCE).trial(Work(folder, "2026-11-27")))


def lacking(found: Tried) -> list[tuple[str, str, str | None]]:
    return [(failed.call, failed.refusal.reason, failed.refusal.needs) for failed in found.failed]


def test_a_trial_asks_a_few_calls_and_completes_no_resource(double: AzureDouble, tmp_path: Path) -> None:
    together, production, research = tried(double, tmp_path)
    assert together == Tried("*", double.url, 2)
    assert production == Tried(PRODUCTION, "production (Enabled)", 1)
    assert (research.account, research.answered, research.failed) == (RESEARCH, 1, ())
    assert [request.path.rpartition("/")[2] for request in double.requests] == [
        "subscriptions",
        "resources",
        "permissions",
        "permissions",
    ]
    (query,) = [request.body["query"] for request in double.requests if request.body is not None]
    assert query.startswith("resources | limit 1"), "one row tells as much as all"


def test_without_the_list_of_subscriptions_nothing_else_is_tried(double: AzureDouble, tmp_path: Path) -> None:
    double.add_fault(Fault("forbidden", path="/subscriptions$"))
    (together,) = tried(double, tmp_path)
    assert (together.account, together.about, together.answered) == ("*", "", 0)
    assert [call for call, _, _ in lacking(together)] == [gather.SUBSCRIPTIONS.permission]
    assert len(double.requests) == 1


def test_credentials_that_have_ended_are_told_so(double: AzureDouble, tmp_path: Path) -> None:
    double.add_fault(Fault("expired"))
    (together,) = tried(double, tmp_path)
    assert lacking(together) == [(gather.SUBSCRIPTIONS.permission, "refused", NO_CREDENTIALS)]


def test_an_index_that_is_refused_is_told_once_for_all(double: AzureDouble, tmp_path: Path) -> None:
    double.add_fault(Fault("forbidden", path="ResourceGraph"))
    together, *each = tried(double, tmp_path)
    assert lacking(together) == [(gather.GRAPH.permission, "refused", gather.GRAPH.permission)]
    assert together.answered == 1
    assert [found.failed for found in each] == [(), ()]


def test_what_a_role_of_some_kinds_lacks_is_named_action_by_action(double: AzureDouble, tmp_path: Path) -> None:
    double.grant_partly(RESEARCH)
    _, production, research = tried(double, tmp_path)
    assert production.failed == ()
    named = [call for call, _, _ in lacking(research)]
    given = "microsoft.compute/virtualmachines/read"
    assert named == [*(action for action in actions(()) if action.lower() != given), READER]
    assert {(reason, needs) for _, reason, needs in lacking(research)} == {("refused", name) for name in named}
    # That the credentials may do so little was answered.
    assert research.answered == 1


def test_what_is_left_out_need_not_be_allowed(double: AzureDouble, tmp_path: Path) -> None:
    double.grant_partly(RESEARCH)
    *_, research = tried(double, tmp_path, exclude=["cache"], because="essai")
    named = {call for call, _, _ in lacking(research)}
    assert named < {*actions({"cache"}), READER}
    assert not named & (set(actions(())) - set(actions({"cache"})))


def test_a_subscription_whose_permissions_nobody_tells_is_told_by_itself(double: AzureDouble, tmp_path: Path) -> None:
    double.add_fault(Fault("error", path=f"{RESEARCH}/providers/Microsoft.Authorization"))
    _, production, research = tried(double, tmp_path)
    assert production.failed == ()
    assert research.answered == 0
    assert lacking(research) == [(gather.PERMISSIONS.permission, "unreachable", None)]


def test_the_state_of_a_subscription_is_told(double: AzureDouble, tmp_path: Path) -> None:
    double.disable(RESEARCH)
    assert tried(double, tmp_path)[-1].about.endswith("(Disabled)")


def test_only_the_subscriptions_that_are_named_are_tried(double: AzureDouble, tmp_path: Path) -> None:
    together, only = tried(double, tmp_path, subscriptions=[RESEARCH.upper()])
    assert (together.answered, only.account) == (2, RESEARCH)
    (body,) = [request.body for request in double.requests if request.body is not None]
    assert body["subscriptions"] == [RESEARCH]


def test_a_subscription_that_is_named_and_not_seen_is_told(double: AzureDouble, tmp_path: Path) -> None:
    together, missing, seen = tried(double, tmp_path, subscriptions=[PRODUCTION, ELSEWHERE])
    assert together.failed == ()
    assert (missing.account, missing.about, missing.answered) == (ELSEWHERE, "", 0)
    assert lacking(missing) == [(READER, "refused", READER)]
    assert seen.account == PRODUCTION


def test_a_subscription_that_is_left_out_is_neither_tried_nor_missed(double: AzureDouble, tmp_path: Path) -> None:
    left_out: dict[str, Any] = {"exclude": [RESEARCH.upper(), ELSEWHERE], "because": "essai"}
    for subscriptions in ("all", [PRODUCTION, RESEARCH, ELSEWHERE]):
        found = tried(double, tmp_path / str(len(subscriptions)), subscriptions=subscriptions, **left_out)
        assert [one.account for one in found] == ["*", PRODUCTION]


def test_where_no_subscription_is_left_to_read_the_right_to_see_one_is_lacking(
    double: AzureDouble, tmp_path: Path
) -> None:
    together, missing = tried(double, tmp_path, subscriptions=[ELSEWHERE])
    assert lacking(together) == lacking(missing) == [(READER, "refused", READER)]
    assert together.answered == 1
    assert [request.path for request in double.requests] == ["/subscriptions"]


def test_a_management_group_is_asked_what_stands_under_it(double: AzureDouble, tmp_path: Path) -> None:
    together, *_ = tried(double, tmp_path / "a", management_group=MANAGEMENT_GROUP)
    assert (together.answered, together.failed) == (3, ())
    double.add_fault(Fault("forbidden", path="managementGroups"))
    together, *each = tried(double, tmp_path / "b", management_group=MANAGEMENT_GROUP)
    assert together.answered == 2
    assert [call for call, _, _ in lacking(together)] == [gather.DESCENDANTS.permission]
    assert [found.failed for found in each] == [(), ()]
