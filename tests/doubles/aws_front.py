"""A front before moto's server: the double of AWS that a scan speaks to.

It is a double of a double. What moto answers it passes on; what moto lacks it answers empty, in the service's own
protocol, or as `aws_told` has it; and it does what no server of ours can be made to do: refuse, throttle, hang, break.
Once the estate is seeded nothing but reading passes, and every request is kept.

moto's own speed says nothing of a scan's: it is one process that answers one request at a time. For measurements the
front can keep every answer, give it again, and wait before each as a network does.
"""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self

from tests.doubles import aws_protocols as protocols
from tests.doubles.aws_estate import MANAGEMENT, AwsEstate
from tests.doubles.aws_protocols import Answer, Asked, Wire
from tests.doubles.aws_told import amended

READS = re.compile(r"(List|Get|Describe|Head|BatchGet|Search|Select)[A-Z].*|AssumeRole")
_ENTERED = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
_ROLE = re.compile(r"iam%3A%3A(\d{12})%3Arole")
_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})

What = Literal["denied", "throttled", "hang", "error", "garbage", "expired", "skewed", "cut"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong where; each place is a regular expression that the whole name must match.

    Attributes:
        what: `denied`, `throttled`, `hang` (no answer until the double ends), `error` (500), `garbage` (half of a
            document), `expired` (the token), `skewed` (the clock), `cut` (the connection is closed).
        service: as boto3 calls it.
        operation: of it.
        region: where.
        account: whose.
        said: all that the request says beside these.
        after: how many requests that fit go well first.
        times: to how many it then happens; without it to all.
    """

    what: What
    service: str = ".*"
    operation: str = ".*"
    region: str = ".*"
    account: str = ".*"
    said: str = ".*"
    after: int = 0
    times: int | None = None

    def fits(self, asked: Asked, account: str) -> bool:
        """Whether a request is one of those."""
        given = (
            (self.service, asked.service),
            (self.operation, asked.operation),
            (self.region, asked.region),
            (self.account, account),
            (self.said, asked.said),
        )
        return all(re.fullmatch(pattern, name, re.DOTALL) for pattern, name in given)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came: whose account, which service, region and operation, and all that it said."""

    account: str
    service: str
    region: str
    operation: str
    said: str


class AwsFront:
    """A server from `with` to its end.

    Args:
        behind: the address of moto's server.
        estate: what it holds.

    Attributes:
        behind: as given; what is seeded there is not counted as asked.
        estate: as given.
        calls: every request, in the order of their coming, also those that went wrong.
        refused: of these the ones that would have written something.
        lacking: (service, operation) of what moto lacks, and was answered empty.
        latency: seconds to wait before each answer.
        replay: whether an answer that was given once is given again without moto.
    """

    def __init__(self, behind: str, estate: AwsEstate) -> None:
        self.behind = behind
        self.estate = estate
        self._faults: dict[Fault, int] = {}
        self._accounts: dict[str, str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._kept: dict[Asked, Answer] = {}
        self.calls: list[Call] = []
        self.refused: list[Call] = []
        self.lacking: set[tuple[str, str]] = set()
        self.latency = 0.0
        self.replay = False
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """Its address, as `AWS_ENDPOINT_URL` takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        protocols.services()  # read before the first request, which would wait for it
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

    def clear(self) -> None:
        """From now on nothing goes wrong, and nothing has been asked; requests that hang are cut."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()
            self.refused.clear()
            self._over.set()
            self._over = threading.Event()

    def counted(self) -> Mapping[tuple[str, str], int]:
        """(service, operation) → how often it was asked."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for call in list(self.calls):
            found[call.service, call.operation] += 1
        return found

    def answer(self, wire: Wire) -> Answer | None:
        """What a request is answered; nothing where the connection is to be closed."""
        asked = protocols.asked(wire)
        if asked is None:
            return self._behind(wire)
        account = self._accounts.get(asked.key, MANAGEMENT)
        call = Call(account, asked.service, asked.region, asked.operation, asked.said)
        with self._lock:
            self.calls.append(call)
            fault = self._struck(asked, account)
            over = self._over
        if self.latency:
            time.sleep(self.latency)
        if not READS.fullmatch(asked.operation):
            self.refused.append(call)
            return protocols.failed(asked, 403, "AccessDenied", f"{asked.operation} does not read")
        if fault is not None:
            if fault.what == "hang":
                over.wait()
            return _failing(fault, asked)
        kept = self._kept.get(asked) if self.replay and asked.service != "sts" else None
        answer = kept or self._answered(wire, asked, account)
        if self.replay:
            self._kept[asked] = answer
        return answer

    def _answered(self, wire: Wire, asked: Asked, account: str) -> Answer:
        if asked.signing == "s3express":
            return protocols.empty(asked)  # moto takes it for S3, and lists every bucket
        if asked.operation == "DescribeEndpoints":
            # Where to ask the service's other operations: here, and not in AWS itself.
            return protocols.told(asked, {"Endpoints": [{"Address": self.url, "CachePeriodInMinutes": 60}]})
        answer = self._behind(wire)
        if asked.operation == "AssumeRole":
            key, role = _ENTERED.search(answer.body), _ROLE.search(asked.said)
            if key is not None and role is not None:
                self._accounts[key[1].decode()] = role[1]
        if _is_lacking(answer):
            self.lacking.add((asked.service, asked.operation))
            answer = protocols.empty(asked)
        return amended(asked, account, self.estate, answer)

    def _behind(self, wire: Wire) -> Answer:
        """What moto answers."""
        parts = urllib.parse.urlsplit(self.behind)
        assert parts.hostname is not None
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request(wire.method, wire.path, wire.body or None, dict(wire.headers))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        headers = tuple((name, value) for name, value in response.getheaders() if name.lower() not in _HOP)
        return Answer(response.status, body, headers)

    def _struck(self, asked: Asked, account: str) -> Fault | None:
        """The first fault that fits a request and still has a turn; each that fits, up to it, counts the request."""
        for fault, seen in self._faults.items():
            if fault.fits(asked, account):
                self._faults[fault] = seen + 1
                if seen >= fault.after and (fault.times is None or seen < fault.after + fault.times):
                    return fault
        return None


def _is_lacking(answer: Answer) -> bool:
    """Whether moto has no such operation, or fails in it: it answers a page, a fault of its own, or says so."""
    page = any(name.lower() == "content-type" and value.startswith("text/html") for name, value in answer.headers)
    return answer.status >= 500 or (answer.status >= 400 and page and b"<Error" not in answer.body)


PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
"""As signatures call a service → as IAM does, where they differ."""


def _failing(fault: Fault, asked: Asked) -> Answer | None:
    """The service's own failure of each sort."""
    json, ec2, s3 = asked.protocol in protocols.JSON_TYPES, asked.protocol == "ec2", asked.service == "s3"
    client = 400 if asked.protocol == "json" else 403
    match fault.what:
        case "denied":
            action = f"{PREFIXES.get(asked.signing, asked.signing)}:{asked.operation}"
            who = "arn:aws:sts::123456789012:assumed-role/lecture/sovercheck"
            told = "Access Denied" if s3 else f"User: {who} is not authorized to perform: {action}"
            code = "AccessDeniedException" if json else "UnauthorizedOperation" if ec2 else "AccessDenied"
            return protocols.failed(asked, client, code, told)
        case "throttled":
            code = "ThrottlingException" if json else "RequestLimitExceeded" if ec2 else "Throttling"
            return protocols.failed(asked, 503 if s3 or ec2 else 400, "SlowDown" if s3 else code, "Rate exceeded")
        case "error":
            return protocols.failed(asked, 500, "InternalFailure" if json else "InternalError", "We failed.")
        case "garbage":
            return Answer(200, b'{"half": [<a><b', (("Content-Type", "text/plain"),))
        case "expired":
            code = "ExpiredTokenException" if json else "RequestExpired" if ec2 else "ExpiredToken"
            return protocols.failed(asked, client, code, "The security token included in the request is expired")
        case "skewed":
            code = "InvalidSignatureException" if json else "RequestTimeTooSkewed" if s3 else "SignatureDoesNotMatch"
            return protocols.failed(asked, client, code, "Signature expired: the clock is off by an hour")
        case "hang" | "cut":
            return None


class _Server(ThreadingHTTPServer):
    """The socket, with the double that it answers for."""

    daemon_threads = True
    block_on_close = False  # a request that hangs must not hold the end
    request_queue_size = 128

    def __init__(self, front: AwsFront) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.front = front

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of who hung up, as a test of timeouts does; of all else, as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """HTTP to requests and answers, and nothing else."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = self.server.front.answer(Wire(self.command, self.path, headers, body))
        except ConnectionError:  # moto has ended, and so will whoever asks
            answer = None
        if answer is None:
            self.close_connection = True
            return
        try:
            self._send(answer)
        except ConnectionError:  # who asked has gone
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _respond  # noqa: N815 - the names that the base class calls

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: the double keeps its requests."""
