"""`sovercheck.yaml`: whose assessment, from which sources, under which policies, into which reports.

Found upward from the current folder. Paths in it are read from the folder it stands in. Every key has a default and a
comment in what `sovercheck init` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from sovercheck.errors import ConfigurationError, InputError, Place, SovercheckError, nearest, raise_all
from sovercheck.findings import Organisation
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.places import is_place
from sovercheck.inventory.rows import Known, Row
from sovercheck.messages import LANGS, Lang
from sovercheck.policy.loader import shipped_ids
from sovercheck.reference.written import Sentence, Written, read
from sovercheck.reports.base import FORMATS
from sovercheck.sources.base import Source
from sovercheck.sources.declarations import Declarations
from sovercheck.sources.mapping import SpreadsheetMapping
from sovercheck.sources.spreadsheet import Spreadsheet
from sovercheck.strictyaml import Document, Value

NAME = "sovercheck.yaml"


class _OrganisationEntry(Written):
    name: Sentence
    place: str | None = None
    kind: Literal["public_body", "health_body", "private", "federal_body"] | None = None


class _SourceEntry(Written):
    declarations: str | None = None
    inventory: SpreadsheetMapping | None = None


class ConfigFile(Written):
    """The shape of `sovercheck.yaml`."""

    organisation: _OrganisationEntry
    sources: list[_SourceEntry] = Field(default_factory=list)
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
        sources: what to read, in order.
        policies: ids of shipped policies, and folders.
        parameters: `<rule>.<name>` → value.
        parameters_at: where each is set, for errors.
        waivers: the file of waivers, if any.
        runs: the folder in which each run is kept, if they are.
        reports: format → file.
        languages: of the reports, the main one first.
    """

    path: Path
    organisation: Organisation
    sources: tuple[Source, ...]
    policies: tuple[Path | str, ...]
    parameters: Mapping[str, Value]
    parameters_at: Mapping[str, Place]
    waivers: Path | None
    runs: Path | None
    reports: Mapping[str, Path]
    languages: tuple[Lang, ...]

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
    sources = _sources(written, document, folder, errors)
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
        policies=tuple(
            name if name in shipped_ids() else folder / name for name in _policies(written, document, folder)
        ),
        parameters=given,
        parameters_at={key: document.key_place("parameters", key) for key in given},
        waivers=folder / written.waivers if written.waivers else None,
        runs=folder / written.runs if written.runs else None,
        reports=reports,
        languages=tuple(languages) or ("fr",),
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
) -> tuple[Source, ...]:
    sources: list[Source] = []
    for n, entry in enumerate(written.sources):
        place = document.place("sources", n)
        source: Source
        if entry.declarations is not None and entry.inventory is None:
            source = Declarations(folder / entry.declarations, entry.declarations)
        elif entry.inventory is not None and entry.declarations is None:
            at = _At(document, ("sources", n, "inventory"))
            source = Spreadsheet(entry.inventory, folder / entry.inventory.file, at)
        else:
            errors.append(ConfigurationError("config_source", place=place))
            continue
        if any(source.name == other.name for other in sources):
            errors.append(ConfigurationError("config_source_twice", place=place, name=source.name))
        sources.append(source)
    return tuple(sources)


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
