"""In which regions the policies that bind an account let anything be kept: from what they say, never from their names.

A service control policy denies what one of its statements denies, and what no statement allows at one of the levels
above the account. Whoever asks is taken for an ordinary role or user: whom a statement exempts by name is told apart.
A condition that depends on more than region, account and principal may hold or not, and so may what it denies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sovercheck.sources.aws.making import MAKING_ACTIONS

_ORDINARY = ("role/ordinary-5d1c0b7e", "user/ordinary-5d1c0b7e")
"""Principals that no policy names; a pattern that covers one of them exempts anybody."""

_EVERYTHING_OF = re.compile(r"arn:[^:]*:(?P<service>[^:]*):\*?:\*?:\*\Z")
_SERVICE_OF = re.compile(r"arn:[^:]*:(?P<service>[^:]*):")


class NotAPolicyError(ValueError):
    """A document that is not of a policy's form: what it denies is not known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a statement.

    Attributes:
        operator: without what has no bearing on a key that has one value: `stringnotequals`.
        key: `aws:requestedregion`.
        values: that it is compared with.
    """

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy.

    Attributes:
        denies: whether it denies; otherwise it allows.
        actions: the patterns of the actions that it is about.
        but: whether it is about every action but those.
        resources: the patterns of the resources; None where it is about all but some.
        conditions: all to hold.
    """

    denies: bool
    actions: tuple[str, ...]
    but: bool
    resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A service control policy.

    Attributes:
        id: of the policy.
        name: for people; it says nothing of what the policy does.
        statements: what it says.
    """

    id: str
    name: str
    statements: tuple[Statement, ...]


Level = tuple[Policy, ...]
"""The policies attached to the root, to one organizational unit, or to an account."""


@dataclass(frozen=True, slots=True)
class Usable:
    """Where an account may keep data.

    Attributes:
        regions: those where something that keeps data may be made.
        perhaps: those where that depends on what the policies do not settle.
        partly: of `regions`, those where some of it is denied → the services that are left.
        guards: the policies that deny something that keeps data somewhere.
        exempt: patterns of the principals whom they do not bind.
    """

    regions: frozenset[str]
    perhaps: frozenset[str]
    partly: Mapping[str, tuple[str, ...]]
    guards: tuple[Policy, ...]
    exempt: tuple[str, ...]


def statements_of(document: str) -> tuple[Statement, ...]:
    """The statements of a policy's document.

    Raises:
        NotAPolicyError: it is none.
    """
    try:
        plain = json.loads(document)
    except ValueError as error:
        raise NotAPolicyError(str(error)) from error
    if not isinstance(plain, Mapping):
        raise NotAPolicyError("Statement")
    return tuple(_statement(entry) for entry in _list(plain.get("Statement", ())))


def _statement(plain: object) -> Statement:
    if not isinstance(plain, Mapping):
        raise NotAPolicyError("Statement")
    effect, but = plain.get("Effect"), "NotAction" in plain
    if effect not in ("Allow", "Deny") or but == ("Action" in plain):
        raise NotAPolicyError("Effect, Action")
    conditions = plain.get("Condition", {})
    if not isinstance(conditions, Mapping):
        raise NotAPolicyError("Condition")
    return Statement(
        denies=effect == "Deny",
        actions=_texts(plain["NotAction" if but else "Action"]),
        but=but,
        resources=None if "NotResource" in plain else _texts(plain.get("Resource", "*")),
        conditions=tuple(_conditions(conditions)),
    )


def _conditions(plain: Mapping[str, object]) -> Iterator[Condition]:
    for operator, keys in plain.items():
        if not isinstance(keys, Mapping):
            raise NotAPolicyError("Condition")
        # Of a key that every request has exactly once, any value, all values and the value are the same.
        bare = operator.casefold().removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")
        for key, values in keys.items():
            yield Condition(bare, str(key).casefold(), _texts(values))


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in _list(value))


def usable(levels: Sequence[Level], account: str, regions: Iterable[str]) -> Usable:
    """Where an account may keep data, whatever its own policies say.

    Args:
        levels: the policies attached above the account and to it, the root's first; none where none bind it.
        account: its id.
        regions: those that it has on.
    """
    # Every level has a policy, as the service sees to it: one without any was not read as it is, and closes nothing.
    bound = [level for level in levels if level]
    sure, perhaps, partly = set[str](), set[str](), dict[str, tuple[str, ...]]()
    guards, exempt = dict[str, Policy](), set[str]()
    for region in regions:
        certain, possible = frozenset[str](), frozenset[str]()
        for principal in _ORDINARY:
            request = _request(account, principal, region)
            judged = _judge(bound, request)
            certain |= judged.allowed
            possible |= judged.possible
            guards.update({policy.id: policy for policy in judged.guards})
            exempt |= judged.exempt
        if certain:
            sure.add(region)
            if certain != MAKING_ACTIONS:
                partly[region] = tuple(sorted({action.partition(":")[0] for action in certain}))
        elif possible:
            perhaps.add(region)
    found = tuple(guards[name] for name in sorted(guards))
    return Usable(frozenset(sure), frozenset(perhaps), partly, found, tuple(sorted(exempt)))


_Request = Mapping[str, str]
"""What is known of a request, by the condition keys that say it."""


def _request(account: str, principal: str, region: str) -> _Request:
    return {
        "aws:requestedregion": region,
        "aws:principalaccount": account,
        "aws:principalarn": f"arn:aws:iam::{account}:{principal}",
        "aws:principalisawsservice": "false",
    }


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of one request.

    Attributes:
        allowed: the making actions that nothing denies.
        possible: those that nothing surely denies.
        guards: the policies that deny some.
        exempt: whom the decisive ones exempt.
    """

    allowed: frozenset[str]
    possible: frozenset[str]
    guards: tuple[Policy, ...]
    exempt: frozenset[str]


def _judge(levels: Sequence[Level], request: _Request) -> _Judged:
    allowed, possible = MAKING_ACTIONS, MAKING_ACTIONS
    denied, doubtful = frozenset[str](), frozenset[str]()
    guards: list[Policy] = []
    exempting: list[tuple[frozenset[str], tuple[str, ...]]] = []
    for level in levels:
        here, maybe = frozenset[str](), frozenset[str]()
        for policy in level:
            for statement in policy.statements:
                sure, perhaps = _reach(statement, request)
                if not statement.denies:
                    here |= sure
                    maybe |= sure | perhaps
                    continue
                doubtful |= perhaps
                if not sure:
                    continue
                guards.append(policy)
                names = _exempted(statement)
                if names:
                    exempting.append((sure, names))
                else:
                    denied |= sure
        allowed &= here
        possible &= maybe
        if maybe != MAKING_ACTIONS:
            guards += level
    exempt = {name for sure, names in exempting if sure - denied for name in names}
    denied = denied.union(*(sure for sure, _ in exempting))
    return _Judged(allowed - denied - doubtful, possible - denied, tuple(guards), frozenset(exempt))


def _reach(statement: Statement, request: _Request) -> tuple[frozenset[str], frozenset[str]]:
    """The making actions that a statement is about in a request: surely, and perhaps."""
    held: bool | None = True
    for condition in statement.conditions:
        one = _holds(condition, request)
        if one is False and (statement.denies or condition.key != "aws:principalarn"):
            return frozenset(), frozenset()
        # What is allowed to some principals only is allowed to somebody.
        held = held if one else None
    whole, partial = _covered(statement)
    return (whole, partial) if held else (frozenset(), whole | partial)


@cache
def _covered(statement: Statement) -> tuple[frozenset[str], frozenset[str]]:
    """The making actions that a statement is about whatever the resource, and those on some resources only."""
    patterns = [_pattern(action.casefold()) for action in statement.actions]
    named = {a for a in MAKING_ACTIONS if any(pattern.match(a.casefold()) for pattern in patterns)}
    about = frozenset(MAKING_ACTIONS - named if statement.but else named)
    if statement.resources is None:
        return frozenset(), about
    if "*" in statement.resources:
        return about, frozenset()

    def of(found: re.Pattern[str]) -> frozenset[str]:
        services = [_pattern(m["service"]) for text in statement.resources or () if (m := found.match(text))]
        return frozenset(a for a in about if any(service.match(a.partition(":")[0]) for service in services))

    whole = of(_EVERYTHING_OF)
    return whole, of(_SERVICE_OF) - whole


def _exempted(statement: Statement) -> tuple[str, ...]:
    """The principals whom a statement leaves out by name."""
    return tuple(
        value
        for condition in statement.conditions
        if condition.key == "aws:principalarn" and "not" in condition.operator
        for value in condition.values
    )


def _holds(condition: Condition, request: _Request) -> bool | None:
    """Whether a condition holds for a request; None where that depends on what is not known of it."""
    if condition.key not in request:
        return None
    said = request[condition.key]
    operator = condition.operator
    if operator == "null":
        return "false" in condition.values if len(set(condition.values)) == 1 else None
    negated = "not" in operator
    compare = _COMPARISONS.get(operator.replace("not", ""))
    if compare is None:
        return None
    if any(compare(value, said) for value in condition.values if "${" not in value):
        return not negated
    # A policy variable stands for what only the request knows.
    return None if any("${" in value for value in condition.values) else negated


def _equals(value: str, said: str) -> bool:
    return value == said


def _equals_in_any_case(value: str, said: str) -> bool:
    return value.casefold() == said.casefold()


def _like(value: str, said: str) -> bool:
    return _pattern(value).match(said) is not None


_COMPARISONS = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_in_any_case,
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": _equals_in_any_case,
}


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A text in which `*` stands for any characters and `?` for one."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", ".") + r"\Z", re.DOTALL)
