"""A description of a kind, read from plain values: its file's, or those of the catalogue that a wheel's build compiled.

`written.py` says how a file is written and refuses one that departs from it. Here nothing is checked, and pydantic is
not needed, so that a compiled catalogue loads without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sovercheck.inventory.values import UNITS
from sovercheck.sources.kinds.model import (
    Call,
    Condition,
    CopyForm,
    Edge,
    Form,
    Interface,
    Kind,
    Named,
    Provider,
    Way,
    Ways,
    Where,
)
from sovercheck.sources.kinds.path import parse

Plain = Mapping[str, Any]
"""A part of a description as its file, or the compiled catalogue, has it."""

PLANNED: Mapping[str, tuple[Interface, Provider]] = {
    "terraform_aws": ("terraform", "aws"),
    "terraform_azurerm": ("terraform", "azure"),
    "terraform_google": ("terraform", "google"),
    "cloudformation": ("cloudformation", "aws"),
}
"""The sections of a description that say how plans and templates write the kind."""


def kind_of(plain: Plain) -> Kind:
    """A kind from its description as `written.read_kind` or the compiled catalogue gives it."""
    forms: list[Form] = []
    for provider in ("aws", "azure"):
        given = plain.get(provider, [])
        known: Provider = "aws" if provider == "aws" else "azure"
        forms += [_form(plain["kind"], known, entry) for entry in (given if isinstance(given, list) else [given])]
    return Kind(
        id=plain["kind"],
        name=plain["name"],
        holds_data=plain.get("holds_data"),
        reads_plaintext=plain.get("reads_plaintext"),
        forms=tuple(forms),
        note=plain.get("note"),
    )


def planned_form(kind: str, section: str, plain: Plain) -> Form:
    """How a plan or template writes a kind.

    Args:
        kind: the kind's name.
        section: of the description, a key of `PLANNED`.
        plain: the form as its file, or the compiled catalogue, has it.
    """
    interface, provider = PLANNED[section]
    copy_of = plain.get("copy_of") or {}
    return Form(
        kind=kind,
        provider=provider,
        native_type=plain["native_type"],
        holds_data=plain.get("holds_data"),
        proof=plain.get("proof", "unproven"),
        scope="region",
        home=plain.get("home"),
        listing=Call("plan", plain["native_type"]),
        also={},
        where=_where(plain.get("where", {})),
        ids=(),
        arn=None,
        facts={name: _ways(value) for name, value in plain.get("facts", {}).items()},
        metric=None,
        bytes_basis=plain.get("bytes_basis"),
        copies=tuple(_copy(copy) for copy in plain.get("copies", ())),
        all_copies=plain.get("all_copies", False),
        copy_of=_named(copy_of.get("id")),
        copy_kind=copy_of.get("kind"),
        interface=interface,
        edges={name: _edge(edge) for name, edge in plain.get("also", {}).items()},
        named_by=tuple(parse(path) for path in plain.get("named_by", ())),
        location=_ways(plain.get("location", ())),
        grade=_ways(plain.get("grade", ())),
        computed=frozenset(plain.get("computed", ())),
    )


def _edge(plain: Plain) -> Edge:
    return Edge(
        types=_texts(plain["type"]),
        by=parse(plain["by"]) if "by" in plain else None,
        of=parse(plain["of"]) if "of" in plain else None,
        where=_where(plain.get("where", {})),
    )


def _form(kind: str, provider: Provider, plain: Plain) -> Form:
    copy_of = plain.get("copy_of") or {}
    metric = plain.get("metric")
    facts = {name: _ways(value) for name, value in plain.get("facts", {}).items() if name != "bytes_basis"}
    return Form(
        kind=kind,
        provider=provider,
        native_type=plain["native_type"],
        holds_data=plain.get("holds_data"),
        proof=plain.get("proof", "unproven"),
        scope=plain.get("scope", "region"),
        home=plain.get("home"),
        listing=_listing(provider, plain),
        also={name: _call(provider, call) for name, call in plain.get("also", {}).items()},
        where=_where(plain.get("where", {})),
        ids=_texts(plain.get("id", "{id}" if provider == "azure" else ())),
        arn=plain.get("arn"),
        facts=facts,
        metric=(metric["namespace"], metric["name"], metric["dimension"], metric["value"]) if metric else None,
        bytes_basis=plain.get("bytes_basis"),
        copies=tuple(_copy(copy) for copy in plain.get("copies", ())),
        all_copies=plain.get("all_copies", False),
        copy_of=_named(copy_of.get("id")),
        copy_kind=copy_of.get("kind"),
    )


def _listing(provider: Provider, plain: Plain) -> Call:
    if provider == "azure" and "list" not in plain:
        table = plain.get("table", "resources")
        return Call("graph", table, {"type": plain["native_type"]}, items=parse("data[]"))
    return _call(provider, plain["list"])


def _call(provider: Provider, plain: Plain) -> Call:
    if provider == "azure":
        service, operation = "arm", plain["get"]
    else:
        service, _, operation = plain["call"].partition(":")
    return Call(
        service=service,
        operation=operation,
        parameters=plain.get("with", {}),
        items=parse(plain["items"]) if "items" in plain else None,
        each=parse(plain["each"]) if "each" in plain else None,
        absent_on=tuple(plain.get("absent_on", ())),
        permission=plain.get("permission"),
        api=plain.get("api"),
        of=plain.get("of"),
        where=_where(plain.get("where", {})),
    )


def _copy(plain: Plain) -> CopyForm:
    return CopyForm(
        kind=plain["kind"],
        each=parse(plain["each"]) if "each" in plain else None,
        where=_where(plain.get("where", {})),
        region=_ways(plain.get("region", ())),
        places=_texts(plain.get("places", ())),
        account=_ways(plain.get("account", ())),
        target=_named(plain.get("target")),
        key=_ways(plain.get("key", ())),
        since=_ways(plain.get("since", ())),
        bytes=_ways(plain.get("bytes", ())),
    )


def _named(value: object) -> Named | None:
    return value if value is None or isinstance(value, str) else _ways(value)


def _ways(value: object) -> Ways:
    return tuple(_way(item) for item in (value if isinstance(value, list | tuple) else [value]))


def _way(value: object) -> Way:
    if isinstance(value, str):
        return Way(path=parse(value))
    assert isinstance(value, Mapping)  # noqa: S101 - a description that was checked
    return Way(
        path=parse(value["path"]) if "path" in value else None,
        literal=value.get("literal"),
        none=value.get("none", False),
        read=value.get("read", "text"),
        template=value.get("template"),
        words=value.get("words", {}),
        unit=UNITS[value.get("unit", "B")],
        inferred=value.get("inferred", False),
    )


def _where(value: Mapping[str, object]) -> Where:
    return tuple(_condition(text, wanted) for text, wanted in value.items())


def _condition(text: str, wanted: object) -> Condition:
    negated = isinstance(wanted, Mapping)
    given = wanted["not"] if isinstance(wanted, Mapping) else wanted
    words = given if isinstance(given, list) else [given]
    held = tuple(_word(word) for word in words if word is not None)
    # « Not one of these » holds of what is absent, unless absence is one of these.
    return Condition(parse(text), held, (None in words) is not negated, negated)


def _word(value: object) -> str:
    """A value as conditions compare it: without case; `true` and `false` for booleans."""
    return str(value).casefold()


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else ()
