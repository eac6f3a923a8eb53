"""The organisation's own list of systems as a source, with what ties resources to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from sovercheck import strictyaml
from sovercheck.errors import InputError, Place
from sovercheck.inventory.rows import Item
from sovercheck.inventory.systems import Systems, read_systems
from sovercheck.inventory.ties import Matcher
from sovercheck.light import dataclass


@dataclass(frozen=True, slots=True)
class SystemsFile:
    """The file that `systems:` names in the configuration.

    Attributes:
        path: of the file.
        shown: what errors and the coverage call it, its path as written in the configuration.
        by: the organisation, which declares its systems.
    """

    path: Path
    shown: str
    by: str
    kind: ClassVar[str] = "systems"

    @property
    def name(self) -> str:
        """The path, as it was written."""
        return self.shown

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """See `Source`."""
        if not self.path.is_file():
            raise InputError("systems_missing", place=Place(self.shown))
        return ((self.shown, self.path),)

    def collect(self) -> Iterator[Item]:
        """The systems.

        Raises:
            InputError: there is no such file, or a mistake in it; `SeveralErrors` for all of them.
        """
        yield from self._read().rows

    def matchers(self) -> tuple[Matcher, ...]:
        """What ties resources to the systems; raises as `collect` does."""
        return self._read().matchers

    def _read(self) -> Systems:
        if not self.path.is_file():
            raise InputError("systems_missing", place=Place(self.shown))
        return read_systems(strictyaml.load(self.path, name=self.shown), self.by)
