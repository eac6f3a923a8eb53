"""How rows become an inventory: what stands in an inventory and on disk is in `test_store`."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.engine import Database
from sovercheck.inventory.rows import Item, Known, Row
from sovercheck.inventory.store import Inventory

from .test_store import ROWS, SAID, built, cells


def test_the_spool_is_read_by_its_owner_alone_and_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    umask = os.umask(0)
    try:
        builder = Builder()
        builder.add("test", ROWS)
    finally:
        os.umask(umask)
    files = list(tmp_path.rglob("*.ndjson"))
    assert {path.stem.partition("-")[0] for path in files} == {row.table for row in ROWS}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}
    builder.finish().close()
    assert not list(tmp_path.iterdir())


def test_systems_that_someone_names_are_not_bulk() -> None:
    builder = Builder()
    builder.add("portefeuille.csv", [Row("system", "a"), Row("system", "b")], bulk=True)
    builder.add("declarations", [Row("system", "b")])
    with builder.finish() as inventory:
        assert inventory.bulk_systems == {"a"}


def test_of_a_register_the_parties_that_are_named_and_those_above_and_below_them() -> None:
    def stake(owner: str, owned: str) -> Row:
        return Row("ownership", f"{owner}|{owned}", {"owner": owner, "owned": owned})

    register = [*(Row("party", id_) for id_ in "abcxy"), stake("a", "b"), stake("b", "c"), stake("x", "y")]
    named = [Row("resource", "r", {"provider": "b"})]
    builder = Builder()
    builder.add("test", named)
    builder.add_parties(named, register)
    with builder.finish() as inventory:
        assert inventory.connection.execute("SELECT id FROM party ORDER BY id").fetchall() == [("a",), ("b",), ("c",)]
        assert cells(inventory, "SELECT count(*) FROM ownership") == (2,)


def test_the_engine_is_told_of_few_rows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def threads(inventory: Inventory) -> object:
        return cells(inventory, "SELECT current_setting('threads')")[0]

    monkeypatch.setattr("sovercheck.inventory.builder.SMALL", len(ROWS))
    with built(*ROWS) as few, built(*ROWS, Row("system", "t")) as many:
        assert (few.small, many.small) == (True, False)
        assert threads(few) == 1
        assert few.sha256() != many.sha256()


@pytest.mark.parametrize("small", [1, 2, 10_000])
def test_rows_of_one_subject_are_merged_however_many_ids_are_remembered(
    monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr("sovercheck.inventory.builder.SMALL", small)
    rows = [Row("system", id_, {}, {"name": Known(id_, SAID)}) for id_ in "abcd"]
    again = Row("system", "d", {}, {"purpose": Known("Archives", SAID)})
    with built(*rows, again) as inventory:
        assert inventory.lengths["system"] == 4
        assert cells(inventory, "SELECT name, purpose FROM system WHERE id = 'd'") == ("d", "Archives")


def test_many_rows_use_all_threads_beside_few_of_the_same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sovercheck.inventory.builder.SMALL", 1)
    database = Database()
    with database.schema() as connection:
        (usual,) = connection.execute("SELECT current_setting('threads')").fetchall()[0]
    few, many = (Builder(database=database) for _ in range(2))
    many.add("test", [Row("system", id_) for id_ in "ab"])
    with few.finish() as one, many.finish() as other:
        assert (one.small, other.small) == (True, False)
        assert cells(other, "SELECT current_setting('threads')") == (usual,)


def test_what_was_spooled_is_removed_though_nothing_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def items() -> Iterator[Item]:
        yield from ROWS
        assert any(tmp_path.iterdir())
        raise InputError("encoding")

    with closing(Builder()) as builder, pytest.raises(InputError):
        builder.add("test", items())
    assert not any(tmp_path.iterdir())
