"""For the tests of rows: what the rows and gaps of one state of a plan say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sovercheck.inventory.rows import Gap, Item, Row
from sovercheck.reference import load_reference
from sovercheck.sources.plans.source import PlanState

from .made import Object, read

REGIONS = load_reference().regions
DAY = "2026-11-27"


def items(
    plan: Object, side: Literal["before", "after"] = "after", sources: Path | None = None, **asked: Any
) -> list[Item]:
    """What a state of a plan gives."""
    return list(PlanState(read(plan, sources, **asked), side, REGIONS, DAY).collect())


def rows(found: list[Item], table: str) -> Mapping[str, dict[str, Any]]:
    """Id, without the name of the plan → its facts, of a table."""
    return {
        item.id.partition("#")[2]: {name: known.value for name, known in item.facts.items()}
        for item in found
        if isinstance(item, Row) and item.table == table
    }


def gaps(found: list[Item]) -> set[tuple[str, str, str]]:
    """Reason, id and fact of each gap."""
    return {
        (gap.reason, (gap.id or "").partition("#")[2], fact)
        for gap in found
        if isinstance(gap, Gap)
        for fact in gap.facts
    }
