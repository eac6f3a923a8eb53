"""What a finding says of the facts that decided it: their states and values, the reason, the weakest evidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sovercheck.evaluation.deciding import Belongs, canonical, findings
from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.judge import find, judge
from sovercheck.findings import DecidingFact, Finding
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS, Subject
from sovercheck.inventory.rows import Gap
from sovercheck.policy.condition import All, Before, Compare, Condition, DateSide, FactSide
from sovercheck.policy.model import Rule
from tests.evaluation.build import make_rule, rows

AS_OF = date(2026, 11, 23)
IN_QUEBEC = Compare(FACTS["copy.place"], "in", ("CA-QC",))
SENSITIVE = Compare(FACTS["system.data_class"], "in", ("sensitive", "health"))
OLD = Before(FactSide(FACTS["copy.since"]), DateSide("2025"))
CHAIN = "systems: [{id: s, data_class: health}]\nresources: [{id: r, system: s}]\ncopies: [{id: c, resource: r%s}]"


def found(text: str, rule: Rule, *gaps: Gap, second: str = "") -> list[Finding]:
    builder = Builder()
    builder.add("one", [*rows(text), *gaps])
    if second:
        builder.add("two", rows(second))
    with builder.finish() as inventory:
        judged = judge(inventory, [rule], AS_OF, nothing_contradicted=derive(inventory))
        find(inventory, judged)
        return findings(inventory, judged, lambda *_: None, Belongs(inventory), AS_OF)


def only(text: str, rule: Rule, *gaps: Gap, second: str = "") -> Finding:
    (finding,) = found(text, rule, *gaps, second=second)
    return finding


def states(finding: Finding) -> dict[str, tuple[str, object]]:
    return {fact.fact: (fact.state, fact.value) for fact in finding.facts}


def test_a_fail_names_the_facts_that_decided_and_whose_they_are() -> None:
    """What must hold comes first, then why the rule applies."""
    rule = make_rule(IN_QUEBEC, SENSITIVE)
    finding = only(CHAIN % ", place: CA-ON", rule)
    assert (finding.verdict, finding.reason, finding.subject, finding.id) == ("fail", None, "copy", "c")
    assert finding.systems == ("s",)
    assert [(fact.fact, fact.of, fact.state, fact.value) for fact in finding.facts] == [
        ("copy.place", "c", "known", "CA-ON"),
        ("system.data_class", "s", "known", "health"),
    ]


def test_of_an_unknown_only_what_is_missing_is_named() -> None:
    finding = only(CHAIN % "", make_rule(IN_QUEBEC, SENSITIVE))
    assert (finding.verdict, finding.reason, finding.weakest) == ("unknown", "no_answer", None)
    assert finding.facts == (DecidingFact("copy.place", "c", "unknown"),)


def test_what_is_known_to_be_none_is_none() -> None:
    assert states(only(CHAIN % ", place: none", make_rule(IN_QUEBEC))) == {"copy.place": ("none", None)}


def test_passes_and_what_does_not_apply_are_no_findings() -> None:
    assert found(CHAIN % ", place: CA-QC", make_rule(IN_QUEBEC, SENSITIVE)) == []
    assert found((CHAIN % ", place: US").replace("health", "public"), make_rule(IN_QUEBEC, SENSITIVE)) == []


@pytest.mark.parametrize(
    ("text", "gap", "least", "state", "reason"),
    [
        ("", False, None, "unknown", "no_answer"),
        ("", True, None, "refused", "refused"),
        (", place: {value: CA-QC, evidence: declared}", True, None, "refused", "refused"),
        (", place: {value: CA-QC, evidence: declared}", False, Grade.DOCUMENTED, "weak", "weak"),
    ],
)
def test_the_reason_says_what_would_settle_it(
    text: str, gap: bool, least: Grade | None, state: str, reason: str
) -> None:
    gaps = [Gap("compte", "refused", "copy", "c", ("place",))] if gap else []
    finding = only(CHAIN % text, make_rule(IN_QUEBEC, min_evidence=least), *gaps)
    assert (finding.verdict, finding.reason, finding.facts[0].state) == ("unknown", reason, state)


def test_sources_that_disagree_at_equal_strength_are_a_reason_of_their_own() -> None:
    finding = only(CHAIN % ", place: US", make_rule(IN_QUEBEC), second="copies: [{id: c, resource: r, place: CA-QC}]")
    assert (finding.verdict, finding.reason) == ("unknown", "contradicted")
    assert states(finding) == {"copy.place": ("contradicted", None)}


def test_what_a_permission_would_mend_is_named_before_what_a_person_must_answer() -> None:
    rule = make_rule(All((IN_QUEBEC, Compare(FACTS["copy.kind"], "exists", True))))
    assert only(CHAIN % "", rule, Gap("compte", "refused", "copy", "c", ("kind",))).reason == "refused"


def test_a_text_that_was_not_read_surely_awaits_a_lawyer() -> None:
    rule = make_rule(IN_QUEBEC, kind="statute", since=date(2023, 9, 22), grade="secondary")
    finding = only(CHAIN % ", place: US", rule)
    assert (finding.verdict, finding.reason, states(finding)) == ("unknown", "legal", {"copy.place": ("known", "US")})


def test_a_copy_older_than_the_article_awaits_a_lawyer() -> None:
    rule = make_rule(OLD, kind="statute", since=date(2023, 9, 22))
    finding = only(CHAIN % ", since: 2019-05-01", rule)
    assert (finding.verdict, finding.reason) == ("unknown", "legal")


def test_the_weakest_grade_among_the_facts_that_decided() -> None:
    text = (CHAIN % ", place: {value: US, evidence: reported}, kind: {value: log, evidence: assumed}").replace(
        "health", "{value: health, evidence: declared}"
    )
    assert only(text, make_rule(IN_QUEBEC, SENSITIVE)).weakest == "reported", "its kind did not decide"


def test_a_fact_stated_after_the_as_of_date_is_flagged() -> None:
    for day, late in (("2026-11-23", ()), ("2026-11-24", ("copy.place",)), ("2027", ("copy.place",)), ("2026", ())):
        finding = only(CHAIN % f", place: {{value: US, date: {day}}}", make_rule(IN_QUEBEC))
        assert finding.late_facts == late, day


def test_intervals_and_lists_are_told_with_their_ends() -> None:
    small = Compare(FACTS["copy.bytes"], "at_most", 100)
    (fact,) = only(CHAIN % ", bytes: {at_least: 50, at_most: 400}", make_rule(small)).facts
    assert (fact.value, fact.high, fact.state) == ("50", "400", "known")
    (fact,) = only(CHAIN % ", bytes: {at_least: 50}", make_rule(small)).facts
    assert (fact.value, fact.high) == ("50", None)
    notice = Compare(FACTS["contract.clauses"], "contains_all", ("prompt_notice",))
    text = "contracts: [{id: k, clauses: {members: [right_to_verify], open: true}}]"
    (fact,) = only(text, make_rule(notice, subject="contract")).facts
    assert (fact.value, fact.open) == (("right_to_verify",), True)


@pytest.mark.parametrize(
    ("subject", "condition", "text", "systems"),
    [
        ("party", Compare(FACTS["party.kind"], "equals", "company"), "parties: [{id: p, kind: person}]", ()),
        (
            "party",
            Compare(FACTS["party.kind"], "equals", "company"),
            "systems: [{id: a}, {id: b}]\nparties: [{id: p, kind: person}]\n"
            "involvements: [{party: p, system: b, role: hosts}]\ncontracts: [{id: k, party: p, system: a}]",
            ("a", "b"),
        ),
        (
            "copy",
            IN_QUEBEC,
            "systems: [{id: a}, {id: b}]\nresources: [{id: r, systems: [b, a]}]\n"
            "copies: [{id: c, resource: r, place: US}]",
            ("a", "b"),
        ),
        ("copy", IN_QUEBEC, "resources: [{id: r}]\ncopies: [{id: c, resource: r, place: US}]", ()),
    ],
)
def test_the_systems_of_a_finding(subject: Subject, condition: Condition, text: str, systems: tuple[str, ...]) -> None:
    assert only(text, make_rule(condition, subject=subject)).systems == systems


def test_the_evidence_of_a_fact_is_that_which_was_given() -> None:
    builder = Builder()
    builder.add("one", rows(CHAIN % ", place: {value: US, evidence: declared, date: 2026-01-05}"))
    with builder.finish() as inventory:
        judged = judge(inventory, [make_rule(IN_QUEBEC)], AS_OF, nothing_contradicted=derive(inventory))
        find(inventory, judged)
        (finding,) = findings(inventory, judged, lambda *_: None, Belongs(inventory), AS_OF)
        number = finding.facts[0].provenance
        assert number is not None
        assert inventory.provenance[number] == Evidence(Grade.DECLARED, "test", "2026-01-05")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (405000000, "405000000"),
        (Decimal("99.5000"), "99.5"),
        (Decimal("100.0000"), "100"),
        (Decimal("0"), "0"),
        ("CA-QC", "CA-QC"),
        ([], ()),
        (["a", "b"], ("a", "b")),
    ],
)
def test_a_value_has_one_spelling(value: object, text: object) -> None:
    assert canonical(value) == text
