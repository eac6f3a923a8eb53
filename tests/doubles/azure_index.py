"""An estate of Azure, found by path: resources, collections a page at a time, metrics, and Resource Graph's tables."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from tests.doubles import azure_answers as answers
from tests.doubles import kusto
from tests.doubles.azure_answers import Answer, Json, type_of
from tests.doubles.azure_model import AzureEstate, Resource

_KEPT = 8
_GROUPS = "/providers/microsoft.management/managementgroups"

EMPTY_TYPES = frozenset(
    name.lower()
    for name in (
        "Microsoft.AppConfiguration/configurationStores/replicas",
        "Microsoft.Cache/redis/linkedServers",
        "Microsoft.Cache/redisEnterprise/databases",
        "Microsoft.Cdn/profiles/afdEndpoints",
        "Microsoft.Cdn/profiles/customDomains",
        "Microsoft.Cdn/profiles/originGroups",
        "Microsoft.Cdn/profiles/originGroups/origins",
        "Microsoft.CognitiveServices/accounts/deployments",
        "Microsoft.Compute/galleries",
        "Microsoft.Compute/galleries/images",
        "Microsoft.Compute/galleries/images/versions",
        "Microsoft.ContainerRegistry/registries/replications",
        "Microsoft.ContainerService/managedClusters/agentPools",
        "Microsoft.DataFactory/factories/integrationRuntimes",
        "Microsoft.DataShare/accounts/shares",
        "Microsoft.DataShare/accounts/shares/invitations",
        "Microsoft.DataShare/accounts/shares/shareSubscriptions",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases",
        "Microsoft.ElasticSan/elasticSans/volumeGroups",
        "Microsoft.EventGrid/eventSubscriptions",
        "Microsoft.EventHub/namespaces/disasterRecoveryConfigs",
        "Microsoft.EventHub/namespaces/eventhubs",
        "Microsoft.HardwareSecurityModules/cloudHsmClusters/backups",
        "Microsoft.HealthcareApis/workspaces/dicomservices",
        "Microsoft.HealthcareApis/workspaces/fhirservices",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.KeyVault/managedHSMs/keys",
        "Microsoft.KeyVault/vaults/keys",
        "Microsoft.Kusto/clusters/attachedDatabaseConfigurations",
        "Microsoft.Kusto/clusters/databases",
        "Microsoft.ManagedServices/registrationAssignments",
        "Microsoft.ManagedServices/registrationDefinitions",
        "Microsoft.NetApp/netAppAccounts",
        "Microsoft.NetApp/netAppAccounts/capacityPools",
        "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
        "Microsoft.OperationalInsights/clusters",
        "Microsoft.OperationalInsights/workspaces/dataExports",
        "Microsoft.OperationalInsights/workspaces/linkedStorageAccounts",
        "Microsoft.RecoveryServices/vaults/backupPolicies",
        "Microsoft.RecoveryServices/vaults/backupProtectedItems",
        "Microsoft.RecoveryServices/vaults/backupstorageconfig",
        "Microsoft.RecoveryServices/vaults/replicationProtectedItems",
        "Microsoft.ServiceBus/namespaces/disasterRecoveryConfigs",
        "Microsoft.SignalRService/signalR/replicas",
        "Microsoft.Sql/locations/instanceFailoverGroups",
        "Microsoft.Sql/servers/auditingSettings",
        "Microsoft.Sql/servers/databases",
        "Microsoft.Sql/servers/databases/replicationLinks",
        "Microsoft.Sql/servers/encryptionProtector",
        "Microsoft.Sql/servers/failoverGroups",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/fileServices",
        "Microsoft.Storage/storageAccounts/fileServices/shares",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/encryptionScopes",
        "Microsoft.Storage/storageAccounts/fileServices",
        "Microsoft.Storage/storageAccounts/fileServices/shares",
        "Microsoft.Storage/storageAccounts/objectReplicationPolicies",
        "Microsoft.StorageSync/storageSyncServices/syncGroups",
        "Microsoft.StorageSync/storageSyncServices/syncGroups/cloudEndpoints",
        "Microsoft.StorageSync/storageSyncServices/syncGroups/serverEndpoints",
        "Microsoft.Synapse/workspaces/sqlPools",
    )
)
"""Types that exist in Azure, whether in the estate or not: a list of them can be empty. Any other type is an error."""


class Index:
    """What the double answers a read with.

    Args:
        estate: what there is.
        page: how many items a page of a collection has.
    """

    def __init__(self, estate: AzureEstate, page: int) -> None:
        self.estate = estate
        self._page = page
        self._subscriptions = {item["subscriptionId"]: item for item in estate.subscriptions}
        self._by_id = {resource.id.lower(): resource for resource in estate.resources}
        self._types = EMPTY_TYPES | {resource.type.lower() for resource in estate.resources}
        self._metrics = {id_.lower(): metrics for id_, metrics in estate.metrics.items()}
        self._collections: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in estate.resources:
            path = resource.id.lower()
            self._collections[path.rpartition("/")[0]].append(resource)
            scope, _, rest = path.partition("/providers/")
            if rest.count("/") == 2 and "/resourcegroups/" in scope:
                subscription = scope.partition("/resourcegroups/")[0]
                self._collections[f"{subscription}/providers/{rest.rpartition('/')[0]}"].append(resource)
                self._collections[f"{subscription}/resources"].append(resource)
                self._collections[f"{scope}/resources"].append(resource)
        self._rows = _rows(estate)
        # The pages of a query are asked for one by one; each would otherwise go through the whole estate again.
        self._asked: dict[tuple[str, frozenset[str]], kusto.Answer] = {}

    def scope(self, subscriptions: Sequence[str] | None, groups: Sequence[str] | None) -> frozenset[str]:
        """The subscriptions that a query reaches: those of its list or groups that exist, else all of the tenant."""
        if subscriptions is not None:
            return frozenset(id_ for id_ in subscriptions if id_ in self._subscriptions)
        if groups is not None:
            below = self.estate.management_groups
            return frozenset(id_ for group in groups for id_ in below.get(group, ()))
        return frozenset(self._subscriptions)

    def ask(self, query: str, subscriptions: frozenset[str]) -> kusto.Answer:
        """What a query gives of what these subscriptions have; a management group stands in every one.

        Raises:
            QueryError: it is not understood.
        """
        asked = (query, subscriptions)
        if asked not in self._asked:
            if len(self._asked) == _KEPT:
                self._asked.clear()
            reached = subscriptions | {""}
            self._asked[asked] = kusto.run(
                query,
                {name: [row for row in rows if row["subscriptionId"] in reached] for name, rows in self._rows.items()},
            )
        return self._asked[asked]

    def read(self, path: str, query: Mapping[str, str], url: str) -> Answer:
        """What a GET of a path gives."""
        low = path.lower()
        parts = low.strip("/").split("/")
        if low == "/tenants":
            return self._listed(self.estate.tenants, path, query, url)
        if low == "/subscriptions":
            return self._listed(self.estate.subscriptions, path, query, url)
        if low.startswith(_GROUPS):
            return self._groups(low, path, query, url)
        if parts[0] == "subscriptions":
            subscription = self._subscriptions.get(parts[1])
            if subscription is None:
                return answers.missing("/".join(["", *parts[:2]]))
            if len(parts) == 2:
                return Answer(HTTPStatus.OK, subscription)
            if parts[2:] == ["locations"]:
                told = json.dumps(self.estate.locations).replace("{subscription}", parts[1])
                return Answer(HTTPStatus.OK, {"value": json.loads(told)})
            if parts[2:] == ["providers"]:
                return self._listed(self._providers(parts[1]), path, query, url)
        return self._resource_or_collection(path, query, url)

    def metrics(self, id_: str, query: Mapping[str, str]) -> Answer:
        """Monitor's metrics of a resource (Metrics API, `Response`): one point, whatever the time span."""
        resource = self._by_id.get(id_)
        if resource is None:
            return answers.missing(id_)
        known = {metric.name.lower(): metric for metric in self._metrics.get(id_, ())}
        value: list[Json] = []
        for name in query.get("metricnames", "").split(","):
            metric = known.get(name.lower())
            if metric is None:
                return answers.no_metric(resource.type, name, sorted(known))
            point = {"timeStamp": "2026-11-21T00:00:00Z", metric.aggregation: metric.value}
            series = [] if metric.value is None else [{"metadatavalues": [], "data": [point]}]
            value.append(
                {
                    "id": f"{resource.id}/providers/Microsoft.Insights/metrics/{metric.name}",
                    "type": "Microsoft.Insights/metrics",
                    "name": {"value": metric.name, "localizedValue": metric.name},
                    "displayDescription": metric.name,
                    "unit": metric.unit,
                    "timeseries": series,
                    "errorCode": "Success",
                }
            )
        body = {
            "cost": 0,
            "timespan": query.get("timespan", "2026-11-21T00:00:00Z/2026-11-22T00:00:00Z"),
            "interval": query.get("interval", "PT1H"),
            "namespace": resource.type,
            "resourceregion": resource.body.get("location"),
            "value": value,
        }
        return Answer(HTTPStatus.OK, body)

    def _resource_or_collection(self, path: str, query: Mapping[str, str], url: str) -> Answer:
        low = path.lower()
        resource = self._by_id.get(low)
        if resource is not None:
            return Answer(HTTPStatus.OK, resource.document)
        if low in self._collections:
            found = self._collections[low]
            # The list over all types tells no properties (Resources `GenericResourceExpanded`).
            whole = not low.endswith("/resources")
            told = [resource.document if whole else _without_properties(resource) for resource in found]
            return self._listed(told, path, query, url)
        parent, _, last = low.rpartition("/")
        if last in ("resources", "resourcegroups"):
            exists = parent in self._by_id or parent.count("/") == 2
            return self._listed([], path, query, url) if exists else answers.missing(parent)
        namespace, *steps = low.rpartition("/providers/")[2].split("/")
        if len(steps) % 2 == 0:
            return answers.missing(path)
        if type_of(low) not in self._types:
            return answers.no_type(path)
        scope = parent if len(steps) > 1 else parent.removesuffix(f"/providers/{namespace}")
        # Of a scope only its subscription is looked up: a list in an unknown group is empty in the double.
        return self._listed([], path, query, url) if len(steps) == 1 or scope in self._by_id else answers.missing(scope)

    def _listed(self, items: Sequence[Json], path: str, query: Mapping[str, str], url: str) -> Answer:
        """A page of a collection; `nextLink` is whole, as the service's is."""
        start = int(query.get("$skiptoken", "0"))
        body: Json = {"value": list(items[start : start + self._page])}
        if start + self._page < len(items):
            rest = urllib.parse.urlencode({**query, "$skiptoken": str(start + self._page)})
            body["nextLink"] = f"{url}{urllib.parse.quote(path)}?{rest}"
        return Answer(HTTPStatus.OK, body)

    def _providers(self, subscription: str) -> list[Json]:
        names = sorted(
            {
                resource.type.partition("/")[0]
                for resource in self.estate.resources
                if resource.id.startswith(f"/subscriptions/{subscription}/")
            }
        )
        return [
            {
                "id": f"/subscriptions/{subscription}/providers/{name}",
                "namespace": name,
                "registrationState": "Registered",
                "resourceTypes": [],
            }
            for name in names
        ]

    def _groups(self, low: str, path: str, query: Mapping[str, str], url: str) -> Answer:
        """Management groups: the list, one, and what is below one (`DescendantListResult`)."""
        documents = {name.lower(): _group(self.estate, name) for name in self.estate.management_groups}
        rest = low.removeprefix(_GROUPS).strip("/").split("/")
        if rest == [""]:
            return self._listed(list(documents.values()), path, query, url)
        group = documents.get(rest[0])
        if group is None:
            return answers.refusal(HTTPStatus.NOT_FOUND, "NotFound", f"The management group '{rest[0]}' was not found.")
        if rest[1:] != ["descendants"]:
            return Answer(HTTPStatus.OK, group)
        below = [
            {
                "id": f"/subscriptions/{id_}",
                "type": "/subscriptions",
                "name": id_,
                "properties": {
                    "displayName": self._subscriptions[id_]["displayName"],
                    "parent": {"id": group["id"]},
                },
            }
            for id_ in self.estate.management_groups[group["name"]]
        ]
        return self._listed(below, path, query, url)


def _group(estate: AzureEstate, name: str) -> Json:
    return {
        "id": f"/providers/Microsoft.Management/managementGroups/{name}",
        "type": "Microsoft.Management/managementGroups",
        "name": name,
        "properties": {"tenantId": estate.tenant_id, "displayName": name},
    }


def _without_properties(resource: Resource) -> Json:
    return {name: value for name, value in resource.document.items() if name != "properties"}


def _rows(estate: AzureEstate) -> Mapping[str, list[Json]]:
    """Every table's rows, in an order that is none of the ids'."""
    tables: dict[str, list[Json]] = {
        "resources": [],
        "resourcecontainers": [],
        "recoveryservicesresources": [],
        "managedserviceresources": [],
    }
    for resource in estate.resources:
        for table in resource.tables:
            tables[table].append(_row(estate, resource.document))
    for item in estate.subscriptions:
        told = {**item, "name": item["displayName"], "type": "Microsoft.Resources/subscriptions"}
        properties = {"state": item["state"], "managedByTenants": item["managedByTenants"]}
        tables["resourcecontainers"].append(_row(estate, {**told, "properties": properties}))
    for name in estate.management_groups:
        tables["resourcecontainers"].append(_row(estate, _group(estate, name)))
    return {name: _shuffled(rows) for name, rows in tables.items()}


def _row(estate: AzureEstate, document: Json) -> Json:
    """A row as Resource Graph has it: the type and group in lower case, no value where a column has none."""
    parts = document["id"].split("/")
    low = [part.lower() for part in parts]
    columns: Json = {
        "id": document["id"],
        "name": document["name"],
        "type": document["type"].lower(),
        "tenantId": estate.tenant_id,
        "kind": document.get("kind", ""),
        "location": document.get("location", ""),
        "resourceGroup": low[4] if low[3:4] == ["resourcegroups"] else "",
        "subscriptionId": low[2] if low[1] == "subscriptions" else "",
        "managedBy": document.get("managedBy", ""),
    }
    empty: dict[str, Any] = {"sku": None, "plan": None, "properties": {}, "tags": None, "identity": None}
    rest = {**empty, "zones": None, "extendedLocation": None}
    return {**columns, **{name: document.get(name, value) for name, value in rest.items()}}


def _shuffled(rows: Iterable[Json]) -> list[Json]:
    return sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).digest())
