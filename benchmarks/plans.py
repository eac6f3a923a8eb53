"""Plans as large as one likes, made as Terraform makes them: modules, several types, each value twice, unknowns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_PROVIDER = "registry.terraform.io/hashicorp/aws"

_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}] * 24})

_TYPES: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    (
        "aws_s3_bucket",
        {"bucket": "exemple-{n}", "force_destroy": False, "object_lock_enabled": False, "timeouts": None},
        (
            "acceleration_status",
            "acl",
            "bucket_domain_name",
            "bucket_prefix",
            "bucket_regional_domain_name",
            "cors_rule",
            "grant",
            "hosted_zone_id",
            "lifecycle_rule",
            "logging",
            "object_lock_configuration",
            "policy",
            "region",
            "replication_configuration",
            "request_payer",
            "server_side_encryption_configuration",
            "versioning",
            "website",
            "website_domain",
            "website_endpoint",
        ),
    ),
    (
        "aws_db_instance",
        {"identifier": "registre-{n}", "allocated_storage": 20, "engine": "postgres", "instance_class": "db.t4g.small"}
        | {"allow_major_version_upgrade": None, "apply_immediately": False, "auto_minor_version_upgrade": True}
        | {"copy_tags_to_snapshot": False, "deletion_protection": True, "multi_az": False, "publicly_accessible": False}
        | {"replicate_source_db": None, "storage_encrypted": True, "skip_final_snapshot": False, "username": "exemple"},
        (
            "address",
            "availability_zone",
            "backup_retention_period",
            "ca_cert_identifier",
            "endpoint",
            "kms_key_id",
            "hosted_zone_id",
            "latest_restorable_time",
            "license_model",
            "master_user_secret",
            "port",
            "resource_id",
        ),
    ),
    (
        "aws_sqs_queue",
        {
            "name": "file-{n}",
            "delay_seconds": 0,
            "fifo_queue": False,
            "max_message_size": 262144,
            "kms_master_key_id": None,
        }
        | {"message_retention_seconds": 345600, "receive_wait_time_seconds": 0, "visibility_timeout_seconds": 30},
        ("kms_data_key_reuse_period_seconds", "policy", "redrive_allow_policy", "redrive_policy", "url"),
    ),
    (
        "aws_security_group",
        {"name": "groupe-{n}", "description": "Accès du service {n}", "revoke_rules_on_delete": False}
        | {"egress": [{"cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0, "protocol": "-1", "self": False}]},
        ("ingress", "name_prefix", "owner_id", "vpc_id"),
    ),
    (
        "aws_iam_role",
        {"name": "role-{n}", "path": "/", "max_session_duration": 3600, "force_detach_policies": False}
        | {
            "assume_role_policy": json.dumps(
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}] * 24}
            )
        },
        ("create_date", "inline_policy", "managed_policy_arns", "name_prefix", "unique_id"),
    ),
)
_ACTIONS = (["create"], ["create"], ["create"], ["update"], ["no-op"])


def plan(changes: int) -> dict[str, Any]:
    """A plan of so many changes in ten modules; a fifth of them are updates, a fifth change nothing."""
    listed: list[dict[str, Any]] = []
    calls: dict[str, dict[str, Any]] = {}
    planned: dict[str, list[dict[str, Any]]] = {}
    for number in range(changes):
        type_, values, unknown = _TYPES[number % len(_TYPES)]
        module, name = f"m{number % 10}", f"r{number // 10}"
        after = {key: value.format(n=number) if _is_text(value) else value for key, value in values.items()}
        after["tags"] = {"equipe": "exemple", "systeme": f"systeme-{number % 7}", "environnement": "production"}
        actions = _ACTIONS[(number // len(_TYPES)) % len(_ACTIONS)]
        if actions != ["create"]:
            after |= {"arn": f"arn:aws:x:ca-central-1:111122223333:{number}", "id": str(number)}
            after |= dict.fromkeys(unknown)
        hidden: dict[str, Any] = {"tags": {}, "tags_all": {}}
        open_ = dict.fromkeys(("arn", "id", "tags_all", *unknown), True) if actions == ["create"] else {}
        entry = {
            "address": f"module.{module}.{type_}.{name}",
            "mode": "managed",
            "type": type_,
            "name": name,
            "provider_name": _PROVIDER,
        }
        before = None if actions == ["create"] else after
        change: dict[str, Any] = {"actions": actions, "before": before, "after": after}
        change |= {"after_unknown": open_ | {"tags": {}}, "before_sensitive": False, "after_sensitive": hidden}
        listed.append(entry | {"module_address": f"module.{module}", "change": change})
        shown = {"schema_version": 0, "values": after, "sensitive_values": hidden}
        planned.setdefault(module, []).append(entry | shown)
        key = "aws" if number % 10 else f"module.{module}:aws"
        call = calls.setdefault(module, {"source": f"./{module}", "module": {"resources": []}})
        call["module"]["resources"].append(
            {
                "address": f"{type_}.{name}",
                "mode": "managed",
                "type": type_,
                "name": name,
                "provider_config_key": key,
                "expressions": {name: {"constant_value": value} for name, value in after.items() if _is_text(value)},
                "schema_version": 0,
            }
        )
    region = {"expressions": {"region": {"constant_value": "ca-central-1"}}}
    provider = {"name": "aws", "full_name": _PROVIDER}
    modules = [{"address": f"module.{name}", "resources": resources} for name, resources in planned.items()]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"child_modules": modules}},
        "resource_changes": listed,
        "configuration": {
            "provider_config": {"aws": provider | region, "module.m0:aws": provider | region},
            "root_module": {"module_calls": calls},
        },
        "complete": True,
        "errored": False,
    }


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not value.startswith("{")


def write(path: Path, changes: int) -> int:
    """Writes a plan and returns its size in bytes."""
    path.write_text(json.dumps(plan(changes)), encoding="utf-8")
    return path.stat().st_size
