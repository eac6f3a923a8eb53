"""Work done in a thread of its own while its starter goes on with something else."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """Begins to do something, and has the result for whoever asks.

    Args:
        do: what is to be done.
    """

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._found: list[T] = []
        self._error: Exception | None = None
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.append(self._do())
        except Exception as error:  # noqa: BLE001 - raised again by whoever asks for the result
            self._error = error

    def result(self) -> T:
        """What was found, once it is; raises what doing it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found[0]
