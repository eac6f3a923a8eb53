"""CloudFormation and SAM templates: the resources that a stack would have, as far as the template says.

A template says how things would be, and nothing of how they are: each resource is `unchanged`. Nor does it say where:
that is read beside it (`deployment`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sovercheck.change import Spot
from sovercheck.errors import InputError, Place
from sovercheck.light import dataclass
from sovercheck.sources.kinds.path import Pending
from sovercheck.sources.plans.circles import circle
from sovercheck.sources.plans.deployment import Deployment, beside, shown
from sovercheck.sources.plans.intrinsics import Evaluator
from sovercheck.sources.plans.model import Asked, Change, Incomplete, Plan, PlanFormat, Planned
from sovercheck.sources.plans.template_text import Plain, TemplateText, read_text

STACK = "AWS::CloudFormation::Stack"

_OTHER_TEMPLATES = (
    STACK,
    "AWS::CloudFormation::StackSet",
    "AWS::Serverless::Application",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
)
"""Types whose own resources stand in a template that is somewhere else."""

_KNOWN_TRANSFORMS = ("AWS::Serverless-", "AWS::LanguageExtensions", "AWS::SecretsManager-", "AWS::CodeDeployBlueGreen")
"""Those that add nothing that keeps data; of any other macro nobody knows what it makes."""

_MOST_NAMED = 20
"""In one note."""

_EACH = "Fn::ForEach::"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as its template writes it.

    Attributes:
        type: its native type.
        body: its members.
        written: the logical id, or the loop, under which it is written.
    """

    type: str
    body: Mapping[str, Plain]
    written: str


def looks_like(document: object) -> bool:
    """Whether a document is a CloudFormation or SAM template, whole or not."""
    if not isinstance(document, dict):
        return False
    if "AWSTemplateFormatVersion" in document or "AWS::Serverless" in str(document.get("Transform", "")):
        return True
    resources = document.get("Resources")
    bodies = resources.values() if isinstance(resources, dict) else ()
    types = [body.get("Type") for body in bodies if isinstance(body, dict)]
    return any(isinstance(kind, str) and re.match(r"\w+::\w+", kind) for kind in types)


def read(name: str, text: str, asked: Asked, folder: Path | None = None) -> Plan:
    """Reads a template.

    Args:
        name: the file, as errors call it.
        text: JSON or YAML.
        asked: the values of parameters, an assumed region.
        folder: in which the file is, where `samconfig.toml` is looked for; by default that of its name.

    Raises:
        InputError: it is no template, or CloudFormation would refuse it for a circular reference.
    """
    return read_template(
        read_text(name, text), "cloudformation", beside(Path(name).name, folder or Path(name).parent, asked), asked
    )


def read_template(template: TemplateText, format_: PlanFormat, deployment: Deployment, asked: Asked) -> Plan:
    """Reads a template for a deployment; raises as `read` does."""
    deployment = deployment.or_assumed(asked)
    written, incomplete = _resources(template)
    evaluator = Evaluator(
        template,
        deployment.stack,
        {logical_id: resource.type for logical_id, resource in written.items()},
        _section(template, "Parameters"),
        _section(template, "Mappings"),
        _section(template, "Conditions"),
    )
    kept, left_out = _existing(evaluator, written)
    evaluator.resources = {logical_id: written[logical_id].type for logical_id in kept}
    shared = _section(template, "Globals")
    changes = []
    for logical_id in kept:
        resource = written[logical_id]
        properties = _with_globals(resource, shared)
        values = evaluator.of_resource(logical_id, properties)
        place = template.place("Resources", resource.written)
        line = place.line or 1
        changes.append(
            Change(
                address=logical_id,
                interface="cloudformation",
                native_type=resource.type,
                provider="aws" if resource.type.startswith(("AWS::", "Alexa::", "Custom::")) else None,
                action="unchanged",
                before=None,
                after=Planned(values, deployment.placed, deployment.account),
                spot=Spot(shown(template.file, asked), line, line),
            )
        )
        if resource.type in _OTHER_TEMPLATES or resource.type.endswith("::MODULE"):
            incomplete.append(Incomplete("unsupported", logical_id))
    _refuse_circles(evaluator, written)
    return Plan(
        template.file,
        format_,
        tuple(changes),
        knows_before=False,
        incomplete=tuple(incomplete),
        notes=tuple(_notes(template.file, tuple(evaluator.defaults), tuple(left_out))),
    )


def _notes(
    file: str, defaults: tuple[str, ...], left_out: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, str | int]]]:
    if defaults:
        yield "cfn_parameter_default", {"file": file, "parameters": _listed(defaults)}
    if left_out:
        yield "cfn_left_out_by_default", {"file": file, "resources": _listed(left_out), "n": len(left_out)}


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def _section(template: TemplateText, name: str) -> Mapping[str, Plain]:
    assert isinstance(template.value, dict)  # noqa: S101 - it has resources
    section = template.value.get(name)
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise InputError("template_section", place=template.place(name), section=name)
    return section


def _resources(template: TemplateText) -> tuple[dict[str, Resource], list[Incomplete]]:
    """What the template writes under `Resources`, loops unrolled, and what of it cannot be read."""
    if not isinstance(template.value, dict) or not isinstance(template.value.get("Resources"), dict):
        raise InputError("template_no_resources", place=Place(template.file, 1, 1))
    incomplete = [Incomplete("unsupported", f"Transform {name}") for name in _macros(template.value.get("Transform"))]
    found: dict[str, Resource] = {}
    for logical_id, body in _section(template, "Resources").items():
        if logical_id.startswith(_EACH):
            unrolled = dict(_unrolled(logical_id, body))
            if not unrolled:
                incomplete.append(Incomplete("unsupported", logical_id))
            found |= unrolled
        elif logical_id == "Fn::Transform":
            incomplete.append(Incomplete("unsupported", logical_id))
        else:
            kind = body.get("Type") if isinstance(body, dict) else None
            if isinstance(kind, dict):
                # A type that a tool puts in before deployment, such as `!Rain::Module`.
                incomplete.append(Incomplete("unsupported", logical_id))
                continue
            if not isinstance(body, dict) or not isinstance(kind, str):
                place = template.place("Resources", logical_id)
                raise InputError("template_resource", place=place, resource=logical_id)
            found[logical_id] = Resource(kind, body, logical_id)
    return found, incomplete


def _macros(transform: Plain) -> Iterator[str]:
    for item in transform if isinstance(transform, list) else [transform]:
        name = item.get("Name") if isinstance(item, dict) else item
        if isinstance(name, str) and not name.startswith(_KNOWN_TRANSFORMS):
            yield name


def _unrolled(loop: str, written: Plain) -> Iterator[tuple[str, Resource]]:
    """The resources of `Fn::ForEach::Name: [Variable, [a, b], {"Id${Variable}": body}]`; none if the list is open."""
    if not isinstance(written, list) or len(written) != 3:
        return
    variable, collection, bodies = written
    if not isinstance(variable, str) or not isinstance(collection, list) or not isinstance(bodies, dict):
        return
    if not all(isinstance(item, str | int) for item in collection):
        return
    for item in collection:
        for logical_id, body in bodies.items():
            put_in = _put_in(body, variable, str(item))
            kind = put_in.get("Type") if isinstance(put_in, dict) else None
            if isinstance(put_in, dict) and isinstance(kind, str):
                yield _put_in_text(logical_id, variable, str(item)), Resource(kind, put_in, loop)


def _put_in(value: Plain, variable: str, item: str) -> Plain:
    if isinstance(value, str):
        return _put_in_text(value, variable, item)
    if isinstance(value, list):
        return [_put_in(inner, variable, item) for inner in value]
    if isinstance(value, dict):
        if value == {"Ref": variable}:
            return item
        return {_put_in_text(key, variable, item): _put_in(inner, variable, item) for key, inner in value.items()}
    return value


def _put_in_text(text: str, variable: str, item: str) -> str:
    # `&{…}` is the form that leaves out what a logical id cannot have.
    return text.replace(f"${{{variable}}}", item).replace(f"&{{{variable}}}", re.sub(r"[^A-Za-z0-9]", "", item))


def _existing(evaluator: Evaluator, written: Mapping[str, Resource]) -> tuple[list[str], list[str]]:
    """The logical ids of those that there are, and of those that a parameter's default leaves out."""
    kept, left_out = list[str](), list[str]()
    for logical_id, resource in written.items():
        condition = resource.body.get("Condition")
        try:
            with evaluator.watched() as defaults:
                held = evaluator.holds(condition) if isinstance(condition, str) else True
        except RecursionError as error:
            place = evaluator.text.place("Resources", resource.written)
            raise InputError("template_too_long", place=place, resource=logical_id) from error
        if isinstance(held, Pending) or held:
            kept.append(logical_id)
        elif defaults:
            left_out.append(logical_id)
    return kept, left_out


def _with_globals(resource: Resource, shared: Mapping[str, Plain]) -> Plain:
    """A resource's properties, those that SAM gives to all of its type under its own."""
    own = resource.body.get("Properties") or {}
    given = shared.get(resource.type.removeprefix("AWS::Serverless::"))
    return _over(given, own) if resource.type.startswith("AWS::Serverless::") and given is not None else own


def _over(given: Plain, own: Plain) -> Plain:
    """As SAM merges: mappings member by member, lists one after the other, of everything else the resource's own."""
    if isinstance(given, dict) and isinstance(own, dict):
        return {**given, **{key: _over(given[key], item) if key in given else item for key, item in own.items()}}
    return [*given, *own] if isinstance(given, list) and isinstance(own, list) else own


def _refuse_circles(evaluator: Evaluator, written: Mapping[str, Resource]) -> None:
    """CloudFormation refuses resources that need one another.

    SAM's are left out: what they name is taken apart into several resources before that is asked.
    """
    needs: dict[str, list[str]] = {}
    for logical_id, native_type in evaluator.resources.items():
        given = written[logical_id].body.get("DependsOn", [])
        named = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        others = [*evaluator.dependencies.get(logical_id, ()), *(name for name in named if isinstance(name, str))]
        if not native_type.startswith("AWS::Serverless::"):
            needs[logical_id] = others
    found = circle(needs)
    if found is not None:
        place = evaluator.text.place("Resources", written[found[0]].written)
        raise InputError("template_circular", place=place, path=" → ".join(found))
