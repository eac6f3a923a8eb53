"""The engine: how to open a database of it, and the errors that it raises. Imported where a function needs it.

The package `duckdb` wraps an extension module, `_duckdb`, in an interface for building queries in Python that takes
four fifths of the time to import, and that nothing here uses: queries are SQL. What is named here is the same object
in both modules; should a version of the engine not have it in the extension, the package is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from sovercheck.inventory import functions, tables
from sovercheck.meanwhile import Meanwhile

if TYPE_CHECKING:
    from duckdb import BinderException, DuckDBPyConnection, Error, InvalidInputException, IOException, connect
else:
    try:
        from _duckdb import BinderException, DuckDBPyConnection, Error, InvalidInputException, IOException, connect
    except ImportError:
        from duckdb import BinderException, DuckDBPyConnection, Error, InvalidInputException, IOException, connect

__all__ = ["BinderException", "Database", "Error", "IOException", "InvalidInputException", "connect"]

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "preserve_insertion_order": "true",
    # What a step no longer needs is given back before the next: otherwise the steps of a large scan add up.
    "allocator_flush_threshold": "8MB",
    "allocator_bulk_deallocation_flush_threshold": "8MB",
}


class Database:
    """A database in memory, for several inventories that do not see each other.

    It opens in a thread of its own: whoever has something else to do first need not wait for it.

    Args:
        blank: how many inventories are to be built in it, whose empty tables it makes as it opens.
    """

    def __init__(self, blank: int = 0) -> None:
        self._lock = Lock()
        self._schemas = blank
        self._blank = [_name(number) for number in range(blank)]
        made = [f"{_made(name)};{tables.created()}" for name in self._blank]
        self._opened = Meanwhile(lambda: _opened(made))

    def schema(self) -> DuckDBPyConnection:
        """A connection of its own, to a schema of its own, without tables."""
        with self._lock:
            name = _name(self._schemas)
            self._schemas += 1
        return self._connected(_made(name))

    def blank(self) -> DuckDBPyConnection:
        """The same, to a schema that has the empty tables of an inventory."""
        with self._lock:
            ready = self._blank.pop() if self._blank else None
        if ready is not None:
            return self._connected(_set(ready))
        connection = self.schema()
        connection.execute(tables.created())
        return connection

    def _connected(self, sql: str) -> DuckDBPyConnection:
        """A connection, once it has run some SQL; what that sets is this connection's, and no cursor's of it."""
        with self._lock:
            connection = self._opened.result().cursor()
        connection.execute(sql)
        return connection


def _opened(made: Sequence[str]) -> DuckDBPyConnection:
    """A database in which some SQL has run: all at once, so that it seldom has to wait for Python."""
    database = connect(":memory:", config=_SETTINGS)
    if made:
        database.execute(";".join(made))
    return database


def _name(number: int) -> str:
    return f"inventory_{number}"


def _set(schema: str) -> str:
    return f"SET schema = '{schema}'"


def _made(schema: str) -> str:
    """SQL that makes a schema with functions, and sets it."""
    return f"CREATE SCHEMA {schema};{_set(schema)};{functions.created()}"
