"""What a run is doing, on stderr, once it has taken a second.

On a terminal one line is rewritten; elsewhere each step has its line.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from sovercheck.cli.language import current
from sovercheck.cli.telling import visible
from sovercheck.messages import Lang, text

_PATIENCE = 1.0


class Progress:
    """Tells the steps of one run, as `pipeline.Progress` wants them.

    Args:
        quiet: tells nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._lang: Lang = current()
        self._stream = sys.stderr
        self._rewrites = self._stream.isatty()
        self._lock = threading.Lock()
        self._late = False
        self._step = ""
        self._width = 0
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
            if self._late:
                self._tell()

    def _begin(self) -> None:
        with self._lock:
            self._late = True
            if self._step:
                self._tell()

    def _tell(self) -> None:
        if self._rewrites:
            self._stream.write("\r" + self._step.ljust(self._width))
            self._width = len(self._step)
        else:
            self._stream.write(self._step + "\n")
        self._stream.flush()
