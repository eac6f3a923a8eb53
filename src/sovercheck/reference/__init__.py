"""The reference data: laws, statutes, places and the providers' regions, as shipped or as an organisation adds to them.

Read from YAML with `load_reference`, or from the catalogue that the wheel's build compiles with `Reference.from_json`,
which needs neither YAML nor pydantic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sovercheck import bundle
from sovercheck.light import dataclass
from sovercheck.reference.laws import Citation, Law, Level, Statute, load_laws, load_statutes
from sovercheck.reference.places import Group, Places, UnknownPlaceError, load_places
from sovercheck.reference.regions import Provider, Region, Regions, load_regions

__all__ = [
    "Law",
    "Level",
    "Places",
    "Reference",
    "Region",
    "Regions",
    "Statute",
    "UnknownPlaceError",
    "load_reference",
    "shipped_places",
]

COMPILED = "reference.json"
"""The file of the wheel's build with the shipped reference, as `Reference.to_json` gives it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that a rule or a report looks up and that no source collects.

    Attributes:
        laws: the laws by which a State can compel disclosure, by id.
        statutes: the duties that reports cite, by id.
        blocking: the statutes that forbid handing data to a foreign authority, by id.
        places: names and groups of places.
        regions: the providers' regions.
        compiled_sha256: what the build found `sha256` to be.
    """

    laws: Mapping[str, Law]
    statutes: Mapping[str, Statute]
    blocking: Mapping[str, Statute]
    places: Places
    regions: Regions
    compiled_sha256: str | None = None

    @property
    def sha256(self) -> str:
        """The hash of the content."""
        if self.compiled_sha256 is not None:
            return self.compiled_sha256
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """A plain value that `json` can write and `from_json` reads back; the same reference gives the same value."""
        return {
            "laws": [_law_to_json(law) for law in self.laws.values()],
            "statutes": [_statute_to_json(statute) for statute in self.statutes.values()],
            "blocking": [_statute_to_json(statute) for statute in self.blocking.values()],
            "places": {
                "countries": dict(self.places.countries),
                "subdivisions": dict(self.places.subdivisions),
                "short": dict(self.places.short),
                "groups": [_group_to_json(group) for group in self.places.groups.values()],
            },
            "providers": [[p.id, p.name, list(p.sources)] for p in self.regions.providers.values()],
            "regions": [_region_to_json(region, self.regions.names(region)) for region in self.regions.all],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Reference:
        """The reference that `to_json` wrote."""
        return cls(
            laws={entry["id"]: _law_from_json(entry) for entry in value["laws"]},
            statutes={entry["id"]: _statute_from_json(entry) for entry in value["statutes"]},
            blocking={entry["id"]: _statute_from_json(entry) for entry in value["blocking"]},
            places=_places_from_json(value["places"]),
            regions=Regions(
                [_region_from_json(entry) for entry in value["regions"]],
                {id_: Provider(id_, name, tuple(sources)) for id_, name, sources in value["providers"]},
            ),
            compiled_sha256=value.get("sha256"),
        )

    def compiled(self) -> dict[str, Any]:
        """What the wheel's build keeps of it: its plain value, and its hash."""
        return {**self.to_json(), "sha256": self.sha256}


def load_reference(folder: Path | None = None) -> Reference:
    """Reads a reference folder.

    Args:
        folder: the shipped reference by default, from the catalogue where the wheel's build compiled it.

    Raises:
        PolicyError: at its line, for an entry that cannot be used (`SeveralErrors` where a file has several faults).
    """
    compiled = bundle.compiled(COMPILED) if folder is None else None
    if compiled is not None:
        return Reference.from_json(json.loads(compiled.read_text(encoding="utf-8")))
    root = folder if folder is not None else bundle.policies() / "reference"
    places = load_places(root / "places.yaml")
    return Reference(
        laws=load_laws(root / "laws", places),
        statutes=load_statutes(root / "statutes.yaml", places),
        blocking=load_statutes(root / "blocking.yaml", places),
        places=places,
        regions=load_regions(root / "regions", places),
    )


@cache
def shipped_places() -> Places:
    """The places of the shipped reference alone, from the catalogue where the wheel's build compiled it."""
    compiled = bundle.compiled(COMPILED)
    if compiled is not None:
        return _places_from_json(json.loads(compiled.read_text(encoding="utf-8"))["places"])
    return load_places(bundle.policies() / "reference" / "places.yaml")


def _places_from_json(value: Mapping[str, Any]) -> Places:
    return Places(
        countries=value["countries"],
        subdivisions=value["subdivisions"],
        short=value["short"],
        groups={entry["id"]: _group_from_json(entry) for entry in value["groups"]},
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _citation_to_json(source: Citation) -> list[str | None]:
    return [source.title, source.url, source.read_on.isoformat(), source.grade, source.publisher, source.date]


def _citation_from_json(value: list[str]) -> Citation:
    title, url, read_on, grade, publisher, dated = value
    return Citation(title, url, date.fromisoformat(read_on), grade, publisher, dated)


def _law_to_json(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "name": law.name,
        "citation": law.citation,
        "what": law.what,
        "note": law.note,
        "url": law.url,
        "places": sorted(law.places),
        "status": law.status,
        "in_force": [_text(law.in_force_from), _text(law.in_force_to)],
        "access": {word: int(level) for word, level in law.access.items()},
        "nexus": {word: int(level) for word, level in law.nexus.items()},
        "key_grades": dict(law.key_grades),
        "text": [law.text_version, _text(law.text_read_on), law.text_grade],
        "sources": [_citation_to_json(source) for source in law.sources],
    }


def _law_from_json(value: Mapping[str, Any]) -> Law:
    since, to = value["in_force"]
    version, read_on, grade = value["text"]
    return Law(
        id=value["id"],
        name=value["name"],
        citation=value["citation"],
        what=value["what"],
        note=value["note"],
        url=value["url"],
        places=frozenset(value["places"]),
        status=value["status"],
        in_force_from=_day(since),
        in_force_to=_day(to),
        access={word: Level(level) for word, level in value["access"].items()},
        nexus={word: Level(level) for word, level in value["nexus"].items()},
        key_grades=value["key_grades"],
        text_version=version,
        text_read_on=_day(read_on),
        text_grade=grade,
        sources=tuple(_citation_from_json(source) for source in value["sources"]),
    )


def _statute_to_json(statute: Statute) -> dict[str, Any]:
    return {
        "id": statute.id,
        "title": statute.title,
        "citation": statute.citation,
        "url": statute.url,
        "place": statute.place,
        "status": statute.status,
        "in_force": [_text(statute.in_force_from), _text(statute.in_force_to)],
        "text": [statute.text_version, _text(statute.text_read_on), statute.text_grade],
        "note": statute.note,
        "sources": [_citation_to_json(source) for source in statute.sources],
    }


def _statute_from_json(value: Mapping[str, Any]) -> Statute:
    since, to = value["in_force"]
    version, read_on, grade = value["text"]
    return Statute(
        id=value["id"],
        title=value["title"],
        citation=value["citation"],
        url=value["url"],
        place=value["place"],
        status=value["status"],
        in_force_from=_day(since),
        in_force_to=_day(to),
        text_version=version,
        text_read_on=_day(read_on),
        text_grade=grade,
        note=value["note"],
        sources=tuple(_citation_from_json(source) for source in value["sources"]),
    )


def _group_to_json(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "members": sorted(group.members),
        "as_of": group.as_of.isoformat(),
        "note": group.note,
    }


def _group_from_json(value: Mapping[str, Any]) -> Group:
    return Group(
        id=value["id"],
        name=value["name"],
        members=frozenset(value["members"]),
        as_of=date.fromisoformat(value["as_of"]),
        note=value["note"],
    )


def _region_to_json(region: Region, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "provider": region.provider,
        "id": region.id,
        "name": region.name,
        "places": list(region.places),
        "pair": region.pair,
        "partition": region.partition,
        "grade": region.grade,
        "note": region.note,
        "names": list(names),
    }


def _region_from_json(value: Mapping[str, Any]) -> tuple[Region, tuple[str, ...]]:
    region = Region(
        provider=value["provider"],
        id=value["id"],
        name=value["name"],
        places=tuple(value["places"]),
        pair=value["pair"],
        partition=value["partition"],
        grade=value["grade"],
        note=value["note"],
    )
    return region, tuple(value["names"])
