"""The two assessments of a comparison, each with what is looked up in it many times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sovercheck.comparison import Standing, StandingWord
from sovercheck.evaluation import packed
from sovercheck.findings import Assessment, DecidingFact, Finding, Provenance, Verdict
from sovercheck.light import dataclass

Verdicts = Callable[[str, str, Sequence[str]], Mapping[str, Verdict]]
"""Rule, subject and ids → the verdicts that a verdict table has of them."""

Key = tuple[str, str, str]
"""Rule, subject and id: what stays the same of a finding from one run to the next (see `reports.base.finding_key`)."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What the verdict tables of two runs say beside their assessments.

    Attributes:
        earlier: every verdict of the earlier run.
        later: every verdict of the later one.
        copies: those that are not where they were; None where a table does not say where copies are.
    """

    earlier: Verdicts
    later: Verdicts
    copies: Sequence[packed.CopyDifference] | None


def tables_between(earlier: Path, later: Path) -> Tables | None:
    """The verdict tables of two runs; None where one was not kept.

    Raises:
        InputError: one is there and cannot be read.
    """
    if not (earlier.exists() and later.exists()):
        return None

    def of(path: Path) -> Verdicts:
        return lambda rule, subject, ids: packed.verdicts(path, rule, subject, ids)

    return Tables(of(earlier), of(later), packed.copies_between(earlier, later))


class Side:
    """One of the two assessments.

    Args:
        assessment: the assessment.
        verdicts: its verdict table, where there is one.
    """

    def __init__(self, assessment: Assessment, verdicts: Verdicts | None) -> None:
        self.assessment = assessment
        self.findings: dict[Key, Finding] = {(f.rule, f.subject, f.id): f for f in assessment.findings}
        self.rules = {rule.id: rule for rule in assessment.rules}
        self.laws = {law.id: law for law in assessment.laws}
        self.systems = {system.id: system for system in assessment.systems}
        self._verdicts = verdicts
        self._shares = {share.rule: share.verdict for share in assessment.shares}
        self._known: dict[tuple[str, str], DecidingFact] | None = None

    @property
    def inventory(self) -> str | None:
        """The hash of the facts that were judged."""
        return next((item.sha256 for item in self.assessment.inputs if item.kind == "inventory"), None)

    def name(self, subject: str, id_: str) -> str | None:
        """As people know a subject, if this assessment knows it."""
        found = self.assessment.names.get(f"{subject}/{id_}")
        if found is None and subject == "system" and id_ in self.systems:
            return self.systems[id_].name
        return self.assessment.organisation.name if found is None and subject == "estate" else found

    def provenance(self, index: int | None) -> Provenance | None:
        """What an index of this assessment stands for."""
        return self.assessment.provenance[index] if index is not None else None

    def fact(self, name: str, of: str) -> DecidingFact | None:
        """A fact as this assessment tells it, where it tells it at all."""
        if self._known is None:
            self._known = {(f.fact, f.of): f for finding in self.assessment.findings for f in finding.facts}
            for system in self.assessment.systems:
                self._known |= {(item.fact.fact, item.fact.of): item.fact for item in system.known}
        return self._known.get((name, of))

    def standings(self, keys: Iterable[Key]) -> dict[Key, Standing]:
        """What the rules said of subjects, findings or not."""
        found: dict[Key, Standing] = {}
        asked: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in keys:
            finding = self.findings.get(key)
            if finding is not None:
                found[key] = standing(finding)
            elif key[0] not in self.rules:
                found[key] = Standing("no_rule")
            elif key[0] in self._shares:
                found[key] = Standing(_word(self._shares[key[0]]))
            else:
                asked[key[:2]].append(key[2])
        for (rule, subject), ids in asked.items():
            for id_, word in self._without_finding(rule, subject, ids).items():
                found[rule, subject, id_] = Standing(word)
        return found

    def _without_finding(self, rule: str, subject: str, ids: Sequence[str]) -> dict[str, StandingWord]:
        if self._verdicts is not None:
            told = self._verdicts(rule, subject, ids)
            return {id_: _word(told[id_].word) if id_ in told else "absent" for id_ in ids}
        if subject == "system":
            return {id_: self._of_system(rule, id_) for id_ in ids}
        return dict.fromkeys(ids, "not_told")

    def _of_system(self, rule: str, id_: str) -> StandingWord:
        if id_ not in self.systems:
            return "absent"
        return _word(self.systems[id_].verdicts.get(rule, ""))


def standing(finding: Finding) -> Standing:
    """A finding's own."""
    word = "waived" if finding.waiver is not None else finding.verdict
    return Standing(word, finding.weakest, finding.legal_reference)


def _word(verdict: str) -> StandingWord:
    """A verdict without a finding; a fail or unknown that has none is a contradiction in the files, and not told."""
    match verdict:
        case "pass":
            return "pass"
        case "not_applicable":
            return "not_applicable"
        case _:
            return "not_told"
