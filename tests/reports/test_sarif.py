"""Against the published schema of SARIF, and what GitHub's documentation of code scanning requires beyond it."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import sarif
from sovercheck.reports.base import Options
from tests.reports.gates import CLOUD_ACT, COPIES, KEYS, PLAN, gate_of, large_gate, made, sample_gate

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def rendered(assessment: Assessment, gate: Gate, lang: Lang = "fr") -> str:
    out = io.BytesIO()
    sarif.render(assessment, out, Options(lang, gate=gate))
    return out.getvalue().decode("utf-8")


def run_of(assessment: Assessment, gate: Gate, lang: Lang = "fr") -> dict[str, Any]:
    log = json.loads(rendered(assessment, gate, lang))
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results(assessment: Assessment, gate: Gate) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run_of(assessment, gate)["results"]
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_the_log_as_it_is(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert rendered(*sample_gate(), lang) == snapshot


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sample", [sample_gate(), large_gate(60), made([], [])], ids=["sample", "large", "empty"])
def test_it_keeps_to_the_published_schema(sample: tuple[Assessment, Gate], lang: Lang) -> None:
    VALIDATOR.validate(json.loads(rendered(*sample, lang)))


def test_it_has_all_that_code_scanning_requires() -> None:
    log = json.loads(rendered(*sample_gate()))
    assert (log["version"], urlsplit(log["$schema"]).scheme) == ("2.1.0", "https")
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["name"]
    for rule in driver["rules"]:
        assert rule["id"]
        for described in ("shortDescription", "fullDescription"):
            assert 0 < len(rule[described]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["precision"] == "high"
    for result in log["runs"][0]["results"]:
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not urlsplit(uri).scheme
        assert not uri.startswith(("/", "./"))
        assert "\\" not in uri
        assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert place["region"]["startLine"] <= place["region"]["endLine"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_result_is_at_the_line_that_causes_it_and_names_where_its_place_was_read() -> None:
    first = results(*sample_gate())[0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "modules/archive/main.tf", "uriBaseId": "%SRCROOT%"}
    assert (place["region"]["startLine"], place["region"]["endLine"]) == (3, 9)
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == (
        'module.archive.aws_s3_bucket.copies["a.b"]'
    )
    assert first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "versions.tf"


def test_what_was_not_found_in_the_sources_is_at_the_first_line_of_the_plan() -> None:
    nowhere = next(one for one in results(*sample_gate()) if "azurerm_storage_account" in one["message"]["text"])
    place = nowhere["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (PLAN, 1)


def test_a_path_with_spaces_and_accents_is_encoded() -> None:
    found = next(one for one in results(*sample_gate()) if "réplique" in one["message"]["text"])
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "base%20de%20donn%C3%A9es.tf"
    assert unquote(uri) == "base de données.tf"


def test_an_unknown_is_shown_as_a_warning_and_says_so() -> None:
    unknown = [one for one in results(*sample_gate()) if one["properties"]["verdict"] == "unknown"]
    # Any kind but `fail` must have no level, and code scanning may show none of them.
    assert [(one["kind"], one["level"]) for one in unknown] == [("fail", "warning")] * 3
    assert all("à évaluer" in one["message"]["text"] for one in unknown)


def test_what_is_accepted_is_a_note_with_its_reason() -> None:
    found = [(one["properties"]["standing"], one["level"], one["suppressions"]) for one in results(*sample_gate())]
    accepted = {standing: (level, suppressions) for standing, level, suppressions in found if suppressions}
    assert set(accepted) == {"waived", "baselined"}
    for level, (suppression,) in accepted.values():
        assert level == "note"
        assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert accepted["waived"][1][0]["justification"].startswith("Dérogation d-2026-04, approuvée par")


def test_the_baseline_state_is_that_of_the_change() -> None:
    found = {one["properties"]["standing"]: one["baselineState"] for one in results(*sample_gate())}
    assert found == {"new": "new", "existing": "unchanged", "baselined": "unchanged", "waived": "unchanged"}


def test_rules_are_those_of_the_results_and_only_what_is_judged_has_a_security_severity() -> None:
    rules = {rule["id"]: rule for rule in run_of(*sample_gate())["tool"]["driver"]["rules"]}
    assert set(rules) == {COPIES, KEYS, CLOUD_ACT}
    assert rules[COPIES]["properties"]["security-severity"] == "9.5"
    assert rules[KEYS]["properties"]["security-severity"] == "8.0"
    assert "security-severity" not in rules[CLOUD_ACT]["properties"]
    assert "security" not in rules[CLOUD_ACT]["properties"]["tags"]
    assert rules[CLOUD_ACT]["defaultConfiguration"]["level"] == "note"


def test_what_the_plan_does_not_show_and_what_is_not_judged_are_told() -> None:
    (invocation,) = run_of(*sample_gate())["invocations"]
    told = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert told[0] == ("warning", "aws_kms_key.plus_tard\u00a0: remis à une exécution ultérieure, donc non montré.")
    assert told[1][0] == "note"
    assert "amp-authorisation" in told[1][1]


def test_no_more_results_than_code_scanning_takes_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST == 25_000
    monkeypatch.setattr(sarif, "MOST", 50)
    assessment, gate = large_gate(90)
    run = run_of(assessment, gate)
    assert [one["level"] for one in run["results"]] == ["error"] * 50
    told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert told.startswith("40 constats, les moins graves, ne sont pas dans ce fichier, qui en a 50")


@pytest.mark.slow
def test_twenty_five_thousand_results_stay_under_ten_megabytes_compressed() -> None:
    import gzip

    text = rendered(*large_gate(25_100))
    assert len(json.loads(text)["runs"][0]["results"]) == 25_000
    assert len(gzip.compress(text.encode())) < 10_000_000


def test_the_category_tells_the_plans_apart() -> None:
    assessment, gate = sample_gate()
    assert run_of(assessment, gate)["automationDetails"]["id"] == f"sovercheck/gate/{PLAN}/"
    other = dataclasses.replace(gate, plans=(*gate.plans, dataclasses.replace(gate.plans[0], name="b.json")))
    assert run_of(assessment, other)["automationDetails"]["id"] == f"sovercheck/gate/{PLAN}+b.json/"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.invalid/x?y=1#z", "https://a.invalid/x?y=1#z"),
        ("https://a.invalid/é >)", "https://a.invalid/%C3%A9%20%3E)"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_only_a_web_address_is_linked_to(url: str | None, expected: str | None) -> None:
    assessment, gate = sample_gate()
    rules = tuple(dataclasses.replace(rule, url=url) for rule in assessment.rules)
    (rule, *_) = run_of(dataclasses.replace(assessment, rules=rules), gate)["tool"]["driver"]["rules"]
    assert rule.get("helpUri") == expected
    assert ("](<" in rule["help"]["markdown"]) == (expected is not None)
    assert "javascript" not in rule["help"]["markdown"]


def test_text_from_a_rule_is_data_in_its_help() -> None:
    assessment, gate = sample_gate()
    hostile = {"fr": "<img src=x> [x](http://y.invalid) **z**", "en": "x"}
    rules = tuple(dataclasses.replace(rule, statement=hostile, remediation=hostile) for rule in assessment.rules)
    (rule, *_) = run_of(dataclasses.replace(assessment, rules=rules), gate)["tool"]["driver"]["rules"]
    assert r"\<img src=x\> \[x\](http\://y.invalid) \*\*z\*\*" in rule["help"]["markdown"]
    long = tuple(dataclasses.replace(rule, title={"fr": "x" * 3000, "en": "x"}) for rule in assessment.rules)
    (rule, *_) = run_of(dataclasses.replace(assessment, rules=long), gate)["tool"]["driver"]["rules"]
    assert len(rule["shortDescription"]["text"]) == 1024


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=50)
def test_every_text_from_outside_is_kept_and_no_link_comes_of_it(text: str) -> None:
    log = json.loads(rendered(*gate_of(text)))
    VALIDATOR.validate(log)
    for result in log["runs"][0]["results"]:
        message = result["message"]["text"]
        assert text in message.replace("\\](", "](")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not urlsplit(uri).scheme


def test_brackets_of_an_address_make_no_link() -> None:
    found = results(*gate_of("a[b](http://x.invalid)"))
    assert all("](" not in one["message"]["text"].replace("\\](", "") for one in found)
