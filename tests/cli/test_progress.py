from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from sovercheck.cli.progress import Progress


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
