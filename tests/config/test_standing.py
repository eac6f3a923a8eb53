"""Which waivers count for a change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sovercheck.config import Central, Config, WaiversFile, default
from sovercheck.config.standing import standing
from sovercheck.messages import LANGS, text

OWN = WaiversFile(Path("depot/derogations.yaml"), "derogations.yaml")


def judged_by(central: Path | None, *, own: bool) -> Config:
    """A configuration with waivers of a centre, of its own, or of both."""
    config = replace(default(Path("depot"), "fr"), is_written=True)
    files = (OWN,) if own else ()
    if central is None:
        return replace(config, waivers=files)
    shared = WaiversFile(central.parent / "derogations.yaml", "../centre/derogations.yaml", central=True)
    return replace(config, waivers=(shared, *files), central=Central(central, "../centre/sovercheck.yaml", "ab", ()))


OUTSIDE, INSIDE = Path("centre/sovercheck.yaml"), Path("depot/centre/sovercheck.yaml")
CENTRES = "../centre/derogations.yaml"


@pytest.mark.parametrize(
    ("central", "own", "change", "counting", "not_counting"),
    [
        (None, True, None, ["derogations.yaml"], []),
        (OUTSIDE, True, None, [CENTRES, "derogations.yaml"], []),
        (INSIDE, True, None, [CENTRES, "derogations.yaml"], []),
        (None, True, "depot", [], ["derogations.yaml"]),
        (OUTSIDE, True, "depot", [CENTRES], ["derogations.yaml"]),
        (OUTSIDE, False, "depot", [CENTRES], []),
        (INSIDE, True, "depot", [], [CENTRES, "derogations.yaml"]),
        (None, False, "depot", [], []),
    ],
)
def test_no_waiver_counts_for_the_change_that_brings_it(
    central: Path | None, own: bool, change: str | None, counting: list[str], not_counting: list[str]
) -> None:
    files, notes = standing(judged_by(central, own=own), Path(change) if change else None)
    assert [file.shown for file in files] == counting
    assert [note.source for note in notes if note.code == "waivers_of_the_change"] == not_counting
    assert any(note.code == "configuration_of_the_change" for note in notes) == (change is not None)
    for note in notes:
        for lang in LANGS:
            assert note.params["file"] in text(f"note.{note.code}", lang, **note.params)


def test_the_defaults_are_nobodys_change() -> None:
    assert standing(default(Path("depot"), "fr"), Path("depot")) == ((), ())
