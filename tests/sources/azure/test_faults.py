"""A scan of the double of Azure in which each thing that it asks in turn is refused, throttled, slow or broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sovercheck.inventory.rows import Gap, Item, Reading, Row
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.azure.source import Azure
from sovercheck.sources.base import Work
from sovercheck.sources.insist import Patience
from sovercheck.sources.journal import NO_CREDENTIALS
from tests.doubles.azure import AzureDouble, Fault, What
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import PRODUCTION, RESEARCH
from tests.end_to_end.judging import improved, judged

pytestmark = pytest.mark.slow

DAY = "2026-11-27"
ONCE = Patience(attempts=1, repeats=1, connect=1, read=0.3)
PATIENT = Patience(attempts=3, repeats=2, first_wait=0.01, connect=5, read=10)
GRAPH = "/providers/Microsoft.ResourceGraph/resources"


def scan(double: AzureDouble, folder: Path, patience: Patience = PATIENT) -> list[Item]:
    entry = AzureEntry.model_validate({"endpoint": double.url, "requests_per_second": 1000})
    return list(Azure(entry, patience).scan(Work(folder, DAY)))


def gaps(items: list[Item]) -> list[Gap]:
    return [item for item in items if isinstance(item, Gap)]


def resources(items: list[Item]) -> set[str]:
    return {item.id for item in items if isinstance(item, Row) and item.table == "resource"}


def test_the_whole_estate_is_read_by_reading_alone_and_nothing_twice(tmp_path: Path) -> None:
    with AzureDouble(AZURE_ESTATE) as double:
        items = scan(double, tmp_path)
        assert double.refused == []
        asked = [(request.method, request.path, str(request.query), str(request.body)) for request in double.requests]
        assert len(asked) == len(set(asked))
        assert {method for method, *_ in asked} == {"GET", "POST"}
        assert {path.lower() for method, path, *_ in asked if method == "POST"} == {GRAPH.lower()}
        before = len(double.requests)
        assert scan(double, tmp_path) == items
        refused = {gap.id or gap.scope for gap in gaps(items)}
        # Only what was refused is asked again.
        assert len(double.requests) - before <= len(refused)


def kind_of(path: str) -> str:
    """The types of a path without the names: what it asks, whatever it asks it of."""
    return "/".join(path.lower().split("/")[1::2]) + path.lower().rpartition("/providers/")[2].partition("/")[0]


REASONS: dict[What, str] = {
    "forbidden": "refused",
    "throttled": "throttled",
    "hang": "unreachable",
    "error": "unreachable",
    "garbage": "unreadable",
}


JUDGED = ("forbidden", "garbage")
"""The evaluation sees a gap and its reason: what was refused and what was broken stand for the rest."""


@pytest.mark.parametrize("what", REASONS)
def test_what_fails_is_told_and_no_verdict_improves(what: What, tmp_path: Path) -> None:
    with AzureDouble(AZURE_ESTATE) as double:
        clean = scan(double, tmp_path / "clean")
        verdicts = judged(clean)
        paths = {kind_of(request.path): request.path for request in double.requests if request.method == "GET"}
        whole = {(gap.table, gap.id, gap.scope, gap.facts, gap.reason) for gap in gaps(clean)}
        for number, path in enumerate([*paths.values(), GRAPH]):
            double.clear_faults()
            double.add_fault(Fault(what, path=re.escape(path), retry_after=0))
            items = scan(double, tmp_path / str(number), ONCE)
            new = {(gap.table, gap.id, gap.scope, gap.facts, gap.reason) for gap in gaps(items)} - whole
            assert REASONS[what] in {reason for *_, reason in new}, (what, path)
            if what in JUDGED:
                assert improved(verdicts, judged(items)) == [], (what, path)


def test_a_token_that_expires_in_mid_scan_leaves_what_was_read(tmp_path: Path) -> None:
    with AzureDouble(AZURE_ESTATE, Fault("expired", after=12)) as double:
        items = scan(double, tmp_path)
        assert NO_CREDENTIALS in {gap.needs for gap in gaps(items)}
        double.clear_faults()
        assert resources(scan(double, tmp_path)) == resources(scan(double, tmp_path / "clean"))


def test_a_subscription_that_is_read_in_part_is_told(tmp_path: Path) -> None:
    with AzureDouble(AZURE_ESTATE) as double:
        double.grant_partly(RESEARCH)
        partly = [gap for gap in gaps(scan(double, tmp_path)) if RESEARCH in str(gap.scope)]
        assert [gap.reason for gap in partly if gap.needs and gap.needs.startswith("*/read")] == ["refused"]


def test_a_disabled_subscription_is_read_and_said_to_be_so(tmp_path: Path) -> None:
    with AzureDouble(AZURE_ESTATE) as double:
        double.disable(RESEARCH)
        items = scan(double, tmp_path)
        lines = [item for item in items if isinstance(item, Reading) and item.kind == "subscription"]
        assert {line.account: line.detail for line in lines} == {PRODUCTION: None, RESEARCH: "Disabled"}
