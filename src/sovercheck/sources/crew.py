"""A pool of threads whose tasks may make further tasks, with a bounded number of them waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

Task = Callable[[], "Iterable[Task]"]
"""Something to do; what it yields is done after it, by whoever is free."""

_WAITING = 2_000
"""Above so many waiting tasks, whoever makes more does some of them first: memory stays bounded."""


class Crew:
    """Threads that share a stack of tasks; what was made last is done first, so that what is begun gets finished."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._stack: list[Task] = []
        self._changed = threading.Condition()
        self._busy = 0
        self._error: BaseException | None = None

    def run(self, tasks: Iterable[Task]) -> None:
        """Does all tasks, and all that they make.

        Raises:
            Exception: the first that a task raised; what was waiting is not done then.
        """
        self._stack = list(tasks)[::-1]
        self._error = None
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(self._threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._do(task)
            except BaseException as error:  # noqa: BLE001 - raised again by `run`, in the thread that waits
                with self._changed:
                    self._error = self._error or error
                    self._stack.clear()
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()

    def _next(self) -> Task | None:
        with self._changed:
            while not self._stack and self._busy and self._error is None:
                self._changed.wait()
            if not self._stack or self._error is not None:
                return None
            self._busy += 1
            return self._stack.pop()

    def _do(self, task: Task) -> None:
        for made in task():
            with self._changed:
                if self._error is not None:
                    return
                self._stack.append(made)
                self._changed.notify()
                crowded = len(self._stack) > _WAITING
                first = self._stack.pop() if crowded else None
            if first is not None:
                self._do(first)
