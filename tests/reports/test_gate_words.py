from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.change import Action, Rung
from sovercheck.findings import SEVERITIES, UnknownReason
from sovercheck.gate import Location, MoveKind, Result, Standing
from sovercheck.messages import LANGS, Lang, has
from sovercheck.reports.gate_words import GateWords, count
from sovercheck.reports.outside import visible_lines
from sovercheck.sources.plans.model import Incompleteness, Why
from tests.reports.gates import COPIES, assessed, gate_finding, location, made, resource, sample_gate
from tests.reports.sample import known, unknown

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("result", get_args(Result)),
        ("standing", get_args(Standing)),
        ("action", get_args(Action)),
        ("rung", get_args(Rung)),
        ("why", get_args(Why)),
        ("incomplete", get_args(Incompleteness)),
        ("move", get_args(MoveKind)),
    ],
)
def test_every_word_of_a_gate_is_said(family: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if not has(f"gate.{family}.{word}")] == []


@pytest.mark.parametrize("lang", LANGS)
def test_each_finding_in_one_line(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assessment, gate = sample_gate()
    words = GateWords(assessment, gate, lang)
    assert "\n".join(visible_lines(words.finding(finding)) for finding in gate.findings) == snapshot


def line(after: Location | None, *, copy: str = "primary", place: str | None = None) -> str:
    one = resource("aws_s3_bucket.x", after)
    finding = gate_finding(COPIES, one, copy, verdict="unknown" if place is None else "fail")
    fact = unknown("copy.place", finding.id) if place is None else known("copy.place", place, finding.id, 1)
    assessment, gate = made([(finding, assessed(finding, fact))], [one])
    return GateWords(assessment, gate, "en").finding(finding)


def test_a_replica_is_never_said_to_be_where_its_resource_is() -> None:
    home = location("CA-QC", "ca-central-1", "resource", "region")
    said = line(home, copy="replica:us-east-1", place="US-VA")
    assert "(replica, created)" in said
    assert "Place: Virginia, U.S., documented: Contrat 2024-117, annexe C, p. 4." in said
    assert "Québec (" not in said
    assert "Québec (" not in line(home, copy="replica:us-east-1")


def test_an_inferred_place_says_what_bears_it_out_or_that_nothing_does() -> None:
    inferred = location("CA-QC", "ca-central-1", "variable", "provider aws: var.region")
    assert "Nothing bears it out." in line(inferred)
    assert "Borne out by an ARN under the same provider." in line(dataclasses.replace(inferred, borne_out="arn"))
    assert "Borne out by main.tf:3." in line(dataclasses.replace(inferred, borne_out="main.tf:3"))


def test_an_unknown_place_says_why_and_what_would_settle_it_once() -> None:
    said = line(Location(None, None, "unknown", why="expression", needs="var.a, var.b"))
    assert said.endswith("Place not known: it depends on an expression. What would settle it: var.a, var.b.")


@pytest.mark.parametrize(
    ("reason", "expected"), [("legal", "awaits a legal characterisation"), ("refused", "reading refused")]
)
def test_an_unknown_that_no_fact_leaves_open_says_its_reason(reason: UnknownReason, expected: str) -> None:
    one = resource("aws_s3_bucket.x", location("CA-QC", "ca-central-1", "resource", "region"))
    finding = gate_finding(COPIES, one, "primary", verdict="unknown")
    fact = known("copy.place", "CA-QC", finding.id, 1)
    assessment, gate = made([(finding, assessed(finding, fact, reason=reason))], [one])
    assert GateWords(assessment, gate, "en").finding(finding).endswith(f"Reason: {expected}.")


def test_a_finding_less_grave_than_what_counts_says_so() -> None:
    one = resource("aws_s3_bucket.x", None)
    found = {}
    for severity in SEVERITIES:
        finding = gate_finding(COPIES, one, severity=severity)
        assessment, gate = made([(finding, assessed(finding))], [one])
        found[severity] = "Less grave than what counts (from “major” on)." in GateWords(assessment, gate, "en").finding(
            finding
        )
    assert found == {"blocking": False, "major": False, "minor": True, "info": True}


def test_a_region_that_no_place_is_known_of_is_still_told() -> None:
    said = line(Location("moon-1", None, "resource", "documented", "region"))
    assert "Place: place unknown (moon-1), from the resource: region." in said


def test_a_finding_of_a_rule_that_the_assessment_does_not_have_is_named_by_its_id() -> None:
    one = resource("aws_s3_bucket.x", None)
    finding = gate_finding("gone/rule", one)
    assessment, gate = made([(finding, assessed(finding))], [one])
    words = GateWords(assessment, dataclasses.replace(gate, findings=(finding,)), "en")
    assert words.finding(finding) == "gone/rule: deviation, aws_s3_bucket.x (created)."


def test_a_waiver_that_the_assessment_does_not_name_still_shows() -> None:
    one = resource("aws_s3_bucket.x", None)
    finding = gate_finding(COPIES, one, standing="waived")
    assessment, gate = made([(finding, assessed(finding))], [one])
    assert GateWords(assessment, gate, "en").accepted(finding) == "A waiver is in effect."


def test_what_was_set_aside_as_existing_says_so() -> None:
    one = resource("aws_s3_bucket.x", None)
    finding = gate_finding(COPIES, one, standing="existing")
    assessment, gate = made([(finding, assessed(finding))], [one])
    assert GateWords(assessment, gate, "en").accepted(finding) is None
    only_new = dataclasses.replace(gate, only_new=True)
    assert GateWords(assessment, only_new, "en").accepted(finding) == "Already there before this change."


def test_whole_numbers() -> None:
    assert [count(25_000, lang) for lang in LANGS] == ["25\u00a0000", "25,000"]


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_visible_obeys_nothing_and_is_utf_8(text: str) -> None:
    shown = visible_lines(text)
    shown.encode("utf-8")
    assert all(char.isprintable() or char in "\t\n\r" or not char.isascii() for char in shown)
    assert visible_lines(shown) == shown


def test_the_words_need_no_template_engine_and_no_cldr() -> None:
    code = (
        "import sys; from tests.reports.gates import sample_gate; from sovercheck.reports.gate_words import GateWords\n"
        "a, g = sample_gate(); w = GateWords(a, g, 'fr'); [w.finding(f) for f in g.findings]\n"
        "print(*sorted({'babel', 'jinja2', 'click', 'xlsxwriter', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
