"""The parameters of a rule: their types, what the configuration sets in their place, and whether that relaxes a law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sovercheck.errors import ConfigurationError, Place, PolicyError, nearest
from sovercheck.inventory.facts import Fact, Type
from sovercheck.inventory.places import within
from sovercheck.light import dataclass
from sovercheck.policy.condition import Operand
from sovercheck.policy.constants import At, partial_date, scalar, several
from sovercheck.reference.places import Places

if TYPE_CHECKING:
    from sovercheck.policy.shapes import ParameterType, ParameterValue, RelaxedWhen
    from sovercheck.strictyaml import Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it applies in one run.

    Attributes:
        name: short, without the rule's id.
        value: in use, as written: it is read again where a condition uses it.
        relaxed: whether it asks less than a statutory default.
        place: where the configuration sets it; None for the default.
    """

    name: str
    value: Value
    relaxed: bool
    place: Place | None

    @property
    def text(self) -> str:
        """The value as reports show it."""
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


def read_default(name: str, written: ParameterValue, at: At, places: Places) -> Parameter:
    """A parameter with its default; raises PolicyError if that is not of its type."""
    _constant(name, written["type"], written["default"], at, places)
    return Parameter(name, written["default"], relaxed=False, place=None)


def override(name: str, written: ParameterValue, value: Value, place: Place, places: Places) -> Parameter:
    """A parameter with the value that a configuration or a test gives it.

    Raises:
        ConfigurationError: it is not of the parameter's type.
    """
    try:
        new = _constant(name, written["type"], value, lambda *_: place, places)
    except PolicyError as error:
        raise ConfigurationError(error.code, place=error.place, **error.params) from error
    relaxed = False
    if written.get("statutory", False):
        law = _constant(name, written["type"], written["default"], lambda *_: place, places)
        relaxed = _asks_less(law, new, written.get("relaxed_when"))
    return Parameter(name, value, relaxed, place)


def owner_of(key: str, rules: Mapping[str, Mapping[str, ParameterValue]], place: Place | None) -> tuple[str, str]:
    """The rule and the short name that `<rule>.<name>` means.

    Raises:
        ConfigurationError: no such rule or parameter, with the nearest.
    """
    rule, _, name = key.rpartition(".")
    known = [f"{id_}.{short}" for id_, parameters in rules.items() for short in parameters]
    if name not in rules.get(rule, {}):
        near = nearest(key, known)
        if near is not None:
            raise ConfigurationError("policy_parameter_override_near", place=place, word=key, near=near)
        raise ConfigurationError("policy_parameter_override", place=place, word=key)
    return rule, name


def _constant(name: str, type_: ParameterType, value: Value, at: At, places: Places) -> Operand:
    fact = Fact("parameter", name, Type(type_), "operations")
    if fact.type is Type.DATE:
        return partial_date(value, at)
    if fact.type is Type.PLACE:
        return several(fact, [value], lambda *_: at(), places)
    if fact.is_list:
        return several(fact, value, at, places)
    return scalar(fact, value, at)


def _asks_less(law: Operand, new: Operand, relaxed_when: RelaxedWhen | None) -> bool:
    """Whether a value asks less than the law's; where the rule does not say which side is less, any change does."""
    if relaxed_when is None:
        return new != law
    if isinstance(law, tuple) and isinstance(new, tuple):
        return not all(any(within(value, allowed) for allowed in law) for value in new)
    if isinstance(law, str) or isinstance(new, str):
        more = str(new) > str(law)
        return new != law and more == (relaxed_when == "higher")
    assert not isinstance(law, tuple)  # noqa: S101 - both have the parameter's type
    assert not isinstance(new, tuple)  # noqa: S101 - both have the parameter's type
    return new > law if relaxed_when == "higher" else new < law
