"""The shape of `sovercheck.yaml`: what it leaves out, and one error at the line of what it does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.config.written import ConfigFile, ExtendsEntry, OrganisationEntry
from sovercheck.errors import SeveralErrors, SovercheckError
from sovercheck.reference.written import read


def written(folder: Path, text: str) -> ConfigFile:
    path = folder / "sovercheck.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, ConfigFile)[0]


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    """The code of each error, and its line and column."""
    with pytest.raises(SovercheckError) as caught:
        written(folder, text)
    errors = caught.value.errors if isinstance(caught.value, SeveralErrors) else (caught.value,)
    return [(error.code, str(error.place).partition(":")[2]) for error in errors]


def test_every_key_may_be_left_out(tmp_path: Path) -> None:
    found = written(tmp_path, "{}\n")
    assert found.organisation == OrganisationEntry()
    assert (found.extends, found.systems, found.waivers, found.runs) == (None, None, None, None)
    assert (found.sources, found.policies, found.parameters) == ([], [], {})
    assert found.reports == {"html": "sortie/bilan.html", "json": "sortie/bilan.json"}
    assert found.languages == ["fr"], "French alone is the default in Québec"


def test_a_key_that_says_its_default_is_said_all_the_same(tmp_path: Path) -> None:
    """A central configuration counts where the file says nothing, and only there."""
    found = written(tmp_path, "languages: [fr]\nwaivers:\n")
    assert found.says("languages")
    assert found.says("waivers")
    assert not found.says("reports")


@pytest.mark.parametrize("kind", ["public_body", "health_body", "private", "federal_body"])
def test_an_organisation_may_say_its_kind_alone(tmp_path: Path, kind: str) -> None:
    found = written(tmp_path, f"organisation: {{kind: {kind}}}\n").organisation
    assert (found.name, found.place, found.kind) == (None, None, kind)


def test_a_source_is_named_by_its_key(tmp_path: Path) -> None:
    text = """
sources:
  - declarations: declarations/
  - inventory: {file: portefeuille.csv, tables: [{table: systems, columns: {id: Code}}]}
  - aws: {accounts: organization}
  - azure: {subscriptions: all}
"""
    found = written(tmp_path, text).sources
    assert [sorted(source.model_fields_set) for source in found] == [
        ["declarations"],
        ["inventory"],
        ["aws"],
        ["azure"],
    ]
    assert found[0].declarations == "declarations/"
    assert found[1].inventory is not None
    assert found[1].inventory.file == "portefeuille.csv"


# A central configuration


PIN = "ab" * 32


def test_a_central_configuration_is_named_with_its_hash(tmp_path: Path) -> None:
    found = written(tmp_path, f"extends: {{file: centre/sovercheck.yaml, sha256: {PIN}}}\n")
    assert found.extends == ExtendsEntry(file="centre/sovercheck.yaml", sha256=PIN)


def test_its_path_alone_is_an_entry_without_a_hash(tmp_path: Path) -> None:
    found = written(tmp_path, "extends: centre/sovercheck.yaml\n")
    assert found.extends == ExtendsEntry(file="centre/sovercheck.yaml", sha256=None)


@pytest.mark.parametrize("number", ["0" * 64, "1" * 64, "1.5"])
def test_a_hash_that_is_a_number_to_yaml_is_a_text_here(tmp_path: Path, number: str) -> None:
    """It is then the wrong hash, and the right one is shown, rather than a value of the wrong form."""
    found = written(tmp_path, f"extends: {{file: c.yaml, sha256: {number}}}\n").extends
    assert found is not None
    assert isinstance(found.sha256, str)


# What departs from the shape


TABLES = "sources: [{{inventory: {{file: portefeuille.csv, tables: [{{{}}}]}}}}]\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("polices: []\n", "reference_unknown_key_near", "1:1"),
        ("zzzzzzzz: []\n", "reference_unknown_key", "1:1"),
        ("organisation: {nom: X}\n", "reference_unknown_key", "1:16"),
        ("organisation: {kind: public_bodi}\n", "reference_unknown_word_near", "1:22"),
        ('organisation: {name: "  "}\n', "reference_wrong_form", "1:22"),
        ("sources: {aws: {}}\n", "reference_wrong_form", "1:10"),
        ("sources: [{gcp: {}}]\n", "reference_unknown_key", "1:12"),
        (TABLES.format("table: systems, columns: {id: Code}, sufix: b"), "reference_unknown_key_near", "1:95"),
        (TABLES.format("table: systems"), "reference_missing_key", "1:57"),
        ("sources: [{inventory: {file: portefeuille.csv, tables: []}}]\n", "reference_wrong_form", "1:56"),
        ("policies: loi-25\n", "reference_wrong_form", "1:11"),
        ("reports: {html: [a.html]}\n", "reference_wrong_form", "1:17"),
        ("languages: fr\n", "reference_wrong_form", "1:12"),
        ("extends: {sha256: abc}\n", "reference_missing_key", "1:10"),
        ("extends: [centre.yaml]\n", "reference_wrong_form", "1:10"),
        ("extends: {file: c.yaml, sha256: [abc]}\n", "reference_wrong_form", "1:33"),
        ("- aws\n", "reference_wrong_form", "1:1"),
    ],
)
def test_what_departs_from_the_shape_is_told_at_its_place(tmp_path: Path, text: str, code: str, place: str) -> None:
    assert faults(tmp_path, text) == [(code, place)]


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    assert faults(tmp_path, "polices: []\nlanguages: fr\n") == [
        ("reference_wrong_form", "2:12"),
        ("reference_unknown_key_near", "1:1"),
    ]
