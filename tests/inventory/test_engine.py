"""The engine is taken from its extension module, and is the one that everybody else has."""

from __future__ import annotations

import subprocess
import sys

import duckdb

from sovercheck.inventory import engine


def test_is_the_same_engine_as_the_package_gives() -> None:
    assert [getattr(engine, name) is getattr(duckdb, name) for name in engine.__all__] == [True] * len(engine.__all__)


def test_the_package_around_the_engine_is_not_imported() -> None:
    program = (
        "import sys\nfrom sovercheck.inventory.builder import Builder\n"
        "with Builder().finish() as inventory: inventory.sha256()\n"
        "print('_duckdb' in sys.modules, 'duckdb' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True", "False"]


def test_falls_back_on_the_package_where_the_extension_lacks_something() -> None:
    program = (
        "import sys, types\nimport duckdb\nsys.modules['_duckdb'] = types.ModuleType('_duckdb')\n"
        "from sovercheck.inventory import engine\nprint(engine.connect is duckdb.connect)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True"]
