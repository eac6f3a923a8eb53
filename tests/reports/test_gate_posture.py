from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from sovercheck.comparison import Comparison
from sovercheck.findings import Assessment
from sovercheck.gate import Gate, MoveKind
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.gate_posture import MOVES, GatePosture
from sovercheck.reports.gate_words import GateWords
from tests.reports.gate_pages import COMPARISON, shown_gate


def telling(assessment: Assessment, gate: Gate, lang: Lang = "en", comparison: Comparison | None = None) -> GatePosture:
    return GatePosture(GateWords(assessment, gate, lang), comparison)


@pytest.fixture(scope="module")
def sample() -> tuple[Assessment, Gate]:
    return shown_gate()


def test_moves_are_told_the_gravest_first_with_both_ends(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    assert [what for what, _ in said.moves()] == [
        "1 copy leaves the country",
        "1 copy leaves the territory (Québec)",
        "1 copy is added outside of the territory (Québec)",
        "1 copy comes back to the territory (Québec)",
    ]
    ends = [said.move(move) for _, moves in said.moves() for move in moves]
    assert ends[0] == "primary, Québec → Virginia, U.S."
    assert ends[2] == "replica, – → Oregon, U.S."


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_move_is_told(sample: tuple[Assessment, Gate], lang: Lang) -> None:
    assessment, gate = sample
    assert set(MOVES) == set(get_args(MoveKind))
    every = tuple(dataclasses.replace(gate.moves[0], kind=kind) for kind in reversed(MOVES))
    told_ = telling(assessment, dataclasses.replace(gate, moves=every), lang).moves()
    assert [moves[0].kind for _, moves in told_] == list(MOVES)
    assert len({what for what, _ in told_}) == len(MOVES)


def test_an_end_that_nobody_knows_is_not_an_absence(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    unsure = dataclasses.replace(gate.moves[0], kind="unsure", before=None, after="CA-QC")
    said = telling(assessment, dataclasses.replace(gate, moves=(unsure,)))
    assert said.move(unsure) == "primary, place unknown → Québec"


def test_a_share_is_told_with_as_many_decimals_as_tell_it_apart(sample: tuple[Assessment, Gate]) -> None:
    volume, count = telling(*sample, comparison=COMPARISON).shares()
    assert (
        volume
        == "Share of the territory (by volume, strict reading): 54% to 62% → 38% to 62%; target 40%, to be assessed"
    )
    assert "50% → 49.8%; target 40%, target met" in count


def test_a_share_that_does_not_change_is_told_to_be_as_it_was(sample: tuple[Assessment, Gate]) -> None:
    same = tuple(dataclasses.replace(share, after=share.before) for share in COMPARISON.shares)
    said = telling(*sample, comparison=dataclasses.replace(COMPARISON, shares=same))
    assert said.shares() == []
    (told_,) = said.shares_told()
    assert told_.endswith(", unchanged")


def test_the_whole_share_by_volume_comes_first(sample: tuple[Assessment, Gate]) -> None:
    turned = dataclasses.replace(COMPARISON, shares=COMPARISON.shares[::-1])
    assert "by volume" in telling(*sample, comparison=turned).shares()[0]


def test_without_a_comparison_nothing_is_said_to_stay_as_it_is(sample: tuple[Assessment, Gate]) -> None:
    assessment, gate = sample
    templates = tuple(dataclasses.replace(plan, knows_before=False) for plan in gate.plans)
    said = telling(assessment, dataclasses.replace(gate, moves=(), plans=templates))
    assert said.posture() == []
    assert said.exposures_told() == []
    assert telling(assessment, dataclasses.replace(gate, moves=())).posture() == ["Territory: no copy changes place."]


def test_names_are_given_once_and_the_others_counted(sample: tuple[Assessment, Gate]) -> None:
    said = telling(*sample)
    assert said.named(["a", "a", "b"]) == "a, b"
    assert said.named(["a", "b", "c", "d", "e"]) == "a, b, c, and 2 more"
