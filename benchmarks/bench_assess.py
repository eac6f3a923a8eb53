"""`sovercheck assess` on the worked example, whole process, against a bare interpreter that imports duckdb, in one run.

Run it where the wheel is installed, as its users do: an editable install reads its YAML at each start.
`make bench`, or `python -m benchmarks.bench_assess [EXECUTABLE]`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sante-quebec"
RUNS = 5


def best(command: list[str], folder: Path) -> float:
    """The shortest of several runs, in seconds; its output is thrown away."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=False, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Measures, prints."""
    executable = sys.argv[1] if len(sys.argv) > 1 else str(Path(sys.executable).with_name("sovercheck"))
    python = str(Path(executable).with_name("python"))
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / EXAMPLE.name
        shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns("sortie"))
        bare = best([python, "-c", "import duckdb"], example)
        whole = best([executable, "assess", "-q", "--as-of", "2026-11-22"], example)
    print(f"assess ÷ bare interpreter that imports duckdb {whole / bare:6.1f}   (bar: at most 8)")


if __name__ == "__main__":
    main()
