"""What is done meanwhile gives its result, or its error, to whoever asks."""

from __future__ import annotations

from threading import Event, current_thread

import pytest

from sovercheck.meanwhile import Meanwhile


def test_it_is_done_in_another_thread_while_the_starter_goes_on() -> None:
    begun = Event()

    def do() -> object:
        begun.wait(10)
        return current_thread()

    meanwhile = Meanwhile(do)
    begun.set()
    assert meanwhile.result() is not current_thread()
    assert meanwhile.result() is meanwhile.result()


def test_an_error_is_raised_again_each_time_that_somebody_asks() -> None:
    meanwhile = Meanwhile(lambda: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            meanwhile.result()
