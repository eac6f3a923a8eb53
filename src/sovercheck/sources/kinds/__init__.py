"""What must be known of each kind of resource, described once: the files of `descriptions/`, one a kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from sovercheck import bundle
from sovercheck.sources.kinds.model import Form, Interface, Kind, Provider
from sovercheck.sources.kinds.reading import PLANNED, kind_of, planned_form

FOLDER = Path(__file__).resolve().parent / "descriptions"
COMPILED = "kinds.json"
"""The file of the wheel's build with the descriptions as `plain_kinds` gives them."""
DATALESS = "dataless.json"
"""The file of the wheel's build with what `without_data.yaml` says."""

COMPILED_PLANNED = "planned.ndjson"
"""The file of the wheel's build with what `plain_planned` gives, as `by_type` writes it."""


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


def plain_planned(described: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Interface → native type → how plans and templates write it, each form with what its kind says of all forms.

    Azure's templates have the shape of its answers: their forms, under `api`, are those of the section `azure`.

    Args:
        described: the descriptions as `plain_kinds` gives them.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {"api": {}, "terraform": {}, "cloudformation": {}}
    for plain in described:
        shared = {key: plain[key] for key in _OF_A_KIND if key in plain}
        for section, (interface, _) in PLANNED.items():
            for form in plain.get(section, ()):
                entry = shared | {section: form}
                found[interface].setdefault(form["native_type"], []).append(entry)
        given = plain.get("azure", [])
        for form in given if isinstance(given, list) else [given]:
            found["api"].setdefault(form["native_type"].lower(), []).append(shared | {"azure": form})
    return found


_OF_A_KIND = ("kind", "name", "holds_data", "reads_plaintext")


def by_type(planned: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> str:
    """What `plain_planned` gives, a native type a line: only those that a plan has need be parsed.

    The first line lists the others' interfaces and types, in order.
    """
    named = [(interface, native_type) for interface, types in planned.items() for native_type in types]
    lines = [named, *(planned[interface][native_type] for interface, native_type in named)]
    return "".join(f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in lines)


@cache
def _compiled_planned() -> Mapping[tuple[str, str], str] | None:
    """(interface, native type) → its line, where the wheel's build compiled them."""
    path = bundle.compiled(COMPILED_PLANNED)
    if path is None:
        return None
    first, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    return {tuple(named): line for named, line in zip(json.loads(first), lines, strict=True)}


@cache
def _written_planned() -> dict[str, dict[str, list[dict[str, Any]]]]:
    return plain_planned(plain_kinds())


def _entries(interface: Interface, native_type: str) -> Iterable[Mapping[str, Any]]:
    compiled = _compiled_planned()
    if compiled is None:
        return _written_planned()[interface].get(native_type, ())
    line = compiled.get((interface, native_type))
    return cast("list[Mapping[str, Any]]", json.loads(line)) if line is not None else ()


@cache
def planned(interface: Interface, native_type: str) -> tuple[tuple[Kind, Form], ...]:
    """How plans and templates write a native type; several where a member says which kind it is, none if undescribed.

    Only what is asked for is made ready: a plan has few of the hundreds of types.

    Args:
        interface: `api` for Azure's templates, whose types compare without case.
        native_type: `aws_s3_bucket`, `AWS::S3::Bucket`, `microsoft.storage/storageaccounts`.
    """
    entries = _entries(interface, native_type.lower() if interface == "api" else native_type)
    return tuple(_of_entry(entry) for entry in entries)


def planned_types(interface: Interface) -> tuple[str, ...]:
    """The types that `planned` knows of an interface."""
    compiled = _compiled_planned()
    if compiled is None:
        return tuple(_written_planned()[interface])
    return tuple(native_type for of, native_type in compiled if of == interface)


def _of_entry(entry: Mapping[str, Any]) -> tuple[Kind, Form]:
    kind = kind_of(entry)
    section = next((name for name in PLANNED if name in entry), None)
    return kind, kind.forms[0] if section is None else planned_form(kind.id, section, entry[section])


def plain_dataless() -> dict[str, list[str]]:
    """Provider → how the native types begin that keep no data, as `without_data.yaml` says it now."""
    from sovercheck import strictyaml

    return cast("dict[str, list[str]]", strictyaml.load(FOLDER.parent / "without_data.yaml").value)


@cache
def _dataless(provider: str) -> tuple[tuple[str, ...], frozenset[str]]:
    path = bundle.compiled(DATALESS)
    plain = cast("dict[str, list[str]]", json.loads(path.read_text("utf-8"))) if path is not None else plain_dataless()
    given = plain.get(provider, [])
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


def planned_without_data(section: str, native_type: str) -> bool:
    """Whether plans and templates of a section (a key of `PLANNED`) write nothing that keeps data under a type."""
    beginnings, types = _dataless(section)
    return native_type in types or (bool(beginnings) and native_type.startswith(beginnings))
