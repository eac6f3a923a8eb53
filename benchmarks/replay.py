"""A replay of AWS on the loopback: canned answers in the published shapes, generated as they are asked, and counted.

It is a replay, not AWS and not moto: it models what a scan of buckets, disks and log groups asks, and refuses the rest
with a 403, so that a benchmark that asks for more has a gap and fails. It answers each request after a set latency,
and tells on `GET /replay` what it was asked.

Its shapes are botocore's: `rest-xml` for S3, `query` for STS, `ec2` for EC2, `json` for KMS and Logs, and
`smithy-rpc-v2-cbor` for CloudWatch and tagging.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "111122223333"
HOMES = ("ca-central-1", "ca-west-1", "us-east-1", "eu-west-1")
"""The regions that have resources, each a fourth of them."""
REGIONS = (
    *HOMES,
    *("us-east-2", "us-west-1", "us-west-2", "sa-east-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
    *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
)
"""Those that are on."""
OPTED_OUT = ("af-south-1", "ap-east-1", "me-south-1")
KEYS = 4
"""Keys in each region, which buckets and disks name in turn."""

_PAGE = {"buckets": 1_000, "disks": 500, "log_groups": 50, "tags": 100}
_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


@dataclass(frozen=True, slots=True)
class Estate:
    """What the account has.

    Attributes:
        buckets: in all; one in twenty is replicated, one in four encrypted by a key of the customer's.
        disks: in all.
        log_groups: in all.
        latency: seconds before each answer.
    """

    buckets: int = 0
    disks: int = 0
    log_groups: int = 0
    latency: float = 0

    def here(self, kind: str, region: str) -> range:
        """The numbers of the resources of a region."""
        if region not in HOMES:
            return range(0)
        return range(HOMES.index(region), getattr(self, kind), len(HOMES))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a replay.

    Attributes:
        requests: how many requests came.
        repeated: those that came more than once, word for word.
        by_operation: how many of each operation.
    """

    requests: int
    repeated: tuple[str, ...]
    by_operation: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay that is being served by a process of its own.

    Attributes:
        address: where.
    """

    address: str

    def environment(self) -> dict[str, str]:
        """What a process needs to ask it rather than AWS."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "replay",
            "AWS_SECRET_ACCESS_KEY": "replay",
            "AWS_DEFAULT_REGION": "ca-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def asked(self) -> Asked:
        """What it was asked so far."""
        with urllib.request.urlopen(f"{self.address}/replay") as answer:
            return Asked(**json.load(answer))


@contextlib.contextmanager
def serving(estate: Estate) -> Iterator[Replay]:
    """Serves an estate from a process of its own, so that it does not share the interpreter of what is measured."""
    with process("benchmarks.replay", json.dumps(asdict(estate))) as address:
        yield Replay(address)


@contextlib.contextmanager
def process(module: str, argument: str) -> Iterator[str]:
    """Runs a replay; gives its address, which is its first line."""
    with subprocess.Popen([sys.executable, "-m", module, argument], stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            yield served.stdout.readline().strip()
        finally:
            served.terminate()


class _Log:
    """Counts requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._repeated: set[str] = set()
        self._operations: Counter[str] = Counter()

    def take(self, operation: str, whole: str) -> None:
        digest = hashlib.blake2b(whole.encode(), digest_size=8).hexdigest()
        with self._lock:
            self._operations[operation] += 1
            self._seen[digest] += 1
            if self._seen[digest] > 1:
                self._repeated.add(whole[:200])

    def told(self) -> dict[str, object]:
        with self._lock:
            return {
                "requests": sum(self._seen.values()),
                "repeated": sorted(self._repeated),
                "by_operation": dict(self._operations),
            }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    estate: Estate
    log: _Log

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.path == "/replay":
            self._send(200, json.dumps(self.log.told()).encode(), "application/json")
        else:
            self._answer(b"")

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, body: bytes) -> None:
        signed = _CREDENTIAL.search(self.headers.get("Authorization", ""))
        region, service = (signed["region"], signed["service"]) if signed else ("", "")
        target = self.headers.get("X-Amz-Target", "")
        status, answer, content_type, operation = self._of(service, region, target, body)
        text = f"{service} {region} {self.command} {self.path} {target} {body.decode(errors='replace')}"
        self.log.take(f"{service}:{operation}", text)
        time.sleep(self.estate.latency)
        self._send(status, answer, content_type)

    def _of(self, service: str, region: str, target: str, body: bytes) -> tuple[int, bytes, str, str]:
        estate = self.estate
        if service == "s3":
            status, answer, operation = _s3(estate, self.path, region)
            return status, answer, "application/xml", operation
        if service in ("sts", "ec2"):
            given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            answers = {"GetCallerIdentity": _caller, "DescribeRegions": _regions, "DescribeVolumes": _disks}
            if given["Action"] in answers:
                return 200, answers[given["Action"]](estate, region, given).encode(), "text/xml", given["Action"]
            return 403, b"", "text/xml", given["Action"]
        operation = target.rpartition(".")[2] or self.path.rpartition("/")[2]
        replies = {
            "DescribeKey": _key,
            "DescribeLogGroups": _log_groups,
            "DescribeSubscriptionFilters": lambda *_: {"subscriptionFilters": []},
            "ListMetrics": _metrics,
            "GetMetricData": _sizes,
            "GetResources": _tags,
        }
        if operation not in replies:
            error = "AWSOrganizationsNotInUseException" if service == "organizations" else "AccessDeniedException"
            body = json.dumps({"__type": error}).encode()
            return (400 if service == "organizations" else 403), body, "application/x-amz-json-1.1", operation
        reply = replies[operation](estate, region, body)
        if target:
            return 200, json.dumps(reply).encode(), "application/x-amz-json-1.1", operation
        return 200, cbor(reply), "application/cbor", operation

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if content_type == "application/cbor":
            self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def key_arn(region: str, number: int) -> str:
    """The key that the resource of a number names."""
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/00000000-0000-4000-8000-{number // len(HOMES) % KEYS:012}"


def _pages(numbers: range, kind: str, token: str | None) -> tuple[range, str | None]:
    start = int(token) if token else 0
    page = numbers[start : start + _PAGE[kind]]
    return page, str(start + _PAGE[kind]) if start + _PAGE[kind] < len(numbers) else None


_S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def _s3(estate: Estate, path: str, region: str) -> tuple[int, bytes, str]:
    address = urlsplit(path)
    given = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
    if address.path == "/":
        wanted = given.get("bucket-region", region)
        page, token = _pages(estate.here("buckets", wanted), "buckets", given.get("continuation-token"))
        listed = "".join(
            f"<Bucket><Name>dossiers-{n:07}</Name><CreationDate>2026-01-05T12:00:00.000Z</CreationDate>"
            f"<BucketRegion>{wanted}</BucketRegion></Bucket>"
            for n in page
        )
        more = f"<ContinuationToken>{token}</ContinuationToken>" if token else ""
        body = f"<ListAllMyBucketsResult {_S3}><Buckets>{listed}</Buckets>{more}</ListAllMyBucketsResult>"
        return 200, body.encode(), "ListBuckets"
    number = int(address.path.rpartition("-")[2])
    if "replication" in given:
        if number % 20:
            return _none("ReplicationConfigurationNotFoundError", "GetBucketReplication")
        # Within the four regions, the next one.
        body = (
            f"<ReplicationConfiguration {_S3}><Role>arn:aws:iam::{ACCOUNT}:role/replication</Role><Rule><ID>1</ID>"
            f"<Priority>1</Priority><Status>Enabled</Status><Filter/><Destination>"
            f"<Bucket>arn:aws:s3:::dossiers-{(number + 1) % estate.buckets:07}</Bucket></Destination></Rule>"
            "</ReplicationConfiguration>"
        )
        return 200, body.encode(), "GetBucketReplication"
    if "encryption" in given:
        home = HOMES[number % len(HOMES)]
        key = f"<KMSMasterKeyID>{key_arn(home, number)}</KMSMasterKeyID>" if number % 4 == 0 else ""
        body = (
            f"<ServerSideEncryptionConfiguration {_S3}><Rule><ApplyServerSideEncryptionByDefault>"
            f"<SSEAlgorithm>{'aws:kms' if key else 'AES256'}</SSEAlgorithm>{key}</ApplyServerSideEncryptionByDefault>"
            "</Rule></ServerSideEncryptionConfiguration>"
        )
        return 200, body.encode(), "GetBucketEncryption"
    if "policy" in given:
        return _none("NoSuchBucketPolicy", "GetBucketPolicy")
    return 403, b"", path


def _none(code: str, operation: str) -> tuple[int, bytes, str]:
    return 404, f"<Error><Code>{code}</Code><Message>none</Message></Error>".encode(), operation


def _caller(_: Estate, __: str, ___: Mapping[str, str]) -> str:
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{ACCOUNT}:user/replay</Arn><UserId>AIDAREPLAY</UserId><Account>{ACCOUNT}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )


def _regions(_: Estate, __: str, ___: Mapping[str, str]) -> str:
    listed = [(name, "opt-in-not-required") for name in REGIONS] + [(name, "not-opted-in") for name in OPTED_OUT]
    items = "".join(f"<item><regionName>{n}</regionName><optInStatus>{s}</optInStatus></item>" for n, s in listed)
    return f"<DescribeRegionsResponse {_EC2}><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"


_EC2 = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'


def _disks(estate: Estate, region: str, given: Mapping[str, str]) -> str:
    page, token = _pages(estate.here("disks", region), "disks", given.get("NextToken"))
    items = "".join(
        f"<item><volumeId>vol-{n:017x}</volumeId><size>{8 + n % 500}</size><availabilityZone>{region}a"
        f"</availabilityZone><status>in-use</status><createTime>2026-02-03T04:05:06.000Z</createTime><encrypted>true"
        f"</encrypted><kmsKeyId>{key_arn(region, n)}</kmsKeyId><volumeType>gp3</volumeType><iops>3000</iops><tagSet>"
        f"<item><key>systeme</key><value>systeme-{n % 300}</value></item>"
        f"<item><key>environnement</key><value>production</value></item></tagSet></item>"
        for n in page
    )
    more = f"<nextToken>{token}</nextToken>" if token else ""
    return f"<DescribeVolumesResponse {_EC2}><volumeSet>{items}</volumeSet>{more}</DescribeVolumesResponse>"


def _key(_: Estate, __: str, body: bytes) -> dict[str, Any]:
    arn = json.loads(body)["KeyId"]
    return {"KeyMetadata": {"Arn": arn, "KeyId": arn[-36:], "KeyManager": "CUSTOMER", "Origin": "AWS_KMS"}}


def _log_groups(estate: Estate, region: str, body: bytes) -> dict[str, Any]:
    page, token = _pages(estate.here("log_groups", region), "log_groups", json.loads(body or b"{}").get("nextToken"))
    groups = [{"logGroupName": f"/aws/lambda/fonction-{n:07}", "storedBytes": 1_000_000 + n} for n in page]
    return {"logGroups": groups} | ({"nextToken": token} if token else {})


def _dimensions(number: int) -> list[dict[str, str]]:
    return [
        {"Name": "BucketName", "Value": f"dossiers-{number:07}"},
        {"Name": "StorageType", "Value": "StandardStorage"},
    ]


def _metrics(estate: Estate, region: str, body: bytes) -> dict[str, Any]:
    page, token = _pages(estate.here("buckets", region), "disks", _token(body))
    metrics = [
        {"Namespace": "AWS/S3", "MetricName": "BucketSizeBytes", "Dimensions": _dimensions(number)} for number in page
    ]
    return {"Metrics": metrics} | ({"NextToken": token} if token else {})


def _sizes(_: Estate, __: str, body: bytes) -> dict[str, Any]:
    results = [
        {"Id": f"m{n}", "Label": "BucketSizeBytes", "Values": [5_000_000_000.0], "StatusCode": "Complete"}
        for n in range(body.count(b"StorageType"))
    ]
    return {"MetricDataResults": results}


def _tags(estate: Estate, region: str, body: bytes) -> dict[str, Any]:
    """One bucket and one log group in two, and every disk."""
    named = (
        [f"arn:aws:s3:::dossiers-{n:07}" for n in estate.here("buckets", region)[::2]]
        + [
            f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/lambda/fonction-{n:07}"
            for n in estate.here("log_groups", region)[::2]
        ]
        if estate.buckets or estate.log_groups
        else []
    )
    disks = estate.here("disks", region)
    page, token = _pages(range(len(named) + len(disks)), "tags", _token(body))
    arns = [
        named[n] if n < len(named) else f"arn:aws:ec2:{region}:{ACCOUNT}:volume/vol-{disks[n - len(named)]:017x}"
        for n in page
    ]
    listed = [
        {"ResourceARN": arn, "Tags": [{"Key": "systeme", "Value": f"systeme-{number % 300}"}]}
        for number, arn in zip(page, arns, strict=True)
    ]
    return {"ResourceTagMappingList": listed, "PaginationToken": token or ""}


def _token(body: bytes) -> str | None:
    """The token of a request in JSON, or in CBOR, where a byte of length stands between the member's name and it."""
    found = re.search(rb'(?:PaginationToken|NextToken)(?:": ?"|[\x60-\x77])(\d+)', body)
    return found[1].decode() if found else None


def cbor(value: object) -> bytes:
    """A value in CBOR: what the two services that speak it need of it."""
    if isinstance(value, float):
        import struct

        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _head(5, len(value)) + b"".join(cbor(str(key)) + cbor(item) for key, item in value.items())
    if isinstance(value, Sequence):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    raise TypeError(value)


def _head(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major << 5 | length])
    size = next(size for size in (1, 2, 4, 8) if length < 1 << (8 * size))
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + length.to_bytes(size, "big")


def main() -> None:
    """Serves until it is stopped; its first line says where."""

    class Handler(_Handler):
        estate = Estate(**json.loads(sys.argv[1]))
        log = _Log()

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
