"""A plan's values with what nobody can know yet, and what nobody may see, in their places.

`after` has null both for a value that is null and for one that is known only after apply; `after_unknown` tells them
apart, `after_sensitive` says what a plan hides. Where an unknown value comes from exactly one other resource of the
plan, that one's id stands there as a `Reference`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sovercheck.sources.kinds.path import Json, Pending, PendingReason

Refer = Callable[[Json], Json]
"""From the expression of a value to a `Reference`, or to why it is not known."""


def overlaid(value: Json, unknown: Json, sensitive: Json, expression: Json, refer: Refer, path: str = "") -> Json:
    """A value as the descriptions may read it.

    Args:
        value: as the plan has it.
        unknown: what of it is known after apply: true, or the same shape with true in it.
        sensitive: what of it is hidden, likewise.
        expression: what the configuration says of it; of a resource, by member.
        refer: what is done with an expression.
        path: of the value, for what settles it.
    """
    if unknown is True:
        referred = refer(expression) if expression is not None else None
        return referred if referred is not None else _pending("after_apply", path, unset=False)
    if sensitive is True:
        return _pending("sensitive", path, unset=False)
    if not unknown and not sensitive:
        return value
    if _is_of_another_shape(value, sensitive):
        return _pending("sensitive", path, unset=False)
    if isinstance(value, dict) or isinstance(unknown, dict):
        given = value if isinstance(value, dict) else {}
        open_ = unknown if isinstance(unknown, dict) else {}
        hidden = sensitive if isinstance(sensitive, dict) else {}
        said = expression if isinstance(expression, dict) else {}
        # Of a resource whose configuration the plan has, what that does not set its provider computes.
        is_resource = not path and isinstance(expression, dict)
        whole = dict(given)
        for name in (*open_, *(name for name in hidden if name not in open_)):
            if is_resource and open_.get(name) is True and name not in said:
                whole[name] = _pending("after_apply", name, unset=True)
            elif open_.get(name) or hidden.get(name):
                inner = f"{path}.{name}" if path else name
                whole[name] = overlaid(given.get(name), open_.get(name), hidden.get(name), said.get(name), refer, inner)
        return whole
    if isinstance(value, list) or isinstance(unknown, list):
        items = value if isinstance(value, list) else []
        size = max(len(items), len(unknown) if isinstance(unknown, list) else 0)
        return [
            overlaid(_at(items, n), _at(unknown, n), _at(sensitive, n), _block(expression, n), refer, f"{path}[]")
            for n in range(size)
        ]
    return value


@cache
def _pending(reason: PendingReason, path: str, *, unset: bool) -> Pending:
    """One object for all resources of which the same is pending."""
    return Pending(reason, path or None, unset)


def _is_of_another_shape(value: Json, sensitive: Json) -> bool:
    """Whether what is said to be hidden does not fit the value: then nobody can tell what of it is."""
    if not sensitive or value is None:
        return False
    if isinstance(value, list) and isinstance(sensitive, list):
        return len(sensitive) > len(value)
    return not (isinstance(value, dict) and isinstance(sensitive, dict))


def _at(value: Json, number: int) -> Json:
    return value[number] if isinstance(value, list) and number < len(value) else None


def _block(expression: Json, number: int) -> Json:
    """The expressions of a nested block: those of its number, or of the one that all come from."""
    if isinstance(expression, list):
        return expression[number] if number < len(expression) else expression[0] if len(expression) == 1 else None
    # A block that the configuration writes once is no list there.
    return expression
