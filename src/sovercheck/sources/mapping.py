"""How a spreadsheet is mapped to tables: what `inventory:` says in `sovercheck.yaml`.

    inventory:
      file: applications.csv
      date: 2026-03-31
      tables:
        - table: systems
          columns: {id: Code, name: Nom de l’application, data_class: Sensibilité}
          values: {data_class: {Élevée: health, Moyenne: sensitive}}
        - table: involvements
          columns: {party: Fournisseur, system: Code}
          constants: {role: supplies}
        - table: efvps
          columns: {system: Code, status: État de l’EFVP, date: Date de l’EFVP}
          values: {status: {Faite: done, En cours: under_way, Non faite: not_done}}
          needs: [status]

A column is named by its header. `id` and links take their ids from the text of a cell; `suffix` ends the ids of a table
that has a second row for the same thing, as the copies of the servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sovercheck.errors import ConfigurationError, InputError, Place, SovercheckError, nearest, raise_all
from sovercheck.inventory.facts import Fact, Table, Type, facts_of
from sovercheck.inventory.records import ID, TABLE_OF, has_own_id
from sovercheck.inventory.values import At, read_date, read_value, shown
from sovercheck.strictyaml import Value

Plain = str | bool | int | float
Unit = Literal["B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB", "%", "fraction"]

UNKNOWN_WORDS = ("-", "–", "—", "?", "inconnu", "inconnue", "n/d", "nd", "à déterminer", "unknown", "n/a", "tbd")
"""What cells say where nobody knows. « n/a » does not say that there is none, so it is unknown too."""


class _Written(BaseModel):
    # Built when first used: most runs read a few of these shapes.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class TableMapping(_Written):
    """The rows that a sheet gives to one table.

    Attributes:
        table: its key in declarations: `systems`, `resources`, `copies`, `parties`, `involvements` …
        columns: `id`, a link or a fact → the header of its column. `system` of a resource makes ties.
        suffix: ends each id, after a colon.
        needs: columns without which a row gives nothing to this table: a blank site of backup is no backup.
        values: fact or link → what a cell says → what it means.
        constants: facts or links that no column has, the same on each row.
        units: what a column counts in: of bytes a unit such as GB; of a percentage `%` (99.5) or `fraction` (0.995).
    """

    table: str
    columns: dict[str, str] = Field(min_length=1)
    suffix: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+$")
    needs: tuple[str, ...] = ()
    values: dict[str, dict[str, Plain]] = {}
    constants: dict[str, Plain | list[str]] = {}
    units: dict[str, Unit] = {}


class SpreadsheetMapping(_Written):
    """One sheet of a CSV, XLSX or ODS file, and the tables that it gives.

    Attributes:
        file: its path, from the folder of the configuration.
        sheet: of a workbook; its first where it is not said.
        date: the day that the file describes.
        evidence: of everything in it; never `observed`.
        encoding, delimiter, decimal, dates: of texts, where they cannot be told from the file, or are told wrong.
        unknown: what cells say where nobody knows, besides nothing at all.
        tables: in the order in which their rows are given.
    """

    file: str = Field(min_length=1)
    sheet: str | None = None
    date: str | int | None = None
    evidence: Literal["documented", "declared", "reported", "inferred", "assumed"] = "documented"
    encoding: Literal["utf-8", "utf-16", "windows-1252"] | None = None
    delimiter: Literal[";", ",", "tab"] | None = None
    decimal: Literal["comma", "point"] | None = None
    dates: Literal["day-month", "month-day"] | None = None
    unknown: tuple[str, ...] = UNKNOWN_WORDS
    tables: list[TableMapping] = Field(min_length=1)


def check_mapping(mapping: SpreadsheetMapping, at: At) -> None:
    """Checks what a mapping names against the registry.

    Raises:
        ConfigurationError: an unknown table, fact, link or value, or an id that nothing gives; with its place.
    """
    errors: list[SovercheckError] = []
    if mapping.date is not None:
        try:
            read_date(mapping.date, lambda *_: at("date"))
        except InputError as error:
            errors.append(ConfigurationError(error.code, place=error.place, **error.params))
    for number, table in enumerate(mapping.tables):

        def inside(*steps: str | int, number: int = number) -> Place:
            return at("tables", number, *steps)

        errors.extend(_table_errors(table, inside))
    raise_all(errors)


def _fits(unit: Unit, fact: Fact) -> bool:
    return fact.unit == "%" if unit in ("%", "fraction") else fact.type is Type.BYTES


def _checked(fact: Fact, value: Value, place: Place, errors: list[SovercheckError]) -> None:
    """Collects what reading one of the configuration's own values refuses."""
    try:
        read_value(fact, value, lambda *_: place)
    except InputError as error:
        errors.append(ConfigurationError(error.code, place=error.place, **error.params))


def _table_errors(mapping: TableMapping, at: At) -> Iterator[SovercheckError]:
    table = TABLE_OF.get(mapping.table)
    if table is None:
        yield _unknown("record_table", mapping.table, [*TABLE_OF], at("table"))
        return
    facts = {fact.short: fact for fact in facts_of(table.name)}
    targets = ["id", *links_of(table), *(short for short, fact in facts.items() if not fact.derived)]
    for part in ("columns", "values", "constants", "units"):
        for target in getattr(mapping, part):
            if target not in targets:
                yield _unknown("record_fact", target, targets, at(part, target), table=mapping.table)
    for target in mapping.values:
        if target in targets and target not in mapping.columns:
            yield ConfigurationError("mapping_values_without_column", place=at("values", target), target=target)
    for number, target in enumerate(mapping.needs):
        if target not in mapping.columns:
            yield _unknown("record_fact", target, [*mapping.columns], at("needs", number), table=mapping.table)
    for target, unit in mapping.units.items():
        if target in facts and not _fits(unit, facts[target]):
            yield ConfigurationError("mapping_unit", place=at("units", target), target=target)
    for target in mapping.constants:
        if target in mapping.columns:
            yield ConfigurationError("mapping_twice", place=at("constants", target), target=target)
    given = {*mapping.columns, *mapping.constants}
    missing = [link for link in table.required_links if link not in given]
    if has_own_id(table) and "id" not in mapping.columns:
        missing.append("id")
    if table.name == "involvement" and not given & {"system", "resource"}:
        missing.append("system")
    for target in missing:
        yield ConfigurationError("mapping_missing", place=at(), table=mapping.table, target=target)
    errors: list[SovercheckError] = []
    for target, value in mapping.constants.items():
        place = at("constants", target)
        if target in facts and not facts[target].derived:
            _checked(facts[target], plain_value(value), place, errors)
        elif target in targets and not (isinstance(value, str) and ID.match(value)):
            errors.append(ConfigurationError("record_id", place=place, key=target, word=shown(value)))
    for target, words in mapping.values.items():
        fact = facts.get(target)
        if fact is not None and not fact.derived:
            for word, value in words.items():
                _checked(fact, [value] if fact.is_list else value, at("values", target, word), errors)
    yield from errors


def plain_value(value: Plain | list[str]) -> Value:
    """A constant as a value that `read_value` takes."""
    return [*value] if isinstance(value, list) else value


def links_of(table: Table) -> list[str]:
    """What a row of a table may point to; a resource points to its systems by ties."""
    return [*table.links, *(["system"] if table.name == "resource" else [])]


def _unknown(code: str, word: str, candidates: list[str], place: Place, **params: str) -> ConfigurationError:
    near = nearest(word, candidates)
    if near is not None:
        return ConfigurationError(f"{code}_near", place=place, word=shown(word), near=near, **params)
    return ConfigurationError(code, place=place, word=shown(word), expected=", ".join(candidates), **params)
