"""Addresses taken apart, and what an expression of a plan's configuration refers to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.configuration import Configuration, Named, Variable, module_of, steps, without_index

from .made import Object, configuration, configured, constant, document, refers

KEYS = st.text(alphabet='abc.[]"\\${}/ é', max_size=8)
NAMES = st.text(alphabet="abcz_-9", max_size=4).map(lambda rest: "n" + rest)


def quoted(key: str) -> str:
    """An index as Terraform writes it in an address."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
    return f'["{escaped}"]'


INDICES = st.one_of(st.just(""), st.integers(0, 30).map(lambda n: f"[{n}]"), KEYS.map(quoted))


@given(st.lists(st.tuples(NAMES, INDICES), max_size=4), NAMES, INDICES)
def test_an_index_of_any_text_neither_parts_an_address_nor_hides_a_module(
    calls: list[tuple[str, str]], name: str, index: str
) -> None:
    module = ".".join(f"module.{call}{of}" for call, of in calls)
    address = ".".join(part for part in (module, f"aws_s3_bucket.{name}{index}") if part)
    expected = [part for call, of in calls for part in ("module", f"{call}{of}")]
    assert list(steps(address)) == [*expected, "aws_s3_bucket", f"{name}{index}"]
    assert module_of(module) == tuple(call for call, _ in calls)
    assert without_index(list(steps(address))[-1]) == name


def test_the_module_after_an_index_is_not_lost() -> None:
    assert module_of('module.archive["a.b"].module.copies[0]') == ("archive", "copies")
    assert module_of(None) == ()
    assert module_of("") == ()


def config(root: Object | None = None, variables: Object | None = None) -> Configuration:
    return Configuration(document(configuration={"root_module": root or {}}, variables=variables))


NONE = config()


def test_an_expression_refers_to_the_longest_of_what_terraform_writes_of_each_reference() -> None:
    expression: Object = {
        "references": ["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k", "var.r", "module.m.out", "module.m"]
    }
    assert list(NONE.named((), expression)) == [
        Named((), "resource", "aws_kms_key.k", "[0].arn"),
        Named((), "var", "r", ""),
        Named((), "module", "m.out", ""),
    ]


def test_each_kind_of_reference_is_told_apart() -> None:
    expression: Object = {
        "references": [
            "data.aws_region.here.name",
            "data.aws_region.here",
            "local.zones[0]",
            "local.zones",
            "each.value",
            "count.index",
            "path.module",
            'var.regions["a.b"].name',
            'module.m["x.y"].out.arn',
        ]
    }
    assert [(named.kind, named.name, named.rest) for named in NONE.named(("m",), expression)] == [
        ("data", "aws_region.here", ".name"),
        ("local", "zones", "[0]"),
        ("other", "each.value", ""),
        ("other", "count.index", ""),
        ("other", "path.module", ""),
        ("var", "regions", '["a.b"].name'),
        ("module", "m.out", ".arn"),
    ]


def test_a_name_that_begins_like_another_is_another() -> None:
    assert NONE.only((), {"references": ["var.region_dr", "var.region"]}) is None
    assert NONE.only((), {"references": ["aws_kms_key.k2.arn", "aws_kms_key.k2", "aws_kms_key.k"]}) is None


def test_several_things_none_or_something_else_are_not_one_thing() -> None:
    assert NONE.only((), {}) is None
    assert NONE.only((), None) is None
    assert NONE.only((), {"constant_value": "x"}) is None
    assert NONE.only((), {"references": "var.x"}) is None
    assert NONE.only((), {"references": [1, None]}) is None
    # One attribute twice is one resource.
    assert NONE.only((), refers("aws_kms_key.k.arn", "aws_kms_key.k.id")) == Named(
        (), "resource", "aws_kms_key.k", ".arn"
    )


def test_a_variable_of_the_root_has_the_value_that_the_plan_gives_it_before_its_default() -> None:
    declared: Object = {"variables": {"r": {"default": "ca-central-1"}}}
    assert config(declared).variable((), "r") == Variable("ca-central-1", ("var.r",), hidden=False)
    given_ = config(declared, variables={"r": "us-east-1"})
    assert given_.variable((), "r").value == "us-east-1"
    assert config(None, variables={"r": "us-east-1"}).variable((), "r").value == "us-east-1"
    assert config().variable((), "r") == Variable(None, ("var.r",), hidden=False)


def test_a_variable_that_is_given_as_null_is_null_whatever_its_default() -> None:
    declared: Object = {"variables": {"r": {"default": "ca-central-1"}}}
    assert config(declared, variables={"r": None}).variable((), "r").value is None


def tree(**call: Json) -> Object:
    """A module `a` with a module `b` in it, that has a variable `r`."""
    inner: Object = {"variables": {"r": {"default": "inside"}}}
    b: Object = {"module": inner, "expressions": {"r": refers("var.above")}}
    a: Object = {"variables": {"above": {}}, "module_calls": {"b": b}}
    return {"module_calls": {"a": {"module": a, "expressions": dict(call)}}, "variables": {"top": {}}}


def test_a_variable_of_a_module_is_followed_up_its_calls() -> None:
    found = config(tree(above=refers("var.top")), variables={"top": "us-east-1"}).variable(("a", "b"), "r")
    assert found == Variable("us-east-1", ("module.a.module.b.var.r", "module.a.var.above", "var.top"), hidden=False)
    assert config(tree(above=constant("x"))).variable(("a", "b"), "r").value == "x"


def test_a_variable_that_a_call_does_not_set_has_its_default_and_one_that_it_sets_to_null_has_none() -> None:
    root: Object = {"module_calls": {"a": {"module": {"variables": {"r": {"default": "inside"}}}, "expressions": {}}}}
    assert config(root).variable(("a",), "r").value == "inside"
    root["module_calls"]["a"]["expressions"] = {"r": constant(None)}
    assert config(root).variable(("a",), "r").value is None


def test_a_call_that_gives_more_than_one_variable_or_a_part_of_one_gives_no_value() -> None:
    values: Object = {"top": "us-east-1", "map": {"r": "us-east-1"}}
    for expression in (refers("var.top", "var.map"), refers("var.map.r"), refers("local.r"), {}, refers("each.value")):
        assert config(tree(above=expression), variables=values).variable(("a", "b"), "r").value is None


def test_a_variable_is_hidden_where_any_on_the_way_is() -> None:
    root = tree(above=refers("var.top"))
    root["variables"] = {"top": {"sensitive": True}}
    assert config(root, variables={"top": "us-east-1"}).variable(("a", "b"), "r").hidden


def test_a_resource_of_a_module_is_found_and_a_data_source_of_its_name_is_not_it() -> None:
    data: Object = configured("aws_s3_bucket.b", "aws.wrong") | {"mode": "data"}
    inner: Object = {"resources": [data, configured("aws_s3_bucket.b", "aws.right")]}
    plan = document(configuration=configuration(module_calls={"m": {"module": inner}}))
    found = Configuration(plan)
    assert found.resource(("m",), "aws_s3_bucket", "b")["provider_config_key"] == "aws.right"
    assert found.resource((), "aws_s3_bucket", "b") == {}
    assert found.resource(("m", "n"), "aws_s3_bucket", "b") == {}


def test_what_is_not_made_like_a_configuration_has_nothing_in_it() -> None:
    broken: list[Json] = [[], "x", None, {"root_module": []}, {"root_module": {"resources": {}, "module_calls": []}}]
    for written in broken:
        found = Configuration({"configuration": written, "variables": []})
        assert found.resource((), "aws_s3_bucket", "b") == {}
        assert found.module(("a",)) == {}
        assert found.variable(("a",), "r").value is None
        assert found.variable((), "r").value is None
