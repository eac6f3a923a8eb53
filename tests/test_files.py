"""A file is replaced whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from sovercheck.errors import InputError
from sovercheck.files import Outputs, written_whole


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


def test_files_written_together_are_replaced_once_all_are_whole(tmp_path: Path) -> None:
    with Outputs() as outputs:
        for name in ("a.txt", "b.txt"):
            outputs.stream(tmp_path / name).write(name.encode())
        assert not any((tmp_path / name).exists() for name in ("a.txt", "b.txt"))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "a.txt", "b.txt": "b.txt"}


@pytest.mark.parametrize("refused", [1, 2])
def test_where_the_disk_refuses_one_at_the_end_none_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("before")
    synced: list[int] = []

    def fsync(handle: int) -> None:
        synced.append(handle)
        if len(synced) == refused:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    outputs = Outputs()
    for name in ("a.txt", "b.txt"):
        outputs.stream(tmp_path / name).write(b"after")
    with pytest.raises(InputError) as caught:
        outputs.__exit__(None, None, None)
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("ab"[refused - 1] + ".txt")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "before", "b.txt": "before"}


def test_what_cannot_be_written_in_the_block_is_refused_at_the_file_that_was_being_written(tmp_path: Path) -> None:
    def write() -> None:
        with Outputs() as outputs:
            outputs.stream(tmp_path / "a.txt")
            outputs.stream(tmp_path / "b.txt")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(InputError) as caught:
        write()
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("b.txt")
    assert not any(tmp_path.iterdir())
