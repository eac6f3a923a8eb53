from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import InputError, Place
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.places import COMMON_MISTAKES, is_place
from sovercheck.inventory.values import read_date, read_value


def at(*_: str | int) -> Place:
    return Place("a.yaml", 1, 1)


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: object) -> None:
    assert read_date(str(day), at) == str(day)


@pytest.mark.parametrize("value", ["2024-02-29", "2024-02", "2024", 2024])
def test_dates_may_be_partial(value: str | int) -> None:
    assert read_date(value, at) == str(value)


@pytest.mark.parametrize("value", ["2023-02-29", "2024-13", "0000", "24-01-01", "2024-1-1", "2024-01-01T00:00", 24, 2024.5, True, "٢٠٢٤"])  # fmt: skip # noqa: E501
def test_other_dates_are_refused(value: str | float) -> None:
    with pytest.raises(InputError):
        read_date(value, at)


@pytest.mark.parametrize("code", ["CA", "CA-QC", "US-VA", "GB-ENG"])
def test_places_are_codes(code: str) -> None:
    assert read_value(FACTS["copy.place"], code, at).value == code


@pytest.mark.parametrize(("code", "meant"), [*COMMON_MISTAKES.items(), ("ca_qc", "CA-QC"), ("qc", "CA-QC")])
def test_a_mistaken_place_is_told_with_the_right_one(code: str, meant: str) -> None:
    assert is_place(meant)
    with pytest.raises(InputError) as caught:
        read_value(FACTS["copy.place"], code, at)
    assert caught.value.params["near"] == meant


@given(st.sampled_from([fact for fact in FACTS.values() if fact.words and not fact.is_list]), st.data())
def test_every_word_of_the_registry_is_read(fact: object, data: st.DataObject) -> None:
    chosen = FACTS[getattr(fact, "name")]  # noqa: B009
    word = data.draw(st.sampled_from(chosen.words))
    assert read_value(chosen, word, at).value == word
