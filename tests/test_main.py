"""`python -m sovercheck` is the command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sovercheck import __version__


@pytest.mark.parametrize(
    ("arguments", "code", "printed"), [(["--version"], 0, f"sovercheck {__version__}\n"), (["--verison"], 2, "")]
)
def test_the_module_prints_and_ends_as_the_command_does(arguments: list[str], code: int, printed: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sovercheck", *arguments], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (code, printed)
    assert bool(ended.stderr) is (code != 0)
