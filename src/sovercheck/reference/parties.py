"""The parties that ship with the product: our own declarations about suppliers, each fact with its document."""

from __future__ import annotations

import json
from pathlib import Path

from sovercheck import bundle, strictyaml

COMPILED = "parties.json"
"""The file of the wheel's build with what `plain_parties` gives."""


def party_paths(folder: Path) -> tuple[Path, ...]:
    """The declarations of a folder of parties, in the order of their names."""
    return tuple(sorted(folder.glob("*.yaml")))


def party_documents(folder: Path) -> list[strictyaml.Document]:
    """Every declaration of a folder of parties, as written.

    They have the form of any declaration, and are read as one; their `leads:` are never facts.

    Raises:
        InputError: a file is not YAML.
    """
    return [strictyaml.load(path) for path in party_paths(folder)]


def shipped_party_documents() -> list[strictyaml.Document]:
    """The declarations that ship, as written; where the wheel's build compiled them, parts of them stand nowhere."""
    compiled = bundle.compiled(COMPILED)
    if compiled is None:
        return party_documents(_shipped())
    written = json.loads(compiled.read_text(encoding="utf-8"))
    return [strictyaml.Document(file, value, {}, {}) for file, value in written.items()]


def plain_parties() -> dict[str, strictyaml.Value]:
    """The name of each file that ships, and what it says now.

    Raises:
        InputError: a file is not YAML.
    """
    return {Path(document.file).name: document.value for document in party_documents(_shipped())}


def _shipped() -> Path:
    return bundle.policies() / "reference" / "parties"
