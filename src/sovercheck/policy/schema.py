"""The JSON Schema of a rule's file, for editors: facts and operators by subject and type, in the catalogues' words.

The shape comes from what validates the files; the conditions, from the registry. The loader says more than a schema can
(whether a parameter exists, a date is real, a law is known), but a file that the loader takes, the schema takes.
"""

from __future__ import annotations

from typing import Any

from sovercheck import messages
from sovercheck.inventory.facts import FACTS, SCOPES, SUBJECTS, TABLES, Fact, Subject, Type, facts_of
from sovercheck.messages import Lang
from sovercheck.policy.condition import SEVERAL_VALUES, operators
from sovercheck.policy.constants import member_fact
from sovercheck.policy.reading import LEVELS

Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""

_PARAMETER: Schema = {"$ref": "#/$defs/parameter"}
_BOOLEAN_OPERATORS = ("exists", "empty")
_JSON_TYPES = {Type.BOOLEAN: "boolean", Type.NUMBER: "number", Type.BYTES: "integer"}


def rule_schema(lang: Lang = "fr") -> Schema:
    """The JSON Schema (2020-12) of a rule's file, its descriptions in one language."""
    from sovercheck.policy.written_rule import RuleFile

    schema: Schema = RuleFile.model_json_schema()
    definitions = schema.pop("$defs")
    definitions["parameter"] = {
        "description": messages.text("schema.parameter", lang),
        "type": "string",
        "pattern": r"^\$[a-z][a-z0-9_]*$",
    }
    definitions["side"] = {
        "description": messages.text("schema.side", lang),
        "anyOf": [{"type": "string"}, {"type": "integer"}],
    }
    definitions["exposure"] = _exposure()
    definitions.update({fact.name: _fact(fact, lang) for fact in FACTS.values() if _readable(fact)})
    definitions.update({f"condition.{subject}": _condition(subject, lang) for subject in SUBJECTS})
    of_share = definitions["ShareEntry"]["properties"]
    of_share["of"]["additionalProperties"] = {"$ref": "#/$defs/condition.resource"}
    of_share["among"] = {"$ref": "#/$defs/condition.resource"}
    of_share["at_least"] = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PARAMETER]}
    given = definitions["TestEntry"]["properties"]["given"]
    given["description"] = messages.text("schema.given", lang)
    given["propertyNames"] = {"enum": [*_readable_names(), *(t.plural for t in TABLES.values()), "exposure"]}
    properties = schema["properties"]
    properties["exposure"] = {"$ref": "#/$defs/exposure"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": messages.text("schema.title", lang),
        "oneOf": [{"required": [way]} for way in ("require", "share", "exposure")],
        "allOf": [_conditions_of(subject) for subject in SUBJECTS],
        "$defs": definitions,
    }


def _conditions_of(subject: Subject) -> Schema:
    """A rule about a subject reads that subject's facts."""
    condition = {"$ref": f"#/$defs/condition.{subject}"}
    return {
        "if": {"properties": {"subject": {"const": subject}}, "required": ["subject"]},
        "then": {"properties": {"when": condition, "require": condition}},
    }


def _condition(subject: Subject, lang: Lang) -> Schema:
    itself = {"$ref": f"#/$defs/condition.{subject}"}
    group = {"type": "array", "minItems": 1, "items": itself}
    sides = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"$ref": "#/$defs/side"}}
    properties: Schema = {"all": group, "any": group, "not": itself, "before": sides, "not_before": sides}
    if subject in ("system", "resource"):
        properties["exposure"] = {"$ref": "#/$defs/exposure"}
    for table in SCOPES[subject]:
        properties.update({fact.name: {"$ref": f"#/$defs/{fact.name}"} for fact in facts_of(table)})
    return {
        "description": messages.text("schema.condition", lang),
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": properties,
    }


def _fact(fact: Fact, lang: Lang) -> Schema:
    return {
        "description": messages.text(f"fact.{fact.name}", lang),
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {op: _operand(fact, op) for op in operators(fact)},
    }


def _operand(fact: Fact, op: str) -> Schema:
    if op in _BOOLEAN_OPERATORS:
        return {"anyOf": [{"type": "boolean"}, _PARAMETER]}
    value = _value(member_fact(fact))
    if op in SEVERAL_VALUES:
        return {"anyOf": [{"type": "array", "minItems": 1, "items": {"anyOf": [value, _PARAMETER]}}, _PARAMETER]}
    return {"anyOf": [value, _PARAMETER]}


def _value(fact: Fact) -> Schema:
    if fact.words:
        return {"enum": list(fact.words)}
    return {"type": _JSON_TYPES.get(fact.type, "string")}


def _exposure() -> Schema:
    return {
        "type": "object",
        "required": ["law", "at_most"],
        "additionalProperties": False,
        "properties": {
            "law": {"type": "string"},
            "at_most": {"anyOf": [{"enum": list(LEVELS)}, _PARAMETER]},
            "of": {"anyOf": [{"enum": ["residual", "inherent"]}, _PARAMETER]},
        },
    }


def _readable(fact: Fact) -> bool:
    """Whether a rule about any subject may read a fact; those of links are read through roll-ups."""
    return any(fact.table in tables for tables in SCOPES.values())


def _readable_names() -> list[str]:
    return [fact.name for fact in FACTS.values() if _readable(fact)]
