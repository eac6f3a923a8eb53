from __future__ import annotations

import pytest

from sovercheck.sources.insist import Counters
from sovercheck.sources.telling import Counts, reporting, scanning


def test_it_reports_at_the_end_also_where_the_block_raises() -> None:
    told: list[Counts] = []
    counters = Counters()

    def raises() -> None:
        with reporting(counters, told.append):
            counters.add(calls=2)
            raise ValueError

    with pytest.raises(ValueError):
        raises()
    assert told[-1]["calls"] == 2


def test_what_each_account_counted_is_added_up() -> None:
    counted = Counters()
    counted.add(calls=3, units=4, units_done=1, resources=5, refused=1, throttled=2)
    found = scanning("aws", 3, 1, [counted.snapshot(), counted.snapshot()])
    assert (found.accounts, found.accounts_done, found.calls, found.listings, found.listings_done) == (3, 1, 6, 8, 2)
    assert (found.resources, found.refused, found.throttled) == (10, 2, 4)
