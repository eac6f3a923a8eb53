"""Trying the accounts before a scan: whether each can be entered, and one page of each kind's listing in one region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import get_args

from sovercheck.inventory.rows import Gap, Reading
from sovercheck.sources.aws.asking import AwsAsker
from sovercheck.sources.aws.failures import FAILURES, refusal
from sovercheck.sources.aws.gather import REGIONS, TAGS, Account, asker, planned, regions_ask, tags_ask
from sovercheck.sources.base import Failed, Tried
from sovercheck.sources.crew import Crew, Task
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.item import Unit
from sovercheck.sources.journal import NO_CREDENTIALS, Ask, Journal, Refusal, RefusalReason
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.walk import listing

_AT_ONCE = 4
"""Accounts; each has threads of its own."""

_PATIENCE = Patience(attempts=2, repeats=1, read=20)
"""Somebody waits for the answer, and nothing is lost by a call that is not insisted on."""


def tried(accounts: Sequence[Account]) -> Iterator[Tried]:
    """What trying each account showed, in their order.

    Raises:
        InputError: the disk refuses.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_account, [replace(account, patience=_PATIENCE) for account in accounts])


def failed(told: Gap | Reading) -> Failed:
    """Why an account, or what binds it, is not read at all, from what a scan tells of it."""
    status = told.reason if isinstance(told, Gap) else told.status
    reason: RefusalReason = next((word for word in get_args(RefusalReason) if word == status), "refused")
    return Failed(told.needs or "", Refusal(reason, told.needs, told.detail))


def _account(account: Account) -> Tried:
    with Journal(account.journal, account.day) as journal:
        try:
            asking = asker(account, journal, Counters())
        except FAILURES as error:
            return Tried(account.id, "", 0, (Failed("", refusal(error, NO_CREDENTIALS)),))
        regions = regions_ask(account)
        for _ in asking.pages(regions, REGIONS):
            pass
        refused = journal.refusal(regions)
        if refused is not None and asking.ended:
            return Tried(account.id, "", 0, (Failed(_name(regions), refused),))
        return _calls(account, asking)


def _calls(account: Account, asking: AwsAsker) -> Tried:
    """One page of the listing of each kind, and of the sweep over tags, in the first of the regions to be read."""
    journal = asking.journal
    units = [line.unit for line in planned(account, journal) if line.unit is not None]
    region = _region(account, units)
    asked: dict[int, tuple[Ask, Call]] = {}
    for unit in units:
        ask = listing(unit) if unit.form.scope == "account" or unit.region == region else None
        if ask is not None:
            # Some kinds are listed by one call.
            asked[ask.key] = (ask, unit.form.listing)
    if region is not None:
        ask = tags_ask(account, region)
        asked[ask.key] = (ask, TAGS)
    tasks: list[Task] = [partial(_first_page, asking, ask, call) for ask, call in asked.values()]
    Crew(account.threads).run(tasks)
    made = [regions_ask(account), *(ask for ask, _ in asked.values())]
    found = [(ask, journal.refusal(ask)) for ask in made]
    # What the provider does not offer there lacks no permission.
    failures = tuple(
        Failed(_name(ask), refused)
        for ask, refused in found
        if refused is not None and refused.reason != "not_supported"
    )
    return Tried(account.id, region or "", len(made) - len(failures), failures)


def _region(account: Account, units: Iterable[Unit]) -> str | None:
    """The main region where it is read, otherwise the first one that is."""
    read = sorted({unit.region for unit in units if unit.form.scope == "region"})
    return account.main_region if account.main_region in read else next(iter(read), None)


def _name(ask: Ask) -> str:
    return f"{ask.service}:{ask.operation}"


def _first_page(asking: AwsAsker, ask: Ask, call: Call) -> Iterable[Task]:
    next(asking.pages(ask, call), None)
    return ()
