"""The cells of a sheet as rows of tables, by a mapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sovercheck.errors import InputError, Place, SovercheckError, nearest, raise_all
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.facts import Fact, Table, Type, facts_of
from sovercheck.inventory.records import ID, TABLE_OF, has_own_id, identifying, link_id
from sovercheck.inventory.rows import Item, Known, Note, Row
from sovercheck.inventory.values import At, Read, read_date, read_value, shown
from sovercheck.sources import cells
from sovercheck.sources.mapping import SpreadsheetMapping, TableMapping, links_of, plain_value
from sovercheck.sources.sheets import MAX_CELL, Cell, Sheet
from sovercheck.strictyaml import Value

MAX_ERRORS = 100
"""After so many, reading stops: the same mistake on each of 100,000 rows is one mistake."""

_HEAD = 50
"""Rows among which the header is looked for."""
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._:/@+()~-]+")
_SEVERAL = re.compile(r"[;,\n|]")


@dataclass(slots=True)
class _Column:
    """One mapped column: what it gives, where it stands, and the cells already read."""

    target: str
    index: int
    fact: Fact | None
    values: Mapping[str, str | bool | int | float]
    unit: str | None
    is_ties: bool
    order: cells.DateOrder | None = None
    memo: dict[str | tuple[type, Cell], Known | str | tuple[str, ...] | None] = field(default_factory=dict)


class SheetRows:
    """One sheet being turned into rows.

    Args:
        mapping: checked.
        name: of the source, for its notes.
        at: where a part of the mapping stands.
        sheet: its cells.
    """

    def __init__(self, mapping: SpreadsheetMapping, name: str, at: At, sheet: Sheet) -> None:
        self._mapping = mapping
        self._name = name
        self._sheet = sheet
        self._errors: list[SovercheckError] = []
        self._counts: dict[str, int] = {}
        self._notes = [Note(name, code, params) for code, params in sheet.notes]
        self._unknown = {cells.folded(word) for word in mapping.unknown}
        day = read_date(mapping.date, lambda *_: at("date")) if mapping.date is not None else None
        locator = f"{mapping.file}!{sheet.name}" if sheet.name else mapping.file
        self._evidence = Evidence(Grade.of(mapping.evidence), mapping.file, day, locator)
        self._header, self._indices = self._find_header()
        self._sign = mapping.decimal
        self._here = sheet.whole()
        self._ids: dict[str, str] = {}
        self._ids_made: set[str] = set()
        self._long: set[tuple[int, int]] = set()

    def items(self) -> Iterator[Item]:
        """Every row, then every note."""
        numbers = self._data_rows()
        plans = [(table, TABLE_OF[table.table], self._columns(table)) for table in self._mapping.tables]
        try:
            self._settle_forms([column for _, _, columns in plans for column in columns], numbers)
        except InputError as error:
            self._errors.append(error)
            raise_all(self._errors)
        for table, kind, columns in plans:
            yield from self._rows(table, kind, columns, numbers)
        raise_all(self._errors)
        if self._long:
            self._count("spreadsheet_cut", len(self._long))
        if self._ids_made:
            self._count("spreadsheet_ids", len(self._ids_made))
        formulas = sum(self._sheet.formulas[index] for index in set(self._indices.values()))
        if formulas:
            self._count("spreadsheet_formulas", formulas)
        yield from self._notes
        for code, count in self._counts.items():
            yield Note(self._name, code, {"n": count})

    def _count(self, code: str, n: int = 1) -> None:
        self._counts[code] = self._counts.get(code, 0) + n

    def _error(self, error: SovercheckError) -> None:
        self._errors.append(error)
        if len(self._errors) >= MAX_ERRORS:
            self._errors.append(InputError("spreadsheet_more_errors", place=self._sheet.whole(), n=MAX_ERRORS))
            raise_all(self._errors)

    def _find_header(self) -> tuple[int, dict[str, int]]:
        """The header's row, and the column of each header that the mapping names."""
        wanted = {cells.folded(header): header for table in self._mapping.tables for header in table.columns.values()}
        best, found = 0, -1
        heads = [[cells.folded(cells.plain(cell)) for cell in row] for row in self._sheet.rows[:_HEAD]]
        for number, head in enumerate(heads):
            if (matches := len(wanted.keys() & set(head))) > found:
                best, found = number, matches
        if not heads or not any(any(head) for head in heads):
            raise InputError("spreadsheet_empty", place=self._sheet.whole())
        head = heads[best]
        indices: dict[str, int] = {}
        for key, header in wanted.items():
            places = [index for index, text in enumerate(head) if text == key]
            if len(places) > 1:
                place = self._sheet.place(best, places[1])
                first = self._sheet.place(best, places[0])
                self._errors.append(InputError("spreadsheet_header_twice", place=place, header=header, first=first))
            elif places:
                indices[header] = places[0]
            else:
                self._errors.append(self._missing(header, key, best, head))
        raise_all(self._errors)
        return best, indices

    def _missing(self, header: str, key: str, row: int, head: list[str]) -> InputError:
        near = nearest(key, [text for text in head if text])
        place = self._sheet.whole()
        if near is None:
            return InputError("spreadsheet_header", place=place, header=shown(header))
        index = head.index(near)
        written = cells.plain(self._sheet.rows[row][index])
        cell = self._sheet.place(row, index).cell
        return InputError("spreadsheet_header_near", place=place, header=shown(header), near=shown(written), cell=cell)

    def _data_rows(self) -> list[int]:
        """The rows under the header that are neither blank nor a title merged across the mapped columns."""
        mapped = set(self._indices.values())
        titles: set[int] = set()
        for top, left, bottom, right in self._sheet.titles:
            if top > self._header and sum(left <= index <= right for index in mapped) > 1:
                titles.update(range(top, bottom + 1))
        width = len(self._sheet.rows[self._header])
        numbers: list[int] = []
        for number in range(self._header + 1, len(self._sheet.rows)):
            row = self._sheet.rows[number]
            if number in titles:
                self._count("spreadsheet_titles")
            elif any(cell not in ("", None) for cell in row) or self._faulty(number, mapped):
                numbers.append(number)
                beyond = next((n for n in range(width, len(row)) if cells.plain(row[n])), None)
                if beyond is not None and self._sheet.name is None:
                    place = self._sheet.place(number, beyond)
                    self._error(InputError("spreadsheet_too_wide", place=place, n=width))
            else:
                self._count("spreadsheet_blank_rows")
        return numbers

    def _faulty(self, row: int, mapped: set[int]) -> bool:
        return bool(self._sheet.faults) and any((row, index) in self._sheet.faults for index in mapped)

    def _columns(self, mapping: TableMapping) -> list[_Column]:
        facts = {fact.short: fact for fact in facts_of(TABLE_OF[mapping.table].name)}
        links = links_of(TABLE_OF[mapping.table])
        columns = []
        for target, header in mapping.columns.items():
            words = {cells.folded(word): value for word, value in mapping.values.get(target, {}).items()}
            fact = None if target == "id" or target in links else facts[target]
            is_ties = mapping.table == "resources" and target == "system"
            columns.append(_Column(target, self._indices[header], fact, words, mapping.units.get(target), is_ties))
        return columns

    def _texts(self, column: _Column, numbers: list[int]) -> Iterator[tuple[str, Place]]:
        """The texts of a column that are neither words for « not known » nor mapped to a value."""
        for number in numbers:
            cell = self._cell(number, column.index)
            word = cells.folded(cell) if isinstance(cell, str) else ""
            if word and word not in self._unknown and word not in column.values:
                yield str(cell), self._sheet.place(number, column.index)

    def _settle_forms(self, columns: list[_Column], numbers: list[int]) -> None:
        """Tells the decimal sign of the sheet and the order of each column's dates."""
        if self._sign is None:
            numeric = [column for column in columns if column.fact is not None and column.fact.is_interval]
            self._sign = cells.decimal_sign(item for column in numeric for item in self._texts(column, numbers))
            if self._sign is not None:
                self._notes.append(Note(self._name, f"spreadsheet_decimal_{self._sign}", {}))
        told: set[int] = set()
        for column in columns:
            if column.fact is None or column.fact.type is not Type.DATE:
                continue
            column.order = self._mapping.dates or cells.date_order(self._texts(column, numbers))
            if column.order is not None and self._mapping.dates is None and column.index not in told:
                doubtful = sum(cells.is_doubtful_date(text) for text, _ in self._texts(column, numbers))
                told.add(column.index)
                if doubtful:
                    header = next(h for h, index in self._indices.items() if index == column.index)
                    code = f"spreadsheet_dates_{column.order.replace('-', '_')}"
                    self._notes.append(Note(self._name, code, {"header": header, "n": doubtful}))

    def _cell(self, row: int, index: int) -> Cell:
        values = self._sheet.rows[row]
        return values[index] if index < len(values) else None

    def _rows(self, mapping: TableMapping, table: Table, columns: list[_Column], numbers: list[int]) -> Iterator[Row]:
        facts = self._constants(mapping, table)
        links = {target: str(value) for target, value in mapping.constants.items() if target in links_of(table)}

        def read(number: int) -> tuple[Row, tuple[str, ...]] | None:
            return self._row(mapping, table, columns, number, dict(links), dict(facts))

        first: dict[str, int] = {}
        again: dict[str, int] = {}
        for number in numbers:
            found = read(number)
            if found is None:
                continue
            row, systems = found
            earlier = first.setdefault(row.id, number)
            if earlier != number:
                # Read again rather than kept: nearly no id comes twice.
                same = read(earlier)
                equal = same is not None and (same[0].links, same[0].facts, same[1]) == (row.links, row.facts, systems)
                if equal and (table.name != "outage" or "id" in mapping.columns):
                    self._count("spreadsheet_repeated")
                    continue
                if "id" in mapping.columns:
                    at = self._sheet.place(earlier, columns[0].index)
                    self._error(InputError("spreadsheet_duplicate_id", place=row.place, id=row.id, first=at))
                    continue
                # A second outage, or a second assessment: another link between the same ends.
                again[row.id] = again.get(row.id, 1) + 1
                row = replace(row, id=f"{row.id}#{again[row.id]}")
            yield row
            for system in systems:
                yield Row("tie", link_id(row.id, system), {"resource": row.id, "system": system}, {}, row.place)

    def _row(
        self,
        mapping: TableMapping,
        table: Table,
        columns: list[_Column],
        number: int,
        links: dict[str, str],
        facts: dict[str, Known],
    ) -> tuple[Row, tuple[str, ...]] | None:
        """A row and the systems that it is tied to; None where it says nothing of this table, or has an error."""
        own_id: str | None = None
        systems: tuple[str, ...] = ()
        said: set[str] = set()
        mistakes = len(self._errors)
        for column in columns:
            try:
                value = self._read(column, number)
            except InputError as error:
                self._error(error)
                continue
            if value is None:
                continue
            said.add(column.target)
            if isinstance(value, Known):
                facts[column.target] = value
            elif isinstance(value, tuple):
                systems = value
            elif column.target == "id":
                own_id = value
            else:
                links[column.target] = value
        if not said or len(self._errors) > mistakes:
            return None
        if not said.issuperset(mapping.needs):
            self._count("spreadsheet_no_link")
            return None
        id_ = self._row_id(mapping, table, own_id, links, facts)
        if id_ is None:
            if has_own_id(table):
                index = next(column.index for column in columns if column.target == "id")
                place = self._sheet.place(number, index)
                self._error(InputError("spreadsheet_id", place=place, table=mapping.table))
            return None
        return Row(table.name, id_, links, facts, self._sheet.place(number, columns[0].index)), systems

    def _row_id(
        self, mapping: TableMapping, table: Table, own: str | None, links: dict[str, str], facts: dict[str, Known]
    ) -> str | None:
        """The id of a row; None for a link that lacks an end, and for a subject without an id."""
        if own or has_own_id(table):
            return f"{own}:{mapping.suffix}" if own and mapping.suffix else own
        if any(link not in links for link in table.required_links) or (
            table.name == "involvement" and "system" not in links and "resource" not in links
        ):
            self._count("spreadsheet_no_link")
            return None
        ends = [links[link] for link in table.links if link in links]
        return link_id(*ends, *identifying(table, facts), *([mapping.suffix] if mapping.suffix else []))

    def _constants(self, mapping: TableMapping, table: Table) -> dict[str, Known]:
        facts = {fact.short: fact for fact in facts_of(table.name)}
        found: dict[str, Known] = {}
        for target, value in mapping.constants.items():
            if target in facts:
                found[target] = self._known(
                    read_value(facts[target], plain_value(value), lambda *_: self._sheet.whole())
                )
        return found

    def _known(self, read: Read) -> Known:
        return Known(read.value, self._evidence, read.high, read.open)

    def _read(self, column: _Column, number: int) -> Known | str | tuple[str, ...] | None:
        """What a cell gives: a fact, an id, ids of systems, or nothing."""
        index = column.index
        fault = self._sheet.faults.get((number, index)) if self._sheet.faults else None
        if fault is not None:
            code = "spreadsheet_fault" if fault else "spreadsheet_no_result"
            raise InputError(code, place=self._sheet.place(number, index), word=shown(fault))
        values = self._sheet.rows[number]
        cell = values[index] if index < len(values) else None
        if type(cell) is str and len(cell) > MAX_CELL:
            self._long.add((number, index))
            cell = cell[:MAX_CELL]
        key = cell if type(cell) is str else (type(cell), cell)
        try:
            return column.memo[key]
        except KeyError:
            pass
        try:
            read = column.memo[key] = self._convert(column, cell)
        except InputError as error:
            # The place of a cell is made only where it is told: there are millions of cells.
            raise InputError(error.code, place=self._sheet.place(number, index), **error.params) from error
        return read

    def _convert(self, column: _Column, cell: Cell) -> Known | str | tuple[str, ...] | None:
        place = self._here
        text = cells.plain(cell)
        word = cells.folded(text)
        if word in column.values:
            meant = column.values[word]
            if column.fact is None:
                return (str(meant),) if column.is_ties else str(meant)
            value: Value = [str(meant)] if column.fact.is_list else meant
            return self._known(read_value(column.fact, value, lambda *_: place))
        if not word or word in self._unknown:
            return None
        if column.is_ties:
            parts = (part.strip() for part in _SEVERAL.split(text))
            return tuple(dict.fromkeys(self._id(column, part, place) for part in parts if part))
        if column.fact is None:
            return self._id(column, text, place)
        return self._known(self._fact(column.fact, column, cell, place))

    def _id(self, column: _Column, text: str, place: Place) -> str:
        """An id of a text: what an id cannot have becomes a hyphen, accents go; the text itself stays in the name."""
        meant = column.values.get(cells.folded(text)) if column.values else None
        if meant is not None:
            return str(meant)
        if text in self._ids:
            return self._ids[text]
        if ID.match(text):
            self._ids[text] = text
            return text
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        made = _NOT_IN_IDS.sub("-", bare).strip("-.:@+()~")
        if not ID.match(made):
            raise InputError("record_id", place=place, key=column.target, word=shown(text))
        self._ids_made.add(made)
        self._ids[text] = made
        return made

    def _fact(self, fact: Fact, column: _Column, cell: Cell, place: Place) -> Read:
        if fact.is_interval:
            return cells.number(cell, fact, place, sign=self._sign, unit=column.unit)
        if fact.type is Type.BOOLEAN:
            return Read(cells.boolean(cell, fact, place))
        if fact.type is Type.DATE:
            return Read(cells.day(cell, place, order=column.order))
        text = cells.plain(cell)
        members: list[str] = []
        for part in _SEVERAL.split(text) if fact.is_list else [text]:
            if not part.strip():
                continue
            meant = str(column.values.get(cells.folded(part), part.strip()))
            if fact.words and meant not in fact.words:
                raise InputError(
                    "spreadsheet_word",
                    place=place,
                    word=shown(meant),
                    fact=fact.name,
                    target=column.target,
                    expected=", ".join(fact.words),
                )
            members.append(meant)
        return read_value(fact, [*members] if fact.is_list else members[0], lambda *_: place)
