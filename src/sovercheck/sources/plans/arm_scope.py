"""One template as its expressions see it: its parameters, its variables, its own functions and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from sovercheck.errors import InputError
from sovercheck.sources.kinds.path import Defaulted, Json
from sovercheck.sources.plans.arm_expressions import (
    Call,
    Constant,
    ExpressionError,
    Member,
    Node,
    is_expression,
    parse,
    unescaped,
)
from sovercheck.sources.plans.arm_functions import FUNCTIONS, Unfit, call, member, same, text_of
from sovercheck.sources.plans.arm_ids import Target
from sovercheck.sources.plans.arm_special import SPECIAL
from sovercheck.sources.plans.arm_values import Frame, Open, Partly, Value, Work, form, is_open, opened
from sovercheck.sources.plans.json_text import Document

MAX_COPIES = 800
"""Resource Manager's own limit of a loop."""

MAX_TYPES = 20
"""How deeply a parameter's type is looked into for a secret; what is deeper is taken for one."""

_DEEP = frozenset({"contains", "string", "join", "intersection", "min", "max", "replace"})
"""Functions that look into the elements of what they are given."""
_MAKING = frozenset({"createarray", "createobject", "array"})
"""Functions that put values of any kind together."""

Given = Callable[[], Value]
"""The value of a parameter, worked out when it is asked for."""


class Template:
    """A template, ready to evaluate its expressions.

    Args:
        raw: the template.
        document: the file it stands in.
        work: what has been done of the file.
        target: what it is deployed to, as its functions see it.
        given: parameter in lower case → its value.
        location_of: the location of a resource of the file, by the form of its id; None where the file has none.
        label: tells it from the other templates of the file.
        settles_defaults: whether a parameter that is not given surely has its default, as in a nested template.
    """

    def __init__(
        self,
        raw: Mapping[str, Json],
        document: Document,
        work: Work,
        target: Target,
        given: Mapping[str, Given],
        location_of: Callable[[str], Value],
        *,
        label: str,
        settles_defaults: bool,
    ) -> None:
        self.document = document
        self.work = work
        self.target = target
        self.given = given
        self.location_of = location_of
        self.label = label
        self.settles_defaults = settles_defaults
        self.symbols: dict[str, str] = {}
        self.parameters = _by_name(raw.get("parameters"))
        self.definitions = _by_name(raw.get("definitions"))
        self._secret_types: dict[str, bool] = {}
        self.secrets = {name for name, declared in self.parameters.items() if self._is_secret(declared, 0)}
        self.variables = _by_name(raw.get("variables"))
        self.loops = {_named(entry): entry for entry in entries(self.variables.pop("copy", None))}
        self.functions = dict(_functions(raw.get("functions")))
        self._known: dict[tuple[str, str], tuple[Value, Mapping[str, Json]]] = {}
        self._in_hand: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """Has every parameter and variable evaluated anew, now that all resources of the file are known."""
        self._known.clear()

    def value(self, raw: Json, frame: Frame) -> Value:
        """A value of the template, its expressions evaluated.

        Raises:
            InputError: an expression cannot be read, goes in a circle, or there is too much of it.
        """
        if isinstance(raw, str):
            return self._text(raw, frame)
        if not isinstance(raw, list | dict):
            return cast(Value, raw)
        self.work.enter()
        try:
            if isinstance(raw, list):
                return [self.value(item, frame) for item in raw]
            return self._object(raw, frame)
        finally:
            self.work.leave()

    def _text(self, raw: str, frame: Frame) -> Value:
        if not is_expression(raw):
            return unescaped(raw)
        try:
            node = parse(raw)
        except ExpressionError as error:
            raise InputError("arm_expression", place=self.document.place_of_text(raw)) from error
        before, self.work.defaults = self.work.defaults, {}
        value = self.node(node, frame)
        rests, self.work.defaults = self.work.defaults, before
        self.work.defaults.update(rests)
        if rests and isinstance(value, str | list | dict):
            self.work.weigh([value])
            return _defaulted(value)
        return value

    def _object(self, raw: Mapping[str, Json], frame: Frame) -> Value:
        found: dict[str, Value] = {}
        for key, item in raw.items():
            if key.lower() == "copy" and entries(item):
                for entry in entries(item):
                    found[str(entry.get("name", ""))] = self._looped(entry, _named(entry), frame, innermost=False)
            else:
                found[form(self._text(key, frame))] = self.value(item, frame)
        return found

    def _looped(self, entry: Mapping[str, Json], name: str, frame: Frame, *, innermost: bool) -> Value:
        """The list that a loop over values makes."""
        count = self.count(entry, frame)
        if isinstance(count, Open):
            return count
        turns = (frame.looping(name, index, innermost=innermost) for index in range(count))
        return [self.value(entry.get("input"), turn) for turn in turns]

    def count(self, entry: Mapping[str, Json], frame: Frame) -> int | Open:
        """How many turns a loop makes.

        Raises:
            InputError: more than Resource Manager would.
        """
        count = self.value(entry.get("count"), frame)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            return count if isinstance(count, Open) else opened("copy", "copy", count)
        if count > MAX_COPIES:
            raise InputError("arm_copies", place=self.document.place(cast(Json, entry)), count=count, limit=MAX_COPIES)
        self.work.step(count)
        return count

    def node(self, node: Node, frame: Frame) -> Value:
        """The value of a part of an expression; raises as `value` does."""
        if isinstance(node, Constant):
            return node.value
        self.work.enter()
        try:
            return self._member(node, frame) if isinstance(node, Member) else self._call(node, frame)
        finally:
            self.work.leave()

    def _member(self, node: Member, frame: Frame) -> Value:
        of, key = self.node(node.of, frame), self.node(node.key, frame)
        if not isinstance(of, Open) and not isinstance(key, Open):
            try:
                return member(of, key)
            except Unfit:
                if node.lenient and not isinstance(of, Partly):
                    return None
        if isinstance(of, Partly):
            # What is not known of it is not known for want of this very member.
            return replace(opened(node.text, "member", of.rest, key), needs=opened(node.text).needs)
        self.work.weigh([of, key])
        return opened(node.text, "member", of, key)

    def _call(self, node: Call, frame: Frame) -> Value:
        name = node.name.removeprefix("sys.")
        special = SPECIAL.get(name)
        if special is not None:
            return special(self, node, frame)
        if "." in name:
            return self._own(node, frame)
        arguments = [self.node(argument, frame) for argument in node.arguments]
        self.work.weigh(arguments)
        closed = name in FUNCTIONS and (name in _MAKING or not any(isinstance(item, Open) for item in arguments))
        if closed and name in _DEEP and is_open(list(arguments)):
            if _surely_contains(name, arguments):
                return True
            closed = False
        if closed:
            try:
                return call(name, arguments)
            except Unfit:
                pass
        return opened(node.text, name, *arguments)

    def _own(self, node: Call, frame: Frame) -> Value:
        """One of the template's own functions, which sees its arguments and nothing else."""
        arguments = [self.node(argument, frame) for argument in node.arguments]
        function = self.functions.get(node.name)
        if function is None:
            self.work.weigh(arguments)
            return opened(node.text, node.name, *arguments)
        names = [_named(entry) for entry in entries(function.get("parameters"))]
        output = function.get("output")
        body = output.get("value") if isinstance(output, dict) else None
        self.work.enter()
        try:
            return self.value(body, Frame(arguments=dict(zip(names, arguments, strict=False))))
        finally:
            self.work.leave()

    def parameter(self, name: str) -> Value:
        """The value of a parameter; of a secret one, given or not, nothing but that it is one."""
        lowered, text = name.lower(), f"parameters('{name}')"
        declared = self.parameters.get(lowered)
        if lowered in self.secrets:
            return opened(text, "parameter", self.label, lowered, reason="sensitive")
        given = self.given.get(lowered)
        if given is not None:
            return self._once("parameters", lowered, given)
        if isinstance(declared, dict) and ("defaultValue" in declared or declared.get("nullable") is True):
            default = declared.get("defaultValue")
            found = self._once("parameters", lowered, lambda: self.value(default, Frame()))
            if not self.settles_defaults:
                self.work.defaults[text] = declared
            return found
        return opened(text, "parameter", self.label, lowered)

    def _is_secret(self, declared: Json, depth: int) -> bool:
        """Whether a parameter is a secret, or has one within."""
        if isinstance(declared, list):
            return any(self._is_secret(item, depth + 1) for item in declared)
        if not isinstance(declared, dict) or depth > MAX_TYPES:
            return depth > MAX_TYPES
        if str(declared.get("type", "")).lower() in ("securestring", "secureobject"):
            return True
        reference, either = declared.get("$ref"), declared.get("discriminator")
        inner = [declared.get(key) for key in ("items", "prefixItems", "additionalProperties")]
        for named in (declared.get("properties"), either.get("mapping") if isinstance(either, dict) else None):
            inner += list(named.values()) if isinstance(named, dict) else []
        if isinstance(reference, str) and self._names_secret(reference.rpartition("/")[2].lower(), depth + 1):
            return True
        return any(self._is_secret(item, depth + 1) for item in inner)

    def _names_secret(self, name: str, depth: int) -> bool:
        """Whether a type that the template defines is a secret, or has one within; each is looked into once."""
        if name not in self._secret_types:
            # What holds itself is taken for one.
            self._secret_types[name] = True
            self._secret_types[name] = self._is_secret(self.definitions.get(name), depth)
        return self._secret_types[name]

    def variable(self, name: str) -> Value:
        """The value of a variable."""
        lowered = name.lower()
        if lowered in self.variables:
            return self._once("variables", lowered, lambda: self.value(self.variables[lowered], Frame()))
        if lowered in self.loops:
            entry = self.loops[lowered]
            return self._once("variables", lowered, lambda: self._looped(entry, lowered, Frame(), innermost=True))
        return opened(f"variables('{name}')", "variable", self.label, lowered)

    def _once(self, what: str, name: str, evaluate: Given) -> Value:
        """A parameter or variable, evaluated once, with the defaults that it rests on."""
        at = (what, name)
        if at not in self._known:
            if at in self._in_hand:
                raise InputError("arm_circular", place=self.work.place, name=f"{what}('{name}')")
            before, self.work.defaults = self.work.defaults, {}
            self._in_hand.add(at)
            self.work.enter()
            try:
                self._known[at] = (evaluate(), self.work.defaults)
            finally:
                self.work.leave()
                self._in_hand.discard(at)
                self.work.defaults = before
        value, rests = self._known[at]
        self.work.defaults.update(rests)
        return value


def _defaulted(value: Value) -> Value:
    """A value whose texts rest on a parameter's default."""
    if isinstance(value, str):
        return Defaulted(value)
    if isinstance(value, list):
        return [_defaulted(item) for item in value]
    if isinstance(value, Partly):
        return Partly({key: _defaulted(item) for key, item in value.items()}, value.rest)
    if isinstance(value, dict):
        return {key: _defaulted(item) for key, item in value.items()}
    return value


def _surely_contains(name: str, arguments: list[Value]) -> bool:
    """Whether what is known of a list or an object suffices for `contains` to hold."""
    if name != "contains" or len(arguments) != 2:
        return False
    holder, sought = arguments
    if isinstance(holder, list):
        return any(same(item, sought) for item in holder)
    return isinstance(holder, dict) and not isinstance(sought, list | dict) and text_of(sought) in holder


def entries(raw: Json) -> list[dict[str, Json]]:
    """The objects of a list; none of anything else."""
    return [entry for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []


def _named(entry: Mapping[str, Json]) -> str:
    return str(entry.get("name", "")).lower()


def _by_name(raw: Json) -> dict[str, Json]:
    """Members by name in lower case: names of a template compare without case."""
    return {name.lower(): item for name, item in raw.items()} if isinstance(raw, dict) else {}


def _functions(raw: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for entry in entries(raw):
        namespace = str(entry.get("namespace", "")).lower()
        for name, function in _by_name(entry.get("members")).items():
            if isinstance(function, dict):
                yield f"{namespace}.{name}", function
