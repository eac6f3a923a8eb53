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
DATALESS = "dataless.json"
"""The file of the wheel's build with what `without_data.yaml` says."""


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


@cache
def forms(provider: Provider) -> tuple[tuple[Kind, Form], ...]:
    """Every kind that a provider's interface shows, with how it shows it."""
    return tuple((kind, form) for kind in kinds() for form in kind.forms if form.provider == provider)


@cache
def children(provider: Provider, kind: str) -> tuple[tuple[Kind, Form], ...]:
    """The forms whose listing is made for each item of a kind."""
    return tuple((child, form) for child, form in forms(provider) if form.listing.of == kind)


def plain_dataless() -> dict[str, list[str]]:
    """Provider → how the native types begin that keep no data, as `without_data.yaml` says it now."""
    from sovercheck import strictyaml

    return cast("dict[str, list[str]]", strictyaml.load(FOLDER.parent / "without_data.yaml").value)


@cache
def _dataless(provider: Provider) -> tuple[tuple[str, ...], frozenset[str]]:
    path = bundle.compiled(DATALESS)
    plain = cast("dict[str, list[str]]", json.loads(path.read_text("utf-8"))) if path is not None else plain_dataless()
    given = plain[provider]
    if provider == "aws":
        return tuple(given), frozenset()
    return tuple(word.removesuffix("*") for word in given if word.endswith("*")), frozenset(given)


def keeps_no_data(provider: Provider, native_type: str) -> bool:
    """Whether a type without a description is known to keep no data: a network, a permission, an alarm.

    Args:
        provider: whose type.
        native_type: of AWS the service and how the ARN goes on (`ec2:subnet/`), of Azure the type in lower case.
    """
    beginnings, types = _dataless(provider)
    return native_type in types or native_type.startswith(beginnings)
