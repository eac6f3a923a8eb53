from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from sovercheck import bundle, strictyaml
from sovercheck.policy.loader import shipped_ids
from sovercheck.policy.schema import rule_schema

from .conftest import RULE

VALIDATOR = Draft202012Validator(rule_schema())
SHIPPED = [
    path
    for id_ in shipped_ids()
    for path in sorted((bundle.policies() / id_).glob("*.yaml"))
    if path.name != "policy.yaml"
]


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(strictyaml.loads(text.encode(), "r").value)]


def test_the_schema_is_one_in_both_languages() -> None:
    for schema in (rule_schema("fr"), rule_schema("en")):
        Draft202012Validator.check_schema(schema)
    assert rule_schema("fr")["$defs"]["copy.place"]["description"] == "le lieu de la copie"
    assert rule_schema("en")["$defs"]["copy.place"]["description"] == "the place of the copy"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_fits(path: object) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("{copy.place: {in: [CA-QC]}}", "{copy.plac: {in: [CA-QC]}}"),
        ("{copy.place: {in: [CA-QC]}}", "{copy.place: {equals: CA-QC}}"),
        ("{copy.place: {in: [CA-QC]}}", "{party.place: {in: [CA-QC]}}"),
        ("{copy.place: {in: [CA-QC]}}", "{copy.kind: {equals: copie}}"),
        ("{copy.place: {in: [CA-QC]}}", "{copy.kind: {at_least: log}}"),
        ("{copy.place: {in: [CA-QC]}}", "{all: []}"),
        ("{copy.place: {in: [CA-QC]}}", "{copy.bytes: {at_least: beaucoup}}"),
        ("{copy.place: {in: [CA-QC]}}", "{copy.place: {in: [CA]}, copy.kind: {equals: log}}"),
        ("severity: minor", "severity: mineur"),
        ("severity: minor", "severty: minor"),
        ("  in_force: {}\n", ""),
        ("given: {}", "given: {copy.plac: US}"),
        ("expect: unknown", "expect: inconnu"),
        ("remediation:", "exposure: {law: us-cloud-act, at_most: possible}\nremediation:"),
    ],
)
def test_an_editor_shows_what_the_loader_would_refuse(right: str, wrong: str) -> None:
    assert faults(RULE) == []
    assert faults(RULE.replace(right, wrong, 1)) != []
