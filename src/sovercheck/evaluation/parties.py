"""What the parties and their owners make derivable: exposures to laws, ultimate owners, who owns the hosts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from sovercheck.evaluation.exposure import CopyKey, Involvement, Keys, Reach
from sovercheck.evaluation.leaves import exposure_column
from sovercheck.evaluation.ownership import Walk
from sovercheck.evaluation.register import Register, TableRegister
from sovercheck.evaluation.views import home
from sovercheck.findings import Exposure
from sovercheck.inventory.evidence import GAPPED_BIT, NO_ANSWER, is_gapped
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.store import Inventory
from sovercheck.light import dataclass
from sovercheck.reference.laws import Law, Level

if TYPE_CHECKING:
    import duckdb

Exposed = Literal["system", "resource"]
EXPOSED: tuple[Exposed, ...] = ("system", "resource")
"""The subjects that a law may reach."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """How each law that a rule looks at reaches each subject."""

    found: Mapping[tuple[str, str, str], Exposure]

    def get(self, law: str, subject: str, id_: str) -> Exposure | None:
        """The exposure of one subject to one law, if it was looked at."""
        return self.found.get((law, subject, id_))

    def by_system(self) -> dict[str, tuple[Exposure, ...]]:
        """System → its exposures, in order of law."""
        grouped: dict[str, list[Exposure]] = defaultdict(list)
        for (_, subject, id_), exposure in sorted(self.found.items()):
            if subject == "system":
                grouped[id_].append(exposure)
        return {id_: tuple(exposures) for id_, exposures in grouped.items()}


def derive_parties(
    inventory: Inventory,
    laws: Sequence[Law],
    as_of: date,
    subjects: Iterable[Exposed],
    read: Collection[str] = FACTS,
) -> Exposures:
    """Creates the tables `exposure`, `derived_party`, `owner_of_resource` and `owner_of_system`.

    Args:
        inventory: the facts; `derive.derive` has run.
        laws: those that rules look at.
        as_of: the day on which laws and ownership must hold.
        subjects: whose exposures rules ask for.
        read: full names of the facts that will be read; of the other tables than `exposure`, only theirs are created.
    """
    reach = Reach(_register(inventory, as_of), as_of)
    found: dict[tuple[str, str, str], Exposure] = {
        (exposure.law, subject, exposure.id): exposure
        for subject in subjects
        for exposure in _heeding_gaps(inventory, reach, laws, subject)
    }
    _exposure_table(inventory.connection, laws, found)
    tables = {home(FACTS[name], "estate") for name in read if FACTS[name].derived} & _OWNED.keys()
    if tables:
        _ultimate(inventory.connection, reach.walk)
    for table in sorted(tables):
        inventory.connection.execute(_OWNED[table])
    return Exposures(found)


def _register(inventory: Inventory, as_of: date) -> Register:
    tables = TableRegister(inventory.connection, as_of)
    if inventory.small:
        return tables.whole()
    tables.index()
    return tables


_HEEDED = (
    ("involvement", "role"),
    ("involvement", "access"),
    ("involvement", "on_behalf_of"),
    ("copy", "key_grade"),
    ("copy", "kind"),
    ("resource", "reads_plaintext"),
)
"""The facts beside those of the register on which an exposure rests."""


def _heeding_gaps(inventory: Inventory, reach: Reach, laws: Sequence[Law], subject: Exposed) -> list[Exposure]:
    """The exposures of a subject: what stands under a gap may raise the low end, and never lowers the high one."""
    connection = inventory.connection
    found = _exposures(connection, reach, laws, subject, _known)
    if not inventory.gaps:
        return found
    touched = " OR ".join(
        f'(SELECT coalesce(bool_or(gapped({fact}__ev)), FALSE) FROM "{table}")' for table, fact in _HEEDED
    )
    row = connection.execute(f"SELECT {touched}").fetchone()
    if not (row and row[0]):
        return found
    solid = _exposures(connection, reach, laws, subject, lambda evidence: _known(evidence) and not is_gapped(evidence))
    return [_either(one, other) for one, other in zip(found, solid, strict=True)]


def _known(evidence: int) -> bool:
    return evidence > 0


def _either(one: Exposure, solid: Exposure) -> Exposure:
    """From the low end that all facts give to the high end that the solid ones give."""
    if (one.inherent, one.residual) == (solid.inherent, solid.residual):
        return one
    inherent, residual = (
        (low, max(low, high, key=_level))
        for (low, _), (_, high) in ((one.inherent, solid.inherent), (one.residual, solid.residual))
    )
    return replace(solid, inherent=inherent, residual=residual)


def _exposures(
    connection: duckdb.DuckDBPyConnection,
    reach: Reach,
    laws: Sequence[Law],
    subject: Exposed,
    known: Callable[[int], bool],
) -> list[Exposure]:
    involvements: dict[str, list[Involvement]] = defaultdict(list)
    for id_, party, role, role_ev, access, access_ev, behalf, behalf_ev in connection.execute(
        "SELECT id, party, role, role__ev, access, access__ev, on_behalf_of, on_behalf_of__ev FROM involved "
        "WHERE subject = ? ORDER BY ALL",
        [subject],
    ).fetchall():
        involvements[id_].append(
            Involvement(
                party=party,
                role=role if known(role_ev) else None,
                access=access if known(access_ev) else None,
                on_behalf_of=behalf if known(behalf_ev) else None,
                evidence=role_ev if role_ev > 0 else access_ev,
            )
        )
    reach.walk.read_above(item.party for items in involvements.values() for item in items)
    of_copies = "tie.system" if subject == "system" else "c.resource"
    keys: dict[str, list[CopyKey]] = defaultdict(list)
    for id_, grade, grade_ev, kind, kind_ev, plain, plain_ev in connection.execute(
        f"SELECT DISTINCT {of_copies}, c.key_grade, c.key_grade__ev, c.kind, c.kind__ev, r.reads_plaintext, "
        "r.reads_plaintext__ev FROM copy c JOIN resource r ON r.id = c.resource LEFT JOIN tie ON tie.resource = r.id "
        f"WHERE {of_copies} IS NOT NULL"
    ).fetchall():
        keys[id_].append(
            CopyKey(
                grade if known(grade_ev) else None, kind if known(kind_ev) else None, plain if known(plain_ev) else None
            )
        )
    exposures: list[Exposure] = []
    for id_, complete, copies_open in connection.execute(
        f"SELECT s.id, surely(s.involvements_complete, s.involvements_complete__ev), d.places__open "
        f"FROM {subject} s JOIN derived_{subject} d ON d.id = s.id ORDER BY s.id"
    ).fetchall():
        exposures += reach.exposures(
            subject,
            id_,
            involvements.get(id_, []),
            laws,
            involvements_complete=bool(complete),
            keys=Keys.of(keys.get(id_, ()), complete=not copies_open),
        )
    return exposures


def _exposure_table(
    connection: duckdb.DuckDBPyConnection, laws: Sequence[Law], found: Mapping[tuple[str, str, str], Exposure]
) -> None:
    """One row a subject; the low and high end of each law's inherent and residual exposure, as `Level` numbers."""
    names = [exposure_column(law.id, of) for law in laws for of in ("inherent", "residual")]
    columns = "".join(f', "{name}" TINYINT, "{name}__hi" TINYINT' for name in names)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE exposure (subject VARCHAR, id VARCHAR{columns})")
    subjects = sorted({(subject, id_) for _, subject, id_ in found})
    if not subjects or not laws:
        return
    values: list[list[int]] = []
    for law in laws:
        for of in ("inherent", "residual"):
            ends = [getattr(found[law.id, subject, id_], of) for subject, id_ in subjects]
            values += [[_level(low) for low, _ in ends], [_level(high) for _, high in ends]]
    marks = ", ".join(["unnest(?)"] * (2 + len(values)))
    connection.execute(
        f"INSERT INTO exposure SELECT {marks}", [[s for s, _ in subjects], [i for _, i in subjects], *values]
    )


def _level(word: str) -> int:
    return int(Level[word.upper()])


@dataclass(frozen=True, slots=True)
class _Owners:
    """The parties that control a supplier and that nobody controls, once all of them are known."""

    ids: tuple[str, ...]
    places: tuple[str, ...]
    places_open: bool
    evidence: int
    places_evidence: int


def _ultimate(connection: duckdb.DuckDBPyConnection, walk: Walk) -> None:
    """Creates the table `ultimate`: the owners of each supplier, where all that matter are known."""
    suppliers = [
        row[0] for row in connection.execute("SELECT id FROM supplier WHERE is_supplier ORDER BY id").fetchall()
    ]
    complete = dict(
        connection.execute("SELECT id, owners_complete__ev FROM party WHERE owners_complete__ev > 0").fetchall()
    )
    walk.read_above(suppliers)
    found = [(id_, _owners_of(walk, id_, complete)) for id_ in suppliers]
    known = [(id_, owners) for id_, owners in found if owners is not None]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE ultimate (id VARCHAR, owners VARCHAR[], places VARCHAR[], open BOOLEAN, "
        "ev INTEGER, places_ev INTEGER)"
    )
    if known:
        connection.execute(
            "INSERT INTO ultimate SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)",
            [
                [id_ for id_, _ in known],
                [list(owners.ids) for _, owners in known],
                [list(owners.places) for _, owners in known],
                [owners.places_open for _, owners in known],
                [owners.evidence for _, owners in known],
                [owners.places_evidence for _, owners in known],
            ],
        )


def _owners_of(walk: Walk, id_: str, complete: Mapping[str, int]) -> _Owners | None:
    """The ultimate owners of a party; None while an owner that matters is not known."""
    above = walk.above(id_)
    if above.unknown_owner is not None or above.undecided or above.unread:
        return None
    controllers = above.controllers
    tops = [tie for tie in controllers if not walk.above(tie.party).controllers]
    if controllers and not tops:
        return None  # a cycle of control: nobody stands above it
    ids = tuple(sorted(tie.party for tie in tops)) or (id_,)
    evidence = [stake.evidence for tie in tops for stake in tie.chain] + [complete[x] for x in ids if x in complete]
    parties = [walk.party(owner) for owner in ids]
    # Where it is constituted and where it is run from both count, as for a law's reach; no law constitutes a person.
    seats = [(party.place, party.place_evidence) for party in parties]
    seats += [(party.incorporated_in, party.incorporated_evidence) for party in parties if not party.is_person]
    known = [item for item in evidence if item > 0]
    return _Owners(
        ids,
        tuple(sorted({seat for seat, _ in seats if seat is not None})),
        places_open=any(seat_evidence <= 0 for _, seat_evidence in seats),
        evidence=_weakest(known),
        places_evidence=_weakest([*known, *(item for _, item in seats if item > 0)]),
    )


def _weakest(evidence: Sequence[int]) -> int:
    """The weakest of what is known; under a gap if any of it is."""
    gapped = any(is_gapped(item) for item in evidence)
    return min(evidence, default=NO_ANSWER) | (GAPPED_BIT if gapped else 0)


_PARTY = f"""
CREATE OR REPLACE TEMP TABLE derived_party AS
SELECT s.id, s.is_supplier, s.is_supplier__ev,
    u.owners AS ultimate_owners, FALSE AS ultimate_owners__open, coalesce(u.ev, {NO_ANSWER}) AS ultimate_owners__ev,
    u.places AS ultimate_owner_places, coalesce(u.open, TRUE) AS ultimate_owner_places__open,
    coalesce(u.places_ev, {NO_ANSWER}) AS ultimate_owner_places__ev
FROM supplier s LEFT JOIN ultimate u ON u.id = s.id
"""

_OWNER_OF_RESOURCE = f"""
CREATE OR REPLACE TEMP TABLE owner_of_resource AS
WITH host AS (
    SELECT DISTINCT i.id, i.party, greatest(i.role__ev, i.access__ev) AS role_ev FROM involved i
    WHERE i.subject = 'resource'
        AND ((i.role__ev > 0 AND i.role = 'hosts') OR (i.access__ev > 0 AND i.access = 'hosting'))
)
SELECT host.id, list_sort(list_distinct(flatten(list(coalesce(u.places, []))))) AS owner_places,
    coalesce(bool_or(coalesce(u.open, TRUE)), TRUE) AS owner_places__open,
    CASE WHEN count(u.id) = 0 THEN {NO_ANSWER} ELSE weakest(weaker(u.places_ev, host.role_ev), TRUE) END
        AS owner_places__ev
FROM host LEFT JOIN ultimate u ON u.id = host.party GROUP BY host.id
"""
"""The seats of those who own the hosts of a resource; open while an owner of one of them is not known."""

_OWNER_OF_SYSTEM = f"""
CREATE OR REPLACE TEMP TABLE owner_of_system AS
SELECT d.id, TRUE AS owners_known,
    CASE WHEN NOT d.parties__open AND count(i.party) = count(u.id) AND min(u.ev) > 0
         THEN weaker(weakest(u.ev, TRUE), any_value(d.parties__ev))
         ELSE {NO_ANSWER} END AS owners_known__ev
FROM derived_system d LEFT JOIN (SELECT DISTINCT id, party FROM involved WHERE subject = 'system') i ON i.id = d.id
LEFT JOIN ultimate u ON u.id = i.party GROUP BY d.id, d.parties__open
"""

_OWNED = {
    "derived_party": _PARTY,
    "owner_of_resource": _OWNER_OF_RESOURCE,
    "owner_of_system": _OWNER_OF_SYSTEM,
}
"""SQL of the tables that tell who owns whom, by their names."""
