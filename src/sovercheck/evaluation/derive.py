"""The derived facts: roll-ups from what belongs to a subject, as tables `derived_<table>` beside the stored ones.

A derived fact is no stronger than the weakest fact it comes from. A derived list is closed only where a reading or a
statement says that nothing is missing (`copies_complete`, `resources_complete`, `involvements_complete`) and every
member's place is known; a statement under which a reading was refused that would outrank it closes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sovercheck.inventory.evidence import (
    CONTRADICTED,
    FIRST_GAP,
    GAPPED_BIT,
    NO_ANSWER,
    Evidence,
    Grade,
    gap_evidence,
    pack,
)
from sovercheck.inventory.facts import COPY_KINDS, FACTS, SUBJECTS, facts_of
from sovercheck.inventory.store import Inventory

if TYPE_CHECKING:
    import duckdb

MINUTES_PER_MONTH = "43830"
"""Of a mean Gregorian month: 365.25 × 24 × 60 ÷ 12."""

OWN_READING = Evidence(Grade.OBSERVED, "sovercheck")
"""What the tool finds by reading the inventory itself: that two sources disagree, that a party is a supplier."""

_REMOTE_ACCESS = ("supervised_support", "remote_support", "administration")


def derive(inventory: Inventory, read: Collection[str] = FACTS) -> int:
    """Creates the tables of derived facts that plain SQL can make; `evaluation.parties` adds those of ownership.

    Args:
        inventory: the facts.
        read: full names of the facts that will be read: a system's places by kind of copy are derived only then.

    Returns:
        The evidence integer of an empty `contradicted` list.
    """
    connection = inventory.connection
    own = _own_reading(inventory)
    _macros(connection)
    connection.execute(_INVOLVED)
    connection.execute(_resource_facts(own))
    connection.execute(_system_facts([kind for kind in COPY_KINDS if f"system.{kind}_places" in read]))
    connection.execute(_EFVP_OF_COPY)
    connection.execute(_EFVP_OF_PROJECT)
    connection.execute(_suppliers(inventory, own))
    _contradicted(inventory, own)
    return own


def _own_reading(inventory: Inventory) -> int:
    if OWN_READING not in inventory.provenance:
        inventory.provenance.append(OWN_READING)
    return pack(OWN_READING.grade, inventory.provenance.index(OWN_READING))


def _macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Names for what the derivations say again and again."""
    for macro in (
        # The weakest evidence among what is known and counts; under a gap if any of it is.
        f"weakest(ev, counts) AS min(ev) FILTER (ev > 0 AND counts) "
        f"| coalesce(bit_or(ev & {GAPPED_BIT}) FILTER (ev > 0 AND counts), 0)",
        # Known, and no reading of it refused that would outrank it; then the same, and true.
        f"gapped(ev) AS ev > 0 AND (ev & {GAPPED_BIT}) <> 0",
        f"sure(ev) AS ev > 0 AND (ev & {GAPPED_BIT}) = 0",
        "surely(value, ev) AS coalesce(value, FALSE) AND sure(ev)",
        # The weaker of two; under a gap if one of them is.
        f"weaker(one, other) AS least(one, other) | ((one | other) & {GAPPED_BIT})",
        # The evidence of a list: of its members and, where it is closed, of what closes it.
        "list_ev(closed, members_ev, closed_ev) AS "
        "CASE WHEN closed THEN weaker(coalesce(members_ev, closed_ev), closed_ev) "
        f"ELSE coalesce(members_ev, {NO_ANSWER}) END",
        "lo(day) AS day || substr('-01-01', length(day) - 3)",
        "hi(day) AS day || substr('-12-31', length(day) - 3)",
    ):
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


_INVOLVED = """
CREATE OR REPLACE TEMP TABLE involved AS
WITH own AS (
    SELECT CASE WHEN system IS NOT NULL THEN 'system' ELSE 'resource' END AS subject, coalesce(system, resource) AS id,
        party, role, role__ev, access, access__ev, from_places, from_places__open, from_places__ev, on_behalf_of,
        on_behalf_of__ev
    FROM involvement
    UNION ALL BY NAME
    SELECT 'resource' AS subject, id, provider AS party, 'hosts' AS role,
        greatest(name__ev, kind__ev, native_type__ev, holds_data__ev) AS role__ev
    FROM resource WHERE provider IS NOT NULL
    UNION ALL BY NAME
    SELECT 'resource' AS subject, resource AS id, provider AS party, 'hosts' AS role,
        greatest(kind__ev, place__ev) AS role__ev
    FROM copy WHERE provider IS NOT NULL
    UNION ALL BY NAME
    SELECT 'system' AS subject, k.system AS id, k.party FROM contract k
    WHERE k.system IS NOT NULL AND k.party IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM involvement i WHERE i.system = k.system AND i.party = k.party)
), shared AS (
    SELECT * FROM own
    UNION ALL
    SELECT 'system', t.system, o.* EXCLUDE (subject, id)
    FROM own o JOIN tie t ON o.subject = 'resource' AND o.id = t.resource
    UNION ALL
    SELECT 'resource', t.resource, o.* EXCLUDE (subject, id)
    FROM own o JOIN tie t ON o.subject = 'system' AND o.id = t.system
)
SELECT DISTINCT subject, id, party, role, coalesce(role__ev, 0) AS role__ev, access,
    coalesce(access__ev, 0) AS access__ev, from_places, coalesce(from_places__open, FALSE) AS from_places__open,
    coalesce(from_places__ev, 0) AS from_places__ev,
    on_behalf_of, coalesce(on_behalf_of__ev, 0) AS on_behalf_of__ev
FROM shared
"""
"""A system's involvements are its own and its resources'; a resource's are its own and its systems'; no sibling's.

A provider hosts; a contract's party of which no role is told is involved all the same, with an access that nobody
declared.
"""


def _place_list(of: str, closed: str, closed_ev: str, condition: str = "TRUE") -> str:
    """SQL columns of a list of places rolled up from copies `c`: members, open flag, evidence."""
    members = (
        f"list(DISTINCT c.place ORDER BY c.place) FILTER (c.place__ev > 0 AND c.place IS NOT NULL AND {condition})"
    )
    members_ev = f"weakest(c.place__ev, {condition})"
    unplaced = f"coalesce(bool_or(c.place__ev <= 0) FILTER ({condition}), FALSE)"
    whole = f"({closed} AND NOT {unplaced})"
    return (
        f'coalesce({members}, []) AS "{of}", NOT {whole} AS "{of}__open", '
        f'list_ev({whole}, {members_ev}, {closed_ev}) AS "{of}__ev"'
    )


def _resource_facts(own: int) -> str:
    primary = "(c.kind__ev > 0 AND c.kind = 'primary')"
    maybe_primary = "coalesce(bool_or(c.kind__ev <= 0) FILTER (c.id IS NOT NULL), FALSE)"
    places = f"count(DISTINCT c.place) FILTER {primary}"
    # Where a kind is under a gap, or the copies could not be listed, another copy may be the primary one.
    gapped = (
        f"CASE WHEN bool_or(gapped(c.kind__ev)) OR bool_or(gapped(c.place__ev)) FILTER {primary} "
        f"OR any_value(r.copies_complete__ev <= {FIRST_GAP} OR gapped(r.copies_complete__ev)) "
        f"THEN {GAPPED_BIT} ELSE 0 END"
    )
    weakest = f"min(c.place__ev) FILTER {primary}"
    closed = "surely(any_value(r.copies_complete), any_value(r.copies_complete__ev))"
    rolled_up = _place_list("places", closed, "any_value(r.copies_complete__ev)", "c.id IS NOT NULL")
    return f"""
CREATE OR REPLACE TEMP TABLE derived_resource AS
SELECT r.id,
    CASE WHEN {places} = 1 AND NOT {maybe_primary} AND {weakest} > 0 THEN min(c.place) FILTER {primary} END AS place,
    CASE WHEN {maybe_primary} OR count(*) FILTER {primary} = 0 THEN {NO_ANSWER}
         WHEN {places} > 1 THEN {CONTRADICTED}
         WHEN {weakest} > 0 THEN {weakest} | {gapped}
         ELSE {weakest} END AS place__ev,
    {rolled_up},
    coalesce((SELECT list(DISTINCT system ORDER BY system) FROM tie WHERE tie.resource = r.id), []) AS systems,
    FALSE AS systems__open, {own} AS systems__ev
FROM resource r LEFT JOIN copy c ON c.resource = r.id GROUP BY r.id
"""


def _system_facts(kinds: Sequence[str]) -> str:
    closed = "any_value(whole.closed)"
    closed_ev = "any_value(whole.closed_ev)"
    lists = [_place_list("places", closed, closed_ev, "c.id IS NOT NULL")]
    lists += [
        _place_list(f"{kind}_places", closed, closed_ev, f"(c.kind = '{kind}' AND c.kind__ev > 0)") for kind in kinds
    ]
    return f"""
CREATE OR REPLACE TEMP TABLE derived_system AS
WITH whole AS (
    SELECT s.id,
        surely(any_value(s.resources_complete), any_value(s.resources_complete__ev))
        AND coalesce(bool_and(surely(r.copies_complete, r.copies_complete__ev)) FILTER (r.id IS NOT NULL), TRUE)
        AND NOT coalesce(bool_or(NOT sure(c.kind__ev)) FILTER (c.id IS NOT NULL), FALSE) AS closed,
        least(any_value(s.resources_complete__ev),
              coalesce(min(r.copies_complete__ev) FILTER (r.id IS NOT NULL), any_value(s.resources_complete__ev)))
            AS closed_ev
    FROM system s LEFT JOIN tie t ON t.system = s.id LEFT JOIN resource r ON r.id = t.resource
        LEFT JOIN copy c ON c.resource = r.id
    GROUP BY s.id
), placed AS (
    SELECT s.id, {", ".join(lists)}
    FROM system s JOIN whole ON whole.id = s.id LEFT JOIN tie t ON t.system = s.id
        LEFT JOIN copy c ON c.resource = t.resource
    GROUP BY s.id
), role AS (
    SELECT id, any_value(party) AS party, access, access__ev, from_places, from_places__open, from_places__ev
    FROM involved WHERE subject = 'system' GROUP BY ALL
), reached AS (
    SELECT s.id,
        surely(any_value(s.involvements_complete), any_value(s.involvements_complete__ev))
        AND NOT coalesce(bool_or(NOT sure(role.access__ev) OR ({_remote("role")}
            AND (role.from_places__ev <= 0 OR role.from_places__open))), FALSE) AS closed,
        any_value(s.involvements_complete__ev) AS closed_ev,
        flatten(list(role.from_places) FILTER ({_remote("role")} AND role.from_places__ev > 0)) AS members,
        weakest(role.from_places__ev, {_remote("role")}) AS members_ev
    FROM system s LEFT JOIN role ON role.id = s.id GROUP BY s.id
), parties AS (
    SELECT s.id, list(DISTINCT i.party ORDER BY i.party) FILTER (i.party IS NOT NULL) AS members,
        weakest(greatest(i.role__ev, i.access__ev), TRUE) AS members_ev,
        surely(any_value(s.involvements_complete), any_value(s.involvements_complete__ev)) AS closed,
        any_value(s.involvements_complete__ev) AS closed_ev
    FROM system s LEFT JOIN involved i ON i.subject = 'system' AND i.id = s.id GROUP BY s.id
), logged AS (
    -- How many outages an entry of the log counts: at least one, where nobody told.
    SELECT *, CASE WHEN count__ev > 0 THEN coalesce("count", 1) ELSE 1 END AS fewest,
        CASE WHEN count__ev > 0 THEN nullif("count__hi", 0) END AS most
    FROM outage
), down AS (
    SELECT system AS id, sum(minutes) FILTER (minutes__ev > 0) AS low,
        sum(minutes__hi) FILTER (minutes__ev > 0) AS high,
        coalesce(bool_or(minutes__ev <= 0 OR minutes__hi IS NULL), FALSE) AS loose,
        weakest(minutes__ev, TRUE) AS ev,
        weaker(weakest(minutes__ev, TRUE), coalesce(weakest(count__ev, TRUE), weakest(minutes__ev, TRUE)))
            AS longest_ev,
        max(CASE WHEN most <= 1 THEN minutes ELSE ceil(coalesce(minutes / most, 0)) END)
            FILTER (minutes__ev > 0) AS longest_low,
        max(CASE WHEN fewest <= 1 THEN minutes__hi ELSE greatest(0, minutes__hi - (fewest - 1)) END)
            FILTER (minutes__ev > 0) AS longest_high
    FROM logged GROUP BY system
), window_ AS (
    SELECT s.id, d.*  EXCLUDE (id),
        surely(s.outages_complete, s.outages_complete__ev) AND NOT coalesce(d.loose, FALSE) AS closed,
        s.outages_complete__ev AS closed_ev, s.observed_months__ev AS months_ev,
        CASE WHEN s.observed_months__ev > 0 THEN s.observed_months * {MINUTES_PER_MONTH} END AS short,
        CASE WHEN s.observed_months__ev > 0 THEN s.observed_months__hi * {MINUTES_PER_MONTH} END AS long
    FROM system s LEFT JOIN down d ON d.id = s.id
), outages AS (
    SELECT id,
        CASE WHEN low IS NOT NULL OR closed THEN coalesce(low, 0) END AS outage_minutes,
        CASE WHEN closed THEN coalesce(high, 0) END AS outage_minutes__hi,
        list_ev(closed, ev, closed_ev) AS outage_minutes__ev,
        CASE WHEN longest_low IS NOT NULL OR closed THEN coalesce(longest_low, 0) END AS longest_outage,
        CASE WHEN closed THEN coalesce(longest_high, 0) END AS longest_outage__hi,
        list_ev(closed, longest_ev, closed_ev) AS longest_outage__ev,
        CASE WHEN short > 0
            THEN CASE WHEN closed THEN greatest(0, 100 * (short - coalesce(high, 0)) / short) ELSE 0 END END
            AS availability,
        CASE WHEN long > 0 THEN 100 * (long - coalesce(low, 0)) / long END AS availability__hi,
        CASE WHEN short > 0 THEN weaker(months_ev, list_ev(closed, ev, closed_ev)) ELSE {NO_ANSWER} END
            AS availability__ev
    FROM window_
)
SELECT placed.*,
    list_sort(list_distinct(coalesce(reached.members, []))) AS access_places, NOT reached.closed AS access_places__open,
    list_ev(reached.closed, reached.members_ev, reached.closed_ev) AS access_places__ev,
    coalesce(parties.members, []) AS parties, NOT parties.closed AS parties__open,
    list_ev(parties.closed, parties.members_ev, parties.closed_ev) AS parties__ev,
    outages.* EXCLUDE (id, outage_minutes, outage_minutes__hi, longest_outage, longest_outage__hi, availability,
                       availability__hi),
    CAST(outage_minutes AS DECIMAL(18, 4)) AS outage_minutes,
    CAST(outage_minutes__hi AS DECIMAL(18, 4)) AS outage_minutes__hi,
    CAST(longest_outage AS DECIMAL(18, 4)) AS longest_outage,
    CAST(longest_outage__hi AS DECIMAL(18, 4)) AS longest_outage__hi,
    CAST(availability AS DECIMAL(18, 4)) AS availability, CAST(availability__hi AS DECIMAL(18, 4)) AS availability__hi
FROM placed JOIN reached USING (id) JOIN parties USING (id) JOIN outages USING (id)
"""


def _remote(role: str) -> str:
    words = ", ".join(f"'{word}'" for word in _REMOTE_ACCESS)
    return f"({role}.access__ev > 0 AND {role}.access IN ({words}))"


def _covers(copy: str, efvp: str) -> str:
    """Whether an assessment covers a copy's place: its places name the place or what contains it."""
    inside = f"list_contains({efvp}.places, {copy}.place) OR list_contains({efvp}.places, substr({copy}.place, 1, 2))"
    return f"({copy}.place__ev > 0 AND {efvp}.places__ev > 0 AND ({inside}))"


_EFVP_FACTS: Mapping[str, Sequence[str]] = {
    **{short: (short,) for short in ("kind", "date", "status", "conclusion", "agreement", "committee_consulted")},
    **{short: (short, f"{short}__open") for short in ("places", "factors")},
}
"""Fact → its columns without its evidence."""

_PROJECT_FACTS: Mapping[str, Sequence[str]] = {
    short: (short,) for short in ("status", "date", "committee_consulted", "is_certification")
}

_OUTRANKED = """
    sure(k.status__ev) AND sure(b.status__ev) AND coalesce(
        (b.done AND NOT k.done)
        OR (b.done = k.done AND sure(k.date__ev) AND sure(b.date__ev) AND (
            (k.date IS NULL AND b.date IS NOT NULL) OR hi(b.date) < lo(k.date)
            OR (k.date IS NOT DISTINCT FROM b.date AND coalesce(length(k.date) = 10, TRUE) AND b.id < k.id))), FALSE)
"""
"""Whether assessment `k` certainly comes after `b`: those that are done come first, then the earlier, then by id."""

_BEST = "ORDER BY done DESC, date NULLS LAST, id"


def _efvp_facts(facts: Mapping[str, Sequence[str]]) -> str:
    """SQL columns of the facts of assessment `b` of a pair `p`: unknown where another may be the one that counts."""
    known = "b.id IS NOT NULL AND NOT p.rivalled AND NOT p.unlisted"
    values = [
        f'CASE WHEN {known} THEN b."{column}" END AS "{name}"'
        for name, columns in facts.items()
        for column in columns[:1]
    ]
    values += [
        f'CASE WHEN {known} THEN b."{columns[0]}__open" END AS "{name}__open"'
        for name, columns in facts.items()
        if columns[1:]
    ]
    evidence = [
        f'CASE WHEN {known} THEN b."{columns[0]}__ev" | (CASE WHEN b."{columns[0]}__ev" > 0 THEN b.gap ELSE 0 END) '
        f"WHEN b.id IS NULL AND p.closed AND NOT p.may THEN p.closed_ev ELSE least(p.closed_ev, {NO_ANSWER}) "
        f'END AS "{name}__ev"'
        for name, columns in facts.items()
    ]
    return ", ".join(values + evidence)


_EFVPS = (
    "surely(s.efvps_complete, s.efvps_complete__ev) AS closed, s.efvps_complete__ev AS closed_ev, "
    f"s.efvps_complete__ev <= {FIRST_GAP} OR gapped(s.efvps_complete__ev) AS unlisted"
)
"""Of the list of a system's assessments: whether it is closed, and whether a reading of it was refused."""

_EFVP_OF_COPY = f"""
CREATE OR REPLACE TEMP TABLE efvp_of_copy AS
WITH candidate AS (
    SELECT c.id AS copy, t.system, e.*, coalesce(e.status = 'done', FALSE) AS done,
        CASE WHEN gapped(e.kind__ev) OR gapped(e.places__ev) OR gapped(c.place__ev) THEN {GAPPED_BIT} ELSE 0 END AS gap,
        coalesce(e.kind = 'outside_quebec' AND {_covers("c", "e")}, FALSE) AS is_it,
        coalesce({_covers("c", "e")}, FALSE) OR NOT sure(e.places__ev) OR coalesce(e.places__open, FALSE)
            OR NOT sure(c.place__ev) OR coalesce(
                length(c.place) = 2 AND len(list_filter(e.places, lambda p: starts_with(p, c.place))) > 0, FALSE)
            AS may_be
    FROM copy c JOIN tie t ON t.resource = c.resource
    JOIN efvp e ON e.system = t.system AND (NOT sure(e.kind__ev) OR e.kind = 'outside_quebec')
), best AS (
    SELECT * FROM candidate WHERE is_it QUALIFY row_number() OVER (PARTITION BY copy, system {_BEST}) = 1
), rival AS (
    SELECT k.copy, k.system, bool_or(b.id <> k.id AND NOT ({_OUTRANKED})) AS rivalled
    FROM candidate k LEFT JOIN best b ON b.copy = k.copy AND b.system = k.system
    WHERE k.is_it OR k.may_be GROUP BY k.copy, k.system
), p AS (
    SELECT c.id AS copy, t.system, {_EFVPS}, coalesce(rival.rivalled, FALSE) AS rivalled, rival.copy IS NOT NULL AS may
    FROM copy c JOIN tie t ON t.resource = c.resource JOIN system s ON s.id = t.system
    LEFT JOIN rival ON rival.copy = c.id AND rival.system = t.system
)
SELECT p.copy, p.system, {_efvp_facts(_EFVP_FACTS)} FROM p LEFT JOIN best b ON b.copy = p.copy AND b.system = p.system
"""
"""A copy's EFVP is that of its system that covers its place: none if the list is closed and none covers it.

Of several, the one that is done, and then the first, counts; unknown while another that may cover the place may be it.
"""

_EFVP_OF_PROJECT = f"""
CREATE OR REPLACE TEMP TABLE efvp_of_project AS
WITH candidate AS (
    SELECT *, coalesce(status = 'done', FALSE) AS done, CASE WHEN gapped(kind__ev) THEN {GAPPED_BIT} ELSE 0 END AS gap,
        coalesce(kind IN ('project', 'certification'), FALSE) AS is_it, kind = 'certification' AS is_certification,
        kind__ev AS is_certification__ev
    FROM efvp WHERE NOT sure(kind__ev) OR kind IN ('project', 'certification')
), best AS (
    SELECT * FROM candidate WHERE is_it QUALIFY row_number() OVER (PARTITION BY system {_BEST}) = 1
), rival AS (
    SELECT k.system, bool_or(b.id <> k.id AND NOT ({_OUTRANKED})) AS rivalled
    FROM candidate k LEFT JOIN best b ON b.system = k.system GROUP BY k.system
), p AS (
    SELECT s.id AS system, {_EFVPS}, coalesce(rival.rivalled, FALSE) AS rivalled, rival.system IS NOT NULL AS may
    FROM system s LEFT JOIN rival ON rival.system = s.id
)
SELECT p.system, {_efvp_facts(_PROJECT_FACTS)} FROM p LEFT JOIN best b ON b.system = p.system
"""
"""A project's EFVP: the one that is done first, or that of a certification, which stands in for it."""


def _suppliers(inventory: Inventory, own: int) -> str:
    """Who is named as a supplier; of the others nothing is known where a listing that would name them was refused."""
    gapped = [
        number
        for number, gap in enumerate(inventory.gaps)
        if gap.id is None and gap.table in ("involvement", "contract", "resource", "copy")
    ]
    other = gap_evidence(gapped[0]) if gapped else own
    return f"""
CREATE OR REPLACE TEMP TABLE supplier AS
WITH named AS (
    SELECT party AS id FROM involvement UNION SELECT party FROM contract
    UNION SELECT provider FROM resource UNION SELECT provider FROM copy
)
SELECT p.id, n.id IS NOT NULL AS is_supplier, CASE WHEN n.id IS NOT NULL THEN {own} ELSE {other} END AS is_supplier__ev
FROM party p LEFT JOIN (FROM named WHERE id IS NOT NULL) n ON n.id = p.id
"""


def _contradicted(inventory: Inventory, own: int) -> None:
    """`<table>.contradicted`: the full names of facts on which sources exclude each other.

    A subject that is not in the view has an empty, closed list. Where a reading of some fact was refused, what it would
    have said might contradict the others: the list is open.
    """
    connection = inventory.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE contradiction (subject VARCHAR, id VARCHAR, fact VARCHAR)")
    connection.execute("CREATE OR REPLACE TEMP TABLE unread (subject VARCHAR, id VARCHAR)")
    if inventory.contradictions:
        connection.executemany(
            "INSERT INTO contradiction VALUES (?, ?, ?)",
            [[item.table, item.id, f"{item.table}.{item.fact}"] for item in inventory.contradictions],
        )
    for table in SUBJECTS if inventory.gaps else ():
        touched = " OR ".join(
            f'"{fact.short}__ev" <= {FIRST_GAP} OR gapped("{fact.short}__ev")'
            for fact in facts_of(table)
            if not fact.derived
        )
        connection.execute(f"INSERT INTO unread SELECT '{table}', id FROM \"{table}\" WHERE {touched}")
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW contradicted AS SELECT subject, id, "
        "list_sort(list_filter(list_distinct(list(fact)), lambda f: f IS NOT NULL)) AS contradicted, "
        f"bool_or(fact IS NULL) AS contradicted__open, {own} AS contradicted__ev "
        "FROM (FROM contradiction UNION ALL SELECT *, NULL FROM unread) GROUP BY subject, id"
    )
