"""Against the elements and attributes that Jenkins' schema of JUnit's XML allows (its `junit-10.xsd`)."""

from __future__ import annotations

import dataclasses
import io
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from sovercheck.findings import Assessment
from sovercheck.gate import Gate
from sovercheck.messages import LANGS, Lang
from sovercheck.reports import junit
from sovercheck.reports.base import Options
from sovercheck.reports.outside import visible_lines
from tests.reports.gates import COPIES, assessed, gate_finding, gate_of, large_gate, made, resource, sample_gate

_OUTCOME: tuple[set[str], set[str], set[str]] = (set(), {"type", "message"}, set())
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package", "file"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": _OUTCOME,
    "error": _OUTCOME,
    "skipped": _OUTCOME,
    "system-out": (set(), set(), set()),
}
"""Element → the attributes that it must have, those that it may have besides, the elements that it may have inside."""


def rendered(assessment: Assessment, gate: Gate, lang: Lang = "fr") -> bytes:
    out = io.BytesIO()
    junit.render(assessment, out, Options(lang, gate=gate))
    return out.getvalue()


def tree(assessment: Assessment, gate: Gate) -> ElementTree.Element:
    root = ElementTree.fromstring(rendered(assessment, gate))
    check(root)
    return root


def check(element: ElementTree.Element) -> None:
    required, optional, inside = ALLOWED[element.tag]
    assert required <= set(element.attrib) <= required | optional
    assert {child.tag for child in element} <= inside
    if element.tag in ("testsuites", "testsuite"):
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if attribute in element.attrib:
                assert int(element.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
    for child in element:
        check(child)


def outcomes(root: ElementTree.Element, rule: str) -> dict[str, str]:
    """Of a rule, name of the case → `failure`, `error`, `skipped`, or empty where it passes."""
    return {
        case.attrib["name"]: next((child.tag for child in case if child.tag != "system-out"), "")
        for case in root.iter("testcase")
        if case.attrib["classname"] == rule
    }


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_as_it_is(lang: Lang, snapshot: SnapshotAssertion) -> None:
    assert rendered(*sample_gate(), lang).decode("utf-8") == snapshot


def test_an_unknown_is_an_error_and_only_what_is_accepted_is_skipped() -> None:
    root = tree(*sample_gate())
    assert list(outcomes(root, "copies-in-quebec").values()) == ["failure", "failure", "failure", "error", "error", ""]
    assert outcomes(root, "keys-in-hand") == {
        "aws_db_instance.dossier": "error",
        'module.archive.aws_s3_bucket.copies["a.b"]': "failure",
        "aws_s3_bucket.journaux": "skipped",
        "aws_sqs_queue.envois": "skipped",
        "objets qui satisfont à la règle": "",
    }
    reasons = [skipped.attrib["message"] for skipped in root.iter("skipped")]
    assert "Dérogation d-2026-04, approuvée par" in reasons[0]
    assert "L’état de référence le contient" in reasons[1]


def test_what_is_there_already_fails_unless_the_gate_looks_at_what_is_new_only() -> None:
    assessment, gate = sample_gate()
    name = "aws_db_instance.dossier"
    assert outcomes(tree(assessment, gate), COPIES)[name] == "failure"
    only_new = dataclasses.replace(gate, only_new=True)
    assert outcomes(tree(assessment, only_new), COPIES)[name] == "skipped"


def test_what_is_only_advised_is_no_test() -> None:
    root = tree(*sample_gate())
    assert outcomes(root, "us-cloud-act") == {}
    counts = {one.attrib["name"]: one.attrib["value"] for one in root[0].iter("property")}
    assert (counts["advised"], counts["result"]) == ("1", "finding")


def test_copies_of_one_resource_are_one_case_with_the_gravest_outcome() -> None:
    one = resource("aws_s3_bucket.x", None)
    findings = [
        gate_finding(COPIES, one, "primary", standing="waived"),
        gate_finding(COPIES, one, "replica:a", verdict="unknown"),
        gate_finding(COPIES, one, "replica:b"),
    ]
    root = tree(*made([(finding, assessed(finding)) for finding in findings], [one]))
    assert outcomes(root, COPIES) == {"aws_s3_bucket.x": "failure", "objets qui satisfont à la règle": ""}
    (failure,) = root.iter("failure")
    assert failure.text is not None
    assert failure.text.count("Chaque copie au Québec") == 3


def test_resources_of_one_address_are_told_apart() -> None:
    both = [resource("aws_s3_bucket.x", None), dataclasses.replace(resource("aws_s3_bucket.x", None), id="deposed")]
    pairs = [(finding, assessed(finding)) for finding in (gate_finding(COPIES, one) for one in both)]
    assert list(outcomes(tree(*made(pairs, both)), COPIES))[:2] == ["aws_s3_bucket.x", "aws_s3_bucket.x (2)"]


def test_with_several_plans_a_case_names_its_own() -> None:
    assessment, gate = sample_gate()
    two = dataclasses.replace(gate, plans=(*gate.plans, dataclasses.replace(gate.plans[0], name="b.json")))
    assert "infra/plan.json\u00a0: aws_db_instance.dossier" in outcomes(tree(assessment, two), COPIES)


def test_a_plan_that_is_not_whole_is_an_error_and_a_whole_one_passes() -> None:
    assessment, gate = sample_gate()
    name = "Fichier lu en entier\u00a0: infra/plan.json"
    assert outcomes(tree(assessment, gate), "sovercheck") == {name: "error"}
    whole = dataclasses.replace(gate, plans=(dataclasses.replace(gate.plans[0], incomplete=()),))
    assert outcomes(tree(assessment, whole), "sovercheck") == {name: ""}


def test_what_is_not_established_is_never_all_green() -> None:
    assessment, gate = made([], [])
    nothing = dataclasses.replace(gate, result="not_established")
    assert outcomes(tree(assessment, nothing), "sovercheck")["Résultat"] == "error"
    assert "Résultat" not in outcomes(tree(assessment, gate), "sovercheck")


def test_what_passes_is_one_case_a_rule_that_judged_something() -> None:
    root = tree(*made([], []))
    rules = [suite.attrib["name"] for suite in root][1:]
    assert sorted(rules) == ["copies-in-quebec", "keys-in-hand", "supported-components"]
    assert all(list(outcomes(root, rule).values()) == [""] for rule in rules)


def test_a_large_report_keeps_to_the_format() -> None:
    assert len(outcomes(tree(*large_gate(300)), COPIES)) == 301


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_from_outside_is_kept(text: str) -> None:
    root = tree(*gate_of(text))
    shown = visible_lines(text)
    for tag in ("failure", "error"):
        found = list(root.iter(tag))
        assert found
        for one in found:
            assert shown in one.attrib["message"]
            assert one.text is not None
            assert shown in one.text
    assert f"{shown}.b" in outcomes(root, COPIES)
