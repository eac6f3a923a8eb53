from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sovercheck.errors import ConfigurationError, Place, PolicyError
from sovercheck.policy.condition import ExposureAtMost
from sovercheck.policy.loader import load_policies
from sovercheck.policy.model import Rule
from sovercheck.reference import Level, Reference

from .conftest import RULE, Write, errors, only_error

PARAMETER = "parameters: {allowed: {default: [CA-QC], type: places, meaning: {fr: x, en: x}}}\nremediation:"
WITH_PARAMETER = RULE.replace("[CA-QC]", "$allowed", 1).replace("remediation:", PARAMETER)
STATUTORY = WITH_PARAMETER.replace("type: places", "type: places, statutory: true, relaxed_when: wider")
EXPOSURE = (
    RULE.replace("subject: copy", "subject: system")
    .replace("require: {copy.place: {in: [CA-QC]}}", "exposure: {law: us-cloud-act, at_most: possible, of: inherent}")
    .replace("copy.place", "system.name")
    .replace("kind: practice", "kind: foreign-law")
)
SHARE = """\
id: exemple
title: {fr: Part, en: Share}
basis: {kind: target, cite: {fr: A, en: A}, in_force: {}, text: {read_on: 2026-11-22, grade: secondary}}
severity: major
subject: estate
parameters: {target: {default: 0.40, type: number, meaning: {fr: x, en: x}}}
share:
  over: resource
  of: {territorial: {resource.place: {in: [CA-QC]}}, strict: {resource.place: {in: [CA-QC]}}}
  among: {system.data_class: {at_least: sensitive}}
  weights: [volume, class]
  class_weights: {public: 1, internal: 2, sensitive: 4, health: 8}
  missing: {at_most: 1099511627776}
  at_least: $target
remediation: {fr: x, en: x}
tests:
  - {name: a, given: {}, expect: pass}
  - {name: b, given: {}, expect: {volume-strict: fail, class-strict: pass}}
  - {name: c, given: {}, expect: unknown}
"""


def rules(write: Write, reference: Reference, text: str, **parameters: object) -> tuple[Rule, ...]:
    chosen = {f"exemple.{name}": value for name, value in parameters.items()}
    return load_policies([write(exemple=text)], reference, chosen).rules  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("right", "wrong", "place", "fr"),
    [
        ("id: exemple", "id: autre", "1:5", "L’identifiant « autre » n’est pas le nom du fichier, « exemple »."),
        ("  in_force: {}\n", "", "4:3", "La clé « in_force » manque."),
        ("kind: practice", "kind: practise", "4:9", "Le mot « practise » n’est pas permis ici."),
        ("read_on: 2026-11-22", "read_on: 2026-02-30", "7:19", "« 2026-02-30 » n’est pas un jour."),
        (
            "severity: minor",
            "severity: minor\nseverity: major",
            "9:1",
            "La clé « severity » figure déjà à la ligne 8.",
        ),
        (
            "require: {copy.place: {in: [CA-QC]}}\n",
            "",
            "1:1",
            "Une règle dit ce qu’elle exige une seule fois : require, share ou exposure.",
        ),
        (
            "require: {copy.place: {in: [CA-QC]}}\n",
            "share: null\n",
            "1:1",
            "Une règle dit ce qu’elle exige une seule fois : require, share ou exposure.",
        ),
        (
            "expect: unknown",
            "expect: pass",
            "12:1",
            "La règle n’a aucun essai dont le résultat attendu soit : unknown.",
        ),
        ("name: ailleurs", "name: ici", "14:5", "Deux essais portent le nom « ici »."),
        ("given: {}", "given: {copy.plac: US}", "15:29", "Le fait « copy.plac » n’existe pas."),
        ("given: {}", "given: {party.place: US}", "15:29", "Une règle sur « copy » ne lit pas « party.place »."),
        ("given: {}", "given: {copy.place: UK}", "15:41", "« UK » n’est pas un lieu."),
        (
            "given: {}",
            "given: {copies: [{id: c, resource: r, plac: CA}]}",
            "15:59",
            "Une entrée de « copies » n’a aucun fait nommé « plac ».",
        ),
        (
            "given: {}",
            "given: {copy.place: US, parties: []}",
            "15:29",
            "given donne soit des faits par leur nom complet, soit des tables; ceci mêle",
        ),
        (
            "given: {}",
            "given: {exposure: {us-cloud: exposed}}",
            "15:40",
            "La loi « us-cloud » n’est pas au catalogue.",
        ),
        ("given: {}", "given: {}, parameters: {a: 1}", "15:48", "Le paramètre « a » n’est pas déclaré"),
        (
            "remediation:",
            "parameters: {a: {default: 1, type: number, meaning: {fr: x, en: x}}}\nremediation:",
            "11:14",
            "Aucune condition n’emploie le paramètre « a ».",
        ),
    ],
)
def test_a_mistake_in_a_rule_is_told_at_its_place(
    right: str, wrong: str, place: str, fr: str, write: Write, reference: Reference
) -> None:
    error = only_error(write(exemple=RULE.replace(right, wrong, 1)), reference)
    assert isinstance(error, PolicyError)
    assert str(error.place) == f"essai/exemple.yaml:{place}"
    assert error.message("fr").replace("\u00a0", " ").startswith(fr)
    assert error.message("en")


def test_faults_of_shape_and_of_conditions_are_told_together(write: Write, reference: Reference) -> None:
    broken = RULE.replace("minor", "mineur").replace("[CA-QC]", "[UK]", 1)
    found = errors(write(exemple=broken, autre=broken.replace("id: exemple", "id: autre")), reference)
    assert [str(error.place) for error in found] == [
        "essai/autre.yaml:8:11",
        "essai/autre.yaml:10:29",
        "essai/exemple.yaml:8:11",
        "essai/exemple.yaml:10:29",
    ]


def test_a_text_that_nobody_read_needs_a_day_for_its_tests(write: Write, reference: Reference) -> None:
    from_memory = RULE.replace("{read_on: 2026-11-22, grade: secondary}", "{grade: memory}")
    assert {error.code for error in errors(write(exemple=from_memory), reference)} == {"policy_test_as_of"}
    dated = from_memory.replace("expect:", "as_of: 2026-11-22, expect:")
    (rule,) = rules(write, reference, dated)
    assert rule.tests[0].as_of == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "subject", "gate"),
    [("practice", "copy", "judge"), ("foreign-law", "copy", "advise"), ("practice", "system", "off")],
)
def test_the_gate_follows_the_basis_and_the_subject(
    kind: str, subject: str, gate: str, write: Write, reference: Reference
) -> None:
    text = RULE.replace("kind: practice", f"kind: {kind}").replace("subject: copy", f"subject: {subject}")
    if subject == "system":
        text = text.replace("copy.place: {in: [CA-QC]}", "system.name: {exists: true}").replace(
            "copy.place", "system.name"
        )
    (rule,) = rules(write, reference, text)
    assert rule.gate == gate
    assert rules(write, reference, text.replace("severity:", "gate: off\nseverity:"))[0].gate == "off"


def test_an_exposure_is_a_requirement_and_names_the_law(write: Write, reference: Reference) -> None:
    (rule,) = rules(write, reference, EXPOSURE)
    assert rule.require == ExposureAtMost("us-cloud-act", Level.POSSIBLE, "inherent")
    assert rule.law == "us-cloud-act"


def test_a_share_becomes_one_rule_a_weight_and_reading(write: Write, reference: Reference) -> None:
    found = rules(write, reference, SHARE, target=0.2)
    assert [rule.id for rule in found] == [
        "exemple/class-strict",
        "exemple/class-territorial",
        "exemple/volume-strict",
        "exemple/volume-territorial",
    ]
    share = found[3].share
    assert share is not None
    assert (share.at_least, share.missing_at_most, dict(share.class_weights)) == (Decimal("0.2"), 2**40, {})
    assert {rule.parent for rule in found} == {rule.written_id for rule in found} == {"exemple"}
    assert found[0].parameters == {"target": "0.2"}


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("subject: estate", "subject: system", "policy_share_subject"),
        (", health: 8", "", "policy_class_weights"),
        ("default: 0.40", "default: 40", "policy_share_target"),
        ("volume-strict: fail", "count-strict: fail", "policy_unknown_variant"),
        ("system.data_class: {at_least", "party.place: {at_least", "policy_out_of_scope"),
    ],
)
def test_a_share_that_cannot_be_is_refused(
    right: str, wrong: str, code: str, write: Write, reference: Reference
) -> None:
    assert code in [error.code for error in errors(write(exemple=SHARE.replace(right, wrong, 1)), reference)]


def test_the_configuration_sets_parameters_and_is_told_its_own_mistakes(write: Write, reference: Reference) -> None:
    (rule,) = rules(write, reference, WITH_PARAMETER, allowed=["CA"])
    assert rule.parameters == {"allowed": "CA"}
    assert rule.relaxed == ()
    at = Place("sovercheck.yaml", 12, 5)
    with pytest.raises(ConfigurationError) as caught:
        load_policies([write(exemple=WITH_PARAMETER)], reference, {"exemple.allowed": ["UK"]}, {"exemple.allowed": at})
    assert caught.value.place == at


def test_a_relaxed_statutory_parameter_is_named(write: Write, reference: Reference) -> None:
    assert rules(write, reference, STATUTORY)[0].relaxed == ()
    assert rules(write, reference, STATUTORY, allowed=["CA-QC", "CA-ON"])[0].relaxed == ("allowed",)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        (", relaxed_when: wider", "", "policy_relaxed_when_missing"),
        ("relaxed_when: wider", "relaxed_when: higher", "policy_relaxed_when"),
    ],
)
def test_a_statutory_parameter_says_which_way_relaxes_it(
    right: str, wrong: str, code: str, write: Write, reference: Reference
) -> None:
    assert only_error(write(exemple=STATUTORY.replace(right, wrong)), reference).code == code
