"""The runs that are kept, one folder each, and the one before this one.

A run is written into a hidden folder and renamed last, so that what has a name is whole. Two runs at once take two
numbers; what a run that was killed left behind is hidden, and nobody reads it.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

from sovercheck.comparison import Comparison
from sovercheck.decisions.compare import compare
from sovercheck.decisions.sides import tables_between
from sovercheck.errors import InputError, Place
from sovercheck.evaluation import packed
from sovercheck.findings import Assessment, Input, NoteView
from sovercheck.light import dataclass
from sovercheck.reports.json_report import read_assessment

NAME = "bilan.json"
"""The assessment of a kept run; its verdict table stands beside it."""

_RUN = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d+)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A run that was kept, or any other assessment with what stands beside it.

    Attributes:
        path: of the assessment.
        assessment: what it says.
        sha256: of its bytes.
    """

    path: Path
    assessment: Assessment
    sha256: str


def read_kept(path: Path) -> Kept:
    """A kept run's folder, or an assessment's file.

    Raises:
        InputError: it is neither, or cannot be read.
    """
    file = path / NAME if path.is_dir() else path
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(str(file)), reason=error.strerror or str(error)) from error
    return Kept(file, read_assessment(raw, file=str(file)), sha256(raw).hexdigest())


def changes(earlier: Kept, later: Kept) -> Comparison:
    """What changed from one run to another, with their verdict tables where both are there.

    Raises:
        InputError: they cannot be compared, or a verdict table cannot be read.
    """
    tables = tables_between(packed.beside(earlier.path), packed.beside(later.path))
    return compare(earlier.assessment, later.assessment, tables)


class Keeping:
    """A run that will be kept: what `pipeline.run` asks of it, then `settle`.

    Args:
        runs: the folder of all runs.
        folder: the hidden folder of this one.
        as_of: its day.
        earlier: the run before it, if there is one.
        notes: what could not be read on the way to that one.
    """

    def __init__(
        self, runs: Path, folder: Path, as_of: date, earlier: Kept | None, notes: tuple[NoteView, ...]
    ) -> None:
        self.folder = folder
        self.notes = notes
        self.comparison: Comparison | None = None
        self._runs = runs
        self._as_of = as_of
        self._earlier = earlier

    @property
    def assessment(self) -> Path:
        """Where this run's assessment is to be written; its verdict table goes beside it."""
        return self.folder / NAME

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The run before this one, as an input of it."""
        if self._earlier is None:
            return ()
        return (Input(f"{self._runs.name}/{self._earlier.path.parent.name}", "earlier", self._earlier.sha256),)

    def compare(self, assessment: Assessment) -> Comparison | None:
        """What changed since the run before, once this one's verdict table is written; None if it is the first.

        Raises:
            InputError: the earlier verdict table cannot be read.
        """
        if self._earlier is not None:
            table = packed.beside(self._earlier.path)
            readable = not any(note.code == "history_table_unreadable" for note in self.notes)
            tables = tables_between(table, packed.beside(self.assessment)) if readable else None
            self.comparison = compare(self._earlier.assessment, assessment, tables)
        return self.comparison

    def settle(self) -> Path:
        """Gives this run its name, `<as-of>-<n>`, the first that no other run has.

        Raises:
            InputError: the disk refuses.
        """
        day = self._as_of.isoformat()
        taken = [number for found, number, _ in _runs(self._runs) if found == day]
        try:
            # Others may read a kept run as they may read a report.
            self.folder.chmod(0o755)
            for number in itertools.count(max(taken, default=0) + 1):
                target = self._runs / f"{day}-{number}"
                if _renamed(self.folder, target):
                    return target
        except OSError as error:
            raise _unwritable(self._runs, error) from error
        raise AssertionError  # the numbers never end


@contextmanager
def keeping(runs: Path, organisation: str, as_of: date) -> Iterator[Keeping]:
    """A run to be kept; where the block ends before `settle`, nothing is left of it.

    Args:
        runs: the folder of all runs; made if it is not there.
        organisation: whose run it is.
        as_of: its day: a run of a later day is not one before it.

    Raises:
        InputError: the disk refuses.
    """
    notes: list[NoteView] = []
    earlier = _latest(runs, organisation, as_of, notes)
    try:
        runs.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".part-", dir=runs))
    except OSError as error:
        raise _unwritable(runs, error) from error
    try:
        yield Keeping(runs, folder, as_of, earlier, tuple(notes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _latest(runs: Path, organisation: str, as_of: date, notes: list[NoteView]) -> Kept | None:
    """The last run of this organisation up to a day; those that cannot be read are noted, and passed over."""
    for day, _, folder in sorted(_runs(runs), reverse=True):
        if day > as_of.isoformat():
            continue
        name = f"{runs.name}/{folder.name}"
        try:
            found = read_kept(folder)
        except InputError:
            notes.append(NoteView(name, "history_unreadable", {"run": name}))
            continue
        if found.assessment.organisation.name != organisation or found.assessment.as_of > as_of.isoformat():
            continue
        table = packed.beside(found.path)
        if table.exists() and not packed.readable(table):
            notes.append(NoteView(name, "history_table_unreadable", {"run": name}))
        return found
    return None


def _runs(folder: Path) -> Iterator[tuple[str, int, Path]]:
    """Day, number and folder of each run that has its name."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        found = _RUN.fullmatch(path.name)
        if found is not None and path.is_dir():
            yield found[1], int(found[2]), path


def _renamed(part: Path, target: Path) -> bool:
    """Whether a folder took a name; not where another run took it first."""
    if target.exists():
        return False
    try:
        part.rename(target)
    except OSError:
        if os.path.lexists(target):
            return False
        raise
    return True


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError("unwritable", place=Place(str(folder)), reason=error.strerror or str(error))
