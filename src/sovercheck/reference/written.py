"""How a reference file is written: the shape of each kind, and one clear error at the line that departs from it.

Imported only by the functions that read YAML: a compiled catalogue loads without it, so without pydantic.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from sovercheck import strictyaml
from sovercheck.errors import InputError, Place, PolicyError, SovercheckError, nearest, raise_all

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", "a day, YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]
PartialDay = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

TextGrade = Literal["official", "republished", "secondary", "memory"]
LevelName = Literal["none_known", "possible", "exposed"]
Access = Literal["no_access", "licence", "supervised_support", "remote_support", "administration", "hosting"]
Nexus = Literal["incorporated", "controlled", "present"]
KeyGrade = Literal["K3", "K4"]
KeyEffect = Literal["lowered", "metadata"]


class Written(BaseModel):
    """A mapping of a reference file: unknown keys are refused."""

    # Built when first used: most runs read a few of these shapes.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Bilingual(Written):
    """A text in both languages."""

    fr: Sentence
    en: Sentence


class Period(Written):
    """The days between which a text is in force; without `to`, it still is."""

    since: Day = Field(alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.to is not None and self.to < self.since:
            raise PydanticCustomError("period", "the end is before the beginning")
        return self


class TextRead(Written):
    """Which wording was read, when, and how far it can be trusted."""

    version: PartialDay | None = None
    read_on: Day | None = None
    grade: TextGrade

    @model_validator(mode="after")
    def _read_unless_from_memory(self) -> TextRead:
        if self.grade != "memory" and self.read_on is None:
            raise PydanticCustomError("unread", "a text above the grade memory says the day it was read")
        return self


class SourceRead(Written):
    """A document behind an entry."""

    title: Sentence
    publisher: Sentence | None = None
    url: Address
    date: PartialDay | None = None
    read_on: Day
    grade: Literal["official", "republished", "secondary"]


class Reach(Written):
    """Whom a law reaches: by the access that a party has, and by its tie to the law's places."""

    access: dict[Access, LevelName] = Field(min_length=1)
    nexus: dict[Nexus, LevelName] = Field(min_length=1)


class Mitigation(Written):
    """What keeps a law from giving plaintext."""

    key_grade: dict[KeyGrade, KeyEffect]


class GroupSpec(Written):
    """A union of places less some members."""

    all: list[Code] = Field(min_length=1)
    but: list[Code] = []


def _spec_kind(value: object) -> str:
    return "union" if isinstance(value, dict) else "list"


PlacesSpec = Annotated[
    Annotated[list[Code], Tag("list")] | Annotated[GroupSpec, Tag("union")],
    Discriminator(_spec_kind),
]
"""Places listed, or a union less some members: told apart by form, so that a mistake is reported once."""


class LawFile(Written):
    """`laws/<id>.yaml`."""

    id: Id
    name: Bilingual
    citation: Bilingual
    places: PlacesSpec
    status: Literal["in_force", "lapsed", "bill", "proposal", "repealed"]
    in_force: Period | None = None
    reaches: Reach
    mitigated_by: Mitigation | None = None
    what: Bilingual
    note: Bilingual | None = None
    url: Address
    text: TextRead
    sources: list[SourceRead] = []

    @model_validator(mode="after")
    def _dates_follow_status(self) -> LawFile:
        if (self.status in ("bill", "proposal")) != (self.in_force is None):
            raise PydanticCustomError("in_force_status", "in_force does not go with the status")
        ended = self.in_force is not None and self.in_force.to is not None
        if ended != (self.status in ("lapsed", "repealed")):
            raise PydanticCustomError("in_force_status", "in_force does not go with the status")
        return self


class StatuteEntry(Written):
    """An entry of `statutes.yaml` or `blocking.yaml`."""

    id: Id
    title: Bilingual
    citation: Bilingual
    place: Code
    url: Address
    status: Literal["in_force", "not_in_force"]
    in_force: Period | None = None
    text: TextRead
    note: Bilingual | None = None
    sources: list[SourceRead] = []

    @model_validator(mode="after")
    def _dates_follow_status(self) -> StatuteEntry:
        if self.status == "not_in_force" and self.in_force is not None:
            raise PydanticCustomError("in_force_status", "in_force does not go with the status")
        return self


class StatuteFile(Written):
    """`statutes.yaml` and `blocking.yaml`."""

    statutes: list[StatuteEntry]


class PlaceNames(Written):
    """A country's or subdivision's name; `short` is what follows a comma after a subdivision's."""

    fr: Sentence
    en: Sentence
    short: Bilingual | None = None


class Group(Written):
    """A group of countries, as it stood on a day."""

    name: Bilingual
    members: list[Code] = Field(min_length=1)
    as_of: Day
    note: Bilingual | None = None
    sources: list[SourceRead] = []


class PlacesFile(Written):
    """`places.yaml`."""

    sources: list[SourceRead]
    countries: dict[Code, PlaceNames]
    subdivisions: dict[Code, PlaceNames]
    groups: dict[Code, Group]


class RegionEntry(Written):
    """A region of a provider. Without `place` and `places`, it is located nowhere."""

    name: Sentence
    place: Code | None = None
    places: list[Code] = []
    pair: str | None = None
    partition: str | None = None
    aliases: list[str] = []
    grade: TextGrade | None = None
    note: Bilingual | None = None

    @model_validator(mode="after")
    def _one_way_of_saying_where(self) -> RegionEntry:
        if self.place is not None and self.places:
            raise PydanticCustomError("place_twice", "place and places are both given")
        return self


class RegionFile(Written):
    """`regions/<provider>.yaml`."""

    provider: Id
    name: Sentence
    grade: TextGrade
    sources: list[SourceRead]
    note: Bilingual | None = None
    regions: dict[str, RegionEntry]


M = TypeVar("M", bound=Written)


def read(path: Path, shape: type[M]) -> tuple[M, strictyaml.Document]:
    """Reads one reference file in its shape, with the document that says where each part stands.

    Raises:
        PolicyError: the file is not readable YAML, or departs from the shape (`SeveralErrors` where it does so often).
    """
    try:
        document = strictyaml.load(path)
    except InputError as error:
        raise PolicyError(error.code, place=error.place, **error.params) from error
    try:
        return shape.model_validate(document.value), document
    except ValidationError as error:
        raise_all([_explain(detail, document, shape) for detail in error.errors(include_url=False)])
        raise


def _explain(detail: ErrorDetails, document: strictyaml.Document, shape: type[Written]) -> SovercheckError:
    """One fault that pydantic found, as a sentence at its line."""
    kind = detail["type"]
    path, at_key = _written_path(detail["loc"], document.value)
    place = document.key_place(*path) if at_key or kind == "extra_forbidden" else document.place(*path)
    word = str(detail["loc"][-1]) if kind in ("extra_forbidden", "missing") else _shown(detail["input"])
    if kind == "extra_forbidden":
        return _unknown("reference_unknown_key", word, _keys(shape, path[:-1]), place)
    if kind == "missing":
        return PolicyError("reference_missing_key", place=place, key=word)
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
        return _unknown("reference_unknown_word", word, expected, place)
    code = _CODES.get(kind, "reference_wrong_form")
    return PolicyError(code, place=place, key=".".join(map(str, path)) or "—", word=word)


_CODES = {
    "day": "reference_day",
    "period": "reference_period",
    "unread": "reference_unread",
    "in_force_status": "reference_in_force_status",
    "place_twice": "reference_place_twice",
    "account_id": "config_account",
    "subscription_id": "config_subscription",
    "endpoint": "config_endpoint",
    "because": "config_because",
}


def _unknown(code: str, word: str, candidates: list[str], place: Place) -> PolicyError:
    near = nearest(word, candidates)
    expected = ", ".join(candidates)
    if near is None:
        return PolicyError(code, place=place, word=word, expected=expected)
    return PolicyError(f"{code}_near", place=place, word=word, near=near)


def _shown(value: object) -> str:
    """A value short enough for a sentence."""
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _written_path(loc: tuple[int | str, ...], value: strictyaml.Value) -> tuple[tuple[int | str, ...], bool]:
    """The part of pydantic's path that stands in the file, and whether the fault is in a key.

    Pydantic puts the names of a union's members and `[key]` into its path; they are nowhere in the file.
    """
    path: list[int | str] = []
    for step in loc:
        if step == "[key]":
            return tuple(path), True
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(step)
    return tuple(path), False


def _keys(shape: type[Written], path: tuple[int | str, ...]) -> list[str]:
    """The keys that a shape has at a path of the file."""
    models: list[type[BaseModel]] = [shape]
    for step in path:
        following: list[type[BaseModel]] = []
        for model in models:
            if isinstance(step, str):
                field = next((f for n, f in model.model_fields.items() if (f.alias or n) == step), None)
                if field is not None:
                    following.extend(_models(field.annotation))
        models = following or models
    return sorted({f.alias or n for model in models for n, f in model.model_fields.items()})


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models inside a type: of a union, of a list's items, of a mapping's values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, types.UnionType, list, dict, Annotated):
        for argument in get_args(annotation):
            yield from _models(argument)
