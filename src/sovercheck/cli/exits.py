"""Exit codes, and the one place that decides which of them a run deserves."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from sovercheck.light import dataclass

if TYPE_CHECKING:
    from sovercheck.findings import Assessment, Severity

_ASSESSABLE = ("system", "resource", "copy", "contract", "component")
"""Subjects that only the organisation's own sources give; parties come with the product too."""


class Exit(IntEnum):
    """What the process ends with; frozen, because pipelines branch on it."""

    SATISFIED = 0
    FINDING = 1
    USAGE = 2
    NOT_ESTABLISHED = 3
    WAIVED = 4
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run established, at or above a severity.

    Attributes:
        failing: failing findings, waived ones apart.
        unknown: findings to be assessed.
        waived: failing findings that a waiver in effect covers.
        gaps: readings that are missing, whatever they would have shown.
        unread: listings of an account that were asked for and not obtained, whether or not a gap tells of them.
        nothing: no system, resource, copy, contract or component was assessed, or no rule applied.
    """

    failing: int
    unknown: int
    waived: int
    gaps: int
    unread: int
    nothing: bool

    @property
    def established(self) -> bool:
        """Whether everything that had to be read was, and settled every rule."""
        return not (self.unknown or self.gaps or self.unread or self.nothing)

    @property
    def code(self) -> Exit:
        """The first that matches of: a finding, not established, all waived, satisfied."""
        if self.failing:
            return Exit.FINDING
        if not self.established:
            return Exit.NOT_ESTABLISHED
        return Exit.WAIVED if self.waived else Exit.SATISFIED


def outcome(assessment: Assessment, fail_on: Severity) -> Outcome:
    """Counts what decides the exit code: findings at or above a severity, what was not read, what there was.

    A rule counts by its severity alone, whatever its basis.
    """
    from sovercheck.findings import SEVERITIES, UNREAD

    counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    grave = {rule.id for rule in assessment.rules if rule.severity in counted}
    found = [finding for finding in assessment.findings if finding.rule in grave]
    subjects = assessment.coverage.subjects
    return Outcome(
        failing=sum(finding.verdict == "fail" and finding.waiver is None for finding in found),
        unknown=sum(finding.verdict == "unknown" for finding in found),
        waived=sum(finding.waiver is not None for finding in found),
        gaps=len(assessment.gaps),
        unread=sum(line.listings for line in assessment.coverage.readings if line.status in UNREAD),
        nothing=not assessment.rules or not any(subjects.get(table, 0) for table in _ASSESSABLE),
    )
