"""What the terminal is told: errors with the line that causes them, and texts from outside made harmless."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path

from sovercheck import messages
from sovercheck.cli.language import current, say
from sovercheck.errors import Place, SeveralErrors, SovercheckError
from sovercheck.reports.outside import visible as visible

_REASONS = {
    os.strerror(getattr(errno, name)): name
    for name in ("ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "ENOSPC", "EROFS", "EEXIST")
}
"""The system's reasons, always in English in Python, by the name of our sentence."""
_LONGEST = 160
_folders: ContextVar[tuple[Path, ...]] = ContextVar("folders", default=(Path(),))


def look_in(folder: Path) -> None:
    """Says that the files which errors name may stand in a folder, as those of a configuration do."""
    _folders.set((Path(), folder))


def tell(text: str = "") -> None:
    """A line on stderr."""
    import click

    click.echo(text, err=True)


def tell_error(error: SovercheckError) -> None:
    """An error, or all of several, on stderr: what, where, the source line, and what to do."""
    tell("\n".join(error_lines(error)))


def error_lines(error: SovercheckError) -> Iterator[str]:
    """The lines that `tell_error` prints."""
    if isinstance(error, SeveralErrors):
        for one in error.errors:
            yield from error_lines(one)
            yield ""
        yield _message(error)
        return
    sentence = visible(_message(error))
    yield say("cli.error", message=sentence)
    if error.place is not None:
        yield f"  --> {visible(str(error.place))}"
        yield from _excerpt(error.place)
    hint = error.hint(current())
    if hint is not None:
        yield say("cli.hint", hint=visible(hint))


def _message(error: SovercheckError) -> str:
    """The error's sentence; the system's own reasons are in English whatever the language."""
    params = dict(error.params)
    known = _REASONS.get(str(params.get("reason")))
    if known is not None:
        params["reason"] = say(f"cli.os.{known}")
    return messages.text(f"error.{error.code}", current(), **params)


def _excerpt(place: Place) -> Iterator[str]:
    """The line and a caret under its column, where the file is one that can be read as text."""
    line = _line(place)
    if line is None or place.line is None:
        return
    column = place.column or 1
    start = max(0, column - 1 - _LONGEST // 2) if len(line) > _LONGEST else 0
    before, after = line[start : column - 1], line[column - 1 : start + _LONGEST]
    number = str(place.line)
    shown = visible(before).expandtabs(1)
    yield f"{' ' * len(number)} |"
    yield f"{number} | {shown}{visible(after)}"
    if place.column is not None:
        yield f"{' ' * len(number)} | {' ' * len(shown)}^"


def _line(place: Place) -> str | None:
    if place.line is None:
        return None
    for folder in _folders.get():
        path = folder / place.file
        try:
            if not path.is_file():
                continue
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError):
            continue
        return lines[place.line - 1] if 0 < place.line <= len(lines) else None
    return None


def table(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Lines of columns set under each other, two spaces apart, texts from outside made visible."""
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def steady_output() -> None:
    """Has stdout write what its encoding lacks as an escape, as stderr does, instead of failing halfway."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
