"""What Azure says that a deployment would change: `az deployment … what-if --no-pretty-print`.

By the published shape of the answer (`Deployments - What If` of Resource Manager's interface), as the command writes it
and as the interface answers it, under `properties`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import cast

from sovercheck.change import Action
from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json, Pending
from sovercheck.sources.plans.arm_expressions import is_expression
from sovercheck.sources.plans.arm_ids import members, subscription_of, type_of
from sovercheck.sources.plans.arm_resources import get
from sovercheck.sources.plans.azure_places import located, place
from sovercheck.sources.plans.azure_values import as_answered
from sovercheck.sources.plans.json_text import Document, outline
from sovercheck.sources.plans.model import Asked, Change, Incomplete, Incompleteness, Plan, Planned

FULL_PAYLOADS = "--result-format FullResourcePayloads"
"""The option without which only ids are told."""

_ACTIONS: Mapping[str, Action] = {
    "create": "create",
    "delete": "delete",
    "modify": "update",
    "deploy": "unchanged",
    "nochange": "no_op",
    "noeffect": "no_op",
}
_LEFT_OUT: Mapping[str, Incompleteness] = {"ignore": "ignored", "unsupported": "unsupported"}
_BEFORE = frozenset({"delete", "update", "unchanged", "no_op"})
_MEMBERS = (
    "location",
    "extendedLocation",
    "sku",
    "kind",
    "identity",
    "properties",
    "tags",
    "zones",
    "plan",
    "managedBy",
)
_MASK = re.compile(r"\*{3,}\Z")
_SHOWN = 200


def looks_like(document: Json | Mapping[str, Json]) -> bool:
    """Whether a document is a result of what-if."""
    result = _result(document)
    changes = get(result, "changes")
    if not isinstance(changes, list):
        return False
    if not changes:
        return isinstance(get(document, "status"), str)
    return isinstance(get(changes[0], "changeType"), str)


def read(name: str, text: str, asked: Asked) -> Plan:
    """Reads a result of what-if.

    Args:
        name: of the file.
        text: of the file.
        asked: nothing of it counts here: the result says where things are.

    Raises:
        InputError: it is none, or one of its changes cannot be read.
    """
    del asked
    document = outline(text, name, 4)
    if not looks_like(document.value):
        raise InputError("what_if_no_result", place=Place(name))
    return _Reading(document).plan()


@dataclass(frozen=True, slots=True)
class _Told:
    """A change of a resource as it is told.

    Attributes:
        raw: as it is written.
        identifier: of the resource.
        action: what becomes of it.
    """

    raw: dict[str, Json]
    identifier: str
    action: Action


@dataclass(slots=True)
class _Reading:
    document: Document
    incomplete: list[Incomplete] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    before: dict[str, Json] = field(default_factory=dict)
    after: dict[str, Json] = field(default_factory=dict)

    def plan(self) -> Plan:
        self._state()
        told = list(self._told())
        known = Counter(_address(change.identifier).lower() for change in told)
        for change in told:
            address, lowered = _address(change.identifier), change.identifier.lower()
            # Two subscriptions may each have a group of one name.
            self.names[lowered] = address if known[address.lower()] == 1 else change.identifier.lstrip("/")
            if change.action in _BEFORE:
                self.before[lowered] = _values(get(change.raw, "before"), change.identifier, _as_it_is)
            if change.action != "delete":
                payload = get(change.raw, "after")
                if payload is None and change.action == "no_op":
                    payload = get(change.raw, "before")
                self.after[lowered] = as_answered(_values(payload, change.identifier, _as_it_would_be))
        return Plan(
            name=self.document.name,
            format="what-if",
            changes=tuple(self._change(change) for change in told),
            knows_before=True,
            incomplete=tuple(self.incomplete),
        )

    def _state(self) -> None:
        """Whether all of the deployment was looked at."""
        status = str(get(self.document.value, "status") or "Succeeded").lower()
        if get(self.document.value, "error") or status in ("failed", "canceled"):
            self.incomplete.append(Incomplete("errored"))
        elif status != "succeeded":
            self.incomplete.append(Incomplete("not_complete"))
        diagnostics = get(_result(self.document.value), "diagnostics")
        for entry in diagnostics if isinstance(diagnostics, list) else []:
            code, level = str(get(entry, "code")), str(get(entry, "level")).lower()
            # A nested deployment whose parameters nobody knows yet is passed over, all its resources with it.
            if level == "error" or "shortcircuited" in code.lower():
                self.incomplete.append(Incomplete("unsupported", str(get(entry, "target") or code)))

    def _told(self) -> Iterator[_Told]:
        result = _result(self.document.value)
        for key in ("changes", "potentialChanges"):
            changes = get(result, key)
            for raw in changes if isinstance(changes, list) else []:
                if not isinstance(raw, dict):
                    raise InputError("what_if_change", place=self.document.place(changes))
                kind = str(get(raw, "changeType")).lower()
                identifier = get(raw, "resourceId")
                if not isinstance(identifier, str) or not type_of(identifier):
                    if get(raw, "identifiers") is None and get(raw, "extension") is None:
                        raise InputError("what_if_change", place=self.document.place(raw))
                    # A resource of Kubernetes or of the directory, which has no id of Azure's.
                    self.incomplete.append(Incomplete("unsupported", str(get(raw, "symbolicName") or "")))
                elif kind in _LEFT_OUT:
                    self.incomplete.append(Incomplete(_LEFT_OUT[kind], _address(identifier)))
                elif kind in _ACTIONS:
                    yield _Told(raw, identifier, _ACTIONS[kind])
                else:
                    raise InputError("what_if_change", place=self.document.place(raw))

    def _change(self, told: _Told) -> Change:
        lowered = told.identifier.lower()
        return Change(
            address=self.names[lowered],
            interface="api",
            native_type=type_of(told.identifier),
            provider="azure",
            action=told.action,
            before=self._planned(told.identifier, self.before),
            after=self._planned(told.identifier, self.after),
            spot=self.document.spot(cast(Json, told.raw)),
        )

    def _planned(self, identifier: str, side: Mapping[str, Json]) -> Planned | None:
        values = side.get(identifier.lower())
        if not isinstance(values, dict):
            return None
        placed = place(identifier, side, self.names)
        if placed.needs == FULL_PAYLOADS:
            placed = replace(placed, why="not_in_plan")
        return Planned(located(values, placed), placed, subscription_of(identifier))


def _result(document: Json | Mapping[str, Json]) -> Json | Mapping[str, Json]:
    """What holds the changes: the document, or its `properties`."""
    inner = get(document, "properties")
    return inner if isinstance(inner, dict) else document


def _address(identifier: str) -> str:
    """An id without its subscription."""
    return re.sub(r"\A/subscriptions/[^/]+/(?:providers/)?|\A/(?:providers/)?", "", identifier, flags=re.IGNORECASE)


def _values(payload: Json, identifier: str, taken: Callable[[str], Json]) -> dict[str, Json]:
    if not isinstance(payload, dict):
        # Only the id is told: nothing of the rest is absent, so that no default counts.
        return {**{name: Pending("after_apply", FULL_PAYLOADS) for name in _MEMBERS}, **members(identifier)}
    values = {key: _mapped(item, taken) for key, item in payload.items() if key.lower() not in ("id", "name", "type")}
    return values | members(identifier)


def _mapped(value: Json, taken: Callable[[str], Json]) -> Json:
    if isinstance(value, str):
        return taken(value)
    if isinstance(value, list):
        return [_mapped(item, taken) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, taken) for key, item in value.items()}
    return value


def _as_it_is(text: str) -> Json:
    return Pending("sensitive") if _MASK.match(text) else text


def _as_it_would_be(text: str) -> Json:
    """What-if leaves the expressions in that only the deployment can evaluate."""
    return Pending("expression", text[1:-1][:_SHOWN]) if is_expression(text) else _as_it_is(text)
