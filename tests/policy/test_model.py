from __future__ import annotations

from datetime import date

import pytest

from sovercheck.policy.model import Basis, BasisKind, TextRead


def basis(kind: BasisKind, since: date | None, to: date | None = None) -> Basis:
    return Basis(kind, {}, None, since, to, TextRead(None, None, "memory"))


@pytest.mark.parametrize(
    ("kind", "since", "to", "day", "holds"),
    [
        ("statute", date(2023, 9, 22), None, date(2023, 9, 22), True),
        ("statute", date(2023, 9, 22), None, date(2023, 9, 21), False),
        ("foreign-law", date(2008, 1, 1), date(2026, 6, 12), date(2026, 6, 12), True),
        ("foreign-law", date(2008, 1, 1), date(2026, 6, 12), date(2026, 6, 13), False),
        ("statute", None, None, date(2026, 1, 1), False),  # a bill
        ("foreign-law", None, None, date(2026, 1, 1), False),
        ("practice", None, None, date(1990, 1, 1), True),
        ("target", None, None, date(1990, 1, 1), True),
    ],
)
def test_what_is_not_in_force_does_not_apply(
    kind: BasisKind, since: date | None, to: date | None, day: date, holds: bool
) -> None:
    assert basis(kind, since, to).in_force_on(day) is holds


@pytest.mark.parametrize(
    ("grade", "settles"), [("official", True), ("republished", True), ("secondary", False), ("memory", False)]
)
def test_a_statute_known_second_hand_settles_nothing(grade: str, settles: bool) -> None:
    assert TextRead(None, None, grade).settles is settles  # type: ignore[arg-type]
