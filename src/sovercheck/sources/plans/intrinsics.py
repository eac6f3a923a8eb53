"""CloudFormation's functions, evaluated as far as that can be done for certain.

What only a deployment knows becomes `Pending`, and what one other resource of the template will give a `Reference` to
it. A parameter that nobody gave has its default: the texts that rest on it are `Defaulted`, and its name is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import cast

from sovercheck.errors import InputError
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Assumed, Defaulted, Json, Pending, Reference
from sovercheck.sources.plans.composing import (
    NO_VALUE,
    OF_ARGUMENTS,
    Evaluated,
    NoValue,
    as_text,
    composed,
    pending,
    resolved,
)
from sovercheck.sources.plans.model import resource_id
from sovercheck.sources.plans.template_text import Plain, TemplateText

_REGION = "AWS::Region"
_ADDING = ("Fn::Transform", "Fn::ForEach::")
"""What stands among members and may add any other."""

_MOST_ZONES = 6
"""Of any region."""

_GIVEN_ELSEWHERE = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource", "AWS::Serverless::Application")
"""Whose attributes another stack or a function of its owner makes: they name no resource of this template."""

_SUBSTITUTED = re.compile(r"\$\{(!?)([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Stack:
    """For what a template is evaluated.

    Attributes:
        region: where it would be deployed; None where nothing tells.
        assumed: whether that was assumed by whoever runs the gate.
        account: of the deployment.
        parameters: their values, by name, and of pseudo parameters such as `AWS::AccountId` where somebody says them;
            None for one that has another value in each of several deployments.
    """

    region: str | None = None
    assumed: bool = False
    account: str | None = None
    parameters: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Evaluator:
    """The functions of one template.

    Attributes:
        text: the template.
        stack: for what it is evaluated.
        resources: logical id → type, of those that there are.
        parameters: as declared.
        mappings: as written.
        conditions: as written.
        defaults: the parameters whose defaults were taken, in order.
        dependencies: logical id → those that its values need for certain.
    """

    text: TemplateText
    stack: Stack
    resources: Mapping[str, str]
    parameters: Mapping[str, Plain]
    mappings: Mapping[str, Plain]
    conditions: Mapping[str, Plain]
    defaults: dict[str, None] = field(default_factory=dict)
    dependencies: dict[str, dict[str, None]] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)
    _now: str | None = None
    _held: dict[str, tuple[bool | Pending, frozenset[str]]] = field(default_factory=dict)
    _asking: list[str] = field(default_factory=list)

    def of_resource(self, logical_id: str, value: Plain) -> Json:
        """A resource's values.

        Raises:
            InputError: conditions are circular, or functions are nested beyond what can be followed.
        """
        self._now = logical_id
        try:
            evaluated = self.value(value)
        except RecursionError as error:
            place = self.text.place("Resources", logical_id)
            raise InputError("template_too_long", place=place, resource=logical_id) from error
        finally:
            self._now = None
        return {} if isinstance(evaluated, NoValue) else evaluated

    def value(self, value: Plain) -> Evaluated:
        """A value with its functions evaluated."""
        if isinstance(value, str):
            return resolved(value)
        if isinstance(value, list):
            items = (self.value(item) for item in value)
            return [item for item in items if not isinstance(item, NoValue)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._defaulted(lambda: self._function(name, argument))
        adding = next((name for name in value if name.startswith(_ADDING)), None)
        if adding is not None:
            return pending(adding)
        members = ((key, self.value(item)) for key, item in value.items())
        return {key: item for key, item in members if not isinstance(item, NoValue)}

    def holds(self, name: str) -> bool | Pending:
        """Whether a condition holds; what would settle it where that is not known.

        Raises:
            InputError: it depends on itself.
        """
        if name in self._asking:
            path = " → ".join([*self._asking[self._asking.index(name) :], name])
            raise InputError("template_circular", place=self.text.place("Conditions", name), path=path)
        if name not in self._held:
            self._asking.append(name)
            before, self._touched = self._touched, set()
            try:
                held = self._condition(self.conditions[name]) if name in self.conditions else pending(name)
                self._held[name] = held, frozenset(self._touched)
            finally:
                self._touched = before
                self._asking.pop()
        held, touched = self._held[name]
        self._touched |= touched
        return held

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        """The parameters whose defaults are taken within the block."""
        before, self._touched = self._touched, set()
        try:
            yield self._touched
        finally:
            within, self._touched = self._touched, before
            self._touched |= within

    def depends(self, logical_id: str, on: str) -> None:
        """Notes that a resource needs another."""
        self.dependencies.setdefault(logical_id, {})[on] = None

    def _defaulted(self, evaluate: Callable[[], Evaluated]) -> Evaluated:
        with self.watched() as touched:
            found = evaluate()
        return _marked(found, Assumed if touched == {_REGION} else Defaulted) if touched else found

    def _condition(self, value: Plain) -> bool | Pending:
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict) or len(value) != 1:
            return pending("Condition")
        name, argument = next(iter(value.items()))
        if name == "Condition" and isinstance(argument, str):
            return self.holds(argument)
        arguments = argument if isinstance(argument, list) else [argument]
        if name == "Fn::Equals" and len(arguments) == 2:
            return _equal(self.value(arguments[0]), self.value(arguments[1]))
        held = [self._condition(item) for item in arguments] if name in ("Fn::And", "Fn::Or", "Fn::Not") else []
        open_ = next((item for item in held if isinstance(item, Pending)), None)
        if name == "Fn::Not" and len(held) == 1:
            return held[0] if isinstance(held[0], Pending) else not held[0]
        if name == "Fn::And" and held:
            return False if False in held else open_ or True
        if name == "Fn::Or" and held:
            return True if True in held else open_ or False
        return pending(name)

    def _function(self, name: str, argument: Plain) -> Evaluated:
        if name == "Ref":
            return self._ref(argument) if isinstance(argument, str) else pending("Ref")
        if name == "Fn::If":
            return self._if(argument)
        if name == "Fn::FindInMap":
            return self._find_in_map(argument)
        if name == "Fn::GetAtt":
            return self._get_att(argument)
        if name == "Fn::Sub":
            return self._sub(argument)
        if name == "Fn::Join":
            return self._join(argument)
        if name == "Fn::GetAZs":
            return self._zones(argument)
        evaluate = OF_ARGUMENTS.get(name)
        if evaluate is None:
            return pending(name)
        given = self.value(argument)
        return given if isinstance(given, Pending | NoValue) else evaluate(given)

    def _ref(self, name: str) -> Evaluated:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name.startswith("AWS::") and self.stack.parameters.get(name) is not None:
            return self.stack.parameters[name]
        if name == _REGION and self.stack.region is not None:
            if self.stack.assumed:
                self._touched.add(name)
            return self.stack.region
        if name == "AWS::AccountId" and self.stack.account is not None:
            return self.stack.account
        if name == "AWS::Partition":
            return _of_partition(self.stack.region, {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}, "aws")
        if name == "AWS::URLSuffix":
            return _of_partition(self.stack.region, {"cn-": "amazonaws.com.cn"}, "amazonaws.com")
        if name in self.parameters:
            return self._parameter(name)
        return self._resource(name) if name in self.resources else pending(name)

    def _resource(self, logical_id: str) -> Json:
        if self._now is not None:
            self.depends(self._now, logical_id)
        return Reference(resource_id(self.text.file, logical_id))

    def _parameter(self, name: str) -> Json:
        written = self.parameters[name]
        declared = written if isinstance(written, dict) else {}
        kind = str(declared.get("Type", "String"))
        if str(declared.get("NoEcho", "")).lower() == "true":
            return Pending("sensitive", name)
        # The value of these is the name under which Systems Manager has the value.
        if kind.startswith("AWS::SSM::Parameter::Value"):
            return pending(name)
        if name in self.stack.parameters:
            given = self.stack.parameters[name]
            return pending(name) if given is None else _typed(given, kind)
        allowed = declared.get("AllowedValues")
        if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str | int | float):
            return _typed(as_text(allowed[0]), kind)
        if "Default" not in declared:
            return pending(name)
        self.defaults[name] = None
        self._touched.add(name)
        default = declared["Default"]
        return _typed(default if isinstance(default, bool | int | float) else resolved(str(default)), kind)

    def _get_att(self, argument: Plain) -> Json:
        words = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(words, list) or len(words) != 2 or not isinstance(words[0], str):
            return pending("Fn::GetAtt")
        named = f"{words[0]}.{words[1]}" if isinstance(words[1], str) else words[0]
        native_type = self.resources.get(words[0])
        if native_type is None:
            return pending(named)
        reference = self._resource(words[0])
        return pending(named) if native_type.startswith((*_GIVEN_ELSEWHERE, "Custom::")) else reference

    def _if(self, argument: Plain) -> Evaluated:
        if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
            return pending("Fn::If")
        held = self.holds(argument[0])
        if not isinstance(held, Pending):
            return self.value(argument[1] if held else argument[2])
        # Neither branch is needed for certain, so neither is part of a circle.
        now, self._now = self._now, None
        try:
            then, otherwise = self.value(argument[1]), self.value(argument[2])
        finally:
            self._now = now
        return then if then == otherwise and type(then) is type(otherwise) else held

    def _find_in_map(self, argument: Plain) -> Evaluated:
        if not isinstance(argument, list) or len(argument) < 3:
            return pending("Fn::FindInMap")
        named, *keys = [self.value(item) for item in argument[:3]]
        found = self.mappings.get(named) if isinstance(named, str) else None
        if found is None:
            return named if isinstance(named, Pending) else pending("Fn::FindInMap")
        candidates: list[Plain] = [found]
        open_: Pending | None = None
        for key in keys:
            maps = [item for item in candidates if isinstance(item, dict)]
            if isinstance(key, Pending):
                open_ = key
                candidates = [inner for item in maps for inner in item.values()]
            else:
                candidates = [item[str(key)] for item in maps if str(key) in item]
        if open_ is None and not candidates and len(argument) > 3:
            fallback = argument[3]
            candidates = [fallback["DefaultValue"]] if isinstance(fallback, dict) and "DefaultValue" in fallback else []
        values = [self.value(item) for item in candidates]
        if values and all(value == values[0] for value in values):
            return values[0]
        return open_ or pending(f"{named}.{'.'.join(str(key) for key in keys)}")

    def _sub(self, argument: Plain) -> Json:
        text, given = argument, cast("Plain", {})
        if isinstance(argument, list) and len(argument) == 2:
            text, given = argument
        if not isinstance(text, str) or not isinstance(given, dict):
            return pending("Fn::Sub")
        parts: list[tuple[str, Json]] = []
        at = 0
        for match in _SUBSTITUTED.finditer(text):
            parts.append(("", text[at : match.start()]))
            at = match.end()
            name = match[2].strip()
            if match[1]:
                parts.append(("", f"${{{match[2]}}}"))
            else:
                parts.append((match[0], self._substituted(name, given)))
        parts.append(("", text[at:]))
        return composed(parts, self.stack.region)

    def _substituted(self, name: str, given: Mapping[str, Plain]) -> Json:
        if name in given:
            found = self.value(given[name])
        elif "." in name:
            found = self._get_att(name)
        else:
            found = self._ref(name)
        return pending(name) if isinstance(found, NoValue) else found

    def _join(self, argument: Plain) -> Json:
        given = self.value(argument)
        if not isinstance(given, list) or len(given) != 2 or not isinstance(given[0], str):
            return given if isinstance(given, Pending) else pending("Fn::Join")
        delimiter, items = given
        if not isinstance(items, list):
            return items if isinstance(items, Pending) else pending("Fn::Join")
        parts: list[tuple[str, Json]] = []
        for number, item in enumerate(items):
            parts += [("", delimiter)] * (number > 0)
            parts.append((f"${{{number}}}", item))
        return composed(parts, self.stack.region)

    def _zones(self, argument: Plain) -> Evaluated:
        """Zones of a region: their names differ from account to account, their region does not.

        Those of the stack's own region say nothing that its region does not say better.
        """
        region = self.value(argument)
        if region in ("", None, self.stack.region) or region == pending(_REGION):
            return NO_VALUE
        if isinstance(region, str) and not isinstance(region, Reference):
            return [region] * _MOST_ZONES
        return region if isinstance(region, Pending) else pending("Fn::GetAZs")


def _typed(value: Json, kind: str) -> Json:
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in value.split(",")] if isinstance(value, str) else value
    if kind == "Number" and isinstance(value, str):
        return int(value) if re.fullmatch(r"-?\d{1,18}", value) else value
    return value if kind == "Number" or isinstance(value, list | dict | Pending) else as_text(value)


def _marked(value: Evaluated, mark: type[Defaulted] | type[Assumed]) -> Evaluated:
    if isinstance(value, str):
        return value if isinstance(value, Reference | Defaulted) else mark(value)
    if isinstance(value, list):
        return [cast("Json", _marked(item, mark)) for item in value]
    if isinstance(value, dict):
        return {key: cast("Json", _marked(item, mark)) for key, item in value.items()}
    return value


def _equal(one: Evaluated, other: Evaluated) -> bool | Pending:
    for side in (one, other):
        if isinstance(side, Pending):
            return side
        if isinstance(side, Reference | list | dict | NoValue):
            return pending("Fn::Equals") if one != other else True
    return as_text(one) == as_text(other)


def _of_partition(region: str | None, words: Mapping[str, str], otherwise: str) -> str:
    return next((word for start, word in words.items() if (region or "").startswith(start)), otherwise)
