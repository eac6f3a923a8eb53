"""Rows as lines of a spool: newline-delimited JSON, as `spool` reads it.

A line is put together from pieces, of which most are alike from one row to the next: an encoder that is given each row
whole takes twice as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring as quoted

from sovercheck.inventory.facts import Fact, facts_of
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.tables import fact_columns

encoded: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
"""Writes a value as a spool has it."""
_WORDS = {True: "true", False: "false"}


class Lines:
    """Writes the rows of a table.

    Args:
        table: its name.

    Attributes:
        columns: those that some line has.
    """

    def __init__(self, table: str) -> None:
        self.columns = {"id"}
        self._facts = {fact.short: fact for fact in facts_of(table)}
        self._begun: dict[str, tuple[str, str]] = {}

    def line(self, row: Row, numbered: Callable[[Known], int]) -> str:
        """A row as a line.

        Args:
            row: of this table.
            numbered: gives the number that stands for the evidence of a fact.
        """
        begun = self._begun
        parts = ['{"id":', quoted(row.id)]
        for link, end in row.links.items():
            parts.append(f',"{link}":{quoted(end)}')
        self.columns.update(row.links)
        for short, known in row.facts.items():
            value = known.value
            evidence, begins = begun.get(short) or self._begin(short)
            spelt = quoted(value) if type(value) is str else _spelt(self._facts[short], known)
            parts.append(f"{evidence}{numbered(known)}{begins}{spelt}")
        parts.append("}\n")
        return "".join(parts)

    def _begin(self, short: str) -> tuple[str, str]:
        """What stands before the evidence of a fact, and before its value."""
        self.columns.update(name for name, _ in fact_columns(self._facts[short]))
        found = self._begun[short] = f',"{short}__ev":', f',"{short}":'
        return found


def _spelt(fact: Fact, known: Known) -> str:
    """The value of a fact, and what stands beside it: of an interval its upper end, of a list whether it is open."""
    value = known.value
    if isinstance(value, bool):
        return _WORDS[value]
    if fact.is_list:
        listed = f"[{','.join(map(quoted, value))}]" if isinstance(value, tuple) else encoded(value)
        return f'{listed},"{fact.short}__open":{_WORDS[known.open]}'
    if fact.is_interval:
        # An interval without a lower end starts at zero: no number of the registry is negative.
        low = 0 if value is None and known.high is not None else plain_number(value)
        return f'{encoded(low)},"{fact.short}__hi":{encoded(plain_number(known.high))}'
    return encoded(value)


def plain_number(value: object) -> object:
    """A number as a spool spells it: no value passes through a binary float."""
    return format(value, "f") if isinstance(value, Decimal) else value
