"""How fast a scan asks: a budget of requests a second for each service of a region, halved when the service objects.

The quotas of a provider's interfaces are shared with what the account itself runs; a scan that takes them all breaks
deployments and scaling. So each service has a ceiling from the start, below its published quotas, and a service that
throttles us gets half as much, and slowly more again (additive increase, multiplicative decrease).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

LEAST = 0.5
"""Requests a second below which a budget does not fall."""


class Budget:
    """The budget of one service in one region.

    Args:
        ceiling: requests a second.
        clock: seconds, monotonic.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        ceiling: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.ceiling = ceiling
        self.rate = ceiling
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = clock()

    def take(self) -> None:
        """Waits for one's turn."""
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + 1 / self.rate
        if turn > now:
            self._sleep(turn - now)

    def throttled(self, wait: float = 0) -> None:
        """The service objected: half as much from now on, and nothing for `wait` seconds."""
        with self._lock:
            self.rate = max(LEAST, self.rate / 2)
            self._next = max(self._next, self._clock() + wait)

    def answered(self) -> None:
        """The service answered: a little more, up to the ceiling."""
        with self._lock:
            self.rate = min(self.ceiling, self.rate + self.ceiling / 100)


class Budgets:
    """The budgets of a scan, made when they are first used.

    Args:
        usual: requests a second of a service.
        others: those of services whose quotas differ.
    """

    def __init__(self, usual: float, others: Mapping[str, float]) -> None:
        self._usual = usual
        self._others = others
        self._lock = threading.Lock()
        self._budgets: dict[tuple[str, str], Budget] = {}

    def of(self, service: str, region: str) -> Budget:
        """The budget of a service in a region."""
        with self._lock:
            found = self._budgets.get((service, region))
            if found is None:
                found = self._budgets[service, region] = Budget(self._others.get(service, self._usual))
            return found
