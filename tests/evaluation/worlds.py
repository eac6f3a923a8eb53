"""Small generated inventories, and what taking knowledge away does to them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sovercheck.evaluation.exposure import ACCESS_OF_ROLE
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import ACCESS_LEVELS, FACTS, Fact, Type, facts_of
from sovercheck.inventory.rows import Gap, Known, Row

GENERIC: Mapping[Type, tuple[object, ...]] = {
    Type.PLACE: ("CA-QC", "CA-QC", "CA-ON", "CA", "US", "US-VA", "FR"),
    Type.DATE: ("2019", "2024-02", "2024-02-29", "2025-06-01", "2026-11-23"),
    Type.BOOLEAN: (True, True, False),
    Type.TEXT: ("alpha", "beta"),
}
GRADES = (Grade.DECLARED, Grade.DOCUMENTED, Grade.OBSERVED)
SILENT = ("ownership.since", "ownership.until", "resource.bytes_basis")
"""Facts of which silence says something: a stake holds, a size is what is used. Only a refusal takes them away."""
LISTED = ("copy", "resource", "system", "contract", "involvement", "ownership", "outage", "efvp", "party", "component")
"""The tables of which a listing may be refused."""


@dataclass(frozen=True)
class World:
    """One inventory: one row a subject, and what could not be read."""

    rows: Mapping[tuple[str, str], Row]
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Row], gaps: Iterable[Gap] = ()) -> World:
        return cls({(row.table, row.id): row for row in rows}, tuple(gaps))

    def items(self, prefix: str) -> Iterator[Row | Gap]:
        """The rows and gaps under ids of their own."""
        for row in self.rows.values():
            links = {link: f"{prefix}{id_}" for link, id_ in row.links.items()}
            yield replace(row, id=f"{prefix}{row.id}", links=links)
        for gap in self.gaps:
            yield gap if gap.id is None else replace(gap, id=f"{prefix}{gap.id}")


@dataclass(frozen=True)
class Change:
    """A world with something taken away; `listing` is the table whose listing was refused besides, if one was."""

    what: str
    world: World
    listing: str | None = None


@dataclass
class Values:
    """The values that facts take: those that rules and their tests name, and some of each type."""

    seen: dict[str, list[Known]] = field(default_factory=dict)

    def learn(self, rows: Iterable[Row]) -> None:
        for row in rows:
            for short, known in row.facts.items():
                self.seen.setdefault(f"{row.table}.{short}", []).append(known)

    def draw(self, rng: random.Random, fact: Fact) -> Known:
        evidence = Evidence(rng.choice(GRADES), "test")
        seen = self.seen.get(fact.name)
        if seen and rng.random() < 0.6:
            known = rng.choice(seen)
            return replace(known, evidence=evidence)
        if rng.random() < 0.08:
            return Known(None, evidence)
        return replace(self._any(rng, fact), evidence=evidence)

    def _any(self, rng: random.Random, fact: Fact) -> Known:
        unknown = Evidence(Grade.ASSUMED, "test")
        if fact.is_list:
            pool = fact.words or (GENERIC[Type.PLACE] if fact.type is Type.PLACES else ("alpha", "beta"))
            members = tuple(sorted({str(rng.choice(pool)) for _ in range(rng.randrange(4))}))
            return Known(members, unknown, open=rng.random() < 0.2)
        if fact.type is Type.BYTES:
            low = rng.choice((0, 10, 500))
            return Known(low, unknown, rng.choice((low, low + 90, None)))
        if fact.type is Type.NUMBER:
            number = Decimal(rng.choice(("1", "12", "20", "50", "51", "60", "99.9", "100")))
            return Known(number, unknown, rng.choice((number, number, Decimal("100"), None)))
        value = rng.choice(fact.words or GENERIC[fact.type])
        assert isinstance(value, (str, bool))
        return Known(value, unknown)


def make_row(
    rng: random.Random, values: Values, table: str, id_: str, links: Mapping[str, str], known: float = 0.7
) -> Row:
    """A row with some of its facts; what says that a list is complete is said often."""
    facts = {}
    for fact in facts_of(table):
        if fact.derived or rng.random() > known:
            continue
        facts[fact.short] = values.draw(rng, fact)
        if fact.short.endswith("_complete") and rng.random() < 0.8:
            facts[fact.short] = replace(facts[fact.short], value=True)
    return Row(table, id_, links, _coherent(rng, table, facts))


def _coherent(rng: random.Random, table: str, facts: dict[str, Known]) -> dict[str, Known]:
    """The facts without those that could not be true together: an access that its role excludes, a person's law."""
    role, access = facts.get("role"), facts.get("access")
    if table == "involvement" and role is not None and access is not None:
        least, most = ACCESS_OF_ROLE.get(str(role.value), (ACCESS_LEVELS[0], ACCESS_LEVELS[-1]))
        may = ACCESS_LEVELS[ACCESS_LEVELS.index(least) : ACCESS_LEVELS.index(most) + 1]
        facts["access"] = replace(access, value=rng.choice(may))
    kind = facts.get("kind")
    if table == "party" and kind is not None and kind.value == "person":
        facts.pop("incorporated_in", None)
    return facts


def enrich(rng: random.Random, values: Values, rows: Sequence[Row]) -> list[Row]:
    """The rows and more of them: a second system of a resource, copies, parties above parties, assessments, outages."""
    grown = {(row.table, row.id): row for row in rows if row.table != "estate"}

    def ids(table: str) -> list[str]:
        return [id_ for name, id_ in grown if name == table]

    def add(table: str, id_: str, links: Mapping[str, str], known: float = 0.7) -> None:
        grown.setdefault((table, id_), make_row(rng, values, table, id_, links, known))

    if not ids("system"):
        add("system", "s", {}, 0.9)
    if not ids("resource") and rng.random() < 0.8:
        add("resource", "r", {})
        add("tie", "r|s", {"resource": "r", "system": rng.choice(ids("system"))})
    if rng.random() < 0.25 and ids("resource"):
        add("system", "s2", {}, 0.9)
        add("tie", "r|s2", {"resource": rng.choice(ids("resource")), "system": "s2"})
    if rng.random() < 0.35 and ids("resource"):
        add("copy", "c2", {"resource": rng.choice(ids("resource"))})
    for n in range(rng.randrange(3)):
        add("party", f"p{n}", {}, 0.8)
    parties = ids("party")
    if parties:
        for n in range(rng.randrange(3)):
            subject = rng.choice([table for table in ("system", "system", "resource") if ids(table)])
            links = {"party": rng.choice(parties), subject: rng.choice(ids(subject))}
            add("involvement", f"i{n}", links, 0.85)
        if rng.random() < 0.3:
            add("party", "owner", {}, 0.85)
            add("ownership", "o", {"owner": "owner", "owned": rng.choice(parties)}, 0.8)
            if rng.random() < 0.5:
                add("party", "top", {}, 0.85)
                add("ownership", "o2", {"owner": "top", "owned": "owner"}, 0.8)
        if rng.random() < 0.3:
            add("contract", "k2", {"system": rng.choice(ids("system")), "party": rng.choice(parties)})
    for n in range(rng.choice((0, 0, 1, 2))):
        add("efvp", f"e{n}", {"system": rng.choice(ids("system"))}, 0.85)
    for n in range(rng.choice((0, 0, 1, 2))):
        add("outage", f"d{n}", {"system": rng.choice(ids("system"))}, 0.8)
    if rng.random() < 0.35:
        add("component", "x2", {"system": rng.choice(ids("system"))})
    for _ in range(rng.randrange(3)):
        key = rng.choice([key for key in grown if key[0] != "tie"])
        fact = rng.choice([fact for fact in facts_of(key[0]) if not fact.derived])
        row = grown[key]
        facts = {**row.facts, fact.short: values.draw(rng, fact)}
        grown[key] = replace(row, facts=_coherent(rng, row.table, facts))
    return list(grown.values())


def change(rng: random.Random, world: World) -> Change:
    """The world with one to three things taken away that are not rows."""
    said = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        keys = [key for key, row in world.rows.items() if row.facts]
        if not keys:
            break
        key = rng.choice(keys)
        row = world.rows[key]
        short = rng.choice(list(row.facts))
        what, known, gap = _less(rng, FACTS[f"{row.table}.{short}"], row.facts[short])
        facts = {name: value for name, value in row.facts.items() if name != short}
        if known is not None:
            facts[short] = known
        gaps = (*world.gaps, Gap("test", "refused", row.table, row.id, (short,))) if gap else world.gaps
        world = World({**world.rows, key: replace(row, facts=facts)}, gaps)
        said.append(f"{row.table} {row.id}: {short} {what}")
    return Change("; ".join(said), world)


def _less(rng: random.Random, fact: Fact, known: Known) -> tuple[str, Known | None, bool]:
    """What became of a value, the value that is left if one is, and whether a gap stands in its place."""
    ways = ["gap"] if fact.name in SILENT else ["unknown", "unknown", "gap"]
    ways += ["under a gap"] if known.evidence.grade < Grade.OBSERVED else []
    if known.value is not None:
        ways += ["open", "fewer and open"] if fact.is_list else []
        ways += ["without an upper end", "from zero"] if fact.is_interval and known.high is not None else []
        ways += ["less precise"] if fact.type in (Type.PLACE, Type.DATE) and len(str(known.value)) > 2 else []
    way = rng.choice(ways)
    if way == "unknown":
        return way, None, False
    if way in ("gap", "under a gap"):
        return way, known if way == "under a gap" else None, True
    if way == "open":
        return way, replace(known, open=True), False
    if way == "fewer and open":
        assert isinstance(known.value, tuple)
        return way, replace(known, value=known.value[1:], open=True), False
    if way == "without an upper end":
        return way, replace(known, high=None), False
    if way == "from zero":
        return way, replace(known, value=0 if fact.type is Type.BYTES else Decimal(0)), False
    text = str(known.value)
    return way, replace(known, value=text[:2] if fact.type is Type.PLACE else text[: rng.choice((4, 7))]), False


def unlisted(rng: random.Random, world: World, table: str) -> Change | None:
    """The world without some rows of a table, for its listing was refused; None if it has none."""
    ids = [id_ for name, id_ in world.rows if name == table]
    if not ids:
        return None
    lost = rng.sample(ids, rng.randrange(1, len(ids) + 1))
    rows = {key: row for key, row in world.rows.items() if key not in {(table, id_) for id_ in lost}}
    return Change(f"{table} {', '.join(lost)} not listed", World(rows, world.gaps), table)
