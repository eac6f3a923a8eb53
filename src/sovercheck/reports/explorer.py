"""The list of findings that the report's script searches and filters, packed so that 100,000 of them fit in the file.

The gravest come first; what does not fit the budget is left out, and the report says how many that is. Texts that
repeat stand once and rows point to them; an id keeps only what differs from the row before it. The whole is compressed
without a time in it, so that the same findings give the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from os.path import commonprefix
from typing import Generic, TypeVar

from sovercheck.findings import Finding
from sovercheck.reports.view import Mark, View, shown

BUDGET = 4_000_000
"""Of the packed list, in characters of the file; the whole report then stays under 6 MB."""

_OS, _UNIX = 9, b"\x03"
"""Where gzip says which system wrote it, and what for Unix (RFC 1952, 2.3.1): Python's versions differ."""

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Once(Generic[T]):
    """Values that stand once, and the numbers that rows point to them by."""

    numbers: dict[T, int] = field(default_factory=dict)

    def number(self, value: T) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> list[T]:
        return list(self.numbers)


@dataclass(frozen=True, slots=True)
class Packed:
    """The packed list.

    Attributes:
        data: base64 of the compressed JSON.
        shown: how many findings are in it.
        left_out: how many are not, the least grave ones.
    """

    data: str
    shown: int
    left_out: int


def pack(view: View, findings: Sequence[Finding], budget: int = BUDGET) -> Packed:
    """The gravest of the findings that fit the budget, in the assessment's order."""
    shown = len(findings)
    while True:
        data = _packed(view, findings[:shown])
        if len(data) <= budget or shown == 0:
            return Packed(data, shown, len(findings) - shown)
        # Size grows nearly in step with the number of rows; aiming a little lower ends after one or two rounds.
        shown = min(shown - 1, shown * budget * 97 // (len(data) * 100))


def _packed(view: View, findings: Sequence[Finding]) -> str:
    marks: _Once[Mark] = _Once()
    rules: _Once[str] = _Once()
    owners: _Once[tuple[str, ...]] = _Once()
    reasons: _Once[tuple[str | None, tuple[Hashable, ...]]] = _Once()
    said: list[str] = []
    rows: list[int] = []
    ids: list[str] = []
    before = ""
    for finding in findings:
        reason = reasons.number(
            (
                finding.reason,
                tuple(
                    (f.fact, f.state, f.value, f.high, f.open, f.provenance)
                    for f in (*finding.facts, *view.disputed(finding))
                ),
            )
        )
        if reason == len(said):
            said.append(shown(_why(view, finding)))
        rows += (
            marks.number(view.finding_mark(finding)),
            rules.number(finding.rule),
            owners.number(finding.systems),
            reason,
        )
        id_ = shown(finding.id).replace("\n", " ")
        name = shown(view.name(finding.subject, finding.id)).replace("\n", " ")
        shared = commonprefix((before, id_))  # noqa: RUF071 - characters are what is shared
        # The script counts in UTF-16 units, which are characters as long as they are ASCII.
        length = len(shared) if shared.isascii() else 0
        ids.append(f"{length} {id_[length:]}" + ("" if name == id_ else f"\n{name}"))
        before = id_
    systems: _Once[str] = _Once()
    owner_numbers = [[systems.number(system) for system in owner] for owner in owners.values]
    content = {
        "words": [[mark.shape, mark.text, mark.hollow] for mark in marks.values],
        "rules": [
            [view.say.says(view.rules[rule].title), view.rule_anchor(rule), view.table(view.rules[rule].subject)]
            for rule in rules.values
        ],
        "systems": [shown(view.name("system", system)) for system in systems.values],
        "owners": owner_numbers,
        "whys": said,
        # Four numbers a finding: its words, its rule, its systems, its reason.
        "rows": rows,
        "ids": ids,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)
    return base64.b64encode(packed[:_OS] + _UNIX + packed[_OS + 1 :]).decode("ascii")


def _why(view: View, finding: Finding) -> str:
    subject = view.subject(finding)
    lines = (
        view.t("fact.line", name=fact.name, value=fact.value) + (f" ({fact.grade})" if fact.grade else "")
        for fact in subject.facts
    )
    return "; ".join(part for part in (subject.reason, *lines, subject.more_facts) if part)
