"""The share against a plain-Python oracle with fractions, over generated estates; then what it says of small ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.share import Sums, shares
from sovercheck.findings import Share
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap, Known, Row
from sovercheck.policy.condition import Compare
from sovercheck.policy.model import Rule, ShareVariant, Weight
from tests.evaluation.build import inventory, make_rule

AS_OF = date(2026, 11, 23)
SEEN = Evidence(Grade.OBSERVED, "test")
WEIGHTS = {"public": 1, "internal": 2, "sensitive": 4, "health": 8}
COUNTED = ("sensitive", "health")


def share_rule(weight: Weight = "volume", target: str = "0.40", missing: int | None = None) -> Rule:
    """The share of what is kept in production, of what is sensitive or health: two plain facts of a resource."""
    variant = ShareVariant(
        weight=weight,
        reading="plain",
        of=Compare(FACTS["resource.environment"], "equals", "production"),
        among=Compare(FACTS["system.data_class"], "in", COUNTED),
        at_least=Decimal(target),
        class_weights=WEIGHTS if weight == "class" else {},
        missing_at_most=missing,
    )
    return replace(make_rule(None, subject="estate", kind="target"), share=variant)


@dataclass(frozen=True)
class Member:
    """A resource: whether it is in production, its bytes at least and at most, and the classes of its systems."""

    of: bool | None
    low: int | None
    high: int | None
    allocated: bool
    classes: tuple[str | None, ...]

    @property
    def among(self) -> bool | None:
        known = [None if class_ is None else class_ in COUNTED for class_ in self.classes]
        return True if True in known else None if None in known or not known else False

    def weight(self, weight: Weight) -> tuple[int, int | None]:
        if weight == "count":
            return 1, 1
        if weight == "class":
            ends = [(WEIGHTS[c], WEIGHTS[c]) if c else (1, 8) for c in self.classes] or [(1, 8)]
            return max(low for low, _ in ends), max(high for _, high in ends)
        if self.low is None:
            return 0, None
        return 0 if self.allocated else self.low, self.high


def oracle(members: list[Member], weight: Weight, target: Fraction, *, listed: bool) -> tuple[str, Fraction, Fraction]:
    """The verdict and the ends of the share, as `DESIGN.md` words them."""

    def least(which: list[Member]) -> Fraction:
        return Fraction(sum(member.weight(weight)[0] for member in which))

    def most(which: list[Member]) -> Fraction | None:
        ends = [member.weight(weight)[1] for member in which]
        return None if None in ends or not listed else Fraction(sum(end or 0 for end in ends))

    sure = least([m for m in members if m.among and m.of])
    other = most([m for m in members if m.among is not False and m.of is not True])
    highest = most([m for m in members if m.among is not False and m.of is not False])
    other_sure = least([m for m in members if m.among and m.of is False])
    low = Fraction(0) if other is None or sure == 0 else sure / (sure + other)
    high = Fraction(1) if highest is None or highest + other_sure == 0 else highest / (highest + other_sure)
    if most([m for m in members if m.among is not False]) == 0:
        return "not_applicable", low, high
    return "fail" if high < target else "pass" if low >= target else "unknown", low, high


def rows_of(members: list[Member]) -> list[Row]:
    rows = []
    for n, member in enumerate(members):
        facts = {}
        if member.of is not None:
            facts["environment"] = Known("production" if member.of else "test", SEEN)
        if member.low is not None:
            facts["bytes"] = Known(member.low, SEEN, member.high)
            facts["bytes_basis"] = Known("allocated" if member.allocated else "used", SEEN)
        rows.append(Row("resource", f"r{n}", {}, facts))
        for k, class_ in enumerate(member.classes):
            known = {} if class_ is None else {"data_class": Known(class_, SEEN)}
            rows.append(Row("system", f"s{n}-{k}", {}, known))
            rows.append(Row("tie", f"{n}-{k}", {"resource": f"r{n}", "system": f"s{n}-{k}"}))
    return rows


CLASSES = st.sampled_from([None, "public", "sensitive", "health"])
SIZES = st.one_of(
    st.just((None, None)),
    st.integers(0, 50).map(lambda n: (n, n)),
    st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda ends: (min(ends), max(ends))),
    st.integers(0, 50).map(lambda n: (n, None)),
)
KNOWN_SIZES = st.integers(0, 50).map(lambda n: (n, n))


def members(sizes: st.SearchStrategy[tuple[int | None, int | None]], *, sure: bool) -> st.SearchStrategy[list[Member]]:
    return st.lists(
        st.builds(
            lambda of, size, allocated, classes: Member(of, size[0], size[1], allocated, tuple(classes)),
            st.booleans() if sure else st.sampled_from([True, True, False, None]),
            sizes,
            st.just(False) if sure else st.booleans(),
            st.lists(st.sampled_from(COUNTED) if sure else CLASSES, min_size=1 if sure else 0, max_size=2),
        ),
        max_size=6,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    members(SIZES, sure=False) | members(KNOWN_SIZES, sure=True) | members(KNOWN_SIZES, sure=False),
    st.sampled_from(["0", "0.25", "0.40", "0.5", "1"]),
    st.booleans(),
)
def test_the_share_is_that_of_the_oracle(found: list[Member], target: str, listed: bool) -> None:
    builder = Builder()
    builder.add("test", rows_of(found))
    if not listed:
        builder.add("test", [Gap("test", "refused", "resource")])
    with builder.finish() as estate:
        derive(estate)
        weights: tuple[Weight, ...] = ("volume", "count", "class")
        rules = [share_rule(weight, target) for weight in weights]
        for weight, given_ in zip(weights, shares(estate, rules, AS_OF, nothing_contradicted=0), strict=True):
            verdict, low, high = oracle(found, weight, Fraction(target), listed=listed)
            assert given_.verdict == verdict
            # Rounded so that the interval told is no narrower than the one found.
            assert 0 <= low - Fraction(given_.low) < Fraction(1, 10_000)
            assert 0 <= Fraction(given_.high) - high < Fraction(1, 10_000)
            assert given_.members == sum(member.among is True for member in found)
            assert given_.possible_members == sum(member.among is None for member in found)


MEMBER = """
systems: [{id: s, data_class: health}]
resources:
  - {id: here, system: s, environment: production, bytes: 60}
  - {id: there, system: s, environment: test, bytes: %s}
"""


def shared(text: str, *gaps: Gap, rule: Rule | None = None) -> Share:
    with inventory(text, *gaps) as found:
        derive(found)
        (one,) = shares(found, [rule or share_rule()], AS_OF, nothing_contradicted=0)
        return one


def test_a_share_of_known_sizes_is_exact() -> None:
    found = shared(MEMBER % "40")
    assert (found.low, found.high, found.verdict) == ("0.6000", "0.6000", "pass")
    found = shared(MEMBER % "240")
    assert (found.low, found.high, found.verdict) == ("0.2000", "0.2000", "fail")


def test_the_target_itself_is_reached() -> None:
    assert shared(MEMBER % "90").verdict == "pass"
    assert shared(MEMBER % "91").verdict == "fail"


def test_a_size_without_a_known_maximum_never_passes() -> None:
    found = shared(MEMBER % "{at_least: 1}")
    assert (found.low, found.high, found.unbounded, found.verdict) == ("0", "0.9837", 1, "unknown")


def test_a_bound_given_by_the_rule_never_makes_it_pass() -> None:
    found = shared(MEMBER % "{at_least: 1}", rule=share_rule(missing=10))
    assert (found.low, found.bounded_by_rule, found.verdict) == ("0.8571", True, "unknown")
    missing = "{at_least: 400}"
    assert shared(MEMBER % missing, rule=share_rule(missing=500)).verdict == "fail", "it fails without the bound, too"


def test_a_listing_that_was_refused_leaves_the_share_open() -> None:
    for table in ("resource", "copy"):
        found = shared(MEMBER % "40", Gap("test", "refused", table))
        assert (found.low, found.high, found.listing_gaps, found.verdict) == ("0", "1", 1, "unknown")


def test_an_estate_that_holds_nothing_to_count_is_not_judged() -> None:
    assert shared(MEMBER.replace("health", "public") % "40").verdict == "not_applicable"
    assert shared(MEMBER.replace("60", "0") % "0").verdict == "not_applicable"


def test_a_resource_of_several_systems_counts_once_and_as_the_most_sensitive() -> None:
    text = """
systems: [{id: a, data_class: public}, {id: b, data_class: health}, {id: c, data_class: sensitive}]
resources:
  - {id: here, systems: [a, b], environment: production, bytes: 60}
  - {id: there, systems: [c], environment: test, bytes: 40}
"""
    assert shared(text).low == "0.6000"
    assert shared(text, rule=share_rule("class")).low == "0.6666"
    assert shared(text, rule=share_rule("count")).low == "0.5000"


@pytest.mark.parametrize(
    ("system", "verdict"),
    [
        ("{id: x, data_class: health}", "unknown"),
        ("{id: x}", "unknown"),
        ("{id: x, data_class: public}", "pass"),
        ("{id: x, data_class: health, resources_complete: true}", "pass"),
        ("{id: x, data_class: health, status: planned}", "pass"),
        ("{id: x, data_class: health, status: retired}", "pass"),
        ("{id: x, data_class: health, status: in_service}", "unknown"),
    ],
)
def test_it_never_passes_while_a_system_that_may_hold_such_data_has_no_listed_resource(
    system: str, verdict: str
) -> None:
    found = shared((MEMBER % "40").replace("systems: [", f"systems: [{system}, "))
    assert found.verdict == verdict
    assert found.unlisted_systems == (("x",) if verdict == "unknown" else ())


def test_a_claim_under_a_gap_lists_nothing() -> None:
    text = (MEMBER % "40").replace("systems: [", "systems: [{id: x, data_class: health, resources_complete: true}, ")
    assert shared(text, Gap("test", "refused", "system", "x", ("resources_complete",))).verdict == "unknown"
    text = (MEMBER % "40").replace("systems: [", "systems: [{id: x, data_class: health, status: retired}, ")
    assert shared(text, Gap("test", "refused", "system", "x", ("status",))).verdict == "unknown"


def test_a_size_of_which_the_basis_could_not_be_read_is_a_maximum() -> None:
    assert shared(MEMBER % "40", Gap("test", "refused", "resource", "here", ("bytes_basis",))).low == "0"


def test_a_rule_that_is_not_in_force_or_does_not_concern_the_estate_is_not_judged() -> None:
    rule = share_rule()
    later = replace(rule, basis=replace(rule.basis, in_force_from=date(2027, 1, 1)))
    assert shared(MEMBER % "40", rule=later).verdict == "not_applicable"
    public = replace(rule, when=Compare(FACTS["estate.organisation_kind"], "in", ("public_body",)))
    for kind, verdict in (("private", "not_applicable"), ("public_body", "fail")):
        text = (MEMBER % "240") + f"estates: [{{id: ensemble, organisation_kind: {kind}}}]"
        assert shared(text, rule=public).verdict == verdict
    assert shared(MEMBER % "240", rule=public).verdict == "unknown", "nobody described the estate"


def test_of_nothing_sure_the_low_end_is_zero_and_the_high_end_one() -> None:
    nothing = Sums(0, 0, 0, 0, 0)
    assert nothing.low() == 0
    assert nothing.high() == 1
    assert not nothing.reaches(Decimal("0.4"))
    assert not nothing.misses(Decimal("0.4"))
