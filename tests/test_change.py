"""The words of a change, which its readers, the gate and the reports share."""

from __future__ import annotations

from typing import get_args

from sovercheck.change import RUNGS, Action, Rung
from sovercheck.messages import has
from sovercheck.sources.plans.model import Placed


def test_people_are_told_every_word() -> None:
    assert all(has(f"gate.action.{word}") for word in get_args(Action))
    assert all(has(f"gate.rung.{word}") for word in get_args(Rung))


def test_every_rung_has_its_rank_and_nothing_is_told_by_none() -> None:
    assert sorted(RUNGS) == sorted(get_args(Rung))
    assert RUNGS[-1] == "unknown"
    assert Placed(None).rung is None
