from __future__ import annotations

import dataclasses
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS, Options
from sovercheck.reports.terminal import MOST, lines
from tests.reports.gate_pages import COMPARISON, hostile_gate, shown_gate, tallied
from tests.reports.gates import large_gate, made

ASSESSMENT, GATE = shown_gate()


def options(lang: Lang) -> Options:
    return Options(lang, gate=GATE, comparison=COMPARISON)


@pytest.mark.parametrize("lang", LANGS)
def test_the_lines_as_they_read(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(lines(ASSESSMENT, options(lang), colour=False)) == snapshot


@pytest.mark.parametrize("lang", LANGS)
def test_colours_change_no_word(lang: Lang) -> None:
    painted = list(lines(ASSESSMENT, options(lang), colour=True))
    assert painted[0].startswith("\x1b[1;31m✗ ")
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in painted]
    assert bare == list(lines(ASSESSMENT, options(lang), colour=False))
    assert all(line.count("\x1b[") in (0, 2) and not re.search(r"\x1b\[[^0]\S*m$", line) for line in painted)


def test_the_format_writes_them_without_colours() -> None:
    out = io.BytesIO()
    FORMATS["terminal"].render(ASSESSMENT, out, options("en"))
    written = "\n".join(lines(ASSESSMENT, options("en"), colour=False))
    assert out.getvalue().decode() == f"{written}\n"


@pytest.mark.parametrize("lang", LANGS)
def test_a_gate_with_nothing_to_say_is_three_lines(lang: Lang) -> None:
    assessment, gate = made([], [])
    quiet = tallied(dataclasses.replace(gate, tally=dataclasses.replace(gate.tally, judged=3)))
    said = list(lines(assessment, Options(lang, gate=quiet), colour=False))
    assert said[0].startswith("✓ ")
    assert len([line for line in said if line]) <= 5


def test_many_findings_are_counted_and_it_is_said_where_they_are() -> None:
    assessment, gate = large_gate(MOST + 60)
    said = list(lines(assessment, Options("en", gate=gate), colour=False))
    shown = [line for line in said if re.match(r"  [✗?] ", line)]
    assert len(shown) == MOST
    assert any(line.startswith("60 more findings are not shown here") and "-f html=FILE" in line for line in said)
    assert all(line.startswith("  ✗") for line in shown), "failing ones come first"


def test_what_settles_many_is_said_once() -> None:
    assessment, gate = large_gate(30)
    unknown = dataclasses.replace(gate, findings=tuple(f for f in gate.findings if f.verdict == "unknown"))
    said = list(lines(assessment, Options("en", gate=tallied(unknown)), colour=False))
    assert len([line for line in said if line.startswith("    → ")]) <= 1


@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b\x07\r\n\u202e#:[]"), max_size=60))
def test_no_text_from_outside_writes_on_the_terminal_or_commands_a_runner(text: str) -> None:
    assessment, gate = hostile_gate(text)
    whole = "\n".join(lines(assessment, Options("fr", gate=gate), colour=False))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", whole)
    assert not re.search(r"##\w*\[", whole)
    quiet = len("\n".join(lines(*_with("x"), colour=False)).split("\n"))
    assert len(whole.split("\n")) == quiet
    assert not any(line.lstrip().startswith("::") for line in whole.split("\n"))


def _with(text: str):  # type: ignore[no-untyped-def]
    assessment, gate = hostile_gate(text)
    return assessment, Options("fr", gate=gate)
