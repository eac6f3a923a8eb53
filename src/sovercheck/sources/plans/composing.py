"""Texts put together by `Fn::Sub` and `Fn::Join`, and what functions are made of whose arguments alone decide."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from sovercheck.sources.kinds.path import Json, Pending, Reference


class NoValue(Enum):
    """The one value of `AWS::NoValue`."""

    NO_VALUE = "AWS::NoValue"


NO_VALUE: Final = NoValue.NO_VALUE
"""What takes the member away that it is given to."""

Evaluated = Json | NoValue

_OPEN, _REFERRED = "\x02", "\0"
"""In a text that is being put together, what is not known and what another resource gives."""
_NAMING = re.compile(
    r"(?:arn:[^:\0]*:[^:\0]*:(?P<region>[^:\0]*):[^:\0]*:(?:[\w-]+[:/])?|s3://)?\0(?:[:/][^\0]*)?\Z", re.DOTALL
)
"""A text that names the one resource whose reference stands at the NUL, and nothing else."""
_OWN_REGION = re.compile(r"(arn:[^:]*:[^:]*:)\x02(?=:)")
_ACCOUNT_NEXT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\Z")
_LOCATED = re.compile(r"arn:[^:]+:[^:]+:[a-z]{2,}-[a-z0-9-]+:[^:\x02]*:")
"""The beginning of an ARN that already says its region and account."""


def pending(needs: str) -> Pending:
    """What only a deployment knows."""
    return Pending("expression", needs)


def resolved(text: str) -> Json:
    """A text; what a dynamic reference stands for is only known to the deployment, and may be a secret."""
    if "{{resolve:" not in text:
        return text
    service = text.partition("{{resolve:")[2].partition(":")[0]
    return Pending("expression", f"resolve:{service}") if service == "ssm" else Pending("sensitive", None)


def as_text(value: Evaluated) -> str:
    """A plain value as CloudFormation writes it into a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def composed(parts: list[tuple[str, Json]], region: str | None) -> Json:
    """Parts, each with how it is written, put together: a text, what one of them leaves open, or a reference.

    An ARN keeps the region it says where only its account is not known, or the name at its end.

    Args:
        parts: texts and what functions gave, each with how it is written.
        region: of the stack.
    """
    text, references, open_ = "", list[Reference](), list[Pending]()
    for written, part in parts:
        if isinstance(part, Pending):
            if part.reason == "sensitive":
                return part
            if part.needs == "AWS::AccountId" and _ACCOUNT_NEXT.match(text):
                continue
            open_.append(part)
            text += written if _LOCATED.match(text) else _OPEN
        elif isinstance(part, Reference):
            references.append(part)
            text += _REFERRED
        elif isinstance(part, list | dict):
            return pending(written)
        else:
            text += as_text(part)
    if references and all(item.needs == "AWS::Region" for item in open_):
        # What stands in the stack's own region is the one that the template itself would make there.
        text = _OWN_REGION.sub(r"\1", text)
    if _OPEN in text:
        return open_[0]
    if not references:
        return resolved(text)
    naming = _NAMING.match(text)
    if naming and naming["region"] in (None, "", region):
        return references[0]
    if _LOCATED.match(text.partition(_REFERRED)[0]):
        return text.replace(_REFERRED, "${…}")
    return pending("Fn::Sub")


def _select(given: Json) -> Evaluated:
    if not isinstance(given, list) or len(given) != 2:
        # The zones of a region that is not known are no value, and neither is one of them.
        return NO_VALUE if isinstance(given, list) and len(given) == 1 else pending("Fn::Select")
    index, items = given
    if isinstance(items, Pending):
        return items
    number = int(index) if isinstance(index, int | str) and str(index).isdigit() else None
    if not isinstance(items, list) or number is None:
        return pending("Fn::Select")
    return items[number] if number < len(items) else pending("Fn::Select")


def _split(given: Json) -> Evaluated:
    if not isinstance(given, list) or len(given) != 2:
        return pending("Fn::Split")
    delimiter, text = given
    if isinstance(text, Pending):
        return text
    if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter or isinstance(text, Reference):
        return pending("Fn::Split")
    return list[Json](text.split(delimiter))


def _to_json(given: Json) -> Evaluated:
    return json.dumps(given) if _is_settled(given) else pending("Fn::ToJsonString")


def _is_settled(value: Json) -> bool:
    if isinstance(value, list):
        return all(_is_settled(item) for item in value)
    if isinstance(value, dict):
        return all(_is_settled(item) for item in value.values())
    return not isinstance(value, Pending | Reference)


def _base64(given: Json) -> Evaluated:
    known = isinstance(given, str) and not isinstance(given, Reference)
    return b64encode(str(given).encode()).decode("ascii") if known else pending("Fn::Base64")


def _import(given: Json) -> Evaluated:
    return pending(given if isinstance(given, str) and not isinstance(given, Reference) else "Fn::ImportValue")


def _length(given: Json) -> Evaluated:
    return len(given) if isinstance(given, list) else pending("Fn::Length")


OF_ARGUMENTS: Mapping[str, Callable[[Json], Evaluated]] = {
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::ToJsonString": _to_json,
    "Fn::Length": _length,
    "Fn::Base64": _base64,
    "Fn::ImportValue": _import,
}
"""The functions whose arguments alone decide."""
