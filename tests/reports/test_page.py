from __future__ import annotations

import base64
import hashlib
import html
import re

import jinja2
import pytest

from sovercheck.reports.language import Language
from sovercheck.reports.page import environment, page
from tests.reports.sample import sample_assessment


def test_the_content_policy_allows_the_style_that_stands_in_the_page_and_nothing_else() -> None:
    text = page("questions", said=Language("fr"), assessment=sample_assessment(), links=[], groups=()).decode()
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert html.unescape(policy[1]).split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]


def test_a_name_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ missing }}").render()


def test_html_is_escaped_unless_the_format_has_its_own_way() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert environment(escaped=False).from_string("{{ x }}").render(x="<b>") == "<b>"
