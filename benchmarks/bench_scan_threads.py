"""What threads gain: the scan of 200 buckets with one thread and with sixteen, where each answer takes 120 ms.

Run: python -m benchmarks.bench_scan_threads

The scan asks a replay on the loopback (`benchmarks.replay`, not AWS). Both times are of whole fresh processes, with
what a start costs: the interpreter, boto3 and its models, the descriptions of kinds, a client for each service and
region.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.replay import Estate, serving
from benchmarks.scanning import Took, scanned

BUCKETS = 200
LATENCY = 0.12


def timed(threads: int) -> Took:
    """One scan, with so many threads."""
    with serving(Estate(buckets=BUCKETS, latency=LATENCY)) as replay, tempfile.TemporaryDirectory() as folder:
        took = scanned(replay, threads, Path(folder), ["object_bucket"])
    assert (took.resources, took.gaps) == (BUCKETS, 0), took
    return took


def main() -> None:
    """Measures, prints."""
    many, one = timed(16), timed(1)
    print(f"1 thread ÷ 16 threads, whole processes  {one.wall / many.wall:6.1f}   (bar: at least 6)")
    print(f"1 thread ÷ 16 threads, asking alone     {one.gather / many.gather:6.1f}")


if __name__ == "__main__":
    main()
