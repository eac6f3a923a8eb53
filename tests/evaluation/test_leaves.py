"""A leaf's SQL on single values; `test_compile` holds generated leaves against the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from sovercheck.evaluation.dialect import DuckDB
from sovercheck.evaluation.leaves import EVERYTHING, Context, Knowledge, exposure_column, leaf_sql, shift
from sovercheck.inventory.evidence import GAPPED_BIT, Grade, gap_evidence, pack
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.condition import AsOfSide, Before, Compare, ExposureAtMost, FactSide, Leaf, Operator
from sovercheck.reference.laws import Level

AS_OF = date(2026, 11, 23)
SEEN, SAID = pack(Grade.OBSERVED, 0), pack(Grade.DECLARED, 0)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def value_of(
    engine: duckdb.DuckDBPyConnection, leaf: Leaf, columns: dict[str, Any], knowledge: Knowledge = EVERYTHING
) -> bool | None:
    """The truth value of a leaf over one row."""
    sql = leaf_sql(leaf, Context(DuckDB(), knowledge, AS_OF))
    named = ", ".join(f'? AS "{name}"' for name in columns)
    row = engine.execute(f"SELECT {sql} FROM (SELECT {named})", list(columns.values())).fetchone()
    assert row is not None
    found: bool | None = row[0]
    return found


def place(value: str | None, evidence: int = SEEN) -> dict[str, Any]:
    return {"copy.place": value, "copy.place__ev": evidence}


def test_none_is_outside_every_place_and_unknown_is_nowhere(engine: duckdb.DuckDBPyConnection) -> None:
    inside = Compare(FACTS["copy.place"], "in", ("CA-QC",))
    outside = Compare(FACTS["copy.place"], "not_in", ("CA-QC",))
    exists = Compare(FACTS["copy.place"], "exists", True)
    for value, evidence, expected in (
        ("CA-QC", SEEN, (True, False, True)),
        (None, SEEN, (False, True, False)),
        (None, 0, (None, None, None)),
        (None, gap_evidence(2), (None, None, None)),
        ("CA", SEEN, (None, None, True)),
    ):
        assert tuple(value_of(engine, leaf, place(value, evidence)) for leaf in (inside, outside, exists)) == expected


@pytest.mark.parametrize(
    ("knowledge", "evidence", "expected"),
    [
        (EVERYTHING, SAID, True),
        (Knowledge(Grade.DECLARED), SAID, True),
        (Knowledge(Grade.DOCUMENTED), SAID, None),
        (EVERYTHING, SAID | GAPPED_BIT, True),
        (Knowledge(heed_gaps=True), SAID | GAPPED_BIT, None),
        (Knowledge(heed_gaps=True), SAID, True),
    ],
)
def test_what_does_not_count_is_not_known(
    engine: duckdb.DuckDBPyConnection, knowledge: Knowledge, evidence: int, expected: bool | None
) -> None:
    leaf = Compare(FACTS["copy.place"], "in", ("CA-QC",))
    assert value_of(engine, leaf, place("CA-QC", evidence), knowledge) is expected


@pytest.mark.parametrize(
    ("op", "low", "high", "expected"),
    [
        ("at_most", 10, 100, True),
        ("at_most", 10, 101, None),
        ("at_most", 101, 200, False),
        ("at_most", 10, None, None),
        ("at_least", 100, None, True),
        ("more_than", 100, None, None),
        ("less_than", 0, 100, None),
        ("equals", 100, 100, True),
        ("equals", 100, None, None),
    ],
)
def test_an_interval_is_compared_end_by_end(
    engine: duckdb.DuckDBPyConnection, op: Operator, low: int, high: int | None, expected: bool | None
) -> None:
    columns = {"copy.bytes": low, "copy.bytes__hi": high, "copy.bytes__ev": SEEN}
    assert value_of(engine, Compare(FACTS["copy.bytes"], op, 100), columns) is expected


@pytest.mark.parametrize(
    ("op", "items", "open_", "expected"),
    [
        ("any_in", ["a"], True, True),
        ("any_in", ["z"], False, False),
        ("any_in", ["z"], True, None),
        ("any_in", [], False, False),
        ("all_in", [], False, True),
        ("all_in", ["a"], True, None),
        ("all_in", ["a", "z"], True, False),
        ("none_in", ["z"], False, True),
        ("none_in", ["z"], True, None),
        ("contains_all", ["a"], False, False),
        ("contains_all", ["a", "b"], True, True),
    ],
)
def test_a_list_that_is_open_may_have_any_other_member(
    engine: duckdb.DuckDBPyConnection, op: Operator, items: list[str], open_: bool, expected: bool | None
) -> None:
    columns = {"system.parties": items, "system.parties__open": open_, "system.parties__ev": SEEN}
    assert value_of(engine, Compare(FACTS["system.parties"], op, ("a", "b")), columns) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [("2025-11-22", True), ("2025-11-23", False), ("2025", None), ("2024", True), ("2026", False), (None, False)],
)
def test_a_date_may_be_a_year(engine: duckdb.DuckDBPyConnection, since: str | None, expected: bool | None) -> None:
    leaf = Before(FactSide(FACTS["copy.since"]), AsOfSide(-12))
    assert value_of(engine, leaf, {"copy.since": since, "copy.since__ev": SEEN}) is expected


def test_an_exposure_is_compared_end_by_end(engine: duckdb.DuckDBPyConnection) -> None:
    name = exposure_column("us-cloud-act", "residual")
    leaf = ExposureAtMost("us-cloud-act", Level.POSSIBLE)
    for low, high, expected in ((0, 1, True), (0, 2, None), (2, 2, False), (None, None, None)):
        assert value_of(engine, leaf, {name: low, f"{name}__hi": high}) is expected


def test_a_text_of_the_outside_is_a_value_and_never_sql(engine: duckdb.DuckDBPyConnection) -> None:
    text = "l'été'); DROP TABLE copy; --"
    columns = {"resource.name": text, "resource.name__ev": SEEN}
    assert value_of(engine, Compare(FACTS["resource.name"], "equals", text), columns) is True
    assert value_of(engine, Compare(FACTS["resource.name"], "in", (text, "x")), columns) is True


@pytest.mark.parametrize(
    ("day", "months", "days", "moved"),
    [
        (date(2024, 2, 29), -12, 0, date(2023, 2, 28)),
        (date(2026, 1, 31), 1, 0, date(2026, 2, 28)),
        (date(2026, 1, 31), -1, 0, date(2025, 12, 31)),
        (date(2026, 12, 31), 1, 1, date(2027, 2, 1)),
    ],
)
def test_a_day_some_months_away_is_the_last_of_a_shorter_month(day: date, months: int, days: int, moved: date) -> None:
    assert shift(day, months, days) == moved
