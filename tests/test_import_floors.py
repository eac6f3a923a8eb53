"""The floors of the design hold, and what is heavy is imported only where it is used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINTER = shutil.which("lint-imports", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(LINTER is None, reason="import-linter is not installed")
def test_no_module_imports_from_a_floor_above_its_own() -> None:
    assert LINTER is not None
    done = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_contract_ignores_an_import() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("sovercheck.messages", {"yaml", "pydantic", "duckdb", "jinja2", "click"}),
        ("sovercheck.findings", {"yaml", "pydantic", "duckdb", "jinja2", "click"}),
        ("sovercheck.policy.loader", {"pydantic", "duckdb", "jinja2"}),
        ("sovercheck.reference", {"pydantic", "duckdb", "jinja2"}),
        ("sovercheck.reports.base", {"pydantic", "duckdb", "jinja2", "babel", "xlsxwriter"}),
        *(
            (f"sovercheck.reports.{module}", {"pydantic", "duckdb", "jinja2", "babel", "xlsxwriter", "yaml", "click"})
            for module in ("json_report", "sarif", "junit", "gitlab", "github")
        ),
        ("sovercheck.pipeline", {"jinja2", "babel", "xlsxwriter", "python_calamine", "boto3", "azure"}),
    ],
)
def test_importing_a_module_does_not_import(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}} & {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
