"""What Terraform writes of AWS’s stores, databases, backups, keys and logs (`terraform_aws`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sovercheck.sources.item import ItemView, Unit, Value
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds import FOLDER, plain_dataless, planned, planned_without_data
from sovercheck.sources.kinds.model import Call, Form, Way
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.kinds.path import Path as FactPath
from sovercheck.sources.kinds.reading import planned_form
from sovercheck.sources.kinds.written import read_kind
from sovercheck.sources.readers import Result

from .members import published
from .stand_in_plan import PLAIN, World, tell

NAMES = """
object_bucket object_bucket_zonal object_multi_region_access_point table_bucket vector_bucket disk disk_snapshot
snapshot_lifecycle_policy machine_image server file_system file_system_managed file_system_backup relational_database
relational_cluster relational_global_cluster database_snapshot cluster_snapshot database_automated_backup
snapshot_export distributed_sql key_value_table warehouse warehouse_serverless cache cache_global_datastore
cache_serverless memory_database document_database document_database_elastic graph_database search_domain
search_serverless time_series time_series_influx wide_column backup_vault backup_plan encryption_key key_store
hsm_cluster secret parameter log_store audit_trail audit_lake configuration_recorder security_findings threat_detector
security_lake
"""
KINDS = tuple(NAMES.split())

MEMBERS = Path(__file__).with_name("terraform_aws_members.txt")
"""What the provider publishes of itself."""


def forms_of(names: tuple[str, ...]) -> Iterator[Form]:
    for name in names:
        for plain in read_kind(FOLDER / f"{name}.yaml").get("terraform_aws", ()):
            yield planned_form(name, "terraform_aws", plain)


FORMS = tuple(forms_of(KINDS))
ALL = tuple(forms_of(tuple(path.stem for path in sorted(FOLDER.glob("*.yaml")))))


PUBLISHED = published(MEMBERS, "5.100.0")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_form_that_loads(kind: str) -> None:
    own = [form for form in FORMS if form.kind == kind]
    assert own
    for form in own:
        loaded = [(found.id, other) for found, other in planned("terraform", form.native_type)]
        assert (kind, form) in loaded


def test_the_published_members_are_read_as_they_are_written() -> None:
    assert PUBLISHED["aws_rds_global_cluster"] >= {"arn", "global_cluster_members.is_writer", "storage_encrypted"}
    assert "global_cluster_members.storage_encrypted" not in PUBLISHED["aws_rds_global_cluster"]
    assert "snapshot_copy.destination_region" in PUBLISHED["aws_redshift_cluster"]
    assert PUBLISHED["aws_subnet"] == set()


@pytest.mark.parametrize("form", ALL, ids=lambda form: f"{form.kind}-{form.native_type}")
def test_every_member_that_is_read_is_published(form: Form) -> None:
    if form in FORMS:
        assert PUBLISHED[form.native_type]
    faults = [f"{types}: {path}" for types, path in members_of(form) if not any(is_published(t, path) for t in types)]
    assert faults == []
    for edge in form.edges.values():
        assert edge.by is None or all(is_published(type_, edge.by) for type_ in edge.types)


def members_of(form: Form) -> Iterator[tuple[tuple[str, ...], FactPath]]:
    """Every member that a form reads, of its own type or of one of those that complete it."""
    for path in (*form._all_paths(), *form.named_by):
        edge = form.edges.get(path.answer or "")
        yield edge.types if edge is not None else (form.native_type,), path
    for edge in form.edges.values():
        yield from ((edge.types, path) for path in (edge.by, *(held.path for held in edge.where)) if path is not None)


def is_published(type_: str, path: FactPath) -> bool:
    known = PUBLISHED.get(type_)
    if known is None:
        return False
    steps = [step for step in path.steps if step not in ("[]", "*")]
    # Tags have names of their author's; of some types only the name is kept.
    return not known or steps[0] in ("tags", "tags_all") or ".".join(steps) in known


SECRETS = re.compile(r"password|passphrase|plaintext|material|secret_(string|binary)|raw_|user_data|credential|\bvalue")


def test_no_secret_is_read() -> None:
    read = {(type_, str(path)) for form in FORMS for types, path in members_of(form) for type_ in types}
    # The bytes of a file system.
    assert {pair for pair in read if SECRETS.search(pair[1])} == {("aws_efs_file_system", "size_in_bytes.value")}
    assert not any(type_ == "aws_secretsmanager_secret_version" for type_, _ in read)


READERS_OF: Mapping[str, tuple[str, ...]] = {
    "name": ("text",),
    "bytes": ("text",),
    "tags": ("tags",),
    "shared_with": ("accounts", "policy"),
    "region": ("text", "region_of_arn", "region_of_zone", "region_of_bucket", "region_of_id"),
    "account": ("text", "account_of_arn"),
    "key": ("text",),
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind}-{form.native_type}")
def test_each_fact_is_read_by_a_reader_that_gives_such_a_fact(form: Form) -> None:
    assert all(way.read in READERS_OF[fact] for fact, way in ways_of(form) if way.literal is None)
    assert ("bytes" in form.facts) == (form.bytes_basis is not None)
    for fact, way in ways_of(form):
        if fact == "bytes" and not way.words and form.native_type != "aws_efs_file_system":
            assert way.unit == 2**30


def ways_of(form: Form) -> Iterator[tuple[str, Way]]:
    for fact, ways in form.facts.items():
        yield from ((fact, way) for way in ways)
    for copy in form.copies:
        for fact in ("region", "account", "key"):
            yield from ((fact, way) for way in getattr(copy, fact))


def test_what_completes_a_resource_is_described_itself_or_keeps_no_data() -> None:
    described = {form.native_type for form in ALL}
    types = {type_ for form in ALL for edge in form.edges.values() for type_ in edge.types}
    assert [t for t in sorted(types - described) if not planned_without_data("terraform_aws", t)] == []


def test_what_is_described_is_not_among_the_types_without_data() -> None:
    assert [form.native_type for form in ALL if planned_without_data("terraform_aws", form.native_type)] == []


def test_each_type_without_data_is_published() -> None:
    for name in plain_dataless()["terraform_aws"]:
        begins = name.removesuffix("*")
        found = [type_ for type_ in PUBLISHED if type_ == name or (name != begins and type_.startswith(begins))]
        assert found, name


@pytest.mark.parametrize(
    "type_",
    [
        "aws_vpc",
        "aws_subnet",
        "aws_iam_role",
        "aws_security_group_rule",
        "aws_lb_listener",
        "aws_cloudwatch_metric_alarm",
    ],
)
def test_networks_permissions_and_alarms_keep_no_data(type_: str) -> None:
    assert planned_without_data("terraform_aws", type_)


@pytest.mark.parametrize("type_", ["aws_kendra_index", "aws_sfn_state_machine", "aws_ec2_fleet", "aws_new_thing"])
def test_of_what_may_keep_data_nothing_is_concluded(type_: str) -> None:
    assert not planned_without_data("terraform_aws", type_)


def test_what_stays_on_the_machine_is_no_resource_of_a_cloud() -> None:
    assert planned_without_data("terraform_other", "random_id")
    assert not planned_without_data("terraform_other", "kubernetes_secret")


KEY = "arn:aws:kms:ca-central-1:111122223333:key/1"
PRIMARY = ("primary", "ca-central-1")
LATER = Pending("after_apply")


def test_a_bucket_s_replicas_are_where_their_buckets_are() -> None:
    def rule(bucket: Json, status: str) -> Json:
        return {"status": status, "destination": [{"bucket": bucket, "account": "444455556666"}]}

    planned_bucket = Reference("plan#aws_s3_bucket.copie")
    rules: list[Json] = [
        rule("arn:aws:s3:::copies", "Enabled"),
        rule("arn:aws:s3:::vieilles", "Disabled"),
        rule(planned_bucket, "Enabled"),
    ]
    world = World({"copies": "us-east-1", "vieilles": "us-east-1"}, {planned_bucket: "ca-west-1"})
    told = tell("aws_s3_bucket", {"bucket": "dossiers"}, {"replication": [{"rule": rules}]}, world=world)
    assert told.copies == [PRIMARY, ("replica", "us-east-1"), ("replica", "ca-west-1")]
    assert told.ids[2].endswith(f"#replica:{planned_bucket}")
    assert told.resource["copies_complete"] is True
    within: dict[str, Json] = {
        "bucket": "dossiers",
        "replication_configuration": [{"rules": [rule("arn:aws:s3:::copies", "Enabled")]}],
    }
    assert tell("aws_s3_bucket", within, world=world).copies == [PRIMARY, ("replica", "us-east-1")]


def test_a_bucket_s_key_stands_in_a_resource_of_its_own() -> None:
    def keys(key: Json) -> list[object]:
        default: Json = {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        rule: Json = {"apply_server_side_encryption_by_default": [default]}
        return tell("aws_s3_bucket", {"bucket": "dossiers"}, {"encryption": [{"rule": [rule]}]}).keys

    assert keys(KEY) == [KEY]
    assert keys(Reference("plan#aws_kms_key.cle")) == ["plan#aws_kms_key.cle"]
    assert keys(LATER) == [None]
    assert keys(None) == tell("aws_s3_bucket", {"bucket": "dossiers"}).keys == ["provider"]


def test_a_policy_that_nobody_can_read_yet_leaves_open_who_shares() -> None:
    told = tell("aws_s3_bucket", {"bucket": "dossiers"}, {"policy": [{"policy": LATER}]})
    assert ("after_apply", "shared_with") in told.gaps


def test_an_access_point_answers_in_oregon_for_buckets_elsewhere() -> None:
    regions: list[Json] = [{"bucket": "ici", "region": LATER}, {"bucket": "la", "region": LATER}]
    world = World({"ici": "ca-central-1", "la": "us-east-1"})
    told = tell(
        "aws_s3control_multi_region_access_point", {"details": [{"name": "acces", "region": regions}]}, world=world
    )
    assert told.copies == [("replica", "ca-central-1"), ("replica", "us-east-1")]
    assert told.gaps == set()
    [(_, form)] = planned("terraform", "aws_s3control_multi_region_access_point")
    assert form.home == "us-west-2"


@pytest.mark.parametrize("type_", ["aws_ebs_volume", "aws_ebs_snapshot"])
def test_the_place_of_an_outpost_is_not_known(type_: str) -> None:
    values: dict[str, Json] = {"outpost_arn": "arn:aws:outposts:ca-central-1:111122223333:outpost/op-1"}
    assert tell(type_, {}).copies == [PRIMARY]
    assert tell(type_, values).copies == [("primary", None)]


def test_a_disk_without_a_key_may_have_the_account_s_default_one() -> None:
    assert tell("aws_ebs_volume", {"size": 10, "encrypted": True}).keys == [None]
    assert tell("aws_ebs_volume", {"size": 10, "encrypted": False}).keys == ["provider"]
    assert tell("aws_ebs_volume", {"size": 10}).resource["bytes"] == 10 * 2**30


def test_a_snapshot_is_a_backup_of_its_volume_and_has_its_key() -> None:
    volume = Reference("plan#aws_ebs_volume.disque")
    world = World(others={volume: "ca-central-1"})
    values: dict[str, Json] = {"volume_id": volume, "kms_key_id": LATER, "volume_size": LATER}
    edges: dict[str, list[Json]] = {
        "volume": [{"kms_key_id": KEY, "size": 4}],
        "permission": [{"account_id": "444455556666"}],
    }
    told = tell("aws_ebs_snapshot", values, edges, world=world)
    assert told.copies == [("backup", "ca-central-1")]
    assert told.keys == [KEY]
    assert told.ids == [f"{volume}#backup:plan#aws_ebs_snapshot.essai"]
    assert tell("aws_ebs_snapshot", values, edges).resource["shared_with"] == ("444455556666",)


def test_a_lifecycle_policy_copies_unless_it_is_disabled() -> None:
    rules: Json = [{"target": "us-east-1", "cmk_arn": None}, {"target_region": "ca-west-1", "target": None}]
    details: Json = [{"schedule": [{"cross_region_copy_rule": rules}]}]
    copies = [PRIMARY, ("backup", "us-east-1"), ("backup", "ca-west-1")]
    assert tell("aws_dlm_lifecycle_policy", {"policy_details": details}).copies == copies
    disabled: dict[str, Json] = {"policy_details": details, "state": "DISABLED"}
    assert tell("aws_dlm_lifecycle_policy", disabled).copies == [PRIMARY]


def test_what_makes_something_that_no_plan_names_stands_for_it() -> None:
    """A scan lists a server's disks, an image's snapshots, a vault's backups and a lake's buckets apart."""
    for type_ in ("aws_instance", "aws_ami_copy", "aws_backup_vault", "aws_securitylake_data_lake"):
        assert tell(type_, {}).resource["holds_data"] is True
    assert tell("aws_ami", {}).resource["holds_data"] is False


def test_a_server_s_size_is_known_where_it_has_no_further_disk() -> None:
    root: Json = [{"volume_size": 8, "kms_key_id": KEY}]
    told = tell("aws_instance", {"root_block_device": root, "ebs_block_device": []})
    assert (told.resource["bytes"], told.keys) == (8 * 2**30, [KEY])
    more = tell("aws_instance", {"root_block_device": root, "ebs_block_device": [{"volume_size": 500}]})
    assert "bytes" not in more.resource


def test_a_file_system_is_replicated_to_a_region_or_a_zone() -> None:
    places: list[Json] = [
        {"destination": [{"region": "us-east-1", "kms_key_id": KEY}]},
        {"destination": [{"availability_zone_name": "ca-west-1a", "region": LATER}]},
    ]
    told = tell("aws_efs_file_system", {}, {"replication": places})
    assert told.copies == [PRIMARY, ("replica", "us-east-1"), ("replica", "ca-west-1")]
    assert told.keys == ["provider", KEY, "provider"]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({}, "provider"),
        ({"storage_encrypted": True, "kms_key_id": KEY}, KEY),
        ({"kms_key_id": LATER}, None),
        # What is made from a snapshot or another database has that one's key.
        ({"snapshot_identifier": "instantane"}, None),
        ({"restore_to_point_in_time": [{"source_db_instance_identifier": "base"}]}, None),
        ({"restore_to_point_in_time": []}, "provider"),
    ],
)
def test_a_database_s_key(values: dict[str, Json], key: str | None) -> None:
    assert tell("aws_db_instance", {"identifier": "base", **values}).keys == [key]


def test_a_replica_of_a_database_is_where_its_own_provider_is() -> None:
    source = Reference("plan#aws_db_instance.base")
    world = World(others={source: "ca-central-1"})
    told = tell("aws_db_instance", {"replicate_source_db": source}, region="us-east-1", world=world)
    assert told.copies == [("replica", "us-east-1")]
    assert told.ids == [f"{source}#replica:plan#aws_db_instance.essai"]
    backups = "aws_db_instance_automated_backups_replication"
    assert tell(backups, {"source_db_instance_arn": source}, region="us-east-1", world=world).copies == [
        ("backup", "us-east-1")
    ]
    # Of a source that is in no plan it is a resource of its own.
    assert tell("aws_db_instance", {"replicate_source_db": "base"}, region="us-east-1").copies == [
        ("primary", "us-east-1")
    ]


def test_a_database_s_logs_go_to_groups_of_its_region() -> None:
    told = tell("aws_db_instance", {"identifier": "base", "enabled_cloudwatch_logs_exports": ["audit"]})
    assert told.copies == [PRIMARY, ("log", "ca-central-1")]
    assert told.ids[1].endswith("#log:/aws/rds/instance/base/audit")
    nameless = tell("aws_db_instance", {"identifier": LATER, "enabled_cloudwatch_logs_exports": ["audit", "error"]})
    assert nameless.copies == [PRIMARY, ("log", "ca-central-1"), ("log", "ca-central-1")]


def test_a_copy_of_a_snapshot_may_say_where_it_goes() -> None:
    [(_, form)] = planned("terraform", "aws_db_snapshot_copy")
    assert located(form, {"destination_region": "us-east-1"}) == "us-east-1"
    assert located(form, {}) is None


def test_the_members_of_a_global_cluster_are_where_they_are_planned() -> None:
    world = World(others={"une": "ca-central-1", "deux": "us-east-1"})
    members: list[Json] = [{"cluster_identifier": "une"}, {"cluster_identifier": "deux"}]
    told = tell("aws_rds_global_cluster", {"global_cluster_identifier": "toutes"}, {"members": members}, world=world)
    assert told.copies == [("replica", "ca-central-1"), ("replica", "us-east-1")]
    assert told.resource["holds_data"] is False


@pytest.mark.parametrize("type_", ["aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"])
def test_a_cluster_that_may_have_members_elsewhere_does_not_tell_all_its_copies(type_: str) -> None:
    assert "copies_complete" not in tell(type_, {"cluster_identifier": "c"}).resource


def test_a_table_has_replicas_a_witness_exports_and_streams() -> None:
    values: dict[str, Json] = {
        "name": "dossiers",
        "replica": [{"region_name": "us-east-1", "kms_key_arn": KEY}],
        "global_table_witness": [{"region_name": "us-east-2"}],
        "server_side_encryption": [{"enabled": True, "kms_key_arn": None}],
    }
    edges: dict[str, list[Json]] = {
        "exports": [{"s3_bucket": "sorties"}],
        "streams": [{"stream_arn": "arn:aws:kinesis:ca-west-1:111122223333:stream/s"}],
    }
    told = tell("aws_dynamodb_table", values, edges, world=World({"sorties": "eu-west-1"}))
    assert told.copies == [
        PRIMARY,
        ("replica", "us-east-1"),
        ("replica", "us-east-2"),
        ("backup", "eu-west-1"),
        ("log", "ca-west-1"),
    ]
    assert told.keys[:2] == ["provider", KEY]


def test_a_table_whose_replicas_nobody_can_know_yet_is_not_complete() -> None:
    told = tell("aws_dynamodb_table", {"name": "dossiers", "replica": LATER})
    assert told.copies == [PRIMARY]
    assert ("after_apply", "copies_complete") in told.gaps
    assert "copies_complete" not in told.resource


def test_a_warehouse_s_snapshots_are_copied_in_the_old_way_and_the_new() -> None:
    copies = [PRIMARY, ("backup", "us-east-1")]
    new: dict[str, list[Json]] = {"copying": [{"destination_region": "us-east-1"}]}
    assert tell("aws_redshift_cluster", {"cluster_identifier": "e"}, new).copies == copies
    old: dict[str, Json] = {"cluster_identifier": "e", "snapshot_copy": [{"destination_region": "us-east-1"}]}
    assert tell("aws_redshift_cluster", old).copies == copies


def test_a_member_of_a_replication_group_keeps_no_data_of_its_own() -> None:
    assert tell("aws_elasticache_cluster", {"replication_group_id": "groupe"}).resource["holds_data"] is False
    assert tell("aws_elasticache_cluster", {}).resource["holds_data"] is True


def test_who_searches_a_domain_from_elsewhere_has_a_copy_of_what_it_finds() -> None:
    connection: Json = {"local_domain_info": [{"region": "us-east-1", "owner_id": "444455556666"}]}
    told = tell("aws_opensearch_domain", {"domain_name": "recherche"}, {"connections": [connection]})
    assert told.copies == [PRIMARY, ("replica", "us-east-1")]


def test_a_table_of_time_series_may_write_what_it_rejects_elsewhere() -> None:
    place: Json = [{"s3_configuration": [{"bucket_name": "rejets", "encryption_option": "SSE_S3"}]}]
    tables: list[Json] = [
        {"magnetic_store_write_properties": [{"magnetic_store_rejected_data_location": place}]},
        {"magnetic_store_write_properties": []},
    ]
    world = World({"rejets": "us-east-1"})
    told = tell("aws_timestreamwrite_database", {"database_name": "mesures"}, {"tables": tables}, world=world)
    assert told.copies == [PRIMARY, ("log", "us-east-1")]
    assert told.keys == ["provider", "provider"]


def test_a_keyspace_has_replicas_only_where_it_says_several_regions() -> None:
    def copies(strategy: str) -> list[tuple[str, str | None]]:
        specification: Json = [{"replication_strategy": strategy, "region_list": ["us-east-1"]}]
        return tell("aws_keyspaces_keyspace", {"name": "k", "replication_specification": specification}).copies

    assert copies("MULTI_REGION") == [PRIMARY, ("replica", "us-east-1")]
    assert copies("SINGLE_REGION") == [PRIMARY]


def test_a_backup_plan_copies_to_vaults_of_other_regions_and_accounts() -> None:
    vault = "arn:aws:backup:us-east-1:444455556666:backup-vault:coffre"
    rule: Json = {"target_vault_name": "ici", "copy_action": [{"destination_vault_arn": vault}]}
    assert tell("aws_backup_plan", {"name": "p", "rule": [rule]}).copies == [PRIMARY, ("backup", "us-east-1")]


@pytest.mark.parametrize(
    ("type_", "values", "store", "grade"),
    [
        ("aws_kms_key", {}, [], "K0"),
        ("aws_kms_key", {"xks_key_id": "cle-1", "custom_key_store_id": "cks-1"}, [], "K3"),
        ("aws_kms_key", {"custom_key_store_id": "cks-1"}, [], None),
        (
            "aws_kms_key",
            {"custom_key_store_id": "cks-1"},
            [{"custom_key_store_name": "m", "custom_key_store_type": "EXTERNAL_KEY_STORE"}],
            "K3",
        ),
        # A store without a type is of a CloudHSM cluster.
        ("aws_kms_key", {"custom_key_store_id": "cks-1"}, [{"custom_key_store_name": "m"}], "K2"),
        ("aws_kms_external_key", {}, None, "K1"),
        ("aws_kms_replica_key", {}, None, "K0"),
        ("aws_kms_replica_external_key", {}, None, "K1"),
    ],
)
def test_who_can_see_what_a_key_encrypts(
    type_: str, values: dict[str, Json], store: list[Json] | None, grade: str | None
) -> None:
    kind, form = planned("terraform", type_)[0]
    view = ItemView(Unit(kind, form, "111122223333", "ca-central-1"), values, _never)
    if store is not None:
        view._answers["store"] = store
    found = view.read(form.grade, PLAIN)
    assert (found.content if isinstance(found, Value) else None) == grade


def test_a_key_s_replica_is_a_copy_of_it_in_its_own_place() -> None:
    key = Reference("plan#aws_kms_key.cle")
    world = World(others={key: "ca-central-1"})
    told = tell("aws_kms_replica_key", {"primary_key_arn": key}, region="us-east-1", world=world)
    assert told.copies == [("replica", "us-east-1")]


def test_where_an_external_key_store_keeps_its_keys_is_not_known() -> None:
    external: dict[str, Json] = {
        "custom_key_store_name": "m",
        "custom_key_store_type": "EXTERNAL_KEY_STORE",
        "xks_proxy_uri_endpoint": "https://cles.exemple.ca",
    }
    assert tell("aws_kms_custom_key_store", external).copies == [("primary", None)]
    assert tell("aws_kms_custom_key_store", {"custom_key_store_name": "m"}).copies == [PRIMARY]


def test_a_secret_s_replicas_have_keys_of_their_own() -> None:
    replicas: Json = [{"region": "us-east-1", "kms_key_id": None}, {"region": "ca-west-1", "kms_key_id": KEY}]
    told = tell("aws_secretsmanager_secret", {"name": "s", "replica": replicas, "kms_key_id": KEY})
    assert told.copies == [PRIMARY, ("replica", "us-east-1"), ("replica", "ca-west-1")]
    assert told.keys == [KEY, "provider", KEY]


def test_logs_go_where_their_filters_send_them() -> None:
    destination = "arn:aws:logs:us-east-1:444455556666:destination:central"
    told = tell("aws_cloudwatch_log_group", {"name": "g"}, {"filters": [{"destination_arn": destination}]})
    assert told.copies == [PRIMARY, ("log", "us-east-1")]
    assert told.keys[0] == "provider"


def test_an_organisation_s_logs_are_gathered_in_one_region_and_its_backup() -> None:
    backup: Json = [{"region": "us-west-2", "kms_key_arn": KEY}]
    destination: Json = [
        {
            "account": "444455556666",
            "region": "us-east-1",
            "destination_logs_configuration": [{"backup_configuration": backup}],
        }
    ]
    told = tell("aws_observabilityadmin_centralization_rule_for_organization", {"rule": [{"destination": destination}]})
    assert told.copies == [("replica", "us-east-1"), ("backup", "us-west-2")]


def test_a_trail_writes_to_a_bucket_of_any_region() -> None:
    values: dict[str, Json] = {"name": "piste", "s3_bucket_name": "journaux", "kms_key_id": KEY}
    told = tell("aws_cloudtrail", values, world=World({"journaux": "us-east-1"}))
    assert told.copies == [PRIMARY, ("log", "us-east-1")]
    assert told.keys == [None, KEY]


def test_an_authorisation_says_in_which_region_the_other_account_gathers() -> None:
    six: dict[str, Json] = {
        "account_id": "444455556666",
        "authorized_aws_region": "us-east-1",
        "region": "ca-central-1",
    }
    told = tell("aws_config_aggregate_authorization", six)
    assert told.copies == [("replica", "us-east-1")]
    assert told.resource["shared_with"] == ("444455556666",)
    five: dict[str, Json] = {"account_id": "444455556666", "region": "us-east-1"}
    assert tell("aws_config_aggregate_authorization", five).copies == [("replica", "us-east-1")]


def test_a_lake_is_in_each_of_its_regions() -> None:
    configuration: list[Json] = [
        {"region": "ca-central-1", "encryption_configuration": [{"kms_key_id": KEY}]},
        {"region": "us-east-1", "replication_configuration": [{"regions": ["ca-central-1"]}]},
    ]
    told = tell("aws_securitylake_data_lake", {"configuration": configuration})
    assert told.copies == [PRIMARY, ("primary", "us-east-1"), ("replica", "ca-central-1")]
    assert told.keys == [KEY, None, None]


def located(form: Form, values: dict[str, Json]) -> object:
    [kind] = [kind for kind, found in planned("terraform", form.native_type) if found == form]
    found = ItemView(Unit(kind, form, "111122223333", "ca-central-1"), values, _never).read(form.location, PLAIN)
    assert not isinstance(found, Refusal)
    return found.content if isinstance(found, Value) else None


def _never(_: Ask, __: Call) -> Result:
    raise AssertionError("a plan is not asked")
