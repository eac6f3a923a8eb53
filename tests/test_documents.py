"""What the documents say of the program is what the program says of itself; `make docs` writes it again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sovercheck.cli.exits import Exit
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS
from sovercheck.sources.kinds import forms, kinds
from tests import documents
from tests.coverage_page import coverage_page
from tests.documents import ROOT, block

PAIRS = (("README.md", "README.en.md"), ("CONTRIBUTING.md", "CONTRIBUTING.en.md"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def outside_code(document: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`|<!--.*?-->|https?://\S+", "x", document, flags=re.DOTALL)


@pytest.mark.parametrize("lang", LANGS)
def test_the_pages_are_those_of_today(lang: Lang) -> None:
    assert text(documents.COMMANDS[lang]) == documents.command_page(lang)
    assert text(documents.FACTS[lang]) == documents.facts_page(lang)
    assert text(documents.COVERAGE[lang]) == coverage_page(lang)
    assert block("commandes", text(documents.READMES[lang])) == documents.command_table(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_coverage_page_has_every_kind_and_fact_that_is_described(lang: Lang) -> None:
    page = coverage_page(lang)
    assert all(f"| `{kind.id}` |" in page and kind.name[lang] in page for kind in kinds())
    assert page.count("| AWS |") == len(forms("aws"))
    assert page.count("| Azure |") == len(forms("azure"))
    bucket = next(line for line in page.splitlines() if "`AWS::S3::Bucket`" in line)
    words = {
        "fr": ("principale, réplique", "lu", "lu", "mesuré", "lu"),
        "en": ("primary, replica", "read", "read", "measured", "read"),
    }
    assert bucket.endswith(f"| {' | '.join(words[lang])} |"), bucket


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_the_outcome_of_the_example_is_that_of_today(lang: Lang) -> None:
    assert block("exemple", text(documents.READMES[lang])) == documents.example_summary(lang)


def test_a_block_is_replaced_and_nothing_else() -> None:
    before = "a\n<!-- x -->\nold\n<!-- /x -->\nb"
    assert documents.with_block("x", "new", before) == "a\n<!-- x -->\nnew\n<!-- /x -->\nb"
    assert documents.with_block("x", "new", "<!-- x -->\n<!-- /x -->") == "<!-- x -->\nnew\n<!-- /x -->"


@pytest.mark.parametrize(("french", "english"), PAIRS)
def test_both_languages_have_the_same_headings(french: str, english: str) -> None:
    levels = [re.findall(r"^(#+) ", outside_code(text(name)), re.MULTILINE) for name in (french, english)]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 4


@pytest.mark.parametrize(("french", "english"), PAIRS)
def test_both_languages_have_the_same_code_and_links(french: str, english: str) -> None:
    assert text(french).count("```") == text(english).count("```")
    assert text(french).count("](") == text(english).count("](")


@pytest.mark.parametrize("name", [*(name for pair in PAIRS for name in pair), "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text(name)):
        if not target.startswith("https://") and target != "docs/img/rapport.png":
            assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", [pair[0] for pair in PAIRS])
def test_french_documents_are_typeset(name: str) -> None:
    prose = outside_code(text(name))
    assert "'" not in prose
    assert not re.search(r"[ \u00a0][;!?]", prose)
    assert not re.search(r" [:»]|« ", re.sub(r"^\|[-| :]+\|$", "", prose, flags=re.MULTILINE))


@pytest.mark.parametrize("lang", LANGS)
def test_the_exit_codes_are_those_of_the_program(lang: Lang) -> None:
    rows = re.findall(r"^\| (\d+) \|", text(documents.READMES[lang]), re.MULTILINE)
    assert {int(code) for code in rows} == set(Exit) - {Exit.INTERRUPTED, Exit.BROKEN_PIPE}


@pytest.mark.parametrize("lang", LANGS)
def test_every_format_of_report_is_named(lang: Lang) -> None:
    assert all(f"`{name}`" in text(documents.READMES[lang]) for name in FORMATS)


def test_the_rule_of_the_readmes_loads_and_its_tests_pass(tmp_path: Path) -> None:
    rule = block("règle", text("README.md"))
    assert rule == block("règle", text("README.en.md"))
    written = rule.removeprefix("```yaml\n").removesuffix("```")
    id_ = written.splitlines()[0].removeprefix("id: ")
    folder = tmp_path / "maison"
    folder.mkdir()
    (folder / f"{id_}.yaml").write_text(written, encoding="utf-8")
    (folder / "policy.yaml").write_text(
        "id: maison\ntitle: {fr: M, en: H}\ndescription: {fr: M, en: H}\n", encoding="utf-8"
    )
    tested = subprocess.run(
        [sys.executable, "-m", "sovercheck", "policy", "test", str(folder), "--lang", "fr"],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert (tested.returncode, tested.stdout) == (0, "4 essais exécutés; règles\u00a0: 1.\n"), tested.stderr
