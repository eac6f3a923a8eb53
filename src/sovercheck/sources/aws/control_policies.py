"""The service control policies of an organisation, and to what each is attached: asked once, for all its accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sovercheck.sources.aws.asking import AwsAsker, Kept
from sovercheck.sources.aws.permissions import permission
from sovercheck.sources.aws.region_guard import Level, NotAPolicyError, Policy, statements_of
from sovercheck.sources.journal import Ask, Refusal
from sovercheck.sources.kinds.model import Call
from sovercheck.sources.kinds.path import Json, Path, find, mappings, parse
from sovercheck.sources.readers import arn

KIND = "service_control_policy"
"""What the ledger calls them."""

_TYPE = "SERVICE_CONTROL_POLICY"

LIST_ROOTS = Call("organizations", "ListRoots", items=parse("Roots[]"))
LIST_UNITS = Call("organizations", "ListOrganizationalUnitsForParent", items=parse("OrganizationalUnits[]"))
LIST_ACCOUNTS = Call("organizations", "ListAccountsForParent", items=parse("Accounts[]"))
LIST_POLICIES = Call("organizations", "ListPolicies", {"Filter": _TYPE}, items=parse("Policies[]"))
DESCRIBE_POLICY = Call("organizations", "DescribePolicy")
LIST_TARGETS = Call("organizations", "ListTargetsForPolicy", items=parse("Targets[]"))

CALLS = (LIST_ROOTS, LIST_UNITS, LIST_ACCOUNTS, LIST_POLICIES, DESCRIBE_POLICY, LIST_TARGETS)

_READ: Mapping[str, tuple[str, ...]] = {
    "ListRoots": ("Roots[].Id", "Roots[].Arn", "Roots[].PolicyTypes[].Type", "Roots[].PolicyTypes[].Status"),
    "ListOrganizationalUnitsForParent": ("OrganizationalUnits[].Id",),
    "ListAccountsForParent": ("Accounts[].Id",),
    "ListPolicies": ("Policies[].Id", "Policies[].Name"),
    "DescribePolicy": ("Policy.Content",),
    "ListTargetsForPolicy": ("Targets[].TargetId",),
}
KEPT: Kept = {("organizations", operation): tuple(map(parse, paths)) for operation, paths in _READ.items()}

_CONTENT: Path = parse("Policy.Content")
_TYPES: Path = parse("PolicyTypes[]")

NO_ORGANISATION = "AWSOrganizationsNotInUseException"


@dataclass(frozen=True, slots=True)
class Binding:
    """What the policies of an organisation bind.

    Attributes:
        levels: account → the policies attached to the root, to each unit down to it, and to itself; no level at all
            where none bind it. An account that is not there is bound by nobody knows what.
        policies: how many there are.
    """

    levels: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    policies: int = 0


NOTHING_BOUND = Binding()
"""Nothing was asked, or could be, of what binds any account."""


class _RefusedError(Exception):
    """A call gave nothing: what binds an account cannot be told from the others."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def binding(asker: AwsAsker, region: str) -> Binding | Refusal:
    """What binds each account; why it could not be read where it could not.

    Args:
        asker: of the management or of a delegated account.
        region: in which the organisation is asked.
    """
    asking = _Asking(asker, region)
    try:
        return asking.binding()
    except _RefusedError as error:
        refused = error.refusal
        if refused.reason == "not_supported" and (refused.detail or "").startswith(NO_ORGANISATION):
            return Binding({asker.account: ()})
        return refused


class _Asking:
    def __init__(self, asker: AwsAsker, region: str) -> None:
        self.asker = asker
        self.region = region

    def binding(self) -> Binding:
        roots = list(self.listed(LIST_ROOTS))
        attached: dict[str, list[Policy]] = {}
        policies = 0
        if any(_is_on(root) for root in roots):
            for entry in self.listed(LIST_POLICIES):
                policies += 1
                policy = self.policy(str(entry["Id"]), str(entry.get("Name", "")))
                for target in self.listed(LIST_TARGETS, PolicyId=policy.id):
                    attached.setdefault(str(target["TargetId"]), []).append(policy)
        levels: dict[str, tuple[Level, ...]] = {}
        for root in roots:
            for account, above in self.accounts(str(root["Id"]), ()):
                levels[account] = tuple(tuple(attached.get(target, ())) for target in (*above, account))
            # The management account is bound by no control policy, wherever it is attached.
            named = arn(root.get("Arn"))
            if named is not None:
                levels[named["account"]] = ()
        return Binding(levels, policies)

    def accounts(self, parent: str, above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every account below a root or a unit, with all that is above it."""
        above = (*above, parent)
        for entry in self.listed(LIST_ACCOUNTS, ParentId=parent):
            yield str(entry["Id"]), above
        for unit in self.listed(LIST_UNITS, ParentId=parent):
            yield from self.accounts(str(unit["Id"]), above)

    def policy(self, id_: str, name: str) -> Policy:
        ask = self.ask(DESCRIBE_POLICY, PolicyId=id_)
        found = self.asker.fetch(ask, DESCRIBE_POLICY)
        if isinstance(found, Refusal):
            raise _RefusedError(found)
        content = find(_CONTENT, found) if isinstance(found, dict) else None
        try:
            return Policy(id_, name, statements_of(content if isinstance(content, str) else ""))
        except NotAPolicyError as error:
            needs = permission(DESCRIBE_POLICY)
            raise _RefusedError(Refusal("unreadable", needs=needs, detail=f"{id_}: {error}")) from error

    def listed(self, call: Call, **parameters: str) -> list[Mapping[str, Json]]:
        assert call.items is not None  # noqa: S101 - of a listing
        ask = self.ask(call, **parameters)
        found = [entry for page in self.asker.pages(ask, call) for entry in mappings(call.items, page)]
        refused = self.asker.journal.refusal(ask)
        if refused is not None:
            raise _RefusedError(refused)
        return found

    def ask(self, call: Call, **parameters: str) -> Ask:
        given = {**call.parameters, **parameters}
        return Ask(self.asker.account, self.region, call.service, call.operation, given)


def _is_on(root: Mapping[str, Json]) -> bool:
    """Whether control policies bind anything at all: an organisation has to turn them on."""
    return any(
        entry.get("Type") == _TYPE and entry.get("Status") == "ENABLED" for entry in mappings(_TYPES, dict(root))
    )
