"""Files written whole or not at all: first beside their place under a hidden name, then renamed into it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sovercheck.errors import InputError, Place


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content replaces a file once the block ends well; on any error the file stays as it was.

    Raises:
        InputError: the disk refuses.
    """
    part: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            # Told before anything is written, and not once other files of the same run have been replaced.
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(part, 0o644)
        os.replace(part, path)
        part = None
    except OSError as error:
        raise InputError("unwritable", place=Place(str(path)), reason=error.strerror or str(error)) from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)
