"""For the tests of Terraform plans: a plan as `terraform show -json` writes it, from what a test is about alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans import terraform
from sovercheck.sources.plans.model import Asked, Change, Placed, Plan

Object = dict[str, Any]

REPOSITORY = Path(__file__).resolve().parents[3]
NAME = "plan.json"
AWS = "registry.terraform.io/hashicorp/aws"
AZURE = "registry.terraform.io/hashicorp/azurerm"
GOOGLE = "registry.terraform.io/hashicorp/google"
_PROVIDERS = {"aws": AWS, "azurerm": AZURE, "google": GOOGLE}


def change(
    address: str,
    after: Object | None = None,
    unknown: Any = None,
    *,
    actions: tuple[str, ...] = ("create",),
    before: Object | None = None,
    sensitive: Any = None,
    before_sensitive: Any = None,
    **more: Any,
) -> Object:
    """An entry of `resource_changes`; of the address its type, its name and its module are read."""
    *module, type_, last = _parts(address)
    made: Object = {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": last.partition("[")[0],
        "provider_name": _PROVIDERS.get(type_.partition("_")[0], f"registry.terraform.io/x/{type_.partition('_')[0]}"),
        "change": {
            "actions": list(actions),
            "before": before,
            "after": after if after is not None or actions in (("delete",), ("forget",)) else {},
            "after_unknown": {} if unknown is None else unknown,
            "before_sensitive": False if before_sensitive is None else before_sensitive,
            "after_sensitive": {} if sensitive is None else sensitive,
        },
    }
    if module:
        made["module_address"] = ".".join(module)
    return made | more


def _parts(address: str) -> list[str]:
    """The parts of an address between its dots outside of brackets: plainly, for what tests write."""
    parts, quoted, depth = [""], False, 0
    escaped = False
    for char in address:
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char in "[]" and not quoted:
            depth += 1 if char == "[" else -1
        elif char == "." and not quoted and not depth:
            parts.append("")
            continue
        parts[-1] += char
    return parts


def configured(label: str, key: str | None = "aws", **expressions: Any) -> Object:
    """A resource of a configuration: `aws_s3_bucket.b`."""
    type_, _, name = label.partition(".")
    made: Object = {"address": label, "mode": "managed", "type": type_, "name": name, "expressions": dict(expressions)}
    return made if key is None else made | {"provider_config_key": key}


def constant(value: Json) -> Object:
    """An expression without references."""
    return {"constant_value": value}


def refers(*references: str) -> Object:
    """An expression that refers to something, as Terraform writes it: each reference and what is above it."""
    listed: list[Json] = []
    for reference in references:
        listed.append(reference)
        head = reference
        while head.count(".") > (1 if not head.startswith(("module.", "data.")) else 2):
            head = head.rpartition(".")[0]
            listed.append(head)
    return {"references": listed}


def provider(key: str, **expressions: Any) -> Object:
    """A provider's configuration, under its key."""
    module, _, own = key.rpartition(":")
    name, _, alias = own.partition(".")
    made: Object = {"name": name, "full_name": _PROVIDERS.get(name, name), "expressions": dict(expressions)}
    if alias:
        made["alias"] = alias
    if module:
        made["module_address"] = module
    return {key: made}


def configuration(*resources: Object, providers: Object | None = None, **root: Any) -> Object:
    """A configuration: the root module's resources, and its other members."""
    return {"provider_config": providers or {}, "root_module": {"resources": list(resources), **root}}


def document(
    *changes: Object,
    configuration: Object | None = None,
    version: str = "1.11.4",
    variables: Mapping[str, Json] | None = None,
    **more: Any,
) -> Object:
    """A plan."""
    made: Object = {"format_version": "1.2", "terraform_version": version, "resource_changes": list(changes)}
    if configuration is not None:
        made["configuration"] = configuration
    if variables is not None:
        made["variables"] = {name: {"value": value} for name, value in variables.items()}
    return made | more


def read(found: Object, sources: Path | None = None, **asked: object) -> Plan:
    """A plan, read, after it was written and read as JSON."""
    written = json.loads(json.dumps(found))
    return terraform.read(NAME, written, Asked(str(sources) if sources else None, **asked))  # type: ignore[arg-type]


def by_address(plan: Plan) -> dict[str, Change]:
    """The changes of a plan by their addresses."""
    return {found.address: found for found in plan.changes}


def placed(plan: Plan, address: str) -> Placed:
    """Where a resource would be."""
    after = by_address(plan)[address].after
    assert after is not None
    return after.placed


def files(folder: Path, **texts: str) -> Path:
    """Writes sources: `main`, `versions_tf`… each with its suffix, a folder before two underscores."""
    for name, text in texts.items():
        path = folder.joinpath(*name.split("__"))
        path = path.with_name(path.name + ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
