"""What the sweep over tags names and no description knows: inventoried all the same, with its place, and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from sovercheck.inventory.rows import Item
from sovercheck.sources.aws.world import AwsWorld
from sovercheck.sources.extract import Extractor, kind_without_description
from sovercheck.sources.kinds import forms
from sovercheck.sources.ledger import Ledger
from sovercheck.sources.readers import arn


def undescribed(extractor: Extractor, account: str, world: AwsWorld, ledger: Ledger) -> Iterator[Item]:
    """A resource for each ARN of no described kind."""
    for (of, region), tagged in sorted(world.swept.items()):
        if of != account:
            continue
        for identifier, tags in sorted(tagged.items()):
            native = native_type(identifier)
            if native is None or identifier in world.ids or native.startswith(described()):
                continue
            ledger.without_description(account, region, native, kind_without_description("aws", native))
            yield from extractor.undescribed(identifier, native, account, region, tags)


def native_type(identifier: str) -> str | None:
    """What kind of thing an ARN names: `ec2:subnet/`, `sqs:`; None where it is no ARN."""
    parts = arn(identifier)
    if parts is None:
        return None
    found = re.match(r"[a-z][A-Za-z0-9-]*[:/]", parts["rest"])
    return f"{parts['service']}:{found[0] if found else ''}"


@cache
def described() -> tuple[str, ...]:
    """How the ARNs of described kinds begin after the account."""
    return tuple(form.arn for _, form in forms("aws") if form.arn is not None)
