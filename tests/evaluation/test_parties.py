"""What the glue between tables and the walk over owners gives: exposures as columns, owners of suppliers and hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pytest

from sovercheck.evaluation.derive import derive
from sovercheck.evaluation.parties import EXPOSED, Exposures, derive_parties
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.rows import Gap
from sovercheck.inventory.store import Inventory
from sovercheck.reference import load_reference
from tests.evaluation.build import inventory, rows, told
from tests.evaluation.worlds import World

AS_OF = date(2026, 11, 23)
CLOUD_ACT = load_reference().laws["us-cloud-act"]
WHOLE = "owners_complete: true, presence_complete: true"
HERE = f"place: CA-QC, incorporated_in: CA-QC, present_in: [CA-QC], {WHOLE}"
AMERICAN = f"place: US, incorporated_in: US, present_in: [US], {WHOLE}"

HOSTED = """
systems: [{id: s, involvements_complete: true}]
resources: [{id: r, system: s, provider: p, name: base, involvements_complete: true}]
parties:
  - {id: p, kind: company, %s}
  - {id: top, kind: company, %s}
"""
OWNED = HOSTED + "ownership: [{owner: top, owned: p, %s}]"
HOSTS = f"""
systems: [{{id: s, involvements_complete: true}}]
parties: [{{id: p, {AMERICAN}}}]
involvements: [{{party: p, system: s, role: licenses, access: %s}}]
"""


@contextmanager
def derived(found: Inventory) -> Iterator[tuple[Inventory, Exposures]]:
    with found:
        derive(found)
        yield found, derive_parties(found, [CLOUD_ACT], AS_OF, EXPOSED)


def level(text: str, *gaps: Gap, subject: str = "system", id_: str = "s") -> str:
    with derived(inventory(text, *gaps)) as (_, exposures):
        found = exposures.get("us-cloud-act", subject, id_)
        assert found is not None
        low, high = found.inherent
        return low if low == high else f"{low} to {high}"


def test_a_law_reaches_a_system_by_the_owner_of_its_resources_host() -> None:
    text = OWNED % (HERE, AMERICAN, "percent: 51")
    with derived(inventory(text)) as (found, exposures):
        for subject, id_ in (("system", "s"), ("resource", "r")):
            exposure = exposures.get("us-cloud-act", subject, id_)
            assert exposure is not None
            assert exposure.inherent == ("exposed", "exposed")
        assert [path.kind for path in exposures.by_system()["s"][0].paths] == ["parent"]
        columns = '"exposure.us-cloud-act.inherent", "exposure.us-cloud-act.inherent__hi"'
        rows = found.connection.execute(f"SELECT subject, id, {columns} FROM exposure ORDER BY ALL").fetchall()
        assert rows == [("resource", "r", 2, 2), ("system", "s", 2, 2)]


def test_a_law_that_nobody_looks_at_has_no_exposure() -> None:
    with derived(inventory(HOSTED % (HERE, HERE))) as (_, exposures):
        assert exposures.get("gb-ipa-2016", "system", "s") is None
        assert exposures.get("us-cloud-act", "system", "x") is None


def test_what_is_open_is_an_interval() -> None:
    assert level(HOSTS % "licence") == "none_known"
    assert (
        level((HOSTS % "licence").replace("{id: s, involvements_complete: true}", "{id: s}")) == "none_known to exposed"
    )
    assert level((HOSTS % "x").replace(", access: x", "")) == "none_known to exposed"


@pytest.mark.parametrize(
    ("access", "expected"),
    [("licence", "none_known to exposed"), ("hosting", "exposed"), ("administration", "possible to exposed")],
)
def test_an_access_under_a_gap_may_show_an_exposure_and_never_its_absence(access: str, expected: str) -> None:
    text = HOSTS % f"{{value: {access}, evidence: declared}}"
    involved = "p|s|licenses"
    assert level(text, Gap("compte", "refused", "involvement", involved, ("access",))) == expected
    assert level(text, Gap("compte", "refused", "involvement", involved, ("from_places",))) == expected.split(" ")[0]


OWNERS: Mapping[str, tuple[str, dict[str, str]]] = {
    "a company that nobody owns is its own": (
        HOSTED % (HERE, HERE),
        {
            "party.ultimate_owners": "[{p}]",
            "party.ultimate_owner_places": "[CA-QC]",
            "resource.owner_places": "[CA-QC]",
        },
    ),
    "the one that controls it": (
        OWNED % (HERE, AMERICAN, "percent: 51"),
        {"party.ultimate_owners": "[{top}]", "party.ultimate_owner_places": "[US]", "resource.owner_places": "[US]"},
    ),
    "no owner while one may be missing": (
        HOSTED % (HERE.replace("owners_complete: true, ", ""), HERE),
        {"party.ultimate_owners": "unknown", "resource.owner_places": "unknown"},
    ),
    "no stronger than the stake it rests on": (
        OWNED % (HERE, AMERICAN, "percent: {value: 51, evidence: declared}"),
        {"party.ultimate_owners": "[{top}] (declared)", "resource.owner_places": "[US] (declared)"},
    ),
    "both where it is constituted and where it is run from": (
        HOSTED % (HERE.replace("incorporated_in: CA-QC", "incorporated_in: US-DE"), HERE),
        {"party.ultimate_owner_places": "[CA-QC, US-DE]"},
    ),
    "perhaps other places where nobody says under which law it stands": (
        HOSTED % (HERE.replace("incorporated_in: CA-QC, ", ""), HERE),
        {"party.ultimate_owners": "[{p}]", "party.ultimate_owner_places": "[CA-QC, …]"},
    ),
    "a person, whom no law constitutes, by where they are": (
        OWNED.replace("top, kind: company", "top, kind: person") % (HERE, "place: CA-ON", "percent: 100"),
        {"party.ultimate_owner_places": "[CA-ON]"},
    ),
    "owners known of a system whose parties are all told": (
        HOSTED % (HERE, HERE),
        {"system.owners_known": "true"},
    ),
    "owners not known of a system that may have other parties": (
        (HOSTED % (HERE, HERE)).replace("{id: s, involvements_complete: true}", "{id: s}"),
        {"system.owners_known": "unknown"},
    ),
}


@pytest.fixture(scope="module")
def owners() -> Iterator[Inventory]:
    builder = Builder()
    for number, (text, _) in enumerate(OWNERS.values()):
        builder.add("test", World.of(rows(text)).items(f"{number}/"))
    with derived(builder.finish()) as (found, _):
        yield found


@pytest.mark.parametrize("name", OWNERS)
def test_the_owners_are(name: str, owners: Inventory) -> None:
    number = list(OWNERS).index(name)
    for fact, expected in OWNERS[name][1].items():
        id_ = {"party": "p", "resource": "r", "system": "s"}[fact.partition(".")[0]]
        found = told(owners, fact)[f"{number}/{id_}"]
        assert found == expected.replace("{", f"{number}/").replace("}", ""), fact


def test_no_owner_is_ultimate_in_a_circle() -> None:
    text = (
        HOSTED % (HERE, HERE)
    ) + "ownership: [{owner: top, owned: p, percent: 60}, {owner: p, owned: top, percent: 60}]"
    with derived(inventory(text)) as (found, _):
        assert told(found, "party.ultimate_owners")["p"] == "unknown"
