"""The HTML report as people open it: accessible, silent, usable without a script, whole on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sovercheck.comparison import Comparison
from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import html
from sovercheck.reports.base import Options
from tests.decisions.earlier import sample_comparison
from tests.reports.gate_pages import COMPARISON, shown_gate
from tests.reports.sample import HOSTILE_NAME, large_assessment, sample_assessment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def write(
    assessment: Assessment, path: Path, lang: Lang, comparison: Comparison | None = None, gate: Gate | None = None
) -> Path:
    links = {"fr": "bilan.fr.html", "en": "bilan.en.html"}
    with path.open("wb") as out:
        html.render(assessment, out, Options(lang, links, comparison=comparison, gate=gate))
    return path


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return {
        lang: write(sample_assessment(), folder / f"bilan.{lang}.html", lang, sample_comparison()) for lang in LANGS
    }


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    folder = tmp_path_factory.mktemp("gates")
    assessment, gate = shown_gate()
    return {lang: write(assessment, folder / f"bilan.{lang}.html", lang, COMPARISON, gate) for lang in LANGS}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


def open_report(page: Page, path: Path) -> list[str]:
    """Opens a report and gathers whatever the browser complains of or asks the network for."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    page.wait_for_selector("#explorer:not([hidden])")
    return complaints


def await_rows(page: Page, count: int) -> None:
    """Waits until the explorer shows so many rows; the report's policy refuses the usual polling by a script."""
    from playwright.sync_api import expect

    expect(page.locator("#explorer tbody tr")).to_have_count(count)


def await_status(page: Page, start: str) -> None:
    """Waits until the explorer's count begins so."""
    from playwright.sync_api import expect

    expect(page.locator("#explorer [role=status]")).to_contain_text(start)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("kind", ["reports", "gates"])
def test_axe_finds_nothing_to_complain_of(
    browser: Browser, axe: str, request: pytest.FixtureRequest, kind: str, lang: Lang, width: int
) -> None:
    reports: dict[Lang, Path] = request.getfixturevalue(kind)
    # The report's policy refuses foreign scripts, axe included; what is judged is the same page.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    open_report(page, reports[lang])
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    context.close()
    violations = [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found["violations"]]
    assert violations == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["reports", "gates"])
def test_opens_without_a_complaint_or_a_request(
    page: Page, request: pytest.FixtureRequest, kind: str, lang: Lang
) -> None:
    reports: dict[Lang, Path] = request.getfixturevalue(kind)
    assert open_report(page, reports[lang]) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.mark.parametrize("kind", ["reports", "gates"])
def test_a_narrow_screen_has_no_sideways_scrolling_of_the_page(
    browser: Browser, request: pytest.FixtureRequest, kind: str
) -> None:
    reports: dict[Lang, Path] = request.getfixturevalue(kind)
    page = browser.new_page(viewport={"width": 360, "height": 800})
    open_report(page, reports["fr"])
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


def test_a_hostile_name_is_text(page: Page, reports: dict[Lang, Path]) -> None:
    fired: list[str] = []
    page.on("dialog", lambda dialog: fired.append(dialog.message))
    open_report(page, reports["fr"])
    page.fill("input[name=search]", "alert(1)")
    await_rows(page, 1)
    assert HOSTILE_NAME in page.inner_text("#explorer tbody th")
    assert fired == []


def test_the_explorer_searches_without_accents_and_filters(page: Page, reports: dict[Lang, Path]) -> None:
    open_report(page, reports["fr"])
    status = page.locator("#explorer [role=status]")
    everything = len(sample_assessment().findings)
    assert status.inner_text().startswith(f"{everything} constats correspondent")
    page.fill("input[name=search]", "REPLIQUE dossier")
    await_rows(page, 1)
    assert status.inner_text() == "1 constat correspond."
    assert "non conforme" in page.inner_text("#explorer tbody")
    page.click("#explorer button[type=reset]")
    page.select_option("select[name=words]", label="dérogation")
    assert page.locator("#explorer tbody tr").count() == 2
    page.fill("input[name=search]", "introuvable")
    await_rows(page, 0)
    assert status.inner_text() == "Aucun constat ne correspond."


def test_the_explorer_pages_through_many_findings(page: Page, tmp_path: Path) -> None:
    open_report(page, write(large_assessment(130), tmp_path / "large.html", "en"))
    following = page.locator("#explorer button[data-step='1']")
    assert page.locator("#explorer tbody tr").count() == 50
    following.click()
    assert "51" in page.inner_text("#explorer [role=status]")
    following.focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    total = len(large_assessment(130).findings)
    assert page.locator("#explorer tbody tr").count() == total - 150
    assert following.is_disabled()


def test_every_id_comes_back_out_of_the_packed_list(page: Page, tmp_path: Path) -> None:
    assessment = large_assessment(60)
    open_report(page, write(assessment, tmp_path / "large.html", "fr"))
    seen: set[str] = set()
    while True:
        seen |= set(page.locator("#explorer tbody .id").all_inner_texts())
        if page.locator("#explorer button[data-step='1']").is_disabled():
            break
        page.click("#explorer button[data-step='1']")
    assert {finding.id for finding in assessment.findings if "/subscriptions/" in finding.id} <= seen


def test_complete_in_its_core_without_a_script(browser: Browser, reports: dict[Lang, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["fr"].as_uri())
    text = page.inner_text("main")
    for system in sample_assessment().systems:
        assert " ".join(system.name.split()) in text
    assert "demande JavaScript" in text
    assert page.locator("#explorer").is_hidden()
    context.close()


def test_the_language_switch_leads_to_the_sibling(page: Page, reports: dict[Lang, Path]) -> None:
    open_report(page, reports["fr"])
    page.click("header a[hreflang=en]")
    assert page.url == reports["en"].as_uri()
    assert page.get_attribute("html", "lang") == "en"


def test_keyboard_reaches_the_content_first(page: Page, reports: dict[Lang, Path]) -> None:
    open_report(page, reports["fr"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator("a.skip").bounding_box()["x"] >= 0  # type: ignore[index]


TITLES = {
    ("reports", "fr"): "Souveraineté des données · Centre hospitalier exemple",
    ("reports", "en"): "Data sovereignty · Centre",
    ("gates", "fr"): "Contrôle préalable · Centre hospitalier exemple",
    ("gates", "en"): "Gate · Centre hospitalier exemple",
}


@pytest.mark.parametrize(("kind", "lang"), TITLES)
def test_paper_has_running_titles_repeated_headings_and_nothing_cut(
    page: Page, request: pytest.FixtureRequest, kind: str, lang: Lang, tmp_path: Path
) -> None:
    reports: dict[Lang, Path] = request.getfixturevalue(kind)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    open_report(page, reports[lang])
    target = tmp_path / "report.pdf"
    page.pdf(path=str(target), prefer_css_page_size=True, print_background=True)
    text = subprocess.run(["pdftotext", "-layout", target, "-"], capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")[:-1]
    title = TITLES[kind, lang]
    assert title not in pages[0]
    assert all(title in each for each in pages[1:])
    of = {"fr": "de", "en": "of"}[lang]
    assert all(re.search(rf"Page {n} {of} {len(pages)}", each) for n, each in enumerate(pages, 1))
    # The first line under the running title: a finding and its remedy are not parted.
    firsts = [[line.strip() for line in each.splitlines() if line.strip()][1] for each in pages[1:]]
    assert not [line for line in firsts if line.startswith(("Que faire", "What to do", "Gravité", "Severity"))]
    sizes = subprocess.run(["pdfinfo", target], capture_output=True, text=True, check=True).stdout
    assert "612 x 792" in sizes  # Letter
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 693, "height": 900})  # the width between Letter's margins
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.skip, .defs') "
        "&& e.getBoundingClientRect().right > 694).map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []


def test_a_hundred_thousand_findings_open(page: Page, tmp_path: Path) -> None:
    large = large_assessment(100_000)
    path = write(large, tmp_path / "large.html", "fr")
    assert path.stat().st_size < 6_000_000
    assert open_report(page, path) == []
    assert page.locator("#explorer tbody tr").count() == 50
    page.fill("input[name=search]", "st00")
    matching = sum("st00" in finding.id for finding in large.findings)
    await_status(page, f"{matching} constats correspondent")
