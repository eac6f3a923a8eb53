"""Runs that are kept: whole or not at all, each under its own name, the one before found among them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sovercheck import pipeline
from sovercheck.config import Config
from sovercheck.decisions.history import NAME, Keeping, keeping, read_kept
from sovercheck.errors import InputError
from sovercheck.evaluation import packed
from sovercheck.findings import Assessment, Organisation
from tests.test_pipeline import written

FIRST, SECOND = date(2026, 9, 1), date(2026, 11, 23)


def kept(config: Config, as_of: date) -> tuple[Assessment, Keeping, Path]:
    assert config.runs is not None
    with keeping(config.runs, config.organisation.name, as_of) as keeper:
        assessment = pipeline.run(config, as_of, lambda *_: None, keeper)
        return assessment, keeper, keeper.settle()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return replace(written(tmp_path), runs=tmp_path / "historique")


def test_each_run_has_its_day_and_number_and_all_that_belongs_to_it(config: Config, tmp_path: Path) -> None:
    folders = [kept(config, day)[2].name for day in (SECOND, SECOND, FIRST, SECOND)]
    assert folders == ["2026-11-23-1", "2026-11-23-2", "2026-09-01-1", "2026-11-23-3"]
    assert {path.name for path in (tmp_path / "historique").iterdir()} == set(folders), "and nothing hidden is left"
    folder = tmp_path / "historique" / folders[0]
    assert {path.name for path in folder.iterdir()} == {NAME, "bilan.verdicts.parquet"}
    assert folder.stat().st_mode & 0o777 == 0o755


def test_the_one_before_is_an_input_and_the_reports_tell_what_changed(config: Config) -> None:
    first, keeper, folder = kept(config, FIRST)
    assert keeper.comparison is None
    assert not [item for item in first.inputs if item.kind == "earlier"]
    second, keeper, _ = kept(config, SECOND)
    found = [item for item in second.inputs if item.kind == "earlier"]
    assert [(item.name, item.sha256) for item in found] == [("historique/2026-09-01-1", read_kept(folder).sha256)]
    assert keeper.comparison is not None
    assert (keeper.comparison.earlier, keeper.comparison.copies_compared) == ("2026-09-01", True)
    assert "depuis le 1er septembre 2026" in config.reports["html"].read_text(encoding="utf-8")
    assert json.loads(config.reports["json"].read_bytes())["comparison"]["earlier"] == "2026-09-01"


def test_the_assessment_itself_is_the_same_bytes_with_a_comparison(config: Config) -> None:
    kept(config, FIRST)
    kept(config, SECOND)
    text = config.reports["json"].read_text(encoding="utf-8")
    assert kept(config, SECOND)[1].comparison is not None
    again = config.reports["json"].read_text(encoding="utf-8")
    head, other = (t[t.index('"parameters"') : t.index('"comparison"')] for t in (text, again))
    assert head == other


def test_a_run_of_a_later_day_or_another_organisation_is_not_before(config: Config) -> None:
    kept(config, SECOND)
    assert kept(config, FIRST)[1].comparison is None
    other = replace(config, organisation=Organisation("Autre", None, None))
    assert kept(other, SECOND)[1].comparison is None
    again = kept(config, SECOND)[0]
    earlier = next(item for item in again.inputs if item.kind == "earlier")
    assert earlier.name == "historique/2026-11-23-1", "past the other organisation's"


def test_what_fails_leaves_nothing(config: Config, tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(InputError):
        kept(replace(config, reports={"xlsx": tmp_path / "fichier" / "constats.xlsx"}), FIRST)
    assert list((tmp_path / "historique").iterdir()) == []


def test_what_a_killed_run_left_is_not_looked_at(config: Config, tmp_path: Path) -> None:
    part = tmp_path / "historique" / ".part-abc"
    part.mkdir(parents=True)
    (part / NAME).write_text("{")
    assessment, keeper, _ = kept(config, FIRST)
    assert (keeper.comparison, assessment.notes) == (None, ())


@pytest.mark.parametrize("harm", ["cut", "missing", "another"])
def test_a_kept_run_that_cannot_be_read_is_noted_and_the_one_before_it_taken(
    config: Config, tmp_path: Path, harm: str
) -> None:
    kept(config, FIRST)
    broken = kept(config, date(2026, 10, 1))[2] / NAME
    match harm:
        case "cut":
            broken.write_bytes(broken.read_bytes()[:1000])
        case "missing":
            broken.unlink()
        case "another":
            broken.write_text("[]", encoding="utf-8")
    assessment, keeper, _ = kept(config, SECOND)
    assert [(note.code, note.params["run"]) for note in assessment.notes] == [
        ("history_unreadable", "historique/2026-10-01-1")
    ]
    assert keeper.comparison is not None
    assert keeper.comparison.earlier == "2026-09-01"


def test_a_verdict_table_that_cannot_be_read_is_noted(config: Config) -> None:
    packed.beside(kept(config, FIRST)[2] / NAME).write_bytes(b"PAR1")
    assessment, keeper, _ = kept(config, SECOND)
    assert [note.code for note in assessment.notes] == ["history_table_unreadable"]
    assert keeper.comparison is not None
    assert not keeper.comparison.copies_compared


def test_two_runs_at_once_take_two_names(config: Config, tmp_path: Path) -> None:
    kept(config, FIRST)
    with ThreadPoolExecutor(3) as pool:
        folders = {run.result()[2].name for run in [pool.submit(kept, config, SECOND) for _ in range(3)]}
    assert folders == {"2026-11-23-1", "2026-11-23-2", "2026-11-23-3"}
    for name in folders:
        assert read_kept(tmp_path / "historique" / name).assessment.as_of == "2026-11-23"


def test_a_folder_that_cannot_be_written_is_an_error_and_touches_no_report(config: Config, tmp_path: Path) -> None:
    (tmp_path / "historique").write_text("")
    with pytest.raises(InputError) as caught:
        kept(config, FIRST)
    assert caught.value.code == "unwritable"
    assert not config.reports["json"].exists()
