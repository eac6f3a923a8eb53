"""70 rules over 10^6 resources: the whole judgement against DuckDB's own scan of the same columns, in one run.

Prints ratios, not seconds: rules ÷ scan, microseconds a finding, the plain-Python oracle ÷ rules (extrapolated from
10^4 rows), peak memory. Run it on a quiet machine: `make bench`, or `python -m benchmarks.bench_rules [ROWS]`.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.evaluation.build import make_rule
from tests.evaluation.oracle import Cell, verdict

from sovercheck.evaluation.evaluate import derive_all
from sovercheck.evaluation.judge import Judged, find, judge
from sovercheck.evaluation.views import wide
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade, pack
from sovercheck.inventory.facts import FACTS, Fact, Type
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import columns, fact_columns
from sovercheck.policy.condition import All, AnyOf, Compare, Condition, Not, facts_of, operators
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.policy.model import Rule
from sovercheck.reference import load_reference

AS_OF = date(2026, 11, 22)
RULES = 70
SYSTEMS = 1_000
ORACLE_ROWS = 10_000
READ = tuple(
    FACTS[name]
    for name in (
        "resource.name",
        "resource.kind",
        "resource.holds_data",
        "resource.environment",
        "resource.bytes",
        "resource.copies_complete",
        "resource.place",
        "resource.places",
        "system.data_class",
        "system.status",
        "system.custodian_place",
        "system.holds_personal_information",
    )
)
VALUES: dict[str, tuple[str, ...]] = {
    "resource.name": ("base", "fichiers", "journal"),
    "resource.kind": ("server", "database", "object_bucket", "disk"),
    "resource.place": ("CA-QC", "CA-ON", "CA", "US-VA", "FR"),
    "resource.places": ("CA-QC", "CA-ON", "US-VA"),
    "system.custodian_place": ("CA-QC", "CA-ON"),
}


def build(folder: Path, rows: int) -> None:
    """A saved inventory of so many resources, each with a primary copy and a tie to one of the systems."""
    with Builder().finish() as inventory:
        provenance = [Evidence(grade, "synthetic") for grade in Grade]
        inventory.provenance = provenance
        known = ", ".join(str(pack(item.grade, n)) for n, item in enumerate(provenance))
        own = {
            "resource": {
                "name": "'base ' || (n % 50000)",
                "kind": "['server', 'database', 'object_bucket', 'disk'][1 + n % 4]",
                "holds_data": "n % 5 <> 0",
                "environment": "['production', 'test', 'development', 'training'][1 + (hash(n) % 4)::INT]",
                "bytes": "(hash(n) % 1000000000000)::BIGINT",
                "bytes__hi": "(hash(n) % 1000000000000)::BIGINT",
                "copies_complete": "n % 3 <> 0",
            },
            "copy": {
                "kind": "'primary'",
                "place": "['CA-QC', 'CA-QC', 'CA-ON', 'CA', 'US-VA', 'FR'][1 + (hash(n + 7) % 6)::INT]",
            },
            "system": {
                "name": "'système ' || n",
                "data_class": "['public', 'internal', 'sensitive', 'health'][1 + n % 4]",
                "status": "['in_service', 'building', 'retired'][1 + n % 3]",
                "custodian_place": "'CA-QC'",
                "holds_personal_information": "n % 2 = 0",
            },
            "tie": {},
        }
        links = {
            "copy": {"resource": "'r' || n"},
            "tie": {"resource": "'r' || n", "system": f"'s' || (n % {SYSTEMS})"},
        }
        for table, facts in own.items():
            selected = []
            for name, sql in columns(table).items():
                short = name.removesuffix("__ev").removesuffix("__hi")
                if name == "id":
                    selected.append(f"'{table[0]}' || n")
                elif name in links.get(table, {}):
                    selected.append(links[table][name])
                elif name.endswith("__ev") and short in facts:
                    # One in ten is unknown.
                    salt = sum(map(ord, name))
                    selected.append(
                        f"CASE WHEN hash(n + {salt}) % 10 = 0 THEN 0 ELSE [{known}][1 + (hash(n) % 6)::INT] END"
                    )
                elif name.endswith("__ev"):
                    selected.append("0")
                else:
                    selected.append(facts.get(name, f"NULL::{sql}"))
            count = SYSTEMS if table == "system" else rows
            inventory.connection.execute(f'INSERT INTO "{table}" SELECT {", ".join(selected)} FROM range({count}) t(n)')
        inventory.save(folder)


def generated(count: int) -> list[Rule]:
    """Rules of two to five conditions over the facts read."""
    rng = random.Random(7)

    def leaf() -> Condition:
        fact = rng.choice(READ)
        op = rng.choice([op for op in operators(fact) if op != "matches"])
        if op in ("exists", "empty"):
            return Compare(fact, op, value=True)
        values: tuple[object, ...] = fact.words or VALUES.get(fact.name, ("base",))
        if fact.type is Type.BOOLEAN:
            values = (True, False)
        elif fact.type is Type.BYTES:
            values = (10**9, 10**11)
        if op in ("in", "not_in", "any_in", "all_in", "none_in", "contains_all"):
            return Compare(fact, op, tuple(str(v) for v in rng.sample(values, min(2, len(values)))))
        value = rng.choice(values)
        assert isinstance(value, (str, bool, int, Decimal))
        return Compare(fact, op, value)

    rules = []
    for n in range(count):
        items = tuple(Not(leaf()) if rng.random() < 0.2 else leaf() for _ in range(rng.randrange(1, 4)))
        when = All((leaf(), leaf())) if rng.random() < 0.7 else leaf()
        require = AnyOf(items) if rng.random() < 0.6 else All(items)
        rules.append(make_rule(require, when, id_=f"generated-{n}", subject="resource"))
    return rules


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def scan_seconds(inventory: Inventory, facts: tuple[Fact, ...], nothing: int) -> float:
    """DuckDB reading every column that the rules read, through the same joins, and hashing it."""
    view = wide("resource", facts, nothing_contradicted=nothing)
    names = [f'"{fact.table}.{name}"' for fact in facts for name, _ in fact_columns(fact)]
    sql = f"SELECT {', '.join(f'bit_xor(hash({name}))' for name in names)}, count(id) FROM ({view})"
    return min(timed(lambda: inventory.connection.execute(sql).fetchall()) for _ in range(3))


def oracle_seconds(inventory: Inventory, rules: list[Rule], facts: tuple[Fact, ...], nothing: int) -> float:
    """The plain-Python oracle on some rows, without the time to fetch them."""
    view = wide("resource", facts, nothing_contradicted=nothing)
    cursor = inventory.connection.execute(f"SELECT * FROM ({view}) ORDER BY id LIMIT {ORACLE_ROWS}")
    names = [column[0] for column in cursor.description or ()]
    subjects = []
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        subject = {}
        for fact in facts:
            own = [f"{fact.table}.{name}" for name, _ in fact_columns(fact)]
            subject[fact.name] = Cell(row[own[0]], row[own[-1]], row[own[1]] if len(own) == 3 else None)
        subjects.append(subject)
    return timed(lambda: [verdict(rule, subject, AS_OF) for subject in subjects for rule in rules])


def main() -> None:
    """Builds, measures, prints."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    reference = load_reference()
    shipped = [r for r in load_policies(shipped_ids(), reference, {}).rules if r.subject == "resource" and not r.share]
    rules = [*shipped, *generated(RULES - len(shipped))]
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own, so that the peak is that of judging.
        builder = multiprocessing.get_context("spawn").Process(target=build, args=(Path(folder) / "inventory", rows))
        builder.start()
        builder.join()
        with Inventory.open(Path(folder) / "inventory") as inventory:
            nothing = 0

            def derive() -> None:
                nonlocal nothing
                _, nothing = derive_all(inventory, rules, reference, AS_OF)

            deriving = timed(derive)
            read = {
                fact.name: fact
                for rule in rules
                for condition in (rule.when, rule.require)
                if condition is not None
                for fact in facts_of(condition)
            }
            facts = tuple(read.values())
            scan = scan_seconds(inventory, facts, nothing)
            judged: list[Judged] = []
            judging = timed(lambda: judged.extend(judge(inventory, rules, AS_OF, nothing_contradicted=nothing)))
            finding = timed(lambda: find(inventory, judged))
            row = inventory.connection.execute("SELECT count(*) FROM finding").fetchone()
            count = row[0] if row else 0
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            python = oracle_seconds(inventory, rules, facts, nothing) * rows / ORACLE_ROWS
    print(f"rules                         {len(rules)} ({len(shipped)} shipped) over {rows:,} resources")
    print(f"rules ÷ scan of their columns {judging / scan:8.1f}   (bar: at most 25)")
    print(f"µs a finding                  {finding / max(count, 1) * 1e6:8.2f}   (bar: at most 2; {count:,} findings)")
    print(f"oracle ÷ rules                {python / judging:8.1f}   (bar: at least 20)")
    print(f"peak memory, MB               {peak:8.0f}   (bar: under 1,000)")
    print(f"derived facts ÷ scan          {deriving / scan:8.1f}")


if __name__ == "__main__":
    main()
