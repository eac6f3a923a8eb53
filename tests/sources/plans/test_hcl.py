"""Blocks of Terraform's sources: their lines and the texts of their attributes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.change import Spot
from sovercheck.sources.plans.hcl import Block, Sources, blocks

from .made import files


def only(text: str) -> Block:
    (found,) = blocks(text, "main.tf")
    return found


def texts(block: Block) -> dict[str, str]:
    return {name: text for name, (text, _) in block.attributes.items()}


TEXT = """\
# resource "aws_s3_bucket" "commented" {}
/* resource "aws_s3_bucket" "also" {
} */
terraform { required_version = ">= 1.2" }

provider "aws" {
  alias  = "mtl" # à Montréal
  region = var.region // pas us-east-1
  default_tags {
    region = "not-this-one"
  }
}

resource "aws_s3_bucket" "b" {
  bucket = "x-${var.env == "prod" ? "p" : "}{"}-y"
  policy = <<-EOT
    resource "aws_s3_bucket" "in_a_text" {
      region = "nowhere"
    }
  EOT
  tags = {
    region = "${var.a}"
  }
  dynamic "rule" {
    for_each = var.rules
    content {}
  }
  name = "a$${"
  after = upper(
    "b"
  )
}
resource aws_s3_bucket bare { region = "ca-central-1" }
"""


def test_blocks_have_their_lines_labels_and_attributes() -> None:
    found = {block.labels[-1] if block.labels else block.type: block for block in blocks(TEXT, "main.tf")}
    assert list(found) == ["terraform", "aws", "b", "bare"]
    assert found["aws"].spot == Spot("main.tf", 6, 12)
    assert found["aws"].attributes == {"alias": ('"mtl"', 7), "region": ("var.region", 8)}
    assert found["b"].spot == Spot("main.tf", 14, 32)
    assert texts(found["b"])["bucket"] == '"x-${var.env == "prod" ? "p" : "}{"}-y"'
    assert found["b"].attributes["name"] == ('"a$${"', 28)
    assert found["b"].attributes["after"][1] == 29
    assert "region" not in found["b"].attributes
    assert found["b"].dynamic == {"rule"}
    assert found["bare"].labels == ("aws_s3_bucket", "bare")
    assert texts(found["bare"]) == {"region": '"ca-central-1"'}


def test_lines_may_end_as_windows_ends_them() -> None:
    found = only('provider "aws" {\r\n  region = var.r\r\n}\r\n')
    assert found.attributes == {"region": ("var.r", 2)}
    assert found.spot == Spot("main.tf", 1, 3)


@pytest.mark.parametrize(
    "expression", ["var.r", '"us-${substr(var.r, 3, 9)}"', 'var.a == "x" ? "y" : var.r', "[{a = 1}]"]
)
def test_the_text_of_an_expression_is_the_whole_of_it(expression: str) -> None:
    assert texts(only(f'provider "aws" {{\n  region = {expression}\n  a = 1\n}}')) == {"region": expression, "a": "1"}


@given(st.text(alphabet='{}[]()"\\$%#/*<-EOT =\n\tarx', max_size=60))
def test_no_text_is_too_odd_to_read_and_no_line_is_beyond_it(text: str) -> None:
    for block in blocks(text, "x.tf"):
        assert 1 <= block.spot.line <= block.spot.end_line <= text.count("\n") + 1


STRINGS = st.text(alphabet='ab{}[]()#/*$%"\\', max_size=12)


@given(st.lists(STRINGS, max_size=4))
def test_what_stands_in_quotes_ends_no_block(values: list[str]) -> None:
    written = [v.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{") for v in values]
    lines = "\n".join(f'  a{n} = "{text}"' for n, text in enumerate(written))
    found = list(blocks(f'a "x" {{\n{lines}\n}}\nb "y" {{\n  r = var.r\n}}\n', "m.tf"))
    assert [(block.type, block.labels) for block in found] == [("a", ("x",)), ("b", ("y",))]
    assert texts(found[1]) == {"r": "var.r"}
    assert found[1].spot == Spot(
        "m.tf", len(values) + (1 if not values else 0) + 3, len(values) + (1 if not values else 0) + 5
    )


def test_a_provider_is_found_by_its_alias(tmp_path: Path) -> None:
    text = 'provider "aws" {\n region = "a"\n}\nprovider "aws" {\n alias = "x"\n region = "b"\n}\n'
    sources = Sources(files(tmp_path, main=text), "")
    for alias, region in ((None, '"a"'), ("x", '"b"')):
        found = sources.provider((), "aws", alias)
        assert found is not None
        assert texts(found)["region"] == region
    assert sources.provider((), "aws", "y") is None
    assert sources.provider((), "google", None) is None


def test_modules_are_followed_to_their_folders_and_their_lines_are_shown_from_the_repository(tmp_path: Path) -> None:
    root = files(
        tmp_path,
        main='module "a" {\n  source = "./inner"\n}\n',
        inner__main='module "b" {\n  source = "../deeper"\n}\n',
        deeper__x='resource "t" "n" {\n}\n',
    )
    sources = Sources(root, "infra")
    found = sources.block(("a", "b"), "resource", "t", "n")
    assert found is not None
    assert sources.shown_spot(("a", "b"), found.spot) == Spot("infra/deeper/x.tf", 1, 2)
    assert sources.shown_spot(("a", "b"), found.spot, 2) == Spot("infra/deeper/x.tf", 2, 2)
    assert sources.block(("a", "c"), "resource", "t", "n") is None
    assert sources.block(("z",), "resource", "t", "n") is None


def test_a_module_that_was_fetched_is_where_terraform_recorded_it(tmp_path: Path) -> None:
    root = files(tmp_path, main='module "a" {\n  source = "x/y/aws"\n}\n', got__main='resource "t" "n" {}\n')
    recorded = root / ".terraform" / "modules"
    recorded.mkdir(parents=True)
    (recorded / "modules.json").write_text(
        json.dumps({"Modules": [{"Key": "", "Dir": "."}, {"Key": "a", "Dir": "got"}]})
    )
    assert Sources(root, "").block(("a",), "resource", "t", "n") is not None


@pytest.mark.parametrize("content", ["{", "[]", '{"Modules": 3}', '{"Modules": ["x"]}', '{"Modules": [{"Key": "a"}]}'])
def test_a_record_that_is_none_is_not_used(tmp_path: Path, content: str) -> None:
    root = files(tmp_path, main='module "a" {\n  source = "./got"\n}\n', got__main='resource "t" "n" {}\n')
    recorded = root / ".terraform" / "modules"
    recorded.mkdir(parents=True)
    (recorded / "modules.json").write_text(content)
    assert Sources(root, "").block(("a",), "resource", "t", "n") is not None


def test_no_source_outside_of_the_repository_is_read(tmp_path: Path) -> None:
    outside = files(tmp_path / "outside", main='resource "t" "n" {}\n')
    root = files(
        tmp_path / "repo" / "infra",
        main='module "a" {\n source = "../../outside"\n}\nmodule "l" {\n source = "./l"\n}\n',
    )
    (root / "l").symlink_to(outside)
    assert Sources(root, "").blocks(("a",)) == ()
    assert Sources(root, "").blocks(("l",)) == ()
    # Within the repository, beside the folder, it is read.
    (tmp_path / "beside" / ".git").mkdir(parents=True)
    files(tmp_path / "beside" / "shared", main='resource "t" "n" {}\n')
    root = files(tmp_path / "beside" / "infra", main='module "a" {\n source = "../shared"\n}\n')
    assert len(Sources(root, "").blocks(("a",))) == 1


def test_a_module_that_calls_itself_does_not_run_for_ever(tmp_path: Path) -> None:
    root = files(tmp_path, main='module "a" {\n source = "./"\n}\nresource "t" "n" {}\n')
    assert Sources(root, "").block(("a",) * 50, "resource", "t", "n") is not None


def test_where_one_file_overrides_another_what_they_disagree_on_is_not_known(tmp_path: Path) -> None:
    root = files(
        tmp_path,
        main='provider "aws" {\n  region = var.r\n  profile = "p"\n}\n',
        main_override='provider "aws" {\n  region = "us-${substr(var.r, 3, 9)}"\n  assume = 1\n}\n',
    )
    found = Sources(root, "").provider((), "aws", None)
    assert found is not None
    assert texts(found) == {"profile": '"p"'}
    assert found.spot.file == "main.tf"


def test_files_that_are_no_text_or_not_terraforms_are_left_aside(tmp_path: Path) -> None:
    root = files(tmp_path, main="\ufeffresource t n {}\n")
    (root / "bad.tf").write_bytes(b"\xff\xfe\x00")
    (root / "notes.txt").write_text('resource "t" "other" {}')
    (root / "dir.tf").mkdir()
    (root / "of.tofu").write_text('resource "t" "tofu" {}')
    assert [block.labels for block in Sources(root, "").blocks(())] == [("t", "n"), ("t", "tofu")]
    assert Sources(tmp_path / "none", "").blocks(()) == ()
