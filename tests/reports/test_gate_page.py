from __future__ import annotations

import dataclasses
import html
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovercheck.findings import Assessment, Coverage
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS, Options
from sovercheck.reports.changes import SHOWN, changes
from sovercheck.reports.gate_page import GatePage, gate_page
from sovercheck.reports.view import View
from tests.reports.gate_pages import COMPARISON, hostile_gate, shown_gate, tallied
from tests.reports.gates import large_gate

ASSESSMENT, GATE = shown_gate()


def paged(lang: Lang = "en", assessment: Assessment = ASSESSMENT, gate: Gate = GATE) -> GatePage:
    view = View(assessment, Options(lang, gate=gate, comparison=COMPARISON))
    page = gate_page(view, changes(view))
    assert page is not None
    return page


def written(assessment: Assessment = ASSESSMENT, gate: Gate = GATE, lang: Lang = "en") -> str:
    out = io.BytesIO()
    FORMATS["html"].render(assessment, out, Options(lang, gate=gate, comparison=COMPARISON))
    return out.getvalue().decode()


def text(page: str) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL).replace("<wbr>", "")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def words(row: tuple[object, ...]) -> list[str]:
    return [html.unescape(str(cell.words).replace("<wbr>", "")) for cell in row]  # type: ignore[attr-defined]


def test_without_a_gate_the_report_is_of_an_assessment() -> None:
    view = View(ASSESSMENT, Options("fr"))
    assert gate_page(view, None) is None


@pytest.mark.parametrize("lang", LANGS)
def test_title_and_first_page_are_those_of_a_gate(lang: Lang) -> None:
    page = written(lang=lang)
    title = {"fr": "Contrôle préalable", "en": "Gate"}[lang]
    assert f"<title>{title} – Centre hospitalier exemple" in page
    assert f"<h1>{title}</h1>" in page
    ids = re.findall(r'<section id="([\w-]+)"', page)
    assert ids[:6] == ["caveats", "to-correct", "to-establish", "gate-changes", "aside", "placed"]
    assert "what-changed" not in ids
    assert set(re.findall(r'<li><a href="#([\w-]+)"', page.partition("<nav")[2].partition("</nav>")[0])) <= {
        *ids,
        "details",
        "laws",
        "again",
        "limits",
    }


def test_what_counts_comes_with_its_line_and_how_its_place_is_known() -> None:
    page = paged()
    assert page.failing is not None
    first = page.failing.rows[0]
    assert words(first) == [
        'module.archive.aws_s3_bucket.copies["a.b"]',
        "Every copy in Québec unless assessed first",
        "non-compliant",
        "Virginia, U.S. (us-east-1)",
        "modules/archive/main.tf:3",
    ]
    assert first[3].notes == ("from the provider’s configuration: provider aws.mtl (versions.tf:12)",)
    assert page.failing.total == GATE.tally.failing


def test_an_unknown_says_what_would_settle_it() -> None:
    page = paged()
    assert page.unknown is not None
    settles = [words(row)[4] for row in page.unknown.rows]
    assert settles[0].startswith("Give the sources (--source-dir FOLDER)")
    assert "--assume-region" in settles[1]


def test_resources_by_action_and_places_by_what_tells_them() -> None:
    page = paged()
    assert page.actions == ("created", "updated", "replaced", "present state not told")
    assert [(plan.name, plan.resources, plan.actions) for plan in page.plans] == [
        ("infra/plan.json", "6", ("4", "1", "1", "0")),
        ("pile.template.json", "2", ("0", "0", "0", "2")),
    ]
    assert page.placed is not None
    assert words(page.placed.rows[0]) == ["from the resource", "1", "17%"]
    assert page.resources is not None
    assert len(page.resources.rows) == len(GATE.resources)


def test_a_resource_that_was_moved_replaced_or_found_otherwise_says_so() -> None:
    odd = dataclasses.replace(GATE.resources[0], previous="aws_s3_bucket.old", deposed=True, drifted=True)
    page = paged(gate=dataclasses.replace(GATE, resources=(odd, *GATE.resources[1:])))
    assert page.resources is not None
    assert page.resources.rows[0][1].notes == (
        "formerly aws_s3_bucket.old",
        "left of a replacement",
        "found other than the last apply left it",
    )


def test_what_keeps_no_data_is_not_listed() -> None:
    without = tuple(dataclasses.replace(item, kind="without_data") for item in GATE.resources)
    assert paged(gate=dataclasses.replace(GATE, resources=without)).resources is None


def test_before_and_after_are_those_of_the_change() -> None:
    page = paged()
    assert [table.id for table in page.compared] == ["exposures", "shares"]
    assert page.moves is not None
    assert words(page.moves.rows[0])[1:4] == ["leaves the country", "Québec", "Virginia, U.S."]


def test_rules_that_are_not_judged_are_named_and_lead_to_where_they_stand() -> None:
    page = paged()
    assert len(page.not_judged) == len(GATE.not_judged)
    assert all(anchor for _, anchor in page.not_judged)


def test_a_gate_of_no_system_does_not_say_that_nothing_was_assessed() -> None:
    alone = dataclasses.replace(ASSESSMENT, systems=(), coverage=Coverage(0, 0, 0, 0, 0, {}, ()))
    page = written(alone, lang="fr")
    assert 'id="systems"' not in page
    assert 'href="#systems"' not in page


def test_the_command_that_judges_again_is_the_gates() -> None:
    again = text(written())
    assert (
        "sovercheck gate infra/plan.json pile.template.json --as-of 2026-11-22 --fail-on major --data-class sensitive "
        "--assume-region aws=ca-central-1 --baseline etat-de-reference.json" in again
    )
    assert "--only-new" in text(written(gate=dataclasses.replace(GATE, only_new=True)))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_to_correct_and_nothing_to_establish_are_said(lang: Lang) -> None:
    quiet = tallied(dataclasses.replace(GATE, findings=()))
    said = text(written(gate=quiet, lang=lang))
    for key in ("Rien n’est à corriger.", "Rien ne reste à établir.") if lang == "fr" else ("Nothing is to be", "left"):
        assert key in said


def test_the_readings_of_a_share_are_told_apart() -> None:
    share = dataclasses.replace(GATE.findings[-1], rule="quebec-cloud-share/volume-strict")
    page = paged(gate=tallied(dataclasses.replace(GATE, findings=(*GATE.findings, share))))
    assert page.aside is not None
    assert [row[1].notes for row in page.aside.rows].count(("volume-strict",)) == 1


def test_many_findings_are_counted() -> None:
    assessment, gate = large_gate(SHOWN * 3)
    page = paged(assessment=assessment, gate=tallied(gate))
    assert page.failing is not None
    assert len(page.failing.rows) == SHOWN
    assert page.failing.more == "200 more are not shown here; the json report has them all."


@settings(max_examples=25)
@given(st.text(alphabet=st.characters() | st.sampled_from("<>&\"'/ .[\x1b\u202e"), max_size=40))
def test_a_hostile_text_is_text(hostile: str) -> None:
    page = written(*hostile_gate(f"<b>{hostile}"))
    main = page.partition("<main")[2].partition('<script type="application/json"')[0]
    assert "<b>" not in main
    assert not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", page)
