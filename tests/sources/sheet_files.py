"""Small sheets, and what reading them gives, for the tests of spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from sovercheck.errors import InputError, Place
from sovercheck.inventory.rows import Item, Note, Row
from sovercheck.sources.mapping import SpreadsheetMapping
from sovercheck.sources.spreadsheet import Spreadsheet

SYSTEMS: dict[str, Any] = {
    "table": "systems",
    "columns": {"id": "Code", "name": "Nom", "continuity_plan": "Plan", "availability_target": "Cible"},
}


CSV = "Code;Nom;Plan;Cible\nA1;Été à l’hôpital;Oui;99,5\nA2;Œuvre;Non;\n"


def source(folder: Path, content: bytes, *tables: Mapping[str, Any], file: str = "a.csv", **said: Any) -> Spreadsheet:
    (folder / file).write_bytes(content)
    mapping = SpreadsheetMapping.model_validate({"file": file, "tables": tables or (SYSTEMS,), **said})

    def at(*steps: str | int) -> Place:
        return Place("sovercheck.yaml:" + "/".join(map(str, steps)))

    return Spreadsheet(mapping, folder / file, at)


def rows(items: list[Item]) -> list[Row]:
    return [item for item in items if isinstance(item, Row)]


def notes(items: list[Item]) -> dict[str, Mapping[str, str | int]]:
    return {item.code: item.params for item in items if isinstance(item, Note)}


def collect(folder: Path, content: bytes, *tables: Mapping[str, Any], **said: Any) -> list[Item]:
    return list(source(folder, content, *tables, **said).collect())


def refusal(folder: Path, content: bytes, *tables: Mapping[str, Any], **said: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        collect(folder, content, *tables, **said)
    assert caught.value.message("fr") != caught.value.message("en")
    return caught.value


def xlsx(*lines: list[Any], sheet: str = "Serveurs") -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for line in lines:
        page.append(line)
    book.save(out)
    return out.getvalue()


def values(row: Row) -> dict[str, object]:
    return {short: known.value for short, known in row.facts.items()}
