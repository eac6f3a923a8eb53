"""`sovercheck.yaml`: whose assessment, from which sources, under which policies, into which reports.

Found upward from the current folder. Paths in it are read from the folder it stands in. Every key has a default and a
comment in what `sovercheck init` writes. What `Config` holds is plain: pydantic is imported only where a file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sovercheck import messages
from sovercheck.errors import ConfigurationError, InputError, Place
from sovercheck.findings import Organisation
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Known, Row
from sovercheck.light import dataclass
from sovercheck.messages import Lang

if TYPE_CHECKING:
    from sovercheck.sources.base import LiveSource, Source
    from sovercheck.sources.systems import SystemsFile
    from sovercheck.strictyaml import Value

NAME = "sovercheck.yaml"

Locate = Callable[[Path], Path]
"""From the path that a configuration names to where it is to be read: of a base, for instance."""


@dataclass(frozen=True, slots=True)
class WaiversFile:
    """A file of waivers.

    Attributes:
        path: of the file.
        shown: what people read of it, as written in the configuration.
        central: whether the central configuration names it.
    """

    path: Path
    shown: str
    central: bool = False


@dataclass(frozen=True, slots=True)
class Central:
    """The central configuration that `extends` names, found to be the one that is pinned.

    Attributes:
        path: of the file.
        shown: what people read of it, as written in `extends`.
        sha256: the pin, over the file and every file that it names.
        files: all of those, as people read them, and where they are.
    """

    path: Path
    shown: str
    sha256: str
    files: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration, read and checked, the central one that it extends included.

    Attributes:
        path: of the file; of the defaults, where it would stand.
        organisation: whose assessment.
        sources: the files to read, in order.
        live: the clouds to read, in order.
        systems: the organisation's systems and what ties resources to them; they are the last sources.
        policies: ids of shipped policies, and folders.
        parameters: `<rule>.<name>` → value.
        parameters_at: where each is set, for errors.
        waivers: the files of waivers, the centre's first.
        runs: the folder in which each run is kept, if they are.
        reports: format → file.
        languages: of the reports, the main one first.
        saved: saved inventories that stand in for the clouds; none by default.
        central: what it extends, if it does.
        is_written: False for the defaults, which no file says.
    """

    path: Path
    organisation: Organisation
    sources: tuple[Source, ...]
    live: tuple[LiveSource, ...]
    policies: tuple[Path | str, ...]
    parameters: Mapping[str, Value]
    parameters_at: Mapping[str, Place]
    waivers: tuple[WaiversFile, ...]
    runs: Path | None
    reports: Mapping[str, Path]
    languages: tuple[Lang, ...]
    systems: tuple[SystemsFile, ...] = ()
    saved: tuple[Path, ...] = ()
    central: Central | None = None
    is_written: bool = True

    def estate(self) -> Row:
        """What the configuration says of the organisation, as facts of the estate."""
        said = {
            "organisation": self.organisation.name if self.is_written else None,
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


def load(path: Path, locate: Locate | None = None) -> Config:
    """Reads and checks a configuration, and the central one that it extends; the sources are not read yet.

    Args:
        path: of the file.
        locate: where what it names is to be read, where that is not beside it: `Base.locate`.

    Raises:
        SovercheckError: the one mistake, at its line; `SeveralErrors` for all of them.
    """
    from sovercheck.config import reading

    return reading.load(path, locate or _there)


def default(folder: Path, lang: Lang) -> Config:
    """The configuration of a folder where nobody has written one: every shipped policy, no source and no report.

    Args:
        folder: where it would stand.
        lang: of the reports, and of the words that stand for the organisation's name.
    """
    from sovercheck.policy.loader import shipped_ids

    return Config(
        path=folder / NAME,
        organisation=Organisation(messages.text("config.unnamed", lang), None, None),
        sources=(),
        live=(),
        policies=shipped_ids(),
        parameters={},
        parameters_at={},
        waivers=(),
        runs=None,
        reports={},
        languages=(lang,),
        is_written=False,
    )


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


def _there(path: Path) -> Path:
    return path
