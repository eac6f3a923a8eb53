"""What an expression of a template gives: a value, or `Open` where only the deployment will.

An open value has a form: a text with placeholders, the same wherever the same expression stands. So two names that
nobody knows yet are still known to be one name, and a resource is found by an id of which a part is open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Union

from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json, PendingReason

SUBSCRIPTION = "⟦subscription⟧"
GROUP = "⟦resourceGroup⟧"
OWN = "-"
"""In ids, what stands for the subscription or the group that the template is deployed to, which it does not say."""

MAX_TEXT = 1_000_000
"""How long a text may grow; Resource Manager takes no parameter or variable of more than a fraction of that."""
MAX_STEPS = 3_000_000
MAX_NESTED = 130
"""How deeply what is evaluated may be nested; each costs up to five of the interpreter's own frames."""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Open:
    """A value that nobody knows before the deployment, or may see.

    Attributes:
        reason: the word of a gap.
        needs: what would settle it: the innermost parameter or function that is not known.
        form: with placeholders.
        shown: for people, with expressions in brackets.
    """

    reason: PendingReason
    needs: str
    form: str
    shown: str


class Partly(dict[str, "Value"]):
    """An object of which only some members are known.

    Attributes:
        rest: what each other member is.
    """

    __slots__ = ("rest",)

    def __init__(self, known: dict[str, Value], rest: Open) -> None:
        super().__init__(known)
        self.rest = rest


Value = Union[None, bool, int, float, str, list["Value"], dict[str, "Value"], Open]  # noqa: UP007 - it names itself


def opened(text: str, *parts: Value, reason: PendingReason = "expression") -> Open:
    """The open value of an expression.

    Args:
        text: the expression, for people.
        parts: what makes it another value than a like expression elsewhere: its function and arguments.
        reason: why it is open; an open part decides before it.
    """
    first = next(_open_parts(parts), None)
    text = " ".join(text.split())
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    if first is not None:
        reason = "sensitive" if any(part.reason == "sensitive" for part in _open_parts(parts)) else first.reason
    digest = hashlib.sha256(repr([_form(part) for part in parts] or text).encode()).hexdigest()[:12]
    return Open(reason, first.needs if first else shown, f"⟦{digest}⟧", f"[{shown}]")


def joined(parts: Iterable[Value]) -> Value:
    """Texts put together; open where one of them is."""
    parts = list(parts)
    first = next((part for part in parts if isinstance(part, Open)), None)
    if first is None:
        return "".join(str(part) for part in parts)
    sensitive = next((part for part in parts if isinstance(part, Open) and part.reason == "sensitive"), first)
    form = "".join(part.form if isinstance(part, Open) else str(part) for part in parts)
    shown = "".join(part.shown if isinstance(part, Open) else str(part) for part in parts)
    return Open(sensitive.reason, first.needs, form[:MAX_TEXT], shown[:MAX_TEXT])


def form(value: Value) -> str:
    """A text with its placeholders."""
    return value.form if isinstance(value, Open) else str(value)


def shown(value: Value) -> str:
    """A text for people."""
    return value.shown if isinstance(value, Open) else str(value)


def is_open(value: Value) -> bool:
    """Whether a value is not known, or not wholly."""
    return next(_open_parts([value]), None) is not None


def _open_parts(values: Iterable[Value]) -> Iterator[Open]:
    left = list(values)[::-1]
    while left:
        value = left.pop()
        if isinstance(value, Open):
            yield value
        elif isinstance(value, dict):
            if isinstance(value, Partly):
                yield value.rest
            left += list(value.values())[::-1]
        elif isinstance(value, list):
            left += value[::-1]


def _form(value: Value) -> object:
    if isinstance(value, Open):
        return value.form
    if isinstance(value, dict):
        return [(key, _form(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_form(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Frame:
    """Where in a template an expression stands.

    Attributes:
        loops: name of a loop in lower case → its index; the innermost of resources or variables also without a name.
        arguments: of the template's own function whose body it is; None outside.
        bound: what lambdas have bound.
    """

    loops: Mapping[str, Value] = field(default_factory=dict)
    arguments: Mapping[str, Value] | None = None
    bound: Mapping[str, Value] = field(default_factory=dict)

    def looping(self, name: str, index: Value, *, innermost: bool) -> Frame:
        """The frame of one turn of a loop."""
        return replace(self, loops={**self.loops, name.lower(): index, **({"": index} if innermost else {})})


@dataclass(slots=True)
class Work:
    """What has been done of a file, so that no template keeps a gate busy for ever.

    Attributes:
        name: of the file.
        place: of the resource in hand, for errors.
        steps: so many values were made or looked at.
        depth: calls within calls, now.
        defaults: the parameters on whose default value rests what is being evaluated: as written → the declaration.
    """

    name: str
    place: Place
    steps: int = 0
    depth: int = 0
    defaults: dict[str, Json] = field(default_factory=dict)

    def step(self, steps: int = 1) -> None:
        """Counts.

        Raises:
            InputError: it is too much.
        """
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise InputError("arm_too_much", place=self.place)

    def enter(self) -> None:
        """Counts a call within a call; raises as `step` does."""
        self.step()
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise InputError("arm_too_deep", place=self.place, depth=MAX_NESTED)

    def leave(self) -> None:
        """Counts its end."""
        self.depth -= 1

    def weigh(self, values: Iterable[Value]) -> None:
        """Counts every part of values, as values that stand within each other may unfold beyond all bounds."""
        level: list[Value] = list(values)
        depth = 0
        while level:
            steps = len(level)
            for value in level:
                if isinstance(value, str):
                    steps += len(value) >> 6
            self.step(steps)
            level = [
                item
                for value in level
                if isinstance(value, list | dict)
                for item in (value.values() if isinstance(value, dict) else value)
            ]
            depth += 1
            if depth > MAX_NESTED:
                raise InputError("arm_too_deep", place=self.place, depth=MAX_NESTED)
