"""An item is read through its form: templates, conditions, ways in turn; what was refused is never absent."""

from __future__ import annotations

from typing import Any

import pytest

from sovercheck.sources.aws.gather import Wanted
from sovercheck.sources.item import NOT_SAID, ItemView, Unit, Value, items_of
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call, Way
from sovercheck.sources.kinds.path import ABSENT, Assumed, Defaulted, Json, parse
from sovercheck.sources.kinds.reading import kind_of
from sovercheck.sources.readers import Result

DENIED = Refusal("refused", "svc:GetMore")
FORM: dict[str, Any] = {
    "native_type": "AWS::Test::Thing",
    "list": {"call": "svc:ListThings", "items": "Things[]"},
    "also": {
        "more": {"call": "svc:GetMore", "with": {"Name": "{Name}"}},
        "each": {"call": "svc:GetPart", "with": {"Part": "{@value}"}, "each": "Parts[]"},
        "seldom": {"call": "svc:GetSeldom", "where": {"Type": {"not": ["plain"]}}},
    },
    "id": ["{Missing}", "arn:{@partition}:svc:{@region}:{@account}:thing/{Path|last}"],
    "facts": {"name": ["Missing", {"path": "more:Deep.Name"}, {"literal": "unnamed"}]},
}


def view(item: dict[str, Json], answer: Result = ABSENT) -> ItemView:
    kind = kind_of({"kind": "thing", "name": {"fr": "chose", "en": "thing"}, "aws": FORM})

    def fetch(ask: Ask, _: Call) -> Result:
        return {"Part": ask.parameters["Part"]} if ask.operation == "GetPart" else answer

    return ItemView(Unit(kind, kind.forms[0], "111122223333", "ca-central-1"), item, fetch)


def test_an_id_is_the_first_template_that_can_be_filled() -> None:
    assert view({"Path": "/a/b/z1"}).id() == "arn:aws:svc:ca-central-1:111122223333:thing/z1"
    assert view({"Missing": "here", "Path": "/z"}).id() == "here"
    assert view({}).id() is None


def test_ways_are_tried_in_turn_and_a_refused_one_ends_them() -> None:
    ways = view({}).unit.form.facts["name"]
    said = view({"Name": "x"}, {"Deep": {"Name": "n"}}).read(ways, Wanted())
    assert isinstance(said, Value)
    assert (said.content, said.said.answer) == ("n", "more")
    unnamed = view({"Name": "x"}, {"Deep": {}}).read(ways, Wanted())
    assert isinstance(unnamed, Value)
    assert (unnamed.content, unnamed.said.documented) == ("unnamed", True)
    assert view({"Name": "x"}, DENIED).read(ways, Wanted()) is DENIED


def test_a_list_of_one_distinct_value_is_that_value_and_of_several_says_nothing() -> None:
    ways = kind_of({"kind": "k", "name": {}, "aws": FORM | {"facts": {"name": "Names[]"}}}).forms[0].facts["name"]
    one = view({"Names": ["a", "a"]}).read(ways, Wanted())
    assert isinstance(one, Value)
    assert one.content == "a"
    assert view({"Names": ["a", "b"]}).read(ways, Wanted()) is NOT_SAID


def test_a_call_for_each_value_gives_the_answers_of_all() -> None:
    assert view({"Parts": ["a", "b"]}).find(parse("each:Part")) == ["a", "b"]
    assert view({"Parts": []}).find(parse("each:Part")) == []


@pytest.mark.parametrize(("type_", "made"), [("plain", False), ("other", True), (None, True)])
def test_a_condition_may_be_that_it_is_not_one_of_these(type_: str | None, *, made: bool) -> None:
    answer = view({} if type_ is None else {"Type": type_}, {"a": "b"}).answer("seldom")
    assert (answer == {"a": "b"}) is made


def test_whether_a_condition_holds_cannot_be_told_where_its_answer_was_refused() -> None:
    where = kind_of({"kind": "k", "name": {}, "aws": FORM | {"where": {"more:State": "on"}}}).forms[0].where
    assert view({"Name": "x"}, DENIED).holds(where) is DENIED
    assert view({"Name": "x"}, {"State": "ON"}).holds(where) is True
    assert view({"Name": "x"}, {"State": "off"}).holds(where) is False


def test_a_bare_text_is_an_item_with_the_member_value() -> None:
    call = Call("svc", "ListNames", items=parse("Names[]"))
    assert list(items_of(call, {"Names": ["a", "b"]})) == [{"value": "a"}, {"value": "b"}]
    assert list(items_of(call, {})) == []


# What rests on a parameter's default


@pytest.mark.parametrize("found", [Defaulted("ca-central-1"), [Defaulted("ca-central-1")], ["x", Defaulted("y")]])
def test_a_value_that_rests_on_a_default_is_inferred(found: Json) -> None:
    read = view({"Region": found}).read((Way(path=parse("Region"), read="accounts"),), Wanted())
    assert isinstance(read, Value)
    assert read.said.inferred
    assert read.said.rests_on == "default"


def test_one_that_rests_on_an_assumption_says_so() -> None:
    read = view({"Region": Assumed("ca-central-1")}).read((Way(path=parse("Region")),), Wanted())
    assert isinstance(read, Value)
    assert (read.said.inferred, read.said.rests_on) == (True, "assumption")


def test_a_value_that_rests_on_none_is_not() -> None:
    read = view({"Region": "ca-central-1"}).read((Way(path=parse("Region")),), Wanted())
    assert isinstance(read, Value)
    assert not read.said.inferred


def test_an_empty_text_says_nothing() -> None:
    assert view({"Name": ""}).find(parse("Name")) is ABSENT
    assert view({"Names": ["", "a"]}).find(parse("Names[]")) == ["a"]
    where = kind_of({"kind": "k", "name": {}, "aws": FORM | {"where": {"Name": [None]}}}).forms[0].where
    assert view({"Name": ""}).holds(where) is True
