"""What is told of Azure’s resources in a plan of Terraform, each with the others that it has."""

from __future__ import annotations

import pytest

from sovercheck.sources.kinds.path import Json, Pending

from .whole_plan import Given, one, ref, tell

# Geo-redundancy, which crosses from Québec to Ontario


@pytest.mark.parametrize(
    ("address", "values", "kind"),
    [
        ("azurerm_storage_account.a", {"account_replication_type": "RAGZRS"}, "replica"),
        ("azurerm_recovery_services_vault.a", {"storage_mode_type": None}, "backup"),
        ("azurerm_mssql_managed_instance.a", {}, "backup"),
        ("azurerm_databricks_workspace.a", {"sku": "premium"}, "replica"),
        ("azurerm_key_vault.a", {"sku_name": "premium"}, "replica"),
        ("azurerm_iothub.a", {}, "replica"),
        ("azurerm_eventgrid_topic.a", {}, "replica"),
        ("azurerm_postgresql_flexible_server.a", {"geo_redundant_backup_enabled": True}, "backup"),
        ("azurerm_data_protection_backup_vault.a", {"redundancy": "GeoRedundant"}, "backup"),
    ],
)
def test_what_is_geo_redundant_has_a_copy_in_the_paired_region(address: str, values: Given, kind: str) -> None:
    told = tell({address: {"name": "a", "location": "canadaeast", **values}})
    assert told.copies(address) == [("primary", "canadaeast"), (kind, "canadacentral")]
    assert told.inferred(address) == ["canadacentral"]


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("azurerm_storage_account.a", {"account_replication_type": "ZRS", "secondary_location": None}),
        ("azurerm_recovery_services_vault.a", {"storage_mode_type": "LocallyRedundant"}),
        ("azurerm_mssql_managed_instance.a", {"storage_account_type": "LRS"}),
        ("azurerm_databricks_workspace.a", {"custom_parameters": [{"storage_account_sku_name": "Standard_LRS"}]}),
        ("azurerm_postgresql_flexible_server.a", {}),
        ("azurerm_mysql_flexible_server.a", {"geo_redundant_backup_enabled": None}),
        ("azurerm_search_service.a", {}),
    ],
)
def test_what_is_not_geo_redundant_has_none(address: str, values: Given) -> None:
    assert one(address, {"name": "a", "location": "canadaeast", **values}) == [("primary", "canadaeast")]


def test_a_replication_that_nobody_can_know_yet_leaves_the_copies_open() -> None:
    values: Given = {"name": "a", "location": "canadaeast", "account_replication_type": Pending("after_apply")}
    told = tell({"azurerm_storage_account.a": values})
    assert ("after_apply", "copies_complete") in told.gaps("azurerm_storage_account.a")
    assert "copies_complete" not in told.resource("azurerm_storage_account.a")


LEFT_OUT = Pending("after_apply", unset=True)
"""A block that the provider fills in where the configuration has none."""


@pytest.mark.parametrize(
    ("address", "values", "copies"),
    [
        (
            "azurerm_cosmosdb_account.c",
            {"geo_location": [{"location": "canadaeast", "failover_priority": 0}], "backup": LEFT_OUT},
            [("primary", "canadaeast"), ("backup", "canadacentral")],
        ),
        (
            "azurerm_databricks_workspace.d",
            {"custom_parameters": LEFT_OUT},
            [("primary", "canadaeast"), ("replica", "canadacentral")],
        ),
        ("azurerm_redis_cache.r", {"redis_configuration": LEFT_OUT}, [("primary", "canadaeast")]),
        ("azurerm_iothub.h", {"endpoint": LEFT_OUT}, [("primary", "canadaeast"), ("replica", "canadacentral")]),
    ],
)
def test_what_is_left_to_the_provider_is_as_it_documents(
    address: str, values: Given, copies: list[tuple[str, str | None]]
) -> None:
    told = tell({address: {"name": "n", "location": "canadaeast", **values}})
    assert told.copies(address) == copies
    assert told.gaps(address) == set()


# Storage


def test_a_container_is_where_its_account_is_and_is_copied_as_that_is() -> None:
    account: Given = {"name": "stdossiers", "location": "canadaeast", "account_replication_type": "GRS"}
    for member, value in (
        ("storage_account_id", ref("azurerm_storage_account.a")),
        ("storage_account_name", "stdossiers"),
    ):
        container: Given = {"name": "dossiers", "container_access_type": "blob", member: value}
        told = tell({"azurerm_storage_account.a": account, "azurerm_storage_container.c": container})
        address = "azurerm_storage_container.c"
        assert told.copies(address) == [("primary", "canadaeast"), ("replica", "canadacentral")]
        assert told.resource(address)["shared_with"] == ("public",)
        assert told.keys(address) == [(None, None), (None, None)]


def test_a_child_whose_parent_is_not_in_the_plan_is_nowhere_known() -> None:
    container: Given = {"name": "c", "storage_account_id": "/subscriptions/s/resourceGroups/g/providers/x/y/autre"}
    told = tell({"azurerm_storage_container.c": container})
    # The account may be geo-redundant: a copy that may be is told too.
    assert told.copies("azurerm_storage_container.c") == [("primary", None), ("replica", None)]
    assert ("not_in_plan", "place") in told.gaps("azurerm_storage_container.c")


def test_an_account_replicates_objects_to_another_and_takes_a_key_of_a_resource_of_its_own() -> None:
    told = tell(
        {
            "azurerm_storage_account.a": {"name": "sta", "location": "canadaeast", "account_replication_type": "LRS"},
            "azurerm_storage_account.b": {"name": "stb", "location": "eastus", "account_replication_type": "LRS"},
            "azurerm_storage_object_replication.r": {
                "source_storage_account_id": ref("azurerm_storage_account.a"),
                "destination_storage_account_id": ref("azurerm_storage_account.b"),
            },
            "azurerm_key_vault_key.cle": {"name": "cle", "key_type": "RSA-HSM", "key_vault_id": "/ailleurs"},
            "azurerm_storage_account_customer_managed_key.k": {
                "storage_account_id": ref("azurerm_storage_account.a"),
                "key_name": "cle",
            },
        }
    )
    assert told.copies("azurerm_storage_account.a") == [("primary", "canadaeast"), ("replica", "eastus")]
    assert told.keys("azurerm_storage_account.a")[0] == ("customer", "K2")
    assert told.keys("azurerm_storage_account.b") == [("provider", "K0")]


def test_an_edge_zone_is_another_place_than_its_region() -> None:
    values: Given = {"name": "d", "location": "canadaeast", "edge_zone": "microsoftmontreal1"}
    assert one("azurerm_managed_disk.d", values) == [("primary", "microsoftmontreal1")]


# Databases


def server(**values: Json) -> Given:
    return {"name": "sql", "location": "canadaeast", **values}


def test_a_database_is_where_its_server_is_and_its_backups_are_geo_redundant_by_default() -> None:
    database: Given = {"name": "b", "server_id": ref("azurerm_mssql_server.s"), "max_size_gb": 2}
    told = tell({"azurerm_mssql_database.b": database, "azurerm_mssql_server.s": server()})
    assert told.copies("azurerm_mssql_database.b") == [("primary", "canadaeast"), ("backup", "canadacentral")]
    assert told.resource("azurerm_mssql_database.b")["bytes"] == 2 * 1024**3
    assert told.resource("azurerm_mssql_database.b")["copies_complete"] is True
    local = {**database, "storage_account_type": "Local"}
    told = tell({"azurerm_mssql_database.b": local, "azurerm_mssql_server.s": server()})
    assert told.copies("azurerm_mssql_database.b") == [("primary", "canadaeast")]


@pytest.mark.parametrize("mode", ["Secondary", "OnlineSecondary"])
def test_a_secondary_database_is_a_copy_of_the_primary(mode: str) -> None:
    told = tell(
        {
            "azurerm_mssql_server.s": server(),
            "azurerm_mssql_server.t": {"name": "sql2", "location": "eastus"},
            "azurerm_mssql_database.Principale": {
                "name": "b",
                "server_id": ref("azurerm_mssql_server.s"),
                "storage_account_type": "Local",
            },
            "azurerm_mssql_database.secours": {
                "name": "b",
                "server_id": ref("azurerm_mssql_server.t"),
                "create_mode": mode,
                "creation_source_database_id": ref("azurerm_mssql_database.Principale"),
            },
        }
    )
    assert told.copies("azurerm_mssql_database.Principale") == [("primary", "canadaeast"), ("replica", "eastus")]
    assert told.copies("azurerm_mssql_database.secours") == []


def test_a_failover_group_copies_the_databases_to_the_other_server() -> None:
    told = tell(
        {
            "azurerm_mssql_server.s": server(),
            "azurerm_mssql_server.t": {"name": "sql2", "location": "eastus"},
            "azurerm_mssql_database.b": {
                "name": "b",
                "server_id": ref("azurerm_mssql_server.s"),
                "storage_account_type": "Local",
            },
            "azurerm_mssql_failover_group.g": {
                "server_id": ref("azurerm_mssql_server.s"),
                "partner_server": [{"id": ref("azurerm_mssql_server.t"), "location": Pending("after_apply")}],
                "databases": [ref("azurerm_mssql_database.b")],
            },
        }
    )
    for address in ("azurerm_mssql_server.s", "azurerm_mssql_database.b"):
        assert told.copies(address) == [("primary", "canadaeast"), ("replica", "eastus")]


@pytest.mark.parametrize(
    ("type_", "member"),
    [
        ("azurerm_postgresql_flexible_server", "source_server_id"),
        ("azurerm_mysql_flexible_server", "source_server_id"),
        ("azurerm_postgresql_server", "creation_source_server_id"),
    ],
)
def test_a_replica_of_a_server_is_its_copy_and_one_that_was_restored_from_it_is_not(type_: str, member: str) -> None:
    source = ref(f"{type_}.s")
    given: dict[str, Given] = {
        f"{type_}.s": {"name": "s", "location": "canadaeast"},
        f"{type_}.r": {"name": "r", "location": "westus", "create_mode": "Replica", member: source},
        f"{type_}.p": {
            "name": "p",
            "location": "canadacentral",
            "create_mode": "PointInTimeRestore",
            member: source,
        },
    }
    told = tell(given)
    assert sorted(told.copies(f"{type_}.s")) == [("primary", "canadaeast"), ("replica", "westus")]
    assert told.copies(f"{type_}.p") == [("primary", "canadacentral")]


def test_the_data_of_cosmos_are_in_its_locations_and_not_in_its_own() -> None:
    places: list[Json] = [
        {"location": "Canada East", "failover_priority": 0},
        {"location": "West Europe", "failover_priority": 1},
    ]
    values: dict[str, Json] = {"name": "c", "location": "eastus", "geo_location": places}
    address = "azurerm_cosmosdb_account.c"
    copies = [("primary", "canadaeast"), ("replica", "westeurope"), ("backup", "canadacentral")]
    assert one(address, values) == copies
    assert one(address, {**values, "backup": [{"type": "Continuous"}]}) == copies[:2]
    periodic: Json = [{"type": "Periodic", "storage_redundancy": "Local"}]
    assert one(address, {**values, "backup": periodic}) == copies[:2]
    both = one(address, {**values, "multiple_write_locations_enabled": True})
    assert both == [*copies, ("backup", "northeurope")]


def test_a_cache_is_replicated_to_those_that_it_is_linked_with() -> None:
    linked: Given = {
        "target_redis_cache_name": "c",
        "linked_redis_cache_location": "East US",
        "server_role": "Secondary",
    }
    cache: Given = {"name": "c", "location": "canadaeast", "redis_configuration": [{"rdb_backup_enabled": True}]}
    told = tell({"azurerm_redis_cache.c": cache, "azurerm_redis_linked_server.l": linked})
    assert told.copies("azurerm_redis_cache.c") == [("primary", "canadaeast"), ("replica", "eastus"), ("backup", None)]


# Disks, backups, servers that would be recovered elsewhere


def test_snapshots_and_backups_are_copies_of_what_they_were_made_of() -> None:
    told = tell(
        {
            "azurerm_managed_disk.d": {
                "name": "d",
                "location": "canadaeast",
                "disk_encryption_set_id": ref("azurerm_disk_encryption_set.e"),
            },
            "azurerm_disk_encryption_set.e": {
                "name": "e",
                "location": "canadaeast",
                "key_vault_key_id": ref("azurerm_key_vault_key.k"),
            },
            "azurerm_key_vault_key.k": {"name": "k", "key_type": "RSA", "key_vault_id": ref("azurerm_key_vault.v")},
            "azurerm_key_vault.v": {"name": "v", "location": "canadacentral"},
            "azurerm_snapshot.s": {
                "name": "s",
                "location": "eastus",
                "source_uri": ref("azurerm_managed_disk.d"),
                "create_option": "Copy",
            },
        }
    )
    assert told.copies("azurerm_managed_disk.d") == [("primary", "canadaeast"), ("backup", "eastus")]
    assert told.keys("azurerm_managed_disk.d") == [("customer", "K0"), ("customer", "K0")]
    assert told.copies("azurerm_key_vault_key.k") == [("primary", "canadacentral")]


def test_a_backed_up_or_replicated_server_has_a_copy_where_that_is_kept() -> None:
    vm = ref("azurerm_linux_virtual_machine.vm")
    told = tell(
        {
            "azurerm_linux_virtual_machine.vm": {
                "name": "vm",
                "location": "canadaeast",
                "os_disk": [{"caching": "None"}],
            },
            "azurerm_recovery_services_vault.v": {
                "name": "coffre",
                "location": "canadacentral",
                "storage_mode_type": "LocallyRedundant",
            },
            "azurerm_backup_protected_vm.b": {"recovery_vault_name": "coffre", "source_vm_id": vm},
            "azurerm_site_recovery_fabric.f": {"name": "f", "recovery_vault_name": "coffre", "location": "eastus"},
            "azurerm_site_recovery_replicated_vm.r": {
                "name": "r",
                "source_vm_id": vm,
                "target_recovery_fabric_id": ref("azurerm_site_recovery_fabric.f"),
            },
        }
    )
    found = told.copies("azurerm_linux_virtual_machine.vm")
    assert sorted(found) == [("backup", "canadacentral"), ("primary", "canadaeast"), ("replica", "eastus")]


def test_an_image_is_copied_to_each_region_that_it_names() -> None:
    regions: list[Json] = [{"name": "Canada East"}, {"name": "East US", "disk_encryption_set_id": "/subscriptions/s/e"}]
    told = tell({"azurerm_shared_image_version.i": {"name": "1", "location": "canadaeast", "target_region": regions}})
    address = "azurerm_shared_image_version.i"
    assert told.copies(address) == [("primary", "canadaeast"), ("replica", "canadaeast"), ("replica", "eastus")]
    assert [manager for manager, _ in told.keys(address)] == [None, "provider", "customer"]


@pytest.mark.parametrize(
    ("permission", "shared"), [("Community", ("public",)), ("Private", ()), (None, ()), ("Groups", None)]
)
def test_with_which_groups_a_gallery_is_shared_is_not_known(permission: str | None, shared: tuple[str] | None) -> None:
    sharing: Json = [{"permission": permission}] if permission is not None else []
    values: Given = {"name": "g", "location": "canadaeast", "sharing": sharing}
    told = tell({"azurerm_shared_image_gallery.g": values})
    assert told.resource("azurerm_shared_image_gallery.g").get("shared_with") == shared


def test_of_the_tenants_in_a_plan_none_is_taken_for_one_outside() -> None:
    told = tell({"azurerm_key_vault.v": {"name": "v", "location": "canadaeast", "tenant_id": "t"}})
    assert "shared_with" not in told.resource("azurerm_key_vault.v")
    cluster: Given = {"name": "k", "location": "canadaeast", "trusted_external_tenants": ["*"]}
    assert tell({"azurerm_kusto_cluster.k": cluster}).resource("azurerm_kusto_cluster.k")["shared_with"] == ("public",)


# Keys


@pytest.mark.parametrize(
    ("key", "graded"),
    [
        ("https://h.managedhsm.azure.net/keys/k/1", ("customer", "K2")),
        ("https://v.vault.azure.net/keys/k/1", ("customer", None)),
        (None, ("provider", "K0")),
    ],
)
def test_a_key_outside_the_plan_is_graded_by_its_address_alone(key: str | None, graded: tuple[str, str | None]) -> None:
    values: Given = {"name": "a", "location": "canadaeast", "customer_managed_key": [{"managed_hsm_key_id": key}]}
    told = tell({"azurerm_storage_account.a": {**values, "account_replication_type": "LRS"}})
    assert told.keys("azurerm_storage_account.a") == [graded]


def test_the_keys_of_a_managed_hsm_are_seen_by_nobody_else() -> None:
    told = tell(
        {
            "azurerm_key_vault_managed_hardware_security_module.h": {"name": "h", "location": "canadaeast"},
            "azurerm_key_vault_managed_hardware_security_module_key.k": {
                "name": "k",
                "key_type": "RSA-HSM",
                "managed_hsm_id": ref("azurerm_key_vault_managed_hardware_security_module.h"),
            },
            "azurerm_mssql_server.s": server(),
            "azurerm_mssql_server_transparent_data_encryption.t": {
                "server_id": ref("azurerm_mssql_server.s"),
                "managed_hsm_key_id": ref("azurerm_key_vault_managed_hardware_security_module_key.k"),
            },
        }
    )
    assert told.keys("azurerm_mssql_server.s") == [("customer", "K2")]
    assert told.copies("azurerm_key_vault_managed_hardware_security_module_key.k") == [("primary", "canadaeast")]


# Logs


def test_what_a_server_is_audited_for_goes_to_an_account() -> None:
    account = ref("azurerm_storage_account.a")
    told = tell(
        {
            "azurerm_storage_account.a": {"name": "sta", "location": "eastus", "account_replication_type": "LRS"},
            "azurerm_mssql_server.s": server(),
            "azurerm_mssql_server_extended_auditing_policy.p": {
                "server_id": ref("azurerm_mssql_server.s"),
                "storage_endpoint": account,
            },
            "azurerm_mssql_server_microsoft_support_auditing_policy.p": {
                "server_id": ref("azurerm_mssql_server.s"),
                "enabled": False,
                "blob_storage_endpoint": account,
            },
        }
    )
    assert told.copies("azurerm_mssql_server.s") == [("primary", "canadaeast"), ("log", "eastus")]


def test_the_logs_of_a_resource_are_its_copies_and_those_of_what_is_not_described_stand_alone() -> None:
    setting: Given = {"name": "d", "log_analytics_workspace_id": ref("azurerm_log_analytics_workspace.w")}
    target = "azurerm_storage_account.a"
    told = tell(
        {
            target: {"name": "sta", "location": "canadaeast", "account_replication_type": "LRS"},
            "azurerm_log_analytics_workspace.w": {"name": "w", "location": "eastus"},
            "azurerm_monitor_diagnostic_setting.of_it": {**setting, "target_resource_id": ref(target)},
            "azurerm_monitor_diagnostic_setting.subscription": {**setting, "target_resource_id": "/subscriptions/s"},
        }
    )
    assert told.copies(target) == [("primary", "canadaeast"), ("log", "eastus")]
    assert told.resource("azurerm_monitor_diagnostic_setting.of_it")["kind"] == "without_data"
    assert told.copies("azurerm_monitor_diagnostic_setting.of_it") == []
    assert told.copies("azurerm_monitor_diagnostic_setting.subscription") == [("log", "eastus")]


def test_telemetry_is_where_its_workspace_is() -> None:
    component: Given = {"name": "i", "location": "canadaeast", "workspace_id": ref("azurerm_log_analytics_workspace.w")}
    workspace: Given = {"name": "w", "location": "eastus"}
    told = tell({"azurerm_application_insights.i": component, "azurerm_log_analytics_workspace.w": workspace})
    assert told.copies("azurerm_application_insights.i") == [("primary", "eastus")]


def test_a_collection_rule_sends_to_each_destination() -> None:
    destinations: Json = [
        {
            "log_analytics": [{"name": "l", "workspace_resource_id": ref("azurerm_log_analytics_workspace.w")}],
            "event_hub": [{"name": "h", "event_hub_id": ref("azurerm_eventhub.h")}],
        }
    ]
    told = tell(
        {
            "azurerm_monitor_data_collection_rule.r": {
                "name": "r",
                "location": "canadaeast",
                "destinations": destinations,
            },
            "azurerm_log_analytics_workspace.w": {"name": "w", "location": "eastus"},
            "azurerm_eventhub_namespace.n": {"name": "n", "location": "westus"},
            "azurerm_eventhub.h": {
                "name": "h",
                "namespace_id": Pending("after_apply"),
                "namespace_name": "n",
            },
        }
    )
    found = told.copies("azurerm_monitor_data_collection_rule.r")
    assert found == [("primary", "canadaeast"), ("log", "eastus"), ("log", "westus")]


# Messages, artificial intelligence, and what has no place


def test_what_an_event_hub_captures_goes_to_an_account() -> None:
    capture: Json = [
        {"enabled": True, "destination": [{"storage_account_id": "/subscriptions/s/a", "blob_container_name": "c"}]}
    ]
    hub: Given = {"name": "h", "namespace_id": ref("azurerm_eventhub_namespace.n"), "capture_description": capture}
    told = tell({"azurerm_eventhub.h": hub, "azurerm_eventhub_namespace.n": {"name": "n", "location": "canadaeast"}})
    assert told.copies("azurerm_eventhub.h") == [("primary", "canadaeast"), ("replica", None)]
    assert ("not_in_plan", "place") in told.gaps("azurerm_eventhub.h")


@pytest.mark.parametrize(
    ("type_", "subscription", "by"),
    [
        ("azurerm_eventgrid_topic", "azurerm_eventgrid_event_subscription", "scope"),
        ("azurerm_eventgrid_domain", "azurerm_eventgrid_event_subscription", "scope"),
        ("azurerm_eventgrid_system_topic", "azurerm_eventgrid_system_topic_event_subscription", "system_topic"),
    ],
)
def test_a_web_hook_leaves_for_whoever_has_its_address_which_is_not_told(
    type_: str, subscription: str, by: str
) -> None:
    handed: Given = {by: ref(f"{type_}.t"), "webhook_endpoint": [{"url": "https://example.org/?code=secret"}]}
    told = tell({f"{type_}.t": {"name": "t", "location": "canadaeast"}, f"{subscription}.s": handed})
    found = told.copies(f"{type_}.t")
    assert (found[0], found[-1]) == (("primary", "canadaeast"), ("replica", None))
    assert "secret" not in repr(told.items)


@pytest.mark.parametrize(
    ("location", "sku", "processing"),
    [
        ("canadaeast", "Standard", "canadaeast"),
        ("canadaeast", "GlobalStandard", None),
        ("eastus", "DataZoneStandard", "US"),
        ("canadaeast", "DataZoneStandard", None),
        ("canadaeast", "SomethingNew", None),
    ],
)
def test_where_prompts_are_processed_is_said_by_the_deployment(location: str, sku: str, processing: str | None) -> None:
    deployment: Given = {"cognitive_account_id": ref("azurerm_cognitive_account.a"), "sku": [{"name": sku}]}
    account: Given = {"name": "a", "location": location, "kind": "OpenAI"}
    told = tell({"azurerm_cognitive_account.a": account, "azurerm_cognitive_deployment.d": deployment})
    assert told.copies("azurerm_cognitive_account.a") == [("primary", location), ("processing", processing)]


@pytest.mark.parametrize(
    ("address", "values", "copies"),
    [
        ("azurerm_communication_service.c", {"data_location": "Canada"}, [("primary", "CA")]),
        ("azurerm_communication_service.c", {"data_location": "Europe"}, [("primary", None)]),
        ("azurerm_aadb2c_directory.d", {"data_residency_location": "United States"}, [("identity", "US")]),
        ("azurerm_cdn_frontdoor_profile.p", {}, [("edge", None)]),
        ("azurerm_bot_service_azure_bot.b", {"location": "global"}, [("primary", None)]),
        ("azurerm_static_web_app.w", {"location": "eastus2"}, [("primary", "eastus2"), ("edge", None)]),
    ],
)
def test_what_is_located_nowhere_says_its_place_otherwise_or_has_none(
    address: str, values: Given, copies: list[tuple[str, str | None]]
) -> None:
    assert one(address, {"name": "n", **values}) == copies


@pytest.mark.parametrize(
    ("address", "member"),
    [
        ("azurerm_container_registry.r", "georeplications"),
        ("azurerm_app_configuration.c", "replica"),
        ("azurerm_api_management.m", "additional_location"),
    ],
)
def test_replicas_that_a_resource_lists_are_copies(address: str, member: str) -> None:
    values: Given = {
        "name": "r",
        "location": "canadaeast",
        member: [{"location": "canadacentral"}, {"location": "East US"}],
    }
    assert one(address, values) == [("primary", "canadaeast"), ("replica", "canadacentral"), ("replica", "eastus")]


def test_no_secret_of_a_web_application_is_told() -> None:
    values: Given = {
        "name": "w",
        "location": "canadaeast",
        "backup": [{"name": "b", "storage_account_url": Pending("sensitive")}],
        "logs": [
            {"http_logs": [{"azure_blob_storage": [{"retention_in_days": 7, "sas_url": "https://x?sig=secret"}]}]}
        ],
    }
    told = tell({"azurerm_linux_web_app.w": values})
    assert told.copies("azurerm_linux_web_app.w") == [("primary", "canadaeast"), ("backup", None), ("log", None)]
    assert "secret" not in repr(told.items)
    assert told.gaps("azurerm_linux_web_app.w") == set()


def test_an_id_that_azure_spells_in_two_ways_names_one_resource() -> None:
    server_id = "/subscriptions/s/resourceGroups/G/providers/Microsoft.Sql/servers/sql"
    database: Given = {"name": "b", "server_id": server_id.lower(), "storage_account_type": "Local"}
    told = tell({"azurerm_mssql_server.s": server(id=server_id), "azurerm_mssql_database.b": database})
    assert told.copies("azurerm_mssql_database.b") == [("primary", "canadaeast")]
