"""What `sovercheck.yaml` says of the AWS accounts to read."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sovercheck.reference.written import Sentence, Written

ACCOUNT = re.compile(r"\d{12}\Z", re.ASCII)


def _account(value: object) -> object:
    # A number may have lost zeros at its beginning: only a text says an account.
    if not isinstance(value, str) or not ACCOUNT.match(value):
        raise PydanticCustomError("account_id", "twelve digits in quotes")
    return value


AccountId = Annotated[str, BeforeValidator(_account)]


def _written_as(value: object) -> str:
    return "list" if isinstance(value, list) else "word"


Accounts = Annotated[
    Annotated[Literal["organization"], Tag("word")] | Annotated[list[AccountId], Tag("list")],
    Discriminator(_written_as),
]
"""Told apart by form, so that a mistake is reported once."""


class AggregatorEntry(Written):
    """An AWS Config aggregator to reconcile the direct reading with.

    Attributes:
        name: its name.
        region: where it is.
        account: whose it is; that of the ambient credentials where it is left out.
    """

    name: Sentence
    region: Sentence
    account: AccountId | None = None


class AwsEntry(Written):
    """The AWS accounts to read.

    Attributes:
        name: what the coverage calls the source.
        profile: of the ambient credentials; the usual chain where it is left out.
        accounts: `organization`, or ids; the account of the ambient credentials where it is left out.
        role: the name of the role to assume in each account.
        external_id: what the role's trust policy asks for.
        regions: the only ones to read; every region that the account uses where it is left out.
        exclude: accounts, regions, services and kinds not to read.
        because: why; it stands in every report.
        config_aggregator: reconciled with the direct reading.
        threads: how many calls at once, in each account.
        processes: how many accounts at once; as many as there are cores where it is left out.
        requests_per_second: of each service in each region, where its quota is not known to be higher.
    """

    name: Sentence = "aws"
    profile: Sentence | None = None
    accounts: Accounts | None = None
    role: Sentence | None = None
    external_id: Sentence | None = None
    regions: list[Sentence] | None = None
    exclude: list[Sentence] = Field(default_factory=list)
    because: Sentence | None = None
    config_aggregator: AggregatorEntry | None = None
    threads: Annotated[int, Field(ge=1, le=64)] = 16
    processes: Annotated[int, Field(ge=1, le=64)] | None = None
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 20.0

    @model_validator(mode="after")
    def _excluded_for_a_reason(self) -> AwsEntry:
        if (self.exclude or self.regions is not None) and self.because is None:
            raise PydanticCustomError("because", "what is left out has a reason")
        return self


def known_words() -> frozenset[str]:
    """What `exclude` may name beside accounts: regions, services and kinds, as they are known today."""
    from sovercheck.sources.kinds import forms

    named = {word for kind, form in forms("aws") for word in (kind.id, form.listing.service)}
    return known_regions() | named


def known_regions() -> frozenset[str]:
    """AWS's regions, as the reference data have them."""
    from sovercheck.reference import load_reference

    return frozenset(region.id for region in load_reference().regions.all if region.provider == "aws")
