"""Serves both clouds, seeded, until stopped: `python -m tests.doubles serve [PORT]`, the port being Azure's.

One line of JSON tells where: `aws` and `azure` are the addresses, `accounts` and `subscriptions` what stands there.
Any access key is the management account's; any bearer token is good.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import sys
import threading
from types import FrameType

from tests.doubles.aws import aws_front
from tests.doubles.aws_front import Fault
from tests.doubles.azure import AzureDouble
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import MANAGEMENT_GROUP


def main(arguments: list[str]) -> int:
    """Serves, and says where."""
    if not arguments or arguments[0] != "serve" or not all(word.isdigit() for word in arguments[1:]):
        sys.stderr.write("usage: python -m tests.doubles serve [PORT]\n")
        return 2
    port = int(arguments[1]) if arguments[1:] else 0
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with contextlib.ExitStack() as both:
        front = both.enter_context(aws_front())
        # One permission is missing in one account, as in most: what it would have shown stays unknown, and is told.
        front.add_fault(Fault("denied", "s3", "GetBucketPolicy", account=front.estate.research))
        azure = both.enter_context(AzureDouble(AZURE_ESTATE, port=port))
        told = {
            "aws": front.url,
            "azure": azure.url,
            "accounts": dataclasses.asdict(front.estate),
            "tenant": AZURE_ESTATE.tenant_id,
            "management_group": MANAGEMENT_GROUP,
            "subscriptions": [item["subscriptionId"] for item in AZURE_ESTATE.subscriptions],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
