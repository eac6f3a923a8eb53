"""An AWS to speak to: moto's server on the loopback, seeded with the estate of `aws_estate`.

What moto lacks is told in `aws_estate`, where it makes the estate less than it should be.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.doubles.aws_estate import AwsEstate, seed_aws


@contextlib.contextmanager
def aws_double() -> Iterator[tuple[str, AwsEstate]]:
    """The address of a moto server that holds the estate, and the estate; the server ends with the block."""
    # Otherwise moto gives every account some five hundred snapshots a region, as if it owned them.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        yield url, seed_aws(url)
    finally:
        server.stop()
