"""From the engine's tables to findings: which facts decided, what they are, how they are known, what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from sovercheck.evaluation.compile import Compiled
from sovercheck.evaluation.judge import Judged
from sovercheck.findings import (
    Contradiction,
    DecidingFact,
    Exposure,
    ExposurePath,
    Finding,
    State,
    UnknownReason,
    Verdict,
)
from sovercheck.inventory.evidence import CONTRADICTED, NO_ANSWER, Evidence, Grade, floor, is_gapped, provenance_of
from sovercheck.inventory.facts import FACTS, SUBJECTS, Fact
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import fact_columns
from sovercheck.policy.condition import Before, ExposureAtMost, FactSide, facts_of, leaves

_REASONS: tuple[tuple[State, UnknownReason], ...] = (
    ("refused", "refused"),
    ("contradicted", "contradicted"),
    ("weak", "weak"),
    ("unknown", "no_answer"),
)
"""Of several missing facts, the reason to name first: what a permission would mend before what a person must answer."""

Wide = Mapping[str, object]
"""One row of a wide view: column → value."""


class Belongs:
    """Which systems each subject belongs to; ties and involvements are read once a finding asks for them.

    Args:
        inventory: whose; the derived tables must exist.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory

    @cached_property
    def of_resource(self) -> Mapping[str, tuple[str, ...]]:
        """Resource → systems."""
        return self._lists("SELECT resource, list(DISTINCT system ORDER BY system) FROM tie GROUP BY resource")

    @cached_property
    def of_party(self) -> Mapping[str, tuple[str, ...]]:
        """Party → systems it is involved in."""
        return self._lists(
            "SELECT party, list(DISTINCT system ORDER BY system) FROM ("
            "SELECT party, id AS system FROM involved WHERE subject = 'system' "
            "UNION ALL SELECT party, system FROM contract WHERE party IS NOT NULL AND system IS NOT NULL) "
            "GROUP BY party"
        )

    def _lists(self, sql: str) -> dict[str, tuple[str, ...]]:
        return {row[0]: tuple(row[1]) for row in self._inventory.connection.execute(sql).fetchall()}

    def systems(self, subject: str, row: Wide) -> tuple[str, ...]:
        """The systems of one row of a subject's wide view."""
        if subject in ("copy", "resource"):
            return self.of_resource.get(str(row["of.resource"]), ())
        if subject == "party":
            return self.of_party.get(str(row["id"]), ())
        return (str(row["system"]),) if row["system"] is not None else ()


ExposureOf = Callable[[str, str, str], Exposure | None]
"""(law, subject, id) → the exposure, if that law was looked at."""


def findings(
    inventory: Inventory, judged: Sequence[Judged], exposure: ExposureOf, belongs: Belongs, as_of: date
) -> list[Finding]:
    """Every fail and unknown of the table `finding`, with the facts that decided, unordered.

    Args:
        inventory: the facts; `judge.find` has filled the table.
        judged: as given to `judge.find`.
        exposure: looks up what the exposure rules judged.
        belongs: the systems of each subject.
        as_of: facts stated after this day are flagged.
    """
    found = []
    for item in judged:
        if not any(tally.failed or tally.unknown for tally in item.tallies):
            continue
        rows = _wide_rows(inventory, item)
        deciders = [_Decider(rule, inventory.provenance, exposure, as_of) for rule in item.plan.rules]
        for n, line, verdict, mask in inventory.connection.execute(
            f"SELECT rule, line, verdict, mask FROM finding WHERE subject = {SUBJECTS.index(item.subject)}"
        ).fetchall():
            row = rows[line]
            found.append(deciders[n].finding(item.subject, row, belongs.systems(item.subject, row), verdict, mask))
    return found


def _wide_rows(inventory: Inventory, judged: Judged) -> dict[int, Wide]:
    """Line of `verdict_<subject>` → the facts of that row, for those that have findings."""
    names = ["of.resource", "of.party"]
    names += [f"{fact.table}.{name}" for fact in judged.plan.facts for name, _ in fact_columns(fact)]
    selected = "".join(f', "{name}"' for name in names)
    rows = inventory.connection.execute(
        f"SELECT v.rowid, v.id, v.system{selected} FROM {judged.beside} "
        f"WHERE v.rowid IN (SELECT line FROM finding WHERE subject = {SUBJECTS.index(judged.subject)})"
    ).fetchall()
    names = ["id", "system", *names]
    return {line: dict(zip(names, values, strict=True)) for line, *values in rows}


class _Decider:
    """Explains the findings of one rule."""

    def __init__(self, compiled: Compiled, provenance: Sequence[Evidence], exposure: ExposureOf, as_of: date) -> None:
        self._compiled = compiled
        self._provenance = provenance
        self._exposure = exposure
        self._as_of = as_of.isoformat()
        self._leaf_facts = [facts_of(leaf) for leaf in compiled.leaves]
        self._columns = {
            fact.name: [f"{fact.table}.{name}" for name, _ in fact_columns(fact)]
            for facts in self._leaf_facts
            for fact in facts
        }
        required = leaves(compiled.rule.require) if compiled.rule.require is not None else ()
        # What must hold is told before what makes the rule apply.
        self._order = sorted(range(len(compiled.leaves)), key=lambda n: (compiled.leaves[n] not in required, n))

    def finding(self, subject: str, row: Wide, systems: tuple[str, ...], verdict: int, mask: int) -> Finding:
        fails = verdict == Verdict.FAIL
        facts: dict[str, DecidingFact] = {}
        exposed: list[DecidingFact] = []
        for n in self._order:
            leaf = self._compiled.leaves[n]
            if not mask >> n & 1:
                continue
            if isinstance(leaf, ExposureAtMost):
                exposed += self._exposed(leaf, subject, str(row["id"]))
            for fact in self._leaf_facts[n]:
                if fact.name not in facts:
                    facts[fact.name] = self._deciding(fact, subject, row, fails=fails)
        decided = (*facts.values(), *exposed)
        grades = [grade_of_deciding(fact, self._provenance) for fact in decided]
        known = [grade for grade in grades if grade is not None]
        return Finding(
            rule=self._compiled.rule.id,
            subject=subject,
            id=str(row["id"]),
            systems=systems,
            verdict="fail" if fails else "unknown",
            reason=None if fails else self._reason(decided, row, mask),
            facts=decided,
            weakest=min(known).word if known else None,
            legal_reference=not self._compiled.rule.relaxed,
            late_facts=tuple(
                fact.fact
                for fact in decided
                if fact.provenance is not None and (self._provenance[fact.provenance].date or "") > self._as_of
            ),
        )

    def _deciding(self, fact: Fact, subject: str, row: Wide, *, fails: bool) -> DecidingFact:
        columns = self._columns[fact.name]
        # Of a fact that no row answers, the view has nothing.
        value, evidence = row.get(columns[0]), row.get(columns[-1], NO_ANSWER)
        assert isinstance(evidence, int)  # noqa: S101 - the column's type
        solid = self._compiled.solid
        state: State
        if evidence <= 0:
            state = "contradicted" if evidence == CONTRADICTED else "refused" if evidence < 0 else "unknown"
        elif not fails and (
            (solid.least and evidence < floor(solid.least)) or (solid.heed_gaps and is_gapped(evidence))
        ):
            state = "refused" if is_gapped(evidence) else "weak"
        else:
            state = "none" if value is None else "known"
        return DecidingFact(
            fact=fact.name,
            of=_owner(fact, subject, row),
            state=state,
            value=canonical(value),
            high=_canonical_text(row[columns[1]]) if fact.is_interval and row.get(columns[1]) is not None else None,
            open=bool(row.get(columns[1])) if fact.is_list else False,
            provenance=provenance_of(evidence) if evidence > 0 else None,
        )

    def _exposed(self, leaf: ExposureAtMost, subject: str, id_: str) -> list[DecidingFact]:
        """The links of the strongest path that was shown, then the facts that would settle the open ones."""
        exposure = self._exposure(leaf.law, subject, id_)
        if exposure is None:
            return []
        shown = next((path for path in exposure.paths if not path.hypothetical and path.low != "none_known"), None)
        found = list(_links(shown)) if shown is not None else []
        missing = dict.fromkeys(path.decides for path in exposure.paths if path.decides is not None)
        return found + [DecidingFact(fact, of, "unknown") for fact, of in missing]

    def _reason(self, decided: Sequence[DecidingFact], row: Wide, mask: int) -> UnknownReason:
        states = {fact.state for fact in decided}
        for state, reason in _REASONS:
            if state in states:
                return reason
        if self._compiled.awaits_lawyer or self._predates_article(row, mask):
            return "legal"
        return "no_answer"

    def _predates_article(self, row: Wide, mask: int) -> bool:
        start = self._compiled.rule.basis.in_force_from
        since = row.get("copy.since")
        return (
            start is not None
            and isinstance(since, str)
            and since < start.isoformat()
            and any(
                mask >> n & 1 and isinstance(leaf, Before) and _reads_since(leaf)
                for n, leaf in enumerate(self._compiled.leaves)
            )
        )


def _links(path: ExposurePath) -> Iterator[DecidingFact]:
    """Each link of a path as the fact that shows it: the access of the first party, then who controls whom."""
    first = path.steps[0]
    yield DecidingFact("involvement.access", first.party, "known", path.access[0], provenance=first.provenance)
    for before, step in itertools.pairwise(path.steps):
        if step.link == "present_in":
            yield DecidingFact("party.present_in", step.party, "known", step.place, provenance=step.provenance)
        else:
            owned = before.party if step.link == "owned_by" else step.party
            yield DecidingFact("ownership.control", owned, "known", "true", provenance=step.provenance)


def _reads_since(leaf: Before) -> bool:
    return any(isinstance(side, FactSide) and side.fact.name == "copy.since" for side in (leaf.left, leaf.right))


def _owner(fact: Fact, subject: str, row: Wide) -> str:
    """The id of the subject that has a fact."""
    if fact.table == subject:
        return str(row["id"])
    if fact.table in ("resource", "party"):
        owner = row[f"of.{fact.table}"]
    elif fact.table == "estate":
        owner = "estate"
    else:
        owner = row["system"]
    return "" if owner is None else str(owner)


def contradictions(inventory: Inventory) -> tuple[Contradiction, ...]:
    """What each source says of the facts on which sources exclude each other."""
    return tuple(
        Contradiction(
            f"{item.table}.{item.fact}",
            item.id,
            tuple(_given(FACTS[f"{item.table}.{item.fact}"], item.id, value, ev) for value, ev in item.values),
        )
        for item in inventory.contradictions
    )


def _given(fact: Fact, of: str, value: object, evidence: int) -> DecidingFact:
    high: object = value if fact.is_interval else None
    is_open: object = False
    if isinstance(value, list | tuple) and fact.is_interval:
        value, high = value
    elif isinstance(value, list | tuple) and fact.is_list:
        value, is_open = value
    return DecidingFact(
        fact=fact.name,
        of=of,
        state="none" if value is None else "known",
        value=canonical(value),
        high=None if high is None else _canonical_text(high),
        open=bool(is_open),
        provenance=provenance_of(evidence),
    )


def grade_of_deciding(fact: DecidingFact, provenance: Sequence[Evidence]) -> Grade | None:
    """The grade of a deciding fact; None if it is not known."""
    return provenance[fact.provenance].grade if fact.provenance is not None else None


def canonical(value: object) -> str | tuple[str, ...] | None:
    """A stored value as text: `true`, `405000000`, `CA-QC`; a list as its members; none as None."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    return _canonical_text(value)


def _canonical_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
