"""The part of Resource Graph's query language that a scanner sends, over rows held in memory.

A pipe of `where` (comparisons of a column, or of a path in one, with texts, joined by `and`), `order by`, `project`,
`limit`/`take`, `count` and `summarize count() by`. What is written otherwise is refused, as the service refuses what it
does not understand: a double that guessed would let a wrong query pass.

After Microsoft's "Understanding the Azure Resource Graph query language" (tables, supported operators: `=~` and `in~`
compare whatever the case, `==` and `in` do not) and, for the texts of the errors, answers of the service quoted in
public issues (Azure/azure-powershell 13762, Azure/aztfexport 485).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
_Step = Callable[[list[Row]], list[Row]]

_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_TOKENS = re.compile(rf"\s*({_TEXT}|[A-Za-z_][A-Za-z0-9_.]*~?|!in~?|=~|!~|==|!=|\d+|[|(),=])")
_TABLES = ("resources", "resourcecontainers", "recoveryservicesresources", "managedserviceresources")

_COMPARISONS: dict[str, Callable[[str, Sequence[str]], bool]] = {
    "==": lambda value, given: value in given,
    "!=": lambda value, given: value not in given,
    "in": lambda value, given: value in given,
    "!in": lambda value, given: value not in given,
    "=~": lambda value, given: value.lower() in _lowered(given),
    "!~": lambda value, given: value.lower() not in _lowered(given),
    "in~": lambda value, given: value.lower() in _lowered(given),
    "!in~": lambda value, given: value.lower() not in _lowered(given),
    "contains": lambda value, given: given[0].lower() in value.lower(),
    "startswith": lambda value, given: value.lower().startswith(given[0].lower()),
}
_OF_LISTS = ("in", "!in", "in~", "!in~")


class QueryError(ValueError):
    """The query is none that this double answers; `details` is the service's own list, in its shape."""

    def __init__(self, code: str, token: str) -> None:
        super().__init__(f"{code}: {token}")
        self.details = (
            {
                "code": "InvalidQuery",
                "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service "
                "and fix the error before retrying.",
            },
            {"code": code, "message": code, "line": 1, "characterPositionInLine": 0, "token": token},
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gives.

    Attributes:
        rows: in its order.
        pageable: whether the rows carry their `id`: the service gives no `$skipToken` otherwise.
    """

    rows: list[Row]
    pageable: bool


def run(query: str, tables: Mapping[str, Iterable[Row]]) -> Answer:
    """The rows that a query gives of the tables.

    Raises:
        QueryError: it is none of this language's part.
    """
    table, *steps = _pipe(query)
    if len(table) != 1 or table[0].lower() not in _TABLES:
        raise QueryError("UnknownTable" if table else "ParserFailure", " ".join(table))
    rows = list(tables[table[0].lower()])
    for name, *rest in steps:
        step = _STEPS.get(name.lower())
        if step is None:
            raise QueryError("InvalidQueryLanguage", name)
        rows = step(rest)(rows)
    return Answer(rows, all("id" in row for row in rows))


def _pipe(query: str) -> list[list[str]]:
    steps: list[list[str]] = [[]]
    at = 0
    text = query.rstrip()
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise QueryError("ParserFailure", text[at : at + 20])
        at = found.end()
        if found[1] == "|":
            steps.append([])
        else:
            steps[-1].append(found[1])
    if not all(steps):
        raise QueryError("ParserFailure", "|")
    return steps


def _lowered(texts: Sequence[str]) -> list[str]:
    return [text.lower() for text in texts]


def _value(row: Row, path: str) -> Any:
    """What stands at a dotted path; a path in nothing is nothing, as in the service."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(token: str) -> str:
    if not re.fullmatch(_TEXT, token):
        raise QueryError("ParserFailure", token)
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _where(tokens: list[str]) -> _Step:
    conditions: list[Callable[[Row], bool]] = []
    rest = tokens
    while True:
        condition, rest = _comparison(rest)
        conditions.append(condition)
        if not rest:
            return lambda rows: [row for row in rows if all(holds(row) for holds in conditions)]
        if rest[0].lower() != "and":
            raise QueryError("ParserFailure", rest[0])
        rest = rest[1:]


def _comparison(tokens: list[str]) -> tuple[Callable[[Row], bool], list[str]]:
    """The first comparison of a condition, and the tokens behind it."""
    if len(tokens) < 3 or tokens[1].lower() not in _COMPARISONS:
        raise QueryError("ParserFailure", " ".join(tokens[:3]))
    path, name = tokens[0], tokens[1].lower()
    if name in _OF_LISTS:
        end = tokens.index(")") if tokens[2] == "(" and ")" in tokens else 0
        inside = tokens[3:end]
        if not inside or any(comma != "," for comma in inside[1::2]):
            raise QueryError("ParserFailure", " ".join(tokens[2:5]))
        given, rest = [_text(token) for token in inside[::2]], tokens[end + 1 :]
    else:
        given, rest = [_text(tokens[2])], tokens[3:]
    compare = _COMPARISONS[name]

    def holds(row: Row) -> bool:
        value = _value(row, path)
        return compare("" if value is None else str(value), given)

    return holds, rest


def _order(tokens: list[str]) -> _Step:
    if len(tokens) not in (2, 3) or tokens[0].lower() != "by" or tokens[-1].lower() not in ("asc", "desc", tokens[1]):
        raise QueryError("ParserFailure", " ".join(tokens))
    # Kusto's own default is descending.
    descending = len(tokens) == 2 or tokens[2].lower() == "desc"
    return lambda rows: sorted(rows, key=lambda row: str(_value(row, tokens[1])), reverse=descending)


def _project(tokens: list[str]) -> _Step:
    columns: dict[str, str] = {}
    for column in " ".join(tokens).split(" , "):
        name, equals, path = column.partition(" = ")
        if not re.fullmatch(r"[A-Za-z_][\w.]*", path if equals else name):
            raise QueryError("ParserFailure", column)
        # A path without a name of its own is called by its parts, as the service calls it.
        columns[name if equals else name.replace(".", "_")] = path if equals else name
    return lambda rows: [{name: _value(row, path) for name, path in columns.items()} for row in rows]


def _limit(tokens: list[str]) -> _Step:
    if len(tokens) != 1 or not tokens[0].isdigit():
        raise QueryError("ParserFailure", " ".join(tokens))
    return lambda rows: rows[: int(tokens[0])]


def _count(tokens: list[str]) -> _Step:
    if tokens:
        raise QueryError("ParserFailure", tokens[0])
    return lambda rows: [{"Count": len(rows)}]


def _summarize(tokens: list[str]) -> _Step:
    if tokens[:4] != ["count", "(", ")", "by"] or not tokens[4:]:
        raise QueryError("ParserFailure", " ".join(tokens))
    columns = tokens[4::2]

    def summed(rows: list[Row]) -> list[Row]:
        counts = Counter(tuple(str(_value(row, column)) for column in columns) for row in rows)
        return [{**dict(zip(columns, key, strict=True)), "count_": count} for key, count in counts.items()]

    return summed


_STEPS: dict[str, Callable[[list[str]], _Step]] = {
    "where": _where,
    "order": _order,
    "sort": _order,
    "project": _project,
    "limit": _limit,
    "take": _limit,
    "count": _count,
    "summarize": _summarize,
}
