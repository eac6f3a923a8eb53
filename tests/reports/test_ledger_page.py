from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from sovercheck import messages
from sovercheck.evaluation.folding import reading_lines
from sovercheck.findings import Assessment, GapView
from sovercheck.inventory.rows import Reading, ReadingStatus
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import ledger_page
from sovercheck.reports.base import Options
from sovercheck.reports.cards import cards
from sovercheck.reports.view import View
from tests.reports.sample import sample_assessment
from tests.reports.sample_readings import CLINICAL

SAMPLE = sample_assessment()


def view(assessment: Assessment = SAMPLE, lang: Lang = "fr") -> View:
    return View(assessment, Options(lang))


def of(*readings: Reading, gaps: tuple[GapView, ...] = ()) -> Assessment:
    coverage = dataclasses.replace(SAMPLE.coverage, readings=reading_lines(readings))
    return dataclasses.replace(SAMPLE, gaps=gaps, coverage=coverage)


@pytest.mark.parametrize("status", get_args(ReadingStatus))
def test_every_status_has_its_words(status: ReadingStatus) -> None:
    for key in (f"reading.{status}", f"html.readings.count.{status}"):
        assert messages.has(key)
    if status not in ("read", "refused"):
        assert messages.has(f"html.readings.mend.{status}")
    assert ledger_page.status_mark(view(), status).text == messages.text(f"reading.{status}", "fr")


def test_without_a_ledger_there_is_none() -> None:
    assert ledger_page.ledger(view(of())) is None
    assert ledger_page.sentence(view(of())) == ""


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", "Lectures\xa0: 230 listes sur 257 demandées; 4 permissions manquantes."),
        ("en", "Readings: 230 listings of 257 asked for; 4 missing permissions."),
    ],
)
def test_one_sentence_says_how_much_was_read(lang: Lang, said: str) -> None:
    assert ledger_page.sentence(view(lang=lang)) == said


def test_a_ledger_all_read_misses_no_permission() -> None:
    all_read = of(Reading("aws", "1", "global", "s3", "object_bucket", "read", 3))
    assert ledger_page.sentence(view(all_read)) == "Lectures\xa0: 1 liste sur 1 demandée; aucune permission manquante."


def test_a_cell_says_in_words_what_was_read_and_what_was_not() -> None:
    found = ledger_page.ledger(view())
    assert found is not None
    rows = {row.services.text: row for table in found.tables for row in table.rows}
    archive, _, clinical = rows["s3"].cells
    assert archive.mark is not None
    assert (archive.mark.shape, archive.mark.text, archive.note) == ("shut", "refusée", "4")
    assert clinical.mark is not None
    assert (clinical.mark.shape, clinical.mark.text) == ("read", "lue")
    logs = rows["logs"].cells[2]
    assert logs.mark is not None
    assert (logs.mark.shape, logs.mark.text, logs.note) == ("part", "lue en partie", "4 sur 5, 1 freinée")


def test_a_permission_says_where_it_is_missing_and_what_stays_unknown() -> None:
    first, _, _, last = ledger_page.permissions(view())[0]
    assert first.name == "backup:ListRecoveryPointsByBackupVault"
    assert (first.accounts.text, first.regions.text, first.count) == ("2 comptes", "4 régions", "14")
    assert first.unknown == ("toute ressource de\xa0: backup (backup_vault, recovery_point)",)
    assert last.accounts.text == f"{CLINICAL} / ca-central-1"
    assert last.unknown[0].startswith("le lieu de la copie et ")


def test_a_refusal_that_names_no_permission_shows_the_answer() -> None:
    refused = of(Reading("aws", "1", "global", "s3", "object_bucket", "refused", detail="AssumeRole: no"))
    (line,) = ledger_page.permissions(view(refused))[0]
    assert not line.is_named
    assert line.unknown[-1] == "réponse reçue\xa0: AssumeRole: no"
    assert "aucune permission manquante" in ledger_page.sentence(view(refused))


def test_what_was_not_read_otherwise_says_why_and_what_would_mend_it() -> None:
    found = ledger_page.ledger(view())
    assert found is not None
    others = {(line.mark.text, line.what): line for line in found.others}
    assert [line.mark.text for line in found.others][:3] == ["freinée", "injoignable", "illisible"]
    excluded = others["exclue par la configuration", "backup, bedrock, dynamodb, ec2, efs, kms, et 6 autres"]
    assert excluded.why.startswith("comptes de laboratoire")
    assert others["sans description", "gamelift (AWS::GameLift::Fleet)"].count == "4 ressources"
    opted_out = next(line for line in found.others if line.mark.text == "région non activée")
    assert (opted_out.accounts.text, opted_out.regions.text) == ("2 comptes", "ca-west-1")
    assert ("non offerte dans cette région", "bedrock (inference_profile)") in others


def test_gaps_are_grouped_by_what_would_mend_them_with_counts_and_examples() -> None:
    gaps = tuple(
        GapView("aws", "refused", "copy", f"c-{n}", ("place",), f"compte {n % 40}", "s3:GetBucketLocation", None)
        for n in range(5000)
    ) + tuple(GapView("azure", "not_asked", "copy", f"d-{n}", ("since",), None, None, None) for n in range(900))
    page = view(of(gaps=gaps))
    (permission,), more = ledger_page.permissions(page)
    assert (permission.count.replace("\xa0", " "), permission.accounts.text, more) == ("5 000", "40 portées", ())
    assert permission.unknown == ("le lieu de la copie (c-0, c-1, c-2, et 4\xa0997 autres)",)
    (line,) = ledger_page.gaps(page)
    assert (line.count, line.needs) == ("900", "poser la question")


def test_of_many_kinds_of_facts_the_page_names_the_first() -> None:
    facts = ("place", "since", "bytes", "region", "kind", "key_grade")
    gaps = [GapView("a", "refused", "copy", "c", (fact,), None, "x:Y", None) for fact in facts]
    said = ledger_page.missing_facts(view(), gaps)
    assert said[-1] == "et 2 autres genres de faits"
    assert len(said) == 5


@pytest.mark.parametrize("lang", LANGS)
def test_a_ledger_denied_everywhere_stays_a_short_page(lang: Lang) -> None:
    readings = [
        Reading("aws", f"{a:012}", f"r-{r}", f"service{k}", f"kind{k}", "refused", needs=f"service{k}:List")
        for a in range(12)
        for r in range(9)
        for k in range(60)
    ]
    page = view(of(*readings), lang)
    found = ledger_page.ledger(page)
    assert found is not None
    assert [len(table.rows) for table in found.tables] == [1]
    shown, more = ledger_page.permissions(page)
    assert len(shown) == ledger_page.MOST_LINES
    assert len({*more, *(line.name for line in shown)}) == 60


def test_of_more_groups_than_fit_the_rest_is_counted() -> None:
    readings = [Reading("aws", "1", "a", f"service{k}", "kind", "throttled") for k in range(25)]
    found = ledger_page.ledger(view(of(*readings)))
    assert found is not None
    assert len(found.others) == ledger_page.MOST_LINES
    assert found.more == ("Et d’autres, dans le classeur\xa0: 5 freinées.",)


def test_an_account_that_could_not_be_entered_is_told_apart_from_one_listing() -> None:
    """One line stands for all of its listings: « 2 of 3 » would make little of it."""
    readings = [Reading("aws", "1", region, "s3", "object_bucket", "read", 3) for region in ("a", "b")]
    closed = Reading("aws", "2", "*", "sts", "*", "refused", needs="sts:AssumeRole")
    left_out = Reading("aws", "3", "*", "*", "*", "excluded", detail="laboratoire")
    page = view(of(*readings, closed, left_out))
    assert ledger_page.sentence(page) == (
        "Lectures\xa0: 2 listes sur 3 demandées; 1 permission manquante; rien n’a été lu de 1 compte."
    )
    assert cards(page)[2].answer.endswith("; 1 liste non lue; rien n’a été lu de 1 compte")
    found = ledger_page.ledger(page)
    assert found is not None
    (table,) = found.tables
    assert "tous les services" in [row.services.text for row in table.rows]
    (line,) = ledger_page.permissions(page)[0]
    assert (line.accounts.text, line.regions.text) == ("2", "toutes les régions")
    assert line.unknown == ("toute ressource de\xa0: sts",)
    (other,) = found.others
    assert (other.what, other.regions.text) == ("tous les services", "toutes les régions")


def test_a_region_that_is_not_used_counts_once_whoever_says_so() -> None:
    whole = Reading("aws", "1", "ca-west-1", "*", "*", "opted_out")
    each = [Reading("azure", "2", "eastus", "s", f"k{n}", "opted_out") for n in range(9)]
    texts = [mark.text for mark in ledger_page.counts(view(of(whole, *each)))]
    assert texts == ["2 régions de comptes non activées"]
