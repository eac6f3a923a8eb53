"""The inventory: typed tables in the engine's memory, filled from rows and gaps, saved as Parquet.

Rows pass through a spool of newline-delimited JSON, one file a table, that the engine types as it reads. On disk an
inventory is a folder: one Parquet file a table and `manifest.json`, renamed into place last, so that what has no
manifest is no inventory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import (
    GAPPED_BIT,
    NO_ANSWER,
    Evidence,
    Grade,
    above,
    gap_evidence,
    pack,
)
from sovercheck.inventory.facts import FACTS, TABLES, Fact, facts_of
from sovercheck.inventory.merge import Contradiction, merge
from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row
from sovercheck.inventory.tables import columns, fact_columns

if TYPE_CHECKING:
    import duckdb

SCHEMA = "sovercheck/inventory/v1"
REGISTER = "policies/reference/parties"
"""The name, as a source, of the parties that ship with the product."""
_MANIFEST = "manifest.json"
_LINE_LIMIT = 64 * 1024 * 1024


class Inventory:
    """What is known of an organisation's data, in the engine.

    Attributes:
        connection: the engine; each table of `facts.TABLES` is a table of it, empty if nothing was read.
        provenance: the sources of evidence, by the number that evidence integers hold.
        gaps: what could not be read, by the number that evidence integers hold.
        notes: what was assumed while reading.
        readings: the coverage ledger: what became of each listing of an account, in an order of its own.
        contradictions: the facts on which sources exclude each other.
        counts: rows that each source gave, by its name.
        grades: the usual grade of the evidence of each source, as a word.
        bulk_systems: ids of the systems that came in bulk from an inventory, and that nobody named one by one.
    """

    def __init__(self) -> None:
        import duckdb

        self.connection = duckdb.connect(":memory:", config={"preserve_insertion_order": "true"})
        self.provenance: list[Evidence] = []
        self.gaps: list[Gap] = []
        self.notes: list[Note] = []
        self.readings: list[Reading] = []
        self.contradictions: list[Contradiction] = []
        self.counts: dict[str, int] = {}
        self.grades: dict[str, str] = {}
        self.bulk_systems: set[str] = set()
        self._said = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the engine's memory."""
        self.connection.close()

    def sha256(self) -> str:
        """The hash of the logical content: every row of every table in order of id, gaps, readings; never of Parquet.

        What the evaluation adds to `provenance` is no part of it.
        """
        digest = hashlib.sha256(SCHEMA.encode())
        for table in TABLES:
            selected = ", ".join(f'"{name}"' for name in columns(table))
            found = self.connection.execute(
                f"SELECT md5(string_agg(md5(row({selected})::VARCHAR), '' ORDER BY id)) FROM \"{table}\""
            ).fetchone()
            digest.update(f"{table}:{found[0] if found else None}".encode())
        for item in (*self.provenance[: self._said], *self.gaps, *self.readings):
            digest.update(repr(item).encode())
        return digest.hexdigest()

    def save(self, folder: Path) -> None:
        """Writes the inventory to a folder, whole or not at all.

        Raises:
            InputError: the folder exists and is no inventory, or the disk refuses.
        """
        if folder.exists() and not (folder / _MANIFEST).exists() and any(folder.iterdir()):
            raise InputError("inventory_folder_taken", place=Place(str(folder)))
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for table in TABLES:
                target = str(part / f"{table}.parquet").replace("'", "''")
                self.connection.execute(
                    f"COPY (SELECT * FROM \"{table}\" ORDER BY id) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
                )
            manifest = {
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
            }
            text = json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
            (part / _MANIFEST).write_text(text, encoding="utf-8")
            os.chmod(part, 0o700)
            old = folder.with_name(f".{folder.name}.old")
            if folder.exists():
                folder.rename(old)
            part.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise InputError("unwritable", place=Place(str(folder)), reason=error.strerror or str(error)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)

    @classmethod
    def open(cls, folder: Path) -> Inventory:
        """Reads a saved inventory; its tables are read from Parquet as they are asked for.

        Raises:
            InputError: the folder has no manifest, or one of another schema, or lacks a table.
        """
        import duckdb

        path = folder / _MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if manifest["schema"] != SCHEMA:
                raise InputError("inventory_schema", place=Place(str(path)), schema=str(manifest["schema"]))
            inventory = cls()
            inventory._read(folder, manifest)
        except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as error:
            raise InputError("not_an_inventory", place=Place(str(folder))) from error
        return inventory

    def _read(self, folder: Path, manifest: dict[str, Any]) -> None:
        for table in TABLES:
            source = str(folder / f"{table}.parquet").replace("'", "''")
            # The walk over owners looks parties up one by one, in an index that only a table can have.
            kind = "TABLE" if table in ("party", "ownership") else "VIEW"
            self.connection.execute(f"CREATE {kind} \"{table}\" AS SELECT * FROM read_parquet('{source}')")
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


class Builder:
    """Fills an inventory: rows of any source in any order, merged by subject at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sovercheck-")
        self._spools: dict[str, IO[str]] = {}
        self._provenance: dict[Evidence, int] = {}
        self._inventory = Inventory()
        self._bulk: set[str] = set()
        self._named: set[str] = set()
        self._facts = {table: {fact.short: fact for fact in facts_of(table)} for table in TABLES}

    def add(self, source: str, items: Iterable[Item], *, bulk: bool = False) -> None:
        """Spools what a source yields.

        Args:
            source: its name, for the counts.
            items: rows, gaps, notes and readings.
            bulk: whether its systems come from an inventory; one that another source names as well is not bulk.
        """
        count = self._inventory.counts.get(source, 0)
        grades: Counter[str] = Counter()
        for item in items:
            if isinstance(item, Row):
                grades.update(known.evidence.grade.word for known in item.facts.values())
                if item.table == "system":
                    (self._bulk if bulk else self._named).add(item.id)
                self._spool(item.table).write(json.dumps(self._stored(item), ensure_ascii=False, default=str) + "\n")
                count += 1
            elif isinstance(item, Gap):
                self._inventory.gaps.append(item)
            elif isinstance(item, Reading):
                self._inventory.readings.append(item)
            else:
                self._inventory.notes.append(item)
        self._inventory.counts[source] = count
        if grades:
            self._inventory.grades[source] = min(grades, key=lambda word: (-grades[word], word))

    def add_parties(self, named: Iterable[Row], register: Sequence[Row]) -> None:
        """Adds, of a register, the parties that other rows name, and those above and below them.

        Args:
            named: the rows that were collected.
            register: rows of the tables `party` and `ownership`.
        """
        wanted = {id_ for row in named for link, id_ in row.links.items() if TABLES[row.table].links[link] == "party"}
        wanted |= {row.id for row in named if row.table == "party"}
        stakes = [row for row in register if row.table == "ownership"]
        grown = True
        while grown:
            ends = {id_ for row in stakes if wanted & set(row.links.values()) for id_ in row.links.values()}
            grown = not ends <= wanted
            wanted |= ends
        kept = [row for row in register if (set(row.links.values()) or {row.id}) <= wanted]
        if kept:
            self.add(REGISTER, kept)

    def finish(self) -> Inventory:
        """Types the spool, merges rows about the same subject, and marks what gaps touch.

        Sources of evidence and gaps are numbered in an order of their own, so that the order of the rows says nothing.
        """
        inventory = self._inventory
        inventory.provenance = sorted(self._provenance, key=repr)
        inventory._said = len(inventory.provenance)
        inventory.gaps.sort(key=repr)
        inventory.readings.sort(key=repr)
        _renumber(inventory.connection, self._provenance, inventory.provenance)
        for spool in self._spools.values():
            spool.close()
        for table in TABLES:
            _create(inventory.connection, table, self._path(table) if table in self._spools else None)
            if table in self._spools:
                self._merge(table)
        self._folder.cleanup()
        inventory.bulk_systems = self._bulk - self._named
        inventory.contradictions.sort(key=lambda item: (item.table, item.id, item.fact))
        marked = set()
        for number, gap in enumerate(inventory.gaps):
            # What one failed listing of a table opens, a second of the same strength finds open: there are thousands.
            alike = (gap.table, gap.grade)
            if gap.id is not None or alike not in marked:
                _mark(inventory.connection, number, gap)
            if gap.id is None:
                marked.add(alike)
        return inventory

    def _path(self, table: str) -> Path:
        return Path(self._folder.name) / f"{table}.ndjson"

    def _spool(self, table: str) -> IO[str]:
        if table not in self._spools:
            path = self._path(table)
            path.touch(mode=0o600)
            self._spools[table] = path.open("w", encoding="utf-8")
        return self._spools[table]

    def _stored(self, row: Row) -> dict[str, object]:
        stored: dict[str, object] = {"id": row.id, **row.links}
        facts = self._facts[row.table]
        for short, known in row.facts.items():
            stored.update(self._columns(facts[short], known))
        return stored

    def _columns(self, fact: Fact, known: Known) -> Iterator[tuple[str, object]]:
        value: object = known.value
        if fact.is_interval:
            # An interval without a lower end starts at zero: no number of the registry is negative.
            value = 0 if value is None and known.high is not None else _number(value)
            yield f"{fact.short}__hi", _number(known.high)
        elif fact.is_list:
            yield f"{fact.short}__open", known.open
        yield fact.short, value
        number = self._provenance.setdefault(known.evidence, len(self._provenance))
        yield f"{fact.short}__ev", pack(known.evidence.grade, number)

    def _merge(self, table: str) -> None:
        connection = self._inventory.connection
        doubled = f'FROM "{table}" WHERE id IN (SELECT id FROM "{table}" GROUP BY id HAVING count(*) > 1)'
        cursor = connection.execute(f"SELECT * {doubled} ORDER BY id, seq")
        names = [description[0] for description in cursor.description or ()]
        groups: dict[str, list[dict[str, Any]]] = {}
        for values in cursor.fetchall():
            stored = dict(zip(names, values, strict=True))
            groups.setdefault(stored["id"], []).append(stored)
        if groups:
            path = self._path(f"{table}-merged")
            with path.open("w", encoding="utf-8") as stream:
                for rows in groups.values():
                    row, contradictions = merge(table, rows)
                    self._inventory.contradictions.extend(contradictions)
                    stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            connection.execute(f"DELETE {doubled}")
            _insert(connection, table, path, evidence='"{name}"')
        connection.execute(f'ALTER TABLE "{table}" DROP COLUMN seq')


def _create(connection: duckdb.DuckDBPyConnection, table: str, spool: Path | None) -> None:
    declared = ", ".join(
        f'"{name}" {sql}' + (f" NOT NULL DEFAULT {NO_ANSWER}" if name.endswith("__ev") else "")
        for name, sql in columns(table).items()
    )
    if spool is None:
        connection.execute(f'CREATE TABLE "{table}" ({declared})')
        return
    connection.execute(f'CREATE TABLE "{table}" ({declared}, seq BIGINT)')
    _insert(connection, table, spool, evidence='renumbered("{name}")')


def _renumber(
    connection: duckdb.DuckDBPyConnection, numbers: Mapping[Evidence, int], provenance: Sequence[Evidence]
) -> None:
    """Makes the macro `renumbered`: evidence as it was spooled → evidence as `provenance` numbers it."""
    order = [0] * len(provenance)
    for number, evidence in enumerate(provenance):
        order[numbers[evidence]] = number
    if order == sorted(order):
        connection.execute("CREATE TEMP MACRO renumbered(ev) AS ev")
        return
    connection.execute("SET VARIABLE renumbering = ?", [order])
    found = f"getvariable('renumbering')[(ev & {GAPPED_BIT - 1}) + 1]"
    connection.execute(
        f"CREATE TEMP MACRO renumbered(ev) AS CASE WHEN ev > 0 THEN (ev & {~(GAPPED_BIT - 1)}) | {found} ELSE ev END"
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, spool: Path, *, evidence: str) -> None:
    """Types rows of a spool; `evidence` is SQL of how its evidence integers are read."""
    typed = columns(table)
    # Decimals are spelt as texts in the spool, so that no value passes through a binary float.
    struct = ", ".join(f"'{name}': '{sql}'" for name, sql in typed.items())
    selected = ", ".join(
        f"coalesce({evidence.format(name=name)}, {NO_ANSWER})" if name.endswith("__ev") else f'"{name}"'
        for name in typed
    )
    path = str(spool).replace("'", "''")
    connection.execute(
        f"INSERT INTO \"{table}\" SELECT {selected}, row_number() OVER () FROM read_json('{path}', "
        f"format = 'newline_delimited', columns = {{{struct}}}, maximum_object_size = {_LINE_LIMIT})"
    )


def _mark(connection: duckdb.DuckDBPyConnection, number: int, gap: Gap) -> None:
    """Writes what a gap takes away into the evidence of the facts that it names."""
    facts = [FACTS[f"{gap.table}.{short}"] for short in gap.facts] or list(facts_of(gap.table))
    changes = ", ".join(
        f'"{ev}" = CASE WHEN "{ev}" = {NO_ANSWER} THEN {gap_evidence(number)} '
        f'WHEN "{ev}" > 0 AND "{ev}" < {above(gap.grade)} THEN "{ev}" | {GAPPED_BIT} ELSE "{ev}" END'
        for fact in facts
        if not fact.derived
        for ev in (list(fact_columns(fact))[-1][0],)
    )
    if gap.id is not None:
        connection.execute(f'UPDATE "{gap.table}" SET {changes} WHERE id = ?', [gap.id])
        return
    # A listing that failed says nothing of the rows that exist; what claims to be complete no longer is.
    for table, short in _COMPLETENESS.get(gap.table, ()):
        ev = f"{short}__ev"
        connection.execute(
            f'UPDATE "{table}" SET "{ev}" = CASE WHEN "{ev}" > 0 AND "{ev}" < {above(gap.grade)} '
            f'THEN "{ev}" | {GAPPED_BIT} WHEN "{ev}" = {NO_ANSWER} THEN {gap_evidence(number)} ELSE "{ev}" END'
        )


_INVOLVEMENTS = (("system", "involvements_complete"), ("resource", "involvements_complete"))

_COMPLETENESS: dict[str, tuple[tuple[str, str], ...]] = {
    # A resource and a copy have a provider, a contract has a party: who they are is not listed either.
    "copy": (("resource", "copies_complete"), ("system", "resources_complete"), *_INVOLVEMENTS),
    "resource": (("system", "resources_complete"), ("estate", "resources_complete"), *_INVOLVEMENTS),
    "system": (("estate", "systems_complete"),),
    "contract": (("system", "contracts_complete"), *_INVOLVEMENTS),
    "involvement": _INVOLVEMENTS,
    "ownership": (("party", "owners_complete"), ("party", "presence_complete")),
    "outage": (("system", "outages_complete"),),
    "efvp": (("system", "efvps_complete"),),
}


def _number(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value


def _plain_evidence(evidence: Evidence) -> dict[str, object]:
    return asdict(evidence) | {"grade": evidence.grade.word}
