"""What a plan of Terraform changes, and what its values refer to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sovercheck.change import Spot
from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.model import Asked, Incomplete
from sovercheck.sources.plans.terraform import read as read_plan

from .made import (
    NAME,
    Object,
    by_address,
    change,
    configuration,
    configured,
    constant,
    document,
    files,
    read,
    refers,
)

B = "aws_s3_bucket.b"


@pytest.mark.parametrize(
    ("actions", "action", "has_before", "has_after"),
    [
        (("create",), "create", False, True),
        (("update",), "update", True, True),
        (("no-op",), "no_op", True, True),
        (("delete", "create"), "replace", True, True),
        (("create", "delete"), "replace", True, True),
        (("delete",), "delete", True, False),
        (("forget",), "forget", True, False),
    ],
)
def test_each_action_has_the_states_that_it_has(
    actions: tuple[str, ...], action: str, has_before: bool, has_after: bool
) -> None:
    before: Object | None = {"bucket": "x"} if has_before else None
    (found,) = read(document(change(B, {"bucket": "x"} if has_after else None, actions=actions, before=before))).changes
    assert (found.action, found.before is not None, found.after is not None) == (action, has_before, has_after)
    assert (found.address, found.native_type, found.provider, found.interface) == (
        B,
        "aws_s3_bucket",
        "aws",
        "terraform",
    )


def test_what_is_forgotten_and_made_anew_is_two() -> None:
    entry = change(B, {"bucket": "new"}, actions=("create", "forget"), before={"bucket": "old"})
    made, left = read(document(entry)).changes
    assert (made.address, made.action, made.before) == (B, "create", None)
    assert (left.address, left.action, left.after) == (f"{B} (forget)", "forget", None)
    assert left.before is not None
    assert left.before.values == {"bucket": "old"}


def test_what_is_read_is_no_resource() -> None:
    data = change("data.aws_region.here", actions=("read",), mode="data")
    reading = change("aws_s3_bucket.r", actions=("read",))
    assert read(document(data, reading)).changes == ()


def test_an_import_a_move_what_is_left_and_what_drifted_are_told() -> None:
    same: Object = {"bucket": "x"}
    plan = document(
        change("aws_s3_bucket.a", same, actions=("no-op",), before=same),
        change("aws_s3_bucket.m", same, actions=("no-op",), before=same, previous_address="aws_s3_bucket.old"),
        change("aws_s3_bucket.d", None, actions=("delete",), before=same, deposed="0a1b"),
        change("aws_s3_bucket.d", same, actions=("update",), before=same),
        resource_drift=[change("aws_s3_bucket.d", same, actions=("update",), before=same)],
    )
    plan["resource_changes"][0]["change"]["importing"] = {"id": "x"}
    found = by_address(read(plan))
    assert found["aws_s3_bucket.a"].action == "import"
    assert found["aws_s3_bucket.m"].previous == "aws_s3_bucket.old"
    assert found["aws_s3_bucket.d (deposed 0a1b)"].deposed
    assert not found["aws_s3_bucket.d"].deposed
    assert [address for address, one in found.items() if one.drifted] == ["aws_s3_bucket.d"]


def test_a_plan_that_is_not_the_whole_change_says_so() -> None:
    deferred = {"reason": "provider_config_unknown", "resource_change": change("aws_s3_bucket.later")}
    plan = read(document(errored=True, complete=False, deferred_changes=[deferred]))
    assert plan.incomplete == (
        Incomplete("errored"),
        Incomplete("not_complete"),
        Incomplete("deferred", "aws_s3_bucket.later"),
    )
    assert [found.address for found in plan.changes] == ["aws_s3_bucket.later"]
    assert read(document(errored=False, complete=True)).incomplete == ()


def test_opentofu_is_known_by_its_registry() -> None:
    assert read(document(change(B, provider_name="registry.opentofu.org/hashicorp/aws"))).format == "opentofu"
    assert read(document(change(B))).format == "terraform"


def test_resources_of_other_providers_are_kept_without_one() -> None:
    (found,) = read(document(change("random_pet.p", {"length": 2}))).changes
    assert found.provider is None
    assert found.after is not None
    assert (found.after.placed.region, found.after.placed.why) == (None, "not_in_plan")


# What a value that is not known yet comes from


def value(plan: Object, address: str, member: str, sources: Path | None = None) -> Json:
    after = by_address(read(plan, sources))[address].after
    assert after is not None
    assert isinstance(after.values, dict)
    return after.values.get(member)


def db(address: str = "aws_db_instance.d") -> Object:
    return change(address, {"identifier": "x"}, {"kms_key_id": True})


def keyed(expression: Json, *keys: str, **root: Any) -> Object:
    """A database whose key an expression of the root gives."""
    config = configuration(configured("aws_db_instance.d", kms_key_id=expression), **root)
    return document(db(), *(change(key, {}, {"arn": True}) for key in keys), configuration=config)


KEY = "aws_kms_key.k"


def test_a_key_of_the_plan_is_a_reference_to_it() -> None:
    found = value(keyed(refers(f"{KEY}.arn"), KEY), "aws_db_instance.d", "kms_key_id")
    assert isinstance(found, Reference)
    assert found == f"{NAME}#{KEY}"


def test_a_key_outside_of_the_plan_or_one_of_several_stays_pending() -> None:
    assert value(keyed(refers(f"{KEY}.arn")), "aws_db_instance.d", "kms_key_id") == Pending("after_apply", KEY)
    for expression in (
        refers(f"{KEY}.arn", "aws_kms_key.other.arn"),
        refers("data.aws_kms_key.k.arn"),
        refers("local.k"),
    ):
        found = value(keyed(expression, KEY, "aws_kms_key.other"), "aws_db_instance.d", "kms_key_id")
        assert found == Pending("after_apply", "kms_key_id")


@pytest.mark.parametrize("index", ["[1]", '["a.b"]', '["]"]'])
def test_the_index_of_a_reference_tells_which_instance(index: str) -> None:
    instances = [f"{KEY}[0]", f"{KEY}[1]", f'{KEY}["a.b"]', f'{KEY}["]"]', f'{KEY}["x"]']
    expression: Json = {"references": [f"{KEY}{index}.arn", f"{KEY}{index}", KEY]}
    assert value(keyed(expression, *instances), "aws_db_instance.d", "kms_key_id") == f"{NAME}#{KEY}{index}"


def test_the_index_of_a_reference_counts_before_our_own() -> None:
    config = configuration(
        configured("aws_db_instance.d", kms_key_id={"references": [f"{KEY}[1].arn", f"{KEY}[1]", KEY]})
    )
    keys = [change(f"{KEY}[{n}]", {}, {"arn": True}) for n in (0, 1)]
    plan = document(db("aws_db_instance.d[0]"), *keys, configuration=config)
    assert value(plan, "aws_db_instance.d[0]", "kms_key_id") == f"{NAME}#{KEY}[1]"


def test_which_of_several_instances_a_reference_without_index_means_is_not_guessed() -> None:
    # `element(aws_kms_key.k[*].arn, 1)` and `aws_kms_key.k[count.index].arn` are no reference to our own number.
    expressions: list[Json] = [{"references": [KEY]}, {"references": [KEY, "count.index"]}]
    for expression in expressions:
        config = configuration(configured("aws_db_instance.d", kms_key_id=expression))
        keys = [change(f"{KEY}[{n}]", {}, {"arn": True}) for n in (0, 1)]
        plan = document(db("aws_db_instance.d[0]"), *keys, configuration=config)
        assert isinstance(value(plan, "aws_db_instance.d[0]", "kms_key_id"), Pending)


def in_modules(expression: Json, *addresses: str, root: Object | None = None, **call: Json) -> Object:
    inner: Object = {
        "resources": [configured("aws_db_instance.d", kms_key_id=expression)],
        "outputs": {"arn": {"expression": refers(f"{KEY}.arn")}},
    }
    calls: Json = {"m": {"expressions": dict(call), "module": inner}}
    config = configuration(*([] if root is None else [root]), module_calls=calls)
    entries = [db(one) if "db_instance" in one else change(one, {}, {"arn": True}) for one in addresses]
    return document(*entries, configuration=config)


def test_each_instance_of_a_module_refers_to_what_stands_in_it() -> None:
    addresses = [f'module.m["{key}"].{label}' for key in ("a", "b.c") for label in ("aws_db_instance.d", KEY)]
    plan = in_modules(refers(f"{KEY}.arn"), *addresses)
    for key in ("a", "b.c"):
        assert value(plan, f'module.m["{key}"].aws_db_instance.d', "kms_key_id") == f'{NAME}#module.m["{key}"].{KEY}'


def test_a_variable_of_a_module_leads_to_what_its_caller_gives() -> None:
    plan = in_modules(refers("var.key"), "module.m.aws_db_instance.d", KEY, key=refers(f"{KEY}.arn"))
    assert value(plan, "module.m.aws_db_instance.d", "kms_key_id") == f"{NAME}#{KEY}"


def test_the_output_of_a_module_leads_to_what_gives_it() -> None:
    root = configured("aws_db_instance.r", kms_key_id={"references": ["module.m.arn", "module.m"]})
    plan = in_modules(None, "aws_db_instance.r", f"module.m.{KEY}", root=root)
    assert value(plan, "aws_db_instance.r", "kms_key_id") == f"{NAME}#module.m.{KEY}"
    # Of which instance it is the output is not said.
    several = in_modules(None, "aws_db_instance.r", f"module.m[0].{KEY}", f"module.m[1].{KEY}", root=root)
    assert value(several, "aws_db_instance.r", "kms_key_id") == Pending("after_apply", KEY)


def test_outputs_that_lead_from_module_to_module_end() -> None:
    expression: Json = {"references": ["module.m.arn", "module.m"]}
    inner: Object = {"module": {"outputs": {"arn": {"expression": expression}}}}
    for _ in range(50):
        inner = {"module": {"outputs": {"arn": {"expression": expression}}, "module_calls": {"m": inner}}}
    found = value(keyed(expression, module_calls={"m": inner}), "aws_db_instance.d", "kms_key_id")
    assert isinstance(found, Pending)


def test_a_module_whose_input_is_its_own_output_is_refused() -> None:
    own: Json = {"references": ["module.m.arn", "module.m"]}
    inner: Object = {
        "expressions": {"key": own},
        "module": {"outputs": {"arn": {"expression": {"references": ["var.key"]}}}, "variables": {"key": {}}},
    }
    with pytest.raises(InputError) as caught:
        read_plan(NAME, keyed(own, module_calls={"m": inner}), Asked())
    assert caught.value.code == "plan_circular"
    assert caught.value.params["path"] == "module.m.var.key → module.m.output.arn → module.m.var.key"


def test_what_is_hidden_and_what_the_configuration_does_not_set_are_marked() -> None:
    config = configuration(configured(B, bucket=constant("x")))
    entry = change(
        B,
        {"bucket": "x", "policy": "canary"},
        {"arn": True, "replication_configuration": True},
        sensitive={"policy": True},
    )
    after = by_address(read(document(entry, configuration=config)))[B].after
    assert after is not None
    assert after.values == {
        "bucket": "x",
        "policy": Pending("sensitive", "policy"),
        "arn": Pending("after_apply", "arn", unset=True),
        "replication_configuration": Pending("after_apply", "replication_configuration", unset=True),
    }


def test_what_the_sources_show_to_be_set_by_nothing_is_not_there_unless_it_is_dynamic(tmp_path: Path) -> None:
    config = configuration(configured(B, bucket=constant("x")))
    entry = change(
        B, {"bucket": "x"}, {"replication_configuration": True, "server_side_encryption_configuration": True}
    )
    sources = files(
        tmp_path, main='resource "aws_s3_bucket" "b" {\n  dynamic "server_side_encryption_configuration" {\n  }\n}\n'
    )
    after = by_address(read(document(entry, configuration=config), sources))[B].after
    assert after is not None
    assert after.values == {
        "bucket": "x",
        "server_side_encryption_configuration": Pending(
            "after_apply", "server_side_encryption_configuration", unset=True
        ),
    }


def test_a_change_stands_at_the_block_of_its_resource(tmp_path: Path) -> None:
    sources = files(
        tmp_path,
        main='module "m" {\n  source = "./inner"\n}\n',
        inner__store='\nresource "aws_s3_bucket" "b" {\n}\n',
    )
    config = configuration(module_calls={"m": {"module": {"resources": [configured(B)]}}})
    plan = document(change(f'module.m["a.b"].{B}'), change("aws_s3_bucket.gone"), configuration=config)
    found = by_address(read(plan, sources))
    assert found[f'module.m["a.b"].{B}'].spot == Spot("inner/store.tf", 2, 3)
    assert found["aws_s3_bucket.gone"].spot is None


def test_lines_are_shown_from_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files(tmp_path, infra__main='resource "aws_s3_bucket" "b" {\n}\n')
    monkeypatch.chdir(tmp_path)
    (found,) = read_plan(NAME, document(change(B)), Asked("infra")).changes
    assert found.spot == Spot("infra/main.tf", 1, 2)


def test_a_place_that_stays_is_known_before_by_what_tells_it_after() -> None:
    shown: Object = {"bucket": "x", "arn": "arn:aws:sqs:ca-central-1:1:q"}
    entry = change(B, shown, actions=("update",), before={"bucket": "x"})
    found = by_address(read(document(entry)))[B].before
    assert found is not None
    assert found.placed.region == "ca-central-1"


def test_what_no_description_reads_is_not_kept() -> None:
    entry = change(B, {"bucket": "x", "user_data": "canary"}, {"website_endpoint": True})
    after = by_address(read(document(entry)))[B].after
    assert after is not None
    assert after.values == {"bucket": "x"}
