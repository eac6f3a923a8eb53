"""What needs itself, through others: no template nor plan can be made so, and following it would never end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def circle(needs: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The first circle, from its first member to that again; without recursion, as files have hundreds in a row.

    Args:
        needs: of each thing, those that it needs; what has no entry needs nothing.
    """
    done: set[str] = set()
    for start in needs:
        path, waiting = [start], [iter(needs[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                done.add(path.pop())
                waiting.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following not in done and following in needs:
                path.append(following)
                waiting.append(iter(needs[following]))
    return None
