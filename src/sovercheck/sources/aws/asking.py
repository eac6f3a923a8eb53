"""Asking AWS: one call at a time, within the service's budget, never twice for what the journal has.

Only calls whose names begin as those of reading do are made; any other raises before it leaves.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.paginate import Paginator, PaginatorModel
from botocore.parsers import ResponseParserError

from sovercheck import __version__
from sovercheck.sources.asking import Asker
from sovercheck.sources.aws import failures
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience, insist
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, Path, keep

READS = re.compile(r"(List|Get|Describe|Head|BatchGet|Search|Select)[A-Z]|AssumeRole\Z")
"""The names of the operations that may be called."""

CEILINGS: Mapping[str, float] = {"s3": 200, "kms": 50, "ec2": 20, "cloudwatch": 20, "organizations": 5}
"""Requests a second of services whose quotas allow more, or less, than the usual budget.

What AWS publishes of S3 is 5,500 reads a second for each prefix of a bucket, and nothing of the calls that read how a
bucket is set up. Those of a scan go to as many buckets as there are, three to each and no more, so that no bucket's
own readers notice them. 200 a second is a twenty-fifth of what one prefix bears, and above the 133 that 16 threads ask
of a service that answers in 120 ms: the threads bind, and the ceiling stands against what answers faster. What AWS
does not publish it tells by `SlowDown`, which halves the rate.

KMS's quota of DescribeKey is 100 a second for an account and region.
"""
USUAL_CEILING = 20.0


class NotAReadError(Exception):
    """A call that does not read was about to be made: a fault of the program."""


Kept = Mapping[tuple[str, str], tuple[Path, ...]]
"""(service, operation) → what is kept of its answers."""


class AwsAsker(Asker):
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

    failures = failures.FAILURES

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
        super().__init__(journal, counters)
        self.account = account
        self._session = session
        self._kept = kept
        self._budgets = budgets
        self._patience = patience
        self._config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            max_pool_connections=threads + 4,
            # Some services put the account before the host's name, which an address of one's own may not have.
            inject_host_prefix=not os.environ.get("AWS_ENDPOINT_URL"),
            user_agent_extra=f"sovercheck/{__version__}",
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def answers(self, ask: Ask, call: Call) -> Iterator[Json]:
        """See `Asker`."""
        paths = self._kept.get((ask.service, ask.operation), ())
        for page in self.raw_pages(ask):
            yield plain(keep(paths, {name: value for name, value in page.items() if name != "ResponseMetadata"}))

    def joined(self, pages: list[Json]) -> Json:
        """See `Asker`: lists end to end, of the rest the first."""
        if len(pages) == 1:
            return pages[0]
        whole: dict[str, Json] = {}
        for page in pages:
            for name, value in page.items() if isinstance(page, dict) else ():
                before = whole.setdefault(name, value)
                if before is not value and isinstance(before, list) and isinstance(value, list):
                    whole[name] = [*before, *value]
        return whole

    def absence(self, error: Exception, call: Call) -> Json | bool:
        """See `Asker`."""
        told = failures.told_anyway(error)
        return told if told is not None or failures.is_absence(error, call.absent_on) else False

    def refusal(self, error: Exception, call: Call) -> Refusal:
        """See `Asker`."""
        return failures.refusal(error, permission(call))

    def ends(self, refusal: Refusal) -> bool:
        """See `Asker`."""
        return failures.is_final(refusal)

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
            yield from unpaged(once, self._members(ask), ask.parameters)
            return
        paginator: Any = Paginator
        yield from paginator(once, paging, None).paginate(**ask.parameters)

    def _members(self, ask: Ask) -> frozenset[str]:
        """What the operation takes."""
        client = self._client(ask.service, ask.region)
        shape = client.meta.service_model.operation_model(ask.operation).input_shape
        return frozenset(shape.members) if shape is not None else frozenset()

    def _paging(self, service: str) -> PaginatorModel:
        inner: Any = self._session._session
        try:
            return cast(PaginatorModel, inner.get_paginator_model(service))
        except failures.FAILURES:
            return PaginatorModel({"pagination": {}})

    def _call(self, ask: Ask, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if not READS.match(ask.operation):
            raise NotAReadError(f"{ask.service}:{ask.operation}")
        self.check()
        budget = self._budgets.of(ask.service, ask.region)
        method = getattr(self._client(ask.service, ask.region), xform_name(ask.operation))
        answer = insist(lambda: method(**parameters), failures.FAILING, budget, self._patience, self.counters)
        return cast(Mapping[str, Any], answer)

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3's clients have no types
        found = self._clients.get((service, region))
        if found is not None:
            return found
        # One at a time: what they are made from is not made for several threads.
        with self._lock:
            found = self._clients.get((service, region))
            if found is None:
                found = self._session.client(service, region_name=region, config=self._config)  # type: ignore[call-overload]
                # Otherwise botocore takes a body that is no JSON for an answer with nothing in it.
                found.meta.events.register("before-parse", refuse_rubbish)
                self._clients[service, region] = found
            return found


def refuse_rubbish(operation_model: Any, response_dict: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401
    """Raises where an answer that should be JSON is not.

    Raises:
        ResponseParserError: it is not.
    """
    body = response_dict["body"]
    if (
        operation_model.service_model.resolved_protocol not in ("json", "rest-json")
        or response_dict["status_code"] >= 300
        or not isinstance(body, bytes)
        or not body
    ):
        return
    try:
        json.loads(body)
    except ValueError as error:
        raise ResponseParserError(f"{operation_model.name}: no JSON") from error


_TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker", "nextMarker")
_TAKEN_AS = {"NextMarker": ("NextMarker", "Marker"), "nextMarker": ("nextMarker", "marker")}


def unpaged(
    once: Callable[..., Mapping[str, Any]], members: frozenset[str], parameters: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The pages of an operation that botocore describes no paging of: by the token that it gives and takes.

    Args:
        once: makes the call.
        members: the names of what the operation takes.
        parameters: of the first call.
    """
    given = dict(parameters)
    while True:
        page = once(**given)
        yield page
        following = _following(page, members)
        if following is None or given.items() >= following.items():
            return
        given |= following


def _following(page: Mapping[str, Any], members: frozenset[str]) -> dict[str, Any] | None:
    for name in _TOKENS:
        token = page.get(name)
        taken = next((as_ for as_ in _TAKEN_AS.get(name, (name,)) if as_ in members), None)
        if token and taken is not None:
            return {taken: token}
    # Firehose starts after a name instead.
    if page.get("HasMoreDeliveryStreams") and page.get("DeliveryStreamNames"):
        return {"ExclusiveStartDeliveryStreamName": page["DeliveryStreamNames"][-1]}
    return None


def plain(value: object) -> Json:
    """An answer of boto3's as JSON has it: dates as texts, decimals as numbers, no bytes."""
    # The most frequent first: this is asked of every member of every answer.
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items() if not isinstance(item, bytes)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else None
