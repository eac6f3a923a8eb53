"""The assessment as JSON: the record from which every other report can be made again, and its published schema.

What changed since an earlier assessment stands under a key of its own, `comparison`, after the assessment's own fields,
and what the gate says of a change under `gate`, after that; without them these are the same bytes.

One member of each list a line, keys in the order of the fields, so that two assessments can be compared line by line.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, BinaryIO

from sovercheck.comparison import SCHEMA as COMPARISON_SCHEMA
from sovercheck.comparison import Comparison
from sovercheck.errors import InputError, Place
from sovercheck.findings import SCHEMA, Assessment
from sovercheck.gate import SCHEMA as GATE_SCHEMA
from sovercheck.gate import Gate
from sovercheck.plain import from_json
from sovercheck.reports.base import Options

SCHEMA_ADDRESS = "https://json-schema.org/draft/2020-12/schema"


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes the assessment in UTF-8, both languages of its texts inside; of the options, what changed and the gate."""
    fields = _fields(assessment)
    for name, beside in (("comparison", options.comparison), ("gate", options.gate)):
        if beside is not None:
            fields.append(f"{_dump(name)}: {{\n" + ",\n".join(_fields(beside)) + "\n}")
    # A lone surrogate from a source is no UTF-8; its escape is both Python's and JSON's.
    out.write(("{\n" + ",\n".join(fields) + "\n}\n").encode("utf-8", "backslashreplace"))


def _fields(item: Assessment | Comparison | Gate) -> list[str]:
    return [f"{_dump(field.name)}: {_lines(getattr(item, field.name))}" for field in dataclasses.fields(item)]


def _lines(value: object) -> str:
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(map(_dump, value)) + "\n]"
    if isinstance(value, Mapping) and value:
        return "{\n" + ",\n".join(f"{_dump(key)}: {_dump(item)}" for key, item in value.items()) + "\n}"
    return _dump(value)


@cache
def _reader(kind: Hashable) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    names = tuple(field.name for field in dataclasses.fields(typing.cast(type, kind)))
    if len(names) == 1:
        return names, lambda item: (getattr(item, names[0]),)
    return names, attrgetter(*names)


def _plain(item: object) -> dict[str, object]:
    """One level of what `plain.to_json` gives; the encoder descends, several times as fast."""
    names, read = _reader(typing.cast(Hashable, type(item)))
    return dict(zip(names, read(item), strict=True))


_dump = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=_plain
).encode


def read_assessment(raw: bytes, *, file: str = "assessment.json") -> Assessment:
    """The assessment that `render` wrote; see `read_run`."""
    return read_run(raw, file=file)[0]


def read_run(raw: bytes, *, file: str = "assessment.json") -> tuple[Assessment, Comparison | None, Gate | None]:
    """The assessment that `render` wrote, what changed since an earlier one, and what the gate says, where it says so.

    Args:
        raw: the file's content.
        file: how errors name it.

    Raises:
        InputError: it is not JSON, has another schema, or a field is missing or has the wrong type (with its path).
    """
    try:
        data = json.loads(raw)
    except UnicodeDecodeError as error:
        raise InputError("encoding", place=Place(file)) from error
    except json.JSONDecodeError as error:
        place = Place(file, line=error.lineno, column=error.colno)
        raise InputError("assessment_not_json", place=place) from error
    except RecursionError as error:
        raise InputError("assessment_not_json", place=Place(file)) from error
    _check_schema(data, SCHEMA, file)
    changed, gate = data.get("comparison"), data.get("gate")
    if changed is not None:
        _check_schema(changed, COMPARISON_SCHEMA, file)
    if gate is not None:
        _check_schema(gate, GATE_SCHEMA, file)
    try:
        _checker(Assessment)(data, "$")
        if changed is not None:
            _checker(Comparison)(changed, "$.comparison")
        if gate is not None:
            _checker(Gate)(gate, "$.gate")
    except _ShapeError as error:
        raise InputError(error.code, place=Place(file), path=error.path, expected=error.expected) from error
    return (
        from_json(Assessment, data),
        from_json(Comparison, changed) if changed is not None else None,
        from_json(Gate, gate) if gate is not None else None,
    )


def _check_schema(data: object, expected: str, file: str) -> None:
    found = data.get("schema") if isinstance(data, dict) else None
    if found != expected:
        raise InputError("assessment_schema", place=Place(file), found=found, expected=expected)


class _ShapeError(Exception):
    def __init__(self, code: str, path: str, expected: str = "") -> None:
        self.code = code
        self.path = path
        self.expected = expected
        super().__init__(code)


_NAMES = {str: "string", int: "integer", bool: "boolean", types.NoneType: "null"}

Check = Callable[[Any, str], None]


@cache
def _checker(kind: Any) -> Check:  # noqa: ANN401 - any annotation of a field
    """What refuses a value that has not the shape of an annotation, naming its path."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _object_checker(typing.cast(type, kind))
    if origin is tuple:
        return _array_checker(arguments)
    if origin is dict:
        inner = _checker(arguments[1])

        def check_mapping(value: Any, path: str) -> None:  # noqa: ANN401
            if not isinstance(value, dict):
                raise _ShapeError("assessment_wrong_type", path, "object")
            for key, item in value.items():
                inner(item, f"{path}[{json.dumps(key, ensure_ascii=False)}]")

        return check_mapping
    if origin in (typing.Union, types.UnionType):
        return _union_checker(arguments)
    if origin is typing.Literal:

        def check_word(value: Any, path: str) -> None:  # noqa: ANN401
            if value not in arguments:
                raise _ShapeError("assessment_wrong_type", path, " | ".join(arguments))

        return check_word

    def check_scalar(value: Any, path: str) -> None:  # noqa: ANN401
        if type(value) is not kind:
            raise _ShapeError("assessment_wrong_type", path, _NAMES[kind])

    return check_scalar


def _object_checker(kind: type) -> Check:
    hints = typing.get_type_hints(kind)
    fields = [(field.name, _checker(hints[field.name]), _is_required(field)) for field in dataclasses.fields(kind)]

    def check(value: Any, path: str) -> None:  # noqa: ANN401
        if not isinstance(value, dict):
            raise _ShapeError("assessment_wrong_type", path, "object")
        for name, inner, required in fields:
            if name in value:
                inner(value[name], f"{path}.{name}")
            elif required:
                raise _ShapeError("assessment_missing_field", f"{path}.{name}")

    return check


def _array_checker(arguments: tuple[Any, ...]) -> Check:
    if arguments[-1] is Ellipsis:
        each = _checker(arguments[0])

        def check_all(value: Any, path: str) -> None:  # noqa: ANN401
            if not isinstance(value, list):
                raise _ShapeError("assessment_wrong_type", path, "array")
            for index, item in enumerate(value):
                each(item, f"{path}[{index}]")

        return check_all
    checks = [_checker(argument) for argument in arguments]

    def check_each(value: Any, path: str) -> None:  # noqa: ANN401
        if not isinstance(value, list) or len(value) != len(checks):
            raise _ShapeError("assessment_wrong_type", path, f"array ({len(checks)})")
        for index, (inner, item) in enumerate(zip(checks, value, strict=True)):
            inner(item, f"{path}[{index}]")

    return check_each


def _union_checker(arguments: tuple[Any, ...]) -> Check:
    inner = [(argument, _checker(argument)) for argument in arguments if argument is not types.NoneType]
    optional = types.NoneType in arguments

    def check(value: Any, path: str) -> None:  # noqa: ANN401
        if value is None and optional:
            return
        for argument, one in inner:
            # The only union of two shapes is a text or a list of texts, so the kind of value says which is meant.
            if len(inner) == 1 or isinstance(value, list) == (typing.get_origin(argument) is tuple):
                one(value, path)
                return

    return check


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def assessment_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an assessment, made from the dataclasses and what their docstrings say."""
    definitions: dict[str, Any] = {}
    _schema_of(Assessment, definitions)
    beside = {"comparison": _schema_of(Comparison, definitions), "gate": _schema_of(Gate, definitions)}
    root = definitions.pop("Assessment")
    for shape, schema in (
        (root, SCHEMA),
        (definitions["Comparison"], COMPARISON_SCHEMA),
        (definitions["Gate"], GATE_SCHEMA),
    ):
        shape["properties"]["schema"] = {"const": schema, "description": shape["properties"]["schema"]["description"]}
        shape["required"].append("schema")
    root["properties"] |= beside
    return {
        "$schema": SCHEMA_ADDRESS,
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": SCHEMA,
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def schema_text() -> str:
    """The schema as it is published in `reports/assessment.schema.json`."""
    return json.dumps(assessment_schema(), ensure_ascii=False, indent=2) + "\n"


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - any annotation of a field
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        name = typing.cast(type, kind).__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object_schema(typing.cast(type, kind), definitions)
        return {"$ref": f"#/$defs/{name}"}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _schema_of(arguments[0], definitions)}
    if origin is tuple:
        items = [_schema_of(argument, definitions) for argument in arguments]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(arguments[1], definitions)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema_of(argument, definitions) for argument in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    return {"type": _NAMES[kind]}


def _object_schema(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    summary, said = _docstring(kind)
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    properties = {
        field.name: _schema_of(hints[field.name], definitions)
        | ({"description": said[field.name]} if field.name in said else {})
        for field in fields
    }
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": [field.name for field in fields if _is_required(field)],
        "additionalProperties": False,
    }


def _docstring(kind: type) -> tuple[str, dict[str, str]]:
    """A docstring's first line, and what its `Attributes:` section says of each field."""
    text = inspect.getdoc(kind) or ""
    summary, _, rest = text.partition("\n\n")
    _, _, attributes = rest.partition("Attributes:\n")
    said = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE)
    return " ".join(summary.split()), {name: " ".join(words.split()) for name, words in said}
