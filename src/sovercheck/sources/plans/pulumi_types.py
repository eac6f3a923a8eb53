"""Pulumi's types, as the types of the interfaces that descriptions know.

The classic providers of Pulumi are Terraform's, bridged: the type's name is made of Terraform's by rule, with
exceptions. The native ones have the types of CloudFormation and of Resource Manager. A rule's result counts only where
a description or the list of types without data knows it, so that a type is never taken for another by a mere likeness
of names; that it is the same type is inferred from its name all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sovercheck.light import dataclass
from sovercheck.sources.kinds import keeps_no_data, planned, planned_types, planned_without_data
from sovercheck.sources.kinds.model import Interface, Provider

_BRIDGED: Mapping[str, tuple[Provider, str, str]] = {
    "aws": ("aws", "aws", "terraform_aws"),
    "azure": ("azure", "azurerm", "terraform_azurerm"),
    "gcp": ("google", "google", "terraform_google"),
}
_NATIVE: Mapping[str, Provider] = {"aws-native": "aws", "azure-native": "azure", "google-native": "google"}

_UNNAMED = frozenset(
    {
        "aws:ec2", "aws:lb", "azure:appservice", "azure:authorization", "azure:compute", "azure:containerservice",
        "azure:core", "azure:keyvault", "azure:network", "azure:privatelink", "azure:recoveryservices",
    }
)  # fmt: skip
"""Modules that Terraform's names do not have: `aws:ec2/vpc:Vpc` is `aws_vpc`. In another, a name without its module may
be another type's: `aws:rds/instance:Instance` is no `aws_instance`."""

_MODULES = {
    "aws:apigateway": "api_gateway",
    "aws:cfg": "config",
    "aws:cloudhsmv2": "cloudhsm_v2",
    "aws:directoryservice": "directory_service",
    "aws:elasticbeanstalk": "elastic_beanstalk",
    "azure:appinsights": "application_insights",
    "azure:keyvault": "key_vault",
    "azure:monitoring": "monitor",
    "azure:recoveryservices": "recovery_services",
    "gcp:artifactregistry": "artifact_registry",
    "gcp:cloudfunctionsv2": "cloudfunctions2",
    "gcp:cloudrun": "cloud_run",
    "gcp:cloudrunv2": "cloud_run_v2",
    "gcp:projects": "project",
    "gcp:secretmanager": "secret_manager",
    "gcp:serviceaccount": "service_account",
    "gcp:vertex": "vertex_ai",
}
"""Modules that Terraform writes otherwise."""

_EXCEPTIONS = {
    "aws:cfg/recorder": "aws_config_configuration_recorder",
    "aws:cloudtrail/trail": "aws_cloudtrail",
    "aws:alb/loadBalancer": "aws_lb",
    "aws:lb/loadBalancer": "aws_lb",
    "aws:rds/clusterSnapshot": "aws_db_cluster_snapshot",
    "aws:rds/instance": "aws_db_instance",
    "aws:rds/instanceAutomatedBackupsReplication": "aws_db_instance_automated_backups_replication",
    "aws:rds/optionGroup": "aws_db_option_group",
    "aws:rds/parameterGroup": "aws_db_parameter_group",
    "aws:rds/proxy": "aws_db_proxy",
    "aws:rds/snapshot": "aws_db_snapshot",
    "aws:rds/snapshotCopy": "aws_db_snapshot_copy",
    "aws:rds/subnetGroup": "aws_db_subnet_group",
    "aws:s3/bucketObject": "aws_s3_object",
    "aws:s3/bucketObjectv2": "aws_s3_object",
    "aws:s3/bucketReplicationConfig": "aws_s3_bucket_replication_configuration",
    "azure:authorization/assignment": "azurerm_role_assignment",
    "azure:appinsights/insights": "azurerm_application_insights",
    "azure:containerservice/registry": "azurerm_container_registry",
    "azure:eventhub/eventHub": "azurerm_eventhub",
    "azure:eventhub/eventHubNamespace": "azurerm_eventhub_namespace",
    "azure:operationalinsights/analyticsWorkspace": "azurerm_log_analytics_workspace",
    "gcp:organizations/project": "google_project",
    "gcp:projects/service": "google_project_service",
    "gcp:serviceaccount/account": "google_service_account",
}
"""Types whose name no rule gives."""

_AZURE = {
    "apimanagement:ApiManagementService": "Microsoft.ApiManagement/service serviceName",
    "app:ManagedEnvironment": "Microsoft.App/managedEnvironments environmentName",
    "appconfiguration:ConfigurationStore": "Microsoft.AppConfiguration/configurationStores configStoreName",
    "applicationinsights:Component": "Microsoft.Insights/components resourceName",
    "automation:AutomationAccount": "Microsoft.Automation/automationAccounts automationAccountName",
    "batch:BatchAccount": "Microsoft.Batch/batchAccounts accountName",
    "cache:Redis": "Microsoft.Cache/redis name",
    "cdn:Profile": "Microsoft.Cdn/profiles profileName",
    "cognitiveservices:Account": "Microsoft.CognitiveServices/accounts accountName",
    "compute:Disk": "Microsoft.Compute/disks diskName",
    "compute:DiskEncryptionSet": "Microsoft.Compute/diskEncryptionSets diskEncryptionSetName",
    "compute:Gallery": "Microsoft.Compute/galleries galleryName",
    "compute:Image": "Microsoft.Compute/images imageName",
    "compute:Snapshot": "Microsoft.Compute/snapshots snapshotName",
    "compute:VirtualMachine": "Microsoft.Compute/virtualMachines vmName",
    "containerregistry:Registry": "Microsoft.ContainerRegistry/registries registryName",
    "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters resourceName",
    "cosmosdb:DatabaseAccount": "Microsoft.DocumentDB/databaseAccounts accountName",
    "databricks:Workspace": "Microsoft.Databricks/workspaces workspaceName",
    "datafactory:Factory": "Microsoft.DataFactory/factories factoryName",
    "dataprotection:BackupVault": "Microsoft.DataProtection/backupVaults vaultName",
    "dbformysql:Server": "Microsoft.DBforMySQL/flexibleServers serverName",
    "dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers serverName",
    "devices:IotHubResource": "Microsoft.Devices/IotHubs resourceName",
    "documentdb:DatabaseAccount": "Microsoft.DocumentDB/databaseAccounts accountName",
    "eventgrid:Domain": "Microsoft.EventGrid/domains domainName",
    "eventgrid:Topic": "Microsoft.EventGrid/topics topicName",
    "eventhub:Namespace": "Microsoft.EventHub/namespaces namespaceName",
    "hdinsight:Cluster": "Microsoft.HDInsight/clusters clusterName",
    "insights:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings @resourceUri name",
    "insights:Component": "Microsoft.Insights/components resourceName",
    "keyvault:Key": "Microsoft.KeyVault/vaults/keys vaultName keyName",
    "keyvault:ManagedHsm": "Microsoft.KeyVault/managedHSMs name",
    "keyvault:Vault": "Microsoft.KeyVault/vaults vaultName",
    "kusto:Cluster": "Microsoft.Kusto/clusters clusterName",
    "machinelearningservices:Workspace": "Microsoft.MachineLearningServices/workspaces workspaceName",
    "monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings @resourceUri name",
    "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces workspaceName",
    "purview:Account": "Microsoft.Purview/accounts accountName",
    "recoveryservices:Vault": "Microsoft.RecoveryServices/vaults vaultName",
    "redis:Redis": "Microsoft.Cache/redis name",
    "redisenterprise:RedisEnterprise": "Microsoft.Cache/redisEnterprise clusterName",
    "resources:ResourceGroup": "Microsoft.Resources/resourceGroups resourceGroupName",
    "search:Service": "Microsoft.Search/searchServices searchServiceName",
    "servicebus:Namespace": "Microsoft.ServiceBus/namespaces namespaceName",
    "signalrservice:SignalR": "Microsoft.SignalRService/signalR resourceName",
    "sql:Database": "Microsoft.Sql/servers/databases serverName databaseName",
    "sql:EncryptionProtector": "Microsoft.Sql/servers/encryptionProtector serverName =current",
    "sql:FailoverGroup": "Microsoft.Sql/servers/failoverGroups serverName failoverGroupName",
    "sql:ManagedInstance": "Microsoft.Sql/managedInstances managedInstanceName",
    "sql:Server": "Microsoft.Sql/servers serverName",
    "storage:BlobContainer": (
        "Microsoft.Storage/storageAccounts/blobServices/containers accountName =default containerName"
    ),
    "storage:FileShare": "Microsoft.Storage/storageAccounts/fileServices/shares accountName =default shareName",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts accountName",
    "synapse:Workspace": "Microsoft.Synapse/workspaces workspaceName",
    "web:StaticSite": "Microsoft.Web/staticSites name",
    "web:WebApp": "Microsoft.Web/sites name",
}
"""azure-native's types of the described kinds: Resource Manager's type, and the inputs that name each level of it.

`=default` is a name itself, `@resourceUri` the id of what the resource extends.
"""

_TOKEN = re.compile(r"(?P<package>[\w-]+):(?P<module>[\w.-]+)(?:/[\w.-]+)?:(?P<name>\w+)\Z")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACRONYM = re.compile(r"\A(?:Acl|Db|Dhcp|Eip|Nat|Vpc|Vpn)(?=[A-Z]|\Z)")
_VERSION = re.compile(r"_?v[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Known:
    """What a type of Pulumi's is to the descriptions.

    Attributes:
        interface: which forms write its values.
        native_type: there; Pulumi's own where nothing knows it.
        provider: whose it is; None where no description is of that provider.
        names: of a type of Azure's, the inputs that name each level, as the table has them.
    """

    interface: Interface
    native_type: str
    provider: Provider | None
    names: tuple[str, ...] = ()


def snake(name: str) -> str:
    """`kmsKeyId` → `kms_key_id`."""
    return _WORD.sub("_", name).lower()


@cache
def known_as(token: str) -> Known:
    """What a type is to the descriptions.

    Args:
        token: `aws:s3/bucketV2:BucketV2`, `azure-native:storage/v20230101:StorageAccount`.
    """
    found = _TOKEN.match(token)
    if found is None:
        return Known("terraform", token, None)
    package, module, name = found["package"], found["module"], found["name"]
    if package in _BRIDGED:
        provider, _, section = _BRIDGED[package]
        for candidate in _terraform(token, package, module, name):
            if planned("terraform", candidate) or planned_without_data(section, candidate):
                return Known("terraform", candidate, provider)
        return Known("terraform", token, provider)
    if package == "azure-native":
        return _resource_manager(token, module, name)
    if package == "aws-native":
        return Known("cloudformation", _cloud_formation(module, name) or token, "aws")
    return Known("terraform", token, _NATIVE.get(package))


def _terraform(token: str, package: str, module: str, name: str) -> Iterator[str]:
    """The names that Terraform may give a type, the surest first."""
    path = token.rpartition(":")[0]
    exception = _EXCEPTIONS.get(path)
    if exception is not None:
        yield exception
        return
    place = f"{package}:{module}"
    prefix = _BRIDGED[package][1]
    named = _VERSION.sub("", snake(name))
    yield f"{prefix}_{_MODULES.get(place, snake(module))}_{named}"
    if place in _UNNAMED:
        yield f"{prefix}_{named}"


def _resource_manager(token: str, module: str, name: str) -> Known:
    type_, *names = _AZURE.get(f"{module}:{name}", "").split() or [""]
    if type_:
        return Known("api", type_, "azure", tuple(names))
    # A network, a permission: `network:VirtualNetwork` is `Microsoft.Network/virtualNetworks`.
    for plural in (f"{name}s", f"{name}es", f"{name[:-1]}ies", name):
        candidate = f"Microsoft.{module}/{plural}"
        if keeps_no_data("azure", candidate.lower()):
            return Known("api", candidate, "azure")
    return Known("api", token, "azure")


def _cloud_formation(module: str, name: str) -> str | None:
    """CloudFormation's type; the native provider writes `DbInstance` for `DBInstance`."""
    types, services = _described_types()
    known = types.get(f"aws::{module}::{name}".lower())
    service = services.get(module)
    if known is not None or service is None:
        return known
    for written in (name, _ACRONYM.sub(lambda found: found[0].upper(), name)):
        if planned_without_data("cloudformation", f"AWS::{service}::{written}"):
            return f"AWS::{service}::{written}"
    return None


@cache
def _described_types() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """CloudFormation's described types, and their services, by name in lower case."""
    types = planned_types("cloudformation")
    return {type_.lower(): type_ for type_ in types}, {
        type_.split("::")[1].lower(): type_.split("::")[1] for type_ in types
    }
