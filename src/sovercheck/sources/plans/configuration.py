"""The configuration that a plan carries: its modules, its providers, what each expression refers to.

The representation is Terraform's `configuration` (developer.hashicorp.com/terraform/internals/json-format): expressions
are not kept, only their constants and what they refer to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import cast

from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json

Module = tuple[str, ...]
"""The names of the calls that lead to a module; empty for the root."""

Object = Mapping[str, Json]

_EMPTY: Object = {}


def steps(address: str) -> Iterator[str]:
    """The parts of an address between its dots, an index with the part before it; dots in quotes part nothing.

    `module.archive["a.b"].module.x[0]` gives `module`, `archive["a.b"]`, `module`, `x[0]`.
    """
    part, quoted, depth, at = "", False, 0, 0
    while at < len(address):
        char = address[at]
        if quoted and char == "\\":
            part += address[at : at + 2]
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif not quoted:
            depth += (char == "[") - (char == "]")
        if char == "." and not quoted and depth == 0:
            yield part
            part = ""
        else:
            part += char
        at += 1
    yield part


def without_index(part: str) -> str:
    """A part of an address without its index: `archive["a.b"]` gives `archive`."""
    return part.partition("[")[0]


@lru_cache(maxsize=4096)
def module_of(address: str | None) -> Module:
    """The module of a module's address: `module.a["x"].module.b` gives (`a`, `b`)."""
    if not address:
        return ()
    parts = list(steps(address))
    return tuple(without_index(name) for word, name in zip(parts[::2], parts[1::2], strict=False) if word == "module")


@dataclass(frozen=True, slots=True)
class Named:
    """What an expression refers to, of those things of which each is one value.

    Attributes:
        module: in which module it stands.
        kind: `var`, `resource`, `data`, `module` (an output), `local` or `other`.
        name: `aws_s3_bucket.b`, `region`, `kms.key_arn`.
        rest: what follows the name: `.arn`, `[0].arn`.
    """

    module: Module
    kind: str
    name: str
    rest: str


@dataclass(slots=True)
class Configuration:
    """A plan's configuration, and the values of its variables.

    Args:
        plan: the whole plan.
    """

    plan: Object
    _modules: dict[Module, Object] = field(default_factory=dict)
    _resources: dict[Module, dict[str, Object]] = field(default_factory=dict)

    @property
    def root(self) -> Object:
        """The configuration, empty where the plan has none."""
        return member(self.plan, "configuration")

    @property
    def providers(self) -> Object:
        """Every provider's configuration by its key."""
        return member(self.root, "provider_config")

    def module(self, module: Module) -> Object:
        """A module's configuration; empty where there is none of that name."""
        found = self._modules.get(module)
        if found is None:
            found = member(self.root, "root_module") if not module else member(self.call(module), "module")
            self._modules[module] = found
        return found

    def call(self, module: Module) -> Object:
        """The call that makes a module, in its parent."""
        return member(member(self.module(module[:-1]), "module_calls"), module[-1])

    def resource(self, module: Module, type_: str, name: str) -> Object:
        """A resource's configuration; empty where the configuration has none (it was deleted)."""
        found = self._resources.get(module)
        if found is None:
            listed = self.module(module).get("resources")
            found = {
                f"{entry.get('type')}.{entry.get('name')}": entry
                for entry in (listed if isinstance(listed, list) else ())
                if isinstance(entry, dict) and entry.get("mode", "managed") == "managed"
            }
            self._resources[module] = found
        return found.get(f"{type_}.{name}", _EMPTY)

    def variable(self, module: Module, name: str) -> Variable:
        """What a variable is, followed up the calls to a value, where each step is one reference or a constant."""
        declared = member(member(self.module(module), "variables"), name)
        hidden = declared.get("sensitive") is True
        if not module:
            given = member(self.plan, "variables").get(name)
            if isinstance(given, dict):
                # Given as null, it is null: its default is for what is not given.
                return Variable(given.get("value"), (f"var.{name}",), hidden)
            return Variable(declared.get("default"), (f"var.{name}",), hidden)
        expression = member(self.call(module), "expressions").get(name)
        if not isinstance(expression, dict):
            return Variable(declared.get("default"), (_shown(module, f"var.{name}"),), hidden)
        if "constant_value" in expression:
            return Variable(expression["constant_value"], (_shown(module, f"var.{name}"),), hidden)
        inner = self.only(module[:-1], expression)
        if inner is None or inner.kind != "var" or inner.rest:
            return Variable(None, (_shown(module, f"var.{name}"),), hidden)
        above = self.variable(inner.module, inner.name)
        return Variable(above.value, (_shown(module, f"var.{name}"), *above.through), hidden or above.hidden)

    def only(self, module: Module, expression: Json) -> Named | None:
        """The one thing that an expression refers to; None where it is several, or none."""
        found = dict.fromkeys((named.module, named.kind, named.name) for named in self.named(module, expression))
        if len(found) != 1:
            return None
        return next(self.named(module, expression))

    def named(self, module: Module, expression: Json) -> Iterator[Named]:
        """What an expression refers to: the longest of the references that Terraform writes for each."""
        listed = expression.get("references") if isinstance(expression, dict) else None
        last = ""
        for text in listed if isinstance(listed, list) else ():
            # `a.b.c` is followed by `a.b` and so on: prefixes of one reference.
            if isinstance(text, str) and not (
                last.startswith(text) and last[len(text) : len(text) + 1] in ("", ".", "[")
            ):
                last = text
                yield _named(module, text)

    def needs(self) -> dict[str, list[str]]:
        """Of each input and output of each module, as people know them, the inputs and outputs that it refers to."""
        found: dict[str, list[str]] = {}
        waiting: list[Module] = [()]
        while waiting:
            module = waiting.pop()
            for name in member(self.module(module), "outputs"):
                found[_shown(module, f"output.{name}")] = self._needed(module, self.output(module, name))
            for call in member(self.module(module), "module_calls"):
                inner = (*module, call)
                for name, expression in member(self.call(inner), "expressions").items():
                    found[_shown(inner, f"var.{name}")] = self._needed(module, expression)
                waiting.append(inner)
        return found

    def _needed(self, module: Module, expression: Json) -> list[str]:
        found: list[str] = []
        for named in self.named(module, expression):
            call, _, output = named.name.partition(".")
            if named.kind == "module" and output:
                found.append(_shown((*module, call), f"output.{output}"))
            elif named.kind == "var":
                found.append(_shown(module, f"var.{named.name}"))
        return found

    def output(self, module: Module, name: str) -> Json:
        """The expression of a module's output."""
        return member(member(self.module(module), "outputs"), name).get("expression")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, followed to its value.

    Attributes:
        value: None where it is not known.
        through: the variables that were followed, as people know them; the first is the one asked for.
        hidden: whether any of them is sensitive.
    """

    value: Json
    through: tuple[str, ...]
    hidden: bool


_PART = re.compile(r"[A-Za-z_][\w-]*")


def _named(module: Module, text: str) -> Named:
    parts = list(steps(text))
    head = without_index(parts[0])
    if head == "var" and len(parts) > 1:
        return Named(module, "var", without_index(parts[1]), _rest(parts[1:]))
    if head == "local" and len(parts) > 1:
        return Named(module, "local", without_index(parts[1]), _rest(parts[1:]))
    if head == "module" and len(parts) > 1:
        name = without_index(parts[1])
        output = without_index(parts[2]) if len(parts) > 2 else ""
        return Named(module, "module", f"{name}.{output}", _rest(parts[2:]) if output else "")
    if head == "data" and len(parts) > 2:
        return Named(module, "data", f"{parts[1]}.{without_index(parts[2])}", _rest(parts[2:]))
    if head in ("each", "count", "path", "terraform", "self") or len(parts) < 2 or not _PART.match(head):
        return Named(module, "other", text, "")
    return Named(module, "resource", f"{head}.{without_index(parts[1])}", _rest(parts[1:]))


def _rest(parts: Sequence[str]) -> str:
    first = parts[0]
    return first[len(without_index(first)) :] + "".join(f".{part}" for part in parts[1:])


def _shown(module: Module, name: str) -> str:
    return "".join(f"module.{part}." for part in module) + name


def member(value: Object, name: str) -> Object:
    """A member that is a mapping; empty where it is not there, or is something else."""
    found = value.get(name)
    return cast(Object, found) if isinstance(found, dict) else _EMPTY
