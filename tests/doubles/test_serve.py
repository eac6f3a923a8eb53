from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import boto3
import pytest

from tests.doubles.aws import REPOSITORY
from tests.doubles.aws_estate import MONTREAL, TRAIL_BUCKET


@pytest.mark.slow
def test_both_clouds_are_served_until_they_are_stopped() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.doubles", "serve"], stdout=subprocess.PIPE, cwd=REPOSITORY
    ) as served:
        try:
            assert served.stdout is not None
            told = json.loads(served.stdout.readline())
            request = urllib.request.Request(f"{told['azure']}/subscriptions?api-version=2022-12-01")
            request.add_header("Authorization", "Bearer fake")
            with urllib.request.urlopen(request, timeout=10) as answer:
                listed = [item["subscriptionId"] for item in json.load(answer)["value"]]
            assert listed == told["subscriptions"]
            s3 = boto3.client(
                "s3",
                endpoint_url=told["aws"],
                region_name=MONTREAL,
                aws_access_key_id="any",
                aws_secret_access_key="any",
            )
            assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [TRAIL_BUCKET]
        finally:
            served.terminate()
        assert served.wait(timeout=10) == 0


def test_anything_else_says_how_it_is_called() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.doubles"], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert run.returncode == 2
    assert run.stderr == "usage: python -m tests.doubles serve [PORT]\n"
