"""Telling, now and then while a scan goes on, how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from sovercheck.sources.base import Scanning
from sovercheck.sources.insist import Counters

_INTERVAL = 0.25

Counts = Mapping[str, int]
"""What `Counters.snapshot` gives."""


@contextmanager
def reporting(counters: Counters, report: Callable[[Counts], None]) -> Iterator[None]:
    """Reports now and then while the block lasts, and once at its end."""
    ended = threading.Event()

    def now_and_then() -> None:
        while not ended.wait(_INTERVAL):
            report(counters.snapshot())

    reporter = threading.Thread(target=now_and_then, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        ended.set()
        reporter.join()
        report(counters.snapshot())


def scanning(source: str, accounts: int, done: int, counts: Iterable[Counts]) -> Scanning:
    """How far a scan is, from what each account's asking has counted."""
    known = list(counts)

    def total(name: str) -> int:
        return sum(each[name] for each in known)

    return Scanning(
        source,
        accounts=accounts,
        accounts_begun=len(known),
        accounts_done=done,
        listings=total("units"),
        listings_done=total("units_done"),
        calls=total("calls"),
        throttled=total("throttled"),
        refused=total("refused"),
        resources=total("resources"),
    )
