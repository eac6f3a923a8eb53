from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sovercheck.cli import telling
from sovercheck.cli.program import run
from tests.cli.plans import RESIDENCY, VIRGINIA, Bucket, plan, write
from tests.repositories import on_a_branch

AS_OF = "2026-11-22"
_SPOKEN = ("LANG", "LC_ALL", "LC_MESSAGES", "SOVERCHECK_LANG", "SOVERCHECK_DEBUG")
_COLOURS = ("NO_COLOR", "CLICOLOR_FORCE")
_BASES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
)
"""By which a CI service says what a change is based on: of the tests it says nothing."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its code, what it printed, what it told."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ended]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs a command in an empty folder, in French unless it says otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in (*_SPOKEN, *_COLOURS, *_BASES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(telling, "_folders", type(telling._folders)("folders", default=(Path(),)))

    def command(*arguments: str) -> Ended:
        capfd.readouterr()
        code = run(arguments)
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return command


@pytest.fixture(scope="session")
def _assessed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assessed")
    assert run(["init", str(folder)]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run(["assess", "--as-of", AS_OF, "-q"]) == 1
    return folder


@pytest.fixture
def assessed(_assessed: Path, tmp_path: Path, cli: Cli) -> Path:
    """The current folder, with what `init` writes, assessed once for all tests; to be used after `cli`."""
    shutil.copytree(_assessed, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def repository(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository on a branch of its own, whose plan puts one copy in Virginia; `main` has rules and no waiver.

    What the gate reads and writes there, `plan.json` and `b.json`, is not committed.
    """
    folder = on_a_branch(tmp_path / "depot", {"sovercheck.yaml": RESIDENCY, ".gitignore": "plan.json\nb.*\n"})
    monkeypatch.chdir(folder)
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    return folder
