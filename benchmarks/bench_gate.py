"""`sovercheck gate` on a small plan and on a large one, whole processes, in one run; prints ratios, not seconds.

The small plan against a bare interpreter that imports duckdb and yaml, and against checkov where that is installed; the
large one against `json.load` of it, with its peak of memory, and against one of a tenth of its changes. From a wheel of
this tree in a folder of its own, compiled beforehand: an editable install reads its YAML at each start.
Run it on a quiet machine: `make bench`, or `python -m benchmarks.bench_gate [CHECKOV]`.
"""

from __future__ import annotations

import compileall
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import plans

ROOT = Path(__file__).resolve().parent.parent
SMALL, TENTH, LARGE = 100, 1_500, 15_000
RUNS = 7
RUNS_OF_LARGE = 3
BARE = "import duckdb, yaml"
LOAD = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
POLICY = """\
metadata: {id: CKV2_QC_1, name: region, category: GENERAL_SECURITY}
definition:
  cond_type: attribute
  resource_types: [aws_s3_bucket]
  attribute: region
  operator: equals
  value: ca-central-1
"""
CHECKOV = ("-f", "small.json", "--external-checks-dir", "policies", "-c", "CKV2_QC_1", "--compact", "--quiet")
TOLD = ("--framework", "terraform_plan")
"""What spares checkov finding out what the file is, as the gate does by itself."""


@dataclass
class Cost:
    """What the cheapest of several runs of a process took.

    Attributes:
        elapsed: seconds.
        processor: seconds, of all its threads.
        peak: bytes of memory.
    """

    elapsed: float = float("inf")
    processor: float = float("inf")
    peak: int = 0

    def run(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Runs it once more; its output is thrown away."""
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        self.elapsed = min(self.elapsed, time.perf_counter() - start)
        self.processor = min(self.processor, used.ru_utime + used.ru_stime)
        self.peak = max(self.peak, used.ru_maxrss * 1024)


def compared(
    commands: Mapping[str, Sequence[str]], runs: int, folder: Path, environment: Mapping[str, str]
) -> dict[str, Cost]:
    """Runs commands in turn, so that what else the machine does falls on all of them alike."""
    costs = {name: Cost() for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].run(command, folder, environment)
    return costs


def installed(folder: Path) -> dict[str, str]:
    """A wheel of this tree, unpacked and compiled; the environment in which an interpreter imports it."""
    wheels, target = folder / "wheels", folder / "installed"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True, cwd=folder)
    wheel = next(wheels.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True, cwd=folder)
    compileall.compile_dir(str(target), quiet=2)
    return {**os.environ, "PYTHONPATH": str(target)}


def write(folder: Path) -> None:
    """The plans, and checkov's policy."""
    for name, changes in (("small", SMALL), ("tenth", TENTH), ("large", LARGE)):
        plans.write(folder / f"{name}.json", changes)
    (folder / "policies").mkdir()
    (folder / "policies" / "region.yaml").write_text(POLICY, encoding="utf-8")


def told(what: str, over: Cost, under: Cost, bar: str) -> None:
    """One line: the ratio of what passes on the clock, and of the processor's time."""
    elapsed, processor = over.elapsed / under.elapsed, over.processor / under.processor
    print(f"{what:54} {elapsed:7.3f}   processor {processor:7.3f}   (bar: {bar})")


def main() -> None:
    """Builds, measures, prints."""
    checkov = sys.argv[1] if len(sys.argv) > 1 else shutil.which("checkov")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = installed(folder)
        # In a process of its own: what this one has in memory would count as the peak of those that it starts.
        writer = multiprocessing.get_context("spawn").Process(target=write, args=(folder,))
        writer.start()
        writer.join()
        script = str(folder / "installed" / "bin" / "sovercheck")
        judged = ("--data-class", "health")
        small: dict[str, Sequence[str]] = {
            "bare": (sys.executable, "-c", BARE),
            "script": (script, "gate", "small.json", *judged),
            "module": (sys.executable, "-m", "sovercheck", "gate", "small.json", *judged),
        }
        if checkov is not None:
            small["checkov"] = (checkov, *CHECKOV)
            small["checkov, told"] = (checkov, *CHECKOV, *TOLD)
        large = {
            "load": (sys.executable, "-c", LOAD, "large.json"),
            "large": (script, "gate", "large.json", *judged),
            "tenth": (script, "gate", "tenth.json", *judged),
        }
        of_small = compared(small, RUNS, folder, environment)
        of_large = compared(large, RUNS_OF_LARGE, folder, environment)
    told(f"{SMALL} resources ÷ `{BARE}`", of_small["script"], of_small["bare"], "at most 3")
    told(f"{SMALL} resources, `python -m`, ÷ the same", of_small["module"], of_small["bare"], "at most 3")
    if checkov is None:
        print("checkov is not installed here: not compared with it")
    else:
        told(f"{SMALL} resources ÷ checkov", of_small["script"], of_small["checkov"], "at most 0.083")
        told(f"{SMALL} resources ÷ checkov, told --framework", of_small["script"], of_small["checkov, told"], "0.083")
    told(f"{LARGE:,} changes ÷ `json.load` of them", of_large["large"], of_large["load"], "at most 4")
    told(f"{LARGE:,} changes ÷ {TENTH:,}", of_large["large"], of_large["tenth"], "at most 11")
    print(f"{'peak memory, MB':54} {of_large['large'].peak / 1e6:7.0f}   (bar: under 500)")


if __name__ == "__main__":
    main()
