"""The rules that ship: each is whole, in both languages, tested in its own file, and cites what the reference has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from sovercheck import bundle, strictyaml
from sovercheck.errors import SovercheckError
from sovercheck.evaluation.rehearse import Outcome, judge_cases, rehearse
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import FACTS, SUBJECTS
from sovercheck.policy.cases import cases
from sovercheck.policy.condition import All, AnyOf, Compare, Condition, Not, facts_of, leaves
from sovercheck.policy.loader import load_policies, read_written, shipped_ids, with_parameters
from sovercheck.policy.model import LEGAL_DUTIES, PolicySet, Rule, RuleTest
from sovercheck.reference import Reference, load_reference
from sovercheck.reference.laws import Statute

POLICIES = ("cloud-act", "continuite", "contrats", "loi-25", "preuve", "quebec-cloud", "residency", "sante")
VERDICTS = {"pass", "fail", "unknown", "not_applicable"}


def rule_files() -> list[Path]:
    folders = [path.parent for path in bundle.policies().glob("*/policy.yaml")]
    return sorted(path for folder in folders for path in folder.glob("*.yaml") if path.name != "policy.yaml")


def shown(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def reference() -> Reference:
    return load_reference()


@cache
def shipped() -> PolicySet:
    return load_policies(shipped_ids(), reference(), {})


def written(path: Path) -> Mapping[str, strictyaml.Value]:
    value = strictyaml.load(path).value
    assert isinstance(value, dict)
    return value


def texts(value: strictyaml.Value, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text under a language's key, with the language."""
    if isinstance(value, dict):
        for inner, content in value.items():
            yield from texts(content, inner)
    elif isinstance(value, list):
        for content in value:
            yield from texts(content)
    elif key in ("fr", "en") and isinstance(value, str):
        yield key, value


def test_the_shipped_policies() -> None:
    assert shipped_ids() == POLICIES
    assert [policy.id for policy in shipped().policies] == list(POLICIES)
    assert all(policy.authoritative == "fr" for policy in shipped().policies)


@pytest.mark.parametrize("path", rule_files(), ids=shown)
def test_a_rule_has_all_its_parts(path: Path) -> None:
    rule = written(path)
    assert rule["id"] == path.stem
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem)
    needed = {"id", "title", "basis", "severity", "subject", "remediation", "tests"}
    assert needed <= set(rule)
    assert len({"require", "share", "exposure"} & set(rule)) == 1
    assert rule["subject"] in SUBJECTS


@pytest.mark.parametrize("path", rule_files(), ids=shown)
def test_what_people_read_is_in_both_languages(path: Path) -> None:
    rule = written(path)
    basis = rule["basis"]
    assert isinstance(basis, dict)
    for text in (rule["title"], rule["remediation"], basis["cite"], rule.get("rationale", {"fr": "x", "en": "x"})):
        assert isinstance(text, dict)
        assert set(text) == {"fr", "en"}
        assert all(isinstance(sentence, str) and sentence.strip() for sentence in text.values())


@pytest.mark.parametrize("path", [*rule_files(), *sorted(bundle.policies().glob("*/policy.yaml"))], ids=shown)
def test_french_is_written_as_quebecs_public_service_writes_it(path: Path) -> None:
    for lang, text in texts(dict(written(path))):
        assert "'" not in text, text
        if lang == "fr":
            assert not re.search(r"[\s\u00a0][;!?]", text), text
            assert not re.search(r"[^\u00a0\d/]:(?!//)", text), text
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»", text), text
            assert not re.search(r"\d[^\u00a0]?%", text.replace("\u00a0%", "")), text


@pytest.mark.parametrize("path", rule_files(), ids=shown)
def test_a_rule_is_tested_beside_its_text(path: Path) -> None:
    tests = written(path)["tests"]
    assert isinstance(tests, list)
    cases = [case for case in tests if isinstance(case, dict)]
    assert len(cases) == len(tests) >= 4
    names = [case["name"] for case in cases]
    assert len(set(map(str, names))) == len(names)
    expected = {
        verdict
        for case in cases
        for verdict in (case["expect"].values() if isinstance(case["expect"], dict) else [case["expect"]])
    }
    assert {"pass", "fail", "unknown"} <= expected <= VERDICTS


def test_every_shipped_rule_loads() -> None:
    assert {rule.written_id for rule in shipped().rules} == {path.stem for path in rule_files()}


def test_no_two_rules_ask_the_same() -> None:
    asked = Counter(
        (rule.subject, rule.when, rule.require) for rule in shipped().rules if rule.require is not None
    ).most_common(1)
    assert asked[0][1] == 1, asked


RULES = shipped().rules
"""Share variants included."""

EXPOSURES = [rule for rule in RULES if rule.law is not None]
DUTIES = [rule for rule in RULES if rule.basis.kind in LEGAL_DUTIES]


def named(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", EXPOSURES, ids=named)
def test_an_exposure_rule_rests_on_its_laws_entry(rule: Rule) -> None:
    assert rule.law is not None
    law = reference().laws[rule.law]
    assert rule.id == law.id
    assert rule.basis.kind == "foreign-law"
    assert rule.basis.cite == law.citation
    assert rule.basis.url == law.url
    assert (rule.basis.in_force_from, rule.basis.in_force_to) == (law.in_force_from, law.in_force_to)
    assert rule.basis.text.version == law.text_version
    assert rule.basis.text.read_on == law.text_read_on
    assert rule.basis.text.grade == law.text_grade
    assert rule.gate == "advise"


def test_only_exposure_rules_have_a_foreign_law_as_their_basis() -> None:
    assert {rule.id for rule in RULES if rule.basis.kind == "foreign-law"} == {rule.id for rule in EXPOSURES}


def statute_of(rule: Rule) -> Statute:
    """The entry of `statutes.yaml` that a rule cites first."""
    cited = rule.basis.cite["fr"].partition(";")[0]
    found = [statute for statute in reference().statutes.values() if statute.citation["fr"] == cited]
    assert len(found) == 1, f"{rule.id} cites {cited}, which statutes.yaml does not have"
    return found[0]


@pytest.mark.parametrize("rule", DUTIES, ids=named)
def test_a_legal_duty_cites_a_statute_of_the_reference_in_the_wording_read(rule: Rule) -> None:
    statute = statute_of(rule)
    assert rule.basis.cite["en"].partition(";")[0] == statute.citation["en"]
    assert rule.basis.url == statute.url
    assert rule.basis.text.version == statute.text_version
    assert rule.basis.text.read_on == statute.text_read_on
    assert rule.basis.text.grade == statute.text_grade
    assert rule.basis.text.settles, "a text below a republication can give no verdict"
    assert rule.basis.in_force_from is not None, "without a date the statute would pass for a bill"
    if statute.in_force_from is not None:
        assert rule.basis.in_force_from == statute.in_force_from


@pytest.mark.parametrize("rule", DUTIES, ids=named)
def test_a_duty_of_quebec_law_binds_only_custodians_established_in_quebec(rule: Rule) -> None:
    assert rule.when is not None
    places = [
        leaf
        for leaf in leaves(rule.when)
        if isinstance(leaf, Compare) and leaf.fact.name == "system.custodian_place" and leaf.op == "in"
    ]
    assert [leaf.value for leaf in places] == [("CA-QC",)]
    assert any(fact.name == "system.custodian_kind" for fact in facts_of(rule.when))
    abroad = [case for case in rule.tests if gives(case, "custodian_place") == "BE"]
    private = [case for case in rule.tests if gives(case, "custodian_kind") == "private"]
    assert abroad or private, "no test shows a custodian whom the statute does not bind"
    assert all(case.expect == "not_applicable" for case in abroad + private)


def gives(case: RuleTest, short: str) -> object:
    return case.given.get(f"system.{short}")


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_conditions_stand_under_no_negation(rule: Rule) -> None:
    """A rule reads like its article: what must hold is said, not what must not, but for dates."""
    for condition in (rule.when, rule.require):
        for node in nodes(condition):
            if isinstance(node, Not):
                assert not isinstance(node.item, AnyOf | Compare), rule.id


def nodes(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    yield condition
    for item in getattr(condition, "items", ()) or ():
        yield from nodes(item)
    if isinstance(condition, Not):
        yield from nodes(condition.item)


@pytest.mark.parametrize("path", rule_files(), ids=shown)
def test_only_a_legal_duty_has_statutory_parameters(path: Path) -> None:
    rule = written(path)
    basis, parameters = rule["basis"], rule.get("parameters", {})
    assert isinstance(basis, dict)
    assert isinstance(parameters, dict)
    for name, parameter in parameters.items():
        assert isinstance(parameter, dict)
        if parameter.get("statutory") is True:
            assert basis["kind"] in LEGAL_DUTIES, name
            assert "relaxed_when" in parameter, name


def test_the_grades_that_tests_use_are_those_of_evidence() -> None:
    grades = {
        value["evidence"]
        for rule in RULES
        for case in rule.tests
        for value in case.given.values()
        if isinstance(value, dict) and "evidence" in value
    }
    assert grades
    assert grades <= {grade.word for grade in Grade}


def test_the_facts_that_rules_read_are_declared_or_derived() -> None:
    read = {fact.name for rule in RULES for c in (rule.when, rule.require) if c is not None for fact in facts_of(c)}
    assert read <= set(FACTS)
    assert {"copy.place", "efvp.date", "system.custodian_place", "contract.clauses"} <= read


@cache
def outcomes() -> Mapping[str, list[Outcome]]:
    errors: list[SovercheckError] = []
    files = read_written(shipped_ids(), errors)
    assert not errors

    def reparametrised(rule: Rule, parameters: Mapping[str, strictyaml.Value]) -> Rule:
        variants = with_parameters(rule.written_id, files, reference(), parameters)
        return next(variant for variant in variants if variant.id == rule.id)

    found: dict[str, list[Outcome]] = {}
    for outcome in rehearse(RULES, reference(), reparametrised):
        found.setdefault(outcome.rule.id, []).append(outcome)
    return found


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_gives_what_its_own_tests_expect(rule: Rule) -> None:
    wrong = [
        f"{outcome.case.name}: {outcome.found}, not {outcome.case.expect}"
        for outcome in outcomes()[rule.id]
        if not outcome.holds
    ]
    assert not wrong


def without_one(condition: Condition) -> Iterator[tuple[Condition, Condition | None]]:
    """A condition with one of its parts left out, and that part."""
    if isinstance(condition, All | AnyOf):
        make = type(condition)
        for n, part in enumerate(condition.items):
            before, after = condition.items[:n], condition.items[n + 1 :]
            rest = before + after
            yield part, make(rest) if len(rest) > 1 else rest[0] if rest else None
            yield from ((left_out, make((*before, less, *after))) for left_out, less in without_one(part) if less)


def weakened(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one part of its conditions left out, and what was."""
    if rule.when is not None:
        yield "when", replace(rule, when=None)
        for part, rest in without_one(rule.when):
            yield f"when: {part}", replace(rule, when=rest)
    if rule.require is not None:
        for part, rest in without_one(rule.require):
            yield f"require: {part}", replace(rule, require=rest)


@pytest.mark.slow
def test_each_part_of_a_condition_matters_to_some_test_of_its_rule() -> None:
    changed = [(rule.id, part, less) for rule in RULES if rule.share is None for part, less in weakened(rule)]
    assert changed
    trials = [((id_, part), less, case) for id_, part, less in changed for case in cases(less) if not case.parameters]
    judged = judge_cases([(less, case) for _, less, case in trials], reference())
    noticed = {key for (key, _, _), outcome in zip(trials, judged, strict=True) if not outcome.holds}
    assert not [f"{id_}, {part}" for id_, part, _ in changed if (id_, part) not in noticed]
