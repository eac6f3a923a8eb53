"""What `cdk synth` writes, the folder `cdk.out`: its manifest names the stacks, their templates and where each goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sovercheck.errors import InputError, Place
from sovercheck.sources.kinds.path import Reference
from sovercheck.sources.plans.cloudformation import STACK, read_template
from sovercheck.sources.plans.deployment import NOWHERE, Deployment
from sovercheck.sources.plans.model import Asked, Change, Placed, Plan
from sovercheck.sources.plans.template_text import Plain, TemplateText, read_text

MANIFEST = "manifest.json"

_ASSET = "aws:asset:path"
"""The metadata of a nested stack that names its template in the assembly."""

_MOST_DEEP = 32
"""Assemblies, or nested stacks, one in another."""


def looks_like(document: object) -> bool:
    """Whether a document is the manifest of an assembly."""
    return isinstance(document, dict) and "version" in document and isinstance(document.get("artifacts"), dict)


def read_cdk(folder_or_manifest: Path, asked: Asked) -> tuple[Plan, ...]:
    """Reads every stack of an assembly, those of its stages and nested stacks too: a plan each.

    Args:
        folder_or_manifest: `cdk.out`, or the manifest in it.
        asked: a region for stacks that have none, the values of parameters.

    Raises:
        InputError: the manifest or a template cannot be read.
    """
    given = folder_or_manifest
    return tuple(_assembly(given.parent if given.name == MANIFEST else given, asked, 0))


def _assembly(folder: Path, asked: Asked, depth: int) -> Iterator[Plan]:
    path = folder / MANIFEST
    manifest = read_text(str(path), _text_of(path))
    if not isinstance(manifest.value, dict) or not looks_like(manifest.value) or depth > _MOST_DEEP:
        raise InputError("cdk_manifest", place=Place(str(path), 1, 1), problem="artifacts")
    artifacts = manifest.value["artifacts"]
    for identifier, artifact in artifacts.items() if isinstance(artifacts, dict) else ():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(artifact, dict) or not isinstance(properties, dict):
            continue
        place = manifest.place("artifacts", identifier)
        if artifact.get("type") == "aws:cloudformation:stack":
            yield from _stack(_inside(folder, properties.get("templateFile"), place), artifact, properties, asked)
        elif artifact.get("type") == "cdk:cloud-assembly":
            yield from _assembly(_inside(folder, properties.get("directoryName"), place), asked, depth + 1)


def _inside(folder: Path, named: Plain, place: Place) -> Path:
    """A file of the assembly; a name that leads out of it is no name of CDK's."""
    if not isinstance(named, str) or not (folder / named).resolve().is_relative_to(folder.resolve()):
        raise InputError("cdk_manifest", place=place, problem=str(named))
    return folder / named


def _stack(path: Path, artifact: Mapping[str, Plain], properties: Mapping[str, Plain], asked: Asked) -> Iterator[Plan]:
    account, region = _environment(artifact.get("environment"))
    given = properties.get("parameters")
    deployment = Deployment(
        placed=_placed(region),
        account=account,
        parameters={str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {},
    )
    yield from _with_nested(path, deployment, asked, 0)


def _placed(region: str | None) -> Placed:
    return NOWHERE if region is None else Placed(region, "environment", where=MANIFEST)


def _environment(given: Plain) -> tuple[str | None, str | None]:
    """The account and region of `aws://ACCOUNT/REGION`; `unknown-account` and `unknown-region` are no name."""
    account, _, region = str(given or "").removeprefix("aws://").partition("/")
    return _known(account), _known(region)


def _known(word: str) -> str | None:
    return word if word and not word.startswith("unknown-") else None


def _with_nested(path: Path, deployment: Deployment, asked: Asked, depth: int) -> Iterator[Plan]:
    """A stack, then those nested in it whose templates stand in the assembly."""
    template = read_text(str(path), _text_of(path))
    plan = read_template(template, "cdk", deployment, asked)
    nested: dict[str, Path] = {}
    for change in plan.changes:
        inner = _nested(template, change, path.parent) if depth < _MOST_DEEP else None
        if inner is not None:
            nested[change.address] = inner
    yield replace(plan, incomplete=tuple(item for item in plan.incomplete if item.what not in nested))
    for change in plan.changes:
        if change.address in nested:
            given = replace(deployment, parameters=_given(change))
            yield from _with_nested(nested[change.address], given, asked, depth + 1)


def _nested(template: TemplateText, change: Change, folder: Path) -> Path | None:
    """The template of a nested stack, where the assembly has it."""
    if change.native_type != STACK:
        return None
    body: Plain = template.value
    for step in ("Resources", change.address, "Metadata", _ASSET):
        body = body.get(step) if isinstance(body, dict) else None
    if not isinstance(body, str):
        return None
    path = _inside(folder, body, template.place("Resources", change.address))
    return path if path.is_file() else None


def _given(change: Change) -> dict[str, str | None]:
    """The parameters that a nested stack is given; None for one whose value its parent does not know yet."""
    values = change.after.values if change.after is not None else None
    parameters = values.get("Parameters") if isinstance(values, dict) else None
    if not isinstance(parameters, dict):
        return {}
    return {
        name: value if isinstance(value, str) and not isinstance(value, Reference) else None
        for name, value in parameters.items()
    }


def _text_of(path: Path) -> str:
    from sovercheck import strictyaml

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(str(path)), reason=error.strerror or str(error)) from error
    return strictyaml.decode(raw, str(path))
