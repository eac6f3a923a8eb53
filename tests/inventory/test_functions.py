"""What the engine is taught of evidence and of dates."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sovercheck.inventory.evidence import CONTRADICTED, GAPPED_BIT, NO_ANSWER, Grade, pack
from sovercheck.inventory.functions import created

DECLARED, OBSERVED = pack(Grade.DECLARED, 1), pack(Grade.OBSERVED, 2)
GAPPED = OBSERVED | GAPPED_BIT


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(created())
        yield connection


def value(engine: duckdb.DuckDBPyConnection, sql: str, *given: object) -> object:
    (found,) = engine.execute(f"SELECT {sql}", given).fetchall()
    return found[0]


@pytest.mark.parametrize(
    ("ev", "sure", "gapped"),
    [
        (OBSERVED, True, False),
        (GAPPED, False, True),
        (NO_ANSWER, False, False),
        (CONTRADICTED, False, False),
    ],
)
def test_what_is_known_is_sure_unless_a_reading_that_would_outrank_it_was_refused(
    engine: duckdb.DuckDBPyConnection, ev: int, sure: bool, gapped: bool
) -> None:
    assert (value(engine, "sure($1)", ev), value(engine, "gapped($1)", ev)) == (sure, gapped)
    assert value(engine, "surely(TRUE, $1)", ev) is sure
    assert value(engine, "surely(NULL, $1)", ev) is False


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([OBSERVED, DECLARED], DECLARED),
        ([DECLARED, GAPPED], DECLARED | GAPPED_BIT),
        ([NO_ANSWER, OBSERVED], OBSERVED),
        ([NO_ANSWER, CONTRADICTED], None),
    ],
)
def test_the_weakest_of_what_is_known_stands_under_a_gap_if_any_of_it_does(
    engine: duckdb.DuckDBPyConnection, known: list[int], expected: int | None
) -> None:
    assert value(engine, "weakest(ev, TRUE) FROM (SELECT unnest($1::INTEGER[]) AS ev)", known) == expected
    assert value(engine, "weakest(ev, FALSE) FROM (SELECT unnest($1::INTEGER[]) AS ev)", known) is None


@pytest.mark.parametrize(
    ("closed", "members", "closes", "expected"),
    [
        (True, OBSERVED, DECLARED, DECLARED),
        (True, None, DECLARED, DECLARED),
        (True, DECLARED, GAPPED, DECLARED | GAPPED_BIT),
        (False, OBSERVED, DECLARED, OBSERVED),
        (False, None, DECLARED, NO_ANSWER),
    ],
)
def test_a_list_rests_on_its_members_and_where_it_is_closed_on_what_closes_it(
    engine: duckdb.DuckDBPyConnection, closed: bool, members: int | None, closes: int, expected: int
) -> None:
    assert value(engine, "list_ev($1::BOOLEAN, $2::INTEGER, $3::INTEGER)", closed, members, closes) == expected


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-31"),
        ("2026-02-03", "2026-02-03", "2026-02-03"),
    ],
)
def test_a_partial_date_is_any_day_from_its_first_to_its_last(
    engine: duckdb.DuckDBPyConnection, day: str, first: str, last: str
) -> None:
    assert (value(engine, "lo($1)", day), value(engine, "hi($1)", day)) == (first, last)
