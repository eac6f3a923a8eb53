from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sovercheck.errors import ConfigurationError
from sovercheck.sources.mapping import SpreadsheetMapping
from tests.sources.sheet_files import CSV, SYSTEMS, collect

MAPPINGS = [
    (
        {"table": "system", "columns": {"id": "Code"}},
        "table",
        "No table is called “system”.",
        "Did you mean “systems”?",
    ),
    (
        {"table": "systems", "columns": {"id": "Code", "nane": "Nom"}},
        "columns/nane",
        "An entry of “systems” has no fact named “nane”.",
        "Did you mean “name”?",
    ),
    (
        {"table": "systems", "columns": {"name": "Nom"}},
        "",
        "The table “systems” of the inventory must say “id”.",
        "Add it",
    ),
    (
        {"table": "involvements", "columns": {"party": "Nom"}},
        "",
        "The table “involvements” of the inventory must say “system”.",
        "Add it",
    ),
    (
        {"table": "systems", "columns": {"id": "Code"}, "constants": {"status": "vivant"}},
        "constants/status",
        "“vivant” is not a word that “system.status” takes.",
        "Possible words",
    ),
    (
        {"table": "systems", "columns": {"id": "Code", "status": "Nom"}, "values": {"status": {"x": "retiré"}}},
        "values/status/x",
        "“retiré” is not a word that “system.status” takes.",
        "Did you mean “retired”?",
    ),
    (
        {"table": "systems", "columns": {"id": "Code"}, "values": {"status": {}}},
        "values/status",
        "“values” translates “status”, which has no column.",
        None,
    ),
    (
        {"table": "systems", "columns": {"id": "Code", "name": "Nom"}, "units": {"name": "GB"}},
        "units/name",
        "The unit given to “name” makes no sense there.",
        None,
    ),
    (
        {"table": "systems", "columns": {"id": "Code", "name": "Nom"}, "constants": {"name": "x"}},
        "constants/name",
        "“name” has both a column and a constant.",
        "Keep one of them.",
    ),
    (
        {"table": "systems", "columns": {"id": "Code"}, "needs": ["name"]},
        "needs/0",
        "An entry of “systems” has no fact named “name”.",
        "Possible names: id.",
    ),
    (
        {"table": "copies", "columns": {"id": "Code"}, "constants": {"resource": "a b"}},
        "constants/resource",
        "“a b” cannot be an id (resource).",
        "An id has letters",
    ),
]


@pytest.mark.parametrize(("table", "where", "message", "hint"), MAPPINGS)
def test_a_mapping_that_names_nothing_is_a_configuration_error(
    tmp_path: Path, table: dict[str, Any], where: str, message: str, hint: str | None
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        collect(tmp_path, CSV.encode(), table)
    assert str(caught.value.place) == f"sovercheck.yaml:tables/0/{where}".rstrip("/")
    assert caught.value.message("en") == message
    assert (caught.value.hint("en") or "").startswith(hint or "")
    assert (caught.value.hint("fr") is None) == (hint is None)


@pytest.mark.parametrize(
    "said", [{"evidence": "observed"}, {"tables": []}, {"encoding": "latin-9"}, {"delimiter": "|"}, {"colour": "red"}]
)
def test_a_mapping_has_a_closed_form(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SpreadsheetMapping.model_validate({"file": "a.csv", "tables": [SYSTEMS]} | said)
