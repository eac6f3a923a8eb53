"""What every format keeps to: nothing but the assessment and the options decides the bytes."""

from __future__ import annotations

import dataclasses
import io
import time

import pytest

from sovercheck.errors import UsageError
from sovercheck.findings import Assessment
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.base import FORMATS, Options, finding_key, subject_name
from tests.reports.gates import large_gate, sample_gate
from tests.reports.sample import sample_assessment


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return sample_assessment()


def rendered(name: str, assessment: Assessment, options: Options) -> bytes:
    out = io.BytesIO()
    if FORMATS[name].needs_gate:
        assessment, gate = sample_gate()
        options = dataclasses.replace(options, gate=gate)
    FORMATS[name].render(assessment, out, options)
    return out.getvalue()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_assessment_gives_the_same_bytes(name: str, lang: Lang, assessment: Assessment) -> None:
    options = Options(lang, {"fr": "bilan.fr", "en": "bilan.en"})
    first = rendered(name, assessment, options)
    assert first
    assert rendered(name, sample_assessment(), options) == first


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_differs_by_language_where_it_says_so(name: str, assessment: Assessment) -> None:
    french, english = (rendered(name, assessment, Options(lang)) for lang in LANGS)
    # The gate's outputs have one file, in the language of the run.
    assert (french != english) == (FORMATS[name].by_language or FORMATS[name].needs_gate)


@pytest.mark.parametrize("name", ["json", "xlsx", "questions", "questions-md", "board"])
def test_no_text_from_outside_stops_a_report(name: str, assessment: Assessment) -> None:
    """Control characters, lone surrogates and markup come in by declarations, tags and earlier files."""
    hostile = "\x00\x1b[31m\ud800 =1+1 <b> & | ` \u202e {{ 7*7 }} {% x %}"
    findings = tuple(dataclasses.replace(finding, id=f"{finding.id}{hostile}") for finding in assessment.findings)
    systems = tuple(dataclasses.replace(system, name=hostile, purpose=hostile) for system in assessment.systems)
    organisation = dataclasses.replace(assessment.organisation, name=hostile)
    changed = dataclasses.replace(assessment, findings=findings, systems=systems, organisation=organisation)
    assert rendered(name, changed, Options("fr"))


NEEDING = [name for name, known in FORMATS.items() if known.needs_gate]


@pytest.mark.parametrize("name", NEEDING)
def test_a_format_of_the_gate_is_refused_where_there_is_none(name: str, assessment: Assessment) -> None:
    out = io.BytesIO()
    with pytest.raises(UsageError) as caught:
        FORMATS[name].render(assessment, out, Options())
    assert (caught.value.code, caught.value.params, out.getvalue()) == ("report_needs_gate", {"name": name}, b"")
    assert all(name in caught.value.message(lang) for lang in LANGS)


@pytest.mark.parametrize("name", [*NEEDING, "json"])
def test_five_thousand_findings_take_less_than_a_second(name: str) -> None:
    assessment, gate = large_gate(5_000)
    started = time.process_time()
    FORMATS[name].render(assessment, io.BytesIO(), Options(gate=gate))
    assert time.process_time() - started < 1


def test_every_finding_has_its_own_key(assessment: Assessment) -> None:
    assert len({finding_key(finding) for finding in assessment.findings}) == len(assessment.findings)


def test_a_key_names_rule_subject_and_id(assessment: Assessment) -> None:
    finding = next(f for f in assessment.findings if f.rule == "amp-authorisation")
    assert finding_key(finding) == "amp-authorisation|contract|c-2024-117"


def test_a_subject_without_a_name_is_shown_by_its_id(assessment: Assessment) -> None:
    assert subject_name(assessment, "copy", "dossier-bd/replica") == "Base du dossier clinique (réplique)"
    assert subject_name(assessment, "copy", "nowhere") == "nowhere"


def test_the_fact_of_a_link_may_name_the_subject_it_belongs_to(assessment: Assessment) -> None:
    assert subject_name(assessment, "efvp", "imagerie") == "Archive d’imagerie"
