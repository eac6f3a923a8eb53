"""Reports that a command writes: all files or none, then standard output; in the language that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import pytest

from sovercheck.cli.rendering import render
from sovercheck.errors import InputError, UsageError
from sovercheck.findings import Assessment
from sovercheck.reports.base import FollowUp, finding_key
from tests.decisions.earlier import sample_comparison
from tests.reports.gates import sample_gate
from tests.reports.sample import sample_assessment

BOTH = sample_assessment()
SAMPLE = replace(BOTH, languages=("fr",))


@contextmanager
def asked(*arguments: str) -> Iterator[None]:
    """The words of a command line, as a command finds them."""
    with click.Context(click.Command("report"), obj=arguments):
        yield


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def language(path: str) -> str:
    """The language that a page says it is in."""
    return Path(path).read_text(encoding="utf-8").partition('lang="')[2][:2]


# Files


def test_each_format_is_written_to_its_path() -> None:
    with asked():
        render(SAMPLE, {"json": "a.json", "questions-md": "q.md"}, {}, None)
    assert files() == ["a.json", "q.md"]
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["as_of"] == SAMPLE.as_of


@pytest.mark.parametrize(
    "written", [{"json": "a.json", "questions-md": "occupé"}, {"questions-md": "occupé", "json": "a.json"}]
)
def test_where_one_file_cannot_be_written_none_is(
    written: dict[str, str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    Path("a.json").write_text("earlier", encoding="utf-8")
    Path("occupé").mkdir()
    with asked(), pytest.raises(InputError):
        render(SAMPLE, written | {"board": "-"}, {}, None)
    assert Path("a.json").read_text(encoding="utf-8") == "earlier"
    assert files() == ["a.json", "occupé"]
    assert capsysbinary.readouterr().out == b"", "standard output comes after the files"


@pytest.mark.parametrize("gates", [{"sarif": "s.sarif"}, {"sarif": "-"}], ids=["a file", "standard output"])
def test_a_format_that_needs_a_gate_is_refused_before_anything_is_written(
    gates: dict[str, str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    with asked(), pytest.raises(UsageError) as caught:
        render(SAMPLE, {"json": "a.json", "board": "-"} | gates, {}, None)
    assert caught.value.code == "report_needs_gate"
    assert files() == []
    assert capsysbinary.readouterr().out == b""


def test_what_a_person_wrote_and_what_changed_are_in_the_reports() -> None:
    note = FollowUp(person="Marie Tremblay")
    with asked():
        render(SAMPLE, {"html": "plain.html"}, {}, None)
        render(SAMPLE, {"html": "told.html"}, {finding_key(SAMPLE.findings[0]): note}, sample_comparison())
    plain, told = (Path(name).read_text(encoding="utf-8") for name in ("plain.html", "told.html"))
    assert "Marie Tremblay" not in plain
    assert "Marie Tremblay" in told
    assert len(told) > len(plain) + 1000


# Languages


def test_each_language_of_the_assessment_has_its_file_unless_one_is_asked_for() -> None:
    with asked():
        render(BOTH, {"board": "b.html"}, {}, None)
    assert {name: language(name) for name in files()} == {"b.html": "fr", "b.en.html": "en"}


@pytest.mark.parametrize("arguments", [("--lang", "en"), ("--lang=en",), ("--lang", "fr", "--lang", "en")])
@pytest.mark.parametrize("of", [SAMPLE, BOTH], ids=["French", "both"])
def test_the_language_that_is_asked_for_is_the_only_one(of: Assessment, arguments: tuple[str, ...]) -> None:
    with asked(*arguments):
        render(of, {"board": "b.html"}, {}, None)
    assert files() == ["b.html"]
    assert language("b.html") == "en"


def test_the_assessment_itself_has_both_languages_whatever_is_asked_for() -> None:
    with asked():
        render(SAMPLE, {"json": "a.json"}, {}, None)
    with asked("--lang", "en"):
        render(SAMPLE, {"json": "b.json"}, {}, None)
    assert Path("b.json").read_bytes() == Path("a.json").read_bytes()


@pytest.mark.parametrize(("arguments", "spoken"), [((), "fr-CA"), (("--lang", "en"), "en-CA")])
def test_an_output_of_a_gate_is_in_the_language_that_is_asked_for(arguments: tuple[str, ...], spoken: str) -> None:
    assessment, gate = sample_gate()
    with asked(*arguments):
        render(assessment, {"sarif": "s.sarif"}, {}, None, gate)
    assert json.loads(Path("s.sarif").read_text(encoding="utf-8"))["runs"][0]["language"] == spoken


# Standard output


def test_a_report_on_standard_output_is_the_one_that_a_file_would_have(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    with asked():
        render(SAMPLE, {"json": "a.json", "board": "-", "questions-md": "q.md"}, {}, None)
        found = capsysbinary.readouterr()
        render(SAMPLE, {"board": "b.html"}, {}, None)
    assert (found.out, found.err) == (Path("b.html").read_bytes(), b"")
    assert files() == ["a.json", "b.html", "q.md"]


@pytest.mark.parametrize(("arguments", "lang"), [((), b"fr"), (("--lang", "en"), b"en")])
def test_it_is_in_the_main_language_or_the_one_that_is_asked_for(
    capsysbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], lang: bytes
) -> None:
    with asked(*arguments):
        render(BOTH, {"board": "-"}, {}, None)
    assert capsysbinary.readouterr().out.partition(b'lang="')[2][:2] == lang
    assert files() == []


def test_an_output_of_a_gate_on_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assessment, gate = sample_gate()
    with asked("--lang", "en"):
        render(assessment, {"github": "-"}, {}, None, gate)
    assert capsysbinary.readouterr().out.startswith(b"::error file=")
