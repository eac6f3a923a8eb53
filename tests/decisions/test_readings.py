from __future__ import annotations

from dataclasses import replace

import pytest

from sovercheck.decisions.readings import hides, listing_changes, reading_changes
from sovercheck.findings import Assessment, GapView, ReadingLine, SourceView
from tests.reports.sample import sample_assessment

SAMPLE = sample_assessment()


READ = ReadingLine("aws", "111122223333", "s3", ("object_bucket",), "read", ("ca-central-1", "us-east-1"))
REFUSED = replace(READ, status="refused", needs="s3:ListAllMyBuckets")


def told(earlier: list[ReadingLine], later: list[ReadingLine]) -> list[tuple[object, ...]]:
    return [(c.change, c.regions, c.reason, c.needs) for c in listing_changes(earlier, later)]


def test_a_listing_that_turns_from_read_to_refused_is_lost_and_back_gained() -> None:
    everywhere = ("ca-central-1", "us-east-1")
    assert told([READ], [REFUSED]) == [("lost", everywhere, "refused", "s3:ListAllMyBuckets")]
    assert told([REFUSED], [READ]) == [("gained", everywhere, "refused", "s3:ListAllMyBuckets")]


def test_only_the_regions_that_changed_are_told() -> None:
    later = [replace(READ, regions=("ca-central-1",)), replace(REFUSED, regions=("us-east-1",))]
    assert told([READ], later) == [("lost", ("us-east-1",), "refused", "s3:ListAllMyBuckets")]


def test_a_listing_that_nobody_tries_any_more_is_lost() -> None:
    assert told([READ], []) == [("lost", ("ca-central-1", "us-east-1"), None, None)]
    assert told([], [READ]) == [("gained", ("ca-central-1", "us-east-1"), None, None)]


@pytest.mark.parametrize("later", [[], [replace(REFUSED, status="throttled")], [REFUSED]])
def test_what_was_never_read_is_neither(later: list[ReadingLine]) -> None:
    assert told([REFUSED], later) == []


def test_lost_comes_before_gained() -> None:
    other = replace(READ, service="rds")
    found = listing_changes([READ, replace(other, status="refused")], [REFUSED, other])
    assert [(change.change, change.service) for change in found] == [("lost", "s3"), ("gained", "rds")]


def test_another_reason_for_the_same_gap_loses_nothing() -> None:
    gaps = tuple(replace(gap, reason="throttled") for gap in SAMPLE.gaps)
    assert reading_changes(SAMPLE, replace(SAMPLE, gaps=gaps)) == ()


def test_a_gap_of_a_source_that_is_new_is_no_reading_lost() -> None:
    sources = (*SAMPLE.coverage.sources, SourceView("gcp", "gcp", 0, 1, None))
    later = replace(
        SAMPLE,
        coverage=replace(SAMPLE.coverage, sources=sources),
        gaps=(*SAMPLE.gaps, GapView("gcp", "refused", "resource", None, (), None, None, None)),
    )
    assert [(c.change, c.of, c.source) for c in reading_changes(SAMPLE, later)] == [("gained", "source", "gcp")]
    assert [(c.change, c.of, c.source) for c in reading_changes(later, SAMPLE)] == [("lost", "source", "gcp")]


def gap(table: str, id_: str | None = None) -> GapView:
    return GapView("azure", "refused", table, id_, (), "là", None, None)


@pytest.mark.parametrize(
    ("lost", "subject", "hidden"),
    [
        (gap("resource"), "copy", True),
        (gap("resource"), "resource", True),
        (gap("resource"), "contract", False),
        (gap("contract"), "contract", True),
        (gap("copy", "c1"), "copy", False),
    ],
)
def test_what_a_lost_listing_may_hide(lost: GapView, subject: str, hidden: bool) -> None:
    changes = reading_changes(SAMPLE, replace(SAMPLE, gaps=(*SAMPLE.gaps, lost)))
    assert hides(changes)(subject) is hidden
    back = reading_changes(replace(SAMPLE, gaps=(*SAMPLE.gaps, lost)), SAMPLE)
    assert not hides(back)(subject), "what is gained hides nothing"


def test_a_lost_source_or_listing_may_hide_anything_it_gave() -> None:
    fewer = replace(SAMPLE, coverage=replace(SAMPLE.coverage, sources=SAMPLE.coverage.sources[1:]))
    assert hides(reading_changes(SAMPLE, fewer))("contract")
    lost = hides(listing_changes([READ], [REFUSED]))
    assert lost("copy")
    assert not lost("contract")


def test_kinds_that_fared_alike_stand_together_and_each_listing_counts() -> None:
    both = replace(READ, kinds=("object_bucket", "object_access_point"))
    found = listing_changes([both], [replace(both, status="throttled")])
    assert [(c.kinds, c.regions, c.count) for c in found] == [
        (("object_access_point", "object_bucket"), ("ca-central-1", "us-east-1"), 4)
    ]


def with_ledger(gaps: tuple[GapView, ...], *lines: ReadingLine) -> Assessment:
    sources = (SourceView("aws", "aws", 1, 0, "observed"),)
    return replace(SAMPLE, gaps=gaps, coverage=replace(SAMPLE.coverage, sources=sources, readings=lines))


def test_a_refused_listing_is_told_once_though_it_leaves_a_gap() -> None:
    one = replace(READ, regions=("us-east-1",))
    gap = GapView("aws", "refused", "resource", None, (), "111122223333 us-east-1 object_bucket", one.needs, None)
    refused = with_ledger((gap,), replace(one, status="refused"))
    assert [(c.change, c.of) for c in reading_changes(with_ledger((), one), refused)] == [("lost", "listing")]
    older = with_ledger(())
    assert [(c.change, c.of) for c in reading_changes(older, refused)] == [("lost", "gap")], "it had no ledger"


def test_the_listings_of_a_source_that_is_gone_are_told_as_that_source() -> None:
    gone = replace(with_ledger(()), coverage=replace(SAMPLE.coverage, sources=(), readings=()))
    assert [(c.change, c.of) for c in reading_changes(with_ledger((), READ), gone)] == [("lost", "source")]
