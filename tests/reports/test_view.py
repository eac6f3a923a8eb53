from __future__ import annotations

import dataclasses

import pytest

from sovercheck.findings import DecidingFact, TextRead
from sovercheck.reports.base import Options
from sovercheck.reports.view import Mark, View, link, shown
from tests.reports.sample import DOSSIER, HOSTILE_NAME, IMAGERIE, PORTAIL, sample_assessment


@pytest.fixture(scope="module")
def view() -> View:
    return View(sample_assessment(), Options("fr"))


def test_a_mark_is_shape_word_and_colour_and_its_words_are_escaped() -> None:
    drawn = Mark("unk", HOSTILE_NAME).__html__()
    assert 'class="v unk"' in drawn
    assert 'href="#s-unk"' in drawn
    assert HOSTILE_NAME not in drawn


def test_only_what_passes_has_the_colour_of_a_pass(view: View) -> None:
    for finding in view.assessment.findings:
        assert view.finding_mark(finding).shape != "pass"
    assert view.level_mark("none_known", "exposed").shape == "unk"
    assert view.level_mark("possible", "possible") == Mark("exp", "exposition possible", hollow=True)
    assert view.level_mark("none_known", "none_known").shape == "pass"


def test_the_press_alone_is_outlined_and_says_so(view: View) -> None:
    reported = [view.finding_mark(f) for f in view.assessment.findings if f.weakest == "reported"]
    assert reported
    assert all(mark.hollow and mark.text.endswith("selon la presse") and mark.shape != "fail" for mark in reported)


def test_a_name_comes_from_the_assessment_then_from_its_systems_then_is_the_id(view: View) -> None:
    assert view.name("copy", "dossier-bd/replica") == "Base du dossier clinique (réplique)"
    assert view.name("system", PORTAIL) == "Portail des citoyens"
    assert view.name("efvp", IMAGERIE) == "Archive d’imagerie"
    assert view.name("estate", "estate") == "Centre hospitalier exemple"
    assert view.name("copy", "nobody/knows") == "nobody/knows"


def test_a_weak_value_is_given_with_its_weakness(view: View) -> None:
    fact = DecidingFact("copy.place", "x", "weak", "CA-QC")
    assert view.value(fact) == "Québec, preuve trop faible"
    assert not view.fact_line(fact).known


def test_a_question_is_asked_once_a_fact_and_names_whom(view: View) -> None:
    questions = view.questions(view.assessment.findings, about=2)
    assert len({question.fact for question in questions}) == len(questions)
    support = next(q for q in questions if "fin du soutien" in q.fact)
    assert len(support.about) == 2
    assert support.more == 6
    assert support.settler == "operations"


def test_known_facts_raise_no_question(view: View) -> None:
    failing = [f for f in view.assessment.findings if f.verdict == "fail" and DOSSIER in f.systems]
    assert view.questions(failing) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TextRead("2024-11-15", "2026-11-22", "official"), "dans sa version du 15 novembre 2024 (texte officiel"),
        (TextRead("2022", "2026-11-22", "secondary"), "dans sa version de 2022 (source secondaire"),
        (TextRead(None, "2026-11-22", "republished"), "Texte lu le 22 novembre 2026 (republication), sans date"),
        (TextRead(None, None, "memory"), "le texte n’a pas été lu"),
    ],
)
def test_which_wording_was_read_is_said(view: View, text: TextRead, said: str) -> None:
    assert said in view.text_read(text)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2018-03-23", None, "en vigueur depuis le 23 mars 2018"),
        ("2027-01-01", None, "en vigueur à compter du 1er janvier 2027"),
        ("2008-07-10", "2026-06-12", "en vigueur du 10 juillet 2008 au 12 juin 2026"),
        (None, None, "date d’entrée en vigueur non établie"),
    ],
)
def test_when_an_article_is_in_force(view: View, start: str | None, end: str | None, said: str) -> None:
    assert view.in_force(start, end) == said


def test_addresses_and_text_from_outside() -> None:
    assert link("https://example.org/") == "https://example.org/"
    assert link("javascript:alert(1)") is None
    assert shown("a\x1b[31m\u202eb\nc") == "a\ufffd[31m\ufffdb\nc"


def test_a_finding_of_several_systems_names_them_all() -> None:
    assessment = sample_assessment()
    finding = dataclasses.replace(assessment.findings[0], systems=(DOSSIER, PORTAIL))
    assert View(assessment, Options("en")).subject(finding).systems == "Dossier clinique régional, Portail des citoyens"
