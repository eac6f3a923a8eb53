"""The published shapes of AWS's services, as botocore ships them: what a description may name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Path

Shape = Any
"""A shape of botocore's, which has no types of its own."""

JSON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "list": list,
    "structure": Mapping,
    "map": Mapping,
}

_TEMPLATE = re.compile(r"\{[^{}]+\}")


class WrongError(Exception):
    """A path or parameter that the published shape does not have."""


SESSION = botocore.session.get_session()
"""One for all tests: it keeps the models that it loaded."""


@cache
def service(name: str) -> Any:
    """The model of a service, by boto3's name."""
    if name not in SESSION.get_available_services():
        raise WrongError(f"no service {name}")
    return SESSION.get_service_model(name)


def operation(call: Call) -> Any:
    model = service(call.service)
    if call.operation not in model.operation_names:
        raise WrongError(f"no operation {call.service}:{call.operation}")
    return model.operation_model(call.operation)


def at(shape: Shape, steps: tuple[str, ...]) -> Shape:
    """The shape at the end of a path; None under what is free-form."""
    for n, step in enumerate(steps):
        if shape is None or getattr(shape, "is_document_type", False):
            return None
        if step == "[]":
            if shape.type_name != "list":
                raise WrongError(f"{shape.name} is no list at {'.'.join(steps[: n + 1])}")
            shape = shape.member
        elif step == "*":
            if shape.type_name != "map":
                raise WrongError(f"{shape.name} is no map at {'.'.join(steps[: n + 1])}")
            shape = shape.value
        elif shape.type_name == "map":
            shape = shape.value
        elif shape.type_name == "structure":
            if step not in shape.members:
                raise WrongError(f"{shape.name} has no member {step}; it has {', '.join(shape.members)}")
            shape = shape.members[step]
        else:
            raise WrongError(f"{shape.name} is a {shape.type_name} and has no member {step}")
    return shape


def item_shape(call: Call) -> Shape:
    """The shape of an item of a listing."""
    assert call.items is not None
    if call.items.steps[-1] not in ("[]", "*"):
        raise WrongError(f"items is no list: {call.items}")
    return at(operation(call).output_shape, call.items.steps)


def of_item(shape: Shape, path: Path) -> Shape:
    """The shape at a path into an item: a bare text has one member, `value`."""
    if shape is not None and shape.type_name not in ("structure", "map"):
        if path.steps != ("value",):
            raise WrongError(f"an item is a bare {shape.type_name}: its one member is value")
        return shape
    return at(shape, path.steps)


def faults_of_parameters(call: Call) -> Iterator[str]:
    """What a call gives that its operation does not take, or does not give that it must."""
    shape = operation(call).input_shape
    if shape is None:
        if call.parameters:
            yield f"{call.service}:{call.operation} takes no parameters"
        return
    for name in shape.required_members:
        if name not in call.parameters:
            yield f"with lacks {name}, which {call.service}:{call.operation} requires"
    yield from _faults(call.parameters, shape, "with")


def _faults(given: object, shape: Shape, where: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    if isinstance(given, str) and _TEMPLATE.search(given):
        if shape.type_name not in ("string", "timestamp"):
            yield f"{where} is a {shape.type_name}, not a text with braces"
        return
    wanted = JSON_TYPES.get(shape.type_name)
    if wanted is not None and (not isinstance(given, wanted) or (isinstance(given, bool) and wanted is int)):
        yield f"{where} is a {shape.type_name}, not {given!r}"
        return
    if shape.type_name == "string" and shape.enum and given not in shape.enum:
        yield f"{where} is one of {', '.join(shape.enum)}, not {given!r}"
    elif isinstance(given, list):
        for n, item in enumerate(given):
            yield from _faults(item, shape.member, f"{where}[{n}]")
    elif isinstance(given, Mapping):
        for name, item in given.items():
            if shape.type_name == "map":
                yield from _faults(item, shape.value, f"{where}.{name}")
            elif name not in shape.members:
                yield f"{where} has no {name}; it has {', '.join(shape.members)}"
            else:
                yield from _faults(item, shape.members[name], f"{where}.{name}")


def error_codes(name: str) -> frozenset[str]:
    """The codes of the errors that a service publishes."""
    return frozenset(code for shape in service(name).error_shapes for code in (shape.name, shape.error_code))
