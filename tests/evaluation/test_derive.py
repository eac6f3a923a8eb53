"""Each derived fact by small examples, all judged in one inventory under ids of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

import pytest

from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.evaluate import derive_all
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.facts import FACTS
from sovercheck.inventory.rows import Gap
from sovercheck.inventory.store import Inventory
from sovercheck.reference import load_reference
from tests.evaluation.build import inventory, rows, told
from tests.evaluation.worlds import World

COPIES = """
systems: [{id: s, resources_complete: true}]
resources: [{id: r, system: s, copies_complete: true}]
copies:
  - {id: a, resource: r, kind: primary, place: CA-QC}
  - {id: b, resource: r, kind: backup, place: CA-ON}
"""
OPEN_COPIES = COPIES.replace(", copies_complete: true", "")
OUTAGES = "systems: [{id: s, observed_months: 31, outages_complete: true}]\noutages:\n"
EFVPS = """
systems: [{id: s, efvps_complete: true}]
resources: [{id: r, system: s}]
copies: [{id: c, resource: r, place: FR-75}]
efvps:
"""
RIVALS = (
    EFVPS
    + """
  - {id: a, system: s, kind: outside_quebec, places: [FR], status: done, date: 2025-03-01, conclusion: inadequate}
  - {id: b, system: s, kind: outside_quebec, places: [FR], status: done, date: %s, conclusion: adequate}
"""
)
PROJECT = "systems: [{id: s, efvps_complete: true}]\nefvps:\n"
INVOLVED = """
systems: [{id: s, involvements_complete: true}, {id: sibling, involvements_complete: true}]
parties: [{id: p}, {id: q}]
resources:
  - {id: r, systems: [s, sibling], provider: p, name: base}
  - {id: own, system: sibling}
involvements:
  - {party: q, resource: own, role: administers, access: administration, from_places: [FR]}
"""

EXAMPLES: Mapping[str, tuple[str, dict[str, str]]] = {
    "a closed list of the places of all copies": (
        COPIES,
        {
            "resource.places r": "[CA-ON, CA-QC]",
            "system.places s": "[CA-ON, CA-QC]",
            "system.backup_places s": "[CA-ON]",
        },
    ),
    "an open list while nobody says that the copies are complete": (
        OPEN_COPIES,
        {"resource.places r": "[CA-ON, CA-QC, …]", "system.places s": "[CA-ON, CA-QC, …]"},
    ),
    "a list no stronger than its weakest member": (
        COPIES.replace("place: CA-ON", "place: {value: CA-ON, evidence: declared}"),
        {"resource.places r": "[CA-ON, CA-QC] (declared)", "system.primary_places s": "[CA-QC]"},
    ),
    "an open list where the place of a copy is unknown": (
        COPIES.replace(", place: CA-ON", ""),
        {"resource.places r": "[CA-QC, …]", "system.backup_places s": "unknown"},
    ),
    "open lists of each kind where the kind of a copy is unknown": (
        COPIES.replace("kind: backup, ", ""),
        {"system.replica_places s": "unknown", "system.primary_places s": "[CA-QC, …]", "resource.place r": "unknown"},
    ),
    "the place of the primary copy, whatever the others": (OPEN_COPIES, {"resource.place r": "CA-QC"}),
    "no place where two primary copies are apart": (
        COPIES.replace("kind: backup", "kind: primary"),
        {"resource.place r": "contradicted"},
    ),
    "no place without a primary copy": (
        COPIES.replace("kind: primary", "kind: replica"),
        {"resource.place r": "unknown"},
    ),
    "availability of 98.17 % from 24,818 minutes in 31 months": (
        OUTAGES + "  - {system: s, count: 56, minutes: 24818}",
        {
            "system.availability s": "98.1734",
            "system.outage_minutes s": "24818",
            # 56 outages: the longest lasted at least the mean, and at most all but a minute for each of the others.
            "system.longest_outage s": "444 to 24763",
        },
    ),
    "an availability at most what the known outages leave, while the log may lack some": (
        "systems: [{id: s, observed_months: 31}]\noutages:\n  - {system: s, count: 56, minutes: 24818}",
        {
            "system.availability s": "0 to 98.1734",
            "system.outage_minutes s": "24818 to ∞",
            "system.longest_outage s": "444 to ∞",
        },
    ),
    "full availability of a log that is complete and empty": (
        OUTAGES.removesuffix("outages:\n"),
        {"system.availability s": "100", "system.longest_outage s": "0"},
    ),
    "no availability without a period": (
        OUTAGES.replace("observed_months: 31, ", "") + "  - {system: s, count: 1, minutes: 46}",
        {"system.availability s": "unknown", "system.longest_outage s": "46"},
    ),
    "the longest of several outages": (
        OUTAGES + "  - {system: s, count: 1, minutes: 46}\n  - {system: s, count: 1, minutes: 194}",
        {"system.longest_outage s": "194", "system.outage_minutes s": "240"},
    ),
    "no least longest outage where nobody knows how many there were": (
        OUTAGES + "  - {system: s, count: {at_least: 1}, minutes: 500}",
        {"system.longest_outage s": "0 to 500"},
    ),
    "an assessment that covers the place by its country": (
        EFVPS + "  - {system: s, kind: outside_quebec, places: [FR], status: done, date: 2025-01-01}",
        {"efvp.status c": "done", "efvp.date c": "2025-01-01", "efvp.conclusion c": "unknown"},
    ),
    "no assessment if the list is closed and none covers the place": (
        EFVPS + "  - {system: s, kind: outside_quebec, places: [US], status: done}",
        {"efvp.status c": "none", "efvp.factors c": "[]"},
    ),
    "perhaps an assessment if none covers the place and the list is open": (
        EFVPS.replace(", efvps_complete: true", "")
        + "  - {system: s, kind: outside_quebec, places: [US], status: done}",
        {"efvp.status c": "unknown"},
    ),
    "perhaps an assessment if one of unknown places may cover it": (
        EFVPS + "  - {system: s, kind: outside_quebec, status: done}",
        {"efvp.status c": "unknown"},
    ),
    "perhaps an assessment if it covers a part of the country where the copy is": (
        EFVPS.replace("FR-75", "US") + "  - {system: s, kind: outside_quebec, places: [US-VA], status: done}",
        {"efvp.status c": "unknown"},
    ),
    "a project's assessment is not one of a place": (
        EFVPS + "  - {system: s, kind: project, places: [FR], status: done}",
        {"efvp.status c": "none"},
    ),
    "of two assessments of a place the first": (RIVALS % "2025-04-01", {"efvp.conclusion c": "inadequate"}),
    "neither of two assessments of which nobody knows the order": (RIVALS % "2025", {"efvp.conclusion c": "unknown"}),
    "an assessment per system of a resource of several": (
        """
systems: [{id: s1, efvps_complete: true}, {id: s2, efvps_complete: true}]
resources: [{id: r, systems: [s1, s2]}]
copies: [{id: c, resource: r, place: FR}]
efvps: [{system: s2, kind: outside_quebec, places: [FR], status: under_way}]
""",
        {"efvp.status c": "none / under_way"},
    ),
    "a project's assessment": (
        PROJECT + "  - {system: s, kind: project, status: done, date: 2025-01-01, committee_consulted: true}",
        {
            "project_efvp.status s": "done",
            "project_efvp.is_certification s": "false",
            "project_efvp.committee_consulted s": "true",
        },
    ),
    "a certification that stands in for it": (
        PROJECT + "  - {system: s, kind: certification, status: done, date: 2024-07-01}",
        {"project_efvp.status s": "done", "project_efvp.is_certification s": "true"},
    ),
    "no project's assessment if the list is closed": (
        PROJECT + "  - {system: s, kind: outside_quebec, places: [FR], status: done}",
        {"project_efvp.status s": "none"},
    ),
    "perhaps a project's assessment where the kind of one is unknown": (
        PROJECT + "  - {system: s, status: under_way}",
        {"project_efvp.status s": "unknown"},
    ),
    "the parties of its resources, never those of a sibling": (
        INVOLVED,
        {"system.parties s": "[{p}]", "system.parties sibling": "[{p}, {q}]"},
    ),
    "places of remote access of its own and its resources' parties": (
        INVOLVED + "  - {party: p, system: s, role: hosts, access: hosting}",
        {"system.access_places sibling": "[FR, …]", "system.access_places s": "unknown"},
    ),
    "no place of remote access where everybody's access is known and none is remote": (
        """
systems: [{id: s, involvements_complete: true}]
parties: [{id: p}]
involvements: [{party: p, system: s, role: hosts, access: hosting}]
""",
        {"system.access_places s": "[]"},
    ),
    "the systems of a resource": (
        "systems: [{id: s1}, {id: s2}]\nresources: [{id: r, systems: [s2, s1]}, {id: alone}]",
        {"resource.systems r": "[{s1}, {s2}] / [{s1}, {s2}]", "resource.systems alone": "[]"},
    ),
    "a contract's party among those of its system, whatever its role": (
        """
systems: [{id: s}]
parties: [{id: p}, {id: other}]
contracts: [{id: k, system: s, party: p}]
""",
        {"party.is_supplier p": "true", "party.is_supplier other": "false"},
    ),
}


@pytest.fixture(scope="module")
def derived() -> Iterator[Inventory]:
    builder = Builder()
    for number, (text, _) in enumerate(EXAMPLES.values()):
        builder.add("test", World.of(rows(text)).items(f"{number}/"))
    with builder.finish() as found:
        derive_all(found, [], load_reference(), date(2026, 11, 23))
        yield found


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_derived_fact_is(name: str, derived: Inventory) -> None:
    number = list(EXAMPLES).index(name)
    for key, expected in EXAMPLES[name][1].items():
        fact, _, id_ = key.partition(" ")
        subject = {"efvp": "copy", "project_efvp": "system"}.get(FACTS[fact].table)
        found = told(derived, fact, subject)[f"{number}/{id_}"]  # type: ignore[arg-type]
        assert found == expected.replace("{", f"{number}/").replace("}", ""), key


def test_sources_that_disagree_are_named_and_the_others_are_silent() -> None:
    builder = Builder()
    text = (
        "copies: [{id: c, resource: r, place: %s}, {id: d, resource: r, place: FR}]\nresources: [{id: r, name: base}]"
    )
    builder.add("one", rows(text % "US"))
    builder.add("two", rows(text % "FR"))
    with builder.finish() as found:
        own = derive(found)
        assert told(found, "copy.contradicted", nothing_contradicted=own) == {"c": "[copy.place]", "d": "[]"}
        assert told(found, "copy.place") == {"c": "contradicted", "d": "FR"}


refused = partial(Gap, "test", "refused")


def test_what_stands_under_a_gap_closes_nothing_and_decides_nothing() -> None:
    """The weaker value stays, marked; a list that it would close is open."""
    weak = COPIES.replace("copies_complete: true", "copies_complete: {value: true, evidence: declared}")
    with inventory(weak, refused("resource", "r", ("copies_complete",))) as found:
        derive(found)
        assert told(found, "resource.places") == {"r": "[CA-ON, CA-QC, …]"}
    weak = COPIES.replace("kind: backup", "kind: {value: backup, evidence: declared}")
    with inventory(weak, refused("copy", "b", ("kind",))) as found:
        derive(found)
        assert told(found, "resource.place") == {"r": "CA-QC, under a gap"}
        assert told(found, "system.primary_places") == {"s": "[CA-QC, …]"}
    with inventory(COPIES, refused("copy", "b", ("place",))) as found:
        derive(found)
        assert told(found, "resource.places") == {"r": "[CA-ON, CA-QC], under a gap"}


def test_a_listing_that_was_refused_leaves_open_what_it_would_have_listed() -> None:
    with inventory(COPIES, refused("copy")) as found:
        derive(found)
        assert told(found, "system.places") == {"s": "[CA-ON, CA-QC, …]"}
        assert told(found, "resource.place") == {"r": "CA-QC, under a gap"}
    text = EFVPS + "  - {system: s, kind: outside_quebec, places: [FR], status: under_way}"
    with inventory(text, refused("efvp")) as found:
        derive(found)
        assert told(found, "efvp.status", "copy") == {"c": "unknown"}
    with inventory("parties: [{id: p}]", refused("contract")) as found:
        derive_all(found, [], load_reference(), date(2026, 11, 23))
        assert told(found, "party.is_supplier") == {"p": "refused"}
