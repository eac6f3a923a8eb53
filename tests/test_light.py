"""The light dataclass does what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, is_dataclass, replace
from typing import ClassVar

import pytest

from sovercheck.light import dataclass


@dataclass(frozen=True, slots=True)
class Light:
    """A point."""

    x: int
    y: str = "y%"
    tags: list[str] = field(default_factory=list)
    note: str | None = field(default=None, repr=False, compare=False)

    def doubled(self) -> int:
        return 2 * self.x


@dataclasses.dataclass(frozen=True, slots=True)
class Heavy:
    """The same."""

    x: int
    y: str = "y%"
    tags: list[str] = field(default_factory=list)
    note: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class One:
    only: str


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(slots=True)
class Sum:
    total: int = 0
    seen: set[str] = field(default_factory=set)


def test_makes_instances_as_the_standard_library_does() -> None:
    light, heavy = Light(1, note="n"), Heavy(1, note="n")

    assert (light.x, light.y, light.tags, light.note) == (heavy.x, heavy.y, heavy.tags, heavy.note)
    assert light.doubled() == 2
    assert repr(light) == repr(heavy).replace("Heavy", "Light") == "Light(x=1, y='y%', tags=[])"
    assert asdict(light) == asdict(heavy)
    assert [(item.name, item.default) for item in fields(Light)] == [(i.name, i.default) for i in fields(Heavy)]
    assert Light.__match_args__ == Heavy.__match_args__
    assert Light.__slots__ == Heavy.__slots__
    assert not hasattr(light, "__dict__")


def test_parameters_are_named_as_the_fields_though_classes_share_their_code() -> None:
    assert (Pair(left=1, right=2).left, Span(start=1, end=2).end) == (1, 2)
    assert Pair.__init__.__code__.co_code == Span.__init__.__code__.co_code
    for kind in (Light, More, Sum):
        given = [item.name for item in fields(kind) if item.init]
        assert list(inspect.signature(kind).parameters) == given
    with pytest.raises(TypeError, match=r"Pair.__init__\(\) missing 1 required positional argument: 'right'"):
        Pair(1)  # type: ignore[call-arg]


def test_factories_are_called_for_each_instance() -> None:
    assert Light(1).tags is not Light(1).tags
    one, other = Sum(), Sum()
    one.seen.add("a")
    assert other.seen == set()


@pytest.mark.parametrize("arguments", [(), (1, "a", [], None, "more")])
def test_refuses_wrong_arguments(arguments: tuple[object, ...]) -> None:
    for kind in (Light, Heavy):
        with pytest.raises(TypeError, match="__init__"):
            kind(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected keyword"):
        Light(1, z=2)  # type: ignore[call-arg]


def test_compares_the_fields_that_count_and_only_with_its_own_kind() -> None:
    assert Light(1, note="a") == Light(1, note="b")
    assert Light(1) != Light(2)
    assert One("a") == One("a") != One("b")
    assert Nothing() == Nothing()
    assert Light(1) != Heavy(1)  # type: ignore[comparison-overlap]
    assert Sum(1) == Sum(1) != Sum(2)


def test_frozen_is_hashed_by_its_fields_and_cannot_be_changed() -> None:
    assert len({One("a"), One("a"), One("b")}) == 2
    assert {Nothing(), Nothing()} == {Nothing()}
    one = One("a")
    with pytest.raises(FrozenInstanceError):
        one.only = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.only
    assert one.only == "a"


def test_mutable_can_be_changed_and_has_no_hash() -> None:
    one = Sum()
    one.total += 3
    assert one == Sum(3)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_is_replaced_copied_and_pickled() -> None:
    light = Light(1, "z", ["t"], "n")

    assert replace(light, x=2) == Light(2, "z", ["t"])
    assert replace(light, x=2).note == "n"
    for again in (copy.copy(light), copy.deepcopy(light), pickle.loads(pickle.dumps(light))):
        assert again == light
        assert again.note == "n"


@dataclass(frozen=True, slots=True)
class More:
    x: int
    twice: int = field(init=False, compare=False)
    kind: str = field(init=False, default="even")
    seen: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.x)


@dataclass(frozen=True, slots=True)
class Base:
    x: int
    y: int = 1
    kind: ClassVar[str] = "base"

    def __str__(self) -> str:
        return f"<{self.x}>"


@dataclass(frozen=True, slots=True)
class Extended(Base):
    y: int = 2
    z: int = 3

    def __repr__(self) -> str:
        return "its own"


class Undecorated(Base):
    def __init__(self) -> None:
        super().__init__(7)


@dataclass(slots=True)
class Later:
    x: int = field(init=False)


def test_fields_that_are_no_parameters_are_for_the_class_to_fill() -> None:
    more = More(3)
    assert (more.twice, more.kind, more.seen) == (6, "even", [])
    assert more.seen is not More(3).seen
    assert replace(more, x=4).twice == 8
    with pytest.raises(TypeError, match="unexpected keyword"):
        More(3, kind="odd")  # type: ignore[call-arg]
    later = Later()
    assert not hasattr(later, "x")
    later.x = 1
    assert later == later


def test_extends_another_of_its_kind() -> None:
    extended = Extended(0)

    assert (extended.x, extended.y, extended.z) == (0, 2, 3)
    assert [item.name for item in fields(Extended)] == ["x", "y", "z"]
    assert [item.name for item in fields(Base)] == ["x", "y"]
    assert replace(extended, x=5) == Extended(5)
    assert not hasattr(extended, "__dict__")
    assert Base(0) != extended
    assert Base(0) == Base(0, 1)
    assert Undecorated().x == Undecorated().x == 7
    assert repr(Base(0)) == "Base(x=0, y=1)"


def test_a_class_keeps_what_is_its_own() -> None:
    assert (Extended.kind, str(Extended(4)), repr(Extended(4))) == ("base", "<4>", "its own")


def test_is_a_dataclass_to_the_standard_library() -> None:
    assert is_dataclass(Light)
    assert is_dataclass(Light(1))
    match Light(1, "a"):
        case Light(x, y):
            assert (x, y) == (1, "a")
        case _:
            pytest.fail("a light dataclass is not matched by position")


def test_refuses_a_field_without_a_default_after_one_that_has_it() -> None:
    @dataclass(frozen=True, slots=True)
    class Misplaced:
        x: int = 1
        y: int  # type: ignore[misc]

    with pytest.raises(TypeError, match="'y' follows default"):
        Misplaced(1, 2)
