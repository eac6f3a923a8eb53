"""Where a resource of an AWS plan is: a second, plain implementation of the ladder, for the tests alone.

It reads the plan again for each resource, keeps nothing, and follows the published rules step by step.
"""

from __future__ import annotations

from typing import Any

Texts = dict[tuple[tuple[str, ...], str], str]
Told = tuple[str | None, str | None, str | None]
"""Region, rung, grade."""

NOWHERE: Told = (None, None, None)


def without_keys(address: str) -> str:
    """An address without any of its index keys."""
    found, rest = "", address
    while rest:
        if rest[0] != "[":
            found, rest = found + rest[0], rest[1:]
            continue
        rest = rest[1:]
        if rest[0] == '"':
            rest = rest[1:]
            while rest[0] != '"':
                rest = rest[2:] if rest[0] == "\\" else rest[1:]
            rest = rest[1:]
        while rest[0] != "]":
            rest = rest[1:]
        rest = rest[1:]
    return found


def path_of(entry: Any) -> tuple[str, ...]:
    return tuple(without_keys(entry.get("module_address", "")).split(".")[1::2])


class Oracle:
    def __init__(self, plan: Any, texts: Texts | None) -> None:
        self.plan = plan
        self.texts = texts
        self.providers = plan.get("configuration", {}).get("provider_config", {})

    # The configuration

    def module(self, path: tuple[str, ...]) -> Any:
        found = self.plan.get("configuration", {}).get("root_module", {})
        for name in path:
            found = found.get("module_calls", {}).get(name, {}).get("module", {})
        return found

    def call(self, path: tuple[str, ...]) -> Any:
        return self.module(path[:-1])["module_calls"][path[-1]]

    def configured(self, entry: Any) -> Any:
        for resource in self.module(path_of(entry)).get("resources", []):
            if (resource["type"], resource["name"]) == (entry["type"], entry["name"]):
                return resource
        return None

    def is_old(self) -> bool:
        major, minor = (int(part) for part in self.plan["terraform_version"].split(".")[:2])
        return major == 0 or minor < 2

    def variable(self, path: tuple[str, ...], name: str) -> tuple[str | None, bool, bool]:
        """A variable's value, whether it is hidden, and whether the sources pass it on bare."""
        declared = self.module(path).get("variables", {}).get(name, {})
        hidden = declared.get("sensitive", False)
        if not path:
            given = self.plan.get("variables", {})
            return (given[name]["value"] if name in given else declared.get("default")), hidden, True
        expressions = self.call(path).get("expressions", {})
        if name not in expressions:
            return declared.get("default"), hidden, True
        expression = expressions[name]
        if "constant_value" in expression:
            return expression["constant_value"], hidden, True
        one = self.one_variable(expression)
        if one is None:
            return None, hidden, False
        value, above, bare = self.variable(path[:-1], one)
        text = None if self.texts is None else self.texts.get((path[:-1], f"module.{path[-1]}"))
        return value, hidden or above, bare and text in (f"var.{one}", f'"${{var.{one}}}"')

    def one_variable(self, expression: Any) -> str | None:
        references = expression.get("references", [])
        if len(references) != 1 or not references[0].startswith("var."):
            return None
        return str(references[0].removeprefix("var."))

    # The ladder

    def told(self, entry: Any, side: str) -> Told:
        if entry["change"][side] is None:
            return NOWHERE
        found = self.found(entry, side)
        if side == "before" and found[0] is None and entry["change"]["actions"] in (["update"], ["no-op"]):
            return self.found(entry, "after")
        return found

    def found(self, entry: Any, side: str) -> Told:
        change = entry["change"]
        values = change[side]
        hidden = change.get(f"{side}_sensitive") or {}
        region = values.get("region") or (change.get(f"{side}_identity") or {}).get("region")
        if region and not hidden.get("region"):
            return region, "resource", "documented"
        shown = self.shown_elsewhere(values)
        if shown is not None:
            return shown, "arn", "documented"
        if hidden.get("region"):
            return NOWHERE
        if side == "before" and "delete" in change["actions"]:
            return NOWHERE
        configured = self.configured(entry)
        if configured is None:
            return NOWHERE
        said = configured["expressions"].get("region")
        if said is not None:
            if said.get("constant_value"):
                return said["constant_value"], "resource", "documented"
            if side == "after" and change["after_unknown"].get("region"):
                label = f"{entry['type']}.{entry['name']}"
                text = None if self.texts is None else self.texts.get((path_of(entry), label))
                return self.by_variable(path_of(entry), said, text, None)
            if "region" not in values:
                return NOWHERE
        return self.by_provider(entry, configured)

    def shown_elsewhere(self, values: Any) -> str | None:
        if values.get("arn"):
            return str(values["arn"].split(":")[3])
        zones = values.get("availability_zones") or [values.get("availability_zone")]
        regions = {zone[:-1] for zone in zones if zone}
        return regions.pop() if len(regions) == 1 else None

    def by_provider(self, entry: Any, configured: Any) -> Told:
        key = self.believed_key(entry, configured)
        if key is not None:
            return self.of_key(key)
        if "aws" not in self.providers:
            # What a module inherits may be configured by the environment alone.
            return NOWHERE
        every = [self.of_key(key) for key in self.providers]
        if len({place[0] for place in every}) != 1 or every[0][0] is None:
            return NOWHERE
        weak = [place for place in every if place[2] != "documented"]
        return weak[0] if weak else every[0]

    def believed_key(self, entry: Any, configured: Any) -> str | None:
        if path_of(entry) and self.is_old():
            return None
        return configured.get("provider_config_key")  # type: ignore[no-any-return]

    def of_key(self, key: str) -> Told:
        expression = self.providers.get(key, {}).get("expressions", {}).get("region")
        if expression is None:
            return NOWHERE
        if expression.get("constant_value"):
            return expression["constant_value"], "provider", "documented"
        module, _, name = key.rpartition(":")
        path = tuple(module.split(".")[1::2])
        text = None if self.texts is None else self.texts.get((path, name))
        return self.by_variable(path, expression, text, self.regions_under(key))

    def by_variable(self, path: tuple[str, ...], expression: Any, text: str | None, shown: set[str] | None) -> Told:
        name = self.one_variable(expression)
        if name is None:
            return NOWHERE
        value, hidden, bare = self.variable(path, name)
        if hidden or value is None:
            return NOWHERE
        if shown:
            return (value, "variable", "documented") if shown == {value} else NOWHERE
        if text is None:
            return value, "variable", "inferred"
        if text in (f"var.{name}", f'"${{var.{name}}}"') and bare:
            return value, "variable", "documented"
        return NOWHERE

    def regions_under(self, key: str) -> set[str]:
        """What the resources under a key, that do not say where they are themselves, show of their region."""
        found = set()
        for entry in self.plan["resource_changes"]:
            configured = self.configured(entry)
            if (
                configured is None
                or self.believed_key(entry, configured) != key
                or "region" in configured["expressions"]
            ):
                continue
            for side in ("before", "after"):
                change = entry["change"]
                values, hidden = change[side], change.get(f"{side}_sensitive") or {}
                if values is None or (side == "before" and "delete" in change["actions"]) or hidden.get("region"):
                    continue
                shown = self.shown_elsewhere(values) or values.get("region")
                shown = shown or (change.get(f"{side}_identity") or {}).get("region")
                if shown:
                    found.add(shown)
        return found
