from __future__ import annotations

import json

from sovercheck.inventory.facts import FACTS

from .conftest import Cli


def test_every_fact_says_who_settles_it_and_by_what(cli: Cli) -> None:
    lines = cli("facts").out.splitlines()
    assert [line.split("  (")[0] for line in lines if line and not line.startswith(" ")] == list(FACTS)
    at = lines.index("copy.place  (lieu (ISO 3166))")
    assert lines[at + 2] == "  le fournisseur (preuve suffisante\u00a0: observé)"
    assert lines[at + 3].startswith("  Question\u00a0: ")


def test_the_registry_as_json(cli: Cli) -> None:
    facts = json.loads(cli("facts", "--json").out)
    assert [fact["name"] for fact in facts] == list(FACTS)
    place = next(fact for fact in facts if fact["name"] == "copy.place")
    assert place["settled_by"] == "supplier"
    assert place["accepted_evidence"] == "observed"
    assert set(place["meaning"]) == {"fr", "en"}


def test_one_subject(cli: Cli) -> None:
    facts = json.loads(cli("facts", "--json", "--subject", "estate").out)
    assert {fact["table"] for fact in facts} == {"estate"}
    assert "«\u00a0copy\u00a0»?" in cli("facts", "--subject", "cop").err
    assert cli("facts", "--subject", "zzz").code == 2
