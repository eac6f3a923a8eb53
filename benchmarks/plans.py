"""Plans as large as one likes, made like real ones: modules, two providers, several types, unknown values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_PROVIDER = "registry.terraform.io/hashicorp/aws"
_FILLER = "x" * 500
"""A policy or a user-data script: most of the bytes of a real plan are of that kind."""

_TYPES: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("aws_s3_bucket", {"bucket": "b-{n}"}, {"replication_configuration": True, "logging": True, "policy": True}),
    ("aws_db_instance", {"identifier": "d-{n}", "allocated_storage": 20}, {"kms_key_id": True, "endpoint": True}),
    ("aws_sqs_queue", {"name": "q-{n}"}, {"url": True, "policy": True}),
    ("aws_security_group", {"name": "g-{n}", "description": _FILLER}, {"ingress": True, "vpc_id": True}),
    ("aws_iam_role", {"name": "r-{n}", "assume_role_policy": _FILLER}, {"unique_id": True}),
)
_ACTIONS = (["create"], ["create"], ["create"], ["update"], ["no-op"])


def plan(changes: int) -> dict[str, Any]:
    """A plan of so many changes in ten modules; a fifth of them are updates, a fifth change nothing."""
    listed: list[dict[str, Any]] = []
    calls: dict[str, dict[str, Any]] = {}
    for number in range(changes):
        type_, values, unknown = _TYPES[number % len(_TYPES)]
        module, name = f"m{number % 10}", f"r{number // 10}"
        after = {key: value.format(n=number) if isinstance(value, str) else value for key, value in values.items()}
        after |= {"tags": {"equipe": "exemple"}, "user_data": _FILLER, "description": _FILLER[:400]}
        actions = _ACTIONS[(number // len(_TYPES)) % len(_ACTIONS)]
        created = actions == ["create"]
        arn = {"arn": f"arn:aws:x:ca-central-1:111122223333:{number}", "id": after.get("bucket", str(number))}
        listed.append(
            {
                "address": f"module.{module}.{type_}.{name}",
                "module_address": f"module.{module}",
                "mode": "managed",
                "type": type_,
                "name": name,
                "provider_name": _PROVIDER,
                "change": {
                    "actions": actions,
                    "before": None if created else after | arn,
                    "after": after if created else after | arn,
                    "after_unknown": {"arn": True, "id": True, "tags_all": True} | unknown if created else {},
                    "before_sensitive": False,
                    "after_sensitive": {"tags_all": {}},
                },
            }
        )
        key = "aws" if number % 10 else f"module.{module}:aws"
        call = calls.setdefault(module, {"source": f"./{module}", "module": {"resources": []}})
        call["module"]["resources"].append(
            {
                "address": f"{type_}.{name}",
                "mode": "managed",
                "type": type_,
                "name": name,
                "provider_config_key": key,
                "expressions": {key: {"constant_value": value} for key, value in after.items()},
                "schema_version": 0,
            }
        )
    region = {"expressions": {"region": {"constant_value": "ca-central-1"}}}
    provider = {"name": "aws", "full_name": _PROVIDER}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": listed,
        "configuration": {
            "provider_config": {"aws": provider | region, "module.m0:aws": provider | region},
            "root_module": {"module_calls": calls},
        },
        "complete": True,
        "errored": False,
    }


def write(path: Path, changes: int) -> int:
    """Writes a plan and returns its size in bytes."""
    path.write_text(json.dumps(plan(changes)), encoding="utf-8")
    return path.stat().st_size
