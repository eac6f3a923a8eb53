"""One scan of a replay in a process of its own: what it took, as JSON on stdout.

    python -m benchmarks.scanning aws THREADS FOLDER KIND…
    python -m benchmarks.scanning azure ADDRESS FOLDER

The scan is `sovercheck scan`'s own: the source gathers and makes rows, the builder spools, types and saves them. What
is not among the kinds is excluded by the settings, as a user would.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.replay import Replay

if TYPE_CHECKING:
    from sovercheck.sources.base import LiveSource


@dataclass(frozen=True, slots=True)
class Took:
    """What a scan took: seconds of each part, resources, gaps, and megabytes at the peak.

    Attributes:
        gather: asking, into the journal.
        rows: reading the journal, and spooling what it says.
        finish: typing, merging, marking.
        save: writing Parquet.
        wall: of the whole process, its start included.
        resources: that were listed: the account itself is a row too, and is none of them.
        copies: of all.
        gaps: all.
        peak: of the process and what it started.
    """

    gather: float
    rows: float
    finish: float
    save: float
    resources: int
    copies: int
    gaps: int
    peak: float
    wall: float = 0

    @property
    def total(self) -> float:
        """Seconds of all parts."""
        return self.gather + self.rows + self.finish + self.save


def scanned(replay: Replay, threads: int, folder: Path, kinds: Sequence[str]) -> Took:
    """Scans a replay of AWS in a fresh process."""
    return _run(["aws", str(threads), str(folder), *kinds], replay.environment())


def scanned_azure(address: str, folder: Path) -> Took:
    """Scans a replay of Azure in a fresh process."""
    return _run(["azure", address, str(folder)], {})


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> Took:
    command = [sys.executable, "-m", "benchmarks.scanning", *arguments]
    start = time.perf_counter()
    run = subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True)
    wall = time.perf_counter() - start
    return Took(**json.loads(run.stdout) | {"wall": wall})


def aws(threads: int, wanted: Sequence[str]) -> LiveSource:
    """AWS, with every kind excluded but some."""
    from sovercheck.sources.aws.settings import AwsEntry
    from sovercheck.sources.aws.source import Aws
    from sovercheck.sources.kinds import kinds

    return Aws(
        AwsEntry(
            exclude=[kind.id for kind in kinds() if kind.id not in wanted],
            because="benchmark",
            threads=threads,
            # The replay has no quotas: what is measured is the scan, not its restraint.
            requests_per_second=1_000,
        )
    )


def azure(address: str) -> LiveSource:
    """Azure."""
    from sovercheck.sources.azure.settings import AzureEntry
    from sovercheck.sources.azure.source import Azure

    return Azure(AzureEntry(endpoint=address, requests_per_second=1_000))


def main() -> None:
    """Scans, prints what it took."""
    from sovercheck.inventory.builder import Builder
    from sovercheck.sources.base import Scanning, Work

    cloud, which, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    source = aws(int(which), sys.argv[4:]) if cloud == "aws" else azure(which)
    gathered = start = time.perf_counter()

    def tell(scanning: Scanning) -> None:
        nonlocal gathered
        if scanning.accounts_done == scanning.accounts:
            gathered = time.perf_counter()

    builder = Builder()
    builder.add(cloud, source.scan(Work(folder / "journal", "2026-11-27", tell)))
    added = time.perf_counter()
    inventory = builder.finish()
    finished = time.perf_counter()
    inventory.save(folder / "inventory")
    saved = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    def count(table: str) -> int:
        row = inventory.connection.execute(f"SELECT count(*) FROM {table} WHERE kind <> 'account'").fetchone()
        return row[0] if row else 0

    took = Took(
        gather=gathered - start,
        rows=added - gathered,
        finish=finished - added,
        save=saved - finished,
        resources=count("resource"),
        copies=count("copy"),
        gaps=len(inventory.gaps),
        peak=peak / 1024,
    )
    print(json.dumps(asdict(took)))


if __name__ == "__main__":
    main()
