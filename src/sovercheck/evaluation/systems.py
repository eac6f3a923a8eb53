"""What an assessment holds of each system: places, volumes, parties, verdicts, evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sovercheck.evaluation.alike import Alike, volumes
from sovercheck.evaluation.deciding import canonical
from sovercheck.evaluation.judge import Judged
from sovercheck.findings import (
    DecidingFact,
    Exposure,
    Finding,
    InvolvedParty,
    KnownFact,
    SystemView,
    UntiedResource,
    Verdict,
)
from sovercheck.inventory.evidence import Grade, floor, grade_of, provenance_of
from sovercheck.inventory.facts import Fact, facts_of
from sovercheck.inventory.store import Inventory
from sovercheck.inventory.tables import fact_columns

_TOLD_OF_SYSTEMS = ("contract", "outage", "component", "efvp", "involvement")
"""The tables whose facts are told among what is known of a system, beside its own."""

_EVIDENCE_BELOW = {
    "involvement": "greatest(role__ev, access__ev)",
    "contract": "value__ev",
    "component": "product__ev",
}
"""Beside a system's own facts and its copies, what shows that somebody told of it."""

_BY_RANK = (Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)
"""From the best verdict to the worst."""

_UNTIED = 50
"""How many resources without a system are told one by one."""


def system_views(
    inventory: Inventory,
    judged: Sequence[Judged],
    found: Sequence[Finding],
    exposures: Mapping[str, tuple[Exposure, ...]],
    names: Mapping[str, str],
    copies: Iterable[Alike],
) -> tuple[SystemView, ...]:
    """Every system, those named one by one first, then by name."""
    if not inventory.lengths["system"]:
        return ()
    connection = inventory.connection
    held: dict[str, list[Alike]] = defaultdict(list)
    for item in copies:
        for system in item.systems:
            held[system].append(item)
    parties = _parties(inventory, names)
    verdicts = _verdicts(inventory, judged, found)
    weakest = _weakest(found)
    told = _told(inventory)
    below = _below(inventory)
    resources = dict(connection.execute("SELECT system, count(DISTINCT resource) FROM tie GROUP BY system").fetchall())
    opened = {
        id_: rest
        for id_, *rest in connection.execute("SELECT id, places__open, parties__open FROM derived_system").fetchall()
    }
    facts = _columns("system")
    own = [columns[-1] for fact, columns in facts if fact.name != "system.purpose"]
    views = []
    for row in _rows(inventory, "SELECT * FROM system"):
        id_ = row["id"]
        bulk = id_ in inventory.bulk_systems
        places_open, parties_open = opened[id_]
        strongest = max(below.get(id_, 0), *(row[name] for name in own), *(item.evidence for item in held[id_]))
        views.append(
            SystemView(
                id=id_,
                name=row["name"] or id_,
                purpose=row["purpose"],
                data_class=row["data_class"] if row["data_class__ev"] > 0 else None,
                status=row["status"] if row["status__ev"] > 0 else None,
                reach=_reach(strongest),
                resources=resources.get(id_, 0),
                places=volumes(held[id_]),
                places_open=bool(places_open),
                parties=tuple(parties.get(id_, ())),
                parties_open=bool(parties_open),
                exposures=exposures.get(id_, ()),
                verdicts=dict(sorted(verdicts.get(id_, {}).items())),
                weakest=weakest.get(id_),
                known=() if bulk else (*_known(facts, row), *told.get(id_, ())),
                origin="bulk" if bulk else "listed",
            )
        )
    views.sort(key=lambda view: (view.origin != "listed", view.name.casefold(), view.id))
    return tuple(views)


def _rows(inventory: Inventory, sql: str) -> Iterator[dict[str, Any]]:
    cursor = inventory.connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return (dict(zip(names, values, strict=True)) for values in cursor.fetchall())


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
    words = [verdict.word for verdict in _BY_RANK]
    worst: dict[str, dict[str, str]] = defaultdict(dict)
    for item in judged:
        source, system = f"verdict_{item.subject} v", "v.system"
        if item.subject == "party":
            source, system = f"{source} JOIN involved i ON i.party = v.id AND i.subject = 'system'", "i.id"
        columns = "".join(f", v{n}" for n in range(len(item.plan.rules)))
        ranks: dict[str, list[int]] = {}
        # There are few ways to fare: the engine finds them in less time than the worst verdict of each rule.
        for of, *verdicts in inventory.connection.execute(
            f"SELECT DISTINCT {system}{columns} FROM {source} WHERE {system} IS NOT NULL"
        ).fetchall():
            fared = [_BY_RANK.index(verdict) for verdict in verdicts]
            ranks[of] = list(map(max, fared, ranks.get(of, fared)))
        ids = [compiled.rule.id for compiled in item.plan.rules]
        for of, ranked in ranks.items():
            worst[of].update(zip(ids, (words[rank] for rank in ranked), strict=True))
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


def _told(inventory: Inventory) -> dict[str, list[KnownFact]]:
    """System → the facts known of what tells of it, for the systems named one by one."""
    told: dict[str, list[KnownFact]] = defaultdict(list)
    for table in (table for table in _TOLD_OF_SYSTEMS if inventory.lengths[table]):
        facts = _columns(table)
        for row in _rows(inventory, f'SELECT * FROM "{table}" WHERE system IS NOT NULL ORDER BY id'):
            if row["system"] not in inventory.bulk_systems:
                told[row["system"]] += _known(facts, row)
    return told


def _columns(table: str) -> list[tuple[Fact, list[str]]]:
    """The facts of a table that are told of a system, with the names of their columns."""
    return [
        (fact, [name for name, _ in fact_columns(fact)])
        for fact in facts_of(table)
        if not fact.derived and fact.name != "system.name"
    ]


def _known(facts: Iterable[tuple[Fact, list[str]]], row: Mapping[str, Any]) -> Iterator[KnownFact]:
    for fact, columns in facts:
        evidence = row[columns[-1]]
        grade = grade_of(evidence)
        if grade is None:
            continue
        value = row[columns[0]]
        second = row[columns[1]]
        yield KnownFact(
            DecidingFact(
                fact=fact.name,
                of=row["id"],
                state="none" if value is None else "known",
                value=canonical(value),
                high=str(canonical(second)) if fact.is_interval and second is not None else None,
                open=bool(second) if fact.is_list else False,
                provenance=provenance_of(evidence),
            ),
            grade.word,
        )


def _below(inventory: Inventory) -> dict[str, int]:
    """System → the strongest evidence of who is involved in it, of its contracts and of its components."""
    strongest = [
        f"SELECT system, max({evidence}) FROM {table} WHERE system IS NOT NULL GROUP BY system"
        for table, evidence in _EVIDENCE_BELOW.items()
        if inventory.lengths[table]
    ]
    found: dict[str, int] = {}
    for system, evidence in inventory.connection.execute(" UNION ALL ".join(strongest)).fetchall() if strongest else ():
        found[system] = max(evidence, found.get(system, 0))
    return found


def _reach(strongest: int) -> Literal["read", "declared", "unreached"]:
    """Whether a reading reached a system, or only declarations, or nothing beyond its name."""
    if strongest >= floor(Grade.DOCUMENTED):
        return "read"
    return "declared" if strongest > 0 else "unreached"
