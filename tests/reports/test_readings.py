from __future__ import annotations

import dataclasses
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.findings import UNREAD, Assessment, GapView, ReadingLine
from sovercheck.inventory.rows import ReadingStatus
from sovercheck.reports.readings import (
    MOST_COLUMNS,
    MOST_ROWS,
    STATUSES,
    asked,
    gap_groups,
    listings,
    matrices,
    missing_permissions,
    unread,
)
from tests.reports.sample import sample_assessment
from tests.reports.sample_readings import ARCHIVE, CLINICAL, HOSTILE_ACCOUNT, LABORATORY, READINGS, SUBSCRIPTION

SAMPLE = sample_assessment()


def line(service: str = "s3", account: str = "1", status: ReadingStatus = "read", **changes: object) -> ReadingLine:
    made = ReadingLine("aws", account, service, ("object_bucket",), status, ("ca-central-1", "us-east-1"))
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def of(*lines: ReadingLine, gaps: tuple[GapView, ...] = ()) -> Assessment:
    return dataclasses.replace(SAMPLE, gaps=gaps, coverage=dataclasses.replace(SAMPLE.coverage, readings=lines))


def gap(needs: str | None = "s3:GetBucketTagging", id_: str | None = "b", **changes: object) -> GapView:
    made = GapView("aws", "refused", "resource", id_, ("tags",), "1 ca-central-1", needs, None)
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def test_every_status_has_its_place() -> None:
    assert sorted(STATUSES) == sorted(get_args(ReadingStatus))


def test_what_was_not_to_be_read_is_not_counted_as_asked_for() -> None:
    lines = [line(status=status) for status in get_args(ReadingStatus)]
    assert asked(listings(lines)) == 2 * (1 + len(UNREAD))
    assert unread(listings(lines)) == 2 * len(UNREAD)


# Permissions


def test_each_permission_is_named_once_the_one_that_hides_most_first() -> None:
    lines = [
        line("s3", "1", "refused", needs="s3:ListAllMyBuckets"),
        line("rds", "1", "refused", needs="rds:DescribeDBInstances"),
        line("rds", "2", "refused", needs="rds:DescribeDBInstances"),
        line("sns", "2", "refused"),
    ]
    found = missing_permissions(of(*lines))
    assert [one.name for one in found] == ["rds:DescribeDBInstances", "s3:ListAllMyBuckets", None]
    assert found[0].extent.accounts == ("1", "2")
    assert found[0].refused == 4


def test_a_refused_listing_is_not_counted_again_as_a_gap() -> None:
    refused = line(status="refused", needs="s3:ListAllMyBuckets")
    told = gap("s3:ListAllMyBuckets", None)
    (found,) = missing_permissions(of(refused, gaps=(told, told)))
    assert (found.refused, found.gaps) == (2, ())


def test_a_permission_that_only_a_resources_facts_need_is_named_too() -> None:
    (found,) = missing_permissions(of(line(), gaps=(gap(), gap(id_="c"))))
    assert (found.name, found.refused, found.lines) == ("s3:GetBucketTagging", 2, ())


def test_what_no_permission_would_mend_is_none() -> None:
    assert missing_permissions(of(gaps=(gap(reason="unreadable", needs="mot de passe"), gap(needs=None)))) == ()


# Gaps


def test_thousands_of_gaps_are_few_groups_failed_listings_first() -> None:
    many = tuple(gap(None, f"c-{number}", reason="not_asked") for number in range(5000))
    listing = gap(None, None, reason="unreachable", source="portail.csv")
    groups = gap_groups(of(gaps=(*many, listing)))
    assert [(group.reason, len(group.gaps)) for group in groups] == [("unreachable", 1), ("not_asked", 5000)]


def test_what_the_ledger_tells_is_not_told_again() -> None:
    throttled = gap(None, None, reason="throttled")
    assert gap_groups(of(line(status="throttled"), gaps=(throttled,))) == ()
    assert len(gap_groups(of(line(), gaps=(throttled,)))) == 1


@given(st.lists(st.sampled_from(SAMPLE.gaps)))
def test_every_gap_is_told_once(found: list[GapView]) -> None:
    """By a permission, by a group, or as a listing of the ledger."""
    assessment = dataclasses.replace(SAMPLE, gaps=tuple(found))
    told = [one for permission in missing_permissions(assessment) for one in permission.gaps]
    told += [one for group in gap_groups(assessment) for one in group.gaps]
    ledger = [one for one in found if one.id is None and one.table == "resource" and one.reason in UNREAD]
    assert sorted(map(repr, told)) == sorted(repr(one) for one in found if one not in ledger)


# Accounts against services


def test_each_provider_has_its_table() -> None:
    aws, azure = matrices(READINGS)
    assert {account for column in azure.columns for account in column} == {SUBSCRIPTION, HOSTILE_ACCOUNT}
    assert {account for column in aws.columns for account in column} == {CLINICAL, ARCHIVE, LABORATORY}


def test_what_was_least_read_comes_first_and_what_fared_alike_together() -> None:
    (found,) = matrices(
        [
            *(line(service, account) for service in ("a", "b") for account in ("1", "2", "3")),
            *(line("s3", account, "refused") for account in ("2", "3")),
            line("s3", "1"),
            line("logs", "2", "throttled", kinds=("log_group",)),
            line("logs", "2"),
        ]
    )
    assert found.columns == (("2",), ("3",), ("1",))
    assert [row.services for row in found.rows] == [("s3",), ("logs",), ("a", "b")]
    assert [cell.state for cell in found.rows[1].cells] == ["partly", "none", "none"]


lines = st.lists(
    st.builds(
        line,
        service=st.integers(0, 60).map("service-{}".format),
        account=st.integers(0, 20).map(str),
        status=st.sampled_from(get_args(ReadingStatus)),
    ),
    max_size=120,
)


@given(lines)
def test_a_table_is_small_and_leaves_no_listing_out(found: list[ReadingLine]) -> None:
    tables = matrices(found)
    told = sum((cell.counts for table in tables for row in table.rows for cell in row.cells), listings([]))
    assert told == listings(found)
    for table in tables:
        assert len(table.columns) <= MOST_COLUMNS
        assert len(table.rows) <= MOST_ROWS


@given(lines)
def test_no_cell_that_lost_a_listing_reads_as_read(found: list[ReadingLine]) -> None:
    for table in matrices(found):
        for cell in (cell for row in table.rows for cell in row.cells):
            assert (cell.state == "read") == (cell.counts["read"] > 0 and not unread(cell.counts))
