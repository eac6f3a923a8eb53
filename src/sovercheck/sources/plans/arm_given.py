"""The parameters that whoever runs the gate gives to a template: one by one, or in a parameter file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from sovercheck.errors import InputError, Place
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.arm_values import Value, opened
from sovercheck.sources.plans.json_text import loads
from sovercheck.sources.plans.model import Asked

_KINDS: Mapping[str, type] = {"int": int, "bool": bool, "array": list, "object": dict, "secureobject": dict}


def given_values(declared: Json, asked: Asked) -> dict[str, Callable[[], Value]]:
    """The values of a template's parameters by name in lower case; those given one by one before those of the file.

    Args:
        declared: the parameters as the template declares them.
        asked: what is given.

    Raises:
        InputError: the file cannot be read, or a value is not of the type that is declared.
    """
    types = {
        name.lower(): str(entry.get("type", "string")).lower() if isinstance(entry, dict) else "string"
        for name, entry in (declared.items() if isinstance(declared, dict) else ())
    }
    found = dict(_of_file(asked.parameter_file)) if asked.parameter_file else {}
    for name, text in asked.parameters.items():
        type_ = types.get(name.lower())
        # A value for another template of the same run.
        if type_ is not None:
            found[name.lower()] = _typed(name, text, type_)
    return {name: _constant(value) for name, value in found.items()}


def _constant(value: Value) -> Callable[[], Value]:
    return lambda: value


def _of_file(path: str) -> Mapping[str, Value]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("unreadable_file", place=Place(path), reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise InputError("encoding", place=Place(path)) from error
    document = loads(text, path)
    parameters = document.value.get("parameters") if isinstance(document.value, dict) else None
    if not isinstance(parameters, dict):
        raise InputError("arm_parameter_file", place=Place(path))
    return {name.lower(): _entry(name, entry) for name, entry in parameters.items()}


def _entry(name: str, entry: Json) -> Value:
    if isinstance(entry, dict) and "value" in entry:
        return cast(Value, entry["value"])
    # A reference to a vault's secret.
    return opened(f"parameters('{name}')", "vault", name, reason="sensitive")


def _typed(name: str, text: str, type_: str) -> Value:
    if type_ in ("string", "securestring"):
        return text
    # The value is not told: it may be a secret in the wrong place.
    refusal = InputError("arm_parameter", name=name, type=type_)
    try:
        value = json.loads(text.lower() if type_ == "bool" else text)
    except (ValueError, RecursionError):
        raise refusal from None
    if not isinstance(value, _KINDS.get(type_, object)) or (type_ == "int" and isinstance(value, bool)):
        raise refusal
    return cast(Value, value)
