"""Reports of one assessment that a command writes: files first, all of them or none, then standard output."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.cli.language import asked
from sovercheck.cli.settings import STDOUT, arguments
from sovercheck.files import Outputs
from sovercheck.messages import LANGS

if TYPE_CHECKING:
    from sovercheck.comparison import Comparison
    from sovercheck.findings import Assessment
    from sovercheck.gate import Gate
    from sovercheck.messages import Lang
    from sovercheck.reports.base import FollowUp


def render(
    assessment: Assessment,
    written: Mapping[str, str],
    follow_up: Mapping[str, FollowUp],
    comparison: Comparison | None,
    gate: Gate | None = None,
) -> None:
    """Writes reports; where `--lang` says a language, in that one alone.

    Args:
        assessment: what is reported.
        written: format → path as written, or `-`.
        follow_up: what a person wrote beside findings.
        comparison: what changed since an earlier assessment.
        gate: what the gate says of a change, of which the assessment is.

    Raises:
        UsageError: a format needs a gate, and there is none; nothing is written.
    """
    from sovercheck import pipeline
    from sovercheck.reports.base import FORMATS, Options

    for name in written:
        FORMATS[name].check(gate)
    lang = _language()
    spoken = assessment if lang is None else replace(assessment, languages=(lang,))
    with Outputs() as outputs:
        for name, path in written.items():
            if path != STDOUT:
                # What the gate's outputs have in one file is in one language all the same; JSON has both.
                has_one = FORMATS[name].by_language or FORMATS[name].needs_gate
                of = spoken if has_one else assessment
                pipeline.write(of, {name: Path(path)}, follow_up, _untold, outputs, comparison, gate)
    for name, path in written.items():
        if path == STDOUT:
            options = Options(lang=spoken.languages[0], follow_up=follow_up, comparison=comparison, gate=gate)
            FORMATS[name].render(assessment, sys.stdout.buffer, options)


def _language() -> Lang | None:
    word = asked(arguments())
    return next((lang for lang in LANGS if lang == word), None)


def _untold(_key: str, _about: str) -> None:
    """Rendering takes no time worth telling."""
