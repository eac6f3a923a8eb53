"""An account as a resource of its own: it keeps nothing, and what binds it says where anything may be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Known, Note, Row
from sovercheck.reference.regions import Regions
from sovercheck.sources.aws import region_guard
from sovercheck.sources.aws.control_policies import Binding
from sovercheck.sources.aws.gather import Account
from sovercheck.sources.aws.plan import Region
from sovercheck.sources.aws.region_guard import Usable
from sovercheck.sources.extract import PARTIES
from sovercheck.sources.journal import Refusal

KIND = "account"
NATIVE_TYPE = "AWS::Organizations::Account"


def account_row(
    source: str, account: Account, used: Sequence[Region], bound: Binding | Refusal, regions: Regions, day: str
) -> Iterator[Item]:
    """The row of an account, and what its readers must know of the policies that bind it.

    Args:
        source: the name of the source.
        account: which.
        used: its regions.
        bound: what the organisation's policies bind; why that could not be read.
        regions: the places of the providers' regions.
        day: of the reading.
    """
    shown = f"AWS {account.id}"
    documented = Evidence(Grade.DOCUMENTED, shown, day, NATIVE_TYPE)
    identifier = f"arn:{account.partition}:iam::{account.id}:root"
    facts = {
        "kind": Known(KIND, documented),
        "native_type": Known(NATIVE_TYPE, documented),
        "account": Known(account.id, documented),
        "name": Known(account.id, documented),
        "holds_data": Known(value=False, evidence=documented),
        "copies_complete": Known(value=True, evidence=documented),
    }
    levels = bound.levels.get(account.id) if isinstance(bound, Binding) else None
    notes: list[Item] = []
    if levels is not None:
        found = region_guard.usable(levels, account.id, [region.name for region in used if region.used is not False])
        facts["usable_places"] = _places(found, used, shown, day, regions)
        notes += _notes(source, account.id, found)
    yield Row("resource", identifier, {"provider": PARTIES["aws"]}, facts)
    yield from notes
    if isinstance(bound, Refusal):
        yield Gap(
            source,
            bound.reason,
            "resource",
            id=identifier,
            facts=("usable_places",),
            scope=account.id,
            needs=bound.needs,
            detail=bound.detail,
        )


def _places(found: Usable, used: Sequence[Region], shown: str, day: str, regions: Regions) -> Known:
    """The places of the regions where something may be kept; open where one may be missing."""
    # A region that nobody could say is on may be off.
    certain = found.regions & {region.name for region in used if region.used}
    known = [regions.place("aws", region) for region in sorted(certain)]
    places = {region.place for region in known if region is not None and region.place is not None}
    whole = certain == found.regions and not found.perhaps
    whole = whole and all(region is not None and region.place is not None for region in known)
    inferred = any(region is not None and region.grade == "memory" for region in known)
    guards = ", ".join(f"{policy.id} ({policy.name})" for policy in found.guards)
    locator = f"organizations:DescribePolicy {guards}" if guards else "organizations:ListTargetsForPolicy"
    evidence = Evidence(Grade.INFERRED if inferred else Grade.OBSERVED, shown, day, locator)
    return Known(tuple(sorted(places)), evidence, open=not whole)


def _notes(source: str, account: str, found: Usable) -> Iterator[Note]:
    """Whom the guards do not bind, and what they leave where they deny the rest."""
    policies = ", ".join(policy.name or policy.id for policy in found.guards)
    if found.exempt:
        said: dict[str, str | int] = {"account": account, "policies": policies, "principals": ", ".join(found.exempt)}
        yield Note(source, "aws_guard_exempts", said)
    left: dict[tuple[str, ...], list[str]] = {}
    for region, services in sorted(found.partly.items()):
        left.setdefault(services, []).append(region)
    for services, names in sorted(left.items()):
        yield Note(
            source,
            "aws_guard_leaves",
            {
                "account": account,
                "policies": policies,
                "regions": ", ".join(names),
                "services": ", ".join(services),
            },
        )
