from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.cli.exits import Exit, Outcome, outcome
from sovercheck.findings import UNREAD, Assessment, ReadingLine, Severity
from sovercheck.inventory.rows import ReadingStatus


def test_the_codes_are_frozen() -> None:
    assert {exit.name: exit.value for exit in Exit} == {
        "SATISFIED": 0,
        "FINDING": 1,
        "USAGE": 2,
        "NOT_ESTABLISHED": 3,
        "WAIVED": 4,
        "INTERNAL": 70,
        "INTERRUPTED": 130,
        "BROKEN_PIPE": 141,
    }


@pytest.mark.parametrize(
    ("failing", "unknown", "waived", "gaps", "unread", "nothing", "code"),
    [
        (0, 0, 0, 0, 0, False, 0),
        (1, 0, 0, 0, 0, False, 1),
        (1, 1, 1, 1, 1, True, 1),  # 1 before 3 before 4
        (0, 1, 0, 0, 0, False, 3),
        (0, 0, 0, 1, 0, False, 3),
        (0, 0, 0, 0, 1, False, 3),
        (0, 0, 0, 0, 0, True, 3),
        (0, 1, 5, 0, 0, False, 3),
        (0, 0, 5, 1, 0, False, 3),
        (0, 0, 5, 0, 1, False, 3),
        (0, 0, 5, 0, 0, False, 4),
        (1, 0, 5, 0, 0, False, 1),
    ],
)
def test_the_first_that_matches_wins(
    failing: int, unknown: int, waived: int, gaps: int, unread: int, nothing: bool, code: int
) -> None:
    assert Outcome(failing, unknown, waived, gaps, unread, nothing).code == code


def assessment(
    *findings: tuple[str, str, str | None],
    gaps: int = 0,
    readings: tuple[ReadingLine, ...] = (),
    rules: bool = True,
    **subjects: int,
) -> Assessment:
    """An assessment of which only what decides is there; a finding is (severity, verdict, waiver)."""
    shown = SimpleNamespace(
        rules=[SimpleNamespace(id=severity, severity=severity) for severity in get_args(Severity)] if rules else [],
        findings=[SimpleNamespace(rule=rule, verdict=verdict, waiver=waiver) for rule, verdict, waiver in findings],
        gaps=[None] * gaps,
        coverage=SimpleNamespace(subjects=subjects or {"system": 1}, readings=readings),
    )
    return cast(Assessment, shown)


@pytest.mark.parametrize(
    ("findings", "fail_on", "code"),
    [
        ([], "major", 0),
        ([("minor", "fail", None)], "major", 0),
        ([("minor", "fail", None)], "minor", 1),
        ([("major", "fail", None)], "major", 1),
        ([("major", "fail", None)], "blocking", 0),
        ([("blocking", "fail", None)], "major", 1),
        ([("info", "unknown", None)], "minor", 0),
        ([("info", "unknown", None)], "info", 3),
        ([("major", "fail", "w")], "major", 4),
        ([("minor", "fail", "w")], "major", 0),
        ([("major", "fail", "w"), ("minor", "fail", None)], "major", 4),
        ([("major", "fail", "w"), ("major", "fail", None)], "major", 1),
        ([("major", "fail", "w"), ("major", "unknown", None)], "major", 3),
        ([("major", "fail", None), ("major", "unknown", None)], "major", 1),
    ],
)
def test_only_findings_at_or_above_the_severity_count(
    findings: list[tuple[str, str, str | None]], fail_on: Severity, code: int
) -> None:
    assert outcome(assessment(*findings), fail_on).code == code


def test_a_gap_is_never_a_clean_bill_whatever_the_severity() -> None:
    assert outcome(assessment(gaps=1), "blocking").code == Exit.NOT_ESTABLISHED


def line(status: ReadingStatus, number: int = 0) -> ReadingLine:
    return ReadingLine("aws", f"compte {number}", "s3", ("object_bucket",), status, ("ca-central-1", "us-east-1"))


@pytest.mark.parametrize("status", UNREAD)
def test_a_listing_that_was_not_obtained_is_never_a_clean_bill_even_if_no_gap_tells_of_it(
    status: ReadingStatus,
) -> None:
    found = outcome(assessment(readings=(line("read"), line(status, 1))), "blocking")
    assert found.code == Exit.NOT_ESTABLISHED
    assert found.unread == 2


@pytest.mark.parametrize("status", ["read", "excluded", "opted_out", "not_supported", "undescribed"])
def test_what_was_not_to_be_read_does_not_decide(status: ReadingStatus) -> None:
    assert outcome(assessment(readings=(line(status),)), "major").code == Exit.SATISFIED


@given(
    findings=st.lists(
        st.tuples(
            st.sampled_from(get_args(Severity)), st.sampled_from(["fail", "unknown"]), st.sampled_from([None, "w"])
        ).filter(lambda finding: finding[1] == "fail" or finding[2] is None)
    ),
    statuses=st.lists(st.sampled_from(get_args(ReadingStatus))),
    lost=st.sampled_from(UNREAD),
    fail_on=st.sampled_from(get_args(Severity)),
    gaps=st.integers(0, 2),
    at=st.integers(0, 20),
)
def test_losing_a_reading_never_ends_satisfied(
    findings: list[tuple[str, str, str | None]],
    statuses: list[ReadingStatus],
    lost: ReadingStatus,
    fail_on: Severity,
    gaps: int,
    at: int,
) -> None:
    """Whatever else was found, an assessment that lost a listing is neither clean nor merely waived."""
    before = [line(status, number) for number, status in enumerate([*statuses, "read"])]
    read = [number for number, one in enumerate(before) if one.status == "read"]
    changed = read[at % len(read)]
    after = [dataclasses.replace(one, status=lost) if n == changed else one for n, one in enumerate(before)]
    code = outcome(assessment(*findings, gaps=gaps, readings=tuple(after)), fail_on).code
    assert code in (Exit.FINDING, Exit.NOT_ESTABLISHED)
    was = outcome(assessment(*findings, gaps=gaps, readings=tuple(before)), fail_on).code
    assert (code == Exit.FINDING) == (was == Exit.FINDING)


def test_an_inventory_with_nothing_in_it_is_never_a_clean_bill() -> None:
    assert outcome(assessment(system=0, party=12, estate=1), "major").code == Exit.NOT_ESTABLISHED
    assert outcome(assessment(system=0, contract=1), "major").code == Exit.SATISFIED


def test_without_a_rule_nothing_is_assessed() -> None:
    assert outcome(assessment(rules=False), "major").code == Exit.NOT_ESTABLISHED


def test_both_a_finding_and_what_is_not_established_are_known() -> None:
    both = outcome(assessment(("major", "fail", None), ("major", "unknown", None)), "major")
    assert both.code == Exit.FINDING
    assert not both.established
