"""The smallest Azure role that a scan needs, made from descriptions of kinds, and what the credentials lack of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from sovercheck.sources.azure import gather
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.path import Json

READER = "*/read"
"""The actions of the role Reader at the level of a subscription: what all kinds need, described or not."""

ROLE = "sovercheck-lecture"
_MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/"
_PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


def actions(excluded: Collection[str], *, management_group: bool = False) -> tuple[str, ...]:
    """The actions that the reading of a subscription needs, sorted; Azure compares them without case.

    Resource Graph gives the rows of what the role may read, and leaves out the others unsaid: so the reading of each
    type is among them.

    Args:
        excluded: kinds that the configuration leaves out.
        management_group: whether the subscriptions of a management group are expected.
    """
    found: dict[str, str] = {}
    for action in _actions(excluded, management_group=management_group):
        # Of two spellings, the one that has capitals is Azure's own.
        found[action.lower()] = min(action, found.get(action.lower(), action))
    return tuple(found[action] for action in sorted(found))


def _actions(excluded: Collection[str], *, management_group: bool) -> Iterator[str]:
    for call in (gather.SUBSCRIPTIONS, gather.LOCATIONS, gather.PERMISSIONS, gather.GRAPH):
        yield str(call.permission)
    if management_group:
        yield str(gather.DESCENDANTS.permission)
    for kind, form in forms("azure"):
        if kind.id in excluded:
            continue
        if form.listing.service == "graph":
            yield f"{form.native_type}/read"
        for call in (form.listing, *form.also.values()):
            if call.permission is not None:
                yield call.permission


def role(settings: AzureEntry) -> Mapping[str, object]:
    """A custom role, as `az role definition create` takes it.

    Args:
        settings: what `sovercheck.yaml` says.
    """
    group = settings.management_group
    named = settings.subscriptions if isinstance(settings.subscriptions, list) else [_PLACEHOLDER]
    scopes = [f"{_MANAGEMENT_GROUP}{group}"] if group is not None else [f"/subscriptions/{id_}" for id_ in named]
    return {
        "Name": ROLE,
        "IsCustom": True,
        "Description": "Reads where data is and who holds its keys; changes nothing.",
        "Actions": list(actions([word.lower() for word in settings.exclude], management_group=group is not None)),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": scopes,
    }


def lacking(permissions: Sequence[Mapping[str, Json]], needed: Iterable[str]) -> tuple[str, ...]:
    """The actions, of those that are needed, that no role of the credentials gives.

    Args:
        permissions: what Azure says that they may do: `actions` and `notActions` of each role.
        needed: actions.
    """
    return tuple(action for action in needed if not any(_gives(entry, action) for entry in permissions))


def _gives(entry: Mapping[str, Json], action: str) -> bool:
    return _matches(entry.get("actions"), action) and not _matches(entry.get("notActions"), action)


def _matches(patterns: Json, action: str) -> bool:
    words = patterns if isinstance(patterns, list) else []
    return any(_pattern(str(word)).fullmatch(action) is not None for word in words)


@cache
def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in written.split("*")), re.IGNORECASE)


def reads_all(entry: Mapping[str, Json]) -> bool:
    """Whether a role covers reading everything of the control plane."""
    actions, without = entry.get("actions"), entry.get("notActions")
    given = {str(action).lower() for action in actions} if isinstance(actions, list) else set()
    taken = [str(action).lower() for action in without] if isinstance(without, list) else []
    return bool(given & {"*", READER}) and not any(action.endswith("/read") or action == "*" for action in taken)
