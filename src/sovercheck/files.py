"""Files written whole or not at all: first beside their place under a hidden name, then renamed into it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sovercheck.errors import InputError, Place


class Outputs:
    """Files that are written together: they are replaced once all are whole, and on any error all stay as they were.

    A context manager; at the end of its block it raises InputError where the disk refuses one of them.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[Path, str, BinaryIO]] = []

    def __enter__(self) -> Self:
        return self

    def stream(self, path: Path) -> BinaryIO:
        """A stream whose content will be a file's.

        Raises:
            InputError: nothing can be written there.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        except OSError as error:
            raise _refused(path, error) from error
        stream = os.fdopen(handle, "wb")
        self._parts.append((path, part, stream))
        return stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._replace()
            elif isinstance(error, OSError) and self._parts:
                # What is being written is what was opened last.
                raise _refused(self._parts[-1][0], error) from error
        finally:
            for _, part, stream in self._parts:
                with contextlib.suppress(OSError):
                    stream.close()
                with contextlib.suppress(OSError):
                    os.unlink(part)

    def _replace(self) -> None:
        for path, part, stream in self._parts:
            try:
                stream.flush()
                os.fsync(stream.fileno())
                stream.close()
                os.chmod(part, 0o644)
            except OSError as error:
                raise _refused(path, error) from error
        # Nothing that the disk refuses for want of room is left to do.
        while self._parts:
            path, part, _ = self._parts[0]
            try:
                os.replace(part, path)
            except OSError as error:
                raise _refused(path, error) from error
            del self._parts[0]


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content replaces a file once the block ends well; on any error the file stays as it was.

    Raises:
        InputError: the disk refuses.
    """
    with Outputs() as outputs:
        yield outputs.stream(path)


def _refused(path: Path, error: OSError) -> InputError:
    return InputError("unwritable", place=Place(str(path)), reason=error.strerror or str(error))
