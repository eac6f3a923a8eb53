"""What a scan costs as it grows: 10,000 and 100,000 resources, from the first request to the saved inventory.

Run: python -m benchmarks.bench_scan_size [RESOURCES]

The scan asks replays on the loopback (`benchmarks.replay` and `benchmarks.azure_replay`, neither AWS nor Azure; the
answers come at once). On AWS 98 of a hundred resources are disks, listed by the page, one is a bucket with its three
calls, one a log group with its one; every disk has a line in the sweep of tags. On Azure all are disks, in pages of
Resource Graph, which the scan asks for no faster than its quota allows. Every scan is a fresh process; the peak is of
that process and of what it started.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.replay import Estate, process, serving
from benchmarks.scanning import Took, scanned, scanned_azure

KINDS = ("object_bucket", "disk", "log_store")


def timed(resources: int) -> Took:
    """One scan of so many resources."""
    part = resources // 100
    estate = Estate(buckets=part, disks=resources - 2 * part, log_groups=part)
    with serving(estate) as replay, tempfile.TemporaryDirectory() as folder:
        took = scanned(replay, 16, Path(folder), KINDS)
    assert (took.resources, took.gaps) == (resources, 0), took
    return took


def timed_azure(resources: int) -> Took:
    """One scan of so many disks of Azure."""
    with process("benchmarks.azure_replay", str(resources)) as address, tempfile.TemporaryDirectory() as folder:
        took = scanned_azure(address, Path(folder))
    assert (took.resources, took.gaps) == (resources, 0), took
    return took


def main() -> None:
    """Measures, prints."""
    resources = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for cloud, measured in (("AWS", timed), ("Azure", timed_azure)):
        small, large = measured(resources // 10), measured(resources)
        shares = {name: getattr(large, name) / large.total for name in ("gather", "rows", "finish", "save")}
        print(f"{cloud}: {resources:,} resources ÷ a tenth, time  {large.total / small.total:6.1f}   (bar: at most 11)")
        print(f"  the same, asking left out           {without(large) / without(small):6.1f}")
        print(f"  peak memory, MB                     {large.peak:6.0f}   (bar: under 500; a tenth {small.peak:.0f})")
        print(f"  of the time: {', '.join(f'{name} {share:.0%}' for name, share in shares.items())}")


def without(took: Took) -> float:
    """Seconds without asking."""
    return took.total - took.gather


if __name__ == "__main__":
    main()
