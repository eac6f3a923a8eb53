"""A file given to the gate, from its bytes to the text and the JSON in it, or to one clear error.

PowerShell's `>` writes UTF-16; a wrapper of a CI step writes its command before the JSON and its outputs after it.
What is no JSON of a plan is refused with the command that makes the right file.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from pathlib import Path
from typing import cast

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json

_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_WRAPPER = re.compile(r"^(?=[{\[])(?!\[command\])", re.MULTILINE)
_WRITTEN_BEFORE = ("[command]", "::", "##[", "$ ", "+ ")
"""How the first line begins of what a step of a pipeline writes before the JSON."""
_PLAIN = re.compile(r"^(Terraform|OpenTofu) (used|will|detected)|^(No changes\.|Plan: \d+ to add)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """A file, read.

    Attributes:
        name: how errors and reports name it.
        text: its content, of which a template points at lines; empty of a Terraform plan, which points at its sources'.
        json: what it holds, if that is JSON; None where it is something else.
        sha256: of its bytes.
    """

    name: str
    text: str
    json: dict[str, Json] | None
    sha256: str


def load(path: Path, name: str) -> Document:
    """Reads a file.

    Args:
        path: of the file.
        name: how errors name it.

    Raises:
        InputError: it cannot be read, is no text, or is JSON that ends too early, goes too deep, or is no object.
    """
    try:
        # Given on and not kept: of a large file, the bytes and the text are not both held while it is read.
        return parse(path.read_bytes(), name)
    except OSError as error:
        raise InputError("unreadable_file", place=Place(name), reason=error.strerror or str(error)) from error


def parse(raw: bytes, name: str) -> Document:
    """Reads the bytes of a file; see `load`."""
    if raw.startswith(_ZIP):
        raise InputError("plan_binary", place=Place(name))
    digest = hashlib.sha256(raw).hexdigest()
    text = _decoded(raw, name)
    del raw
    start = _start(text)
    if start is None:
        if not text.strip():
            raise InputError("plan_empty", place=Place(name))
        if _PLAIN.search(text[:100_000]):
            raise InputError("plan_plain_text", place=Place(name))
        return Document(name, text, None, digest)
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        if text[start] == "{" and start == len(text) - len(text.lstrip()) and _may_be_commented(text):
            return Document(name, text, None, digest)
        raise InputError("plan_json", place=Place(name, line=error.lineno, column=error.colno)) from error
    except RecursionError as error:
        raise InputError("plan_too_deep", place=Place(name)) from error
    if isinstance(found, dict) and "@level" in found and "@message" in found:
        raise InputError("plan_json_lines", place=Place(name))
    if not isinstance(found, dict):
        raise InputError("plan_not_object", place=Place(name))
    rest = text[end:].lstrip()
    if rest.startswith("{"):
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        raise InputError("plan_json_several", place=Place(name, line=line, column=1))
    return Document(name, "" if "resource_changes" in found else text, cast("dict[str, Json]", found), digest)


def _decoded(raw: bytes, name: str) -> str:
    encoding = "utf-16" if raw.startswith(_UTF16) else "utf-8"
    if encoding == "utf-8" and raw[:2].find(b"\x00") >= 0:
        encoding = "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError("encoding", place=Place(name)) from error


def _start(text: str) -> int | None:
    """Where the JSON begins: at the first sign, or at the first line that is one, after what a wrapper wrote."""
    stripped = len(text) - len(text.lstrip())
    if text.startswith(_WRITTEN_BEFORE, stripped):
        found = _WRAPPER.search(text, text.find("\n", stripped) + 1)
        return found.start() if found is not None else None
    return stripped if text.startswith(("{", "["), stripped) else None


def _may_be_commented(text: str) -> bool:
    """Whether JSON that does not parse may be an Azure template: those may hold comments and texts over lines."""
    head = text[:5000]
    return "deploymentTemplate.json" in head or "DeploymentTemplate.json" in head
