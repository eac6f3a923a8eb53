"""The registry of facts is complete, closed and told in both languages."""

from __future__ import annotations

import re

import pytest

from sovercheck import messages
from sovercheck.inventory import facts
from sovercheck.inventory.facts import FACTS, SETTLERS, SUBJECTS, TABLES, Type
from sovercheck.messages import Catalogue

LINK_TABLES = set(TABLES) - set(SUBJECTS)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return messages.read_catalogues()


def texts(catalogue: Catalogue, key: str) -> list[str]:
    assert key in catalogue, f"{key} is missing from the catalogues"
    found = [catalogue[key][lang] for lang in messages.LANGS]
    assert all(isinstance(text, str) and text.strip() for text in found), key
    return [str(text) for text in found]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_told_in_both_languages_as_a_noun_phrase(name: str, catalogue: Catalogue) -> None:
    french, english = texts(catalogue, f"fact.{name}")
    assert re.match(r"(le |la |les |l’)", french), french
    assert english.startswith("the "), english
    assert not french.endswith("."), french
    assert not english.endswith("."), english


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_a_question_that_somebody_can_answer(name: str, catalogue: Catalogue) -> None:
    for question in texts(catalogue, f"fact.{name}.question"):
        assert question[0].isupper(), question
        assert question.endswith("?"), question
        assert not question.endswith((" ?", "\u00a0?")), question


@pytest.mark.parametrize("word", sorted({word for fact in FACTS.values() for word in fact.words}))
def test_each_word_of_a_value_is_told_in_both_languages(word: str, catalogue: Catalogue) -> None:
    texts(catalogue, f"value.{word}")


@pytest.mark.parametrize("key", [*(f"settler.{s}" for s in SETTLERS), *(f"table.{t}" for t in TABLES)])
def test_settlers_and_tables_are_told_in_both_languages(key: str, catalogue: Catalogue) -> None:
    texts(catalogue, key)
    if key.startswith("table."):
        texts(catalogue, f"{key}.plural")


def test_the_catalogue_names_no_fact_word_or_table_that_the_registry_lacks(catalogue: Catalogue) -> None:
    words = {word for fact in FACTS.values() for word in fact.words}
    tables = {*TABLES, *(fact.table for fact in FACTS.values())}
    overrides = {f"{fact.name}.{word}" for fact in FACTS.values() for word in fact.words}
    for key in catalogue:
        kind, _, rest = key.partition(".")
        if kind == "fact":
            assert rest.removesuffix(".question") in FACTS, key
        elif kind == "value":
            assert rest in words | overrides | {"true", "false", "none", "unknown"}, key
        elif kind == "settler":
            assert rest in SETTLERS, key
        elif kind == "table":
            assert rest.removesuffix(".plural") in tables, key


def test_two_words_of_one_fact_never_read_the_same(catalogue: Catalogue) -> None:
    for fact in FACTS.values():
        for lang in messages.LANGS:
            told = [
                catalogue[key if (key := f"value.{fact.name}.{word}") in catalogue else f"value.{word}"][lang]
                for word in fact.words
            ]
            assert len(set(map(str, told))) == len(told), (fact.name, lang, told)


def test_only_words_have_words() -> None:
    for fact in FACTS.values():
        open_words = fact.derived and fact.short == "contradicted"
        assert bool(fact.words) == (fact.type in (Type.WORD, Type.WORDS) and not open_words), fact.name


def test_a_fact_is_named_after_its_table_and_stands_there_once() -> None:
    for name, fact in FACTS.items():
        assert name == fact.name == f"{fact.table}.{fact.short}"
    assert sum(len(facts.facts_of(table)) for table in {fact.table for fact in FACTS.values()}) == len(FACTS)


def test_a_rule_about_a_copy_reads_its_resource_and_system_but_no_party() -> None:
    assert facts.in_scope(FACTS["system.data_class"], "copy")
    assert facts.in_scope(FACTS["efvp.status"], "copy")
    assert not facts.in_scope(FACTS["party.place"], "copy")
    assert not facts.in_scope(FACTS["copy.place"], "system")


def test_no_subject_reads_a_link_table_that_may_hold_several_rows() -> None:
    for subject in SUBJECTS:
        readable = LINK_TABLES & set(facts.SCOPES[subject])
        assert readable <= {"efvp"}, subject
