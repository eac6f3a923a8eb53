"""A double of Azure's management API over HTTP, on the loopback: it answers reads from an estate, and refuses the rest.

It is a double: it holds what a scan asks, in the published shapes, and nothing of what Azure does. Where a request is
wrong in a way that Azure would refuse (no token, no `api-version`, a query or a type that does not exist), so does it.

The shapes are those of Azure/azure-rest-api-specs: Resource Graph `2024-04-01` (`QueryResponse`, `ErrorResponse`),
Subscriptions `2022-12-01` (`Subscription`, `Location`, `TenantIdDescription`), Management Groups `2023-04-01`,
Monitor metrics `2024-02-01` and diagnostic settings `2021-05-01-preview`; resources are as `azure_estate` says.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

from tests.doubles import azure_answers as answers
from tests.doubles import kusto
from tests.doubles.azure_answers import Answer, Json
from tests.doubles.azure_index import Index
from tests.doubles.azure_model import AzureEstate

_GRAPH = "/providers/microsoft.resourcegraph/resources"
_PERMISSIONS = "/providers/microsoft.authorization/permissions"
_METRICS = "/providers/microsoft.insights/metrics"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview|-alpha|-beta)?")

What = Literal["throttled", "forbidden", "error", "garbage", "hang", "cut", "expired"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong where.

    Attributes:
        what: `throttled` (429 with Retry-After), `forbidden` (403), `error` (500), `garbage` (half of a document),
            `hang` (no answer until the double ends), `cut` (the connection is closed), `expired` (401).
        path: a regular expression, searched in the path whatever the case.
        query: another, searched in the query to Resource Graph; without it any request of the path fits.
        after: how many requests that fit go well first.
        times: to how many it then happens; without it to all.
        retry_after: of a 429, in seconds.
    """

    what: What
    path: str = "."
    query: str = ""
    after: int = 0
    times: int | None = None
    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; its token is not kept."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json | None


class AzureDouble:
    """A server from `with` to its end.

    Args:
        estate: what it answers from.
        faults: that stand from the start.
        page: how many items a collection's page has; a Resource Graph page has what the request says, at most 1,000.
        port: on which it listens; any that is free where it is 0.

    Attributes:
        requests: every request, in the order of their coming, also those that went wrong.
        refused: of these the ones that would have written something.
    """

    def __init__(self, estate: AzureEstate, *faults: Fault, page: int = 100, port: int = 0) -> None:
        self._index = Index(estate, page)
        self._faults = dict.fromkeys(faults, 0)
        self._disabled: set[str] = set()
        self._partly: set[str] = set()
        self._hidden: list[str] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.requests: list[Request] = []
        self.refused: list[Request] = []
        self._server = _Server(self, port)

    @property
    def url(self) -> str:
        """Its address, as an endpoint of Azure Resource Manager."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def add_fault(self, fault: Fault) -> None:
        """From now on this goes wrong."""
        with self._lock:
            self._faults[fault] = 0

    def clear_faults(self) -> None:
        """From now on nothing goes wrong, and nothing is hidden or disabled."""
        with self._lock:
            self._faults.clear()
            self._hidden.clear()
            self._disabled.clear()
            self._partly.clear()

    def hide(self, scope: str) -> None:
        """Takes the right to read at and below a scope: ARM answers 403, and Resource Graph leaves it out unsaid."""
        self._hidden.append(scope.lower())

    def grant_partly(self, subscription: str) -> None:
        """Leaves the credentials a role that reads no more than some kinds of the subscription."""
        self._partly.add(f"/subscriptions/{subscription}")

    def disable(self, subscription: str) -> None:
        """Disables a subscription: its state says so, and what would write in it is answered 409."""
        self._disabled.add(subscription)

    def answer(self, request: Request, authorization: str) -> Answer | None:
        """What a request is answered; nothing where the connection is to be closed."""
        path = request.path.lower().rstrip("/")
        asks = request.method in ("GET", "HEAD") or (request.method == "POST" and path == _GRAPH)
        with self._lock:
            self.requests.append(request)
            if not asks:
                self.refused.append(request)
            fault = self._struck(request)
        if fault is not None:
            return self._failing(fault, request)
        if not authorization.startswith("Bearer "):
            return answers.no_token(self._index.estate.tenant_id)
        version = request.query.get("api-version")
        if version is None or not _VERSION.fullmatch(version):
            return answers.bad_version(version)
        if not asks:
            subscription = path.split("/")[2] if path.startswith("/subscriptions/") else ""
            if subscription in self._disabled:
                return answers.read_only(subscription)
            return answers.not_allowed(request.method)
        if path == _GRAPH:
            return self._graph(request.body or {})
        if self._is_hidden(path):
            return answers.forbidden(request.path)
        if path.endswith(_PERMISSIONS):
            return answers.permissions(partly=path.removesuffix(_PERMISSIONS) in self._partly)
        if path.endswith(_METRICS):
            return self._index.metrics(path.removesuffix(_METRICS), request.query)
        found = self._index.read(request.path.rstrip("/"), request.query, self.url)
        return self._with_states(found) if path.startswith("/subscriptions") else found

    def _struck(self, request: Request) -> Fault | None:
        """The first fault that fits a request and still has a turn; each that fits, up to it, counts the request."""
        asked = str((request.body or {}).get("query", ""))
        for fault, seen in self._faults.items():
            if re.search(fault.path, request.path, re.IGNORECASE) and re.search(fault.query, asked, re.IGNORECASE):
                self._faults[fault] = seen + 1
                if seen >= fault.after and (fault.times is None or seen < fault.after + fault.times):
                    return fault
        return None

    def _failing(self, fault: Fault, request: Request) -> Answer | None:
        graph = request.path.lower() == _GRAPH
        match fault.what:
            case "throttled":
                return answers.throttled(request.path, fault.retry_after, graph=graph)
            case "forbidden":
                return answers.graph_denied() if graph else answers.forbidden(request.path)
            case "error":
                return answers.broken()
            case "garbage":
                return answers.garbage()
            case "expired":
                return answers.expired(self._index.estate.tenant_id)
            case "hang":
                self._over.wait()
                return None
            case "cut":
                return None

    def _is_hidden(self, path: str) -> bool:
        return any(path == scope or path.startswith(f"{scope}/") for scope in self._hidden)

    def _with_states(self, found: Answer) -> Answer:
        """Of each subscription that was disabled, the state."""
        if not self._disabled or not isinstance(found.body, dict):
            return found

        def told(item: Json) -> Json:
            return (
                {**item, "state": "Disabled"}
                if item.get("subscriptionId") in self._disabled and "state" in item
                else item
            )

        value = found.body.get("value")
        body = told(found.body) if value is None else {**found.body, "value": [told(item) for item in value]}
        return Answer(found.status, body, found.headers)

    def _graph(self, body: Json) -> Answer:
        """A page of a Resource Graph query (`POST /providers/Microsoft.ResourceGraph/resources`).

        After "Working with large Azure resource data sets": a page of less than all has a `$skipToken` where the query
        projects `id`; where it does not, no token, and `resultTruncated` is true. Without `order by` the order is any.
        """
        options = body.get("options") or {}
        subscriptions = self._index.scope(body.get("subscriptions"), body.get("managementGroups"))
        if not subscriptions:
            return answers.no_subscription(body.get("subscriptions"))
        size = options.get("$top", 1000)
        if not 1 <= size <= 1000:
            return answers.graph_refused({"code": "InvalidOptions", "message": "$top must be between 1 and 1000."})
        query = str(body.get("query", ""))
        try:
            answer = self._index.ask(query, subscriptions)
            start = _offset(options.get("$skipToken"), query) + options.get("$skip", 0)
        except kusto.QueryError as error:
            return answers.graph_refused(*error.details)
        rows = answer.rows
        if self._hidden:
            rows = [row for row in rows if not self._is_hidden(str(row.get("id", "")).lower())]
        page = rows[start : start + size]
        more = start + size < len(rows)
        told: Json = {
            "totalRecords": len(rows),
            "count": len(page),
            "data": page if options.get("resultFormat", "objectArray") == "objectArray" else _as_table(page),
            "facets": [],
            "resultTruncated": "true" if more and not answer.pageable else "false",
        }
        if more and answer.pageable:
            told["$skipToken"] = base64.b64encode(json.dumps([start + size, query]).encode()).decode()
        return Answer(
            HTTPStatus.OK, told, {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}
        )


def _offset(token: str | None, query: str) -> int:
    """Where the page of a token starts; a token goes with its query only."""
    if token is None:
        return 0
    try:
        start, of = json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError) as error:
        raise kusto.QueryError("InvalidSkipToken", token) from error
    if of != query:
        raise kusto.QueryError("InvalidSkipToken", token)
    return int(start)


def _as_table(rows: list[kusto.Row]) -> Json:
    """Rows in the `table` format: the columns once, then arrays."""
    names = list(rows[0]) if rows else []
    columns = [{"name": name, "type": "string"} for name in names]
    return {"columns": columns, "rows": [[row[name] for name in names] for row in rows]}


class _Server(ThreadingHTTPServer):
    """The socket, with the double that it answers for."""

    daemon_threads = True
    block_on_close = False  # a request that hangs must not hold the end

    def __init__(self, double: AzureDouble, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.double = double


class _Handler(BaseHTTPRequestHandler):
    """HTTP to requests and answers, and nothing else."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length) if length else b""
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        body: Any = json.loads(content) if content else None
        request = Request(self.command, urllib.parse.unquote(parts.path), query, body)
        answer = self.server.double.answer(request, self.headers.get("Authorization", ""))
        if answer is None:
            self.close_connection = True
            return
        told = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(told)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _respond  # noqa: N815 — the names that the base class calls

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: the double keeps its requests."""
