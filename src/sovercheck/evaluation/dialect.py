"""How one engine spells what the compiler needs beyond plain SQL.

The compiler writes SQL that both DuckDB and Spark read, save for what stands here.
"""

from __future__ import annotations

from typing import Protocol


class Dialect(Protocol):
    """The spellings that differ between engines; every argument and result is SQL text."""

    name: str

    def text(self, value: str) -> str:
        """A text literal."""
        ...

    def any_match(self, items: str, variable: str, condition: str) -> str:
        """Whether some item of a list makes a condition true; false for an empty list, a NULL condition is no match."""
        ...

    def length(self, items: str) -> str:
        """How many items a list has."""
        ...

    def full_match(self, value: str, pattern: str) -> str:
        """Whether a text matches a regular expression from its first character to its last."""
        ...


class DuckDB:
    """DuckDB's spellings."""

    name = "duckdb"

    def text(self, value: str) -> str:
        """See `Dialect.text`."""
        return "'" + value.replace("'", "''") + "'"

    def any_match(self, items: str, variable: str, condition: str) -> str:
        """See `Dialect.any_match`."""
        return f"(len(list_filter({items}, lambda {variable}: {condition})) > 0)"

    def length(self, items: str) -> str:
        """See `Dialect.length`."""
        return f"len({items})"

    def full_match(self, value: str, pattern: str) -> str:
        """See `Dialect.full_match`."""
        return f"regexp_full_match({value}, {self.text(pattern)})"
