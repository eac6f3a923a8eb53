"""What is known of parties and their owners: where a party is, what a stake gives, on which day it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from sovercheck.evaluation.register import MemoryRegister, Ownership, Party, TableRegister, holds, inside
from sovercheck.inventory.evidence import CONTRADICTED, GAPPED_BIT, Grade, pack
from sovercheck.inventory.tables import columns

US, QUEBEC = frozenset({"US"}), frozenset({"CA-QC"})
SHOWN = pack(Grade.DOCUMENTED, 7)
TODAY = date(2026, 11, 23)


def party(incorporated_in: str | None = None, place: str | None = None, kind: str | None = None) -> Party:
    """A party of which these are known, and the others unknown."""
    return Party(
        "p",
        "P",
        kind=kind,
        place=place,
        place_evidence=SHOWN if place else 0,
        incorporated_in=incorporated_in,
        incorporated_evidence=SHOWN if incorporated_in else 0,
    )


# Where a party is


@pytest.mark.parametrize(
    ("place", "expected"), [("US", True), ("US-NY", True), ("CA", False), ("CA-QC", False), ("UM", False)]
)
def test_a_place_is_in_an_area_with_all_its_subdivisions(place: str, *, expected: bool) -> None:
    assert inside(place, US) is expected


def test_a_country_is_too_rough_to_be_in_one_of_its_provinces() -> None:
    assert inside("CA", QUEBEC) is None
    assert inside("CA", QUEBEC | {"CA"}) is True
    assert inside("US", QUEBEC) is False
    assert inside("US", frozenset()) is False


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (party("US-DE", "CA-QC"), True),
        (party("CA-QC", "US-NY"), True),
        (party("CA-QC", "CA-ON"), False),
        (party("US-DE"), True),
        (party("CA-QC"), None),
        (party(place="CA-QC"), None),
        (party(place="US"), True),
        (party(), None),
    ],
)
def test_a_party_is_seated_where_it_is_constituted_or_has_its_head_office(found: Party, expected: bool | None) -> None:
    assert found.seated_in(US) is expected


def test_known_to_be_nowhere_is_not_unknown() -> None:
    nowhere = Party("p", "P", place_evidence=SHOWN, incorporated_evidence=SHOWN)
    assert nowhere.seated_in(US) is False
    refused = Party("p", "P", place_evidence=-2, incorporated_evidence=SHOWN)
    assert refused.seated_in(US) is None


def test_no_law_constitutes_a_person() -> None:
    assert party(kind="person").is_person
    assert not party(kind="company").is_person
    assert party(kind="person", place="CA-QC").seated_in(US) is False
    assert party(kind="person", place="US").seated_in(US) is True
    assert party(kind="person").seated_in(US) is None


def test_the_fact_that_would_settle_a_seat_is_asked_for() -> None:
    assert party(place="CA-QC").unknown_seat(US) == "party.incorporated_in"
    assert party("CA-QC").unknown_seat(US) == "party.place"
    assert party("CA").unknown_seat(QUEBEC) == "party.incorporated_in"
    assert party(kind="person").unknown_seat(US) == "party.place"


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (party("US-DE", "US-NY"), "US-DE"),
        (party("CA-QC", "US-NY"), "US-NY"),
        (party("CA-QC", "CA-ON"), "CA-ON"),
        (party("CA-QC"), "CA-QC"),
        (party(), None),
    ],
)
def test_the_place_to_show_is_the_one_that_ties_it_to_the_area(found: Party, place: str | None) -> None:
    assert found.place_in(US) == place


# What a stake gives


@pytest.mark.parametrize(
    ("stake", "least", "most"),
    [
        (Ownership("o", "x", Decimal(30), Decimal(40)), 30, 40),
        (Ownership("o", "x"), 0, 100),
        (Ownership("o", "x", Decimal(30)), 30, 100),
        (Ownership("o", "x", control=False), 0, 50),
        (Ownership("o", "x", Decimal(60), control=False), 60, 60),
        (Ownership("o", "x", Decimal(10), Decimal(70), control=False), 10, 70),
        (Ownership("o", "x", control=True), 0, 100),
    ],
)
def test_a_stake_has_bounds_even_where_its_size_is_unknown(stake: Ownership, least: int, most: int) -> None:
    assert (stake.least, stake.most) == (Decimal(least), Decimal(most))


@pytest.mark.parametrize(("control", "perhaps"), [(True, None), (None, None), (False, False)])
def test_a_stake_that_perhaps_no_longer_holds_may_give_nothing(*, control: bool | None, perhaps: bool | None) -> None:
    stake = Ownership("o", "x", Decimal(60), Decimal(70), control, SHOWN).perhaps()
    assert stake == Ownership("o", "x", None, Decimal(70), perhaps, SHOWN)
    assert stake.least == 0


# The day on which it holds


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, True),
        ("2024-06-15", None, True),
        ("2024-06-16", None, False),
        ("2024-06", None, None),
        ("2024", None, None),
        ("2023", "2024-06-15", True),
        ("2023", "2024-06-14", False),
        ("2023", "2024", None),
        ("2023", "2024-05", False),
        (None, "2025", True),
        ("2025", "2024", False),
        ("2024-12", None, False),
    ],
)
def test_a_partial_date_is_an_interval(since: str | None, until: str | None, *, expected: bool | None) -> None:
    assert holds(since, until, date(2024, 6, 15)) is expected


@pytest.mark.parametrize(
    ("until", "day", "expected"),
    [
        ("2024-02", date(2024, 2, 29), None),
        ("2024-02", date(2024, 3, 1), False),
        ("2023-12", date(2023, 12, 31), None),
        ("2023-12", date(2024, 1, 1), False),
        ("9999-12", date(9999, 12, 31), None),
        ("9999", date(2026, 1, 1), True),
    ],
)
def test_a_month_ends_on_its_last_day(until: str, day: date, *, expected: bool | None) -> None:
    assert holds(None, until, day) is expected


# Registers


def small() -> MemoryRegister:
    stakes = [Ownership("a", "x"), Ownership("b", "x"), Ownership("a", "y"), Ownership("a", "w")]
    return MemoryRegister([Party("x", "X"), Party("a", "A")], stakes)


def test_a_register_answers_for_the_parties_that_it_is_asked_about() -> None:
    register = small()
    assert register.owners_of(["x", "nobody"]) == {"x": [Ownership("a", "x"), Ownership("b", "x")]}
    assert register.parties(["a", "b"]) == {"a": Party("a", "A")}


def test_the_stakes_of_an_owner_come_in_order_up_to_a_bound_and_it_is_said_whether_these_are_all() -> None:
    register = small()
    assert register.owned_by(["b", "a"], 4) == (
        [Ownership("a", "w"), Ownership("a", "x"), Ownership("b", "x"), Ownership("a", "y")],
        True,
    )
    assert register.owned_by(["a"], 2) == ([Ownership("a", "w"), Ownership("a", "x")], False)
    assert register.owned_by(["nobody"], 2) == ([], True)


def tables(parties: Sequence[Mapping[str, object]], stakes: Sequence[Mapping[str, object]]) -> TableRegister:
    connection = duckdb.connect(":memory:")
    for table, rows in (("party", parties), ("ownership", stakes)):
        names = columns(table)
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {sql}' for name, sql in names.items())})")
        for row in rows:
            known = {name for name in row if name not in ("id", "owner", "owned")}
            values = [
                row.get(name, 0 if name.endswith("__ev") and name[:-4] not in known else SHOWN)
                if name.endswith("__ev")
                else row.get(name)
                for name in names
            ]
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
    register = TableRegister(connection, TODAY)
    register.index()
    return register


def test_the_tables_give_what_they_hold_on_the_day() -> None:
    register = tables(
        [
            {"id": "ibm", "name": "IBM", "incorporated_in": "US-NY", "present_in": ["CA-QC"], "owners_complete": True},
            {"id": "lgs"},
        ],
        [
            {"id": "1", "owner": "ibm", "owned": "lgs", "control": True},
            {"id": "2", "owner": "old", "owned": "lgs", "percent": 60, "percent__hi": 60, "until": "2020"},
            {"id": "3", "owner": "new", "owned": "lgs", "percent": 30, "percent__hi": 30, "since": "2026"},
            {"id": "4", "owner": "quarrel", "owned": "lgs", "control": True, "until__ev": -1},
        ],
    )
    ibm = register.parties(["ibm", "nobody"])["ibm"]
    assert (ibm.incorporated_in, ibm.present_in, ibm.owners_complete, ibm.presence_complete) == (
        "US-NY",
        ("CA-QC",),
        True,
        False,
    )
    assert register.parties(["lgs"])["lgs"] == Party("lgs", "lgs")
    assert register.owners_of(["lgs"])["lgs"] == [
        Ownership("ibm", "lgs", control=True, evidence=SHOWN),
        Ownership("new", "lgs", None, Decimal(30), None, SHOWN),
        Ownership("quarrel", "lgs", None, Decimal(100), None, SHOWN),
    ]
    assert register.owned_by(["ibm", "new"], 1) == ([Ownership("ibm", "lgs", control=True, evidence=SHOWN)], False)
    assert register.owned_by(["ibm", "new"], 2)[1]


PARTIES: Sequence[Mapping[str, object]] = [
    {"id": "a", "name": "A", "kind": "company", "place": "US-NY"},
    {"id": "b", "present_in": [], "presence_complete": True},
    {"id": "x"},
]
STAKES: Sequence[Mapping[str, object]] = [
    {"id": "3", "owner": "b", "owned": "x", "percent": 20, "percent__hi": 30},
    {"id": "2", "owner": "a", "owned": "x", "percent": 10, "percent__hi": 10},
    {"id": "1", "owner": "a", "owned": "x", "control": True},
    {"id": "4", "owner": "x", "owned": "a", "since": "2026"},
    {"id": "5", "owner": "x", "owned": "b", "until": "2020"},
]


def test_read_at_once_a_register_answers_as_it_does_level_by_level() -> None:
    register = tables(PARTIES, STAKES)
    whole, ids = register.whole(), ["a", "b", "x", "nobody"]
    assert whole.owners_of(ids) == register.owners_of(ids)
    assert [stake.control for stake in whole.owners_of(ids)["x"]] == [True, None, None]
    assert whole.owned_by(ids, 9) == register.owned_by(ids, 9)
    assert whole.parties(ids) == register.parties(ids)
    assert set(whole.parties(ids)) == {"a", "b", "x"}


def test_it_may_be_indexed_twice() -> None:
    register = tables(PARTIES, STAKES)
    register.index()
    assert register.parties(["a"])["a"].name == "A"


def test_in_the_bound_of_the_tables_stakes_that_no_longer_hold_count() -> None:
    register = tables(PARTIES, STAKES)
    assert [stake.owned for stake in register.owned_by(["x"], 2)[0]] == ["a"]
    assert register.owned_by(["x"], 1)[1] is False


def only(**columns: object) -> Ownership:
    (found,) = tables([], [{"id": "1", "owner": "o", "owned": "x"} | columns]).owners_of(["x"])["x"]
    return found


def test_what_a_refused_reading_or_a_contradiction_left_of_a_stake_is_unknown() -> None:
    whole = {"percent": 60, "percent__hi": 60, "control": True}
    assert only(**whole) == Ownership("o", "x", Decimal(60), Decimal(60), True, SHOWN)
    assert only(**whole, percent__ev=-2) == Ownership("o", "x", None, None, True, SHOWN)
    contradicted = only(**whole, control__ev=CONTRADICTED)
    assert contradicted == Ownership("o", "x", Decimal(60), Decimal(60), None, SHOWN)


def test_the_evidence_of_a_stake_is_that_of_what_decides() -> None:
    other = pack(Grade.REPORTED, 3)
    assert only(percent=60, percent__hi=60, control=True, control__ev=other).evidence == other
    assert only(percent=60, percent__hi=60, control=None, control__ev=other).evidence == SHOWN


@pytest.mark.parametrize("date_", ["since__ev", "until__ev"])
def test_a_date_that_could_not_be_read_may_end_a_stake_and_one_that_nobody_told_does_not(date_: str) -> None:
    stake: dict[str, object] = {"percent": 60, "percent__hi": 60}
    assert only(**stake) == Ownership("o", "x", Decimal(60), Decimal(60), None, SHOWN)
    assert only(**stake | {date_: -2}) == Ownership("o", "x", None, Decimal(60), None, SHOWN)


def one(**columns: object) -> Party:
    return tables([{"id": "p"} | columns], []).parties(["p"])["p"]


@pytest.mark.parametrize("evidence", [0, -2, CONTRADICTED])
def test_what_is_not_known_of_a_party_counts_for_nothing(evidence: int) -> None:
    found = one(
        kind="person",
        kind__ev=evidence,
        place="US",
        place__ev=evidence,
        incorporated_in="US",
        incorporated_in__ev=evidence,
        present_in=["US"],
        present_in__ev=evidence,
        owners_complete=True,
        owners_complete__ev=evidence,
    )
    assert (found.kind, found.place, found.incorporated_in, found.present_in) == (None, None, None, ())
    assert not found.owners_complete
    assert found.seated_in(US) is None


def test_a_refused_reading_reopens_what_was_called_complete() -> None:
    assert one(owners_complete=True).owners_complete
    assert not one(owners_complete=True, owners_complete__ev=SHOWN | GAPPED_BIT).owners_complete
    assert not one(owners_complete=False).owners_complete


@pytest.mark.parametrize(
    ("more", "complete"),
    [
        ({}, True),
        ({"present_in__open": True}, False),
        ({"present_in__ev": 0}, False),
        ({"presence_complete": False}, False),
        ({"presence_complete__ev": SHOWN | GAPPED_BIT}, False),
    ],
)
def test_presence_is_complete_where_its_list_is_closed_and_called_complete(
    more: dict[str, object], *, complete: bool
) -> None:
    shown = {"present_in": ["CA-QC"], "present_in__open": False, "presence_complete": True}
    assert one(**shown | more).presence_complete is complete
