"""The values of a state of Pulumi's, as the forms of descriptions read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.arm_ids import made, members
from sovercheck.sources.plans.arm_values import OWN
from sovercheck.sources.plans.azure_values import as_answered
from sovercheck.sources.plans.pulumi_types import Known, snake

UNKNOWN_VALUES = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands for a value that is not known before the update: of a text, and of each other type."""

HIDDEN = "[secret]"
"""What a preview writes for a secret."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"

_MAPS = frozenset({"tags", "tags_all", "labels", "effective_labels", "terraform_labels", "annotations", "variables"})
"""Members whose own members are named by their author."""

_AZURES_OWN = frozenset(
    {"location", "extendedlocation", "sku", "kind", "identity", "tags", "zones", "plan", "managedby", "properties"}
)
"""What stands beside `properties` in Resource Manager's answers; the native provider has no such level."""


def settled(value: Json, of: Iterable[str]) -> Json:
    """A value with what is not known or secret in it pending.

    Args:
        value: as the preview writes it.
        of: the ids of the resources that it depends on; an unknown value that depends on one alone refers to it.
    """
    sources = tuple(of)
    if isinstance(value, str):
        if value in UNKNOWN_VALUES:
            return Reference(sources[0]) if len(sources) == 1 else Pending("after_apply")
        return Pending("sensitive") if value == HIDDEN else value
    if isinstance(value, list):
        return [settled(item, sources) for item in value]
    if not isinstance(value, dict):
        return value
    sign = value.get(_SIGNATURE)
    if sign is None:
        return {key: settled(item, sources) for key, item in value.items() if not key.startswith("__")}
    if sign == _OUTPUT and value.get("secret") is not True:
        return settled(value["value"], sources) if "value" in value else Pending("after_apply")
    if sign == _RESOURCE and isinstance(value.get("id"), str):
        return settled(value["id"], sources)
    # A secret, enciphered or not; or a file, of which nothing is read.
    return Pending("sensitive")


def as_terraform(value: Json) -> Json:
    """A value as Terraform writes it: names in lower case with underscores, lists under their block's name too."""
    if isinstance(value, list):
        return [as_terraform(item) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Json] = {}
    for key, item in value.items():
        name = snake(key)
        inner = item if name in _MAPS else as_terraform(item)
        found[name] = inner
        if isinstance(inner, list):
            # Pulumi calls the blocks `replica` of Terraform `replicas`; which of a type's lists are blocks is unknown.
            found.setdefault(_singular(name), inner)
    return found


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if re.search(r"(?:ss|sh|ch|x|z)es\Z", name):
        return name[:-2]
    return name.removesuffix("s")


def as_resource_manager(
    values: Mapping[str, Json], known: Known, identifier: Json, name: str, ids: Mapping[str, str]
) -> dict[str, Json]:
    """Values as Resource Manager answers them.

    Args:
        values: of the native provider.
        known: its type.
        identifier: what Azure calls it; anything but a text where it does not exist.
        name: what its author calls it, where its name is not known.
        ids: of the resources that it may refer to, by the id that they are referred to by, what Azure calls them.
    """
    apart = {"resourcegroupname", *(level.strip("@=").lower() for level in known.names), "id", "name", "type"}
    inner = values.get("properties")
    # Of properties that are not known, no member is known to be absent.
    is_open = isinstance(inner, Pending | Reference)
    below = {key: item for key, item in values.items() if key.lower() not in _AZURES_OWN | apart}
    found = {key: item for key, item in values.items() if key.lower() in _AZURES_OWN}
    if not is_open and (below or isinstance(inner, dict)):
        found["properties"] = {**below, **(inner if isinstance(inner, dict) else {})}
    if not isinstance(identifier, str) or not identifier.startswith("/"):
        identifier = _identifier(values, known, name, ids)
    found |= members(identifier)
    return as_answered({**found, "name": name} if "⟦" in identifier.rpartition("/")[2] else found)


def _identifier(values: Mapping[str, Json], known: Known, name: str, ids: Mapping[str, str]) -> str:
    """The id that a resource will have; what is not known of it is a placeholder, the same for like names."""

    def said(level: str) -> str:
        value = values.get(level)
        if isinstance(value, Reference):
            return ids.get(value) or _placeholder(value)
        return value if isinstance(value, str) else _placeholder(name)

    levels = [level[1:] if level.startswith("=") else said(level).rpartition("/")[2] for level in known.names[1:]]
    first = known.names[0] if known.names else "name"
    if first.startswith("@"):
        return made(said(first[1:]), known.native_type, levels)
    levels = [said(first).rpartition("/")[2], *levels]
    if known.native_type.lower() == "microsoft.resources/resourcegroups":
        return f"/subscriptions/{OWN}/resourceGroups/{levels[0]}"
    group = said("resourceGroupName").rpartition("/")[2]
    return made(f"/subscriptions/{OWN}/resourceGroups/{group}", known.native_type.replace(":", "/"), levels)


def _placeholder(text: str) -> str:
    """What stands in an id for a name that is not known; a slash would part it."""
    return f"⟦{text}⟧".replace("/", "|")
