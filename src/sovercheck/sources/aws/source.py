"""AWS as a source: which accounts, their answers gathered into journals, and rows made from the journals.

Accounts are read side by side, each by a process of its own (`aws.gather`); then one process reads what all of them
answered (`aws.rows`), in one order, so that the same answers give the same rows whatever came first.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from sovercheck.inventory.rows import Gap, Item, Reading
from sovercheck.reference import load_reference
from sovercheck.sources.aws import control_policies, organisation, privileges, trial
from sovercheck.sources.aws.aggregator import Aggregator
from sovercheck.sources.aws.asking import CEILINGS, AwsAsker
from sovercheck.sources.aws.control_policies import NOTHING_BOUND, Binding
from sovercheck.sources.aws.failures import ASSUME_ROLE, FAILURES, refusal
from sovercheck.sources.aws.gather import Account
from sovercheck.sources.aws.organisation import Caller, Member
from sovercheck.sources.aws.plan import Excluded
from sovercheck.sources.aws.reconcile import Direct, Reconciling
from sovercheck.sources.aws.rows import rows
from sovercheck.sources.aws.session import MAIN_REGIONS, base_session
from sovercheck.sources.aws.settings import AggregatorEntry, AwsEntry
from sovercheck.sources.aws.together import gather_all
from sovercheck.sources.base import Failed, Tried, Work
from sovercheck.sources.budget import Budgets
from sovercheck.sources.insist import Counters, Patience
from sovercheck.sources.journal import Journal, Refusal


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts to read, and what is known of the others.

    Attributes:
        read: those to read.
        inside: the organisation's own, read or not.
        left_out: readings and gaps of those that are not read.
    """

    read: tuple[Account, ...]
    inside: frozenset[str]
    left_out: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Aws:
    """The AWS accounts that a configuration names.

    Attributes:
        settings: what `sovercheck.yaml` says.
        patience: how long to insist with a call.
    """

    settings: AwsEntry
    patience: Patience = field(default_factory=Patience)
    kind: ClassVar[str] = "aws"

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return self.settings.name

    def scan(self, work: Work) -> Iterator[Item]:
        """See `LiveSource`."""
        found = organisation.caller(self.settings.profile)
        if isinstance(found, Refusal):
            yield from self._nothing(self.settings.profile or "?", found)
            return
        accounts = self._accounts(found, work)
        direct = Direct()
        yield from direct.watch(accounts.left_out)
        gather_all(self.name, accounts.read, self.settings.processes, work)
        bound = yield from self._bound(found, work)
        items = rows(self.name, accounts.read, accounts.inside, bound, direct.ids)
        if self.settings.config_aggregator is None:
            yield from items
            return
        yield from direct.watch(items)
        yield from self._reconciled(self.settings.config_aggregator, found, accounts, direct, work)

    def trial(self, work: Work) -> Iterator[Tried]:
        """See `LiveSource`: each account's regions, and a listing of each kind in one of them."""
        found = organisation.caller(self.settings.profile)
        if isinstance(found, Refusal):
            yield Tried(self.settings.profile or "*", "", 0, (Failed("sts:GetCallerIdentity", found),))
            return
        yield Tried(found.account, found.arn, 1)
        accounts = self._accounts(found, work)
        for item in accounts.left_out:
            if isinstance(item, Gap):
                yield Tried(item.scope or "*", "", 0, (trial.failed(item),))
        for item in self._bound(found, work):
            if isinstance(item, Reading) and item.status != "read":
                yield Tried("organization", "", 0, (trial.failed(item),))
        yield from trial.tried(accounts.read)

    def least(self) -> Mapping[str, object]:
        """See `LiveSource`."""
        return privileges.policy(self.settings)

    def _nothing(self, account: str, refused: Refusal) -> Iterator[Item]:
        """Nothing of an account can be read."""
        needs, detail = refused.needs, refused.detail
        yield Reading(self.name, account, "*", "sts", "*", refused.status, needs=needs, detail=detail)
        yield Gap(self.name, refused.reason, "resource", scope=account, needs=needs, detail=detail)

    def _accounts(self, found: Caller, work: Work) -> Accounts:
        """Which accounts to read, and with what."""
        settings = self.settings
        wanted: Sequence[Member]
        left_out: list[Item] = []
        if settings.accounts == "organization":
            listed = self._members(found, work)
            if isinstance(listed, Refusal):
                left_out += self._nothing("organization", listed)
                listed = (Member(found.account, "", "ACTIVE"),)
            wanted = listed
        else:
            wanted = [Member(id_, "", "ACTIVE") for id_ in settings.accounts or [found.account]]
        excluded = self.excluded()
        read: list[Account] = []
        for member in wanted:
            if member.id in excluded.words:
                left_out.append(Reading(self.name, member.id, "*", "*", "*", "excluded", detail=excluded.because))
            elif member.status != "ACTIVE":
                left_out.append(Reading(self.name, member.id, "*", "*", "*", "excluded", detail=member.status))
            elif member.id != found.account and settings.role is None:
                left_out += self._nothing(member.id, Refusal("refused", ASSUME_ROLE, "role"))
            else:
                read.append(self._account(member.id, found, excluded, work))
        return Accounts(tuple(read), frozenset(member.id for member in wanted) | {found.account}, tuple(left_out))

    def _account(self, id_: str, found: Caller, excluded: Excluded, work: Work) -> Account:
        settings = self.settings
        # The ambient credentials read their own account; a role is for those of the others.
        assumed = settings.role is not None and (id_ != found.account or settings.accounts is None)
        role = f"arn:{found.partition}:iam::{id_}:role/{settings.role}" if assumed else None
        return Account(
            id=id_,
            partition=found.partition,
            journal=work.folder / f"{self.name}-{id_}.ndjson",
            day=work.day,
            excluded=excluded,
            profile=settings.profile,
            role=role,
            external_id=settings.external_id,
            threads=settings.threads,
            requests_per_second=settings.requests_per_second,
            patience=self.patience,
        )

    def _members(self, found: Caller, work: Work) -> tuple[Member, ...] | Refusal:
        with self._asker(found.account, work) as asker:
            try:
                return organisation.members(asker, MAIN_REGIONS[found.partition])
            except FAILURES as error:
                return refusal(error, "organizations:ListAccounts")

    def _bound(self, found: Caller, work: Work) -> Generator[Item, None, Binding | Refusal]:
        """What binds the accounts; a line of the ledger tells how it was read."""
        region = MAIN_REGIONS[found.partition]
        with self._asker(found.account, work) as asker:
            try:
                bound = control_policies.binding(asker, region)
            except FAILURES as error:
                bound = refusal(error, "organizations:ListRoots")
        line = partial(Reading, self.name, found.account, region, "organizations", control_policies.KIND)
        if isinstance(bound, Binding):
            yield line("read", resources=bound.policies)
            return bound
        if self.settings.accounts != "organization":
            # Nobody asked for the organisation: that these credentials may not read it is no fault of theirs.
            return NOTHING_BOUND
        yield line(bound.status, needs=bound.needs, detail=bound.detail)
        return bound

    def _reconciled(
        self, entry: AggregatorEntry, found: Caller, accounts: Accounts, direct: Direct, work: Work
    ) -> Iterator[Item]:
        """What AWS Config has, compared with the direct reading."""
        account = entry.account or found.account
        excluded = self.excluded().words | {of for of, region, _ in direct.excluded if region == "*"}
        with self._asker(account, work, self._account(account, found, self.excluded(), work)) as asker:
            aggregator = Aggregator(asker, entry.region, entry.name)
            regions, main_region = load_reference().regions, MAIN_REGIONS[found.partition]
            wanted, day = accounts.inside - excluded, asker.journal.began
            comparing = Reconciling(self.name, aggregator, direct, wanted, main_region, regions, day)
            yield from comparing.items()

    @contextmanager
    def _asker(self, account: str, work: Work, of: Account | None = None) -> Iterator[AwsAsker]:
        """Asks about the organisation as a whole, into its own journal.

        Args:
            account: whose credentials ask.
            work: where the journal is.
            of: how that account's credentials are had; the ambient ones where it is left out.
        """
        with Journal(work.folder / f"{self.name}-organisation.ndjson", work.day) as journal:
            journal.forget_refusals()
            yield AwsAsker(
                account,
                of.session() if of is not None else base_session(self.settings.profile),
                journal,
                organisation.KEPT,
                threads=1,
                budgets=Budgets(self.settings.requests_per_second, CEILINGS),
                patience=self.patience,
                counters=Counters(),
            )

    def excluded(self) -> Excluded:
        """What the configuration leaves out."""
        regions = frozenset(self.settings.regions) if self.settings.regions is not None else None
        return Excluded(frozenset(self.settings.exclude), regions, self.settings.because)
