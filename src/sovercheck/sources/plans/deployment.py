"""To where a CloudFormation template is deployed, which it does not say itself: `samconfig.toml` beside it may."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from sovercheck.change import Spot
from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import Grade
from sovercheck.light import dataclass
from sovercheck.sources.plans.intrinsics import Stack
from sovercheck.sources.plans.model import Asked, Placed

SAMCONFIG = "samconfig.toml"

_DEPLOYED_BY_DEFAULT = ("template.yaml", "template.yml", "template.json")
"""The templates that SAM deploys where it is not told which."""

NOWHERE = Placed(None, why="not_in_plan", needs="--assume-region aws=…")


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is known of the deployments of a template.

    Attributes:
        placed: the region.
        account: of AWS.
        parameters: their values, by name; None for one that has several.
    """

    placed: Placed = NOWHERE
    account: str | None = None
    parameters: Mapping[str, str | None] = field(default_factory=dict)

    def or_assumed(self, asked: Asked) -> Deployment:
        """With what whoever runs the gate says: the region where nothing else tells, and the parameters in any case."""
        placed, assumed = self.placed, asked.assumed.get("aws")
        if placed.region is None and assumed is not None:
            placed = Placed(assumed, "assumed", Grade.ASSUMED, "--assume-region")
        return Deployment(placed, self.account, {**self.parameters, **asked.parameters})

    @property
    def stack(self) -> Stack:
        """For what the template is evaluated."""
        assumed = self.placed.rung == "assumed"
        return Stack(self.placed.region, assumed, self.account, self.parameters)


def beside(template: str, folder: Path, asked: Asked) -> Deployment:
    """What `samconfig.toml` says: the one in the folder of a template, or in that of the sources.

    Args:
        template: the template's file, without its folder.
        folder: in which it is.
        asked: which folder is that of the sources.

    Raises:
        InputError: it is there and is no TOML.
    """
    folders = [folder, *([Path(asked.sources)] if asked.sources is not None else [])]
    path = next((folder / SAMCONFIG for folder in folders if (folder / SAMCONFIG).is_file()), None)
    return _of_samconfig(path, template, asked) if path is not None else Deployment()


def _of_samconfig(path: Path, template: str, asked: Asked) -> Deployment:
    import tomllib

    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = Place(str(path), int(found[1]) if found else None)
        raise InputError("samconfig", place=place, problem=str(error)) from error
    settings = list(_settings(tables, template))
    parameters: dict[str, str | None] = {}
    for given in (_overrides(setting.get("parameter_overrides")) for setting in settings):
        for parameter, value in given.items():
            parameters[parameter] = value if parameters.get(parameter, value) == value else None
    regions = {region for setting in settings if isinstance(region := setting.get("region"), str)}
    if len(regions) > 1:
        placed = Placed(None, why="ambiguous", where=SAMCONFIG, needs="--assume-region aws=…")
        return Deployment(placed, parameters=parameters)
    if not regions:
        return Deployment(parameters=parameters)
    region = regions.pop()
    placed = Placed(region, "environment", where=SAMCONFIG, spot=_line_of(path, text, region, asked))
    return Deployment(placed, parameters=parameters)


def _settings(tables: Mapping[str, object], template: str) -> Iterator[Mapping[str, object]]:
    """What each environment says of a deployment, its `global` settings under those of `deploy`."""
    for environment in tables.values():
        if not isinstance(environment, dict):
            continue
        merged: dict[str, object] = {}
        for command in ("global", "deploy"):
            table = environment.get(command)
            given = table.get("parameters") if isinstance(table, dict) else None
            merged |= given if isinstance(given, dict) else {}
        other = merged.get("template_file", merged.get("template"))
        # A built template keeps its name: `.aws-sam/build/template.yaml`.
        named = (Path(other).name,) if isinstance(other, str) else _DEPLOYED_BY_DEFAULT
        if template in named:
            yield merged


def _overrides(given: object) -> dict[str, str]:
    """`A=b C="d e"`, a list of those, or a table."""
    import shlex

    if isinstance(given, dict):
        return {str(key): str(value) for key, value in given.items()}
    listed = given if isinstance(given, list) else [given]
    texts = [item for item in listed if isinstance(item, str)]
    found: dict[str, str] = {}
    for text in texts:
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
        pairs = iter(words)
        for word in pairs:
            # The long form, `ParameterKey=A,ParameterValue=b`.
            long = re.match(r"ParameterKey=([^,]+),ParameterValue=(.*)\Z", word, re.DOTALL)
            key, equals, value = (long[1], "=", long[2]) if long else word.partition("=")
            if equals:
                found[key] = value
    return found


def _line_of(path: Path, text: str, region: str, asked: Asked) -> Spot | None:
    written = re.compile(rf"\s*region\s*=\s*[\"']{re.escape(region)}[\"']")
    for number, line in enumerate(text.splitlines(), 1):
        if written.match(line):
            return Spot(shown(str(path), asked), number, number)
    return None


def shown(name: str, asked: Asked) -> str:
    """A file's name relative to the folder of the sources, where it is in it, with forward slashes."""
    path = Path(name)
    if asked.sources is not None:
        folder = Path(asked.sources)
        if path.is_relative_to(folder):
            path = path.relative_to(folder)
    return path.as_posix()
