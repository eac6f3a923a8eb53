"""What the gate says of a change, in sentences that every output shares; of a finding, in one line.

Only the catalogues and the shipped places are read: no template engine and no CLDR, so that the gate stays fast. Texts
from outside stand in the sentences as they are: each format makes them harmless in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator

from sovercheck.findings import Assessment, DecidingFact, Finding, RuleResult
from sovercheck.gate import Gate, GateFinding, Location, PlannedResource
from sovercheck.inventory.facts import COPY_KINDS, FACTS, Type
from sovercheck.messages import Lang, has
from sovercheck.reports.base import open_facts, subject_name
from sovercheck.reports.gate_findings import is_below
from sovercheck.reports.language import NBSP, Language

_MOST_FACTS = 3
"""A line names no more open facts than these; the other reports have them all."""


def count(number: int, lang: Lang) -> str:
    """A whole number as Canada writes it: « 25 000 », “25,000”."""
    return f"{number:,}".replace(",", NBSP) if lang == "fr" else f"{number:,}"


class GateWords:
    """The sentences about one gate in one language.

    Args:
        assessment: of how things would be after the change.
        gate: what the gate says of it.
        lang: of the sentences.
    """

    def __init__(self, assessment: Assessment, gate: Gate, lang: Lang) -> None:
        self.assessment = assessment
        self.gate = gate
        self.say = Language(lang)
        self.rules: dict[str, RuleResult] = {rule.id: rule for rule in assessment.rules}
        self.resources: dict[str, PlannedResource] = {resource.id: resource for resource in gate.resources}
        self._findings = {(item.rule, item.subject, item.id): item for item in assessment.findings}
        self._waivers = {waiver.id: waiver for waiver in assessment.waivers}
        self._places: dict[str | None, str] = {}

    # Words

    def result(self) -> str:
        """What the exit code says."""
        return self.say.word("gate.result", self.gate.result)

    def standing(self, finding: GateFinding) -> str:
        """« nouveau », « déjà là »."""
        return self.say.word("gate.standing", finding.standing)

    def action(self, action: str) -> str:
        """What becomes of a resource: « création », « sans changement »."""
        return self.say.word("gate.action", action)

    def title(self, rule: str) -> str:
        """What a rule requires, or its id where the assessment does not have it."""
        known = self.rules.get(rule)
        return (self.say.says(known.title) if known is not None else "") or rule

    def verdict(self, finding: GateFinding) -> str:
        """« non conforme », « écart », « à évaluer », as the rule's basis gives it."""
        rule, assessed = self.rules.get(finding.rule), self._assessed(finding)
        if rule is None:
            return self.say.word("verdict", "unknown" if finding.verdict == "unknown" else "deviation")
        if assessed is None:
            return self.say.verdict(rule, finding.verdict, None)
        return self.say.verdict(rule, finding.verdict, assessed.weakest, legal_reference=assessed.legal_reference)

    def place(self, code: str | None) -> str:
        """« Québec », « Virginie, É.-U. »."""
        if code not in self._places:
            self._places[code] = self.say.place(code)
        return self._places[code]

    # Sentences about a finding

    def finding(self, finding: GateFinding) -> str:
        """A finding in one line: rule, verdict, resource, place and how it is known, what would settle an unknown.

        What makes it not count, if anything does, ends the line.
        """
        return " ".join(sentence for sentence in (*self._sentences(finding), self._counts_not(finding)) if sentence)

    def subject(self, finding: GateFinding) -> str:
        """The resource as its author calls it, or what the finding is about; of a copy that is not the main one, which.

        A rule on the whole names the organisation.
        """
        return finding.address or subject_name(self.assessment, finding.subject, finding.id)

    def accepted(self, finding: GateFinding) -> str | None:
        """Why a finding does not count, if it is waived, in the baseline or set aside as existing."""
        if finding.standing == "waived":
            assessed = self._assessed(finding)
            waiver = self._waivers.get(assessed.waiver or "") if assessed is not None else None
            if waiver is None:
                return self.say.text("gate.finding.waived_unnamed")
            return self.say.text(
                "gate.finding.waived",
                id=waiver.id,
                approver=waiver.approved_by,
                day=waiver.expires_on,
                reason=waiver.reason.rstrip("."),
            )
        if finding.standing == "baselined":
            if self.gate.baseline is None:
                return self.say.text("gate.finding.baselined_unnamed")
            return self.say.text("gate.finding.baselined", name=self.gate.baseline)
        if finding.standing == "existing" and self.gate.only_new:
            return self.say.text("gate.finding.existing")
        return None

    def _counts_not(self, finding: GateFinding) -> str:
        """Why the exit code does not depend on a finding; empty where it does."""
        accepted = self.accepted(finding)
        if accepted is not None:
            return accepted
        if not finding.judged:
            return self.say.text("gate.finding.advised")
        if is_below(self.gate, finding):
            return self.say.text("gate.finding.below", severity=self.say.severity(self.gate.fail_on))
        return ""

    def _sentences(self, finding: GateFinding) -> Iterator[str]:
        say = self.say
        yield say.text(
            "gate.finding", title=self.title(finding.rule), verdict=self.verdict(finding), subject=self._named(finding)
        )
        assessed = self._assessed(finding)
        resource = self.resources.get(finding.resource or "")
        located = (resource.after or resource.before) if resource is not None else None
        copy = self._place_of_copy(finding, assessed, located)
        if copy is not None:
            yield copy
        elif located is not None and self._copy_kind(finding) in (None, "primary") and _is_about_place(assessed):
            yield from self.location(located)
        if finding.verdict == "unknown" and assessed is not None:
            yield self._open(assessed, said=located is not None and _is_settled_by_place(located))

    def location(self, location: Location) -> Iterator[str]:
        """Where a resource is or would be and how that is known, or why it is not and what would settle it."""
        say = self.say
        if location.place is None and location.region is None:
            yield say.text("gate.finding.place_unknown", why=say.word("gate.why", location.why or "not_in_plan"))
        else:
            place = self.place(location.place)
            if location.region:
                place = say.text("gate.finding.region", place=place, region=location.region)
            rung = say.word("gate.rung", location.rung)
            how = say.text("gate.finding.how", rung=rung, where=location.where) if location.where else rung
            yield say.text("gate.finding.place", place=place, how=how)
            if location.rung == "variable":
                if location.borne_out:
                    yield say.text("gate.finding.borne_out", what=say.word("gate.borne_out", location.borne_out))
                else:
                    yield say.text("gate.finding.not_borne_out")
        if location.needs:
            yield say.text("gate.finding.needs", what=say.word("gate.needs", location.needs))

    def incomplete(self) -> Iterator[tuple[str, str]]:
        """(file, what it does not show of the change) of each plan that is not whole."""
        for plan in self.gate.plans:
            for why, what in plan.incomplete:
                key = f"gate.incomplete.{why}"
                yield (
                    plan.name,
                    self.say.text(key, what=what or plan.name) if has(key) else f"{what or plan.name}: {why}",
                )

    def _assessed(self, finding: GateFinding) -> Finding | None:
        return self._findings.get((finding.rule, finding.subject, finding.id))

    def _named(self, finding: GateFinding) -> str:
        kind = self._copy_kind(finding)
        aspects = [self.say.word("value", kind)] if kind not in (None, "primary") else []
        if finding.action is not None and finding.action != "unchanged":
            aspects.append(self.action(finding.action))
        name = self.subject(finding)
        return self.say.text("gate.finding.aspects", name=name, aspects=", ".join(aspects)) if aspects else name

    def _copy_kind(self, finding: GateFinding) -> str | None:
        """Of a finding on a copy, which copy, as its id says: `plan.json#aws_s3_bucket.x#replica:us-east-1`."""
        if finding.subject != "copy" or finding.resource is None or not finding.id.startswith(f"{finding.resource}#"):
            return None
        kind = finding.id[len(finding.resource) + 1 :].partition(":")[0]
        return kind if kind in COPY_KINDS else None

    def _place_of_copy(self, finding: GateFinding, assessed: Finding | None, located: Location | None) -> str | None:
        """Where the copy is that decided, where that is not where its resource is."""
        for fact in assessed.facts if assessed is not None else ():
            if fact.state != "known" or fact.of != finding.id or not _is_place(fact):
                continue
            if not isinstance(fact.value, str) or (located is not None and located.place == fact.value):
                return None
            place, how = self.place(fact.value), self.say.grade(None)
            if fact.provenance is not None and fact.provenance < len(self.assessment.provenance):
                shown = self.assessment.provenance[fact.provenance]
                where = ", ".join(part for part in (shown.source, shown.locator) if part)
                how = self.say.text("gate.finding.how", rung=self.say.grade(shown.grade), where=where)
            return self.say.text("gate.finding.place", place=place, how=how)
        return None

    def _open(self, assessed: Finding, *, said: bool) -> str:
        """What is to be established; of a place, only where it is not said already what would settle it."""
        names: dict[str, None] = {}
        for fact in open_facts(self.assessment, assessed):
            if not (said and _is_place(fact)):
                names[self.say.fact(fact.fact)] = None
        if names:
            return self.say.text("gate.finding.open", facts=", ".join(list(names)[:_MOST_FACTS]))
        return "" if said or assessed.reason is None else self._reason(assessed.reason)

    def _reason(self, reason: str) -> str:
        return self.say.text("gate.finding.reason", reason=self.say.reason(reason))


def _is_settled_by_place(location: Location) -> bool:
    return location.place is None or location.needs is not None


def _is_about_place(assessed: Finding | None) -> bool:
    """Whether a place is among what decided; where nothing says what did, it may be."""
    return assessed is None or not assessed.facts or any(map(_is_place, assessed.facts))


def _is_place(fact: DecidingFact) -> bool:
    known = FACTS.get(fact.fact)
    return known is not None and known.type in (Type.PLACE, Type.PLACES)
