from __future__ import annotations

import pytest

from sovercheck.reports.outside import logged, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hôpital « Sainte-Justine »", "Hôpital « Sainte-Justine »"),
        ("\x1b[2J\x1b[31mrouge", r"\x1b[2J\x1b[31mrouge"),
        ("a\nb\tc\rd", r"a\x0ab\x09c\x0dd"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202egnp.exe", r"abc\u202egnp.exe"),
        ("zéro\u200blargeur", r"zéro\u200blargeur"),
        ("\udc80", r"\udc80"),
        ("5 %", "5 %"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_what_reorders_or_hides_is_shown_wherever_it_stands() -> None:
    spans = ((0x00, 0x20), (0x7F, 0xA0), (0x2028, 0x202F), (0x2060, 0x206A), (0xD800, 0xE000))
    codes = [code for span in spans for code in range(*span)] + [0x61C, 0x200B, 0x200E, 0x200F, 0xFEFF]

    assert [code for code in codes if visible(f"a{chr(code)}") == f"a{chr(code)}"] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##[group]a", r"#\x23[group]a"),
        ("a ##vso[task.setvariable]b", r"a #\x23vso[task.setvariable]b"),
        ("##teamcity[x]", r"#\x23teamcity[x]"),
        ("## titre [1]", "## titre [1]"),
        ("a\n::set-output", r"a\x0a::set-output"),
    ],
)
def test_what_a_runner_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert logged(text) == shown
