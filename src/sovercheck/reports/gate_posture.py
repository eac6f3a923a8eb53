"""What a change does to where data is and to who can compel its disclosure, before and after, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from sovercheck.comparison import Comparison, ExposureChange, ShareChange
from sovercheck.findings import Share
from sovercheck.gate import Gate, Move, MoveKind
from sovercheck.reports.gate_words import GateWords

MOVES: tuple[MoveKind, ...] = (
    "leaves_country", "leaves_home", "comes", "unsure", "moves", "returns_country", "returns_home", "goes"
)  # fmt: skip
"""What copies do, the gravest first."""

HOME = "CA-QC"
"""Where data is at home, where the configuration does not say."""

_NAMED = 3
_FINEST = 2


class GatePosture:
    """What a gate compares, told.

    Args:
        words: of the gate, in the language of the page.
        comparison: before and after; None where the files do not tell how things are now.
    """

    def __init__(self, words: GateWords, comparison: Comparison | None) -> None:
        self.words = words
        self.gate: Gate = words.gate
        self.comparison = comparison
        self._say = words.say

    def t(self, key: str, /, **params: object) -> str:
        """A sentence of these pages: `gate_page.<key>`."""
        return self._say.text(f"gate_page.{key}", **params)

    def many(self, key: str, n: int, /, **params: object) -> str:
        """A sentence in which a number decides."""
        return self.t(key, n=n, count=self._say.number(n, digits=0), **params)

    def named(self, names: Iterable[str], *, most: int = _NAMED, separator: str = ", ") -> str:
        """The first of some names, and how many more there are."""
        distinct = list(Counter(names))
        shown = distinct[:most]
        left = len(distinct) - len(shown)
        return separator.join([*shown, self.many("more_names", left)] if left else shown)

    def moves(self) -> list[tuple[str, tuple[Move, ...]]]:
        """(« 2 copies quittent le pays », those copies), the gravest first."""
        by_kind: dict[str, list[Move]] = {}
        for move in self.gate.moves:
            by_kind.setdefault(move.kind, []).append(move)
        home = self.words.place(self.words.assessment.organisation.place or HOME)
        return [
            (self.many(f"move.{kind}", len(by_kind[kind]), home=home), tuple(by_kind[kind]))
            for kind in MOVES
            if kind in by_kind
        ]

    def territory(self) -> str:
        """The moves in one sentence, with the first names of each kind."""
        found = self.moves()
        if not found:
            return self.t("moves_none") if self.knows_before else ""
        said = [
            self.t("move_names", what=what, names=self.named([move.address for move in moves])) for what, moves in found
        ]
        return self.t("moves", moves="; ".join(said))

    def exposures(self) -> list[str]:
        """Each exposure that is gained or lost; the gravest first."""
        return [self._exposure(change) for change in self.comparison.exposures] if self.comparison is not None else []

    def shares(self) -> list[str]:
        """Each reading of a share whose interval changes, before and after, and its target; the volume first."""
        if self.comparison is None:
            return []
        changed = [change for change in self.comparison.shares if _interval_changes(change)]
        return [self._share(change) for change in sorted(changed, key=_share_order)]

    def shares_told(self) -> list[str]:
        """The same, or that no share changes where there are any."""
        said = self.shares()
        if said or self.comparison is None or not self.words.assessment.shares:
            return said
        share = min(self.words.assessment.shares, key=_share_order)
        interval = self._interval((share.low, share.high, share.target), 0)
        return [self.t("share_same", label=self._label(share), interval=interval)]

    @property
    def knows_before(self) -> bool:
        """Whether any file tells how things are now."""
        return any(plan.knows_before for plan in self.gate.plans)

    def exposures_told(self) -> list[str]:
        """Each exposure that changes, as a sentence of its own; that none does, where that is known."""
        if self.comparison is None:
            return []
        return [self.t("exposures", exposures=said) for said in self.exposures()] or [self.t("exposures_none")]

    def move(self, move: Move) -> str:
        """« principale, Québec → Virginie, É.-U. »."""
        before, after = self.ends(move)
        ends = self.t("from_to", before=before, after=after)
        return self.t("move_copy", copy=self._say.word("value", move.copy), ends=ends)

    def ends(self, move: Move) -> tuple[str, str]:
        """Before and after: a place, that it is not known, or that the copy is not there."""
        before = self.t("absent") if move.kind == "comes" and move.before is None else self.words.place(move.before)
        after = self.t("absent") if move.kind == "goes" and move.after is None else self.words.place(move.after)
        return before, after

    def posture(self) -> list[str]:
        """Territory, exposures and the share in a sentence each; empty where nothing is compared."""
        said = [self.territory()]
        exposures, shares = self.exposures(), self.shares_told()
        if exposures:
            said.append(self.t("exposures", exposures=self.named(exposures, separator="; ")))
        elif self.comparison is not None:
            said.append(self.t("exposures_none"))
        if len(shares) > 1:
            said.append(self.many("share_more", len(shares) - 1, share=shares[0]))
        elif shares:
            said.append(self.t("share_end", share=shares[0]))
        return [sentence for sentence in said if sentence]

    def _exposure(self, change: ExposureChange) -> str:
        law = next((law for law in self.words.assessment.laws if law.id == change.law), None)
        before, after = (
            self._say.exposure(*interval) if interval is not None else self.t("absent")
            for interval in (change.before, change.after)
        )
        name = self._say.says(law.name) if law is not None else change.law
        return self.t(f"exposure.{change.change}", law=name, name=change.name, before=before, after=after)

    def _share(self, change: ShareChange) -> str:
        digits = _digits(change)
        before, after = (
            self._interval(interval, digits) if interval is not None else self.t("absent")
            for interval in (change.before, change.after)
        )
        rule = self.words.rules.get(change.rule)
        interval, verdict = change.after or change.before, change.verdict_after or change.verdict_before
        target = ""
        if interval is not None and rule is not None and verdict is not None:
            said = self._say.verdict(rule, verdict, None)
            target = self.t("share_target", target=self._say.share(interval[2]), verdict=said)
        return self.t("share", label=self._label(change), before=before, after=after, target=target)

    def _label(self, share: Share | ShareChange) -> str:
        weight = self._say.text(f"html.share.weight.{share.weight}").lower()
        return self._say.text(
            "html.share.label", weight=weight, reading=self._say.text(f"html.share.reading.{share.reading}")
        )

    def _interval(self, interval: tuple[str, str, str], digits: int) -> str:
        low, high = (self._say.share(end, digits=digits) for end in interval[:2])
        return low if low == high else self._say.text("html.share.interval", low=low, high=high)


def _interval_changes(change: ShareChange) -> bool:
    """Whether an interval is another one, as far as a page tells it."""
    return _ends(change.before, _FINEST) != _ends(change.after, _FINEST)


def _ends(interval: tuple[str, str, str] | None, digits: int) -> list[Decimal] | None:
    return [round(Decimal(end) * 100, digits) for end in interval[:2]] if interval is not None else None


def _share_order(share: Share | ShareChange) -> tuple[int, int]:
    """By volume and strictly, as people speak of a share, before the other readings."""
    return ("volume", "count", "class").index(share.weight), ("strict", "territorial").index(share.reading)


def _digits(change: ShareChange) -> int:
    """As few decimals as tell before from after."""
    for digits in range(_FINEST):
        if _ends(change.before, digits) != _ends(change.after, digits):
            return digits
    return _FINEST
