from __future__ import annotations

import dataclasses
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sovercheck.findings import Assessment, Coverage
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import board
from sovercheck.reports.base import Options
from sovercheck.reports.view import View
from tests.reports.sample import large_assessment, sample_assessment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAMPLE = sample_assessment()


def html(assessment: Assessment = SAMPLE, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    board.render(assessment, out, Options(lang, {"fr": "c.fr.html", "en": "c.en.html"}))
    return out.getvalue().decode()


def decisions(assessment: Assessment = SAMPLE) -> list[str]:
    return [decision.title for decision in board.decisions(View(assessment, Options("fr")))]


def wordy() -> Assessment:
    """As long as everything can be: names, titles, articles, remediations, and many systems."""
    many = large_assessment(300, systems=60)

    def long(text: str) -> dict[str, str]:
        return dict.fromkeys(LANGS, f"{text} " * 40)

    rules = (
        dataclasses.replace(
            rule,
            title=long("Évaluation préalable requise"),
            cite=long("RLRQ, chapitre A-2.1, art. 70.1"),
            remediation=long("Obtenir du fournisseur une déclaration"),
        )
        for rule in many.rules
    )
    name = "Centre intégré universitaire de santé et de services sociaux de l’Estrie – "
    return dataclasses.replace(
        many,
        organisation=dataclasses.replace(many.organisation, name=name * 5),
        rules=tuple(rules),
        systems=tuple(dataclasses.replace(system, name=f"{system.id} {name}") for system in many.systems),
        names=dict.fromkeys(many.names, name * 4),
        findings=tuple(
            dataclasses.replace(finding, systems=tuple(system.id for system in many.systems[:6]))
            for finding in many.findings
        ),
    )


def test_at_most_five_things_to_decide_the_gravest_first() -> None:
    assert len(decisions()) == 5
    assert decisions()[0] == "Fournisseur autorisé par l’AMP à la conclusion du contrat"
    ranks = {rule.title["fr"]: View(SAMPLE, Options()).rank[rule.id] for rule in SAMPLE.rules}
    assert [ranks[title] for title in decisions()] == sorted(ranks[title] for title in decisions())


def test_what_is_waived_or_being_remedied_is_already_decided() -> None:
    remedied = tuple(dataclasses.replace(finding, remedied="r-1") for finding in SAMPLE.findings[:8])
    waived = tuple(dataclasses.replace(finding, waiver="w-1") for finding in SAMPLE.findings[8:])
    assert decisions(dataclasses.replace(SAMPLE, findings=remedied + waived)) == []


def test_a_decision_counts_its_verdicts_in_their_words() -> None:
    found = {decision.title: decision for decision in board.decisions(View(SAMPLE, Options("fr")))}
    cloud_act = found["Aucun fournisseur que le CLOUD Act atteint"]
    assert [(mark.text, count) for mark, count in cloud_act.marks] == [
        ("exposition", "2"),
        ("exposition, selon la presse", "1"),
        ("à évaluer", "2"),
    ]


def test_what_cannot_be_shown_is_counted() -> None:
    page = html()
    unknown = sum(finding.verdict == "unknown" for finding in SAMPLE.findings)
    assert f"{unknown} constats restent à évaluer" in page
    assert f"{SAMPLE.coverage.unreached} systèmes sur {SAMPLE.coverage.systems} ne sont atteints" in page


def test_what_was_not_listed_is_one_line_in_words() -> None:
    page = html()
    assert "27 listes sur 257 n’ont pas été obtenues\xa0: refusée (24), freinée (1)" in page
    assert "4 permissions manquantes" in page
    assert page.count("permissions manquantes") == 1


def test_where_all_is_known_the_page_says_so() -> None:
    known = dataclasses.replace(
        SAMPLE,
        findings=(),
        gaps=(),
        waivers=(),
        coverage=Coverage(1, 1, 0, 0, 0, {}, ()),
    )
    page = html(known)
    assert "Rien\u00a0: chaque système a été lu" in page
    assert "<tbody>" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_loads_nothing_and_runs_nothing(lang: Lang) -> None:
    page = html(lang=lang)
    assert f'<html lang="{lang}-CA">' in page
    assert re.search(r"default-src &#39;none&#39;; style-src &#39;sha256-", page)
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r'(src|href)="(?!#|c\.)', page)


def test_text_from_outside_is_data() -> None:
    organisation = dataclasses.replace(SAMPLE.organisation, name="<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html(dataclasses.replace(SAMPLE, organisation=organisation))


@pytest.mark.browser
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("which", ["sample", "wordy"])
def test_it_prints_on_one_letter_page(browser: Browser, which: str, lang: Lang, tmp_path: Path) -> None:
    path = tmp_path / "board.html"
    path.write_text(html(SAMPLE if which == "sample" else wordy(), lang), encoding="utf-8")
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    assert said == [], "the content policy refuses nothing that the page needs"
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 612 792\]", pdf)
