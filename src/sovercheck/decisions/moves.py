"""What leaves Québec or Canada by a change, and what comes back: copies, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from sovercheck.evaluation.whereabouts import Whereabouts
from sovercheck.gate import Move, MoveKind, PlannedResource
from sovercheck.inventory.places import country, within

_ORDER: tuple[MoveKind, ...] = get_args(MoveKind)
_HOME, _COUNTRY, _ABROAD = range(3)


def moves(
    before: Mapping[str, Whereabouts],
    after: Mapping[str, Whereabouts],
    resources: Mapping[str, PlannedResource],
    home: str,
) -> tuple[Move, ...]:
    """The moves of the copies of planned resources, the gravest first.

    Args:
        before: where each copy is, by its id.
        after: where each would be.
        resources: those of the files, by their ids.
        home: the organisation's place: `CA-QC`.
    """
    found: list[Move] = []
    for id_ in dict.fromkeys((*after, *before)):
        was, will_be = before.get(id_), after.get(id_)
        known = will_be or was
        resource = resources.get(known.resource or "") if known is not None else None
        if known is None or resource is None or resource.action == "forget":
            continue
        kind = _kind(was, will_be, home)
        if kind is not None:
            found.append(
                Move(
                    kind=kind,
                    resource=resource.id,
                    address=resource.address,
                    copy=known.kind or "primary",
                    before=was.place if was is not None else None,
                    after=will_be.place if will_be is not None else None,
                    action=resource.action,
                    spot=resource.spot,
                )
            )
    return tuple(sorted(found, key=lambda move: (_ORDER.index(move.kind), move.address, move.copy, move.after or "")))


def _kind(was: Whereabouts | None, will_be: Whereabouts | None, home: str) -> MoveKind | None:
    if was is None:
        return _alone(will_be, home, "comes") if will_be is not None else None
    if will_be is None:
        return _alone(was, home, "goes")
    if was.place == will_be.place and was.region == will_be.region:
        return None
    if was.place is None or will_be.place is None:
        return "unsure"
    if was.place == will_be.place:
        return "moves"
    left, reached = _zone(was.place, home), _zone(will_be.place, home)
    if left is None or reached is None:
        return "unsure"
    if reached > left:
        return "leaves_country" if reached == _ABROAD else "leaves_home"
    if reached < left:
        return "returns_home" if reached == _HOME else "returns_country"
    return "moves"


def _alone(copy: Whereabouts, home: str, kind: MoveKind) -> MoveKind | None:
    """New at home, or gone from home: nothing leaves. New nobody knows where is told so."""
    if copy.place is None:
        return "unsure" if kind == "comes" else None
    return None if _zone(copy.place, home) in (_HOME, None) else kind


def _zone(place: str, home: str) -> int | None:
    """Home, elsewhere in its country, or abroad; None where the place is known too roughly to say."""
    inside = within(place, home)
    if inside is None:
        return None
    if inside:
        return _HOME
    return _COUNTRY if within(place, country(home)) else _ABROAD
