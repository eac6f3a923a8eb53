"""Asking Azure: Resource Graph and GETs of the management interface, within a budget, never twice.

Nothing else can be asked: `get` sends a GET, `graph` the one POST by which Resource Graph takes a query.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote, urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import DecodeError, HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

from sovercheck import __version__
from sovercheck.sources.asking import Asker
from sovercheck.sources.azure import failures
from sovercheck.sources.azure.kept import kept_row
from sovercheck.sources.azure.settings import LOOPBACK, AzureEntry
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience, insist
from sovercheck.sources.journal import Ask, Journal, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, Path, keep

# What azure-identity would write on stderr comes as a refusal.
logging.getLogger("azure").addHandler(logging.NullHandler())

GRAPH_PERMISSION = "Microsoft.ResourceGraph/resources/read"
_PAGE = 1_000
"""Rows a page of Resource Graph; it gives no more."""

CEILINGS: Mapping[str, float] = {"graph": 2.5}
"""Resource Graph answers 15 queries in five seconds."""

Kept = Mapping[str, tuple[Path, ...]]
"""The template of a GET → what is kept of its answer."""


class _Double:
    """The credentials of a double on this machine: there is nothing to prove."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("double", 4_102_444_800)


class _InTheClear(SansIOHTTPPolicy[Any, Any]):
    """Signs a request to this machine itself, which azure-core refuses to do without TLS."""

    def on_request(self, request: Any) -> None:  # noqa: ANN401 - azure-core's own
        request.http_request.headers["Authorization"] = "Bearer double"


class AzureAsker(Asker):
    """Asks on behalf of one tenant.

    Args:
        settings: where, and as whom.
        journal: where answers are kept.
        kept: what is kept of them.
        patience: how long to insist.
        counters: told of each call.
    """

    failures = failures.FAILURES

    def __init__(
        self, settings: AzureEntry, journal: Journal, kept: Kept, patience: Patience, counters: Counters
    ) -> None:
        super().__init__(journal, counters)
        self._kept = kept
        self._patience = patience
        self._host = urlsplit(settings.endpoint).hostname
        self._budgets = Budgets(settings.requests_per_second, CEILINGS)
        given: dict[str, Any] = {
            "base_url": settings.endpoint,
            "credential_scopes": [f"{settings.endpoint}/.default"],
            "retry_total": 0,
            "connection_timeout": patience.connect,
            "read_timeout": patience.read,
            "user_agent": f"sovercheck/{__version__}",
        }
        credential: Any = DefaultAzureCredential(**({"additionally_allowed_tenants": ["*"]} if settings.tenant else {}))
        if LOOPBACK.match(settings.endpoint):
            credential, given["authentication_policy"] = _Double(), _InTheClear()
        self._arm = ResourceManagementClient(credential, "none", **given)
        self._graph = ResourceGraphClient(credential, **given)

    def answers(self, ask: Ask, call: Call) -> Iterator[Json]:
        """See `Asker`."""
        return self._graph_pages(ask) if ask.service == "graph" else self._arm_pages(ask, call)

    def joined(self, pages: list[Json]) -> Json:
        """See `Asker`: the values of all pages, of the rest the first."""
        first = pages[0] if pages else None
        if not isinstance(first, dict) or "value" not in first:
            return first
        return {**first, "value": [value for page in pages if isinstance(page, dict) for value in _values(page)]}

    def absence(self, error: Exception, call: Call) -> Json | bool:
        """See `Asker`."""
        return None if failures.code_of(error) in call.absent_on else False

    def refusal(self, error: Exception, call: Call) -> Refusal:
        """See `Asker`."""
        return failures.refusal(error, call.permission or GRAPH_PERMISSION)

    def ends(self, refusal: Refusal) -> bool:
        """See `Asker`."""
        return failures.is_final(refusal)

    def _graph_pages(self, ask: Ask) -> Iterator[Json]:
        token: str | None = None
        read = 0
        while True:
            request = QueryRequest(
                query=f"{ask.operation} | order by id asc",
                subscriptions=list(ask.parameters["subscriptions"]),
                options=QueryRequestOptions(top=_PAGE, skip_token=token, result_format="objectArray"),
            )
            rows, token, total = self._insist("graph", lambda request=request: self._rows(request))
            yield {"data": [kept_row(row) for row in rows]}
            read += len(rows)
            if not token:
                if read < total:
                    # `resultTruncated` is also true of what a query itself limits.
                    raise DecodeError(f"Resource Graph gave {read} of {total} rows")
                return

    def _arm_pages(self, ask: Ask, call: Call) -> Iterator[Json]:
        paths = self._kept.get(call.operation)
        parameters = "&".join(f"{name}={quote(str(value))}" for name, value in ask.parameters.items())
        address = f"{ask.operation}?{parameters}"
        while True:
            body = self._insist("arm", lambda address=address: self._get(address))
            yield body if paths is None else keep(paths, body)
            following = body.get("nextLink") if isinstance(body, dict) else None
            if not isinstance(following, str) or not following:
                return
            if not self._is_theirs(following):
                raise DecodeError("The next page is of another host")
            address = following

    def _is_theirs(self, address: str) -> bool:
        """Whether an address is under the endpoint: what is asked there goes with the credentials."""
        host = urlsplit(address).hostname
        return host is None or host == self._host or host.endswith(f".{self._host}")

    def _rows(self, request: QueryRequest) -> tuple[list[Json], str | None, int]:
        """The rows of a page, where the next one begins, and how many rows all pages have."""
        answer = self._graph.resources(request)
        rows: object = answer.data
        if not isinstance(rows, list):
            # That is not an index that has nothing.
            raise DecodeError("Resource Graph answered without rows")
        return rows, answer.skip_token, answer.total_records or 0

    def _get(self, address: str) -> Json:
        response = self._arm.send_request(HttpRequest("GET", address))
        if response.status_code >= 400:
            raise HttpResponseError(response=response)
        return cast(Json, response.json())

    def _insist(self, service: str, once: Any) -> Any:  # noqa: ANN401 - what `once` gives
        self.check()
        return insist(once, failures.FAILING, self._budgets.of(service, "*"), self._patience, self.counters)


def _values(page: Mapping[str, Json]) -> list[Json]:
    found = page.get("value")
    return found if isinstance(found, list) else []
