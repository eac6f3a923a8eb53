"""What resources of a plan know of each other: keys, replicas, and where the others are."""

from __future__ import annotations

import pytest

from .made import Object, change, configuration, configured, constant, document, provider, refers
from .told import gaps, items, rows

KEY = "aws_kms_key.k"
DB, BUCKET, TARGET = "aws_db_instance.d", "aws_s3_bucket.b", "aws_s3_bucket.r"
REPLICATION = "aws_s3_bucket_replication_configuration.c"
PROVIDERS = provider("aws", region=constant("ca-central-1")) | provider("aws.us", region=constant("us-east-1"))
NEW = {"id": True, "arn": True}


def database(
    key: Object | None = None, unknown: Object | None = None, expression: Object | None = None, *more: Object
) -> Object:
    said: Object = {} if expression is None else {"kms_key_id": expression}
    config = configuration(configured(DB, "aws", **said), configured(KEY), providers=PROVIDERS)
    values: Object = {"identifier": "d", "storage_encrypted": True} | (key or {})
    return document(change(DB, values, unknown), *more, configuration=config)


def primary(plan: Object, address: str = DB) -> Object:
    return rows(items(plan), "copy")[f"{address}#primary"]


def key_entry(**values: object) -> Object:
    return change(KEY, {"customer_master_key_spec": "SYMMETRIC_DEFAULT", "custom_key_store_id": None, **values}, NEW)


def test_a_planned_key_grades_what_it_encrypts_and_says_where_it_is() -> None:
    found = primary(database(None, {"kms_key_id": True}, refers(f"{KEY}.arn"), key_entry()))
    assert (found["key_grade"], found["key_manager"], found["key_place"]) == ("K0", "customer", "CA-QC")
    assert found["key"] == f"plan.json#{KEY}"


def test_a_key_whose_store_is_not_known_yet_has_no_grade() -> None:
    config = configuration(
        configured(DB, kms_key_id=refers(f"{KEY}.arn")),
        configured(KEY, custom_key_store_id={"references": ["local.x"]}),
        providers=PROVIDERS,
    )
    entry = change(KEY, {"customer_master_key_spec": "SYMMETRIC_DEFAULT"}, NEW | {"custom_key_store_id": True})
    plan = document(
        change(DB, {"identifier": "d", "storage_encrypted": True}, {"kms_key_id": True}), entry, configuration=config
    )
    assert "key_grade" not in primary(plan)
    assert ("after_apply", f"{DB}#primary", "key_grade") in gaps(items(plan))


def test_a_key_outside_of_the_plan_is_a_customers_where_its_name_says() -> None:
    found = primary(database({"kms_key_id": "arn:aws:kms:us-east-1:111122223333:key/k"}))
    assert (found["key_manager"], found["key_place"], "key_grade" in found) == ("customer", "US-VA", False)
    managed = primary(database({"kms_key_id": "arn:aws:kms:ca-central-1:1:alias/aws/rds"}))
    assert (managed["key_grade"], managed["key_manager"]) == ("K0", "provider")


def test_a_key_that_nothing_leads_to_is_not_known() -> None:
    plan = database(None, {"kms_key_id": True}, refers("local.k"))
    assert "key_manager" not in primary(plan)
    assert ("after_apply", f"{DB}#primary", "key_manager") in gaps(items(plan))


def replicated(
    destination: Object, unknown: Object, expression: Object | None, *more: Object, by: str = "aws.us"
) -> Object:
    block: Object = {} if expression is None else {"destination": [{"bucket": expression}]}
    config = configuration(
        configured(BUCKET),
        configured(TARGET, by),
        configured(REPLICATION, bucket=refers(f"{BUCKET}.id"), rule=[block]),
        providers=PROVIDERS,
    )
    entry = change(
        REPLICATION,
        {"rule": [{"status": "Enabled", "destination": [destination]}]},
        {"bucket": True, "rule": [{"destination": [unknown]}]},
    )
    return document(change(BUCKET, {"bucket": "exemple"}, NEW), entry, *more, configuration=config)


@pytest.mark.parametrize(
    ("destination", "unknown", "expression"),
    [
        ({}, {"bucket": True}, refers(f"{TARGET}.arn")),
        ({"bucket": "arn:aws:s3:::exemple-us"}, {}, None),
    ],
)
def test_a_replica_is_where_the_bucket_is_that_it_goes_to(
    destination: Object, unknown: Object, expression: Object | None
) -> None:
    target = change(TARGET, {"bucket": "exemple-us"}, NEW)
    found = rows(items(replicated(destination, unknown, expression, target)), "copy")
    (replica,) = [copy for copy in found.values() if copy["kind"] == "replica"]
    assert (replica["region"], replica["place"]) == ("us-east-1", "US-VA")


def test_a_replica_to_a_bucket_of_no_known_place_has_none() -> None:
    plan = replicated({"bucket": "arn:aws:s3:::elsewhere"}, {}, None)
    found = rows(items(plan), "copy")
    (id_,) = [id_ for id_, copy in found.items() if copy["kind"] == "replica"]
    assert "place" not in found[id_]
    assert ("not_in_plan", id_, "place") in gaps(items(plan))


def test_a_replica_to_a_bucket_whose_place_is_only_inferred_has_none() -> None:
    target = change(TARGET, {"bucket": "exemple-us"}, NEW)
    plan = replicated({}, {"bucket": True}, refers(f"{TARGET}.arn"), target, by="aws.var")
    plan["configuration"]["provider_config"] |= provider("aws.var", region={"references": ["var.r"]})
    plan["variables"] = {"r": {"value": "ca-central-1"}}
    found = rows(items(plan), "copy")
    (id_,) = [id_ for id_, copy in found.items() if copy["kind"] == "replica"]
    assert "place" not in found[id_]
    assert ("uncorroborated", id_, "place") in gaps(items(plan))


def test_a_table_says_the_regions_of_its_replicas_itself() -> None:
    table = change("aws_dynamodb_table.t", {"name": "t", "replica": [{"region_name": "us-west-2"}]})
    config = configuration(configured("aws_dynamodb_table.t"), providers=PROVIDERS)
    found = rows(items(document(table, configuration=config)), "copy")
    assert {(copy["kind"], copy["place"]) for copy in found.values()} == {("primary", "CA-QC"), ("replica", "US-OR")}
