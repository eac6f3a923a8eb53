"""What is kept of Azure's answers: of a row what every row has and what the description of its type reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from sovercheck.sources.item import Unit
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Form, Kind
from sovercheck.sources.kinds.path import Json, Path, keep, parse

EVERY_ROW = tuple(
    parse(name) for name in ("id", "name", "type", "location", "resourceGroup", "subscriptionId", "tenantId", "tags")
)


@cache
def described() -> Mapping[str, tuple[tuple[Kind, Form], ...]]:
    """Native type, in lower case → its forms: those that Resource Graph lists."""
    found: dict[str, tuple[tuple[Kind, Form], ...]] = {}
    for kind, form in forms("azure"):
        if form.listing.service == "graph":
            type_ = form.native_type.lower()
            found[type_] = (*found.get(type_, ()), (kind, form))
    return found


@cache
def _paths(native_type: str) -> tuple[Path, ...]:
    inner = [path for _, form in described().get(native_type, ()) for path in form.paths(None)]
    return (*EVERY_ROW, *inner)


def kept_row(row: Json) -> Json:
    """A row of Resource Graph, cut down."""
    if not isinstance(row, Mapping):
        return None
    return keep(_paths(str(row.get("type", "")).lower()), row)


@cache
def kept_answers() -> Mapping[str, tuple[Path, ...]]:
    """The template of each GET of a description → what is kept of its answer."""
    found: dict[str, list[Path]] = {}
    for _, form in forms("azure"):
        for name, call in form.also.items():
            # nextLink is read before anything is cut.
            found.setdefault(call.operation, []).extend(Path(None, path.steps) for path in form.paths(name))
        if form.listing.service == "arm" and form.listing.items is not None:
            steps = form.listing.items.steps
            listed = found.setdefault(form.listing.operation, [])
            listed += [Path(None, steps + path.steps) for path in (*EVERY_ROW, *form.paths(None))]
    return {template: tuple(dict.fromkeys(paths)) for template, paths in found.items()}


def tables() -> tuple[str, ...]:
    """The tables of Resource Graph that descriptions name, `resources` always among them."""
    named = {form.listing.operation for _, form in forms("azure") if form.listing.service == "graph"}
    return tuple(sorted({"resources", *named}))


def standing(tenant: str, subscriptions: Sequence[str]) -> Iterator[Unit]:
    """The listings that Resource Graph does not make and no other resource is the parent of.

    Args:
        tenant: what stands for the account of what is asked of the tenant.
        subscriptions: of which the others are asked.
    """
    for kind, form in forms("azure"):
        if form.listing.service == "arm" and form.listing.of is None:
            by_subscription = "{@account}" in form.listing.operation
            for account in subscriptions if by_subscription else (tenant,):
                yield Unit(kind, form, account, "global")


def unit_of(row: Mapping[str, Json], kind: Kind, form: Form) -> Unit:
    """The listing that a row stands in: its subscription and region."""
    region = str(row.get("location") or "global")
    return Unit(kind, form, str(row.get("subscriptionId") or "").lower(), "".join(region.split()).lower())
