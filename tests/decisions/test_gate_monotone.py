"""Taking knowledge away from a plan never turns a finding into a pass: each value of several resources, one by one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sovercheck import config
from tests.decisions.gating import gated
from tests.sources.plans.made import Object, change, configuration, configured, document

HERE: Any = "us-east-1"
RESOURCES: dict[str, Object] = {
    "aws_s3_bucket": {"bucket": "b", "region": HERE, "tags": {"a": "b"}},
    "aws_s3_bucket_replication_configuration": {
        "bucket": "b",
        "region": HERE,
        "rule": [{"id": "r", "status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::d", "account": "1"}]}],
    },
    "aws_db_instance": {
        "identifier": "d",
        "region": HERE,
        "engine": "postgres",
        "storage_encrypted": True,
        "kms_key_id": "arn:aws:kms:us-west-2:1:key/k",
        "backup_retention_period": 7,
        "replicate_source_db": None,
        "publicly_accessible": True,
    },
    "aws_dynamodb_table": {
        "name": "t",
        "region": HERE,
        "replica": [{"region_name": "us-west-2", "kms_key_arn": None}, {"region_name": "eu-west-3"}],
        "server_side_encryption": [{"enabled": True, "kms_key_arn": "arn:aws:kms:us-east-1:1:key/k"}],
    },
    "aws_backup_plan": {
        "name": "p",
        "region": HERE,
        "rule": [
            {"rule_name": "r", "copy_action": [{"destination_vault_arn": "arn:aws:backup:us-west-2:1:backup-vault:v"}]}
        ],
    },
    "aws_ebs_volume": {"availability_zone": "us-east-1a", "region": HERE, "encrypted": True, "size": 8},
    "aws_secretsmanager_secret": {"name": "s", "region": HERE, "replica": [{"region": "us-west-2"}]},
    "azurerm_storage_account": {
        "name": "a",
        "location": "eastus",
        "account_replication_type": "GRS",
        "account_tier": "Standard",
    },
    "azurerm_cosmosdb_account": {
        "name": "c",
        "location": "eastus",
        "geo_location": [
            {"location": "eastus", "failover_priority": 0},
            {"location": "westus", "failover_priority": 1},
        ],
    },
    "google_storage_bucket": {"name": "g", "location": "US", "storage_class": "STANDARD"},
    "google_sql_database_instance": {
        "name": "q",
        "region": "us-central1",
        "settings": [{"tier": "x", "backup_configuration": [{"enabled": True, "location": "us"}]}],
    },
}

Path_ = tuple[str | int, ...]


def paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Every member and block of some values."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from paths(item, (*path, name))


def shape(value: Any) -> Any:
    """Nothing of a value unknown, in the shape of it."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else False


def without(values: Object, path: Path_) -> tuple[Object, Object]:
    """Values of which one is known after apply only, and what is unknown of them."""
    after, unknown = copy.deepcopy(values), shape(values)
    *above, last = path
    holder: Any = after
    marks: Any = unknown
    for step in above:
        holder, marks = holder[step], marks[step]
    # Terraform leaves out of `after` what it does not know, and keeps its place in a list.
    if isinstance(last, str):
        del holder[last]
    else:
        holder[last] = None
    marks[last] = True
    return after, unknown


def plan_of(type_: str, after: Object, unknown: Any = None) -> Object:
    set_: Object = {name: {"references": ["local.x"]} for name in RESOURCES[type_]}
    key = type_.partition("_")[0]
    config_ = configuration(configured(f"{type_}.x", key, **set_), providers={})
    return document(change(f"{type_}.x", after, unknown), configuration=config_)


@pytest.mark.parametrize("data_class", ["health", None])
def test_no_value_that_becomes_unknown_turns_a_finding_into_a_pass(data_class: str | None) -> None:
    plans: dict[str, Object] = {}
    for type_, values in RESOURCES.items():
        plans[f"{type_}/all.json"] = plan_of(type_, values)
        for path in paths(values):
            plans[f"{type_}/{'.'.join(map(str, path))}.json"] = plan_of(type_, *without(values, path))
        plans[f"{type_}/nothing.json"] = plan_of(type_, {}, dict.fromkeys(values, True))
        plans[f"{type_}/hidden.json"] = plan_of(type_, values)
        plans[f"{type_}/hidden.json"]["resource_changes"][0]["change"]["after_sensitive"] = dict.fromkeys(values, True)
    found = gated(
        *plans.values(), names=tuple(plans), by=config.default(Path("none"), "fr"), data_class=data_class
    ).gate.findings
    told: dict[str, set[tuple[str, str]]] = {name: set() for name in plans}
    for finding in found:
        if finding.plan and finding.verdict in ("fail", "unknown"):
            told[finding.plan].add((finding.rule, finding.subject))
    lost = {
        name: told[f"{name.partition('/')[0]}/all.json"] - rules
        for name, rules in told.items()
        if told[f"{name.partition('/')[0]}/all.json"] - rules
    }
    assert lost == {}
    # Each of them has something to lose.
    assert all(told[f"{type_}/all.json"] for type_ in RESOURCES if "replication" not in type_)
