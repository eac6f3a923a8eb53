"""What of a plan's values some description reads: the rest is neither looked at nor kept."""

from __future__ import annotations

from collections.abc import Iterable

from sovercheck.sources.kinds import planned
from sovercheck.sources.kinds.model import Interface
from sovercheck.sources.kinds.path import Json, Path, parse

NAMES = tuple(parse(text) for text in ("id", "arn", "name", "self_link"))
"""What names a resource to others whatever its type."""


class Wanted:
    """The members that are read of each type of a plan.

    Args:
        interface: in which the plan writes them.
        types: those of the plan.
    """

    def __init__(self, interface: Interface, types: Iterable[str]) -> None:
        self._of: dict[str, _Members] = {native_type: _Members(NAMES) for native_type in types}
        for native_type, members in self._of.items():
            for _, form in planned(interface, native_type):
                members.add(form.paths(None))
                members.add(form.named_by)
                for name, edge in form.edges.items():
                    read = [*form.paths(name), *(condition.path for condition in edge.where)]
                    for other in edge.types:
                        if other in self._of:
                            self._of[other].add(read if edge.by is None else [*read, edge.by])

    def cut(self, native_type: str, values: Json) -> Json:
        """The values of a resource of a type, or what says which of them are unknown or hidden, but what is read."""
        if not isinstance(values, dict):
            return values
        is_read = self._of[native_type]
        return {name: value for name, value in values.items() if is_read[name]}


class _Members(dict[str, bool]):
    """Name → whether it is read, as paths compare names: without case where need be."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._read: set[str] = set()
        self.add(paths)

    def add(self, paths: Iterable[Path]) -> None:
        self._read.update(path.steps[0].casefold() for path in paths)

    def __missing__(self, name: str) -> bool:
        found = self[name] = name.casefold() in self._read
        return found
