"""The compiler against the plain-Python oracle: generated rules over generated rows, verdicts and reasons alike."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from sovercheck.errors import PolicyError
from sovercheck.evaluation.compile import MAX_LEAVES, compile_rules
from sovercheck.evaluation.dialect import DuckDB
from sovercheck.findings import Verdict
from sovercheck.inventory.evidence import GAPPED_BIT, Grade, gap_evidence, pack
from sovercheck.inventory.facts import FACTS, Fact, Type
from sovercheck.inventory.tables import fact_columns
from sovercheck.policy.condition import (
    SEVERAL_VALUES,
    All,
    AnyOf,
    AsOfSide,
    Before,
    Compare,
    Condition,
    DateSide,
    ExposureAtMost,
    FactSide,
    Not,
    Side,
    operators,
)
from sovercheck.policy.model import Rule
from sovercheck.reference.laws import Level
from tests.evaluation.build import make_rule
from tests.evaluation.oracle import Cell, World, decided, verdict

AS_OF = date(2026, 11, 22)
READ = [
    FACTS[name]
    for name in (
        "copy.place",
        "copy.kind",
        "copy.since",
        "copy.bytes",
        "copy.key_grade",
        "resource.name",
        "resource.holds_data",
        "resource.places",
        "system.parties",
        "system.availability_target",
        "system.data_class",
        "efvp.date",
        "efvp.factors",
    )
]
PLACES = ("CA", "CA-QC", "CA-ON", "US", "US-VA", "FR")
TEXTS = ("alpha", "bêta", "l'été", "")
DATES = ("2014", "2023-09", "2023-09-22", "2025-11-22", "2026-11-22", "2026", "2024-02")
NUMBERS = (Decimal("0"), Decimal("98.5"), Decimal("99.9"), Decimal("100"))
BYTES = (0, 10, 1000, 2**40)
LAW = "us-cloud-act"


def values_of(fact: Fact) -> tuple[object, ...]:
    by_type: dict[Type, tuple[object, ...]] = {
        Type.PLACE: PLACES,
        Type.PLACES: PLACES,
        Type.TEXT: TEXTS,
        Type.TEXTS: TEXTS,
        Type.DATE: DATES,
        Type.NUMBER: NUMBERS,
        Type.BYTES: BYTES,
        Type.BOOLEAN: (True, False),
    }
    return by_type.get(fact.type) or fact.words


def random_cell(rng: random.Random, fact: Fact) -> Cell:
    roll = rng.random()
    if roll < 0.2:
        return Cell(None, rng.choice([0, -1, gap_evidence(0), gap_evidence(3)]), False if fact.is_list else None)
    evidence = pack(rng.choice(list(Grade)), rng.randrange(5)) | (GAPPED_BIT if rng.random() < 0.2 else 0)
    none = roll < 0.35
    if fact.is_list:
        items = [] if none else rng.sample(values_of(fact), rng.randrange(0, 4))
        return Cell(None if none and rng.random() < 0.5 else items, evidence, rng.random() < 0.4)
    if none:
        return Cell(None, evidence)
    value = rng.choice(values_of(fact))
    if fact.is_interval:
        ends = sorted([value, rng.choice(values_of(fact))])  # type: ignore[type-var]
        return Cell(ends[0], evidence, rng.choice([ends[0], ends[1], None]))
    return Cell(value, evidence)


def random_subject(rng: random.Random) -> dict[str, Cell]:
    subject = {fact.name: random_cell(rng, fact) for fact in READ}
    for of in ("inherent", "residual"):
        low, high = sorted(rng.choices([0, 1, 2], k=2))
        subject[f"exposure.{LAW}.{of}"] = Cell(low, 1, high)
    return subject


def random_leaf(rng: random.Random) -> Condition:
    roll = rng.random()
    if roll < 0.06:
        return ExposureAtMost(LAW, rng.choice(list(Level)), rng.choice(["inherent", "residual"]))
    if roll < 0.2:
        return Before(random_side(rng), random_side(rng))
    fact = rng.choice(READ)
    op = rng.choice(operators(fact))
    if op in ("exists", "empty"):
        return Compare(fact, op, rng.random() < 0.5)
    if op == "matches":
        return Compare(fact, op, rng.choice(["a.*", "[a-z]+", "l'.*", "b(ê|e)ta"]))
    values = values_of(fact)
    if op in SEVERAL_VALUES:
        return Compare(fact, op, tuple(str(v) for v in rng.sample(values, rng.randrange(1, min(4, len(values)) + 1))))
    value = rng.choice(values)
    assert isinstance(value, (str, bool, int, Decimal))
    return Compare(fact, op, value)


def random_side(rng: random.Random) -> Side:
    roll = rng.random()
    if roll < 0.6:
        return FactSide(FACTS[rng.choice(["copy.since", "efvp.date"])])
    if roll < 0.8:
        return DateSide(rng.choice(DATES))
    return AsOfSide(rng.choice([0, -12, -9, 6]), rng.choice([0, -30, 1]))


def random_condition(rng: random.Random, depth: int = 3) -> Condition:
    roll = rng.random()
    if depth == 0 or roll < 0.35:
        return random_leaf(rng)
    if roll < 0.5:
        return Not(random_condition(rng, depth - 1))
    items = tuple(random_condition(rng, depth - 1) for _ in range(rng.randrange(1, 4)))
    return All(items) if roll < 0.75 else AnyOf(items)


def random_rule(rng: random.Random, number: int) -> Rule:
    return make_rule(
        random_condition(rng),
        random_condition(rng, 2) if rng.random() < 0.8 else None,
        id_=f"r{number}",
        kind=rng.choice(["statute", "practice", "foreign-law", "policy"]),
        since=rng.choice([date(2018, 3, 23), date(2024, 7, 1), date(2027, 1, 1)]),
        until=rng.choice([None, None, None, date(2026, 6, 12)]),
        grade=rng.choice(["official", "republished", "secondary"]),
        min_evidence=rng.choice([None, None, *Grade]),
    )


def load(connection: duckdb.DuckDBPyConnection, subjects: list[dict[str, Cell]], folder: Path) -> None:
    """The wide view of some subjects, as a table."""
    columns = {"id": "VARCHAR", "system": "VARCHAR"}
    for fact in READ:
        columns |= {f"{fact.table}.{name}": sql for name, sql in fact_columns(fact)}
    for of in ("inherent", "residual"):
        columns |= {f"exposure.{LAW}.{of}": "TINYINT", f"exposure.{LAW}.{of}__hi": "TINYINT"}
    path = folder / "wide.ndjson"
    with path.open("w") as stream:
        for n, subject in enumerate(subjects):
            row: dict[str, object] = {"id": f"{n:05}"}
            for fact in READ:
                cell = subject[fact.name]
                names = [f"{fact.table}.{name}" for name, _ in fact_columns(fact)]
                row |= {names[0]: cell.value, names[-1]: cell.evidence}
                if len(names) == 3:
                    row[names[1]] = cell.extra
            for of in ("inherent", "residual"):
                name = f"exposure.{LAW}.{of}"
                row |= {name: subject[name].value, f"{name}__hi": subject[name].extra}
            stream.write(json.dumps(row, default=str) + "\n")
    struct = ", ".join(f"'{name}': '{sql}'" for name, sql in columns.items())
    connection.execute(f"CREATE TABLE wide AS SELECT * FROM read_json('{path}', columns = {{{struct}}})")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_compiled_rules_agree_with_the_oracle(seed: int, tmp_path: Path) -> None:
    """4 × 100 generated rules on 1,000 generated subjects each: every verdict, every reason of a fail or unknown."""
    rng = random.Random(seed)
    subjects = [random_subject(rng) for _ in range(1000)]
    rules = [random_rule(rng, n) for n in range(100)]
    plan = compile_rules(rules, DuckDB(), AS_OF, gapped=True)
    with duckdb.connect() as connection:
        load(connection, subjects, tmp_path)
        leaves = ", ".join(f"{sql} AS {name}" for name, sql in plan.leaf_columns.items())
        connection.execute(f"CREATE TABLE leaf AS SELECT id, {leaves} FROM wide")
        seen: dict[Verdict, int] = dict.fromkeys(Verdict, 0)
        for compiled in plan.rules:
            rows = connection.execute(f"SELECT {compiled.verdict}, {compiled.mask} FROM leaf ORDER BY id").fetchall()
            for subject, (found, mask) in zip(subjects, rows, strict=True):
                expected = verdict(compiled.rule, subject, AS_OF)
                assert Verdict(found) is expected, (compiled.rule, subject)
                seen[expected] += 1
                if expected in (Verdict.FAIL, Verdict.UNKNOWN) and not compiled.awaits_lawyer:
                    legal = compiled.rule.basis.kind == "statute"
                    floor = compiled.rule.basis.in_force_from if legal else None
                    least = None if expected is Verdict.FAIL else compiled.rule.min_evidence
                    world = World(AS_OF, least, heed_gaps=expected is Verdict.UNKNOWN, since_floor=floor)
                    leaves_found = {leaf for n, leaf in enumerate(compiled.leaves) if mask >> n & 1}
                    assert leaves_found == decided(compiled.rule, subject, world, compiled.leaves)
    assert all(count > 2000 for count in seen.values()), seen


def test_without_gaps_the_solid_reading_is_the_same() -> None:
    rule = make_rule(Compare(FACTS["copy.place"], "in", ("CA-QC",)))
    plan = compile_rules([rule], DuckDB(), AS_OF, gapped=False)
    assert len(plan.leaf_columns) == 1


def test_a_leaf_that_several_rules_share_is_one_column() -> None:
    shared = Compare(FACTS["system.data_class"], "at_least", "sensitive")
    rules = [make_rule(Compare(FACTS["copy.place"], "in", (place,)), shared, id_=place) for place in PLACES]
    plan = compile_rules(rules, DuckDB(), AS_OF, gapped=False)
    assert len(plan.leaf_columns) == 1 + len(PLACES)


def test_a_rule_that_does_not_fit_a_mask_is_refused_at_its_place() -> None:
    items = tuple(Compare(FACTS["resource.name"], "equals", str(n)) for n in range(MAX_LEAVES + 1))
    with pytest.raises(PolicyError) as caught:
        compile_rules([make_rule(AnyOf(items))], DuckDB(), AS_OF, gapped=False)
    assert str(caught.value.place) == "example.yaml:1:1"
    assert "61" in caught.value.message("en")
