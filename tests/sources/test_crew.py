from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from sovercheck.sources.crew import Crew, Task


@pytest.mark.parametrize("threads", [1, 4])
def test_all_tasks_are_done_and_all_that_they_make(threads: int) -> None:
    done: list[tuple[int, ...]] = []
    lock = threading.Lock()

    def task(path: tuple[int, ...]) -> Iterator[Task]:
        with lock:
            done.append(path)
        if len(path) < 3:
            yield from (partial(task, (*path, number)) for number in range(5))

    Crew(threads).run([partial(task, (number,)) for number in range(3)])
    assert len(done) == len(set(done)) == 3 + 15 + 75


def test_a_task_that_makes_many_does_some_of_them_itself() -> None:
    done: list[int] = []
    waiting = 0

    def leaf(number: int) -> Iterator[Task]:
        done.append(number)
        yield from ()

    def many() -> Iterator[Task]:
        nonlocal waiting
        for number in range(5_000):
            waiting = max(waiting, number - len(done))
            yield partial(leaf, number)

    Crew(1).run([many])
    assert sorted(done) == list(range(5_000))
    assert waiting <= 2_001


def test_the_first_error_is_raised_and_the_rest_is_left() -> None:
    done: list[int] = []

    def fails() -> Iterator[Task]:
        empty: dict[str, Task] = {}
        yield empty["disk"]

    def never() -> Iterator[Task]:
        done.append(1)
        yield from ()

    with pytest.raises(KeyError, match="disk"):
        Crew(1).run([fails, never])
    assert done == []


def test_it_can_be_used_again_and_with_nothing() -> None:
    crew, done = Crew(2), list[int]()

    def task() -> Iterator[Task]:
        done.append(1)
        yield from ()

    crew.run([])
    crew.run([task])
    crew.run([task])
    assert done == [1, 1]
