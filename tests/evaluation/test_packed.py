from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sovercheck.errors import InputError
from sovercheck.evaluation import packed
from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.judge import judge
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.condition import Compare
from tests.evaluation.build import inventory, make_rule

AS_OF = date(2026, 11, 23)
TEXT = """
systems: [{id: s, data_class: health}, {id: t}]
resources: [{id: r, systems: [s, t]}]
copies: [{id: b, resource: r, place: CA-QC}, {id: a, resource: r, place: CA-QC}, {id: c, resource: r, place: US}]
"""
RULES = [
    make_rule(Compare(FACTS["copy.place"], "in", ("CA-QC",)), id_="in-quebec"),
]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = packed.beside(tmp_path / "bilan.json")
    with inventory(TEXT) as found, ExitStack() as outputs:
        judged = judge(found, RULES[:1], AS_OF, nothing_contradicted=derive(found))
        packed.write(found, judged, path, outputs)
        assert not path.exists(), "only once all outputs are whole"
    return path


def test_the_passes_of_a_rule_are_listed_in_order(written: Path) -> None:
    assert written.name == "bilan.verdicts.parquet"
    assert packed.passes(written, "in-quebec") == [("copy", "a"), ("copy", "b")]


def test_a_rule_that_it_does_not_have(written: Path) -> None:
    with pytest.raises(InputError) as caught:
        packed.passes(written, 'x" OR 1=1 --')
    assert caught.value.code == "packed_rule"


def test_a_file_that_is_not_there_or_not_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        packed.passes(tmp_path / "bilan.verdicts.parquet", "in-quebec")
    assert caught.value.code == "packed_missing"
    (tmp_path / "bilan.verdicts.parquet").write_bytes(b"PAR0")
    with pytest.raises(InputError) as caught:
        packed.passes(tmp_path / "bilan.verdicts.parquet", "in-quebec")
    assert caught.value.code == "packed_missing"


def test_rules_of_several_subjects_stand_in_one_table(tmp_path: Path) -> None:
    rules = [
        RULES[0],
        make_rule(Compare(FACTS["system.data_class"], "equals", "health"), id_="class", subject="system"),
    ]
    path = tmp_path / "l'été.verdicts.parquet"
    with inventory(TEXT) as found, ExitStack() as outputs:
        judged = judge(found, rules, AS_OF, nothing_contradicted=derive(found))
        packed.write(found, judged, path, outputs)
    with duckdb.connect() as connection:
        found_rows = connection.execute("SELECT subject, id FROM read_parquet(?)", [str(path)]).fetchall()
    assert found_rows == [("copy", "a"), ("copy", "b"), ("copy", "c"), ("system", "s"), ("system", "t")]
    assert packed.passes(path, "class") == [("system", "s")]
    assert packed.passes(path, "in-quebec") == [("copy", "a"), ("copy", "b")]


def test_an_error_of_another_output_leaves_the_earlier_table(written: Path) -> None:
    before = written.read_bytes()
    with inventory(TEXT.replace("US", "CA-QC")) as found:
        judged = judge(found, RULES[:1], AS_OF, nothing_contradicted=derive(found))
        outputs = ExitStack()
        packed.write(found, judged, written, outputs)
        outputs.__exit__(RuntimeError, RuntimeError("another output"), None)
    assert written.read_bytes() == before


def test_the_table_of_the_same_facts_is_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        path = tmp_path / name
        with inventory(TEXT) as found, ExitStack() as outputs:
            judged = judge(found, RULES[:1], AS_OF, nothing_contradicted=derive(found))
            packed.write(found, judged, path, outputs)
        written.append(path.read_bytes())
    assert written[0] == written[1]
