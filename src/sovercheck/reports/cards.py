"""The three questions of the first page: where the data are, who can compel their disclosure, what can be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from sovercheck.findings import Exposure, KeyHolding, LawView, PlaceVolume, established
from sovercheck.reports import ledger_page, svg
from sovercheck.reports.readings import missing_permissions
from sovercheck.reports.view import HOME, PRESS, Mark, View

_GRADE_FILLS = {
    "observed": "#1b6e3c",
    "documented": "#4f9169",
    "declared": "#93bfa3",
    "reported": "#c2a96f",
    "inferred": "#dccfae",
    "assumed": "#efe8d6",
    "none": svg.HATCH,
}
_PLACE_FILLS = {
    "home": svg.BLUE,
    "canada": "#5b8fb9",
    "canada_open": "url(#hatch-blue)",
    "unknown": svg.HATCH,
}
_ABROAD_FILLS = ("#8a6d3b", "#b99a62")
_OTHER_FILL = "#ddcba6"


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend."""

    fill: str
    text: str

    def swatch(self) -> Markup:
        """The colour or hatching that it explains."""
        return Markup(
            '<svg class="k" viewBox="0 0 12 12" aria-hidden="true"><rect x=".5" y=".5" width="11" height="11" '
            'fill="{}" stroke="#52606d"/></svg>'
        ).format(self.fill)


@dataclass(frozen=True, slots=True)
class Card:
    """One of the three questions: an answer, a picture with its legend, and what weakens it."""

    id: str
    title: str
    answer: str
    subject: str
    picture: Markup
    legend: tuple[Key, ...]
    weakens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawLine:
    """How one law reaches the systems, counted."""

    name: str
    citation: str
    anchor: str
    counts: tuple[Mark, ...]
    note: str


def cards(view: View) -> tuple[Card, ...]:
    """The three questions, each with one answer, one picture, and what weakens it."""
    return (_where(view), _who(view), _shown(view))


def law_lines(view: View) -> tuple[LawLine, ...]:
    """How each law that a rule looks at reaches the systems, the one that reaches most of them first."""
    lines = [(_reach(view, law), _law_line(view, law)) for law in view.assessment.laws]
    return tuple(line for _, line in sorted(lines, key=lambda pair: pair[0], reverse=True))


# Where


def _where(view: View) -> Card:
    sensitive = bool(view.assessment.sensitive_territory)
    volumes = view.assessment.sensitive_territory if sensitive else view.assessment.territory
    parts = place_parts(view, volumes)
    total = sum(part.copies for part in parts)
    home = sum(part.copies for part in parts if part.kind == "home")
    unknown = sum(part.copies for part in parts if part.kind == "unknown")
    if total:
        answer = view.t("where.answer", home=_percent(view, home, total), unknown=_percent(view, unknown, total))
    else:
        answer = view.t("where.nothing")
    legend = tuple(
        Key(part.fill, view.many("where.part", part.copies, place=part.name, share=_percent(view, part.copies, total)))
        for part in parts
    )
    title = view.t("where.picture", parts="; ".join(key.text for key in legend))
    open_lists = sum(system.places_open for system in view.assessment.systems)
    unbounded = sum(volume.unsized for volume in volumes)
    return Card(
        id="where",
        title=view.t("where.title"),
        answer=answer,
        subject=view.many("where.sensitive" if sensitive else "where.all", total),
        picture=svg.stacked_bar("where-bar", title, [svg.Segment(part.copies, part.fill) for part in parts]),
        legend=legend,
        weakens=tuple(
            view.many(key, number)
            for key, number in (
                ("where.unread", ledger_page.not_obtained(view)),
                ("where.open", open_lists),
                ("where.unbounded", unbounded),
            )
            if number
        ),
    )


@dataclass(frozen=True, slots=True)
class PlacePart:
    """Copies of one part of the world: Québec, the rest of Canada, a country, the others, or nobody knows where."""

    kind: str
    name: str
    copies: int
    fill: str


def place_parts(view: View, volumes: Iterable[PlaceVolume]) -> list[PlacePart]:
    """Copies counted by part of the world, Québec first and the unknown last."""
    tally: Counter[str] = Counter()
    for volume in volumes:
        tally[_part(volume.place)] += volume.copies
    abroad = sorted((code for code in tally if code not in _PLACE_FILLS), key=lambda code: (-tally[code], code))
    parts = [
        PlacePart(kind, view.say.place(HOME) if kind == "home" else view.t(f"where.{kind}"), tally[kind], fill)
        for kind, fill in _PLACE_FILLS.items()
        if tally[kind] and kind != "unknown"
    ]
    for code, fill in zip(abroad, _ABROAD_FILLS, strict=False):
        parts.append(PlacePart("abroad", view.say.place(code), tally[code], fill))
    others = sum(tally[code] for code in abroad[len(_ABROAD_FILLS) :])
    if others:
        parts.append(PlacePart("abroad", view.t("where.others"), others, _OTHER_FILL))
    if tally["unknown"]:
        parts.append(PlacePart("unknown", view.say.place(None), tally["unknown"], svg.HATCH))
    return parts


def _part(place: str | None) -> str:
    if place is None:
        return "unknown"
    if place == HOME:
        return "home"
    country = place.partition("-")[0]
    if country == "CA":
        return "canada_open" if place == "CA" else "canada"
    return country


def _percent(view: View, part: int, total: int) -> str:
    if total and 0 < part * 100 < total:
        return view.t("percent.less_than_one")
    return view.say.percent(Decimal(100 * part) / total if total else Decimal(0), digits=0)


# Who


def exposure_states(view: View) -> dict[str, str]:
    """The worst exposure of each system to a law in force: exposed, possible, open or none_known."""
    in_force = {rule.law for rule in view.assessment.rules if rule.law and rule.applies}
    order = ("exposed", "possible", "open", "none_known")
    worst: dict[str, str] = {}
    for system in view.assessment.systems:
        found = [_state(exposure) for exposure in system.exposures if exposure.law in in_force]
        if found:
            worst[system.id] = min(found, key=order.index)
    return worst


def _state(exposure: Exposure) -> str:
    """What is established counts: possible at least is possible, whatever the most may be.

    A mitigation counts once it is shown.
    """
    low, high = established(exposure.inherent, exposure.residual)
    return "open" if low == "none_known" and high != low else low


def reported_exposures(view: View) -> set[str]:
    """Systems of which the press alone says that they are exposed."""
    reported: dict[str, bool] = {}
    for finding in view.assessment.findings:
        if view.rules[finding.rule].law and finding.verdict == "fail":
            for system in finding.systems:
                reported[system] = reported.get(system, True) and finding.weakest == PRESS
    return {system for system, alone in reported.items() if alone}


_STATE_FILLS = (("exposed", svg.BROWN), ("possible", "#d9a273"), ("open", svg.HATCH), ("none_known", "#7fae93"))


def _who(view: View) -> Card:
    states = exposure_states(view)
    tally = Counter(states.values())
    missing = len(view.assessment.systems) - len(states)
    segments = [svg.Segment(tally[state], fill) for state, fill in _STATE_FILLS if tally[state]]
    legend = [Key(fill, view.many(f"who.{state}", tally[state])) for state, fill in _STATE_FILLS if tally[state]]
    if missing:
        segments.append(svg.Segment(missing, "#fff"))
        legend.append(Key("#fff", view.many("who.missing", missing)))
    press = len(reported_exposures(view))
    parties_open = sum(system.parties_open for system in view.assessment.systems)
    return Card(
        id="who",
        title=view.t("who.title"),
        answer=", ".join(
            view.many(f"who.{state}", tally[state])
            for state in ("exposed", "possible", "open")
            if tally[state] or state != "possible"
        ),
        subject=view.t("who.subject"),
        picture=svg.stacked_bar("who-bar", view.t("who.picture", parts="; ".join(k.text for k in legend)), segments),
        legend=tuple(legend),
        weakens=(
            *_keys(view),
            *(
                view.many(key, number)
                for key, number in (("who.press", press), ("who.parties_open", parties_open))
                if number
            ),
        ),
    )


def _keys(view: View) -> Iterator[str]:
    """Who holds the keys, in one sentence."""
    tally: Counter[str] = Counter()
    for holding in view.assessment.keys:
        tally[_holder(holding)] += holding.copies
    if tally:
        parts = [view.many(f"keys.{holder}", tally[holder]) for holder in _HOLDERS if tally[holder]]
        yield view.many("keys", sum(tally.values()), parts=", ".join(parts))


_HOLDERS = ("provider", "customer", "elsewhere", "unknown")


def _holder(holding: KeyHolding) -> str:
    if holding.grade in ("K3", "K4"):
        return "elsewhere"
    return holding.manager or "unknown"


def _reach(view: View, law: LawView) -> tuple[int, ...]:
    states = [_state(e) for system in view.assessment.systems for e in system.exposures if e.law == law.id]
    applies = any(rule.applies for rule in view.assessment.rules if rule.law == law.id)
    return (int(applies), states.count("exposed"), states.count("possible"), states.count("open"))


def _law_line(view: View, law: LawView) -> LawLine:
    applies = any(rule.applies for rule in view.assessment.rules if rule.law == law.id)
    tally = Counter(_state(e) for system in view.assessment.systems for e in system.exposures if e.law == law.id)
    shapes = {"exposed": "exp", "possible": "exp", "open": "unk", "none_known": "pass"}
    marks = [
        Mark(shapes[state], view.many(f"law.{state}", tally[state]), hollow=state == "possible")
        for state, _ in _STATE_FILLS
        if tally[state]
    ]
    if not applies:
        marks = [Mark("na", view.t("law.not_in_force"))]
    return LawLine(
        name=view.say.says(law.name),
        citation=view.say.says(law.citation),
        anchor=f"loi-{law.id}",
        counts=tuple(marks) or (Mark("na", view.t("law.nothing")),),
        note="" if applies else view.in_force(law.in_force_from, law.in_force_to),
    )


# What can be shown


def _shown(view: View) -> Card:
    assessment, coverage = view.assessment, view.assessment.coverage
    total = sum(share.facts for share in assessment.evidence)
    facts = {share.grade: share.facts for share in assessment.evidence}
    strong = facts.get("observed", 0) + facts.get("documented", 0)
    legend = tuple(
        Key(_GRADE_FILLS[grade], view.t("shown.part", grade=view.say.grade(grade), share=_percent(view, n, total)))
        for grade, n in facts.items()
        if n
    )
    segments = [svg.Segment(number, _GRADE_FILLS[grade]) for grade, number in facts.items()]
    permissions = [one.name for one in missing_permissions(assessment) if one.name is not None]
    needs = list(dict.fromkeys([*permissions, *(gap.needs for gap in assessment.gaps if gap.needs)]))
    # Evidence of what was read says nothing of what was not: the answer tells of both.
    missed = ledger_page.not_obtained(view)
    closed = ledger_page.nothing_of(view)
    unread = (view.many("shown.unread", missed) if missed else "") + (f"; {closed}" if closed else "")
    readings = ledger_page.sentence(view)
    weakens = [readings] if readings else []
    weakens.append(
        view.many(
            "shown.coverage",
            coverage.systems,
            read=view.number(coverage.read),
            declared=view.number(coverage.declared),
            unreached=view.number(coverage.unreached),
        )
    )
    if assessment.gaps:
        weakens.append(
            view.many("shown.gaps", len(assessment.gaps))
            + (view.t("shown.needs", needs=", ".join(needs[:3])) if needs else ".")
        )
    return Card(
        id="shown",
        title=view.t("shown.title"),
        answer=(
            view.t(
                "shown.answer",
                strong=_percent(view, strong, total),
                none=_percent(view, facts.get("none", 0), total),
            )
            if total
            else view.t("shown.nothing")
        )
        + unread,
        subject=view.many("shown.subject", total),
        picture=svg.stacked_bar(
            "shown-bar", view.t("shown.picture", parts="; ".join(key.text for key in legend)), segments
        ),
        legend=legend,
        weakens=tuple(weakens),
    )
