"""Texts from outside, made harmless where they are shown on a terminal or stand in the log of a pipeline."""

from __future__ import annotations

import re

# Controls, and what reorders or hides text: a name from a file must not write on the terminal by itself.
_REORDERING = "\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
# Texts of which neither holds anything are nearly all: the patterns, long to compile, wait for another.
_HIDDEN = f"[\x00-\x1f{_REORDERING}]"
_HIDDEN_IN_LINES = f"[\x00-\x08\x0b\x0c\x0e-\x1f{_REORDERING}\ufffe\uffff]"

_COMMAND = re.compile(r"##(?=\w*\[)")
"""What runners of pipelines look for anywhere in a line: `##[group]`, `##vso[task.setvariable]`, `##teamcity[…]`."""


def visible(text: str) -> str:
    r"""A text on one line, what the terminal would obey written as an escape: ESC is `\x1b`."""
    return text if text.isprintable() else re.sub(_HIDDEN, _escaped, text)


def visible_lines(text: str) -> str:
    """The same of a text whose tabs and line ends stay, as a format of files has its own way of writing them.

    What XML does not take is written as an escape too.
    """
    return re.sub(_HIDDEN_IN_LINES, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def logged(text: str) -> str:
    r"""A text on one line of a pipeline's log: visible, and no command to its runner, whose `##[` is `#\x23[`.

    A line that a command opens with `::` must begin with something else.
    """
    return _COMMAND.sub(r"#\\x23", visible(text))
