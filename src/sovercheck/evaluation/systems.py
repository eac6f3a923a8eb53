"""What an assessment holds of each system, and of the whole territory: places, volumes, parties, verdicts, evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sovercheck.evaluation.deciding import canonical
from sovercheck.evaluation.judge import RANK, Judged
from sovercheck.findings import (
    DecidingFact,
    Exposure,
    Finding,
    InvolvedParty,
    KeyHolding,
    KnownFact,
    PlaceVolume,
    SystemView,
    UntiedResource,
    Verdict,
)
from sovercheck.inventory.evidence import Grade, floor, grade_of, provenance_of
from sovercheck.inventory.facts import facts_of
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import fact_columns

_TOLD_OF_SYSTEMS = ("contract", "outage", "component", "efvp", "involvement")
"""The tables whose facts are told among what is known of a system, beside its own."""

_SENSITIVE = ("sensitive", "health")
_UNTIED = 50
"""How many resources without a system are told one by one."""


def territory(inventory: Inventory, *, sensitive_only: bool) -> tuple[PlaceVolume, ...]:
    """Copies and bytes by place and kind of copy.

    A resource of which no copy is known counts as one of unknown place and kind. A size that is not known is unbounded.

    Args:
        inventory: the facts.
        sensitive_only: whether only resources of systems known to hold sensitive or health data count.
    """
    condition = f"WHERE {_holds_sensitive('resource')}" if sensitive_only else ""
    rows = inventory.connection.execute(
        f"SELECT place, kind, {_VOLUME} "
        f"FROM ({_COPIES}) {condition} GROUP BY ALL ORDER BY place NULLS LAST, kind NULLS LAST"
    ).fetchall()
    return tuple(
        PlaceVolume(place, kind, count, int(low), _whole(high), unsized)
        for place, kind, count, low, high, unsized in rows
    )


def key_holdings(inventory: Inventory) -> tuple[KeyHolding, ...]:
    """Copies by who manages their keys and by the grade of these, the most numerous first.

    What is computed on elsewhere is not kept, and has no key. Only the copies of sensitive and health data count, where
    any are known to be.
    """
    kept = "coalesce(c.kind <> 'processing' OR c.kind__ev <= 0, TRUE)"
    rows: list[tuple[str | None, str | None, int]] = []
    for condition in (f"{kept} AND {_holds_sensitive('c.resource')}", kept):
        rows = inventory.connection.execute(
            "SELECT CASE WHEN c.key_manager__ev > 0 THEN c.key_manager END AS manager, "
            "CASE WHEN c.key_grade__ev > 0 THEN c.key_grade END AS grade, count(*) AS copies "
            f"FROM copy c WHERE {condition} GROUP BY ALL ORDER BY copies DESC, manager NULLS LAST, grade NULLS LAST"
        ).fetchall()
        if rows:
            break
    return tuple(KeyHolding(*row) for row in rows)


def _holds_sensitive(resource: str) -> str:
    words = ", ".join(f"'{word}'" for word in _SENSITIVE)
    return (
        f"{resource} IN (SELECT tie.resource FROM tie JOIN system s ON s.id = tie.system "
        f"WHERE s.data_class__ev > 0 AND s.data_class IN ({words}))"
    )


_COPIES = """
SELECT r.id AS resource,
    CASE WHEN c.place__ev > 0 THEN c.place END AS place,
    CASE WHEN c.kind__ev > 0 THEN c.kind END AS kind,
    CASE WHEN c.bytes__ev > 0 THEN coalesce(c.bytes, 0)
         WHEN r.bytes__ev > 0 AND NOT coalesce(r.bytes_basis = 'allocated', FALSE) THEN coalesce(r.bytes, 0)
         ELSE 0 END AS low,
    CASE WHEN c.bytes__ev > 0 THEN CASE WHEN c.bytes IS NULL THEN 0 ELSE c.bytes__hi END
         WHEN r.bytes__ev > 0 THEN CASE WHEN r.bytes IS NULL THEN 0 ELSE r.bytes__hi END END AS high
FROM resource r LEFT JOIN copy c ON c.resource = r.id
"""
"""Each copy with its volume: its own if it is known, else its resource's."""


_VOLUME = "count(*), sum(low), CASE WHEN count(*) = count(high) THEN sum(high) END, count(*) - count(high)"
"""The columns of a `PlaceVolume` after its place and kind."""


def system_views(
    inventory: Inventory,
    judged: Sequence[Judged],
    found: Sequence[Finding],
    exposures: Mapping[str, tuple[Exposure, ...]],
    names: Mapping[str, str],
) -> tuple[SystemView, ...]:
    """Every system, those named one by one first, then by name."""
    if not inventory.lengths["system"]:
        return ()
    connection = inventory.connection
    places: dict[str, list[PlaceVolume]] = defaultdict(list)
    for system, place, kind, count, low, high, unsized in connection.execute(
        f"SELECT tie.system, place, kind, {_VOLUME} "
        f"FROM ({_COPIES}) c JOIN tie ON tie.resource = c.resource GROUP BY ALL "
        "ORDER BY ALL"
    ).fetchall():
        places[system].append(PlaceVolume(place, kind, count, int(low), _whole(high), unsized))
    parties = _parties(inventory, names)
    verdicts = _verdicts(inventory, judged, found)
    weakest = _weakest(found)
    known = _known(inventory)
    reach = _reach(inventory)
    views = []
    for id_, name, purpose, class_, status, resources, places_open, parties_open in connection.execute(
        "SELECT s.id, s.name, s.purpose, CASE WHEN s.data_class__ev > 0 THEN s.data_class END, "
        "CASE WHEN s.status__ev > 0 THEN s.status END, "
        "(SELECT count(DISTINCT resource) FROM tie WHERE tie.system = s.id), d.places__open, d.parties__open "
        "FROM system s JOIN derived_system d ON d.id = s.id"
    ).fetchall():
        bulk = id_ in inventory.bulk_systems
        views.append(
            SystemView(
                id=id_,
                name=name or id_,
                purpose=purpose,
                data_class=class_,
                status=status,
                reach=reach[id_],
                resources=resources,
                places=tuple(places.get(id_, ())),
                places_open=bool(places_open),
                parties=tuple(parties.get(id_, ())),
                parties_open=bool(parties_open),
                exposures=exposures.get(id_, ()),
                verdicts=dict(sorted(verdicts.get(id_, {}).items())),
                weakest=weakest.get(id_),
                known=() if bulk else tuple(known.get(id_, ())),
                origin="bulk" if bulk else "listed",
            )
        )
    views.sort(key=lambda view: (view.origin != "listed", view.name.casefold(), view.id))
    return tuple(views)


def _whole(number: Any) -> int | None:  # noqa: ANN401 - a number of the engine's
    return None if number is None else int(number)


UNTIED = (
    "r.id NOT IN (SELECT resource FROM tie) AND NOT coalesce(r.holds_data = FALSE AND r.holds_data__ev > 0, FALSE) "
    "AND r.kind IS DISTINCT FROM 'account'"
)
"""SQL: whether a resource `r` has no system, and may keep data that one should answer for."""


def untied(inventory: Inventory) -> tuple[UntiedResource, ...]:
    """The largest of the resources that are tied to no system; the derived tables must exist."""
    rows = inventory.connection.execute(
        "SELECT r.id, r.name, r.kind, CASE WHEN d.place__ev > 0 THEN d.place END, r.account, coalesce(r.bytes, 0), "
        "CASE WHEN r.bytes__ev > 0 AND r.bytes IS NULL THEN 0 ELSE r.bytes__hi END AS high "
        "FROM resource r JOIN derived_resource d ON d.id = r.id "
        f"WHERE {UNTIED} "
        f"ORDER BY high DESC NULLS LAST, coalesce(r.bytes, 0) DESC, r.id LIMIT {_UNTIED}"
    ).fetchall()
    return tuple(UntiedResource(*row) for row in rows)


def _parties(inventory: Inventory, names: Mapping[str, str]) -> dict[str, list[InvolvedParty]]:
    parties: dict[str, list[InvolvedParty]] = defaultdict(list)
    for system, party, place, place_ev, role, role_ev, access, access_ev in inventory.connection.execute(
        "SELECT i.id, i.party, p.place, coalesce(p.place__ev, 0), i.role, i.role__ev, i.access, i.access__ev "
        "FROM involved i LEFT JOIN party p ON p.id = i.party WHERE i.subject = 'system' ORDER BY ALL"
    ).fetchall():
        evidence = max(role_ev, access_ev)
        parties[system].append(
            InvolvedParty(
                party=party,
                name=names.get(f"party/{party}", party),
                place=place if place_ev > 0 else None,
                role=role if role_ev > 0 else None,
                access=access if access_ev > 0 else None,
                provenance=provenance_of(evidence) if evidence > 0 else None,
            )
        )
    return parties


def _verdicts(inventory: Inventory, judged: Sequence[Judged], found: Sequence[Finding]) -> dict[str, dict[str, str]]:
    """System → rule → the worst verdict among the system's subjects."""
    worst: dict[str, dict[str, str]] = defaultdict(dict)
    for item in judged:
        columns = ", ".join(f"max({RANK.format(v=f'v{n}')})" for n in range(len(item.plan.rules)))
        if item.subject == "party":
            source = (
                "verdict_party v JOIN (SELECT DISTINCT id AS of_system, party FROM involved WHERE subject = 'system') "
                "i ON i.party = v.id"
            )
        else:
            source = f"(SELECT *, system AS of_system FROM verdict_{item.subject}) v"
        for system, *ranks in inventory.connection.execute(
            f"SELECT of_system, {columns} FROM {source} WHERE of_system IS NOT NULL GROUP BY of_system"
        ).fetchall():
            for rule, rank in zip(item.plan.rules, ranks, strict=True):
                worst[system][rule.rule.id] = Verdict({3: 2, 2: 3}.get(rank, rank)).word
    fails: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for finding in found:
        if finding.verdict == "fail":
            for system in finding.systems:
                fails[system, finding.rule].append(finding.waiver is not None)
    for (system, rule_id), waived in fails.items():
        if all(waived) and worst[system].get(rule_id) == "fail":
            worst[system][rule_id] = "waived"
    return worst


def _weakest(found: Sequence[Finding]) -> dict[str, str]:
    grades: dict[str, Grade] = {}
    for finding in found:
        if finding.weakest is not None:
            grade = Grade.of(finding.weakest)
            for system in finding.systems:
                grades[system] = min(grades.get(system, grade), grade)
    return {system: grade.word for system, grade in grades.items()}


def _known(inventory: Inventory) -> dict[str, list[KnownFact]]:
    """System → the facts known of it and of what tells of it, for the systems named one by one."""
    known: dict[str, list[KnownFact]] = defaultdict(list)
    for table in (table for table in ("system", *_TOLD_OF_SYSTEMS) if inventory.lengths[table]):
        of = "id" if table == "system" else "system"
        facts = [fact for fact in facts_of(table) if not fact.derived and fact.name != "system.name"]
        cursor = inventory.connection.execute(f'SELECT * FROM "{table}" WHERE "{of}" IS NOT NULL ORDER BY id')
        names = [column[0] for column in cursor.description or ()]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            if row[of] in inventory.bulk_systems:
                continue
            for fact in facts:
                columns = [name for name, _ in fact_columns(fact)]
                evidence = row[columns[-1]]
                grade = grade_of(evidence)
                if grade is None:
                    continue
                value = row[columns[0]]
                known[row[of]].append(
                    KnownFact(
                        DecidingFact(
                            fact=fact.name,
                            of=row["id"],
                            state="none" if value is None else "known",
                            value=canonical(value),
                            high=str(canonical(row[columns[1]]))
                            if fact.is_interval and row[columns[1]] is not None
                            else None,
                            open=bool(row[columns[1]]) if fact.is_list else False,
                            provenance=provenance_of(evidence),
                        ),
                        grade.word,
                    )
                )
    return known


def _reach(inventory: Inventory) -> dict[str, Literal["read", "declared", "unreached"]]:
    """Whether a reading reached a system, or only declarations, or nothing beyond its name."""
    own = [
        f"s.{fact.short}__ev"
        for fact in facts_of("system")
        if not fact.derived and fact.short not in ("name", "purpose")
    ]
    below = ["c.place__ev", "c.kind__ev", "r.bytes__ev", "i.role__ev", "i.access__ev", "k.value__ev", "x.product__ev"]
    reach: dict[str, Literal["read", "declared", "unreached"]] = {}
    for id_, strongest in inventory.connection.execute(
        f"SELECT s.id, max(greatest({', '.join(own)}, {', '.join(f'coalesce({ev}, 0)' for ev in below)})) "
        "FROM system s LEFT JOIN tie t ON t.system = s.id "
        "LEFT JOIN resource r ON r.id = t.resource LEFT JOIN copy c ON c.resource = r.id "
        "LEFT JOIN involvement i ON i.system = s.id LEFT JOIN contract k ON k.system = s.id "
        "LEFT JOIN component x ON x.system = s.id GROUP BY s.id"
    ).fetchall():
        reach[id_] = "read" if strongest >= floor(Grade.DOCUMENTED) else "declared" if strongest > 0 else "unreached"
    return reach
