from __future__ import annotations

import dataclasses
import io
import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import github
from sovercheck.reports.base import Options
from sovercheck.reports.outside import visible_lines
from tests.reports.gates import HOSTILE_ADDRESS, gate_of, large_gate, made, sample_gate


class Command(NamedTuple):
    """A command as the runner takes it: the line up to a CR or LF, `::name properties::data`, then the escapes."""

    name: str
    properties: dict[str, str]
    data: str


def read(line: str) -> Command:
    found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line, re.DOTALL)
    assert found is not None, line
    name, properties, data = found.groups()
    split = dict(one.split("=", 1) for one in properties.split(","))
    return Command(name, {key: unescaped(value) for key, value in split.items()}, unescaped(data))


def unescaped(text: str) -> str:
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def rendered(assessment: Assessment, gate: Gate, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    github.render(assessment, out, Options(lang, gate=gate))
    return out.getvalue().decode("utf-8")


def commands(assessment: Assessment, gate: Gate) -> list[Command]:
    return [read(line) for line in re.split("\r\n|\r|\n", rendered(assessment, gate))[:-1]]


@pytest.mark.parametrize("lang", LANGS)
def test_the_annotations_as_they_are(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert rendered(*sample_gate(), lang) == snapshot


def test_an_annotation_is_at_the_line_that_causes_it() -> None:
    first = commands(*sample_gate())[0]
    assert first.name == "error"
    assert first.properties == {
        "file": "modules/archive/main.tf",
        "line": "3",
        "endLine": "9",
        "title": "sovercheck: copies-in-quebec",
    }


def test_an_address_cannot_give_a_command() -> None:
    found = commands(*sample_gate())
    assert {one.name for one in found} == {"error", "warning", "notice"}
    hostile = next(one for one in found if "set-output" in one.data)
    assert visible_lines(HOSTILE_ADDRESS) in hostile.data
    assert "\x1b" not in rendered(*sample_gate())


@given(st.text(st.characters(exclude_categories=())) | st.text(alphabet="%:,=#[]\r\n\u2028\x85a"))
def test_every_text_from_outside_is_data(text: str) -> None:
    found = commands(*gate_of(text))
    assert [one.name for one in found] == ["error", "warning"]
    assert all(set(one.properties) == {"file", "line", "endLine", "title"} for one in found)
    assert all(visible_lines(text) in one.data for one in found)


def test_no_more_than_are_shown_and_the_rest_is_counted() -> None:
    assessment, gate = large_gate(300)
    found = commands(assessment, gate)
    assert [one.name for one in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    assert found[-1].data.startswith("280 autres constats")


def test_the_count_takes_the_place_of_a_notice() -> None:
    assessment, gate = large_gate(30)
    set_aside = tuple(dataclasses.replace(finding, standing="baselined") for finding in gate.findings)
    found = commands(assessment, dataclasses.replace(gate, findings=set_aside))
    assert [one.name for one in found] == ["notice"] * 10
    assert found[-1].data.startswith("21 autres constats")


def test_what_is_only_advised_is_counted_and_not_annotated() -> None:
    assessment, gate = large_gate(30)
    advised = tuple(dataclasses.replace(finding, judged=False) for finding in gate.findings)
    (only,) = commands(assessment, dataclasses.replace(gate, findings=advised))
    assert only.name == "notice"
    assert only.data.startswith("30 autres constats")


def test_a_gate_without_findings_says_nothing() -> None:
    assert rendered(*made([], [])) == ""
