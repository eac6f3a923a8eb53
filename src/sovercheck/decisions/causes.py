"""Why a verdict is another one: facts, rule, law, waiver and date, told apart as far as two assessments allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sovercheck.comparison import Cause, FactChange, LawChange, RuleChange, Standing, in_force
from sovercheck.decisions.sides import Key, Side
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import Assessment, DecidingFact, Finding, LawView, RuleResult
from sovercheck.light import dataclass

_OF_COPIES = ("copy.place", "copy.kind")
"""The facts that verdict tables hold of each copy, in the order of a `CopyDifference`."""


def rule_changes(earlier: Side, later: Side) -> Mapping[str, RuleChange]:
    """The rules that are new, gone, or not the same; in the later order, those that are gone last."""
    found: dict[str, RuleChange] = {}
    for id_ in dict.fromkeys((*later.rules, *earlier.rules)):
        before, after = earlier.rules.get(id_), later.rules.get(id_)
        differs = tuple(_rule_differs(before, after)) if before is not None and after is not None else ()
        if before is None or after is None or differs:
            found[id_] = RuleChange(id_, differs, before, after)
    return found


def _rule_differs(before: RuleResult, after: RuleResult) -> Iterator[str]:
    old, new = _rule_parts(before), _rule_parts(after)
    differs = [name for name in new if old[name] != new[name]]
    yield from differs
    if before.applies != after.applies and "in_force" not in differs:
        yield "force"


def _rule_parts(rule: RuleResult) -> dict[str, object]:
    """What a verdict rests on of a rule."""
    return {
        "statement": (rule.statement, rule.subject),
        "parameters": (rule.parameters, rule.relaxed),
        "basis": (rule.basis, rule.cite),
        "severity": rule.severity,
        "min_evidence": rule.min_evidence,
        "text": rule.text.version,
        "in_force": (rule.in_force_from, rule.in_force_to),
        "law": rule.law,
    }


def law_changes(earlier: Side, later: Side) -> Mapping[str, LawChange]:
    """The laws that are new, gone or not the same, or whose force began or ended between the two dates."""
    found: dict[str, LawChange] = {}
    for id_ in sorted({*earlier.laws, *later.laws}):
        before, after = earlier.laws.get(id_), later.laws.get(id_)
        differs: tuple[str, ...] = ()
        if before is not None and after is not None:
            differs = tuple(_law_differs(before, after, earlier.assessment, later.assessment))
        if before is None or after is None or differs:
            found[id_] = LawChange(id_, differs, before, after)
    return found


def _law_differs(before: LawView, after: LawView, earlier: Assessment, later: Assessment) -> Iterator[str]:
    old, new = _law_parts(before), _law_parts(after)
    yield from (name for name in new if old[name] != new[name])
    if in_force(before, earlier.as_of) != in_force(after, later.as_of):
        yield "force"


def _law_parts(law: LawView) -> dict[str, object]:
    return {
        "places": law.places,
        "status": law.status,
        "in_force": (law.in_force_from, law.in_force_to),
        "text": law.text.version,
    }


@dataclass(frozen=True, slots=True)
class Between:
    """What is the same for all changes of one comparison."""

    earlier: Side
    later: Side
    rules: Mapping[str, RuleChange]
    laws: Mapping[str, LawChange]
    copies: Mapping[str, CopyDifference] | None
    """Those of which place or kind differ, by id; None where copies were not compared one by one."""

    @property
    def same_facts(self) -> bool:
        """Whether both judged the very same inventory."""
        return self.earlier.inventory is not None and self.earlier.inventory == self.later.inventory

    @property
    def same_day(self) -> bool:
        """Whether both are of one as-of date."""
        return self.earlier.assessment.as_of == self.later.assessment.as_of

    @property
    def same_program(self) -> bool:
        """Whether one version of the program made both."""
        return self.earlier.assessment.version == self.later.assessment.version


def causes(
    between: Between, key: Key, before: Standing, after: Standing
) -> tuple[tuple[Cause, ...], tuple[FactChange, ...]]:
    """All causes of a change that apply, and the deciding facts that differ."""
    found: list[Cause] = []
    differ, settled = _facts(between, key)
    if not between.same_facts and (before.word == "absent" or after.word == "absent" or differ):
        found.append("facts")
    found += _of_rule_and_law(between, key[0])
    if "waived" in (before.word, after.word) and "fail" in (before.word, after.word):
        found.append("waiver")
    if not found:
        found.append(_left(between, settled=settled or between.same_facts))
    return tuple(found), differ


def _of_rule_and_law(between: Between, rule: str) -> Iterator[Cause]:
    change = between.rules.get(rule)
    if change is not None and (change.before is None or change.after is None or set(change.differs) - {"force"}):
        yield "rule"
    known = between.later.rules.get(rule) or between.earlier.rules[rule]
    of_law = between.laws.get(known.law) if known.law is not None else None
    if (change is not None and "force" in change.differs) or (of_law is not None and of_law.differs):
        yield "law"


def _left(between: Between, *, settled: bool) -> Cause:
    """What remains where neither rule, law nor waiver changed and no fact is shown to differ."""
    if settled:
        return "unexplained" if between.same_day else "date"
    if not between.same_day:
        return "facts_or_date"
    return "facts" if between.same_program else "unexplained"


def _facts(between: Between, key: Key) -> tuple[tuple[FactChange, ...], bool]:
    """The deciding facts that differ, and whether all of them could be compared."""
    before, after = between.earlier.findings.get(key), between.later.findings.get(key)
    if before is not None and after is not None:
        return _between_findings(between, before, after), bool(before.facts or after.facts)
    finding = after if after is not None else before
    if finding is None:  # a share: the assessment has its interval, and no facts
        return (), False
    other = between.earlier if after is not None else between.later
    own = between.later if after is not None else between.earlier
    differ, settled = [], bool(finding.facts)
    for fact in finding.facts:
        there = other.fact(fact.fact, fact.of)
        if there is None and _in_tables(fact) and between.copies is not None:
            there = _of_copy(between.copies, fact, earlier=after is not None)
            if there is None:
                continue  # it is where it was
        elif there is None:
            settled = False
            continue
        elif said(fact, own) == said(there, other):
            continue
        differ.append(FactChange(fact.fact, fact.of, *((there, fact) if after is not None else (fact, there))))
    return tuple(differ), settled


def _in_tables(fact: DecidingFact) -> bool:
    """Whether verdict tables hold a fact; they do not say that its reading was refused or its evidence weak."""
    return fact.fact in _OF_COPIES and fact.state in ("known", "unknown")


def _of_copy(copies: Mapping[str, CopyDifference], fact: DecidingFact, *, earlier: bool) -> DecidingFact | None:
    """What the other verdict table says of a copy, if it says something else."""
    difference = copies.get(fact.of)
    state = None if difference is None else difference.before if earlier else difference.after
    if state is None:
        return None
    value = state[_OF_COPIES.index(fact.fact)]
    if fact.state == "known" and fact.value == value:
        return None
    return DecidingFact(fact.fact, fact.of, "unknown" if value is None else "known", value)


def _between_findings(between: Between, before: Finding, after: Finding) -> tuple[FactChange, ...]:
    old = {(fact.fact, fact.of): fact for fact in before.facts}
    new = {(fact.fact, fact.of): fact for fact in after.facts}
    return tuple(
        FactChange(*key, old.get(key), new.get(key))
        for key in dict.fromkeys((*new, *old))
        if _said_if_any(old.get(key), between.earlier) != _said_if_any(new.get(key), between.later)
    )


def _said_if_any(fact: DecidingFact | None, side: Side) -> object:
    return None if fact is None else said(fact, side)


def said(fact: DecidingFact, side: Side) -> object:
    """What a fact says and on what evidence; not when it was read, which every reading changes."""
    evidence = side.provenance(fact.provenance)
    grade = (evidence.grade, evidence.source) if evidence is not None else None
    return fact.state, fact.value, fact.high, fact.open, grade
