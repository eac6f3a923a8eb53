"""What Terraform writes of Azure (`terraform_azurerm`), held to what its provider publishes."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck.sources.kinds import FOLDER, plain_dataless, planned, planned_without_data
from sovercheck.sources.kinds.model import Form
from sovercheck.sources.kinds.path import Path as FactPath
from sovercheck.sources.kinds.reading import planned_form
from sovercheck.sources.kinds.written import read_kind

from .members import published
from .test_terraform_aws_stores import members_of

SECTION = "terraform_azurerm"


def forms() -> Iterator[Form]:
    for path in sorted(FOLDER.glob("*.yaml")):
        plain = read_kind(path)
        for form in plain.get(SECTION, ()):
            yield planned_form(plain["kind"], SECTION, form)


FORMS = tuple(forms())
ROOT = Path(__file__).resolve().parents[3]
EDGE_TYPES = frozenset(type_ for form in FORMS for edge in form.edges.values() for type_ in edge.types)

PUBLISHED = published(Path(__file__).with_name("terraform_azurerm_members.txt"), "5.2.0")
"""What the provider publishes of itself."""


def test_every_form_is_found_by_its_type() -> None:
    assert len(FORMS) > 100
    for form in FORMS:
        found = planned("terraform", form.native_type)
        assert (form.kind, form.native_type) in [(kind.id, other.native_type) for kind, other in found]


def test_every_member_that_is_read_is_published() -> None:
    faults = [
        f"{types}: {path}"
        for form in FORMS
        for types, path in members_of(form)
        if not any(_member(path) in PUBLISHED[type_] for type_ in types)
    ]
    assert faults == []
    assert "geo_location.location" in PUBLISHED["azurerm_cosmosdb_account"]
    assert "geo_location.region" not in PUBLISHED["azurerm_cosmosdb_account"]


def _member(path: FactPath) -> str:
    return ".".join(step for step in path.steps if step not in ("[]", "*"))


SECRETS = re.compile(
    r"password|secret|connection_string|sas_|access_key|account_url|api_key|webhook_endpoint\.url|\bvalue"
)


def test_no_secret_is_read() -> None:
    assert SECRETS.search("backup.storage_account_url")
    assert SECRETS.search("webhook_endpoint.url")
    read = {(type_, str(path)) for form in FORMS for type_, path in members_of(form)}
    assert [(type_, path) for type_, path in read if SECRETS.search(path)] == []


def test_every_type_without_data_is_published() -> None:
    given = [type_ for type_ in plain_dataless()[SECTION] if type_.startswith("azurerm_")]
    beginnings = [type_.removesuffix("*") for type_ in given if type_.endswith("*")]
    assert [type_ for type_ in given if not type_.endswith("*") and type_ not in PUBLISHED] == []
    assert [word for word in beginnings if not any(type_.startswith(word) for type_ in PUBLISHED)] == []


def test_forms_of_one_type_are_told_apart_by_a_condition() -> None:
    for form in FORMS:
        assert form.where or sum(other.native_type == form.native_type for other in FORMS) == 1, form.native_type


def test_a_type_is_described_or_keeps_no_data_or_is_both_by_a_condition() -> None:
    both = {form.native_type for form in FORMS if planned_without_data(SECTION, form.native_type)}
    assert both == {"azurerm_monitor_diagnostic_setting", "azurerm_log_analytics_solution"}
    described = {form.native_type for form in FORMS}
    untold = {type_ for type_ in EDGE_TYPES - described if not planned_without_data(SECTION, type_)}
    assert not untold


@pytest.mark.parametrize(
    ("native_type", "keeps_none"),
    [
        ("azurerm_virtual_network", True),
        ("azurerm_network_interface_security_group_association", True),
        ("azurerm_role_assignment", True),
        ("azurerm_resource_group", True),
        ("azurerm_private_dns_a_record", True),
        ("azuread_group", True),
        ("azuread_user", False),
        ("azurerm_resource_group_template_deployment", False),
        ("azurerm_confidential_ledger", False),
        ("azurerm_cdn_frontdoor_profile", False),
    ],
)
def test_networks_and_permissions_keep_no_data_and_what_may_keep_some_is_not_among_them(
    native_type: str, *, keeps_none: bool
) -> None:
    assert planned_without_data(SECTION, native_type) is keeps_none


def test_the_types_whose_logs_are_told_with_them_are_those_that_a_setting_leaves_to_them() -> None:
    told = {form.native_type for form in FORMS if "diagnostics" in form.edges}
    setting = next(form for form in FORMS if form.native_type == "azurerm_monitor_diagnostic_setting")
    assert set(setting.edges["described"].types) == told


NOT_READ = {
    # A secret, or an address that may hold one: that there is one is told, where at all.
    ("azurerm_eventgrid_event_subscription", "webhook_endpoint.url"),
    ("azurerm_linux_function_app", "backup.storage_account_url"),
    ("azurerm_linux_web_app", "backup.storage_account_url"),
    ("azurerm_linux_web_app", "logs.http_logs.azure_blob_storage.sas_url"),
    ("azurerm_redis_cache", "redis_configuration.rdb_storage_connection_string"),
    ("azurerm_windows_function_app", "backup.storage_account_url"),
    ("azurerm_windows_web_app", "backup.storage_account_url"),
    ("azurerm_windows_web_app", "logs.http_logs.azure_blob_storage.sas_url"),
    ("azurerm_bot_service_azure_bot", "developer_app_insights_key"),
    # Its note bars it from a part of the types that it is written for, by the names of two of them.
    ("azurerm_windows_function_app", "logs.http_logs.azure_blob_storage.sas_url"),
    # Known after the apply only, and said by another member or by the region.
    ("azurerm_aadb2c_directory", "tenant_id"),
    ("azurerm_databricks_workspace", "managed_resource_group_id"),
    ("azurerm_mssql_failover_group", "partner_server.location"),
    ("azurerm_mssql_managed_instance_failover_group", "partner_region.location"),
    ("azurerm_purview_account", "managed_resources.storage_account_id"),
    ("azurerm_storage_account", "secondary_location"),
    # Says nothing of a place, or what is read says it.
    ("azurerm_aadb2c_directory", "country_code"),
    ("azurerm_cdn_frontdoor_origin", "host_name"),
    ("azurerm_cdn_frontdoor_profile", "sku_name"),
    ("azurerm_cognitive_deployment", "model.name"),
    ("azurerm_container_app_environment", "logs_destination"),
    ("azurerm_cosmosdb_account", "analytical_storage_enabled"),
    ("azurerm_cosmosdb_postgresql_cluster", "source_location"),
    ("azurerm_data_factory", "purview_id"),
    ("azurerm_data_protection_backup_vault", "cross_region_restore_enabled"),
    ("azurerm_frontdoor", "backend_pool.backend.address"),
    ("azurerm_healthcare_dicom_service", "storage.file_system_name"),
    ("azurerm_healthcare_fhir_service", "authentication.authority"),
    ("azurerm_iothub", "endpoint.container_name"),
    ("azurerm_mongo_cluster", "source_location"),
    ("azurerm_mssql_database", "secondary_type"),
    ("azurerm_recovery_services_vault", "cross_region_restore_enabled"),
    ("azurerm_storage_account", "routing.choice"),
    # Of a data warehouse only, and the type of its storage says it of all.
    ("azurerm_mssql_database", "geo_backup_enabled"),
    ("azurerm_synapse_sql_pool", "geo_backup_policy_enabled"),
    # An alias of two namespaces: no message is copied.
    ("azurerm_eventhub_namespace_disaster_recovery_config", "partner_namespace_id"),
    ("azurerm_servicebus_namespace_disaster_recovery_config", "partner_namespace_id"),
    # Another party’s.
    ("azurerm_data_factory", "github_configuration.account_name"),
    ("azurerm_monitor_diagnostic_setting", "partner_solution_id"),
    # What may be shared, and not with whom.
    ("azurerm_container_registry", "export_policy_enabled"),
    ("azurerm_data_protection_backup_vault", "cross_subscription_restore_enabled"),
    ("azurerm_managed_disk", "network_access_policy"),
    ("azurerm_storage_account", "allow_nested_items_to_be_public"),
    ("azurerm_storage_account", "allowed_copy_scope"),
    ("azurerm_storage_account", "cross_tenant_replication_enabled"),
    # A tenant, of which no plan says whether it is the organisation’s own.
    ("azurerm_key_vault", "access_policy.tenant_id"),
    ("azurerm_key_vault", "tenant_id"),
    ("azurerm_key_vault_managed_hardware_security_module", "tenant_id"),
    ("azurerm_mssql_server", "azuread_administrator.tenant_id"),
    ("azurerm_storage_account", "network_rules.private_link_access.endpoint_tenant_id"),
    # Says how, and not by which key; the key itself is read, or belongs to what is inside.
    ("azurerm_disk_encryption_set", "encryption_type"),
    ("azurerm_disk_encryption_set", "federated_client_id"),
    ("azurerm_key_vault", "sku_name"),
    ("azurerm_kusto_cluster_customer_managed_key", "key_vault_id"),
    ("azurerm_linux_virtual_machine", "encryption_at_host_enabled"),
    ("azurerm_mongo_cluster", "customer_managed_key"),
    ("azurerm_mssql_database", "transparent_data_encryption_enabled"),
    ("azurerm_netapp_account_encryption", "encryption_key"),
    ("azurerm_search_service", "customer_managed_key_enforcement_enabled"),
    ("azurerm_storage_account_customer_managed_key", "key_vault_uri"),
    ("azurerm_storage_container", "default_encryption_scope"),
    ("azurerm_windows_virtual_machine", "encryption_at_host_enabled"),
    # Not in the provider: a snapshot is encrypted as its disk is.
    ("azurerm_snapshot", "disk_encryption_set_id"),
    # No size.
    ("azurerm_log_analytics_workspace", "retention_in_days"),
}
"""What the reference of facts has and these forms leave unread, and why."""


def test_what_the_reference_of_facts_has_is_read() -> None:
    path = Path(os.environ.get("SOVERCHECK_SHARED", ROOT.parent / "shared")) / "kinds.csv"
    if not path.is_file():
        pytest.skip("the reference of facts is not here")
    read = {found for form in FORMS for found in read_of(form)}
    with path.open(encoding="utf-8", newline="") as file:
        wanted = {
            (type_, row["path"].replace("[]", ""))
            for row in csv.DictReader(file)
            if (row["provider"], row["form"]) == ("azure", "terraform")
            for type_ in row["native_type"].split("|")
            if row["fact"] not in ("id", "location", "tags") and f"not on {type_}" not in row["note"]
        }
    assert wanted - read == NOT_READ


def read_of(form: Form) -> Iterator[tuple[str, str]]:
    for types, path in members_of(form):
        for type_ in types:
            yield type_, ".".join(step for step in path.steps if step != "[]")
