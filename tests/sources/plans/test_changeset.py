"""A change set, written here after CloudFormation's documentation of DescribeChangeSet."""

from __future__ import annotations

import json

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json, Pending
from sovercheck.sources.plans.changeset import looks_like, read
from sovercheck.sources.plans.model import Asked, Incomplete, Plan

ARN = "arn:aws:cloudformation:ca-central-1:111122223333:changeSet/c/1"


def context(**properties: Json) -> str:
    return json.dumps({"Properties": properties})


def change(logical_id: str, action: str, **members: Json) -> Json:
    resource: dict[str, Json] = {"LogicalResourceId": logical_id, "Action": action, "ResourceType": "AWS::S3::Bucket"}
    return {"Type": "Resource", "ResourceChange": {**resource, **members}}


def plan(*changes: Json, **members: Json) -> Plan:
    return read(
        "c.json", {"ChangeSetId": ARN, "Changes": list(changes), "Status": "CREATE_COMPLETE", **members}, Asked()
    )


def test_it_says_what_becomes_of_each_resource() -> None:
    read_ = plan(
        change("New", "Add", AfterContext=context(BucketName="n")),
        change("Same", "Modify", Replacement="False", BeforeContext=context(A=1), AfterContext=context(A=2)),
        change("Other", "Modify", Replacement="True", BeforeContext=context(A=1), AfterContext=context(A=2)),
        change("Old", "Remove", BeforeContext=context(BucketName="o")),
        change("Found", "Import", AfterContext=context()),
    )
    assert read_.knows_before
    assert [c.action for c in read_.changes] == ["create", "update", "replace", "delete", "import"]
    states = [(c.before and c.before.values, c.after and c.after.values) for c in read_.changes]
    assert states == [
        (None, {"BucketName": "n"}),
        ({"A": 1}, {"A": 2}),
        ({"A": 1}, {"A": 2}),
        ({"BucketName": "o"}, None),
        (None, {}),
    ]


def test_its_arn_says_where() -> None:
    after = plan(change("New", "Add", AfterContext=context())).changes[0].after
    assert after is not None
    assert (after.placed.region, after.placed.rung, after.account) == ("ca-central-1", "environment", "111122223333")
    other = read(
        "c.json",
        {"ChangeSetId": "c", "Changes": [change("New", "Add", AfterContext="{}")]},
        Asked(assumed={"aws": "ca-west-1"}),
    )
    assert other.changes[0].after is not None
    assert (other.changes[0].after.placed.region, other.changes[0].after.placed.rung) == ("ca-west-1", "assumed")


def test_what_is_known_later_or_is_a_secret_is_pending() -> None:
    properties = context(
        a="{{changeSet:KNOWN_AFTER_APPLY}}", b=["{{resolve:secretsmanager:s}}"], c={"d": "****"}, e="f"
    )
    read_ = plan(change("New", "Add", AfterContext=properties), change("Bad", "Add", AfterContext="{"))
    assert read_.changes[0].after is not None
    assert read_.changes[0].after.values == {
        "a": Pending("after_apply"),
        "b": [Pending("sensitive")],
        "c": {"d": Pending("sensitive")},
        "e": "f",
    }
    assert read_.changes[1].after is not None
    assert isinstance(read_.changes[1].after.values, Pending)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"Status": "FAILED"}, "errored"),
        ({"Status": "CREATE_IN_PROGRESS"}, "not_complete"),
        ({"NextToken": "more"}, "not_complete"),
    ],
)
def test_one_that_is_not_whole_says_so(members: dict[str, Json], why: str) -> None:
    assert [item.why for item in plan(**members).incomplete] == [why]


def test_a_nested_stack_has_a_change_set_of_its_own() -> None:
    read_ = plan(change("Inner", "Modify", AfterContext=context(), BeforeContext=context(), ChangeSetId=ARN))
    assert read_.incomplete == (Incomplete("unsupported", "Inner"),)


def test_one_without_the_properties_is_refused_with_the_command_that_gives_them() -> None:
    with pytest.raises(InputError) as caught:
        plan(change("New", "Add"))
    assert caught.value.code == "changeset"
    assert "--include-property-values" in str(caught.value.hint("en"))


def test_what_is_taken_for_a_change_set() -> None:
    assert looks_like({"ChangeSetId": ARN, "Changes": []})
    assert not looks_like({"changes": []})
    assert not looks_like({"Changes": []})
    assert not looks_like(None)
