"""What the gate says of a change as people read it: grouped, counted and in order, the same on every page.

A terminal, a pull request and a page take their sentences from here, and lay them out each in its own way. Nothing is
worked out before it is asked for, as a plan may have many thousand findings of which a page shows forty. Texts from
outside stand in the sentences as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sovercheck.change import RUNGS
from sovercheck.comparison import Comparison
from sovercheck.findings import SEVERITIES, Assessment, DecidingFact, Finding, RuleResult, WaiverView
from sovercheck.gate import GateFinding, Location, Move, PlannedResource, PlanView, Result
from sovercheck.inventory.facts import COPY_KINDS, FACTS, Type
from sovercheck.light import dataclass
from sovercheck.messages import has
from sovercheck.reports.base import Options, open_facts
from sovercheck.reports.gate_findings import gravest_first, is_set_aside, repository_path
from sovercheck.reports.gate_posture import GatePosture
from sovercheck.reports.gate_words import GateWords

CODES: dict[Result, int] = {"finding": 1, "not_established": 3, "waived": 4, "satisfied": 0}
"""What the process ends with."""

_ASIDE = ("existing", "baselined", "waived", "advised", "below")
_DECIDING = 3
_ASKED = 4


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, with the same verdict.

    Attributes:
        rule: full rule id.
        title: what it requires.
        severity: in words.
        verdict: in words.
        cite: the article; empty where the assessment does not have the rule.
        url: of its text.
        remediation: what to do; empty likewise.
        findings: in order.
    """

    rule: str
    title: str
    severity: str
    verdict: str
    cite: str
    url: str | None
    remediation: str
    findings: tuple[GateFinding, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in words.

    Attributes:
        subject: what its author calls the resource, or the system's or organisation's name.
        copy: which copy, where it is not the main one; else empty.
        action: what becomes of the resource; empty where that is nothing, or not told.
        standing: « nouveau », « déjà là »…
        place: « Virginie, É.-U. (us-east-1) », « lieu inconnu : … »; empty where no place is told.
        how: how that is known; empty where it is not.
        facts: the other facts that decided.
        spot: `file:line`, or the plan.
        settle: of an unknown, what the change or its pipeline can do about it first.
        asks: what else is to be established, by whom.
    """

    subject: str
    copy: str
    action: str
    standing: str
    place: str
    how: str
    facts: tuple[str, ...]
    spot: str
    settle: tuple[str, ...]
    asks: tuple[str, ...]


class GateTold(GatePosture):
    """Everything that people are told of one gate.

    Args:
        words: of the gate, in the language of the page.
        comparison: before and after; None where the files do not tell how things are now.

    Attributes:
        failing_findings: those that count and fail, the gravest first.
        unknown_findings: those that count and are to be established.
    """

    def __init__(self, words: GateWords, comparison: Comparison | None) -> None:
        super().__init__(words, comparison)
        self._assessed: dict[tuple[str, str, str], Finding] = {
            (item.rule, item.subject, item.id): item for item in words.assessment.findings
        }
        grave = SEVERITIES[: SEVERITIES.index(self.gate.fail_on) + 1]
        self.failing_findings: list[GateFinding] = []
        self.unknown_findings: list[GateFinding] = []
        self._aside: dict[str, list[GateFinding]] = {word: [] for word in _ASIDE}
        for finding in gravest_first(self.gate):
            if not finding.judged:
                self._aside["advised"].append(finding)
            elif is_set_aside(self.gate, finding):
                self._aside[finding.standing].append(finding)
            elif finding.severity not in grave:
                self._aside["below"].append(finding)
            else:
                (self.failing_findings if finding.verdict == "fail" else self.unknown_findings).append(finding)

    # The result

    @property
    def code(self) -> int:
        """The exit code."""
        return CODES[self.gate.result]

    def verdict(self) -> str:
        """« Écarts à corriger (code de sortie 1) »."""
        return self.t("verdict", result=self.words.result(), code=self.code)

    def result(self) -> str:
        """The verdict and the counts in one line."""
        return self.t("verdict_counts", verdict=self.verdict(), counts=", ".join(self.counts()))

    def counts(self) -> list[str]:
        """What decides the exit code, counted; then how much was judged."""
        tally = self.gate.tally
        numbers = (("failing", tally.failing), ("unknown", tally.unknown))
        said = [self.many(f"count.{key}", number) for key, number in numbers if number]
        if not said:
            said = [self.t("count.nothing", severity=self._say.severity(self.gate.fail_on))]
        return [*said, self.many("count.judged", tally.judged)]

    def plan(self, plan: PlanView) -> str:
        """« plan.json (terraform) : 14 ressources (création : 9, sans changement : 5) »."""
        said = self.many("plan", plan.resources, name=plan.name, format=plan.format)
        actions = [
            self.t("action_count", action=self.words.action(action), count=self._say.number(count, digits=0))
            for action, count in plan.actions.items()
            if count and action != "unchanged"
        ]
        return self.t("plan_actions", plan=said, actions=", ".join(actions)) if actions else said

    def caveats(self) -> Iterator[str]:
        """What a reader must know of the result: nothing judged, what was assumed, waivers of no effect, templates."""
        gate = self.gate
        if not gate.tally.judged:
            yield self.t("nothing_judged")
        for provider, region in gate.assumed.items():
            yield self.t("assumed.region", provider=provider, region=region)
        if gate.data_class is not None:
            yield self.t("assumed.data_class", word=self._say.word("value", gate.data_class))
        if gate.waivers_from == "left":
            yield self.t("waivers_left")
        for waiver in self._lapsed():
            yield self.t(f"waiver_{waiver.state}", id=waiver.id, date=self._say.date(waiver.expires_on))
        for plan in gate.plans:
            if not plan.knows_before:
                yield self.t("no_before", name=plan.name)

    def _lapsed(self) -> Iterator[WaiverView]:
        """The waivers without effect, of what fails here for want of them."""
        failing = [item for item in self._assessed.values() if item.verdict == "fail" and item.waiver is None]
        for waiver in self.words.assessment.waivers:
            if (
                waiver.kind == "waiver"
                and waiver.state in ("expired", "void")
                and any(
                    item.rule in (waiver.rule, f"{waiver.rule}/{item.rule.partition('/')[2]}")
                    and {item.id, *item.systems} & {*waiver.subjects}
                    for item in failing
                )
            ):
                yield waiver

    # Findings

    def failing(self) -> list[Group]:
        """The findings that count and fail, by rule, the gravest first."""
        return self._grouped(self.failing_findings)

    def unknown(self) -> list[Group]:
        """Those that count and are to be established."""
        return self._grouped(self.unknown_findings)

    def aside(self) -> Iterator[tuple[str, str, list[GateFinding]]]:
        """(why, counted in words, findings) of those that do not count; only what there is."""
        tally = self.gate.tally
        for word in _ASIDE:
            number: int = getattr(tally, word)
            if number:
                yield word, self.many(f"count.{word}", number), self._aside[word]

    def advised(self) -> list[tuple[str, list[GateFinding]]]:
        """(title, findings) of those only advised; the readings of a share have one title."""
        by_title: dict[str, list[GateFinding]] = {}
        for finding in self._aside["advised"]:
            by_title.setdefault(self.words.title(finding.rule), []).append(finding)
        return list(by_title.items())

    def _grouped(self, findings: Sequence[GateFinding]) -> list[Group]:
        by_rule: dict[str, list[GateFinding]] = {}
        for finding in findings:
            by_rule.setdefault(finding.rule, []).append(finding)
        return [self._group(rule, found) for rule, found in by_rule.items()]

    def _group(self, id_: str, findings: Sequence[GateFinding]) -> Group:
        rule: RuleResult | None = self.words.rules.get(id_)
        return Group(
            rule=id_,
            title=self.words.title(id_),
            severity=self._say.severity(findings[0].severity),
            verdict=self.words.verdict(findings[0]),
            cite=self._say.says(rule.cite) if rule is not None else "",
            url=rule.url if rule is not None else None,
            remediation=self._say.says(rule.remediation) if rule is not None else "",
            findings=tuple(findings),
        )

    def subject(self, finding: GateFinding) -> str:
        """The resource as its author calls it, the system's name, or the organisation's for a rule on the whole."""
        if finding.subject == "estate":
            return self.words.assessment.organisation.name
        return self.words.subject(finding)

    def line(self, finding: GateFinding) -> Line:
        """A finding in words."""
        assessed = self._assessed.get((finding.rule, finding.subject, finding.id))
        resource = self.words.resources.get(finding.resource or "")
        located = (resource.after or resource.before) if resource is not None else None
        copy = _copy_kind(finding)
        fact = _place_fact(finding, assessed)
        facts: tuple[str, ...] = ()
        if fact is not None and (located is None or located.place != fact.value):
            place, how = self._place_of_fact(fact)
        elif located is not None and copy in (None, "primary"):
            place, how = self.place(located), self.how(located)
        else:
            place, how = "", ""
        if fact is None and finding.verdict == "fail" and assessed is not None:
            facts = tuple(self._facts(assessed))
        open_ = finding.verdict == "unknown"
        acts = finding.action not in (None, "unchanged", "no_op")
        return Line(
            subject=self.subject(finding),
            copy=self._say.word("value", copy) if copy not in (None, "primary") else "",
            action=self.words.action(finding.action) if acts and finding.action is not None else "",
            standing=self.words.standing(finding),
            place=place,
            how=how,
            facts=facts,
            spot=spot_of(finding),
            settle=tuple(self._settle(assessed, resource)) if open_ else (),
            asks=tuple(self._asks(assessed)) if open_ else (),
        )

    def place(self, location: Location) -> str:
        """« Virginie, É.-U. (us-east-1) », « lieu inconnu : il dépend d’une expression »."""
        if location.place is None and location.region is None:
            return self.t("place_unknown", why=self._say.word("gate.why", location.why or "not_in_plan"))
        place = self.words.place(location.place)
        return self._say.text("gate.finding.region", place=place, region=location.region) if location.region else place

    def how(self, location: Location) -> str:
        """« selon la configuration du fournisseur : provider aws.us (versions.tf:12) »; empty if it is not known."""
        if location.place is None and location.region is None:
            return ""
        rung = self._say.word("gate.rung", location.rung)
        how = self._say.text("gate.finding.how", rung=rung, where=location.where) if location.where else rung
        if location.rung != "variable":
            return how
        if location.borne_out is None:
            return self.t("not_borne_out", how=how)
        return self.t("borne_out", how=how, what=self._say.word("gate.borne_out", location.borne_out))

    def _place_of_fact(self, fact: DecidingFact) -> tuple[str, str]:
        place = self.words.place(fact.value if isinstance(fact.value, str) else None)
        shown = self.words.assessment.provenance[fact.provenance] if fact.provenance is not None else None
        if shown is None:
            return place, self._say.grade(None)
        grade = self._say.grade(shown.grade)
        where = shown.locator or shown.source
        return place, self._say.text("gate.finding.how", rung=grade, where=where) if where else grade

    def _facts(self, assessed: Finding) -> Iterator[str]:
        for fact in assessed.facts[:_DECIDING]:
            yield self.t("fact", name=self._say.fact(fact.fact), value=self._say.value(fact))

    # What would settle an unknown

    def _settle(self, assessed: Finding | None, resource: PlannedResource | None) -> Iterator[str]:
        """A place that is not known, or nothing that says whose data it is: a commit or an option settles them."""
        located = (resource.after or resource.before) if resource is not None else None
        missing = open_facts(self.words.assessment, assessed) if assessed is not None else []
        if located is not None and (assessed is None or any(map(_is_place, missing))):
            yield from self.settle(located, resource.provider if resource is not None else None)
        if resource is not None and any(_is_of_system(fact, assessed) for fact in missing):
            yield self.t("settle.tie")

    def _asks(self, assessed: Finding | None) -> Iterator[str]:
        """The other facts that are missing, by who can establish them."""
        if assessed is None:
            return
        by_settler: dict[str, list[str]] = {}
        for fact in open_facts(self.words.assessment, assessed):
            if not _is_place(fact) and not _is_of_system(fact, assessed):
                settler: str = FACTS[fact.fact].settled_by if fact.fact in FACTS else "operations"
                by_settler.setdefault(settler, []).append(self._say.fact(fact.fact))
        for settler, facts in by_settler.items():
            yield self.t("settle.asks", who=self._say.settler(settler), facts=self.named(facts, most=_ASKED))
        if assessed.reason == "legal":
            yield self.t("settle.legal", who=self._say.settler("legal"))

    def settle(self, location: Location, provider: str | None) -> Iterator[str]:
        """What to do so that a place is known; nothing where it is, and well enough."""
        option = f"--assume-region {provider or self.t('provider')}={self.t('region')}"
        if location.place is None and location.region is None:
            why = location.why or "not_in_plan"
            key = "configuration" if location.needs == "configuration" else why
            if not has(f"gate_page.settle.{key}"):
                key = "not_in_plan"
            needs = location.needs or self.t("region_member")
            yield self.t(f"settle.{key}", needs=needs, option=option)
        elif location.rung == "variable" and location.borne_out is None:
            yield self.t("settle.inferred")

    # What else there is

    def incomplete(self) -> list[str]:
        """What the files do not show of the change."""
        return [sentence for _, sentence in self.words.incomplete()]

    def not_judged(self) -> str:
        """How many rules the gate leaves to an assessment; empty if none."""
        number = len(self.gate.not_judged)
        return self.many("not_judged", number) if number else ""

    def part(self, number: int, total: int) -> str:
        """So many of a total, as a percentage."""
        return self._say.share(Decimal(number) / total)

    def placed(self) -> list[str]:
        """How the places of what keeps data are known: « selon la ressource : 12 », the strongest first."""
        return [
            self.t("action_count", action=self._say.word("gate.rung", rung), count=self._say.number(count, digits=0))
            for rung in RUNGS
            if (count := self.gate.placed.get(rung, 0))
        ]


def told(assessment: Assessment, options: Options) -> GateTold:
    """The gate of some options in words.

    Raises:
        ValueError: the options have no gate.
    """
    if options.gate is None:
        raise ValueError("no gate to tell of")
    return GateTold(GateWords(assessment, options.gate, options.lang), options.comparison)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters: its two ends where it is longer, as addresses differ at both."""
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def spot_of(item: GateFinding | PlannedResource | Move) -> str:
    """`main.tf:14`; the plan where no line is known, empty where there is none either."""
    if item.spot is not None:
        return f"{repository_path(item.spot.file)}:{item.spot.line}"
    return "" if isinstance(item, Move) else item.plan


def variant(rule: str) -> str:
    """What tells a rule from the others of its title: `volume-strict` of a share; else empty."""
    return rule.partition("/")[2]


def _copy_kind(finding: GateFinding) -> str | None:
    """Of a finding on a copy, which copy, as its id says: `plan.json#aws_s3_bucket.x#replica:us-east-1`."""
    if finding.subject != "copy" or finding.resource is None or not finding.id.startswith(f"{finding.resource}#"):
        return None
    kind = finding.id[len(finding.resource) + 1 :].partition(":")[0]
    return kind if kind in COPY_KINDS else None


def _is_of_system(fact: DecidingFact, assessed: Finding | None) -> bool:
    """Whether a missing fact is missing because its resource is tied to no system."""
    return assessed is not None and not assessed.systems and fact.fact.startswith("system.")


def _is_place(fact: DecidingFact) -> bool:
    known = FACTS.get(fact.fact)
    return known is not None and known.type is Type.PLACE and fact.fact.partition(".")[0] in ("copy", "resource")


def _place_fact(finding: GateFinding, assessed: Finding | None) -> DecidingFact | None:
    """The place that decided a finding, if one did."""
    facts = [fact for fact in assessed.facts if _is_place(fact)] if assessed is not None else []
    own = [fact for fact in facts if fact.of == finding.id]
    known = [fact for fact in own or facts if fact.state == "known" and isinstance(fact.value, str)]
    return known[0] if known else None
