"""The engine: how to open a database of it, and the errors that it raises. Imported where a function needs it.

The package `duckdb` wraps an extension module, `_duckdb`, in an interface for building queries in Python that takes
four fifths of the time to import, and that nothing here uses: queries are SQL. What is named here is the same object
in both modules; should a version of the engine not have it in the extension, the package is imported.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.spool import create_tables
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
        self._schemas = 0
        self._blank: list[DuckDBPyConnection] = []
        self._opened = Meanwhile(lambda: self._open(blank))

    def schema(self) -> DuckDBPyConnection:
        """A connection of its own, to an empty schema of its own."""
        return self._schema(self._opened.result())

    def blank(self) -> DuckDBPyConnection:
        """The same, to a schema that has the empty tables of an inventory."""
        database = self._opened.result()
        with self._lock:
            if self._blank:
                return self._blank.pop()
        return self._tables(database)

    def _open(self, blank: int) -> DuckDBPyConnection:
        database = connect(":memory:", config=_SETTINGS)
        self._blank += [self._tables(database) for _ in range(blank)]
        return database

    def _schema(self, database: DuckDBPyConnection) -> DuckDBPyConnection:
        with self._lock:
            self._schemas += 1
            name = f"inventory_{self._schemas}"
            connection = database.cursor()
        # A cursor of this one would look elsewhere: the setting is this connection's.
        connection.execute(f"CREATE SCHEMA {name}; SET schema = '{name}'")
        return connection

    def _tables(self, database: DuckDBPyConnection) -> DuckDBPyConnection:
        connection = self._schema(database)
        create_tables(connection, TABLES)
        return connection
