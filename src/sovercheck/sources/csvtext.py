"""A CSV file as offices export it: its encoding, its separator, its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

from sovercheck.errors import InputError, Place
from sovercheck.sources.sheets import Cell, Sheet

_DELIMITERS = (";", "\t", ",")
_NAMES = {";": ";", ",": ",", "\t": "tab"}
_SAMPLE = 64 * 1024
_HEAD = 50
"""Rows among which the header is looked for."""


def read_csv(
    raw: bytes,
    file: str,
    score: Callable[[list[list[Cell]]], int],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Sheet:
    """Reads a CSV file.

    Args:
        raw: its bytes.
        file: what errors call it.
        score: how many of the wanted headers some first rows have; the separator that finds most is right.
        encoding: `utf-8`, `utf-16` or `windows-1252`; found from the bytes if None.
        delimiter: `;`, `,` or `tab`; found from the header if None.

    Raises:
        InputError: the bytes are not in that encoding, or a quotation mark is not closed.
    """
    text, found = _decode(raw, file, encoding)
    sheet = Sheet(file, None, [], lines=[])
    if encoding is None and found != "utf-8":
        sheet.notes.append(("spreadsheet_encoding", {"encoding": found}))
    skipped = 0
    if text[:4].lower() == "sep=" and len(text) > 4:
        # Excel's own first line, which names the separator.
        line, _, text = text.partition("\n")
        delimiter, skipped = delimiter or _of_name(line.strip()[4:] or "\t"), 1
    separator = "\t" if delimiter == "tab" else delimiter
    if separator is None:
        separator = _separator(text, score)
        sheet.notes.append(("spreadsheet_delimiter", {"delimiter": _NAMES[separator]}))
    if skipped:
        sheet.rows.append([])
        sheet.lines = [1]
    _rows(text, separator, sheet, skipped)
    return sheet


def _of_name(name: str) -> str | None:
    return {";": ";", ",": ",", "\t": "tab"}.get(name)


def _decode(raw: bytes, file: str, encoding: str | None) -> tuple[str, str]:
    """The text, and the encoding that it was read in."""
    if encoding is None:
        encoding = _encoding(raw)
    codec = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}.get(encoding) or _utf16(raw)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("spreadsheet_encoding", place=Place(file, line, 1), encoding=encoding) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("spreadsheet_binary", place=Place(file, line, 1))
    return text, encoding


def _encoding(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _utf16_parity(raw) is not None:
        return "utf-16"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _utf16(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-16-be" if _utf16_parity(raw) == 0 else "utf-16-le"


def _utf16_parity(raw: bytes) -> int | None:
    """Where the zero bytes of UTF-16 without a mark stand: 0 before each Latin letter, 1 after it; None for others."""
    sample = raw[:2000]
    for parity in (0, 1):
        if sample[parity::2].count(0) > 0.4 * len(sample) / 2 and sample[1 - parity :: 2].count(0) == 0:
            return parity
    return None


def _separator(text: str, score: Callable[[list[list[Cell]]], int]) -> str:
    sample = text[:_SAMPLE]
    best, most = _DELIMITERS[0], (-1, -1)
    for delimiter in _DELIMITERS:
        rows: list[list[Cell]] = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                rows.append([*row])
                if len(rows) >= _HEAD:
                    break
        except csv.Error:
            pass
        found = (score(rows), max((len(row) for row in rows), default=0))
        if found > most:
            best, most = delimiter, found
    return best


def _rows(text: str, delimiter: str, sheet: Sheet, skipped: int) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = skipped + 1
    lines = sheet.lines if sheet.lines is not None else []
    try:
        for row in reader:
            sheet.rows.append([*row])
            lines.append(start)
            start = reader.line_num + skipped + 1
    except csv.Error as error:
        # The record that cannot be read begins where the last one ended.
        raise InputError("spreadsheet_quotes", place=Place(sheet.file, start, 1)) from error
