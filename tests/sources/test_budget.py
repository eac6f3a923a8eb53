from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.sources.budget import LEAST, Budget, Budgets


@dataclass
class Clock:
    """A clock that sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_calls_are_spaced_by_the_rate() -> None:
    clock = Clock()
    budget = Budget(10, clock, clock.sleep)
    for _ in range(11):
        budget.take()
    assert round(clock.now, 6) == 1.0


def test_an_objection_halves_the_rate_and_silences_it_for_a_while() -> None:
    clock = Clock()
    budget = Budget(10, clock, clock.sleep)
    budget.take()
    budget.throttled(3)
    assert budget.rate == 5
    budget.take()
    assert clock.now == 3


@given(st.floats(1, 100), st.lists(st.sampled_from(["take", "throttled", "answered"]), max_size=80))
def test_the_rate_stays_between_the_least_and_the_ceiling_and_is_kept(ceiling: float, events: list[str]) -> None:
    clock = Clock()
    budget = Budget(ceiling, clock, clock.sleep)
    taken: list[float] = []
    for event in events:
        if event == "take":
            budget.take()
            taken.append(clock.now)
        elif event == "throttled":
            budget.throttled()
        else:
            budget.answered()
        assert LEAST <= budget.rate <= ceiling
    assert all(later - earlier >= 1 / ceiling - 1e-9 for earlier, later in pairwise(taken))


def test_it_recovers_when_the_service_answers() -> None:
    budget = Budget(20)
    budget.throttled()
    for _ in range(100):
        budget.answered()
    assert budget.rate == 20


def test_each_service_of_each_region_has_its_own() -> None:
    budgets = Budgets(20, {"s3": 100})
    assert budgets.of("ec2", "a") is budgets.of("ec2", "a")
    assert budgets.of("ec2", "a") is not budgets.of("ec2", "b")
    assert (budgets.of("s3", "a").ceiling, budgets.of("ec2", "a").ceiling) == (100, 20)
