from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from sovercheck.evaluation.folding import reading_lines
from sovercheck.findings import ReadingLine
from sovercheck.inventory.rows import Reading, ReadingStatus

listing = st.builds(
    Reading,
    source=st.sampled_from(["aws", "azure"]),
    account=st.sampled_from(["1", "2"]),
    region=st.sampled_from(["ca-central-1", "us-east-1", "global"]),
    service=st.sampled_from(["s3", "rds"]),
    kind=st.sampled_from(["object_bucket", "database", "queue"]),
    status=st.sampled_from(get_args(ReadingStatus)),
    resources=st.integers(0, 9),
    gaps=st.integers(0, 2),
    needs=st.sampled_from([None, "s3:ListAllMyBuckets", "rds:DescribeDBInstances"]),
    detail=st.sampled_from([None, "laboratoire", "AccessDenied 1", "AccessDenied 2"]),
)
ledgers = st.lists(listing, unique_by=lambda r: (r.source, r.account, r.region, r.service, r.kind))


def unfolded(lines: Iterable[ReadingLine]) -> Counter[tuple[object, ...]]:
    return Counter(
        (line.source, line.account, region, line.service, kind, line.status, line.needs)
        for line in lines
        for region, kind in itertools.product(line.regions, line.kinds)
    )


@given(ledgers)
def test_no_listing_is_lost_nor_doubled(ledger: list[Reading]) -> None:
    lines = reading_lines(ledger)
    assert unfolded(lines) == Counter(
        (r.source, r.account, r.region, r.service, r.kind, r.status, r.needs) for r in ledger
    )
    assert sum(line.listings for line in lines) == len(ledger)
    for number in ("resources", "gaps"):
        assert sum(getattr(line, number) for line in lines) == sum(getattr(r, number) for r in ledger)


@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_the_ledger_says_nothing(ledger: list[Reading], chance: object) -> None:
    shuffled = list(ledger)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reading_lines(shuffled) == reading_lines(ledger)


def read(region: str = "ca-central-1", kind: str = "database", **changes: object) -> Reading:
    return dataclasses.replace(Reading("aws", "1", region, "rds", kind, "read", 2), **changes)  # type: ignore[arg-type]


def test_regions_then_kinds_of_the_same_regions_share_a_line() -> None:
    (line,) = reading_lines([read(r, k) for r in ("b", "a") for k in ("y", "x")])
    assert (line.regions, line.kinds, line.listings, line.resources) == (("a", "b"), ("x", "y"), 4, 8)


def test_a_kind_that_failed_in_one_region_parts_from_the_others() -> None:
    ledger = [read(r, k) for r in ("a", "b") for k in ("x", "y")]
    ledger[0] = dataclasses.replace(ledger[0], status="throttled", detail="Rate exceeded")
    assert [(line.status, line.kinds, line.regions) for line in reading_lines(ledger)] == [
        ("read", ("x",), ("b",)),
        ("read", ("y",), ("a", "b")),
        ("throttled", ("x",), ("a",)),
    ]


def test_what_was_answered_parts_no_lines_and_why_something_was_excluded_does() -> None:
    answers = [read(r, status="refused", needs="rds:X", detail=f"denied in {r}") for r in ("a", "b")]
    (line,) = reading_lines(answers)
    assert line.detail == "denied in a"
    assert len(reading_lines([dataclasses.replace(r, status="excluded") for r in answers])) == 2


def test_each_type_without_a_description_keeps_its_count() -> None:
    lines = reading_lines([read(kind=k, status="undescribed", resources=n) for n, k in enumerate(("A::B", "A::C"), 1)])
    assert [(line.kinds, line.resources) for line in lines] == [(("A::B",), 1), (("A::C",), 2)]


def test_thirty_accounts_of_seventeen_regions_and_a_hundred_kinds_are_few_lines() -> None:
    ledger = [
        Reading(
            "aws",
            str(account),
            f"region-{region}",
            f"service{kind % 45}",
            f"kind{kind}",
            "refused" if kind % 50 == account % 50 else "read",
            needs=f"service{kind % 45}:List{kind}" if kind % 50 == account % 50 else None,
        )
        for account, region, kind in itertools.product(range(30), range(17), range(111))
    ]
    lines = reading_lines(ledger)
    assert len(lines) < 1600
    assert sum(line.listings for line in lines) == len(ledger)
