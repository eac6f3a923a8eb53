"""The rules: what each requires and rests on, its counts of verdicts, and its worst findings as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from sovercheck.findings import Counts, RuleResult, Share, WaiverView
from sovercheck.reports import svg
from sovercheck.reports.view import Mark, Subject, View, link

WORST = 50
"""Findings of a rule that its table lists."""


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver, and what became of it."""

    id: str
    kind: str
    rule: str
    anchor: str
    subjects: str
    by: str
    reason: str
    expires: str
    state: str
    in_effect: bool
    covered: str


@dataclass(frozen=True, slots=True)
class RuleSection:
    """A rule that has findings, in full."""

    anchor: str
    id: str
    policy: str
    title: str
    statement: str
    rationale: str
    severity: str
    subject: str
    basis_label: str
    cite: str
    url: str | None
    text_read: str
    in_force: str
    parameters: str
    relaxed: str
    evidence: str
    remediation: str
    counts: tuple[Mark, ...]
    waivers: tuple[WaiverLine, ...]
    worst: tuple[Subject, ...]
    several_systems: bool
    caption: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule without findings, as a row of a table."""

    anchor: str
    id: str
    title: str
    cite: str
    url: str | None
    text_read: str
    words: Mark
    counts: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A variant of a share, as a row of a table."""

    title: str
    anchor: str
    weight: str
    reading: str
    interval: str
    target: str
    mark: Mark
    weakens: str


@dataclass(frozen=True, slots=True)
class ShareSection:
    """The variants of the share rules: their picture and table."""

    picture: Markup
    lines: tuple[ShareLine, ...]


def rule_sections(view: View) -> tuple[RuleSection, ...]:
    """The rules with findings, the gravest first."""
    with_findings = [rule for rule in view.assessment.rules if view.of_rule.get(rule.id)]
    return tuple(_section(view, rule) for rule in sorted(with_findings, key=lambda rule: _gravity(view, rule)))


def rule_lines(view: View) -> tuple[RuleLine, ...]:
    """The rules without findings."""
    return tuple(_line(view, rule) for rule in view.assessment.rules if not view.of_rule.get(rule.id))


def _gravity(view: View, rule: RuleResult) -> tuple[int, bool, str, str]:
    return view.rank[rule.id], rule.counts.failed == 0, rule.policy, rule.id


def _section(view: View, rule: RuleResult) -> RuleSection:
    findings = view.of_rule[rule.id]
    worst = findings[:WORST]
    rest = len(findings) - len(worst)
    say = view.say
    caption = view.many("rule.findings", len(findings))
    if rest:
        caption += view.many("rule.rest", rest, worst=view.number(len(worst)))
    return RuleSection(
        anchor=view.rule_anchor(rule.id),
        id=rule.id,
        policy=rule.policy,
        title=say.says(rule.title),
        statement=say.says(rule.statement),
        rationale=say.says(rule.rationale) if rule.rationale else "",
        severity=say.severity(rule.severity),
        subject=view.table(rule.subject),
        basis_label=view.t(f"basis.{rule.basis}"),
        cite=say.says(rule.cite),
        url=link(rule.url),
        text_read=view.text_read(rule.text),
        in_force=view.in_force(rule.in_force_from, rule.in_force_to),
        parameters=", ".join(f"{name} = {value}" for name, value in rule.parameters.items()),
        relaxed=view.t("rule.relaxed", names=", ".join(rule.relaxed)) if rule.relaxed else "",
        evidence=_evidence(view, rule),
        remediation=say.says(rule.remediation),
        counts=tuple(_counts(view, rule)),
        waivers=tuple(_waiver(view, waiver) for waiver in view.assessment.waivers if waiver.rule == rule.id),
        worst=tuple(view.subject(finding) for finding in worst),
        several_systems=any(finding.systems for finding in worst) and rule.subject != "system",
        caption=caption,
    )


def _evidence(view: View, rule: RuleResult) -> str:
    parts = []
    if rule.min_evidence:
        parts.append(view.t("rule.min_evidence", grade=view.say.grade(rule.min_evidence)))
    if rule.weakest_pass:
        parts.append(view.t("rule.weakest_pass", grade=view.say.grade(rule.weakest_pass)))
    return " ".join(parts)


def _counts(view: View, rule: RuleResult) -> Iterator[Mark]:
    """How many subjects have each verdict, in the words of the rule's basis."""
    counts: Counts = rule.counts
    for number, verdict, weakest in (
        (counts.failed, "fail", _weakest_fail(view, rule)),
        (counts.unknown, "unknown", None),
        (counts.waived, "waived", None),
        (counts.passed, "pass", rule.weakest_pass),
        (counts.not_applicable, "not_applicable", None),
    ):
        if number:
            mark = view.mark(rule, verdict, weakest, legal_reference=not rule.relaxed)
            yield Mark(mark.shape, view.t("rule.count", count=view.number(number), words=mark.text), mark.hollow)


def _weakest_fail(view: View, rule: RuleResult) -> str | None:
    """`reported` only if the press alone carries every failing finding."""
    grades = {f.weakest for f in view.of_rule.get(rule.id, ()) if f.verdict == "fail" and f.waiver is None}
    return grades.pop() if len(grades) == 1 else None


def _line(view: View, rule: RuleResult) -> RuleLine:
    counts = rule.counts
    if not rule.applies:
        words = Mark("na", view.t("rule.not_in_force"))
    elif counts.passed:
        words = view.mark(rule, "pass", rule.weakest_pass, legal_reference=not rule.relaxed)
    else:
        words = view.mark(rule, "not_applicable", None)
    return RuleLine(
        anchor=view.rule_anchor(rule.id),
        id=rule.id,
        title=view.say.says(rule.title),
        cite=view.say.says(rule.cite),
        url=link(rule.url),
        text_read=view.text_read(rule.text),
        words=words,
        counts=view.t(
            "rule.passed_of", passed=view.number(counts.passed), not_applicable=view.number(counts.not_applicable)
        ),
    )


def waiver_lines(view: View) -> tuple[WaiverLine, ...]:
    """Every waiver and regularisation, those in effect or not."""
    return tuple(_waiver(view, waiver) for waiver in view.assessment.waivers)


def _waiver(view: View, waiver: WaiverView) -> WaiverLine:
    rule = view.rules.get(waiver.rule)
    covered = view.number(waiver.covered)
    if waiver.frozen is not None and waiver.frozen != waiver.covered:
        covered = view.t("waiver.frozen", covered=covered, frozen=view.number(waiver.frozen))
    state_key = f"remediation_state.{waiver.state}" if waiver.kind == "remediation" else ""
    return WaiverLine(
        id=waiver.id,
        kind=view.t(f"waiver.{waiver.kind}"),
        rule=view.say.says(rule.title) if rule else waiver.rule,
        anchor=view.rule_anchor(rule.id) if rule else "",
        subjects=", ".join(_subject_name(view, subject) for subject in waiver.subjects),
        by=waiver.approved_by,
        reason=waiver.reason,
        expires=view.say.date(waiver.expires_on),
        state=view.t(state_key) if state_key else view.say.word("waiver_state", waiver.state),
        in_effect=waiver.state == "in_effect",
        covered=covered,
    )


def _subject_name(view: View, id_: str) -> str:
    for table in ("system", "resource", "copy", "contract", "component", "party"):
        name = view.name(table, id_)
        if name != id_:
            return name
    return id_


def shares(view: View) -> ShareSection | None:
    """The share rules' intervals; None if there are none."""
    found = view.assessment.shares
    if not found:
        return None
    rows, lines = [], []
    for share in found:
        weight, reading = view.t(f"share.weight.{share.weight}"), view.t(f"share.reading.{share.reading}")
        interval = _interval(view, share)
        target = view.say.share(share.target)
        label = view.t("share.label", weight=weight, reading=reading)
        rows.append(svg.Interval(label, Fraction(share.low), Fraction(share.high), Fraction(share.target), interval))
        rule = view.rules.get(share.rule)
        lines.append(
            ShareLine(
                title=view.say.says(rule.title) if rule else share.rule,
                anchor=view.rule_anchor(rule.id) if rule else "",
                weight=weight,
                reading=reading,
                interval=interval,
                target=target,
                mark=view.mark(rule, share.verdict, None) if rule else Mark("unk", share.verdict),
                weakens=" ".join(_weakens(view, share)),
            )
        )
    targets = view.t("share.target", target=view.say.enumeration(dict.fromkeys(line.target for line in lines)))
    title = view.t("share.picture", parts="; ".join(f"{row.label} {row.note}" for row in rows), target=targets)
    return ShareSection(svg.intervals("share-chart", title, rows, targets), tuple(lines))


def _interval(view: View, share: Share) -> str:
    low, high = view.say.share(share.low), view.say.share(share.high)
    return low if low == high else view.t("share.interval", low=low, high=high)


def _weakens(view: View, share: Share) -> Iterator[str]:
    yield view.many("share.members", share.members)
    for key, number in (
        ("share.possible", share.possible_members),
        ("share.unbounded", share.unbounded),
        ("share.gaps", share.listing_gaps),
    ):
        if number:
            yield view.many(key, number)
    if share.bounded_by_rule:
        yield view.t("share.bounded")
    if share.unlisted_systems:
        named = {system.id: system.name for system in view.assessment.systems}
        names = view.say.enumeration(named.get(id_, id_) for id_ in share.unlisted_systems)
        yield view.many("share.unlisted", len(share.unlisted_systems), names=names)
