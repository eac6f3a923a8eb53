"""The folder in which a scan keeps what it was answered: its owner's alone, one scan's at a time, and resumed from."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sovercheck.errors import InputError, Place

OLD = 24 * 3600
"""Seconds after which the answers of an interrupted scan are no longer used: what they say may have changed."""

_LOCK = "lock"


@contextlib.contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """The folder of the scan that writes `target`: what an interrupted one left, if it is recent, else an empty one.

    It is removed once the block ends well, and kept otherwise, for the next scan to resume from. Where another scan of
    the same target is going on, this one has a folder of its own, which nothing resumes from.

    Raises:
        InputError: the disk refuses.
    """
    folder = target.with_name(f".{target.name}.journal")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(folder, 0o700)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InputError("unwritable", place=Place(str(folder)), reason=error.strerror or str(error)) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as own:
                yield Path(own)
            return
        _forget_old(folder)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _forget_old(folder: Path) -> None:
    before = time.time() - OLD
    for path in folder.iterdir():
        if path.name != _LOCK and path.stat().st_mtime < before:
            path.unlink()
