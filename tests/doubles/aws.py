"""An AWS to speak to: moto's server on the loopback, seeded with the estate of `aws_estate`, behind our own front.

moto is a process of its own: it keeps what it holds in the interpreter, so that two servers in one would be the same.
The front (`aws_front`) is in the process that asks for it: what moto lacks stands there, and what can go wrong.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.doubles.aws_estate import AwsEstate, seed_aws
from tests.doubles.aws_front import AwsFront

REPOSITORY = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def aws_double() -> Iterator[tuple[str, AwsEstate]]:
    """The address of an AWS that holds the estate, and the estate; it ends with the block."""
    with aws_front() as front:
        yield front.url, front.estate


@contextlib.contextmanager
def aws_front() -> Iterator[AwsFront]:
    """The same, with all that can be done to it."""
    with moto() as (url, estate), AwsFront(url, estate) as front:
        yield front


@contextlib.contextmanager
def moto() -> Iterator[tuple[str, AwsEstate]]:
    """The address of a moto server that holds the estate, and the estate; the server ends with the block."""
    # No profile of the machine, and no proxy: the estate is seeded with keys of its own, on the loopback.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # Otherwise moto gives every account some five hundred snapshots a region, as if it owned them.
    environment = {**kept, "NO_PROXY": "127.0.0.1", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.doubles.aws"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what moto lacks it tells by its own stack
        cwd=REPOSITORY,
        env=environment,
        start_new_session=True,  # an interrupt of the terminal is the caller's to handle
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())
            yield told["url"], AwsEstate(**told["estate"])
        finally:
            server.stdin.close()
            server.wait(timeout=10)


def main() -> None:
    """Serves and seeds, says where on one line, and ends with its standard input: so with who started it."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    sys.stdout.write(json.dumps({"url": url, "estate": dataclasses.asdict(seed_aws(url))}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
