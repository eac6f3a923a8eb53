"""The providers' regions, and the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from sovercheck.errors import PolicyError
from sovercheck.light import dataclass
from sovercheck.reference.places import Places, Texts, UnknownPlaceError, country_of, unknown_place


@dataclass(frozen=True, slots=True)
class Region:
    """A region of a provider.

    Attributes:
        provider: the provider's file: `aws`, `azure`, `google`, `oci`, `ovhcloud`, `ibm`.
        id: the region's name in the provider's interfaces: `canadaeast`.
        name: what the provider calls it for people.
        places: where its data may be, ISO 3166-2 where known: one place, several for a region that spans them, none
            for one that is located nowhere (`global`).
        pair: the id of the region that it is paired with by the provider, if it is.
        partition: the separate cloud that it belongs to (`aws-cn`), if not the provider's public one.
        grade: how its place is known: `official`, `republished`, `secondary` or `memory`.
        note: a doubt.
    """

    provider: str
    id: str
    name: str
    places: tuple[str, ...]
    pair: str | None
    partition: str | None
    grade: str
    note: Texts | None

    @property
    def place(self) -> str | None:
        """The smallest place that holds the whole region, or None if there is none."""
        if len(self.places) == 1:
            return self.places[0]
        countries = {country_of(place) for place in self.places}
        return countries.pop() if len(countries) == 1 else None


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider whose regions are known.

    Attributes:
        id: `aws`.
        name: what people call it.
        sources: the titles and addresses of what its regions were read in, with the day.
    """

    id: str
    name: str
    sources: tuple[str, ...]


class Regions:
    """Every known region, found by its provider and any spelling of its name."""

    __slots__ = ("_found", "_names", "all", "providers")

    def __init__(self, regions: Iterable[tuple[Region, Iterable[str]]], providers: Mapping[str, Provider]) -> None:
        """Indexes regions.

        Args:
            regions: each with its other names.
            providers: by id.
        """
        pairs = [(region, tuple(names)) for region, names in regions]
        self.all: tuple[Region, ...] = tuple(region for region, _ in pairs)
        self.providers = dict(providers)
        self._found: dict[tuple[str, str], Region] = {}
        for region, names in pairs:
            for name in (region.name, *names):
                self._found.setdefault((region.provider, spelling(name)), region)
        # An id wins over another region's display name.
        self._found.update({(region.provider, spelling(region.id)): region for region in self.all})
        self._names: dict[tuple[str, str], list[str]] = {}

    def place(self, provider: str, region: str) -> Region | None:
        """The region of that name, whatever its case and spaces, or None if it is not known.

        Args:
            provider: a provider's id.
            region: its id or display name: `canadaeast`, `Canada East`.
        """
        return self._found.get((spelling(provider), spelling(region)))

    def names(self, region: Region) -> tuple[str, ...]:
        """The spellings under which a region is found, sorted."""
        if not self._names:
            for (_, name), found in self._found.items():
                self._names.setdefault((found.provider, found.id), []).append(name)
        return tuple(sorted(self._names.get((region.provider, region.id), ())))


@lru_cache(maxsize=1024)
def spelling(name: str) -> str:
    """A name without case and white space, as regions are compared."""
    return "".join(name.split()).casefold()


def load_regions(folder: Path, places: Places) -> Regions:
    """Reads every `<provider>.yaml` of a folder of regions.

    Raises:
        PolicyError: at its line, for an entry that cannot be used (`SeveralErrors` where a file has several faults).
    """
    regions: list[tuple[Region, Iterable[str]]] = []
    providers: dict[str, Provider] = {}
    for path in sorted(folder.glob("*.yaml")):
        provider, found = _read(path, places)
        providers[provider.id] = provider
        regions.extend(found)
    return Regions(regions, providers)


def _read(path: Path, places: Places) -> tuple[Provider, list[tuple[Region, Iterable[str]]]]:
    from sovercheck.reference import written

    file, document = written.read(path, written.RegionFile)
    if file.provider != path.stem:
        raise PolicyError("reference_id_is_file", place=document.place("provider"), id=file.provider, file=path.stem)
    found: list[tuple[Region, Iterable[str]]] = []
    for name, entry in file.regions.items():
        key = "place" if entry.place is not None else "places"
        try:
            spanned = places.expand([entry.place] if entry.place is not None else entry.places)
        except UnknownPlaceError as error:
            raise unknown_place(error, document.place("regions", name, key)) from error
        if entry.pair is not None and entry.pair not in file.regions:
            raise PolicyError("reference_pair", place=document.place("regions", name, "pair"), pair=entry.pair)
        region = Region(
            provider=file.provider,
            id=name,
            name=entry.name,
            places=tuple(sorted(spanned)),
            pair=entry.pair,
            partition=entry.partition,
            grade=entry.grade or file.grade,
            note=entry.note.model_dump() if entry.note else None,
        )
        found.append((region, entry.aliases))
    sources = tuple(f"{source.title}, {source.url} ({source.read_on.isoformat()})" for source in file.sources)
    return Provider(file.provider, file.name, sources), found
