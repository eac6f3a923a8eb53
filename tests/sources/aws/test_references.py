from __future__ import annotations

import pytest

from sovercheck.sources.aws.references import bucket_ask, key_arn, key_ask, key_facts
from sovercheck.sources.extract import KeyFacts
from sovercheck.sources.item import Unit
from sovercheck.sources.kinds import forms

KIND, FORM = next((kind, form) for kind, form in forms("aws") if kind.id == "disk")
UNIT = Unit(KIND, FORM, "111122223333", "ca-central-1")
ARN = "arn:aws:kms:us-east-1:111122223333:key/k"


@pytest.mark.parametrize(
    ("reference", "whole"),
    [
        (ARN, ARN),
        ("k", "arn:aws:kms:ca-central-1:111122223333:key/k"),
        ("alias/k", "arn:aws:kms:ca-central-1:111122223333:alias/k"),
        ("arn:aws:iam::1:role/x", None),
        ("", None),
        ("two words", None),
    ],
)
def test_a_key_is_named_in_several_ways(reference: str, whole: str | None) -> None:
    assert key_arn(reference, UNIT) == whole


def test_a_key_is_asked_where_it_is() -> None:
    ask = key_ask(ARN, UNIT)
    assert ask is not None
    assert (ask.account, ask.region, ask.operation) == ("111122223333", "us-east-1", "DescribeKey")


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ({"KeyManager": "AWS", "Origin": "AWS_KMS"}, KeyFacts("K0", "provider", "us-east-1", ARN)),
        ({"KeyManager": "CUSTOMER", "Origin": "AWS_KMS"}, KeyFacts("K0", "customer", "us-east-1", ARN)),
        ({"KeyManager": "CUSTOMER", "Origin": "EXTERNAL"}, KeyFacts("K1", "customer", "us-east-1", ARN)),
        ({"KeyManager": "CUSTOMER", "Origin": "AWS_CLOUDHSM"}, KeyFacts("K2", "customer", "us-east-1", ARN)),
        # Where the external manager stands is not said.
        ({"KeyManager": "CUSTOMER", "Origin": "EXTERNAL_KEY_STORE"}, KeyFacts("K3", "customer", None, ARN)),
        ({"KeyManager": "CUSTOMER", "Origin": "NEW"}, KeyFacts(None, "customer", "us-east-1", ARN)),
    ],
)
def test_a_key_is_graded_by_where_its_material_is(said: dict[str, str], facts: KeyFacts) -> None:
    assert key_facts({"KeyMetadata": {"Arn": ARN, **said}}) == facts


def test_a_foreign_bucket_is_asked_for_in_the_partitions_main_region() -> None:
    assert bucket_ask("b", "1", "aws-cn").region == "cn-north-1"
