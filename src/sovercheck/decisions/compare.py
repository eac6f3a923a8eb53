"""What changed between two assessments of one organisation, and why.

A pure function of the two assessments and, where they were kept, of their verdict tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sovercheck.comparison import (
    Cause,
    Change,
    Comparison,
    ExposureChange,
    Kind,
    Standing,
    level_ends,
)
from sovercheck.decisions.causes import Between, causes, law_changes, rule_changes
from sovercheck.decisions.lapses import lapsing, waiver_changes
from sovercheck.decisions.readings import hides, reading_changes
from sovercheck.decisions.sides import Key, Side, Tables, standing
from sovercheck.decisions.whereabouts import copy_changes, place_changes, share_changes, system_places
from sovercheck.errors import InputError
from sovercheck.findings import SEVERITIES, Assessment, Exposure, Severity, Step, established

_RANK = {"fail": 3, "unknown": 2, "waived": 1}
"""How much a finding asks of people, in the order of the exit codes."""

_GROUP: dict[Kind, int] = {"worsened": 0, "new": 0, "out_of_sight": 1, "improved": 2, "settled": 3}
_SEEN = ("fail", "unknown", "waived")


def compare(earlier: Assessment, later: Assessment, tables: Tables | None = None) -> Comparison:
    """What changed, the gravest first; the same assessments give the same comparison.

    Args:
        earlier: the one before.
        later: the one after.
        tables: what their verdict tables say, where both were kept. Without them a subject that has no finding any
            more may pass, be out of the rule's reach, or be gone, and copies are not compared one by one.

    Raises:
        InputError: they are of two organisations, or the earlier one is the later.
    """
    ours, theirs = later.organisation.name, earlier.organisation.name
    if ours != theirs:
        raise InputError("compare_organisations", earlier=theirs, later=ours)
    if earlier.as_of > later.as_of:
        raise InputError("compare_order", earlier=earlier.as_of, later=later.as_of)
    before = Side(earlier, tables.earlier if tables is not None else None)
    after = Side(later, tables.later if tables is not None else None)
    copies = tables.copies if tables is not None else None
    rules, laws = rule_changes(before, after), law_changes(before, after)
    by_id = {copy.id: copy for copy in copies} if copies is not None else None
    between = Between(before, after, rules, laws, by_id)
    readings = reading_changes(earlier, later)
    hidden = hides(readings)
    changes, unchanged = _findings(between, hidden)
    return Comparison(
        organisation=ours,
        earlier=earlier.as_of,
        later=later.as_of,
        earlier_version=earlier.version,
        later_version=later.version,
        findings=changes,
        unchanged=unchanged,
        rules=tuple(rules.values()),
        laws=tuple(laws.values()),
        readings=readings,
        copies=copy_changes(copies, hidden, later.organisation.place) if copies is not None else (),
        copies_compared=copies is not None,
        systems=system_places(before, after) if copies is None else (),
        territory=place_changes(earlier.territory, later.territory),
        shares=share_changes(earlier.shares, later.shares),
        exposures=_exposures(between),
        waivers=waiver_changes(earlier, later),
        lapsing=lapsing(later),
    )


# Findings


def _findings(between: Between, hidden: Callable[[str], bool]) -> tuple[tuple[Change, ...], int]:
    """Those that stand otherwise than before, the gravest first, and how many stand as they did."""
    old, new = between.earlier.findings, between.later.findings
    differ = [key for key in new if key not in old or standing(new[key]).word != standing(old[key]).word]
    differ += [key for key in old if key not in new]
    before, after = between.earlier.standings(differ), between.later.standings(differ)
    changes = [_change(between, key, before[key], after[key], hidden) for key in differ]
    order = {id_: n for n, id_ in enumerate((*between.later.rules, *between.earlier.rules))}

    def gravity(change: Change) -> tuple[object, ...]:
        # What it is now decides; of what is no finding any more, what it was.
        word = change.after.word if change.after.word in _SEEN else change.before.word
        return (
            _GROUP[change.kind],
            SEVERITIES.index(change.severity),
            -_RANK.get(word, 0),
            order[change.rule],
            change.subject,
            change.id,
        )

    both = new.keys() & old.keys()
    return tuple(sorted(changes, key=gravity)), len(both - set(differ))


def _change(between: Between, key: Key, before: Standing, after: Standing, hidden: Callable[[str], bool]) -> Change:
    rule, subject, id_ = key
    known = between.later.rules.get(rule) or between.earlier.rules[rule]
    finding = between.later.findings.get(key) or between.earlier.findings[key]
    kind = _kind(before, after, unseen=hidden(subject))
    why, facts = causes(between, key, before, after) if kind != "out_of_sight" else (("reading",), ())
    return Change(
        kind=kind,
        rule=rule,
        subject=subject,
        id=id_,
        name=between.later.name(subject, id_) or between.earlier.name(subject, id_) or id_,
        systems=finding.systems,
        severity=known.severity,
        before=before,
        after=after,
        causes=why,
        facts=facts,
    )


def _kind(before: Standing, after: Standing, *, unseen: bool) -> Kind:
    if after.word not in _SEEN:
        return "out_of_sight" if unseen and after.word in ("absent", "not_told") else "settled"
    if before.word not in _SEEN:
        return "new"
    return "worsened" if _RANK[after.word] > _RANK[before.word] else "improved"


# Exposures


def _exposures(between: Between) -> tuple[ExposureChange, ...]:
    found = list(_exposure_changes(between))

    def gravity(change: ExposureChange) -> tuple[object, ...]:
        low, high = level_ends(change.after if change.change == "gained" else change.before)
        return change.change != "gained", SEVERITIES.index(change.severity), -low, -high, change.law, change.system

    return tuple(sorted(found, key=gravity))


def _exposure_changes(between: Between) -> Iterator[ExposureChange]:
    severities = _law_severities(between)
    before, after = _by_law_and_system(between.earlier), _by_law_and_system(between.later)
    for law, system in {**after, **before}:
        old, new = before.get((law, system)), after.get((law, system))
        was, now = _told(old), _told(new)
        if level_ends(was) == level_ends(now):
            continue
        yield ExposureChange(
            change="gained" if level_ends(now) > level_ends(was) else "lost",
            law=law,
            system=system,
            name=between.later.name("system", system) or between.earlier.name("system", system) or system,
            before=was,
            after=now,
            severity=severities.get(law, SEVERITIES[-1]),
            causes=tuple(_why_exposed(between, law, old, new)),
        )


def _why_exposed(between: Between, law: str, old: Exposure | None, new: Exposure | None) -> Iterator[Cause]:
    """A law that is not in force has no path: then the paths say nothing of the facts."""
    change = between.laws.get(law)
    found: list[Cause] = []
    begun = change is not None and (change.before is None or change.after is None or "force" in change.differs)
    if not begun and not between.same_facts and _paths(between.earlier, old) != _paths(between.later, new):
        found.append("facts")
    if change is not None:
        found.append("law" if change.differs else "rule")
    yield from found or [_otherwise(between)]


def _otherwise(between: Between) -> Cause:
    return "unexplained" if between.same_day else "date"


def _paths(side: Side, exposure: Exposure | None) -> object:
    """Whom a law could reach through, and on what evidence, whatever level it gives."""
    if exposure is None:
        return None

    def step_told(step: Step) -> object:
        found = side.provenance(step.provenance)
        grade = (found.grade, found.source) if found is not None else None
        return step.party, step.place, step.link, step.percent, grade

    return exposure.key_grades, [
        (path.kind, path.access, path.nexus, path.hypothetical, path.decides, [step_told(step) for step in path.steps])
        for path in exposure.paths
    ]


def _told(exposure: Exposure | None) -> tuple[str, str] | None:
    return established(exposure.inherent, exposure.residual) if exposure is not None else None


def _by_law_and_system(side: Side) -> dict[tuple[str, str], Exposure]:
    return {(e.law, system.id): e for system in side.assessment.systems for e in system.exposures}


def _law_severities(between: Between) -> Mapping[str, Severity]:
    """Law → the gravest severity among the rules that look at it, in either assessment."""
    found: dict[str, Severity] = {}
    for rule in (*between.earlier.rules.values(), *between.later.rules.values()):
        if rule.law is not None:
            known = found.get(rule.law, rule.severity)
            found[rule.law] = min(known, rule.severity, key=SEVERITIES.index)
    return found
