"""Taking knowledge away never moves a verdict up, for every rule that ships.

Generated inventories, most of them grown from the rules' own tests, are judged before and after something became
unknown: a value, the end of a list, a claim to be complete, rows of a listing. A verdict stays in its class or becomes
unknown.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pytest

from sovercheck.evaluation.evaluate import derive_all
from sovercheck.evaluation.judge import judge
from sovercheck.evaluation.share import shares
from sovercheck.findings import Verdict
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.rows import Gap
from sovercheck.policy.cases import cases
from sovercheck.policy.condition import facts_of
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.policy.model import Rule
from sovercheck.reference import Reference, load_reference
from tests.evaluation.build import worst
from tests.evaluation.worlds import LISTED, Change, Values, World, change, enrich, unlisted

AS_OF = date(2026, 11, 23)
SEED = 20261123
VARIANTS = 2
"""Worlds grown from each test of each rule."""
GENERIC = 100
"""Worlds grown from nothing."""
CHANGES = 2
PAIRS = 300
"""At least so many pairs a rule."""
ESTATES = 14
"""Estates on which shares are judged, each before and after four changes: every one is an inventory of its own."""

HOLDS = (Verdict.PASS, Verdict.NOT_APPLICABLE)
Found = Mapping[tuple[str, str], Verdict]
"""(rule, id) → verdict."""


@cache
def reference() -> Reference:
    return load_reference()


@cache
def rules() -> tuple[Rule, ...]:
    return load_policies(shipped_ids(), reference(), {}).rules


def kept(before: Verdict, after: Verdict) -> bool:
    """Whether a verdict stayed in its class or became unknown."""
    return after is Verdict.UNKNOWN or after is before or (before in HOLDS and after in HOLDS)


def judged(
    worlds: Mapping[str, World], of: Sequence[Rule], listing: str | None = None
) -> dict[tuple[str, str], Verdict]:
    """The verdicts of rules on worlds that share an inventory, each under its own prefix."""
    builder = Builder()
    for prefix, world in worlds.items():
        builder.add("test", world.items(prefix))
    if listing is not None:
        builder.add("test", [Gap("test", "refused", listing)])
    found: dict[tuple[str, str], Verdict] = {}
    with builder.finish() as inventory:
        _, nothing_contradicted = derive_all(inventory, of, reference(), AS_OF)
        for item in judge(inventory, of, AS_OF, nothing_contradicted=nothing_contradicted):
            for id_, *verdicts in inventory.connection.execute(f"SELECT {worst(item)}").fetchall():
                for compiled, verdict in zip(item.plan.rules, verdicts, strict=True):
                    found[compiled.rule.id, id_] = Verdict(verdict)
    return found


def worlds(rng: random.Random) -> Iterator[World]:
    own = [case for rule in rules() if rule.share is None for case in cases(rule)]
    values = Values()
    for case in own:
        values.learn(case.rows)
    for case in own:
        rows = [row for row in case.rows if row.table != "estate"]
        yield World.of(rows, case.gaps)
        for _ in range(VARIANTS - 1):
            yield World.of(enrich(rng, values, rows), case.gaps)
    for _ in range(GENERIC):
        yield World.of(enrich(rng, values, ()))


def shown(world: World) -> str:
    lines = [f"  {gap}" for gap in world.gaps]
    for row in world.rows.values():
        facts = ", ".join(
            f"{short}: {known.value!r}"
            + (f"..{known.high!r}" if known.high != known.value and known.high is not None else "")
            + (" open" if known.open else "")
            + f" ({known.evidence.grade.word})"
            for short, known in row.facts.items()
        )
        lines.append(f"  {row.table} {row.id} {dict(row.links)} {{{facts}}}")
    return "\n".join(lines)


def rests_on_owners(rule: Rule) -> bool:
    """Whether it looks up who owns a party, or where a party is present."""
    read = [fact for condition in (rule.when, rule.require) if condition is not None for fact in facts_of(condition)]
    return rule.law is not None or any(fact.short.startswith(("ultimate_owner", "owner")) for fact in read)


@pytest.mark.slow
@pytest.mark.parametrize("owners", [False, True], ids=["facts", "owners"])
def test_taking_knowledge_away_never_moves_a_verdict_up(owners: bool) -> None:
    mine = {rule.id for rule in rules() if rule.share is None and rests_on_owners(rule) is owners}
    assert mine
    moves = moved()
    wrong = [text for rule, text in moves.wrong if rule in mine]
    assert not wrong, f"{len(wrong)} verdicts moved\n" + "\n\n".join(wrong[:5])
    for rule in mine:
        assert moves.pairs[rule] >= PAIRS, rule
        if rules_by_id()[rule].basis.in_force_on(AS_OF):
            assert sum(moves.seen[rule, verdict] for verdict in HOLDS), rule
            assert sum(moves.seen[rule, verdict] for verdict in Verdict if verdict not in HOLDS), rule


@cache
def rules_by_id() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in rules()}


@dataclass
class Moves:
    """What became of all pairs: the verdicts that moved, with their rule; how many pairs, and how they began."""

    wrong: list[tuple[str, str]] = field(default_factory=list)
    pairs: Counter[str] = field(default_factory=Counter)
    seen: Counter[tuple[str, Verdict]] = field(default_factory=Counter)


@cache
def moved() -> Moves:
    rng = random.Random(SEED)
    ruled = [rule for rule in rules() if rule.share is None]
    before = {f"{n}/": world for n, world in enumerate(worlds(rng))}
    local: dict[str, tuple[str, Change]] = {}
    listings: dict[str, dict[str, tuple[str, Change]]] = {table: {} for table in LISTED}
    for prefix, world in before.items():
        for n in range(CHANGES):
            local[f"{prefix}{n}/"] = (prefix, change(rng, world))
        table = rng.choice(LISTED)
        less = unlisted(rng, world, table)
        if less is not None:
            listings[table][f"{prefix}listing/"] = (prefix, less)
    found = judged(before | {key: less.world for key, (_, less) in local.items()}, ruled)
    moves = Moves()
    _compare(found, found, local, before, moves)
    for table, changes in listings.items():
        _compare(
            found, judged({key: less.world for key, (_, less) in changes.items()}, ruled, table), changes, before, moves
        )
    return moves


def _compare(
    before: Found,
    after: Found,
    changes: Mapping[str, tuple[str, Change]],
    worlds: Mapping[str, World],
    moves: Moves,
) -> None:
    """Tells each verdict that moved; counts the pairs, and the verdicts that they began with."""
    for (rule, id_), verdict in after.items():
        whose = id_[: id_.rindex("/") + 1]
        if whose not in changes:
            continue
        prefix, less = changes[whose]
        was = before.get((rule, prefix + id_[len(whose) :]))
        if was is None:
            continue
        moves.pairs[rule] += 1
        moves.seen[rule, was] += 1
        if not kept(was, verdict):
            told = f"{rule} on {id_[len(whose) :]}: {was.word} → {verdict.word} once {less.what}"
            moves.wrong.append((rule, f"{told}\n{shown(worlds[prefix])}"))


def shared(world: World, listing: str | None = None) -> dict[str, Verdict]:
    """The verdict of each share on one estate."""
    sharing = [rule for rule in rules() if rule.share is not None]
    builder = Builder()
    builder.add("test", world.items(""))
    if listing is not None:
        builder.add("test", [Gap("test", "refused", listing)])
    with builder.finish() as inventory:
        _, nothing_contradicted = derive_all(inventory, sharing, reference(), AS_OF)
        found = shares(inventory, sharing, AS_OF, nothing_contradicted=nothing_contradicted)
    return {share.rule: Verdict[share.verdict.upper()] for share in found}


@pytest.mark.slow
def test_taking_knowledge_away_never_moves_a_share_up() -> None:
    rng = random.Random(SEED)
    values = Values()
    variant = next(rule for rule in rules() if rule.share is not None)
    own = [case for case in cases(variant) if not case.parameters]
    for case in own:
        values.learn(case.rows)
    seen: Counter[Verdict] = Counter()
    for n in range(ESTATES):
        case = own[n % len(own)]
        estates = [row for row in case.rows if row.table == "estate"]
        rows = list(case.rows) if n < len(own) else [*enrich(rng, values, case.rows), *estates]
        world = World.of(rows, case.gaps)
        before = shared(world)
        seen.update(before.values())
        less = [change(rng, world) for _ in range(3)]
        gone = unlisted(rng, world, rng.choice([row.table for row in rows if row.table in LISTED]))
        for taken in [*less, gone] if gone is not None else less:
            for rule, verdict in shared(taken.world, taken.listing).items():
                was = before[rule]
                assert kept(was, verdict), f"{rule}: {was.word} → {verdict.word} once {taken.what}\n{shown(world)}"
    assert seen[Verdict.UNKNOWN]
    assert seen[Verdict.FAIL]
    assert seen[Verdict.PASS]
