from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from sovercheck import messages, strictyaml
from sovercheck.inventory.facts import FACTS, SCOPES, Subject
from sovercheck.policy.condition import All, Before, Compare, Condition, FactSide, Not, Operand, operators
from sovercheck.policy.explain import Statement, explain
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.policy.reading import ConditionReader
from sovercheck.reference import Reference

from .conftest import RULE, Write
from .test_resolving import SHARE

Says = Callable[..., dict[str, str]]


@pytest.fixture
def says(reference: Reference) -> Says:
    def said(require: str, subject: Subject = "copy") -> dict[str, str]:
        document = strictyaml.loads(require.encode(), "r")
        reader = ConditionReader(document, {}, reference.places, tuple(reference.laws))
        condition = reader.read(document.value, (), subject)
        assert condition is not None
        texts = Statement(condition, None, None, reference.places, reference.laws)
        return {lang: text.replace("\u00a0", " ") for lang, text in texts.items()}

    return said


@pytest.mark.parametrize(
    ("written", "fr", "en"),
    [
        ("copy.place: {in: [CA-QC]}", "le lieu de la copie est « Québec »", "the place of the copy is “Québec”"),
        (
            "copy.place: {not_in: [CA-QC, CA-ON, EU]}",
            "le lieu de la copie n’est ni « Union européenne » ni « Ontario » ni « Québec »",
            "the place of the copy is not “European Union”, “Ontario” or “Québec”",
        ),
        (
            "not: {copy.place: {not_in: [US]}}",
            "le lieu de la copie est « États-Unis »",
            "the place of the copy is “United States”",
        ),
        ("not: {copy.kind: {equals: log}}", "le genre de copie n’est pas « journal »", "the kind of copy is not “log”"),
        (
            "system.holds_personal_information: {equals: true}",
            "la présence de renseignements personnels dans le système se vérifie",
            "the presence of personal information in the system is confirmed",
        ),
        (
            "not: {system.holds_personal_information: {equals: true}}",
            "la présence de renseignements personnels dans le système ne se vérifie pas",
            "the presence of personal information in the system is ruled out",
        ),
        (
            "system.data_class: {at_least: sensitive}",
            "la classe de données du système est « sensible » ou au-dessus",
            "the data class of the system is “sensitive” or above",
        ),
        (
            "copy.bytes: {at_least: 1099511627776}",
            "le volume de la copie est d’au moins 1 Tio",
            "the size of the copy is at least 1 TiB",
        ),
        (
            "not: {copy.bytes: {at_least: 1500}}",
            "le volume de la copie est de moins de 1 500 octets",
            "the size of the copy is less than 1,500 bytes",
        ),
        (
            "not_before: [copy.since, as_of - 1 year]",
            "la date depuis laquelle la copie existe ne précède pas le jour qui tombe 12 mois avant la date du bilan",
            "the date since which the copy has existed is not before the day 12 months before the as-of date",
        ),
        (
            "before: [efvp.date, 2023-09]",
            "précède le mois 2023-09",
            "is before the month 2023-09",
        ),
        (
            "all: [{copy.kind: {equals: log}}, {any: [{copy.place: {in: [CA]}}, {copy.place: {exists: false}}]}]",
            "est « journal », et si (le lieu de la copie est « Canada » ou le lieu de la copie n’existe pas)",
            "is “log”, and if (the place of the copy is “Canada” or the place of the copy does not exist)",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(written: str, fr: str, en: str, says: Says) -> None:
    texts = says(written)
    assert f"{fr}." in texts["fr"]
    assert f"{en}." in texts["en"]


def test_lists_read_as_sentences(says: Says) -> None:
    places = "parmi les lieux des copies du système"
    assert f"{places} ne figure que « Canada »." in says("system.places: {all_in: [CA]}", "system")["fr"]
    assert f"{places} ne figure pas « Chine »." in says("system.places: {none_in: [CN]}", "system")["fr"]
    assert "élément figure parmi les lieux" in says("system.places: {exists: true}", "system")["fr"]
    assert (
        f"{places} figurent « Chine » et « France »." in says("system.places: {contains_all: [FR, CN]}", "system")["fr"]
    )


def test_exposure_names_the_law_and_the_level(says: Says) -> None:
    texts = says("exposure: {law: us-cloud-act, at_most: none_known}", "system")
    assert "exposition résiduelle à la loi « CLOUD Act » est au plus « aucune exposition connue »" in texts["fr"]
    assert "residual exposure to the law “CLOUD Act” is at most “no known exposure”" in texts["en"]


def test_a_rule_is_explained_with_its_basis_and_article(write: Write, reference: Reference) -> None:
    (rule,) = load_policies([write(exemple=RULE)], reference, {}).rules
    assert (
        rule.statement["fr"]
        == "S’applique toujours. L’exigence est respectée si le lieu de la copie est «\u00a0Québec\u00a0»."
    )
    assert explain(rule, "en") == (
        "Requirement — Always applies. The requirement is met if the place of the copy is “Québec”. "
        "Basis (good practice): Practice."
    )


def test_a_share_says_its_weight_its_target_and_its_bound(write: Write, reference: Reference) -> None:
    by_id = {rule.id: rule for rule in load_policies([write(exemple=SHARE)], reference, {}).rules}
    text = by_id["exemple/volume-strict"].statement["fr"].replace("\u00a0", " ")
    assert "la part, en volume de données, de celles pour lesquelles le lieu de la copie principale" in text
    assert "est d’au moins 40 %." in text
    assert "compte pour 1 Tio" in text
    assert "compte pour" not in by_id["exemple/class-strict"].statement["fr"]


def conditions() -> list[Condition]:
    """Every fact under every operator, plain and negated."""
    found: list[Condition] = []
    for fact in FACTS.values():
        if not any(fact.table in SCOPES[subject] for subject in get_args(Subject)):
            continue
        for op in operators(fact):
            word = fact.words[0] if fact.words else "CA"
            several = op in ("in", "not_in", "any_in", "all_in", "none_in", "contains_all")
            value: Operand = (word, word) if several else op in ("exists", "empty") or word
            if fact.is_interval and op != "exists":
                value = 3
            if fact.type.value == "boolean":
                value = True
            compare = Compare(fact, op, value)
            found += [compare, Not(compare)]
        if fact.type.value == "date":
            found.append(Before(FactSide(fact), FactSide(fact)))
    return found


def test_every_fact_under_every_operator_can_be_said(reference: Reference) -> None:
    texts = Statement(All(tuple(conditions())), None, None, reference.places, reference.laws)
    assert all("{" not in text and "}" not in text for text in texts.values())


def test_every_shipped_rule_can_be_said_in_both_languages(reference: Reference) -> None:
    for rule in load_policies(shipped_ids(), reference, {}).rules:
        for lang in messages.LANGS:
            assert rule.statement[lang] in explain(rule, lang)
            assert rule.basis.cite[lang] in explain(rule, lang)
