"""A kind that is listed for each resource of another is left out as any other: not asked, and said in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.rows import Reading
from sovercheck.sources.aws.asking import AwsAsker
from sovercheck.sources.aws.control_policies import NOTHING_BOUND
from sovercheck.sources.aws.gather import Account, gather
from sovercheck.sources.aws.plan import Excluded
from sovercheck.sources.aws.rows import rows
from sovercheck.sources.insist import Counters
from sovercheck.sources.journal import Ask
from sovercheck.sources.kinds import forms

(INNER,) = ((kind.id, form) for kind, form in forms("aws") if form.listing.of is not None)
VAULT = {
    "BackupVaultName": "coffre",
    "BackupVaultArn": "arn:aws:backup:ca-central-1:111122223333:backup-vault:coffre",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Ask]:
    made: list[Ask] = []
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    def pages(_: AwsAsker, ask: Ask) -> Iterator[Mapping[str, Any]]:
        made.append(ask)
        if ask.operation == "DescribeRegions":
            yield {"Regions": [{"RegionName": "ca-central-1", "OptInStatus": "opt-in-not-required"}]}
        elif ask.operation == "ListBackupVaults":
            yield {"BackupVaultList": [VAULT]}
        else:
            yield {}

    monkeypatch.setattr(AwsAsker, "raw_pages", pages)
    return made


def scanned(folder: Path, *words: str) -> list[Reading]:
    excluded = Excluded(frozenset(words), None, "essai" if words else None)
    account = Account("111122223333", "aws", folder / "j.ndjson", "2026-11-27", excluded)
    gather(account, Counters())
    items = rows("aws", [account], frozenset({account.id}), NOTHING_BOUND, set())
    return [item for item in items if isinstance(item, Reading) and item.kind == INNER[0]]


def test_it_is_asked_for_each_resource_of_the_other(asked: list[Ask], tmp_path: Path) -> None:
    (line,) = scanned(tmp_path)
    assert line.status == "read"
    assert INNER[1].listing.operation in {ask.operation for ask in asked}


def test_left_out_it_is_not_asked_and_that_is_said(asked: list[Ask], tmp_path: Path) -> None:
    (line,) = scanned(tmp_path, INNER[0])
    assert (line.status, line.detail) == ("excluded", "essai")
    assert INNER[1].listing.operation not in {ask.operation for ask in asked}
