"""The whole evaluation of a small inventory: what an assessment tells, and that nothing but its inputs decides it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sovercheck.evaluation.assess import Setting, assess
from sovercheck.evaluation.evaluate import evaluate
from sovercheck.findings import Assessment, Input, Organisation
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap, Known, Note, Reading, Row
from sovercheck.plain import to_json
from sovercheck.policy.condition import Compare
from sovercheck.policy.loader import load_policies, shipped_ids
from sovercheck.policy.model import PolicySet, Rule
from sovercheck.reference import load_reference
from tests.evaluation.build import make_rule, rows
from tests.evaluation.test_share import share_rule

AS_OF = date(2026, 11, 23)
IN_QUEBEC = Compare(FACTS["copy.place"], "in", ("CA-QC",))
REFERENCE = load_reference()
TEXT = """
systems:
  - {id: s, name: Dossier, data_class: health}
  - {id: t, name: Archive}
  - {id: u}
resources:
  - {id: r, name: Base, system: s, bytes: 60, environment: production}
  - {id: x, system: t, bytes: 40, environment: production}
  - {id: alone}
copies:
  - {id: a, resource: r, place: CA-QC}
  - {id: b, resource: r, place: {value: US, evidence: reported, date: 2027-01-01}}
  - {id: c, resource: x}
"""
RULES = (
    replace(make_rule(IN_QUEBEC, id_="minor"), severity="minor"),
    make_rule(IN_QUEBEC, id_="grave", kind="statute", since=date(2023, 9, 22)),
    make_rule(IN_QUEBEC, id_="later", kind="statute", since=date(2027, 1, 1)),
    replace(share_rule(), id="part"),
)
SETTING = Setting(
    Organisation("Exemple", "CA-QC", "public_body"),
    AS_OF,
    parameters={"b.x": "2", "a.y": "1"},
    sources={"portefeuille.csv": "inventory", "declarations/": "declarations"},
    inputs=(Input("derogations.yaml", "waivers", "0" * 64),),
)


def assessed(rules: tuple[Rule, ...] = RULES, *gaps: Gap, text: str = TEXT) -> Assessment:
    builder = Builder()
    builder.add("declarations/", [*rows(text), *gaps, Note("declarations/", "encoding", {"encoding": "cp1252"})])
    seen = Known("public", Evidence(Grade.ASSUMED, "portefeuille.csv"))
    builder.add("portefeuille.csv", [Row("system", "bulk", {}, {"data_class": seen}), Row("system", "s")], bulk=True)
    with builder.finish() as inventory:
        evaluated = evaluate(inventory, rules, REFERENCE, AS_OF)
        return assess(inventory, evaluated, PolicySet((), rules, "f" * 64), REFERENCE, (), SETTING)


@pytest.fixture(scope="module")
def found() -> Assessment:
    return assessed()


def test_findings_stand_in_order_of_verdict_severity_rule_and_id(found: Assessment) -> None:
    told = [(item.rule, item.id, item.verdict) for item in found.findings]
    assert told == [
        ("grave", "b", "fail"),
        ("minor", "b", "fail"),
        ("grave", "c", "unknown"),
        ("part", "estate", "unknown"),
        ("minor", "c", "unknown"),
    ]


def test_every_verdict_is_counted_passes_too(found: Assessment) -> None:
    counts = {rule.id: rule.counts for rule in found.rules}
    assert (counts["grave"].passed, counts["grave"].failed, counts["grave"].unknown) == (1, 1, 1)
    assert (counts["later"].not_applicable, counts["later"].failed) == (3, 0)
    assert counts["part"].unknown == 1
    assert {rule.id: rule.applies for rule in found.rules}["later"] is False
    assert {rule.id: rule.weakest_pass for rule in found.rules}["grave"] == "observed"


def test_a_finding_tells_its_evidence_by_number(found: Assessment) -> None:
    fact = found.findings[0].facts[0]
    assert fact.provenance is not None
    assert found.provenance[fact.provenance].grade == found.findings[0].weakest == "reported"
    assert found.findings[0].late_facts == ("copy.place",)


def test_coverage_counts_systems_first(found: Assessment) -> None:
    coverage = found.coverage
    assert (coverage.systems, coverage.read, coverage.declared, coverage.unreached) == (4, 2, 1, 1)
    assert coverage.untied_resources == 1
    assert coverage.subjects["copy"] == 3
    assert [(source.name, source.kind, source.rows) for source in coverage.sources] == [
        ("declarations/", "declarations", 11),
        ("portefeuille.csv", "inventory", 2),
    ]


def test_the_inputs_are_told_with_their_hashes(found: Assessment) -> None:
    inputs = {item.kind: item.sha256 for item in found.inputs}
    assert set(inputs) == {"inventory", "policies", "reference", "waivers"}
    assert inputs["reference"] == REFERENCE.sha256
    assert list(found.parameters) == ["a.y", "b.x"]


def test_names_are_given_for_what_findings_name(found: Assessment) -> None:
    assert found.names == {"system/s": "Dossier", "copy/b": "Base", "system/t": "Archive"}


def test_systems_that_somebody_named_come_first(found: Assessment) -> None:
    assert [(view.id, view.origin) for view in found.systems] == [
        ("t", "listed"),
        ("s", "listed"),
        ("u", "listed"),
        ("bulk", "bulk"),
    ]


def test_the_same_arguments_give_the_same_assessment(found: Assessment) -> None:
    assert to_json(assessed()) == to_json(found)


def test_gaps_and_notes_are_told() -> None:
    gap = Gap("compte", "refused", "copy", "c", ("place",), scope="ca-central-1", needs="s3:GetBucketLocation")
    found = assessed(RULES, gap)
    assert [(item.table, item.id, item.needs) for item in found.gaps] == [("copy", "c", "s3:GetBucketLocation")]
    assert [(item.code, item.params) for item in found.notes] == [("encoding", {"encoding": "cp1252"})]
    assert {item.reason for item in found.findings if item.id == "c"} == {"refused"}


def test_the_ledger_is_told_folded() -> None:
    readings = [Reading("compte", "1", region, "s3", "object_bucket", "refused") for region in ("a", "b")]
    builder = Builder()
    builder.add("compte", readings)
    with builder.finish() as inventory:
        evaluated = evaluate(inventory, RULES, REFERENCE, AS_OF)
        found = assess(inventory, evaluated, PolicySet((), RULES, "f" * 64), REFERENCE, (), SETTING)
    assert [(line.status, line.regions) for line in found.coverage.readings] == [("refused", ("a", "b"))]


def test_an_inventory_with_nothing_in_it_passes_nothing() -> None:
    with Builder().finish() as inventory:
        policies = load_policies(shipped_ids(), REFERENCE, {})
        evaluated = evaluate(inventory, policies.rules, REFERENCE, AS_OF)
        found = assess(inventory, evaluated, policies, REFERENCE, (), SETTING)
    assert found.coverage.systems == 0
    assert {rule.counts.passed for rule in found.rules} == {0}
    assert {item.subject for item in found.findings} <= {"estate"}


def test_few_rows_are_judged_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load_policies(shipped_ids(), REFERENCE, {}).rules
    gap = Gap("compte", "refused", "copy", "a", ("place",))
    few = assessed(rules, gap)
    monkeypatch.setattr("sovercheck.inventory.builder.SMALL", 0)
    assert assessed(rules, gap) == few
