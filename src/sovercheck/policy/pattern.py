r"""Regular expressions of rules: what RE2 (DuckDB) and Java (Spark) read alike, and nothing else.

A pattern is matched against the whole value. Refused, because the two engines differ or one of them lacks it: anchors,
look-around, back references, flags, possessive quantifiers, `\s`, `\b`, `\p{…}`, and class intersections.
"""

from __future__ import annotations

import re

from sovercheck.light import dataclass

_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d{1,4})(,(\d{1,4})?)?\})")
_ESCAPES = frozenset("dDwWtnr")
_PUNCTUATION = frozenset("\\.^$|?*+()[]{}-/&~#@!%_=:;,<>\"'` ")
_MOST_REPEATS = 1000
"""RE2 refuses more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a pattern has that it may not have.

    Attributes:
        part: the piece of the pattern.
        position: of the piece, from 1.
    """

    part: str
    position: int


def refused(pattern: str) -> Refused | None:
    """The first piece of a pattern that the engines do not read alike, or None for a good one."""
    depth = 0
    at = 0
    repeatable = False
    while at < len(pattern):
        start, char = at, pattern[at]
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier is not None:
            at = quantifier.end()
            if not repeatable or not _within_limits(quantifier):
                return Refused(quantifier[0], start + 1)
            if pattern[at : at + 1] == "?":
                at += 1
            repeatable = False
            continue
        if char == "[":
            at = _class_end(pattern, at)
            if at < 0:
                return Refused(pattern[start:], start + 1)
            repeatable = True
        elif char == "(":
            depth += 1
            at += 3 if pattern.startswith("(?:", at) else 1
            if pattern[at : at + 1] == "?":
                return Refused(pattern[start : start + 3], start + 1)
            repeatable = False
        elif char == ")":
            depth -= 1
            at += 1
            if depth < 0:
                return Refused(char, start + 1)
            repeatable = True
        elif char == "|":
            at += 1
            repeatable = False
        elif char == "\\":
            at += 2
            if not _is_escape(pattern[start:at]):
                return Refused(pattern[start:at], start + 1)
            repeatable = True
        elif char in "^$]{}":
            return Refused(char, start + 1)
        else:
            at += 1
            repeatable = True
    if depth:
        return Refused("(", pattern.index("(") + 1)
    try:
        re.compile(pattern)
    except re.error as error:
        return Refused(pattern, (error.pos or 0) + 1)
    return None


def _within_limits(quantifier: re.Match[str]) -> bool:
    counts = [int(count) for count in (quantifier[1], quantifier[3]) if count]
    return all(count <= _MOST_REPEATS for count in counts) and counts == sorted(counts)


def _is_escape(text: str) -> bool:
    return len(text) == 2 and (text[1] in _ESCAPES or text[1] in _PUNCTUATION)


def _class_end(pattern: str, start: int) -> int:
    """The position after a character class, or -1 if it may not stand."""
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    first = at
    while at < len(pattern):
        char = pattern[at]
        if char == "]":
            return at + 1 if at > first else -1
        if char == "[" or pattern.startswith("&&", at):
            return -1
        if char == "\\":
            if not _is_escape(pattern[at : at + 2]):
                return -1
            at += 1
        at += 1
    return -1
