"""Dataclasses that cost next to nothing to import: the standard library's, their methods made as they are needed.

The standard library compiles six methods for each class that it meets: close to a millisecond a class, and judging a
small plan imports more than a hundred. Here `__init__` is compiled as the first instance is made, and the other methods
are shared. Fields and slots are the standard library's, so that `fields`, `replace` and `asdict` do what they do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

_MISSING = object()
"""Of a parameter whose default a factory makes, that nothing was given."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, slots, frozen=False):
        """The standard library's `dataclass` with the same arguments; there is no class without slots."""
        return _frozen if frozen else _mutable


def _frozen(cls: type) -> Any:  # noqa: ANN401 - as `_with_slots`
    made = _with_slots(cls, frozen=True)
    hashed = _values(made, lambda field: field.compare)
    made.__hash__ = lambda self: hash(hashed(self))
    made.__setattr__ = made.__delattr__ = _refuse
    made.__getstate__, made.__setstate__ = _state, _restore
    return made


def _mutable(cls: type) -> Any:  # noqa: ANN401 - as `_with_slots`
    made = _with_slots(cls, frozen=False)
    made.__hash__ = None
    return made


def _with_slots(cls: type, *, frozen: bool) -> Any:  # noqa: ANN401 - a class that is given its methods
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    compared = _values(made, lambda field: field.compare)

    def equal(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def first(self: object, *args: object, **named: object) -> None:
        made.__init__ = _initialiser(made, frozen=frozen)
        made.__init__(self, *args, **named)

    made.__init__, made.__eq__ = first, equal
    made.__repr__ = _shown(made)
    return made


def _values(made: type, chosen: Callable[[dataclasses.Field[Any]], bool]) -> Callable[[object], tuple[object, ...]]:
    """What gives the values of some of an instance's fields."""
    names = [field.name for field in dataclasses.fields(made) if chosen(field)]
    if len(names) > 1:
        return attrgetter(*names)
    # Of one name, what `attrgetter` makes gives no tuple.
    return lambda self: tuple(getattr(self, name) for name in names)


def _initialiser(made: type, *, frozen: bool) -> Callable[..., None]:
    """Compiles `__init__`: the fields in order, with their defaults, then what the class does besides."""
    scope: dict[str, object] = {"_missing": _MISSING}
    parameters, body = ["self"], ["pass"]
    for field in dataclasses.fields(made):
        value = name = field.name
        if field.default_factory is not dataclasses.MISSING:
            scope[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}()"
            if field.init:
                parameters.append(f"{name}=_missing")
                value += f" if {name} is _missing else {name}"
        elif field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
            value = name if field.init else f"_default_{name}"
            if field.init:
                parameters.append(f"{name}=_default_{name}")
        elif field.init:
            parameters.append(name)
        else:
            continue
        if frozen:
            # The slot itself, which `__setattr__` does not guard.
            scope[f"_set_{name}"] = getattr(made, name).__set__
        body.append(f"_set_{name}(self, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), scope)  # noqa: S102 - names of fields alone
    return scope["__init__"]  # type: ignore[return-value]


def _shown(made: type) -> Callable[[object], str]:
    shown = _values(made, lambda field: field.repr)
    template = ", ".join(f"{field.name}=%r" for field in dataclasses.fields(made) if field.repr)
    return lambda self: f"{self.__class__.__qualname__}({template % shown(self)})"


def _refuse(self: object, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: object, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(type(self)), state, strict=True):  # type: ignore[arg-type]
        object.__setattr__(self, field.name, value)
