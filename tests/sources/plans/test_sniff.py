"""Which reader reads a file: of Terraform's plans, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.errors import InputError, Place
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans import sniff
from sovercheck.sources.plans.model import Asked, Plan

from .made import Object, change, document


def write(folder: Path, content: Json) -> Path:
    path = folder / "whatever.txt"
    path.write_text(json.dumps(content), "utf-8")
    return path


def read(folder: Path, content: Json) -> Plan:
    ((plan, _),) = sniff.read(write(folder, content), "p.json", Asked())
    return plan


def refused(folder: Path, content: Json) -> InputError:
    with pytest.raises(InputError) as caught:
        read(folder, content)
    assert caught.value.place == Place("p.json")
    return caught.value


def test_a_plan_is_known_by_what_it_holds_whatever_its_name(tmp_path: Path) -> None:
    plan = read(tmp_path, document(change("aws_s3_bucket.b")))
    assert (plan.name, plan.format, [found.address for found in plan.changes]) == (
        "p.json",
        "terraform",
        ["aws_s3_bucket.b"],
    )
    assert read(tmp_path, {"format_version": "0.1", "planned_values": {}}).changes == ()


def test_the_hash_of_the_file_goes_with_it(tmp_path: Path) -> None:
    path = write(tmp_path, document())
    ((_, first),) = sniff.read(path, "p.json", Asked())
    path.write_bytes(path.read_bytes() + b"\n")
    ((_, second),) = sniff.read(path, "p.json", Asked())
    assert first != second


def test_a_plan_in_an_outer_object_is_found(tmp_path: Path) -> None:
    outer: Object = {"status": "ok", "other": {}, "plan": document(change("aws_s3_bucket.b"))}
    assert len(read(tmp_path, outer).changes) == 1


V4: Object = {"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "x", "outputs": {}, "resources": []}
SHOWN: Object = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}
EMPTY: Object = {"format_version": "1.0"}


@pytest.mark.parametrize("state", [V4, SHOWN])
def test_a_state_is_refused_with_the_command_that_makes_a_plan(tmp_path: Path, state: Object) -> None:
    error = refused(tmp_path, state)
    assert error.code == "plan_is_state"
    assert "terraform show -json plan.tfplan > plan.json" in (error.hint("fr") or "")


@pytest.mark.parametrize("other", [{}, EMPTY, {"changes": 3}, {"apiVersion": "v1", "kind": "List"}, {"plan": []}])
def test_what_another_tool_writes_is_refused_with_what_is_read(tmp_path: Path, other: Object) -> None:
    error = refused(tmp_path, other)
    assert error.code == "plan_unknown"
    assert "terraform show -json" in error.message("fr")


@pytest.mark.parametrize("version", ["2.0", "10.0", "", None, 1.2, "x"])
def test_a_major_version_that_is_not_known_is_refused(tmp_path: Path, version: Json) -> None:
    assert refused(tmp_path, document() | {"format_version": version}).code == "plan_format"


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_each_minor_version_of_a_known_one_is_read(tmp_path: Path, version: str) -> None:
    found = document(change("aws_s3_bucket.b", whatever_is_new=True)) | {"format_version": version, "new_in_it": 1}
    assert len(read(tmp_path, found).changes) == 1


BUCKET = change("aws_s3_bucket.b")


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"resource_changes": {}}, "resource_changes"),
        ({"resource_changes": "x"}, "resource_changes"),
        ({"resource_changes": [BUCKET, 3]}, "resource_changes[1]"),
        ({"resource_changes": [None]}, "resource_changes[0]"),
        ({"resource_changes": [BUCKET, {}]}, "resource_changes[1].address"),
        ({"resource_changes": [BUCKET | {"address": 3}]}, "resource_changes[0].address"),
        ({"resource_changes": [BUCKET | {"type": None}]}, "resource_changes[0].address"),
        ({"resource_changes": [BUCKET | {"change": []}]}, "resource_changes[0].change"),
        ({"resource_drift": 3}, "resource_drift"),
        ({"deferred_changes": {}}, "deferred_changes"),
        ({"deferred_changes": [{"reason": "x"}]}, "deferred_changes[0].resource_change.address"),
    ],
)
def test_a_plan_of_the_wrong_shape_is_refused_at_its_member(tmp_path: Path, members: Object, path: str) -> None:
    error = refused(tmp_path, document() | members)
    assert error.code == "plan_shape"
    assert error.params["path"] == path
    assert path in error.message("en")


def test_an_action_that_is_not_known_is_refused_at_its_address(tmp_path: Path) -> None:
    for actions in (("explode",), (), ("create", "create")):
        error = refused(tmp_path, document(change("aws_s3_bucket.b", actions=actions)))
        assert error.code == "plan_action"
        assert error.params["address"] == "aws_s3_bucket.b"


def test_a_plan_whose_values_go_too_deep_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    start = json.dumps(document(change("aws_s3_bucket.b", {"policy": "HERE"}))).split('"HERE"')
    path.write_text(start[0] + '{"a":' * 50_000 + "1" + "}" * 50_000 + start[1], "utf-8")
    with pytest.raises(InputError) as caught:
        sniff.read(path, "p.json", Asked())
    assert caught.value.code == "plan_too_deep"
