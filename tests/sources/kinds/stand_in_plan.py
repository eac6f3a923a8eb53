"""For the tests of what plans write: a stand-in for the scan, an item with its edges, and what its rows say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Row
from sovercheck.reference import load_reference
from sovercheck.sources.extract import Extractor, KeyFacts
from sovercheck.sources.item import ItemView, Said, Unit
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds import planned
from sovercheck.sources.kinds.model import Call, Interface
from sovercheck.sources.kinds.path import ABSENT, Absent, Json
from sovercheck.sources.readers import Result

REGIONS = load_reference().regions

Copies = list[tuple[str, str | None]]
"""Each copy's kind and region, in order."""


@dataclass
class World:
    """A plan in which every bucket is in a known place and every key is the customer's."""

    buckets: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    """Id of another planned resource → its region."""

    def key(self, reference: str, _: ItemView) -> KeyFacts | Refusal:
        return KeyFacts(None, "customer", None, reference)

    def region_of_bucket(self, name: str) -> Result:
        return self.buckets.get(name, ABSENT)

    def region_of_id(self, identifier: str) -> Result:
        return self.others.get(identifier, ABSENT)

    def paired_region(self, _: str) -> Result:
        return ABSENT

    def tags(self, _: str, __: ItemView) -> tuple[str, ...] | Absent | Refusal:
        return ABSENT

    def size(self, _: ItemView) -> int | Absent | Refusal:
        return ABSENT

    def root(self, identifier: str) -> str:
        return identifier

    def is_listed(self, identifier: str) -> bool:
        return identifier in self.others

    def shares_of_copies(self, _: str) -> tuple[tuple[str, ...], Refusal | None]:
        return (), None

    def is_inside(self, principal: str) -> bool:
        return principal in ("111122223333", "ministere.gouv.qc.ca", "dossiers-prod")


PLAIN = World()


@dataclass(frozen=True)
class Told:
    """What the rows and gaps of an item say."""

    items: tuple[Item, ...]

    @property
    def resource(self) -> Mapping[str, object]:
        return next(facts(row) for row in self._rows("resource"))

    @property
    def copies(self) -> Copies:
        found = [facts(row) for row in self._rows("copy")]
        return [(str(copy["kind"]), None if copy.get("region") is None else str(copy["region"])) for copy in found]

    @property
    def keys(self) -> list[object]:
        """Of each copy the key's reference, else who manages it; None where it is not known."""
        found = [facts(row) for row in self._rows("copy")]
        return [copy.get("key", copy.get("key_manager")) for copy in found]

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self._rows("copy")]

    @property
    def gaps(self) -> set[tuple[str, str]]:
        """Reason and fact."""
        return {(gap.reason, fact) for gap in self.items if isinstance(gap, Gap) for fact in gap.facts}

    def _rows(self, table: str) -> list[Row]:
        return [item for item in self.items if isinstance(item, Row) and item.table == table]


class _Telling(Extractor):
    """How a value is known is not told here."""

    def evidence(self, view: ItemView, said: Said) -> Evidence:
        return Evidence(Grade.DOCUMENTED, "plan", "2026-11-27", view.unit.form.native_type)


def _fetch(_: Ask, __: Call) -> Result:
    raise AssertionError("a plan is not asked")


def facts(row: Row) -> dict[str, object]:
    return {name: known.value for name, known in row.facts.items()}


def tell(
    native_type: str,
    values: dict[str, Json],
    edges: Mapping[str, list[Json]] | None = None,
    *,
    interface: Interface = "terraform",
    region: str = "ca-central-1",
    world: World = PLAIN,
) -> Told:
    """What is told of a resource of a plan.

    Args:
        native_type: of the resource.
        values: its own.
        edges: by name, the values of the other resources that complete it; none of a name that is left out.
        interface: of the form.
        region: where the resource is.
        world: what else is known.
    """
    given = edges or {}
    for kind, form in planned(interface, native_type):
        view = ItemView(Unit(kind, form, "111122223333", region), values, _fetch)
        view._answers.update({name: list(given.get(name, [])) for name in form.edges})
        if view.holds(form.where) is True:
            assert set(given) <= set(form.edges)
            extractor = _Telling("essai", "plan", REGIONS, world, "2026-11-27")
            return Told(tuple(extractor.rows(view, f"plan#{native_type}.essai")))
    raise AssertionError(f"no form of {native_type} takes it")
