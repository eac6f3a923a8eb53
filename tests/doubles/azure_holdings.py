"""What holds the data of the seeded Azure estate: stores, databases, keys, machines, images.

Each stands for one thing that a scan must see; the comment beside it says which.
"""

from __future__ import annotations

from tests.doubles.azure_answers import Json
from tests.doubles.azure_model import Resource
from tests.doubles.azure_names import (
    CENTRAL,
    DISK_SET,
    EAST,
    FOREIGN_TENANT,
    GRS_ACCOUNT,
    HSM,
    LRS_ACCOUNT,
    MACHINE,
    RESEARCH,
    SQL_PARTNER,
    SQL_SERVER,
    TENANT,
    VAULT,
    WORKSPACE,
    tags,
    within,
)


def _storage(id_: str, sku: str, location: str, system: str | None, **properties: object) -> tuple[Resource, ...]:
    """A storage account, with the service that its containers stand under (`Microsoft.Storage`, StorageAccount)."""
    encryption = {"services": {"blob": {"enabled": True}, "file": {"enabled": True}}, "keySource": "Microsoft.Storage"}
    account = Resource(
        id_,
        "Microsoft.Storage/storageAccounts",
        {
            "location": location,
            "kind": "StorageV2",
            "sku": {"name": sku, "tier": sku.partition("_")[0]},
            "tags": tags(system),
            "properties": {
                "provisioningState": "Succeeded",
                "primaryLocation": location,
                "statusOfPrimary": "available",
                "allowBlobPublicAccess": False,
                "allowCrossTenantReplication": False,
                "publicNetworkAccess": "Disabled",
                "encryption": encryption,
                **properties,
            },
        },
    )
    blobs = "Microsoft.Storage/storageAccounts/blobServices"
    service = Resource(f"{id_}/blobServices/default", blobs, {"properties": {}}, ())
    container: Json = {"properties": {"publicAccess": "None", "defaultEncryptionScope": "$account-encryption-key"}}
    # It has no shares; the service is there all the same.
    files = Resource(
        f"{id_}/fileServices/default", "Microsoft.Storage/storageAccounts/fileServices", {"properties": {}}, ()
    )
    return account, service, Resource(f"{service.id}/containers/dossiers", f"{blobs}/containers", container, ()), files


def _beside_server(id_: str) -> tuple[Resource, ...]:
    """What a server of SQL always has: its key, here Microsoft's own, and its auditing, here off."""
    protector: Json = {"properties": {"serverKeyName": "ServiceManaged", "serverKeyType": "ServiceManaged"}}
    auditing: Json = {"properties": {"state": "Disabled", "storageEndpoint": "", "isAzureMonitorTargetEnabled": False}}
    return (
        Resource(f"{id_}/encryptionProtector/current", "Microsoft.Sql/servers/encryptionProtector", protector, ()),
        Resource(f"{id_}/auditingSettings/default", "Microsoft.Sql/servers/auditingSettings", auditing, ()),
    )


def _in_vault(uri: str, key: str) -> Json:
    """Encryption under a key of a vault (`Microsoft.Storage`, Encryption)."""
    properties = {"keyname": key, "keyvaulturi": uri, "currentVersionedKeyIdentifier": f"{uri}/keys/{key}/0a1b2c"}
    return {"keySource": "Microsoft.Keyvault", "keyvaultproperties": properties}


def stores() -> tuple[Resource, ...]:
    replica = {"secondaryLocation": CENTRAL, "statusOfSecondary": "available"}
    hsm = _in_vault("https://hsm-organisme.managedhsm.azure.net", "dossiers")
    return (
        # All in Québec, under the platform's key.
        *_storage(LRS_ACCOUNT, "Standard_LRS", EAST, "dossier-patient"),
        # Québec, and a copy in Toronto; under a key of the managed HSM.
        *_storage(GRS_ACCOUNT, "Standard_GRS", EAST, "dossier-patient", encryption=hsm, **replica),
        # Untagged, and open to another tenant's copies.
        *_storage(
            f"/subscriptions/{RESEARCH}/resourceGroups/recherche/providers/Microsoft.Storage/storageAccounts/recherche01",
            "Standard_LRS",
            "francecentral",
            None,
            allowCrossTenantReplication=True,
            allowBlobPublicAccess=True,
        ),
    )


def databases() -> tuple[Resource, ...]:
    def place(name: str, priority: int) -> Json:
        return {
            "id": f"rendezvous-{name}",
            "locationName": name,
            "failoverPriority": priority,
            "isZoneRedundant": False,
        }

    here, there = place("Canada East", 0), place("East US", 1)

    def server(id_: str, location: str) -> Resource:
        administrators = {"administratorType": "ActiveDirectory", "tenantId": TENANT, "principalType": "Group"}
        properties = {"state": "Ready", "version": "12.0", "administrators": administrators}
        body = {"location": location, "kind": "v12.0", "tags": tags("dossier-patient"), "properties": properties}
        return Resource(id_, "Microsoft.Sql/servers", body)

    def database(server_id: str, location: str, pair: str) -> Resource:
        properties = {
            "status": "Online",
            "maxSizeBytes": 268435456000,
            "defaultSecondaryLocation": pair,
            "requestedBackupStorageRedundancy": "Geo",
            "currentBackupStorageRedundancy": "Geo",
        }
        body = {
            "location": location,
            "kind": "v12.0,user,vcore",
            "sku": {"name": "GP_Gen5", "tier": "GeneralPurpose", "capacity": 4},
            "tags": tags("dossier-patient"),
            "properties": properties,
        }
        return Resource(f"{server_id}/databases/dossiers", "Microsoft.Sql/servers/databases", body)

    link: Json = {
        "properties": {
            "partnerServer": "sql-dossiers-releve",
            "partnerDatabase": "dossiers",
            "partnerLocation": "Canada Central",
            "role": "Primary",
            "partnerRole": "Secondary",
            "replicationState": "CATCH_UP",
        }
    }
    failover: Json = {
        "location": "Canada East",
        "properties": {
            "replicationRole": "Primary",
            "replicationState": "CATCH_UP",
            "partnerServers": [{"id": SQL_PARTNER, "location": "Canada Central", "replicationRole": "Secondary"}],
            "databases": [f"{SQL_SERVER}/databases/dossiers"],
        },
    }
    return (
        # A second region in Virginia, named as people write it, and backups in the pair.
        Resource(
            within("rendezvous", "Microsoft.DocumentDB/databaseAccounts/rendezvous"),
            "Microsoft.DocumentDB/databaseAccounts",
            {
                "location": "Canada East",
                "kind": "GlobalDocumentDB",
                "tags": tags("rendez-vous"),
                "properties": {
                    "locations": [here, there],
                    "writeLocations": [here],
                    "readLocations": [here, there],
                    "enableAnalyticalStorage": False,
                    "backupPolicy": {
                        "type": "Periodic",
                        "periodicModeProperties": {"backupStorageRedundancy": "Geo", "backupIntervalInMinutes": 240},
                    },
                },
            },
        ),
        # A failover group to Toronto, and backups in the pair: two copies, neither in the database's own row.
        server(SQL_SERVER, EAST),
        server(SQL_PARTNER, CENTRAL),
        *_beside_server(SQL_SERVER),
        *_beside_server(SQL_PARTNER),
        database(SQL_SERVER, EAST, "Canada Central"),
        database(SQL_PARTNER, CENTRAL, "Canada East"),
        Resource(f"{SQL_SERVER}/failoverGroups/releve", "Microsoft.Sql/servers/failoverGroups", failover, ()),
        Resource(
            f"{SQL_SERVER}/databases/dossiers/replicationLinks/4891ca10",
            "Microsoft.Sql/servers/databases/replicationLinks",
            link,
            (),
        ),
    )


def keys() -> tuple[Resource, ...]:
    key: Json = {"location": EAST, "properties": {"kty": "RSA", "keySize": 3072, "attributes": {"enabled": True}}}
    return (
        # Software keys, with an access policy for a second tenant.
        Resource(
            VAULT,
            "Microsoft.KeyVault/vaults",
            {
                "location": EAST,
                "tags": tags("securite"),
                "properties": {
                    "tenantId": TENANT,
                    "sku": {"family": "A", "name": "standard"},
                    "accessPolicies": [
                        {"tenantId": TENANT, "objectId": "10000000-0000-4000-8000-000000000001", "permissions": {}},
                        {
                            "tenantId": FOREIGN_TENANT,
                            "objectId": "10000000-0000-4000-8000-000000000002",
                            "permissions": {},
                        },
                    ],
                    "enableSoftDelete": True,
                    "softDeleteRetentionInDays": 90,
                    "enablePurgeProtection": True,
                    "vaultUri": "https://coffre-cles.vault.azure.net/",
                    "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
                },
            },
        ),
        Resource(f"{VAULT}/keys/disques", "Microsoft.KeyVault/vaults/keys", key, ()),
        # A managed HSM whose keys are in Toronto too.
        Resource(
            HSM,
            "Microsoft.KeyVault/managedHSMs",
            {
                "location": EAST,
                "sku": {"family": "B", "name": "Standard_B1"},
                "tags": tags("securite"),
                "properties": {
                    "tenantId": TENANT,
                    "hsmUri": "https://hsm-organisme.managedhsm.azure.net/",
                    "regions": [
                        {"name": EAST, "provisioningState": "Succeeded", "isPrimary": True},
                        {"name": CENTRAL, "provisioningState": "Succeeded", "isPrimary": False},
                    ],
                },
            },
        ),
    )


def machines() -> tuple[Resource, ...]:
    def disk(name: str, system: str | None, encryption: Json) -> Resource:
        properties = {
            "diskSizeGB": 256,
            "diskSizeBytes": 274877906944,
            "diskState": "Attached",
            "creationData": {"createOption": "Empty"},
            "encryption": encryption,
            "networkAccessPolicy": "DenyAll",
            "publicNetworkAccess": "Disabled",
        }
        body = {
            "location": EAST,
            "managedBy": MACHINE,
            "sku": {"name": "Premium_LRS", "tier": "Premium"},
            "tags": tags(system),
            "properties": properties,
        }
        return Resource(within("dossiers", f"Microsoft.Compute/disks/{name}"), "Microsoft.Compute/disks", body)

    kept = disk(
        "disque-cle-hsm",
        "dossier-patient",
        {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": DISK_SET},
    )
    snapshot = {
        "diskSizeGB": 256,
        "diskSizeBytes": 274877906944,
        "creationData": {"createOption": "CopyStart", "sourceResourceId": kept.id},
        "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
    }
    return (
        kept,
        disk("disque-plateforme", None, {"type": "EncryptionAtRestWithPlatformKey"}),
        # A key of the managed HSM.
        Resource(
            DISK_SET,
            "Microsoft.Compute/diskEncryptionSets",
            {
                "location": EAST,
                "tags": tags("securite"),
                "properties": {
                    "encryptionType": "EncryptionAtRestWithCustomerKey",
                    "activeKey": {"keyUrl": "https://hsm-organisme.managedhsm.azure.net/keys/disques/0a1b2c"},
                },
            },
        ),
        # A disk's copy in another region: seen on the copy only.
        Resource(
            within("dossiers", "Microsoft.Compute/snapshots/disque-copie-toronto"),
            "Microsoft.Compute/snapshots",
            {"location": CENTRAL, "tags": tags("dossier-patient"), "properties": snapshot},
        ),
        Resource(
            MACHINE,
            "Microsoft.Compute/virtualMachines",
            {
                "location": EAST,
                "zones": ["1"],
                "tags": tags("dossier-patient"),
                "properties": {
                    "storageProfile": {
                        "osDisk": {
                            "osType": "Linux",
                            "diskSizeGB": 64,
                            "managedDisk": {"id": kept.id, "diskEncryptionSet": {"id": DISK_SET}},
                        },
                        "dataDisks": [],
                    },
                    "securityProfile": {"encryptionAtHost": True},
                },
            },
        ),
        Resource(
            within("portail", "Microsoft.ContainerService/managedClusters/grappe"),
            "Microsoft.ContainerService/managedClusters",
            {
                "location": EAST,
                "sku": {"name": "Base", "tier": "Standard"},
                "tags": tags("portail"),
                "properties": {
                    "kubernetesVersion": "1.33.2",
                    "addonProfiles": {
                        "omsagent": {"enabled": True, "config": {"logAnalyticsWorkspaceResourceID": WORKSPACE}}
                    },
                },
            },
        ),
        # Images, in Toronto too by a replication that is a resource of its own.
        Resource(
            within("portail", "Microsoft.ContainerRegistry/registries/images"),
            "Microsoft.ContainerRegistry/registries",
            {
                "location": EAST,
                "sku": {"name": "Premium", "tier": "Premium"},
                "tags": tags("portail"),
                "properties": {
                    "loginServer": "images.azurecr.io",
                    "anonymousPullEnabled": False,
                    "encryption": {"status": "disabled"},
                    "policies": {"exportPolicy": {"status": "enabled"}},
                },
            },
        ),
        *(
            Resource(
                within("portail", f"Microsoft.ContainerRegistry/registries/images/replications/{place}"),
                "Microsoft.ContainerRegistry/registries/replications",
                {"location": place, "tags": {}, "properties": {"provisioningState": "Succeeded"}},
            )
            for place in (EAST, CENTRAL)
        ),
    )
