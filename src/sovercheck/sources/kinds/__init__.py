"""What must be known of each kind of resource, described once: the files of `descriptions/`, one a kind."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from sovercheck import bundle
from sovercheck.sources.kinds.model import Form, Kind, Provider, kind_of

FOLDER = Path(__file__).resolve().parent / "descriptions"
COMPILED = "kinds.json"
"""The file of the wheel's build with the descriptions as `plain_kinds` gives them."""


def plain_kinds() -> list[dict[str, Any]]:
    """Every description as its file says it now, checked, in order of name.

    Raises:
        PolicyError: a file departs from the form.
    """
    from sovercheck.sources.kinds.written import read_kind

    return [read_kind(path) for path in sorted(FOLDER.glob("*.yaml"))]


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in order of name."""
    path = bundle.compiled(COMPILED)
    plain = cast("list[dict[str, Any]]", json.loads(path.read_text("utf-8"))) if path is not None else plain_kinds()
    return tuple(kind_of(entry) for entry in plain)


def forms(provider: Provider) -> tuple[tuple[Kind, Form], ...]:
    """Every kind that a provider's interface shows, with how it shows it."""
    return tuple((kind, form) for kind in kinds() for form in kind.forms if form.provider == provider)
