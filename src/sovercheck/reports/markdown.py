"""Texts from outside in Markdown, as they stand."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~&$^@!]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])")


def escape_markdown(text: str) -> str:
    """A text that Markdown shows as it stands, on one line: no markup, link, address or HTML comes of it."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    text = _MARKDOWN.sub(r"\\\g<0>", text)
    return _LINE_START.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)
