from __future__ import annotations

import pytest

from sovercheck.sources.budget import Budget
from sovercheck.sources.insist import Counters, Failing, Patience, insist


class SlowDownError(Exception):
    """Throttled."""


class BrokenError(Exception):
    """May pass."""


class DeniedError(Exception):
    """Will not."""


FAILING = Failing(
    (SlowDownError, BrokenError, DeniedError),
    lambda error: 0 if isinstance(error, SlowDownError) else None,
    lambda error: isinstance(error, BrokenError),
)
PATIENCE = Patience(attempts=4, repeats=2, first_wait=0.001)


def tried(*outcomes: Exception | str) -> tuple[object, Counters, Budget]:
    """What insisting gives on a call that ends so, one outcome after the other."""
    left, counters, budget = list(outcomes), Counters(), Budget(1000)

    def once() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        return insist(once, FAILING, budget, PATIENCE, counters), counters, budget
    except FAILING.types as error:
        return error, counters, budget


@pytest.mark.parametrize(
    ("outcomes", "given", "calls", "throttled"),
    [
        (["yes"], "yes", 1, 0),
        ([SlowDownError(), SlowDownError(), "yes"], "yes", 3, 2),
        ([BrokenError(), "yes"], "yes", 2, 0),
        ([DeniedError(), "never"], DeniedError, 1, 0),
        ([SlowDownError()] * 9, SlowDownError, 4, 3),
        ([BrokenError()] * 9, BrokenError, 2, 0),
    ],
)
def test_it_insists_as_long_as_it_may_help(
    outcomes: list[Exception | str], given: object, calls: int, throttled: int
) -> None:
    found, counters, _ = tried(*outcomes)
    assert found == given or type(found) is given
    assert (counters.calls, counters.throttled) == (calls, throttled)


def test_the_budget_learns() -> None:
    assert tried(SlowDownError(), "yes")[2].rate < 600
    assert tried(BrokenError(), "yes")[2].rate == 1000


def test_what_is_no_failure_of_the_other_side_is_raised_at_once() -> None:
    def once() -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        insist(once, FAILING, Budget(1000), PATIENCE, Counters())
