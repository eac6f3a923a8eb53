"""Rules judged on a small inventory: how many fare how, on what evidence, and what is derived at all."""

from __future__ import annotations

from datetime import date

import pytest

from sovercheck.evaluation.evaluate import Evaluated, evaluate
from sovercheck.evaluation.judge import Tally
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap
from sovercheck.policy.condition import Compare
from sovercheck.policy.model import Rule
from sovercheck.reference import load_reference
from tests.evaluation.build import inventory, make_rule
from tests.evaluation.test_share import share_rule

AS_OF = date(2026, 11, 23)
IN_QUEBEC = make_rule(Compare(FACTS["copy.place"], "in", ("CA-QC",)), id_="place")
PRIMARY = make_rule(
    Compare(FACTS["copy.place"], "in", ("CA-QC",)), Compare(FACTS["copy.kind"], "equals", "primary"), id_="primary"
)
TEXT = """
systems: [{id: s, data_class: health}]
resources: [{id: r, system: s}]
copies:
  - {id: a, resource: r, kind: primary, place: CA-QC}
  - {id: b, resource: r, kind: backup, place: {value: CA-QC, evidence: reported}}
  - {id: c, resource: r, place: US}
  - {id: d, resource: r}
"""


def evaluated(*rules: Rule, text: str = TEXT, gaps: tuple[Gap, ...] = ()) -> Evaluated:
    with inventory(text, *gaps) as found:
        return evaluate(found, rules, load_reference(), AS_OF)


def test_every_subject_is_counted_once_a_rule() -> None:
    assert evaluated(IN_QUEBEC, PRIMARY).tallies == {
        "place": Tally(not_applicable=0, passed=2, failed=1, unknown=1),
        "primary": Tally(not_applicable=1, passed=1, failed=0, unknown=2),
    }


def test_a_rule_passes_on_no_more_than_the_weakest_of_what_passes_it() -> None:
    found = evaluated(IN_QUEBEC, PRIMARY)
    assert found.weakest == {"place": Grade.REPORTED, "primary": Grade.OBSERVED}


def test_the_facts_that_rules_read_are_counted_by_evidence_those_that_nobody_answers_too() -> None:
    place = {"observed": 2, "reported": 1, "none": 1}
    assert evaluated(IN_QUEBEC).evidence == place
    purpose = make_rule(Compare(FACTS["system.purpose"], "exists", True), id_="purpose")
    assert evaluated(IN_QUEBEC, purpose).evidence == place | {"none": 1 + 4}


def test_shares_stand_beside_the_rules_that_judge_each_subject() -> None:
    share = share_rule()
    found = evaluated(IN_QUEBEC, share)
    assert [rule for rule, _ in found.shares] == [share]
    assert share.id not in found.tallies


@pytest.mark.parametrize("rules", [(), (share_rule(),)])
def test_without_a_rule_about_subjects_none_is_judged(rules: tuple[Rule, ...]) -> None:
    found = evaluated(*rules)
    assert (found.judged, found.tallies, found.weakest, dict(found.evidence)) == ([], {}, {}, {})
    assert not found.exposures.found
