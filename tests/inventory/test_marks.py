"""What gaps take away, written together."""

from __future__ import annotations

import itertools

from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.marks import mark
from sovercheck.inventory.rows import Gap, Known, Row
from sovercheck.inventory.store import Inventory

GRADES = (Grade.DECLARED, Grade.DOCUMENTED, Grade.OBSERVED)
GAPS = [
    Gap("compte", "refused", table, id_, facts, grade=grade, scope=scope)
    for table, facts in (("copy", ("place", "kind")), ("copy", ()), ("copy", ("since",)), ("resource", ("bytes",)))
    for id_ in ("a", "b", None)
    for grade in GRADES
    for scope in ("ca-central-1", "us-east-1")
]


def filled() -> Inventory:
    builder = Builder()
    for grade, id_ in zip(GRADES, "abc", strict=True):
        said = Evidence(grade, "test")
        complete = {"copies_complete": Known(True, said)}
        builder.add("test", [Row("resource", id_, {}, complete), Row("copy", id_, {}, {"place": Known("CA-QC", said)})])
    return builder.finish()


def evidence(inventory: Inventory) -> list[object]:
    tables = [
        inventory.connection.execute(f"SELECT COLUMNS('^id$|__ev$') FROM {table} ORDER BY id").fetchall()
        for table in ("resource", "copy")
    ]
    return [*itertools.chain.from_iterable(tables)]


def test_together_they_write_what_they_write_one_by_one() -> None:
    with filled() as together, filled() as one_by_one, filled() as backwards:
        untouched = evidence(together)
        mark(together.connection, enumerate(GAPS))
        for numbered in enumerate(GAPS):
            mark(one_by_one.connection, [numbered])
        for number, gap in reversed([*enumerate(GAPS)]):
            mark(backwards.connection, [(number, gap)])
        assert evidence(together) == evidence(one_by_one) == evidence(backwards) != untouched


def test_gaps_that_are_alike_are_one_statement() -> None:
    asked: list[str] = []

    class Counting:
        def __init__(self, inventory: Inventory) -> None:
            self.inner = inventory.connection

        def execute(self, sql: str, *arguments: object) -> object:
            asked.append(sql)
            return self.inner.execute(sql, *arguments)

    with filled() as inventory:
        gaps = [Gap("compte", "refused", "copy", f"c{n}", ("place",)) for n in range(1_000)]
        mark(Counting(inventory), enumerate(gaps))  # type: ignore[arg-type]
    assert sum(sql.startswith("UPDATE") for sql in asked) == 1
