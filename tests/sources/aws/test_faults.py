"""Each operation of a scan in turn refused, throttled, timed out, broken: told where it stands, and nothing gained.

One account over two regions is scanned once. Then, for each sort of fault, what that scan kept is copied without the
answers of some operations, no two of one service, and these are asked anew and fail: so a hundred operations fail in
turn within a minute, each with all the rest of the estate around it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sovercheck.inventory.rows import Gap, Item, Reading, Row
from sovercheck.sources.insist import Patience
from sovercheck.sources.journal import Ask, Journal
from sovercheck.sources.kinds import forms
from sovercheck.sources.kinds.model import Kind
from tests.doubles.aws import aws_front
from tests.doubles.aws_estate import MONTREAL, ROLE, VIRGINIA
from tests.doubles.aws_front import AwsFront, Fault, What
from tests.end_to_end.judging import Verdicts, improved, judged

from .scans import DAY, PATIENT, gaps, readings, scan, speak_to

pytestmark = pytest.mark.slow

Operation = tuple[str, str]

ONCE = Patience(attempts=1, repeats=1, connect=1, read=0.5)
"""How insisting goes is `test_insist`'s; here each call that fails does so at once."""


@dataclass(frozen=True)
class Clean:
    """A scan without faults: its journal, which operation each of its entries answers, and its verdicts."""

    front: AwsFront
    account: str
    journal: Path
    operations: dict[int, Operation]
    items: list[Item]
    verdicts: Verdicts

    def batches(self) -> list[list[Operation]]:
        """All operations, no two of one service in a batch.

        Those of the organisation are left out: of an account that is named nobody asked for it (`test_adversity`).
        """
        by_service: dict[str, list[Operation]] = defaultdict(list)
        for operation in sorted(set(self.operations.values())):
            by_service[operation[0]].append(operation)
        found: list[list[Operation]] = []
        by_service.pop("organizations", None)
        for operations in by_service.values():
            for number, named in enumerate(operations):
                if number == len(found):
                    found.append([])
                found[number].append(named)
        return found

    def without(self, operations: list[Operation], folder: Path) -> None:
        """Copies the journal less the answers of some operations."""
        folder.mkdir()
        with (folder / self.journal.name).open("wb") as copied:
            for line in self.journal.read_bytes().splitlines(keepends=True):
                entry: dict[str, Any] = json.loads(line)
                if self.operations.get(entry.get("k", 0)) not in operations:
                    copied.write(line)

    def scan(self, folder: Path, patience: Patience = ONCE) -> list[Item]:
        return scan(folder, patience, accounts=[self.account], role=ROLE, regions=[MONTREAL, VIRGINIA])


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clean]:
    folder = tmp_path_factory.mktemp("clean")
    operations: dict[int, Operation] = {}
    has = Journal.has

    def noted(journal: Journal, ask: Ask) -> bool:
        operations[ask.key] = (ask.service, ask.operation)
        return has(journal, ask)

    with aws_front() as front, pytest.MonkeyPatch.context() as patch:
        speak_to(patch, front.url)
        patch.setattr(Journal, "has", noted)
        account = front.estate.production
        clean = Clean(front, account, folder / f"aws-{account}.ndjson", operations, [], {})
        items = clean.scan(folder, PATIENT)
        patch.setattr(Journal, "has", has)
        assert gaps(items) == []
        front.replay = True
        yield Clean(front, account, clean.journal, operations, items, judged(items))


REASONS: dict[What, set[str]] = {
    "denied": {"refused"},
    "throttled": {"throttled"},
    "hang": {"unreachable"},
    "error": {"unreachable"},
    "garbage": {"unreadable"},
    "cut": {"unreachable"},
}


@pytest.mark.parametrize("what", REASONS)
def test_what_fails_is_named_and_no_verdict_improves(clean: Clean, what: What, tmp_path: Path) -> None:
    for number, batch in enumerate(clean.batches()):
        clean.front.clear()
        for service, operation in batch:
            clean.front.add_fault(Fault(what, service=service, operation=operation))
        clean.without(batch, tmp_path / str(number))
        items = clean.scan(tmp_path / str(number))
        failed = {(call.service, call.operation) for call in clean.front.calls} & set(batch)
        assert failed
        for asked in sorted(failed):
            assert told(items, *asked) & REASONS[what], (what, asked)
        assert improved(clean.verdicts, judged(items)) == []


def told(items: list[Item], service: str, operation: str) -> set[str]:
    """The reasons that the ledger or the gaps give for what an operation would have read."""
    if operation == "GetResources":
        return {line.status for line in readings(items) if line.service == "tagging"}
    if operation == "DescribeRegions":
        return {line.status for line in readings(items) if line.kind == "region"}
    listed, completed = named(service, operation)
    found: set[str] = set()
    for item in items:
        if isinstance(item, Reading) and item.kind in listed:
            found.add(item.status)
        elif isinstance(item, Gap) and (item.id is not None or (item.scope or "").rpartition(" ")[2] in completed):
            found.add(item.reason)
    return found


def named(service: str, operation: str) -> tuple[set[str], set[str]]:
    """The kinds that an operation lists, and those that it completes."""

    def kinds(pairs: Iterator[tuple[Kind, bool]]) -> set[str]:
        return {kind.id for kind, holds in pairs if holds}

    found = list(forms("aws"))
    listed = ((kind, (form.listing.service, form.listing.operation) == (service, operation)) for kind, form in found)
    completed = (
        (kind, any((call.service, call.operation) == (service, operation) for call in form.also.values()))
        for kind, form in found
    )
    return kinds(listed), kinds(completed)


def test_the_day_is_that_of_the_scan(clean: Clean) -> None:
    dates = {known.evidence.date for item in clean.items if isinstance(item, Row) for known in item.facts.values()}
    assert dates == {DAY}
