"""Asking a cloud: each call once, its answer or its refusal into the journal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from sovercheck.sources.insist import Counters
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Json
from sovercheck.sources.readers import Result


class EndedError(Exception):
    """The credentials have ended: nothing more is asked, and everything left is refused for that reason."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.detail)


class Asker(ABC):
    """Asks with one set of credentials.

    Args:
        journal: where answers are kept.
        counters: told of each refusal.
    """

    failures: tuple[type[Exception], ...]
    """What a call can raise because of the other side or of the way there, `EndedError` among them."""

    def __init__(self, journal: Journal, counters: Counters) -> None:
        self.journal = journal
        self.counters = counters
        self.ended: Refusal | None = None

    @abstractmethod
    def answers(self, ask: Ask, call: Call) -> Iterator[Json]:
        """The pages of an answer as they come, cut down to what is kept of them.

        Raises:
            Exception: one of `failures`.
        """

    @abstractmethod
    def joined(self, pages: list[Json]) -> Json:
        """The pages of a completing call's answer as one."""

    @abstractmethod
    def absence(self, error: Exception, call: Call) -> Json | bool:
        """What to keep where a failure is how the service says that there is none (None), or tells all the same.

        Returns:
            False where it is a refusal.
        """

    @abstractmethod
    def refusal(self, error: Exception, call: Call) -> Refusal:
        """Why a call gave nothing."""

    @abstractmethod
    def ends(self, refusal: Refusal) -> bool:
        """Whether every other call with the same credentials will fail likewise."""

    def fetch(self, ask: Ask, call: Call) -> Result:
        """The answer of a completing call, its pages joined; from the journal where it has it."""
        with self.journal.alone(ask):
            if not self.journal.has(ask) and self.journal.refusal(ask) is None:
                try:
                    self.journal.put(ask, self.joined(list(self.answers(ask, call))))
                except self.failures as error:
                    self._failed(ask, call, error)
        refused = self.journal.refusal(ask)
        if refused is not None:
            return refused
        found = self.journal.answer(ask)
        return ABSENT if found is None else found

    def pages(self, ask: Ask, call: Call) -> Iterator[Json]:
        """The pages of a listing, each kept as it comes; none further once the other side refuses."""
        with self.journal.alone(ask):
            if not self.journal.has(ask) and self.journal.refusal(ask) is None:
                yield from self._listed(ask, call)
                return
        yield from self.journal.pages(ask) or ()

    def _listed(self, ask: Ask, call: Call) -> Iterator[Json]:
        kept: list[int] = []
        try:
            for number, page in enumerate(self.answers(ask, call)):
                kept.append(self.journal.put_page(ask, number, page))
                yield page
        except self.failures as error:
            if self.absence(error, call) is False:
                self.refuse(ask, self.refusal(error, call))
                return
        self.journal.end(ask, kept)

    def _failed(self, ask: Ask, call: Call, error: Exception) -> None:
        told = self.absence(error, call)
        if told is False:
            self.refuse(ask, self.refusal(error, call))
        else:
            self.journal.put(ask, told)

    def refuse(self, ask: Ask, refused: Refusal) -> None:
        """Keeps a refusal; one that every further call would meet ends the asking."""
        self.counters.add(refused=1)
        if self.ends(refused):
            self.ended = self.ended or refused
        self.journal.refuse(ask, refused)

    def check(self) -> None:
        """Before a call leaves.

        Raises:
            EndedError: the credentials have ended.
        """
        if self.ended is not None:
            raise EndedError(self.ended)
