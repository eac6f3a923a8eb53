from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sovercheck.errors import InputError, PolicyError, SeveralErrors, SovercheckError
from sovercheck.policy.loader import load_policies
from sovercheck.policy.model import PolicySet
from sovercheck.policy.waivers import Waiver, load_waivers
from sovercheck.reference import load_reference

WAIVER = """\
- id: replique-toronto
  rule: replica-and-backup-in-allowed-places
  subjects: {ids: [base-replique]}
  values: {copy.place: CA-ON, copy.kind: replica}
  approved_by: Marie Tremblay, dirigeante de l’information
  reason: Contrat en cours de renégociation.
  approved_on: 2026-05-01
  expires_on: 2027-04-30
"""
REMEDIATION = """\
- id: efvp-en-cours
  kind: remediation
  rule: efvp-outside-quebec
  subjects: {systems: [dossier], count: 3}
  values: [sha256:0000000000000000000000000000000000000000000000000000000000000000]
  owner: Jean Roy, responsable de la protection des renseignements personnels
  reason: EFVP commandée.
  expires_on: 2027-01-31
"""


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return load_policies(["residency", "loi-25", "quebec-cloud"], load_reference(), {})


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str, policies: PolicySet) -> tuple[Waiver, ...]:
    path = Path("derogations.yaml")
    path.write_text(text, encoding="utf-8")
    return load_waivers([path], policies)


def refusals(text: str, policies: PolicySet) -> list[SovercheckError]:
    with pytest.raises(SovercheckError) as caught:
        load(text, policies)
    return list(caught.value.errors) if isinstance(caught.value, SeveralErrors) else [caught.value]


def test_a_waiver_and_a_remediation_are_read(policies: PolicySet) -> None:
    waiver, remediation = load(WAIVER + REMEDIATION, policies)
    assert (waiver.kind, waiver.ids, waiver.frozen) == ("waiver", ("base-replique",), 1)
    assert waiver.values == {"copy.place": "CA-ON", "copy.kind": "replica"}
    assert (waiver.approved_on, waiver.expires_on) == (date(2026, 5, 1), date(2027, 4, 30))
    assert (remediation.kind, remediation.systems, remediation.frozen) == ("remediation", ("dossier",), 3)
    assert remediation.approved_by.startswith("Jean Roy")
    assert len(remediation.values) == 1


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("{system.holds_personal_information: true}", "true"),
        ("{system.places: [US, CA-QC]}", "[CA-QC, US]"),
        ("{system.places: {members: [US], open: true}}", "[US, …]"),
        ("{contract.value: 405000000}", "405000000"),
        ("{contract.value: {at_least: 405000000, at_most: 408000000}}", "405000000 … 408000000"),
        ("{contract.value: {at_least: 0.5}}", "≥ 0.5"),
        ("{efvp.status: none}", "none"),
        ("{copy.since: 2014}", "2014"),
    ],
)
def test_values_have_one_canonical_form(written: str, canonical: str, policies: PolicySet) -> None:
    (waiver,) = load(WAIVER.replace("{copy.place: CA-ON, copy.kind: replica}", written), policies)
    assert isinstance(waiver.values, dict)
    assert list(waiver.values.values()) == [canonical]


@pytest.mark.parametrize(
    ("right", "wrong", "place", "fr", "en"),
    [
        (
            "  expires_on: 2027-04-30\n",
            "",
            "1:3",
            "La dérogation « replique-toronto » n’a pas d’échéance (expires_on).",
            "The waiver “replique-toronto” has no expiry (expires_on).",
        ),
        (
            "expires_on: 2027-04-30",
            "expires_on: 2026-04-30",
            "8:15",
            "L’échéance de « replique-toronto » précède son approbation.",
            "“replique-toronto” expires before it was approved.",
        ),
        ("2027-04-30", "2027-04-31", "8:15", "« 2027-04-31 » n’est pas un jour.", "“2027-04-31” is not a day."),
        ("2027-04-30", "jamais", "8:15", "« jamais » n’est pas un jour.", "“jamais” is not a day."),
        (
            "replica-and-backup-in-allowed-places",
            "replica-and-backup-in-allowed-place",
            "2:9",
            "La règle « replica-and-backup-in-allowed-place » n’existe pas.",
            "The rule “replica-and-backup-in-allowed-place” does not exist.",
        ),
        (
            "replica-and-backup-in-allowed-places",
            "efvp-outside-quebec",
            "2:9",
            "On ne déroge pas à une loi ni à un règlement : la règle « efvp-outside",
            "A statute or regulation cannot be waived: the rule “efvp-outside-quebec” rests on one.",
        ),
        (
            "  approved_by: Marie Tremblay, dirigeante de l’information\n",
            "",
            "1:3",
            "La clé « approved_by » manque.",
            "The key “approved_by” is missing.",
        ),
        ("approved_by", "aproved_by", "1:3", "La clé « approved_by » manque.", "The key “approved_by” is missing."),
        (
            "reason: Contrat en cours de renégociation.",
            "reason: ''",
            "6:11",
            "La valeur de « reason »",
            "The value of “reason”",
        ),
        (
            "copy.place: CA-ON",
            "copy.plac: CA-ON",
            "4:12",
            "« copy.plac » n’est pas un fait.",
            "“copy.plac” is not a fact.",
        ),
        ("copy.place: CA-ON", "copy.place: UK", "4:24", "« UK » n’est pas un lieu.", "“UK” is not a place."),
        (
            "{copy.place: CA-ON, copy.kind: replica}",
            "sha256:abc",
            "4:11",
            "La valeur de « values »",
            "The value of “values”",
        ),
        ("{ids: [base-replique]}", "{tags: {a: b}}", "3:13", "subjects désigne", "subjects names"),
        ("{ids: [base-replique]}", "{ids: []}", "3:19", "La valeur de « ids »", "The value of “ids”"),
        (
            "{ids: [base-replique]}",
            "{systems: [dossier]}",
            "3:13",
            "subjects par systèmes demande",
            "subjects by systems takes",
        ),
        (
            "{ids: [base-replique]}",
            "{systems: [dossier], count: 0}",
            "3:41",
            "subjects par systèmes demande",
            "subjects by systems takes",
        ),
        (
            "  rule:",
            "  kind: derogation\n  rule:",
            "2:9",
            "Le mot « derogation » n’est pas permis ici",
            "The word “derogation” is not allowed here",
        ),
    ],
)
def test_a_waiver_that_cannot_be_used_is_refused_at_its_place(
    right: str, wrong: str, place: str, fr: str, en: str, policies: PolicySet
) -> None:
    error = refusals(WAIVER.replace(right, wrong, 1), policies)[0]
    assert isinstance(error, PolicyError)
    assert str(error.place) == f"derogations.yaml:{place}"
    assert error.message("fr").replace("\u00a0", " ").startswith(fr)
    assert error.message("en").startswith(en)


def test_a_remediation_has_an_owner_and_a_day(policies: PolicySet) -> None:
    assert [error.code for error in refusals(REMEDIATION.replace("  expires_on: 2027-01-31\n", ""), policies)] == [
        "waiver_no_expiry"
    ]
    approved = REMEDIATION.replace("owner:", "approved_by:")
    assert {error.code for error in refusals(approved, policies)} == {"reference_missing_key", "reference_unknown_key"}


def test_every_fault_of_the_file_is_told(policies: PolicySet) -> None:
    text = WAIVER.replace("2027-04-30", "jamais") + WAIVER + WAIVER
    assert [str(error.place) for error in refusals(text, policies)] == [
        "derogations.yaml:8:15",
        "derogations.yaml:17:7",
    ]


def test_a_waiver_of_a_share_may_name_the_rule_or_one_variant(policies: PolicySet) -> None:
    for rule in ("quebec-cloud-share", "quebec-cloud-share/volume-strict"):
        text = WAIVER.replace("replica-and-backup-in-allowed-places", rule)
        assert load(text, policies)[0].rule == rule


def test_a_file_that_is_no_list_is_refused(policies: PolicySet) -> None:
    assert [error.code for error in refusals("{}", policies)] == ["waiver_list"]
    assert load("[]", policies) == ()
    with pytest.raises(InputError):
        load_waivers([Path("absent.yaml")], policies)
