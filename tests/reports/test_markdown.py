from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.reports.markdown import escape_markdown


@given(st.text())
def test_an_escaped_text_is_one_line_and_reads_the_same(text: str) -> None:
    escaped = escape_markdown(text)
    assert len(escaped.splitlines()) <= 1
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)
    assert shown == " ".join("".join(char if char.isprintable() else " " for char in text).split())


@given(st.text(alphabet="*_`[]()<>#|~&$^@!\\-+=1.) a\n"))
def test_no_markup_survives_the_escape(text: str) -> None:
    bare = re.sub(r"\\.", "", escape_markdown(text))
    assert not re.search(r"[*_`\[\]<>#|~&$^@!\\]", bare)
    assert not re.match(r"[-+=]|\d+[.)](\s|$)", escape_markdown(text))
