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
    plans = _of_json(found, path, asked) if found.json is not None else _of_text(found, path, asked)
    return tuple((plan, found.sha256) for plan in plans)


def _of_json(found: Document, path: Path, asked: Asked) -> tuple[Plan, ...]:
    assert found.json is not None  # noqa: S101 - asked for
    content = _unwrapped(found.json)
    if terraform.looks_like(content):
        return (terraform.read(found.name, content, asked),)
    # Read only where they are given: each brings modules of its own.
    from sovercheck.sources.plans import arm, cdk, changeset, cloudformation, pulumi, what_if

    if arm.looks_like(content):
        return (arm.read(found.name, found.text, asked),)
    if what_if.looks_like(content):
        return (what_if.read(found.name, found.text, asked),)
    if pulumi.looks_like(content):
        return (pulumi.read(found.name, found.text, asked),)
    if changeset.looks_like(content):
        return (changeset.read(found.name, content, asked),)
    if cdk.looks_like(content):
        return cdk.read_cdk(path, asked, found.name)
    if cloudformation.looks_like(content):
        return (cloudformation.read(found.name, found.text, asked, path.parent),)
    _refuse_state(found.name, content)
    raise InputError("plan_unknown", place=Place(found.name), expected=READS)


def _of_text(found: Document, path: Path, asked: Asked) -> tuple[Plan, ...]:
    """JSON with comments, which only Azure's templates have; else YAML."""
    from sovercheck.sources.plans import arm, cloudformation
    from sovercheck.sources.plans.template_text import read_text

    if found.text.lstrip().startswith(("{", "//", "/*")):
        return (arm.read(found.name, found.text, asked),)
    # Of what has nothing of a template, that it is bad YAML helps nobody.
    if "Resources" not in found.text or not cloudformation.looks_like(read_text(found.name, found.text).value):
        raise InputError("plan_unknown", place=Place(found.name), expected=READS)
    return (cloudformation.read(found.name, found.text, asked, path.parent),)


def _folder(path: Path, name: str, asked: Asked) -> tuple[tuple[Plan, str], ...]:
    from sovercheck.sources.plans import cdk

    manifest = path / "manifest.json"
    if not manifest.is_file():
        raise InputError("plan_folder", place=Place(name))
    found = documents.load(manifest, f"{name}/manifest.json")
    if not cdk.looks_like(found.json):
        raise InputError("plan_unknown", place=Place(found.name), expected=READS)
    return tuple((plan, found.sha256) for plan in cdk.read_cdk(path, asked, name))


def _unwrapped(content: dict[str, Json]) -> dict[str, Json]:
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
