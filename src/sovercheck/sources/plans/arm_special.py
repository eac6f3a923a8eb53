"""The functions of Azure's templates that need more than their arguments' values.

They ask the template, or what it is deployed to, or evaluate only some of their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sovercheck.sources.plans.arm_expressions import Call, Constant
from sovercheck.sources.plans.arm_functions import Unfit, pieces, same, text_of
from sovercheck.sources.plans.arm_ids import Target, made
from sovercheck.sources.plans.arm_values import MAX_TEXT, Frame, Open, Partly, Value, form, is_open, joined, opened

if TYPE_CHECKING:
    from sovercheck.sources.plans.arm_scope import Template

Special = Callable[["Template", Call, Frame], Value]


def _values(template: Template, node: Call, frame: Frame) -> list[Value]:
    values = [template.node(argument, frame) for argument in node.arguments]
    template.work.weigh(values)
    return values


def _unsettled(node: Call, values: list[Value]) -> Open:
    return opened(node.text, node.name, *values)


def _unfolded(template: Template, node: Call, frame: Frame) -> Open:
    """Of a call whose arguments were not all evaluated.

    Two of them are one only in the same template, in the same turns of all loops and lambdas around them.
    """
    around = [*frame.loops.values(), *(frame.arguments or {}).values(), *frame.bound.values()]
    template.work.weigh(around)
    return opened(node.text, node.name, template.label, node.text, *around)


def _name(template: Template, node: Call, frame: Frame) -> str | None:
    name = template.node(node.arguments[0], frame) if node.arguments else None
    return name if isinstance(name, str) else None


def _parameters(template: Template, node: Call, frame: Frame) -> Value:
    name = _name(template, node, frame)
    if name is None:
        return _unfolded(template, node, frame)
    if frame.arguments is not None:
        return frame.arguments.get(name.lower(), _unfolded(template, node, frame))
    return template.parameter(name)


def _variables(template: Template, node: Call, frame: Frame) -> Value:
    name = _name(template, node, frame)
    return _unfolded(template, node, frame) if name is None else template.variable(name)


def _copy_index(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    name = str(values.pop(0)) if values and isinstance(values[0], str) else ""
    index = frame.loops.get(name.lower())
    offset = values[0] if values else 0
    if isinstance(index, bool) or not isinstance(index, int) or not isinstance(offset, int):
        return _unsettled(node, [name, index, offset])
    return index + offset


def _if(template: Template, node: Call, frame: Frame) -> Value:
    if len(node.arguments) != 3:
        return _unfolded(template, node, frame)
    condition = template.node(node.arguments[0], frame)
    if isinstance(condition, bool):
        return template.node(node.arguments[1 if condition else 2], frame)
    yes, no = template.node(node.arguments[1], frame), template.node(node.arguments[2], frame)
    template.work.weigh([condition, yes, no])
    return yes if same(yes, no) else _unsettled(node, [condition, yes, no])


def _and(template: Template, node: Call, frame: Frame) -> Value:
    return _decided(template, node, frame, decisive=False)


def _or(template: Template, node: Call, frame: Frame) -> Value:
    return _decided(template, node, frame, decisive=True)


def _decided(template: Template, node: Call, frame: Frame, *, decisive: bool) -> Value:
    """One decisive argument decides, whatever the others would be."""
    left: list[Value] = []
    for argument in node.arguments:
        value = template.node(argument, frame)
        if value is decisive:
            return decisive
        if not isinstance(value, bool):
            left.append(value)
    template.work.weigh(left)
    return _unsettled(node, left) if left else not decisive


def _not(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    return not values[0] if len(values) == 1 and isinstance(values[0], bool) else _unsettled(node, values)


def _equals(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    if len(values) == 2 and (same(*values) or not is_open(values)):
        return same(*values)
    return _unsettled(node, values)


def _coalesce(template: Template, node: Call, frame: Frame) -> Value:
    for number, argument in enumerate(node.arguments):
        value = template.node(argument, frame)
        if isinstance(value, Open):
            # It might be null, and the next one count.
            left = [value, *(template.node(other, frame) for other in node.arguments[number + 1 :])]
            template.work.weigh(left)
            return _unsettled(node, left)
        if value is not None:
            return value
    return None


def _concat(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    lists = [value for value in values if isinstance(value, list)]
    if not lists:
        return _together(node, values)
    return [item for value in lists for item in value] if len(lists) == len(values) else _unsettled(node, values)


def _format(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    if not values or not isinstance(values[0], str):
        return _unsettled(node, values)
    try:
        return _together(node, list(pieces(values[0], values[1:])))
    except Unfit:
        return _unsettled(node, values)


def _together(node: Call, values: list[Value]) -> Value:
    if any(isinstance(value, list | dict) and is_open(value) for value in values):
        return _unsettled(node, values)
    try:
        texts = [value if isinstance(value, Open) else text_of(value) for value in values]
    except Unfit:
        return _unsettled(node, values)
    return joined(texts) if sum(len(form(text)) for text in texts) <= MAX_TEXT else _unsettled(node, values)


def _resource_id(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    at = next((n for n, value in enumerate(values) if isinstance(value, str) and "/" in value.strip("/")), None)
    if node.name == "extensionresourceid":
        # The id that is extended has slashes too.
        at = 1
    if at is None or len(values) < at + 2 or any(isinstance(value, list | dict) for value in values):
        return _unsettled(node, values)
    type_, names = values[at], values[at + 1 :]
    if not isinstance(type_, str) or "/" not in type_:
        return _unsettled(node, values)
    root = _root(template.target, node.name, [form(value) for value in values[:at]])
    return identified(made(root, type_, "/".join(map(form, names)).split("/")), node.text, values)


def _root(target: Target, name: str, before: list[str]) -> str:
    """What an id begins with: the target's own, save for the subscription and the group that are named."""
    if name == "extensionresourceid":
        return before[0]
    if name == "tenantresourceid":
        return ""
    if name == "managementgroupresourceid":
        return replace(target, level="management_group").root
    if name == "subscriptionresourceid":
        return Target("subscription", before[0] if before else target.subscription).root
    if len(before) == 2:
        return Target("group", before[0], before[1]).root
    if len(before) == 1:
        # One alone is a group, or a subscription where the template is deployed to one.
        return (
            replace(target, group=before[0]).root if target.level == "group" else Target("subscription", *before).root
        )
    return target.root


def identified(identifier: str, text: str, parts: list[Value]) -> Value:
    """An id: a text, or open where a part of it is.

    Args:
        identifier: with placeholders.
        text: the expression that gives it.
        parts: of what it is made; the first open one says what would settle it.
    """
    if "⟦" not in identifier:
        return identifier
    return replace(opened(text, *parts), form=identifier)


def _reference(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    needs = opened(node.text).needs
    if len(values) < 3 or str(values[2]).lower() != "full":
        return replace(_unsettled(node, _of(template, values)), needs=needs)
    name = form(values[0])
    location = template.location_of(template.symbols.get(name.lower(), name))
    rest = replace(_unsettled(node, [*_of(template, values), "full"]), needs=needs)
    return Partly({} if location is None else {"location": location}, rest)


def _of(template: Template, values: list[Value]) -> list[Value]:
    """What tells the resource that a call's first argument names from every other.

    An id names the same one everywhere, another name only in its own template.
    """
    if not values:
        return []
    name = form(values[0])
    identifier = template.symbols.get(name.lower(), name)
    return [values[0], identifier if identifier.startswith("/") else template.label]


def _resource_info(template: Template, node: Call, frame: Frame) -> Value:
    values = _values(template, node, frame)
    identifier = template.symbols.get(form(values[0]).lower()) if values else None
    known: dict[str, Value] = {} if identifier is None else {"id": identified(identifier, f"{node.text}.id", [])}
    return Partly(known, _unsettled(node, _of(template, values)))


def _resource_group(template: Template, node: Call, _: Frame) -> Value:
    target = replace(template.target, level="group")
    known = {
        "id": identified(target.root, f"{node.text}.id", []),
        "name": identified(target.group, f"{node.text}.name", []),
    }
    location = template.location_of(target.root)
    if location is not None:
        known["location"] = location
    return Partly(known, _unsettled(node, [target.root]))


def _subscription(template: Template, node: Call, _: Frame) -> Value:
    target = replace(template.target, level="subscription")
    known = {
        "id": identified(target.root, f"{node.text}.id", []),
        "subscriptionId": identified(target.subscription, f"{node.text}.subscriptionId", []),
    }
    return Partly(known, _unsettled(node, [target.root]))


def _deployment(template: Template, node: Call, _: Frame) -> Value:
    """Of `deployment()` nothing is known; each nested template has its own."""
    return Partly({}, _unsettled(node, [template.label]))


def _surroundings(template: Template, node: Call, frame: Frame) -> Value:
    """Of `managementGroup()` and `tenant()` nothing is known."""
    return Partly({}, _unsettled(node, _values(template, node, frame)))


def _lambda_variables(template: Template, node: Call, frame: Frame) -> Value:
    name = _name(template, node, frame)
    return frame.bound.get(str(name).lower(), _unfolded(template, node, frame))


def _map(template: Template, node: Call, frame: Frame) -> Value:
    turns = _turns(template, node, frame)
    return _unfolded(template, node, frame) if turns is None else [made_of for _, made_of in turns]


def _filter(template: Template, node: Call, frame: Frame) -> Value:
    turns = _turns(template, node, frame)
    if turns is None or any(not isinstance(kept, bool) for _, kept in turns):
        return _unfolded(template, node, frame)
    return [item for item, kept in turns if kept]


def _turns(template: Template, node: Call, frame: Frame) -> list[tuple[Value, Value]] | None:
    """Each element of a list with what a lambda makes of it; None where that cannot be told."""
    if len(node.arguments) != 2:
        return None
    items, body = template.node(node.arguments[0], frame), node.arguments[1]
    if not isinstance(items, list) or not isinstance(body, Call) or body.name != "lambda" or not body.arguments:
        return None
    *names, result = body.arguments
    found: list[tuple[Value, Value]] = []
    for index, item in enumerate(items):
        bound: dict[str, Value] = dict(frame.bound)
        for name, value in zip(names, (item, index), strict=False):
            if isinstance(name, Constant):
                bound[str(name.value).lower()] = value
        found.append((item, template.node(result, replace(frame, bound=bound))))
    return found


SPECIAL: Mapping[str, Special] = {
    "parameters": _parameters,
    "variables": _variables,
    "copyindex": _copy_index,
    "if": _if,
    "and": _and,
    "or": _or,
    "not": _not,
    "equals": _equals,
    "coalesce": _coalesce,
    "concat": _concat,
    "format": _format,
    "resourceid": _resource_id,
    "subscriptionresourceid": _resource_id,
    "extensionresourceid": _resource_id,
    "tenantresourceid": _resource_id,
    "managementgroupresourceid": _resource_id,
    "reference": _reference,
    "resourceinfo": _resource_info,
    "resourcegroup": _resource_group,
    "subscription": _subscription,
    "deployment": _deployment,
    "managementgroup": _surroundings,
    "tenant": _surroundings,
    "lambdavariables": _lambda_variables,
    "map": _map,
    "filter": _filter,
}
"""Name in lower case → the function."""
