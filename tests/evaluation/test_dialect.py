"""DuckDB's spellings do in DuckDB what a dialect promises."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sovercheck.evaluation.dialect import Dialect, DuckDB

SPELT: Dialect = DuckDB()


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def value(engine: duckdb.DuckDBPyConnection, sql: str) -> object:
    row = engine.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "text", ["CA-QC", "", "l'été", "''", "a\nb\\n", 'says "x"', "'; DROP TABLE copy; --", "$x {y} %s"]
)
def test_a_text_literal_is_the_text_whatever_is_in_it(engine: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(engine, SPELT.text(text)) == text


@pytest.mark.parametrize(
    ("items", "matches"),
    [
        ("['US', 'CA']", True),
        ("['CA', 'FR']", False),
        ("[]::VARCHAR[]", False),
        ("[NULL, 'US']", True),
        ("[NULL, 'CA']", False),
    ],
)
def test_some_item_matches_where_the_condition_is_true_of_it(
    engine: duckdb.DuckDBPyConnection, items: str, *, matches: bool
) -> None:
    """Of what the condition leaves open nothing is said: the compiler asks for that by itself."""
    assert value(engine, SPELT.any_match(items, "place", "place = 'US'")) is matches


def test_of_a_list_that_is_not_known_no_item_is_told_to_match(engine: duckdb.DuckDBPyConnection) -> None:
    assert value(engine, SPELT.any_match("NULL::VARCHAR[]", "place", "place = 'US'")) is None


def test_a_condition_may_read_the_row_beside_the_item(engine: duckdb.DuckDBPyConnection) -> None:
    found = SPELT.any_match("places", "place", "place = home")
    rows = engine.execute(
        f"SELECT {found} FROM (VALUES (['US', 'CA'], 'CA'), (['US'], 'CA')) t(places, home)"
    ).fetchall()
    assert rows == [(True,), (False,)]


@pytest.mark.parametrize(
    ("items", "length"), [("['a', 'b', NULL]", 3), ("[]::VARCHAR[]", 0), ("NULL::VARCHAR[]", None)]
)
def test_a_list_has_as_many_items_as_it_has(engine: duckdb.DuckDBPyConnection, items: str, length: int | None) -> None:
    assert value(engine, SPELT.length(items)) == length


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("prod-1", "prod-[0-9]", True),
        ("prod-12", "prod-[0-9]", False),
        ("a-prod-1", "prod-[0-9]", False),
        ("b", "a|b", True),
        ("ab", "a|b", False),
        ("PROD-1", "prod-[0-9]", False),
        ("l'été", "l'.*", True),
        ("", "", True),
    ],
)
def test_a_pattern_matches_a_text_from_its_first_character_to_its_last(
    engine: duckdb.DuckDBPyConnection, text: str, pattern: str, *, matches: bool
) -> None:
    assert value(engine, SPELT.full_match(SPELT.text(text), pattern)) is matches


def test_a_text_that_is_not_known_is_not_told_to_match(engine: duckdb.DuckDBPyConnection) -> None:
    assert value(engine, SPELT.full_match("NULL::VARCHAR", ".*")) is None


def test_it_is_known_by_a_name() -> None:
    assert SPELT.name == "duckdb"
