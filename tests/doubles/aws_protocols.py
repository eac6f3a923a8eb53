"""What the published models of AWS's services say of a request: which operation it is, and how its answers look.

The models are botocore's own. A request names its service and region in the scope of its signature; its operation in a
header, in the form, or by method and path.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session

from sovercheck.sources.kinds import forms

_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_BESIDE = ("cloudwatch", "config", "ec2", "kms", "organizations", "resourcegroupstaggingapi", "s3", "sts")
"""Services that a scan asks beside those that descriptions name."""

_SESSION: Any = botocore.session.get_session()

JSON_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it came.

    Attributes:
        method: GET, POST …
        path: with its query.
        headers: with names in lower case.
        body: of it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: an HTTP status, headers and a body."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks.

    Attributes:
        key: the access key that signed it.
        service: the service as boto3 calls it; of several that share a name on the wire, one.
        signing: as the signature calls it.
        region: as the signature has it.
        operation: of the service; `?` where the models know none.
        said: all that it says beside these: what tells it from another call.
    """

    key: str
    service: str
    signing: str
    region: str
    operation: str
    said: str

    @property
    def protocol(self) -> str:
        """How the service talks: `json`, `rest-json`, `query`, `ec2`, `rest-xml`."""
        return str(_model(self.service).resolved_protocol)


def asked(wire: Wire) -> Asked | None:
    """What a request asks; None where it is not signed."""
    scope = _SCOPE.search(urllib.parse.unquote(wire.headers.get("authorization", "")))
    if scope is None:
        return None
    key, region, signing = scope.groups()
    service, operation = _named(signing, wire)
    said = f"{wire.method} {wire.path} {wire.body.decode(errors='replace')}"
    return Asked(key, service, signing, region, operation, said)


def empty(request: Asked) -> Answer:
    """The answer that has nothing in it."""
    return told(request, {})


def told(request: Asked, content: Mapping[str, Any]) -> Answer:
    """An answer in the service's own protocol.

    Args:
        request: what is answered.
        content: as the wire has it: times as numbers, of the XML protocols all as texts.
    """
    name = request.operation
    shape = _model(request.service).operation_model(name).output_shape if name != "?" else None
    match request.protocol:
        case "json" | "rest-json" as protocol:
            return Answer(200, json.dumps(content).encode(), (("Content-Type", JSON_TYPES[protocol]),))
        case "query":
            return _xml(
                200, f"<{name}Response><{name}Result>{_written(shape, content)}</{name}Result></{name}Response>"
            )
        case "ec2":
            return _xml(200, f"<{name}Response>{_written(shape, content)}</{name}Response>")
        case _:
            return _xml(200, f"<{name}Result>{_written(shape, content)}</{name}Result>")


def failed(request: Asked, status: int, code: str, message: str) -> Answer:
    """An error in the service's own protocol."""
    text = escape(message)
    match request.protocol:
        case "json" | "rest-json" as protocol:
            body = json.dumps({"__type": code, "message": message}).encode()
            return Answer(status, body, (("Content-Type", JSON_TYPES[protocol]), ("x-amzn-errortype", code)))
        case "ec2":
            return _xml(
                status,
                f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors></Response>",
            )
        case "rest-xml" if request.service == "s3":
            return _xml(status, f"<Error><Code>{code}</Code><Message>{text}</Message></Error>")
        case _:
            return _xml(
                status, f"<ErrorResponse><Error><Code>{code}</Code><Message>{text}</Message></Error></ErrorResponse>"
            )


def _xml(status: int, body: str) -> Answer:
    return Answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode(), (("Content-Type", "text/xml"),))


def _written(shape: Any, content: Any) -> str:
    """A value as the XML protocols write it, with the names that its shape gives to its members."""
    if isinstance(content, Mapping):
        named = ((shape.members[name], name, value) for name, value in content.items())
        return "".join(
            f"<{tag}>{_written(member, value)}</{tag}>"
            for member, name, value in named
            for tag in (member.serialization.get("name", name),)
        )
    if isinstance(content, list):
        tag = shape.member.serialization.get("name", "member")
        return "".join(f"<{tag}>{_written(shape.member, value)}</{tag}>" for value in content)
    return escape(str(content))


@cache
def services() -> Mapping[str, tuple[str, ...]]:
    """As signatures call them → as boto3 does."""
    ours = {call.service for _, form in forms("aws") for call in (form.listing, *form.also.values())}
    found: dict[str, tuple[str, ...]] = {}
    # The plain name first: of rds, docdb and neptune, which are one on the wire, rds stands for all.
    for service in sorted({*ours, *_BESIDE}, key=lambda name: (_signing(name) != name, name)):
        found[_signing(service)] = (*found.get(_signing(service), ()), service)
    return found


def _signing(service: str) -> str:
    metadata = _model(service).metadata
    return str(metadata.get("signingName") or metadata["endpointPrefix"])


@cache
def _model(service: str) -> Any:
    return _SESSION.get_service_model(service)


def _named(signing: str, wire: Wire) -> tuple[str, str]:
    if signing == "s3express":
        return "s3", "ListDirectoryBuckets" if wire.method == "GET" else "?"
    candidates = services().get(signing, ())
    target = wire.headers.get("x-amz-target")
    form = urllib.parse.parse_qs(wire.body.decode()) if b"Action=" in wire.body[:4096] else {}
    operation = target.rpartition(".")[2] if target else form["Action"][0] if "Action" in form else None
    if operation is not None:
        version = form.get("Version", [None])[0]
        for service in candidates:
            model = _model(service)
            if operation in model.operation_names and version in (None, model.api_version):
                return service, operation
        return candidates[0] if candidates else "sts", operation
    best = (-1, -1, -1, candidates[0] if candidates else "sts", "?")
    parts = urllib.parse.urlsplit(wire.path)
    query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    for service in candidates:
        for name, method, path, literal, length in _routes(service):
            if method == wire.method and path.fullmatch(parts.path) and literal.items() <= query.items():
                # Of two names for one thing (GetBucketLifecycle, …Configuration) the longer is today's.
                best = max(best, (len(literal), length, len(name), service, name))
    return best[3], best[4]


@cache
def _routes(service: str) -> tuple[tuple[str, str, re.Pattern[str], dict[str, str], int], ...]:
    """Of each operation: its name, method, path, the query that is part of its address, and how much of it is fixed."""
    model = _model(service)
    found = []
    for name in model.operation_names:
        if name == "ListDirectoryBuckets":
            continue  # it has the address of ListBuckets, and a signature of its own
        http = model.operation_model(name).http
        uri, _, query = http["requestUri"].partition("?")
        literal = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        pieces = re.split(r"\{([^}]+)\}", uri)
        pattern = "".join(
            re.escape(piece) if number % 2 == 0 else ".+" if piece.endswith("+") else "[^/]+"
            for number, piece in enumerate(pieces)
        )
        found.append((name, http["method"], re.compile(f"{pattern}/?"), literal, sum(map(len, pieces[::2]))))
    return tuple(found)
