"""Editors complete and check a description by the schema beside it, which is made from what checks the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sovercheck import strictyaml
from sovercheck.sources.kinds import FOLDER
from sovercheck.sources.kinds.written import KindFile

SCHEMA = FOLDER / "description.schema.json"
"""To make it anew: `PYTHONPATH=src python -m tests.sources.kinds.test_schema`."""


def schema_of_today() -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **KindFile.model_json_schema()}


def text_of_today() -> str:
    return json.dumps(schema_of_today(), ensure_ascii=False, indent=2) + "\n"


def test_the_schema_is_that_of_today() -> None:
    Draft202012Validator.check_schema(schema_of_today())
    assert SCHEMA.read_text(encoding="utf-8") == text_of_today()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_description_fits(path: Path) -> None:
    validator = Draft202012Validator(schema_of_today())
    written = strictyaml.loads(path.read_bytes(), path.name).value
    faults = [f"{path.name}: {error.json_path}: {error.message}" for error in validator.iter_errors(written)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("holds_data:", "holds:"),
        ("kind: object_bucket", "kind: Object bucket"),
        ("call: s3:ListBuckets", "call: s3:DeleteBucket"),
        ("proof: moto", "proof: sworn"),
    ],
)
def test_what_departs_from_the_form_does_not_fit(right: str, wrong: str) -> None:
    text = (FOLDER / "object_bucket.yaml").read_text(encoding="utf-8")
    assert right in text
    written = strictyaml.loads(text.replace(right, wrong, 1).encode(), "object_bucket.yaml").value
    assert list(Draft202012Validator(schema_of_today()).iter_errors(written))


if __name__ == "__main__":
    SCHEMA.write_text(text_of_today(), encoding="utf-8")
