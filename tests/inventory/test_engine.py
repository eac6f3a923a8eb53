"""The engine is taken from its extension module, and is the one that everybody else has."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from sovercheck.inventory import engine
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.rows import Row


def test_is_the_same_engine_as_the_package_gives() -> None:
    names = [name for name in engine.__all__ if name != "Database"]
    assert [getattr(engine, name) is getattr(duckdb, name) for name in names] == [True] * len(names)


def test_the_package_around_the_engine_is_not_imported() -> None:
    program = (
        "import sys\nfrom sovercheck.inventory.builder import Builder\n"
        "with Builder().finish() as inventory: inventory.sha256()\n"
        "print('_duckdb' in sys.modules, 'duckdb' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True", "False"]


def test_falls_back_on_the_package_where_the_extension_lacks_something() -> None:
    program = (
        "import sys, types\nimport duckdb\nsys.modules['_duckdb'] = types.ModuleType('_duckdb')\n"
        "from sovercheck.inventory import engine\nprint(engine.connect is duckdb.connect)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True"]


@pytest.mark.parametrize("blank", [0, 1, 3])
def test_inventories_of_one_database_do_not_see_each_other(blank: int) -> None:
    database = engine.Database(blank)
    builders = [Builder(database=database) for _ in range(2)]
    for builder, ids in zip(builders, ("ab", "c"), strict=True):
        builder.add("test", [Row("system", id_) for id_ in ids])
    with builders[0].finish() as one, builders[1].finish() as other:
        assert (one.lengths["system"], other.lengths["system"]) == (2, 1)
    with Builder(database=database).finish() as third:
        assert set(third.lengths.values()) == {0}


def test_a_schema_is_empty_until_somebody_fills_it() -> None:
    database = engine.Database(blank=1)
    found = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY ALL"
    assert database.schema().execute(found).fetchall() == []
    assert [name for (name,) in database.blank().execute(found).fetchall()] == sorted(TABLES)


def test_what_keeps_the_engine_from_opening_is_told_to_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(engine, "connect", refuse)
    database = engine.Database()
    with pytest.raises(MemoryError):
        database.schema()
