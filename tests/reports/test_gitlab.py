from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import gitlab
from sovercheck.reports.base import Options
from tests.reports.gates import gate_of, large_gate, made, sample_gate

# As GitLab documents the format of a Code Quality report; it has no published JSON Schema.
FORMAT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^(/|\\./)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def rendered(assessment: Assessment, gate: Gate, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    gitlab.render(assessment, out, Options(lang, gate=gate))
    return out.getvalue().decode("utf-8")


def entries(assessment: Assessment, gate: Gate) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rendered(assessment, gate))
    jsonschema.Draft202012Validator(FORMAT).validate(found)
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_as_it_is(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert rendered(*sample_gate(), lang) == snapshot


def test_severities_say_what_counts() -> None:
    found = [(entry["severity"], entry["description"]) for entry in entries(*sample_gate())]
    assert [severity for severity, _ in found] == ["blocker"] * 3 + ["major"] * 2 + ["minor", "major"] + ["info"] * 3
    assert all("à évaluer" in said for severity, said in found if severity == "major")
    assert [said.rpartition(". ")[2][:10] for severity, said in found if severity == "info"] == [
        "Dérogation",
        "L’état de ",
        "Avis seule",
    ]


def test_findings_with_one_fingerprint_are_all_kept() -> None:
    assessment, gate = large_gate(9)
    same = tuple(dataclasses.replace(finding, fingerprint="a" * 32) for finding in gate.findings)
    found = entries(assessment, dataclasses.replace(gate, findings=same))
    assert len({entry["fingerprint"] for entry in found}) == 9


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_from_outside_is_kept(text: str) -> None:
    found = entries(*gate_of(text))
    assert all(text in entry["description"] for entry in found)


def test_a_gate_without_findings_is_an_empty_array() -> None:
    assert rendered(*made([], [])) == "[]\n"
