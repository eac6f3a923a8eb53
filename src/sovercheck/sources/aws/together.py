"""Accounts read side by side: a process for each, as one process's threads share a single interpreter."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.queues import SimpleQueue

from sovercheck.sources.aws.gather import Account, gather
from sovercheck.sources.base import Scanning, Work
from sovercheck.sources.insist import Counters
from sovercheck.sources.telling import reporting, scanning

Report = tuple[str, Mapping[str, int], bool]
"""An account, what has been done of it, and whether it is done with."""


class Tally:
    """Adds up what the accounts' processes report, and tells it on.

    Args:
        source: the name of the source.
        accounts: how many there are.
        tell: told of each change.
    """

    def __init__(self, source: str, accounts: int, tell: Callable[[Scanning], None]) -> None:
        self._source = source
        self._accounts = accounts
        self._tell = tell
        self._latest: dict[str, Mapping[str, int]] = {}
        self._done: set[str] = set()

    def __call__(self, report: Report) -> None:
        """Takes a report."""
        account, counts, done = report
        self._latest[account] = counts
        if done:
            self._done.add(account)
        self._tell(scanning(self._source, self._accounts, len(self._done), self._latest.values()))


def gather_all(source: str, accounts: Sequence[Account], processes: int | None, work: Work) -> None:
    """Asks all accounts, several at once where there are several and the machine has cores for them.

    Args:
        source: the name of the source.
        accounts: to be asked.
        processes: how many at once; as many as there are cores where it is None.
        work: told how far it is.

    Raises:
        InputError: the disk refuses.
    """
    tally = Tally(source, len(accounts), work.tell)
    at_once = min(len(accounts), processes or os.cpu_count() or 1)
    if at_once <= 1:
        for account in accounts:
            _one(account, tally)
        return
    context = multiprocessing.get_context("spawn")
    reports: SimpleQueue[Report | None] = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(reports, tally), daemon=True)
    listener.start()
    with ProcessPoolExecutor(at_once, context, initializer=_report_to, initargs=(reports,)) as pool:
        try:
            for future in [pool.submit(_in_process, account) for account in accounts]:
                future.result()
        except KeyboardInterrupt:
            # They would read on to their ends before the pool closes. What they have is in the journals; the queue may
            # be one's that was ended as it wrote, so nobody waits for it.
            for child in multiprocessing.active_children():
                child.terminate()
            raise
    reports.put(None)
    listener.join()


def _listen(reports: SimpleQueue[Report | None], tally: Tally) -> None:
    while (report := reports.get()) is not None:
        tally(report)


_reports: list[SimpleQueue[Report | None]] = []
"""Where this process reports to; set once, when it starts."""


def _report_to(reports: SimpleQueue[Report | None]) -> None:
    # An interrupt of the terminal reaches every process; the first one says what becomes of the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _reports.append(reports)


def _in_process(account: Account) -> None:
    _one(account, _reports[0].put)


def _one(account: Account, report: Callable[[Report], None]) -> None:
    counters = Counters()
    with reporting(counters, lambda counts: report((account.id, counts, False))):
        gather(account, counters)
    report((account.id, counters.snapshot(), True))
