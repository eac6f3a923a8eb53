"""The packed verdict table: every verdict of a run, passes too, one byte per rule and subject, as Parquet.

Columns: `subject`, `id`, then one a rule, named by its id, with the byte of `findings.Verdict`; NULL where the rule is
about another subject. Rows in order of subject and id.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sovercheck.errors import InputError, Place
from sovercheck.evaluation.judge import Judged
from sovercheck.files import written_whole
from sovercheck.findings import Verdict
from sovercheck.inventory.store import Inventory


def beside(assessment: Path) -> Path:
    """The path of the packed table that belongs to an assessment's file."""
    return assessment.with_name(f"{assessment.stem}.verdicts.parquet")


def write(inventory: Inventory, judged: Sequence[Judged], path: Path, outputs: ExitStack) -> None:
    """Writes the packed table of the rules with conditions; a share's one verdict stands in the assessment.

    Args:
        inventory: whose engine has the tables `packed_<subject>`.
        judged: what `judge` returned.
        path: of the file; replaced when `outputs` closes without error.
        outputs: the files of this run.

    Raises:
        InputError: the disk refuses.
    """
    stream = outputs.enter_context(written_whole(path))
    parts = []
    for item in judged:
        columns = "".join(f', v{n} AS "{compiled.rule.id}"' for n, compiled in enumerate(item.plan.rules))
        parts.append(f"SELECT '{item.subject}' AS subject, id{columns} FROM packed_{item.subject}")
    if not parts:
        return
    union = " UNION ALL BY NAME ".join(parts)
    with tempfile.TemporaryDirectory(prefix="sovercheck-") as folder:
        part = Path(folder) / "packed.parquet"
        inventory.connection.execute(
            f"COPY (SELECT * FROM ({union}) ORDER BY subject, id) TO '{part}' (FORMAT parquet, COMPRESSION zstd)"
        )
        with part.open("rb") as source:
            shutil.copyfileobj(source, stream)


def passes(path: Path, rule: str) -> list[tuple[str, str]]:
    """The subjects that pass a rule, as (subject, id), in order.

    Raises:
        InputError: there is no such file or it is none of ours, or the rule has no column in it.
    """
    import duckdb

    source = str(path).replace("'", "''")
    column = rule.replace('"', '""')
    try:
        with duckdb.connect(":memory:") as connection:
            rows = connection.execute(
                f"SELECT subject, id FROM read_parquet('{source}') WHERE \"{column}\" = {int(Verdict.PASS)} "
                "ORDER BY subject, id"
            ).fetchall()
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise InputError("packed_missing", place=Place(str(path))) from error
    except duckdb.BinderException as error:
        raise InputError("packed_rule", place=Place(str(path)), rule=rule) from error
    return [(str(subject), str(id_)) for subject, id_ in rows]
