"""The derived facts: roll-ups from what belongs to a subject, as tables `derived_<table>` beside the stored ones.

A derived fact is no stronger than the weakest fact it comes from. A derived list is closed only where a reading or a
statement says that nothing is missing (`copies_complete`, `resources_complete`, `involvements_complete`) and every
member's place is known; a statement under which a reading was refused that would outrank it closes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sovercheck.evaluation.efvp import derive_of_copies, derive_of_projects
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
    pass

MINUTES_PER_MONTH = "43830"
"""Of a mean Gregorian month: 365.25 × 24 × 60 ÷ 12."""

OWN_READING = Evidence(Grade.OBSERVED, "sovercheck")
"""What the tool finds by reading the inventory itself: that two sources disagree, that a party is a supplier."""

_REMOTE_ACCESS = ("supervised_support", "remote_support", "administration")


def derive(inventory: Inventory, read: Collection[str] = FACTS) -> int:
    """Creates the tables of derived facts that plain SQL can make; `evaluation.parties` adds those of ownership.

    Args:
        inventory: the facts.
        read: full names of the facts that will be read. Nothing else is derived, but for what every assessment tells:
            the place of a resource, the places and parties of a system.

    Returns:
        The evidence integer of an empty `contradicted` list.
    """
    connection = inventory.connection
    own = _own_reading(inventory)
    connection.execute(_involved(inventory.lengths))
    connection.execute(_resource_facts(own, read))
    connection.execute(_system_facts(read, inventory.unanswered))
    tables = {FACTS[name].table for name in read}
    if "efvp" in tables:
        derive_of_copies(inventory)
    if "project_efvp" in tables:
        derive_of_projects(inventory)
    connection.execute(_suppliers(inventory, own))
    if any(name.endswith(".contradicted") for name in read):
        _contradicted(inventory, own)
    return own


def _own_reading(inventory: Inventory) -> int:
    if OWN_READING not in inventory.provenance:
        inventory.provenance.append(OWN_READING)
    return pack(OWN_READING.grade, inventory.provenance.index(OWN_READING))


def _involved(lengths: Mapping[str, int]) -> str:
    """SQL of who is involved in what.

    A system's involvements are its own and its resources'; a resource's are its own and its systems'; no sibling's. A
    provider hosts; a contract's party of which no role is told is involved all the same, with an access that nobody
    declared.
    """
    own = [_TOLD] + [sql for table, sql in _IMPLIED.items() if lengths[table]]
    involving = {"resource": True, "system": bool(lengths["involvement"] or lengths["contract"])}
    shared = ["SELECT * FROM own"] + [sql for of, sql in _SHARED.items() if lengths["tie"] and involving[of]]
    return f"""
CREATE OR REPLACE TEMP TABLE involved AS
WITH own AS ({" UNION ALL BY NAME ".join(own)}), shared AS ({" UNION ALL ".join(shared)})
SELECT DISTINCT subject, id, party, role, coalesce(role__ev, 0) AS role__ev, access,
    coalesce(access__ev, 0) AS access__ev, from_places, coalesce(from_places__open, FALSE) AS from_places__open,
    coalesce(from_places__ev, 0) AS from_places__ev,
    on_behalf_of, coalesce(on_behalf_of__ev, 0) AS on_behalf_of__ev
FROM shared
"""


_TOLD = """
    SELECT CASE WHEN system IS NOT NULL THEN 'system' ELSE 'resource' END AS subject, coalesce(system, resource) AS id,
        party, role, role__ev, access, access__ev, from_places, from_places__open, from_places__ev, on_behalf_of,
        on_behalf_of__ev
    FROM involvement"""

_IMPLIED: Mapping[str, str] = {
    "resource": """
    SELECT 'resource' AS subject, id, provider AS party, 'hosts' AS role,
        greatest(name__ev, kind__ev, native_type__ev, holds_data__ev) AS role__ev
    FROM resource WHERE provider IS NOT NULL""",
    "copy": """
    SELECT 'resource' AS subject, resource AS id, provider AS party, 'hosts' AS role,
        greatest(kind__ev, place__ev) AS role__ev
    FROM copy WHERE provider IS NOT NULL""",
    "contract": """
    SELECT 'system' AS subject, k.system AS id, k.party FROM contract k
    WHERE k.system IS NOT NULL AND k.party IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM involvement i WHERE i.system = k.system AND i.party = k.party)""",
}
"""Table → the involvements that its rows imply, without anybody telling them."""

_SHARED: Mapping[str, str] = {
    other: f"""
    SELECT '{subject}', t.{subject}, o.* EXCLUDE (subject, id)
    FROM own o JOIN tie t ON o.subject = '{other}' AND o.id = t.{other}"""
    for subject, other in (("system", "resource"), ("resource", "system"))
}
"""Whose involvements → what those whom it is tied to are involved in too."""


def _place_sums(of: str, condition: str) -> str:
    """SQL columns, of copies `c` grouped by their owner, that `_place_list` makes a list of places of."""
    members = (
        f"list(DISTINCT c.place ORDER BY c.place) FILTER (c.place__ev > 0 AND c.place IS NOT NULL AND {condition})"
    )
    return (
        f'{members} AS "{of}_members", weakest(c.place__ev, {condition}) AS "{of}_ev", '
        f'coalesce(bool_or(c.place__ev <= 0) FILTER ({condition}), FALSE) AS "{of}_unplaced"'
    )


def _place_list(of: str) -> str:
    """SQL columns of a list of places: members, open flag, evidence; `closed` and `closed_ev` stand beside the sums."""
    whole = f'(closed AND NOT "{of}_unplaced")'
    return (
        f'coalesce("{of}_members", []) AS "{of}", NOT {whole} AS "{of}__open", '
        f'list_ev({whole}, "{of}_ev", closed_ev) AS "{of}__ev"'
    )


def _resource_facts(own: int, read: Collection[str]) -> str:
    primary = "(c.kind__ev > 0 AND c.kind = 'primary')"
    summed, told, joined = "", "", ""
    if "resource.places" in read:
        summed = f""",
        surely(any_value(r.copies_complete), any_value(r.copies_complete__ev)) AS closed,
        {_place_sums("places", "c.id IS NOT NULL")}"""
        told += f",\n    {_place_list('places')}"
    if "resource.systems" in read:
        told += f", coalesce(tied.systems, []) AS systems, FALSE AS systems__open, {own} AS systems__ev"
        joined = f" LEFT JOIN ({_TIED}) tied ON tied.resource = summed.id"
    return f"""
CREATE OR REPLACE TEMP TABLE derived_resource AS
WITH summed AS (
    SELECT r.id,
        min(c.place) FILTER {primary} AS lowest, max(c.place) FILTER {primary} AS highest,
        count(*) FILTER {primary} AS primaries, min(c.place__ev) FILTER {primary} AS primary_ev,
        coalesce(bool_or(c.kind__ev <= 0) FILTER (c.id IS NOT NULL), FALSE) AS maybe_primary,
        bool_or(gapped(c.kind__ev)) OR bool_or(gapped(c.place__ev)) FILTER {primary} AS gap,
        any_value(r.copies_complete__ev) AS closed_ev{summed}
    FROM resource r LEFT JOIN copy c ON c.resource = r.id GROUP BY r.id
)
SELECT id, CASE WHEN lowest = highest AND NOT maybe_primary AND primary_ev > 0 THEN lowest END AS place,
    CASE WHEN maybe_primary OR primaries = 0 THEN {NO_ANSWER}
         WHEN lowest <> highest THEN {CONTRADICTED}
         -- Where a kind is under a gap, or the copies could not be listed, another copy may be the primary one.
         WHEN primary_ev > 0 AND (gap OR closed_ev <= {FIRST_GAP} OR gapped(closed_ev)) THEN primary_ev | {GAPPED_BIT}
         ELSE primary_ev END AS place__ev{told}
FROM summed{joined}
"""


_TIED = "SELECT resource, list(DISTINCT system ORDER BY system) AS systems FROM tie GROUP BY resource"


def _system_facts(read: Collection[str], unanswered: Collection[str]) -> str:
    lists = {"places": "c.id IS NOT NULL"}
    lists |= {
        f"{kind}_places": f"(c.kind = '{kind}' AND c.kind__ev > 0)"
        for kind in COPY_KINDS
        if f"system.{kind}_places" in read
    }
    # A list that nobody says is whole is open, whatever belongs to it.
    whole = _NOBODY_SAYS if "system.resources_complete" in unanswered else _ALL_LISTED
    involved = _NOBODY_SAYS if "system.involvements_complete" in unanswered else _ALL_INVOLVED
    tables = [_parties(involved)]
    selected = ["placed.*", _PARTIES_TOLD]
    joined = ""
    if "system.access_places" in read:
        tables.append(_REACHED)
        selected.append(_ACCESS_PLACES)
        joined += " JOIN reached USING (id)"
    if not _OF_OUTAGES.isdisjoint(read):
        tables.append(_OUTAGES)
        selected.append(_OUTAGES_TOLD)
        joined += " JOIN outages USING (id)"
    return f"""
CREATE OR REPLACE TEMP TABLE derived_system AS
WITH placed AS (
    SELECT id, {", ".join(_place_list(of) for of in lists)}
    FROM (
        SELECT s.id, {whole}, {", ".join(_place_sums(of, condition) for of, condition in lists.items())}
        FROM system s LEFT JOIN tie t ON t.system = s.id LEFT JOIN resource r ON r.id = t.resource
            LEFT JOIN copy c ON c.resource = t.resource
        GROUP BY s.id
    )
), {", ".join(tables)}
SELECT {", ".join(selected)} FROM placed JOIN parties USING (id){joined}
"""


def _remote(role: str) -> str:
    words = ", ".join(f"'{word}'" for word in _REMOTE_ACCESS)
    return f"({role}.access__ev > 0 AND {role}.access IN ({words}))"


_NOBODY_SAYS = f"FALSE AS closed, {NO_ANSWER} AS closed_ev"
"""Whether a list is closed, and on what evidence, where no inventory row says anything of it."""

_ALL_LISTED = """
            surely(any_value(s.resources_complete), any_value(s.resources_complete__ev))
            AND coalesce(bool_and(surely(r.copies_complete, r.copies_complete__ev)) FILTER (r.id IS NOT NULL), TRUE)
            AND NOT coalesce(bool_or(NOT sure(c.kind__ev)) FILTER (c.id IS NOT NULL), FALSE) AS closed,
            least(any_value(s.resources_complete__ev),
                  coalesce(min(r.copies_complete__ev) FILTER (r.id IS NOT NULL), any_value(s.resources_complete__ev)))
                AS closed_ev"""
"""The same of the copies of a system."""

_ALL_INVOLVED = """
        surely(any_value(s.involvements_complete), any_value(s.involvements_complete__ev)) AS closed,
        any_value(s.involvements_complete__ev) AS closed_ev"""
"""The same of those who are involved in a system."""


def _parties(closed: str) -> str:
    return f"""parties AS (
    SELECT s.id, list(DISTINCT i.party ORDER BY i.party) FILTER (i.party IS NOT NULL) AS members,
        weakest(greatest(i.role__ev, i.access__ev), TRUE) AS members_ev, {closed}
    FROM system s LEFT JOIN involved i ON i.subject = 'system' AND i.id = s.id GROUP BY s.id
)"""


_PARTIES_TOLD = """
    coalesce(parties.members, []) AS parties, NOT parties.closed AS parties__open,
    list_ev(parties.closed, parties.members_ev, parties.closed_ev) AS parties__ev"""

_REACHED = f"""role AS (
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
)"""
"""From where parties reach each system."""

_ACCESS_PLACES = """
    list_sort(list_distinct(coalesce(reached.members, []))) AS access_places, NOT reached.closed AS access_places__open,
    list_ev(reached.closed, reached.members_ev, reached.closed_ev) AS access_places__ev"""

_OF_OUTAGES = frozenset(("system.outage_minutes", "system.longest_outage", "system.availability"))

_OUTAGES = f"""logged AS (
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
)"""
"""What the log of outages says of each system."""

_OUTAGES_TOLD = """
    outages.* EXCLUDE (id, outage_minutes, outage_minutes__hi, longest_outage, longest_outage__hi, availability,
                       availability__hi),
    CAST(outage_minutes AS DECIMAL(18, 4)) AS outage_minutes,
    CAST(outage_minutes__hi AS DECIMAL(18, 4)) AS outage_minutes__hi,
    CAST(longest_outage AS DECIMAL(18, 4)) AS longest_outage,
    CAST(longest_outage__hi AS DECIMAL(18, 4)) AS longest_outage__hi,
    CAST(availability AS DECIMAL(18, 4)) AS availability,
    CAST(availability__hi AS DECIMAL(18, 4)) AS availability__hi"""


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
