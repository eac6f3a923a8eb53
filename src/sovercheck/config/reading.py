"""A configuration from its file, and the central one that it extends, to what a run needs.

Where both say something:

    organisation, reports   key by key, the file's own value before the centre's
    runs, languages         the file's own before the centre's
    sources, systems,       those of both, the centre's first
    waivers, policies
    parameters              those of both; a file cannot set one that the centre sets

A central configuration names files to be read, never a cloud nor another central one. What it names is read from the
folder that it stands in; what is written, reports and runs, is written from the folder of the file that extends it.
Left out, `policies` of a central configuration are all that ship, as of any other; `policies: []` leaves them to the
file that extends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from sovercheck.config import Central, Config, Locate, WaiversFile, central
from sovercheck.config.written import ConfigFile, SourceEntry
from sovercheck.errors import ConfigurationError, Place, SovercheckError, nearest, raise_all
from sovercheck.findings import Organisation
from sovercheck.inventory.places import is_place
from sovercheck.light import dataclass
from sovercheck.messages import LANGS, Lang
from sovercheck.policy.loader import shipped_ids
from sovercheck.reference.written import read
from sovercheck.reports.base import FORMATS
from sovercheck.sources.aws import settings as aws
from sovercheck.sources.azure import settings as azure
from sovercheck.sources.base import Cloud, LiveSource, Source
from sovercheck.sources.declarations import Declarations
from sovercheck.sources.spreadsheet import Spreadsheet
from sovercheck.sources.systems import SystemsFile
from sovercheck.strictyaml import Document, Value


@dataclass(frozen=True, slots=True)
class _File:
    """One of the two files.

    Attributes:
        written: what it says.
        document: where it says it.
        folder: from which its paths are read.
        prefix: what people read before the paths that it names.
        locate: where these are to be read.
        is_central: whether it is the central one.
    """

    written: ConfigFile
    document: Document
    folder: Path
    prefix: str
    locate: Locate
    is_central: bool = False

    def path(self, name: str) -> Path:
        """Where something that the file names is read."""
        return self.locate(self.folder / name)

    def shown(self, name: str) -> str:
        """What people read of it."""
        return f"{self.prefix}{name}"


def load(path: Path, locate: Locate) -> Config:
    """See `config.load`."""
    written, document = read(path, ConfigFile)
    own = _File(written, document, path.parent, "", locate)
    found = _extended(own)
    files = (own,) if found is None else (found[0], own)
    errors: list[SovercheckError] = []
    organisation = _organisation(files, errors)
    sources, live, systems = _sources(files, organisation, errors)
    reports = _reports(files, errors)
    languages = _languages(files, errors)
    parameters, parameters_at = _parameters(files, errors)
    policies = _policies(files, errors)
    raise_all(errors)
    runs = next((file.written.runs for file in reversed(files) if file.written.runs), None)
    return Config(
        path=path,
        organisation=organisation,
        sources=sources,
        live=live,
        policies=policies,
        parameters=parameters,
        parameters_at=parameters_at,
        waivers=tuple(
            WaiversFile(file.path(name), file.shown(name), file.is_central)
            for file in files
            if (name := file.written.waivers)
        ),
        runs=path.parent / runs if runs else None,
        reports=reports,
        languages=languages,
        systems=systems,
        central=found[1] if found is not None else None,
    )


def read_central(path: Path) -> Central:
    """A central configuration, and the pin to write where it is extended.

    Raises:
        SovercheckError: it, or something that it names, cannot be used.
    """
    return _central(path, path.name, "", _there)[1]


def _extended(own: _File) -> tuple[_File, Central] | None:
    """The central configuration that a file extends.

    Raises:
        SovercheckError: it is not there, cannot be used, or is not the one that is pinned.
    """
    entry = own.written.extends
    if entry is None:
        return None
    is_path_alone = isinstance(own.document.value, dict) and isinstance(own.document.value.get("extends"), str)
    at_file = ("extends",) if is_path_alone else ("extends", "file")
    path = own.path(entry.file)
    if not path.is_file():
        raise ConfigurationError("central_missing", place=own.document.place(*at_file), file=entry.file)
    given = PurePosixPath(entry.file)
    # An absolute path is of a machine: the folder's name says enough.
    prefix = given.parent.name if given.is_absolute() else str(given.parent)
    shown = (PurePosixPath(prefix) / given.name).as_posix()
    found = _central(path, shown, "" if prefix == "." else f"{prefix}/", own.locate)
    pinned = found[1].sha256
    if entry.sha256 is None:
        place = own.document.place(*at_file[:1])
        raise ConfigurationError("central_unpinned", place=place, file=entry.file, sha256=pinned)
    if entry.sha256.lower() != pinned:
        place = own.document.place("extends", "sha256")
        raise ConfigurationError("central_pin", place=place, file=entry.file, sha256=pinned)
    return found


def _central(path: Path, shown: str, prefix: str, locate: Locate) -> tuple[_File, Central]:
    written, document = read(path, ConfigFile)
    errors: list[SovercheckError] = []
    if written.extends is not None:
        errors.append(ConfigurationError("central_extends", place=document.key_place("extends")))
    for n, entry in enumerate(written.sources):
        if entry.aws is not None or entry.azure is not None:
            errors.append(ConfigurationError("central_cloud", place=document.place("sources", n)))
    raise_all(errors)
    pinned = central.pinned_files(path, document, locate)
    file = _File(written, document, path.parent, prefix, locate, is_central=True)
    files = tuple((file.shown(name), pinned[name]) for name in sorted(pinned))
    return file, Central(path, shown, central.pin(pinned.items()), files)


def _there(path: Path) -> Path:
    return path


def _organisation(files: Sequence[_File], errors: list[SovercheckError]) -> Organisation:
    own = files[-1]
    entries = [file.written.organisation for file in reversed(files)]
    name = next((entry.name for entry in entries if entry.name is not None), None)
    if name is None:
        key = "name" if own.written.says("organisation") else "organisation"
        errors.append(ConfigurationError("reference_missing_key", place=own.document.place("organisation"), key=key))
    for file in files:
        code = file.written.organisation.place
        if code is not None and not is_place(code):
            place = file.document.place("organisation", "place")
            errors.append(ConfigurationError("config_place", place=place, code=code))
    return Organisation(
        name or "",
        next((entry.place for entry in entries if entry.place is not None), None),
        next((entry.kind for entry in entries if entry.kind is not None), None),
    )


def _reports(files: Sequence[_File], errors: list[SovercheckError]) -> dict[str, Path]:
    own = files[-1]
    reports: dict[str, Path] = {}
    saying = [file for file in files if file.written.says("reports")] or [own]
    for file in saying:
        for name, target in file.written.reports.items():
            place = file.document.key_place("reports", name)
            if name not in FORMATS:
                formats = ", ".join(name for name, known in FORMATS.items() if not known.needs_gate)
                errors.append(ConfigurationError("config_report", place=place, name=name, formats=formats))
            elif FORMATS[name].needs_gate:
                errors.append(ConfigurationError("config_report_gate", place=place, name=name))
            else:
                reports[name] = own.folder / target
    return reports


def _languages(files: Sequence[_File], errors: list[SovercheckError]) -> tuple[Lang, ...]:
    said: tuple[Lang, ...] = ()
    for file in files:
        languages: list[Lang] = []
        for n, word in enumerate(file.written.languages if file.written.says("languages") else ()):
            known = next((lang for lang in LANGS if lang == word), None)
            if known is None:
                place = file.document.place("languages", n)
                errors.append(ConfigurationError("config_language", place=place, name=word))
            elif known not in languages:
                languages.append(known)
        said = tuple(languages) or said
    return said or ("fr",)


def _parameters(files: Sequence[_File], errors: list[SovercheckError]) -> tuple[dict[str, Value], dict[str, Place]]:
    """The parameters of both; one that the centre sets stands."""
    found: dict[str, Value] = {}
    at: dict[str, Place] = {}
    for file in files:
        value = file.document.value
        given = value.get("parameters") if isinstance(value, dict) else None
        for key, parameter in given.items() if isinstance(given, dict) else ():
            place = file.document.key_place("parameters", key)
            if key in found:
                errors.append(ConfigurationError("central_parameter", place=place, key=key, first=str(at[key])))
            else:
                found[key], at[key] = parameter, place
    return found, at


def _policies(files: Sequence[_File], errors: list[SovercheckError]) -> tuple[Path | str, ...]:
    known = shipped_ids()
    found: list[Path | str] = []
    for file in files:
        # What extends another adds to it: its own silence asks for nothing more.
        by_default = file is files[0] and not file.written.says("policies")
        for n, name in enumerate(known if by_default else file.written.policies):
            path = file.path(name)
            if name not in known and not path.is_dir():
                near = nearest(name, known)
                code = "policy_unknown_near" if near else "policy_unknown"
                place = file.document.place("policies", n)
                errors.append(ConfigurationError(code, place=place, name=name, near=near))
            else:
                found.append(name if name in known else path)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _At:
    """Where a part of the configuration stands."""

    document: Document
    path: tuple[str | int, ...]

    def __call__(self, *steps: str | int) -> Place:
        return self.document.place(*self.path, *steps)


def _sources(
    files: Sequence[_File], organisation: Organisation, errors: list[SovercheckError]
) -> tuple[tuple[Source, ...], tuple[LiveSource, ...], tuple[SystemsFile, ...]]:
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

    for file in files:
        for n, entry in enumerate(file.written.sources):
            place = file.document.place("sources", n)
            errors += _unknown_words(entry, _At(file.document, ("sources", n)))
            given = list(_of_entry(entry, file, _At(file.document, ("sources", n, "inventory"))))
            if len(given) == 1:
                add(given[0], place)
            else:
                errors.append(ConfigurationError("config_source", place=place))
    systems: list[SystemsFile] = []
    for file in files:
        name = file.written.systems
        if name is not None:
            systems.append(SystemsFile(file.path(name), file.shown(name), organisation.name))
            add(systems[-1], file.document.place("systems"))
    return tuple(sources), tuple(live), tuple(systems)


def _of_entry(entry: SourceEntry, file: _File, at: _At) -> Iterator[Source | LiveSource]:
    """The sources that an entry names."""
    if entry.declarations is not None:
        yield Declarations(file.path(entry.declarations), file.shown(entry.declarations))
    if entry.inventory is not None:
        name = entry.inventory.file
        mapping = entry.inventory.model_copy(update={"file": file.shown(name)})
        yield Spreadsheet(mapping, file.path(name), at)
    if entry.aws is not None:
        yield Cloud("aws", entry.aws.name, partial(_aws, entry.aws))
    if entry.azure is not None:
        yield Cloud("azure", entry.azure.name, partial(_azure, entry.azure))


def _aws(entry: aws.AwsEntry) -> LiveSource:
    from sovercheck.sources.aws.source import Aws

    return Aws(entry)


def _azure(entry: azure.AzureEntry) -> LiveSource:
    from sovercheck.sources.azure.source import Azure

    return Azure(entry)


def _unknown_words(entry: SourceEntry, at: _At) -> Iterator[ConfigurationError]:
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
