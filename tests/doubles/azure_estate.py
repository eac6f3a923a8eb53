"""A seeded tenant of Azure: two subscriptions, as an organisation of Québec could have them.

Each resource stands for one thing that a scan must see; the comment beside it says which. Shapes are the models of the
published specifications (Azure/azure-rest-api-specs; the path of each provider's folder there is its namespace), less
the members that no fact of a scan reads. Where Resource Graph leaves a type out, as Microsoft's "Azure Resource Graph
table and resource type reference" has it, `tables` is empty. A recovery vault stands in two tables.
"""

from __future__ import annotations

from tests.doubles.azure_answers import Json
from tests.doubles.azure_holdings import databases, keys, machines, stores
from tests.doubles.azure_locations import locations
from tests.doubles.azure_model import AzureEstate, Metric
from tests.doubles.azure_names import (
    EAST,
    FOREIGN_TENANT,
    GRS_ACCOUNT,
    LRS_ACCOUNT,
    MANAGEMENT_GROUP,
    PRODUCTION,
    RESEARCH,
    SQL_SERVER,
    TENANT,
    resource_group,
)
from tests.doubles.azure_services import backups_and_logs, services


def _subscription(id_: str, name: str, *managed_by: str) -> Json:
    return {
        "id": f"/subscriptions/{id_}",
        "subscriptionId": id_,
        "tenantId": TENANT,
        "displayName": name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [{"tenantId": tenant} for tenant in managed_by],
        "tags": {},
    }


def _tenant(id_: str, name: str, category: str) -> Json:
    return {
        "id": f"/tenants/{id_}",
        "tenantId": id_,
        "countryCode": "CA",
        "displayName": name,
        "defaultDomain": f"{name.lower()}.example",
        "domains": [f"{name.lower()}.example"],
        "tenantCategory": category,
        "tenantType": "AAD",
    }


GROUPS = ("dossiers", "exploitation", "portail", "rendezvous", "securite")

AZURE_ESTATE = AzureEstate(
    tenant_id=TENANT,
    tenants=(_tenant(TENANT, "Organisme", "Home"),),
    subscriptions=(
        _subscription(PRODUCTION, "production"),
        _subscription(RESEARCH, "recherche", FOREIGN_TENANT),
    ),
    management_groups={MANAGEMENT_GROUP: (PRODUCTION, RESEARCH)},
    locations=locations(),
    resources=(
        *(
            resource_group(PRODUCTION, name, EAST)
            for name in ("dossiers", "exploitation", "portail", "rendezvous", "securite")
        ),
        resource_group(RESEARCH, "recherche", "francecentral"),
        *stores(),
        *databases(),
        *keys(),
        *machines(),
        *backups_and_logs(),
        *services(),
    ),
    metrics={
        LRS_ACCOUNT: (Metric("UsedCapacity", "Bytes", "average", 412316860416.0),),
        # It exists, and nothing was measured: unknown, not zero.
        GRS_ACCOUNT: (Metric("UsedCapacity", "Bytes", "average", None),),
        f"{SQL_SERVER}/databases/dossiers": (Metric("storage", "Bytes", "maximum", 53687091200.0),),
    },
)
"""Two subscriptions in one tenant and one management group."""
