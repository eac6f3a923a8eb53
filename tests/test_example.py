"""The worked example, end to end: what each public system's verdicts are, `à évaluer` included, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sovercheck import config, pipeline
from sovercheck.evaluation.assess import Setting, assess
from sovercheck.evaluation.evaluate import evaluate
from sovercheck.findings import Assessment, Exposure, Finding, SystemView, wording
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.store import Inventory
from sovercheck.policy.loader import load_policies
from sovercheck.reference import load_reference
from sovercheck.sources.base import Source

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sante-quebec"
AS_OF = date(2026, 11, 22)


@dataclass(frozen=True)
class Told:
    """An assessment, and short ways to ask it."""

    assessment: Assessment

    def system(self, id_: str) -> SystemView:
        return next(view for view in self.assessment.systems if view.id == id_)

    def verdict(self, id_: str, rule: str) -> str:
        return self.system(id_).verdicts[rule]

    def exposure(self, id_: str, law: str = "us-cloud-act") -> Exposure:
        return next(item for item in self.system(id_).exposures if item.law == law)

    def finding(self, id_: str, rule: str) -> Finding:
        return next(item for item in self.assessment.findings if id_ in item.systems and item.rule == rule)

    def words(self, id_: str, rule: str) -> str:
        finding = self.finding(id_, rule)
        result = next(item for item in self.assessment.rules if item.id == rule)
        return wording(result, finding.verdict, finding.weakest)


@dataclass(frozen=True)
class Also:
    """A source that says one more thing."""

    rows: tuple[Row, ...]
    kind: str = "declarations"
    name: str = "also"

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        return ()

    def collect(self) -> Iterator[Row]:
        yield from self.rows


def judged(*sources: Source, as_of: date = AS_OF) -> Told:
    given = config.load(EXAMPLE / config.NAME)
    given = replace(given, sources=(*given.sources, *sources))
    reference = load_reference()
    policies = load_policies(given.policies, reference, given.parameters)
    inventory: Inventory
    with pipeline.collect(given, lambda *_: None) as inventory:
        evaluated = evaluate(inventory, policies.rules, reference, as_of)
        setting = Setting(given.organisation, as_of)
        return Told(assess(inventory, evaluated, policies, reference, (), setting))


@pytest.fixture(scope="module")
def told() -> Told:
    return judged()


@pytest.fixture(scope="module")
def told_if() -> Callable[[str], Told]:
    """The same, with Epic's access declared."""
    press = Evidence(Grade.DECLARED, "Réponse d’Epic (essai)")

    def with_access(word: str) -> Told:
        facts = {"role": Known("supplies", press), "access": Known(word, press)}
        row = Row("involvement", "epic|dsn|supplies", {"party": "epic", "system": "dsn"}, facts)
        return judged(Also((row,)))

    return with_access


def test_eleven_systems_are_named_and_140_come_from_the_portfolio(told: Told) -> None:
    origins = [view.origin for view in told.assessment.systems]
    assert (origins.count("listed"), origins.count("bulk")) == (11, 140)
    assert told.assessment.coverage.subjects["resource"] == 1200
    assert told.assessment.coverage.declared == 11


def test_no_system_of_the_press_is_said_compliant_or_not(told: Told) -> None:
    """Press alone never yields *conforme* or *non conforme*."""
    listed = {view.id for view in told.assessment.systems if view.origin == "listed"}
    rules = {rule.id: rule for rule in told.assessment.rules}
    for finding in told.assessment.findings:
        if listed & set(finding.systems):
            words = wording(rules[finding.rule], finding.verdict, finding.weakest)
            assert words not in ("verdict.non_compliant", "verdict.compliant")


def test_rid_availability_is_98_17_percent(told: Told) -> None:
    finding = told.finding("rid", "availability-target")
    availability = next(fact for fact in finding.facts if fact.fact == "system.availability")
    assert finding.verdict == "fail"
    assert round(Decimal(str(availability.value)), 2) == Decimal("98.17")
    assert availability.high == availability.value
    assert told.words("rid", "availability-target") == "verdict.deviation.reported"


def test_rid_longest_outage_is_at_least_the_mean_of_56(told: Told) -> None:
    finding = told.finding("rid", "longest-outage")
    longest = next(fact for fact in finding.facts if fact.fact == "system.longest_outage")
    assert finding.verdict == "fail"
    assert longest.value == "444"


def test_rid_has_no_support_since_2014_and_an_owner_that_stays_unknown(told: Told) -> None:
    assert told.verdict("rid", "supported-components") == "fail"
    assert told.words("rid", "supported-components") == "verdict.deviation.reported"
    assert told.verdict("rid", "system-parties-declared") == "unknown"
    assert told.verdict("rid", "us-cloud-act") == "unknown"
    assert told.system("rid").parties == ()


def test_sifa_is_exposed_through_lgs_and_its_parent(told: Told) -> None:
    exposure = told.exposure("sifa")
    assert exposure.inherent == ("exposed", "exposed")
    path = exposure.paths[0]
    assert path.kind == "parent"
    assert [step.party for step in path.steps] == ["lgs", "ibm"]
    assert (path.access, path.nexus) == (("hosting", "hosting"), "controlled")
    assert told.verdict("sifa", "us-cloud-act") == "fail"
    assert told.words("sifa", "us-cloud-act") == "verdict.exposed.reported"


def test_sifa_no_key_is_shown_to_lower_it(told: Told) -> None:
    assert told.exposure("sifa").residual == ("possible", "exposed")
    assert told.exposure("sifa").key_grades is None


def test_sifa_suspension_and_delay_clauses_are_deviations_reported_by_the_press(told: Told) -> None:
    for rule in ("contract-can-be-suspended", "contract-protects-against-delay"):
        assert told.words("sifa", rule) == "verdict.deviation.reported"


def test_dsn_is_open_while_epics_access_is_undeclared_and_the_report_says_which_fact_decides(told: Told) -> None:
    exposure = told.exposure("dsn")
    assert exposure.inherent == ("none_known", "exposed")
    assert told.verdict("dsn", "us-cloud-act") == "unknown"
    assert ("involvement.access", "epic") in {(f.fact, f.of) for f in told.finding("dsn", "us-cloud-act").facts}


@pytest.mark.parametrize(
    ("access", "inherent", "verdict"),
    [
        ("hosting", ("exposed", "exposed"), "fail"),
        ("administration", ("possible", "exposed"), "fail"),
        ("no_access", ("none_known", "exposed"), "unknown"),
    ],
)
def test_dsn_once_epics_access_is_declared(
    told_if: Callable[[str], Told], access: str, inherent: tuple[str, str], verdict: str
) -> None:
    """Exposed if it hosts, at least possible if it administers; other parties may still be involved."""
    told = told_if(access)
    assert told.exposure("dsn").inherent == inherent
    assert told.verdict("dsn", "us-cloud-act") == verdict
    direct = [path for path in told.exposure("dsn").paths if path.steps and path.steps[0].party == "epic"]
    if access == "administration":
        assert (direct[0].kind, direct[0].low, direct[0].high) == ("direct", "possible", "possible")
    if access == "no_access":
        assert direct == []


@pytest.mark.parametrize(
    "rule", ["system-in-allowed-places", "health-project-efvp", "project-efvp", "amp-authorisation"]
)
def test_dsn_places_efvp_and_authorisation_are_open(told: Told, rule: str) -> None:
    assert told.verdict("dsn", rule) == "unknown"


def test_imaging_by_sectra_is_open_to_european_and_us_law_and_its_authorisation_awaits_a_lawyer(told: Told) -> None:
    assert told.verdict("imagerie-sectra", "us-cloud-act") == "unknown"
    assert told.verdict("imagerie-sectra", "eu-e-evidence") == "unknown"
    assert told.verdict("imagerie-sectra", "amp-authorisation") == "unknown"
    missing = {fact.fact for fact in told.finding("imagerie-sectra", "amp-authorisation").facts}
    assert "contract.category" in missing


def test_dsq_outage_of_about_three_days(told: Told) -> None:
    assert told.words("dsq", "longest-outage") == "verdict.deviation.reported"
    assert told.verdict("dsq", "us-cloud-act") == "unknown"


def test_microsoft_hosts_and_the_place_stays_open(told: Told) -> None:
    exposure = told.exposure("donnees-microsoft")
    assert exposure.inherent == ("exposed", "exposed")
    assert exposure.paths[0].kind == "direct"
    assert told.verdict("donnees-microsoft", "us-cloud-act") == "fail"
    assert told.verdict("donnees-microsoft", "system-in-allowed-places") == "unknown"


def test_dsc_by_harris_is_open(told: Told) -> None:
    assert told.verdict("dsc", "us-cloud-act") == "unknown"
    assert told.verdict("dsc", "system-in-allowed-places") == "unknown"


def test_the_belgian_platform_is_open_to_foreign_laws_and_outside_quebecs_statutes(told: Told) -> None:
    assert told.verdict("ehealth", "us-cloud-act") == "unknown"
    statutes = {rule.id for rule in told.assessment.rules if rule.basis in ("statute", "regulation")}
    assert {told.system("ehealth").verdicts.get(rule, "not_applicable") for rule in statutes} == {"not_applicable"}


def test_the_belgian_platform_misses_its_availability_and_has_no_fallback_for_all(told: Told) -> None:
    finding = told.finding("ehealth", "availability-target")
    availability = next(fact for fact in finding.facts if fact.fact == "system.availability")
    assert availability.high is not None
    assert round(Decimal(availability.high), 2) == Decimal("98.99")
    assert told.words("ehealth", "availability-target") == "verdict.deviation.reported"
    assert told.words("ehealth", "tested-non-it-fallback") == "verdict.deviation.reported"


@pytest.mark.parametrize(("system", "party"), [("dme-medfar", "medfar"), ("imagerie-christie", "christie-innomed")])
def test_an_owner_that_nobody_showed_stays_unknown(told: Told, system: str, party: str) -> None:
    finding = next(
        item for item in told.assessment.findings if item.rule == "supplier-owners-known" and item.id == party
    )
    assert finding.verdict == "unknown"
    assert told.verdict(system, "us-cloud-act") == "unknown"


def test_a_planned_system_owes_no_availability_yet(told: Told) -> None:
    assert told.system("sads").status == "planned"
    assert told.verdict("sads", "system-in-allowed-places") == "not_applicable"


def test_the_share_is_an_interval_and_no_evidence_says_that_the_target_is_met(told: Told) -> None:
    assert len(told.assessment.shares) == 6
    for share in told.assessment.shares:
        assert share.verdict == "unknown"
        assert Decimal(share.low) < Decimal(share.high)
        assert "dsn" in share.unlisted_systems


def test_a_lapsed_law_reaches_nobody(told: Told) -> None:
    assert told.exposure("donnees-microsoft", "us-fisa-702").inherent == ("none_known", "none_known")
    assert told.verdict("donnees-microsoft", "us-fisa-702") == "not_applicable"


def test_before_its_lapse_the_same_law_reached_the_host() -> None:
    before = judged(as_of=date(2026, 6, 1))
    assert before.exposure("donnees-microsoft", "us-fisa-702").inherent[1] == "exposed"


def test_the_portfolio_has_every_kind_of_answer(told: Told) -> None:
    """Its synthetic applications give passes, fails, unknowns and what does not apply."""
    seen = {verdict for view in told.assessment.systems if view.origin == "bulk" for verdict in view.verdicts.values()}
    assert seen == {"pass", "fail", "unknown", "not_applicable"}
