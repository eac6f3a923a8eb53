"""What a source is: it reads one kind of thing, and yields rows, gaps, notes and readings. It never judges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol, runtime_checkable

from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Item
from sovercheck.light import dataclass
from sovercheck.sources.journal import Refusal


@dataclass(frozen=True, slots=True)
class Scanning:
    """How far a scan is.

    Attributes:
        source: which one.
        accounts: accounts or subscriptions to read.
        accounts_begun: that are being read or have been.
        accounts_done: that have been read.
        listings: to be made in the accounts that are begun, as far as is known yet.
        listings_done: that have been made.
        calls: made so far.
        throttled: calls that the other side slowed down.
        refused: calls that it refused.
        resources: listed so far.
    """

    source: str
    accounts: int = 0
    accounts_begun: int = 0
    accounts_done: int = 0
    listings: int = 0
    listings_done: int = 0
    calls: int = 0
    throttled: int = 0
    refused: int = 0
    resources: int = 0


def _unheard(_: Scanning) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a source works with.

    Attributes:
        folder: for what it keeps while it reads, its owner's alone; what an interrupted scan left there is used.
        day: of the reading, ISO 8601.
        tell: told how far a scan is, from whatever thread.
    """

    folder: Path
    day: str
    tell: Callable[[Scanning], None] = field(default=_unheard)


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that was tried and gave nothing: what was asked (`sqs:ListQueues`), and why it gave nothing."""

    call: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying to read one account or subscription showed.

    Attributes:
        account: which one; `*` for what is asked of all of them together.
        about: who the credentials are, or what the account is called; empty where nobody said.
        answered: calls that were answered.
        failed: the others.
    """

    account: str
    about: str
    answered: int
    failed: tuple[Failed, ...] = ()


@runtime_checkable
class Source(Protocol):
    """One thing to read: a folder of declarations, a spreadsheet.

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


@runtime_checkable
class LiveSource(Protocol):
    """A cloud to read: what it gives can be saved, and judged again without asking it again.

    Attributes:
        kind: its key in `sovercheck.yaml` (`aws`, `azure`).
        name: which one, unique in a run.
    """

    @property
    def kind(self) -> str:
        """See the class."""

    @property
    def name(self) -> str:
        """See the class."""

    def scan(self, work: Work) -> Iterator[Item]:
        """Reads it: rows, gaps, notes, and a reading for each listing that was or was not made.

        What the other side refuses is a gap, also where there are no credentials at all.

        Raises:
            InputError: the disk refuses.
        """

    def trial(self, work: Work) -> Iterator[Tried]:
        """Tries the credentials and a small part of the calls, without reading anything whole.

        Raises:
            InputError: the disk refuses.
        """

    def least(self) -> Mapping[str, object]:
        """The smallest policy or role that reading it needs, as its provider takes it; no call is made for it."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud that is configured, and whose libraries are imported once it is read: the gate reads none.

    Attributes:
        kind: see `LiveSource`.
        name: see `LiveSource`.
        made: gives what reads it.
    """

    kind: str
    name: str
    made: Callable[[], LiveSource]

    def scan(self, work: Work) -> Iterator[Item]:
        """See `LiveSource`."""
        return self.made().scan(work)

    def trial(self, work: Work) -> Iterator[Tried]:
        """See `LiveSource`."""
        return self.made().trial(work)

    def least(self) -> Mapping[str, object]:
        """See `LiveSource`."""
        return self.made().least()


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
    Shipped("aws", "sovercheck.sources.aws.source", "Aws", Grade.OBSERVED),
    Shipped("azure", "sovercheck.sources.azure.source", "Azure", Grade.OBSERVED),
    Shipped("declarations", "sovercheck.sources.declarations", "Declarations", Grade.DOCUMENTED),
    Shipped("inventory", "sovercheck.sources.spreadsheet", "Spreadsheet", Grade.DOCUMENTED),
)
