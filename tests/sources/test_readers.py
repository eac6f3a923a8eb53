from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds.path import ABSENT, Json, Pending, Reference
from sovercheck.sources.readers import READERS, Result, bucket_name


class Here:
    """Lookups that know one bucket, one id and one pair."""

    def region_of_bucket(self, name: str) -> Result:
        return {"dossiers": "ca-central-1"}.get(name, Refusal("refused", "s3:ListBucket"))

    def region_of_id(self, identifier: str) -> Result:
        return "canadaeast" if identifier == "/subscriptions/a/x" else ABSENT

    def paired_region(self, region: str) -> Result:
        return {"canadacentral": "canadaeast"}.get(region, ABSENT)


def read(reader: str, value: Json) -> Result:
    return READERS[reader](value, Here())


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        ("lower", "ABC", "abc"),
        ("day", "2026-11-27T10:00:00Z", "2026-11-27"),
        ("day", "2026", ABSENT),
        ("region_of_arn", "arn:aws:rds:ca-central-1:1:db:x", "ca-central-1"),
        ("region_of_arn", "arn:aws:s3:::dossiers", ABSENT),
        ("region_of_arn", "dossiers", ABSENT),
        ("account_of_arn", "arn:aws:rds:ca-central-1:111122223333:db:x", "111122223333"),
        ("name_of_arn", "arn:aws:sqs:ca-central-1:1:demandes", "demandes"),
        ("region_of_zone", "ca-central-1a", "ca-central-1"),
        ("region_of_zone", "us-east-1-bos-1a", "us-east-1-bos-1a"),
        ("region_of_bucket", "arn:aws:s3:::dossiers/journaux", "ca-central-1"),
        ("region_of_bucket", "s3://dossiers/a", "ca-central-1"),
        ("region_of_bucket", "ailleurs", Refusal("refused", "s3:ListBucket")),
        ("region_name", "Canada East", "canadaeast"),
        ("paired_region", "Canada Central", "canadaeast"),
        ("region_of_id", "/subscriptions/a/x", "canadaeast"),
        ("subscription_of_id", "/subscriptions/AB-1/resourceGroups/x", "ab-1"),
        ("tags", {"b": None, "a": "1"}, ["a=1", "b="]),
        ("tags", [{"Key": "a", "Value": "1"}, {"TagKey": "b", "TagValue": "2"}, {"key": "c"}], ["a=1", "b=2", "c="]),
        (
            "accounts",
            ["111122223333", "arn:aws:iam::444455556666:root", "all"],
            ["111122223333", "444455556666", "public"],
        ),
        ("accounts", ["s3.amazonaws.com", "111122223333"], ["111122223333"]),
        ("region_of_config", "projects/p/instanceConfigs/regional-northamerica-northeast1", "northamerica-northeast1"),
        ("region_of_config", "nam3", "nam3"),
        ("region_of_config", "", ABSENT),
        ("region_of_bucket", "gs://dossiers/a", "ca-central-1"),
        ("region_of_bucket", "storage.googleapis.com/dossiers", "ca-central-1"),
        (
            "members",
            ["user:a@ministere.gouv.qc.ca", "group:g@exemple.ca", "domain:exemple.ca"],
            ["exemple.ca", "ministere.gouv.qc.ca"],
        ),
        ("members", ["allUsers", "allAuthenticatedUsers"], ["public"]),
        (
            "members",
            [
                "serviceAccount:x@projet-1.iam.gserviceaccount.com",
                "serviceAccount:42-compute@developer.gserviceaccount.com",
            ],
            ["42", "projet-1"],
        ),
        (
            "members",
            [
                "serviceAccount:service-42@gs-project-accounts.iam.gserviceaccount.com",
                "serviceAccount:42@cloudservices.gserviceaccount.com",
            ],
            [],
        ),
        ("members", ["projectOwner:projet-1", "projectOwners", "deleted:user:a@b.ca?uid=1"], ["projet-1"]),
        ("members", ["a@b.ca", "exemple.ca"], ["b.ca", "exemple.ca"]),
        (
            "members",
            ["principalSet://iam.googleapis.com/projects/1/x"],
            ["principalSet://iam.googleapis.com/projects/1/x"],
        ),
        ("members", '{"bindings": [{"role": "r", "members": ["allUsers", "user:a@b.ca"]}]}', ["b.ca", "public"]),
        ("members", "{", Refusal("unreadable", detail="policy")),
        ("public", True, ["public"]),
        ("public", ["Blob"], ["public"]),
        ("public", "Disabled", []),
        ("policy", "{", Refusal("unreadable", detail="policy")),
    ],
)
def test_each_says_what_it_is_named_for(reader: str, value: Json, found: Result) -> None:
    assert read(reader, value) == found


def allowing(**statement: object) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", **statement}]})


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (allowing(Principal="*"), ["public"]),
        (
            allowing(Principal={"AWS": ["arn:aws:iam::444455556666:role/x", "111122223333"]}),
            ["111122223333", "444455556666"],
        ),
        (allowing(Principal={"Service": "s3.amazonaws.com"}), []),
        (allowing(Principal={"Federated": "idp"}), ["Federated: idp"]),
        (allowing(NotPrincipal={"AWS": "111122223333"}), ["public"]),
        (json.dumps({"Statement": {"Effect": "Deny", "Principal": "*"}}), []),
    ],
)
def test_a_policy_says_whom_it_allows(policy: str, found: list[str]) -> None:
    assert read("policy", policy) == found


def template(**statement: Json) -> Json:
    return {"Statement": [{"Effect": "Allow", **statement}]}


OPEN, OWN = Pending("expression", "Partner"), Pending("expression", "AWS::AccountId")


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (template(Principal={"AWS": ["111122223333", OPEN]}), Refusal("expression", "Partner")),
        (template(Principal=OPEN), Refusal("expression", "Partner")),
        (template(Principal="*", Condition=OPEN), Refusal("expression", "Partner")),
        (
            template(Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": OPEN}}),
            Refusal("expression", "Partner"),
        ),
        ({"Statement": [OPEN]}, Refusal("expression", "Partner")),
        ({"Statement": [{"Effect": OPEN, "Principal": "*"}]}, Refusal("expression", "Partner")),
        # The account that a template is deployed in, and what the template makes in it, are no other's.
        (template(Principal={"AWS": [OWN, "arn:aws:iam:::root", Reference("t#Role")]}), []),
        (template(Principal={"Service": OPEN}), []),
        (template(Principal={"AWS": "444455556666"}, Resource=OPEN), ["444455556666"]),
    ],
)
def test_whom_a_policy_of_a_template_allows_may_be_known_to_its_deployment_alone(policy: Json, found: Result) -> None:
    assert read("policy", policy) == found


def test_a_tag_that_only_a_deployment_knows_is_written_as_a_template_does() -> None:
    tags: Json = [{"Key": "a", "Value": Pending("expression", "AWS::StackName")}, {"Key": "b", "Value": "c"}]
    assert read("tags", tags) == ["a=${AWS::StackName}", "b=c"]
    assert read("tags", {"a": Pending("sensitive")}) == ["a=${…}"]


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["arn:aws:a:b:c:d", "{", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(READERS)), anything)
def test_whatever_stands_there_no_reader_falls(reader: str, value: Json) -> None:
    read(reader, value)


@given(anything)
def test_a_policy_of_whatever_shape_is_read_or_refused(document: Json) -> None:
    found = read("policy", {"Statement": document})
    assert isinstance(found, list | Refusal)


def test_a_bucket_is_named_in_three_ways() -> None:
    assert [bucket_name(text) for text in ("arn:aws:s3:::a/b", "s3://a/b", "a", "", None)] == [
        "a",
        "a",
        "a",
        None,
        None,
    ]
