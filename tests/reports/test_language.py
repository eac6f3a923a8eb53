from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from sovercheck import messages
from sovercheck.findings import WORDING, DecidingFact
from sovercheck.inventory.rows import GapReason
from sovercheck.messages import LANGS, Lang
from sovercheck.reports.language import Language
from tests.reports.sample import sample_assessment

FR, EN = Language("fr"), Language("en")
_ = "\u00a0"


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ((FR.number("1234567.5"), f"1{_}234{_}567,5"), (EN.number("1234567.5"), "1,234,567.5")),
        ((FR.percent("98.17"), f"98,17{_}%"), (EN.percent("98.17"), "98.17%")),
        ((FR.share("0.31"), f"31{_}%"), (EN.share("0.31"), "31%")),
        ((FR.money("637500000"), f"637{_}500{_}000{_}$"), (EN.money("637500000"), "$637,500,000")),
        ((FR.money("12.5"), f"12,50{_}$"), (EN.money("12.5"), "$12.50")),
        ((FR.bytes(1_820_000_000_000), f"1,82{_}To"), (EN.bytes(1_820_000_000_000), f"1.82{_}TB")),
        ((FR.bytes(405_000_000_000), f"405{_}Go"), (EN.bytes(405_000_000_000), f"405{_}GB")),
        ((FR.bytes(999), f"999{_}o"), (EN.bytes(999), f"999{_}B")),
        ((FR.duration(210), f"3{_}h{_}30{_}min"), (EN.duration(210), f"3{_}h{_}30{_}min")),
        ((FR.duration(29), f"29{_}min"), (EN.duration(29), f"29{_}min")),
        ((FR.duration(24_818), f"17{_}j{_}5{_}h{_}38{_}min"), (EN.duration(24_818), f"17{_}d{_}5{_}h{_}38{_}min")),
        ((FR.months(1), "1 mois"), (EN.months(1), "1 month")),
        ((FR.date("2026-11-22"), "22 novembre 2026"), (EN.date("2026-11-22"), "November 22, 2026")),
        ((FR.date("2026-11"), "novembre 2026"), (EN.date("2026-11"), "November 2026")),
        ((FR.date("2026-12-01"), "1er décembre 2026"), (EN.date("2026-12-01"), "December 1, 2026")),
        ((FR.date("2014"), "2014"), (EN.date("2014"), "2014")),
        ((FR.place("US-VA"), "Virginie, É.-U."), (EN.place("US-VA"), "Virginia, U.S.")),
        ((FR.place(None), "lieu inconnu"), (EN.place(None), "place unknown")),
        ((FR.enumeration(["a", "b", "c"]), "a, b et c"), (EN.enumeration(["a", "b", "c"]), "a, b and c")),
    ],
)
def test_each_language_says_it_as_canada_writes_it(french: tuple[str, str], english: tuple[str, str]) -> None:
    assert french[0] == french[1]
    assert english[0] == english[1]


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=6), st.integers(0, 3), st.sampled_from((FR, EN)))
def test_numbers_are_written_as_cldr_writes_them(value: Decimal, digits: int, said: Language) -> None:
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    assert said.number(value, digits=digits) == format_decimal(value, format=pattern, locale=f"{said.lang}_CA")


@pytest.mark.parametrize(
    ("fact", "french"),
    [
        (DecidingFact("copy.place", "x", "known", "CA-ON"), "Ontario"),
        (DecidingFact("copy.bytes", "x", "known", "405000000", "408000000"), f"de 405{_}Mo à 408{_}Mo"),
        (DecidingFact("copy.bytes", "x", "known", "405000000", "405000000"), f"405{_}Mo"),
        (DecidingFact("copy.bytes", "x", "known", "405000000"), f"au moins 405{_}Mo"),
        (DecidingFact("copy.bytes", "x", "known", "0", "5000000"), f"au plus 5{_}Mo"),
        (DecidingFact("copy.bytes", "x", "known", None, "5000000"), f"au plus 5{_}Mo"),
        (DecidingFact("system.availability", "x", "known", "98.17", "98.17"), f"98,17{_}%"),
        (DecidingFact("contract.value", "x", "known", "4200000", "4200000"), f"4{_}200{_}000{_}$"),
        (DecidingFact("system.continuity_plan", "x", "known", "true"), "oui"),
        (DecidingFact("system.places", "x", "known", ("CA-QC", "CA-ON")), "Québec et Ontario"),
        (DecidingFact("system.places", "x", "known", ("CA-QC",), open=True), "Québec, peut-être d’autres"),
        (DecidingFact("system.places", "x", "known", (), open=False), "aucun"),
        (DecidingFact("system.places", "x", "known", (), open=True), "liste incomplète, aucun élément connu"),
        (DecidingFact("system.contradicted", "x", "known", ("system.data_class",)), FR.fact("system.data_class")),
        (DecidingFact("contract.concluded", "x", "none"), "aucun"),
        (DecidingFact("copy.place", "x", "unknown"), "inconnu"),
        (DecidingFact("copy.place", "x", "refused"), "lecture refusée"),
        (DecidingFact("copy.place", "x", "weak", "CA-QC"), "Québec"),
        (DecidingFact("copy.region", "x", "known", "=cmd()"), "=cmd()"),
    ],
)
def test_a_fact_is_said_in_words(fact: DecidingFact, french: str) -> None:
    assert FR.value(fact) == french


def test_a_word_that_no_catalogue_has_stands_as_it_is() -> None:
    assert FR.word("value", "from_a_later_version") == "from_a_later_version"
    assert FR.fact("party.from_a_later_version") == "party.from_a_later_version"


def test_what_is_no_number_or_date_stands_as_it_is() -> None:
    assert FR.number("beaucoup") == "beaucoup"
    assert FR.bytes("beaucoup") == "beaucoup"
    assert FR.date("2026-13-45") == "2026-13-45"


def test_an_open_exposure_says_both_ends() -> None:
    assert FR.exposure("exposed", "exposed") == "exposition"
    assert EN.exposure("none_known", "exposed") == "to be assessed (at least: no known exposure; at most: exposure)"


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_of_a_verdict_has_its_sentence(lang: Lang) -> None:
    """Those that `wording` can reach: the press never yields « conforme » or « non conforme »."""
    reachable = {word for pair in WORDING.values() for word in pair}
    reported = reachable - set(WORDING["statute"])
    keys = [f"verdict.{word}" for word in reachable | {"unknown", "not_applicable", "waived"}]
    for key in [*keys, *(f"verdict.{word}.reported" for word in reported)]:
        assert messages.text(key, lang)
    assert not messages.has("verdict.non_compliant.reported")


def test_the_press_never_says_non_compliant() -> None:
    assessment = sample_assessment()
    rule = next(rule for rule in assessment.rules if rule.basis == "statute")
    assert FR.verdict(rule, "fail", "observed") == "non conforme"
    assert FR.verdict(rule, "fail", "reported") == "écart, selon la presse"
    assert FR.verdict(rule, "pass", "reported") == "sans écart, selon la presse"
    assert FR.verdict(rule, "fail", "observed", legal_reference=False) == "écart"


def test_a_waived_finding_is_said_to_be_waived() -> None:
    assessment = sample_assessment()
    rules = {rule.id: rule for rule in assessment.rules}
    waived = next(finding for finding in assessment.findings if finding.waiver is not None)
    assert FR.finding(rules[waived.rule], waived) == "dérogation"


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_for_a_gap_has_its_words(lang: Lang) -> None:
    from typing import get_args

    for reason in get_args(GapReason):
        assert Language(lang).gap_reason(reason) != reason
