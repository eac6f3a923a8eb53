from __future__ import annotations

import pytest

from sovercheck.errors import ConfigurationError, Place, PolicyError
from sovercheck.policy.parameters import override, owner_of, read_default
from sovercheck.policy.shapes import ParameterType, ParameterValue, RelaxedWhen
from sovercheck.reference import Reference
from sovercheck.strictyaml import Value

AT = Place("sovercheck.yaml", 4, 9)


def declared(type_: ParameterType, default: Value, relaxed_when: RelaxedWhen | None = None) -> ParameterValue:
    return {"default": default, "type": type_, "statutory": relaxed_when is not None, "relaxed_when": relaxed_when}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("type_", "default", "relaxed_when", "value", "relaxed"),
    [
        ("number", 1_000_000, "higher", 1_000_001, True),
        ("number", 1_000_000, "higher", 1_000_000, False),
        ("number", 1_000_000, "higher", 500_000, False),
        ("number", 99.5, "lower", 99.4, True),
        ("number", 99.5, "lower", 99.9, False),
        ("places", ["CA-QC"], "wider", ["CA-QC", "CA-ON"], True),
        ("places", ["CA-QC"], "wider", ["CA"], True),
        ("places", ["CA"], "wider", ["CA-QC"], False),
        ("places", ["EU"], "wider", ["FR", "BE"], False),
        ("texts", ["a", "b"], "wider", ["a"], False),
        ("texts", ["a"], "wider", ["a", "b"], True),
        ("date", "2023-09-22", "higher", "2024-01-01", True),
        ("date", "2023-09-22", "higher", "2023-01-01", False),
    ],
)
def test_a_statutory_parameter_is_relaxed_where_it_asks_less(
    type_: ParameterType, default: Value, relaxed_when: RelaxedWhen, value: Value, relaxed: bool, reference: Reference
) -> None:
    found = override("p", declared(type_, default, relaxed_when), value, AT, reference.places)
    assert found.relaxed is relaxed


def test_only_a_statutory_parameter_can_be_relaxed(reference: Reference) -> None:
    assert not override("target", declared("number", 0.4), 0.1, AT, reference.places).relaxed


def test_a_value_of_another_type_is_refused_where_the_configuration_sets_it(reference: Reference) -> None:
    with pytest.raises(ConfigurationError) as caught:
        override("target", declared("number", 0.4), "beaucoup", AT, reference.places)
    assert caught.value.place == AT
    assert "beaucoup" in caught.value.message("fr")


def test_a_default_of_another_type_is_refused_where_the_rule_has_it(reference: Reference) -> None:
    with pytest.raises(PolicyError) as caught:
        read_default(
            "allowed", declared("places", ["CA", "UK"]), lambda *steps: Place("r", 1, *steps), reference.places
        )
    assert caught.value.place == Place("r", 1, 1)
    assert caught.value.hint("en") == "Did you mean “GB”?"


def test_an_override_names_a_rule_and_its_parameter() -> None:
    rules = {"part": {"target": declared("number", 0.4)}}
    assert owner_of("part.target", rules, None) == ("part", "target")
    with pytest.raises(ConfigurationError) as caught:
        owner_of("part.cible", {"part": {"cibles": declared("number", 1)}}, AT)
    assert (caught.value.place, caught.value.hint("fr")) == (AT, "Vouliez-vous écrire «\u00a0part.cibles\u00a0»?")


def test_values_read_as_reports_show_them(reference: Reference) -> None:
    def text(type_: ParameterType, value: Value) -> str:
        return override("p", declared(type_, value), value, AT, reference.places).text

    assert text("number", 0.40) == "0.4"
    assert text("places", ["CA-QC", "EU"]) == "CA-QC, EU"
    assert text("boolean", value=True) == "true"
