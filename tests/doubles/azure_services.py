"""What copies, logs, computes and serves beside the data of the seeded Azure estate, and who operates it.

Each stands for one thing that a scan must see; the comment beside it says which.
"""

from __future__ import annotations

from tests.doubles.azure_answers import Json
from tests.doubles.azure_model import Resource
from tests.doubles.azure_names import (
    EAST,
    FOREIGN_TENANT,
    GRS_ACCOUNT,
    MACHINE,
    RESEARCH,
    SQL_SERVER,
    TENANT,
    VAULT,
    VIRGINIA,
    WORKSPACE,
    tags,
    within,
)


def backups_and_logs() -> tuple[Resource, ...]:
    vault = within("exploitation", "Microsoft.RecoveryServices/vaults/sauvegardes")
    container = (
        f"{vault}/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;dossiers;vm-dossiers"
    )
    item = Resource(
        f"{container}/protectedItems/VM;iaasvmcontainerv2;dossiers;vm-dossiers",
        "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
        {
            "location": EAST,
            "properties": {
                "protectedItemType": "Microsoft.Compute/virtualMachines",
                "workloadType": "VM",
                "friendlyName": "vm-dossiers",
                "sourceResourceId": MACHINE,
                "vaultId": vault,
                "policyId": f"{vault}/backupPolicies/quotidienne",
                "protectionState": "Protected",
            },
        },
        ("recoveryservicesresources",),
    )

    def sent(target: str) -> Resource:
        """A diagnostic setting of a resource (Monitor `2021-05-01-preview`)."""
        logs = [{"categoryGroup": "allLogs", "enabled": True}]
        properties: Json = {"workspaceId": WORKSPACE, "logs": logs, "metrics": []}
        body = {"location": None, "properties": properties}
        id_ = f"{target}/providers/Microsoft.Insights/diagnosticSettings/vers-virginie"
        return Resource(id_, "Microsoft.Insights/diagnosticSettings", body, ())

    return (
        # Backups in the paired region; a vault stands in two tables of Resource Graph.
        Resource(
            vault,
            "Microsoft.RecoveryServices/vaults",
            {
                "location": EAST,
                "sku": {"name": "RS0", "tier": "Standard"},
                "tags": tags("dossier-patient"),
                "properties": {
                    "provisioningState": "Succeeded",
                    "redundancySettings": {
                        "standardTierStorageRedundancy": "GeoRedundant",
                        "crossRegionRestore": "Enabled",
                    },
                },
            },
            ("resources", "recoveryservicesresources"),
        ),
        item,
        # Logs in Virginia, of a vault and a database of Québec.
        Resource(
            WORKSPACE,
            "Microsoft.OperationalInsights/workspaces",
            {
                "location": VIRGINIA,
                "tags": {},
                "properties": {
                    "customerId": "5b2d9a1e-77aa-4d6c-b0b4-7a5f3f1c0e11",
                    "sku": {"name": "PerGB2018"},
                    "retentionInDays": 365,
                    "replication": {"enabled": False},
                },
            },
        ),
        sent(VAULT),
        sent(f"{SQL_SERVER}/databases/dossiers"),
        sent(f"{GRS_ACCOUNT}/blobServices/default"),
    )


def services() -> tuple[Resource, ...]:
    ai = within("portail", "Microsoft.CognitiveServices/accounts/ia-portail")

    def deployment(name: str, sku: str) -> Resource:
        model = {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}
        body = {"sku": {"name": sku, "capacity": 50}, "properties": {"model": model, "provisioningState": "Succeeded"}}
        return Resource(f"{ai}/deployments/{name}", "Microsoft.CognitiveServices/accounts/deployments", body, ())

    return (
        # One deployment computes wherever there is room in the world, one stays in its region.
        Resource(
            ai,
            "Microsoft.CognitiveServices/accounts",
            {
                "location": EAST,
                "kind": "OpenAI",
                "sku": {"name": "S0"},
                "tags": tags("portail"),
                "properties": {"endpoint": "https://ia-portail.openai.azure.com/", "publicNetworkAccess": "Enabled"},
            },
        ),
        deployment("resumes", "GlobalStandard"),
        deployment("classement", "Standard"),
        # `global` is no place: caches everywhere.
        Resource(
            within("portail", "Microsoft.Cdn/profiles/facade"),
            "Microsoft.Cdn/profiles",
            {
                "location": "Global",
                "kind": "frontdoor",
                "sku": {"name": "Premium_AzureFrontDoor"},
                "tags": tags("portail"),
                "properties": {"resourceState": "Active", "frontDoorId": "0f0c2f3a-51d0-4f5d-9a35-6d1c5d9a7b10"},
            },
        ),
        # `global`, with a country and no province.
        Resource(
            within("portail", "Microsoft.Communication/communicationServices/messagerie"),
            "Microsoft.Communication/communicationServices",
            {
                "location": "global",
                "tags": tags("portail"),
                "properties": {"dataLocation": "Canada", "hostName": "messagerie.canada.communication.azure.com"},
            },
        ),
        # A directory of customers: its location is a name of residency, not a region.
        Resource(
            within("portail", "Microsoft.AzureActiveDirectory/b2cDirectories/usagers.onmicrosoft.com"),
            "Microsoft.AzureActiveDirectory/b2cDirectories",
            {
                "location": "United States",
                "sku": {"name": "PremiumP1", "tier": "A0"},
                "tags": tags("portail"),
                "properties": {
                    "tenantId": "7e1d4bb0-3a0c-4a4a-a7a5-0f1b3d5c7e99",
                    "billingConfig": {"billingType": "MAU"},
                },
            },
        ),
        # A type that no description knows.
        Resource(
            f"/subscriptions/{RESEARCH}/resourceGroups/recherche/providers/Microsoft.Contoso/widgets/inconnu",
            "Microsoft.Contoso/widgets",
            {"location": "westeurope", "tags": {}, "properties": {"colour": "blue"}},
        ),
        *_delegation(),
    )


def _delegation() -> tuple[Resource, ...]:
    """Lighthouse: the research subscription, operated from another tenant (`Microsoft.ManagedServices`)."""
    scope = f"/subscriptions/{RESEARCH}/providers/Microsoft.ManagedServices"
    definition = f"{scope}/registrationDefinitions/26c128c2-fefa-4340-9bb1-6e081c90ada2"
    contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
    properties = {
        "registrationDefinitionName": "Infogérance",
        "managedByTenantId": FOREIGN_TENANT,
        "managedByTenantName": "Infogérance Contoso",
        "manageeTenantId": TENANT,
        "authorizations": [{"principalId": "10000000-0000-4000-8000-000000000003", "roleDefinitionId": contributor}],
        "provisioningState": "Succeeded",
    }
    assigned = {"registrationDefinitionId": definition, "registrationDefinition": {"properties": properties}}
    return (
        Resource(
            definition,
            "Microsoft.ManagedServices/registrationDefinitions",
            {"properties": properties},
            ("managedserviceresources",),
        ),
        Resource(
            f"{scope}/registrationAssignments/26c128c2-fefa-4340-9bb1-6e081c90ada3",
            "Microsoft.ManagedServices/registrationAssignments",
            {"properties": {**assigned, "provisioningState": "Succeeded"}},
            ("managedserviceresources",),
        ),
    )
