"""Where the data is, before and after: copies one by one where the verdict tables allow, places, and shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sovercheck.comparison import CopyChange, CopyState, PlaceChange, ShareChange, SystemPlaces
from sovercheck.decisions.sides import Side
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import PlaceVolume, Share
from sovercheck.inventory.places import within

_CHANGES = ("moved", "unseen", "came", "went")


def copy_changes(
    differences: Sequence[CopyDifference], hidden: Callable[[str], bool], home: str | None
) -> tuple[CopyChange, ...]:
    """Copies that moved, came and went; those now outside the organisation's own place first.

    Args:
        differences: of the two verdict tables.
        hidden: whether a copy may be unseen for want of a reading.
        home: the place that the organisation's law starts from.
    """
    found = [_copy_change(difference, unseen=hidden("copy")) for difference in differences]

    def order(change: CopyChange) -> tuple[object, ...]:
        state = change.after or change.before
        place = state.place if state is not None else None
        at_home = place is not None and home is not None and within(place, home) is True
        return _CHANGES.index(change.change), at_home, place or "", change.id

    return tuple(sorted(found, key=order))


def _copy_change(found: CopyDifference, *, unseen: bool) -> CopyChange:
    before = CopyState(*found.before) if found.before is not None else None
    after = CopyState(*found.after) if found.after is not None else None
    if before is None:
        return CopyChange("came", found.id, found.name, before, after)
    if after is None:
        return CopyChange("unseen" if unseen else "went", found.id, found.name, before, after)
    return CopyChange("moved", found.id, found.name, before, after)


def system_places(earlier: Side, later: Side) -> tuple[SystemPlaces, ...]:
    """The systems whose copies are not in the same places and volumes, by name."""
    found = []
    for id_ in {*earlier.systems, *later.systems}:
        before = earlier.systems[id_].places if id_ in earlier.systems else ()
        after = later.systems[id_].places if id_ in later.systems else ()
        if before != after:
            name = later.name("system", id_) or earlier.name("system", id_) or id_
            found.append(SystemPlaces(id_, name, before, after))
    return tuple(sorted(found, key=lambda item: (item.name, item.system)))


def place_changes(earlier: Iterable[PlaceVolume], later: Iterable[PlaceVolume]) -> tuple[PlaceChange, ...]:
    """Places and kinds of copy with another number or volume, those with most copies moved first."""
    before = {(volume.place, volume.kind): volume for volume in earlier}
    after = {(volume.place, volume.kind): volume for volume in later}
    found = [
        PlaceChange(*key, before.get(key), after.get(key))
        for key in {*before, *after}
        if before.get(key) != after.get(key)
    ]

    def order(change: PlaceChange) -> tuple[object, ...]:
        return -abs(_copies(change.after) - _copies(change.before)), change.place or "", change.kind or ""

    return tuple(sorted(found, key=order))


def _copies(volume: PlaceVolume | None) -> int:
    return volume.copies if volume is not None else 0


def share_changes(earlier: Iterable[Share], later: Iterable[Share]) -> tuple[ShareChange, ...]:
    """The shares whose interval, target or verdict is another, in the order of the rules."""
    before, after = {share.rule: share for share in earlier}, {share.rule: share for share in later}
    found = []
    for rule in dict.fromkeys((*after, *before)):
        old, new = before.get(rule), after.get(rule)
        known = new or old
        if known is not None and (_told(old), _verdict(old)) != (_told(new), _verdict(new)):
            found.append(
                ShareChange(
                    rule=rule,
                    weight=known.weight,
                    reading=known.reading,
                    before=_told(old),
                    after=_told(new),
                    verdict_before=old.verdict if old is not None else None,
                    verdict_after=new.verdict if new is not None else None,
                )
            )
    return tuple(found)


def _told(share: Share | None) -> tuple[str, str, str] | None:
    return (share.low, share.high, share.target) if share is not None else None


def _verdict(share: Share | None) -> str | None:
    return share.verdict if share is not None else None
