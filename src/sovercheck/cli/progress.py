"""What a run is doing, on stderr, once it has taken a second.

On a terminal one line is rewritten; elsewhere each step has its line, and a long reading one now and then.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from sovercheck.cli.language import current
from sovercheck.cli.telling import visible
from sovercheck.messages import Lang, text

if TYPE_CHECKING:
    from sovercheck.sources.base import Scanning

_PATIENCE = 1.0
_REWRITTEN_EVERY = 0.25
_TOLD_EVERY = 30.0
_TELLING_TIME = 10.0
"""Seconds of reading before which what is left of it cannot be told from what is done."""

_TELLING_PART = 20
"""The part of all listings, one in so many, likewise."""


class Progress:
    """Tells the steps of one run, as `pipeline.Progress` wants them.

    Args:
        quiet: tells nothing.
        clock: seconds, monotonic.
    """

    def __init__(self, *, quiet: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet = quiet
        self._lang: Lang = current()
        self._stream = sys.stderr
        self._rewrites = self._stream.isatty()
        self._clock = clock
        self._lock = threading.Lock()
        self._late = False
        self._step = ""
        self._width = 0
        self._reading: tuple[str, float] | None = None
        self._told_at = 0.0
        self._timer = threading.Timer(_PATIENCE, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if not self._quiet:
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            if self._width:
                self._stream.write(f"\r{' ' * self._width}\r")
                self._stream.flush()
            self._late = False

    def __call__(self, key: str, about: str) -> None:
        """A step begins: its name (`progress.<name>` in the catalogues), and what it is about."""
        with self._lock:
            self._step = visible(text(f"progress.{key}", self._lang, about=about))
            self._reading = None
            if self._late:
                self._tell(self._step)

    def scanning(self, scan: Scanning) -> None:
        """How far the reading of a cloud is, told now and then; from any thread, as often as one likes."""
        with self._lock:
            now = self._clock()
            if self._reading is None or self._reading[0] != scan.source:
                self._reading = (scan.source, now)
                self._told_at = now
                return
            every = _REWRITTEN_EVERY if self._rewrites else _TOLD_EVERY
            if self._late and now - self._told_at >= every:
                self._told_at = now
                left = seconds_left(scan, now - self._reading[1])
                self._tell(visible(text("progress.scan", self._lang, parts=", ".join(self._parts(scan, left)))))

    def _parts(self, scan: Scanning, left: float | None) -> Iterator[str]:
        counts = (
            ("accounts", scan.accounts_done, scan.accounts),
            ("listings", scan.listings_done, scan.listings),
            ("calls", scan.calls, scan.calls),
            ("throttled", scan.throttled, scan.throttled),
            ("refused", scan.refused, scan.refused),
            ("resources", scan.resources, scan.resources),
        )
        yield scan.source
        for name, done, total in counts:
            if total:
                yield text(f"progress.scan.{name}", self._lang, done=done, total=total)
        if left is not None:
            minutes = round(left / 60)
            yield text("progress.scan.left" if minutes else "progress.scan.soon", self._lang, minutes=minutes)

    def _begin(self) -> None:
        with self._lock:
            self._late = True
            if self._step:
                self._tell(self._step)

    def _tell(self, line: str) -> None:
        if self._rewrites:
            # A line that wraps could not be rewritten.
            room = shutil.get_terminal_size().columns - 1
            line = line if len(line) <= room else line[: room - 1] + "…"
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()


def seconds_left(scan: Scanning, elapsed: float) -> float | None:
    """How long a reading will go on at the pace of its listings so far; None while that says nothing.

    Args:
        scan: how far it is.
        elapsed: seconds since it began.
    """
    if not scan.accounts_begun or elapsed < _TELLING_TIME:
        return None
    # Accounts that are not begun are taken to be as large as those that are.
    expected = scan.listings * scan.accounts / scan.accounts_begun
    if scan.listings_done * _TELLING_PART < expected or not scan.listings_done:
        return None
    return elapsed * max(expected - scan.listings_done, 0) / scan.listings_done
