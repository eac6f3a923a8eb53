"""The inventory: typed tables in the engine's memory, filled from rows and gaps, saved as Parquet.

Rows pass through a spool of newline-delimited JSON, one file a table, that the engine types as it reads. On disk an
inventory is a folder: one Parquet file a table and `manifest.json`, renamed into place last, so that what has no
manifest is no inventory.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import (
    Evidence,
    Grade,
    grade_of,
    pack,
)
from sovercheck.inventory.facts import TABLES, Fact, facts_of
from sovercheck.inventory.marks import mark
from sovercheck.inventory.merge import Contradiction, merge, merged_sql
from sovercheck.inventory.observed import UNSEEN, ObservedAs, rename
from sovercheck.inventory.rows import OF_A_FILE, Gap, Item, Note, Reading, Row
from sovercheck.inventory.saved import PARTS, Saved, parquet
from sovercheck.inventory.spool import (
    create_tables,
    forget_order,
    insert_in_order,
    insert_spool,
    keep_order,
    new_numbers,
    plain_number,
    renumber,
)
from sovercheck.inventory.tables import columns
from sovercheck.inventory.ties import MATCHED, Matcher, tie, tie_others

SCHEMA = "sovercheck/inventory/v1"
REGISTER = "policies/reference/parties"
"""The name, as a source, of the parties that ship with the product."""
BELONGING = f"""
CREATE VIEW belonging AS SELECT resource, system FROM tie
UNION ALL SELECT DISTINCT resource, NULL FROM {MATCHED} WHERE NOT decided AND resource IN (SELECT resource FROM tie)
"""
SMALL = 10_000
"""So many rows the engine goes through in less time than it takes to plan how to do it best."""
_MANIFEST = "manifest.json"
_BATCH = 10_000
_ENGINE: dict[str, str | bool | int | float | list[str]] = {
    "preserve_insertion_order": "true",
    # What a step no longer needs is given back before the next: otherwise the steps of a large scan add up.
    "allocator_flush_threshold": "8MB",
    "allocator_bulk_deallocation_flush_threshold": "8MB",
}
_LINES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
"""Writes the lines of a spool."""


class Inventory:
    """What is known of an organisation's data, in the engine.

    Attributes:
        connection: the engine; each table of `facts.TABLES` is a table of it, empty if nothing was read. `belonging`
            is `tie`, and a row without a system for each resource that may belong to another one as well.
        provenance: the sources of evidence, by the number that evidence integers hold.
        gaps: what could not be read, by the number that evidence integers hold.
        notes: what was assumed while reading.
        readings: the coverage ledger: what became of each listing of an account, in an order of its own.
        contradictions: the facts on which sources exclude each other.
        counts: rows that each source gave, by its name.
        grades: the usual grade of the evidence of each source, as a word.
        bulk_systems: ids of the systems that came in bulk from an inventory, and that nobody named one by one.
        observed_as: which declared resources are said to be which observed ones.
        disputed: tables of which some subject had a fact from more than one row; what each row said stands in
            `part_<table>`, so that a saved inventory can be merged with others as if it were read again.
        small: whether the engine was told that there are few rows.
    """

    def __init__(self) -> None:
        from sovercheck.inventory import engine

        self.connection = engine.connect(":memory:", config=_ENGINE)
        self.provenance: list[Evidence] = []
        self.gaps: list[Gap] = []
        self.notes: list[Note] = []
        self.readings: list[Reading] = []
        self.contradictions: list[Contradiction] = []
        self.counts: dict[str, int] = {}
        self.grades: dict[str, str] = {}
        self.bulk_systems: set[str] = set()
        self.observed_as: list[ObservedAs] = []
        self.disputed: set[str] = set()
        self.small = False
        self._said = 0
        self._lengths: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the engine's memory."""
        self.connection.close()

    def expect_few_rows(self) -> None:
        """Has the engine run queries as they are written, in one thread: no plan is worth more than it costs."""
        self.connection.execute("SET threads = 1; PRAGMA disable_optimizer")
        self.small = True

    @property
    def lengths(self) -> Mapping[str, int]:
        """How many rows each of `facts.TABLES` has, counted once."""
        if not self._lengths:
            counts = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in TABLES)
            found = self.connection.execute(f"SELECT {counts}").fetchone() or ()
            self._lengths = dict(zip(TABLES, found, strict=True))
        return self._lengths

    def sha256(self) -> str:
        """The hash of the logical content: every row of every table in order of id, gaps, readings; never of Parquet.

        What the evaluation adds to `provenance` is no part of it.
        """
        digest = hashlib.sha256(SCHEMA.encode())
        for table in TABLES:
            selected = ", ".join(f'"{name}"' for name in columns(table))
            found = None
            if self.lengths[table]:
                found = self.connection.execute(
                    f"SELECT md5(string_agg(md5(row({selected})::VARCHAR), '' ORDER BY id)) FROM \"{table}\""
                ).fetchone()
            digest.update(f"{table}:{found[0] if found else None}".encode())
        matched = self.connection.execute(f"SELECT * FROM {MATCHED} WHERE NOT decided ORDER BY ALL").fetchall()
        for item in (*self.provenance[: self._said], *self.gaps, *self.readings, *matched):
            digest.update(repr(item).encode())
        return digest.hexdigest()

    def save(self, folder: Path) -> None:
        """Writes the inventory to a folder, whole or not at all.

        Raises:
            InputError: the folder exists and is no inventory, or the disk refuses.
        """
        check_free(folder)
        from sovercheck.inventory import engine

        part = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            self._write(part)
            os.chmod(part, 0o700)
            replace_folder(folder, part)
        except (OSError, engine.IOException) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error).partition("\n")[0]
            raise InputError("unwritable", place=Place(str(folder)), reason=reason) from error
        finally:
            if part is not None:
                shutil.rmtree(part, ignore_errors=True)

    def _write(self, part: Path) -> None:
        for name in self._stored():
            target = str(part / f"{name}.parquet").replace("'", "''")
            order = "ALL" if name == MATCHED else "id, seq" if name.startswith(PARTS) else "id"
            self.connection.execute(
                f"COPY (SELECT * FROM \"{name}\" ORDER BY {order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
            )
        text = json.dumps(self._manifest(), ensure_ascii=False, indent=1, default=str)
        (part / _MANIFEST).write_text(text, encoding="utf-8")

    def _stored(self) -> tuple[str, ...]:
        """The tables of the engine that a saved inventory has."""
        return (*TABLES, MATCHED, *(f"{PARTS}{table}" for table in TABLES if table in self.disputed))

    def _manifest(self) -> dict[str, object]:
        return {
            "schema": SCHEMA,
            "sha256": self.sha256(),
            "provenance": [_plain_evidence(item) for item in self.provenance[: self._said]],
            "gaps": [asdict(gap) | {"grade": gap.grade.word} for gap in self.gaps],
            "notes": [asdict(note) | {"params": dict(note.params)} for note in self.notes],
            "readings": [asdict(reading) for reading in self.readings],
            "contradictions": [asdict(item) for item in self.contradictions],
            "counts": self.counts,
            "grades": self.grades,
            "bulk_systems": sorted(self.bulk_systems),
            "observed_as": [asdict(item) for item in self.observed_as],
            "disputed": sorted(self.disputed),
        }

    @classmethod
    def open(cls, folder: Path) -> Inventory:
        """Reads a saved inventory; its tables are read from Parquet as they are asked for.

        Raises:
            InputError: the folder has no manifest, or one of another schema, or lacks a table.
        """
        from sovercheck.inventory import engine

        path = folder / _MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if manifest["schema"] != SCHEMA:
                raise InputError("inventory_schema", place=Place(str(path)), schema=str(manifest["schema"]))
            inventory = cls()
            inventory._read(folder, manifest)
        except (OSError, ValueError, KeyError, TypeError, engine.Error) as error:
            raise InputError("not_an_inventory", place=Place(str(folder))) from error
        return inventory

    def _read(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.disputed = set(manifest["disputed"])
        for table in self._stored():
            # The walk over owners looks parties up one by one, in an index that only a table can have.
            kind = "TABLE" if table in ("party", "ownership") else "VIEW"
            self.connection.execute(f'CREATE {kind} "{table}" AS SELECT * FROM {parquet(folder, table)}')
        self.connection.execute(BELONGING)
        self.provenance = [Evidence(**item | {"grade": Grade.of(item["grade"])}) for item in manifest["provenance"]]
        self._said = len(self.provenance)
        self.gaps = [
            Gap(**item | {"facts": tuple(item["facts"]), "grade": Grade.of(item["grade"])}) for item in manifest["gaps"]
        ]
        self.notes = [Note(**item) for item in manifest["notes"]]
        self.readings = [Reading(**item) for item in manifest["readings"]]
        self.contradictions = [
            Contradiction(item["table"], item["id"], item["fact"], tuple((v, e) for v, e in item["values"]))
            for item in manifest["contradictions"]
        ]
        self.counts = manifest["counts"]
        self.grades = manifest["grades"]
        self.bulk_systems = set(manifest["bulk_systems"])
        self.observed_as = [ObservedAs(**item) for item in manifest["observed_as"]]


def check_free(folder: Path) -> None:
    """Whether an inventory may be saved there: in the place of another one, or of nothing.

    Raises:
        InputError: something else stands there, or nobody may look.
    """
    try:
        taken = folder.exists() and not (folder / _MANIFEST).exists() and any(folder.iterdir())
    except NotADirectoryError:
        taken = True
    except OSError as error:
        raise InputError("unwritable", place=Place(str(folder)), reason=error.strerror or str(error)) from error
    if taken:
        raise InputError("inventory_folder_taken", place=Place(str(folder)))


def saved_sha256(folder: Path) -> str:
    """The hash of the logical content of a saved inventory.

    Raises:
        InputError: the folder is no inventory.
    """
    with Inventory.open(folder) as inventory:
        return inventory.sha256()


def replace_folder(folder: Path, part: Path) -> None:
    """Puts a folder in the place of another; where that fails, the other one stays."""
    if not folder.exists():
        part.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    # A folder takes the place of an empty one.
    folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


class Builder:
    """Fills an inventory: rows of any source in any order, merged by subject at the end.

    Args:
        matchers: how resources are tied to systems.
        otherwise: the system of what is tied to none, where somebody assumes one.
    """

    def __init__(self, matchers: Sequence[Matcher] = (), otherwise: str | None = None) -> None:
        self._matchers = matchers
        self._otherwise = otherwise
        self._folder = tempfile.TemporaryDirectory(prefix="sovercheck-")
        self._spools: dict[str, IO[str]] = {}
        self._written: dict[str, set[str]] = {}
        self._segments: dict[str, list[Path | Saved]] = {}
        self._provenance: dict[Evidence, int] = {}
        self._inventory = Inventory()
        self._plans: set[str] = set()
        self._bulk: set[str] = set()
        self._named: set[str] = set()
        self._integers: dict[int, int] = {}
        self._ids: dict[str, set[str]] = {table: set() for table in TABLES}
        # Tables of which some subject may have several rows; beyond some length, nobody remembers its ids.
        self._repeated: set[str] = set()
        self._shapes = {table: {fact.short: _shape(fact) for fact in facts_of(table)} for table in TABLES}

    def add(self, source: str, items: Iterable[Item], *, bulk: bool = False) -> None:
        """Spools what a source yields.

        Args:
            source: its name, for the counts.
            items: rows, gaps, notes and readings.
            bulk: whether its systems come from an inventory; one that another source names as well is not bulk.
        """
        count = self._inventory.counts.get(source, 0)
        said: Counter[int] = Counter()
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
                stored = self._stored(item, said)
                self._spool(item.table).write(_LINES.encode(stored) + "\n")
                self._written[item.table].update(stored)
                count += 1
            elif isinstance(item, Gap):
                self._inventory.gaps.append(item)
            elif isinstance(item, Reading):
                self._inventory.readings.append(item)
            else:
                self._inventory.notes.append(item)
        self._inventory.counts[source] = count
        grades: Counter[str] = Counter()
        for evidence, times in said.items():
            grade = grade_of(evidence)
            assert grade is not None  # noqa: S101 - packed of a grade
            grades[grade.word] += times
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
        order = new_numbers(self._provenance, inventory.provenance)
        renumber(connection, order)
        for table in tuple(self._spools):
            self._close(table)
        create_tables(connection, TABLES)
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
        tie(connection, self._matchers, Path(self._folder.name) / "ties.ndjson")
        if self._otherwise is not None:
            tie_others(connection, self._otherwise)
        connection.execute(BELONGING)
        self._folder.cleanup()
        return inventory

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
                insert(connection, table, segment, self._written[table], evidence='renumbered("{name}")')

    def _spool(self, table: str) -> IO[str]:
        if table not in self._spools:
            segments = self._segments.setdefault(table, [])
            path = Path(self._folder.name) / f"{table}-{len(segments)}.ndjson"
            path.touch(mode=0o600)
            self._spools[table] = path.open("w", encoding="utf-8")
            self._written.setdefault(table, set())
            segments.append(path)
        return self._spools[table]

    def _close(self, table: str) -> None:
        """Ends the spool of a table: what comes next stands after it."""
        spool = self._spools.pop(table, None)
        if spool is not None:
            spool.close()

    def _stored(self, row: Row, said: Counter[int]) -> dict[str, object]:
        """A row as its columns; each evidence that it names is counted in `said`."""
        stored: dict[str, object] = {"id": row.id, **row.links}
        shapes, integers = self._shapes[row.table], self._integers
        for short, known in row.facts.items():
            high, is_open, ev = shapes[short]
            value: object = known.value
            if high is not None:
                # An interval without a lower end starts at zero: no number of the registry is negative.
                value = 0 if value is None and known.high is not None else plain_number(value)
                stored[high] = plain_number(known.high)
            elif is_open is not None:
                stored[is_open] = known.open
            stored[short] = value
            evidence = stored[ev] = integers.get(id(known.evidence)) or self._packed(known.evidence)
            said[evidence] += 1
        return stored

    def _packed(self, evidence: Evidence) -> int:
        """Its integer; that of the object met first, which stays alive, is found by its identity from now on."""
        before = len(self._provenance)
        found = pack(evidence.grade, self._provenance.setdefault(evidence, before))
        if len(self._provenance) > before:
            self._integers[id(evidence)] = found
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
                    stream.write(_LINES.encode(row) + "\n")
            insert_in_order(connection, table, path, columns(table), evidence='"{name}"')

    def _disputed(self, table: str) -> Iterator[list[dict[str, Any]]]:
        """The rows of each subject that has a fact from more than one, a subject at a time."""
        cursor = self._inventory.connection.cursor()
        cursor.execute(f'SELECT * FROM "{PARTS}{table}" ORDER BY id, seq')
        names = [description[0] for description in cursor.description or ()]
        batches = iter(lambda: cursor.fetchmany(_BATCH), [])
        stored = (dict(zip(names, values, strict=True)) for batch in batches for values in batch)
        for _, rows in itertools.groupby(stored, key=itemgetter("id")):
            yield list(rows)


def _shape(fact: Fact) -> tuple[str | None, str | None, str]:
    """The columns beside a fact's value: of its upper end, of whether it is open, of its evidence."""
    return (
        f"{fact.short}__hi" if fact.is_interval else None,
        f"{fact.short}__open" if fact.is_list else None,
        f"{fact.short}__ev",
    )


def _plain_evidence(evidence: Evidence) -> dict[str, object]:
    return asdict(evidence) | {"grade": evidence.grade.word}
