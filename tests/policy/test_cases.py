from __future__ import annotations

from datetime import date

import pytest

from sovercheck.errors import Place, SovercheckError
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.facts import Subject
from sovercheck.inventory.rows import Gap, Row
from sovercheck.policy.cases import Case, case, cases, check_given
from sovercheck.policy.loader import load_policies
from sovercheck.policy.model import RuleTest
from sovercheck.reference import Level, Reference
from sovercheck.strictyaml import Value, loads

from .conftest import RULE, Write
from .test_resolving import SHARE

DAY = date(2026, 11, 22)


@pytest.fixture
def make(write: Write, reference: Reference) -> object:
    """Makes a case of what a test gives about a subject."""
    (rule,) = load_policies([write(exemple=RULE)], reference, {}).rules

    def made(subject: Subject, **given: Value) -> Case:
        from dataclasses import replace

        dotted = {key.replace("__", "."): value for key, value in given.items()}
        return case(replace(rule, subject=subject), RuleTest("t", dotted, DAY, {}, "pass", Place("r")))

    return made


def row(found: Case, table: str) -> Row:
    (only,) = (row for row in found.rows if row.table == table)
    return only


def test_a_flat_given_builds_a_chain_around_the_subject(make) -> None:  # type: ignore[no-untyped-def]
    found = make("copy", copy__place="CA-ON", system__data_class="health")
    assert {row.table: (row.id, dict(row.links)) for row in found.rows} == {
        "copy": ("c", {"resource": "r"}),
        "resource": ("r", {}),
        "system": ("s", {}),
        "estate": ("estate", {}),
        "tie": ("r|s", {"resource": "r", "system": "s"}),
    }
    place = row(found, "copy").facts["place"]
    assert (place.value, place.evidence.grade) == ("CA-ON", Grade.OBSERVED)
    assert set(row(found, "copy").facts) == {"place"}
    assert row(found, "system").facts["data_class"].value == "health"
    assert (found.as_of, found.expect) == (DAY, "pass")


def test_contracts_and_components_have_their_chain(make) -> None:  # type: ignore[no-untyped-def]
    contract = make("contract", contract__value=1_000_000, party__place="US", system__status="planned")
    assert dict(row(contract, "contract").links) == {"system": "s", "party": "p"}
    component = make("component", component__support_ends="2014")
    assert dict(row(component, "component").links) == {"system": "s", "resource": "r"}
    assert row(component, "tie").links == {"resource": "r", "system": "s"}


def test_values_may_say_their_evidence_their_ends_and_that_a_list_is_open(make) -> None:  # type: ignore[no-untyped-def]
    found = make(
        "system",
        system__status={"value": "planned", "evidence": "reported"},
        system__observed_months={"at_least": 12},
        system__places={"members": ["CA-QC"], "open": True},
        system__continuity_plan="none",
    )
    facts = row(found, "system").facts
    assert facts["status"].evidence.grade is Grade.REPORTED
    assert (facts["observed_months"].value, facts["observed_months"].high) == (12, None)
    assert facts["continuity_plan"].value is None
    assert found.overrides[("system", "s", "places")].open
    assert "places" not in facts


def test_the_efvp_of_a_copy_covers_its_place_and_closes_the_list(make) -> None:  # type: ignore[no-untyped-def]
    found = make("copy", copy__place="US-VA", efvp__status="done", efvp__date="2024-05-01")
    efvp = row(found, "efvp")
    assert {short: known.value for short, known in efvp.facts.items()} == {
        "kind": "outside_quebec",
        "places": ("US-VA",),
        "status": "done",
        "date": "2024-05-01",
    }
    assert row(found, "system").facts["efvps_complete"].value is True


def test_no_efvp_at_all_is_a_closed_list_without_one(make) -> None:  # type: ignore[no-untyped-def]
    found = make("copy", copy__place="US", efvp__status="none")
    assert not [row for row in found.rows if row.table == "efvp"]
    assert row(found, "system").facts["efvps_complete"].value is True
    left_out = make("copy", copy__place="US")
    assert "efvps_complete" not in row(left_out, "system").facts


@pytest.mark.parametrize(("certified", "kind"), [(True, "certification"), (False, "project")])
def test_the_efvp_of_a_project_may_be_that_of_a_certification(make, certified: bool, kind: str) -> None:  # type: ignore[no-untyped-def]
    found = make("system", project_efvp__status="done", project_efvp__is_certification=certified)
    assert {short: known.value for short, known in row(found, "efvp").facts.items()} == {"status": "done", "kind": kind}


def test_a_gap_may_stand_beside_a_weaker_value_or_alone(make) -> None:  # type: ignore[no-untyped-def]
    found = make(
        "copy",
        copy__place={"value": "CA-QC", "evidence": "declared", "gap": "refused"},
        copy__since={"gap": "throttled"},
    )
    assert found.gaps == (
        Gap("test", "refused", "copy", "c", ("place",)),
        Gap("test", "throttled", "copy", "c", ("since",)),
    )
    assert row(found, "copy").facts["place"].evidence.grade is Grade.DECLARED
    assert "since" not in row(found, "copy").facts


def test_an_exposure_is_given_as_it_is(make) -> None:  # type: ignore[no-untyped-def]
    found = make("system", exposure={"us-cloud-act": ["none_known", "exposed"], "gb-ipa-2016": "possible"})
    assert found.exposures == {
        "us-cloud-act": (Level.NONE_KNOWN, Level.EXPOSED),
        "gb-ipa-2016": (Level.POSSIBLE, Level.POSSIBLE),
    }
    assert row(found, "system").id == "s"


def test_tables_are_read_as_a_declaration_is(make) -> None:  # type: ignore[no-untyped-def]
    found = make(
        "system",
        systems=[{"id": "dossier", "involvements_complete": True}],
        parties=[{"id": "mere", "place": "US"}],
        involvements=[{"party": "mere", "system": "dossier", "access": {"value": "hosting", "evidence": "declared"}}],
    )
    assert [row.table for row in found.rows] == ["system", "party", "involvement"]
    assert row(found, "involvement").facts["access"].evidence.grade is Grade.DECLARED
    assert row(found, "party").facts["place"].evidence.grade is Grade.OBSERVED


def test_a_variant_s_cases_are_those_that_expect_something_of_it(write: Write, reference: Reference) -> None:
    by_id = {rule.id: rule for rule in load_policies([write(exemple=SHARE)], reference, {}).rules}
    assert [found.expect for found in cases(by_id["exemple/volume-strict"])] == ["pass", "fail", "unknown"]
    assert [found.expect for found in cases(by_id["exemple/volume-territorial"])] == ["pass", "unknown"]


@pytest.mark.parametrize(
    ("given", "place", "fr"),
    [
        ("{copy.plac: US}", "r:1:2", "Le fait « copy.plac » n’existe pas."),
        ("{copy.place: {valeur: US}}", "r:1:15", "Le mot « valeur » n’est pas permis ici"),
        ("{copy.place: {value: UK}}", "r:1:22", "« UK » n’est pas un lieu."),
        ("{copy.place: {value: US, evidence: vu}}", "r:1:36", "« vu »"),
        ("{copy.place: {gap: refuse}}", "r:1:20", "Le mot « refuse » n’est pas permis ici"),
        ("{copy.place: null}", "r:1:14", "« copy.place »"),
        ("{exposure: {us-cloud-act: fort}}", "r:1:27", "Le mot « fort » n’est pas permis ici"),
        ("{exposure: {us-cloud-act: []}}", "r:1:27", "exposure demande, pour chaque loi"),
        ("{exposure: []}", "r:1:12", "exposure demande, pour chaque loi"),
    ],
)
def test_a_mistake_in_what_is_given_is_told_at_its_place(given: str, place: str, fr: str, reference: Reference) -> None:
    document = loads(given.encode(), "r")
    assert isinstance(document.value, dict)
    with pytest.raises(SovercheckError) as caught:
        check_given(document.value, "copy", document, (), reference.laws)
    assert str(caught.value.place) == place
    assert caught.value.message("fr").replace("\u00a0", " ").startswith(fr)
