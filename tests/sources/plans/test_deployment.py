"""`samconfig.toml` beside a template, written here after SAM's documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.change import Spot
from sovercheck.errors import InputError
from sovercheck.sources.plans.cloudformation import read
from sovercheck.sources.plans.model import Asked, Placed, Plan

TEMPLATE = """\
Parameters: {Env: {Type: String, Default: dev}, Size: {Type: Number, Default: 1}}
Resources: {Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref Env, Size: !Ref Size}}}
"""


def plan(folder: Path, samconfig: str, asked: Asked | None = None) -> Plan:
    (folder / "samconfig.toml").write_text(samconfig, encoding="utf-8")
    return read(str(folder / "template.yaml"), TEMPLATE, asked or Asked())


def placed(read_: Plan) -> Placed:
    after = read_.changes[0].after
    assert after is not None
    return after.placed


def properties(read_: Plan) -> object:
    after = read_.changes[0].after
    assert after is not None
    return after.values


def test_the_region_of_a_deployment_is_documented_with_its_line(tmp_path: Path) -> None:
    samconfig = (
        'version = 0.1\n[default.deploy.parameters]\nregion = "ca-central-1"\nparameter_overrides = "Env=prod"\n'
    )
    read_ = plan(tmp_path, samconfig, Asked(sources=str(tmp_path), assumed={"aws": "us-east-1"}))
    assert placed(read_) == Placed(
        "ca-central-1", "environment", where="samconfig.toml", spot=Spot("samconfig.toml", 3, 3)
    )
    assert properties(read_) == {"BucketName": "prod", "Size": 1}


@pytest.mark.parametrize(
    "written",
    [
        '"Env=\\"a b\\" Size=2"',
        '["Env=\'a b\'", "Size=2"]',
        "\"ParameterKey=Env,ParameterValue='a b' ParameterKey=Size,ParameterValue=2\"",
        '{Env = "a b", Size = 2}',
    ],
)
def test_parameters_are_read_as_sam_lets_them_be_written(tmp_path: Path, written: str) -> None:
    read_ = plan(tmp_path, f"[default.deploy.parameters]\nparameter_overrides = {written}\n")
    assert properties(read_) == {"BucketName": "a b", "Size": 2}
    assert read_.notes == ()


def test_what_is_given_on_the_command_line_counts_before_it(tmp_path: Path) -> None:
    read_ = plan(
        tmp_path,
        '[default.deploy.parameters]\nparameter_overrides = "Env=prod"\n',
        Asked(parameters={"Env": "now"}, assumed={"aws": "ca-west-1"}),
    )
    assert properties(read_) == {"BucketName": "now", "Size": 1}
    assert placed(read_).region == "ca-west-1"


TWO = """\
[default.global.parameters]
region = "ca-central-1"
[default.deploy.parameters]
parameter_overrides = "Env=dev Size=3"
[prod.deploy.parameters]
region = "us-east-1"
parameter_overrides = "Env=prod Size=3"
"""


def test_environments_in_two_regions_place_nothing_until_somebody_says_which(tmp_path: Path) -> None:
    read_ = plan(tmp_path, TWO)
    assert (placed(read_).region, placed(read_).why) == (None, "ambiguous")
    assert "Pending" in repr(properties(read_))
    assert "'Size': 3" in repr(properties(read_))
    assert placed(plan(tmp_path, TWO, Asked(assumed={"aws": "us-east-1"}))).region == "us-east-1"


def test_environments_of_one_region_place_everything(tmp_path: Path) -> None:
    assert placed(plan(tmp_path, TWO.replace("us-east-1", "ca-central-1"))).region == "ca-central-1"


def test_what_is_said_of_another_template_is_not_for_this_one(tmp_path: Path) -> None:
    samconfig = '[default.deploy.parameters]\nregion = "us-east-1"\ntemplate_file = "other.yaml"\n'
    assert placed(plan(tmp_path, samconfig)).region is None
    built = samconfig.replace("other.yaml", ".aws-sam/build/template.yaml")
    assert placed(plan(tmp_path, built)).region == "us-east-1"


def test_a_file_that_is_no_toml_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        plan(tmp_path, '[default.deploy.parameters]\nregion = "\n')
    assert caught.value.code == "samconfig"
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_the_folder_may_be_told_apart_from_the_name(tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text('[default.deploy.parameters]\nregion = "ca-west-1"\n', encoding="utf-8")
    assert placed(read("template.yaml", TEMPLATE, Asked(), tmp_path)).region == "ca-west-1"
    # Of a template of another name it says nothing, unless it names it.
    assert placed(read("network.yaml", TEMPLATE, Asked(), tmp_path)).region is None
