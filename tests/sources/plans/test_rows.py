"""From a plan to rows: what is known, what may be, and what is kept though nobody describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovercheck.findings import Verdict
from sovercheck.inventory.evidence import Grade
from sovercheck.inventory.rows import Reading, Row
from tests.end_to_end.judging import judged

from .made import Object, change, configuration, configured, constant, document, files, provider, read
from .told import gaps, items, rows

B = "aws_s3_bucket.b"
CANARY = "canari-51c0"


def of_region(expression: Any, *entries: Object, variables: Any = None) -> Object:
    labels = dict.fromkeys(f"{entry['type']}.{entry['name']}" for entry in entries)
    config = configuration(*map(configured, labels), providers=provider("aws", region=expression))
    return document(*entries, configuration=config, variables=variables)


def test_a_resource_is_called_by_its_address_and_what_is_known_is_documented() -> None:
    found = items(of_region(constant("ca-central-1"), change(B, {"bucket": "x"}, {"arn": True})))
    assert rows(found, "resource")[B]["name"] == B
    assert "account" not in rows(found, "resource")[B]
    (copy,) = [item for item in found if isinstance(item, Row) and item.table == "copy"]
    assert copy.facts["place"].value == "CA-QC"
    assert copy.facts["place"].evidence.grade is Grade.DOCUMENTED
    assert copy.facts["place"].evidence.locator == "provider aws"
    assert copy.facts["place"].evidence.date == "2026-11-27"


def test_what_nobody_describes_is_kept_with_its_place() -> None:
    arn = {"arn": "arn:aws:newthing:us-east-1:1:x"}
    found = items(of_region(constant("ca-central-1"), change("aws_newthing.n", arn), change("unheard_of.u", {})))
    assert rows(found, "resource")["aws_newthing.n"]["kind"] == "undescribed"
    assert rows(found, "copy")["aws_newthing.n#primary"]["place"] == "US-VA"
    assert rows(found, "resource")["unheard_of.u"]["native_type"] == "unheard_of"
    assert ("not_in_plan", "unheard_of.u#primary", "place") in gaps(found)
    told = {(item.kind, item.status) for item in found if isinstance(item, Reading)}
    assert told == {("aws_newthing", "undescribed"), ("unheard_of", "undescribed")}


def test_what_keeps_no_data_has_no_copy() -> None:
    found = items(of_region(constant("us-east-1"), change("aws_iam_role.r", {}), change("random_pet.p", {})))
    assert rows(found, "copy") == {}
    assert {one["holds_data"] for one in rows(found, "resource").values()} == {False}
    assert gaps(found) == set()


def test_a_copy_that_a_block_not_known_yet_may_make_may_be() -> None:
    table = "aws_dynamodb_table.t"
    config = configuration(
        configured(table, replica=[{"region_name": {"references": ["local.r"]}}]),
        providers=provider("aws", region=constant("ca-central-1")),
    )
    found = items(document(change(table, {"name": "t"}, {"replica": True}), configuration=config))
    (id_,) = [id_ for id_, copy in rows(found, "copy").items() if copy["kind"] == "replica"]
    assert "place" not in rows(found, "copy")[id_]
    assert ("after_apply", id_, "place") in gaps(found)
    assert ("after_apply", table, "copies_complete") in gaps(found)
    assert "copies_complete" not in rows(found, "resource")[table]


def place_verdict(plan: Object, sources: Path | None = None) -> Verdict:
    return judged(items(plan, "after", sources))["copy-in-allowed-places", f"plan.json#{B}#primary"]


@pytest.mark.parametrize(("region", "verdict"), [("us-east-1", Verdict.FAIL), ("ca-central-1", Verdict.UNKNOWN)])
def test_a_place_that_nothing_bears_out_shows_a_failure_and_passes_nothing(region: str, verdict: Verdict) -> None:
    plan = of_region({"references": ["var.r"]}, change(B, {"bucket": "x"}), variables={"r": region})
    assert place_verdict(plan) is verdict
    assert ("uncorroborated", f"{B}#primary", "place") in gaps(items(plan))


def test_a_place_that_the_sources_bear_out_passes(tmp_path: Path) -> None:
    plan = of_region({"references": ["var.r"]}, change(B, {"bucket": "x"}), variables={"r": "ca-central-1"})
    sources = files(tmp_path, main='provider "aws" {\n  region = var.r\n}\n')
    assert place_verdict(plan, sources) is Verdict.PASS


def test_what_nobody_describes_and_is_only_inferred_passes_nothing_either() -> None:
    plan = of_region({"references": ["var.r"]}, change("aws_newthing.n"), variables={"r": "ca-central-1"})
    assert ("uncorroborated", "aws_newthing.n#primary", "place") in gaps(items(plan))


def test_an_assumed_region_is_known_as_assumed() -> None:
    found = items(document(change(B, {"bucket": "x"})), assumed={"aws": "ca-central-1"})
    (copy,) = [item for item in found if isinstance(item, Row) and item.table == "copy"]
    assert copy.facts["place"].value == "CA-QC"
    assert copy.facts["place"].evidence.grade is Grade.ASSUMED
    assert copy.facts["place"].evidence.locator == "--assume-region aws=ca-central-1"


def test_each_side_has_what_is_there() -> None:
    gone = change("aws_s3_bucket.gone", actions=("delete",), before={"region": "us-east-1"})
    plan = document(gone, change("aws_s3_bucket.made", {"region": "ca-central-1"}))
    assert set(rows(items(plan, "before"), "resource")) == {"aws_s3_bucket.gone"}
    assert set(rows(items(plan, "after"), "resource")) == {"aws_s3_bucket.made"}


LEAVES = st.recursive(
    st.just(CANARY),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, min_size=1)
    ),
)
READ = (
    "bucket",
    "identifier",
    "name",
    "tags",
    "tags_all",
    "kms_key_id",
    "region",
    "policy",
    "arn",
    "id",
    "availability_zone",
)
TYPES = st.sampled_from(
    (
        "aws_s3_bucket",
        "aws_db_instance",
        "aws_kms_key",
        "aws_unheard_of",
        "azurerm_storage_account",
        "aws_s3_bucket_policy",
    )
)


@given(
    TYPES,
    st.dictionaries(st.sampled_from(READ), LEAVES, min_size=1),
    st.dictionaries(
        st.sampled_from(("content", "password", "master_password", "user_data", "value", "environment")), LEAVES
    ),
)
@settings(max_examples=100)
def test_no_hidden_value_and_none_that_no_description_reads_is_in_a_row(
    type_: str, hidden: Object, unread: Object
) -> None:
    values = hidden | unread
    sensitive = dict.fromkeys(hidden, True)
    entry = change(
        f"{type_}.x", values, actions=("update",), before=values, sensitive=sensitive, before_sensitive=sensitive
    )
    plan = of_region(constant("us-east-1"), entry, variables={"secret": CANARY})
    for side in ("before", "after"):
        assert CANARY not in repr(items(plan, side))
    assert CANARY not in repr(
        [
            (change_.after and change_.after.placed, change_.before and change_.before.placed)
            for change_ in read(plan).changes
        ]
    )
