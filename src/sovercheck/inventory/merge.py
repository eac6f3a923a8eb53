"""Several rows about one subject become one: the stronger evidence decides, and both values are kept.

At equal strength values that exclude each other leave the fact unknown. Values that do not exclude each other (a
country and its province, two intervals that overlap, a month and a day in it) are no contradiction: the stronger one
stands, and at equal strength the more precise one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sovercheck.inventory.evidence import CONTRADICTED, NO_ANSWER, grade_of
from sovercheck.inventory.facts import TABLES, Fact, Type, facts_of
from sovercheck.inventory.places import within
from sovercheck.inventory.tables import fact_columns
from sovercheck.light import dataclass

Stored = Mapping[str, Any]
"""A stored row: column → value, as `inventory.tables.columns` names them."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sources exclude each other on one fact of one subject.

    Attributes:
        table: the subject's.
        id: the subject.
        fact: short name.
        values: every value given, with its evidence integer, the strongest first; a list with its open flag, an
            interval that is not one number with its upper end.
    """

    table: str
    id: str
    fact: str
    values: tuple[tuple[object, int], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One source's value of one fact: the value, its upper end or open flag, and its evidence."""

    value: Any
    extra: Any
    evidence: int


def merge(table: str, rows: Sequence[Stored]) -> tuple[dict[str, Any], list[Contradiction]]:
    """One row from several about the same subject; links are those of the first row that has them.

    Args:
        table: the subject's.
        rows: stored rows with the same id, in the order of their sources.
    """
    merged: dict[str, Any] = {"id": rows[0]["id"]}
    contradictions = []
    for link in TABLES[table].links:
        merged[link] = next((row[link] for row in rows if row.get(link) is not None), None)
    for fact in facts_of(table):
        if fact.derived:
            continue
        extra = f"{fact.short}__hi" if fact.is_interval else f"{fact.short}__open" if fact.is_list else None
        ev = f"{fact.short}__ev"
        given = [
            Given(row.get(fact.short), row.get(extra) if extra else None, row.get(ev) or NO_ANSWER) for row in rows
        ]
        settled, excluded = settle(fact, given)
        merged[fact.short], merged[ev] = settled.value, settled.evidence
        if extra:
            merged[extra] = settled.extra
        if excluded:
            contradictions.append(Contradiction(table, str(merged["id"]), fact.short, excluded))
    return merged, contradictions


def merged_sql(table: str) -> str:
    """SQL of one row for each subject whose facts were each given at most once: what `merge` gives, in the engine.

    The table `doubled` (id, disputed) says which subjects have several rows, and which had a fact given twice.
    """
    selected = ["t.id"]
    selected += [f'arg_min("{link}", seq) FILTER ("{link}" IS NOT NULL) AS "{link}"' for link in TABLES[table].links]
    for fact in facts_of(table):
        if fact.derived:
            continue
        ev = f'"{fact.short}__ev"'
        *values, _ = fact_columns(fact)
        selected += [f'any_value("{name}") FILTER ({ev} > 0) AS "{name}"' for name, _ in values]
        selected.append(f"coalesce(max({ev}) FILTER ({ev} > 0), min({ev})) AS {ev}")
    return (
        f'SELECT {", ".join(selected)}, min(seq) AS seq FROM "{table}" t JOIN doubled d ON d.id = t.id '
        "WHERE NOT d.disputed GROUP BY t.id"
    )


def settle(fact: Fact, given: Sequence[Given]) -> tuple[Given, tuple[tuple[object, int], ...]]:
    """The value that stands, and the values that exclude each other, if any do."""
    known = sorted((item for item in given if item.evidence > 0), key=_strength)
    if not known:
        return min(given, key=lambda item: item.evidence), ()
    best = known[0]
    excluded = any(_exclude(fact, one, other) for n, one in enumerate(known) for other in known[n + 1 :])
    peers = [item for item in known if grade_of(item.evidence) == grade_of(best.evidence)]
    if any(_exclude(fact, one, other) for n, one in enumerate(peers) for other in peers[n + 1 :]):
        best = Given(None, None, CONTRADICTED)
    else:
        for peer in peers[1:]:
            best = _more_precise(fact, best, peer)
    values = tuple((_shown(fact, item), item.evidence) for item in known) if excluded else ()
    return best, values


def _strength(item: Given) -> tuple[int, str, int]:
    return -(grade_of(item.evidence) or 0), repr((item.value, item.extra)), item.evidence


def _shown(fact: Fact, item: Given) -> object:
    if item.value is None or not (fact.is_interval or fact.is_list) or item.extra == item.value:
        return item.value
    return item.value, item.extra


def _exclude(fact: Fact, one: Given, other: Given) -> bool:
    if one.value is None or other.value is None:
        return (one.value is None) != (other.value is None) and not _both_empty(one, other)
    if fact.type is Type.PLACE:
        return within(one.value, other.value) is False and within(other.value, one.value) is False
    if fact.type is Type.DATE:
        return not (one.value.startswith(other.value) or other.value.startswith(one.value))
    if fact.is_interval:
        return _apart(one, other) or _apart(other, one)
    if fact.is_list:
        return bool(
            (not one.extra and set(other.value) - set(one.value))
            or (not other.extra and set(one.value) - set(other.value))
        )
    return bool(one.value != other.value)


def _both_empty(one: Given, other: Given) -> bool:
    return (one.value or []) == (other.value or []) == []


def _apart(lower: Given, upper: Given) -> bool:
    return lower.extra is not None and upper.value is not None and bool(lower.extra < upper.value)


def _more_precise(fact: Fact, one: Given, other: Given) -> Given:
    if fact.type in (Type.PLACE, Type.DATE) and one.value and other.value:
        return other if len(other.value) > len(one.value) else one
    if fact.is_interval and one.value is not None and other.value is not None:
        highs = [item.extra for item in (one, other) if item.extra is not None]
        return Given(max(one.value, other.value), min(highs) if highs else None, one.evidence)
    if fact.is_list and one.value is not None and other.value is not None and one.extra and other.extra:
        return Given(sorted({*one.value, *other.value}), extra=True, evidence=one.evidence)
    if fact.is_list and one.extra and not other.extra:
        return other
    return one
