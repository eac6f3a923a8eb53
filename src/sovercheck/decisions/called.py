"""What a change is called: its inventory, saved, is told apart from those of other changes with files of its names.

Sixty repositories have a `plan.json` each. Where the change has a name, that stands before the name of each file in
every id and source of the inventory, as a folder would; reports still point at the file where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sovercheck.inventory.evidence import Evidence
from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row


def called(plan: str, name: str | None) -> str:
    """A file as the inventory names it.

    Args:
        plan: the name of the file.
        name: of the change; None where it has none.
    """
    return plan if name is None else f"{name}/{plan}"


def renamed(items: Iterable[Item], plan: str, name: str | None) -> Iterator[Item]:
    """What a file gave, under the name of its change."""
    if name is None:
        yield from items
        return
    one = _Renaming(plan, called(plan, name))
    for item in items:
        yield one.item(item)


class _Renaming:
    def __init__(self, before: str, after: str) -> None:
        self._before = f"{before}#"
        self._after = f"{after}#"
        self._source = after
        self._evidence: dict[Evidence, Evidence] = {}

    def item(self, item: Item) -> Item:
        if isinstance(item, Row):
            links = {link: self._id(end) for link, end in item.links.items()}
            return replace(
                item, id=self._id(item.id), links=links, facts={k: self._known(v) for k, v in item.facts.items()}
            )
        if isinstance(item, Gap):
            return replace(item, source=self._source, id=None if item.id is None else self._id(item.id))
        assert isinstance(item, Note | Reading)  # noqa: S101 - there is no other item
        return replace(item, source=self._source)

    def _id(self, id_: str) -> str:
        return self._after + id_[len(self._before) :] if id_.startswith(self._before) else id_

    def _known(self, known: Known) -> Known:
        evidence = self._evidence.get(known.evidence)
        if evidence is None:
            evidence = self._evidence[known.evidence] = replace(known.evidence, source=self._source)
        return replace(known, evidence=evidence)
