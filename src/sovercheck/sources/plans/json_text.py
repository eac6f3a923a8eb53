"""JSON as Azure's tools read it, with the place of every object: comments and lines within texts are allowed.

The standard library's decoder knows neither comments nor places, and lets the last of two like keys win without a word.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import cast

from sovercheck.change import Spot
from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json

MAX_DEPTH = 100
"""Resource Manager itself takes far less; what walks a document may recurse."""

_MAX_DIGITS = 400
_BLANK = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_])")
_WHOLE_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_WORDS: Mapping[str, Json] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document: its value, and on which lines each object of it stands.

    Attributes:
        name: of the file, for errors.
        value: plain dicts, lists and scalars.
    """

    name: str
    value: Json
    _text: str = field(repr=False)
    _lines: list[int] = field(repr=False)
    _marks: dict[int, tuple[int, int]] = field(repr=False)

    def spot(self, value: Json) -> Spot | None:
        """The lines of an object or list of the document; None for anything else."""
        mark = self._marks.get(id(value))
        if mark is None:
            return None
        first, last = (bisect_right(self._lines, at) for at in mark)
        return Spot(self.name.replace("\\", "/"), first, last)

    def place(self, value: Json) -> Place:
        """The place of an object or list for an error; the file alone for anything else."""
        spot = self.spot(value)
        return Place(self.name, spot.line if spot else None)

    def place_of_text(self, text: str) -> Place:
        """Where a text stands for the first time."""
        at = self._text.find(json.dumps(text, ensure_ascii=False))
        return Place(self.name, bisect_right(self._lines, at) if at >= 0 else None)


def loads(text: str, name: str) -> Document:
    """Reads one document.

    Args:
        text: with or without a byte-order mark.
        name: of the file, for errors.

    Raises:
        InputError: it is no JSON, ends too early, is nested too deeply, or has the same key twice in one object.
    """
    return _Reader(text, name).document()


def outline(text: str, name: str, depth: int) -> Document:
    """Reads one document of which only the outermost objects and lists need to know their place; many times faster.

    Args:
        text: with or without a byte-order mark.
        name: of the file, for errors.
        depth: of how many levels.

    Raises:
        InputError: as `loads` does.
    """
    document = _Reader(text, name, placed=depth).document()
    level, depth = [document.value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 1:
            # Where, only a reading with places tells.
            return loads(text, name)
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
            if isinstance(item, dict | list)
        ]
    return document


class _TwiceError(ValueError):
    """A key that stands twice in one object."""


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_members, strict=False)


@dataclass(slots=True)
class _Open:
    """A list or an object whose end has not been read yet."""

    items: list[Json] | dict[str, Json]
    start: int
    key: str | None = None
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    text: str
    name: str
    placed: int = MAX_DEPTH + 1
    at: int = 0
    stack: list[_Open] = field(default_factory=list)
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def document(self) -> Document:
        root = self._read()
        if self._next():
            raise InputError("json_after_end", place=self._place())
        lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return Document(self.name, root, self.text, lines, self.marks)

    def _read(self) -> Json:
        """The value that comes next, without recursion."""
        while True:
            value = self._value()
            if isinstance(value, _Open):
                if len(self.stack) >= MAX_DEPTH:
                    raise InputError("json_too_deep", place=self._place(), depth=MAX_DEPTH)
                self.stack.append(value)
                closed = self._step(first=True)
            else:
                if not self.stack:
                    return value
                self._add(value)
                closed = self._step(first=False)
            while closed:
                done = self.stack.pop()
                self.marks[id(done.items)] = (done.start, self.at - 1)
                if not self.stack:
                    return done.items
                self._add(done.items)
                closed = self._step(first=False)

    def _step(self, *, first: bool) -> bool:
        """Goes to the next value of what is open; whether it ended instead."""
        parent = self.stack[-1]
        end = "}" if isinstance(parent.items, dict) else "]"
        sign = self._next()
        if not first and sign == ",":
            self.at += 1
            # A comma before the end is what editors leave, and Azure's tools take it.
            sign = self._next()
        elif not first and sign != end:
            raise self._unexpected(f", {end}", sign)
        if sign == end:
            self.at += 1
            return True
        if not sign:
            raise self._unexpected(end, sign)
        if isinstance(parent.items, dict):
            self._key(parent)
        return False

    def _key(self, parent: _Open) -> None:
        start = self.at
        if self.text[start] != '"':
            raise self._unexpected('"', self.text[start])
        key = self._string()
        if key in parent.keys:
            line = self._line(parent.keys[key])
            self.at = start
            raise InputError("json_duplicate_key", place=self._place(), key=key[:200], line=line)
        parent.keys[key] = start
        parent.key = key
        sign = self._next()
        if sign != ":":
            raise self._unexpected(":", sign)
        self.at += 1

    def _value(self) -> Json | _Open:
        sign = self._next()
        start = self.at
        if sign == '"':
            return self._string()
        if sign in ("{", "[") and len(self.stack) >= self.placed:
            # By the standard library's decoder; what it does not take is read again, to be taken or told.
            try:
                value, self.at = _DECODER.raw_decode(self.text, start)
                return cast(Json, value)
            except (ValueError, RecursionError):
                self.placed = MAX_DEPTH + 1
        if sign == "{":
            self.at += 1
            return _Open({}, start)
        if sign == "[":
            self.at += 1
            return _Open([], start)
        found = _NUMBER.match(self.text, start)
        if found and found.end() - start <= _MAX_DIGITS:
            self.at = found.end()
            return float(found[0]) if found[1] or found[2] else int(found[0])
        word = _WORD.match(self.text, start)
        if word and word[0] in _WORDS:
            self.at = word.end()
            return _WORDS[word[0]]
        raise self._unexpected('{ [ "', sign)

    def _add(self, value: Json) -> None:
        parent = self.stack[-1]
        if isinstance(parent.items, dict):
            parent.items[cast(str, parent.key)] = value
        else:
            parent.items.append(value)

    def _string(self) -> str:
        try:
            found, self.at = scanstring(self.text, self.at + 1, False)  # noqa: FBT003 - the decoder's own `strict`
        except ValueError:
            raise self._unended() from None
        return cast(str, found)

    def _next(self) -> str:
        """The next sign that is neither blank nor comment; empty at the end."""
        found = _BLANK.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return self.text[self.at : self.at + 1]

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _place(self) -> Place:
        column = self.at - self.text.rfind("\n", 0, self.at)
        return Place(self.name, self._line(self.at), column)

    def _unexpected(self, expected: str, found: str) -> InputError:
        if not found:
            return InputError("json_truncated", place=self._place(), expected=expected)
        return InputError("json_syntax", place=self._place(), expected=expected, found=found)

    def _unended(self) -> InputError:
        """Of a text that cannot be read: it has no end, or an escape that JSON does not know."""
        if _WHOLE_TEXT.match(self.text, self.at):
            return InputError("json_string", place=self._place())
        return InputError("json_truncated", place=self._place(), expected='"')
