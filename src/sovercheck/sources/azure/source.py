"""Azure as a source: the subscriptions of a tenant, asked into a journal, and rows made from the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sovercheck.inventory.rows import Item
from sovercheck.sources.azure import permissions, trial
from sovercheck.sources.azure.asking import AzureAsker
from sovercheck.sources.azure.gather import Gathering
from sovercheck.sources.azure.kept import kept_answers
from sovercheck.sources.azure.rows import TenantRows
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.base import Tried, Work
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import Journal
from sovercheck.sources.telling import reporting, scanning


@dataclass(frozen=True, slots=True)
class Azure:
    """The Azure subscriptions that a configuration names.

    Attributes:
        settings: what `sovercheck.yaml` says.
        patience: how long to insist with a call.
    """

    settings: AzureEntry
    patience: Patience = field(default_factory=Patience)
    kind: ClassVar[str] = "azure"

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return self.settings.name

    def scan(self, work: Work) -> Iterator[Item]:
        """See `LiveSource`."""
        settings = self.settings
        wanted = None if settings.subscriptions == "all" else settings.subscriptions
        excluded = frozenset(word.lower() for word in settings.exclude)
        counters = Counters()
        with Journal(work.folder / f"{self.name}.ndjson", work.day) as journal:
            journal.forget_refusals()

            with reporting(counters, lambda counts: work.tell(scanning(self.name, 1, 0, [counts]))):
                asker = AzureAsker(settings, journal, kept_answers(), self.patience, counters)
                Gathering(asker, settings.threads, settings.management_group, wanted, excluded).run()
            work.tell(scanning(self.name, 1, 1, [counters.snapshot()]))
            yield from TenantRows(
                self.name,
                journal,
                wanted=wanted,
                group=settings.management_group,
                excluded=excluded,
                because=settings.because,
            ).rows()

    def trial(self, work: Work) -> Iterator[Tried]:
        """See `LiveSource`: the subscriptions, and what the credentials may do in each."""
        with Journal(work.folder / f"{self.name}.ndjson", work.day) as journal:
            asker = AzureAsker(self.settings, journal, kept_answers(), self.patience, Counters())
            yield from trial.tried(self.settings, asker)

    def least(self) -> Mapping[str, object]:
        """See `LiveSource`."""
        return permissions.role(self.settings)
