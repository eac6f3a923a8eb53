"""Laws by which a State can compel disclosure, and the statutes and blocking statutes that reports cite beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck.errors import PolicyError
from sovercheck.light import dataclass
from sovercheck.reference.places import Places, Texts, UnknownPlaceError, unknown_place

if TYPE_CHECKING:
    from sovercheck.reference import written


class Level(IntEnum):
    """How far a law reaches a subject; the greater, the more exposed."""

    NONE_KNOWN = 0
    POSSIBLE = 1
    EXPOSED = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """A document behind an entry.

    Attributes:
        grade: `official`, `republished` or `secondary` (press, a firm, a third party's page).
    """

    title: str
    url: str
    read_on: date
    grade: str
    publisher: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """An entry of the jurisdiction catalogue: who a law reaches, since when, until when.

    Attributes:
        id: its file's name, `us-cloud-act`.
        name: what people call it, in French and English.
        citation: the law and its articles.
        what: who it reaches and what it compels, in one or two sentences.
        note: doubts, and what was not verified.
        url: the official address.
        places: the ISO 3166 codes of its jurisdiction, groups replaced by their members.
        status: `in_force`, `lapsed`, `repealed`, `bill` or `proposal`.
        in_force_from: None for a bill or a proposal.
        in_force_to: the last day in force; None while in force.
        access: access word → level; a word that is absent gives none.
        nexus: `incorporated`, `controlled`, `present` → level; a word that is absent gives none.
        key_grades: key grade (`K3`, `K4`) → what it does to a path: `lowered` or `metadata`.
        text_version: the day, month or year of the wording that was read, if known.
        text_read_on: None where the law is known from memory only.
        text_grade: `official`, `republished`, `secondary` or `memory`.
        sources: what the entry rests on besides the text.
    """

    id: str
    name: Texts
    citation: Texts
    what: Texts
    note: Texts | None
    url: str
    places: frozenset[str]
    status: str
    in_force_from: date | None
    in_force_to: date | None
    access: Mapping[str, Level]
    nexus: Mapping[str, Level]
    key_grades: Mapping[str, str]
    text_version: str | None
    text_read_on: date | None
    text_grade: str
    sources: tuple[Citation, ...]

    def in_force_on(self, day: date) -> bool:
        """Whether the law is in force on a day; both ends count."""
        return _covers(self.in_force_from, self.in_force_to, day)

    def access_level(self, access: str) -> Level:
        """The level that an access gives."""
        return self.access.get(access, Level.NONE_KNOWN)

    def nexus_level(self, nexus: str) -> Level:
        """The level that a tie to the law's places gives."""
        return self.nexus.get(nexus, Level.NONE_KNOWN)


@dataclass(frozen=True, slots=True)
class Statute:
    """A provision that a report cites and that compels no disclosure: a duty in Québec, or a blocking statute abroad.

    Attributes:
        id: `qc-a-2-1-70-1` for article 70.1 of chapter A-2.1.
        title: the law's title.
        citation: the law and its article.
        url: the official address.
        place: the ISO 3166 code of the State or province.
        status: `in_force` or `not_in_force`, as read.
        in_force_from: None where it is not in force, or since when is not known.
        in_force_to: the last day in force; None while in force.
        text_version: the day, month or year of the wording that was read, if known.
        text_read_on: None where it is known from memory only.
        text_grade: `official`, `republished`, `secondary` or `memory`.
        note: doubts, and what was not verified.
        sources: what the entry rests on besides the text.
    """

    id: str
    title: Texts
    citation: Texts
    url: str
    place: str
    status: str
    in_force_from: date | None
    in_force_to: date | None
    text_version: str | None
    text_read_on: date | None
    text_grade: str
    note: Texts | None
    sources: tuple[Citation, ...]

    def in_force_on(self, day: date) -> bool | None:
        """Whether the provision is in force on a day, both ends counted; None where since when is not known."""
        if self.status == "in_force" and self.in_force_from is None:
            return None
        return _covers(self.in_force_from, self.in_force_to, day)


def _covers(since: date | None, to: date | None, day: date) -> bool:
    return since is not None and since <= day and (to is None or day <= to)


def load_laws(folder: Path, places: Places) -> dict[str, Law]:
    """Reads every `<id>.yaml` of a folder of laws.

    Args:
        folder: `policies/reference/laws`, or an organisation's own.
        places: what the codes and groups of `places:` are looked up in.

    Raises:
        PolicyError: at its line, for an entry that cannot be used (`SeveralErrors` where a file has several faults).
    """
    laws: dict[str, Law] = {}
    for path in sorted(folder.glob("*.yaml")):
        law = _read_law(path, places)
        laws[law.id] = law
    return laws


def _read_law(path: Path, places: Places) -> Law:
    from sovercheck.reference import written

    file, document = written.read(path, written.LawFile)
    if file.id != path.stem:
        raise PolicyError("reference_id_is_file", place=document.place("id"), id=file.id, file=path.stem)
    spec = file.places if isinstance(file.places, list) else {"all": file.places.all, "but": file.places.but}
    try:
        expanded = places.expand(spec)
    except UnknownPlaceError as error:
        raise unknown_place(error, document.place("places", *_position(spec, error.code))) from error
    return Law(
        id=file.id,
        name=file.name.model_dump(),
        citation=file.citation.model_dump(),
        what=file.what.model_dump(),
        note=file.note.model_dump() if file.note else None,
        url=file.url,
        places=expanded,
        status=file.status,
        in_force_from=file.in_force.since if file.in_force else None,
        in_force_to=file.in_force.to if file.in_force else None,
        access={word: Level[level.upper()] for word, level in file.reaches.access.items()},
        nexus={word: Level[level.upper()] for word, level in file.reaches.nexus.items()},
        key_grades={str(grade): str(effect) for grade, effect in file.mitigated_by.key_grade.items()}
        if file.mitigated_by
        else {},
        text_version=file.text.version,
        text_read_on=file.text.read_on,
        text_grade=file.text.grade,
        sources=tuple(_citation(source) for source in file.sources),
    )


def _position(spec: list[str] | dict[str, list[str]], code: str) -> tuple[str | int, ...]:
    """Where a code stands in a specification of places."""
    if isinstance(spec, list):
        return (spec.index(code),)
    return next((key, codes.index(code)) for key, codes in spec.items() if code in codes)


def load_statutes(path: Path, places: Places) -> dict[str, Statute]:
    """Reads `statutes.yaml` or `blocking.yaml`.

    Raises:
        PolicyError: at its line, for an entry that cannot be used (`SeveralErrors` where the file has several faults).
    """
    from sovercheck.reference import written

    file, document = written.read(path, written.StatuteFile)
    statutes: dict[str, Statute] = {}
    for position, entry in enumerate(file.statutes):
        if entry.id in statutes:
            raise PolicyError("reference_twice", place=document.place("statutes", position, "id"), id=entry.id)
        try:
            places.expand([entry.place])
        except UnknownPlaceError as error:
            raise unknown_place(error, document.place("statutes", position, "place")) from error
        statutes[entry.id] = Statute(
            id=entry.id,
            title=entry.title.model_dump(),
            citation=entry.citation.model_dump(),
            url=entry.url,
            place=entry.place,
            status=entry.status,
            in_force_from=entry.in_force.since if entry.in_force else None,
            in_force_to=entry.in_force.to if entry.in_force else None,
            text_version=entry.text.version,
            text_read_on=entry.text.read_on,
            text_grade=entry.text.grade,
            note=entry.note.model_dump() if entry.note else None,
            sources=tuple(_citation(source) for source in entry.sources),
        )
    return statutes


def _citation(source: written.SourceRead) -> Citation:
    return Citation(
        title=source.title,
        url=source.url,
        read_on=source.read_on,
        grade=source.grade,
        publisher=source.publisher,
        date=source.date,
    )
