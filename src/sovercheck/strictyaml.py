"""YAML as people mean it: the YAML 1.2 core schema, no duplicate keys, no exploding aliases, every value's position.

PyYAML reads `[ON, NO]` as `[True, False]` (YAML 1.1) and keeps the last of two equal keys. Here `ON` is Ontario and
`NO` is Norway, a duplicate key is an error, dates stay text, and `Document.place` says where any value stands.
The events come from libyaml where PyYAML was built with it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import yaml

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
Path_ = tuple[str | int, ...]
TagKey = Callable[[str], str | None]
"""From a tag (`!Ref`) to the key that the tagged value then stands under, as if written `{Ref: value}`; None for a tag
that means nothing."""

_MAX_DEPTH = 64
_MAX_VALUES = 2_000_000
_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCT = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its value, and where each part of it stands.

    Attributes:
        file: the name to show in errors.
        value: plain dicts, lists and scalars.
    """

    file: str
    value: Value
    _marks: dict[Path_, tuple[int, int]] = field(repr=False)
    _keys: dict[Path_, tuple[int, int]] = field(repr=False)

    def place(self, *path: str | int) -> Place:
        """The position of the value at a path, or of the nearest thing around it."""
        return self._nearest(self._marks, path)

    def key_place(self, *path: str | int) -> Place:
        """The position of the key that ends a path, or of the nearest thing around it."""
        return self._nearest({**self._marks, **self._keys}, path)

    def key_places(self, levels: int) -> dict[tuple[str, ...], Place]:
        """The position of every key that stands at most so deep in mappings alone."""
        return {
            cast("tuple[str, ...]", path): Place(self.file, *at)
            for path, at in self._keys.items()
            if len(path) <= levels and all(isinstance(step, str) for step in path)
        }

    def _nearest(self, marks: dict[Path_, tuple[int, int]], path: Path_) -> Place:
        for length in range(len(path), -1, -1):
            mark = marks.get(path[:length])
            if mark is not None:
                return Place(self.file, mark[0], mark[1])
        return Place(self.file, 1, 1)


def load(path: Path, *, name: str | None = None) -> Document:
    """Reads one YAML file.

    Args:
        path: the file.
        name: what errors call it, its path as given by default.

    Raises:
        InputError: it cannot be read or decoded, is not YAML, has a duplicate key, or several documents.
    """
    shown = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(shown), reason=error.strerror or str(error)) from error
    return loads(raw, shown)


def loads(raw: bytes, name: str) -> Document:
    """Reads one YAML document from bytes; raises as `load` does."""
    documents = list(load_all(raw, name))
    if len(documents) > 1:
        raise InputError("yaml_several_documents", place=documents[1].place())
    return documents[0] if documents else Document(name, None, {(): (1, 1)}, {})


def loads_tagged(text: str, name: str, key_of: TagKey) -> Document:
    """Reads one YAML document in which tags mean something; raises as `load` does.

    Args:
        text: decoded.
        name: the name to show in errors.
        key_of: what each local tag means.
    """
    documents = list(_well_formed(text, name, key_of))
    if len(documents) > 1:
        raise InputError("yaml_several_documents", place=documents[1].place())
    return documents[0] if documents else Document(name, None, {(): (1, 1)}, {})


def load_all(raw: bytes, name: str) -> Iterator[Document]:
    """Reads every document of a YAML stream; raises as `load` does."""
    yield from _well_formed(decode(raw, name), name, lambda tag: None)


def _well_formed(text: str, name: str, key_of: TagKey) -> Iterator[Document]:
    import yaml

    try:
        yield from _documents(text, name, key_of)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from error
    except yaml.YAMLError as error:
        raise InputError("yaml_syntax", place=Place(name, 1, 1), problem=str(error).splitlines()[0]) from error


def decode(raw: bytes, name: str) -> str:
    """The text of a YAML file: UTF-8, with or without a byte-order mark, or UTF-16 with one."""
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("encoding", place=Place(name, line, 1)) from error


def _syntax_error(error: yaml.MarkedYAMLError, text: str, name: str) -> InputError:
    mark = error.problem_mark or error.context_mark
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
    if error.problem == "exceeded maximum nesting depth":
        # libyaml has an end of its own, which its scanner may reach before any event of ours.
        return InputError("yaml_too_deep", place=place, depth=_MAX_DEPTH)
    lines = text.splitlines()
    if mark and mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return InputError("yaml_tab", place=place)
    return InputError("yaml_syntax", place=place, problem=error.problem or error.context or "")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    path: Path_
    items: list[Value] | dict[str, Value]
    whole: Value
    """With the key that its tag stands for around it."""
    key: str | None = None
    anchor: str | None = None
    size: int = 0


def _documents(text: str, name: str, key_of: TagKey) -> Iterator[Document]:
    import yaml

    stack: list[_Open] = []
    marks: dict[Path_, tuple[int, int]] = {}
    keys: dict[Path_, tuple[int, int]] = {}
    anchors: dict[str, tuple[Value, int]] = {}
    root: Value = None
    count = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader)):
        if isinstance(event, yaml.DocumentStartEvent):
            marks, keys, anchors, root, count = {}, {}, {}, None, 0
            continue
        if isinstance(event, yaml.DocumentEndEvent):
            yield Document(name, root, marks, keys)
            continue
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            closed = stack.pop()
            if stack:
                stack[-1].size += closed.size
            if closed.anchor:
                anchors[closed.anchor] = (closed.whole, closed.size)
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        parent = stack[-1] if stack else None
        if parent is not None and isinstance(parent.items, dict) and parent.key is None:
            parent.key = _key(event, parent, keys, at, name)
            continue
        path = _path(parent)
        marks[path] = at
        count += 1
        size = 1
        value: Value
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise InputError("yaml_alias", place=Place(name, *at), anchor=event.anchor)
            value, size = anchors[event.anchor]
            count += size
        elif isinstance(event, yaml.ScalarEvent):
            value = event.value if not event.implicit[0] else _scalar(event.value)
        else:
            if len(stack) >= _MAX_DEPTH:
                raise InputError("yaml_too_deep", place=Place(name, *at), depth=_MAX_DEPTH)
            value = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        if count > _MAX_VALUES:
            raise InputError("yaml_too_large", place=Place(name, *at), values=_MAX_VALUES)
        wrapper = _wrapper(event, key_of)
        outer: Value = value if wrapper is None else {wrapper: value}
        inner = path if wrapper is None else (*path, wrapper)
        marks[inner] = at
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            anchors[event.anchor] = (outer, 1)
        if parent is None:
            root = outer
        else:
            _add(parent, outer)
            parent.size += size
        if isinstance(event, yaml.CollectionStartEvent):
            assert isinstance(value, (list, dict))  # noqa: S101 - for the type checker
            stack.append(_Open(inner, value, outer, anchor=event.anchor))


def _wrapper(event: yaml.NodeEvent, key_of: TagKey) -> str | None:
    tag = getattr(event, "tag", None)
    return key_of(tag) if tag and tag.startswith("!") else None


def _key(
    event: yaml.NodeEvent, parent: _Open, keys: dict[Path_, tuple[int, int]], at: tuple[int, int], name: str
) -> str:
    from yaml import ScalarEvent

    if not isinstance(event, ScalarEvent):
        raise InputError("yaml_key", place=Place(name, *at))
    key = str(event.value)
    if key in parent.items:
        first = keys[(*parent.path, key)]
        raise InputError("yaml_duplicate_key", place=Place(name, *at), key=key, line=first[0])
    keys[(*parent.path, key)] = at
    return key


def _path(parent: _Open | None) -> Path_:
    if parent is None:
        return ()
    if isinstance(parent.items, dict):
        assert parent.key is not None  # noqa: S101 - for the type checker
        return (*parent.path, parent.key)
    return (*parent.path, len(parent.items))


def _add(parent: _Open, value: Value) -> None:
    if isinstance(parent.items, dict):
        assert parent.key is not None  # noqa: S101 - for the type checker
        parent.items[parent.key] = value
        parent.key = None
    else:
        parent.items.append(value)


def _scalar(text: str) -> Scalar:
    """A plain scalar under the YAML 1.2 core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INT.match(text):
        return int(text)
    if _OCT.match(text):
        return int(text[2:], 8)
    if _HEX.match(text):
        return int(text, 16)
    if _FLOAT.match(text):
        return float(text)
    return text
