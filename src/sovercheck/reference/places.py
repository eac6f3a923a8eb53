"""Countries, the subdivisions that matter, and groups of countries, with their names in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from sovercheck.errors import Place, PolicyError, nearest
from sovercheck.light import dataclass
from sovercheck.messages import Lang

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Countries that a law or a policy names together, such as the European Union.

    Attributes:
        id: its name in files: `EU`, `EEA`, `five-eyes`.
        name: in French and English.
        members: ISO 3166-1 codes.
        as_of: the day on which these were the members.
        note: a doubt, or what the group leaves out.
    """

    id: str
    name: Texts
    members: frozenset[str]
    as_of: date
    note: Texts | None


class UnknownPlaceError(KeyError):
    """A code that is neither a known country, a known subdivision nor a group."""

    def __init__(self, code: str, near: str | None) -> None:
        self.code = code
        self.near = near
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Places:
    """The places that have a name here.

    Attributes:
        countries: ISO 3166-1 alpha-2 code → name by language.
        subdivisions: ISO 3166-2 code → name by language.
        short: country → the short name that follows a subdivision's (« É.-U. »).
        groups: by id.
    """

    countries: Mapping[str, Texts]
    subdivisions: Mapping[str, Texts]
    short: Mapping[str, Texts]
    groups: Mapping[str, Group]

    def knows(self, code: str) -> bool:
        """Whether a code is a country or a subdivision with a name here; a group is not a place."""
        return code in self.countries or code in self.subdivisions

    def name(self, code: str, lang: Lang) -> str:
        """A place or a group as people say it: « Québec », « Virginie, É.-U. », « Union européenne ».

        A subdivision of Canada goes without its country. One without a name here is given by its code and its
        country's name, and a code of no known country as it stands: such codes come from outside, in an inventory.
        """
        if code in self.groups:
            return self.groups[code].name[lang]
        if code in self.countries:
            return self.countries[code][lang]
        country = country_of(code)
        own = self.subdivisions[code][lang] if code in self.subdivisions else code
        if country == "CA" or country not in self.countries:
            return own
        return f"{own}, {self.short.get(country, self.countries[country])[lang]}"

    def expand(self, spec: Iterable[str] | Mapping[str, Iterable[str]]) -> frozenset[str]:
        """The places that a specification names, its groups replaced by their members.

        Args:
            spec: codes and groups (`[US, EU]`), or a union less some of its members (`{all: [EU], but: [DK]}`).

        Raises:
            UnknownPlaceError: a code or group that has no name here.
        """
        if isinstance(spec, Mapping):
            return self._union(spec["all"]) - self._union(spec.get("but", ()))
        return self._union(spec)

    def _union(self, codes: Iterable[str]) -> frozenset[str]:
        return frozenset(place for code in codes for place in self._members(code))

    def _members(self, code: str) -> frozenset[str]:
        if code in self.groups:
            return self.groups[code].members
        if not self.knows(code):
            raise UnknownPlaceError(code, nearest(code, [*self.groups, *self.countries, *self.subdivisions]))
        return frozenset({code})


def country_of(code: str) -> str:
    """The ISO 3166-1 part of a code: `CA` for `CA-QC`."""
    return code.partition("-")[0]


def load_places(path: Path) -> Places:
    """Reads `places.yaml`.

    Raises:
        PolicyError: at its line, where the file cannot be used.
    """
    from sovercheck.reference import written

    file, document = written.read(path, written.PlacesFile)
    for code in file.subdivisions:
        if country_of(code) not in file.countries or country_of(code) == code:
            raise PolicyError(
                "reference_unknown_place", place=document.key_place("subdivisions", code), code=country_of(code)
            )
    for name, group in file.groups.items():
        for position, member in enumerate(group.members):
            if member not in file.countries:
                at = document.place("groups", name, "members", position)
                raise unknown_place(UnknownPlaceError(member, nearest(member, file.countries)), at)
    return Places(
        countries={code: {"fr": names.fr, "en": names.en} for code, names in file.countries.items()},
        subdivisions={code: {"fr": names.fr, "en": names.en} for code, names in file.subdivisions.items()},
        short={
            code: {"fr": names.short.fr, "en": names.short.en}
            for code, names in file.countries.items()
            if names.short is not None
        },
        groups={
            name: Group(
                id=name,
                name=group.name.model_dump(),
                members=frozenset(group.members),
                as_of=group.as_of,
                note=group.note.model_dump() if group.note else None,
            )
            for name, group in file.groups.items()
        },
    )


def unknown_place(error: UnknownPlaceError, at: Place) -> PolicyError:
    """The error that a file's author sees for a code that has no name here."""
    if error.near is None:
        return PolicyError("reference_unknown_place", place=at, code=error.code)
    return PolicyError("reference_unknown_place_near", place=at, code=error.code, near=error.near)
