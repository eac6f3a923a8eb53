"""Which policies bind which account: read over HTTP, from moto's Organizations, and refused by a double."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from sovercheck.sources.aws import organisation
from sovercheck.sources.aws.asking import CEILINGS, READS, AwsAsker
from sovercheck.sources.aws.control_policies import CALLS, Binding, binding
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.aws.region_guard import usable
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import Journal, Refusal
from tests.doubles.aws import aws_double
from tests.doubles.aws_estate import MONTREAL, PARIS, VIRGINIA, AwsEstate
from tests.doubles.aws_json import Refused, aws_json

MANAGEMENT = "111111111111"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ACCESS_KEY_ID", "t"), ("AWS_SECRET_ACCESS_KEY", "t"), ("NO_PROXY", "127.0.0.1")):
        monkeypatch.setenv(name, value)


def asked(url: str, folder: Path, account: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Binding | Refusal, Counters]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    counters = Counters()
    with Journal(folder / "organisation.ndjson", "2026-11-27") as journal:
        journal.forget_refusals()
        asker = AwsAsker(
            account,
            boto3.Session(),
            journal,
            organisation.KEPT,
            threads=1,
            budgets=Budgets(1000, {**CEILINGS, "organizations": 1000}),
            patience=Patience(attempts=2, repeats=1, first_wait=0.01),
            counters=counters,
        )
        return binding(asker, VIRGINIA), counters


@pytest.fixture(scope="module")
def estate() -> Iterator[tuple[str, AwsEstate]]:
    with aws_double() as (url, made):
        yield url, made


@pytest.mark.slow
def test_the_policies_of_the_estate(
    estate: tuple[str, AwsEstate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, made = estate
    found, counters = asked(url, tmp_path, made.management, monkeypatch)
    assert isinstance(found, Binding)
    assert set(found.levels) == {made.management, made.production, made.research}
    assert found.policies == 3
    assert found.levels[made.management] == ()
    names = [[policy.name for policy in level] for level in found.levels[made.production]]
    assert names == [["FullAWSAccess"], ["FullAWSAccess", "perimetre-regions"]]

    def places(account: str) -> frozenset[str]:
        assert isinstance(found, Binding)
        return usable(found.levels[account], account, (MONTREAL, VIRGINIA, PARIS)).regions

    assert places(made.production) == {MONTREAL, VIRGINIA}
    # The policy named "region-deny" is attached to nothing, and denies a single action.
    assert places(made.research) == {MONTREAL, VIRGINIA, PARIS}
    assert places(made.management) == {MONTREAL, VIRGINIA, PARIS}
    calls = counters.calls
    assert calls == 1 + 1 + 2 * 3 + 2
    again, resumed = asked(url, tmp_path, made.management, monkeypatch)
    assert (again, resumed.calls) == (found, 0)


def organisations(refuse: str = "", content: str = '{"Statement": []}', *, on: bool = True) -> Any:
    """What a small organisation answers: one account under the root, one policy attached to it."""
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}] if on else []
    root = {"Id": "r-1", "Arn": f"arn:aws:organizations::{MANAGEMENT}:root/o-1/r-1", "PolicyTypes": types}
    said: Mapping[str, Mapping[str, Any]] = {
        "ListRoots": {"Roots": [root]},
        "ListOrganizationalUnitsForParent": {"OrganizationalUnits": []},
        "ListAccountsForParent": {"Accounts": [{"Id": MANAGEMENT}, {"Id": "222222222222"}]},
        "ListPolicies": {"Policies": [{"Id": "p-1", "Name": "region-deny"}]},
        "DescribePolicy": {"Policy": {"Content": content}},
        "ListTargetsForPolicy": {"Targets": [{"TargetId": "222222222222"}]},
    }

    def answer(operation: str, _: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == refuse:
            raise Refused("AccessDeniedException", "no")
        return said[operation]

    return answer


def test_a_policy_of_a_unit_binds_the_accounts_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units = {"r-1": ["ou-1"], "ou-1": ["ou-2"], "ou-2": []}
    below = {"r-1": [MANAGEMENT], "ou-1": ["222222222222"], "ou-2": ["333333333333"]}
    deny = json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    usual = organisations(content=deny)

    def answer(operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        match operation:
            case "ListOrganizationalUnitsForParent":
                return {"OrganizationalUnits": [{"Id": unit} for unit in units[asked["ParentId"]]]}
            case "ListAccountsForParent":
                return {"Accounts": [{"Id": account} for account in below[asked["ParentId"]]]}
            case "ListTargetsForPolicy":
                return {"Targets": [{"TargetId": "ou-2"}]}
        found: Mapping[str, Any] = usual(operation, asked)
        return found

    with aws_json(answer) as double:
        found, _ = asked(double.url, tmp_path, MANAGEMENT, monkeypatch)
    assert isinstance(found, Binding)
    assert found.levels[MANAGEMENT] == ()
    shown = {account: [[policy.id for policy in level] for level in levels] for account, levels in found.levels.items()}
    assert shown["222222222222"] == [[], [], []]
    assert shown["333333333333"] == [[], [], ["p-1"], []]
    assert not usable(found.levels["333333333333"], "333333333333", [PARIS]).regions


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_a_refusal_names_the_permission(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_json(organisations(call.operation)) as double:
        found, _ = asked(double.url, tmp_path, MANAGEMENT, monkeypatch)
    assert isinstance(found, Refusal)
    assert (found.reason, found.needs) == ("refused", permission(call))


def test_a_policy_that_cannot_be_read_settles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_json(organisations(content="{")) as double:
        found, _ = asked(double.url, tmp_path, MANAGEMENT, monkeypatch)
    assert isinstance(found, Refusal)
    assert found.reason == "unreadable"
    assert (found.detail or "").startswith("p-1")


def test_where_control_policies_are_off_nothing_binds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deny = json.dumps({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    with aws_json(organisations(content=deny, on=False)) as double:
        found, _ = asked(double.url, tmp_path, MANAGEMENT, monkeypatch)
    assert isinstance(found, Binding)
    assert found.policies == 0
    assert usable(found.levels["222222222222"], "222222222222", [PARIS]).regions == {PARIS}


def test_an_account_of_no_organisation_is_bound_by_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(operation: str, _: Mapping[str, Any]) -> Mapping[str, Any]:
        raise Refused("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")

    with aws_json(answer) as double:
        found, _ = asked(double.url, tmp_path, MANAGEMENT, monkeypatch)
    assert found == Binding({MANAGEMENT: ()})


def test_only_what_reads_is_asked() -> None:
    assert all(READS.match(call.operation) for call in CALLS)
