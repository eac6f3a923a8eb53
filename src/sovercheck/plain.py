"""Dataclasses as plain JSON values, and back, by their annotations alone.

No validation: what is read back was written by `to_json`, or checked against its schema before.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(value: object) -> object:
    """A dataclass as plain JSON values, fields in order; defaults are kept, so that every field is always there."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _field_names(type(value))}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    return value


def from_json(kind: type[T], data: object) -> T:
    """The dataclass that `to_json` made plain.

    Raises:
        TypeError, KeyError: the data has not the shape of the dataclass.
    """
    return typing.cast(T, _decoder(typing.cast(Hashable, kind))(data))


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind))


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - any annotation of a field
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        decoders = {name: _decoder(hints[name]) for name in _field_names(typing.cast(type, kind))}
        make = typing.cast(Callable[..., object], kind)
        return lambda data: make(**{name: decode(data[name]) for name, decode in decoders.items() if name in data})
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            item = _decoder(arguments[0])
            return lambda data: tuple(item(element) for element in data)
        each = [_decoder(argument) for argument in arguments]
        return lambda data: tuple(decode(element) for decode, element in zip(each, data, strict=True))
    if origin is dict:
        item = _decoder(arguments[1])
        return lambda data: {key: item(element) for key, element in data.items()}
    if origin in (typing.Union, types.UnionType):
        # Optional values, and the value of a fact: a text or a list of texts.
        inner = [argument for argument in arguments if argument is not type(None)]
        if len(inner) == 1:
            decode = _decoder(inner[0])
            return lambda data: None if data is None else decode(data)
        return lambda data: tuple(data) if isinstance(data, list) else data
    return lambda data: data
