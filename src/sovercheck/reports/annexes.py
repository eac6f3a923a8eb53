"""What stands behind the answers: the territory in full, the coverage, the laws, and how to make the report again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sovercheck import messages
from sovercheck.findings import PlaceVolume
from sovercheck.gate import Gate
from sovercheck.inventory.facts import COPY_KINDS
from sovercheck.reports import svg
from sovercheck.reports.cards import Key
from sovercheck.reports.ledger_page import GapLine, LedgerPage, PermissionLine, gaps, ledger, permissions
from sovercheck.reports.view import HOME, View, link

_KIND_FILLS = {"primary": svg.BLUE, "replica": "#5b8fb9", "backup": "#a9c6de", "other": "#dfe6ec", None: svg.HATCH}


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A place: its copies by kind, and their volume."""

    place: str
    cells: tuple[str, ...]
    copies: str
    volume: str


@dataclass(frozen=True, slots=True)
class Territory:
    """All copies by place and kind, as a picture and a table."""

    picture: Markup
    legend: tuple[Key, ...]
    kinds: tuple[str, ...]
    rows: tuple[TerritoryRow, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source and what it gave."""

    name: str
    kind: str
    rows: str
    gaps: str
    grade: str


@dataclass(frozen=True, slots=True)
class LawEntry:
    """A law of the catalogue that a rule looks at."""

    anchor: str
    name: str
    citation: str
    url: str | None
    what: str
    note: str
    places: str
    in_force: str
    text_read: str


@dataclass(frozen=True, slots=True)
class UntiedLine:
    """A resource that is tied to no system."""

    name: str
    id: str
    kind: str
    place: str
    volume: str
    account: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, and what was not."""

    read: str
    declared: str
    unreached: str
    total: str
    bar: Markup
    untied: str
    unmatched: str
    untied_resources: tuple[UntiedLine, ...]
    untied_more: str
    subjects: tuple[tuple[str, str], ...]
    sources: tuple[SourceLine, ...]
    ledger: LedgerPage | None
    permissions: tuple[PermissionLine, ...]
    more_permissions: tuple[str, ...]
    gaps: tuple[GapLine, ...]
    notes: tuple[tuple[str, str], ...]
    unreached_names: tuple[str, ...]
    unreached_more: str


@dataclass(frozen=True, slots=True)
class Reproducing:
    """How to make the same assessment again."""

    version: str
    command: str
    inputs: tuple[tuple[str, str, str], ...]
    parameters: tuple[tuple[str, str], ...]


def territory(view: View, volumes: Sequence[PlaceVolume]) -> Territory | None:
    """Copies by place and kind, Québec first and the unknown place last; None if there are no copies."""
    if not volumes:
        return None
    places = sorted({volume.place for volume in volumes}, key=lambda place: _place_order(place, volumes))
    kinds: list[str | None] = [kind for kind in COPY_KINDS if any(v.kind == kind for v in volumes)]
    if any(volume.kind is None for volume in volumes):
        kinds.append(None)
    groups = list(dict.fromkeys(_group(kind) for kind in kinds))
    bars, rows = [], []
    for place in places:
        here = [volume for volume in volumes if volume.place == place]
        copies = sum(volume.copies for volume in here)
        low = sum(volume.bytes_low for volume in here)
        unbounded = any(volume.bytes_high is None for volume in here)
        high = None if unbounded else sum(volume.bytes_high or 0 for volume in here)
        volume_text = view.say.volume(low, high)
        segments = [
            svg.Segment(
                sum(v.copies for v in here if _group(v.kind) == group),
                svg.HATCH if place is None else _KIND_FILLS[group],
            )
            for group in groups
        ]
        name = view.say.place(place)
        count = view.many("territory.copies", copies)
        bars.append(svg.BarRow(name, tuple(segments), f"{count}, {volume_text}"))
        rows.append(
            TerritoryRow(
                place=name,
                cells=tuple(_cell(view, [v for v in here if v.kind == kind]) for kind in kinds),
                copies=view.number(copies),
                volume=volume_text,
            )
        )
    legend = [Key(_KIND_FILLS[group], view.t(f"territory.kind.{group or 'unknown'}")) for group in groups if group]
    if None in groups or None in places:
        legend.append(Key(svg.HATCH, view.t("territory.kind.unknown")))
    title = view.t(
        "territory.picture", parts="; ".join(view.t("fact.line", name=bar.label, value=bar.note) for bar in bars)
    )
    return Territory(
        picture=svg.bars("territory-chart", title, bars),
        legend=tuple(legend),
        kinds=tuple(view.say.word("value", kind) if kind else view.t("copy.kind_unknown") for kind in kinds),
        rows=tuple(rows),
    )


def _group(kind: str | None) -> str | None:
    return kind if kind is None or kind in _KIND_FILLS else "other"


def _place_order(place: str | None, volumes: Sequence[PlaceVolume]) -> tuple[int, int, str]:
    if place is None:
        return 3, 0, ""
    near = 0 if place == HOME else 1 if place.startswith("CA") else 2
    return near, -sum(volume.copies for volume in volumes if volume.place == place), place


def _cell(view: View, volumes: Sequence[PlaceVolume]) -> str:
    copies = sum(volume.copies for volume in volumes)
    return view.number(copies) if copies else "–"


def coverage(view: View) -> Coverage:
    """What was looked at, systems first."""
    found = view.assessment.coverage
    missing, more_missing = permissions(view)
    unreached = [system.name for system in view.assessment.systems if system.reach == "unreached"]
    shown = 40
    parts = (
        view.many("coverage.read", found.read),
        view.many("coverage.declared", found.declared),
        view.many("coverage.unreached", found.unreached),
    )
    segments = (
        svg.Segment(found.read, "#1b6e3c"),
        svg.Segment(found.declared, "#93bfa3"),
        svg.Segment(found.unreached, svg.HATCH),
    )
    return Coverage(
        read=parts[0],
        declared=parts[1],
        unreached=parts[2],
        total=view.many("coverage.total", found.systems),
        bar=svg.stacked_bar("coverage-bar", view.t("coverage.picture", parts="; ".join(parts)), segments),
        untied=view.many("coverage.untied", found.untied_resources) if found.untied_resources else "",
        unmatched=view.many("coverage.unmatched", found.unmatched_resources) if found.unmatched_resources else "",
        untied_resources=tuple(
            UntiedLine(
                name=resource.name or resource.id,
                id=resource.id if resource.name else "",
                kind=resource.kind or "",
                place=view.say.place(resource.place),
                volume=view.say.volume(resource.bytes_low, resource.bytes_high),
                account=resource.account or "",
            )
            for resource in found.untied
        ),
        untied_more=view.many("untied.more", more) if (more := found.untied_resources - len(found.untied)) else "",
        subjects=tuple(
            (view.say.word("table", f"{table}.plural"), view.number(number)) for table, number in found.subjects.items()
        ),
        sources=tuple(
            SourceLine(
                name=source.name,
                kind=_word(view, "source_kind", source.kind),
                rows=view.number(source.rows),
                gaps=view.number(source.gaps),
                grade=view.say.grade(source.grade),
            )
            for source in found.sources
        ),
        ledger=ledger(view),
        permissions=missing,
        more_permissions=more_missing,
        gaps=gaps(view),
        notes=tuple((note.source, _note(view, note.code, note.params)) for note in view.assessment.notes),
        unreached_names=tuple(unreached[:shown]),
        unreached_more=view.many("coverage.more", len(unreached) - shown) if len(unreached) > shown else "",
    )


def _word(view: View, family: str, word: str) -> str:
    return view.t(f"{family}.{word}") if messages.has(f"html.{family}.{word}") else word


def _note(view: View, code: str, params: dict[str, str]) -> str:
    """The note's sentence; a note of another version of the program, with no sentence here, as it stands."""
    try:
        return view.say.text(f"note.{code}", **params)
    except KeyError:
        return ", ".join((code, *(f"{name} = {value}" for name, value in params.items())))


def laws(view: View) -> tuple[LawEntry, ...]:
    """The laws that rules look at, with their status and the wording that was read."""
    return tuple(
        LawEntry(
            anchor=f"loi-{law.id}",
            name=view.say.says(law.name),
            citation=view.say.says(law.citation),
            url=link(law.url),
            what=view.say.says(law.what),
            note=view.say.says(law.note) if law.note else "",
            places=view.say.enumeration(view.say.place(place) for place in law.places),
            in_force=_status(view, law.status) + view.in_force(law.in_force_from, law.in_force_to),
            text_read=view.text_read(law.text),
        )
        for law in view.assessment.laws
    )


def _status(view: View, status: str) -> str:
    """Only what differs from being in force is said."""
    return "" if status == "in_force" else f"{_word(view, 'status', status)}, "


def _gate_command(gate: Gate, as_of: str) -> list[str]:
    """What judges the same files again; the sources that they came from are not part of what a gate says."""
    words = ["sovercheck", "gate", *(plan.name for plan in gate.plans), "--as-of", as_of, "--fail-on", gate.fail_on]
    if gate.data_class is not None:
        words += ["--data-class", gate.data_class]
    for provider, region in gate.assumed.items():
        words += ["--assume-region", f"{provider}={region}"]
    if gate.baseline is not None:
        words += ["--baseline", gate.baseline]
    return [*words, "--only-new"] if gate.only_new else words


def reproducing(view: View) -> Reproducing:
    """Versions, hashes and the canonical command, which is made from the assessment and not the one typed."""
    assessment = view.assessment
    saved = [item.name for item in assessment.inputs if item.kind == "inventory" and item.name != "inventory"]
    stood_in = [word for name in saved for word in ("--from", name)]
    return Reproducing(
        version=assessment.version,
        command=shlex.join(
            ["sovercheck", "assess", *stood_in, "--as-of", assessment.as_of]
            if view.options.gate is None
            else _gate_command(view.options.gate, assessment.as_of)
        ),
        inputs=tuple((view.t(f"input.{item.kind}"), item.name, item.sha256) for item in assessment.inputs),
        parameters=tuple(assessment.parameters.items()),
    )
