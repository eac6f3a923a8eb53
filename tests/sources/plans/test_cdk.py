"""An assembly of `cdk synth`, written here after its published schema: stacks, stages, nested stacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.plans.cdk import looks_like, read_cdk
from sovercheck.sources.plans.model import Asked, Incomplete

BUCKET = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}


def stack(environment: str, template: str, **properties: object) -> dict[str, object]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": template, **properties},
    }


def assembly(folder: Path, artifacts: object, templates: dict[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    for name, content in templates.items():
        (folder / name).write_text(json.dumps(content))
    return folder


def test_each_stack_is_where_its_environment_says(tmp_path: Path) -> None:
    artifacts = {
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        "A": stack("aws://111122223333/ca-central-1", "A.template.json"),
        "B": stack("aws://unknown-account/unknown-region", "B.template.json"),
    }
    folder = assembly(tmp_path, artifacts, {"A.template.json": BUCKET, "B.template.json": BUCKET})
    first, second = (plan.changes[0].after for plan in read_cdk(folder, Asked()))
    assert first is not None
    assert second is not None
    assert (first.placed.region, first.placed.rung, first.placed.where) == (
        "ca-central-1",
        "environment",
        "manifest.json",
    )
    assert first.account == "111122223333"
    assert (second.placed.region, second.placed.why, second.account) == (None, "not_in_plan", None)
    assert read_cdk(folder, Asked())[0].format == "cdk"


def test_a_region_may_be_assumed_for_the_stack_that_has_none(tmp_path: Path) -> None:
    artifacts = {
        "A": stack("aws://111122223333/ca-central-1", "A.template.json"),
        "B": stack("aws://unknown-account/unknown-region", "A.template.json"),
    }
    folder = assembly(tmp_path, artifacts, {"A.template.json": BUCKET})
    plans = read_cdk(folder / "manifest.json", Asked(assumed={"aws": "us-east-1"}))
    rungs = [
        (c.after.placed.region, c.after.placed.rung) for plan in plans for c in plan.changes if c.after is not None
    ]
    assert rungs == [("ca-central-1", "environment"), ("us-east-1", "assumed")]


def test_the_stacks_of_a_stage_are_read_too(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    folder = assembly(tmp_path, {"assembly-Prod": stage}, {})
    assembly(folder / "assembly-Prod", {"A": stack("aws://1/ca-west-1", "A.json")}, {"A.json": BUCKET})
    (plan,) = read_cdk(folder, Asked())
    assert plan.name == str(folder / "assembly-Prod" / "A.json")


def test_the_pseudo_parameters_are_those_of_the_environment(tmp_path: Path) -> None:
    name = {"Fn::Join": ["", ["b-", {"Ref": "AWS::AccountId"}, "-", {"Ref": "AWS::Region"}]]}
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}}}
    artifacts = {"A": stack("aws://111122223333/ca-central-1", "A.json")}
    (plan,) = read_cdk(assembly(tmp_path, artifacts, {"A.json": template}), Asked())
    assert plan.changes[0].after is not None
    assert plan.changes[0].after.values == {"BucketName": "b-111122223333-ca-central-1"}


def nested(path: str) -> dict[str, object]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "x", "Parameters": {"Name": "from-above", "Key": {"Fn::GetAtt": ["K", "Arn"]}}},
        "Metadata": {"aws:asset:path": path},
    }


def test_a_nested_stack_of_the_assembly_is_read_where_its_parent_is(tmp_path: Path) -> None:
    above = {"Resources": {"K": {"Type": "AWS::KMS::Key"}, "Inner": nested("inner.json"), "Away": nested("gone.json")}}
    below = {
        "Parameters": {"Name": {"Type": "String"}, "Key": {"Type": "String", "Default": "x"}},
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}, "K": {"Ref": "Key"}}}
        },
    }
    artifacts = {"A": stack("aws://1/ca-central-1", "A.json")}
    outer, inner = read_cdk(assembly(tmp_path, artifacts, {"A.json": above, "inner.json": below}), Asked())
    assert outer.incomplete == (Incomplete("unsupported", "Away"),)
    after = inner.changes[0].after
    assert after is not None
    assert after.placed.region == "ca-central-1"
    assert isinstance(after.values, dict)
    assert after.values["BucketName"] == "from-above"
    assert "Pending" in repr(after.values["K"])


def test_the_folder_has_the_name_that_it_is_given(tmp_path: Path) -> None:
    folder = assembly(tmp_path, {"A": stack("aws://1/ca-central-1", "A.json")}, {"A.json": BUCKET})
    (plan,) = read_cdk(folder, Asked(), "cdk.out")
    assert plan.name == "cdk.out/A.json"
    assert plan.changes[0].spot is not None
    assert plan.changes[0].spot.file == "cdk.out/A.json"


def test_a_stack_nested_in_itself_comes_to_an_end(tmp_path: Path) -> None:
    template = {"Resources": {"Inner": nested("A.json")}}
    folder = assembly(tmp_path, {"A": stack("aws://1/ca-central-1", "A.json")}, {"A.json": template})
    assert read_cdk(folder, Asked())[-1].incomplete == (Incomplete("unsupported", "Inner"),)


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ("{}", "cdk_manifest"),
        ("{", "template_json"),
        (
            '{"version": "1", "artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {}}}}',
            "cdk_manifest",
        ),
        (json.dumps({"version": "1", "artifacts": {"A": stack("aws://1/x", "../secret.json")}}), "cdk_manifest"),
        (json.dumps({"version": "1", "artifacts": {"A": stack("aws://1/x", "gone.json")}}), "unreadable_file"),
    ],
)
def test_an_assembly_that_cannot_be_read_is_one_error(tmp_path: Path, manifest: str, code: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(InputError) as caught:
        read_cdk(tmp_path, Asked())
    assert caught.value.code == code
    assert caught.value.place is not None


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_cdk(tmp_path, Asked())
    assert caught.value.code == "unreadable_file"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"version": "36.0.0", "artifacts": {}}, True),
        ({"version": "36.0.0"}, False),
        ({"artifacts": {}}, False),
        (None, False),
    ],
)
def test_what_is_taken_for_a_manifest(document: object, expected: bool) -> None:
    assert looks_like(document) is expected
