"""The catalogues: both languages take the same parameters, and nothing that is raised lacks a sentence."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sovercheck import bundle, messages
from sovercheck.messages import LANGS, Lang, UnknownMessageError, is_one, read_catalogues, text

SOURCE = Path(messages.__file__).parent
ERRORS = {"InputError", "PolicyError", "ConfigurationError", "UsageError", "SovercheckError"}
CATALOGUE = read_catalogues()
_NO_BREAK = "\u00a0"


def forms(entry: messages.Text) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def parameters(sentence: str) -> set[str]:
    return {field.split("!")[0] for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_take_the_same_parameters(key: str) -> None:
    texts = CATALOGUE[key]
    assert set(texts) == set(LANGS)
    found = []
    for lang in LANGS:
        entry = texts[lang]
        if isinstance(entry, dict):
            assert set(entry) == {"one", "other"}
        assert all(isinstance(form, str) and form.strip() for form in forms(entry))
        found.append(set().union(*(parameters(form) for form in forms(entry))))
    assert isinstance(texts["fr"], dict) == isinstance(texts["en"], dict)
    assert found[0] == found[1]


SIGNS = ("error.policy_pattern.hint", "error.record_id.hint")
"""Sentences about punctuation signs themselves."""

_CODE = re.compile(r"«[^»]*»|\{\{.*\}\}|\b[a-z]+_[a-z_]+: |\b[a-z]+: (?=[\[{])")
"""What a French sentence quotes of a file: `grade: memory` has no space before its colon."""


@pytest.mark.parametrize("key", [key for key in CATALOGUE if key not in SIGNS])
def test_french_is_written_as_quebecs_public_service_writes_it(key: str) -> None:
    for sentence in forms(CATALOGUE[key]["fr"]):
        assert "'" not in sentence
        assert not re.search(rf"[ {_NO_BREAK}][;!?]", sentence)
        assert not re.search(r" ([:$»]|%(?!\())", sentence)
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", sentence)
        assert not re.search(rf"(?<![{_NO_BREAK}\d]):(?=\s|$)", _CODE.sub("", sentence))


@pytest.mark.parametrize("key", [key for key in CATALOGUE if not key.startswith("click.") and key not in SIGNS])
def test_english_has_curly_marks_too(key: str) -> None:
    for sentence in forms(CATALOGUE[key]["en"]):
        assert "'" not in sentence
        assert not re.search(r"\s[:;!?]", sentence)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("key: {fr: x, en: y}\n", encoding="utf-8")
    monkeypatch.setattr(bundle, "catalogues", lambda: tmp_path)
    with pytest.raises(UnknownMessageError, match=r"b\.yaml"):
        read_catalogues()


@pytest.mark.parametrize(("lang", "one"), [("fr", [0, 1, 1.99, -1]), ("en", [1])])
def test_what_takes_the_singular(lang: Lang, one: list[float]) -> None:
    assert [n for n in (0, 1, 1.99, 2, -1, -2, 100) if is_one(n, lang)] == one


def test_a_number_chooses_the_form() -> None:
    assert text("error.several", "fr", n=1) == "1 erreur"
    assert text("error.several", "fr", n=0) == "0 erreur"
    assert text("error.several", "en", n=0) == "0 errors"
    assert text("error.several", "en", n=2) == "2 errors"


def test_braces_of_a_parameter_are_text() -> None:
    assert "{n}" in text("error.yaml_syntax", "en", problem="{n}")


def test_an_unknown_key_is_a_fault_of_the_program() -> None:
    with pytest.raises(UnknownMessageError):
        text("nope", "fr")
    assert not messages.has("nope")


# Every error that the program raises has its sentence


@dataclass(frozen=True)
class Raised:
    """An error as the program makes it: its possible codes, and its parameters where they are all written out."""

    at: str
    codes: frozenset[str]
    parameters: frozenset[str] | None

    def __str__(self) -> str:
        return self.at


def raised() -> Iterator[Raised]:
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Module))):
            for call in calls(function):
                codes = (
                    frozenset(possible(call.args[0], assignments(function, call.lineno))) if call.args else frozenset()
                )
                if codes:
                    at = f"{path.relative_to(SOURCE)}:{call.lineno}"
                    yield Raised(at, codes, written_out(call))


def calls(function: ast.AST) -> Iterator[ast.Call]:
    """Those of one function, without those of the functions inside it."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in ERRORS or name in ("unknown", "_unknown"):
                yield node
        yield from calls(node)


def assignments(function: ast.AST, before: int) -> dict[str, ast.expr]:
    """Name → what it was last given before a line."""
    found: dict[str, ast.expr] = {}
    for node in sorted(
        (node for node in ast.walk(function) if isinstance(node, ast.Assign)), key=lambda node: node.lineno
    ):
        for target in node.targets:
            if isinstance(target, ast.Name) and node.lineno <= before:
                found[target.id] = node.value
    return found


def possible(code: ast.expr, assigned: dict[str, ast.expr]) -> set[str]:
    """The texts that an expression can be, as far as they are written out."""
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return {code.value}
    if isinstance(code, ast.IfExp):
        return possible(code.body, assigned) | possible(code.orelse, assigned)
    if isinstance(code, ast.Name) and code.id in assigned:
        return possible(assigned[code.id], {})
    return set()


def written_out(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    if isinstance(call.func, ast.Name) and call.func.id not in ERRORS:
        return None
    return None if None in names else frozenset(name for name in names if name and name != "place")


RAISED = list(raised())


def test_the_search_finds_what_is_raised() -> None:
    codes = set().union(*(found.codes for found in RAISED))
    assert len(codes) > 80
    assert {"yaml_tab", "config_missing", "policy_folder_empty", "record_reference_near", "cli_format"} <= codes


@pytest.mark.parametrize("found", RAISED, ids=str)
def test_every_error_has_its_sentence_and_its_parameters(found: Raised) -> None:
    for code in found.codes:
        key = f"error.{code}"
        assert key in CATALOGUE, f"{found.at} raises {code}, which has no sentence"
        if found.parameters is not None:
            for used in (key, f"{key}.hint"):
                needed = {
                    name
                    for text in CATALOGUE.get(used, {}).values()
                    for form in forms(text)
                    for name in parameters(form)
                }
                assert needed <= found.parameters, f"{found.at} lacks parameters of {used}"


def test_every_hint_belongs_to_an_error() -> None:
    hints = [key.removesuffix(".hint") for key in CATALOGUE if key.startswith("error.") and key.endswith(".hint")]
    assert [key for key in hints if key not in CATALOGUE] == []
