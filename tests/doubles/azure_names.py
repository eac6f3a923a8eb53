"""The names that the parts of the seeded Azure estate share."""

from __future__ import annotations

from tests.doubles.azure_answers import Json
from tests.doubles.azure_model import Resource

TENANT = "3d4d17ea-1ae4-4705-947e-51369c5a5f79"
FOREIGN_TENANT = "c9e1a4b7-52f8-4d0f-8a3c-6b7d1e90f2aa"
"""Of the firm that operates the research subscription by delegation."""

PRODUCTION = "11111111-1111-4111-8111-111111111111"
RESEARCH = "22222222-2222-4222-8222-222222222222"
MANAGEMENT_GROUP = "organisme"

EAST, CENTRAL, VIRGINIA = "canadaeast", "canadacentral", "eastus"


def resource_group(subscription: str, name: str, location: str) -> Resource:
    return Resource(
        f"/subscriptions/{subscription}/resourceGroups/{name}",
        "Microsoft.Resources/subscriptions/resourceGroups",
        {"location": location, "tags": {}, "properties": {"provisioningState": "Succeeded"}},
        ("resourcecontainers",),
    )


def within(group: str, path: str) -> str:
    """The id of what stands in a group of the production subscription."""
    return f"/subscriptions/{PRODUCTION}/resourceGroups/{group}/providers/{path}"


def tags(system: str | None) -> Json:
    return {} if system is None else {"systeme": system}


VAULT = within("securite", "Microsoft.KeyVault/vaults/coffre-cles")
HSM = within("securite", "Microsoft.KeyVault/managedHSMs/hsm-organisme")
WORKSPACE = within("exploitation", "Microsoft.OperationalInsights/workspaces/journaux-virginie")
SQL_SERVER = within("dossiers", "Microsoft.Sql/servers/sql-dossiers")
SQL_PARTNER = within("dossiers", "Microsoft.Sql/servers/sql-dossiers-releve")
LRS_ACCOUNT = within("dossiers", "Microsoft.Storage/storageAccounts/dossierslrs")
GRS_ACCOUNT = within("dossiers", "Microsoft.Storage/storageAccounts/dossiersgrs")
MACHINE = within("dossiers", "Microsoft.Compute/virtualMachines/vm-dossiers")
DISK_SET = within("securite", "Microsoft.Compute/diskEncryptionSets/chiffrement-hsm")
