"""Insisting with a call that is throttled or fails for a reason that may pass, within the budget of its service."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sovercheck.sources.budget import Budget

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a scan insists.

    Attributes:
        attempts: how often a call is made that is throttled.
        repeats: how often one is made that fails for a reason that may pass.
        first_wait: seconds before the second attempt; each further one waits twice as long.
        connect: seconds to wait for a connection.
        read: seconds to wait for an answer.
    """

    attempts: int = 6
    repeats: int = 3
    first_wait: float = 0.5
    connect: float = 10
    read: float = 60


@dataclass(slots=True)
class Counters:
    """What a scan has done so far; read by whoever tells of it while it goes on."""

    calls: int = 0
    throttled: int = 0
    refused: int = 0
    units: int = 0
    units_done: int = 0
    resources: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **counts: int) -> None:
        """Adds to some of them."""
        with self.lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    def snapshot(self) -> dict[str, int]:
        """All of them, as they are now."""
        with self.lock:
            names = ("calls", "throttled", "refused", "units", "units_done", "resources")
            return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Failing:
    """How a provider's failures are told apart.

    Attributes:
        types: the exceptions that a call can raise because of the other side or of the way there.
        throttled: seconds that the other side asks to wait, 0 where it says none; None where it is no throttling.
        passes: whether asking once more may help.
    """

    types: tuple[type[Exception], ...]
    throttled: Callable[[Exception], float | None]
    passes: Callable[[Exception], bool]


def insist(once: Callable[[], T], failing: Failing, budget: Budget, patience: Patience, counters: Counters) -> T:
    """What a call gives, at the latest after the last attempt.

    Raises:
        Exception: one of `failing.types`, that of the last attempt.
    """
    attempt = 0
    while True:
        attempt += 1
        budget.take()
        counters.add(calls=1)
        try:
            answer = once()
        except failing.types as error:
            wait = patience.first_wait * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
            asked = failing.throttled(error)
            if asked is not None and attempt < patience.attempts:
                counters.add(throttled=1)
                budget.throttled(max(asked, wait))
            elif asked is None and failing.passes(error) and attempt < patience.repeats:
                time.sleep(wait / 2)
            else:
                raise
        else:
            budget.answered()
            return answer
