"""What `sovercheck.yaml` says of the Azure subscriptions to read."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sovercheck.reference.written import Sentence, Written

SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def _subscription(value: object) -> object:
    if not isinstance(value, str) or not SUBSCRIPTION.match(value):
        raise PydanticCustomError("subscription_id", "the id of a subscription")
    return value


SubscriptionId = Annotated[str, BeforeValidator(_subscription)]


def _written_as(value: object) -> str:
    return "list" if isinstance(value, list) else "word"


Subscriptions = Annotated[
    Annotated[Literal["all"], Tag("word")] | Annotated[list[SubscriptionId], Tag("list")],
    Discriminator(_written_as),
]
"""Told apart by form, so that a mistake is reported once."""

LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?\Z")


def _endpoint(address: str) -> str:
    if not address.startswith("https://") and not LOOPBACK.match(address):
        raise PydanticCustomError("endpoint", "an https address")
    return address.rstrip("/")


class AzureEntry(Written):
    """The Azure subscriptions to read.

    Attributes:
        name: what the coverage calls the source.
        subscriptions: `all` that the credentials see, or ids.
        management_group: whose subscriptions are to be read; those that it has and the credentials do not see are told.
        tenant: the tenant to sign in to, where the credentials know several.
        endpoint: of the management interface: that of another Azure cloud, or of a double on this machine.
        exclude: subscriptions, regions and kinds not to read.
        because: why; it stands in every report.
        threads: how many calls at once.
        requests_per_second: of the management interface.
    """

    name: Sentence = "azure"
    subscriptions: Subscriptions = "all"
    management_group: Sentence | None = None
    tenant: Sentence | None = None
    endpoint: Annotated[str, AfterValidator(_endpoint)] = "https://management.azure.com"
    exclude: list[Sentence] = Field(default_factory=list)
    because: Sentence | None = None
    threads: Annotated[int, Field(ge=1, le=64)] = 8
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 20.0

    @model_validator(mode="after")
    def _excluded_for_a_reason(self) -> AzureEntry:
        if self.exclude and self.because is None:
            raise PydanticCustomError("because", "what is left out has a reason")
        return self


def known_words() -> frozenset[str]:
    """What `exclude` may name beside subscriptions: regions and kinds, as they are known today."""
    from sovercheck.reference import load_reference
    from sovercheck.sources.kinds import forms

    regions = {region.id for region in load_reference().regions.all if region.provider == "azure"}
    return frozenset(regions | {kind.id for kind, _ in forms("azure")})
