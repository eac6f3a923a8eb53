"""The findings of a gate as machines take them: which come first, how grave each is, where it stands, what names it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from sovercheck.change import Spot
from sovercheck.findings import SEVERITIES
from sovercheck.gate import Gate, GateFinding

Level = Literal["error", "warning", "note"]

NOWHERE = "sovercheck.yaml"
"""The file of a finding that neither a source nor a plan has: the configuration names the systems."""


def is_set_aside(gate: Gate, finding: GateFinding) -> bool:
    """Whether a judged finding does not count: somebody accepts it, or the gate looks at what is new only."""
    return finding.standing in ("waived", "baselined") or (finding.standing == "existing" and gate.only_new)


def is_below(gate: Gate, finding: GateFinding) -> bool:
    """Whether a finding is lighter than what the gate fails on."""
    return SEVERITIES.index(finding.severity) > SEVERITIES.index(gate.fail_on)


def level(gate: Gate, finding: GateFinding) -> Level:
    """How grave a finding is; what does not count is a note, and what nobody knows a warning, whatever the rule."""
    if not finding.judged or is_set_aside(gate, finding) or finding.severity == "info":
        return "note"
    if finding.verdict == "unknown" or finding.severity == "minor":
        return "warning"
    return "error"


def gravest_first(gate: Gate) -> list[GateFinding]:
    """The findings that count first, by severity, failing before unknown, new before existing; else as they stand."""
    return sorted(
        gate.findings,
        key=lambda finding: (
            not finding.judged,
            is_set_aside(gate, finding),
            SEVERITIES.index(finding.severity),
            finding.verdict == "unknown",
            finding.standing != "new",
        ),
    )


def spot(gate: Gate, finding: GateFinding) -> Spot:
    """The line of a finding; the first of its plan where none was found, as consumers show nothing without one."""
    if finding.spot is not None:
        # A JSON from elsewhere may have any numbers, and a consumer refuses a whole file for one of them.
        line = max(finding.spot.line, 1)
        return Spot(repository_path(finding.spot.file), line, max(finding.spot.end_line, line))
    plan = finding.plan or (gate.plans[0].name if gate.plans else "")
    return Spot(repository_path(plan), 1, 1)


def repository_path(file: str) -> str:
    """A file relative to the repository, with forward slashes and nothing before its first folder."""
    path = file.replace("\\", "/").lstrip("/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path or NOWHERE


def fingerprints(findings: Iterable[GateFinding]) -> Iterator[str]:
    """The fingerprint of each finding, made another one where an earlier finding has it already."""
    seen: dict[str, int] = {}
    for finding in findings:
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        if count == 1:
            yield finding.fingerprint
        else:
            again = f"{finding.fingerprint}:{count}".encode("utf-8", "surrogatepass")
            yield hashlib.sha256(again).hexdigest()[:32]
