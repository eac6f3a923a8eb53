"""The folder that a scan works in: its owner's alone, resumed from while it is recent, removed once all is well."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.sources.workplace import OLD, workplace


def interrupted(target: Path) -> Path:
    """Leaves what an interrupted scan leaves: an answer."""
    found: list[Path] = []

    def scan() -> None:
        with workplace(target) as folder:
            (folder / "answers.ndjson").write_text("{}")
            found.append(folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan()
    return found[0]


def test_it_is_removed_once_the_scan_ends_well(tmp_path: Path) -> None:
    with workplace(tmp_path / "inventaire") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not any(tmp_path.iterdir())


def test_what_an_interrupted_scan_was_answered_is_there_for_the_next(tmp_path: Path) -> None:
    folder = interrupted(tmp_path / "inventaire")
    with workplace(tmp_path / "inventaire") as again:
        assert again == folder
        assert (again / "answers.ndjson").read_text() == "{}"
    assert not folder.exists()


@pytest.mark.parametrize(("age", "kept"), [(OLD - 60, True), (OLD + 60, False)])
def test_answers_that_are_too_old_are_forgotten(tmp_path: Path, age: int, kept: bool) -> None:
    answers = interrupted(tmp_path / "inventaire") / "answers.ndjson"
    then = time.time() - age
    os.utime(answers, (then, then))
    with workplace(tmp_path / "inventaire") as folder:
        assert (folder / "answers.ndjson").exists() is kept


def test_a_second_scan_of_the_same_target_works_elsewhere_and_leaves_the_first_alone(tmp_path: Path) -> None:
    with workplace(tmp_path / "inventaire") as first:
        (first / "answers.ndjson").write_text("{}")
        with workplace(tmp_path / "inventaire") as second:
            assert second != first
            assert not any(second.iterdir())
        assert not second.exists()
        assert (first / "answers.ndjson").exists()


def test_a_disk_that_refuses_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError) as caught, workplace(tmp_path / "file" / "inventaire"):
        pytest.fail("nothing can be written there")
    assert caught.value.code == "unwritable"
