"""The state of reference: findings that were there when a gate was put up, set aside by name and never in bulk.

A finding is the same if its rule, the folder of the file, the resource's whole address, the copy and the region are,
and if what decided it has the same values: a resource that changes leaves the state of reference, and so does one of
the same address elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass

SCHEMA = "sovercheck/baseline/v1"

Key = tuple[str, str, str, str]
"""The folder, the address, the copy, the region."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding of it.

    Attributes:
        rule: full id.
        key: what it is about.
        values: what decided, as one word.
    """

    rule: str
    key: Key
    values: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A state of reference, read.

    Attributes:
        name: of the file, as given.
        entries: its findings.
    """

    name: str
    entries: frozenset[Entry]

    def has(self, entry: Entry) -> bool:
        """Whether it holds a finding, with the same values."""
        return entry in self.entries


def entry(rule: str, key: Key, values: Mapping[str, str]) -> Entry:
    """A finding as a state of reference holds it."""
    text = json.dumps(dict(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Entry(rule, key, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])


def read(path: Path, name: str) -> Baseline:
    """Reads one.

    Raises:
        InputError: it cannot be read, or is no state of reference.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(name), reason=error.strerror or str(error)) from error
    try:
        content = json.loads(raw)
    except UnicodeDecodeError as error:
        raise InputError("encoding", place=Place(name)) from error
    except json.JSONDecodeError as error:
        raise InputError("baseline_json", place=Place(name, line=error.lineno, column=error.colno)) from error
    except RecursionError as error:
        raise InputError("baseline_json", place=Place(name)) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        found = content.get("schema") if isinstance(content, dict) else None
        raise InputError("baseline_schema", place=Place(name), found=str(found), expected=SCHEMA)
    listed = content.get("findings")
    entries: list[Entry] = []
    for number, item in enumerate(listed if isinstance(listed, list) else ()):
        texts = [item.get(field) for field in _FIELDS] if isinstance(item, dict) else []
        if not texts or not all(isinstance(text, str) for text in texts):
            raise InputError("baseline_entry", place=Place(name), path=f"findings[{number}]")
        rule, root, address, copy, region, values = (str(text) for text in texts)
        entries.append(Entry(rule, (root, address, copy, region), values))
    if not isinstance(listed, list):
        raise InputError("baseline_entry", place=Place(name), path="findings")
    return Baseline(name, frozenset(entries))


_FIELDS = ("rule", "root", "address", "copy", "region", "values")


def text(entries: Iterable[Entry]) -> str:
    """A state of reference as its file has it, one finding a line, so that a review shows what is set aside."""
    lines = [
        json.dumps(dict(zip(_FIELDS, (one.rule, *one.key, one.values), strict=True)), ensure_ascii=False)
        for one in sorted(set(entries), key=lambda one: (one.rule, one.key, one.values))
    ]
    inner = ",\n".join(f"  {line}" for line in lines)
    return f'{{\n "schema": "{SCHEMA}",\n "findings": [\n{inner}\n ]\n}}\n'
