"""What the gate imports: each package that it brings is time that every change of infrastructure waits for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
PLANS = ROOT / "examples" / "porte-ci"

ALLOWED = {"sovercheck", "click", "_duckdb"}
"""Beside the standard library. The engine's own package, `duckdb`, is not imported: see `inventory.engine`."""
COSTLY = {
    "asyncio",
    "calendar",
    "concurrent",
    "difflib",
    "email",
    "encodings.utf_8_sig",
    "http",
    "importlib.metadata",
    "locale",
    "logging",
    "ssl",
    "subprocess",
    "unittest",
    "xml",
    "zipfile",
}
"""Of the standard library, what the gate does without."""
UNASKED = {"sovercheck.policy.shapes", "sovercheck.sources.cells"}
"""Of ours, what other modules that the gate does import need for another purpose alone."""

RUN = """
import sys
before = set(sys.modules)
from sovercheck.cli.program import run
code = run(sys.argv[1:])
print(*sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, in a folder: an editable install reads YAML, and needs what reads it."""
    folder = tmp_path_factory.mktemp("unpacked")
    wheels = tmp_path_factory.mktemp("wheels")
    command = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, ROOT)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with zipfile.ZipFile(next(wheels.glob("sovercheck-*.whl"))) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("plan", ["module-voisin", "variable", "inconnue"])
def test_the_gate_imports_the_command_line_and_the_engine_and_no_other_package(
    unpacked: Path, tmp_path: Path, plan: str
) -> None:
    shutil.copy(PLANS / plan / "plan.json", tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", RUN, "gate", "plan.json", "--data-class", "health"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1, 3), ended.stderr
    modules = ended.stderr.split()
    assert "sovercheck.sources.plans.terraform" in modules
    packages = {name.partition(".")[0] for name in modules}
    assert packages - set(sys.stdlib_module_names) == ALLOWED
    assert COSTLY.isdisjoint({*modules, *packages})
    assert UNASKED.isdisjoint(modules)
