"""What is requested of Azure is what will be there."""

from __future__ import annotations

from sovercheck.sources.kinds.path import Json, Pending
from sovercheck.sources.plans.azure_values import as_answered


def test_what_is_requested_will_be_current() -> None:
    asked: dict[str, Json] = {"name": "db", "properties": {"RequestedBackupStorageRedundancy": "Local", "other": 1}}
    assert as_answered(asked) == {
        "name": "db",
        "properties": {
            "RequestedBackupStorageRedundancy": "Local",
            "currentBackupStorageRedundancy": "Local",
            "other": 1,
        },
    }


def test_what_is_said_to_be_current_stays() -> None:
    said: dict[str, Json] = {"properties": {"requestedX": "Local", "CurrentX": "Geo"}}
    assert as_answered(said) == said


def test_where_there_are_no_properties_nothing_is_added() -> None:
    for values in ({"name": "db"}, {"properties": Pending("after_apply")}):
        assert as_answered(dict(values)) == values
