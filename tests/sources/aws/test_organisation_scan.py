"""A scan of the seeded organisation, of one service: the accounts' own rows, and AWS Config's inventory beside it.

moto is the organisation; a double that answers what it is told stands for AWS Config, and for refusals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.rows import Gap, Item, Known, Note, Reading, Row
from sovercheck.sources.aws.settings import AggregatorEntry, AwsEntry
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.base import Work
from sovercheck.sources.insist import Patience
from sovercheck.sources.kinds import forms
from tests.doubles.aws import aws_double
from tests.doubles.aws_estate import KEPT_BUCKETS, MONTREAL, ROLE, AwsEstate
from tests.doubles.aws_json import Refused, aws_json

from .test_aggregator import config, record

pytestmark = pytest.mark.slow

OTHERS = sorted({form.listing.service for _, form in forms("aws")} - {"sqs", "s3"})


@pytest.fixture(scope="module")
def estate() -> Iterator[tuple[str, AwsEstate]]:
    with aws_double() as found:
        yield found


@pytest.fixture(autouse=True)
def environment(estate: tuple[str, AwsEstate], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", estate[0])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "t")


def scanned(folder: Path, **said: Any) -> list[Item]:
    entry = AwsEntry(
        role=ROLE,
        regions=[MONTREAL],
        exclude=OTHERS,
        because="one service is enough",
        processes=1,
        requests_per_second=1000,
        **said,
    )
    work = Work(folder, "2026-11-27")
    return list(Aws(entry, Patience(attempts=2, repeats=1, first_wait=0.01)).scan(work))


def usable(items: list[Item]) -> dict[str, Known | None]:
    return {
        str(item.facts["account"].value): item.facts.get("usable_places")
        for item in items
        if isinstance(item, Row) and item.facts.get("kind") and item.facts["kind"].value == "account"
    }


def organisation_lines(items: list[Item]) -> list[tuple[str, int, str | None]]:
    return [
        (item.status, item.resources, item.needs)
        for item in items
        if isinstance(item, Reading) and item.service == "organizations"
    ]


def account_gaps(items: list[Item]) -> list[str | None]:
    return [item.needs for item in items if isinstance(item, Gap) and item.facts == ("usable_places",)]


def test_the_organisation_and_what_config_has_of_it(estate: tuple[str, AwsEstate], tmp_path: Path) -> None:
    made = estate[1]
    lost, kept = "arn:aws:s3:::oublie", f"arn:aws:s3:::{KEPT_BUCKETS[0]}"
    disk = f"arn:aws:ec2:{MONTREAL}:{made.production}:volume/vol-1"
    records = [record(lost, account=made.production), record(kept, account=made.production)]
    records.append(record(disk, "AWS::EC2::Volume", account=made.production))
    aggregator = AggregatorEntry(name="tous", region=MONTREAL)
    with pytest.MonkeyPatch.context() as patch, aws_json(config(records)) as double:
        patch.setenv("AWS_ENDPOINT_URL_CONFIG_SERVICE", double.url)
        items = scanned(tmp_path, accounts="organization", config_aggregator=aggregator)
    places = usable(items)
    assert set(places) == {made.management, made.production, made.research}
    guarded, open_ = places[made.production], places[made.research]
    assert guarded is not None
    assert open_ is not None
    # Paris is not allowed; the other three regions are.
    assert (guarded.value, guarded.open) == (("CA-AB", "CA-QC", "US-VA"), False)
    assert f"{made.region_deny} (perimetre-regions)" in str(guarded.evidence.locator)
    assert {"CA-QC", "US-VA", "FR-75C"} < set(map(str, open_.value or ()))  # type: ignore[arg-type]
    assert organisation_lines(items) == [("read", 3, None)]
    told = {(item.code, item.params["type"], item.params["n"]) for item in items if isinstance(item, Note)}
    assert ("aws_only_config", "AWS::S3::Bucket", 1) in told
    assert ("aws_only_direct", "AWS::S3::Bucket", len(KEPT_BUCKETS)) in told
    # Disks were left out by the configuration: Config's are too.
    assert not any(isinstance(item, Row) and item.id == disk for item in items)
    assert [item.table for item in items if isinstance(item, Row) and item.id == lost] == ["resource"]


def only_accounts(estate: AwsEstate) -> Any:
    """An organisation that lists its accounts, and says nothing else."""

    def answer(operation: str, _: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "ListAccounts":
            return {"Accounts": [{"Id": estate.management, "Name": "m", "Status": "ACTIVE"}]}
        raise Refused("AccessDeniedException", "no")

    return answer


@pytest.mark.parametrize("accounts", ["organization", None])
def test_policies_that_may_not_be_read(
    estate: tuple[str, AwsEstate], tmp_path: Path, accounts: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = estate[1]
    with aws_json(only_accounts(made)) as double:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", double.url)
        items = scanned(tmp_path, accounts=accounts)
    assert usable(items) == {made.management: None}
    if accounts == "organization":
        assert organisation_lines(items) == [("refused", 0, "organizations:ListRoots")]
        assert account_gaps(items) == ["organizations:ListRoots"]
    else:
        # Of an account that is scanned by itself nobody expects to read the organisation.
        assert not organisation_lines(items)
        assert not account_gaps(items)
