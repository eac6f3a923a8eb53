"""How `sovercheck.yaml` is written: its shape. Imported only where one is read, as pydantic comes with it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sovercheck.reference.written import Sentence, Written
from sovercheck.sources.aws.settings import AwsEntry
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.mapping import SpreadsheetMapping


class OrganisationEntry(Written):
    """`organisation:`; what one file leaves out, the central one may say."""

    name: Sentence | None = None
    place: str | None = None
    kind: Literal["public_body", "health_body", "private", "federal_body"] | None = None


class SourceEntry(Written):
    """One of `sources:`, named by its one key."""

    declarations: str | None = None
    inventory: SpreadsheetMapping | None = None
    aws: AwsEntry | None = None
    azure: AzureEntry | None = None


def _as_text(value: object) -> object:
    """Zeros that stand for a hash are a number to YAML; they are told to be the wrong hash, and the right one shown."""
    return str(value) if isinstance(value, int | float) else value


class ExtendsEntry(Written):
    """`extends:`; without its hash, it is refused with the hash to write."""

    file: Sentence
    sha256: Annotated[str | None, BeforeValidator(_as_text)] = None


def _unpinned(value: object) -> object:
    """A path alone is an entry without its hash."""
    return {"file": value} if isinstance(value, str) else value


class ConfigFile(Written):
    """The shape of `sovercheck.yaml`, and of a central one."""

    extends: Annotated[ExtendsEntry | None, BeforeValidator(_unpinned)] = None
    organisation: OrganisationEntry = Field(default_factory=OrganisationEntry)
    sources: list[SourceEntry] = Field(default_factory=list)
    systems: str | None = None
    policies: list[str] = Field(default_factory=list)
    parameters: dict[str, object] = Field(default_factory=dict)
    waivers: str | None = None
    runs: str | None = None
    reports: dict[str, str] = Field(default_factory=lambda: {"html": "sortie/bilan.html", "json": "sortie/bilan.json"})
    languages: list[str] = Field(default_factory=lambda: ["fr"])

    def says(self, key: str) -> bool:
        """Whether the file has a key, or leaves it to its default."""
        return key in self.model_fields_set
