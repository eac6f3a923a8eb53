"""Which reader reads a file: by what it holds, never by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sovercheck.errors import InputError, Place
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans import document as documents
from sovercheck.sources.plans import terraform
from sovercheck.sources.plans.document import Document
from sovercheck.sources.plans.model import Asked, Plan

READS = "terraform show -json, cdk.out, CloudFormation, SAM, ARM, Bicep (JSON), az … what-if, pulumi preview --json"
"""What the gate reads, as errors list it."""


def read(path: Path, name: str, asked: Asked) -> tuple[tuple[Plan, str], ...]:
    """Reads a file given to the gate: one plan, or a template a stack; each with the hash of its bytes.

    Args:
        path: of the file, or of a folder `cdk.out`.
        name: how errors and reports name it.
        asked: what whoever runs the gate says about it.

    Raises:
        InputError: it is no plan or template, or is not made as one.
    """
    try:
        if path.is_dir():
            return _folder(path, name, asked)
        return _file(documents.load(path, name), path, asked)
    except RecursionError as error:
        raise InputError("plan_too_deep", place=Place(name)) from error


def _file(found: Document, path: Path, asked: Asked) -> tuple[tuple[Plan, str], ...]:
    if found.json is not None:
        content = _unwrapped(found.json)
        if terraform.looks_like(content):
            return ((terraform.read(found.name, content, asked), found.sha256),)
        _refuse_state(found.name, content)
    raise InputError("plan_unknown", place=Place(found.name), expected=READS)


def _folder(path: Path, name: str, asked: Asked) -> tuple[tuple[Plan, str], ...]:
    raise InputError("plan_unknown", place=Place(name), expected=READS)


def _unwrapped(content: Mapping[str, Json]) -> Mapping[str, Json]:
    """A plan that some service put into an object of its own, as its only large member."""
    if not terraform.looks_like(content):
        for value in content.values():
            if isinstance(value, dict) and terraform.looks_like(value):
                return value
    return content


def _refuse_state(name: str, content: Mapping[str, Json]) -> None:
    """A state says what is there, and nothing of what would change."""
    shown = "format_version" in content and "values" in content
    if shown or ("terraform_version" in content and "lineage" in content) or "serial" in content:
        raise InputError("plan_is_state", place=Place(name))
