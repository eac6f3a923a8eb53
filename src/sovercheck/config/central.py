"""The files that a configuration names, and the pin over a central one and all of them.

    extends:
      file: ../centre/sovercheck.yaml
      sha256: 5f0c…

The pin is the SHA-256 of a list: for each file, in the order of its path from the central file's folder, a line of the
SHA-256 of its bytes, two spaces and that path with `/`. So nothing in the centre changes, comes or goes unnoticed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from sovercheck.config import Locate, sha256_of
from sovercheck.errors import ConfigurationError
from sovercheck.light import dataclass
from sovercheck.policy.folders import policy_folders
from sovercheck.policy.loader import shipped_ids
from sovercheck.sources.declarations import Declarations
from sovercheck.strictyaml import Document, Path_, Value

Kind = Literal["extends", "file", "declarations", "policies"]


@dataclass(frozen=True, slots=True)
class Named:
    """A file or folder that a configuration names.

    Attributes:
        kind: what is read of it: the file, the declarations in it, the policies in it, or what it extends.
        name: as written.
        at: where in the configuration.
    """

    kind: Kind
    name: str
    at: Path_


def named(value: Value) -> Iterator[Named]:
    """What a configuration names to be read, whatever else is wrong with it; shipped policies are not files of its."""
    if not isinstance(value, dict):
        return
    extends = value.get("extends")
    target = extends.get("file") if isinstance(extends, dict) else extends
    at: Path_ = ("extends", "file") if isinstance(extends, dict) else ("extends",)
    if isinstance(target, str):
        yield Named("extends", target, at)
    for key in ("systems", "waivers"):
        name = value.get(key)
        if isinstance(name, str):
            yield Named("file", name, (key,))
    for number, entry in enumerate(_listed(value.get("sources"))):
        if not isinstance(entry, dict):
            continue
        folder, sheet = entry.get("declarations"), entry.get("inventory")
        if isinstance(folder, str):
            yield Named("declarations", folder, ("sources", number, "declarations"))
        if isinstance(sheet, dict) and isinstance(sheet.get("file"), str):
            yield Named("file", str(sheet["file"]), ("sources", number, "inventory", "file"))
    known = shipped_ids()
    for number, policy in enumerate(_listed(value.get("policies"))):
        if isinstance(policy, str) and policy not in known:
            yield Named("policies", policy, ("policies", number))


def pinned_files(path: Path, document: Document, locate: Locate) -> dict[str, Path]:
    """Every file that a central configuration's pin covers: its path from that file's folder → where it is.

    Args:
        path: of the central file.
        document: what it says.
        locate: where what it names is to be read.

    Raises:
        SovercheckError: a file that it names is not there.
    """
    found = {path.name: path}
    for one in named(document.value):
        target = locate(path.parent / one.name)
        if not target.exists():
            raise ConfigurationError("central_file_missing", place=document.place(*one.at), name=one.name)
        for file in _files(one, target):
            inside = os.path.relpath(file, target)
            found[Path(os.path.normpath(Path(one.name) / inside)).as_posix()] = file
    return found


def pin(files: Iterable[tuple[str, Path]]) -> str:
    """The pin over files, each with its path from the central file's folder.

    Raises:
        InputError: one cannot be read.
    """
    lines = [f"{sha256_of(path)}  {name}\n" for name, path in sorted(files)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _files(one: Named, target: Path) -> Iterator[Path]:
    if one.kind == "declarations":
        yield from Declarations(target, one.name).files()
    elif one.kind == "policies":
        for folder in policy_folders(target):
            yield from (path for path in folder.iterdir() if path.suffix == ".yaml")
    else:
        yield target


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
