"""A declaration: who says it and when, the sources that it names, then the tables of `inventory.records`.

    declaration: {by: Fournisseur inc., date: 2026-03-02, evidence: declared}
    sources:
      registre: {title: Registraire des entreprises, url: "https://…", read_on: 2026-03-01}
    parties:
      - {id: fournisseur, place: {value: CA-QC, evidence: documented, source: registre}}
    resources:
      - {id: base, observed_as: "arn:aws:rds:ca-central-1:111122223333:db:base"}

`leads:` may hold what nobody could show yet; it is never read as a fact.
"""

from __future__ import annotations

from collections.abc import Iterable

from sovercheck.errors import InputError, Place, SeveralErrors, SovercheckError, nearest, raise_all
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.records import grade_of_word, read_tables
from sovercheck.inventory.rows import Row
from sovercheck.inventory.values import read_date, shown
from sovercheck.strictyaml import Document, Value

_KEYS = ("declaration", "sources", "leads")
_HEADER_KEYS = ("by", "date", "evidence", "document", "note")
_SOURCE_KEYS = ("title", "publisher", "url", "reference", "date", "read_on", "evidence", "grade", "note")


def read_declaration(document: Document) -> list[Row]:
    """Reads the rows of one declaration.

    Without an `evidence` of its own, a declaration is `declared`.

    Raises:
        InputError: one mistake, with its file, line and column; `SeveralErrors` for all of them.
    """
    content = document.value
    if not isinstance(content, dict):
        raise InputError("declaration_form", place=document.place())
    if "declaration" not in content:
        raise InputError("declaration_header", place=document.place())
    errors: list[SovercheckError] = []
    base = header(document, content["declaration"], errors)
    sources = named_sources(document, content.get("sources", {}), base.grade, errors)
    rows: list[Row] = []
    try:
        rows = read_tables(document, base=base, sources=sources, besides=_KEYS)
    except SeveralErrors as error:
        errors.extend(error.errors)
    except InputError as error:
        errors.append(error)
    raise_all(errors)
    return rows


def header(document: Document, value: Value, errors: list[SovercheckError]) -> Evidence:
    """The evidence of what says nothing else."""
    found = _Mapping(document, ("declaration",), errors)
    read = found.texts(value, _HEADER_KEYS, ("by",))
    grade = found.grade(read, Grade.DECLARED)
    return Evidence(
        grade, read.get("by", document.file), found.date(read, "date"), read.get("document"), read.get("note")
    )


def named_sources(document: Document, value: Value, grade: Grade, errors: list[SovercheckError]) -> dict[str, Evidence]:
    """The sources that `sources` names, as evidence, by the name that `source:` gives them."""
    if not isinstance(value, dict):
        errors.append(InputError("declaration_sources", place=document.place("sources")))
        return {}
    sources: dict[str, Evidence] = {}
    for name, entry in value.items():
        found = _Mapping(document, ("sources", name), errors)
        read = found.texts(entry, _SOURCE_KEYS, ("title",))
        title = read.get("title", name)
        says = f"{read['publisher']}, {title}" if "publisher" in read else title
        # A page without a date of its own is dated by the day it was read.
        read_on = found.date(read, "read_on")
        day = found.date(read, "date") or read_on
        locator = " ".join(read[key] for key in ("reference", "url") if key in read) or None
        sources[name] = Evidence(found.grade(read, grade), says, day, locator, read.get("note"))
    return sources


class _Mapping:
    """A mapping of plain texts, its mistakes collected."""

    def __init__(self, document: Document, path: tuple[str, ...], errors: list[SovercheckError]) -> None:
        self._document = document
        self._path = path
        self._errors = errors

    def texts(self, value: Value, keys: Iterable[str], required: Iterable[str]) -> dict[str, str]:
        """The texts of the known keys; a year written alone is one too."""
        if not isinstance(value, dict):
            self._errors.append(InputError("declaration_mapping", place=self._place(), key=self._path[-1]))
            return {}
        keys = tuple(keys)
        read: dict[str, str] = {}
        for key, content in value.items():
            if key not in keys:
                near = nearest(key, keys)
                code = "declaration_key_near" if near else "declaration_key"
                where = self._document.key_place(*self._path, key)
                expected = ", ".join(keys)
                self._errors.append(InputError(code, place=where, key=shown(key), near=near, expected=expected))
            elif isinstance(content, str) and content.strip():
                read[key] = content
            elif key in ("date", "read_on") and isinstance(content, int) and not isinstance(content, bool):
                read[key] = f"{content:04d}"
            else:
                code = "record_null" if content is None else "record_type_text"
                self._errors.append(InputError(code, place=self._place(key), fact=key, word=shown(content)))
        for key in required:
            if key not in value:
                code = "declaration_missing"
                self._errors.append(InputError(code, place=self._place(), key=key, of=self._path[-1]))
        return read

    def date(self, read: dict[str, str], key: str) -> str | None:
        """A date among the texts, or None."""
        if key not in read:
            return None
        try:
            return read_date(read[key], lambda *_: self._place(key))
        except InputError as error:
            self._errors.append(error)
            return None

    def grade(self, read: dict[str, str], default: Grade) -> Grade:
        """The grade among the texts; never `observed`."""
        if "evidence" not in read:
            return default
        try:
            grade = grade_of_word(read["evidence"], self._place("evidence"))
        except InputError as error:
            self._errors.append(error)
            return default
        if grade is Grade.OBSERVED:
            self._errors.append(InputError("record_observed", place=self._place("evidence")))
            return default
        return grade

    def _place(self, *path: str) -> Place:
        return self._document.place(*self._path, *path)
