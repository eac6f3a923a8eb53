"""Which state of reference counts at the gate: that of the base, where the base has one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sovercheck.cli.exits import Exit
from tests.cli.conftest import AS_OF, Cli
from tests.cli.plans import OHIO, VIRGINIA, Bucket, plan, write
from tests.repositories import commit, git

GATE = ("gate", "plan.json", "--data-class", "sensitive", "--as-of", AS_OF, "--base", "main", "-f", "json=b.json")


@pytest.fixture
def held(cli: Cli, repository: Path) -> str:
    """The state of reference that the change wrote beside its plan: all that is there today."""
    assert cli(*GATE, "--write-baseline", "etat.json").code == Exit.FINDING
    return (repository / "etat.json").read_text(encoding="utf-8")


def notes() -> list[str]:
    return [note["code"] for note in json.loads(Path("b.json").read_text("utf-8"))["notes"]]


def test_a_change_cannot_add_to_the_state_of_reference_that_its_base_has(cli: Cli, repository: Path, held: str) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, {"etat.json": held})
    git(repository, "checkout", "-q", "changement")
    assert cli(*GATE, "--baseline", "etat.json").code == Exit.SATISFIED
    write("plan.json", plan(Bucket("a", VIRGINIA), Bucket("b", OHIO)))
    # The change writes its own finding into the file, and is judged by the one of the base all the same.
    assert cli(*GATE, "--write-baseline", "etat.json").code == Exit.FINDING
    assert "aws_s3_bucket.b" in Path("etat.json").read_text("utf-8")
    assert cli(*GATE, "--baseline", "etat.json").code == Exit.FINDING
    assert "baseline_of_the_change" not in notes()


@pytest.mark.usefixtures("held")
def test_a_first_state_of_reference_is_the_changes_and_told_so(cli: Cli) -> None:
    assert cli(*GATE, "--baseline", "etat.json").code == Exit.SATISFIED
    assert "baseline_of_the_change" in notes()
