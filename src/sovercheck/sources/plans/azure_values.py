"""What a deployment asks of Azure, as Azure will answer it once it is done."""

from __future__ import annotations

from sovercheck.sources.kinds.path import Json

_ASKED, _THERE = "requested", "current"


def as_answered(values: dict[str, Json]) -> dict[str, Json]:
    """Values with what is requested as what is current too, where nothing else is said to be.

    A database is deployed with `requestedBackupStorageRedundancy`, and answers `currentBackupStorageRedundancy`, which
    nobody can set: without it a description would read the service's default where another is asked for.
    """
    properties = values.get("properties")
    if not isinstance(properties, dict):
        return values
    known = {key.lower() for key in properties}
    asked = {
        f"{_THERE}{key[len(_ASKED) :]}": item for key, item in properties.items() if key.lower().startswith(_ASKED)
    }
    missing = {key: item for key, item in asked.items() if key.lower() not in known}
    return {**values, "properties": {**properties, **missing}} if missing else values
