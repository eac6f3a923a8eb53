"""Who holds the key that a planned resource names."""

from __future__ import annotations

import pytest

from sovercheck.reference import load_reference
from sovercheck.sources.extract import PROVIDER_KEY, KeyFacts
from sovercheck.sources.kinds.path import Json, Reference
from sovercheck.sources.plans.model import Change, Placed, Plan, Planned
from sovercheck.sources.plans.world import PlanWorld

REGIONS = load_reference().regions
HERE = Placed("ca-central-1", "resource")


def made(address: str, values: dict[str, Json]) -> Change:
    type_ = address.partition(".")[0]
    return Change(address, "terraform", type_, "aws", "create", None, Planned(values, HERE))


def key(reference: str, *changes: Change) -> object:
    queue = made("aws_sqs_queue.demandes", {})
    world = PlanWorld(Plan("plan", "terraform", (queue, *changes), knows_before=True), "after", REGIONS)
    return world.key(reference, world.views["plan#aws_sqs_queue.demandes"])


@pytest.mark.parametrize("word", ["AWS_OWNED_KMS_KEY", "S3_MANAGED_KEY", "auto", "alias/aws/sqs"])
def test_what_services_write_for_a_key_of_the_provider_is_no_key_of_a_customer(word: str) -> None:
    assert key(word, made("aws_ssm_parameter.reglage", {"name": "auto"})) == PROVIDER_KEY


def test_an_empty_text_names_no_key() -> None:
    assert key("") == KeyFacts(None, None)


@pytest.mark.parametrize(
    ("values", "grade"),
    [
        ({"customer_master_key_spec": "SYMMETRIC_DEFAULT"}, "K0"),
        ({"customer_master_key_spec": "SYMMETRIC_DEFAULT", "xks_key_id": "cle-1"}, "K3"),
        ({"customer_master_key_spec": "SYMMETRIC_DEFAULT", "custom_key_store_id": "cks-1"}, None),
    ],
)
def test_a_key_named_by_its_alias_is_as_good_as_the_key(values: dict[str, Json], grade: str | None) -> None:
    alias = made("aws_kms_alias.cle", {"name": "alias/cle", "target_key_id": Reference("plan#aws_kms_key.cle")})
    for name in ("plan#aws_kms_alias.cle", "alias/cle"):
        found = key(name, made("aws_kms_key.cle", values), alias)
        assert found == KeyFacts(grade, "customer", "ca-central-1", "plan#aws_kms_alias.cle")


def test_of_an_imported_key_its_alias_does_not_tell() -> None:
    imported = made("aws_kms_external_key.cle", {"enabled": True})
    alias = made(
        "aws_kms_alias.cle", {"name": "alias/cle", "target_key_id": Reference("plan#aws_kms_external_key.cle")}
    )
    assert key("plan#aws_kms_external_key.cle", imported) == KeyFacts(
        "K1", "customer", "ca-central-1", "plan#aws_kms_external_key.cle"
    )
    assert key("alias/cle", imported, alias) == KeyFacts(None, "customer", "ca-central-1", "plan#aws_kms_alias.cle")
