"""The engine: how to connect to it, and the errors that it raises. Imported where a function needs it.

The package `duckdb` wraps an extension module, `_duckdb`, in an interface for building queries in Python that takes
four fifths of the time to import, and that nothing here uses: queries are SQL. What is named here is the same object
in both modules; should a version of the engine not have it in the extension, the package is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import BinderException, Error, InvalidInputException, IOException, connect
else:
    try:
        from _duckdb import BinderException, Error, InvalidInputException, IOException, connect
    except ImportError:
        from duckdb import BinderException, Error, InvalidInputException, IOException, connect

__all__ = ["BinderException", "Error", "IOException", "InvalidInputException", "connect"]
