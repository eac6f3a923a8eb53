"""The script-free pages as people open them: the questions and the board page, accessible and silent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS, Options
from tests.browser.test_report_browser import RULES
from tests.reports.sample import sample_assessment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["questions", "board"])
def test_axe_finds_nothing_to_complain_of(browser: Browser, axe: str, name: str, lang: Lang, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.html"
    with path.open("wb") as out:
        FORMATS[name].render(sample_assessment(), out, Options(lang))
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    page.evaluate(axe)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    context.close()
    assert [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found["violations"]] == []
    assert asked == []
