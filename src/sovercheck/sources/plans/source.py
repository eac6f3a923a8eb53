"""One state of a plan as a source of the inventory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from sovercheck.inventory.rows import Item
from sovercheck.light import dataclass
from sovercheck.reference.regions import Regions
from sovercheck.sources.plans.model import Plan
from sovercheck.sources.plans.rows import rows
from sovercheck.sources.plans.world import PlanWorld


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan or template as it is before the change, or as it would be after; see `sources.base.Source`.

    Attributes:
        plan: the file, read.
        side: which of the two.
        regions: the places of regions.
        day: of the run.
    """

    plan: Plan
    side: Literal["before", "after"]
    regions: Regions
    day: str
    kind: ClassVar[str] = "plan"

    @property
    def name(self) -> str:
        """The file's."""
        return self.plan.name

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """None: the gate has read and hashed the file once, for both states."""
        return ()

    def world(self) -> PlanWorld:
        """The state, with what its resources know of each other."""
        answers = None
        if any(change.interface == "api" for change in self.plan.changes):
            # Read only for Azure's templates.
            from sovercheck.sources.plans import arm_ids

            answers = arm_ids.resources(self.plan, self.side)
        return PlanWorld(self.plan, self.side, self.regions, answers)

    def collect(self, world: PlanWorld | None = None) -> Iterator[Item]:
        """See `Source`; from its world, where that is made already."""
        yield from rows(world or self.world(), self.regions, self.day)
