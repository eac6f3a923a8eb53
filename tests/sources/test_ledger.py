from __future__ import annotations

from sovercheck.inventory.rows import Gap, Reading
from sovercheck.sources.journal import Refusal
from sovercheck.sources.ledger import Ledger


def test_each_listing_is_a_line_and_each_refusal_a_gap() -> None:
    ledger = Ledger("aws")
    ledger.line("1", "ca-central-1", "s3", "object_bucket").resources = 3
    ledger.refused("1", "ca-central-1", "ec2", "disk", Refusal("refused", "ec2:DescribeVolumes", "no"))
    ledger.leave_out("1", "us-east-1", "*", "*", "excluded", "Québec seulement")
    told = list(ledger.told())
    assert [(line.kind, line.status, line.resources) for line in told if isinstance(line, Reading)] == [
        ("disk", "refused", 0),
        ("object_bucket", "read", 3),
        ("*", "excluded", 0),
    ]
    (gap,) = [item for item in told if isinstance(item, Gap)]
    assert (gap.reason, gap.needs, gap.scope) == ("refused", "ec2:DescribeVolumes", "1 ca-central-1 disk")


def test_of_a_listing_made_for_several_parents_the_first_refusal_stands() -> None:
    ledger = Ledger("aws")
    ledger.refused("1", "r", "backup", "k", Refusal("throttled", detail="first"))
    ledger.refused("1", "r", "backup", "k", Refusal("refused", "x:Y", "second"))
    (line,) = [item for item in ledger.told() if isinstance(item, Reading)]
    assert (line.status, line.needs, line.detail) == ("throttled", None, "first")


def test_what_was_left_out_is_no_gap() -> None:
    ledger = Ledger("aws")
    for number, status in enumerate(("excluded", "opted_out", "not_supported", "undescribed")):
        ledger.leave_out("1", str(number), "s", "k", status)  # type: ignore[arg-type]
    assert not [item for item in ledger.told() if isinstance(item, Gap)]
