"""The report's pictures, as SVG without style attributes or scripts, so that its content policy holds.

Each has its words as a title inside; the tables beside them say the same in full. Nothing is told by colour alone:
what is not known is hatched or dashed, neighbours are parted by a white line and differ in lightness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

WIDTH = 1040
"""Of the wide pictures, in units of their view box."""

HATCH = "url(#hatch)"
INK, SOFT, LINE, BLUE, BROWN, RED, WASH = "#16212e", "#52606d", "#8795a3", "#0b4a7d", "#8a3d00", "#a61b1b", "#e6ebf1"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: how much it weighs, and its fill."""

    weight: int
    fill: str


@dataclass(frozen=True, slots=True)
class BarRow:
    """A row of a chart of bars: its label, its parts, and the words to its right."""

    label: str
    segments: tuple[Segment, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A row of a chart of intervals, parts of one as exact fractions."""

    label: str
    low: Fraction
    high: Fraction
    target: Fraction
    note: str


@dataclass(frozen=True, slots=True)
class Box:
    """A station of an exposure path.

    Attributes:
        title: who or what it is.
        note: its place, or what it is.
        style: plain, dashed (nobody showed that it is there), exposed, possible or open (the law at the end).
    """

    title: str
    note: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Arrow:
    """What leads from one station to the next: the words above it, and the evidence under it."""

    above: str
    below: tuple[str, ...] = ()
    dashed: bool = False


def stacked_bar(id_: str, title: str, segments: Sequence[Segment]) -> Markup:
    """One bar for a card: parts of a whole, in order."""
    total = sum(segment.weight for segment in segments)
    return _svg(id_, title, 300, 26, "bar", _stack(segments, 0, 1, 300, 24, total))


def bars(id_: str, title: str, rows: Sequence[BarRow]) -> Markup:
    """A bar a row, all on one scale."""
    largest = max((sum(segment.weight for segment in row.segments) for row in rows), default=0)
    parts = []
    for number, row in enumerate(rows):
        top = number * 34
        total = sum(segment.weight for segment in row.segments)
        width = 420 * total // largest if largest else 0
        parts.append(_text(0, top + 20, _cut(row.label, 26), INK, weight=600))
        parts.append(_stack(row.segments, 210, top + 4, max(width, 2), 22, total))
        parts.append(_text(210 + max(width, 2) + 10, top + 20, _cut(row.note, 58), SOFT))
    return _svg(id_, title, WIDTH, max(1, len(rows)) * 34, "chart", "".join(parts))


def intervals(id_: str, title: str, rows: Sequence[Interval], target: str) -> Markup:
    """Shares as intervals: solid is established, hatched is possible; the line is the target."""
    left, width = 300, 560
    parts = []
    for number, row in enumerate(rows):
        top = number * 40 + 6
        low, high, at = (left + round(width * value) for value in (row.low, row.high, row.target))
        parts.append(_text(0, top + 16, _cut(row.label, 42), INK))
        parts.append(f'<rect x="{left}" y="{top}" width="{width}" height="22" fill="{WASH}"/>')
        parts.append(f'<rect x="{left}" y="{top}" width="{max(0, low - left)}" height="22" fill="{BLUE}"/>')
        if high > low:
            parts.append(
                f'<rect x="{low}" y="{top}" width="{high - low}" height="22" fill="{HATCH}" stroke="#77772a"/>'
            )
        parts.append(f'<path d="M{at} {top - 6}v34" stroke="{RED}" stroke-width="3"/>')
        parts.append(_text(left + width + 12, top + 16, row.note, INK, weight=600))
    bottom = len(rows) * 40
    if rows:
        at = left + round(width * rows[0].target)
        parts.append(_text(at, bottom + 18, target, RED, anchor="middle", weight=600))
    return _svg(id_, title, WIDTH, bottom + 26, "chart", "".join(parts))


def path(id_: str, title: str, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Markup:
    """An exposure path: stations and what leads from each to the next, five a row."""
    per_row = 5
    rows = [range(start, min(start + per_row, len(boxes))) for start in range(0, len(boxes), per_row)]
    gap, height = 96, 88
    count = min(len(boxes), per_row) + (1 if len(rows) > 1 else 0)
    wide = min(210, (WIDTH - 4 - gap * (count - 1)) // count)
    parts = []
    for line, numbers in enumerate(rows):
        top = line * (height + 24) + 2
        left = 2 + (gap if line else 0)
        for place, number in enumerate(numbers):
            x = left + place * (wide + gap)
            if number:
                parts.append(_arrow(arrows[number - 1], x - gap, top + height // 2, gap))
            parts.append(_box(boxes[number], x, top, wide, height))
    return _svg(id_, title, WIDTH, len(rows) * (height + 24) - 20, "chart", "".join(parts))


def _box(box: Box, x: int, y: int, width: int, height: int) -> str:
    fill, stroke, ink, soft, dash = {
        "plain": ("#fff", BLUE, INK, SOFT, ""),
        "dashed": ("#fff", "#5b5b00", INK, SOFT, ' stroke-dasharray="6 4"'),
        "exposed": (BROWN, BROWN, "#fff", "#fff", ""),
        "possible": ("#fff", BROWN, BROWN, SOFT, ""),
        "open": ("#fff", "#5b5b00", "#5b5b00", SOFT, ' stroke-dasharray="6 4"'),
    }[box.style]
    room = (width - 6) * 10 // 72
    lines = _wrap(box.title, room, 3)
    middle = x + width // 2
    first = y + (height - 17 * len(lines) - 2) // 2 + 4
    parts = [
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="1.8"{dash}/>'
    ]
    for number, line in enumerate(lines):
        parts.append(_text(middle, first + number * 17, line, ink, anchor="middle", weight=600))
    parts.append(_text(middle, first + len(lines) * 17 + 3, _cut(box.note, room + 3), soft, anchor="middle", size=12.5))
    return "".join(parts)


def _arrow(arrow: Arrow, x: int, y: int, gap: int) -> str:
    dash = ' stroke-dasharray="5 4"' if arrow.dashed else ""
    end = x + gap - 3
    middle = x + gap // 2
    parts = [
        f'<path d="M{x + 2} {y}H{end - 7}" stroke="{SOFT}" stroke-width="1.8"{dash}/>',
        f'<path d="M{end} {y}l-9 -5v10z" fill="{SOFT}"/>',
    ]
    above = _wrap(arrow.above, 14, 2)
    for number, line in enumerate(above):
        lower = (len(above) - 1 - number) * 15
        parts.append(_text(middle, y - 9 - lower, line, SOFT, anchor="middle", size=12))
    for number, line in enumerate(arrow.below):
        parts.append(_text(middle, y + 20 + number * 16, _cut(line, 15), SOFT, anchor="middle", size=12))
    return "".join(parts)


def _stack(segments: Iterable[Segment], x: int, y: int, width: int, height: int, total: int) -> str:
    """Parts side by side, their edges rounded so that they always fill the whole width."""
    parts, done, start = [], 0, x
    for segment in segments:
        done += segment.weight
        end = x + (round(Fraction(width * done, total)) if total else 0)
        if end > start:
            parts.append(
                f'<rect x="{start}" y="{y}" width="{end - start}" height="{height}" fill="{segment.fill}" '
                f'stroke="#fff" stroke-width="1.5"/>'
            )
        start = end
    frame = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" stroke="{LINE}"/>'
    return "".join(parts) + frame


def _text(x: int, y: int, words: str, fill: str, *, anchor: str = "start", weight: int = 400, size: float = 14) -> str:
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    heavy = "" if weight == 400 else f' font-weight="{weight}"'
    sized = "" if size == 14 else f' font-size="{size:g}"'
    return f'<text x="{x}" y="{y}" fill="{fill}"{anchored}{heavy}{sized}>{escape(words)}</text>'


def _svg(id_: str, title: str, width: int, height: int, kind: str, body: str) -> Markup:
    """The frame of a picture, its words inside: they are what a screen reader and a tagged PDF say."""
    return Markup(  # noqa: S704 - every text from outside went through `escape`
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id_}" font-size="14">'
        f'<title id="{id_}">{escape(title)}</title>{body}</svg>'
    )


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: max(1, room - 1)].rstrip() + "…"


def _wrap(words: str, room: int, most: int) -> list[str]:
    """At most so many lines; what does not fit ends in an ellipsis, and stands whole in the title and the table."""
    lines: list[str] = []
    while len(words) > room and len(lines) < most - 1:
        at = words.rfind(" ", 0, room + 1)
        at = at if at > 0 else room
        lines.append(words[:at].rstrip())
        words = words[at:].strip()
    return [*lines, _cut(words, room)]
