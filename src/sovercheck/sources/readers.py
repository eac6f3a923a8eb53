"""How a member becomes a fact where a path alone cannot say it: the region in an ARN, the accounts in a policy.

A reader takes what stands at a path and gives the value, `ABSENT` where it says nothing, or a `Refusal` where what it
depends on could not be read. Those that must look a thing up (where a bucket is, which region Azure pairs another
with) ask the scan's `Lookups`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from sovercheck.sources.journal import Refusal
from sovercheck.sources.kinds.path import ABSENT, Found, Json, Pending, Reference

Result = Found | Refusal


class Lookups(Protocol):
    """What a scan can look up about the rest of what it read."""

    def region_of_bucket(self, name: str) -> Result:
        """The region of an S3 bucket of whatever account."""

    def region_of_id(self, identifier: str) -> Result:
        """The region of an Azure resource, or of another resource of the same plan."""

    def paired_region(self, region: str) -> Result:
        """The region that Azure pairs another with, as the subscription's own metadata says."""


Reader = Callable[[Json, Lookups], Result]

PUBLIC = "public"
"""Stands in `resource.shared_with` for everybody."""

_ARN = re.compile(r"arn:(?P<partition>[^:]*):(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)\Z")
_SERVICES = (".amazonaws.com", ".amazonaws.com.cn")
_ACCOUNT = re.compile(r"\d{12}\Z")
_LOCATED = re.compile(r"/(?:locations|regions|zones)/([A-Za-z0-9-]+)")
_GOOGLE_ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-[a-z]\Z")
_ZONE = re.compile(r"([a-z]{2,}(?:-[a-z]+)+-\d+)[a-z]\Z")


def arn(value: Found) -> re.Match[str] | None:
    """The parts of an ARN: partition, service, region, account, rest."""
    return _ARN.match(value) if isinstance(value, str) else None


def _text(value: Json, _: Lookups) -> Result:
    return value


def _lower(value: Json, _: Lookups) -> Result:
    return value.lower() if isinstance(value, str) else ABSENT


def _day(value: Json, _: Lookups) -> Result:
    return value[:10] if isinstance(value, str) and len(value) >= 10 else ABSENT


def _region_of_arn(value: Json, lookups: Lookups) -> Result:
    if isinstance(value, Reference):
        return lookups.region_of_id(value)
    found = arn(value)
    return found["region"] or ABSENT if found else ABSENT


def _account_of_arn(value: Json, _: Lookups) -> Result:
    found = arn(value)
    return found["account"] or ABSENT if found else ABSENT


def _name_of_arn(value: Json, _: Lookups) -> Result:
    found = arn(value)
    return re.split(r"[:/]", found["rest"])[-1] if found else ABSENT


def aws_region(zone: Json) -> str | None:
    """`ca-central-1a` → `ca-central-1`; None of what is no availability zone, as a Local Zone."""
    found = _ZONE.match(zone) if isinstance(zone, str) else None
    return found[1] if found else None


def google_region(zone: str) -> str:
    """`northamerica-northeast1-a` → `northamerica-northeast1`, in lower case as every service but Storage writes it."""
    found = _GOOGLE_ZONE.match(zone.lower())
    return found[1] if found else zone.lower()


def _region_of_zone(value: Json, _: Lookups) -> Result:
    """A Local Zone keeps its own name, as its place is its own."""
    return aws_region(value) or value


def _region_of_bucket(value: Json, lookups: Lookups) -> Result:
    if isinstance(value, Reference):
        return lookups.region_of_id(value)
    name = bucket_name(value)
    return lookups.region_of_bucket(name) if name else ABSENT


def bucket_name(value: Json) -> str | None:
    """The bucket that an ARN, an `s3://` or `gs://` address, a destination of Google’s logs or a bare name names."""
    if not isinstance(value, str):
        return None
    found = arn(value)
    name = found["rest"] if found else re.sub(r"\A(s3[an]?://|gs://|storage\.googleapis\.com/)", "", value)
    # CloudFront names a bucket by its host, `logs.s3.amazonaws.com`.
    return re.sub(r"\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?\Z", "", name.partition("/")[0]) or None


def _region_name(value: Json, _: Lookups) -> Result:
    """`Canada East` → `canadaeast`, as Azure's services spell a region in either way."""
    name = "".join(value.split()).lower() if isinstance(value, str) else ""
    return name if name and name != "global" else ABSENT


def _region_of_id(value: Json, lookups: Lookups) -> Result:
    return lookups.region_of_id(value) if isinstance(value, str) else ABSENT


def _paired_region(value: Json, lookups: Lookups) -> Result:
    return lookups.paired_region("".join(value.split()).lower()) if isinstance(value, str) else ABSENT


def _subscription_of_id(value: Json, _: Lookups) -> Result:
    found = re.match(r"/subscriptions/([^/]+)/", value, re.IGNORECASE) if isinstance(value, str) else None
    return found[1].lower() if found else ABSENT


def _tags(value: Json, _: Lookups) -> Result:
    """Tags in any of the providers' shapes, as `key=value`."""
    return list[Json](sorted(_tag_texts(value)))


def _tag_texts(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, content in value.items():
            yield f"{key}={_shown(content)}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping):
                lowered = {member.lower(): inner for member, inner in item.items()}
                name, text = lowered.get("key", lowered.get("tagkey")), lowered.get("value", lowered.get("tagvalue"))
                if name is not None:
                    yield f"{_shown(name)}={_shown(text)}"


def _shown(value: Json) -> str:
    """A part of a tag; one that only a deployment knows, as a template writes it."""
    if isinstance(value, Pending):
        return f"${{{value.needs or '…'}}}"
    return "" if value is None else str(value)


def _accounts(value: Json, _: Lookups) -> Result:
    """Accounts that a resource is shared with: ids or ARNs in a list; `all` and `*` say everybody.

    A service of the provider (`s3.amazonaws.com`) is nobody’s account, and what the same file makes is no other’s.
    """
    found = set()
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item and not isinstance(item, Reference) and not item.endswith(_SERVICES):
            parts = arn(item)
            found.add(PUBLIC if item.lower() in ("all", "*") else parts["account"] if parts else item)
    return list[Json](sorted(found - {""}))


def _public(value: Json, _: Lookups) -> Result:
    """A member that is true where a resource is open to everybody."""
    given = value if isinstance(value, list) else [value]
    return (
        [PUBLIC]
        if any(item is True or str(item).lower() in ("true", "enabled", "blob", "container") for item in given)
        else []
    )


def _sum(value: Json, _: Lookups) -> Result:
    """The sum of the numbers of a list."""
    numbers = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, int | float)]
    return sum(numbers) if numbers else ABSENT


def _policy(value: Json, _: Lookups) -> Result:
    """Whom the statements of a policy allow; one that is open to all on a condition gives `public (condition)`."""
    found: set[str] = set()
    for text in value if isinstance(value, list) else [value]:
        if text == "":
            continue
        try:
            document = json.loads(text) if isinstance(text, str) else text
        except ValueError:
            return Refusal("unreadable", detail="policy")
        for allowed in _allowed(document) if isinstance(document, Mapping) else ():
            if isinstance(allowed, str):
                found.add(allowed)
            elif allowed.needs != _OWN_ACCOUNT:
                return Refusal(allowed.reason, allowed.needs)
    # The account in an ARN of a template is left out where it is the deployment's own.
    return list[Json](sorted(found - {""}))


_OWN_ACCOUNT = "AWS::AccountId"
"""What a template calls the account that it is deployed in."""


def _allowed(document: Mapping[str, Json]) -> Iterator[str | Pending]:
    """Whom a policy lets in; in a template, what of that only a deployment knows."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Pending):
            yield statement
            continue
        if isinstance(statement, Mapping) and isinstance(effect := statement.get("Effect"), Pending):
            yield effect
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal", {"AWS": "*"} if "NotPrincipal" in statement else {})
        given = {"AWS": principal} if isinstance(principal, str) else principal
        if isinstance(given, Pending):
            yield given
        if not isinstance(given, Mapping):
            continue
        for kind, names in given.items():
            for name in names if isinstance(names, list) else [names]:
                if isinstance(name, Pending) and kind != "Service":
                    yield name
                elif isinstance(name, Reference):
                    # A role or a user that the same file makes is no other's.
                    continue
                elif kind == "AWS" and name == "*":
                    yield from _everybody(statement.get("Condition"))
                elif kind == "AWS" and isinstance(name, str):
                    parts = arn(name)
                    yield parts["account"] if parts else name
                elif kind in ("Federated", "CanonicalUser") and isinstance(name, str):
                    yield f"{kind}: {name}"


_WHO = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "kms:calleraccount",
    }
)
"""The keys of conditions that say whose the caller must be."""


def _everybody(condition: Json) -> Iterator[str | Pending]:
    """Whom a statement for everybody lets in: those that a condition names, or all."""
    if isinstance(condition, Pending):
        yield condition
        return
    if not isinstance(condition, Mapping) or not condition:
        yield PUBLIC
        return
    named: set[str | Pending] = set()
    for operator, keys in condition.items():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            if key.lower() in _WHO and operator.lower() in ("stringequals", "stringlike", "stringequalsignorecase"):
                given = values if isinstance(values, list) else [values]
                named.update(value if isinstance(value, Pending) else str(value) for value in given)
    yield from named or {f"{PUBLIC} (condition)"}


def _presence(value: Json, _: Lookups) -> Result:
    """That there is a value; of a secret, nothing else is read."""
    return True if value not in ("", False, [], {}) else ABSENT


def _region_of_path(value: Json, lookups: Lookups) -> Result:
    """The region in a Google name, `projects/p/locations/northamerica-northeast1/keyRings/r`; zones give theirs."""
    if isinstance(value, Reference):
        return lookups.region_of_id(value)
    found = _LOCATED.search(value) if isinstance(value, str) else None
    return _region_of_google_zone(found[1], lookups) if found else ABSENT


def _region_of_google_zone(value: Json, _: Lookups) -> Result:
    return google_region(value) or ABSENT if isinstance(value, str) else ABSENT


def _region_of_config(value: Json, lookups: Lookups) -> Result:
    """`projects/p/instanceConfigs/regional-europe-west1` → `europe-west1`; a set of regions (`nam3`) is named so."""
    if isinstance(value, Reference):
        return lookups.region_of_id(value)
    name = value.rpartition("/")[2] if isinstance(value, str) else ""
    return name.lower().removeprefix("regional-") or ABSENT


def _members(value: Json, _: Lookups) -> Result:
    """Whom a Google policy or a list of members lets in: domains, projects, or everybody; of people, their domain."""
    found: set[str] = set()
    for text in value if isinstance(value, list) else [value]:
        if not isinstance(text, str):
            continue
        if not text.lstrip().startswith("{"):
            found.update(_member(text))
            continue
        try:
            bindings = json.loads(text).get("bindings", [])
        except ValueError:
            return Refusal("unreadable", detail="policy")
        for binding in bindings:
            for name in binding.get("members", []):
                found.update(_member(name))
    return list[Json](sorted(found))


_OPEN = frozenset({"allusers", "allauthenticatedusers"})
_AGENT = re.compile(r"(?:service|bq)-\d+\Z")
"""How the accounts of Google’s own services begin."""


def _member(text: str) -> Iterator[str]:
    if text.lower() in _OPEN:
        yield PUBLIC
        return
    if text.startswith(("principal:", "principalSet:")):
        yield text
        return
    kind, colon, name = text.rpartition(":")
    if kind == "deleted" or kind.startswith("deleted:"):
        return
    local, at, domain = name.rpartition("@")
    if domain.endswith(".gserviceaccount.com"):
        if domain == "cloudservices.gserviceaccount.com" or _AGENT.match(local):
            return
        # A service account is of the project in its domain, or in its own name where the domain is Google’s.
        project = domain.removesuffix(".iam.gserviceaccount.com")
        yield project if project != domain else local.removesuffix("-compute")
    elif at or colon or "." in domain:
        # A bare word without a point is a group of the project’s own: `projectOwners`.
        yield domain


READERS: Mapping[str, Reader] = {
    "text": _text,
    "presence": _presence,
    "region_of_path": _region_of_path,
    "region_of_google_zone": _region_of_google_zone,
    "region_of_config": _region_of_config,
    "members": _members,
    "lower": _lower,
    "day": _day,
    "region_of_arn": _region_of_arn,
    "account_of_arn": _account_of_arn,
    "name_of_arn": _name_of_arn,
    "region_of_zone": _region_of_zone,
    "region_of_bucket": _region_of_bucket,
    "region_name": _region_name,
    "region_of_id": _region_of_id,
    "paired_region": _paired_region,
    "subscription_of_id": _subscription_of_id,
    "tags": _tags,
    "accounts": _accounts,
    "public": _public,
    "sum": _sum,
    "policy": _policy,
}
"""Every reader by the name that descriptions call it."""

LOOKING_UP = frozenset({"region_of_bucket", "region_of_id", "paired_region"})
"""The readers that ask the scan's `Lookups`."""
