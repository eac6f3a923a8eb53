"""What a scan looks up while it gathers is what the rows will look up: else it would not ask for all of it."""

from __future__ import annotations

from sovercheck.sources.extract import Extractor, KeyFacts
from sovercheck.sources.item import ItemView
from sovercheck.sources.journal import Refusal
from sovercheck.sources.readers import LOOKING_UP, READERS, Result

from .samples import view, wanted
from .test_double import REGIONS, Case, World, each_case


class Recording(World):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def key(self, reference: str, of: ItemView) -> KeyFacts | Refusal:
        self.asked.add(("key", reference))
        return super().key(reference, of)

    def region_of_bucket(self, name: str) -> Result:
        self.asked.add(("bucket", name))
        return super().region_of_bucket(name)


@each_case
def test_gathering_looks_up_what_the_rows_will(case: Case) -> None:
    for copy in case.copies():
        shown = view(case.kind, case.form, wanted(case.form, copy), case.parent)
        identifier = shown.id()
        assert identifier is not None
        rows, gathering = Recording(), Recording()
        list(Extractor("double", "AWS double", REGIONS, rows, "2026-01-03").rows(shown, identifier))
        Extractor("double", "AWS double", REGIONS, gathering, "2026-01-03").look_up(shown, identifier)
        assert gathering.asked == rows.asked


def test_the_readers_that_look_up_are_told_apart() -> None:
    for name, reader in READERS.items():
        world = Recording()
        for value in ("arn:aws:s3:::dossiers", "dossiers"):
            reader(value, world)
        assert not world.asked or name in LOOKING_UP
    assert set(READERS) >= LOOKING_UP
