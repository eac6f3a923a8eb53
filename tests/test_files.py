"""A file is replaced whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.files import written_whole


def test_the_file_is_there_once_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    with written_whole(path) as stream:
        stream.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_on_any_error_the_file_stays_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")

    def stopped_halfway() -> None:
        with written_whole(path) as stream:
            stream.write(b"half")
            raise error

    with pytest.raises(error):
        stopped_halfway()
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_refusal_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError) as caught, written_whole(tmp_path / "file" / "a.txt"):
        pytest.fail("nothing can be written there")
    assert caught.value.code == "unwritable"
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("a.txt")


def test_a_folder_is_never_replaced_and_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError), written_whole(tmp_path / "folder"):
        pytest.fail("other files of the same run would be replaced before the folder is refused")
    assert os.listdir(tmp_path) == ["folder"]
