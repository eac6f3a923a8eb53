from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.findings import Assessment, KeyHolding, PlaceVolume
from sovercheck.messages import Lang
from sovercheck.reports import svg
from sovercheck.reports.base import Options
from sovercheck.reports.cards import cards, exposure_states, law_lines, place_parts, reported_exposures
from sovercheck.reports.view import View
from tests.reports.sample import DOSSIER, FINANCES, IMAGERIE, MESSAGERIE, PORTAIL, sample_assessment


def view(assessment: Assessment | None = None) -> View:
    return View(assessment or sample_assessment(), Options("fr"))


def volume(place: str | None, copies: int = 1) -> PlaceVolume:
    return PlaceVolume(place, "primary", copies, 0, None)


places = st.lists(
    st.tuples(st.sampled_from([None, "CA", "CA-QC", "CA-ON", "US", "US-VA", "FR", "BE", "IE"]), st.integers(1, 50))
)


@given(places)
def test_no_copy_is_lost_and_the_unknown_comes_last_and_hatched(found: list[tuple[str | None, int]]) -> None:
    parts = place_parts(view(), [volume(place, copies) for place, copies in found])
    assert sum(part.copies for part in parts) == sum(copies for _, copies in found)
    unknown = sum(copies for place, copies in found if place is None)
    assert [part.copies for part in parts if part.kind == "unknown"] == ([unknown] if unknown else [])
    if unknown:
        assert parts[-1].fill == svg.HATCH


def test_toronto_is_not_home_and_canada_alone_is_not_known_to_be() -> None:
    parts = {part.name: part.kind for part in place_parts(view(), [volume("CA-ON"), volume("CA"), volume("CA-QC")])}
    assert parts == {
        "Québec": "home",
        "Reste du Canada": "canada",
        "Canada, province non précisée": "canada_open",
    }


def test_the_three_questions_have_an_answer_a_picture_in_words_and_what_weakens_them() -> None:
    found = cards(view())
    assert [card.id for card in found] == ["where", "who", "shown"]
    for card in found:
        assert card.answer
        assert card.weakens
        for key in card.legend:
            assert key.text in card.picture


def test_an_open_exposure_is_neither_exposed_nor_none() -> None:
    states = exposure_states(view())
    assert states[DOSSIER] == "exposed"
    assert states[IMAGERIE] == "open"
    assert states[MESSAGERIE] == "possible"
    assert states[PORTAIL] == "none_known"


@pytest.mark.parametrize(
    ("inherent", "residual", "state"),
    [
        (("possible", "exposed"), ("possible", "exposed"), "possible"),
        (("exposed", "exposed"), ("possible", "exposed"), "exposed"),
        (("exposed", "exposed"), ("possible", "possible"), "possible"),
        (("none_known", "exposed"), ("none_known", "exposed"), "open"),
    ],
)
def test_what_is_established_counts_and_a_mitigation_once_it_is_shown(
    inherent: tuple[str, str], residual: tuple[str, str], state: str
) -> None:
    assessment = sample_assessment()
    systems = tuple(
        dataclasses.replace(
            s, exposures=tuple(dataclasses.replace(e, inherent=inherent, residual=residual) for e in s.exposures)
        )
        for s in assessment.systems
    )
    states = exposure_states(view(dataclasses.replace(assessment, systems=systems)))
    assert set(states.values()) == {state}


def test_what_rests_on_the_press_is_told_apart() -> None:
    assert reported_exposures(view()) == {FINANCES}
    assert any("presse" in sentence for sentence in cards(view())[1].weakens)


def test_a_law_no_longer_in_force_exposes_nobody() -> None:
    lapsed = law_lines(view())[1]
    assert [mark.shape for mark in lapsed.counts] == ["na"]
    assert "12 juin 2026" in lapsed.note


def test_what_can_be_shown_tells_of_the_listings_that_were_not_read() -> None:
    """Strong evidence of what was read is no evidence of the rest."""
    where, _, shown = cards(view())
    assert shown.answer.endswith("; 27 listes non lues")
    assert shown.weakens[0] == "Lectures\xa0: 230 listes sur 257 demandées; 4 permissions manquantes."
    assert where.weakens[0] == "27 listes n’ont pu être lues\xa0: d’autres copies peuvent exister."


def test_without_a_fact_the_listings_that_were_not_read_are_told_all_the_same() -> None:
    shown = cards(view(dataclasses.replace(sample_assessment(), evidence=())))[2]
    assert shown.answer == "Aucun fait n’a décidé d’un constat; 27 listes non lues"


def test_where_all_was_read_or_nothing_listed_the_answer_is_of_evidence_alone() -> None:
    sample = sample_assessment()
    read = tuple(line for line in sample.coverage.readings if line.status == "read")
    for readings in (read, ()):
        coverage = dataclasses.replace(sample.coverage, readings=readings)
        shown = cards(view(dataclasses.replace(sample, coverage=coverage)))[2]
        assert "liste" not in shown.answer
    assert not any(sentence.startswith("Lectures") for sentence in shown.weakens)


def test_without_sensitive_data_all_data_are_counted_and_it_is_said() -> None:
    card = cards(view(dataclasses.replace(sample_assessment(), sensitive_territory=())))[0]
    assert "de toute classe de données" in card.subject


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("fr", "Clés de 12 copies : 5 tenues par le fournisseur, 4 gérées par le client chez le fournisseur, 1 tenue"),
        ("en", "Keys of 12 copies: 5 held by the provider, 4 managed by the customer at the provider, 1 held outside"),
    ],
)
def test_the_second_card_says_who_holds_the_keys(lang: Lang, told: str) -> None:
    held = [("provider", "K0", 5), ("customer", "K0", 3), ("customer", None, 1), ("customer", "K3", 1), (None, None, 2)]
    keys = tuple(KeyHolding(*holding) for holding in held)
    assessment = dataclasses.replace(sample_assessment(), keys=keys)
    card = cards(View(assessment, Options(lang=lang)))[1]
    assert card.weakens[0].startswith(told)
    assert "2 inconnues" in card.weakens[0] or "2 unknown" in card.weakens[0]


def test_without_copies_no_word_of_keys_is_said() -> None:
    assert not any("Clés" in line for line in cards(view(sample_assessment()))[1].weakens)
