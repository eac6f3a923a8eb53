"""What a source is: it reads one kind of thing, and yields rows, gaps and notes. It gathers and never judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Item


@runtime_checkable
class Source(Protocol):
    """One thing to read: a folder of declarations, a spreadsheet, an account.

    Attributes:
        kind: what it reads, as its key in `sovercheck.yaml` (`declarations`, `inventory`).
        name: which one, unique in a run: it stands in the coverage and in the gaps.
    """

    @property
    def kind(self) -> str:
        """See the class."""

    @property
    def name(self) -> str:
        """See the class."""

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """The files that it reads, each as errors name it: their hashes stand in the assessment.

        Raises:
            InputError: there is no such file or folder.
        """

    def collect(self) -> Iterator[Item]:
        """Reads it.

        What the other side refuses is a gap; what its user can mend is an error.

        Raises:
            InputError: what stands there cannot be read as it is.
        """


@dataclass(frozen=True, slots=True)
class Shipped:
    """A source that ships with the product; its module is imported only where it is configured.

    Attributes:
        kind: its key in `sovercheck.yaml`.
        module: the module of its class.
        name: of its class.
        evidence: the strongest grade that its facts have.
    """

    kind: str
    module: str
    name: str
    evidence: Grade


SHIPPED: tuple[Shipped, ...] = (
    Shipped("declarations", "sovercheck.sources.declarations", "Declarations", Grade.DOCUMENTED),
    Shipped("inventory", "sovercheck.sources.spreadsheet", "Spreadsheet", Grade.DOCUMENTED),
)
