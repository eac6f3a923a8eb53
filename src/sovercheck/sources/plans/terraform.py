"""Terraform and OpenTofu plans, as `terraform show -json` writes them (formats 0.1 to 1.x).

What changes stands in `resource_changes`; where it would be, `ladder` tells. Of values only what the descriptions of
kinds read is ever looked at, and what a plan marks as sensitive not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import cast

from sovercheck.change import Action, Spot
from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.model import Provider
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.plans.circles import circle
from sovercheck.sources.plans.configuration import (
    Configuration,
    Module,
    Object,
    member,
    module_of,
    steps,
    without_index,
)
from sovercheck.sources.plans.hcl import Block, Sources
from sovercheck.sources.plans.ladder import Ladder, Standing
from sovercheck.sources.plans.model import UNKNOWN, Asked, Change, Incomplete, Plan, Planned, resource_id
from sovercheck.sources.plans.values import overlaid
from sovercheck.sources.plans.wanted import Wanted

_PROVIDERS: Mapping[str, Provider] = {
    "aws": "aws",
    "awscc": "aws",
    "azurerm": "azure",
    "azuread": "azure",
    "azapi": "azure",
    "google": "google",
    "google-beta": "google",
}
_MAJORS = ("0", "1")

_ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("no-op",): "no_op",
    ("create",): "create",
    ("update",): "update",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("delete",): "delete",
    ("forget",): "forget",
    # What is forgotten stays as it is, and a new one is made beside it.
    ("create", "forget"): "create",
}


def looks_like(document: Json | Object) -> bool:
    """Whether a JSON document is a plan."""
    return isinstance(document, Mapping) and (
        "resource_changes" in document or ("format_version" in document and "planned_values" in document)
    )


def read(name: str, document: Object, asked: Asked) -> Plan:
    """Reads a plan.

    Args:
        name: how errors and reports name the file.
        document: its JSON.
        asked: what whoever runs the gate says about it.

    Raises:
        InputError: its format is of a major version that is not known, or it is not made like a plan.
    """
    _check(name, document)
    reader = _Reader(name, document, asked)
    changes = tuple(reader.changes())
    return Plan(
        name=name,
        format="opentofu" if reader.is_opentofu else "terraform",
        changes=changes,
        knows_before=True,
        incomplete=tuple(_incomplete(document)),
    )


def _check(name: str, document: Object) -> None:
    version = document.get("format_version")
    if not isinstance(version, str) or version.partition(".")[0] not in _MAJORS:
        raise InputError("plan_format", place=Place(name), found=str(version), expected="0.1 – 1.x")
    for key in ("resource_changes", "resource_drift", "deferred_changes"):
        listed = document.get(key)
        if listed is not None and not isinstance(listed, list):
            raise InputError("plan_shape", place=Place(name), path=key)
        for number, item in enumerate(listed or ()):
            if not isinstance(item, dict):
                raise InputError("plan_shape", place=Place(name), path=f"{key}[{number}]")


def _incomplete(document: Object) -> Iterator[Incomplete]:
    if document.get("errored") is True:
        yield Incomplete("errored")
    if document.get("complete") is False:
        yield Incomplete("not_complete")
    for entry in _objects(document.get("deferred_changes")):
        yield Incomplete("deferred", str(member(entry, "resource_change").get("address", "")))


def _objects(value: Json) -> Iterator[Object]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of `resource_changes`, taken apart.

    Attributes:
        said: it, whole.
        change: of it, what changes.
        address: of the resource.
        module: in which it stands.
        type: its type.
        name: its name.
        provider: whose it is; None where no description is of that provider.
        actions: what becomes of it, in Terraform's words.
        configured: what the configuration has of it; empty where it has nothing.
    """

    said: Object
    change: Object
    address: str
    module: Module
    type: str
    name: str
    provider: Provider | None
    actions: tuple[str, ...]
    configured: Object


@dataclass(slots=True)
class _Reader:
    name: str
    document: Object
    asked: Asked
    configuration: Configuration = field(init=False)
    ladder: Ladder = field(init=False)
    sources: Sources | None = field(init=False)
    entries: list[_Entry] = field(init=False)
    addresses: dict[tuple[Module, str], list[str]] = field(init=False)
    drifted: set[str] = field(init=False)
    wanted: Wanted = field(init=False)
    is_opentofu: bool = False

    def __post_init__(self) -> None:
        self.configuration = Configuration(self.document)
        found = circle(self.configuration.needs())
        if found is not None:
            raise InputError("plan_circular", place=Place(self.name), path=" → ".join(found))
        self.sources = _sources(self.asked)
        self.ladder = Ladder(self.configuration, self.sources, self.asked.assumed)
        listed = [
            (f"resource_changes[{n}]", entry) for n, entry in enumerate(_objects(self.document.get("resource_changes")))
        ]
        listed += [
            (f"deferred_changes[{n}].resource_change", member(entry, "resource_change"))
            for n, entry in enumerate(_objects(self.document.get("deferred_changes")))
        ]
        self.entries = [self._entry(said, at) for at, said in listed if said.get("mode", "managed") == "managed"]
        self.drifted = {str(entry.get("address")) for entry in _objects(self.document.get("resource_drift"))}
        self.wanted = Wanted("terraform", {entry.type for entry in self.entries})
        self.addresses = {}
        for entry in self.entries:
            self.is_opentofu |= str(entry.said.get("provider_name", "")).startswith("registry.opentofu.org/")
            if not entry.said.get("deposed"):
                self.addresses.setdefault((entry.module, f"{entry.type}.{entry.name}"), []).append(entry.address)

    def _entry(self, said: Object, at: str) -> _Entry:
        address, native_type, change = said.get("address"), said.get("type"), said.get("change")
        if not isinstance(address, str) or not isinstance(native_type, str):
            raise InputError("plan_shape", place=Place(self.name), path=f"{at}.address")
        if not isinstance(change, dict):
            raise InputError("plan_shape", place=Place(self.name), path=f"{at}.change")
        module, name = module_of(_text(said, "module_address")), str(said.get("name"))
        return _Entry(
            said=said,
            change=change,
            address=address,
            module=module,
            type=native_type,
            name=name,
            provider=_provider_named(_text(said, "provider_name"), native_type),
            actions=tuple(str(word) for word in _list(change.get("actions"))),
            configured=self.configuration.resource(module, native_type, name),
        )

    def changes(self) -> Iterator[Change]:
        """Every managed resource of the plan, in its order."""
        stand = [(self._standing(entry, "before"), self._standing(entry, "after")) for entry in self.entries]
        self.ladder.learn(standing for both in stand for standing in both if standing is not None)
        for entry, (before, after) in zip(self.entries, stand, strict=True):
            yield from self._changes(entry, before, after)

    def _changes(self, entry: _Entry, before: Standing | None, after: Standing | None) -> Iterator[Change]:
        actions = entry.actions
        if actions == ("read",):
            return
        action = _ACTIONS.get(actions)
        if action is None:
            raise InputError("plan_action", place=Place(self.name), address=entry.address, found=str(actions))
        if entry.change.get("importing") and action in ("no_op", "update", "create"):
            action = "import"
        yield self._change(entry, action, before, after)
        if actions == ("create", "forget"):
            yield self._change(entry, "forget", before, after, " (forget)")

    def _change(
        self, entry: _Entry, action: Action, was: Standing | None, will_be: Standing | None, suffix: str = ""
    ) -> Change:
        address, deposed = entry.address + suffix, _text(entry.said, "deposed")
        if deposed is not None:
            address += f" (deposed {deposed})"
        before = self._planned(entry, "before", was) if action not in ("create",) else None
        after = self._planned(entry, "after", will_be) if action not in ("delete", "forget") else None
        if action in ("update", "no_op", "import") and before is not None and after is not None:
            before = _stayed(before, after)
        return Change(
            address=address,
            interface="terraform",
            native_type=entry.type,
            provider=entry.provider,
            action=action,
            before=before,
            after=after,
            spot=self._spot(entry),
            previous=_text(entry.said, "previous_address"),
            deposed=deposed is not None,
            drifted=address in self.drifted,
        )

    def _planned(self, entry: _Entry, side: str, standing: Standing | None) -> Planned | None:
        change = entry.change
        values = change.get(side)
        if values is None and not (side == "after" and change.get("after_unknown") is True):
            return None
        configured: Object = {}
        unknown: Json = None
        if side == "after":
            configured, unknown = entry.configured, change.get("after_unknown")
        said = cast(Json, member(configured, "expressions")) if configured else None

        def refer(expression: Json) -> Json:
            return self._refer(entry, entry.module, expression)

        cut, native_type = self.wanted.cut, entry.type
        hidden = cut(native_type, change.get(f"{side}_sensitive"))
        whole = overlaid(cut(native_type, values), cut(native_type, unknown), hidden, said, refer)
        if configured and self.sources is not None:
            whole = self._settled(entry, whole)
        return Planned(whole, self.ladder.place(standing) if standing is not None else UNKNOWN)

    def _settled(self, entry: _Entry, values: Json) -> Json:
        """Without the members that the sources show to be set by nothing, not by a dynamic block either."""
        block = self._block(entry)
        if block is None or not isinstance(values, dict):
            return values
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, Pending) and value.unset and name not in block.dynamic)
        }

    def _standing(self, entry: _Entry, side: str) -> Standing | None:
        change = entry.change
        values = change.get(side)
        if entry.provider is None or not isinstance(values, dict):
            return None
        identity = change.get(f"{side}_identity")
        if isinstance(identity, dict) and "region" not in values and isinstance(identity.get("region"), str):
            values = {**values, "region": identity["region"]}
        # What is there already is where its ARN says; only what stays what it is, is where its provider is.
        current = side == "after" or ("delete" not in entry.actions and "forget" not in entry.actions)
        return Standing(
            provider=entry.provider,
            module=entry.module,
            type=entry.type,
            name=entry.name,
            configured=entry.configured,
            values=values,
            unknown=change.get("after_unknown") if side == "after" else None,
            sensitive=change.get(f"{side}_sensitive"),
            current=current and not entry.said.get("deposed"),
        )

    def _refer(self, entry: _Entry, module: Module, expression: Json) -> Json:
        """What an unknown value comes from, if that is one other resource of the plan."""
        named = self.configuration.only(module, expression)
        if named is None:
            return None
        if named.kind == "resource":
            return self._instance(entry, module, named.name, named.rest)
        if named.kind == "module" and not named.rest.startswith("["):
            call, _, output = named.name.partition(".")
            inner = (*module, call)
            return self._refer(entry, inner, self.configuration.output(inner, output))
        if named.kind == "var" and module:
            above = member(self.configuration.call(module), "expressions").get(named.name)
            return self._refer(entry, module[:-1], above)
        return None

    def _instance(self, entry: _Entry, module: Module, name: str, rest: str) -> Json:
        """The one resource of a name that an expression means: by its index, in our module, or as there is no other."""
        found = self.addresses.get((module, name), [])
        if rest.startswith("["):
            index = next(steps(rest))
            found = [address for address in found if _instance_of(address)[1] == index]
        ours = _instance_of(entry.address)[0]
        beside = [address for address in found if _instance_of(address)[0] == ours]
        if len(beside) != 1:
            beside = found
        if len(beside) == 1:
            return Reference(resource_id(self.name, beside[0]))
        return Pending("after_apply", name)

    def _spot(self, entry: _Entry) -> Spot | None:
        if self.sources is None:
            return None
        block = self._block(entry)
        return self.sources.shown_spot(entry.module, block.spot) if block is not None else None

    def _block(self, entry: _Entry) -> Block | None:
        if self.sources is None:
            return None
        return self.sources.block(entry.module, "resource", entry.type, entry.name)


def _instance_of(address: str) -> tuple[str, str]:
    """The instance of a module that an address stands in, and its own index; each empty where there is none."""
    *module, last = list(steps(address))
    return ".".join(module[:-1]), last[len(without_index(last)) :]


def _stayed(before: Planned, after: Planned) -> Planned:
    """A resource that is changed where it is: what tells its place after tells it before, where nothing else does."""
    if before.placed.region is None and after.placed.region is not None:
        return Planned(before.values, after.placed, before.account)
    return before


def _sources(asked: Asked) -> Sources | None:
    if asked.sources is None:
        return None
    root = Path(asked.sources)
    try:
        shown = root.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        shown = ""
    return Sources(root, "" if shown == "." else shown)


@lru_cache(maxsize=4096)
def _provider_named(written: str | None, native_type: str) -> Provider | None:
    word = written.rpartition("/")[2] if written else native_type.partition("_")[0]
    return _PROVIDERS.get(word)


def _text(entry: Object, key: str) -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) and value else None


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
