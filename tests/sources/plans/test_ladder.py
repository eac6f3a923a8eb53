"""Where resources of a plan would be: never a wrong place above inferred, and unknown rather than wrong."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import event, given, settings

from sovercheck.change import Spot
from sovercheck.inventory.evidence import Grade
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.model import Placed

from .ladder_oracle import NOWHERE, Oracle, Told
from .made import (
    Object,
    by_address,
    change,
    configuration,
    configured,
    constant,
    document,
    files,
    placed,
    provider,
    read,
)
from .terraform_model import World, Written, worlds, write


def told(placed: Placed) -> Told:
    return NOWHERE if placed.region is None else (placed.region, placed.rung, placed.grade.word)


def both(world: World) -> tuple[Written, dict[tuple[str, str], Placed], Oracle]:
    """A world as written, where the reader says that each of its resources is on each side, and the oracle."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) if world.has_sources else None
        written = write(world, sources)
        changes = by_address(read(written.plan, sources))
    found = {
        (address, side): state.placed
        for address, change in changes.items()
        for side, state in (("before", change.before), ("after", change.after))
        if state is not None
    }
    return written, found, Oracle(json.loads(json.dumps(written.plan)), written.texts if world.has_sources else None)


@given(worlds())
@settings(max_examples=250)
def test_every_place_is_the_oracles_and_none_above_inferred_is_wrong(world: World) -> None:
    written, found, oracle = both(world)
    entries = {entry["address"]: entry for entry in oracle.plan["resource_changes"]}
    assert {address for address, _ in found} == set(entries)
    for (address, side), place in found.items():
        truth = (written.truth if side == "after" else written.truth_before)[address]
        event(f"{side} {place.rung} {place.grade.word if place.region else place.why}")
        assert told(place) == oracle.told(entries[address], side), (address, side, place)
        assert (place.region is None) == (place.why is not None)
        if place.region is not None and place.grade > Grade.INFERRED:
            assert place.region == truth, (address, side, place)
        if place.grade is Grade.INFERRED:
            assert place.rung == "variable"
            assert place.borne_out is None


def of_provider(region: Json, *, version: str = "1.11.4", variables: Object | None = None, **more: Json) -> Object:
    """A plan of one bucket whose provider has one expression for its region."""
    providers = provider("aws", region=region)
    config = configuration(configured("aws_s3_bucket.b"), providers=providers, **more)
    return document(change("aws_s3_bucket.b"), configuration=config, version=version, variables=variables)


def in_module(*indices: str, key: str | None = "module.m:aws", version: str = "1.11.4") -> Object:
    """A plan whose root is in Montréal and whose module brings a provider of its own, in Virginia."""
    providers = provider("aws", region=constant("ca-central-1")) | provider(
        "module.m:aws", region=constant("us-east-1")
    )
    module: Object = {"resources": [configured("aws_s3_bucket.b", key)]}
    config = configuration(providers=providers, module_calls={"m": {"module": module}})
    entries = [change(f"module.m{index}.aws_s3_bucket.b") for index in indices or ("",)]
    return document(*entries, configuration=config, version=version)


B = "aws_s3_bucket.b"


def test_trap_a_module_brings_its_own_provider() -> None:
    found = placed(read(in_module()), f"module.m.{B}")
    assert (found.region, found.rung, found.where) == ("us-east-1", "provider", "provider module.m:aws")


def test_trap_cutting_an_address_at_its_first_bracket_loses_the_module() -> None:
    for index in ('["a.b"]', '["]"]', '["x\\"].module.n"]', "[0]"):
        assert placed(read(in_module(index)), f"module.m{index}.{B}").region == "us-east-1"


def test_trap_the_region_of_a_bucket_was_computed_before_version_6() -> None:
    plan = of_provider(constant("ca-central-1"))
    plan["resource_changes"] = [change(B, {"bucket": "x"}, {"region": True, "arn": True})]
    assert told(placed(read(plan), B)) == ("ca-central-1", "provider", "documented")


def test_trap_a_function_of_a_constant_refers_to_nothing() -> None:
    found = placed(read(of_provider({})), B)
    assert (found.region, found.why) == (None, "expression")


def test_trap_part_of_a_variable_refers_to_it_as_the_variable_does(tmp_path: Path) -> None:
    plan = of_provider({"references": ["var.r"]}, variables={"r": "ca-central-1"})
    assert told(placed(read(plan), B)) == ("ca-central-1", "variable", "inferred")
    cut = files(tmp_path / "cut", main='provider "aws" {\n  region = "us-${substr(var.r, 3, 20)}"\n}\n')
    found = placed(read(plan, cut), B)
    assert (found.region, found.why, found.needs) == (None, "expression", '"us-${substr(var.r, 3, 20)}"')
    bare = files(tmp_path / "bare", main='provider "aws" {\n  region = var.r\n}\n')
    found = placed(read(plan, bare), B)
    assert told(found) == ("ca-central-1", "variable", "documented")
    assert (found.borne_out, found.spot) == ("main.tf:2", Spot("main.tf", 2, 2))


def test_trap_an_override_may_be_what_counts(tmp_path: Path) -> None:
    plan = of_provider({"references": ["var.r"]}, variables={"r": "ca-central-1"})
    cut = 'provider "aws" {\n  region = "us-${substr(var.r, 3, 20)}"\n}\n'
    sources = files(tmp_path, main='provider "aws" {\n  region = var.r\n}\n', main_override=cut)
    assert told(placed(read(plan, sources), B)) == ("ca-central-1", "variable", "inferred")


def test_trap_a_sibling_shows_another_region_than_the_variable() -> None:
    plan = of_provider({"references": ["var.r"]}, variables={"r": "ca-central-1"})
    root = plan["configuration"]["root_module"]
    root["resources"].append(configured("aws_sqs_queue.q"))
    for region, expected in (("ca-central-1", ("ca-central-1", "variable", "documented")), ("us-central-1", NOWHERE)):
        shown: Object = {"arn": f"arn:aws:sqs:{region}:1:q"}
        queue = change("aws_sqs_queue.q", shown, actions=("no-op",), before=shown)
        found = placed(read(plan | {"resource_changes": [change(B), queue]}), B)
        assert told(found) == expected
        assert (found.borne_out or found.why) == ("arn" if found.region else "ambiguous")


def test_trap_locals_and_choices_refer_to_several_things() -> None:
    for references in (["var.r", "var.other"], ["local.r"], ["var.r", "each.key"], ["data.aws_region.x.name"]):
        found = placed(read(of_provider({"references": [*references]}, variables={"r": "x", "other": "y"})), B)
        assert (found.region, found.why) == (None, "expression")


def test_trap_the_instances_of_a_provider_of_opentofu_are_not_told_apart() -> None:
    key = "aws.by_region"
    providers = provider(key, region={"references": ["each.value"]})
    config = configuration(configured(B, key), providers=providers)
    found = placed(read(document(change(f'{B}["us-east-1"]'), configuration=config)), f'{B}["us-east-1"]')
    assert (found.region, found.why) == (None, "expression")


def test_trap_a_deleted_resource_has_no_provider_any_more() -> None:
    arn: Object = {"arn": "arn:aws:sqs:us-east-1:1:q"}
    plan = of_provider(constant("ca-central-1"))
    plan["resource_changes"] = [
        change(B, actions=("delete",), before={"bucket": "x"}),
        change("aws_sqs_queue.q", actions=("delete",), before=arn),
        change(f"{B}2", {"bucket": "x"}, actions=("delete", "create"), before={"bucket": "x"}),
    ]
    found = {address: entry.before.placed for address, entry in by_address(read(plan)).items() if entry.before}
    assert (found[B].region, found[B].why, found[B].needs) == (None, "not_in_configuration", "arn")
    assert told(found["aws_sqs_queue.q"]) == ("us-east-1", "arn", "documented")
    assert found[f"{B}2"].why == "not_in_configuration"


def test_trap_a_plan_without_configuration() -> None:
    found = placed(read(document(change(B))), B)
    assert (found.region, found.why, found.needs) == (None, "not_in_plan", "configuration")


def test_trap_before_terraform_1_2_the_key_of_a_module_is_not_to_be_believed() -> None:
    for version in ("0.12.31", "0.15.5", "1.1.9"):
        for key in ("aws", "module.m:aws", None):
            found = placed(read(in_module(key=key, version=version)), f"module.m.{B}")
            assert (found.region, found.why, found.needs) == (None, "ambiguous", "aws, module.m:aws")
    same = in_module(key="aws", version="1.1.9")
    same["configuration"]["provider_config"] |= provider("module.m:aws", region=constant("ca-central-1"))
    assert told(placed(read(same), f"module.m.{B}")) == ("ca-central-1", "provider", "documented")


def test_trap_before_terraform_1_2_a_module_may_inherit_what_the_environment_gives() -> None:
    plan = in_module(key="aws", version="1.1.9")
    del plan["configuration"]["provider_config"]["aws"]
    assert placed(read(plan), f"module.m.{B}").region is None


def test_trap_a_provider_of_the_same_name_in_another_type_is_not_the_one() -> None:
    providers = provider("aws", region=constant("ca-central-1"))
    module: Object = {"resources": [configured("awscc_s3_bucket.b", None)]}
    config = configuration(providers=providers, module_calls={"m": {"module": module}})
    entry = change("module.m.awscc_s3_bucket.b", provider_name="registry.terraform.io/hashicorp/awscc")
    assert (
        placed(read(document(entry, configuration=config, version="1.1.9")), "module.m.awscc_s3_bucket.b").region
        is None
    )


def test_a_region_that_the_configuration_sets_and_the_state_before_does_not_have_is_not_the_providers() -> None:
    plan = of_provider(constant("ca-central-1"))
    plan["configuration"]["root_module"]["resources"] = [configured(B, region={"references": ["local.r"]})]
    plan["resource_changes"] = [change(B, {"region": "us-east-1"}, actions=("update",), before={"bucket": "x"})]
    before = by_address(read(plan))[B].before
    assert before is not None
    assert told(before.placed) == ("us-east-1", "resource", "documented")


def test_a_hidden_region_is_not_told_not_even_by_its_variable() -> None:
    for sensitive in ({"region": True}, True):
        plan = of_provider(constant("ca-central-1"))
        plan["resource_changes"] = [change(B, {"region": "us-east-1"}, sensitive=sensitive)]
        found = placed(read(plan), B)
        assert (found.region, found.why) == (None, "sensitive")
    declared: Json = {"r": {"sensitive": True}}
    plan = of_provider({"references": ["var.r"]}, variables={"r": "us-east-1"})
    plan["configuration"]["root_module"]["variables"] = declared
    found = placed(read(plan), B)
    assert (found.region, found.why) == (None, "sensitive")


def test_an_empty_constant_is_no_region() -> None:
    assert placed(read(of_provider(constant(""))), B).region is None


def test_a_local_zone_is_not_taken_for_a_region() -> None:
    plan = of_provider(constant("us-west-2"))
    plan["resource_changes"] = [change(B, {"availability_zone": "us-west-2-lax-1a"})]
    assert told(placed(read(plan), B)) == ("us-west-2", "provider", "documented")


def test_zones_that_disagree_say_nothing() -> None:
    plan = of_provider(constant("us-west-2"))
    plan["resource_changes"] = [change(B, {"availability_zones": ["us-east-1a", "us-west-2a"]})]
    assert placed(read(plan), B).rung == "provider"


def test_azure_and_google_say_it_themselves_in_any_spelling() -> None:
    plan = document(
        change("azurerm_storage_account.a", {"location": "Canada East"}),
        change("google_storage_bucket.g", {"location": "NORTHAMERICA-NORTHEAST1"}),
        change("google_compute_disk.d", {"zone": "northamerica-northeast1-b"}),
        change("google_storage_bucket.m", {"location": "US"}),
        change("azurerm_subnet.s", {"name": "s"}),
    )
    found = read(plan)
    assert told(placed(found, "azurerm_storage_account.a")) == ("canadaeast", "resource", "documented")
    assert told(placed(found, "google_storage_bucket.g")) == ("northamerica-northeast1", "resource", "documented")
    assert told(placed(found, "google_compute_disk.d")) == ("northamerica-northeast1", "resource", "documented")
    assert placed(found, "google_storage_bucket.m").region == "us"
    assert placed(found, "azurerm_subnet.s").why == "not_in_plan"


def test_a_google_provider_gives_its_region_or_its_zone() -> None:
    for member, value in (("region", "northamerica-northeast1"), ("zone", "northamerica-northeast1-a")):
        config = configuration(
            configured("google_compute_disk.d", "google"), providers=provider("google", **{member: constant(value)})
        )
        found = read(document(change("google_compute_disk.d"), configuration=config))
        assert told(placed(found, "google_compute_disk.d")) == ("northamerica-northeast1", "provider", "documented")


def test_the_location_of_a_group_is_inferred_and_the_sources_bear_it_out(tmp_path: Path) -> None:
    label = "azurerm_storage_account.a"
    reference = {"references": ["azurerm_resource_group.g.location", "azurerm_resource_group.g"]}
    config = configuration(
        configured("azurerm_resource_group.g", "azurerm"), configured(label, "azurerm", location=reference)
    )
    group = change("azurerm_resource_group.g", {"location": "canadaeast"})
    plan = document(group, change(label, {}, {"location": True}), configuration=config)
    assert told(placed(read(plan), label)) == ("canadaeast", "variable", "inferred")
    text = 'resource "azurerm_storage_account" "a" {\n  location = %s\n}\n'
    same = files(tmp_path / "same", main=text % "azurerm_resource_group.g.location")
    assert told(placed(read(plan, same), label)) == ("canadaeast", "variable", "documented")
    other = files(tmp_path / "other", main=text % 'replace(azurerm_resource_group.g.location, "canada", "us")')
    assert told(placed(read(plan, other), label)) == NOWHERE


def test_what_is_assumed_stands_only_where_nothing_is_known() -> None:
    assumed = {"aws": "ca-west-1"}
    found = placed(read(of_provider({}), assumed=assumed), B)
    assert told(found) == ("ca-west-1", "assumed", "assumed")
    assert found.where == "--assume-region aws=ca-west-1"
    assert placed(read(of_provider(constant("us-east-1")), assumed=assumed), B).region == "us-east-1"
    assert placed(read(document(change("azurerm_subnet.s")), assumed=assumed), "azurerm_subnet.s").region is None


@given(worlds())
@settings(max_examples=40)
def test_an_assumption_changes_no_place_that_is_known(world: World) -> None:
    written = write(world, None)
    plain, with_it = read(written.plan), read(written.plan, assumed={"aws": "af-south-1"})
    for one, other in zip(plain.changes, with_it.changes, strict=True):
        if one.after is not None and other.after is not None:
            if one.after.placed.region is None:
                assert told(other.after.placed) == ("af-south-1", "assumed", "assumed")
            else:
                assert other.after.placed == one.after.placed
