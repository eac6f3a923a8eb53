"""What leaves, and what an answer that is no answer becomes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.parsers import ResponseParserError

from sovercheck.sources.aws.asking import READS, AwsAsker, NotAReadError, plain, refuse_rubbish
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import Ask, Journal
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.path import Json


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[AwsAsker]:
    session = boto3.Session("any", "any", region_name="ca-central-1")
    with Journal(tmp_path / "journal.ndjson", "2026-11-27") as journal:
        yield AwsAsker(
            "111122223333",
            session,
            journal,
            {},
            threads=1,
            budgets=Budgets(20, {}),
            patience=Patience(),
            counters=Counters(),
        )


@pytest.mark.parametrize("operation", ["DeleteBucket", "PutBucketPolicy", "CreateBucket", "CopyObject"])
def test_a_call_that_does_not_read_never_leaves(asker: AwsAsker, operation: str) -> None:
    with pytest.raises(NotAReadError):
        list(asker.raw_pages(Ask("111122223333", "ca-central-1", "s3", operation)))
    assert asker.counters.calls == 0


@pytest.mark.parametrize("name", ["Getaway", "AssumeRoleWithSAML", "Describe", "UpdateGetter", "TagResource"])
def test_a_name_that_only_resembles_reading_is_none(name: str) -> None:
    assert not READS.match(name)


def test_all_that_descriptions_call_reads() -> None:
    operations = {call.operation for _, form in forms("aws") for call in (form.listing, *form.also.values())}
    assert {operation for operation in operations if not READS.match(operation)} == set()


def test_pages_of_a_completing_call_are_joined(asker: AwsAsker) -> None:
    pages: list[Json] = [{"A": [1], "B": "x", "C": [1]}, {"A": [2], "B": "y", "D": [3]}]
    assert asker.joined(pages) == {"A": [1, 2], "B": "x", "C": [1], "D": [3]}
    assert asker.joined([None]) is None


def response(body: bytes, status: int = 200, protocol: str = "json") -> tuple[SimpleNamespace, dict[str, object]]:
    model = SimpleNamespace(name="ListTables", service_model=SimpleNamespace(resolved_protocol=protocol))
    return model, {"body": body, "status_code": status}


def test_rubbish_is_not_taken_for_an_empty_answer() -> None:
    with pytest.raises(ResponseParserError, match="ListTables"):
        refuse_rubbish(*response(b'{"TableNames": ["a"'))


@pytest.mark.parametrize(
    "given", [(b"{}",), (b"",), (b"<html>", 503), (b"<ListBuckets/>", 200, "rest-xml"), (b"<a/>", 200, "query")]
)
def test_what_may_be_no_json_passes(given: tuple[bytes, int, str]) -> None:
    refuse_rubbish(*response(*given))


def test_answers_become_json() -> None:
    day = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
    given = {"day": day, "number": Decimal("1.5"), "secret": b"bytes", "list": (1, {"x": None}), 3: True}
    assert plain(given) == {
        "day": "2026-11-27T00:00:00+00:00",
        "number": 1.5,
        "list": [1, {"x": None}],
        "3": True,
    }
