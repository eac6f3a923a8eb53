"""Rows as lines of a spool."""

import json
from decimal import Decimal

import pytest

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import TABLES
from sovercheck.inventory.lines import Lines
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.tables import columns

SAID = Evidence(Grade.DECLARED, "a")


def _number(known: Known) -> int:
    return 7 if known.evidence is SAID else 8


def _read(line: str) -> dict[str, object]:
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_a_line_has_the_columns_of_its_row() -> None:
    lines = Lines("copy")
    row = Row("copy", "c", {"resource": "r"}, {"kind": Known("primary", SAID), "place": Known(None, SAID)})
    assert _read(lines.line(row, _number)) == {
        "id": "c",
        "resource": "r",
        "kind": "primary",
        "kind__ev": 7,
        "place": None,
        "place__ev": 7,
    }
    assert lines.columns == {"id", "resource", "kind", "kind__ev", "place", "place__ev"}


def test_the_columns_are_those_that_some_line_has() -> None:
    lines = Lines("resource")
    lines.line(Row("resource", "r", {}, {"name": Known("a", SAID)}), _number)
    lines.line(Row("resource", "s", {"provider": "aws"}, {"tags": Known(("x",), SAID)}), _number)
    assert lines.columns == {"id", "provider", "name", "name__ev", "tags", "tags__open", "tags__ev"}
    assert lines.columns <= set(columns("resource"))


def test_rows_alike_but_for_their_evidence_keep_their_own() -> None:
    lines, other = Lines("copy"), Evidence(Grade.OBSERVED, "b")
    first = _read(lines.line(Row("copy", "c", {}, {"kind": Known("primary", SAID)}), _number))
    second = _read(lines.line(Row("copy", "d", {}, {"kind": Known("primary", other)}), _number))
    assert (first["kind__ev"], second["kind__ev"]) == (7, 8)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(("a", 'b"\n'), SAID), {"tags": ["a", 'b"\n'], "tags__open": False}),
        (Known((), SAID, open=True), {"tags": [], "tags__open": True}),
        (Known(None, SAID), {"tags": None, "tags__open": False}),
    ],
)
def test_a_list_says_whether_it_is_open(known: Known, expected: dict[str, object]) -> None:
    found = _read(Lines("resource").line(Row("resource", "r", {}, {"tags": known}), _number))
    assert found == {"id": "r", "tags__ev": 7, **expected}


@pytest.mark.parametrize(
    ("known", "low", "high"),
    [
        (Known(12, SAID, 12), 12, 12),
        (Known(12, SAID), 12, None),
        (Known(None, SAID, 12), 0, 12),
        (Known(None, SAID), None, None),
        (Known(Decimal("1E+2"), SAID, Decimal("0.10")), "100", "0.10"),
    ],
)
def test_an_interval_has_both_its_ends(known: Known, low: object, high: object) -> None:
    found = _read(Lines("resource").line(Row("resource", "r", {}, {"bytes": known}), _number))
    assert found == {"id": "r", "bytes": low, "bytes__hi": high, "bytes__ev": 7}


def test_what_stands_in_a_text_ends_no_line_and_no_text() -> None:
    text = 'a"\\\n\r\t\x00\u2028é'
    row = Row("resource", text, {"provider": text}, {"name": Known(text, SAID), "holds_data": Known(True, SAID)})
    found = _read(Lines("resource").line(row, _number))
    assert (found["id"], found["provider"], found["name"], found["holds_data"]) == (text, text, text, True)


@pytest.mark.parametrize("table", TABLES)
def test_every_fact_has_the_columns_that_are_stored(table: str) -> None:
    stored = {name for name in columns(table) if name.endswith("__ev")}
    for ev in stored:
        lines = Lines(table)
        lines.line(Row(table, "a", {}, {ev.removesuffix("__ev"): Known(None, SAID)}), _number)
        assert lines.columns <= set(columns(table))
        assert ev in lines.columns
