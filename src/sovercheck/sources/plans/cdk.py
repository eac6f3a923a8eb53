"""What `cdk synth` writes, the folder `cdk.out`: its manifest names the stacks, their templates and where each goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
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


def read_cdk(folder_or_manifest: Path, asked: Asked, name: str | None = None) -> tuple[Plan, ...]:
    """Reads every stack of an assembly, those of its stages and nested stacks too: a plan each.

    Args:
        folder_or_manifest: `cdk.out`, or the manifest in it.
        asked: a region for stacks that have none, the values of parameters.
        name: what errors and reports call the folder; its path by default.

    Raises:
        InputError: the manifest or a template cannot be read.
    """
    given = folder_or_manifest
    root = given.parent if given.name == MANIFEST else given
    return tuple(_Assembly(root, name or str(root), asked).plans(root, 0))


@dataclass(frozen=True, slots=True)
class _Assembly:
    """An assembly being read.

    Attributes:
        root: its folder.
        name: what errors and reports call that.
        asked: see `read_cdk`.
    """

    root: Path
    name: str
    asked: Asked

    def plans(self, folder: Path, depth: int) -> Iterator[Plan]:
        """Those of the assembly in a folder, the root or a stage below it."""
        manifest = self._read(folder / MANIFEST)
        if not isinstance(manifest.value, dict) or not looks_like(manifest.value) or depth > _MOST_DEEP:
            raise InputError("cdk_manifest", place=Place(manifest.file, 1, 1), problem="artifacts")
        artifacts = manifest.value["artifacts"]
        for identifier, artifact in artifacts.items() if isinstance(artifacts, dict) else ():
            properties = artifact.get("properties") if isinstance(artifact, dict) else None
            if not isinstance(artifact, dict) or not isinstance(properties, dict):
                continue
            place = manifest.place("artifacts", identifier)
            if artifact.get("type") == "aws:cloudformation:stack":
                path = _inside(folder, properties.get("templateFile"), place)
                yield from self._with_nested(path, _deployment(artifact.get("environment"), properties), 0)
            elif artifact.get("type") == "cdk:cloud-assembly":
                yield from self.plans(_inside(folder, properties.get("directoryName"), place), depth + 1)

    def _with_nested(self, path: Path, deployment: Deployment, depth: int) -> Iterator[Plan]:
        """A stack, then those nested in it whose templates stand in the assembly."""
        template = self._read(path)
        plan = read_template(template, "cdk", deployment, self.asked)
        nested: dict[str, Path] = {}
        for change in plan.changes:
            inner = _nested(template, change, path.parent) if depth < _MOST_DEEP else None
            if inner is not None:
                nested[change.address] = inner
        yield replace(plan, incomplete=tuple(item for item in plan.incomplete if item.what not in nested))
        for change in plan.changes:
            if change.address in nested:
                given = replace(deployment, parameters=_given(change))
                yield from self._with_nested(nested[change.address], given, depth + 1)

    def _read(self, path: Path) -> TemplateText:
        from sovercheck import strictyaml

        name = (Path(self.name) / path.relative_to(self.root)).as_posix()
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise InputError("unreadable_file", place=Place(name), reason=error.strerror or str(error)) from error
        return read_text(name, strictyaml.decode(raw, name))


def _inside(folder: Path, named: Plain, place: Place) -> Path:
    """A file of the assembly; a name that leads out of it is no name of CDK's."""
    if not isinstance(named, str) or not (folder / named).resolve().is_relative_to(folder.resolve()):
        raise InputError("cdk_manifest", place=place, problem=str(named))
    return folder / named


def _deployment(environment: Plain, properties: Mapping[str, Plain]) -> Deployment:
    account, region = _environment(environment)
    given = properties.get("parameters")
    parameters = {name: str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    return Deployment(_placed(region), account, parameters)


def _placed(region: str | None) -> Placed:
    return NOWHERE if region is None else Placed(region, "environment", where=MANIFEST)


def _environment(given: Plain) -> tuple[str | None, str | None]:
    """The account and region of `aws://ACCOUNT/REGION`; `unknown-account` and `unknown-region` are no name."""
    account, _, region = str(given or "").removeprefix("aws://").partition("/")
    return _known(account), _known(region)


def _known(word: str) -> str | None:
    return word if word and not word.startswith("unknown-") else None


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
