"""The text of a template, JSON or YAML, as plain values of which the reader knows where they stand.

JSON keeps its own parser, three times as fast as YAML's and without YAML's limits on the length of a key; what it does
not tell, a key that stands twice and the lines, one pass over the tokens does.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import field
from typing import cast

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

MOST_LEVELS = 100
_KEPT_LEVELS = 3
"""Whose keys' places are kept: `Resources`, the logical ids, their members."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template's values.

    Attributes:
        file: the name to show in errors.
        value: plain dicts, lists and scalars; a YAML tag `!Ref x` is `{Ref: x}`.
    """

    file: str
    value: Plain
    _places: dict[tuple[str, ...], Place] = field(repr=False)

    def place(self, *path: str) -> Place:
        """Where the key stands that ends a path, or the nearest thing around it."""
        for length in range(len(path), 0, -1):
            found = self._places.get(path[:length])
            if found is not None:
                return found
        return Place(self.file, 1, 1)


def read_text(name: str, text: str) -> TemplateText:
    """Reads a template, JSON where it begins with a brace.

    Raises:
        InputError: it is neither JSON nor YAML, a key stands twice, or it is nested too deeply.
    """
    text = text.removeprefix("\ufeff")
    return _json(name, text) if text.lstrip()[:1] == "{" else _yaml(name, text)


def _yaml(name: str, text: str) -> TemplateText:
    from sovercheck import strictyaml

    document = strictyaml.loads_tagged(text, name, _key_of)
    return TemplateText(name, document.value, document.key_places(_KEPT_LEVELS))


def _key_of(tag: str) -> str | None:
    """`!Ref` and `!Condition` are as they are called, every other is a function; `!` alone is none."""
    word = tag[1:]
    if not word or word.startswith("!"):
        return None
    return word if word in ("Ref", "Condition") else f"Fn::{word}"


def _json(name: str, text: str) -> TemplateText:
    lines = [match.start() for match in re.finditer("\n", text)]

    def place(at: int) -> Place:
        line = bisect_right(lines, at - 1)
        return Place(name, line + 1, at - (lines[line - 1] + 1 if line else 0) + 1)

    places = {path: place(at) for path, at in _keys(text, place).items()}
    try:
        value = cast("Plain", json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError("template_json", place=place(error.pos), problem=error.msg) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is refused by Python itself.
        raise InputError("template_json", place=Place(name, 1, 1), problem=str(error)) from error
    return TemplateText(name, value, places)


@dataclass(slots=True)
class _Open:
    """A list or object whose end has not been reached."""

    path: tuple[str, ...] | None
    keys: dict[str, int] | None
    key: str = ""
    at_key: bool = False


def _keys(text: str, place: Callable[[int], Place]) -> dict[tuple[str, ...], int]:
    """Where the keys of the upper levels stand, by their path; what is no JSON is left to the parser."""
    found: dict[tuple[str, ...], int] = {}
    stack: list[_Open] = []
    for match in _TOKEN.finditer(text):
        sign, at = match[0], match.start()
        top = stack[-1] if stack else None
        if sign in "{[":
            if len(stack) >= MOST_LEVELS:
                raise InputError("yaml_too_deep", place=place(at), depth=MOST_LEVELS)
            stack.append(_below(top, {} if sign == "{" else None))
        elif sign in "}]":
            if stack:
                stack.pop()
        elif top is None or top.keys is None:
            continue
        elif sign == ",":
            top.at_key = True
        elif sign != ":" and top.at_key:
            key = json.loads(sign) if "\\" in sign else sign[1:-1]
            if key in top.keys:
                raise InputError("yaml_duplicate_key", place=place(at), key=key, line=place(top.keys[key]).line)
            top.keys[key] = at
            top.key, top.at_key = key, False
            if top.path is not None and len(top.path) < _KEPT_LEVELS:
                found[(*top.path, key)] = at
    return found


def _below(above: _Open | None, keys: dict[str, int] | None) -> _Open:
    if above is None:
        path: tuple[str, ...] | None = ()
    else:
        path = None if above.path is None or above.keys is None else (*above.path, above.key)
    return _Open(path, keys, at_key=keys is not None)
