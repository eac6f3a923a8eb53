"""A file from its bytes to its JSON, or to one clear error."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import InputError, Place
from sovercheck.sources.plans.document import Document, load, parse

PLAN = '{"format_version": "1.2", "resource_changes": [],\n "name": "Registre à Montréal"}'
READ = json.loads(PLAN)


def refused(raw: bytes | str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(raw.encode() if isinstance(raw, str) else raw, "p.json")
    assert caught.value.message("fr") != caught.value.message("en")
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_plan_is_read_in_each_encoding_that_tools_write(encoding: str) -> None:
    assert parse(PLAN.encode(encoding), "p").json == READ


def test_utf_16_of_either_order_is_read_by_its_mark() -> None:
    assert parse(b"\xfe\xff" + PLAN.encode("utf-16-be"), "p").json == READ
    assert parse(b"\xff\xfe" + PLAN.replace("\n", "\r\n").encode("utf-16-le"), "p").json == READ


def test_the_hash_is_of_the_bytes_as_they_are() -> None:
    assert parse(b"{}", "p").sha256 == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert parse(PLAN.encode("utf-16"), "p").sha256 != parse(PLAN.encode(), "p").sha256


@pytest.mark.parametrize(
    "before",
    [
        "[command]/opt/terraform-bin show -json plan.tfplan\n",
        "[command]/opt/terraform-bin -chdir=a show -json plan.tfplan\r\n[command]again\n",
        "::group::Plan\n",
        "##[group]Run terraform show\n\n",
        "$ terraform show -json plan.tfplan\n",
        "+ terraform show -json plan.tfplan\n",
        "\n\n",
    ],
)
@pytest.mark.parametrize(
    "after", ["", "\n", "\n::debug::Terraform exited with code 0.\n::set-output name=exitcode::0\n", "\n##[endgroup]\n"]
)
def test_what_a_wrapper_writes_before_and_after_is_passed_over(before: str, after: str) -> None:
    assert parse(f"{before}{PLAN}{after}".encode(), "p").json == READ


def test_a_wrapper_without_json_holds_nothing_of_use() -> None:
    assert parse(b"[command]terraform show\nError: no plan\n", "p").json is None


@pytest.mark.parametrize(
    ("raw", "code", "place"),
    [
        (b"PK\x03\x04\x14\x00tfplan", "plan_binary", Place("p.json")),
        (b"", "plan_empty", Place("p.json")),
        (b" \n\t", "plan_empty", Place("p.json")),
        (b"\xef\xbb\xbf", "plan_empty", Place("p.json")),
        (b"[]", "plan_not_object", Place("p.json")),
        (b'[{"format_version": "1.2"}]', "plan_not_object", Place("p.json")),
        (b'{"format_version": "1.2",\n  "resource_changes": [{"address"', "plan_json", Place("p.json", 2, 34)),
        (b'{"a": "b', "plan_json", Place("p.json", 1, 7)),
        (b'{"a": 1}\n{"a": 2}\n', "plan_json_several", Place("p.json", 2, 1)),
        (b'{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}\n', "plan_json_lines", Place("p.json")),
        (b'{"@level":"info","@message":"Terraform 1.11.4"}\n', "plan_json_lines", Place("p.json")),
        (b'{"a": "\xe9"}', "encoding", Place("p.json")),
        (b"\xff\xfe{\x00\x00", "encoding", Place("p.json")),
        (
            b"\nTerraform used the selected providers to make it.\n  + create\n",
            "plan_plain_text",
            Place("p.json"),
        ),
        (b"OpenTofu will perform the following actions:\n", "plan_plain_text", Place("p.json")),
        (b"data.x: Reading...\n\nPlan: 3 to add, 0 to change.\n", "plan_plain_text", Place("p.json")),
        (b"No changes. Your infrastructure matches.\n", "plan_plain_text", Place("p.json")),
    ],
)
def test_what_is_no_plan_is_refused_by_name_at_its_place(raw: bytes, code: str, place: Place) -> None:
    error = refused(raw)
    assert (error.code, error.place) == (code, place)


@pytest.mark.parametrize("raw", [b"PK\x03\x04", b'{"@level":"info","@message":"x"}', b"Terraform used the"])
def test_the_command_that_makes_the_right_file_is_said(raw: bytes) -> None:
    error = refused(raw)
    for lang in ("fr", "en"):
        hint = error.hint(lang)
        assert hint is not None
        assert "terraform show -json plan.tfplan > plan.json" in hint


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_what_is_nested_a_hundred_thousand_levels_deep_is_refused(opening: str) -> None:
    text = opening * 100_000 + "1" + ("}" if opening != "[" else "]") * 100_000
    assert refused(text).code == "plan_too_deep"


def test_a_text_that_is_no_json_is_left_to_the_readers_of_texts() -> None:
    assert parse(b"Resources: {}\n", "t.yaml") == Document(
        "t.yaml", "Resources: {}\n", None, parse(b"Resources: {}\n", "x").sha256
    )
    # An Azure template may hold comments.
    text = '{\n // \n "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"}'
    assert parse(text.encode(), "t.json").json is None
    assert parse(text.encode(), "t.json").text == text


def test_the_text_is_kept_of_templates_alone() -> None:
    assert parse(PLAN.encode(), "p").text == ""
    assert parse(b'{"Resources": {}}', "t").text == '{"Resources": {}}'


def test_a_file_that_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError) as caught:
            load(path, "shown.json")
        assert (caught.value.code, caught.value.place) == ("unreadable_file", Place("shown.json"))


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd_to_read_or_to_refuse(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        found = parse(raw, "p")
        assert found.json is None or isinstance(found.json, dict)


@given(st.integers(1, len(PLAN) - 1))
def test_a_plan_that_ends_too_early_is_refused_where_it_ends_or_went_wrong(size: int) -> None:
    raw = PLAN[:size]
    error = refused(raw)
    assert error.code == "plan_json"
    assert error.place is not None
    assert error.place.line in (1, 2)
    assert 1 <= (error.place.column or 0) <= size + 1


_PEAK = """
import sys
from pathlib import Path
from sovercheck.sources.plans import sniff
from sovercheck.sources.plans.model import Asked
(read, _), = sniff.read(Path(sys.argv[1]), "p.json", Asked())
assert len(read.changes) == 1, read
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(int(peak.split()[1]) // 1024)
"""
"""The peak of this program alone: what `getrusage` tells may be that of the process that started it."""


@pytest.mark.slow
@pytest.mark.parametrize("last", ["x", "—"])
def test_a_plan_with_one_huge_string_takes_less_than_500_megabytes(tmp_path: Path, last: str) -> None:
    path = tmp_path / "plan.json"
    # One sign that is wider than a byte makes all of a text so.
    huge = "x" * 100_000_000 + last
    with path.open("w", encoding="utf-8") as out:
        out.write(
            '{"format_version": "1.2", "resource_changes": [{"address": "aws_s3_object.o", "type": "aws_s3_object", '
        )
        out.write('"name": "o", "change": {"actions": ["create"], "before": null, "after": {"content": "')
        out.write(huge)
        out.write('"}, "after_unknown": {}}}]}')
    ran = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 500
