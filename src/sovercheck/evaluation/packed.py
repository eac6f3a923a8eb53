"""The packed verdict table: every verdict of a run, passes too, one byte per rule and subject, as Parquet.

Columns: `subject`, `id`, then one a rule, named by its id, with the byte of `findings.Verdict`; NULL where the rule is
about another subject. Of a copy also where it is and what it is a copy of, under the names of these facts; every copy
has a row, whether or not a rule is about copies. Rows in order of subject and id.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.errors import InputError, Place
from sovercheck.evaluation.judge import Judged
from sovercheck.files import Outputs
from sovercheck.findings import Verdict
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass

if TYPE_CHECKING:
    import duckdb

_PLACE = """, CASE WHEN c.place__ev > 0 THEN c.place END AS "copy.place", CASE WHEN c.kind__ev > 0 THEN c.kind END
AS "copy.kind", r.name AS "resource.name" """
_COPIES = "copy c LEFT JOIN resource r ON r.id = c.resource"


def beside(assessment: Path) -> Path:
    """The path of the packed table that belongs to an assessment's file."""
    return assessment.with_name(f"{assessment.stem}.verdicts.parquet")


def write(inventory: Inventory, judged: Sequence[Judged], path: Path, outputs: Outputs) -> None:
    """Writes the packed table of the rules with conditions; a share's one verdict stands in the assessment.

    Args:
        inventory: whose engine has the verdicts.
        judged: what `judge` returned.
        path: of the file; replaced when `outputs` closes without error.
        outputs: the files of this run.

    Raises:
        InputError: the disk refuses.
    """
    stream = outputs.stream(path)
    with tempfile.TemporaryDirectory(prefix="sovercheck-") as folder:
        part = Path(folder) / "packed.parquet"
        export(inventory, judged, part)
        with part.open("rb") as source:
            shutil.copyfileobj(source, stream)


def export(inventory: Inventory, judged: Sequence[Judged], path: Path) -> None:
    """The same at once, into a file that nobody looks at yet.

    Raises:
        InputError: the disk refuses.
    """
    from sovercheck.inventory import engine

    verdicts = {
        item.subject: "".join(f', p.v{n} AS "{compiled.rule.id}"' for n, compiled in enumerate(item.plan.rules))
        for item in judged
    }
    packed = {item.subject: item.packed for item in judged}
    of_copies = f"{_COPIES} JOIN {packed['copy']} p ON p.id = c.id" if "copy" in packed else _COPIES
    parts = [f"SELECT 'copy' AS subject, c.id{verdicts.pop('copy', '')}{_PLACE} FROM {of_copies}"]
    parts += [
        f"SELECT '{subject}' AS subject, p.id{columns} FROM {packed[subject]} p"
        for subject, columns in verdicts.items()
    ]
    union = " UNION ALL BY NAME ".join(parts)
    target = str(path).replace("'", "''")
    try:
        inventory.connection.execute(
            f"COPY (SELECT * FROM ({union}) ORDER BY subject, id) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    except engine.IOException as error:
        raise InputError("unwritable", place=Place(str(path)), reason=str(error)) from error


def passes(path: Path, rule: str) -> list[tuple[str, str]]:
    """The subjects that pass a rule, as (subject, id), in order.

    Raises:
        InputError: there is no such file or it is none of ours, or the rule has no column in it.
    """
    with _reading(path, rule) as (connection, source):
        column = rule.replace('"', '""')
        rows = connection.execute(
            f"SELECT subject, id FROM read_parquet('{source}') WHERE \"{column}\" = {int(Verdict.PASS)} "
            "ORDER BY subject, id"
        ).fetchall()
    return [(str(subject), str(id_)) for subject, id_ in rows]


def verdicts(path: Path, rule: str, subject: str, ids: Sequence[str]) -> Mapping[str, Verdict]:
    """The verdicts of a rule on some subjects; those that the table does not have are left out.

    Raises:
        InputError: there is no such file or it is none of ours, or the rule has no column in it.
    """
    with _reading(path, rule) as (connection, source):
        column = rule.replace('"', '""')
        rows = connection.execute(
            f"SELECT id, \"{column}\" FROM read_parquet('{source}') JOIN (SELECT unnest(?) AS id) USING (id) "
            f'WHERE subject = ? AND "{column}" IS NOT NULL',
            [list(ids), subject],
        ).fetchall()
    return {str(id_): Verdict(verdict) for id_, verdict in rows}


@dataclass(frozen=True, slots=True)
class CopyDifference:
    """A copy of which two tables do not say the same place and kind.

    Attributes:
        id: the copy's.
        name: of its resource, in the later table if it is there.
        before: its place and kind in the earlier table; None if it is not there.
        after: the same in the later one.
    """

    id: str
    name: str | None
    before: tuple[str | None, str | None] | None
    after: tuple[str | None, str | None] | None


def readable(path: Path) -> bool:
    """Whether a file is a verdict table."""
    try:
        with _reading(path):
            return True
    except InputError:
        return False


def copies_between(earlier: Path, later: Path) -> list[CopyDifference] | None:
    """The copies that two tables do not tell alike, in order of their ids; None if one is older than such columns.

    Raises:
        InputError: a file is not there or is none of ours.
    """
    found = 'SELECT id, "copy.place" AS place, "copy.kind" AS kind, "resource.name" AS name, TRUE AS there'
    with _reading(earlier) as (_, before), _reading(later) as (connection, after):
        for source in (before, after):
            described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{source}')").fetchall()
            if "copy.place" not in {column[0] for column in described}:
                return None
        rows = connection.execute(
            f"SELECT id, coalesce(b.name, a.name), a.there, a.place, a.kind, b.there, b.place, b.kind FROM "
            f"({found} FROM read_parquet('{before}') WHERE subject = 'copy') a FULL JOIN "
            f"({found} FROM read_parquet('{after}') WHERE subject = 'copy') b USING (id) "
            "WHERE a.there IS DISTINCT FROM b.there OR a.place IS DISTINCT FROM b.place "
            "OR a.kind IS DISTINCT FROM b.kind ORDER BY id"
        ).fetchall()
    return [
        CopyDifference(id_, name, (place, kind) if was else None, (now_place, now_kind) if is_ else None)
        for id_, name, was, place, kind, is_, now_place, now_kind in rows
    ]


@contextmanager
def _reading(path: Path, rule: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """An engine, and the table's path as SQL writes it; what the engine refuses is told of this file."""
    from sovercheck.inventory import engine

    source = str(path).replace("'", "''")
    try:
        with engine.connect(":memory:") as connection:
            connection.execute(f"SELECT subject, id FROM read_parquet('{source}') LIMIT 0")
            yield connection, source
    except (engine.IOException, engine.InvalidInputException) as error:
        raise InputError("packed_missing", place=Place(str(path))) from error
    except engine.BinderException as error:
        if rule is not None:
            raise InputError("packed_rule", place=Place(str(path)), rule=rule) from error
        raise InputError("packed_missing", place=Place(str(path))) from error
