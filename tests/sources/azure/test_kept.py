"""What is kept of Azure's answers, and the listings that Resource Graph does not make."""

from __future__ import annotations

from pathlib import Path

from sovercheck.inventory.rows import Gap, Item, Reading, Row
from sovercheck.sources.azure.kept import described, kept_answers, kept_row, standing, tables
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.azure.source import Azure
from sovercheck.sources.base import Work
from sovercheck.sources.insist import Patience
from sovercheck.sources.kinds.path import Json
from tests.doubles.azure import AzureDouble, Fault
from tests.doubles.azure_estate import AZURE_ESTATE

PATIENCE = Patience(attempts=2, repeats=1, first_wait=0.01, connect=5, read=5)


def scanned(folder: Path, *faults: Fault) -> list[Item]:
    with AzureDouble(AZURE_ESTATE, *faults) as azure:
        return list(Azure(AzureEntry(endpoint=azure.url), PATIENCE).scan(Work(folder, "2026-11-27")))


def test_of_a_row_only_what_its_type_s_description_reads_is_kept() -> None:
    row: dict[str, Json] = {
        "id": "/subscriptions/s/x",
        "type": "Microsoft.Storage/storageAccounts",
        "location": "canadaeast",
        "tags": {"a": "b"},
        "sku": {"name": "Standard_GRS"},
        "properties": {"secondaryLocation": "canadacentral", "primaryKey": "secret"},
    }
    kept = kept_row(row)
    assert isinstance(kept, dict)
    assert kept["properties"] == {"secondaryLocation": "canadacentral"}
    assert kept["tags"] == {"a": "b"}
    unknown = kept_row({**row, "type": "microsoft.contoso/widgets"})
    assert isinstance(unknown, dict)
    assert "properties" not in unknown


def test_every_table_that_a_description_names_is_asked() -> None:
    assert {"resources", "recoveryservicesresources", "managedserviceresources"} <= set(tables())
    assert {form.listing.operation for forms in described().values() for _, form in forms} <= set(tables())
    assert all(paths for paths in kept_answers().values()), "of a call of which nothing is read, nothing is asked"


def test_what_has_no_row_and_no_parent_is_listed_by_tenant_or_by_subscription() -> None:
    units = [(unit.kind.id, unit.account) for unit in standing("tenant", ["a", "b"])]
    assert units.count(("identity_tenant", "tenant")) == 1
    assert [account for kind, account in units if kind == "diagnostic_destination"] == ["a", "b"]


def test_the_tenant_of_identities_is_inventoried_and_its_place_left_unknown(tmp_path: Path) -> None:
    items = scanned(tmp_path)
    (tenant,) = [item for item in items if isinstance(item, Row) and item.id == f"/tenants/{AZURE_ESTATE.tenant_id}"]
    assert tenant.facts["kind"].value == "identity_tenant"
    (copy,) = [item for item in items if isinstance(item, Row) and item.links.get("resource") == tenant.id]
    assert copy.facts["kind"].value == "identity"
    assert "place" not in copy.facts


def test_a_tenant_that_may_not_be_listed_is_a_gap_that_names_the_permission(tmp_path: Path) -> None:
    items = scanned(tmp_path, Fault("forbidden", "^/tenants$"))
    (line,) = [item for item in items if isinstance(item, Reading) and item.kind == "identity_tenant"]
    assert (line.status, bool(line.needs)) == ("refused", True)
    assert any(isinstance(item, Gap) and item.needs == line.needs for item in items)
