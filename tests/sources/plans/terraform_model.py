"""A small Terraform: configurations drawn at random, evaluated, and written as the plan and the sources that it has.

What a resource's region really is, is evaluated from the expressions themselves; the plan says of them only what
Terraform's JSON does (constants and references), so that a place which a reader concludes can be held to the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st

from sovercheck.sources.kinds.path import Json

from .made import Object, change, document

T = TypeVar("T")

REGIONS = ("ca-central-1", "us-central-1", "us-east-1", "eu-west-3")
ENVIRONMENT = "sa-east-1"
"""The region of the machine that Terraform runs on, of which a plan says nothing."""
EARLIER = "ap-south-1"
"""Where what is replaced or deleted was."""

Values = dict[str, str | None]


@dataclass(frozen=True)
class Expression:
    """An expression: what Terraform's JSON keeps of it, what the source says, and what it comes to."""

    json: Json
    text: str
    value: Callable[[Values], str | None]


def constant(region: str) -> Expression:
    return Expression({"constant_value": region}, f'"{region}"', lambda _: region)


def variable(name: str) -> Expression:
    return Expression({"references": [f"var.{name}"]}, f"var.{name}", lambda values: values.get(name))


def interpolated(name: str) -> Expression:
    return Expression({"references": [f"var.{name}"]}, f'"${{var.{name}}}"', lambda values: values.get(name))


def cut(name: str) -> Expression:
    """Refers to one variable, and is another region."""

    def value(values: Values) -> str | None:
        given = values.get(name)
        return None if given is None else f"us-{given[3:]}"

    return Expression({"references": [f"var.{name}"]}, f'"us-${{substr(var.{name}, 3, 20)}}"', value)


def chosen(one: str, other: str) -> Expression:
    text = f'var.{one} == "" ? var.{other} : var.{one}'
    return Expression({"references": [f"var.{one}", f"var.{other}"]}, text, lambda values: values.get(one))


def lowered(region: str) -> Expression:
    """Terraform keeps nothing of a function of a constant."""
    return Expression({}, f'lower("{region.upper()}")', lambda _: region)


def local(region: str) -> Expression:
    return Expression({"references": ["local.here"]}, "local.here", lambda _: region)


def attribute(region: str) -> Expression:
    """A region that another resource gives once it is there."""
    return Expression(
        {"references": ["terraform_data.x.output", "terraform_data.x"]}, "terraform_data.x.output", lambda _: region
    )


@dataclass
class Resource:
    name: str
    alias: str | None
    region: Expression | None
    indices: list[str]
    shown: str
    """How its region shows: `region`, `arn`, `zone`, `zones`, `identity`, `unknown`, `nothing`, `hidden`."""
    action: str
    shown_before: bool

    @property
    def label(self) -> str:
        return f"aws_s3_bucket.{self.name}"


@dataclass
class Module:
    name: str
    indices: list[str]
    given: Expression | None
    """What its call gives its variable `v0`."""
    default: str | None
    passes: str | None
    """The alias of its caller's that its call passes as its own default; None where it passes none."""
    providers: dict[str | None, Expression | None]
    """Alias → region; of those that it configures itself."""
    resources: list[Resource]
    inner: list[Module] = field(default_factory=list)


@dataclass
class World:
    version: str
    values: dict[str, str | None]
    """The root's variables."""
    defaulted: set[str]
    """Those that have their value by default and are given none."""
    hidden: set[str]
    root: Module
    has_sources: bool
    keys: list[int]
    """Before 1.2, which key each resource of a module is given, one after another."""
    has_configuration: bool = True


NAMES = ("a", "b", "c")
INDEX_KEYS = st.sampled_from(
    ['"a.b"', '"x\\"].module.y[\\""', '"]"', '"["', '"\\\\"', '"é/ü"', '"$${x}"', "0", "12", '""']
)


Aliases = tuple[str | None, ...]
OWN: tuple[Aliases, ...] = ((), (None,), ("x",), (None, "x"), ())
ROOT: tuple[Aliases, ...] = ((None,), (None, "x"), ("x",), (None, "x", "y"), ())
SHOWN = ("nothing", "unknown", "nothing", "unknown", "nothing", "region", "arn", "zone", "zones", "identity", "hidden")


def _chance(of: int) -> st.SearchStrategy[bool]:
    """True once in a number of times."""
    return st.integers(1, of).map(lambda n: n == of)


def _mostly(given: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return _chance(6).flatmap(lambda none: st.none() if none else given)


def _rarely(given: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return _chance(6).flatmap(lambda some: given if some else st.none())


def _regions() -> st.SearchStrategy[str]:
    return st.sampled_from(REGIONS)


def _expressions() -> st.SearchStrategy[Expression]:
    names = st.sampled_from(("v0", "v1"))
    return st.one_of(
        _regions().map(constant),
        names.map(variable),
        names.map(variable),
        names.map(interpolated),
        names.map(cut),
        st.just(chosen("v0", "v1")),
        _regions().map(lowered),
        _regions().map(local),
    )


def _indices() -> st.SearchStrategy[list[str]]:
    keyed = st.lists(INDEX_KEYS, min_size=1, max_size=2, unique=True)
    return st.one_of(st.just([""]), keyed.map(lambda keys: [f"[{key}]" for key in keys]))


@st.composite
def _resources(draw: st.DrawFn, aliases: Sequence[str | None]) -> list[Resource]:
    made = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
        region = draw(_rarely(st.one_of(_expressions(), _regions().map(attribute))))
        made.append(
            Resource(
                name,
                draw(st.sampled_from(aliases)),
                region,
                draw(_indices()),
                draw(st.sampled_from(SHOWN)),
                draw(st.sampled_from(("create", "create", "update", "no-op", "replace", "delete"))),
                draw(st.booleans()),
            )
        )
    return made


@st.composite
def _modules(draw: st.DrawFn, depth: int, callers: Sequence[str | None]) -> list[Module]:
    made = []
    for name in draw(st.lists(st.sampled_from(("m", "n")), max_size=2 if depth < 2 else 1, unique=True)):
        own: dict[str | None, Expression | None] = {}
        for alias in draw(st.sampled_from(OWN)):
            own[alias] = draw(_mostly(_expressions()))
        made.append(
            Module(
                name,
                draw(_indices()),
                draw(st.one_of(st.none(), _expressions())),
                draw(st.one_of(st.none(), _regions())),
                draw(st.sampled_from([None, *callers])) if None not in own else None,
                own,
                draw(_resources([None, *(alias for alias in own if alias)])),
                draw(_modules(depth + 1, [alias for alias in own if alias])) if depth < 2 else [],
            )
        )
    return made


@st.composite
def worlds(draw: st.DrawFn) -> World:
    own: dict[str | None, Expression | None] = {}
    for alias in draw(st.sampled_from(ROOT)):
        own[alias] = draw(_mostly(_expressions()))
    aliases = [alias for alias in own if alias]
    root = Module("", [""], None, None, None, own, draw(_resources([None, *aliases])), draw(_modules(1, aliases)))
    values = {name: draw(_mostly(_regions())) for name in ("v0", "v1")}
    return World(
        draw(st.sampled_from(("0.12.31", "0.13.5", "1.1.9", "1.2.0", "1.11.4", "1.11.4"))),
        values,
        {name for name in values if draw(st.booleans())},
        {name for name in values if draw(_chance(8))},
        root,
        draw(_chance(2)),
        draw(st.lists(st.integers(0, 7), min_size=1, max_size=5)),
        not draw(_chance(20)),
    )


@dataclass(frozen=True)
class Frame:
    """A module being evaluated."""

    path: tuple[str, ...]
    module: Module
    values: Values
    above: Frame | None


def frames(module: Module, values: Values, path: tuple[str, ...] = (), above: Frame | None = None) -> Iterator[Frame]:
    frame = Frame(path, module, values, above)
    yield frame
    for inner in module.inner:
        given = inner.given.value(values) if inner.given is not None else inner.default
        yield from frames(inner, {"v0": given, "v1": None}, (*path, inner.name), frame)


def owner(frame: Frame, alias: str | None) -> Frame:
    """In which module the provider of a resource is configured, after what calls pass and modules inherit."""
    return _owner(frame, alias)[0]


def _owner(frame: Frame, alias: str | None) -> tuple[Frame, str | None]:
    if alias in frame.module.providers or frame.above is None:
        return frame, alias
    return _owner(frame.above, frame.module.passes)


def key_of(frame: Frame, alias: str | None) -> str:
    at, own = _owner(frame, alias)
    module = "".join(f"module.{name}." for name in at.path)[:-1]
    return (f"{module}:" if module else "") + "aws" + (f".{own}" if own else "")


def provider_region(frame: Frame, alias: str | None) -> str:
    at, own = _owner(frame, alias)
    expression = at.module.providers.get(own)
    found = expression.value(at.values) if expression is not None else None
    return found or ENVIRONMENT


@dataclass
class Written:
    """A world as its plan and its sources, and where each of its resources really is."""

    plan: Object
    texts: dict[tuple[tuple[str, ...], str], str]
    """(module, `provider aws.x` or `module.m`) → the text of its region, or of what it gives `v0`."""
    truth: dict[str, str] = field(default_factory=dict)
    truth_before: dict[str, str] = field(default_factory=dict)


def write(world: World, folder: Path | None) -> Written:
    """Writes a world: its plan, its sources into a folder where it has one, and the truth."""
    all_frames = list(frames(world.root, dict(world.values)))
    providers: Object = {}
    texts: dict[tuple[tuple[str, ...], str], str] = {}
    for frame in all_frames:
        for alias, expression in frame.module.providers.items():
            made: Object = {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}
            if alias:
                made["alias"] = alias
            if expression is not None:
                made["expressions"] = {"region": expression.json}
                texts[frame.path, _dotted("aws", alias)] = expression.text
            providers[key_of(frame, alias)] = made
        for inner in frame.module.inner:
            if inner.given is not None:
                texts[frame.path, f"module.{inner.name}"] = inner.given.text
        for resource in frame.module.resources:
            if resource.region is not None:
                texts[frame.path, resource.label] = resource.region.text
    written = Written({}, texts)
    spoilt = iter(world.keys * 50)
    root = _module(world.root, all_frames, (), world, spoilt)
    root["variables"] = {
        name: ({"default": world.values[name]} if name in world.defaulted else {})
        | ({"sensitive": True} if name in world.hidden else {})
        for name in world.values
    }
    changes = [entry for frame in all_frames for entry in _changes(frame, written)]
    written.plan = document(
        *changes,
        version=world.version,
        variables={name: value for name, value in world.values.items() if name not in world.defaulted},
        **({"configuration": {"provider_config": providers, "root_module": root}} if world.has_configuration else {}),
    )
    if folder is not None:
        _sources(world.root, folder)
    return written


def _dotted(name: str, alias: str | None) -> str:
    return f"{name}.{alias}" if alias else name


def _frame(all_frames: list[Frame], path: tuple[str, ...]) -> Frame:
    return next(frame for frame in all_frames if frame.path == path)


def _module(
    module: Module, all_frames: list[Frame], path: tuple[str, ...], world: World, spoilt: Iterator[int]
) -> Object:
    frame = _frame(all_frames, path)
    resources: list[Json] = []
    for resource in module.resources:
        if resource.action == "delete":
            continue
        made: Object = {"address": resource.label, "mode": "managed", "type": "aws_s3_bucket", "name": resource.name}
        made["expressions"] = {"region": resource.region.json} if resource.region is not None else {}
        key: str | None = key_of(frame, resource.alias)
        if path and tuple(int(part) for part in world.version.split(".")[:2]) < (1, 2):
            # The key was wrong, or missing.
            key = (key, "aws", "aws.x", f"module.{path[0]}:aws", None, f"module.{path[-1]}:aws.x", "aws", key)[
                next(spoilt)
            ]
        if key is not None:
            made["provider_config_key"] = key
        resources.append(made)
    calls: Object = {}
    for inner in module.inner:
        calls[inner.name] = {
            "source": f"./{inner.name}",
            "expressions": {"v0": inner.given.json} if inner.given is not None else {},
            "module": _module(inner, all_frames, (*path, inner.name), world, spoilt)
            | {"variables": {"v0": {"default": inner.default} if inner.default else {}, "v1": {"default": None}}},
        }
    return {"resources": resources, "module_calls": calls}


def _changes(frame: Frame, written: Written) -> Iterator[Object]:
    for instance in _instances(frame):
        for resource in frame.module.resources:
            own = resource.region.value(frame.values) if resource.region is not None else None
            truth = own or provider_region(frame, resource.alias)
            for index in resource.indices:
                address = f"{instance}{resource.label}{index}"
                yield _change(address, resource, own, truth)
                if resource.action != "delete":
                    written.truth[address] = truth
                if resource.action != "create":
                    written.truth_before[address] = truth if resource.action in ("update", "no-op") else EARLIER


def _instances(frame: Frame) -> list[str]:
    above = _instances(frame.above) if frame.above is not None else [""]
    if frame.above is None:
        return above
    return [f"{start}module.{frame.module.name}{index}." for start in above for index in frame.module.indices]


def _change(address: str, resource: Resource, own: str | None, truth: str) -> Object:
    after, unknown, hidden, identity = _showing(resource, own, truth)
    stays = resource.action in ("update", "no-op")
    before: Object | None = None
    if resource.action != "create":
        before = {"bucket": "x"}
        if resource.shown_before:
            before["arn"] = f"arn:aws:lambda:{truth if stays else EARLIER}:111122223333:function:x"
    words = {"replace": ("delete", "create")}.get(resource.action, (resource.action,))
    made = change(
        address,
        None if resource.action == "delete" else after,
        unknown,
        actions=words,
        before=before,
        sensitive=hidden,
    )
    if identity is not None:
        made["change"]["after_identity"] = identity
    return made


def _showing(resource: Resource, own: str | None, truth: str) -> tuple[Object, Object, Object, Object | None]:
    """What the plan shows of a resource's region: its values, what is unknown, what is hidden, its identity."""
    after: Object = {"bucket": "x"}
    if resource.region is not None:
        if resource.region.text.startswith("terraform_data."):
            return after | _elsewhere(resource, truth), {"region": True}, {}, None
        # What a configuration sets is in the plan, null where it comes to that.
        hidden: Object = {"region": True} if resource.shown == "hidden" else {}
        return after | {"region": own} | _elsewhere(resource, truth), {}, hidden, None
    match resource.shown:
        case "region":
            return after | {"region": truth}, {"id": True}, {}, None
        case "hidden":
            return after | {"region": truth}, {}, {"region": True}, None
        case "identity":
            return after, {"id": True}, {}, {"region": truth, "account_id": "1"}
        case "unknown":
            return after, {"region": True, "arn": True}, {}, None
        case _:
            return after | _elsewhere(resource, truth), {}, {}, None


def _elsewhere(resource: Resource, truth: str) -> Object:
    shown: dict[str, Object] = {
        "arn": {"arn": f"arn:aws:lambda:{truth}:111122223333:function:x"},
        "zone": {"availability_zone": f"{truth}b"},
        "zones": {"availability_zones": [f"{truth}b", f"{truth}a"]},
    }
    return shown.get(resource.shown, {})


def _sources(module: Module, folder: Path) -> None:
    lines = []
    for alias, expression in module.providers.items():
        alias_line = [f'  alias  = "{alias}"'] if alias else []
        region_line = [f"  region = {expression.text}"] if expression is not None else []
        lines += ['provider "aws" {', *alias_line, *region_line, "}", ""]
    for inner in module.inner:
        given = [f"  v0 = {inner.given.text}"] if inner.given is not None else []
        lines += [f'module "{inner.name}" {{', f'  source = "./{inner.name}"', *given, "}", ""]
        _sources(inner, folder / inner.name)
    for resource in module.resources:
        said = [f"  region = {resource.region.text}"] if resource.region is not None else []
        if resource.action != "delete":
            lines += [f'resource "aws_s3_bucket" "{resource.name}" {{', *said, "}", ""]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text("\n".join(lines), "utf-8")
