from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import itertools
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from sovercheck import messages
from sovercheck.findings import Assessment, Counts, Coverage, GapView, Organisation, ReadingLine
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import html
from sovercheck.reports.base import FollowUp, Options, finding_key
from tests.decisions.earlier import sample_comparison
from tests.reports.gate_pages import COMPARISON, shown_gate
from tests.reports.sample import HOSTILE_NAME, HOSTILE_SUPPLIER, large_assessment, sample_assessment
from tests.reports.sample_readings import HOSTILE_ACCOUNT, HOSTILE_DETAIL, HOSTILE_KIND, HOSTILE_NEEDS

LINKS = {"fr": "bilan.fr.html", "en": "bilan.en.html"}
VOID = {"meta", "link", "br", "wbr", "img", "input", "rect", "path", "circle"}


def rendered(assessment: Assessment, lang: Lang = "fr", options: Options | None = None) -> str:
    out = io.BytesIO()
    html.render(assessment, out, options or Options(lang, LINKS))
    return out.getvalue().decode("utf-8")


def text(page: str) -> str:
    """What a reader sees: tags away, spaces as one."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return sample_assessment()


SHOWN = ("plain", "changed", "gate")


@pytest.fixture(scope="module", params=[(lang, shown) for lang in LANGS for shown in SHOWN], ids=str)
def page(request: pytest.FixtureRequest, assessment: Assessment) -> str:
    lang, shown = request.param
    changed = shown == "changed"
    if shown == "gate":
        of_gate, gate = shown_gate()
        of_gate = dataclasses.replace(of_gate, gaps=assessment.gaps)
        return rendered(of_gate, lang, Options(lang, LINKS, comparison=COMPARISON, gate=gate))
    return rendered(assessment, lang, Options(lang, LINKS, comparison=sample_comparison() if changed else None))


@pytest.fixture(scope="module")
def french(assessment: Assessment) -> str:
    return rendered(assessment, "fr")


class Outline(HTMLParser):
    """Checks that elements are closed in order, and gathers what must agree: ids, references, attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.attributes: set[str] = set()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        self.attributes |= set(values)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        for name in ("href", "aria-labelledby"):
            value = values.get(name) or ""
            if name == "aria-labelledby" and value:
                self.references.add(value)
            elif value.startswith("#"):
                self.references.add(value[1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parsed = Outline()
    parsed.feed(page)
    parsed.close()
    assert parsed.open == []
    return parsed


# One file, silent on the network


def test_the_policy_allows_this_very_style_and_script_and_nothing_else(page: str) -> None:
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1])  # type: ignore[index]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for element, pattern in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        inside = re.findall(pattern, page, flags=re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy


def test_nothing_is_loaded_and_nothing_stands_inline(page: str) -> None:
    parsed = outline(page)
    assert "style" not in parsed.attributes
    assert "src" not in parsed.attributes
    assert not [name for name in parsed.attributes if name.startswith("on")]
    assert {tag for tag, _ in parsed.tags} & {"img", "iframe", "link", "base", "object", "embed"} == set()
    assert "url(" not in re.search(r"<style>(.*?)</style>", page, flags=re.DOTALL)[1]  # type: ignore[index]
    assert "@import" not in page


def test_ids_are_unique_and_every_reference_leads_somewhere(page: str) -> None:
    parsed = outline(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert parsed.references <= set(parsed.ids)


def test_headings_go_down_one_level_at_a_time(page: str) -> None:
    headings = outline(page).headings
    assert headings.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(headings))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page: str) -> None:
    assert page.count("<table") == page.count("<caption>")
    assert all(values.get("scope") in ("col", "row") for tag, values in outline(page).tags if tag == "th")


@pytest.mark.parametrize("lang", LANGS)
def test_same_assessment_same_bytes(assessment: Assessment, lang: Lang) -> None:
    assert rendered(assessment, lang) == rendered(sample_assessment(), lang)


def test_each_language_links_to_the_other_and_says_its_own(assessment: Assessment) -> None:
    for lang, other in (("fr", "en"), ("en", "fr")):
        page = rendered(assessment, lang)  # type: ignore[arg-type]
        assert f'<html lang="{lang}">' in page
        assert f'href="{LINKS[other]}" lang="{other}"' in page
        assert f'href="{LINKS[lang]}"' not in page
    assert "hreflang" not in rendered(assessment, options=Options("fr"))


# Text from outside is data


def test_hostile_names_are_text(page: str) -> None:
    assert HOSTILE_NAME not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    assert HOSTILE_SUPPLIER in text(page)
    for hostile in (HOSTILE_ACCOUNT, HOSTILE_NEEDS, HOSTILE_KIND, HOSTILE_DETAIL):
        assert hostile not in page
    assert HOSTILE_NEEDS in text(page)
    assert HOSTILE_KIND in text(page)
    assert "{{ 7*7 }}" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", page)


def test_a_hostile_organisation_cannot_leave_the_style_sheet(assessment: Assessment) -> None:
    name = '"}</style><script>alert(1)</script>\\"\n\u202e{body{display:none}'
    page = rendered(dataclasses.replace(assessment, organisation=Organisation(name, None, None)))
    outline(page)
    style = re.search(r"<style>(.*?)</style>", page, flags=re.DOTALL)[1]  # type: ignore[index]
    assert style.count("{") == style.count("}")
    assert "alert(1)" not in style


def test_only_web_addresses_become_links(assessment: Assessment) -> None:
    rules = tuple(dataclasses.replace(rule, url="javascript:alert(1)") for rule in assessment.rules)
    assert "javascript:" not in "".join(
        re.findall(r'href="[^"]*"', rendered(dataclasses.replace(assessment, rules=rules)))
    )


@pytest.mark.parametrize("value", ["</script><script>", "<!--", "a\u2028b", {"<": ["&"]}])
def test_json_in_a_script_cannot_end_it(value: object) -> None:
    written = html.script_json(value)
    assert "<" not in written
    assert "\u2028" not in written
    assert json.loads(written) == value


# What it says


def test_names_every_system_rule_law_gap_waiver_and_input(page: str, assessment: Assessment) -> None:
    said = text(page)
    lang: Lang = "fr" if '<html lang="fr">' in page else "en"
    for system in assessment.systems:
        assert system.name in said
    for rule in assessment.rules:
        assert " ".join(rule.title[lang].split()) in said
        assert rule.cite[lang] in said
        assert rule.id in said
    for law in assessment.laws:
        assert law.what[lang] in said
    for waiver in assessment.waivers:
        assert waiver.approved_by in said
        assert waiver.id in said
    for gap in assessment.gaps:
        assert gap.source in said
    for item in assessment.inputs:
        assert item.sha256 in said
    assert "backup:ListCopyJobs" in said
    assert re.search(r"sovercheck (assess|gate [^-]+) --as-of 2026-11-22", said)


def test_no_sentence_is_left_with_a_name_in_braces(page: str) -> None:
    assert not re.findall(
        r"\{[a-z_]+\}", re.sub(r'data-\w+="[^"]*"|<(script|style)\b.*?</\1>', "", page, flags=re.DOTALL)
    )


def test_the_lead_says_the_most_important_things(french: str) -> None:
    lead = unescape(re.search(r'class="lead">(.*?)</p>', french)[1])  # type: ignore[index]
    assert "3 constats sont non conformes à une loi ou à un règlement" in lead
    assert "2 systèmes sont exposés à une loi étrangère, dont 1 selon la presse seulement" in lead
    assert "17 constats restent à évaluer" in lead
    assert "5 systèmes sur 18 ne sont atteints par aucune source" in lead


def test_counts_are_those_of_the_findings(french: str, assessment: Assessment) -> None:
    counts = text(re.search(r'<ul class="counts" aria(.*?)</ul>', french, flags=re.DOTALL)[1])  # type: ignore[index]
    waived = sum(finding.waiver is not None for finding in assessment.findings)
    unknown = sum(finding.verdict == "unknown" for finding in assessment.findings)
    assert f"{waived} dérogations" in counts
    assert f"{unknown} à évaluer" in counts
    numbers = [int(number) for number in re.findall(r"\d+", counts.partition(">")[2])]
    passes = sum(rule.counts.passed for rule in assessment.rules)
    assert sum(numbers) == len(assessment.findings) + passes


def test_the_press_alone_never_says_non_compliant(french: str) -> None:
    section = rule_section(french, "suspension-not-costly")
    assert "écart, selon la presse" in section
    assert "non conforme" not in section


def test_a_relaxed_threshold_drops_the_article_from_the_finding(french: str) -> None:
    group = finding_groups(french, "Évaluation revue depuis moins de trois ans")[0]
    assert "Sans référence légale" in group
    assert "63.5" not in group


def test_an_article_stands_with_the_version_that_was_read(french: str) -> None:
    group = finding_groups(french, "Chaque copie au Québec")[0]
    assert "RLRQ, chapitre A-2.1, art. 70.1" in group
    assert "Texte lu dans sa version du 15 novembre 2024" in group
    assert "modifications ultérieures non vérifiées" in group


def test_a_waived_finding_stands_apart_with_its_waiver(french: str) -> None:
    group = next(group for group in finding_groups(french, "Clés de chiffrement") if "dérogation" in group)
    assert "Dérogation approuvée par Dominique Exemple" in group
    assert "31 mars 2027" in group


def test_a_finding_being_remedied_still_counts_and_says_so(french: str) -> None:
    section = rule_section(french, "copies-in-quebec")
    assert "2 non conforme" in section
    assert "Régularisation en cours, responsable : Andrée Exemple" in section
    assert "Daté d’après le jour du bilan" in section


def test_expired_and_void_waivers_are_said(french: str) -> None:
    assert "échue" in text(french)
    assert "caduque : les faits ont changé" in text(french)


def test_a_missing_fact_names_who_could_settle_it(french: str) -> None:
    said = text(french)
    assert messages.text("fact.copy.place.question", "fr") in said
    assert f"Réponse attendue : {messages.text('settler.supplier', 'fr')}" in said


def test_follow_up_stands_beside_its_finding(assessment: Assessment) -> None:
    finding = assessment.findings[0]
    written = {finding_key(finding): FollowUp("Line Exemple", "2027-01-15", "under_way", "appel fait <b>")}
    said = rendered(assessment, options=Options("fr", {}, written))
    assert "Suivi : En cours, Line Exemple, échéance le 15 janvier 2027, appel fait &lt;b&gt;" in said.replace(
        "\xa0", " "
    )


def test_nothing_assessed_is_no_clean_bill() -> None:
    full = sample_assessment()
    empty = dataclasses.replace(
        full,
        coverage=Coverage(0, 0, 0, 0, 0, {}, ()),
        gaps=(),
        notes=(),
        provenance=(),
        rules=tuple(dataclasses.replace(rule, counts=Counts(), weakest_pass=None) for rule in full.rules),
        systems=(),
        territory=(),
        sensitive_territory=(),
        shares=(),
        findings=(),
        evidence=(),
        waivers=(),
        names={},
    )
    for lang in LANGS:
        outline(rendered(empty, lang))
    said = text(rendered(empty))
    assert "Aucun système n’est connu : rien n’a pu être évalué." in said
    assert "Aucune copie n’est connue" in said
    assert " conforme" not in said.replace("non conforme", "").replace("comme conforme", "")


# Many findings


def test_a_rule_lists_its_fifty_worst_and_counts_the_others() -> None:
    large = large_assessment(200)
    page = rendered(large)
    section = rule_markup(page, "copies-in-quebec")
    total = sum(finding.rule == "copies-in-quebec" for finding in large.findings)
    assert section.count('<tr><th scope="row">') == 50
    assert f"{total - 50} autres dans la liste des constats et dans le fichier JSON" in text(section)


@pytest.mark.slow
def test_a_hundred_thousand_findings_stay_under_six_megabytes() -> None:
    assert len(rendered(large_assessment(100_000)).encode()) < 6_000_000


def test_every_missing_permission_is_named_however_many(assessment: Assessment) -> None:
    refused = tuple(
        ReadingLine("aws", "1", "s3", ("object_bucket",), "refused", ("global",), needs=f"s3:Get{n}")
        for n in range(150)
    )
    coverage = dataclasses.replace(assessment.coverage, readings=refused)
    page = rendered(dataclasses.replace(assessment, gaps=(), coverage=coverage))
    outline(page)
    assert {f"s3:Get{n}" for n in range(150)} <= set(re.findall(r"<code>([^<]*)</code>", page))


def test_thousands_of_gaps_are_not_thousands_of_rows(assessment: Assessment) -> None:
    many = tuple(
        GapView("aws", "refused", "copy", f"c-{n}", ("place",), f"compte {n}", "s3:GetBucketLocation", None)
        for n in range(5000)
    )
    without = rendered(dataclasses.replace(assessment, gaps=()))
    assert len(rendered(dataclasses.replace(assessment, gaps=many))) < len(without) + 3000


def rule_markup(page: str, id_: str) -> str:
    return next(part for part in page.split('<section class="rule"')[1:] if f'class="sub id">{id_}<' in part)


def rule_section(page: str, id_: str) -> str:
    return text(rule_markup(page, id_).partition('class="sub id">' + id_)[0])


def finding_groups(page: str, title: str) -> list[str]:
    groups = re.findall(r"<article.*?</article>", page, flags=re.DOTALL)
    return [text(group) for group in groups if title in group]
