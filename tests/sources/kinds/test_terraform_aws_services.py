"""What Terraform writes of AWS’s services of messages, computing, identity, AI and networks (`terraform_aws`)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck.sources.kinds import FOLDER, planned
from sovercheck.sources.kinds.model import Form
from sovercheck.sources.kinds.path import Json, Pending, Reference
from sovercheck.sources.kinds.reading import planned_form
from sovercheck.sources.kinds.written import read_kind

from .stand_in_plan import World, tell

NAMES = """
queue topic sms_messaging stream delivery_stream event_streaming stream_replicator message_broker event_bus
container_registry container_registry_public function kubernetes_cluster container_cluster content_delivery
edge_key_value_store global_accelerator dns_zone account_identity user_directory directory email_service
ai_inference_profile ai_custom_model ai_knowledge_base ai_agent ai_guardrail ml_notebook ml_studio ml_endpoint
feature_store data_catalog query_workgroup data_processing_cluster migration_task transfer_task storage_gateway
file_transfer_server virtual_desktop contact_centre business_intelligence disaster_recovery_server source_repository
build_project package_repository metrics_workspace dashboard_workspace api_gateway graphql_api load_balancer
network_flow_log web_firewall simple_instance in_memory_accelerator private_certificate_authority resource_share
"""
KINDS = tuple(NAMES.split())


def forms() -> Iterator[Form]:
    for kind in (*KINDS, "diagnostic_destination"):
        for plain in read_kind(FOLDER / f"{kind}.yaml").get("terraform_aws", ()):
            yield planned_form(kind, "terraform_aws", plain)


FORMS = tuple(forms())


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_form_that_loads(kind: str) -> None:
    own = [form for form in FORMS if form.kind == kind]
    assert own
    for form in own:
        assert (form.kind, form.native_type) in [
            (k.id, f.native_type) for k, f in planned("terraform", form.native_type)
        ]


NOT_READ = {
    # Whether the service encrypts at all: without a key of the customer’s it is the provider’s in either case.
    ("aws_sqs_queue", "sqs_managed_sse_enabled"),
    ("aws_kinesis_stream", "encryption_type"),
    ("aws_dax_cluster", "server_side_encryption.enabled"),
    # An address: personal information, or a secret.
    ("aws_kinesis_firehose_delivery_stream", "http_endpoint_configuration.url"),
    ("aws_kinesis_firehose_delivery_stream", "splunk_configuration.hec_endpoint"),
    ("aws_kinesis_firehose_delivery_stream", "snowflake_configuration.account_url"),
    ("aws_cloudwatch_event_api_destination", "invocation_endpoint"),
    ("aws_bedrockagent_knowledge_base", "storage_configuration[].pinecone_configuration[].connection_string"),
    ("aws_appsync_datasource", "http_config.endpoint"),
    ("aws_transfer_connector", "url"),
    ("aws_dms_endpoint", "server_name"),
    # Where data comes from.
    ("aws_msk_replicator", "replication_info_list.source_kafka_cluster_arn"),
    ("aws_bedrock_custom_model", "training_data_config.s3_uri"),
    ("aws_datasync_task", "source_location_arn"),
    # Of one broker.
    ("aws_msk_cluster", "broker_node_group_info.storage_info.ebs_storage_info.volume_size"),
    # The key of the function’s code, not of what it works on.
    ("aws_lambda_function", "source_kms_key_arn"),
    # Says nothing of a place or a key.
    ("aws_mq_broker", "data_replication_mode"),
    ("aws_eks_cluster", "identity[].oidc[].issuer"),
    ("aws_cloudfront_distribution", "price_class"),
    ("aws_bedrock_inference_profile", "model_source.copy_from"),
    ("aws_sagemaker_domain", "auth_mode"),
    (
        "aws_sagemaker_domain",
        "default_user_settings.canvas_app_settings.generative_ai_settings.amazon_bedrock_role_arn",
    ),
    ("aws_glue_catalog_database", "location_uri"),
    ("aws_glue_catalog_database", "target_database.region"),
    ("aws_glue_catalog_database", "target_database.catalog_id"),
    ("aws_storagegateway_nfs_file_share", "bucket_region"),
    ("aws_workspaces_workspace", "directory_id"),
    ("aws_connect_instance", "identity_management_type"),
    ("aws_drs_replication_configuration_template", "staging_area_subnet_id"),
    ("aws_codeartifact_domain", "asset_size_bytes"),
    ("aws_grafana_workspace", "authentication_providers"),
    ("aws_appsync_graphql_api", "log_config.cloudwatch_logs_role_arn"),
    ("aws_acmpca_certificate_authority", "key_storage_security_standard"),
    ("aws_ram_resource_share", "allow_external_principals"),
    ("aws_emr_cluster", "security_configuration"),
    ("aws_cognito_user_pool", "lambda_config.kms_key_id"),
    ("aws_cognito_identity_provider", "provider_type"),
    ("aws_ecs_task_definition", "container_definitions"),
    # Read as the account in it.
    ("aws_directory_service_shared_directory", "target"),
}
"""What the reference of facts has and these forms leave unread, and why."""


def test_what_the_reference_of_facts_has_is_read() -> None:
    default = Path(__file__).resolve().parents[4] / "shared"
    reference = Path(os.environ.get("SOVERCHECK_SHARED", default)) / "kinds.csv"
    if not reference.is_file():
        pytest.skip("the reference of facts is not on this machine; set SOVERCHECK_SHARED to the folder that has it")
    read = {(type_, steps) for form in FORMS for type_, steps in read_of(form)}
    with reference.open(encoding="utf-8", newline="") as file:
        wanted = [
            (type_, row["path"])
            for row in csv.DictReader(file)
            if (row["provider"], row["form"]) == ("aws", "terraform") and row["kind"] in KINDS
            for type_ in row["native_type"].split("|")
            if row["fact"] not in ("id", "location") and f"not on {type_}" not in row["note"]
        ]
    assert {(type_, path) for type_, path in wanted if (type_, bare(path)) not in read and path != "tags"} == NOT_READ


def bare(path: str) -> str:
    return path.replace("[]", "")


def read_of(form: Form) -> Iterator[tuple[str, str]]:
    for path in form._all_paths():
        edge = form.edges.get(path.answer or "")
        types = edge.types if edge is not None else (form.native_type,)
        text = ".".join(step for step in path.steps if step != "[]")
        yield from ((type_, text) for type_ in types)
    for edge in form.edges.values():
        if edge.by is not None:
            yield from ((type_, str(edge.by).replace("[]", "")) for type_ in edge.types)


TOPIC = "arn:aws:sns:ca-central-1:111122223333:avis"


def test_a_topic_hands_on_to_places_that_are_known_and_to_others_that_are_not() -> None:
    inside: Json = {"protocol": "sqs", "endpoint": "arn:aws:sqs:us-east-1:444455556666:suivi"}
    outside: Json = {"protocol": "email", "endpoint": "personne@ministere.gouv.qc.ca"}
    told = tell("aws_sns_topic", {"name": "avis"}, {"inside": [inside], "outside": [outside, outside]})
    assert told.copies == [("primary", "ca-central-1"), ("replica", "us-east-1"), ("replica", None), ("replica", None)]
    assert "personne" not in repr(told)
    assert len(set(told.ids)) == 4
    assert told.resource["holds_data"] is False


def test_a_function_is_shared_with_accounts_and_not_with_services() -> None:
    permissions: list[Json] = [{"principal": "s3.amazonaws.com"}, {"principal": "444455556666"}]
    told = tell("aws_lambda_function", {"function_name": "calcul", "kms_key_arn": None}, {"permissions": permissions})
    assert told.resource["shared_with"] == ("444455556666",)
    assert told.copies == [("primary", "ca-central-1"), ("log", "ca-central-1")]
    assert told.keys[0] == "provider"


def test_a_key_that_nobody_can_know_yet_is_a_gap_and_not_the_provider_s() -> None:
    told = tell("aws_sqs_queue", {"name": "demandes", "kms_master_key_id": Pending("after_apply")})
    assert told.keys == [None]
    assert ("after_apply", "key") in told.gaps
    # In a state a text that nobody set is an empty one.
    assert tell("aws_sqs_queue", {"kms_master_key_id": ""}).keys == ["provider"]
    assert tell("aws_sqs_queue", {"kms_master_key_id": Reference("plan#aws_kms_key.k")}).keys == ["plan#aws_kms_key.k"]


def test_a_delivery_goes_to_each_of_its_destinations() -> None:
    world = World({"dossiers": "us-east-1", "secours": "ca-west-1"})
    values: dict[str, Json] = {
        "name": "livraison",
        "extended_s3_configuration": [
            {
                "bucket_arn": "arn:aws:s3:::dossiers",
                "s3_backup_mode": "Enabled",
                "s3_backup_configuration": [{"bucket_arn": "arn:aws:s3:::secours"}],
            }
        ],
        "splunk_configuration": [{"hec_endpoint_type": "Raw", "hec_token": "secret", "s3_configuration": []}],
    }
    told = tell("aws_kinesis_firehose_delivery_stream", values, world=world)
    assert told.copies == [
        ("primary", "ca-central-1"),
        ("replica", "us-east-1"),
        ("backup", "ca-west-1"),
        ("replica", None),
    ]
    assert "secret" not in repr(told)


def test_the_registry_of_a_region_is_replicated_as_a_whole() -> None:
    rule: Json = {"destination": [{"region": "us-east-1", "registry_id": "111122223333"}, {"region": "ca-west-1"}]}
    told = tell("aws_ecr_replication_configuration", {"replication_configuration": [{"rule": [rule]}]})
    assert told.copies == [("replica", "us-east-1"), ("replica", "ca-west-1")]


def test_what_is_public_by_nature_is_shared_with_everybody() -> None:
    assert tell("aws_ecrpublic_repository", {"repository_name": "outil"}).resource["shared_with"] == ("public",)


@pytest.mark.parametrize(
    ("vpc", "associations", "copies"),
    [
        ([], [], [("primary", "us-east-1"), ("edge", "global")]),
        (
            [{"vpc_id": "vpc-1", "vpc_region": "ca-central-1"}],
            [],
            [("primary", "us-east-1"), ("replica", "ca-central-1")],
        ),
        (
            [{"vpc_id": "vpc-1", "vpc_region": None}],
            [{"vpc_id": "vpc-2", "vpc_region": "ca-west-1"}],
            [("primary", "us-east-1"), ("replica", None), ("replica", "ca-west-1")],
        ),
    ],
)
def test_a_zone_is_public_where_no_network_has_it(
    vpc: list[Json], associations: list[Json], copies: list[tuple[str, str | None]]
) -> None:
    told = tell("aws_route53_zone", {"name": "z", "vpc": vpc}, {"associations": associations}, region="us-east-1")
    assert told.copies == copies


def test_an_api_is_at_the_edge_unless_it_says_otherwise() -> None:
    def kinds(endpoint: Json) -> list[str]:
        values: dict[str, Json] = {"name": "api", "endpoint_configuration": endpoint}
        return [kind for kind, _ in tell("aws_api_gateway_rest_api", values).copies]

    assert kinds(None) == kinds([{"types": ["EDGE"]}]) == ["primary", "edge"]
    assert kinds([{"types": ["REGIONAL"]}]) == ["primary"]
    unknown = tell("aws_api_gateway_rest_api", {"name": "api", "endpoint_configuration": Pending("after_apply")})
    assert ("after_apply", "copies_complete") in unknown.gaps


def test_a_firewall_of_cloudfront_works_everywhere() -> None:
    values: dict[str, Json] = {"name": "pare-feu", "scope": "CLOUDFRONT"}
    logging: list[Json] = [{"log_destination_configs": ["arn:aws:s3:::aws-waf-logs-a"]}]
    world = World({"aws-waf-logs-a": "ca-central-1"})
    told = tell("aws_wafv2_web_acl", values, {"logging": logging}, region="us-east-1", world=world)
    assert told.copies == [("primary", "us-east-1"), ("processing", "global"), ("log", "ca-central-1")]
    assert tell("aws_wafv2_web_acl", values | {"scope": "REGIONAL"}).copies == [("primary", "ca-central-1")]


def test_a_model_s_profile_is_no_place() -> None:
    """`us.` runs in several regions: neither the agent’s region nor the one in the ARN is where."""
    profile = "arn:aws:bedrock:ca-central-1:111122223333:inference-profile/us.modele"
    for model in (profile, "us.modele"):
        told = tell("aws_bedrockagent_agent", {"agent_name": "a", "foundation_model": model})
        assert told.copies == [("primary", "ca-central-1"), ("processing", None)]
    models: Json = [{"model_arn": "arn:aws:bedrock:us-east-1::foundation-model/m"}]
    told = tell("aws_bedrock_inference_profile", {"name": "p", "models": models})
    assert told.copies == [("primary", "ca-central-1"), ("processing", "us-east-1")]


def test_a_transfer_is_where_its_destination_is_and_not_where_the_service_is() -> None:
    location = "arn:aws:datasync:ca-central-1:111122223333:location/loc-1"
    values: dict[str, Json] = {"name": "t", "destination_location_arn": location}
    assert tell("aws_datasync_task", values).copies == [("primary", "ca-central-1"), ("replica", None)]
    bucket: list[Json] = [{"s3_bucket_arn": "arn:aws:s3:::copie"}]
    told = tell("aws_datasync_task", values, {"destination": bucket}, world=World({"copie": "us-east-1"}))
    assert told.copies == [("primary", "ca-central-1"), ("replica", "us-east-1")]


def test_a_pipeline_keeps_what_it_builds_in_each_region_in_which_it_acts() -> None:
    stores: Json = [
        {"location": "ici", "region": None, "encryption_key": []},
        {"location": "ailleurs", "region": "us-east-1", "encryption_key": [{"id": "arn:aws:kms:us-east-1:1:key/k"}]},
    ]
    told = tell("aws_codepipeline", {"name": "p", "artifact_store": stores}, world=World({"ici": "ca-central-1"}))
    assert told.copies == [("primary", "ca-central-1"), ("replica", "ca-central-1"), ("replica", "us-east-1")]
    assert told.keys[1:] == ["provider", "arn:aws:kms:us-east-1:1:key/k"]


def test_a_flow_log_keeps_what_it_collects_at_its_destination_only() -> None:
    values: dict[str, Json] = {"log_destination_type": "s3", "log_destination": "arn:aws:s3:::journaux/vpc/"}
    told = tell("aws_flow_log", values, world=World({"journaux": "us-east-1"}))
    assert told.copies == [("log", "us-east-1")]
    group = "arn:aws:logs:ca-west-1:111122223333:log-group:vpc"
    assert tell("aws_flow_log", {"log_destination": group}).copies == [("log", "ca-west-1")]
    named = tell("aws_flow_log", {"log_destination": Reference("plan#aws_cloudwatch_log_group.g")})
    assert named.copies == [("log", None)]


def test_a_broker_that_says_what_it_is_a_copy_of_is_one() -> None:
    primary = "plan#aws_mq_broker.principal"
    values: dict[str, Json] = {"broker_name": "b", "data_replication_primary_broker_arn": Reference(primary)}
    told = tell("aws_mq_broker", values, region="ca-west-1", world=World(others={primary: "ca-central-1"}))
    assert told.copies == [("replica", "ca-west-1")]
    assert told.ids == [f"{primary}#replica:plan#aws_mq_broker.essai"]


def test_a_cluster_logs_where_it_is_if_it_logs() -> None:
    assert tell("aws_eks_cluster", {"name": "g", "enabled_cluster_log_types": []}).copies == [
        ("primary", "ca-central-1")
    ]
    told = tell("aws_eks_cluster", {"name": "g", "enabled_cluster_log_types": ["audit", "api"]})
    assert told.copies == [("primary", "ca-central-1"), ("log", "ca-central-1")]
    assert told.ids[1].endswith("#log:/aws/eks/g/cluster")


def test_a_link_of_the_catalogue_keeps_nothing() -> None:
    target: Json = [{"catalog_id": "444455556666", "database_name": "d", "region": "us-east-1"}]
    assert (
        tell("aws_glue_catalog_database", {"name": "lien", "target_database": target}).resource["holds_data"] is False
    )
    assert tell("aws_glue_catalog_database", {"name": "base", "target_database": []}).resource["holds_data"] is True


def test_a_share_says_with_whom() -> None:
    principals: list[Json] = [{"principal": "444455556666"}, {"principal": "111122223333"}]
    told = tell("aws_ram_resource_share", {"name": "s"}, {"principals": principals})
    assert told.resource["shared_with"] == ("444455556666",)
