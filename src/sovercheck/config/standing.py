"""Which waivers count for a change: those of its base or of the centre, never those that it brings itself."""

from __future__ import annotations

from pathlib import Path

from sovercheck.config import Config, WaiversFile
from sovercheck.findings import NoteView


def standing(config: Config, change: Path | None) -> tuple[tuple[WaiversFile, ...], tuple[NoteView, ...]]:
    """The files of waivers that count, and what is to be said of the others.

    A central configuration inside the change is of the change as well: its pin proves nothing.

    Args:
        config: what the change is judged by.
        change: the working tree that the configuration was read in, which is the change; None where it was read at
            the base, or where nothing is a change.

    Returns:
        What counts, in order, and the notes.
    """
    if change is None or not config.is_written:
        return config.waivers, ()
    notes = [NoteView(config.path.name, "configuration_of_the_change", {"file": config.path.name})]
    counting: list[WaiversFile] = []
    for file in config.waivers:
        if file.central and not _is_inside(config, change):
            counting.append(file)
        else:
            notes.append(NoteView(file.shown, "waivers_of_the_change", {"file": file.shown}))
    return tuple(counting), tuple(notes)


def _is_inside(config: Config, change: Path) -> bool:
    """Whether the change holds the central configuration."""
    return config.central is not None and config.central.path.resolve().is_relative_to(change.resolve())
