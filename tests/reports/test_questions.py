from __future__ import annotations

import dataclasses
import io
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment, DecidingFact, Finding, GapView, ReadingLine
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import questions
from sovercheck.reports.base import Options
from sovercheck.reports.language import Language
from sovercheck.reports.questions import Question, question_groups
from tests.reports.sample import DOSSIER, HOSTILE, HOSTILE_NAME, IMAGERIE, large_assessment, sample_assessment
from tests.reports.sample_readings import (
    ARCHIVE,
    HOSTILE_ACCOUNT,
    HOSTILE_KIND,
    HOSTILE_NEEDS,
    LABORATORY,
)

SAMPLE = sample_assessment()
UNLISTED = dataclasses.replace(SAMPLE.coverage, readings=())


def asked(*findings: Finding, lang: Lang = "fr", of: Assessment = SAMPLE) -> dict[str, tuple[Question, ...]]:
    """The questions of some findings, by recipient; what permissions ask is apart, in `granted`."""
    groups = question_groups(dataclasses.replace(of, findings=findings), Language(lang))
    about = {group.name: tuple(question for question in group.questions if question.rules) for group in groups}
    return {name: questions for name, questions in about.items() if questions}


def granted(of: Assessment = SAMPLE, lang: Lang = "fr") -> list[Question]:
    """What is asked for the missing permissions alone."""
    return [one for group in question_groups(of, Language(lang)) for one in group.questions if not one.rules]


def unknown(
    fact: str, of: str = "c-1", *, rule: str = "copies-in-quebec", system: str = DOSSIER, state: str = "unknown"
) -> Finding:
    deciding = DecidingFact(fact, of, state)  # type: ignore[arg-type]
    systems = (system,) if system else ()
    return Finding(rule, "copy", of, systems, "unknown", "no_answer", (deciding,), None)


def html(assessment: Assessment = SAMPLE, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    questions.render(assessment, out, Options(lang, {"fr": "q.fr.html", "en": "q.en.html"}))
    return out.getvalue().decode()


def markdown(assessment: Assessment = SAMPLE, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    questions.render_markdown(assessment, out, Options(lang))
    return out.getvalue().decode()


# Who is asked what


def test_what_a_supplier_settles_goes_to_the_one_that_hosts() -> None:
    assert list(asked(unknown("copy.place"))) == ["Nordique Santé inc."]


def test_where_no_supplier_is_known_one_must_be_found_first() -> None:
    assert list(asked(unknown("copy.place", system=""))) == ["Fournisseur à identifier"]
    assert list(asked(unknown("copy.place", system=""), lang="en")) == ["Supplier to be identified"]


def test_a_party_is_asked_about_its_own_role() -> None:
    finding = unknown("involvement.access", "sauvenuage|dossier|processes")
    assert list(asked(finding)) == ["SauveNuage LLC"]
    assert asked(finding)["SauveNuage LLC"][0].subjects[0].name == "SauveNuage LLC"


def test_a_refused_reading_goes_to_operations_with_the_permission_that_is_missing() -> None:
    """What a supplier declares cannot stand for a reading that was refused."""
    finding = unknown("copy.place", "dossier-bd/backup", state="refused")
    (question,) = asked(finding)["L’exploitation des TI"]
    assert question.needs == "backup:ListCopyJobs"
    assert question.why == "lecture refusée"


def test_the_needs_of_another_gap_are_not_named() -> None:
    gap = GapView("aws", "refused", "copy", "another", (), None, "s3:GetBucketLocation", None)
    finding = unknown("copy.place", "dossier-bd/backup", state="refused")
    (question,) = asked(finding, of=dataclasses.replace(SAMPLE, gaps=(gap,)))["L’exploitation des TI"]
    assert question.needs == ""


@pytest.mark.parametrize(
    ("fact", "who"),
    [
        ("contract.concluded", "L’approvisionnement"),
        ("component.support_ends", "L’exploitation des TI"),
        ("contract.category", "Les affaires juridiques"),
        ("system.data_class", "La personne responsable de la protection des renseignements personnels"),
    ],
)
def test_other_facts_go_to_whoever_settles_them(fact: str, who: str) -> None:
    assert list(asked(unknown(fact))) == [who]


def test_a_legal_characterisation_goes_to_lawyers_beside_what_is_missing() -> None:
    finding = dataclasses.replace(unknown("efvp.status", IMAGERIE, system=IMAGERIE), reason="legal")
    groups = asked(finding)
    assert "Chaque copie au Québec" in groups["Les affaires juridiques"][0].asks
    assert len(groups) == 2


@pytest.mark.parametrize(
    ("rough", "asks"),
    [
        (DecidingFact("copy.place", "c-1", "known", "CA", provenance=1), "réponse trop imprécise"),
        (DecidingFact("copy.since", "c-1", "known", "2023", provenance=1), "réponse trop imprécise"),
        (DecidingFact("copy.bytes", "c-1", "known", "4", "9", provenance=1), "réponse trop imprécise"),
        (DecidingFact("system.places", DOSSIER, "known", ("CA-QC",), open=True), "réponse trop imprécise"),
        (DecidingFact("copy.place", "c-1", "known", "US", provenance=1), None),
        (DecidingFact("copy.since", "c-1", "known", "2023-09-22", provenance=1), None),
    ],
)
def test_a_fact_known_too_roughly_is_asked_again(rough: DecidingFact, asks: str | None) -> None:
    """« Canada » does not say whether it is Québec; « États-Unis » does."""
    groups = asked(dataclasses.replace(unknown("efvp.status", DOSSIER), facts=(rough,)))
    whys = [question.why for questions in groups.values() for question in questions]
    assert whys == [asks or "qualification juridique à faire"]


def test_an_unknown_that_no_fact_explains_still_ends_in_a_question() -> None:
    finding = Finding("us-cloud-act", "system", DOSSIER, (DOSSIER,), "unknown", "legal", (), None)
    assert list(asked(finding)) == ["Les affaires juridiques"]


def test_suppliers_come_first_then_people_in_a_fixed_order() -> None:
    groups = question_groups(SAMPLE, Language("fr"))
    assert [group.is_supplier for group in groups] == sorted((g.is_supplier for g in groups), reverse=True)
    assert [group.name for group in groups if not group.is_supplier] == [
        "L’approvisionnement",
        "L’exploitation des TI",
        "Les affaires juridiques",
        "La personne responsable de la protection des renseignements personnels",
    ]


def test_every_unknown_finding_ends_in_a_question() -> None:
    for finding in SAMPLE.findings:
        if finding.verdict == "unknown":
            assert asked(finding), finding.rule


def test_what_fails_or_is_known_is_not_asked() -> None:
    known = DecidingFact("copy.since", "c-1", "none")
    failing = dataclasses.replace(unknown("copy.place"), verdict="fail")
    finding = unknown("copy.place")
    groups = asked(failing, dataclasses.replace(finding, facts=(known, *finding.facts)))
    assert [len(questions) for questions in groups.values()] == [1]


# One question


def test_the_same_fact_of_the_same_subject_is_asked_once_for_all_its_rules() -> None:
    (question,) = asked(unknown("copy.place"), unknown("copy.place", rule="keys-in-hand"))["Nordique Santé inc."]
    assert len(question.subjects) == 1
    assert len(question.rules) == 2


def test_the_same_question_about_many_subjects_is_asked_once_with_the_first_twenty() -> None:
    findings = [unknown("copy.place", f"c-{number}") for number in range(163)]
    (question,) = asked(*findings)["Nordique Santé inc."]
    assert len(question.subjects) == 20
    assert question.more == "Et 143 autres, nommés dans le classeur des constats."
    assert question.total == "À répondre pour 163 objets"
    assert question.rules[0].findings == 163


def test_the_strictest_evidence_that_a_rule_wants_is_asked_for() -> None:
    (question,) = asked(unknown("component.support_ends"))["L’exploitation des TI"]
    assert question.accepted == "observé ou documenté"
    rules = tuple(dataclasses.replace(rule, min_evidence="observed") for rule in SAMPLE.rules)
    strict = dataclasses.replace(SAMPLE, rules=rules)
    (question,) = asked(unknown("component.support_ends"), of=strict)["L’exploitation des TI"]
    assert question.accepted == "observé"


# Missing permissions


def test_each_missing_permission_is_an_action_of_operations_before_all_other_questions() -> None:
    groups = {group.name: group.questions for group in question_groups(SAMPLE, Language("fr"))}
    operations = groups["L’exploitation des TI"]
    actions = [question for question in operations if not question.rules]
    assert list(operations[: len(actions)]) == actions == granted()
    assert [action.asks.partition("\xa0: ")[2] for action in actions] == [
        "backup:ListRecoveryPointsByBackupVault",
        HOSTILE_NEEDS,
        "s3:ListAllMyBuckets",
        "backup:ListCopyJobs",
    ]


def test_a_permission_is_granted_in_each_account_that_lacks_it() -> None:
    action = granted()[0]
    assert [subject.name for subject in action.subjects] == [ARCHIVE, LABORATORY]
    assert action.subjects[0].system == "4 régions; backup (backup_vault, recovery_point)"
    assert action.total == "À accorder dans 2 comptes"
    assert action.why == "lecture refusée"


def test_a_refusal_that_names_no_permission_is_an_action_too() -> None:
    line = ReadingLine("aws", ARCHIVE, "s3", ("object_bucket",), "refused", ("global",))
    coverage = dataclasses.replace(SAMPLE.coverage, readings=(line,))
    (action,) = granted(dataclasses.replace(SAMPLE, gaps=(), coverage=coverage), "en")
    assert action.asks == "Find and grant the permission to read that the refusal does not name"
    assert action.subjects[0].system == "global; s3 (object_bucket)"


# The page


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_loads_nothing_and_runs_nothing(lang: Lang) -> None:
    page = html(lang=lang)
    assert f'<html lang="{lang}-CA">' in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r'(src|href)="(?!#|q\.)', page)


def test_text_from_outside_is_data_in_the_page() -> None:
    page = html()
    for text in (HOSTILE_NAME, HOSTILE_NEEDS, HOSTILE_KIND, HOSTILE_ACCOUNT):
        assert text not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;script&gt;alert(&#34;compte&#34;)&lt;/script&gt;" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", page)


def test_the_page_of_an_assessment_without_unknowns_says_so() -> None:
    page = html(dataclasses.replace(SAMPLE, findings=(), gaps=(), coverage=UNLISTED))
    assert "il n’y a pas de question à poser" in page


def test_a_large_assessment_stays_a_readable_page() -> None:
    assert len(html(large_assessment(3000))) < 100_000


# Markdown


def test_text_from_outside_is_data_in_markdown() -> None:
    name = "*x* [y](http://z) <b> `c` | # www.example.org @moi\n- [ ] faux\n\n## Titre"
    text = markdown(dataclasses.replace(SAMPLE, names={f"system/{HOSTILE}": name}))
    (line,) = [line for line in text.splitlines() if "faux" in line]
    assert line.startswith(r"- [ ] \*x\* \[y\](http\://z) \<b\> \`c\` \| \# www\.example.org \@moi - \[ \] faux")


def test_hostile_texts_of_the_ledger_are_data_in_markdown() -> None:
    text = markdown()
    assert not re.search(r"(?<!\\)<", text)
    assert "\x1b" not in text
    assert r'\<script\>alert("compte")\</script\>' in text


@pytest.mark.parametrize("lang", LANGS)
def test_the_markdown_as_it_reads(lang: Lang, snapshot: SnapshotAssertion) -> None:
    findings = (
        unknown("copy.place", "dossier-bd/backup", state="refused"),
        unknown("copy.place", "dossier-bd/primary"),
        unknown("copy.key_grade", "dossier-bd/primary", rule="keys-in-hand"),
        dataclasses.replace(unknown("efvp.status", IMAGERIE, system=IMAGERIE), reason="legal"),
    )
    assert markdown(dataclasses.replace(SAMPLE, findings=findings), lang) == snapshot
