"""Which accounts there are: that of the ambient credentials, those that are named, or a whole organisation."""

from __future__ import annotations

from dataclasses import dataclass

from sovercheck.sources.aws import aggregator, control_policies
from sovercheck.sources.aws.asking import AwsAsker, Kept
from sovercheck.sources.aws.failures import FAILURES, refusal
from sovercheck.sources.aws.session import base_session, partition_of
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import mappings, parse
from sovercheck.sources.readers import arn

LIST_ACCOUNTS = Call("organizations", "ListAccounts")
KEPT: Kept = {
    ("organizations", "ListAccounts"): (parse("Accounts[].Id"), parse("Accounts[].Name"), parse("Accounts[].Status")),
    **control_policies.KEPT,
    **aggregator.KEPT,
}
"""What is kept of the answers about the organisation as a whole."""

_ACCOUNTS = parse("Accounts[]")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the ambient credentials are.

    Attributes:
        account: its id.
        partition: its partition.
        arn: of the user or role.
    """

    account: str
    partition: str
    arn: str


def caller(profile: str | None) -> Caller | Refusal:
    """Asks who the ambient credentials are; why they cannot be used where they cannot."""
    try:
        session = base_session(profile)
        region = session.region_name or "us-east-1"
        answer = session.client("sts", region_name=region).get_caller_identity()
    except FAILURES as error:
        found = refusal(error, "sts:GetCallerIdentity")
        return Refusal(found.reason, found.needs, found.detail)
    parts = arn(answer["Arn"])
    return Caller(answer["Account"], parts["partition"] if parts else partition_of(region), answer["Arn"])


def organisation_ask(account: str, region: str) -> Ask:
    """The call that lists the organisation's accounts."""
    return Ask(account, region, LIST_ACCOUNTS.service, LIST_ACCOUNTS.operation)


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organisation: its id, its name, and whether it is `ACTIVE`."""

    id: str
    name: str
    status: str


def members(asker: AwsAsker, region: str) -> tuple[Member, ...] | Refusal:
    """The accounts of the organisation, in order of id; why they could not be listed where they could not."""
    ask = organisation_ask(asker.account, region)
    found = [
        Member(str(entry["Id"]), str(entry.get("Name", "")), str(entry.get("Status", "ACTIVE")))
        for page in asker.pages(ask, LIST_ACCOUNTS)
        for entry in mappings(_ACCOUNTS, page)
    ]
    refused = asker.journal.refusal(ask)
    return refused if refused is not None else tuple(sorted(found, key=lambda member: member.id))
