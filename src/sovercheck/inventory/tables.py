"""The inventory's tables as columns: what the engine stores of each fact.

A fact `place` of table `copy` is a column `place` and an evidence integer `place__ev` (see `inventory.evidence`; never
NULL). An interval adds `<fact>__hi`, its upper end (NULL: unbounded). A list adds `<fact>__open` (true: it may have
members that nobody read). A known value that is NULL is *none*; NULL with no evidence is *unknown*.
"""

from __future__ import annotations

from collections.abc import Iterator

from sovercheck.inventory.evidence import NO_ANSWER
from sovercheck.inventory.facts import INTERVALS, LISTS, TABLES, Fact, Type, facts_of

_SQL_TYPES: dict[Type, str] = {
    Type.TEXT: "VARCHAR",
    Type.WORD: "VARCHAR",
    Type.BOOLEAN: "BOOLEAN",
    Type.PLACE: "VARCHAR",
    Type.DATE: "VARCHAR",
    Type.NUMBER: "DECIMAL(18, 4)",
    Type.BYTES: "BIGINT",
    Type.TEXTS: "VARCHAR[]",
    Type.WORDS: "VARCHAR[]",
    Type.PLACES: "VARCHAR[]",
}


def fact_columns(fact: Fact) -> Iterator[tuple[str, str]]:
    """The columns of one fact: name and SQL type, its value first and its evidence last."""
    sql = _SQL_TYPES[fact.type]
    yield fact.short, sql
    if fact.type in INTERVALS:
        yield f"{fact.short}__hi", sql
    if fact.type in LISTS:
        yield f"{fact.short}__open", "BOOLEAN"
    yield f"{fact.short}__ev", "INTEGER"


def columns(table: str, *, derived: bool = False) -> dict[str, str]:
    """The columns of a table as stored: id, links, then its facts.

    Args:
        table: its name.
        derived: whether the derived facts are asked for rather than those that are stored.
    """
    facts = {name: sql for fact in facts_of(table) if fact.derived is derived for name, sql in fact_columns(fact)}
    return facts if derived else {"id": "VARCHAR", **dict.fromkeys(TABLES[table].links, "VARCHAR"), **facts}


def created() -> str:
    """SQL that makes the empty tables of an inventory, in the schema that is set."""
    return ";".join(
        f'CREATE TABLE "{table}" ({", ".join(_declared(name, sql) for name, sql in columns(table).items())})'
        for table in TABLES
    )


def _declared(name: str, sql: str) -> str:
    return f'"{name}" {sql}' + (f" NOT NULL DEFAULT {NO_ANSWER}" if name.endswith("__ev") else "")
