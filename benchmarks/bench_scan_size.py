"""What a scan costs as it grows: 10,000 and 100,000 resources, from the first request to the saved inventory.

Run: python -m benchmarks.bench_scan_size [RESOURCES]

The scan asks a replay on the loopback (`benchmarks.replay`, not AWS; the answers come at once): of a hundred
resources 98 are disks, listed by the page, one is a bucket with its three calls, one a log group with its one. Each has
a line in the sweep of tags. Every scan is a fresh process; the peak is of that process and of what it started.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.replay import Estate, serving
from benchmarks.scanning import Took, scanned

KINDS = ("object_bucket", "disk", "log_store")


def timed(resources: int) -> Took:
    """One scan of so many resources."""
    part = resources // 100
    estate = Estate(buckets=part, disks=resources - 2 * part, log_groups=part)
    with serving(estate) as replay, tempfile.TemporaryDirectory() as folder:
        took = scanned(replay, 16, Path(folder), KINDS)
    assert (took.resources, took.gaps) == (resources, 0), took
    return took


def main() -> None:
    """Measures, prints."""
    resources = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    small, large = timed(resources // 10), timed(resources)
    print(f"{resources:,} resources ÷ a tenth, time    {large.total / small.total:6.1f}   (bar: at most 11)")
    print(f"the same without asking             {without(large) / without(small):6.1f}")
    print(f"peak memory, MB                     {large.peak:6.0f}   (bar: under 500; a tenth: {small.peak:.0f})")
    for name in ("gather", "rows", "finish", "save"):
        print(f"{name:<8} share of the time, %        {getattr(large, name) / large.total * 100:6.0f}")


def without(took: Took) -> float:
    """Seconds without asking."""
    return took.total - took.gather


if __name__ == "__main__":
    main()
