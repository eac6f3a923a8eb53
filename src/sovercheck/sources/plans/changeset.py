"""A change set of CloudFormation, as `describe-change-set --include-property-values --output json` prints it.

It knows what is and what would be, of the resources that change. Its ARN says the account and the region.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import cast

from sovercheck.change import Action
from sovercheck.errors import InputError, Place
from sovercheck.sources.kinds.path import Json, Pending
from sovercheck.sources.plans.deployment import Deployment
from sovercheck.sources.plans.model import Asked, Change, Incomplete, Placed, Plan, Planned
from sovercheck.sources.readers import arn

_ACTIONS: Mapping[str, Action] = {
    "Add": "create",
    "Modify": "update",
    "Remove": "delete",
    "Import": "import",
    "Dynamic": "update",
}
_LATER = "{{changeSet:"
"""Begins what stands in the place of a value that is known only once the change is made."""
_FAILED = ("FAILED", "DELETE_FAILED")
_UNDER_WAY = ("CREATE_PENDING", "CREATE_IN_PROGRESS")


def looks_like(document: object) -> bool:
    """Whether a document is a change set."""
    return isinstance(document, dict) and isinstance(document.get("Changes"), list) and "ChangeSetId" in document


def read(name: str, content: Mapping[str, Json], asked: Asked) -> Plan:
    """Reads a change set.

    Args:
        name: of the file.
        content: what it says.
        asked: a region, should its ARN say none.

    Raises:
        InputError: it says of no resource what its properties are.
    """
    changes = [item for item in _changes(content) if item.get("LogicalResourceId")]
    if changes and not any("AfterContext" in item or "BeforeContext" in item for item in changes):
        raise InputError("changeset", place=Place(name, 1, 1))
    parts = arn(content.get("ChangeSetId"))
    placed = _placed(parts["region"] if parts is not None else "", asked)
    account = parts["account"] if parts is not None else None
    nested = [str(item["LogicalResourceId"]) for item in changes if item.get("ChangeSetId")]
    return Plan(
        name,
        "cloudformation",
        tuple(_change(item, placed, account) for item in changes),
        knows_before=True,
        incomplete=(*_incomplete(content), *(Incomplete("unsupported", address) for address in nested)),
    )


def _changes(content: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    given = content.get("Changes")
    for item in given if isinstance(given, list) else []:
        change = item.get("ResourceChange") if isinstance(item, dict) else None
        if isinstance(change, dict):
            yield change


def _placed(region: str, asked: Asked) -> Placed:
    if region:
        return Placed(region, "environment", where="ChangeSetId")
    return Deployment().or_assumed(asked).placed


def _incomplete(content: Mapping[str, Json]) -> Iterator[Incomplete]:
    if content.get("Status") in _FAILED:
        yield Incomplete("errored")
    if content.get("Status") in _UNDER_WAY or content.get("NextToken"):
        yield Incomplete("not_complete")


def _change(item: Mapping[str, Json], placed: Placed, account: str | None) -> Change:
    native_type = str(item.get("ResourceType", ""))
    action = _ACTIONS.get(str(item.get("Action")), "update")
    if action == "update" and str(item.get("Replacement")) == "True":
        action = "replace"
    return Change(
        address=str(item["LogicalResourceId"]),
        interface="cloudformation",
        native_type=native_type,
        provider="aws" if native_type.startswith(("AWS::", "Alexa::", "Custom::")) else None,
        action=action,
        before=None if action in ("create", "import") else Planned(_values(item, "BeforeContext"), placed, account),
        after=None if action == "delete" else Planned(_values(item, "AfterContext"), placed, account),
    )


def _values(item: Mapping[str, Json], member: str) -> Json:
    """The properties in a context, which is JSON in a text; pending where it says none."""
    text = item.get(member)
    try:
        context = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        context = None
    properties = context.get("Properties", {}) if isinstance(context, dict) else None
    return Pending("after_apply", member) if properties is None else _settled(cast("Json", properties))


def _settled(value: Json) -> Json:
    if isinstance(value, str):
        if _LATER in value:
            return Pending("after_apply")
        return Pending("sensitive") if "{{resolve:" in value or value == "****" else value
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    return value
