from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from sovercheck.comparison import Standing
from sovercheck.decisions.sides import standing, tables_between
from sovercheck.errors import InputError
from sovercheck.evaluation.packed import CopyDifference
from sovercheck.findings import KnownFact, Verdict
from tests.decisions.judged import KEY, PROVENANCE, RULE, failing, place, side, telling
from tests.reports.sample import DOSSIER, sample_assessment

SAMPLE = sample_assessment()
SYSTEM = next(system for system in SAMPLE.systems if system.id == DOSSIER)


# The verdict tables of two runs


def packed(path: Path, in_quebec: Verdict, place: str) -> Path:
    """A verdict table of one rule and one copy."""
    row = f"""SELECT 'copy' AS subject, 'c1' AS id, {int(in_quebec)}::UTINYINT AS "in-quebec",
        '{place}' AS "copy.place", 'primary' AS "copy.kind", 'Base' AS "resource.name" """
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({row}) TO '{path}' (FORMAT parquet)")
    return path


def test_both_tables_tell_the_verdicts_of_their_own_run_and_which_copies_moved(tmp_path: Path) -> None:
    before = packed(tmp_path / "before.parquet", Verdict.PASS, "CA-QC")
    after = packed(tmp_path / "after.parquet", Verdict.FAIL, "US-VA")
    found = tables_between(before, after)
    assert found is not None
    assert found.earlier("in-quebec", "copy", ["c1", "c2"]) == {"c1": Verdict.PASS}
    assert found.later("in-quebec", "copy", ["c1"]) == {"c1": Verdict.FAIL}
    assert found.copies == [CopyDifference("c1", "Base", ("CA-QC", "primary"), ("US-VA", "primary"))]


def test_one_table_alone_tells_nothing(tmp_path: Path) -> None:
    there, gone = packed(tmp_path / "there.parquet", Verdict.PASS, "CA-QC"), tmp_path / "gone.parquet"
    assert tables_between(there, gone) is None
    assert tables_between(gone, there) is None


def test_a_table_that_cannot_be_read_is_no_table_that_was_not_kept(tmp_path: Path) -> None:
    there, broken = packed(tmp_path / "there.parquet", Verdict.PASS, "CA-QC"), tmp_path / "broken.parquet"
    broken.write_text("this is no Parquet", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        tables_between(there, broken)
    assert caught.value.code == "packed_missing"


# What is looked up


def test_the_inventory_is_known_by_its_hash_alone() -> None:
    assert side(inventory="a" * 64).inventory == "a" * 64
    assert side(inputs=()).inventory is None


def test_a_subject_has_the_name_that_the_assessment_shows() -> None:
    found = side(names={"copy/c1": "Base"}, systems=(SYSTEM,))
    assert found.name("copy", "c1") == "Base"
    assert found.name("resource", "c1") is None, "an id is of its own kind of subject"
    assert found.name("system", DOSSIER) == SYSTEM.name
    assert found.name("system", "gone") is None
    assert found.name("estate", "estate") == SAMPLE.organisation.name


def test_an_index_of_provenance_is_of_its_own_assessment() -> None:
    there, other = side(), side(provenance=PROVENANCE[::-1])
    assert (there.provenance(0), other.provenance(0)) == PROVENANCE
    assert there.provenance(None) is None


def test_a_fact_is_known_from_a_finding_or_from_what_is_told_of_a_system() -> None:
    told = place("CA-QC", of="c2")
    found = side(failing(place("US-VA")), systems=(replace(SYSTEM, known=(KnownFact(told, "observed"),)),))
    assert found.fact("copy.place", "c1") == place("US-VA")
    assert found.fact("copy.place", "c2") == told
    assert found.fact("copy.place", "c3") is None
    assert found.fact("copy.kind", "c1") is None


# What a rule said


def test_a_finding_stands_as_it_is_and_one_with_a_waiver_as_waived() -> None:
    assert standing(failing(weakest="declared")) == Standing("fail", "declared", legal_reference=True)
    assert standing(failing(verdict="unknown", weakest=None)) == Standing("unknown", None)
    assert standing(failing(waiver="d-1", legal_reference=False)) == Standing("waived", "observed", False)
    assert standing(failing(remedied="r-1")).word == "fail", "what is being remedied still counts"


def test_a_finding_is_told_before_any_table_is_asked() -> None:
    found = side(failing(), verdicts=telling(c1=Verdict.PASS))
    assert found.standings([KEY]) == {KEY: Standing("fail", "observed")}


def test_where_the_rule_does_not_exist_there_is_no_verdict() -> None:
    found = side(rules=(), verdicts=telling(c1=Verdict.PASS))
    assert found.standings([KEY]) == {KEY: Standing("no_rule")}


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"c1": Verdict.PASS}, "pass"),
        ({"c1": Verdict.NOT_APPLICABLE}, "not_applicable"),
        ({}, "absent"),
        ({"c1": Verdict.FAIL}, "not_told"),
        ({"c1": Verdict.UNKNOWN}, "not_told"),
    ],
)
def test_without_a_finding_the_table_says_what_became_of_it(told: Mapping[str, Verdict], word: str) -> None:
    """A fail or unknown that the table has and the assessment has not is never told as a pass."""
    assert {s.word for s in side(verdicts=telling(**told)).standings([KEY]).values()} == {word}


def test_without_a_table_nobody_says_what_became_of_a_copy() -> None:
    assert side().standings([KEY]) == {KEY: Standing("not_told")}


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ("pass", "pass"),
        ("not_applicable", "not_applicable"),
        ("fail", "not_told"),
        ("waived", "not_told"),
        (None, "not_told"),
    ],
)
def test_without_a_table_a_system_has_the_verdicts_that_the_assessment_shows(told: str | None, word: str) -> None:
    found = side(systems=(replace(SYSTEM, verdicts={"in-quebec": told} if told else {}),))
    key = ("in-quebec", "system", DOSSIER)
    assert {s.word for s in found.standings([key]).values()} == {word}


def test_a_system_that_the_assessment_does_not_have_is_absent() -> None:
    key = ("in-quebec", "system", "gone")
    assert side().standings([key]) == {key: Standing("absent")}


def test_a_share_has_its_verdict_in_the_assessment_and_in_no_table() -> None:
    share = replace(SAMPLE.shares[0], rule="in-quebec", verdict="pass")
    found = side(shares=(share,), verdicts=telling())
    key = ("in-quebec", "estate", "estate")
    assert found.standings([key]) == {key: Standing("pass")}


def test_a_table_is_asked_once_for_all_subjects_of_a_rule() -> None:
    asked: list[tuple[str, str, list[str]]] = []

    def verdicts(rule: str, subject: str, ids: Sequence[str]) -> Mapping[str, Verdict]:
        asked.append((rule, subject, list(ids)))
        return dict.fromkeys(ids, Verdict.PASS)

    found = side(verdicts=verdicts, rules=(RULE, replace(RULE, id="other")))
    keys = [KEY, ("other", "copy", "c1"), ("in-quebec", "copy", "c2"), ("in-quebec", "resource", "c1")]
    assert found.standings(keys) == dict.fromkeys(keys, Standing("pass"))
    assert asked == [
        ("in-quebec", "copy", ["c1", "c2"]),
        ("other", "copy", ["c1"]),
        ("in-quebec", "resource", ["c1"]),
    ]
