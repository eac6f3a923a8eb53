"""The direct reading and AWS Config's inventory, compared: what one has and the other lacks is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row
from sovercheck.messages import LANGS, text
from sovercheck.reference import load_reference
from sovercheck.sources.aws.reconcile import CONFIG_KIND, Direct, Reconciling

from .test_aggregator import MONTREAL, OTHER, OURS, PARIS, aggregator, config, record

MAIN = "us-east-1"
EVIDENCE = Evidence(Grade.OBSERVED, f"AWS {OURS}", "2026-11-27", "s3:ListBuckets")


def bucket(name: str) -> str:
    return f"arn:aws:s3:::{name}"


def seen(identifier: str, native_type: str = "AWS::S3::Bucket") -> Row:
    return Row("resource", identifier, facts={"native_type": Known(native_type, EVIDENCE)})


def line(kind: str, status: Any = "read", account: str = OURS, region: str = MONTREAL) -> Reading:
    return Reading("aws", account, region, "s3", kind, status)


def direct(items: Iterable[Item], ids: Iterable[str] = ()) -> Direct:
    found = Direct(ids=set(ids))
    for _ in found.watch(items):
        pass
    return found


@pytest.fixture
def compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def compare(
        found: Direct, records: Sequence[Mapping[str, Any]], accounts: tuple[str, ...] = (OURS, OTHER), **said: Any
    ) -> list[Item]:
        with aggregator(tmp_path, config(records, **said), monkeypatch) as (asking, _):
            regions, day = load_reference().regions, "2026-11-27"
            return list(Reconciling("aws", asking, found, frozenset(accounts), MAIN, regions, day).items())

    return compare


def rows(items: Iterable[Item], table: str = "resource") -> dict[str, dict[str, Any]]:
    return {
        item.id: {short: known.value for short, known in item.facts.items()}
        for item in items
        if isinstance(item, Row) and item.table == table
    }


def notes(items: Iterable[Item]) -> list[tuple[str, Any, Any]]:
    return [(item.code, item.params["type"], item.params["n"]) for item in items if isinstance(item, Note)]


def gaps(items: Iterable[Item]) -> list[tuple[str, str | None, str | None]]:
    return [(item.reason, item.scope, item.needs) for item in items if isinstance(item, Gap)]


BOTH = (line("object_bucket"), line("object_bucket", account=OTHER))


def test_what_both_see_is_told_by_nobody(compared: Any) -> None:
    found = direct([*BOTH, seen(bucket("a"))], [bucket("a")])
    items = compared(found, [record(bucket("a"))])
    assert not rows(items)
    assert not notes(items)
    assert not gaps(items)
    assert [item for item in items if isinstance(item, Reading)] == [
        Reading("aws", OURS, MONTREAL, "config", CONFIG_KIND, "read", resources=1)
    ]


def test_what_only_config_sees_is_inventoried_and_told(compared: Any) -> None:
    items = compared(direct(BOTH), [record(bucket("a")), record(bucket("b"), region=PARIS, account=OTHER)])
    assert notes(items) == [("aws_only_config", "AWS::S3::Bucket", 2)]
    assert rows(items)[bucket("b")] == {
        "kind": "object_bucket",
        "native_type": "AWS::S3::Bucket",
        "account": OTHER,
        "holds_data": True,
        "reads_plaintext": False,
    }
    assert rows(items, "copy")[f"{bucket('b')}#primary"] == {"kind": "primary", "region": PARIS, "place": "FR-75C"}
    grades = {known.evidence.grade for item in items if isinstance(item, Row) for known in item.facts.values()}
    assert grades == {Grade.DOCUMENTED}
    # Its other copies are not known: nothing says that this is all.
    assert "copies_complete" not in rows(items)[bucket("b")]


def test_where_the_listing_was_refused_config_stands_in(compared: Any) -> None:
    found = direct([line("object_bucket", "refused"), line("queue")])
    queue = record(f"arn:aws:sqs:{MONTREAL}:{OURS}:q", "AWS::SQS::Queue")
    items = compared(found, [record(bucket("a")), queue])
    assert set(rows(items)) == {bucket("a"), queue["arn"]}
    assert notes(items) == [
        ("aws_only_config", "AWS::SQS::Queue", 1),
        ("aws_config_instead", "AWS::S3::Bucket", 1),
    ]


def test_an_account_that_could_not_be_read_is_had_from_config(compared: Any) -> None:
    found = direct([line("*", "refused", OTHER, "*")])
    items = compared(found, [record(bucket("a"), account=OTHER)])
    assert set(rows(items)) == {bucket("a")}
    assert notes(items) == [("aws_config_instead", "AWS::S3::Bucket", 1)]


def test_what_is_excluded_or_of_another_account_stays_out(compared: Any) -> None:
    found = direct([line("*", "excluded", region=PARIS), line("queue", "excluded"), *BOTH])
    queue = record(f"arn:aws:sqs:{MONTREAL}:{OURS}:q", "AWS::SQS::Queue")
    elsewhere = record(bucket("b"), account="999999999999")
    items = compared(found, [record(bucket("a"), region=PARIS), queue, elsewhere])
    assert not rows(items)
    assert not notes(items)


def test_what_only_the_direct_reading_sees_is_told_of_types_that_config_has(compared: Any) -> None:
    queue = f"arn:aws:sqs:{MONTREAL}:{OURS}:q"
    ids = [bucket("a"), bucket("b"), bucket("c"), queue]
    found = direct([*BOTH, *(seen(id_) for id_ in ids[:3]), seen(queue, "AWS::SQS::Queue")], ids)
    assert notes(compared(found, [record(bucket("a"))])) == [("aws_only_direct", "AWS::S3::Bucket", 2)]


def test_a_type_without_a_description_is_inventoried_as_such(compared: Any) -> None:
    new = f"arn:aws:newest:{MONTREAL}:{OURS}:thing/1"
    swept = f"arn:aws:newest:{MONTREAL}:{OURS}:thing/2"
    found = direct([*BOTH, seen(swept, "newest:thing/")])
    items = compared(found, [record(new, "AWS::Newest::Thing"), record(swept, "AWS::Newest::Thing")])
    assert rows(items) == {new: {"kind": "undescribed", "native_type": "AWS::Newest::Thing", "account": OURS}}
    assert Reading("aws", OURS, MONTREAL, "config", "AWS::Newest::Thing", "undescribed", resources=1) in items
    assert not notes(items)


def test_a_type_that_keeps_no_data_is_inventoried_as_such(compared: Any) -> None:
    subnet = f"arn:aws:ec2:{MONTREAL}:{OURS}:subnet/subnet-1"
    items = compared(direct(BOTH), [record(subnet, "AWS::EC2::Subnet")])
    assert (rows(items)[subnet]["kind"], rows(items)[subnet]["holds_data"]) == ("without_data", False)
    assert Reading("aws", OURS, MONTREAL, "config", "without_data", "read", resources=1) in items


def test_a_copy_that_the_scan_listed_is_not_new(compared: Any) -> None:
    """A snapshot is a copy of its database: it has no row of a resource, and was listed all the same."""
    snapshot = f"arn:aws:rds:{MONTREAL}:{OURS}:snapshot:s"
    items = compared(direct(BOTH, [snapshot]), [record(snapshot, "AWS::RDS::DBSnapshot")])
    assert not rows(items)


def test_config_s_own_names_are_matched_by_arn(compared: Any) -> None:
    domain = f"arn:aws:es:{MONTREAL}:{OURS}:domain/recherche"
    group = f"arn:aws:logs:{MONTREAL}:{OURS}:log-group:g"
    records = [
        record(domain, "AWS::OpenSearch::Domain"),
        record(domain, "AWS::Elasticsearch::Domain"),
        record(f"{group}:*", "AWS::Logs::LogGroup"),
    ]
    items = compared(direct(BOTH, [group]), records)
    assert {id_: facts["kind"] for id_, facts in rows(items).items()} == {domain: "search_domain"}


def test_a_kind_of_the_whole_account_is_looked_for_where_it_was_asked(compared: Any) -> None:
    user = record(f"arn:aws:iam::{OURS}:user/u", "AWS::IAM::User", region="global")
    items = compared(direct([line("account_identity", "refused", region=MAIN)]), [user])
    assert notes(items) == [("aws_config_instead", "AWS::IAM::User", 1)]


@pytest.mark.parametrize(
    "operation",
    [
        "DescribeConfigurationAggregators",
        "DescribeConfigurationAggregatorSourcesStatus",
        "SelectAggregateResourceConfig",
    ],
)
def test_a_refusal_is_a_line_and_a_gap(compared: Any, operation: str) -> None:
    items = compared(direct(BOTH), [record(bucket("a"))], refuse=operation)
    needs = f"config:{operation}"
    assert gaps([item for item in items if isinstance(item, Gap) and item.needs]) == [
        ("refused", f"{OURS} {MONTREAL} tous", needs)
    ]
    (told,) = [item for item in items if isinstance(item, Reading)]
    assert (told.kind, told.status, told.needs) == (CONFIG_KIND, "refused", needs)
    assert not rows(items)


def test_what_the_aggregator_does_not_cover_is_a_gap_that_leaves_what_was_observed(compared: Any) -> None:
    source = {"AccountAggregationSources": [{"AccountIds": [OURS], "AwsRegions": [MONTREAL]}]}
    found = direct([line("object_bucket"), line("object_bucket", region=PARIS), line("*", "refused", OTHER, "*")])
    items = compared(found, [], source=source)
    assert gaps(items) == [
        ("not_asked", f"{OURS} {PARIS} tous", None),
        ("not_asked", f"{OTHER} {MAIN} tous", None),
    ]
    assert {item.grade for item in items if isinstance(item, Gap)} == {Grade.DOCUMENTED}


def test_what_config_failed_to_collect_is_a_gap(compared: Any) -> None:
    failed = {
        "SourceId": OURS,
        "SourceType": "ACCOUNT",
        "AwsRegion": MONTREAL,
        "LastUpdateStatus": "FAILED",
        "LastErrorCode": "NoAuth",
    }
    items = compared(direct(BOTH), [], status=[failed])
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert (gap.reason, gap.scope, gap.detail) == ("unreachable", f"{OURS} {MONTREAL} tous", "NoAuth")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", ["aws_only_config", "aws_config_instead", "aws_only_direct"])
def test_the_notes_have_sentences(code: str, lang: Any) -> None:
    for n in (1, 2):
        said = text(f"note.{code}", lang, aggregator="tous", type="AWS::S3::Bucket", n=n)
        assert said.startswith(str(n))
