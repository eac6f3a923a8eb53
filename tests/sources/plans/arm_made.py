"""For the tests of Azure's templates: a template from what a test is about alone, and what is read of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sovercheck.errors import Place
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.arm_ids import Target
from sovercheck.sources.plans.arm_resources import Resources
from sovercheck.sources.plans.arm_scope import Given, Template
from sovercheck.sources.plans.arm_values import Frame, Value, Work
from sovercheck.sources.plans.json_text import Document, loads

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/{}.json#"
ACCOUNTS = "Microsoft.Storage/storageAccounts"


def template(*listed: Json, level: str = "deploymentTemplate", **members: Json) -> dict[str, Json]:
    """A template with resources."""
    return {
        "$schema": SCHEMA.format(level),
        "contentVersion": "1.0.0.0",
        **members,
        "resources": members.get("resources", list(listed)),
    }


def account(name: str = "copies", **members: Json) -> dict[str, Json]:
    """A resource."""
    return {"type": ACCOUNTS, "apiVersion": "2023-05-01", "name": name, **members}


def nested(inner: Json, **members: Json) -> dict[str, Json]:
    """A deployment within a deployment; `given` are its parameters, `scope_` is that of its expressions."""
    given = members.pop("given", {})
    scope = members.pop("scope_", "inner")
    return {
        "type": "Microsoft.Resources/deployments",
        "name": "inner",
        **members,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": scope},
            "parameters": given,
            "template": inner,
        },
    }


def written(raw: Mapping[str, Json]) -> tuple[Document, dict[str, Json]]:
    """A template as its file is read."""
    document = loads(json.dumps(raw, indent=1, ensure_ascii=False), "main.json")
    assert isinstance(document.value, dict)
    return document, document.value


def scope(
    *,
    target: Target = Target(),  # noqa: B008 - frozen
    given: Mapping[str, Given] | None = None,
    location_of: Callable[[str], Value] = lambda _: None,
    label: str = "",
    settles_defaults: bool = False,
    **members: Json,
) -> Template:
    """A template, ready to evaluate expressions."""
    document, raw = written(members)
    work = Work(document.name, Place(document.name))
    return Template(
        raw, document, work, target, given or {}, location_of, label=label, settles_defaults=settles_defaults
    )


def value(expression: Json, frame: Frame | None = None, **members: Any) -> Value:
    """What an expression gives in a template."""
    return scope(**members).value(expression, frame or Frame())


def resources(raw: Mapping[str, Json], given: Mapping[str, Given] | None = None) -> Resources:
    """The resources of a template; none of them has a location yet."""
    document, read = written(raw)
    found = Resources(document, Work(document.name, Place(document.name)), lambda _: None)
    found.read(read, given or {})
    return found
