from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from sovercheck.cli.progress import Progress, seconds_left
from sovercheck.sources.base import Scanning


class Screen(io.StringIO):
    """A stderr that is or is not a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, late: bool, quiet: bool = False) -> str:
    screen: Any = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    with Progress(quiet=quiet) as progress:
        progress("collect", "un\x1b[2J.yaml")
        if late:
            progress._begin()
        progress("judge", "")
    return str(screen.getvalue())


def test_quick_work_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False, late=False) == ""
    assert shown(monkeypatch, terminal=True, late=False) == ""


def test_each_step_has_a_line_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = "Lecture de un\\x1b[2J.yaml\nÉvaluation des règles\n"
    assert shown(monkeypatch, terminal=False, late=True) == expected


def test_one_line_is_rewritten_and_removed_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, terminal=True, late=True)
    assert "\n" not in written
    first, second, blank = written.removeprefix("\r").removesuffix("\r").split("\r")
    assert first.rstrip() == "Lecture de un\\x1b[2J.yaml"
    assert second.rstrip() == "Évaluation des règles"
    assert len(second) >= len(first)
    assert blank.strip() == ""


def test_quiet_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen: Any = Screen(terminal=False)
    monkeypatch.setattr(sys, "stderr", screen)
    with Progress(quiet=True) as progress:
        assert not progress._timer.is_alive()
        progress("collect", "x")
    assert screen.getvalue() == ""


HALFWAY = Scanning(
    "aws\x1b[2J",
    accounts=4,
    accounts_begun=2,
    accounts_done=1,
    listings=200,
    listings_done=100,
    calls=812,
    throttled=3,
    resources=94,
)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def scanned(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, times: list[float], quiet: bool = False) -> str:
    """What is told of a reading whose progress comes at these seconds."""
    screen: Any = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "200")
    clock = Clock()
    with Progress(quiet=quiet, clock=clock) as progress:
        progress("collect", "aws")
        if not quiet:
            progress._begin()
        for now in times:
            clock.now = now
            progress.scanning(HALFWAY)
    return str(screen.getvalue())


def test_a_reading_is_told_every_thirty_seconds_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = scanned(monkeypatch, terminal=False, times=[0, 1, 29.9, 30, 31, 59, 60.5]).splitlines()
    counts = "comptes 1/4, listes 100/200, appels 812, freinés 3, ressources 94"
    assert lines == [
        "Lecture de aws",
        f"Lecture\xa0: aws\\x1b[2J, {counts}, reste environ 2 min",
        f"Lecture\xa0: aws\\x1b[2J, {counts}, reste environ 3 min",
    ]


def test_a_reading_is_rewritten_four_times_a_second_at_most_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = scanned(monkeypatch, terminal=True, times=[n / 100 for n in range(101)])
    assert "\n" not in written
    assert written.count("Lecture\xa0:") == 4
    assert "reste" not in written, "after a second nobody knows"


def test_a_line_that_would_wrap_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: type("Size", (), {"columns": 40}))
    written = scanned(monkeypatch, terminal=True, times=[0, 1])
    told = written.split("\r")[2]
    assert (len(told), told[-1]) == (39, "…")


def test_a_quiet_reading_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scanned(monkeypatch, terminal=True, times=[0, 40, 80], quiet=True) == ""


@pytest.mark.parametrize(
    ("scan", "elapsed", "left"),
    [
        (HALFWAY, 30, 90),  # 100 of the 400 that four accounts are taken to have
        (HALFWAY, 9, None),
        (Scanning("aws", accounts=4, accounts_begun=2, listings=200, listings_done=19), 30, None),
        (Scanning("aws", accounts=4, accounts_begun=2, listings=200, listings_done=20), 30, 570),
        (Scanning("aws", accounts=1, accounts_begun=1, listings=10, listings_done=10), 30, 0),
        (Scanning("aws", accounts=1, accounts_begun=0), 30, None),
        (Scanning("aws", accounts=1, accounts_begun=1), 30, None),
    ],
)
def test_the_time_left_is_told_once_it_means_something(scan: Scanning, elapsed: float, left: float | None) -> None:
    assert seconds_left(scan, elapsed) == left
