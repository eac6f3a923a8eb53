"""What an estate of Azure is made of, for the double: plain documents, and where each can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.doubles.azure_answers import Json


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        id: its full id.
        type: as its provider writes it.
        body: all else that Resource Manager says of it: `location`, `tags`, `sku`, `kind`, `properties`, `identity`…
        tables: the tables of Resource Graph that it stands in; without one it is read by its own call only.
    """

    id: str
    type: str
    body: Json
    tables: tuple[str, ...] = ("resources",)

    @property
    def name(self) -> str:
        """The last part of its id."""
        return self.id.rpartition("/")[2]

    @property
    def document(self) -> Json:
        """As Resource Manager answers it."""
        return {"id": self.id, "name": self.name, "type": self.type, **self.body}


@dataclass(frozen=True, slots=True)
class Metric:
    """The value of a metric of a resource.

    Attributes:
        name: of the metric.
        unit: as Monitor names it.
        aggregation: under which it is told: `average`, `total`, `maximum`.
        value: without one the metric exists and has no measurement.
    """

    name: str
    unit: str
    aggregation: str
    value: float | None


@dataclass(frozen=True, slots=True)
class AzureEstate:
    """A tenant and what stands in it.

    Attributes:
        tenant_id: of the organisation.
        tenants: `TenantIdDescription`s: the organisation's own first.
        subscriptions: `Subscription`s.
        management_groups: the names of groups, and the ids of the subscriptions below each.
        locations: `Location`s, with `{subscription}` in their id.
        resources: all, resource groups too.
        metrics: by the id of the resource.
    """

    tenant_id: str
    tenants: tuple[Json, ...]
    subscriptions: tuple[Json, ...]
    management_groups: Mapping[str, tuple[str, ...]]
    locations: tuple[Json, ...]
    resources: tuple[Resource, ...]
    metrics: Mapping[str, tuple[Metric, ...]] = field(default_factory=dict)
