"""The state of reference: what it holds, what it refuses, and what it does not take for the same finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.decisions.baseline import SCHEMA, Baseline, Entry, entry, read, text
from sovercheck.errors import InputError, Place

WORDS = st.one_of(st.sampled_from(["", "a", "b", "a\n", "a|b", "|", "é"]), st.text(max_size=4))
KEYS = st.tuples(WORDS, WORDS, WORDS, WORDS)
VALUES = st.dictionaries(WORDS, WORDS, max_size=3)
ENTRIES = st.builds(entry, WORDS, KEYS, VALUES)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "b.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


@given(st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read_again_in_one_order(entries: list[Entry]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = read(written(Path(folder), text(entries)), "b.json")
    assert found == Baseline("b.json", frozenset(entries))
    assert text(reversed(entries)) == text(entries)
    assert all(found.has(one) for one in entries)


@given(WORDS, KEYS, VALUES, WORDS, KEYS, VALUES)
def test_a_finding_of_another_rule_folder_address_copy_region_or_value_is_another(
    rule: str,
    key: tuple[str, str, str, str],
    values: dict[str, str],
    other: str,
    key2: tuple[str, str, str, str],
    values2: dict[str, str],
) -> None:
    known = Baseline("b", frozenset({entry(rule, key, values)}))
    assert known.has(entry(other, key, values)) == (other == rule)
    for n in range(4):
        changed = (*key[:n], key2[n], *key[n + 1 :])
        assert known.has(entry(rule, changed, values)) == (changed == key)  # type: ignore[arg-type]
    assert known.has(entry(rule, key, values2)) == (values2 == values)


def test_one_finding_stands_on_one_line() -> None:
    found = [entry("r2", ("", "b", "", ""), {}), entry("r1", ("", "a\nb", "", ""), {"copy.place": "US"})]
    lines = text(found).splitlines()
    assert len(lines) == 7
    assert '"rule": "r1"' in lines[3]
    assert "copy.place" not in text(found)
    assert json.loads(text([])) == {"schema": SCHEMA, "findings": []}


GOOD = {"rule": "r", "root": "", "address": "a", "copy": "", "region": "", "values": "v"}


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        ("", "baseline_json", Place("b.json", 1, 1)),
        ('{"schema": "x",\n "findings": [', "baseline_json", Place("b.json", 2, 15)),
        (b"\xff\xfe\x00", "encoding", Place("b.json")),
        ("[" * 100_000, "baseline_json", Place("b.json")),
        ("[]", "baseline_schema", Place("b.json")),
        ('{"schema": "sovercheck/baseline/v2", "findings": []}', "baseline_schema", Place("b.json")),
        (json.dumps({"schema": SCHEMA}), "baseline_entry", Place("b.json")),
        (json.dumps({"schema": SCHEMA, "findings": {}}), "baseline_entry", Place("b.json")),
        (json.dumps({"schema": SCHEMA, "findings": [GOOD, 3]}), "baseline_entry", Place("b.json")),
        (json.dumps({"schema": SCHEMA, "findings": [GOOD | {"region": None}]}), "baseline_entry", Place("b.json")),
    ],
)
def test_what_is_no_state_of_reference_is_one_error(
    tmp_path: Path, content: str | bytes, code: str, place: Place
) -> None:
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, content), "b.json")
    assert (caught.value.code, caught.value.place) == (code, place)
    assert caught.value.message("fr")
    assert caught.value.hint("en") or code == "encoding"


def test_one_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError) as caught:
            read(path, "b.json")
        assert caught.value.code == "unreadable_file"
