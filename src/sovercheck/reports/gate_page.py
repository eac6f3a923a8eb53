"""The gate as the HTML report shows it: the result, what counts and at which line, what changes, how places are known.

Tables of cells, as for what changed since an earlier assessment, so that the template only lays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import get_args

from markupsafe import Markup

from sovercheck.change import RUNGS, Action
from sovercheck.gate import GateFinding, PlannedResource
from sovercheck.reports.changes import SHOWN, Cell, Changes, Table
from sovercheck.reports.gate_told import GateTold, Group, Line, spot_of, told, variant
from sovercheck.reports.view import Mark, View

_RESULTS = {"finding": "fail", "not_established": "unk", "waived": "wai", "satisfied": "pass"}
_COUNTED = {"failing": "fail", "unknown": "unk"}
_ASIDE = {"existing": "na", "baselined": "na", "waived": "wai", "advised": "gap", "below": "na"}
_COMPARED = ("exposures", "shares", "territory")
"""What the comparison tells beside the moves."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A file that was judged."""

    name: str
    format: str
    sha256: str
    resources: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatePage:
    """Everything that the page says of a gate.

    Attributes:
        title: of the page, as a browser shows it.
        running: of each printed page but the first.
        mark: the result.
        lead: what the change does in words, or the result where nothing is compared.
        counts: findings by what they count for.
        caveats: what a reader must know of the result.
        incomplete: what the files do not show.
        plans: the files.
        actions: the actions that some resource has; heads of the columns of `plans`.
        moves: of copies; None if nothing moves.
        compared: exposures, shares and places before and after; empty tables are left out.
        failing: the findings to correct; None if there are none.
        unknown: those to establish.
        remedies: (title, anchor, what to do) of each rule that fails.
        aside: the findings that do not count.
        placed: how many places each rung tells.
        resources: every resource that has a place or should, and where it is before and after.
        not_judged: (title, anchor) of the rules left to an assessment, anchor empty where the report has no such rule.
        not_judged_words: how many they are.
    """

    title: str
    running: str
    mark: Mark
    lead: str
    counts: tuple[Mark, ...]
    caveats: tuple[str, ...]
    incomplete: tuple[str, ...]
    plans: tuple[PlanLine, ...]
    actions: tuple[str, ...]
    moves: Table | None
    compared: tuple[Table, ...]
    failing: Table | None
    unknown: Table | None
    remedies: tuple[tuple[str, str, str], ...]
    aside: Table | None
    placed: Table | None
    resources: Table | None
    not_judged: tuple[tuple[str, str], ...]
    not_judged_words: str


def gate_page(view: View, compared: Changes | None) -> GatePage | None:
    """The gate of a view's options as the page shows it; None without one.

    Args:
        view: of the assessment of how things would be.
        compared: the comparison in words, where there is one.
    """
    if view.options.gate is None:
        return None
    return _Making(view, told(view.assessment, view.options)).page(compared)


class _Making:
    def __init__(self, view: View, gate: GateTold) -> None:
        self._view = view
        self._told = gate

    def page(self, compared: Changes | None) -> GatePage:
        told_, gate, view = self._told, self._told.gate, self._view
        day = {"organisation": view.assessment.organisation.name, "date": view.say.date(view.assessment.as_of)}
        actions: list[Action] = [
            action for action in get_args(Action) if any(plan.actions.get(action) for plan in gate.plans)
        ]
        return GatePage(
            title=told_.t("page_title", **day),
            running=told_.t("running", **day),
            mark=Mark(_RESULTS[gate.result], told_.verdict()),
            lead=" ".join(self._lead()) or told_.result(),
            counts=tuple(self._counts()),
            caveats=tuple(told_.caveats()),
            incomplete=tuple(told_.incomplete()),
            plans=tuple(
                PlanLine(
                    plan.name,
                    plan.format,
                    plan.sha256,
                    view.number(plan.resources),
                    tuple(view.number(plan.actions.get(action, 0)) for action in actions),
                )
                for plan in gate.plans
            ),
            actions=tuple(told_.words.action(action) for action in actions),
            moves=self._moves(),
            compared=tuple(table for table in compared.tables if table.id in _COMPARED) if compared is not None else (),
            failing=self._findings("to_correct", "how", told_.failing(), told_.failing_findings),
            unknown=self._findings("to_establish", "settle", told_.unknown(), told_.unknown_findings),
            remedies=tuple((group.title, self._anchor(group.rule), group.remediation) for group in told_.failing()),
            aside=self._aside(),
            placed=self._placed(),
            resources=self._resources(),
            not_judged=tuple((told_.words.title(rule), self._anchor(rule)) for rule in gate.not_judged),
            not_judged_words=told_.not_judged(),
        )

    def _lead(self) -> Iterator[str]:
        """What the change does, without the names that the tables give."""
        told_ = self._told
        moves = told_.moves()
        if moves:
            yield told_.t("moves", moves="; ".join(what for what, _ in moves))
        elif told_.knows_before:
            yield told_.t("moves_none")
        exposures, shares = told_.exposures(), told_.shares_told()
        if exposures:
            yield told_.many("exposures_changed", len(exposures))
        if shares:
            yield told_.t("share_end", share=shares[0])

    def _counts(self) -> Iterator[Mark]:
        tally = self._told.gate.tally
        for word, shape in (_COUNTED | _ASIDE).items():
            number: int = getattr(tally, word)
            if number:
                yield Mark(shape, self._told.many(f"count.{word}", number))
        yield Mark("read", self._told.many("count.judged", tally.judged))

    def _anchor(self, rule: str) -> str:
        return self._view.rule_anchor(rule) if rule in self._view.rules else ""

    def _table(
        self, name: str, heads: Sequence[str], rows: Iterable[tuple[Cell, ...]], total: int, **caption: str
    ) -> Table | None:
        """The first rows of a list; None of an empty one."""
        if not total:
            return None
        return Table(
            id=f"gate-{name.replace('_', '-')}",
            caption=self._told.t(f"caption.{name}", **caption),
            heads=tuple(self._told.t(f"col.{head}") for head in heads),
            rows=tuple(islice(rows, SHOWN)),
            total=total,
            more=self._told.many("more_rows", total - SHOWN) if total > SHOWN else "",
        )

    # Findings

    def _findings(self, name: str, last: str, groups: Sequence[Group], findings: Sequence[GateFinding]) -> Table | None:
        heads = ("resource", "rule", "verdict", "place", *(("settle",) if last == "settle" else ()), "line")
        rows = (self._finding(group, finding, last) for group in groups for finding in group.findings)
        severity = self._view.say.severity(self._told.gate.fail_on)
        return self._table(name, heads, rows, len(findings), severity=severity)

    def _finding(self, group: Group, finding: GateFinding, last: str) -> tuple[Cell, ...]:
        line = self._told.line(finding)
        standing = line.standing if finding.standing != "new" else ""
        aspects = ", ".join(part for part in (line.copy, line.action, standing) if part)
        # An unknown place says why in the same words; nothing more is known of how.
        place = Cell(line.place or self._told.t("absent"), tuple(part for part in (line.how, *line.facts) if part))
        return (
            Cell(_breaking(line.subject), (aspects,) if aspects else ()),
            Cell(group.title, tuple(part for part in (group.severity, group.cite) if part), self._anchor(group.rule)),
            Cell(self._mark(finding)),
            place,
            *((_settle(line),) if last == "settle" else ()),
            Cell(_breaking(line.spot)),
        )

    def _mark(self, finding: GateFinding) -> Mark:
        rule = self._view.rules.get(finding.rule)
        words = self._told.words.verdict(finding)
        if rule is None:
            return Mark("unk" if finding.verdict == "unknown" else "gap", words)
        return self._view.mark(rule, finding.verdict, None)

    def _aside(self) -> Table | None:
        told_ = self._told
        found = list(told_.aside())
        rows = (
            (
                Cell(_breaking(told_.subject(finding))),
                Cell(
                    told_.words.title(finding.rule),
                    tuple(part for part in (variant(finding.rule),) if part),
                    self._anchor(finding.rule),
                ),
                Cell(told_.t(f"aside.{why}"), tuple(part for part in (told_.words.accepted(finding),) if part)),
                Cell(_breaking(spot_of(finding))),
            )
            for why, _, findings in found
            for finding in findings
        )
        total = sum(len(findings) for _, _, findings in found)
        return self._table("aside", ("resource", "rule", "why", "line"), rows, total)

    # What changes

    def _moves(self) -> Table | None:
        told_ = self._told
        rows = (
            (
                Cell(_breaking(move.address), (told_.words.say.word("value", move.copy),)),
                Cell(told_.words.say.word("gate.move", move.kind)),
                *(Cell(end) for end in told_.ends(move)),
                Cell(told_.words.action(move.action)),
                Cell(_breaking(spot_of(move))),
            )
            for _, moves in told_.moves()
            for move in moves
        )
        heads = ("copy", "change", "before", "after", "action", "line")
        return self._table("moves", heads, rows, len(told_.gate.moves))

    # How places are known

    def _placed(self) -> Table | None:
        told_, gate = self._told, self._told.gate
        total = sum(gate.placed.values())
        rungs = [rung for rung in RUNGS if gate.placed.get(rung)]
        rows = (
            (
                Cell(told_.words.say.word("gate.rung", rung)),
                Cell(self._view.number(gate.placed[rung])),
                Cell(told_.part(gate.placed[rung], total)),
            )
            for rung in rungs
        )
        return self._table("placed", ("rung", "resources", "part"), rows, len(rungs))

    def _resources(self) -> Table | None:
        of_data = [item for item in self._told.gate.resources if item.kind != "without_data"]
        heads = ("resource", "action", "before", "after", "how", "line")
        return self._table("resources", heads, map(self._resource, of_data), len(of_data))

    def _resource(self, resource: PlannedResource) -> tuple[Cell, ...]:
        told_ = self._told
        known = resource.after or resource.before
        settle = tuple(told_.settle(known, resource.provider)) if known is not None else ()
        how = told_.how(known) if known is not None else ""
        ends = (
            told_.place(location) if location is not None else told_.t("absent")
            for location in (resource.before, resource.after)
        )
        return (
            Cell(_breaking(resource.address), (resource.native_type,)),
            Cell(told_.words.action(resource.action), tuple(self._particular(resource))),
            *(Cell(end) for end in ends),
            Cell(how or told_.t("absent"), settle),
            Cell(_breaking(spot_of(resource))),
        )

    def _particular(self, resource: PlannedResource) -> Iterator[str]:
        if resource.previous is not None:
            yield self._told.t("moved_from", address=resource.previous)
        if resource.deposed:
            yield self._told.t("deposed")
        if resource.drifted:
            yield self._told.t("drifted")


def _settle(line: Line) -> Cell:
    first, *rest = (*line.settle, *line.asks) or ("",)
    return Cell(first, tuple(rest))


def _breaking(name: str) -> Markup:
    """An address or a path that may break after a dot or a slash: where a reader would break it."""
    return Markup("<wbr>").join(re.split(r"(?<=[./\[])(?=[^./])", name))
