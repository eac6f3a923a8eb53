"""The first page: what matters most in words, the counts, the three questions, and the table of systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sovercheck.findings import Finding, SystemView
from sovercheck.inventory.facts import DATA_CLASSES
from sovercheck.reports.cards import Card, LawLine, cards, exposure_states, law_lines, reported_exposures
from sovercheck.reports.ledger_page import sentence
from sovercheck.reports.view import PRESS, Mark, View

GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("obligations", frozenset({"statute", "regulation"})),
    ("foreign", frozenset({"foreign-law"})),
    ("practices", frozenset({"policy", "framework", "practice", "target"})),
)
"""The columns of a table of systems: which bases of rules each holds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The worst verdict of a group of rules on a system."""

    mark: Mark
    note: str


@dataclass(frozen=True, slots=True)
class SystemLine:
    """A system as a row of a table; its rank is 0 where a finding fails, then to be assessed, clear, not judged."""

    name: str
    anchor: str | None
    note: str
    places: str
    cells: tuple[Cell, ...]
    first: str
    rank: int


@dataclass(frozen=True, slots=True)
class ClassLine:
    """Systems of one data class, counted by their worst verdict."""

    name: str
    total: str
    failing: str
    unknown: str
    clear: str
    not_judged: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What the first page shows."""

    lead: tuple[str, ...]
    counts: tuple[Mark, ...]
    cards: tuple[Card, ...]
    laws: tuple[LawLine, ...]
    listed: tuple[SystemLine, ...]
    bulk: tuple[ClassLine, ...]
    worst_bulk: tuple[SystemLine, ...]
    all_bulk: tuple[SystemLine, ...]
    bulk_sentence: str


def first_page(view: View) -> FirstPage:
    """Everything of the first page, and the complete table of the systems that came from an inventory."""
    systems = view.assessment.systems
    bulk = [system for system in systems if system.origin == "bulk"]
    lines = [_system_line(view, system) for system in bulk]
    # The worst by name: those with a failing finding, then those to be assessed.
    worst = sorted((line for line in lines if line.rank < 2), key=lambda line: line.rank)[:5]
    return FirstPage(
        lead=tuple(_lead(view)),
        counts=tuple(_counts(view)),
        cards=cards(view),
        laws=law_lines(view),
        listed=tuple(_system_line(view, system) for system in systems if system.origin == "listed"),
        bulk=tuple(_class_lines(view, bulk, lines)),
        worst_bulk=tuple(worst),
        all_bulk=tuple(lines),
        bulk_sentence=view.many("systems.bulk", len(bulk)) if bulk else "",
    )


# In words


def _counts(view: View) -> Iterator[Mark]:
    """Findings by their words, in the order in which they matter; then what passes and what is waived."""
    tally: Counter[str] = Counter()
    for finding in view.assessment.findings:
        shape = view.finding_mark(finding).shape
        tally["target" if shape == "gap" and view.rules[finding.rule].basis == "target" else shape] += 1
    tally["pass"] = sum(rule.counts.passed for rule in view.assessment.rules)
    for key in ("fail", "exp", "gap", "target", "unk", "pass", "wai"):
        if tally[key] or key != "target":
            yield Mark("gap" if key == "target" else key, view.many(f"count.{key}", tally[key]))


def _lead(view: View) -> Iterator[str]:
    assessment = view.assessment
    failing = [f for f in assessment.findings if f.verdict == "fail" and f.waiver is None]
    breaches = [f for f in failing if view.finding_mark(f).shape == "fail"]
    if breaches:
        worst = breaches[0]
        yield view.many(
            "lead.breaches",
            len(breaches),
            title=view.say.says(view.rules[worst.rule].title),
            where=view.name("system", worst.systems[0]) if worst.systems else view.name(worst.subject, worst.id),
        )
    else:
        yield view.t("lead.no_breach")
    states = exposure_states(view)
    tally = Counter(states.values())
    if states:
        press = sum(states.get(system) == "exposed" for system in reported_exposures(view))
        if tally["exposed"]:
            yield view.many("lead.exposed", tally["exposed"]) + (view.many("lead.press", press) if press else ".")
        if tally["possible"]:
            yield view.many("lead.possible", tally["possible"])
        if not tally["exposed"] and not tally["possible"]:
            yield view.t("lead.exposed_none")
        if tally["open"]:
            yield view.many("lead.exposure_open", tally["open"])
    shares = assessment.shares
    if shares:
        met = Counter(share.verdict for share in shares)
        target = view.say.enumeration(view.say.share(target) for target in sorted({s.target for s in shares}))
        if met["unknown"] == len(shares):
            yield view.t("lead.shares_open", target=target)
        else:
            yield view.many(
                "lead.shares" if len(shares) > 1 else "lead.share",
                len(shares),
                target=target,
                met=view.number(met["pass"]),
                missed=view.number(met["fail"]),
                unknown=view.number(met["unknown"]),
                word=view.say.text("verdict.target_met" if met["pass"] else "verdict.target_missed"),
            )
    unknown = sum(f.verdict == "unknown" for f in assessment.findings)
    if unknown:
        yield view.many("lead.unknown", unknown)
    readings = sentence(view)
    if readings:
        yield readings
    if assessment.coverage.unreached:
        yield view.many("lead.unreached", assessment.coverage.unreached, total=view.number(assessment.coverage.systems))


# The systems


def system_note(view: View, system: SystemView) -> str:
    """« Nordique Santé inc. · santé · lu »: what a reader places a system by."""
    parties = [party.name for party in system.parties if party.role != "owns"]
    named = ", ".join(dict.fromkeys(parties[:2])) + (view.t("list.more") if len(parties) > 2 else "")
    data_class = (
        view.t("system.class", word=view.say.word("value", system.data_class))
        if system.data_class
        else view.t("system.no_class")
    )
    return " · ".join(part for part in (named, data_class, view.t(f"reach.{system.reach}")) if part)


def system_places(view: View, system: SystemView) -> str:
    """The places of a system's copies in words, the unknown included."""
    names = list(dict.fromkeys(view.say.place(volume.place) for volume in system.places))
    if not names:
        return view.t("places.none")
    return ", ".join(names) + (view.t("places.open") if system.places_open else "")


def _system_line(view: View, system: SystemView) -> SystemLine:
    findings = view.of_system.get(system.id, [])
    listed = system.origin == "listed"
    cells = tuple(_cell(view, system, findings, bases) for _, bases in GROUPS)
    shapes = {cell.mark.shape for cell in cells}
    rank = 0 if shapes & {"fail", "exp", "gap"} else 1 if "unk" in shapes else 2 if shapes & {"pass", "wai"} else 3
    return SystemLine(
        name=system.name,
        anchor=view.system_anchor(system.id) if listed else None,
        note=system_note(view, system),
        places=system_places(view, system),
        cells=cells,
        first=_first(view, findings) if listed else "",
        rank=rank,
    )


def _cell(view: View, system: SystemView, findings: Sequence[Finding], bases: frozenset[str]) -> Cell:
    mine = [finding for finding in findings if view.rules[finding.rule].basis in bases]
    failing = [f for f in mine if f.verdict == "fail" and f.waiver is None]
    unknown = [f for f in mine if f.verdict == "unknown"]
    if failing or unknown:
        # What rests on more than the press comes first; the assessment's order is the gravest first.
        worst = min(failing, key=lambda f: view.finding_mark(f).hollow) if failing else unknown[0]
        rules = dict.fromkeys(f.rule for f in (worst, *failing, *unknown))
        note = view.say.says(view.rules[worst.rule].title)
        more = len(rules) - 1
        return Cell(view.finding_mark(worst), note + (view.many("cell.more", more) if more else ""))
    rules_seen = [
        (view.rules[rule], verdict)
        for rule, verdict in system.verdicts.items()
        if rule in view.rules and view.rules[rule].basis in bases
    ]
    if any(verdict == "waived" for _, verdict in rules_seen):
        rule = next(rule for rule, verdict in rules_seen if verdict == "waived")
        return Cell(view.mark(rule, "waived", None), view.say.says(rule.title))
    passing = [rule for rule, verdict in rules_seen if verdict == "pass"]
    if passing:
        # The words follow the weakest evidence that any of these rules passed on.
        on_press = [rule for rule in passing if rule.weakest_pass == PRESS]
        rule = (on_press or passing)[0]
        return Cell(view.mark(rule, "pass", rule.weakest_pass), view.many("cell.passing", len(passing)))
    if rules_seen:
        return Cell(view.mark(rules_seen[0][0], "not_applicable", None), "")
    return Cell(Mark("na", view.t("cell.not_judged")), "")


def _first(view: View, findings: Sequence[Finding]) -> str:
    """What to do first: what remedies the gravest failing finding, or what settles the gravest unknown."""
    failing = [f for f in findings if f.verdict == "fail" and f.waiver is None]
    if failing:
        return view.say.says(view.rules[failing[0].rule].remediation)
    questions = view.questions(f for f in findings if f.verdict == "unknown")
    if questions:
        return view.t("system.establish", fact=questions[0].fact, who=questions[0].who)
    return view.t("system.nothing_to_do")


def _class_lines(view: View, systems: Sequence[SystemView], lines: Sequence[SystemLine]) -> Iterator[ClassLine]:
    for data_class in (*reversed(DATA_CLASSES), None):
        mine = [(s, line) for s, line in zip(systems, lines, strict=True) if s.data_class == data_class]
        if mine:
            ranks = Counter(line.rank for _, line in mine)
            yield ClassLine(
                name=view.say.word("value", data_class) if data_class else view.t("system.class_unknown"),
                total=view.number(len(mine)),
                failing=view.number(ranks[0]),
                unknown=view.number(ranks[1]),
                clear=view.number(ranks[2]),
                not_judged=view.number(ranks[3]),
            )
