"""The walk over owners: what it costs does not depend on the size of the register it walks in.

Run: python benchmarks/bench_exposure_walk.py

Every figure is a ratio of two times of this run, the median of several, so that it means the same on any machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import duckdb

from sovercheck.evaluation.ownership import Walk
from sovercheck.evaluation.register import MemoryRegister, Ownership, Party, TableRegister
from sovercheck.inventory.evidence import Grade, pack
from sovercheck.inventory.tables import columns

TODAY = date(2026, 11, 23)
SHOWN = pack(Grade.DOCUMENTED, 1)
INVOLVED = 20
US = frozenset({"US"})
SMALL, LARGE = 50, 500_000
REPEATS = 15


def table_register(owner: str, owned: str, links: int) -> TableRegister:
    """A register of `links` stakes of 60 %, between parties that two SQL expressions of the row number `i` name.

    Everything else of the columns is unknown, as in a register that says who owns what and no more.
    """
    connection = duckdb.connect(":memory:")
    known = {
        "ownership": {"id": "'o' || i", "owner": owner, "owned": owned, "percent": "60", "percent__hi": "60"},
        "party": {"id": owned, "name": owned, "place": "'CA-QC'", "incorporated_in": "'CA-QC'"},
    }
    for table, values in known.items():
        selected = []
        for name, sql in columns(table).items():
            value = values.get(name, "NULL")
            if name.endswith("__ev"):
                value = str(SHOWN) if name[:-4] in values else "0"
            selected.append(f"CAST({value} AS {sql}) AS {name}")
        connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(selected)} FROM range({links}) t(i)")
    register = TableRegister(connection, TODAY)
    register.index()
    return register


def pairs(links: int) -> TableRegister:
    """Each party has one owner, as in most of a register."""
    return table_register("'owner' || i", "'party' || i", links)


def deep(links: int) -> TableRegister:
    """Chains of ten."""
    return table_register("'p' || (i // 10) || '-' || (i % 10 + 1)", "'p' || (i // 10) || '-' || (i % 10)", links)


def wide(links: int) -> TableRegister:
    """Every party has the same owner."""
    return table_register("'top'", "'party' || i", links)


def ratio(work: Callable[[], object], other: Callable[[], object]) -> float:
    """How much longer one takes than the other, in turns; the first of each apart, which prepares the engine."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(REPEATS + 1):
        for each, kept in zip((work, other), times, strict=True):
            start = time.perf_counter()
            each()
            if turn:
                kept.append(time.perf_counter() - start)
    return statistics.median(times[0]) / statistics.median(times[1])


def walk_up(register: TableRegister, involved: list[str]) -> int:
    """Every owner of the involved parties; returns how many parties were read."""
    walk = Walk(register)
    walk.read_above(involved)
    for party in involved:
        walk.above(party)
    return walk.parties_read


def chain(length: int) -> Callable[[], object]:
    stakes = [Ownership(f"p{n + 1}", f"p{n}", Decimal(60), Decimal(60)) for n in range(length)]
    register = MemoryRegister([], stakes)
    return lambda: Walk(register).above("p0")


def holders(count: int) -> Callable[[], object]:
    size = Decimal(100) / count
    register = MemoryRegister([], [Ownership(f"h{n}", "p", size, size) for n in range(count)])
    return lambda: Walk(register).above("p")


def conglomerate(size: int, *, abroad: int) -> MemoryRegister:
    """One owner of many, the first `abroad` of them in the United States."""
    parties = [
        Party(f"s{n:06}", "", "company", "CA-QC", SHOWN, "US" if n < abroad else "CA-QC", SHOWN) for n in range(size)
    ]
    return MemoryRegister(parties, [Ownership("top", party.id, Decimal(100), Decimal(100)) for party in parties])


def main() -> None:
    print(f"{'the walk':<66}{'ratio':>8}{'read':>8}")

    def line(what: str, figure: float, read: int | None = None) -> None:
        print(f"{what:<66}{figure:>8.2f}{'' if read is None else read:>8}")

    starts = {
        "one owner each": (pairs, [f"party{n}" for n in range(INVOLVED)]),
        "chains of ten": (deep, [f"p{n % 5}-{n // 5}" for n in range(INVOLVED)]),
        "one owner of all": (wide, [f"party{n}" for n in range(INVOLVED)]),
    }
    for name, (make, involved) in starts.items():
        few, many = (partial(walk_up, make(links), involved) for links in (SMALL, LARGE))
        read = many()
        line(f"{INVOLVED} parties up, {name}: {LARGE} links to {SMALL}", ratio(many, few), read)

    line("a chain of 1000 to a chain of 100, in memory (10 is linear)", ratio(chain(1000), chain(100)))
    line("1000 minority holders to 100, in memory (10 is linear)", ratio(holders(1000), holders(100)))

    size = 10_000
    needless = conglomerate(size, abroad=0)
    found = conglomerate(size, abroad=1)
    small = conglomerate(20, abroad=1)

    def search(register: MemoryRegister, bound: int) -> Callable[[], Walk]:
        def run() -> Walk:
            walk = Walk(register, most_affiliates=bound)
            walk.group("s000001").find(US)
            return walk

        return run

    def up_only(register: MemoryRegister) -> Callable[[], Walk]:
        def run() -> Walk:
            walk = Walk(register)
            walk.group("s000001")
            return walk

        return run

    line(
        f"no law needs the {size} affiliates, to 20 of them",
        ratio(up_only(needless), up_only(small)),
        up_only(needless)().parties_read,
    )
    whole = search(needless, size)
    tenth = search(conglomerate(size // 10, abroad=0), size)
    line("all of them looked at, to a tenth of them (10 is linear)", ratio(whole, tenth), whole().parties_read)
    first_only = search(found, size)
    line(
        "the first of them is in the place, to all of them",
        ratio(first_only, whole),
        first_only().parties_read,
    )
    bounded = search(needless, size // 10)
    line("a bound of one tenth, to all of them", ratio(bounded, whole), bounded().parties_read)


if __name__ == "__main__":
    main()
