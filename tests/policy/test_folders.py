from __future__ import annotations

from pathlib import Path

from sovercheck.policy.folders import WrittenPolicy, read_policy
from sovercheck.reference import Reference

from .conftest import RULE, Write, only_error


def test_a_policy_reads_back_from_its_plain_form(write: Write) -> None:
    policy = read_policy(write(exemple=RULE), [])
    assert policy is not None
    again = WrittenPolicy.from_json(policy.to_json())
    assert (again.value, again.sha256) == (policy.value, policy.sha256)
    assert [rule.value for rule in again.rules] == [rule.value for rule in policy.rules]
    assert [rule.compiled for rule in again.rules] == [True]


def test_a_file_that_would_not_be_read_is_an_error(write: Write, reference: Reference) -> None:
    folder = write(exemple=RULE)
    (folder / "autre.yml").write_text(RULE, encoding="utf-8")
    error = only_error(folder, reference)
    assert (error.code, str(error.place), error.hint("fr")) == (
        "policy_extension",
        "essai/autre.yml",
        "Renommez-le «\u00a0autre.yaml\u00a0».",
    )


def test_folders_without_rules_or_without_a_policy_are_errors(
    write: Write, reference: Reference, tmp_path: Path
) -> None:
    assert only_error(write(), reference).code == "policy_folder_empty"
    (tmp_path / "vide").mkdir()
    assert only_error(Path("vide"), reference).code == "policy_folder_empty"
    (tmp_path / "vide" / "exemple.yaml").write_text(RULE, encoding="utf-8")
    assert only_error(Path("vide"), reference).code == "policy_file_missing"
