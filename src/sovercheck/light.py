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
from types import CodeType, FunctionType
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
        __hash__=_Later(_hashed),
        __setattr__=_refuse,
        __delattr__=_refuse,
        __getstate__=_state,
        __setstate__=_restore,
    )


def _mutable(cls: type) -> Any:  # noqa: ANN401 - as `_with_slots`
    return _with_slots(cls, __hash__=None)


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
            "__init__": _Later(_initialiser),
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


def _initialiser(made: type) -> Callable[..., None]:
    """`__init__`: sets the fields that are given, or their defaults, then does what the class does besides."""
    scope: dict[str, object] = {}
    parameters, defaults = ["self"], []
    steps: list[Callable[[object], None]] = []
    for name, field in _fields(made).items():
        # The slot itself, which the `__setattr__` of what is frozen does not guard.
        put, default = getattr(made, name).__set__, field.default
        if field.default_factory is not dataclasses.MISSING:
            put, default = _put_or_make(put, field.default_factory), _MISSING
        if field.init:
            scope[f"put_{len(parameters)}"] = put
            parameters.append(name)
            if default is not dataclasses.MISSING:
                defaults.append(default)
            elif defaults:
                raise TypeError(f"non-default argument {name!r} follows default argument")
        elif default is not dataclasses.MISSING:
            steps.append(_put_default(put, default))
    if hasattr(made, "__post_init__"):
        steps.append(made.__post_init__)
    scope["more"] = lambda self: [step(self) for step in steps]
    code = _code(len(parameters), more=bool(steps)).replace(co_varnames=tuple(parameters))
    initialiser = FunctionType(code, scope, "__init__", tuple(defaults))
    initialiser.__qualname__ = f"{made.__qualname__}.__init__"
    return initialiser


@cache
def _code(parameters: int, *, more: bool) -> CodeType:
    """The code of every `__init__` of as many parameters: to rename them costs a fiftieth of what compiling costs."""
    values = [f"value_{number}" for number in range(1, parameters)]
    body = ["pass", *(f"put_{number}(self, value_{number})" for number in range(1, parameters))]
    body += ["more(self)"] if more else []
    scope: dict[str, FunctionType] = {}
    exec(f"def __init__({', '.join(['self', *values])}):\n " + "\n ".join(body), scope)  # noqa: S102 - numbers alone
    return scope["__init__"].__code__


def _put_default(put: Callable[[object, object], None], default: object) -> Callable[[object], None]:
    return lambda self: put(self, default)


def _put_or_make(put: Callable[[object, object], None], make: Callable[[], object]) -> Callable[[object, object], None]:
    return lambda self, value: put(self, make() if value is _MISSING else value)


def _refuse(self: object, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401
    return [getattr(self, name) for name in _fields(self.__class__)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401
    for name, value in zip(_fields(self.__class__), state, strict=True):
        object.__setattr__(self, name, value)
