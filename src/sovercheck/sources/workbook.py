"""A workbook, XLSX or ODS: its values through calamine, and what calamine does not tell.

Calamine gives an empty text for an error cell and for a formula without a result; both would pass for « nobody
answered ». So the sheet's own XML is read too, as a stream, for formulas, errors and its true extent, within limits:
`MAX_BYTES` unpacked and `MAX_CELLS` in the rectangle of the cells used. A document type, which no workbook has and
which expanding entities need, is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from sovercheck.errors import InputError, Place, nearest
from sovercheck.inventory.values import shown
from sovercheck.sources.sheets import Cell, Sheet

MAX_BYTES = 512 * 1024 * 1024
MAX_CELLS = 20_000_000

_CHUNK = 1 << 20
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_CELL = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_LOOK_CLOSER = re.compile(rb"<(?:[\w.-]+:)?f[\s>/]|\bt=[\"']e[\"']|<!DOCTYPE")
_OVERLAP = 64

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    expat.ExpatError,
    struct.error,
    LookupError,
    ValueError,
)
"""What zipfile, zlib, expat and the conversions of this module raise on a file that is not what it says."""

Attributes = dict[str, str]


def read_workbook(raw: bytes, file: str, sheet: str | None) -> Sheet:
    """Reads one sheet of a workbook.

    Args:
        raw: the file's bytes.
        file: what errors call it.
        sheet: its name; the first one if None.

    Raises:
        InputError: no such sheet, a password, a damaged file, or one beyond the limits.
    """
    import python_calamine

    place = Place(file)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_size(archive, place)
            is_ods = "content.xml" in archive.namelist()
            name, found = _scan_ods(archive, sheet, place) if is_ods else _scan_xlsx(archive, sheet, place)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        values = workbook.get_sheet_by_name(name)
    except python_calamine.PasswordError as error:
        raise InputError("spreadsheet_password", place=place) from error
    except _DAMAGE as error:
        raise InputError("spreadsheet_damaged", place=place, reason=shown(error)) from error
    except python_calamine.CalamineError as error:
        raise InputError("spreadsheet_damaged", place=place, reason=shown(error)) from error
    rows: list[list[Cell]] = [[*row] for row in values.to_python(skip_empty_area=False)]
    read = Sheet(file, name, rows, faults=found.faults, formulas=found.formulas)
    if sheet is None and len(workbook.sheet_names) > 1:
        read.notes.append(("spreadsheet_first_sheet", {"sheet": name, "n": len(workbook.sheet_names)}))
    _spread_merged(read, values.merged_cell_ranges or [])
    return read


def _spread_merged(sheet: Sheet, ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A cell merged downwards counts on each of its rows; one merged across columns is a title."""
    spread = 0
    for (top, left), (bottom, right) in ranges:
        if right > left:
            sheet.titles.append((top, left, bottom, right))
            continue
        for row in range(top + 1, min(bottom + 1, len(sheet.rows))):
            blank = all(cell in ("", None) for cell in sheet.rows[row])
            if not blank and left < len(sheet.rows[row]) and sheet.rows[row][left] in ("", None):
                sheet.rows[row][left] = sheet.rows[top][left]
                spread += 1
    if spread:
        sheet.notes.append(("spreadsheet_merged_down", {"n": spread}))


class _Found:
    """What the XML of a sheet says besides its values."""

    def __init__(self) -> None:
        self.faults: dict[tuple[int, int], str] = {}
        self.formulas: Counter[int] = Counter()


def _check_size(archive: zipfile.ZipFile, place: Place) -> None:
    """Unpacks every entry once, to count its bytes: what an archive says of its own size proves nothing."""
    total = 0
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise InputError("spreadsheet_password", place=place)
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MAX_BYTES:
                    raise InputError("spreadsheet_too_large", place=place, limit=MAX_BYTES // 2**20)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _parse(
    archive: zipfile.ZipFile,
    entry: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Sends an entry's elements to the handlers; names come as « namespace local »."""
    parser = _guarded(" ")
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    _feed(parser, archive, entry)


def _guarded(separator: str | None = None) -> expat.XMLParserType:
    """A parser that refuses a document type, so entities of its own."""
    parser = expat.ParserCreate(namespace_separator=separator)

    def refuse(*_: object) -> None:
        raise expat.ExpatError("DOCTYPE")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _feed(parser: expat.XMLParserType, archive: zipfile.ZipFile, entry: str) -> None:
    with archive.open(entry) as stream:
        for chunk in _chunks(stream):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
    parser.Parse(b"", True)  # noqa: FBT003


def _scan_xlsx(archive: zipfile.ZipFile, wanted: str | None, place: Place) -> tuple[str, _Found]:
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet_start(name: str, attributes: Attributes) -> None:
        if name.endswith(" sheet"):
            relation = next((v for k, v in attributes.items() if k.endswith("relationships id")), "")
            sheets.append((attributes["name"], relation))

    def relation_start(name: str, attributes: Attributes) -> None:
        if name.endswith(" Relationship"):
            targets[attributes["Id"]] = attributes["Target"]

    _parse(archive, "xl/workbook.xml", sheet_start)
    _parse(archive, "xl/_rels/workbook.xml.rels", relation_start)
    name = _choose([name for name, _ in sheets], wanted, place)
    target = targets[dict(sheets)[name]]
    entry = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = _Found()
    if _needs_parsing(archive, entry, place):
        _parse_xlsx_sheet(archive, entry, found)
    return name, found


def _needs_parsing(archive: zipfile.ZipFile, entry: str, place: Place) -> bool:
    """Whether a sheet has a formula or an error; refuses one whose used rectangle is beyond the limit."""
    closer, tail, rows, columns = False, b"", 0, 0
    with archive.open(entry) as stream:
        for chunk in _chunks(stream):
            text = tail + chunk
            closer = closer or _LOOK_CLOSER.search(text) is not None
            cells = set(_CELL.findall(text))
            rows = max(rows, max((int(row) for _, row in cells), default=0))
            columns = max(columns, max((_number(letters) for letters in {c for c, _ in cells}), default=0))
            tail = text[-_OVERLAP:]
    if rows * columns > MAX_CELLS:
        raise InputError("spreadsheet_too_many_cells", place=place, limit=MAX_CELLS)
    return closer


def _number(letters: bytes) -> int:
    """A column's number from 1, of its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _parse_xlsx_sheet(archive: zipfile.ZipFile, entry: str, found: _Found) -> None:
    """Reads the cells that are formulas or errors; the others, a million perhaps, cost one comparison each."""
    parser = _guarded()
    cell = value = formula = row_name = ""
    reference: str | None = None
    row, after, kind, text = -1, 0, "n", ""
    has_value = False

    def first(name: str, _: Attributes) -> None:
        nonlocal cell, value, formula, row_name
        prefix = name.rpartition(":")[0]
        cell, value, formula, row_name = (f"{prefix}:{local}" if prefix else local for local in ("c", "v", "f", "row"))
        parser.StartElementHandler = start

    def start(name: str, attributes: Attributes) -> None:
        nonlocal reference, row, after, kind, text, has_value
        if name == cell:
            # Without a reference a cell stands after the last one.
            reference, after = (attributes["r"], 0) if "r" in attributes else (reference, after + 1)
            kind = attributes.get("t", "n")
            if kind == "e":
                has_value, text = False, ""
                parser.EndElementHandler = end
        elif name == formula:
            if kind != "e":
                has_value, text = False, ""
            parser.EndElementHandler = end
        elif name == row_name:
            row = int(attributes["r"]) - 1 if "r" in attributes else row + 1
            reference, after = None, 0
        elif name == value and parser.EndElementHandler is not None:
            has_value = True
            parser.CharacterDataHandler = data

    def end(name: str) -> None:
        if name == value:
            parser.CharacterDataHandler = None
        elif name == cell:
            parser.EndElementHandler = None
            column = (_number(reference.rstrip("0123456789").encode()) if reference else 0) - 1 + after
            if kind == "e":
                found.faults[(row, column)] = text or "#?"
            elif text or (has_value and kind == "str"):
                # An empty text is a result; an empty number is the lack of one.
                found.formulas[column] += 1
            else:
                found.faults[(row, column)] = ""

    def data(part: str) -> None:
        nonlocal text
        text += part

    parser.StartElementHandler = first
    _feed(parser, archive, entry)


def _scan_ods(archive: zipfile.ZipFile, wanted: str | None, place: Place) -> tuple[str, _Found]:
    """The same of an ODS sheet, whose rows and cells are written once and repeated."""
    names: list[str] = []
    found: dict[str, _Found] = {}
    row = column = width = height = depth = 0
    cell: tuple[int, int, bool, bool, bool] | None = None
    text = ""
    row_repeat = 1

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row, column, width, height, cell, text, row_repeat, depth
        if name == f"{_TABLE} table":
            depth += 1
            if depth == 1:
                names.append(attributes.get(f"{_TABLE} name", ""))
                found[names[-1]] = _Found()
                row = width = height = 0
        elif name == f"{_TABLE} table-row":
            column, row_repeat = 0, int(attributes.get(f"{_TABLE} number-rows-repeated", "1"))
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            repeat = int(attributes.get(f"{_TABLE} number-columns-repeated", "1"))
            has_value = f"{_OFFICE} value-type" in attributes
            is_error = attributes.get(f"{_CALCEXT} value-type") == "error"
            cell = (column, repeat, f"{_TABLE} formula" in attributes, has_value, is_error)
            text = ""
            column += repeat
            if has_value or cell[2] or is_error:
                width, height = max(width, column), max(height, row + row_repeat)
                if width * height > MAX_CELLS:
                    raise InputError("spreadsheet_too_many_cells", place=place, limit=MAX_CELLS)

    def end(name: str) -> None:
        nonlocal row, cell, depth
        if name == f"{_TABLE} table":
            depth -= 1
        elif name == f"{_TABLE} table-row":
            row += row_repeat
        elif cell is not None and name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            first, repeat, is_formula, has_value, is_error = cell
            here = found[names[-1]]
            is_error = is_error or (is_formula and text.startswith("#") and text.rstrip("!?").isupper())
            if is_error or (is_formula and not has_value):
                for at_row in range(row, row + row_repeat):
                    for at in range(first, first + repeat):
                        here.faults[(at_row, at)] = (text or "#?") if is_error else ""
            elif is_formula:
                here.formulas.update(dict.fromkeys(range(first, first + repeat), row_repeat))
            cell = None

    def data(part: str) -> None:
        nonlocal text
        if cell is not None and len(text) < _OVERLAP:
            text += part

    _parse(archive, "content.xml", start, end, data)
    name = _choose(names, wanted, place)
    return name, found[name]


def _choose(names: list[str], wanted: str | None, place: Place) -> str:
    if not names:
        raise InputError("spreadsheet_damaged", place=place, reason="0")
    if wanted is None:
        return names[0]
    if wanted in names:
        return wanted
    near = nearest(wanted, names)
    code = "spreadsheet_sheet_near" if near else "spreadsheet_sheet"
    raise InputError(code, place=place, sheet=wanted, near=near, expected=", ".join(names))
