"""The wide view of a subject: its own facts and those of what it belongs to, as columns `"<table>.<fact>"`.

One row a subject, save that a resource of several systems (and so its copies and components) has one row a system: a
rule is judged on each and the worst verdict stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sovercheck.evaluation.leaves import exposure_column
from sovercheck.inventory.evidence import NO_ANSWER
from sovercheck.inventory.facts import Fact, Subject
from sovercheck.inventory.tables import fact_columns

_SYSTEM_OF_RESOURCE = (
    "LEFT JOIN belonging ON belonging.resource = {resource} LEFT JOIN system ON system.id = belonging.system"
)

_FROM: dict[Subject, str] = {
    "copy": "copy LEFT JOIN resource ON resource.id = copy.resource "
    f"{_SYSTEM_OF_RESOURCE.format(resource='copy.resource')}",
    "resource": f"resource {_SYSTEM_OF_RESOURCE.format(resource='resource.id')}",
    "system": "system",
    "contract": "contract LEFT JOIN system ON system.id = contract.system LEFT JOIN party ON party.id = contract.party",
    "party": "party",
    "component": "component LEFT JOIN resource ON resource.id = component.resource LEFT JOIN belonging "
    "ON belonging.resource = component.resource AND component.system IS NULL "
    "LEFT JOIN system ON system.id = coalesce(component.system, belonging.system)",
    "estate": "estate",
}
"""Each subject with the stored tables of its scope (`facts.SCOPES`)."""

_SYSTEM_OF: dict[Subject, str] = {
    "copy": "system.id",
    "resource": "system.id",
    "system": "system.id",
    "contract": "contract.system",
    "party": "NULL",
    "component": "system.id",
    "estate": "NULL",
}

_OWNER_OF: dict[tuple[Subject, str], str] = {
    ("copy", "resource"): "copy.resource",
    ("resource", "resource"): "resource.id",
    ("component", "resource"): "component.resource",
    ("contract", "party"): "contract.party",
    ("party", "party"): "party.id",
}
"""Which resource and party a subject belongs to, in columns `of.resource` and `of.party`."""

_DERIVED_JOINS: dict[str, str] = {
    "derived_resource": "derived_resource ON derived_resource.id = resource.id",
    "derived_system": "derived_system ON derived_system.id = system.id",
    "derived_party": "derived_party ON derived_party.id = party.id",
    "owner_of_resource": "owner_of_resource ON owner_of_resource.id = resource.id",
    "owner_of_system": "owner_of_system ON owner_of_system.id = system.id",
    "efvp_of_copy": "efvp_of_copy ON efvp_of_copy.copy = copy.id AND efvp_of_copy.system = system.id",
    "efvp_of_project": "efvp_of_project ON efvp_of_project.system = system.id",
    "one_estate": "(SELECT * FROM estate) AS one_estate ON TRUE",
}


def home(fact: Fact, subject: Subject) -> str:
    """The table, or derived table, that has a fact's columns."""
    if fact.table == "efvp":
        return "efvp_of_copy"
    if fact.table == "project_efvp":
        return "efvp_of_project"
    if fact.table == "estate" and subject != "estate":
        return "one_estate"
    if not fact.derived:
        return fact.table
    if fact.short == "contradicted":
        return f"contradicted_{fact.table}"
    if fact.name == "resource.owner_places":
        return "owner_of_resource"
    if fact.name == "system.owners_known":
        return "owner_of_system"
    return f"derived_{fact.table}"


def wide(
    subject: Subject,
    facts: Iterable[Fact],
    exposures: Sequence[tuple[str, str]] = (),
    *,
    nothing_contradicted: int,
    unanswered: Collection[str] = (),
) -> str:
    """SQL of the wide view with the columns asked for.

    Args:
        subject: what it has one row of.
        facts: the facts to show, all in the subject's scope.
        exposures: (law, of) pairs to show, of a system or a resource.
        nothing_contradicted: the evidence of an empty `contradicted` list.
        unanswered: full names of facts that are unknown of every subject, and that are not looked for.
    """
    selected = [f"{subject}.id AS id", f"{_SYSTEM_OF[subject]} AS system"]
    selected += [f'{_OWNER_OF.get((subject, table), "NULL")} AS "of.{table}"' for table in ("resource", "party")]
    joins: dict[str, str] = {}
    for fact in facts:
        if fact.name in unanswered:
            selected += [
                f'{NO_ANSWER if name.endswith("__ev") else f"CAST(NULL AS {sql})"} AS "{fact.table}.{name}"'
                for name, sql in fact_columns(fact)
            ]
            continue
        at = home(fact, subject)
        if at.startswith("contradicted_"):
            joins[at] = f"contradicted AS {at} ON {at}.subject = '{fact.table}' AND {at}.id = {fact.table}.id"
        elif at in _DERIVED_JOINS:
            joins[at] = _DERIVED_JOINS[at]
        for name, _ in fact_columns(fact):
            column = f'{at}."{name}"'
            if name.endswith("__ev"):
                default = nothing_contradicted if at.startswith("contradicted_") else NO_ANSWER
                column = f"coalesce({column}, {default})"
            selected.append(f'{column} AS "{fact.table}.{name}"')
    for law, of in exposures:
        joins["exposure"] = f"exposure ON exposure.subject = '{subject}' AND exposure.id = {subject}.id"
        name = exposure_column(law, of)
        selected += [f'exposure."{name}" AS "{name}"', f'exposure."{name}__hi" AS "{name}__hi"']
    joined = "".join(f" LEFT JOIN {join}" for join in joins.values())
    return f"SELECT {', '.join(selected)} FROM {_FROM[subject]}{joined}"
