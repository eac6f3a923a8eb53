"""Dataclasses that cost next to nothing to import: what makes them one is made as it is first looked up.

The standard library examines each field and compiles six methods for each class that it meets: close to a millisecond a
class, and judging a small plan imports two hundred. Here a class is given its slots, and the rest when a run first
needs it. What `fields`, `replace` and `asdict` go by is made by the standard library, so that they do what they do.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

_MISSING = object()
"""Of a parameter whose default a factory makes, that nothing was given."""
_DECLARED = "__declared__"
"""Where a class keeps its own fields as they are written: name → (annotation, default or `field(…)`)."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, slots, frozen=False):
        """The standard library's `dataclass` with the same arguments; there is no class without slots."""
        return _frozen if frozen else _mutable


class _Later:
    """An attribute of a class that is made as it is first looked up, and then stands in this one's place."""

    __slots__ = ("make", "name", "owner")

    def __init__(self, make: Callable[[Any], object]) -> None:
        self.make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, instance: object, owner: type | None = None) -> object:
        made = self.make(self.owner)
        setattr(self.owner, self.name, made)
        return made.__get__(instance, owner) if hasattr(made, "__get__") else made


def _frozen(cls: type) -> Any:  # noqa: ANN401 - as `_with_slots`
    return _with_slots(
        cls,
        __init__=_Later(_frozen_initialiser),
        __hash__=_Later(_hashed),
        __setattr__=_refuse,
        __delattr__=_refuse,
        __getstate__=_state,
        __setstate__=_restore,
    )


def _mutable(cls: type) -> Any:  # noqa: ANN401 - as `_with_slots`
    return _with_slots(cls, __init__=_Later(_mutable_initialiser), __hash__=None)


def _with_slots(cls: type, **methods: object) -> Any:  # noqa: ANN401 - a class that is given its methods
    namespace = dict(cls.__dict__)
    declared = {
        name: (annotation, namespace.pop(name, dataclasses.MISSING))
        for name, annotation in cls.__annotations__.items()
        if not str(annotation).startswith("ClassVar")
    }
    inherited = {slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ())}
    # A class has these two only for want of slots.
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    return type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            "__eq__": _Later(_equality),
            "__repr__": _Later(_shown),
            "__match_args__": _Later(_match_args),
            "__dataclass_fields__": _Later(_standard_fields),
            "__dataclass_params__": _Later(_standard_parameters),
            **methods,
            **namespace,
            "__slots__": tuple(name for name in declared if name not in inherited),
            "__qualname__": cls.__qualname__,
            _DECLARED: declared,
        },
    )


@cache
def _fields(made: type) -> dict[str, dataclasses.Field[Any]]:
    """The fields of a class by name, those of the classes that it extends first."""
    fields: dict[str, dataclasses.Field[Any]] = {}
    for base in reversed(made.__mro__):
        for name, (annotation, value) in base.__dict__.get(_DECLARED, {}).items():
            fields[name] = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
            fields[name].type = annotation
    return fields


@cache
def _standard(made: type) -> Any:  # noqa: ANN401 - no attribute of it is anybody's but the standard library's
    """The standard library's dataclass of the same fields."""
    fields = [(name, field.type, field) for name, field in _fields(made).items()]
    # Without a text of its own, the standard library writes one, at some cost.
    return dataclasses.make_dataclass(
        made.__name__, fields, namespace={"__doc__": __doc__}, init=False, repr=False, eq=False
    )


def _standard_fields(made: type) -> object:
    return _standard(made).__dataclass_fields__


def _standard_parameters(made: type) -> object:
    return _standard(made).__dataclass_params__


def _values(made: type, chosen: Callable[[dataclasses.Field[Any]], bool]) -> Callable[[object], tuple[object, ...]]:
    """What gives the values of some of an instance's fields."""
    names = [name for name, field in _fields(made).items() if chosen(field)]
    if len(names) > 1:
        return attrgetter(*names)
    # Of one name, what `attrgetter` makes gives no tuple.
    return lambda self: tuple(getattr(self, name) for name in names)


def _equality(made: type) -> Callable[[object, object], bool]:
    compared = _values(made, lambda field: field.compare)

    def equal(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hashed(made: type) -> Callable[[object], int]:
    compared = _values(made, lambda field: field.compare)
    return lambda self: hash(compared(self))


def _shown(made: type) -> Callable[[object], str]:
    shown = _values(made, lambda field: field.repr)
    template = ", ".join(f"{name}=%r" for name, field in _fields(made).items() if field.repr)
    return lambda self: f"{self.__class__.__qualname__}({template % shown(self)})"


def _match_args(made: type) -> tuple[str, ...]:
    return tuple(name for name, field in _fields(made).items() if field.init)


def _frozen_initialiser(made: type) -> Callable[..., None]:
    # The slot itself, which `__setattr__` does not guard.
    scope = {f"_set_{name}": getattr(made, name).__set__ for name in _fields(made)}
    return _initialiser(made, "_set_{name}(self, {value})", scope)


def _mutable_initialiser(made: type) -> Callable[..., None]:
    return _initialiser(made, "self.{name} = {value}", {})


def _initialiser(made: type, assignment: str, scope: dict[str, object]) -> Callable[..., None]:
    """Compiles `__init__`: the fields in order, with their defaults, then what the class does besides."""
    scope["_missing"] = _MISSING
    parameters, body = ["self"], ["pass"]
    for name, field in _fields(made).items():
        value = name
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
        body.append(assignment.format(name=name, value=value))
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), scope)  # noqa: S102 - names of fields alone
    return scope["__init__"]  # type: ignore[return-value]


def _refuse(self: object, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401
    return [getattr(self, name) for name in _fields(self.__class__)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401
    for name, value in zip(_fields(self.__class__), state, strict=True):
        object.__setattr__(self, name, value)
