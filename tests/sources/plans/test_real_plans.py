"""Plans that others made: every resource of them has a place, or a reason why not, and is judged without a fault."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from sovercheck import config
from sovercheck.decisions.gate import Asked as Question
from sovercheck.decisions.gate import gate
from sovercheck.inventory.evidence import Grade
from sovercheck.sources.plans import sniff
from sovercheck.sources.plans.model import Asked

from .made import REPOSITORY

REAL = Path(os.environ.get("SOVERCHECK_SHARED", REPOSITORY.parent / "shared")) / "data" / "terraform-plans"


@pytest.fixture(scope="module")
def plans() -> list[Path]:
    found = sorted(REAL.glob("*.json"))
    if not found:
        pytest.skip(f"no plans at {REAL} (set SOVERCHECK_SHARED to the folder of shared data)")
    return found


def test_every_resource_of_every_plan_has_a_place_or_a_reason(plans: list[Path]) -> None:
    seen = known = 0
    for path in plans:
        ((plan, _),) = sniff.read(path, path.name, Asked())
        assert len({change.address for change in plan.changes}) == len(plan.changes), path
        for change in plan.changes:
            for state in (change.before, change.after):
                if state is None:
                    continue
                seen += 1
                placed = state.placed
                assert (placed.region is None) == (placed.why is not None), (path, change.address)
                assert (placed.rung is None) == (placed.region is None), (path, change.address)
                assert placed.grade is Grade.DOCUMENTED or placed.rung == "variable", (path, change.address)
                known += placed.region is not None
    assert seen > 400
    assert known > seen / 3


def test_all_of_them_are_judged_as_one_change(plans: list[Path], tmp_path: Path) -> None:
    read = [one for path in plans for one in sniff.read(path, path.name, Asked())]
    told = gate(read, config.default(tmp_path, "fr"), Question(date(2026, 11, 27))).gate
    assert told.result in ("finding", "not_established")
    assert len(told.plans) == len(plans)
    assert len(told.resources) == sum(len(plan.changes) for plan, _ in read)
    for resource in told.resources:
        for location in (resource.before, resource.after):
            assert location is None or (location.region is None) == (location.why is not None)
            assert location is None or (location.rung == "unknown") == (location.region is None)
