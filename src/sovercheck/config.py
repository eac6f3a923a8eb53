"""`sovercheck.yaml`: whose assessment, from which sources, under which policies, into which reports.

Found upward from the current folder. Paths in it are read from the folder it stands in. Every key has a default and a
comment in what `sovercheck init` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from sovercheck.errors import ConfigurationError, InputError, Place, SovercheckError, nearest, raise_all
from sovercheck.findings import Organisation
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.places import is_place
from sovercheck.inventory.rows import Known, Row
from sovercheck.light import dataclass
from sovercheck.messages import LANGS, Lang
from sovercheck.policy.loader import shipped_ids
from sovercheck.reference.written import Sentence, Written, read
from sovercheck.reports.base import FORMATS
from sovercheck.sources.aws import settings as aws
from sovercheck.sources.aws.settings import AwsEntry
from sovercheck.sources.azure import settings as azure
from sovercheck.sources.azure.settings import AzureEntry
from sovercheck.sources.base import LiveSource, Source
from sovercheck.sources.declarations import Declarations
from sovercheck.sources.mapping import SpreadsheetMapping
from sovercheck.sources.spreadsheet import Spreadsheet
from sovercheck.sources.systems import SystemsFile
from sovercheck.strictyaml import Document, Value

NAME = "sovercheck.yaml"


class _OrganisationEntry(Written):
    name: Sentence
    place: str | None = None
    kind: Literal["public_body", "health_body", "private", "federal_body"] | None = None


class _SourceEntry(Written):
    declarations: str | None = None
    inventory: SpreadsheetMapping | None = None
    aws: AwsEntry | None = None
    azure: AzureEntry | None = None


class ConfigFile(Written):
    """The shape of `sovercheck.yaml`."""

    organisation: _OrganisationEntry
    sources: list[_SourceEntry] = Field(default_factory=list)
    systems: str | None = None
    policies: list[str] = Field(default_factory=lambda: list(shipped_ids()))
    parameters: dict[str, object] = Field(default_factory=dict)
    waivers: str | None = None
    runs: str | None = None
    reports: dict[str, str] = Field(default_factory=lambda: {"html": "sortie/bilan.html", "json": "sortie/bilan.json"})
    languages: list[str] = Field(default_factory=lambda: ["fr"])


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration, read and checked.

    Attributes:
        path: of the file.
        organisation: whose assessment.
        sources: the files to read, in order.
        live: the clouds to read, in order.
        systems: the organisation's systems and what ties resources to them, if a file says so; it is the last source.
        policies: ids of shipped policies, and folders.
        parameters: `<rule>.<name>` → value.
        parameters_at: where each is set, for errors.
        waivers: the file of waivers, if any.
        runs: the folder in which each run is kept, if they are.
        reports: format → file.
        languages: of the reports, the main one first.
        saved: saved inventories that stand in for the clouds; none by default.
    """

    path: Path
    organisation: Organisation
    sources: tuple[Source, ...]
    live: tuple[LiveSource, ...]
    policies: tuple[Path | str, ...]
    parameters: Mapping[str, Value]
    parameters_at: Mapping[str, Place]
    waivers: Path | None
    runs: Path | None
    reports: Mapping[str, Path]
    languages: tuple[Lang, ...]
    systems: SystemsFile | None = None
    saved: tuple[Path, ...] = ()

    def estate(self) -> Row:
        """What the configuration says of the organisation, as facts of the estate."""
        said = {
            "organisation": self.organisation.name,
            "organisation_kind": self.organisation.kind,
            "organisation_place": self.organisation.place,
        }
        evidence = Evidence(Grade.DECLARED, self.organisation.name, locator=self.path.name)
        facts = {short: Known(value, evidence) for short, value in said.items() if value is not None}
        return Row("estate", "estate", {}, facts)


def find(start: Path) -> Path:
    """The configuration of a folder: its own, or that of the nearest folder that contains it.

    Raises:
        ConfigurationError: there is none up to the root.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        candidate = folder / NAME
        if candidate.is_file():
            return candidate
    raise ConfigurationError("config_missing", place=Place(str(start)))


def load(path: Path) -> Config:
    """Reads and checks a configuration; the sources are not read yet.

    Raises:
        SovercheckError: the one mistake, at its line; `SeveralErrors` for all of them.
    """
    written, document = read(path, ConfigFile)
    folder = path.parent
    errors: list[SovercheckError] = []
    sources, live, systems = _sources(written, document, folder, errors)
    code = written.organisation.place
    if code is not None and not is_place(code):
        errors.append(ConfigurationError("config_place", place=document.place("organisation", "place"), code=code))
    reports: dict[str, Path] = {}
    for name, target in written.reports.items():
        if name in FORMATS:
            reports[name] = folder / target
        else:
            formats = ", ".join(FORMATS)
            place = document.key_place("reports", name)
            errors.append(ConfigurationError("config_report", place=place, name=name, formats=formats))
    languages: list[Lang] = []
    for n, word in enumerate(written.languages):
        known = next((lang for lang in LANGS if lang == word), None)
        if known is None:
            errors.append(ConfigurationError("config_language", place=document.place("languages", n), name=word))
        elif known not in languages:
            languages.append(known)
    raise_all(errors)
    value = document.value
    parameters = value.get("parameters") if isinstance(value, dict) else None
    given = parameters if isinstance(parameters, dict) else {}
    return Config(
        path=path,
        organisation=Organisation(written.organisation.name, written.organisation.place, written.organisation.kind),
        sources=sources,
        live=live,
        policies=tuple(
            name if name in shipped_ids() else folder / name for name in _policies(written, document, folder)
        ),
        parameters=given,
        parameters_at={key: document.key_place("parameters", key) for key in given},
        waivers=folder / written.waivers if written.waivers else None,
        runs=folder / written.runs if written.runs else None,
        reports=reports,
        languages=tuple(languages) or ("fr",),
        systems=systems,
    )


@dataclass(frozen=True, slots=True)
class _At:
    """Where a part of the configuration stands."""

    document: Document
    path: tuple[str | int, ...]

    def __call__(self, *steps: str | int) -> Place:
        return self.document.place(*self.path, *steps)


def _sources(
    written: ConfigFile, document: Document, folder: Path, errors: list[SovercheckError]
) -> tuple[tuple[Source, ...], tuple[LiveSource, ...], SystemsFile | None]:
    sources: list[Source] = []
    live: list[LiveSource] = []
    named: set[str] = set()

    def add(source: Source | LiveSource, place: Place) -> None:
        if source.name in named:
            errors.append(ConfigurationError("config_source_twice", place=place, name=source.name))
        named.add(source.name)
        if isinstance(source, LiveSource):
            live.append(source)
        else:
            sources.append(source)

    for n, entry in enumerate(written.sources):
        place = document.place("sources", n)
        errors += _unknown_words(entry, _At(document, ("sources", n)))
        at = _At(document, ("sources", n, "inventory"))
        given = list(_of_entry(entry, folder, at))
        if len(given) == 1:
            add(given[0], place)
        else:
            errors.append(ConfigurationError("config_source", place=place))
    systems: SystemsFile | None = None
    if written.systems is not None:
        systems = SystemsFile(folder / written.systems, written.systems, written.organisation.name)
        add(systems, document.place("systems"))
    return tuple(sources), tuple(live), systems


def _of_entry(entry: _SourceEntry, folder: Path, at: _At) -> Iterator[Source | LiveSource]:
    """The sources that an entry names; the libraries of a cloud are imported only where one is named."""
    if entry.declarations is not None:
        yield Declarations(folder / entry.declarations, entry.declarations)
    if entry.inventory is not None:
        yield Spreadsheet(entry.inventory, folder / entry.inventory.file, at)
    if entry.aws is not None:
        from sovercheck.sources.aws.source import Aws

        yield Aws(entry.aws)
    if entry.azure is not None:
        from sovercheck.sources.azure.source import Azure

        yield Azure(entry.azure)


def _unknown_words(entry: _SourceEntry, at: _At) -> Iterator[ConfigurationError]:
    """What a cloud's entry leaves out or asks for that nothing is called: a typing error would leave out nothing."""
    if entry.aws is not None and (entry.aws.exclude or entry.aws.regions):
        regions = aws.known_regions()
        yield from _not_among(entry.aws.regions or (), regions, None, at, "aws", "regions")
        yield from _not_among(entry.aws.exclude, aws.known_words(), aws.ACCOUNT, at, "aws", "exclude")
    if entry.azure is not None and entry.azure.exclude:
        words = [word.lower() for word in entry.azure.exclude]
        yield from _not_among(words, azure.known_words(), azure.SUBSCRIPTION, at, "azure", "exclude")


def _not_among(
    words: Iterable[str], known: frozenset[str], ids: re.Pattern[str] | None, at: _At, provider: str, key: str
) -> Iterator[ConfigurationError]:
    for n, word in enumerate(words):
        if word not in known and (ids is None or not ids.match(word)):
            near = nearest(word, sorted(known))
            code = f"config_{provider}_{key}"
            place = at(provider, key, n)
            yield ConfigurationError(f"{code}_near" if near else code, place=place, word=word, near=near)


def _policies(written: ConfigFile, document: Document, folder: Path) -> list[str]:
    known = shipped_ids()
    for n, name in enumerate(written.policies):
        if name not in known and not (folder / name).is_dir():
            near = nearest(name, known)
            code = "policy_unknown_near" if near else "policy_unknown"
            raise ConfigurationError(code, place=document.place("policies", n), name=name, near=near)
    return list(written.policies)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes.

    Raises:
        InputError: it cannot be read.
    """
    import hashlib

    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError("unreadable_file", place=Place(str(path)), reason=error.strerror or str(error)) from error
