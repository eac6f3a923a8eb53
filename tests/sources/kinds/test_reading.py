"""A description's plain values become what a description says, and what they leave out its default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sovercheck.sources.kinds.model import Call, Condition, CopyForm, Edge, Form, Way
from sovercheck.sources.kinds.path import parse
from sovercheck.sources.kinds.reading import PLANNED, kind_of, planned_form
from sovercheck.sources.kinds.written import read_kind

NAME = {"fr": "File d’attente", "en": "Queue"}
AWS: dict[str, Any] = {
    "native_type": "AWS::SQS::Queue",
    "list": {"call": "sqs:ListQueues", "items": "QueueUrls[]"},
    "id": "{value}",
}
AZURE: dict[str, Any] = {"native_type": "Microsoft.Storage/queues"}
TERRAFORM: dict[str, Any] = {"native_type": "aws_sqs_queue"}


def aws(**more: object) -> Form:
    return kind_of({"kind": "queue", "name": NAME, "aws": AWS | more}).forms[0]


def azure(**more: object) -> Form:
    return kind_of({"kind": "queue", "name": NAME, "azure": AZURE | more}).forms[0]


def terraform(**more: object) -> Form:
    return planned_form("queue", "terraform_aws", TERRAFORM | more)


# A kind


def test_a_kind_is_what_is_the_same_of_all_its_forms() -> None:
    note = {"fr": "Rien ne le dit.", "en": "Nothing says so."}
    kind = kind_of({"kind": "queue", "name": NAME, "holds_data": True, "reads_plaintext": False, "note": note})
    assert (kind.id, kind.name, kind.note, kind.forms) == ("queue", NAME, note, ())
    assert (kind.holds_data, kind.reads_plaintext) == (True, False)


def test_what_is_not_said_of_a_kind_depends_or_is_not_known() -> None:
    kind = kind_of({"kind": "queue", "name": NAME})
    assert (kind.holds_data, kind.reads_plaintext, kind.note) == (None, None, None)


def test_a_provider_shows_a_kind_in_one_form_or_in_several_and_aws_comes_first() -> None:
    other = AWS | {"native_type": "AWS::SQS::Other"}
    kind = kind_of({"kind": "queue", "name": NAME, "azure": AZURE, "aws": [AWS, other]})
    assert [(form.provider, form.native_type, form.interface) for form in kind.forms] == [
        ("aws", "AWS::SQS::Queue", "api"),
        ("aws", "AWS::SQS::Other", "api"),
        ("azure", "Microsoft.Storage/queues", "api"),
    ]
    assert {form.kind for form in kind.forms} == {"queue"}


# Forms of the providers' answers


def test_a_form_without_more_is_listed_in_each_region_proves_nothing_and_has_no_copies() -> None:
    form = aws()
    assert (form.scope, form.home, form.proof, form.holds_data) == ("region", None, "unproven", None)
    assert (form.facts, form.copies, form.all_copies, form.copy_of, form.metric) == ({}, (), False, None, None)


def test_of_a_call_the_service_stands_before_the_colon() -> None:
    form = aws(
        also={
            "tags": {
                "call": "sqs:ListQueueTags",
                "with": {"QueueUrl": "{value}"},
                "each": "Names[]",
                "absent_on": ["NoSuchTagSet"],
                "permission": "sqs:GetTags",
                "where": {"Type": "fifo"},
            }
        }
    )
    assert form.listing == Call("sqs", "ListQueues", items=parse("QueueUrls[]"))
    assert form.also["tags"] == Call(
        "sqs",
        "ListQueueTags",
        {"QueueUrl": "{value}"},
        each=parse("Names[]"),
        absent_on=("NoSuchTagSet",),
        permission="sqs:GetTags",
        where=(Condition(parse("Type"), ("fifo",), absent=False),),
    )


def test_azure_is_listed_in_the_graph_by_type_and_names_its_items_itself() -> None:
    form = azure()
    assert form.listing == Call("graph", "resources", {"type": "Microsoft.Storage/queues"}, items=parse("data[]"))
    assert form.ids == ("{id}",)
    assert azure(table="recoveryservicesresources").listing.operation == "recoveryservicesresources"


def test_azure_is_listed_by_a_request_where_the_description_says_so() -> None:
    given = {"get": "{parent:id}/queues", "items": "value[]", "api": "2024-01-01", "of": "account"}
    form = azure(list=given, id="{name}", also={"keys": {"get": "{id}/keys"}})
    assert form.listing == Call("arm", "{parent:id}/queues", items=parse("value[]"), api="2024-01-01", of="account")
    assert form.also == {"keys": Call("arm", "{id}/keys")}
    assert form.ids == ("{name}",)


def test_several_templates_of_an_id_keep_their_order() -> None:
    assert aws(id=["{Arn}", "arn:{Name}"]).ids == ("{Arn}", "arn:{Name}")


def test_a_metric_is_told_by_four_words() -> None:
    metric = {"value": "{Name}", "dimension": "QueueName", "name": "Size", "namespace": "AWS/SQS"}
    assert aws(metric=metric).metric == ("AWS/SQS", "Size", "QueueName", "{Name}")


def test_the_basis_of_a_size_is_no_fact_of_an_item() -> None:
    assert aws(facts={"bytes": "Size", "bytes_basis": "used"}).facts.keys() == {"bytes"}


def test_an_item_may_be_a_copy_of_another() -> None:
    named = aws(copy_of={"id": "{SourceArn}", "kind": "backup"})
    assert (named.copy_of, named.copy_kind) == ("{SourceArn}", "backup")
    found = aws(copy_of={"id": [{"path": "Source", "template": "arn:{@value}"}], "kind": "backup"})
    assert found.copy_of == (Way(path=parse("Source"), template="arn:{@value}"),)


# Ways


@pytest.mark.parametrize(
    ("written", "ways"),
    [
        ("more:Name", (Way(path=parse("more:Name")),)),
        (["A", "B"], (Way(path=parse("A")), Way(path=parse("B")))),
        ({"literal": "provider"}, (Way(literal="provider"),)),
        ({"literal": False}, (Way(literal=False),)),
        ({"none": True}, (Way(none=True),)),
        (["A", {"literal": 0}], (Way(path=parse("A")), Way(literal=0))),
        (
            {"path": "A", "read": "day", "template": "x{@value}", "words": {"On": "yes"}, "inferred": True},
            (Way(path=parse("A"), read="day", template="x{@value}", words={"On": "yes"}, inferred=True),),
        ),
        ({"path": "A", "unit": "GiB"}, (Way(path=parse("A"), unit=1024**3),)),
        ({"path": "A", "unit": "GB"}, (Way(path=parse("A"), unit=1000**3),)),
        ([], ()),
    ],
)
def test_a_value_is_a_path_or_a_mapping_or_a_list_of_ways(written: object, ways: tuple[Way, ...]) -> None:
    assert aws(facts={"name": written}).facts["name"] == ways


# Conditions


@pytest.mark.parametrize(
    ("wanted", "words", "absent", "negated"),
    [
        ("Enabled", ("enabled",), False, False),
        (True, ("true",), False, False),
        (["On", None], ("on",), True, False),
        ([None], (), True, False),
        ({"not": "Enabled"}, ("enabled",), True, True),
        ({"not": ["On", False]}, ("on", "false"), True, True),
        ({"not": ["On", None]}, ("on",), False, True),
        ({"not": [None]}, (), False, True),
    ],
)
def test_a_condition_says_which_values_hold_and_whether_absence_does(
    wanted: object, words: tuple[str, ...], *, absent: bool, negated: bool
) -> None:
    assert aws(where={"State": wanted}).where == (Condition(parse("State"), words, absent, negated),)


def test_several_conditions_keep_their_order() -> None:
    assert [str(condition.path) for condition in aws(where={"B": "x", "A": "y"}).where] == ["B", "A"]


# Copies


def test_a_copy_without_more_is_the_item_itself_in_the_region_that_was_asked() -> None:
    assert aws(copies=[{"kind": "primary"}]).copies == (CopyForm("primary"),)


def test_a_copy_says_where_each_of_its_facts_stands() -> None:
    written = {
        "kind": "replica",
        "each": "Replicas[]",
        "where": {"State": "on"},
        "region": "Region",
        "places": ["CA-QC", "CA-ON"],
        "account": "item:Owner",
        "target": "arn:{Name}",
        "key": ["KeyId", {"literal": "provider"}],
        "since": {"path": "Created", "read": "day"},
        "bytes": {"path": "Size", "unit": "GiB"},
    }
    assert aws(copies=[written], all_copies=True).copies == (
        CopyForm(
            "replica",
            each=parse("Replicas[]"),
            where=(Condition(parse("State"), ("on",), absent=False),),
            region=(Way(path=parse("Region")),),
            places=("CA-QC", "CA-ON"),
            account=(Way(path=parse("item:Owner")),),
            target="arn:{Name}",
            key=(Way(path=parse("KeyId")), Way(literal="provider")),
            since=(Way(path=parse("Created"), read="day"),),
            bytes=(Way(path=parse("Size"), unit=1024**3),),
        ),
    )
    assert aws(all_copies=True).all_copies


def test_one_place_need_not_be_a_list() -> None:
    assert aws(copies=[{"kind": "edge", "places": "US"}]).copies[0].places == ("US",)


# Plans and templates


@pytest.mark.parametrize(
    ("section", "interface", "provider"),
    [
        ("terraform_aws", "terraform", "aws"),
        ("terraform_azurerm", "terraform", "azure"),
        ("terraform_google", "terraform", "google"),
        ("cloudformation", "cloudformation", "aws"),
    ],
)
def test_a_section_says_in_what_and_for_whom_a_plan_or_template_writes_the_kind(
    section: str, interface: str, provider: str
) -> None:
    form = planned_form("queue", section, TERRAFORM)
    assert (form.kind, form.interface, form.provider) == ("queue", interface, provider)
    assert section in PLANNED


def test_a_plan_lists_its_resources_by_type_and_asks_nothing() -> None:
    form = terraform()
    assert (form.listing, form.also, form.ids) == (Call("plan", "aws_sqs_queue"), {}, ())
    assert (form.edges, form.named_by, form.location, form.grade, form.computed) == ({}, (), (), (), frozenset())


def test_a_planned_form_says_what_only_plans_have() -> None:
    form = terraform(
        also={
            "policy": {"type": "aws_sqs_queue_policy", "by": "queue_url", "where": {"state": {"not": "off"}}},
            "key": {"type": ["aws_kms_key", "aws_kms_alias"], "of": "kms_key"},
        },
        named_by=["url", "name"],
        location="region",
        grade=[{"path": "origin", "words": {"EXTERNAL": "K3"}}],
        computed=["logging"],
        bytes_basis="allocated",
        copies=[{"kind": "primary"}],
        copy_of={"id": "{source}", "kind": "backup"},
        home="us-east-1",
        holds_data=False,
    )
    assert form.edges == {
        "policy": Edge(
            ("aws_sqs_queue_policy",),
            by=parse("queue_url"),
            where=(Condition(parse("state"), ("off",), absent=True, negated=True),),
        ),
        "key": Edge(("aws_kms_key", "aws_kms_alias"), of=parse("kms_key")),
    }
    assert form.named_by == (parse("url"), parse("name"))
    assert form.location == (Way(path=parse("region")),)
    assert form.grade == (Way(path=parse("origin"), words={"EXTERNAL": "K3"}),)
    assert form.computed == {"logging"}
    assert (form.copies, form.bytes_basis) == ((CopyForm("primary"),), "allocated")
    assert (form.copy_of, form.copy_kind, form.home, form.holds_data) == ("{source}", "backup", "us-east-1", False)


def test_a_section_that_is_none_of_plans_is_refused() -> None:
    with pytest.raises(KeyError):
        planned_form("queue", "aws", TERRAFORM)


# From a file


def test_a_file_reads_as_its_words_say(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(
        """kind: queue
name: {fr: File d’attente, en: Queue}
aws:
  native_type: AWS::SQS::Queue
  list: {call: "sqs:ListQueues", items: "QueueUrls[]"}
  id: "{value}"
terraform_aws:
  - native_type: aws_sqs_queue
""",
        encoding="utf-8",
    )
    plain = read_kind(path)
    assert kind_of(plain) == kind_of({"kind": "queue", "name": NAME, "aws": AWS})
    assert planned_form("queue", "terraform_aws", plain["terraform_aws"][0]) == terraform()
