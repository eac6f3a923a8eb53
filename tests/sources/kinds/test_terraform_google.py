"""What Terraform writes of Google (`terraform_google`)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck.inventory.rows import Row
from sovercheck.sources.extract import PARTIES
from sovercheck.sources.item import ItemView, Unit, Value
from sovercheck.sources.kinds import FOLDER, plain_kinds, planned, planned_without_data
from sovercheck.sources.kinds.model import Form
from sovercheck.sources.kinds.path import ABSENT, Json, Pending, Reference
from sovercheck.sources.kinds.path import Path as Steps
from sovercheck.sources.kinds.reading import planned_form
from sovercheck.sources.kinds.written import read_kind

from .stand_in_plan import REGIONS, Told, World, tell

MTL, TOR = "northamerica-northeast1", "northamerica-northeast2"
KEY = f"projects/p/locations/{MTL}/keyRings/r/cryptoKeys/k"
KINDS = tuple(sorted(plain["kind"] for plain in plain_kinds() if "terraform_google" in plain))
FORMS = tuple(
    planned_form(kind, "terraform_google", plain)
    for kind in KINDS
    for plain in read_kind(FOLDER / f"{kind}.yaml")["terraform_google"]
)


def of(native_type: str, values: dict[str, Json], **edges: list[Json]) -> Told:
    return tell(native_type, values, edges, region=MTL)


def test_each_form_loads() -> None:
    for form in FORMS:
        assert (form.kind, "google") in [(k.id, f.provider) for k, f in planned("terraform", form.native_type)]


def test_no_type_both_keeps_data_and_keeps_none() -> None:
    described = {form.native_type for form in FORMS}
    assert not {name for name in described if planned_without_data("terraform_google", name)}
    edges = {name for form in FORMS for edge in form.edges.values() for name in edge.types}
    assert all(planned_without_data("terraform_google", name) for name in edges - described)


@pytest.mark.parametrize(
    "native_type",
    [
        "google_compute_network",
        "google_compute_firewall",
        "google_project",
        "google_project_iam_member",
        "google_folder",
    ],
)
def test_networks_and_permissions_keep_no_data(native_type: str) -> None:
    assert planned_without_data("terraform_google", native_type)


NOT_READ = {
    # Of the same region, or of no place of its own.
    ("google_storage_bucket", "rpo"),
    ("google_storage_bucket", "versioning.enabled"),
    ("google_storage_bucket", "soft_delete_policy.retention_duration_seconds"),
    ("google_redis_instance", "read_replicas_mode"),
    ("google_firestore_database", "point_in_time_recovery_enablement"),
    ("google_spanner_instance", "default_backup_schedule_type"),
    ("google_spanner_backup_schedule", "retention_duration"),
    ("google_bigtable_table", "automated_backup_policy.retention_period"),
    ("google_bigtable_table", "automated_backup_policy.locations"),
    ("google_alloydb_cluster", "cluster_type"),
    ("google_sql_database_instance", "replica_names"),
    ("google_sql_database_instance", "replication_cluster.failover_dr_replica_name"),
    ("google_sql_database_instance", "settings.final_backup_config.enabled"),
    ("google_sql_database_instance", "settings.disk_autoresize"),
    ("google_backup_dr_backup_plan", "backup_rules[].standard_schedule.recurrence_type"),
    # Read as where the resource itself is, or as what is absent where Google chooses.
    ("google_alloydb_backup", "location"),
    ("google_secret_manager_secret", "replication.auto"),
    # Known only once it exists.
    ("google_filestore_instance", "effective_replication[].replicas[].peer_instance"),
    ("google_netapp_volume_replication", "destination_volume"),
    ("google_netapp_volume", "kms_config"),
    ("google_netapp_volume", "used_gib"),
    ("google_compute_snapshot", "storage_bytes"),
    ("google_compute_snapshot", "disk_size_gb"),
    ("google_compute_image", "archive_size_bytes"),
    ("google_filestore_backup", "storage_bytes"),
    ("google_filestore_backup", "capacity_gb"),
    ("google_bigquery_table", "num_bytes"),
    ("google_redis_cluster", "size_gb"),
    ("google_backup_dr_backup_vault", "total_stored_bytes"),
    ("google_backup_dr_backup_vault", "backup_count"),
    # A text there.
    ("google_netapp_volume", "capacity_gib"),
    # What kind of snapshot, of confidential computing, of access: neither a place nor a key.
    ("google_compute_snapshot", "snapshot_type"),
    ("google_compute_disk", "enable_confidential_compute"),
    ("google_compute_instance", "confidential_instance_config.enable_confidential_compute"),
    ("google_compute_instance", "attached_disk[].kms_key_self_link"),
    ("google_storage_bucket", "public_access_prevention"),
    # A secret: of the block in which it stands, only that it is there.
    ("google_compute_disk", "disk_encryption_key.raw_key"),
    ("google_compute_region_disk", "disk_encryption_key.raw_key"),
    # Data that stays with another, and who may subscribe to it.
    ("google_bigquery_dataset", "external_dataset_reference.external_source"),
    ("google_bigquery_analytics_hub_listing", "bigquery_dataset.dataset"),
    ("google_bigquery_analytics_hub_data_exchange", "location"),
    ("google_bigquery_connection", "aws.access_role.iam_role_id"),
    ("google_bigquery_connection", "azure.customer_tenant_id"),
    ("google_bigquery_connection", "cloud_sql.instance_id"),
    ("google_bigquery_data_transfer_config", "destination_dataset_id"),
    ("google_artifact_registry_repository", "remote_repository_config.docker_repository.public_repository"),
    ("google_artifact_registry_repository", "virtual_repository_config.upstream_policies[].repository"),
    ("google_managed_kafka_connector", "configs"),
    # Beside the level of the key, which tells its grade.
    ("google_kms_crypto_key", "crypto_key_backend"),
    ("google_kms_crypto_key", "import_only"),
    ("google_kms_crypto_key", "skip_initial_version_creation"),
    ("google_kms_crypto_key_version", "external_protection_level_options.external_key_uri"),
    ("google_kms_key_ring_import_job", "protection_level"),
    ("google_kms_ekm_connection", "service_resolvers.hostname"),
    ("google_kms_ekm_connection", "key_management_mode"),
    ("google_netapp_kmsconfig", "crypto_key_name"),
    # Its code and its disks.
    ("google_cloudfunctions2_function", "build_config.source.storage_source.bucket"),
    ("google_container_cluster", "node_config.boot_disk_kms_key"),
    ("google_compute_backend_bucket", "bucket_name"),
    ("google_looker_instance", "oauth_config.client_id"),
    ("google_logging_organization_sink", "include_children"),
    # What is promised, and not what is.
    ("google_assured_workloads_workload", "compliance_regime"),
    ("google_assured_workloads_workload", "partner"),
    ("google_assured_workloads_workload", "enable_sovereign_controls"),
    ("google_assured_workloads_workload", "kms_settings.rotation_period"),
}
"""What the reference of facts has and these forms leave unread, and why."""


def test_what_the_reference_of_facts_has_is_read() -> None:
    default = Path(__file__).resolve().parents[4] / "shared"
    reference = Path(os.environ.get("SOVERCHECK_SHARED", default)) / "kinds.csv"
    if not reference.is_file():
        pytest.skip("the reference of facts is not on this machine; set SOVERCHECK_SHARED to the folder that has it")
    read = {found for form in FORMS for found in read_of(form)}
    with reference.open(encoding="utf-8", newline="") as file:
        wanted = [
            (type_, row["path"])
            for row in csv.DictReader(file)
            if (row["provider"], row["form"]) == ("google", "terraform")
            for type_ in row["native_type"].split("|")
            if row["fact"] not in ("id", "location", "tags") and f"not on {type_}" not in row["note"]
        ]
    assert {(type_, path) for type_, path in wanted if (type_, path.replace("[]", "")) not in read} == NOT_READ


def read_of(form: Form) -> Iterator[tuple[str, str]]:
    def bare(path: Steps) -> str:
        return ".".join(step for step in path.steps if step != "[]")

    for path in form._all_paths():
        edge = form.edges.get(path.answer or "")
        yield from ((type_, bare(path)) for type_ in (edge.types if edge is not None else (form.native_type,)))
    for edge in form.edges.values():
        if edge.by is not None:
            yield from ((type_, bare(edge.by)) for type_ in edge.types)


@pytest.mark.parametrize(
    ("values", "copies"),
    [
        ({"location": "US", "custom_placement_config": []}, [("primary", MTL)]),
        (
            {"location": "CA", "custom_placement_config": [{"data_locations": [MTL.upper(), TOR.upper()]}]},
            [("primary", MTL), ("primary", TOR)],
        ),
    ],
)
def test_a_bucket_of_two_regions_is_in_both(values: dict[str, Json], copies: list[tuple[str, str]]) -> None:
    assert of("google_storage_bucket", values).copies == copies


def test_a_bucket_is_shared_with_whom_its_members_and_entries_say() -> None:
    told = of(
        "google_storage_bucket",
        {"name": "dossiers"},
        members=[
            {"member": "user:a@ministere.gouv.qc.ca"},
            {"members": ["group:g@firme.example", "serviceAccount:x@dossiers-prod.iam.gserviceaccount.com"]},
        ],
        entries=[{"entity": "allUsers"}],
    )
    assert told.resource["shared_with"] == ("firme.example", "public")


def test_a_key_supplied_with_each_call_is_the_customer_s_and_is_not_told() -> None:
    def key(block: list[Json]) -> object:
        told = of("google_compute_disk", {"name": "d", "disk_encryption_key": block})
        assert "secret" not in repr(told)
        return told.keys[0]

    assert key([]) == "provider"
    assert key([{"kms_key_self_link": KEY, "raw_key": ""}]) == KEY
    assert key([{"kms_key_self_link": None, "raw_key": "/secret"}]) == "customer"
    assert key([{"raw_key": Pending("sensitive")}]) == "customer"


def test_a_snapshot_is_where_it_is_stored_and_not_where_its_disk_is() -> None:
    world = World(others={"plan#google_compute_disk.d": MTL})
    values: dict[str, Json] = {"source_disk": Reference("plan#google_compute_disk.d"), "zone": f"{MTL}-a"}
    assert tell("google_compute_snapshot", values, region=MTL, world=world).copies == [("backup", None)]
    stored = values | {"storage_locations": [MTL]}
    assert tell("google_compute_snapshot", stored, region=MTL, world=world).copies == [("backup", MTL)]


def test_a_schedule_without_a_place_of_storage_leaves_it_unknown() -> None:
    policy: Json = [{"snapshot_properties": [{"storage_locations": ["us"]}]}]
    assert of("google_compute_resource_policy", {"snapshot_schedule_policy": policy}).copies[1:] == [("backup", "us")]
    policy = [{"snapshot_properties": []}]
    assert of("google_compute_resource_policy", {"snapshot_schedule_policy": policy}).copies[1:] == [("backup", None)]
    assert of("google_compute_resource_policy", {"snapshot_schedule_policy": []}).copies == [("primary", MTL)]


def test_backups_of_a_database_go_to_an_unnamed_multi_region_unless_a_place_is_said() -> None:
    def copies(backup: Json) -> list[tuple[str, str | None]]:
        values: dict[str, Json] = {"name": "bd", "settings": [{"backup_configuration": backup}]}
        return of("google_sql_database_instance", values).copies

    assert copies([]) == [("primary", MTL)]
    assert copies([{"enabled": True, "location": ""}]) == [("primary", MTL), ("backup", None)]
    assert copies([{"enabled": True, "location": TOR}]) == [("primary", MTL), ("backup", TOR)]
    assert copies([{"enabled": False, "location": "us"}]) == [("primary", MTL)]


@pytest.mark.parametrize(
    ("config", "region", "place"),
    [
        (f"regional-{MTL}", MTL, "CA-QC"),
        (f"projects/p/instanceConfigs/regional-{TOR}", TOR, "CA-ON"),
        ("nam3", "nam3", "US"),
        ("nam-eur-asia1", "nam-eur-asia1", None),
    ],
)
def test_a_configuration_of_spanner_names_its_regions(config: str, region: str, place: str | None) -> None:
    told = of("google_spanner_instance", {"name": "s", "config": config})
    assert told.copies == [("primary", region)]
    row = next(item for item in told.items if isinstance(item, Row) and item.table == "copy")
    assert (row.facts["place"].value if "place" in row.facts else None) == place


def test_a_database_is_where_its_instance_is() -> None:
    told = of("google_spanner_database", {"name": "d", "instance": "s"}, server=[{"config": f"regional-{TOR}"}])
    assert told.copies == [("primary", TOR)]
    assert of("google_spanner_database", {"name": "d", "instance": "ailleurs"}).copies == [("primary", None)]


def test_each_cluster_of_bigtable_has_all_of_the_data() -> None:
    clusters: Json = [{"zone": f"{MTL}-a", "kms_key_name": KEY}, {"zone": "us-east1-b"}]
    told = of("google_bigtable_instance", {"name": "b", "cluster": clusters})
    assert told.copies == [("primary", MTL), ("primary", "us-east1")]
    assert told.keys == [KEY, "provider"]


def test_a_data_set_without_a_location_is_in_the_united_states() -> None:
    told = of("google_bigquery_dataset", {"dataset_id": "d", "access": [{"special_group": "allAuthenticatedUsers"}]})
    assert told.copies == [("primary", "US")]
    assert told.resource["shared_with"] == ("public",)
    assert of("google_bigquery_dataset", {"dataset_id": "d", "location": MTL}).copies == [("primary", MTL)]


def test_a_secret_is_where_it_is_told_to_be_else_anywhere() -> None:
    auto: Json = [{"auto": [{"customer_managed_encryption": []}], "user_managed": []}]
    told = of("google_secret_manager_secret", {"secret_id": "s", "replication": auto})
    assert (told.copies, told.keys) == ([("primary", None)], ["provider"])
    chosen: Json = [{"auto": [], "user_managed": [{"replicas": [{"location": MTL}, {"location": TOR}]}]}]
    told = of("google_secret_manager_secret", {"secret_id": "s", "replication": chosen})
    assert told.copies == [("primary", MTL), ("primary", TOR)]


def test_a_topic_keeps_messages_where_its_policy_says_else_anywhere() -> None:
    assert of("google_pubsub_topic", {"name": "t", "message_storage_policy": []}).copies == [("primary", None)]
    policy: Json = [{"allowed_persistence_regions": [MTL]}]
    push: Json = {"push_config": [{"push_endpoint": "https://ailleurs.example/jeton"}]}
    told = of("google_pubsub_topic", {"name": "t", "message_storage_policy": policy}, subscriptions=[push])
    assert told.copies == [("primary", MTL), ("replica", None)]
    assert "jeton" not in repr(told)


@pytest.mark.parametrize(
    ("level", "grade"),
    [("SOFTWARE", "K0"), ("HSM", "K2"), ("EXTERNAL", "K3"), ("EXTERNAL_VPC", "K3"), ("HSM_SINGLE_TENANT", None)],
)
def test_a_key_has_the_grade_of_its_level_and_the_place_of_its_ring(level: str, grade: str | None) -> None:
    kind, form = planned("terraform", "google_kms_crypto_key")[0]
    values: Json = {"version_template": [{"protection_level": level}]}
    view = ItemView(Unit(kind, form, "p", MTL), values, lambda *_: ABSENT)
    found = view.read(form.grade, World())
    assert (found.content if isinstance(found, Value) else None) == grade
    ring = "projects/p/locations/us/keyRings/r"
    assert of("google_kms_crypto_key", {"name": "k", "key_ring": ring}).copies == [("primary", "us")]


def test_logs_go_where_their_destination_is() -> None:
    def region(destination: Json, world: World) -> str | None:
        return tell("google_logging_organization_sink", {"destination": destination}, world=world).copies[0][1]

    bucket = f"logging.googleapis.com/projects/p/locations/{MTL}/buckets/b"
    assert region(bucket, World()) == MTL
    assert region("storage.googleapis.com/journaux", World({"journaux": "us"})) == "us"
    assert region("bigquery.googleapis.com/projects/p/datasets/d", World()) is None


def test_a_zone_and_a_cdn_are_global() -> None:
    assert of("google_dns_managed_zone", {"name": "z", "visibility": "private"}).copies == [("primary", "global")]
    assert of("google_compute_backend_bucket", {"name": "b", "enable_cdn": True}).copies == [("edge", "global")]
    assert of("google_compute_backend_bucket", {"name": "b", "enable_cdn": False}).copies == []


def test_a_volume_s_backups_are_in_the_region_of_their_vault() -> None:
    values: dict[str, Json] = {
        "name": "v",
        "backup_config": [{"backup_vault": "projects/p/locations/x/backupVaults/c"}],
    }
    told = of("google_netapp_volume", values, vault=[{"location": MTL, "backup_region": TOR}])
    assert told.copies == [("primary", MTL), ("backup", TOR)]


def test_google_is_a_party_and_a_provider_of_regions() -> None:
    assert PARTIES["google"] == "google"
    assert REGIONS.place("google", MTL) is not None
