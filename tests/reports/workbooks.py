"""The sample's workbook, as its tests write, open and edit it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from sovercheck.findings import Assessment
from sovercheck.messages import Lang
from sovercheck.reports import xlsx
from sovercheck.reports.base import FollowUp, Options, finding_key
from tests.reports.sample import sample_assessment

SAMPLE = sample_assessment()
KEYS = [finding_key(finding) for finding in SAMPLE.findings]
WRITTEN = {
    KEYS[0]: FollowUp("Marie Tremblay", "2027-01-31", "under_way", "Demande envoyée; réponse attendue"),
    KEYS[7]: FollowUp(comment='=HYPERLINK("http://x")'),
    KEYS[9]: FollowUp(state="done"),
    "gone-rule|copy|a|b": FollowUp("Jean", "", "Mon propre état", "à garder"),
}


def written(lang: Lang = "fr", follow_up: Mapping[str, FollowUp] | None = None, of: Assessment = SAMPLE) -> bytes:
    out = io.BytesIO()
    xlsx.render(of, out, Options(lang, {}, follow_up or {}))
    return out.getvalue()


def opened(raw: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(raw))


def edited(raw: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook as a person would have saved it."""
    book = opened(raw)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(sheet: Any) -> list[dict[str, Any]]:
    header, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in others]


def column(sheet: Any, title: str) -> int:
    return next(int(cell.column) for cell in sheet[1] if cell.value == title)
