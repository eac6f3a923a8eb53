from __future__ import annotations

import dataclasses

import pytest

from sovercheck.change import Spot
from sovercheck.gate import Gate, GateFinding
from sovercheck.reports.gate_findings import (
    Level,
    fingerprints,
    gravest_first,
    is_set_aside,
    level,
    repository_path,
    spot,
)
from tests.reports.gates import COPIES, PLAN, gate_finding, resource, sample_gate

GATE = sample_gate()[1]
FINDING = gate_finding(COPIES, resource("aws_s3_bucket.x", None), "primary")


def of(**changes: object) -> GateFinding:
    return dataclasses.replace(FINDING, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (of(severity="blocking"), "error"),
        (of(severity="major"), "error"),
        (of(severity="minor"), "warning"),
        (of(severity="info"), "note"),
        (of(severity="blocking", verdict="unknown"), "warning"),
        (of(severity="minor", verdict="unknown"), "warning"),
        (of(standing="existing"), "error"),
        (of(standing="waived"), "note"),
        (of(standing="baselined", verdict="unknown"), "note"),
        (of(judged=False), "note"),
    ],
)
def test_how_grave_a_finding_is(finding: GateFinding, expected: Level) -> None:
    assert level(GATE, finding) == expected


def test_what_is_there_already_counts_unless_the_gate_looks_at_what_is_new_only() -> None:
    existing = of(standing="existing")
    only_new = dataclasses.replace(GATE, only_new=True)
    assert (is_set_aside(GATE, existing), level(GATE, existing)) == (False, "error")
    assert (is_set_aside(only_new, existing), level(only_new, existing)) == (True, "note")
    assert not is_set_aside(only_new, FINDING)


def test_what_counts_comes_first_and_the_gravest_of_it() -> None:
    order = [
        of(),
        of(standing="existing"),
        of(verdict="unknown"),
        of(severity="major"),
        of(severity="info"),
        of(standing="waived"),
        of(judged=False),
    ]
    gate = dataclasses.replace(GATE, findings=tuple(reversed(order)))
    assert gravest_first(gate) == order


def test_a_finding_without_a_line_is_at_the_first_one_of_its_plan() -> None:
    assert spot(GATE, of(spot=Spot("./a/b.tf", 3, 9))) == Spot("a/b.tf", 3, 9)
    assert spot(GATE, FINDING) == Spot(PLAN, 1, 1)
    assert spot(GATE, of(spot=Spot("b.tf", 0, -4))) == Spot("b.tf", 1, 1)
    whole = of(plan="", resource=None)
    assert spot(GATE, whole) == Spot(PLAN, 1, 1)
    assert spot(dataclasses.replace(GATE, plans=()), whole) == Spot("sovercheck.yaml", 1, 1)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("main.tf", "main.tf"),
        ("./main.tf", "main.tf"),
        ("././/main.tf", "main.tf"),
        ("/tmp/plan.json", "tmp/plan.json"),
        ("modules\\a\\main.tf", "modules/a/main.tf"),
        ("../b/main.tf", "../b/main.tf"),
        ("", "sovercheck.yaml"),
    ],
)
def test_a_path_is_relative_to_the_repository(file: str, expected: str) -> None:
    assert repository_path(file) == expected


def test_a_fingerprint_that_comes_again_is_made_another_one() -> None:
    twice: Gate = dataclasses.replace(GATE, findings=(FINDING, of(id="b"), of(fingerprint="0" * 32), of(id="c")))
    found = list(fingerprints(twice.findings))
    assert found[0] == FINDING.fingerprint
    assert found[2] == "0" * 32
    assert len(set(found)) == 4
    assert {len(one) for one in found} == {32}
    assert list(fingerprints(twice.findings)) == found
