"""The findings of a gate as annotations of a GitHub workflow: commands that the step writes to standard output."""

from __future__ import annotations

from typing import BinaryIO

from sovercheck.findings import Assessment
from sovercheck.reports.base import Options
from sovercheck.reports.gate_findings import Level, gravest_first, level, spot
from sovercheck.reports.gate_words import GateWords, count
from sovercheck.reports.outside import visible_lines

MOST = 10
"""GitHub shows this many annotations of each level for a step, and drops the others without a word."""

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes a command a finding, the gravest first; the last one counts those for which there is no room."""
    gate = options.gate
    assert gate is not None  # noqa: S101 - the format needs one
    words = GateWords(assessment, gate, options.lang)
    by_level: dict[Level, list[str]] = {"error": [], "warning": [], "note": []}
    # What is only advised has no line of its own, and would fill the page: it is counted.
    for finding in (one for one in gravest_first(gate) if one.judged):
        grave = level(gate, finding)
        if len(by_level[grave]) < MOST:
            where = spot(gate, finding)
            properties = {
                "file": where.file,
                "line": str(where.line),
                "endLine": str(where.end_line),
                "title": f"sovercheck: {finding.rule}",
            }
            by_level[grave].append(_command(_COMMANDS[grave], properties, words.finding(finding)))
    lines = [line for each in by_level.values() for line in each]
    if len(lines) < len(gate.findings):
        # The count is an annotation too, and takes the place of one.
        del by_level["note"][MOST - 1 :]
        lines = [line for each in by_level.values() for line in each]
        left = len(gate.findings) - len(lines)
        told = words.say.text(
            "gate.github.left_out", n=left, count=count(left, options.lang), shown=count(MOST, options.lang)
        )
        lines.append(_command("notice", {"title": "sovercheck"}, told))
    out.write("".join(f"{line}\n" for line in lines).encode())


def _command(name: str, properties: dict[str, str], data: str) -> str:
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {written}::{_data(data)}"


def _data(text: str) -> str:
    # The percent sign first: it is what escapes the others.
    return visible_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
