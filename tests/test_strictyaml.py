"""YAML as people mean it: no surprise in a scalar, no key lost, no exploding file, and every value's place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sovercheck import strictyaml
from sovercheck.errors import InputError, Place
from sovercheck.strictyaml import load, load_all, loads, loads_tagged


def read(text: str) -> strictyaml.Value:
    return loads(text.encode(), "f.yaml").value


def refused(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        loads(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return caught.value


@pytest.mark.parametrize("word", ["ON", "NO", "No", "yes", "off", "y", "n", "On", "OFF"])
def test_ontario_and_norway_are_words(word: str) -> None:
    assert read(f"[{word}]") == [word]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02 10:00:00", "2026-03-02 10:00:00"),
        ("3.12.1", "3.12.1"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ('"12"', "12"),
        ("'true'", "true"),
        ("!!str 12", "12"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert read(f"a: {text}") == {"a": value}


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30))
def test_a_quoted_text_is_that_text(text: str) -> None:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert read(f"a: {quoted}") == {"a": text}


@given(
    st.recursive(
        st.integers() | st.text(alphabet="abcé", min_size=1, max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="xyz", min_size=1), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_what_pyyaml_writes_is_read_back(value: object) -> None:
    assert read(yaml.safe_dump(value, allow_unicode=True)) == value


def test_a_duplicate_key_names_both_lines() -> None:
    error = refused("a: 1\nb: 2\na: 3\n")
    assert error.code == "yaml_duplicate_key"
    assert error.place == Place("f.yaml", 3, 1)
    assert error.params == {"key": "a", "line": 1}
    assert refused("x: {k: 1, k: 2}").code == "yaml_duplicate_key"
    assert read("[{k: 1}, {k: 2}]") == [{"k": 1}, {"k": 2}]


def test_every_value_and_key_has_its_place() -> None:
    document = loads(b"a:\n  - b: 1\n    c: [x, y]\n", "f.yaml")
    assert document.place() == Place("f.yaml", 1, 1)
    assert document.place("a", 0, "b") == Place("f.yaml", 2, 8)
    assert document.place("a", 0, "c", 1) == Place("f.yaml", 3, 12)
    assert document.key_place("a", 0, "c") == Place("f.yaml", 3, 5)
    # What is not there is looked for around it.
    assert document.place("a", 0, "missing", "deeper") == document.place("a", 0)


def test_columns_count_characters() -> None:
    assert loads("é: [à, ü]".encode(), "f.yaml").place("é", 1) == Place("f.yaml", 1, 8)


def test_an_alias_is_its_value() -> None:
    assert read("a: &x [1, 2]\nb: *x\nc: &y z\nd: *y\n") == {"a": [1, 2], "b": [1, 2], "c": "z", "d": "z"}


def test_aliases_that_explode_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert refused("\n".join(lines)).code == "yaml_too_large"


def test_an_alias_to_itself_or_to_nothing_is_refused() -> None:
    assert refused("a: &x [*x]").code == "yaml_alias"
    assert refused("a: *x").code in ("yaml_alias", "yaml_syntax")


def test_depth_has_an_end() -> None:
    assert refused("[" * 5000).code == "yaml_too_deep"
    read("[" * 60 + "]" * 60)


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "{[a]: 1}", "{{a: 1}: 2}"])
def test_a_key_is_a_plain_text(text: str) -> None:
    assert refused(text).code == "yaml_key"


def test_a_key_that_looks_like_a_number_is_a_text() -> None:
    assert read("{1: a, true: b, null: c}") == {"1": "a", "true": "b", "null": "c"}


def test_a_syntax_error_has_its_place() -> None:
    error = refused("a: 1\nb: {c: 2\n")
    assert error.code == "yaml_syntax"
    assert error.place is not None
    assert error.place.line is not None
    assert error.place.line >= 2


def test_a_tab_is_called_a_tab() -> None:
    error = refused("a:\n\tb: 1\n")
    assert (error.code, str(error.place)) == ("yaml_tab", "f.yaml:2:1")


def test_only_one_document_stands_in_a_file() -> None:
    assert refused("a: 1\n---\nb: 2\n").code == "yaml_several_documents"
    assert [document.value for document in load_all(b"a: 1\n---\nb: 2\n", "f")] == [{"a": "1"} | {"a": 1}, {"b": 2}]


def test_an_empty_file_is_none() -> None:
    assert read("") is None
    assert read("# nothing\n") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark(encoding: str) -> None:
    assert loads("a: é\n".encode(encoding), "f").value == {"a": "é"}


def test_another_encoding_names_the_line() -> None:
    error = refused("a: 1\nb: é\n".encode("windows-1252"))
    assert (error.code, str(error.place)) == ("encoding", "f.yaml:2:1")


def test_control_characters_are_refused() -> None:
    assert refused("a: \x1b[31m\n").code == "yaml_syntax"


def test_no_python_object_is_made() -> None:
    assert read("!!python/object/apply:os.system ['true']") == ["true"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(InputError) as caught:
            load(path)
        assert caught.value.code == "unreadable_file"
    (tmp_path / "a.yaml").write_text("a: {\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "a.yaml", name="montré.yaml")
    assert caught.value.place is not None
    assert caught.value.place.file == "montré.yaml"


# Tags that mean something


def tagged(text: str) -> strictyaml.Document:
    return loads_tagged(text, "f.yaml", lambda tag: None if tag == "!" else f"Fn::{tag[1:]}")


def test_a_tag_is_the_key_that_its_value_stands_under() -> None:
    value = tagged("a: !Sub 12\nb: !Join [x, [!Ref y, {c: !If {d: 1}}]]\n").value
    assert value == {
        "a": {"Fn::Sub": "12"},
        "b": {"Fn::Join": ["x", [{"Fn::Ref": "y"}, {"c": {"Fn::If": {"d": 1}}}]]},
    }


def test_what_stands_below_a_tag_has_its_place() -> None:
    document = tagged("a: !If\n  - b\n  - c: 1\n    c2: 2\n")
    assert document.place("a", "Fn::If", 1, "c2") == Place("f.yaml", 4, 9)
    assert document.key_place("a", "Fn::If", 1, "c2") == Place("f.yaml", 4, 5)


def test_an_alias_repeats_the_tag_too() -> None:
    assert tagged("a: &x !Ref y\nb: *x\nc: &z !Join [1]\nd: *z\n").value == {
        "a": {"Fn::Ref": "y"},
        "b": {"Fn::Ref": "y"},
        "c": {"Fn::Join": [1]},
        "d": {"Fn::Join": [1]},
    }


def test_a_key_that_stands_twice_below_a_tag_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        tagged("a: !Sub\n  b: 1\n  b: 2\n")
    assert (caught.value.code, caught.value.place) == ("yaml_duplicate_key", Place("f.yaml", 3, 3))


def test_tags_mean_nothing_where_nobody_says_what_they_mean() -> None:
    assert read("a: !Ref b") == {"a": "b"}
