"""The functions of Azure's templates that give the same whatever they are deployed to.

Each takes values all of which are known. What Resource Manager would refuse raises `Unfit`: nobody can then say what
the value is. Functions that are not here are not known before the deployment.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast
from urllib.parse import quote, urljoin

from sovercheck.sources.plans.arm_values import MAX_TEXT, Value

MAX_RANGE = 10_000
MAX_UNION = 2_000
"""Each element is compared with each other."""

_HOLE = re.compile(r"\{\{|\}\}|\{(\d{1,3})(?::([^{}]*))?\}")


class Unfit(ValueError):  # noqa: N818 - it reads as what it is
    """Values that a function cannot take."""


def text_of(value: Value) -> str:
    """A value as `string` and `concat` write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return bounded(json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str))


def bounded(text: str) -> str:
    """A text that is not too long."""
    if len(text) > MAX_TEXT:
        raise Unfit
    return text


def same(left: Value, right: Value) -> bool:
    """Whether two values are equal, as `equals` has it: a number is never a text, nor a truth value."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left == right


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Unfit
    return value


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1 << 63:
        raise Unfit
    return value


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise Unfit
    return value


def _object(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise Unfit
    return value


def member(of: Value, key: Value) -> Value:
    """A member of an object, whose names compare without case, or an element of a list."""
    if isinstance(of, list):
        index = _whole(key)
        if not 0 <= index < len(of):
            raise Unfit
        return of[index]
    members, name = _object(of), _text(key)
    if name in members:
        return members[name]
    folded = name.casefold()
    for other, value in members.items():
        if other.casefold() == folded:
            return value
    raise Unfit


def pieces(template: str, arguments: list[Value]) -> Iterator[Value]:
    """What `format` puts together: texts, and the arguments in their holes.

    Raises:
        Unfit: a hole has no argument, or is written in a way that only .NET knows.
    """
    end = 0
    for found in _HOLE.finditer(template):
        yield template[end : found.start()]
        end = found.end()
        if found[1] is None:
            yield found[0][0]
            continue
        if int(found[1]) >= len(arguments):
            raise Unfit
        argument = arguments[int(found[1])]
        yield argument if found[2] is None else _formatted(argument, found[2])
    yield template[end:]


def _formatted(value: Value, way: str) -> str:
    digits = re.fullmatch(r"[Dd](\d{1,2})", way)
    width = int(digits[1]) if digits else len(way) if re.fullmatch("0+", way) else None
    if width is None:
        raise Unfit
    number = _whole(value)
    return ("-" if number < 0 else "") + str(abs(number)).rjust(width, "0")


def _contains(holder: Value, sought: Value) -> Value:
    if isinstance(holder, str):
        return text_of(sought) in holder
    if isinstance(holder, list):
        return any(same(item, sought) for item in holder)
    folded = text_of(sought).casefold()
    return any(key.casefold() == folded for key in _object(holder))


def _length(value: Value) -> Value:
    if not isinstance(value, str | list | dict):
        raise Unfit
    return len(value)


def _first(value: Value) -> Value:
    if isinstance(value, str):
        return value[:1]
    return _list(value)[0] if value else None


def _last(value: Value) -> Value:
    if isinstance(value, str):
        return value[-1:]
    return _list(value)[-1] if value else None


def _split(value: Value, delimiters: Value) -> Value:
    marks = [_text(mark) for mark in (delimiters if isinstance(delimiters, list) else [delimiters]) if mark]
    return list(re.split("|".join(map(re.escape, marks)), _text(value))) if marks else [_text(value)]


def _replace(value: Value, old: Value, new: Value) -> Value:
    text, gone, put = _text(value), _text(old), _text(new)
    if not gone or len(text) + text.count(gone) * len(put) > MAX_TEXT:
        raise Unfit
    return text.replace(gone, put)


def _substring(value: Value, start: Value, length: Value = None) -> Value:
    text, first = _text(value), _whole(start)
    count = len(text) - first if length is None else _whole(length)
    if first < 0 or count < 0 or first + count > len(text):
        raise Unfit
    return text[first : first + count]


def _join(items: Value, mark: Value) -> Value:
    texts = [text_of(item) for item in _list(items)]
    if sum(map(len, texts)) + len(texts) * len(_text(mark)) > MAX_TEXT:
        raise Unfit
    return _text(mark).join(texts)


def _union(*values: Value) -> Value:
    if isinstance(values[0], list):
        found: list[Value] = []
        if sum(len(_list(value)) for value in values) > MAX_UNION:
            raise Unfit
        for value in values:
            found += [item for item in _list(value) if not any(same(item, other) for other in found)]
        return found
    merged: dict[str, Value] = {}
    for value in values:
        merged = _merged(merged, _object(value))
    return merged


def _merged(left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    merged = dict(left)
    for key, value in right.items():
        mine = merged.get(key)
        merged[key] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return merged


def _intersection(*values: Value) -> Value:
    if not values:
        raise Unfit
    first, *others = values
    if isinstance(first, list):
        lists = [_list(other) for other in others]
        return [item for item in first if all(any(same(item, mine) for mine in other) for other in lists)]
    objects = [_object(other) for other in others]
    return {k: v for k, v in _object(first).items() if all(k in other and same(other[k], v) for other in objects)}


def _numbers(*values: Value) -> list[int]:
    given = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not given:
        raise Unfit
    return [_whole(value) for value in given]


def _int(value: Value) -> Value:
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d{1,18}\s*", value):
        return int(value)
    return int(value) if isinstance(value, float) and abs(value) < 1 << 63 else _whole(value)


def _bool(value: Value) -> Value:
    if isinstance(value, str) and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    return value if isinstance(value, bool) else _whole(value) != 0


def _float(value: Value) -> Value:
    text = text_of(value)
    if not re.fullmatch(r"\s*[-+]?\d{1,300}(\.\d+)?\s*", text):
        raise Unfit
    return float(text)


def _json(value: Value) -> Value:
    try:
        return cast(Value, json.loads(_text(value)))
    except (ValueError, RecursionError) as error:
        raise Unfit from error


def _base64_to_text(value: Value) -> Value:
    try:
        return base64.b64decode(_text(value), validate=True).decode()
    except ValueError as error:
        raise Unfit from error


def _divided(left: Value, right: Value) -> tuple[int, int]:
    """Quotient and remainder towards zero, as .NET divides."""
    if _whole(right) == 0:
        raise Unfit
    quotient = abs(_whole(left)) // abs(_whole(right))
    quotient = quotient if (_whole(left) < 0) == (_whole(right) < 0) else -quotient
    return quotient, _whole(left) - quotient * _whole(right)


def _range(start: Value, count: Value) -> Value:
    if not 0 <= _whole(count) <= MAX_RANGE:
        raise Unfit
    return list(range(_whole(start), _whole(start) + _whole(count)))


def _take(value: Value, count: Value) -> Value:
    kept = max(_whole(count), 0)
    return value[:kept] if isinstance(value, str) else _list(value)[:kept]


def _skip(value: Value, count: Value) -> Value:
    left = max(_whole(count), 0)
    return value[left:] if isinstance(value, str) else _list(value)[left:]


def _padded(value: Value, width: Value, sign: Value = " ") -> Value:
    if not 0 <= _whole(width) <= MAX_RANGE or len(_text(sign)) != 1:
        raise Unfit
    return text_of(value).rjust(_whole(width), _text(sign))


def _create_object(*values: Value) -> Value:
    if len(values) % 2:
        raise Unfit
    return {_text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _empty(value: Value) -> Value:
    if value is None:
        return True
    return _length(value) == 0


def _try_get(of: Value, *keys: Value) -> Value:
    for key in keys:
        try:
            of = member(of, key)
        except Unfit:
            return None
    return of


def _items(value: Value) -> Value:
    return [{"key": key, "value": item} for key, item in sorted(_object(value).items())]


def _less(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return _whole(left) < _whole(right)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "add": lambda left, right: _whole(left) + _whole(right),
    "sub": lambda left, right: _whole(left) - _whole(right),
    "mul": lambda left, right: _whole(left) * _whole(right),
    "div": lambda left, right: _divided(left, right)[0],
    "mod": lambda left, right: _divided(left, right)[1],
    "min": lambda *values: min(_numbers(*values)),
    "max": lambda *values: max(_numbers(*values)),
    "int": _int,
    "float": _float,
    "bool": _bool,
    "string": text_of,
    "json": _json,
    "null": lambda: None,
    "true": lambda: True,
    "false": lambda: False,
    "array": lambda value: value if isinstance(value, list) else [value],
    "createarray": lambda *values: list(values),
    "createobject": _create_object,
    "range": _range,
    "flatten": lambda lists: [item for inner in _list(lists) for item in _list(inner)],
    "items": _items,
    "objectkeys": lambda value: cast("list[Value]", sorted(_object(value))),
    "union": _union,
    "shallowmerge": lambda objects: {k: v for value in _list(objects) for k, v in _object(value).items()},
    "intersection": _intersection,
    "contains": _contains,
    "empty": _empty,
    "length": _length,
    "first": _first,
    "last": _last,
    "take": _take,
    "skip": _skip,
    "tryget": _try_get,
    "tolower": lambda value: _text(value).lower(),
    "toupper": lambda value: _text(value).upper(),
    "trim": lambda value: _text(value).strip(),
    "split": _split,
    "join": _join,
    "replace": _replace,
    "substring": _substring,
    "padleft": _padded,
    "startswith": lambda value, sought: _text(value).lower().startswith(_text(sought).lower()),
    "endswith": lambda value, sought: _text(value).lower().endswith(_text(sought).lower()),
    "indexof": lambda value, sought: _text(value).lower().find(_text(sought).lower()),
    "lastindexof": lambda value, sought: _text(value).lower().rfind(_text(sought).lower()),
    "uri": lambda base, rest: urljoin(_text(base), _text(rest)),
    "uricomponent": lambda value: quote(_text(value), safe="!'()*-._~"),
    "base64": lambda value: base64.b64encode(_text(value).encode()).decode(),
    "base64tostring": _base64_to_text,
    "equals": same,
    "less": _less,
    "lessorequals": lambda left, right: not _less(right, left),
    "greater": lambda left, right: _less(right, left),
    "greaterorequals": lambda left, right: not _less(left, right),
}
"""Name in lower case → the function."""


def call(name: str, arguments: list[Value]) -> Value:
    """Calls a function of `FUNCTIONS`.

    Raises:
        Unfit: it cannot take these values.
    """
    try:
        return FUNCTIONS[name](*arguments)
    except (TypeError, IndexError) as error:
        # A number of arguments that the function does not have.
        raise Unfit from error
