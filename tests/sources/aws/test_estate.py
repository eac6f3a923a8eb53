"""One scan of the seeded organisation, end to end: three accounts, four regions, every kind."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator

import pytest

from sovercheck.inventory.rows import Item
from tests.doubles.aws import aws_front
from tests.doubles.aws_estate import (
    CALGARY,
    FOREIGN_ACCOUNT,
    KEPT_BUCKETS,
    REPLICA_BUCKET,
    REPLICATED_BUCKET,
    TRAIL_BUCKET,
    VIRGINIA,
)
from tests.doubles.aws_front import READS, AwsFront, Call
from tests.doubles.aws_told import SIZES

from .scans import copies, gaps, readings, rows, said, scan, speak_to

pytestmark = pytest.mark.slow


@dataclasses.dataclass(frozen=True)
class Scanned:
    """The scan, what it asked, and what a second one over the same journals gave and asked."""

    front: AwsFront
    items: list[Item]
    calls: list[Call]
    again: list[Item]
    calls_again: list[Call]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    folder = tmp_path_factory.mktemp("journals")
    with aws_front() as front, pytest.MonkeyPatch.context() as patch:
        speak_to(patch, front.url)
        items = scan(folder)
        calls = list(front.calls)
        again = scan(folder)
        yield Scanned(front, items, calls, again, front.calls[len(calls) :])


def test_everything_was_read(scanned: Scanned) -> None:
    assert gaps(scanned.items) == []
    assert {line.status for line in readings(scanned.items)} == {"read", "excluded", "opted_out", "not_supported"}
    opted_out = [(line.account, line.region) for line in readings(scanned.items) if line.status == "opted_out"]
    assert opted_out == [(scanned.front.estate.management, CALGARY)]


def test_what_the_estate_holds_was_not_answered_empty(scanned: Scanned) -> None:
    held = {("kms", "ListKeys"), ("dynamodb", "ListTables"), ("s3", "ListBuckets"), ("ec2", "DescribeVolumes")}
    assert scanned.front.lacking & held == set()


def test_nothing_but_reading_was_asked(scanned: Scanned) -> None:
    assert scanned.front.refused == []
    assert {call.operation for call in scanned.calls if not READS.fullmatch(call.operation)} == set()
    assert {call.service for call in scanned.calls if call.operation == "AssumeRole"} == {"sts"}


def test_no_call_was_made_twice(scanned: Scanned) -> None:
    assert [call for call, times in Counter(scanned.calls).items() if times > 1] == []


def test_a_bucket_costs_three_calls_at_most(scanned: Scanned) -> None:
    of_buckets = Counter(
        name
        for call in scanned.calls
        for name in (*KEPT_BUCKETS, REPLICATED_BUCKET, REPLICA_BUCKET)
        if call.service == "s3" and f"/{name}" in call.said
    )
    assert len(of_buckets) == len(KEPT_BUCKETS) + 2
    assert max(of_buckets.values()) <= 3


def test_a_second_scan_of_the_same_journals_asks_nothing(scanned: Scanned) -> None:
    assert scanned.again == scanned.items
    # Whose credentials these are is asked each time.
    assert [call.operation for call in scanned.calls_again] == ["GetCallerIdentity"]


def test_buckets_of_montreal_stay_there_but_one(scanned: Scanned) -> None:
    for name in KEPT_BUCKETS:
        assert copies(scanned.items, f":{name}").keys() == {("primary", "CA-QC")}
    replicated = copies(scanned.items, f":{REPLICATED_BUCKET}")
    assert replicated.keys() == {("primary", "CA-QC"), ("replica", "US-VA")}
    assert said(replicated["replica", "US-VA"], "region") == (VIRGINIA,)


def test_buckets_have_the_sizes_that_metrics_say_and_no_other(scanned: Scanned) -> None:
    sizes = {
        row.id.rpartition(":")[2]: said(row, "bytes")[0]
        for row in rows(scanned.items, "resource")
        if said(row, "kind") == ("object_bucket",)
    }
    assert {name: size for name, size in sizes.items() if size is not None} == SIZES
    assert sizes["paris-recherche"] is None


def test_keys_are_graded_by_their_origin(scanned: Scanned) -> None:
    grades = [copies(scanned.items, f":{name}")["primary", "CA-QC"] for name in KEPT_BUCKETS[:4]]
    assert [said(row, "key_grade", "key_manager", "key_place") for row in grades] == [
        ("K0", "customer", "CA-QC"),
        ("K1", "customer", "CA-QC"),
        ("K3", "customer", None),
        ("K0", "provider", None),
    ]


def test_a_key_of_several_regions_has_a_copy_in_each(scanned: Scanned) -> None:
    key = scanned.front.estate.keys["multi_region"]
    in_montreal = f"ca-central-1:{scanned.front.estate.production}:key/{key}"
    assert copies(scanned.items, in_montreal).keys() == {("primary", "CA-QC"), ("replica", "US-VA")}
    alone = f"key/{scanned.front.estate.keys['customer']}"
    assert copies(scanned.items, alone).keys() == {("primary", "CA-QC")}


def test_a_database_has_its_replica_and_its_backups_wherever_they_are(scanned: Scanned) -> None:
    found = copies(scanned.items, ":db:bd-dossiers")
    assert found.keys() == {("primary", "CA-QC"), ("replica", "US-VA"), ("backup", "CA-QC"), ("backup", "US-VA")}
    (resource,) = (row for row in rows(scanned.items, "resource") if row.id.endswith(":db:bd-dossiers"))
    # Shared by one of its snapshots.
    assert said(resource, "shared_with", "bytes") == ((FOREIGN_ACCOUNT,), 200 * 1024**3)
    (copied,) = (row for row in rows(scanned.items, "resource") if row.id.endswith(":instantane-dossiers-copie"))
    assert copies(scanned.items, copied.id).keys() == {("primary", "US-VA")}


def test_snapshots_of_disks_are_their_copies_and_shares(scanned: Scanned) -> None:
    (mine,) = (row for row in rows(scanned.items, "resource") if "Name=sous-notre-cle" in (said(row, "tags")[0] or ()))
    assert copies(scanned.items, mine.id).keys() == {("primary", "CA-QC"), ("backup", "CA-QC")}
    assert said(mine, "kind", "shared_with") == ("disk", (FOREIGN_ACCOUNT,))
    public = [row for row in rows(scanned.items, "resource") if "public" in (said(row, "shared_with")[0] or ())]
    assert [said(row, "kind", "account") for row in public] == [("disk", scanned.front.estate.research)]


@pytest.mark.parametrize(
    ("resource", "kind", "place"),
    [
        (":table/rendez-vous", "replica", "US-VA"),
        (":trail/audit-organisme", "log", "US-VA"),
        (":repository/dossiers/portail", "replica", "US-VA"),
        (":application-inference-profile/assistant", "processing", "US-VA"),
        (":application-inference-profile/assistant", "processing", "US-OR"),
    ],
)
def test_what_is_copied_abroad_is_told(scanned: Scanned, resource: str, kind: str, place: str) -> None:
    assert (kind, place) in copies(scanned.items, resource)


def test_a_backup_plan_and_a_secret_tell_where_they_copy(scanned: Scanned) -> None:
    (plan,) = (row for row in rows(scanned.items, "resource") if said(row, "kind") == ("backup_plan",))
    assert ("backup", "US-VA") in copies(scanned.items, plan.id)
    secrets = [row for row in rows(scanned.items, "resource") if said(row, "kind", "name") == ("secret", "acces-bd")]
    places = [copies(scanned.items, row.id).keys() for row in secrets]
    assert {("primary", "CA-QC"), ("replica", "CA-AB")} in places


def test_the_trail_goes_to_the_bucket_of_virginia(scanned: Scanned) -> None:
    log = copies(scanned.items, ":trail/audit-organisme")["log", "US-VA"]
    assert log.id.endswith(f"#log:arn:aws:s3:::{TRAIL_BUCKET}")


def test_each_account_has_its_own(scanned: Scanned) -> None:
    accounts = {said(row, "account")[0] for row in rows(scanned.items, "resource")}
    estate = scanned.front.estate
    assert accounts == {estate.management, estate.production, estate.research}
