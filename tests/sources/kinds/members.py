"""The files that keep what providers publish of their types, a line a type: `aws_x: bucket tags{key value}`."""

from __future__ import annotations

import re
from pathlib import Path


def published(file: Path, further: str = "later") -> dict[str, set[str]]:
    """Type → its members, each as a path without brackets; none of a type of which only the name is kept.

    Args:
        file: what a provider publishes.
        further: the version of which some lines tell what it has besides; as those do that begin with `later`.
    """
    found: dict[str, set[str]] = {}
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        type_, _, members = re.sub(rf"\A({re.escape(further)}|later) ", "", line).partition(": ")
        known = found.setdefault(type_, set())
        above: list[str] = []
        last = ""
        for word in re.findall(r"[\w-]+|[{}]", members):
            if word == "{":
                above.append(last)
            elif word == "}":
                above.pop()
            else:
                last = word
                known.add(".".join([*above, word]))
    return found
