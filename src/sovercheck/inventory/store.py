"""The inventory: typed tables in the engine's memory, saved as Parquet; `builder` fills it.

On disk an inventory is a folder: one Parquet file a table and `manifest.json`, renamed into place last, so that what
has no manifest is no inventory.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Set
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sovercheck.errors import InputError, Place
from sovercheck.inventory.evidence import (
    Evidence,
    Grade,
)
from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.merge import Contradiction
from sovercheck.inventory.observed import ObservedAs
from sovercheck.inventory.rows import Gap, Note, Reading
from sovercheck.inventory.saved import PARTS, parquet
from sovercheck.inventory.tables import columns
from sovercheck.inventory.ties import MATCHED

if TYPE_CHECKING:
    import duckdb

SCHEMA = "sovercheck/inventory/v1"
BELONGING = f"""
CREATE VIEW belonging AS SELECT resource, system FROM tie
UNION ALL SELECT DISTINCT resource, NULL FROM {MATCHED} WHERE NOT decided AND resource IN (SELECT resource FROM tie)
"""
_MANIFEST = "manifest.json"


class Inventory:
    """What is known of an organisation's data, in the engine.

    Args:
        connection: to a schema that has its tables, or will have them.

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
        unanswered: full names of facts that are unknown of every subject, where that is known without looking.
        small: whether the engine was told that there are few rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
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
        self.unanswered: Set[str] = frozenset()
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

    def expect_many_rows(self) -> None:
        """Has the engine use all threads again, should another inventory of its database have had few rows."""
        self.connection.execute("RESET threads")

    @property
    def lengths(self) -> Mapping[str, int]:
        """How many rows each of `facts.TABLES`, and what matchers gave, has, counted once."""
        if not self._lengths:
            counts = (f"SELECT '{table}', count(*) FROM \"{table}\"" for table in (*TABLES, MATCHED))
            self._lengths = dict(self.connection.execute(" UNION ALL ".join(counts)).fetchall())
        return self._lengths

    @cached_property
    def several_systems(self) -> bool:
        """Whether a resource may belong to several systems."""
        if not self.lengths["tie"]:
            return False
        found = self.connection.execute("SELECT count(*) > count(DISTINCT resource) FROM belonging").fetchone()
        return bool(found and found[0])

    def sha256(self) -> str:
        """The hash of the logical content: every row of every table in order of id, gaps, readings; never of Parquet.

        What the evaluation adds to `provenance` is no part of it.
        """
        hashes = [_hash(table) for table in TABLES if self.lengths[table]]
        hashed: dict[str, str] = {}
        # Of many rows, those of one table are held at a time.
        for selected in [" UNION ALL ".join(hashes)] if hashes and self.small else hashes:
            hashed.update(self.connection.execute(selected).fetchall())
        digest = hashlib.sha256(SCHEMA.encode())
        for table in TABLES:
            digest.update(f"{table}:{hashed.get(table)}".encode())
        matched = []
        if self.lengths[MATCHED]:
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
            inventory = cls(engine.Database().schema())
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


def _hash(table: str) -> str:
    """SQL of a table's name and the hash of its rows."""
    selected = ", ".join(f'"{name}"' for name in columns(table))
    return f"SELECT '{table}', md5(string_agg(md5(row({selected})::VARCHAR), '' ORDER BY id)) FROM \"{table}\""


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


def _plain_evidence(evidence: Evidence) -> dict[str, object]:
    return asdict(evidence) | {"grade": evidence.grade.word}
