from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sovercheck.inventory.evidence import NO_ANSWER
from sovercheck.inventory.facts import FACTS, TABLES, facts_of
from sovercheck.inventory.tables import columns, created, fact_columns


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(created())
        yield connection


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ("copy.place", {"place": "VARCHAR", "place__ev": "INTEGER"}),
        ("copy.bytes", {"bytes": "BIGINT", "bytes__hi": "BIGINT", "bytes__ev": "INTEGER"}),
        ("contract.clauses", {"clauses": "VARCHAR[]", "clauses__open": "BOOLEAN", "clauses__ev": "INTEGER"}),
        ("ownership.percent", {"percent": "DECIMAL(18, 4)", "percent__hi": "DECIMAL(18, 4)", "percent__ev": "INTEGER"}),
    ],
)
def test_a_fact_is_a_value_what_completes_it_and_its_evidence(fact: str, expected: dict[str, str]) -> None:
    assert list(fact_columns(FACTS[fact])) == list(expected.items())


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_its_id_its_links_and_every_fact_that_is_not_derived(table: str) -> None:
    stored, derived = columns(table), columns(table, derived=True)
    links = list(TABLES[table].links)
    assert list(stored)[: 1 + len(links)] == ["id", *links]
    for fact in facts_of(table):
        assert (f"{fact.short}__ev" in derived) is fact.derived
        assert (f"{fact.short}__ev" in stored) is not fact.derived
    assert not stored.keys() & derived.keys()


@pytest.mark.parametrize("table", TABLES)
def test_it_is_made_with_these_columns_and_no_row(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    described = connection.execute(f'DESCRIBE "{table}"').fetchall()
    assert {name: sql for name, sql, *_ in described} == {
        name: sql.replace(", ", ",") for name, sql in columns(table).items()
    }
    assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,)


def test_what_nobody_said_is_unknown_and_never_without_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute("INSERT INTO copy (id) VALUES ('c') RETURNING place, place__ev").fetchall()
    assert found == [(None, NO_ANSWER)]
    with pytest.raises(duckdb.ConstraintException):
        connection.execute("INSERT INTO copy (id, place__ev) VALUES ('d', NULL)")
