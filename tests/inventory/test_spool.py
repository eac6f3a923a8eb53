"""A spool's lines become typed rows of the engine, each with the evidence that its numbers stand for."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sovercheck.inventory.evidence import NO_ANSWER, Evidence, Grade, pack
from sovercheck.inventory.lines import encoded
from sovercheck.inventory.spool import (
    SPOOLED,
    forget_order,
    insert_in_order,
    insert_spool,
    keep_order,
    new_numbers,
    renumber,
)
from sovercheck.inventory.tables import columns, created

AS_WRITTEN = '"{name}"'
OBSERVED, DECLARED = pack(Grade.OBSERVED, 0), pack(Grade.DECLARED, 1)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(created())
        yield connection


def spool(folder: Path, *rows: Mapping[str, object], name: str = "copy-0") -> Path:
    path = folder / f"{name}.ndjson"
    path.write_text("".join(f"{encoded(row)}\n" for row in rows), encoding="utf-8")
    return path


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


# Evidence


def test_evidence_is_numbered_by_its_place_in_the_provenance() -> None:
    first, second, third = (Evidence(Grade.DECLARED, source) for source in "abc")
    met = {third: 0, first: 1, second: 2}
    assert new_numbers(met, [first, second, third]) == [2, 0, 1]
    assert new_numbers({}, []) == []


def test_the_numbers_of_a_spool_stand_for_evidence_from_one(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "place": "CA-QC", "place__ev": 1},
        {"id": "b", "place": "CA-QC", "place__ev": 2},
        {"id": "c", "place": None, "place__ev": 2},
    ]
    renumber(connection, [OBSERVED, DECLARED])
    insert_spool(connection, "copy", spool(tmp_path, *rows), {"id", "place", "place__ev"}, evidence=SPOOLED)
    assert select(connection, "SELECT id, place, place__ev FROM copy ORDER BY id") == [
        ("a", "CA-QC", OBSERVED),
        ("b", "CA-QC", DECLARED),
        ("c", None, DECLARED),
    ]


@pytest.mark.parametrize("evidence", [SPOOLED, AS_WRITTEN])
def test_a_row_that_does_not_say_a_fact_has_no_answer_to_it(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, evidence: str
) -> None:
    """Even where another row of the same spool says it."""
    path = spool(tmp_path, {"id": "a", "place": "CA-QC", "place__ev": 1}, {"id": "b"})
    renumber(connection, [1])
    insert_spool(connection, "copy", path, {"id", "place", "place__ev"}, evidence=evidence)
    rows = select(connection, "SELECT id, place, place__ev, kind, kind__ev FROM copy ORDER BY id")
    assert rows == [("a", "CA-QC", 1, None, NO_ANSWER), ("b", None, NO_ANSWER, None, NO_ANSWER)]


def test_evidence_may_be_read_as_it_is_written(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = spool(tmp_path, {"id": "a", "place": "CA-QC", "place__ev": OBSERVED})
    insert_spool(connection, "copy", path, columns("copy"), evidence=AS_WRITTEN)
    assert select(connection, "SELECT place__ev FROM copy") == [(OBSERVED,)]


# Values


def inserted(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, written: Container[str] | None = None
) -> None:
    insert_spool(connection, table, path, columns(table) if written is None else written, evidence=AS_WRITTEN)


def test_a_decimal_passes_through_no_binary_float(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    exact = Decimal("99999999999999.9999")
    path = spool(tmp_path, {"id": "s", "availability_target": exact, "availability_target__ev": 1})
    assert '"99999999999999.9999"' in path.read_text(encoding="utf-8")
    inserted(connection, "system", path)
    assert select(connection, "SELECT availability_target FROM system") == [(exact,)]


def test_bytes_keep_every_digit_and_an_unbounded_end_is_null(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    inserted(connection, "copy", spool(tmp_path, {"id": "c", "bytes": 2**63 - 1, "bytes__hi": None, "bytes__ev": 1}))
    assert select(connection, "SELECT bytes, bytes__hi FROM copy") == [(2**63 - 1, None)]


def test_lists_and_truth_values_are_typed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = {"id": "p", "present_in": ["US", "CA-QC"], "present_in__open": True, "present_in__ev": 1}
    inserted(connection, "party", spool(tmp_path, row | {"owners_complete": False, "owners_complete__ev": 1}))
    assert select(connection, "SELECT present_in, present_in__open, owners_complete FROM party") == [
        (["US", "CA-QC"], True, False)
    ]


@pytest.mark.parametrize(
    "text", ["2026-01-02", "2026-01", "00123", "true", "null", "", "Hôpital « L'Été » 🏥", "a\nb\\"]
)
def test_a_text_stays_the_text_that_it_is(connection: duckdb.DuckDBPyConnection, tmp_path: Path, text: str) -> None:
    """The engine is told the types: it guesses no date, number or truth value."""
    inserted(connection, "copy", spool(tmp_path, {"id": text, "since": text, "since__ev": 1}))
    assert select(connection, "SELECT id, since FROM copy") == [(text, text)]


def test_a_line_may_be_longer_than_the_engines_own_limit(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    long = "x" * (34 * 1024 * 1024)
    inserted(
        connection, "copy", spool(tmp_path, {"id": "c", "place": long, "place__ev": 1}), {"id", "place", "place__ev"}
    )
    assert select(connection, "SELECT length(place) FROM copy") == [(len(long),)]


def test_only_the_columns_that_the_spool_has_are_read(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = spool(tmp_path, {"id": "c", "place": "CA-QC", "place__ev": 1, "kind": "backup", "kind__ev": 1})
    inserted(connection, "copy", path, {"id", "place", "place__ev"})
    assert select(connection, "SELECT place, kind, kind__ev FROM copy") == [("CA-QC", None, NO_ANSWER)]


def test_a_folder_may_have_an_apostrophe(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "l'été"
    folder.mkdir()
    inserted(connection, "copy", spool(folder, {"id": "c"}), {"id"})
    assert select(connection, "SELECT id FROM copy") == [("c",)]


def test_a_line_that_is_not_whole_is_no_row(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = spool(tmp_path, {"id": "a"}, {"id": "b"})
    path.write_text(path.read_text(encoding="utf-8")[:-4], encoding="utf-8")
    with pytest.raises(duckdb.InvalidInputException):
        inserted(connection, "copy", path, {"id"})
    assert select(connection, "SELECT id FROM copy") == []


# Order


def test_rows_keep_the_order_of_their_spools_one_after_the_other(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    keep_order(connection, "copy")
    many = [{"id": f"c{n % 7}"} for n in range(5000)]
    for name, rows in (("copy-0", many[:3000]), ("copy-1", many[3000:])):
        insert_in_order(connection, "copy", spool(tmp_path, *rows, name=name), {"id"}, evidence=SPOOLED)
    found = select(connection, "SELECT id FROM copy ORDER BY seq")
    assert [id_ for (id_,) in found] == [row["id"] for row in many]
    assert select(connection, "SELECT min(seq), max(seq), count(DISTINCT seq) FROM copy") == [(1, 5000, 5000)]


def test_the_order_is_forgotten_once_rows_are_merged(connection: duckdb.DuckDBPyConnection) -> None:
    keep_order(connection, "copy")
    forget_order(connection, "copy")
    assert [name for name, *_ in select(connection, "DESCRIBE copy")] == list(columns("copy"))
