from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sovercheck.errors import Place
from sovercheck.evaluation.waive import apply_waivers, deciding_values, fingerprint
from sovercheck.findings import DecidingFact, Finding
from sovercheck.policy.waivers import Waiver

DAY = date(2026, 11, 23)
TORONTO = Finding(
    rule="replica-in-allowed-places",
    subject="copy",
    id="base-replique",
    systems=("dossier",),
    verdict="fail",
    reason=None,
    facts=(
        DecidingFact("copy.place", "base-replique", "known", "CA-ON", provenance=3),
        DecidingFact("copy.kind", "base-replique", "known", "replica"),
    ),
    weakest="observed",
)
WAIVER = Waiver(
    id="w1",
    kind="waiver",
    rule="replica-in-allowed-places",
    ids=("base-replique",),
    systems=(),
    frozen=1,
    values={"copy.place": "CA-ON", "copy.kind": "replica"},
    approved_by="Marie Tremblay",
    reason="R",
    approved_on=date(2026, 5, 1),
    expires_on=DAY,
    place=Place("derogations.yaml", 1, 3),
)
BY_SYSTEM = replace(WAIVER, ids=(), systems=("dossier",), values=frozenset({fingerprint(TORONTO)}))


def state(waiver: Waiver, *findings: Finding, as_of: date = DAY) -> tuple[str, int, list[str | None]]:
    found, (view,) = apply_waivers(findings, [waiver], (), as_of)
    return view.state, view.covered, [finding.waiver for finding in found]


def test_a_waiver_marks_the_fail_that_it_covers_through_the_day_it_expires() -> None:
    assert state(WAIVER, TORONTO) == ("in_effect", 1, ["w1"])
    assert state(WAIVER, TORONTO, as_of=date(2026, 11, 24)) == ("expired", 0, [None])
    assert state(WAIVER, TORONTO, as_of=date(2026, 4, 30)) == ("unused", 0, [None])


def test_other_evidence_of_the_same_values_changes_nothing() -> None:
    facts = tuple(replace(fact, provenance=9) for fact in reversed(TORONTO.facts))
    assert state(WAIVER, replace(TORONTO, facts=facts))[0] == "in_effect"


@pytest.mark.parametrize(
    "facts",
    [
        (replace(TORONTO.facts[0], value="US-VA"), TORONTO.facts[1]),
        TORONTO.facts[:1],
        (*TORONTO.facts, DecidingFact("system.data_class", "dossier", "known", "health")),
        (replace(TORONTO.facts[0], state="none", value=None), TORONTO.facts[1]),
    ],
)
def test_a_deciding_value_that_changed_voids_it(facts: tuple[DecidingFact, ...]) -> None:
    assert state(WAIVER, replace(TORONTO, facts=facts)) == ("void", 0, [None])


def test_an_unknown_is_never_waived() -> None:
    assert state(WAIVER, replace(TORONTO, verdict="unknown")) == ("unused", 0, [None])


def test_other_rules_and_subjects_are_not_covered() -> None:
    assert state(WAIVER, replace(TORONTO, rule="other"))[0] == "unused"
    assert state(WAIVER, replace(TORONTO, id="other"))[0] == "unused"
    assert state(BY_SYSTEM, replace(TORONTO, systems=("autre",)))[0] == "unused"


def test_more_subjects_than_were_accepted_void_it_as_a_whole() -> None:
    second = replace(TORONTO, id="base-journal")
    assert state(replace(BY_SYSTEM, frozen=2), TORONTO, second) == ("in_effect", 2, ["w1", "w1"])
    assert state(BY_SYSTEM, TORONTO, second) == ("void", 0, [None, None])
    assert state(replace(BY_SYSTEM, frozen=2), TORONTO) == ("in_effect", 1, ["w1"])


def test_a_fingerprint_is_of_the_rule_and_the_values_not_of_the_subject() -> None:
    other = replace(TORONTO, id="base-journal", systems=("x",))
    assert fingerprint(other) == fingerprint(TORONTO)
    assert fingerprint(replace(TORONTO, rule="other")) != fingerprint(TORONTO)
    assert fingerprint(replace(TORONTO, facts=TORONTO.facts[:1])) != fingerprint(TORONTO)


def test_values_are_compared_in_their_canonical_form() -> None:
    facts = (
        DecidingFact("system.places", "s", "known", ("US", "CA-QC"), open=True),
        DecidingFact("contract.value", "k", "known", "405000000", high="408000000"),
        DecidingFact("contract.term_months", "k", "known", "12"),
        DecidingFact("efvp.status", "c", "none"),
        DecidingFact("involvement.access", "a", "known", "hosting"),
        DecidingFact("involvement.access", "b", "unknown"),
    )
    assert deciding_values(replace(TORONTO, facts=facts)) == {
        "contract.term_months": "≥ 12",
        "contract.value": "405000000 … 408000000",
        "efvp.status": "none",
        "involvement.access": "hosting | unknown",
        "system.places": "[CA-QC, US, …]",
    }


def test_a_remediation_marks_the_finding_which_still_counts() -> None:
    remediation = replace(WAIVER, id="r1", kind="remediation", approved_on=None)
    (finding,), (view,) = apply_waivers([TORONTO], [remediation], (), DAY)
    assert (finding.verdict, finding.waiver, finding.remedied) == ("fail", None, "r1")
    assert (view.kind, view.state, view.covered) == ("remediation", "in_effect", 1)


def test_of_two_waivers_the_first_stands() -> None:
    found, views = apply_waivers([TORONTO], [WAIVER, replace(WAIVER, id="w2")], (), DAY)
    assert [finding.waiver for finding in found] == ["w1"]
    assert [(view.id, view.state) for view in views] == [("w1", "in_effect"), ("w2", "unused")]


def test_a_view_says_what_was_written() -> None:
    _, (view,) = apply_waivers([], [BY_SYSTEM], (), DAY)
    assert (view.subjects, view.approved_by, view.reason, view.expires_on, view.frozen) == (
        ("dossier",),
        "Marie Tremblay",
        "R",
        "2026-11-23",
        1,
    )
