"""Where a fact stands in what a provider answers: a small grammar of paths that keeps *absent* and *unread* apart.

    Destination.Bucket          a member of a member
    Rules[].Status              of every element of a list
    encryption.*.keyId          of every value of a mapping
    replication:Rules[].Status  in the answer of the completing call `replication` instead of in the item itself

A member that a provider left out is `ABSENT`: its documented default applies, which the description states. What
nobody could read (a call that was refused) is `Unread`. JMESPath has one null for both, and reads a name that follows
a one-element list as missing, where a plan writes every nested block as such a list.

Names compare exactly first, then without case, as Azure's services spell one member in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum
from functools import cache, lru_cache
from typing import Final, Literal

from sovercheck.light import dataclass

PendingReason = Literal["after_apply", "sensitive", "expression", "not_in_plan", "uncorroborated"]


@dataclass(frozen=True, slots=True)
class Pending:
    """In a plan or template, what stands in the place of a value that nobody can know yet or may see.

    Attributes:
        reason: the word of a gap (`inventory.rows.GapReason`).
        needs: what would settle it, as far as that has a name: the expression, the attribute.
        unset: whether the configuration does not set it, so that its provider computes it: a value, where it is no
            block, that is absent then, and its documented default counts. A block may be made by one that is dynamic.
    """

    reason: PendingReason
    needs: str | None = None
    unset: bool = False


class Reference(str):
    """In a plan or template, a value not known yet that is known to come from one other resource: that one's id."""

    __slots__ = ()


class Defaulted(str):
    """In a template, a text that rests on a parameter's default: a deployment may give another."""

    __slots__ = ()


class Assumed(str):
    """In a template, a text that rests on what whoever runs the gate assumed, such as the region."""

    __slots__ = ()


Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"] | Pending
"""What a provider's answer or a plan's values are made of, once dates are written as texts."""


class Absent(Enum):
    """The one value that says: it was read, and the member is not there."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

Found = Json | Absent

_STEP = re.compile(r"[A-Za-z_][\w-]*|\[\]|\*")
_NAME = r"[A-Za-z_][\w-]*(?:\[\]|\.\*)*"
_PATH = re.compile(rf"(?:[a-z][a-z0-9_]*:)?{_NAME}(?:\.{_NAME})*\Z")


@dataclass(frozen=True, slots=True)
class Path:
    """A path, taken apart.

    Attributes:
        answer: the completing call in whose answer it stands; None for the item itself.
        steps: names, `[]` for every element and `*` for every value.
        single: how many steps come before the first of those; all of them where it finds one value, and not a list.
        name: the only step, where that is a name, as of most paths; None of others.
    """

    answer: str | None
    steps: tuple[str, ...]
    single: int = field(init=False, repr=False, compare=False)
    name: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        single = next((n for n, step in enumerate(self.steps) if step in ("[]", "*")), len(self.steps))
        object.__setattr__(self, "single", single)
        object.__setattr__(self, "name", self.steps[0] if single == len(self.steps) == 1 else None)

    def __str__(self) -> str:
        text = "".join(step if step == "[]" else f".{step}" for step in self.steps).lstrip(".")
        return f"{self.answer}:{text}" if self.answer else text


class PathError(ValueError):
    """A text that is no path."""


@cache
def parse(text: str) -> Path:
    """Takes a path apart.

    Raises:
        PathError: it is no path.
    """
    if not _PATH.match(text):
        raise PathError(text)
    answer, colon, rest = text.partition(":")
    return Path(answer if colon else None, tuple(_STEP.findall(rest if colon else text)))


def find(path: Path, root: Json) -> Found:
    """What stands at a path, the prefix of an answer left aside.

    Returns:
        Of a path with `[]` or `.*`, the list of all values found, empty where the list is there and empty, `ABSENT`
        where the list itself is not; of another path its value, or `ABSENT`. A null is `ABSENT`. What stands below a
        `Pending` is that `Pending`, what stands below a `Reference` is pending too.
    """
    name = path.name
    if name is not None and type(root) is dict:
        # Of one name, nothing above it may be pending.
        value = root.get(name)
        if value is None and name not in root:
            value = root.get(_folded(tuple(root)).get(name.casefold(), name))
        return ABSENT if value is None or (isinstance(value, Pending) and value.unset) else value
    first = path.single
    if first == len(path.steps):
        found = _member(path.steps, root)
        return ABSENT if isinstance(found, Pending) and found.unset and _stands_at(path.steps, root) else found
    base = _member(path.steps[:first], root) if first else root
    if base is ABSENT or base is None:
        return ABSENT
    if isinstance(base, Pending):
        return base
    return list(_all(path.steps[first:], base))


def _stands_at(steps: tuple[str, ...], root: Json) -> bool:
    """Whether what is pending is the value of a path itself, and nothing above it."""
    return len(steps) == 1 or not isinstance(_member(steps[:-1], root), Pending)


def _all(steps: tuple[str, ...], value: Json) -> Iterator[Json]:
    if not steps:
        if value is not None:
            yield value
        return
    if isinstance(value, Pending):
        yield value
        return
    step, *rest = steps
    if step == "[]":
        for item in value if isinstance(value, list) else [value]:
            yield from _all(tuple(rest), item)
    elif step == "*" and isinstance(value, Reference):
        yield Pending("after_apply")
    elif step == "*":
        for item in value.values() if isinstance(value, dict) else []:
            yield from _all(tuple(rest), item)
    else:
        found = _member((step,), value)
        if found is not ABSENT:
            yield from _all(tuple(rest), found)


def _member(steps: tuple[str, ...], value: Json) -> Found:
    for step in steps:
        if type(value) is not dict:
            if isinstance(value, list):
                # A nested block of a plan is a list of one.
                if len(value) != 1:
                    return ABSENT
                value = value[0]
            if isinstance(value, Pending):
                return value
            if isinstance(value, Reference):
                # Only where it comes from is known, and not what stands in it.
                return Pending("after_apply")
            if not isinstance(value, dict):
                return ABSENT
        if step not in value:
            step = _folded(tuple(value)).get(step.casefold(), step)
        value = value.get(step)
        if value is None:
            return ABSENT
    return ABSENT if value is None else value


@lru_cache(maxsize=4096)
def _folded(names: tuple[str, ...]) -> Mapping[str, str]:
    """Names by themselves without case, of which the first counts; things of one type have the same names."""
    return {name.casefold(): name for name in reversed(names)}


def keep(paths: tuple[Path, ...], root: Json) -> Json:
    """A copy of an answer with nothing in it but what the paths read: what is not described is not kept.

    Args:
        paths: those into this answer; one without steps keeps everything.
        root: the answer.
    """
    return _pruned(_wanted(paths), root)


@dataclass(slots=True)
class _Wanted:
    """What is kept of a value, worked out once for all values at the same place of an answer.

    Attributes:
        whole: all of it.
        single: all of a value that is no list: `[]` of a single value is the value.
        items: of each element of a list; None for the same as of the value itself.
        values: of each member of a mapping; None where only some are kept.
        members: of those, by name without case.
    """

    whole: bool
    single: bool
    items: _Wanted | None = None
    values: _Wanted | None = None
    members: dict[str, _Wanted] = field(default_factory=dict)


@cache
def _wanted(paths: tuple[Path, ...]) -> _Wanted:
    return _of_steps(tuple(path.steps for path in paths))


def _of_steps(wanted: tuple[tuple[str, ...], ...]) -> _Wanted:
    if any(not steps for steps in wanted):
        return _Wanted(whole=True, single=True)
    found = _Wanted(whole=False, single=any(set(steps) <= {"[]"} for steps in wanted))
    if any(steps[0] == "[]" for steps in wanted):
        found.items = _of_steps(tuple(steps[1:] if steps[0] == "[]" else steps for steps in wanted))
    if any(steps[0] == "*" for steps in wanted):
        found.values = _of_steps(tuple(steps[1:] for steps in wanted if steps[0] == "*"))
        return found
    inner: dict[str, list[tuple[str, ...]]] = {}
    for steps in wanted:
        # `[]` of a mapping that is no list is the mapping itself.
        named = steps[1:] if steps[0] == "[]" else steps
        if named:
            inner.setdefault(named[0].casefold(), []).append(named[1:])
    found.members = {name: _of_steps(tuple(rest)) for name, rest in inner.items()}
    return found


def _pruned(wanted: _Wanted, value: Json) -> Json:
    if wanted.whole:
        return value
    if isinstance(value, list):
        inner = wanted.items or wanted
        return [_pruned(inner, item) for item in value]
    if wanted.single:
        return value
    if not isinstance(value, dict):
        return None
    if wanted.values is not None:
        every = wanted.values
        return {name: _pruned(every, item) for name, item in value.items()}
    kept: dict[str, Json] = {}
    for name, item in value.items():
        member = wanted.members.get(name.casefold())
        if member is not None:
            kept[name] = item if member.whole else _pruned(member, item)
    return kept


def mappings(path: Path, root: Json) -> Iterator[Mapping[str, Json]]:
    """The mappings among what a path finds, one by one."""
    found = find(path, root)
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, Mapping):
            yield item
