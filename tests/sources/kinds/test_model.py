"""What a form reads, told from what its description says: what it does not read is not kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sovercheck.sources.kinds.model import (
    Call,
    Condition,
    CopyForm,
    Edge,
    Form,
    Way,
    named_paths,
    template_paths,
)
from sovercheck.sources.kinds.path import PathError, parse

BARE = Form(
    kind="queue",
    provider="aws",
    native_type="AWS::SQS::Queue",
    holds_data=None,
    proof="unproven",
    scope="region",
    home=None,
    listing=Call("sqs", "ListQueues"),
    also={},
    where=(),
    ids=(),
    arn=None,
    facts={},
    metric=None,
    bytes_basis=None,
    copies=(),
    all_copies=False,
    copy_of=None,
    copy_kind=None,
)
"""A form that reads nothing."""


def way(path: str) -> tuple[Way, ...]:
    return (Way(path=parse(path)),)


def where(path: str) -> tuple[Condition, ...]:
    return (Condition(parse(path), ("on",), absent=False),)


def read(form: Form, answer: str | None = None) -> set[str]:
    return {str(path) for path in form.paths(answer)}


# Templates and names


def test_a_template_fills_in_paths_and_what_begins_with_an_at_sign_is_the_scanners_own() -> None:
    template = "arn:{@partition}:sqs:{@region}:{Owner.Id}:{more:Queue.Name}"
    assert [str(path) for path in template_paths(template)] == ["Owner.Id", "more:Queue.Name"]
    assert list(template_paths("a plain text")) == []
    assert list(template_paths(None)) == []


def test_of_which_a_template_takes_the_last_part_is_the_same_path() -> None:
    assert list(template_paths("{QueueUrl|last}")) == [parse("QueueUrl")]


def test_a_template_with_a_brace_around_no_path_is_refused() -> None:
    with pytest.raises(PathError):
        list(template_paths("queue/{Queue name}"))


def test_a_resource_is_named_by_a_template_or_in_ways_with_templates_of_their_own() -> None:
    assert list(named_paths("{Name}/{Id}")) == [parse("Name"), parse("Id")]
    ways = (Way(path=parse("Arn")), Way(path=parse("Name"), template="{@region}/{Group}/{@value}"), Way(literal="none"))
    assert list(named_paths(ways)) == [parse("Arn"), parse("Name"), parse("Group")]
    assert list(named_paths(None)) == []


# What a form reads


def test_a_form_that_says_nothing_reads_nothing() -> None:
    assert BARE.paths(None) == ()


@pytest.mark.parametrize(
    "form",
    [
        replace(BARE, listing=Call("sqs", "ListQueues", {"Filter": [{"Values": ["all", "{A.b}"]}]})),
        replace(BARE, also={"more": Call("arm", "{A.b}/providers")}),
        replace(BARE, also={"more": Call("sqs", "GetQueue", each=parse("A.b"))}),
        replace(BARE, also={"more": Call("sqs", "GetQueue", where=where("A.b"))}),
        replace(BARE, edges={"more": Edge(("aws_sqs_queue_policy",), of=parse("A.b"))}),
        replace(BARE, where=where("A.b")),
        replace(BARE, ids=("{@region}", "{A.b|last}")),
        replace(BARE, metric=("AWS/SQS", "Size", "QueueName", "{A.b}")),
        replace(BARE, facts={"name": (Way(literal="none"), *way("A.b"))}),
        replace(BARE, facts={"name": (Way(literal="x", template="{A.b}/{@value}"),)}),
        replace(BARE, location=way("A.b")),
        replace(BARE, grade=way("A.b")),
        replace(BARE, copy_of="{A.b}"),
        replace(BARE, copy_of=way("A.b")),
        replace(BARE, copies=(CopyForm("primary", where=where("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", region=way("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", account=way("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", key=way("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", since=way("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", bytes=way("A.b")),)),
        replace(BARE, copies=(CopyForm("primary", target="{A.b}"),)),
    ],
)
def test_whatever_of_it_reads_a_member_the_form_reads_it(form: Form) -> None:
    assert read(form) == {"A.b"}


def test_a_path_that_is_read_for_several_reasons_is_there_once() -> None:
    form = replace(BARE, ids=("{Name}",), facts={"name": way("Name"), "group": way("Name")})
    assert form.paths(None) == (parse("Name"),)


def test_each_answer_has_the_paths_that_start_in_it_and_the_item_those_that_start_in_none() -> None:
    form = replace(BARE, facts={"name": way("Name"), "group": way("item:Group"), "tags": way("more:Tags")})
    assert read(form) == {"Name", "item:Group"}
    assert read(form, "more") == {"more:Tags"}
    assert read(form, "other") == set()


def test_what_a_plan_names_a_resource_by_says_nothing_of_where_it_names_others() -> None:
    """An edge's own members are those of the resources that it leads to."""
    form = replace(BARE, edges={"more": Edge(("t",), by=parse("queue"), where=where("State"))})
    assert read(form) == set()


# Copies that are elements


def test_in_each_of_several_copies_a_path_starts_at_the_element() -> None:
    copy = CopyForm(
        "replica", each=parse("Replicas[]"), where=where("State"), region=way("Region"), target="arn:{Arn}:{@value}"
    )
    assert read(replace(BARE, copies=(copy,))) == {"Replicas[].State", "Replicas[].Region", "Replicas[].Arn"}


def test_the_elements_may_stand_in_an_answer() -> None:
    copy = CopyForm("replica", each=parse("more:Replicas[]"), region=way("Region"))
    form = replace(BARE, copies=(copy,))
    assert read(form) == set()
    assert read(form, "more") == {"more:Replicas[].Region"}


def test_in_such_a_copy_a_path_may_start_at_the_item_again() -> None:
    copy = CopyForm("replica", each=parse("Replicas[]"), region=way("Region"), key=way("item:KeyId"))
    assert read(replace(BARE, copies=(copy,))) == {"Replicas[].Region", "item:KeyId"}


def test_elements_of_which_nothing_is_read_are_still_counted() -> None:
    copy = CopyForm("replica", each=parse("Regions[]"), region=(Way(literal="ca-central-1"),), key=way("item:KeyId"))
    assert read(replace(BARE, copies=(copy,))) == {"Regions[]", "item:KeyId"}
