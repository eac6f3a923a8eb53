from __future__ import annotations

import dataclasses
import html
import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS, Options
from sovercheck.reports.gate_markdown import COMMENT, SUMMARY, code, prose, tag
from tests.reports.gate_pages import COMPARISON, hostile_gate, shown_gate, tallied
from tests.reports.gates import large_gate, made

ASSESSMENT, GATE = shown_gate()
MARKUP = st.text(alphabet=st.characters() | st.sampled_from("|`\\<>@#[]()*_~&$!:-\n\r\u00a0"), max_size=60)


def written(assessment: Assessment, gate: Gate, lang: Lang = "en", name: str = "markdown") -> str:
    out = io.BytesIO()
    FORMATS[name].render(assessment, out, Options(lang, gate=gate, comparison=COMPARISON))
    return out.getvalue().decode("utf-8")


def rows(page: str) -> list[str]:
    """The rows of tables, without their heads."""
    lines = page.splitlines()
    following = [*lines[1:], ""]
    return [
        line
        for line, after in zip(lines, following, strict=True)
        if line.startswith("| ") and "| --- |" not in line and "| --- |" not in after
    ]


def cells(row: str) -> list[str]:
    """The cells of a row as GitHub splits them: at bars that no backslash escapes."""
    return re.split(r"(?<!\\)\|", row.strip())[1:-1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_as_it_reads(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert written(ASSESSMENT, GATE, lang) == snapshot


@pytest.mark.parametrize("lang", LANGS)
def test_a_gate_with_nothing_to_say_is_short(lang: Lang) -> None:
    assessment, gate = made([], [])
    page = written(
        assessment, tallied(dataclasses.replace(gate, tally=dataclasses.replace(gate.tally, judged=3))), lang
    )
    assert page.splitlines()[1].startswith("## ✅ ")
    assert rows(page) == []


def test_the_tag_is_first_and_the_same_for_the_same_files() -> None:
    page = written(ASSESSMENT, GATE)
    assert page.startswith(f"{tag(plan.name for plan in GATE.plans)}\n")
    assert re.match(r"<!-- sovercheck:gate:[0-9a-f]{12} -->\n", page)
    assert page.splitlines()[0] == written(*large_of("fr"), lang="fr").splitlines()[0]
    assert tag(["a.json"]) != tag(["b.json"])


def large_of(_lang: str) -> tuple[Assessment, Gate]:
    assessment, gate = large_gate(5)
    return assessment, dataclasses.replace(tallied(gate), plans=GATE.plans)


@pytest.mark.parametrize(("name", "most"), [("markdown", COMMENT), ("summary", SUMMARY)])
@pytest.mark.parametrize("lang", LANGS)
def test_a_page_that_is_too_long_leaves_out_the_lightest_and_says_how_many(name: str, most: int, lang: Lang) -> None:
    assessment, gate = large_gate(6_000)
    gate = tallied(gate)
    page = written(assessment, gate, lang, name)
    assert most * 0.9 < len(page.encode()) <= most
    shown = rows(page)
    left = re.search(r"(?m)^([\d,\u00a0]+) (?:more findings|autres constats)", page)
    assert left is not None
    assert len(shown) + int(re.sub(r"\D", "", left[1])) == len(gate.findings)
    # Failing ones come first: as long as one of them is left out, no unknown one is shown.
    failing = sum(finding.verdict == "fail" for finding in gate.findings)
    assert len(shown) < failing
    assert "→" not in "".join(shown)
    assert page.count("<details>") == page.count("</details>")


def test_what_fits_the_summary_and_not_the_comment_is_whole_in_it() -> None:
    assessment, gate = large_gate(1_000)
    page = written(assessment, tallied(gate), name="summary")
    assert len(rows(page)) == 1_000
    assert "more findings are not shown" not in page


@given(MARKUP)
@example("a\\|b`c``d")
@example("@everyone #12 [x](http://x.invalid) <img src=x> --> \\")
def test_a_hostile_text_is_data(text: str) -> None:
    page = written(*hostile_gate(text))
    for row in rows(page):
        assert len(cells(row)) in (4, 5)
    assert len(rows(page)) == len(rows(written(*hostile_gate("x"))))
    assert page.count("\n") == written(*hostile_gate("x")).count("\n")
    bare = re.sub(r"`[^`\n]*`|\\.|<!-- sovercheck:gate:\w+ -->", "", page)
    tags = set(re.findall(r"<[^>]*>?", bare))
    assert tags <= {
        "<details>", "</details>", "<summary>", "</summary>", "<br>", "<sub>", "</sub>", "<code>", "</code>"
    }  # fmt: skip
    assert not re.search(r"[\[\]~$]", bare)
    # A mention or a reference begins with the sign and a letter or digit.
    outside = re.sub(r"`[^`\n]*`|<code>.*?</code>|&#\d+;", " ", page.replace("&#8288;", "\u2060"))
    assert not re.search(r"[@#][A-Za-z0-9]", outside)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)


@given(MARKUP)
def test_code_shows_the_very_text(text: str) -> None:
    shown = code(text)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)\|", shown)
    if shown.startswith("`"):
        assert shown.count("`") == 2
    whole = html.unescape(re.sub(r"</?code>", "", shown.strip("`")))
    if shown and len(text) <= 240:
        assert whole == "".join(char if char.isprintable() else "\ufffd" for char in text)


@given(MARKUP)
def test_prose_is_read_as_it_stands(text: str) -> None:
    escaped = prose(text)
    assert "\n" not in escaped
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).replace("&#8288;", "")
    assert (
        shown.split() == " ".join("".join(c if c.isprintable() or c == "\u00a0" else " " for c in text).split()).split()
    )


def test_french_keeps_its_spaces() -> None:
    assert prose("« a » : b") == "« a » : b"
    assert prose("«\u00a0a\u00a0»\u00a0: b") == "«\u00a0a\u00a0»\u00a0: b"


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


@given(MARKUP)
@example("www.example.com http://x.invalid <a@b.example> ![x](y)")
@example("`` ` ```")
def test_a_markdown_reader_finds_no_element_of_it(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = _Elements()
    found.feed(reader.render(written(*hostile_gate(text))))
    assert found.links == []
    assert found.names <= {
        "h2", "h3", "p", "strong", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td", "br", "details",
        "summary", "sub",
    }  # fmt: skip
