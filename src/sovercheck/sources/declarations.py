"""Declarations as a source: one YAML file, or every one in a folder and its sub-folders.

Suppliers write them about themselves, the organisation about its own systems, and about suppliers what their
contracts say. Links between files are checked once all sources are read (`inventory.records.check_references`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sovercheck import strictyaml
from sovercheck.errors import InputError, Place, SeveralErrors, SovercheckError, raise_all
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.rows import Item, Row

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Declarations:
    """The declarations of a file or a folder.

    Attributes:
        path: of the file or folder.
        shown: what errors and the coverage call it, its path as written in the configuration.
    """

    path: Path
    shown: str
    kind: ClassVar[str] = "declarations"

    @property
    def name(self) -> str:
        """The path, as it was written."""
        return self.shown

    def files(self) -> tuple[Path, ...]:
        """The files, in the order of their paths; none where the folder is empty.

        Hidden files and folders are left out, as those that editors and version control leave behind.

        Raises:
            InputError: there is no such file or folder.
        """
        if self.path.is_file():
            return (self.path,)
        if not self.path.is_dir():
            raise InputError("declarations_missing", place=Place(self.shown))
        found = (path for path in self.path.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
        return tuple(sorted(p for p in found if not any(x.startswith(".") for x in p.relative_to(self.path).parts)))

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """See `Source`."""
        return tuple((self._shown(path), path) for path in self.files())

    def collect(self) -> Iterator[Item]:
        """Every row of every file; nothing where the folder is empty.

        Raises:
            InputError: no such file or folder, or a mistake in one; `SeveralErrors` for those of all files.
        """
        rows: list[Row] = []
        errors: list[SovercheckError] = []
        for path in self.files():
            try:
                rows.extend(read_declaration(strictyaml.load(path, name=self._shown(path))))
            except SeveralErrors as error:
                errors.extend(error.errors)
            except InputError as error:
                errors.append(error)
        raise_all(errors)
        yield from rows

    def _shown(self, path: Path) -> str:
        inside = path.relative_to(self.path).as_posix()
        return self.shown if inside == "." else f"{self.shown.rstrip('/')}/{inside}"
