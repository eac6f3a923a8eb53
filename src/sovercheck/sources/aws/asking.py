"""Asking AWS: one call at a time, within the service's budget, never twice for what the journal has.

Only calls whose names begin as those of reading do are made; any other raises before it leaves.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.paginate import Paginator, PaginatorModel

from sovercheck import __version__
from sovercheck.sources.aws import failures
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.budget import Budgets
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import ABSENT, Json, Path, keep
from sovercheck.sources.readers import Result

READS = re.compile(r"(List|Get|Describe|Head|BatchGet|Search|Select)[A-Z]|AssumeRole\Z")
"""The names of the operations that may be called."""

CEILINGS: Mapping[str, float] = {"s3": 100, "kms": 50, "ec2": 20, "cloudwatch": 20, "organizations": 5}
"""Requests a second of services whose quotas allow more, or less, than the usual budget. S3's own is 5,500 a second a
prefix, that of KMS's DescribeKey 100 a second an account and region."""
USUAL_CEILING = 20.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a scan insists.

    Attributes:
        attempts: how often a call is made that is throttled.
        repeats: how often one is made that fails for a reason that may pass.
        first_wait: seconds before the second attempt; each further one waits twice as long.
        connect: seconds to wait for a connection.
        read: seconds to wait for an answer.
    """

    attempts: int = 6
    repeats: int = 3
    first_wait: float = 0.5
    connect: float = 10
    read: float = 60


@dataclass(slots=True)
class Counters:
    """What a scan has done so far; read by whoever tells of it while it goes on."""

    calls: int = 0
    throttled: int = 0
    refused: int = 0
    units: int = 0
    units_done: int = 0
    resources: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **counts: int) -> None:
        """Adds to some of them."""
        with self.lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    def snapshot(self) -> dict[str, int]:
        """All of them, as they are now."""
        with self.lock:
            names = ("calls", "throttled", "refused", "units", "units_done", "resources")
            return {name: getattr(self, name) for name in names}


class NotAReadError(Exception):
    """A call that does not read was about to be made: a fault of the program."""


Kept = Mapping[tuple[str, str], tuple[Path, ...]]
"""(service, operation) → what is kept of its answers."""


class Asker:
    """Asks on behalf of one account.

    Args:
        account: its id.
        session: its credentials.
        journal: where answers are kept.
        kept: what is kept of them.
        threads: how many may ask at once.
        patience: how long to insist.
        counters: told of each call.
    """

    def __init__(
        self,
        account: str,
        session: boto3.Session,
        journal: Journal,
        kept: Kept,
        *,
        threads: int,
        budgets: Budgets,
        patience: Patience,
        counters: Counters,
    ) -> None:
        self.account = account
        self.journal = journal
        self._session = session
        self._kept = kept
        self._budgets = budgets
        self._patience = patience
        self._counters = counters
        self._config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            max_pool_connections=threads + 4,
            user_agent_extra=f"sovercheck/{__version__}",
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._flying: dict[int, threading.Event] = {}
        self._ended: Refusal | None = None

    def fetch(self, ask: Ask, call: Call) -> Result:
        """The answer of a completing call, its pages joined; from the journal where it has it."""
        with self._alone(ask):
            if not self.journal.has(ask) and self.journal.refusal(ask) is None:
                self._complete(ask, call)
        refused = self.journal.refusal(ask)
        if refused is not None:
            return refused
        found = self.journal.answer(ask)
        return ABSENT if found is None else found

    def pages(self, ask: Ask, call: Call) -> Iterator[Json]:
        """The pages of a listing, each kept as it comes; none further once the other side refuses."""
        with self._alone(ask):
            if not self.journal.has(ask) and self.journal.refusal(ask) is None:
                yield from self._list(ask, call)
                return
        yield from self.journal.pages(ask) or ()

    def _list(self, ask: Ask, call: Call) -> Iterator[Json]:
        kept: list[int] = []
        try:
            for number, page in enumerate(self.raw_pages(ask)):
                answer = self._plain(ask, page)
                kept.append(self.journal.put_page(ask, number, answer))
                yield answer
        except failures.FAILURES as error:
            if failures.is_absence(error, call.absent_on):
                self.journal.end(ask, kept)
            else:
                self.refuse(ask, failures.refusal(error, permission(call)))
        else:
            self.journal.end(ask, kept)

    def _complete(self, ask: Ask, call: Call) -> None:
        try:
            pages = [self._plain(ask, page) for page in self.raw_pages(ask)]
        except failures.FAILURES as error:
            told = failures.told_anyway(error)
            if told is not None or failures.is_absence(error, call.absent_on):
                self.journal.put(ask, told)
            else:
                self.refuse(ask, failures.refusal(error, permission(call)))
        else:
            self.journal.put(ask, _joined(pages))

    def refuse(self, ask: Ask, refused: Refusal) -> None:
        """Keeps a refusal; one that every further call would meet ends the asking."""
        self._counters.add(refused=1)
        if failures.is_final(refused):
            self._ended = self._ended or refused
        self.journal.refuse(ask, refused)

    @property
    def ended(self) -> Refusal | None:
        """Why nothing more is asked, where that is so."""
        return self._ended

    def raw_pages(self, ask: Ask) -> Iterator[Mapping[str, Any]]:
        """The pages as boto3 gives them, kept nowhere.

        Raises:
            Exception: one of `failures.FAILURES`.
        """
        model = self._paging(ask.service)
        operation = ask.operation

        def once(**parameters: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as boto3 takes them
            return self._call(ask, parameters)

        try:
            paging = model.get_paginator(operation)
        except ValueError:
            yield once(**ask.parameters)
            return
        paginator: Any = Paginator
        yield from paginator(once, paging, None).paginate(**ask.parameters)

    def _paging(self, service: str) -> PaginatorModel:
        inner: Any = self._session._session
        try:
            return cast(PaginatorModel, inner.get_paginator_model(service))
        except failures.FAILURES:
            return PaginatorModel({"pagination": {}})

    def _call(self, ask: Ask, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if not READS.match(ask.operation):
            raise NotAReadError(f"{ask.service}:{ask.operation}")
        if self._ended is not None:
            raise failures.EndedError(self._ended)
        budget = self._budgets.of(ask.service, ask.region)
        method = getattr(self._client(ask.service, ask.region), xform_name(ask.operation))
        for attempt in range(self._patience.attempts):
            budget.take()
            self._counters.add(calls=1)
            wait = self._patience.first_wait * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
            try:
                answer = cast(Mapping[str, Any], method(**parameters))
            except failures.FAILURES as error:
                last = attempt + 1 >= self._patience.attempts
                if failures.is_throttling(error) and not last:
                    self._counters.add(throttled=1)
                    budget.throttled(wait)
                elif failures.is_passing(error) and attempt + 1 < self._patience.repeats:
                    time.sleep(wait / 2)
                else:
                    raise
            else:
                budget.answered()
                return answer
        raise AssertionError  # the last attempt returns or raises

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3's clients have no types
        with self._lock:
            found = self._clients.get((service, region))
            if found is None:
                found = self._session.client(service, region_name=region, config=self._config)  # type: ignore[call-overload]
                self._clients[service, region] = found
            return found

    def _plain(self, ask: Ask, answer: Mapping[str, Any]) -> Json:
        paths = self._kept.get((ask.service, ask.operation), ())
        return plain(keep(paths, {name: value for name, value in answer.items() if name != "ResponseMetadata"}))

    @contextmanager
    def _alone(self, ask: Ask) -> Iterator[None]:
        """Lets one thread at a time ask the same thing: whoever comes second finds it in the journal."""
        key = ask.key
        while True:
            with self._lock:
                flying = self._flying.get(key)
                if flying is None:
                    self._flying[key] = threading.Event()
                    break
            flying.wait()
        try:
            yield
        finally:
            with self._lock:
                self._flying.pop(key).set()


def plain(value: object) -> Json:
    """An answer of boto3's as JSON has it: dates as texts, decimals as numbers, no bytes."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items() if not isinstance(item, bytes)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | bool | int | float) else None


def _joined(pages: list[Json]) -> Json:
    """The pages of an answer as one: lists end to end, of the rest the first."""
    if len(pages) == 1:
        return pages[0]
    whole: dict[str, Json] = {}
    for page in pages:
        for name, value in page.items() if isinstance(page, dict) else ():
            before = whole.setdefault(name, value)
            if before is not value and isinstance(before, list) and isinstance(value, list):
                whole[name] = [*before, *value]
    return whole
