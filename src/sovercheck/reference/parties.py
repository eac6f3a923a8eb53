"""The parties that ship with the product: our own declarations about suppliers, each fact with its document."""

from __future__ import annotations

from pathlib import Path

from sovercheck import strictyaml


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
