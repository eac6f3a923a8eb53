"""The tables that people write in YAML, as rows of the inventory.

A declaration, a supplier of the reference data and the miniature inventory of a rule's test have the same form:

    parties:
      - id: exemple
        name: Exemple inc.
        place: {value: CA-QC, evidence: documented, document: REQ 1234567890}
        present_in: {members: [CA-QC], open: true}
    resources:
      - {id: base, system: dossier, bytes: {at_least: 1000}}

What is left out is unknown; the word `none` says that it is known that there is none. `system` (or `systems`, a list)
of a resource makes a tie, and `observed_as` says under which id a reading of the account gives it; an outage is one
unless it says how many (`count`). A row may say `evidence`, `source`, `date`, `document` and `note` for all its facts;
a fact of the same name, as the date of an EFVP, comes first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from sovercheck.errors import InputError, Place, SeveralErrors, SovercheckError, nearest, raise_all
from sovercheck.inventory.evidence import GRADE_WORDS, Evidence, Grade
from sovercheck.inventory.facts import TABLES, Fact, Table, facts_of
from sovercheck.inventory.rows import Known, Row
from sovercheck.inventory.values import read_date, read_value, shown
from sovercheck.light import dataclass
from sovercheck.strictyaml import Document, Path_, Value

ID = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9._:/@+()~-]{0,1023}\Z")
"""The ids of subjects: letters without accents, digits and `. _ : / @ + ( ) ~ -`, at most 1024.

The first is a letter, a digit, `_` or `/`, so that no id is a formula in a spreadsheet.
"""

TABLE_OF: Mapping[str, Table] = {table.plural: table for table in TABLES.values()}
"""The table of each key of a declaration."""

_NOTHING: Mapping[str, Collection[str]] = MappingProxyType({})
_LINK_TABLES = frozenset({"involvement", "ownership", "outage", "efvp", "tie"})
_EVIDENCE_KEYS = ("evidence", "source", "date", "document", "note")
_IDENTIFYING: Mapping[str, tuple[str, ...]] = {"involvement": ("role",), "outage": ("started",), "efvp": ("kind",)}
"""Facts that tell two links between the same ends apart."""


def read_tables(
    document: Document,
    *,
    base: Evidence,
    sources: Mapping[str, Evidence],
    path: Path_ = (),
    besides: Collection[str] = (),
    inside: Mapping[str, Collection[str]] = _NOTHING,
) -> list[Row]:
    """Reads the tables of a mapping.

    Args:
        document: the file, read.
        base: the evidence of what says nothing else. Only where it is `observed`, as in a rule's test, may a fact say
            `observed`, or say `documented` without naming a document.
        sources: what `source:` may name.
        path: of the mapping in the document.
        besides: keys of the mapping that are no tables, and that the caller reads.
        inside: table → keys of its rows that are no facts, and that the caller reads.

    Returns:
        The rows in the order of the file, each tie after its resource.

    Raises:
        InputError: one mistake, with its file, line and column; `SeveralErrors` for all of them.
    """
    reading = _Reading(document, base, sources, inside, [], {})
    value = _at(document.value, path)
    rows: list[Row] = []
    if not isinstance(value, dict):
        raise InputError("record_tables", place=document.place(*path))
    for key, content in value.items():
        if key in besides:
            continue
        table = TABLE_OF.get(key)
        if table is None:
            reading.unknown("record_table", key, [*TABLE_OF, *besides], document.key_place(*path, key))
        elif not isinstance(content, list):
            reading.errors.append(InputError("record_table_rows", place=document.place(*path, key), table=key))
        else:
            for number, row in enumerate(content):
                rows.extend(reading.row(table, row, (*path, key, number)))
    raise_all(reading.errors)
    return rows


def check_references(
    rows: Iterable[Row], *, parties: Collection[str] = (), saved: Mapping[str, Collection[str]] = _NOTHING
) -> None:
    """Checks that every link points to a subject that some row is about.

    Args:
        rows: of all sources, once all are read.
        parties: ids of parties that exist besides: those of the reference data.
        saved: table → ids that exist besides: those of saved inventories.

    Raises:
        InputError: a link to nothing, at its row, with the nearest id; `SeveralErrors` for all of them.
    """
    known: dict[str, set[str]] = {name: set(saved.get(name, ())) for name in TABLES}
    known["party"].update(parties)
    linked: list[Row] = []
    for row in rows:
        known[row.table].add(row.id)
        if row.links:
            linked.append(row)
    errors: list[SovercheckError] = []
    for row in linked:
        for link, target in row.links.items():
            table = TABLES[row.table].links[link]
            if target not in known[table]:
                near = nearest(target, sorted(known[table]))
                code = "record_reference_near" if near else "record_reference"
                errors.append(InputError(code, place=row.place, link=link, word=shown(target), near=near))
    raise_all(errors)


def grade_of_word(value: Value, place: Place) -> Grade:
    """The grade that a word of evidence names.

    Raises:
        InputError: it names none; with the nearest.
    """
    if isinstance(value, str) and value in GRADE_WORDS:
        return Grade.of(value)
    near = nearest(str(value), GRADE_WORDS)
    if near is not None:
        raise InputError("record_evidence_near", place=place, word=shown(value), near=near)
    raise InputError("record_evidence", place=place, word=shown(value), expected=", ".join(GRADE_WORDS))


def _at(value: Value, path: Path_) -> Value:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


@dataclass(slots=True)
class _Said:
    """What a row or a fact says of its own evidence; None where it says nothing."""

    grade: Grade | None = None
    source: Evidence | None = None
    date: str | None = None
    document: str | None = None
    note: str | None = None


@dataclass(slots=True)
class _Reading:
    """One document being read, and the mistakes found in it so far."""

    document: Document
    base: Evidence
    sources: Mapping[str, Evidence]
    inside: Mapping[str, Collection[str]]
    errors: list[SovercheckError]
    seen: dict[tuple[str, str], Place]

    def unknown(self, code: str, word: str, candidates: Iterable[str], place: Place, **params: object) -> None:
        near = nearest(word, candidates)
        if near is not None:
            self.errors.append(InputError(f"{code}_near", place=place, word=shown(word), near=near, **params))
        else:
            expected = ", ".join(candidates)
            self.errors.append(InputError(code, place=place, word=shown(word), expected=expected, **params))

    def row(self, table: Table, value: Value, path: Path_) -> Iterator[Row]:
        place = self.document.place(*path)
        if not isinstance(value, dict):
            self.errors.append(InputError("record_row", place=place, table=table.plural))
            return
        facts = {fact.short: fact for fact in facts_of(table.name)}
        links: dict[str, str] = {}
        known: dict[str, Known] = {}
        systems: list[str] = []
        observed_as: str | None = None
        mistakes = len(self.errors)
        own = self._said(value, path, facts)
        id_ = self._own_id(table, value, path)
        for key, content in value.items():
            try:
                if key == "id" or key in self.inside.get(table.name, ()):
                    continue
                if table.name == "resource" and key in ("system", "systems"):
                    systems.extend(self._systems(content, (*path, key), many=key == "systems"))
                elif table.name == "resource" and key == "observed_as":
                    observed_as = self._id(content, self.document.place(*path, key), key)
                elif key in table.links:
                    links[key] = self._id(content, self.document.place(*path, key), key)
                elif key in facts:
                    known[key] = self._fact(facts[key], content, own, (*path, key))
                elif key not in _EVIDENCE_KEYS:
                    ours = ["id", *table.links, *(f.short for f in facts.values() if not f.derived), *_EVIDENCE_KEYS]
                    ours += ["system", "systems", "observed_as"] if table.name == "resource" else []
                    ours += self.inside.get(table.name, ())
                    self.unknown("record_fact", key, ours, self.document.key_place(*path, key), table=table.plural)
            except SeveralErrors as error:
                self.errors.extend(error.errors)
            except InputError as error:
                self.errors.append(error)
        # A key that could not be read stands in the row all the same: one mistake, one message.
        for link in table.required_links:
            if link not in value:
                self.errors.append(InputError("record_link_missing", place=place, table=table.plural, link=link))
        if table.name == "involvement" and "system" not in value and "resource" not in value:
            self.errors.append(InputError("record_involvement", place=place))
        if len(self.errors) > mistakes:
            return
        if id_ is None:
            id_ = self._made_id(table, links, known, place)
        if table.name == "outage" and "minutes" in known and "count" not in known:
            # An entry of a log is one outage unless it says how many.
            known["count"] = Known(Decimal(1), known["minutes"].evidence, Decimal(1))
        yield Row(table.name, id_, links, known, place, observed_as)
        for system in dict.fromkeys(systems):
            yield Row("tie", link_id(id_, system), {"resource": id_, "system": system}, {}, place)

    def _own_id(self, table: Table, value: dict[str, Value], path: Path_) -> str | None:
        """The id that a row gives itself; None where it has none, which only a link may."""
        if "id" not in value:
            if has_own_id(table):
                place = self.document.place(*path)
                self.errors.append(InputError("record_id_missing", place=place, table=table.plural))
            return None
        place = self.document.place(*path, "id")
        try:
            id_ = self._id(value["id"], place, "id")
        except InputError as error:
            self.errors.append(error)
            return None
        first = self.seen.setdefault((table.name, id_), place)
        if first is not place:
            self.errors.append(InputError("record_duplicate_id", place=place, id=id_, line=first.line))
        return id_

    def _made_id(self, table: Table, links: dict[str, str], known: dict[str, Known], place: Place) -> str:
        """The id of a link that gives none: its ends and what tells it apart; a second equal one gets a number."""
        ends = [links[link] for link in table.links if link in links]
        made = link_id(
            *ends, *(str(known[short].value) for short in _IDENTIFYING.get(table.name, ()) if short in known)
        )
        id_, number = made, 1
        while (table.name, id_) in self.seen:
            number += 1
            id_ = f"{made}#{number}"
        self.seen[(table.name, id_)] = place
        return id_

    def _id(self, value: Value, place: Place, key: str) -> str:
        if value is None:
            raise InputError("record_link_null", place=place, key=key)
        if not isinstance(value, str):
            raise InputError("record_id_quotes", place=place, key=key, word=shown(value))
        if not ID.match(value):
            raise InputError("record_id", place=place, key=key, word=shown(value))
        return value

    def _systems(self, value: Value, path: Path_, *, many: bool) -> list[str]:
        if not many:
            return [self._id(value, self.document.place(*path), "system")]
        if not isinstance(value, list):
            raise InputError("record_systems", place=self.document.place(*path))
        return [self._id(item, self.document.place(*path, n), "systems") for n, item in enumerate(value)]

    def _said(self, value: dict[str, Value], path: Path_, facts: Collection[str] = ()) -> _Said:
        """What a mapping says of its evidence, but for the keys that are facts of its own."""
        said = _Said()
        for key in _EVIDENCE_KEYS:
            if key not in value or key in facts:
                continue
            try:
                self._say(said, key, value[key], self.document.place(*path, key))
            except InputError as error:
                self.errors.append(error)
        return said

    def _say(self, said: _Said, key: str, content: Value, place: Place) -> None:
        if content is None:
            raise InputError("record_null", place=place, fact=key)
        if key == "evidence":
            said.grade = self._grade(content, place)
        elif key == "date":
            said.date = read_date(content, lambda *_: place)
        elif not isinstance(content, str):
            raise InputError("record_type_text", place=place, fact=key, word=shown(content))
        elif key == "source":
            said.source = self._source(content, place)
        elif key == "document":
            said.document = content
        else:
            said.note = content

    def _grade(self, value: Value, place: Place) -> Grade:
        grade = grade_of_word(value, place)
        if grade is Grade.OBSERVED and self.base.grade is not Grade.OBSERVED:
            raise InputError("record_observed", place=place)
        return grade

    def _source(self, name: str, place: Place) -> Evidence | None:
        if name not in self.sources:
            self.unknown("record_source", name, list(self.sources), place)
            return None
        return self.sources[name]

    def _fact(self, fact: Fact, content: Value, own: _Said, path: Path_) -> Known:
        if fact.derived:
            raise InputError("record_derived", place=self.document.key_place(*path), fact=fact.name)
        said, is_open, inner = own, False, path
        if isinstance(content, dict):
            said = self._said(content, path)
            content, is_open, inner = self._inside(fact, content, path)

        def at(*steps: str | int) -> Place:
            return self.document.place(*inner, *steps)

        read = read_value(fact, content, at, is_open=is_open)
        return Known(read.value, self._evidence(fact, said, own, path), read.high, read.open)

    def _inside(self, fact: Fact, content: dict[str, Value], path: Path_) -> tuple[Value, bool, Path_]:
        """The plain value of a fact written as a mapping, whether its list is open, and where the value stands."""
        place = self.document.place(*path)
        takes = ["value", *_EVIDENCE_KEYS]
        takes += ["members", "open"] if fact.is_list else ["at_least", "at_most"] if fact.is_interval else []
        for key in content:
            if key not in takes:
                near = nearest(key, takes)
                code = "record_fact_key_near" if near else "record_fact_key"
                where = self.document.key_place(*path, key)
                raise InputError(
                    code, place=where, fact=fact.name, key=shown(key), near=near, expected=", ".join(takes)
                )
        is_open = content.get("open", False)
        if not isinstance(is_open, bool):
            raise InputError("record_type_boolean", place=self.document.place(*path, "open"), fact="open", word=is_open)
        forms = [key for key in ("value", "members") if key in content]
        ends: dict[str, Value] = {key: content[key] for key in ("at_least", "at_most") if key in content}
        if len(forms) + bool(ends) != 1:
            code = "record_value_missing" if not forms and not ends else "record_value_twice"
            raise InputError(code, place=place, fact=fact.name)
        if ends:
            return ends, is_open, path
        return content[forms[0]], is_open, (*path, forms[0])

    def _evidence(self, fact: Fact, said: _Said, own: _Said, path: Path_) -> Evidence:
        """The evidence of a fact: what it says itself, then its row, then the source that either names, then the base.

        A row's date, document and note are those of the row's own source: a fact that names another takes none of them.
        """
        source = said.source or own.source
        ground = source or self.base
        grade = said.grade or own.grade or ground.grade
        if said.source is not None:
            own = _Said(own.grade)
        locator = said.document or own.document or ground.locator
        if grade is Grade.DOCUMENTED and locator is None and self.base.grade is not Grade.OBSERVED:
            if fact.short != "name":
                raise InputError("record_documented", place=self.document.place(*path), fact=fact.name)
            # What something is called is no claim about it; nothing shows it either.
            grade = Grade.DECLARED
        return Evidence(
            grade,
            ground.source,
            said.date or own.date or ground.date,
            locator,
            said.note or own.note or ground.note,
        )


def link_id(*parts: str) -> str:
    """The id of a link that was given none: its ends, parted by a character that no subject's id has."""
    return "|".join(parts)


def has_own_id(table: Table) -> bool:
    """Whether each row of a table must give its id; a link's is made of its ends."""
    return table.name not in _LINK_TABLES


def identifying(table: Table, facts: Mapping[str, Known]) -> list[str]:
    """What tells two links between the same ends apart, for their ids: the role of an involvement."""
    return [str(facts[short].value) for short in _IDENTIFYING.get(table.name, ()) if short in facts]
