"""What changed since an earlier assessment, in words: the first page's section, the annex, the terminal's lines.

Each part is a table of cells, so that a page and a terminal say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sovercheck import messages
from sovercheck.comparison import (
    KINDS,
    Change,
    Comparison,
    CopyChange,
    CopyState,
    ExposureChange,
    FactChange,
    LawChange,
    PlaceChange,
    ReadingChange,
    RuleChange,
    ShareChange,
    Standing,
    SystemPlaces,
    WaiverChange,
    in_force,
)
from sovercheck.findings import GapView, LawView, PlaceVolume, RuleResult, VerdictWord
from sovercheck.reports.ledger_page import missing_facts
from sovercheck.reports.view import FACTS_SHOWN, Mark, View

GRAVEST = 8
"""Changes that the first page names."""

SHOWN = 200
"""Rows of a table of the annex; the JSON file has them all."""

NAMED = 6
"""Regions or kinds that a line names."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: words or a verdict, smaller lines below, and where in the report its subject stands."""

    text: str | Mark
    notes: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def words(self) -> str:
        """The text without its mark."""
        return self.text.text if isinstance(self.text, Mark) else self.text


@dataclass(frozen=True, slots=True)
class Table:
    """One list of changes.

    Attributes:
        id: names it among the others.
        caption: what it lists.
        heads: of its columns.
        rows: its first `SHOWN` rows, each with a cell a column.
        total: how many rows there are.
        more: how many are left out, in words; empty if none.
    """

    id: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    more: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that the report says of what changed.

    Attributes:
        title: with the day of the earlier assessment.
        since: both days, and what is told apart.
        counts: findings by what became of them, those that did not change last.
        also: readings, copies, exposures, waivers and rules, counted; only what there is.
        gravest: the changes that the first page names; None if there are none.
        tables: the whole list; empty tables are left out.
        notes: what the comparison could not do.
    """

    title: str
    since: str
    counts: tuple[str, ...]
    also: tuple[str, ...]
    gravest: Table | None
    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def changes(view: View) -> Changes | None:
    """What changed, in words; None where no earlier assessment is given."""
    found = view.options.comparison
    if found is None:
        return None
    telling = _Telling(view, found)
    return Changes(
        title=view.t("changes.title", date=view.say.date(found.earlier)),
        since=view.t("changes.annex_since", earlier=view.say.date(found.earlier), later=view.say.date(found.later)),
        counts=tuple(_counts(view, found)),
        also=tuple(_also(view, found)),
        gravest=telling.gravest(),
        tables=tuple(table for table in telling.tables() if table.rows),
        notes=() if found.copies_compared else (view.t("changes.not_one_by_one"),),
    )


def _counts(view: View, found: Comparison) -> Iterator[str]:
    tally = Counter(change.kind for change in found.findings)
    yield from (view.many(f"changes.count.{kind}", tally[kind]) for kind in KINDS if tally[kind])
    yield view.many("changes.count.unchanged", found.unchanged)


def _also(view: View, found: Comparison) -> Iterator[str]:
    readings: Counter[str] = Counter()
    for reading in found.readings:
        readings[reading.change] += reading.count
    copies = Counter(copy.change for copy in found.copies)
    exposures = Counter(exposure.change for exposure in found.exposures)
    ended = sum(waiver.change in ("lapsed", "void", "withdrawn") for waiver in found.waivers)
    for key, number in (
        ("lost", readings["lost"]),
        ("gained", readings["gained"]),
        *((change, copies[change]) for change in ("moved", "unseen", "came", "went")),
        ("exposed", exposures["gained"]),
        ("unexposed", exposures["lost"]),
        ("lapsed", ended),
        ("lapsing", len(found.lapsing)),
        ("rules", len(found.rules) + len(found.laws)),
    ):
        if number:
            yield view.many(f"changes.sum.{key}", number)


class _Telling:
    """The words of one comparison.

    Args:
        view: of the later assessment.
        found: the comparison.
    """

    def __init__(self, view: View, found: Comparison) -> None:
        self._view = view
        self._found = found
        self._rules = {change.id: change for change in found.rules}
        self._laws = {change.id: change for change in found.laws}

    def gravest(self) -> Table | None:
        if not self._found.findings:
            return None
        return self._table("gravest", _FINDINGS, self._found.findings[:GRAVEST], self._finding)

    def tables(self) -> Iterator[Table]:
        found = self._found
        yield self._table("findings", _FINDINGS, found.findings, self._finding)
        reading_heads = (
            "changes.col.reading",
            "changes.col.change",
            "col.source",
            "col.scope",
            "col.reason",
            "col.mend",
        )
        yield self._table("readings", reading_heads, found.readings, self._reading)
        copy_heads = ("changes.col.copy", "changes.col.change", "changes.col.before", "changes.col.after")
        yield self._table("copies", copy_heads, found.copies, self._copy)
        yield self._table("systems", ("col.system", *_BEFORE_AFTER), found.systems, self._system)
        exposure_heads = ("col.system", "col.law", "changes.col.change", *_BEFORE_AFTER, "col.why")
        yield self._table("exposures", exposure_heads, found.exposures, self._exposure)
        yield self._table("shares", ("col.interval", *_BEFORE_AFTER), found.shares, self._share)
        yield self._table("territory", ("col.place", "col.kind", *_BEFORE_AFTER), found.territory, self._place)
        waiver_heads = ("col.waiver", "col.rule", "changes.col.change", "col.expires", "col.by")
        yield self._table("waivers", waiver_heads, (*found.waivers, *found.lapsing), self._waiver)
        rules = ("changes.col.rule_or_law", "changes.col.change", *_BEFORE_AFTER)
        changed: tuple[RuleChange | LawChange, ...] = (*found.rules, *found.laws)
        yield self._table("rules", rules, changed, self._rule_or_law)

    def _table(self, id_: str, heads: Sequence[str], items: Sequence[T], row: Callable[[T], tuple[Cell, ...]]) -> Table:
        left = len(items) - SHOWN
        return Table(
            id=id_,
            caption=self._view.t(f"changes.{id_}"),
            heads=tuple(self._view.t(head) for head in heads),
            rows=tuple(row(item) for item in islice(items, SHOWN)),
            total=len(items),
            more=self._view.many("changes.more", left) if left > 0 else "",
        )

    # Findings

    def _finding(self, change: Change) -> tuple[Cell, ...]:
        view = self._view
        systems = ", ".join(view.name("system", system) for system in change.systems if system != change.id)
        before, after = self._standing(change, change.before, earlier=True), self._standing(change, change.after)
        facts = [self._fact(fact) for fact in change.facts[:FACTS_SHOWN]]
        if len(change.facts) > FACTS_SHOWN:
            facts.append(view.many("finding.more_facts", len(change.facts) - FACTS_SHOWN))
        return (
            Cell(change.name, tuple(part for part in (change.id if change.id != change.name else "", systems) if part)),
            Cell(view.t(f"changes.kind.{change.kind}"), (view.say.severity(change.severity),)),
            self._rule(change.rule),
            Cell(after, (view.t("changes.before", word=before.text),)),
            Cell(self._causes(change.causes), tuple(facts)),
        )

    def _standing(self, change: Change, standing: Standing, *, earlier: bool = False) -> Mark:
        """In the words of the rule as it was then."""
        if standing.word in ("absent", "no_rule", "not_told"):
            unseen = not earlier and change.kind == "out_of_sight"
            return Mark("na", self._view.t(f"changes.standing.{'out_of_sight' if unseen else standing.word}"))
        rule = self._rule_result(change.rule, earlier=earlier)
        if rule is None:
            return Mark("na", standing.word)
        return self._view.mark(rule, standing.word, standing.weakest, legal_reference=standing.legal_reference)

    def _rule_result(self, id_: str, *, earlier: bool = False) -> RuleResult | None:
        changed = self._rules.get(id_)
        then = changed.before if changed is not None and earlier else None
        return then or self._view.rules.get(id_) or (changed.before if changed is not None else None)

    def _rule(self, id_: str) -> Cell:
        rule = self._rule_result(id_)
        title = self._view.say.says(rule.title) if rule is not None else id_
        return Cell(title, anchor=self._view.rule_anchor(id_) if id_ in self._view.rules else "")

    def _causes(self, causes: Iterable[str]) -> str:
        return self._view.say.enumeration(self._view.t(f"changes.cause.{cause}") for cause in causes)

    def _fact(self, fact: FactChange) -> str:
        view = self._view
        name = view.say.fact(fact.fact)
        before = view.value(fact.before) if fact.before is not None else None
        after = view.value(fact.after) if fact.after is not None else None
        if before is None:
            return view.t("changes.fact_one", name=name, value=after)
        if after is None:
            return view.t("changes.fact_gone", name=name, value=before)
        if before == after:
            return view.t("changes.fact_evidence", name=name, value=after)
        return view.t("changes.fact", name=name, before=before, after=after)

    # Readings

    def _reading(self, reading: ReadingChange) -> tuple[Cell, ...]:
        view = self._view
        place = (reading.scope, reading.account, _first(reading.regions))
        return (
            Cell(self._what_was_read(reading)),
            Cell(view.t(f"changes.reading.{reading.change}")),
            Cell(reading.source),
            Cell(" / ".join(part for part in place if part)),
            Cell(self._why_unread(reading)),
            Cell(reading.needs or "" if reading.change == "lost" else ""),
        )

    def _what_was_read(self, reading: ReadingChange) -> str:
        view = self._view
        if reading.of == "source":
            return view.t("changes.reading.source")
        if reading.of == "listing":
            return view.t("changes.reading.listing", kinds=_first(reading.kinds), service=reading.service or "")
        gap = GapView(
            reading.source,
            reading.reason or "",
            reading.table or "",
            reading.id,
            reading.facts,
            reading.scope,
            reading.needs,
            None,
        )
        return " ".join(missing_facts(view, (gap,)))

    def _why_unread(self, reading: ReadingChange) -> str:
        view = self._view
        if reading.reason is None:
            return view.t("changes.reading.not_tried") if reading.change == "lost" else ""
        own = f"changes.reading.{reading.reason}"
        said = view.t(own) if messages.has(f"html.{own}") else view.say.gap_reason(reading.reason)
        return said if reading.change == "lost" else view.t("changes.before", word=said)

    # Places

    def _copy(self, copy: CopyChange) -> tuple[Cell, ...]:
        name = copy.name or copy.id
        return (
            Cell(name, (copy.id,) if name != copy.id else ()),
            Cell(self._view.t(f"changes.copy.{copy.change}")),
            Cell(self._copy_state(copy.before)),
            Cell(self._copy_state(copy.after)),
        )

    def _copy_state(self, state: CopyState | None) -> str:
        if state is None:
            return self._view.t("changes.none")
        return self._view.t("changes.copy.state", place=self._view.say.place(state.place), kind=self._kind(state.kind))

    def _kind(self, kind: str | None) -> str:
        return self._view.say.word("value", kind) if kind is not None else self._view.t("copy.kind_unknown")

    def _system(self, places: SystemPlaces) -> tuple[Cell, ...]:
        return Cell(places.name), self._volumes(places.before), self._volumes(places.after)

    def _volumes(self, volumes: Sequence[PlaceVolume]) -> Cell:
        view = self._view
        lines = [
            view.say.pair(
                view.t("changes.copy.state", place=view.say.place(volume.place), kind=self._kind(volume.kind)),
                self._volume(volume),
            )
            for volume in volumes
        ]
        return Cell(lines[0], tuple(lines[1:])) if lines else Cell(view.t("changes.none"))

    def _volume(self, volume: PlaceVolume | None) -> str:
        view = self._view
        if volume is None:
            return view.t("changes.none")
        return view.t(
            "changes.volume",
            copies=view.many("territory.copies", volume.copies),
            volume=view.say.volume(volume.bytes_low, volume.bytes_high),
        )

    def _place(self, place: PlaceChange) -> tuple[Cell, ...]:
        return (
            Cell(self._view.say.place(place.place)),
            Cell(self._kind(place.kind)),
            Cell(self._volume(place.before)),
            Cell(self._volume(place.after)),
        )

    def _share(self, share: ShareChange) -> tuple[Cell, ...]:
        view = self._view
        weight, reading = view.t(f"share.weight.{share.weight}"), view.t(f"share.reading.{share.reading}")
        return (
            Cell(view.t("share.label", weight=weight, reading=reading)),
            self._interval(share, share.before, share.verdict_before),
            self._interval(share, share.after, share.verdict_after),
        )

    def _interval(self, share: ShareChange, interval: tuple[str, str, str] | None, verdict: VerdictWord | None) -> Cell:
        view = self._view
        if interval is None or verdict is None:
            return Cell(view.t("changes.none"))
        low, high, target = (view.say.share(part) for part in interval)
        said = low if low == high else view.t("share.interval", low=low, high=high)
        rule = self._rule_result(share.rule)
        word = view.say.verdict(rule, verdict, None) if rule is not None else verdict
        return Cell(said, (view.t("share.target", target=target), word))

    # Exposures, waivers, rules and laws

    def _exposure(self, change: ExposureChange) -> tuple[Cell, ...]:
        view = self._view

        def told(interval: tuple[str, str] | None) -> Cell:
            return Cell(view.say.exposure(*interval) if interval is not None else view.t("changes.none"))

        return (
            Cell(change.name),
            Cell(self._law_name(change.law)),
            Cell(view.t(f"changes.exposure.{change.change}")),
            told(change.before),
            told(change.after),
            Cell(self._causes(change.causes)),
        )

    def _law_name(self, id_: str) -> str:
        changed = self._laws.get(id_)
        law: LawView | None = self._view.laws.get(id_) or (changed.before if changed is not None else None)
        return self._view.say.says(law.name) if law is not None else id_

    def _waiver(self, waiver: WaiverChange) -> tuple[Cell, ...]:
        view = self._view
        key = f"changes.waiver.{waiver.change}"
        return (
            Cell(view.t(f"waiver.{waiver.kind}"), (waiver.id, *waiver.subjects[:FACTS_SHOWN])),
            self._rule(waiver.rule),
            Cell(view.many(key, waiver.days) if waiver.change == "lapsing" else view.t(key)),
            Cell(view.say.date(waiver.expires_on)),
            Cell(waiver.approved_by),
        )

    def _rule_or_law(self, change: RuleChange | LawChange) -> tuple[Cell, ...]:
        if isinstance(change, RuleChange):
            name, before, after = self._rule(change.id), self._rule_parts(change.before), self._rule_parts(change.after)
        else:
            name = Cell(self._law_name(change.id))
            before = self._law_parts(change.before, self._found.earlier)
            after = self._law_parts(change.after, self._found.later)
        view = self._view
        word = "new" if change.before is None else "gone" if change.after is None else None
        differs = view.say.enumeration(view.t(f"changes.differs.{part}") for part in change.differs)
        return (
            name,
            Cell(view.t(f"changes.rule.{word}") if word is not None else differs),
            self._parts(before, change.differs),
            self._parts(after, change.differs),
        )

    def _parts(self, parts: Mapping[str, str], differs: Sequence[str]) -> Cell:
        """What differs, as it was or is."""
        said = list(dict.fromkeys(parts[part] for part in differs if parts.get(part)))
        return Cell(said[0], tuple(said[1:])) if said else Cell(self._view.t("changes.none"))

    def _rule_parts(self, rule: RuleResult | None) -> Mapping[str, str]:
        if rule is None:
            return {}
        view = self._view
        return {
            "statement": view.say.says(rule.statement),
            "parameters": ", ".join(f"{name} = {value}" for name, value in rule.parameters.items()),
            "basis": f"{view.say.basis(rule.basis)}, {view.say.says(rule.cite)}",
            "severity": view.say.severity(rule.severity),
            "min_evidence": view.say.grade(rule.min_evidence),
            "text": view.text_read(rule.text),
            "in_force": view.in_force(rule.in_force_from, rule.in_force_to),
            "law": self._law_name(rule.law) if rule.law is not None else "",
            "force": view.t("changes.applies" if rule.applies else "changes.applies_not"),
        }

    def _law_parts(self, law: LawView | None, day: str) -> Mapping[str, str]:
        if law is None:
            return {}
        view = self._view
        return {
            "places": view.say.enumeration(view.say.place(place) for place in law.places),
            "status": law.status,
            "in_force": view.in_force(law.in_force_from, law.in_force_to),
            "text": view.text_read(law.text),
            "force": view.t("changes.applies" if in_force(law, day) else "changes.applies_not"),
        }


def _first(words: Sequence[str]) -> str:
    """The first of a list, the others as « … »."""
    return ", ".join(words[:NAMED]) + (", …" if len(words) > NAMED else "")


_BEFORE_AFTER = ("changes.col.before", "changes.col.after")
_FINDINGS = ("col.subject", "changes.col.change", "col.rule", "col.verdict", "col.why")
