"""What an AWS Config aggregator is asked and says, over HTTP: a double answers, as moto has no aggregated queries."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from sovercheck.sources.aws import organisation
from sovercheck.sources.aws.aggregator import CALLS, EXPRESSION, Aggregator, Covered, Recorded
from sovercheck.sources.aws.asking import CEILINGS, READS, AwsAsker
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import Journal, Refusal
from tests.doubles.aws_json import JsonDouble, Refused, aws_json

OURS, OTHER = "111111111111", "222222222222"
MONTREAL, PARIS = "ca-central-1", "eu-west-3"


def record(named: str, type_: str = "AWS::S3::Bucket", account: str = OURS, region: str = MONTREAL) -> dict[str, str]:
    return {"arn": named, "resourceId": named, "resourceType": type_, "accountId": account, "awsRegion": region}


def config(
    records: Sequence[Mapping[str, Any] | str] = (),
    *,
    source: Mapping[str, Any] | None = None,
    status: Sequence[Mapping[str, Any]] = (),
    refuse: str = "",
    page: int = 2,
) -> Any:
    """What Config answers, `page` records at a time."""
    given = {"OrganizationAggregationSource": {"RoleArn": "r", "AllAwsRegions": True}} if source is None else source
    results = [item if isinstance(item, str) else json.dumps(item) for item in records]

    def answer(operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == refuse:
            raise Refused("AccessDeniedException", "no")
        if operation == "DescribeConfigurationAggregators":
            return {"ConfigurationAggregators": [{"ConfigurationAggregatorName": "tous", **given}]}
        if operation == "DescribeConfigurationAggregatorSourcesStatus":
            return {"AggregatedSourceStatusList": list(status)}
        start = int(asked.get("NextToken", 0))
        rest = {"NextToken": str(start + page)} if start + page < len(results) else {}
        return {"Results": results[start : start + page], "QueryInfo": {"SelectFields": []}, **rest}

    return answer


@contextlib.contextmanager
def aggregator(folder: Path, answer: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Aggregator, JsonDouble]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "t")
    with aws_json(answer) as double, Journal(folder / "organisation.ndjson", "2026-11-27") as journal:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CONFIG_SERVICE", double.url)
        journal.forget_refusals()
        asker = AwsAsker(
            OURS,
            boto3.Session(),
            journal,
            organisation.KEPT,
            threads=1,
            budgets=Budgets(1000, CEILINGS),
            patience=Patience(attempts=2, repeats=1, first_wait=0.01),
            counters=Counters(),
        )
        yield Aggregator(asker, MONTREAL, "tous"), double


def test_the_query_is_paged_to_its_end_and_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [record(f"arn:aws:s3:::b{n}") for n in range(5)]
    with aggregator(tmp_path, config(records), monkeypatch) as (asking, double):
        assert asking.gather() is None
        assert [found.arn for found in asking.recorded()] == [item["arn"] for item in records]
        assert [name for name, _ in double.calls] == ["SelectAggregateResourceConfig"] * 3
        first = double.calls[0][1]
        assert first == {"Expression": EXPRESSION, "Limit": 100, "ConfigurationAggregatorName": "tous"}
    with aggregator(tmp_path, config(refuse="SelectAggregateResourceConfig"), monkeypatch) as (asking, double):
        assert asking.gather() is None
        assert len(list(asking.recorded())) == 5
        assert not double.calls


def test_what_is_no_record_of_a_resource_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compliance = record("arn:x", "AWS::Config::ResourceCompliance")
    unnamed = {"resourceId": "vol-1", "resourceType": "AWS::EC2::Volume", "accountId": OTHER, "awsRegion": PARIS}
    records: list[Any] = [compliance, "{", "[]", unnamed, {"resourceType": "AWS::EC2::Volume"}]
    with aggregator(tmp_path, config(records), monkeypatch) as (asking, _):
        asking.gather()
        assert list(asking.recorded()) == [Recorded("vol-1", "AWS::EC2::Volume", OTHER, PARIS)]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_a_refusal_names_the_permission(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with aggregator(tmp_path, config(refuse=call.operation), monkeypatch) as (asking, _):
        refused = [found for found in (asking.covered(), asking.gather()) if isinstance(found, Refusal)]
    assert [(found.reason, found.needs) for found in refused] == [("refused", permission(call))]
    assert permission(call) == f"config:{call.operation}"
    assert READS.match(call.operation)


def covered(folder: Path, answer: Any, monkeypatch: pytest.MonkeyPatch) -> Covered:
    with aggregator(folder, answer, monkeypatch) as (asking, double):
        found = asking.covered()
        assert double.calls[0][1] == {"ConfigurationAggregatorNames": ["tous"]}
        assert isinstance(found, Covered)
        return found


def test_an_organisations_aggregator_covers_its_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = covered(tmp_path, config(), monkeypatch)
    assert found.has(OURS, MONTREAL)
    assert found.has("999999999999", PARIS)


def test_regions_and_accounts_that_are_named_are_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regions = {"OrganizationAggregationSource": {"RoleArn": "r", "AwsRegions": [MONTREAL]}}
    found = covered(tmp_path / "1", config(source=regions), monkeypatch)
    assert found.has(OTHER, MONTREAL)
    assert not found.has(OTHER, PARIS)
    accounts = {
        "AccountAggregationSources": [
            {"AccountIds": [OURS], "AllAwsRegions": True},
            {"AccountIds": [OTHER], "AwsRegions": [MONTREAL]},
        ]
    }
    found = covered(tmp_path / "2", config(source=accounts), monkeypatch)
    assert found.has(OURS, PARIS)
    assert found.has(OTHER, MONTREAL)
    assert not found.has(OTHER, PARIS)
    assert not found.has("333333333333", MONTREAL)
    assert not covered(tmp_path / "3", config(source={}), monkeypatch).has(OURS, MONTREAL)


def test_what_failed_to_be_collected_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(of: str, type_: str, region: str, word: str) -> dict[str, str]:
        error = {"LastErrorCode": "ErrorNoAuth"} if word == "FAILED" else {}
        return {"SourceId": of, "SourceType": type_, "AwsRegion": region, "LastUpdateStatus": word, **error}

    told = [
        status(OURS, "ACCOUNT", MONTREAL, "SUCCEEDED"),
        status(OURS, "ACCOUNT", PARIS, "FAILED"),
        status(OTHER, "ACCOUNT", MONTREAL, "OUTDATED"),
        status("o-1", "ORGANIZATION", "us-east-1", "FAILED"),
    ]
    found = covered(tmp_path, config(status=told), monkeypatch)
    assert found.failing_of(OURS, PARIS) == "ErrorNoAuth"
    assert found.failing_of(OURS, MONTREAL) is None
    assert found.failing_of(OTHER, MONTREAL) is None
    assert found.failing_of(OTHER, "us-east-1") == "ErrorNoAuth"
