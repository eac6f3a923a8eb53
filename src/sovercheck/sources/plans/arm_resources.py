"""Which resources a template of Azure's makes: loops unrolled, conditions looked at, nested deployments gone into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace

from sovercheck.errors import InputError
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.arm_ids import Target, below, paired, plain, type_of
from sovercheck.sources.plans.arm_scope import Given, Template
from sovercheck.sources.plans.arm_values import MAX_STEPS, Frame, Open, Value, Work, form, opened, shown
from sovercheck.sources.plans.json_text import Document
from sovercheck.sources.plans.model import Incomplete, Placed

MAX_RESOURCES = 100_000
"""More than that no file makes, loops within loops or not; Resource Manager takes 800 in one template."""

_DEPLOYMENT = "microsoft.resources/deployments"
_GROUP_TYPE = "microsoft.resources/resourcegroups"

_LEVELS: Mapping[str, Target] = {
    "subscriptiondeploymenttemplate": Target("subscription"),
    "managementgroupdeploymenttemplate": Target("management_group"),
    "tenantdeploymenttemplate": Target("tenant"),
}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a resource is.

    Attributes:
        placed: as plans have it.
        location: the value of the location that says it; None where none does.
        rests: the parameters on whose defaults that rests.
    """

    placed: Placed
    location: Value = None
    rests: Mapping[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """A resource that the template makes.

    Attributes:
        identifier: its id; what nobody knows of it is a placeholder.
        address: as its author knows it.
        raw: as it is written.
        template: in which its expressions are.
        frame: where in that.
        where: its place, once that was asked for.
        in_hand: whether its place is being worked out.
    """

    identifier: str
    address: str
    raw: Mapping[str, Json]
    template: Template
    frame: Frame
    where: Where | None = None
    in_hand: bool = False

    def member(self, name: str) -> Value:
        """A member of it, evaluated."""
        return self.template.value(get(self.raw, name), self.frame)

    def with_defaults(self, name: str) -> tuple[Value, Mapping[str, Json]]:
        """A member of it, and the parameters on whose defaults it rests."""
        work = self.template.work
        before, work.defaults = work.defaults, {}
        try:
            return self.member(name), work.defaults
        finally:
            work.defaults = before


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a resource.

    Attributes:
        template: whose expressions it is written in.
        target: what it is deployed to; of an outer-scope nested deployment not what its functions see.
        frame: the turns of the loops around it.
        parent: the resource that it is written in.
    """

    template: Template
    target: Target
    frame: Frame
    parent: Entry | None = None


@dataclass(slots=True)
class Resources:
    """The resources of a file.

    Attributes:
        document: the file.
        work: what has been done of it.
        location_of: gives templates the location of a resource.
        entries: in the order of the file.
        by_id: the first of each id in lower case.
        incomplete: what is not shown.
        notes: what was assumed.
        templates: the file's own and those nested in it.
    """

    document: Document
    work: Work
    location_of: Callable[[str], Value]
    entries: list[Entry] = field(default_factory=list)
    by_id: dict[str, Entry] = field(default_factory=dict)
    incomplete: list[Incomplete] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, str | int]]] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    _addresses: dict[str, int] = field(default_factory=dict)

    def read(self, raw: dict[str, Json], given: Mapping[str, Given]) -> None:
        """Reads all of a file's template."""
        target = _target_of(raw, Target())
        template = self._template(raw, target, given, label="", settles_defaults=False)
        self._walk(raw.get("resources"), _Around(template, target, Frame()))

    def _template(
        self, raw: Mapping[str, Json], target: Target, given: Mapping[str, Given], *, label: str, settles_defaults: bool
    ) -> Template:
        template = Template(
            raw,
            self.document,
            self.work,
            target,
            given,
            self.location_of,
            label=label,
            settles_defaults=settles_defaults,
        )
        self.templates.append(template)
        return template

    def _walk(self, raw: Json, around: _Around) -> None:
        """Every resource of a list, or of an object by symbolic name."""
        listed = raw if isinstance(raw, list) else []
        named = raw.items() if isinstance(raw, dict) else [("", item) for item in listed]
        for symbol, resource in named:
            if not isinstance(resource, dict):
                raise InputError("arm_resource", place=self.document.place(raw))
            for turn in self._turns(resource, around):
                self._resource(symbol, resource, turn)

    def _turns(self, raw: dict[str, Json], around: _Around) -> Iterator[_Around]:
        self.work.place = self.document.place(raw)
        loop = get(raw, "copy")
        if not isinstance(loop, dict):
            yield around
            return
        name = str(loop.get("name", ""))
        count = around.template.count(loop, around.frame)
        if isinstance(count, Open):
            # So many as the deployment makes: one stands for all of them.
            self._note("arm_copies", address=name, needs=count.needs)
            yield replace(around, frame=around.frame.looping(name, opened("copyIndex()", "turn", name), innermost=True))
            return
        for index in range(count):
            yield replace(around, frame=around.frame.looping(name, index, innermost=True))

    def _resource(self, symbol: str, raw: dict[str, Json], around: _Around) -> None:
        self.work.step(MAX_STEPS // MAX_RESOURCES)
        self.work.place = self.document.place(raw)
        if "import" in raw or "extension" in raw:
            # A resource of Kubernetes or of the directory, which Azure's types do not describe.
            self.incomplete.append(Incomplete("unsupported", symbol))
            return
        type_ = around.template.value(get(raw, "type"), around.frame)
        name = around.template.value(get(raw, "name"), around.frame)
        if not isinstance(type_, str) or not isinstance(name, str | int | Open) or not type_.strip("/"):
            raise InputError("arm_resource", place=self.work.place)
        entry = self._entry(raw, type_.strip("/"), name, around)
        if symbol:
            around.template.symbols[symbol.lower()] = entry.identifier
        is_made = raw.get("existing") is not True and self._meets_condition(entry)
        if type_.lower() == _DEPLOYMENT:
            if is_made:
                self._nested(entry, around.target)
            return
        if is_made:
            self._add(entry)
        # A condition is of the resource alone, not of those within.
        self._walk(get(raw, "resources"), replace(around, parent=entry))

    def _entry(self, raw: dict[str, Json], type_: str, name: Value, around: _Around) -> Entry:
        parent = around.parent
        above = "" if parent is None else type_of(parent.identifier)
        if parent is not None and _is_within(above, type_, form(name).count("/") + 1):
            # Its type and name go on where those of what it is written in end.
            start, known_as = parent.identifier, parent.address
            levels = type_[len(above) + 1 :] if type_.lower().startswith(f"{above.lower()}/") else type_
        else:
            scope = around.template.value(get(raw, "scope"), around.frame)
            start = plain(around.target.root if scope is None else _extended(form(scope), around.target.root))
            extended = self.by_id.get(start.lower())
            known_as = below(start) if extended is None else extended.address
            namespace, _, levels = type_.partition("/")
            if type_.lower() == _GROUP_TYPE:
                levels = "resourceGroups"
            else:
                start = f"{start}/providers/{namespace}"
                known_as = f"{known_as}/providers/{namespace}" if known_as else namespace
        written = segments(shown(name))
        ending = paired(levels, written) if len(written) > levels.count("/") else f"/{levels}/{shown(name)}"
        identifier = plain(f"{start}{paired(levels, form(name).split('/'))}")
        return Entry(identifier, f"{known_as}{ending}".lstrip("/"), raw, around.template, around.frame)

    def _meets_condition(self, entry: Entry) -> bool:
        if get(entry.raw, "condition") is None:
            return True
        held, rests = entry.with_defaults("condition")
        if isinstance(held, Open):
            self._note("arm_condition", address=entry.address, needs=held.needs)
        elif held in (False, "false", "False"):
            if rests:
                self._note("arm_left_out", address=entry.address, needs=", ".join(rests))
            return False
        return True

    def _note(self, code: str, **params: str) -> None:
        if (code, params) not in self.notes:
            self.notes.append((code, params))

    def _add(self, entry: Entry) -> None:
        times = self._addresses[entry.address] = self._addresses.get(entry.address, 0) + 1
        if times > 1:
            entry.address = f"{entry.address}#{times}"
        self.entries.append(entry)
        self.by_id.setdefault(entry.identifier.lower(), entry)

    def _nested(self, entry: Entry, target: Target) -> None:
        """The resources of a deployment within a deployment."""
        properties = get(entry.raw, "properties")
        inline = get(properties, "template")
        if not isinstance(inline, dict):
            self.incomplete.append(Incomplete("unsupported", entry.address))
            return
        target = _nested_target(entry, inline, target)
        scope = entry.template.value(get(get(properties, "expressionEvaluationOptions"), "scope"), entry.frame)
        if not isinstance(scope, str) or scope.lower() != "inner":
            # Its own parameters and variables do not count: expressions are those of the outer template.
            self._walk(get(inline, "resources"), _Around(entry.template, target, entry.frame))
            return
        label = f"{entry.template.label}/{entry.identifier}"
        given = dict(_handed_down(get(properties, "parameters"), entry))
        if get(properties, "parametersLink") is not None:
            # What it is given stands elsewhere, so that no default is sure to be what it has.
            declared = get(inline, "parameters")
            for name in declared if isinstance(declared, dict) else ():
                given.setdefault(name.lower(), _elsewhere(name, label))
        inner = self._template(inline, target, given, label=label, settles_defaults=True)
        self._walk(get(inline, "resources"), _Around(inner, target, Frame()))


def get(raw: Json | Mapping[str, Json], name: str) -> Json:
    """A member, whose name compares without case; None where there is none, or nothing to have members."""
    if not isinstance(raw, Mapping):
        return None
    if name in raw:
        return raw[name]
    folded = name.lower()
    return next((item for key, item in raw.items() if key.lower() == folded), None)


def _target_of(raw: Mapping[str, Json], otherwise: Target) -> Target:
    """What a template is deployed to, as its schema says it."""
    schema = str(raw.get("$schema", "")).lower()
    found = next((target for word, target in _LEVELS.items() if word in schema), None)
    if found is None or found.level == otherwise.level:
        return otherwise
    return replace(found, subscription=otherwise.subscription)


def _nested_target(entry: Entry, inline: Mapping[str, Json], target: Target) -> Target:
    """What a nested template is deployed to: what the deployment names, else what the outer one is."""

    def said(member: str) -> str | None:
        value = entry.member(member)
        return None if value in (None, "") else form(value)

    scope, subscription, group = said("scope"), said("subscriptionId"), said("resourceGroup")
    if scope is not None and scope.startswith("/subscriptions/"):
        parts = scope.split("/")
        subscription, group = parts[2], parts[4] if len(parts) > 4 else None
    if group is not None:
        return Target("group", subscription or target.subscription, group)
    return _target_of(inline, target) if subscription is None else Target("subscription", subscription)


def _is_within(above: str, type_: str, names: int) -> bool:
    """Whether a type and a name are those below what a resource is written in, rather than whole ones."""
    if "/" not in type_ or type_.lower().startswith("providers/"):
        return True
    return type_.lower().startswith(f"{above.lower()}/") and names < type_.count("/")


def _extended(scope: str, root: str) -> str:
    """The id of what a resource extends; empty for the tenant, which is written `/`."""
    return scope.rstrip("/") if scope.startswith("/") or "/" not in scope else f"{root}/providers/{scope}"


def segments(text: str) -> list[str]:
    """The parts of a shown name between slashes; those within brackets are an expression's."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        if sign == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _handed_down(raw: Json, entry: Entry) -> Iterator[tuple[str, Given]]:
    """The parameters of a nested template, each evaluated where it is given."""
    for name, given in raw.items() if isinstance(raw, dict) else ():
        yield name.lower(), _handed(name, given, entry)


def _handed(name: str, given: Json, entry: Entry) -> Given:
    if not isinstance(given, dict) or "value" not in given:
        # A reference to a vault's secret.
        return lambda: opened(f"parameters('{name}')", "vault", name, reason="sensitive")
    return lambda: entry.template.value(given["value"], entry.frame)


def _elsewhere(name: str, label: str) -> Given:
    return lambda: opened(f"parameters('{name}')", "parameter", label, name)
