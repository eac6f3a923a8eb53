"""The findings of a gate as GitLab's Code Quality takes them: a flat array, each entry with its own fingerprint."""

from __future__ import annotations

import json
from typing import BinaryIO

from sovercheck.findings import Assessment, Severity
from sovercheck.gate import Gate, GateFinding
from sovercheck.reports.base import Options
from sovercheck.reports.gate_findings import fingerprints, gravest_first, is_set_aside, spot
from sovercheck.reports.gate_words import GateWords

_SEVERITIES: dict[Severity, str] = {"blocking": "blocker", "major": "major", "minor": "minor", "info": "info"}

_dump = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes an entry a finding, the gravest first, each on its own line.

    GitLab tells by the fingerprints what a merge request adds; it knows neither unknowns, which are `major` and say so,
    nor waivers: what does not count is `info`, and says why.
    """
    gate = options.gate
    assert gate is not None  # noqa: S101 - the format needs one
    words = GateWords(assessment, gate, options.lang)
    findings = gravest_first(gate)
    entries = [
        _dump(_entry(words, gate, finding, fingerprint))
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    text = "[\n" + ",\n".join(entries) + "\n]\n" if entries else "[]\n"
    # A lone surrogate from a source is no UTF-8; its escape is both Python's and JSON's.
    out.write(text.encode("utf-8", "backslashreplace"))


def _entry(words: GateWords, gate: Gate, finding: GateFinding, fingerprint: str) -> dict[str, object]:
    where = spot(gate, finding)
    return {
        "description": words.finding(finding),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _severity(gate, finding),
        "location": {"path": where.file, "lines": {"begin": where.line}},
    }


def _severity(gate: Gate, finding: GateFinding) -> str:
    if not finding.judged or is_set_aside(gate, finding):
        return "info"
    return "major" if finding.verdict == "unknown" else _SEVERITIES[finding.severity]
