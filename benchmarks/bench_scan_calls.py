"""How many requests a scan of 200 buckets makes: all facts of each, its sizes, tags and keys besides.

Run: python -m benchmarks.bench_scan_calls

The scan asks a replay on the loopback (`benchmarks.replay`, not AWS), in the regions that AWS has on by default; every
kind but buckets is excluded by the settings. Prowler's figure is its S3 scan of 201 buckets, counted once; it is not
run here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.replay import Estate, serving
from benchmarks.scanning import scanned

BUCKETS = 200
PROWLER = 2_747
"""Requests of prowler 5.46.0 for the S3 checks on 201 buckets."""


def main() -> None:
    """Measures, prints."""
    with serving(Estate(buckets=BUCKETS)) as replay, tempfile.TemporaryDirectory() as folder:
        took = scanned(replay, 16, Path(folder), ["object_bucket"])
        asked = replay.asked()
    assert (took.resources, took.gaps) == (BUCKETS, 0), took
    buckets = {name: count for name, count in asked.by_operation.items() if name.startswith("s3:GetBucket")}
    beside = asked.requests - sum(buckets.values())
    print(f"calls a bucket, bar size       {sum(buckets.values()) / BUCKETS:8.2f}   (bar: at most 3)")
    print(f"requests made more than once   {len(asked.repeated):8}   (bar: none)")
    print(
        f"prowler ÷ all requests         {PROWLER / asked.requests:8.2f}   (bar: at least 3; {asked.requests} requests)"
    )
    print(f"requests beside the buckets'   {beside:8}   (regions, listings, tags, sizes, keys)")


if __name__ == "__main__":
    main()
