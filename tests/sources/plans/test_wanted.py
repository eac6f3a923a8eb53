from __future__ import annotations

from sovercheck.sources.kinds.path import Json
from sovercheck.sources.plans.wanted import Wanted

BUCKET: dict[str, Json] = {
    "bucket": "dossiers",
    "hosted_zone_id": "Z1QDHH18159H29",
    "ID": "dossiers",
    "tags": {"systeme": "dossiers"},
    "website_endpoint": None,
}


def test_what_no_description_reads_is_left_out() -> None:
    wanted = Wanted("terraform", {"aws_s3_bucket"})
    kept = wanted.cut("aws_s3_bucket", BUCKET)
    assert kept == {name: BUCKET[name] for name in ("bucket", "ID", "tags")}


def test_of_a_type_that_completes_another_what_that_one_reads_is_kept() -> None:
    values: dict[str, Json] = {"bucket": "dossiers", "rule": [{"status": "Enabled"}], "expected_bucket_owner": None}
    beside = Wanted("terraform", {"aws_s3_bucket", "aws_s3_bucket_replication_configuration"})
    alone = Wanted("terraform", {"aws_s3_bucket_replication_configuration"})
    of = "aws_s3_bucket_replication_configuration"
    assert beside.cut(of, values) == {"bucket": "dossiers", "rule": [{"status": "Enabled"}]}
    assert alone.cut(of, values) == {}


def test_of_a_type_without_a_description_its_names_are_kept() -> None:
    wanted = Wanted("terraform", {"aws_iam_role"})
    values: dict[str, Json] = {"arn": "arn:aws:iam::111122223333:role/r", "name": "r", "assume_role_policy": "{}"}
    assert wanted.cut("aws_iam_role", values) == {"arn": "arn:aws:iam::111122223333:role/r", "name": "r"}


def test_what_is_said_of_a_resource_as_a_whole_stays() -> None:
    assert Wanted("terraform", {"aws_s3_bucket"}).cut("aws_s3_bucket", True) is True
    assert Wanted("terraform", {"aws_s3_bucket"}).cut("aws_s3_bucket", None) is None
