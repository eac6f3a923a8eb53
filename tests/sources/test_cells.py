from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.errors import InputError, Place
from sovercheck.inventory.facts import FACTS
from sovercheck.sources import cells
from sovercheck.sources.cells import DecimalSign
from sovercheck.sources.sheets import Cell, letters

HERE = Place("a.csv", cell="B2")
VALUE, BYTES, PERCENT = FACTS["contract.value"], FACTS["resource.bytes"], FACTS["ownership.percent"]


def number(cell: Cell, sign: DecimalSign | None = None, unit: str | None = None, fact: str = "value") -> object:
    chosen = {"value": VALUE, "bytes": BYTES, "percent": PERCENT}[fact]
    return cells.number(cell, chosen, HERE, sign=sign, unit=unit).value


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [
        ("1234", None, "1234"),
        ("1 234 567", None, "1234567"),
        ("1\u00a0234,5", "comma", "1234.5"),
        ("1\u202f234,5", "comma", "1234.5"),
        ("1.234.567,89", "comma", "1234567.89"),
        ("1,234,567.89", "point", "1234567.89"),
        ("0,125", "comma", "0.125"),
        ("405\u00a0000\u00a0000,00\u00a0$", "comma", "405000000.00"),
        ("99,5 %", "comma", "99.5"),
        (" 12 ", None, "12"),
    ],
)
def test_numbers_as_offices_write_them(text: str, sign: DecimalSign | None, expected: str) -> None:
    assert number(text, sign) == Decimal(expected)


@pytest.mark.parametrize("text", ["12 34", "1,2,3", "douze", "1 234,567.8", "--", "1e5", "-5", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        number(text, "comma")
    assert caught.value.place == HERE


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from([" ", "\u00a0", "\u202f", ""]))
def test_a_number_written_in_french_reads_back(value: Decimal, space: str) -> None:
    assert number(f"{value:,.2f}".replace(",", space).replace(".", ","), "comma") == value


@given(st.floats(min_value=0, max_value=1e9))
def test_a_number_of_a_workbook_keeps_fifteen_digits(value: float) -> None:
    read = cells.number(value, VALUE, HERE, sign=None, unit=None)
    exact = Decimal(f"{value:.15g}")
    assert Decimal(str(read.value)) <= exact <= Decimal(str(read.high))


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        (17.5, "GB", 17_500_000_000),
        (17.0, None, 17),
        ("17,5", "GB", 17_500_000_000),
        ("17,5 Go", None, 17_500_000_000),
        ("2 To", "GB", 2_000_000_000_000),
        ("1 Gio", None, 1024**3),
        ("512 Ko", None, 512_000),
        (1.0, "TiB", 1024**4),
    ],
)
def test_bytes_have_units(cell: Cell, unit: str | None, expected: int) -> None:
    assert number(cell, "comma", unit, "bytes") == expected


def test_a_percentage_ends_at_a_hundred() -> None:
    assert number("100 %", fact="percent") == 100
    with pytest.raises(InputError):
        number("101 %", fact="percent")


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["12", "1 234"], None),
        (["12,5", "1,234"], "comma"),
        (["12.5", "1,234"], "point"),
        (["1,234,567"], "point"),
        (["1.234,5"], "comma"),
        (["1 234,567"], "comma"),
        (["0,123"], "comma"),
        (["zzz"], None),
    ],
)
def test_the_decimal_sign_is_told_from_what_leaves_no_doubt(texts: list[str], sign: str | None) -> None:
    assert cells.decimal_sign((text, HERE) for text in texts) == sign


@pytest.mark.parametrize(
    ("texts", "code"), [(["12", "1,234"], "spreadsheet_decimal"), (["12,5", "12.5"], "spreadsheet_decimal_mixed")]
)
def test_a_doubtful_decimal_sign_is_asked_for(texts: list[str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        cells.decimal_sign((text, HERE) for text in texts)
    assert (caught.value.code, caught.value.place) == (code, HERE)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-14", "2024-03-14"),
        ("2024/3/4", "2024-03-04"),
        ("14/03/2024", "2024-03-14"),
        ("14-3-2024", "2024-03-14"),
        ("2024-03-14 00:00:00", "2024-03-14"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        (2024.0, "2024"),
        (date(2024, 3, 14), "2024-03-14"),
        (datetime(2024, 3, 14, 12, 30), "2024-03-14"),
    ],
)
def test_dates_as_offices_write_them(cell: Cell, expected: str) -> None:
    assert cells.day(cell, HERE, order=None) == expected


def test_the_month_may_come_first() -> None:
    assert cells.day("03/14/2024", HERE, order="month-day") == "2024-03-14"


@pytest.mark.parametrize("cell", ["14/03/24", "31/02/2024", "mars 2024", 45365.0, "2024-13-01", True])
def test_what_is_no_date_is_refused(cell: Cell) -> None:
    with pytest.raises(InputError) as caught:
        cells.day(cell, HERE, order="day-month")
    assert caught.value.place == HERE


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["14/03/2024", "03/04/2024"], "day-month"),
        (["03/14/2024", "03/04/2024"], "month-day"),
        (["05/05/2024", "2024-01-02"], None),
    ],
)
def test_the_order_of_dates_is_told_from_what_leaves_no_doubt(texts: list[str], order: str | None) -> None:
    assert cells.date_order((text, HERE) for text in texts) == order


@pytest.mark.parametrize(
    ("texts", "code"),
    [(["03/04/2024"], "spreadsheet_dates"), (["14/03/2024", "03/14/2024"], "spreadsheet_dates_mixed")],
)
def test_a_doubtful_order_is_asked_for(texts: list[str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        cells.date_order((text, HERE) for text in texts)
    assert caught.value.code == code


@pytest.mark.parametrize("cell", ["Oui", "OUI", "o", "X", "x ", "Vrai", "yes", True, 1.0])
def test_yes(cell: Cell) -> None:
    assert cells.boolean(cell, FACTS["system.continuity_plan"], HERE) is True


@pytest.mark.parametrize("cell", ["Non", "n", "Faux", "no", False, 0.0])
def test_no(cell: Cell) -> None:
    assert cells.boolean(cell, FACTS["system.continuity_plan"], HERE) is False


def test_neither_yes_nor_no() -> None:
    with pytest.raises(InputError) as caught:
        cells.boolean("Peut-être", FACTS["system.continuity_plan"], HERE)
    assert caught.value.message("fr") == "«\u00a0Peut-être\u00a0» n’est ni oui ni non (system.continuity_plan)."


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(column: int, name: str) -> None:
    assert letters(column) == name
