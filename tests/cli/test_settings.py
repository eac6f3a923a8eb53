from __future__ import annotations

from datetime import date

import pytest

from sovercheck.cli.settings import day, targets
from sovercheck.errors import UsageError


def test_formats_and_their_files() -> None:
    assert targets(["html=a=b.html", "json=-"]) == {"html": "a=b.html", "json": "-"}


@pytest.mark.parametrize("word", ["html", "html=", "=x", "nope=x", "htlm=x"])
def test_a_wrong_format_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        targets([word])


def test_today_is_the_only_reading_of_the_clock() -> None:
    assert day("2024-02-29") == date(2024, 2, 29)
    assert day(None) == date.today()
    for word in ("2023-02-29", "20240229", "2024-W09-4", "2024-02-29T00:00"):
        with pytest.raises(UsageError):
            day(word)
