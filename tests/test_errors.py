"""Errors are values: a message and a hint in both languages, and the place that causes them."""

from __future__ import annotations

import pytest

from sovercheck.errors import (
    ConfigurationError,
    InputError,
    Place,
    SeveralErrors,
    SovercheckError,
    nearest,
    raise_all,
)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml", 3, 7), "a.yaml:3:7"),
        (Place("a.xlsx", cell="Serveurs!C14"), "a.xlsx:Serveurs!C14"),
        (Place("a.xlsx", 3, 7, "C14"), "a.xlsx:C14"),
    ],
)
def test_a_place_is_shown_as_editors_read_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_a_message_and_a_hint_in_both_languages() -> None:
    error = ConfigurationError("config_report", place=Place("s.yaml", 4, 3), name="pdf", formats="html, json")
    assert error.message("fr") == "Le format de rapport «\u00a0pdf\u00a0» n’existe pas."
    assert error.message("en") == "There is no report format “pdf”."
    assert error.hint("fr") == "Formats offerts\u00a0: html, json."
    assert InputError("yaml_key").hint("fr") is None
    assert str(error) == "s.yaml:4:3: There is no report format “pdf”."


def test_one_error_is_raised_as_itself_and_several_together() -> None:
    raise_all([])
    one, other = InputError("yaml_key", place=Place("a")), InputError("yaml_tab", place=Place("b"))
    with pytest.raises(InputError) as single:
        raise_all([one])
    assert single.value is one
    with pytest.raises(SeveralErrors) as several:
        raise_all([one, other])
    assert several.value.errors == (one, other)
    assert several.value.message("fr") == "2 erreurs"
    assert str(several.value).splitlines() == [str(one), str(other)]
    assert isinstance(several.value, SovercheckError)


@pytest.mark.parametrize(("word", "near"), [("residancy", "residency"), ("loi25", "loi-25"), ("xyz", None), ("", None)])
def test_the_nearest_word(word: str, near: str | None) -> None:
    assert nearest(word, ["residency", "loi-25", "sante"]) == near
