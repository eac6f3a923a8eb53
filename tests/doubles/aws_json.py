"""A small double of the AWS services that speak JSON over one address: it answers what a test tells it to.

It stands in for what moto lacks (AWS Config's aggregated queries) and for refusals. It is no model of any service: it
checks nothing, and knows of a call only its name and its parameters, which it keeps.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""From the name of an operation and its parameters to what is answered; raises `Refused` for an error."""


class Refused(Exception):  # noqa: N818 - what a service answers, rather than a fault
    """An error to answer."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class JsonDouble:
    """A double that serves.

    Attributes:
        url: where.
        calls: what it was asked, in order: the operation and its parameters.
    """

    url: str
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


@contextlib.contextmanager
def aws_json(answer: Answer) -> Iterator[JsonDouble]:
    """Serves on the loopback while the block lasts."""
    calls: list[tuple[str, Mapping[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            calls.append((operation, given))
            try:
                status, said = 200, answer(operation, given)
            except Refused as error:
                status, said = 400, {"__type": error.code, "message": error.message}
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield JsonDouble(f"http://127.0.0.1:{server.server_port}", calls)
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
