"""What `sovercheck.yaml` says of the Azure subscriptions to read."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from sovercheck.reference.written import Sentence, Written

SubscriptionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]

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
    subscriptions: Literal["all"] | list[SubscriptionId] = "all"
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
