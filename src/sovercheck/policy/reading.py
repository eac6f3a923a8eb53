"""Conditions as people write them, read into the tree of `condition`, each mistake at its line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from sovercheck.errors import Place, PolicyError, SovercheckError, nearest
from sovercheck.inventory.facts import FACTS, SCOPES, SUBJECTS, Fact, Subject, Type, in_scope
from sovercheck.light import dataclass
from sovercheck.policy import pattern
from sovercheck.policy.condition import (
    ORDERED,
    SEVERAL_VALUES,
    All,
    AnyOf,
    AsOfSide,
    Before,
    Compare,
    Condition,
    DateSide,
    ExposureAtMost,
    FactSide,
    Leaf,
    Not,
    Operand,
    Operator,
    Side,
    operators,
)
from sovercheck.policy.constants import At, Where, partial_date, scalar, several
from sovercheck.policy.parameters import Parameter
from sovercheck.reference.laws import Level
from sovercheck.reference.places import Places

if TYPE_CHECKING:
    from sovercheck.strictyaml import Value

Path_ = tuple[str | int, ...]

FORMS = ("all", "any", "not", "before", "not_before", "exposure")
"""The keys of a condition that are no facts."""

LEVELS: tuple[str, ...] = tuple(level.name.lower() for level in Level)

_AS_OF = re.compile(r"as_of(?:\s*(?P<sign>[+-])\s*(?P<count>\d{1,5}|\$[a-z][a-z0-9_]*)\s+(?P<unit>[a-z]+))?\Z")
_MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}
_DAYS = {"day": 1, "days": 1}


@dataclass(slots=True)
class ConditionReader:
    """Reads the conditions of one rule.

    Attributes:
        where: says where the parts of the rule's file stand.
        parameters: what `$name` may name.
        places: what groups of places are expanded by.
        laws: ids that `exposure` may name.
        errors: the mistakes found so far; a condition with one is read as None.
        used: names of the parameters that a condition uses.
    """

    where: Where
    parameters: Mapping[str, Parameter]
    places: Places
    laws: Collection[str]
    errors: list[SovercheckError] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def read(self, value: Value, path: Path_, subject: Subject) -> Condition | None:
        """A condition about a subject, or None where `errors` says what is wrong with it."""
        try:
            return self._condition(value, path, subject)
        except PolicyError as error:
            self.errors.append(error)
            return None

    def exposure(self, value: Value, path: Path_, subject: Subject) -> ExposureAtMost | None:
        """The content of an `exposure:`, or None where `errors` says what is wrong with it."""
        try:
            return self._exposure(value, path, subject)
        except PolicyError as error:
            self.errors.append(error)
            return None

    def number(self, value: Value, path: Path_, fact: Fact) -> Operand | None:
        """A number that may be a `$parameter`, or None where `errors` says what is wrong with it."""
        try:
            resolved, at = self._resolved(value, path)
            return scalar(fact, resolved, at)
        except PolicyError as error:
            self.errors.append(error)
            return None

    def _condition(self, value: Value, path: Path_, subject: Subject) -> Condition | None:
        if not isinstance(value, dict) or not value:
            raise PolicyError("policy_condition_form", place=self.where.place(*path))
        if len(value) > 1:
            second = list(value)[1]
            at = self.where.key_place(*path, second)
            raise PolicyError("policy_condition_keys", place=at, keys=", ".join(value))
        ((key, content),) = value.items()
        inner = (*path, key)
        match key:
            case "all" | "any":
                return self._several(key, content, inner, subject)
            case "not":
                item = self.read(content, inner, subject)
                return None if item is None else Not(item)
            case "before" | "not_before":
                before = self._before(content, inner, subject)
                return before if key == "before" else Not(before)
            case "exposure":
                return self._exposure(content, inner, subject)
            case _:
                return self._fact(self._named(key, subject, self.where.key_place(*inner)), content, inner)

    def _several(self, key: Literal["all", "any"], content: Value, path: Path_, subject: Subject) -> Condition | None:
        if not isinstance(content, list) or not content:
            raise PolicyError("policy_empty_group", place=self.where.place(*path), word=key)
        items = [self.read(item, (*path, number), subject) for number, item in enumerate(content)]
        known = tuple(item for item in items if item is not None)
        if len(known) < len(items):
            return None
        return All(known) if key == "all" else AnyOf(known)

    def _named(self, name: str, subject: Subject, at: Place) -> Fact:
        fact = FACTS.get(name)
        if fact is None:
            # What the rule may read comes first: `copy.region` rather than `party.region` in a rule about copies.
            near = nearest(name, [n for n, f in FACTS.items() if in_scope(f, subject)] + [*FORMS])
            near = near or nearest(name, FACTS)
            if near is None:
                raise PolicyError("policy_unknown_fact", place=at, word=name)
            raise PolicyError("policy_unknown_fact_near", place=at, word=name, near=near)
        if not in_scope(fact, subject):
            subjects = ", ".join(other for other in SUBJECTS if in_scope(fact, other))
            code = "policy_out_of_scope" if subjects else "policy_link_fact"
            tables = ", ".join(SCOPES[subject])
            raise PolicyError(code, place=at, fact=name, subject=subject, subjects=subjects, tables=tables)
        return fact

    def _fact(self, fact: Fact, content: Value, path: Path_) -> Condition | None:
        if not isinstance(content, dict) or not content:
            raise PolicyError(
                "policy_operator_missing",
                place=self.where.place(*path),
                fact=fact.name,
                operators=", ".join(operators(fact)),
            )
        found: list[Condition] = []
        for op, value in content.items():
            try:
                found.append(self._compare(fact, op, value, (*path, op)))
            except PolicyError as error:
                self.errors.append(error)
        if len(found) < len(content):
            return None
        return found[0] if len(found) == 1 else All(tuple(found))

    def _compare(self, fact: Fact, op: str, value: Value, path: Path_) -> Leaf:
        known = self._operator(fact, op, path)
        resolved, at = self._resolved(value, path)
        operand: Operand
        if known in ("exists", "empty"):
            if not isinstance(resolved, bool):
                raise PolicyError("policy_value_boolean", place=at(), op=known, word=resolved)
            operand = resolved
        elif known in SEVERAL_VALUES:
            operand = several(fact, resolved, at, self.places)
        else:
            operand = scalar(fact, resolved, at)
        if known == "matches":
            self._pattern(str(operand), at())
        return Compare(fact, known, operand)

    def _operator(self, fact: Fact, op: str, path: Path_) -> Operator:
        allowed = operators(fact)
        for known in allowed:
            if known == op:
                return known
        at = self.where.key_place(*path)
        if op in ("at_least", "at_most") and fact.type is Type.WORD:
            raise PolicyError(
                "policy_not_ordered", place=at, word=op, fact=fact.name, ordered=", ".join(sorted(ORDERED))
            )
        if fact.type is Type.DATE:
            raise PolicyError("policy_date_operator", place=at, word=op, fact=fact.name)
        near = nearest(op, allowed)
        code = "policy_unknown_operator_near" if near else "policy_unknown_operator"
        raise PolicyError(code, place=at, word=op, fact=fact.name, near=near, operators=", ".join(allowed))

    def _pattern(self, text: str, at: Place) -> None:
        fault = pattern.refused(text)
        if fault is not None:
            raise PolicyError("policy_pattern", place=at, part=fault.part, position=fault.position)

    def _before(self, content: Value, path: Path_, subject: Subject) -> Before:
        if not isinstance(content, list) or len(content) != 2:
            raise PolicyError("policy_before_sides", place=self.where.place(*path))
        left, right = (self._side(side, (*path, number), subject) for number, side in enumerate(content))
        return Before(left, right)

    def _side(self, value: Value, path: Path_, subject: Subject) -> Side:
        resolved, at = self._resolved(value, path)
        if isinstance(resolved, str):
            if resolved.startswith("as_of"):
                return self._as_of(resolved, path)
            if resolved[:1].isalpha():
                fact = self._named(resolved, subject, at())
                if fact.type is not Type.DATE:
                    raise PolicyError("policy_side_date", place=at(), fact=fact.name)
                return FactSide(fact)
        if resolved is None:
            raise PolicyError("policy_side", place=at(), word="null")
        return DateSide(partial_date(resolved, at))

    def _as_of(self, text: str, path: Path_) -> AsOfSide:
        parsed = _AS_OF.match(text)
        at = self.where.place(*path)
        if parsed is None:
            raise PolicyError("policy_side", place=at, word=text)
        if parsed["unit"] is None:
            return AsOfSide()
        if parsed["unit"] not in _MONTHS and parsed["unit"] not in _DAYS:
            raise PolicyError("policy_side", place=at, word=text)
        written: Value = parsed["count"]
        if parsed["count"].startswith("$"):
            written, _ = self._resolved(parsed["count"], path)
            if isinstance(written, bool) or not isinstance(written, int) or not 0 <= written <= 99_999:
                raise PolicyError("policy_side", place=at, word=text)
        count = int(str(written)) * (-1 if parsed["sign"] == "-" else 1)
        return AsOfSide(count * _MONTHS.get(parsed["unit"], 0), count * _DAYS.get(parsed["unit"], 0))

    def _exposure(self, content: Value, path: Path_, subject: Subject) -> ExposureAtMost:
        at = self.where.place(*path)
        if subject not in ("system", "resource"):
            raise PolicyError("policy_exposure_subject", place=at, subject=subject)
        if not isinstance(content, dict) or "law" not in content or "at_most" not in content:
            raise PolicyError("policy_exposure_form", place=at)
        for key in content:
            if key not in ("law", "at_most", "of"):
                raise self._unknown_word(key, ("law", "at_most", "of"), self.where.key_place(*path, key))
        law = self._word(content["law"], self.laws, (*path, "law"), "policy_unknown_law")
        level = self._word(content["at_most"], LEVELS, (*path, "at_most"))
        of = self._word(content.get("of", "residual"), ("residual", "inherent"), (*path, "of"))
        return ExposureAtMost(law, Level[level.upper()], "inherent" if of == "inherent" else "residual")

    def _word(self, value: Value, words: Collection[str], path: Path_, code: str = "policy_unknown_word") -> str:
        resolved, at = self._resolved(value, path)
        if isinstance(resolved, str) and resolved in words:
            return resolved
        raise self._unknown_word(str(resolved), words, at(), code)

    def _unknown_word(
        self, word: str, words: Iterable[str], at: Place, code: str = "policy_unknown_word"
    ) -> PolicyError:
        near = nearest(word, words)
        if near is not None:
            return PolicyError(f"{code}_near", place=at, word=word, near=near)
        return PolicyError(code, place=at, word=word, expected=", ".join(sorted(words)))

    def _resolved(self, value: Value, path: Path_) -> tuple[Value, At]:
        """A value with its `$parameters` replaced, and where it stands: where the configuration sets it, if it does."""

        def at(*steps: str | int) -> Place:
            return self.where.place(*path, *steps)

        if isinstance(value, list):
            flat: list[Value] = []
            places: list[Place] = []
            for number, item in enumerate(value):
                resolved, item_at = self._resolved(item, (*path, number))
                spliced = resolved if isinstance(resolved, list) and isinstance(item, str) else [resolved]
                flat.extend(spliced)
                places.extend([item_at()] * len(spliced))
            return flat, lambda *steps: places[steps[0]] if steps and isinstance(steps[0], int) else at(*steps)
        if not isinstance(value, str) or not value.startswith("$"):
            return value, at
        parameter = self.parameters.get(value[1:])
        if parameter is None:
            if not self.parameters:
                raise PolicyError("policy_no_parameters", place=at(), word=value)
            raise self._unknown_word(value[1:], self.parameters, at(), "policy_unknown_parameter")
        self.used.add(parameter.name)
        set_at = parameter.place
        return parameter.value, (lambda *_: set_at) if set_at is not None else (lambda *_: at())
