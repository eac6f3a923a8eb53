"""Scans of the seeded organisation, as tests make them: with few attempts and short waits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.rows import Gap, Item, Reading, Row
from sovercheck.sources.aws.settings import AwsEntry
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.base import Work
from sovercheck.sources.insist import Patience
from tests.doubles.aws_estate import MONTREAL, REGIONS, ROLE

DAY = "2026-11-27"
HASTY = Patience(attempts=2, repeats=1, first_wait=0.01, connect=1, read=1)
PATIENT = Patience(attempts=3, repeats=2, first_wait=0.05, connect=5, read=30)

# The address of S3's control interface begins with the account's id, which no name of this machine has.
BESIDE = ["s3control"]


def environment(url: str) -> dict[str, str]:
    """What makes boto3 speak to a double, and to it alone."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": MONTREAL,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
    }


def speak_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Lets boto3 speak to a double for as long as the patch holds."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment(url).items():
        monkeypatch.setenv(name, value)


def entry(**given: object) -> AwsEntry:
    """The settings of a scan; of the whole organisation over four regions where nothing else is said."""
    said: dict[str, object] = {
        "accounts": "organization",
        "role": ROLE,
        "regions": list(REGIONS),
        "exclude": BESIDE,
        "because": "essai",
        "processes": 1,
        "requests_per_second": 1000,
        **given,
    }
    return AwsEntry.model_validate(said)


def scan(folder: Path, patience: Patience = PATIENT, **given: object) -> list[Item]:
    """All that a scan yields."""
    return list(Aws(entry(**given), patience).scan(Work(folder, DAY)))


def rows(items: Iterable[Item], table: str) -> Iterator[Row]:
    """The rows of a table."""
    return (item for item in items if isinstance(item, Row) and item.table == table)


def gaps(items: Iterable[Item]) -> list[Gap]:
    """The gaps."""
    return [item for item in items if isinstance(item, Gap)]


def readings(items: Iterable[Item]) -> list[Reading]:
    """The ledger."""
    return [item for item in items if isinstance(item, Reading)]


def said(row: Row, *facts: str) -> tuple[Any, ...]:
    """The values of some facts of a row; None of what it does not say."""
    return tuple(row.facts[fact].value if fact in row.facts else None for fact in facts)


def copies(items: Iterable[Item], resource: str) -> Mapping[tuple[Any, Any], Row]:
    """The copies of a resource whose id ends so, by kind and place."""
    found = [row for row in rows(items, "copy") if row.links["resource"].endswith(resource)]
    return {(kind, place): row for row in found for kind, place in (said(row, "kind", "place"),)}
