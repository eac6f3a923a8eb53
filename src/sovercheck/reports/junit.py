"""What the gate judged as JUnit's XML: a test case a rule and resource, so that dashboards of tests show it.

- A resource that fails a rule is a `failure`, one that nobody can judge an `error`: dashboards show both in red, and a
  `skipped` one as if all were well.
- So only what somebody decided about is `skipped`, with the reason: waived, in the baseline, or set aside as existing.
- What passes has no resource named in an assessment. Each rule with subjects that pass has one case for all of them,
  without a count in its name, so that its history holds; the counts are properties.
- A plan that does not show the whole change is an `error`, and so is a gate that judged nothing.
- What is only advised is no test: it is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from sovercheck.findings import Assessment
from sovercheck.gate import Gate, GateFinding
from sovercheck.reports.base import Options
from sovercheck.reports.gate_findings import is_set_aside, spot
from sovercheck.reports.gate_words import GateWords, count
from sovercheck.reports.outside import visible_lines

_Outcome = Literal["failure", "error", "skipped"]
_OUTCOMES: tuple[_Outcome, ...] = ("failure", "error", "skipped")
"""The gravest first: it is the one that a case with several findings has."""

_SPECIAL = re.compile('[&<>"\t\n\r]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_TEXT = re.compile("[&<>\r]")


@dataclass(slots=True)
class _Case:
    """One test case.

    Attributes:
        name: within its suite.
        outcome: None where it passes.
        type: of the outcome: the severity, or why it counts for nothing.
        messages: one a finding, the gravest first.
        at: where the first is.
        told: of what passes, what it stands for.
    """

    name: str
    outcome: _Outcome | None = None
    type: str = ""
    messages: list[str] = field(default_factory=list)
    at: str = ""
    told: str = ""


@dataclass(slots=True)
class _Suite:
    """The cases of one rule, or of the gate itself; `name` is their class."""

    name: str
    properties: dict[str, str]
    cases: list[_Case]

    def having(self, outcome: _Outcome) -> int:
        return sum(case.outcome == outcome for case in self.cases)


def render(assessment: Assessment, out: BinaryIO, options: Options) -> None:
    """Writes a suite for the gate itself, then one for each rule that judged something."""
    gate = options.gate
    assert gate is not None  # noqa: S101 - the format needs one
    words = GateWords(assessment, gate, options.lang)
    rules = [suite for suite in _rules(words, gate) if suite.cases]
    suites = [_whole(words, gate, rules), *rules]
    out.write("".join(_document(suites)).encode("utf-8"))


def _whole(words: GateWords, gate: Gate, rules: list[_Suite]) -> _Suite:
    """Whether the plans are whole and something could be judged."""
    tally = gate.tally
    properties = {
        "result": gate.result,
        "fail_on": gate.fail_on,
        "failing": str(tally.failing),
        "unknown": str(tally.unknown),
        "existing": str(tally.existing),
        "baselined": str(tally.baselined),
        "waived": str(tally.waived),
        "advised": str(tally.advised),
        "below": str(tally.below),
        "judged": str(tally.judged),
        **({"not_judged": ", ".join(gate.not_judged)} if gate.not_judged else {}),
    }
    missing: dict[str, list[str]] = {plan.name: [] for plan in gate.plans}
    for plan, told in words.incomplete():
        missing[plan].append(told)
    name = words.say.text("gate.junit.plan")
    cases = [
        _Case(words.say.pair(name, plan), "error" if told else None, "incomplete" if told else "", told)
        for plan, told in missing.items()
    ]
    red = any(suite.having("error") or suite.having("failure") for suite in rules) or any(
        case.outcome for case in cases
    )
    if gate.result == "not_established" and not red:
        cases.append(_Case(words.say.text("gate.junit.result"), "error", gate.result, [words.result()]))
    return _Suite("sovercheck", properties, cases)


def _rules(words: GateWords, gate: Gate) -> Iterator[_Suite]:
    found: dict[str, list[GateFinding]] = {}
    for finding in gate.findings:
        if finding.judged:
            found.setdefault(finding.rule, []).append(finding)
    left = set(gate.not_judged)
    judged = [rule.id for rule in words.assessment.rules if rule.gate == "judge" and rule.id not in left]
    for id_ in dict.fromkeys((*judged, *found)):
        properties, cases = {"title": words.title(id_)}, list(_cases(words, gate, found.get(id_, [])))
        rule = words.rules.get(id_)
        if rule is not None:
            counts = rule.counts
            properties |= {
                "severity": rule.severity,
                "passed": str(counts.passed),
                "failed": str(counts.failed),
                "unknown": str(counts.unknown),
                "not_applicable": str(counts.not_applicable),
                "waived": str(counts.waived),
            }
            if counts.passed:
                told = words.say.text("gate.junit.passed", n=counts.passed, count=count(counts.passed, words.say.lang))
                cases.append(_Case(words.say.text("gate.junit.passes"), told=told))
        yield _Suite(id_, properties, cases)


def _cases(words: GateWords, gate: Gate, findings: list[GateFinding]) -> Iterator[_Case]:
    """One case a resource, whichever of its copies the rule finds something about."""
    of: dict[str, list[tuple[int, GateFinding]]] = {}
    for finding in findings:
        of.setdefault(finding.resource or f"{finding.subject}/{finding.id}", []).append(
            (_OUTCOMES.index(_outcome(gate, finding)), finding)
        )
    taken: dict[str, int] = {}
    for several in of.values():
        several.sort(key=lambda ranked: ranked[0])
        rank, gravest = several[0]
        name = words.subject(gravest)
        if len(gate.plans) > 1 and gravest.plan:
            name = words.say.pair(gravest.plan, name)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name} ({taken[name]})"
        outcome = _OUTCOMES[rank]
        type_ = (
            gravest.standing if outcome == "skipped" else gravest.verdict if outcome == "error" else gravest.severity
        )
        where = spot(gate, gravest)
        messages = [words.finding(finding) for _, finding in several]
        yield _Case(name, outcome, type_, messages, f"{where.file}:{where.line}")


def _outcome(gate: Gate, finding: GateFinding) -> _Outcome:
    if is_set_aside(gate, finding):
        return "skipped"
    return "error" if finding.verdict == "unknown" else "failure"


def _document(suites: list[_Suite]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    tests = sum(len(suite.cases) for suite in suites)
    failures, errors = (sum(suite.having(outcome) for suite in suites) for outcome in ("failure", "error"))
    yield f'<testsuites name="sovercheck" tests="{tests}" failures="{failures}" errors="{errors}">\n'
    for suite in suites:
        yield (
            f'  <testsuite name="{_attribute(suite.name)}" tests="{len(suite.cases)}" '
            f'failures="{suite.having("failure")}" errors="{suite.having("error")}" '
            f'skipped="{suite.having("skipped")}">\n    <properties>\n'
        )
        for name, value in suite.properties.items():
            yield f'      <property name="{_attribute(name)}" value="{_attribute(value)}"/>\n'
        yield "    </properties>\n"
        for case in suite.cases:
            yield from _case(suite, case)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _case(suite: _Suite, case: _Case) -> Iterator[str]:
    opened = f'    <testcase classname="{_attribute(suite.name)}" name="{_attribute(case.name)}"'
    if case.outcome is not None:
        # Some dashboards show the attribute, others the text: both say it.
        body = _text("\n".join((*case.messages, *([case.at] if case.at else []))))
        yield (
            f'{opened}>\n      <{case.outcome} type="{_attribute(case.type)}" message="{_attribute(case.messages[0])}">'
            f"{body}</{case.outcome}>\n    </testcase>\n"
        )
    elif case.told:
        yield f"{opened}>\n      <system-out>{_text(case.told)}</system-out>\n    </testcase>\n"
    else:
        yield f"{opened}/>\n"


def _attribute(text: str) -> str:
    return _SPECIAL.sub(_escape, visible_lines(text))


def _text(text: str) -> str:
    return _TEXT.sub(_escape, visible_lines(text))


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]
