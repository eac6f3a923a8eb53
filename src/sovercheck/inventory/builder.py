"""Fills an inventory: rows of any source, in any order, merged by subject at the end.

Rows pass through a spool of newline-delimited JSON, one file a table, that the engine types as it reads.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import (
    Evidence,
    pack,
)
from sovercheck.inventory.facts import FACTS, TABLES, facts_of
from sovercheck.inventory.lines import Lines, encoded
from sovercheck.inventory.marks import mark, touched
from sovercheck.inventory.merge import merge, merged_sql
from sovercheck.inventory.observed import UNSEEN, ObservedAs, rename
from sovercheck.inventory.rows import OF_A_FILE, Gap, Item, Known, Reading, Row
from sovercheck.inventory.saved import PARTS, Saved
from sovercheck.inventory.spool import (
    SPOOLED,
    forget_order,
    insert_in_order,
    insert_spool,
    keep_order,
    new_numbers,
    renumber,
)
from sovercheck.inventory.store import BELONGING, Inventory
from sovercheck.inventory.tables import columns
from sovercheck.inventory.ties import Matcher, tie, tie_others

if TYPE_CHECKING:
    from sovercheck.inventory.engine import Database

REGISTER = "policies/reference/parties"
"""The name, as a source, of the parties that ship with the product."""
SMALL = 10_000
"""So many rows the engine goes through in less time than it takes to plan how to do it best."""
_BATCH = 10_000


class Builder:
    """Fills an inventory: rows of any source in any order, merged by subject at the end.

    Args:
        matchers: how resources are tied to systems.
        otherwise: the system of what is tied to none, where somebody assumes one.
        database: where; one of the inventory's own if none is given.
    """

    def __init__(
        self, matchers: Sequence[Matcher] = (), otherwise: str | None = None, database: Database | None = None
    ) -> None:
        from sovercheck.inventory.engine import Database

        self._matchers = matchers
        self._otherwise = otherwise
        self._folder = tempfile.TemporaryDirectory(prefix="sovercheck-")
        self._spools: dict[str, IO[str]] = {}
        self._lines = {table: Lines(table) for table in TABLES}
        self._segments: dict[str, list[Path | Saved]] = {}
        self._provenance: dict[Evidence, int] = {}
        self._inventory = Inventory((database or Database()).blank())
        self._plans: set[str] = set()
        self._bulk: set[str] = set()
        self._named: set[str] = set()
        self._numbers: dict[int, int] = {}
        self._ids: dict[str, set[str]] = {table: set() for table in TABLES}
        # Tables of which some subject may have several rows; beyond some length, nobody remembers its ids.
        self._repeated: set[str] = set()

    def close(self) -> None:
        """Removes what was spooled, whether the inventory is finished or not."""
        for spool in self._spools.values():
            spool.close()
        self._folder.cleanup()

    def add(self, source: str, items: Iterable[Item], *, bulk: bool = False) -> None:
        """Spools what a source yields.

        Args:
            source: its name, for the counts.
            items: rows, gaps, notes and readings.
            bulk: whether its systems come from an inventory; one that another source names as well is not bulk.
        """
        count = self._inventory.counts.get(source, 0)
        said: Counter[int] = Counter()
        numbers = self._numbers

        def numbered(known: Known) -> int:
            found = numbers.get(id(known.evidence)) or self._number(known.evidence)
            said[found] += 1
            return found

        for item in items:
            if isinstance(item, Row):
                ids = self._ids[item.table]
                if item.id in ids or len(ids) == SMALL:
                    self._repeated.add(item.table)
                else:
                    ids.add(item.id)
                if item.table == "system":
                    (self._bulk if bulk else self._named).add(item.id)
                if item.observed_as is not None:
                    self._inventory.observed_as.append(ObservedAs(item.id, item.observed_as, source))
                self._spool(item.table).write(self._lines[item.table].line(item, numbered))
                count += 1
            elif isinstance(item, Gap):
                self._inventory.gaps.append(item)
            elif isinstance(item, Reading):
                self._inventory.readings.append(item)
            else:
                self._inventory.notes.append(item)
        self._inventory.counts[source] = count
        grades: Counter[str] = Counter()
        known = list(self._provenance)
        for number, times in said.items():
            grades[known[number - 1].grade.word] += times
        if grades:
            self._inventory.grades[source] = min(grades, key=lambda word: (-grades[word], word))

    def add_saved(self, folder: Path) -> dict[str, set[str]]:
        """Adds the rows of a saved inventory, without reading them one by one, as if its sources were read again.

        What gaps and other sources made of its rows is taken off, and made again at the end with what else is added.

        Returns:
            The ids of each table, and under `party` besides the parties that its rows name.

        Raises:
            InputError: the folder is no inventory, or holds a plan of a name that another one holds as well.
        """
        with Inventory.open(folder) as saved:
            # An account read twice is one account; two plans of one name are most often those of two changes.
            for source in sorted({reading.source for reading in saved.readings if reading.account == OF_A_FILE}):
                if source in self._plans:
                    raise InputError("saved_same_plan", place=Place(str(folder)), plan=source)
                self._plans.add(source)
            numbers = tuple(self._provenance.setdefault(item, len(self._provenance)) for item in saved.provenance)
            found = {
                table: {id_ for (id_,) in saved.connection.execute(f'SELECT id FROM "{table}"').fetchall()}
                for table in TABLES
            }
            for table, subject in TABLES.items():
                for link in (link for link, end in subject.links.items() if end == "party"):
                    named = saved.connection.execute(
                        f'SELECT DISTINCT "{link}" FROM "{table}" WHERE "{link}" IS NOT NULL'
                    )
                    found["party"] |= {id_ for (id_,) in named.fetchall()}
                if found[table]:
                    self._close(table)
                    self._segments.setdefault(table, []).append(Saved(folder, numbers, table in saved.disputed))
                    self._repeated.add(table)
            ours = self._inventory
            ours.gaps += saved.gaps
            ours.notes += [note for note in saved.notes if note.code != UNSEEN]
            ours.readings += saved.readings
            ours.observed_as += saved.observed_as
            for source, count in saved.counts.items():
                ours.counts[source] = ours.counts.get(source, 0) + count
            ours.grades = saved.grades | ours.grades
            self._bulk |= saved.bulk_systems
            self._named |= found["system"] - saved.bulk_systems
        return found

    def add_parties(self, named: Iterable[Row], register: Sequence[Row], besides: Iterable[str] = ()) -> None:
        """Adds, of a register, the parties that other rows name, and those above and below them.

        Args:
            named: the rows that were collected.
            register: rows of the tables `party` and `ownership`.
            besides: ids of parties that saved inventories name.
        """
        wanted = {id_ for row in named for link, id_ in row.links.items() if TABLES[row.table].links[link] == "party"}
        wanted |= {row.id for row in named if row.table == "party"} | set(besides)
        stakes = [row for row in register if row.table == "ownership"]
        grown = True
        while grown:
            ends = {id_ for row in stakes if wanted & set(row.links.values()) for id_ in row.links.values()}
            grown = not ends <= wanted
            wanted |= ends
        kept = [row for row in register if (set(row.links.values()) or {row.id}) <= wanted]
        # Of what a saved inventory had of it, this register gives again what is still there.
        self._inventory.counts.pop(REGISTER, None)
        if kept:
            self.add(REGISTER, kept)

    def finish(self) -> Inventory:
        """Types the spool, merges rows about the same subject, marks what gaps touch, and ties resources to systems.

        Sources of evidence and gaps are numbered in an order of their own, so that the order of the rows says nothing.

        Raises:
            InputError: a saved inventory cannot be read to its end.
        """
        inventory, connection = self._inventory, self._inventory.connection
        inventory.provenance = sorted(self._provenance, key=repr)
        inventory._said = len(inventory.provenance)
        inventory.gaps.sort(key=repr)
        inventory.readings.sort(key=repr)
        if sum(inventory.counts.values()) <= SMALL:
            inventory.expect_few_rows()
        else:
            inventory.expect_many_rows()
        order = new_numbers(self._provenance, inventory.provenance)
        renumber(connection, [pack(item.grade, order[n]) for item, n in self._provenance.items()])
        for table in tuple(self._spools):
            self._close(table)
        if inventory.observed_as:
            # Subjects that bear two ids as yet will have several rows.
            self._repeated.update(TABLES)
        for table in TABLES:
            self._fill(table, order)
        inventory.observed_as = sorted(set(inventory.observed_as), key=repr)
        inventory.notes += rename(connection, inventory.observed_as)
        for table in (table for table in TABLES if table in self._repeated):
            self._merge(table)
            forget_order(connection, table)
        inventory.bulk_systems = self._bulk - self._named
        inventory.contradictions.sort(key=lambda item: (item.table, item.id, item.fact))
        mark(connection, enumerate(inventory.gaps))
        inventory.unanswered = self._unanswered()
        tie(connection, self._matchers, Path(self._folder.name) / "ties.ndjson")
        if self._otherwise is not None:
            tie_others(connection, self._otherwise)
        connection.execute(BELONGING)
        self.close()
        return inventory

    def _unanswered(self) -> frozenset[str]:
        """The facts of which no row says anything, and of which no reading was refused."""
        refused = {name for gap in self._inventory.gaps for name in touched(gap)}
        silent = {
            fact.name
            for table in TABLES
            if not any(isinstance(segment, Saved) for segment in self._segments.get(table, ()))
            for fact in facts_of(table)
            if not fact.derived and f"{fact.short}__ev" not in self._lines[table].columns and fact.name not in refused
        }
        if "efvp" in self._segments or "system.efvps_complete" not in silent:
            # That a list is closed, and has none, answers what its members would.
            return frozenset(name for name in silent if FACTS[name].table != "efvp")
        return frozenset(silent | {fact.name for fact in facts_of("project_efvp")})

    def _fill(self, table: str, order: list[int]) -> None:
        """Inserts the rows of a table, in order where some subject may have several."""
        connection, insert = self._inventory.connection, insert_spool
        if table in self._repeated:
            keep_order(connection, table)
            insert = insert_in_order
        for segment in self._segments.get(table, ()):
            if isinstance(segment, Saved):
                segment.insert(connection, table, order)
            else:
                insert(connection, table, segment, self._lines[table].columns, evidence=SPOOLED)

    def _spool(self, table: str) -> IO[str]:
        if table not in self._spools:
            segments = self._segments.setdefault(table, [])
            path = Path(self._folder.name) / f"{table}-{len(segments)}.ndjson"
            path.touch(mode=0o600)
            self._spools[table] = path.open("w", encoding="utf-8")
            segments.append(path)
        return self._spools[table]

    def _close(self, table: str) -> None:
        """Ends the spool of a table: what comes next stands after it."""
        spool = self._spools.pop(table, None)
        if spool is not None:
            spool.close()

    def _number(self, evidence: Evidence) -> int:
        """Its number in a spool, from one; that of the object met first, which lives on, is found by identity."""
        before = len(self._provenance)
        found = self._provenance.setdefault(evidence, before) + 1
        if len(self._provenance) > before:
            self._numbers[id(evidence)] = found
        return found

    def _merge(self, table: str) -> None:
        """Makes one row of several about the same subject: in the engine, unless a fact was given more than once."""
        connection = self._inventory.connection
        shorts = [fact.short for fact in facts_of(table) if not fact.derived]
        twice = " OR ".join(f'count_if("{short}__ev" > 0) > 1' for short in shorts) or "FALSE"
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE doubled AS SELECT id, {twice} AS disputed FROM "{table}" '
            "GROUP BY id HAVING count(*) > 1"
        )
        found = connection.execute("SELECT count(*), coalesce(bool_or(disputed), FALSE) FROM doubled").fetchone()
        if not found or not found[0]:
            return
        connection.execute(f"CREATE OR REPLACE TEMP TABLE whole AS {merged_sql(table)}")
        if found[1]:
            self._inventory.disputed.add(table)
            connection.execute(
                f'CREATE TABLE "{PARTS}{table}" AS SELECT t.* FROM "{table}" t JOIN doubled d ON d.id = t.id '
                "WHERE d.disputed ORDER BY t.id, t.seq"
            )
        connection.execute(f'DELETE FROM "{table}" WHERE id IN (SELECT id FROM doubled)')
        connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM whole')
        if found[1]:
            path = Path(self._folder.name) / f"{table}-merged.ndjson"
            with path.open("w", encoding="utf-8") as stream:
                for rows in self._disputed(table):
                    row, contradictions = merge(table, rows)
                    self._inventory.contradictions.extend(contradictions)
                    stream.write(encoded(row) + "\n")
            insert_in_order(connection, table, path, columns(table), evidence='"{name}"')

    def _disputed(self, table: str) -> Iterator[list[dict[str, Any]]]:
        """The rows of each subject that has a fact from more than one, a subject at a time."""
        connection = self._inventory.connection
        connection.execute(f'SELECT * FROM "{PARTS}{table}" ORDER BY id, seq')
        names = [description[0] for description in connection.description or ()]
        batches = iter(lambda: connection.fetchmany(_BATCH), [])
        stored = (dict(zip(names, values, strict=True)) for batch in batches for values in batch)
        for _, rows in itertools.groupby(stored, key=itemgetter("id")):
            yield list(rows)
