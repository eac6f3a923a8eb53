from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from sovercheck.errors import InputError
from sovercheck.evaluation import packed
from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.judge import judge
from sovercheck.files import Outputs
from sovercheck.findings import Verdict
from sovercheck.inventory.facts import FACTS
from sovercheck.policy.condition import Compare
from sovercheck.policy.model import Rule
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
    with inventory(TEXT) as found, Outputs() as outputs:
        judged = judge(found, RULES[:1], AS_OF, nothing_contradicted=derive(found))
        packed.write(found, judged, path, outputs)
        assert not path.exists(), "only once all outputs are whole"
    return path


def test_the_passes_of_a_rule_are_listed_in_order(written: Path) -> None:
    assert written.name == "bilan.verdicts.parquet"
    assert packed.passes(written, "in-quebec") == [("copy", "a"), ("copy", "b")]


def test_the_verdicts_of_some_subjects(written: Path) -> None:
    found = packed.verdicts(written, "in-quebec", "copy", ["a", "c", "nowhere"])
    assert found == {"a": Verdict.PASS, "c": Verdict.FAIL}
    assert packed.verdicts(written, "in-quebec", "system", ["a"]) == {}


def table(folder: Path, text: str, rules: list[Rule]) -> Path:
    path = packed.beside(folder / f"{len(list(folder.iterdir()))}.json")
    with inventory(text) as found, Outputs() as outputs:
        judged = judge(found, rules, AS_OF, nothing_contradicted=derive(found))
        packed.write(found, judged, path, outputs)
    return path


def test_copies_that_moved_came_and_went(tmp_path: Path) -> None:
    earlier = table(tmp_path, TEXT, RULES)
    changed = TEXT.replace("{id: b, resource: r, place: CA-QC}", "{id: b, resource: r, place: US-VA, kind: backup}")
    changed = changed.replace("{id: c, resource: r, place: US}", "{id: d, resource: r}").replace(
        "id: r,", "id: r, name: Base,"
    )
    later = table(tmp_path, changed, RULES)
    assert packed.copies_between(earlier, earlier) == []
    assert packed.copies_between(earlier, later) == [
        packed.CopyDifference("b", "Base", ("CA-QC", None), ("US-VA", "backup")),
        packed.CopyDifference("c", None, ("US", None), None),
        packed.CopyDifference("d", "Base", None, (None, None)),
    ]


def test_copies_have_a_row_where_no_rule_is_about_them(tmp_path: Path) -> None:
    systems = [make_rule(Compare(FACTS["system.data_class"], "equals", "health"), id_="class", subject="system")]
    earlier, later = table(tmp_path, TEXT, systems), table(tmp_path, TEXT.replace("place: US}", "place: FR}"), [])
    found = packed.copies_between(earlier, later)
    assert found == [packed.CopyDifference("c", None, ("US", None), ("FR", None))]


def test_a_table_of_an_earlier_version_does_not_say_where_copies_are(written: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.verdicts.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 'copy' AS subject, 'a' AS id) TO '{old}' (FORMAT parquet)")
    assert packed.copies_between(old, written) is None
    assert packed.readable(old)


def test_what_is_no_verdict_table_is_not_readable(written: Path, tmp_path: Path) -> None:
    assert packed.readable(written)
    other = tmp_path / "other.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS x) TO '{other}' (FORMAT parquet)")
    assert not packed.readable(other)
    assert not packed.readable(tmp_path / "nothing.parquet")


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
    with inventory(TEXT) as found, Outputs() as outputs:
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
        outputs = Outputs()
        packed.write(found, judged, written, outputs)
        outputs.__exit__(RuntimeError, RuntimeError("another output"), None)
    assert written.read_bytes() == before


def test_the_table_of_the_same_facts_is_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        path = tmp_path / name
        with inventory(TEXT) as found, Outputs() as outputs:
            judged = judge(found, RULES[:1], AS_OF, nothing_contradicted=derive(found))
            packed.write(found, judged, path, outputs)
        written.append(path.read_bytes())
    assert written[0] == written[1]
