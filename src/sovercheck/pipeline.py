"""The whole flow on one screen: sources → inventory → evaluation → assessment → reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sovercheck.comparison import Comparison
from sovercheck.config import Config, sha256_of
from sovercheck.evaluation import packed
from sovercheck.evaluation.assess import Setting, assess
from sovercheck.evaluation.evaluate import evaluate
from sovercheck.evaluation.whereabouts import Whereabouts, whereabouts
from sovercheck.files import Outputs
from sovercheck.findings import Assessment, Input, NoteView
from sovercheck.gate import Gate
from sovercheck.inventory.builder import REGISTER, Builder
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.records import check_references
from sovercheck.inventory.rows import Item, Row
from sovercheck.inventory.store import Inventory, check_free, saved_sha256
from sovercheck.light import dataclass
from sovercheck.messages import Lang
from sovercheck.policy.loader import load_policies
from sovercheck.policy.model import PolicySet
from sovercheck.policy.waivers import Waiver, load_waivers
from sovercheck.reference import Reference, load_reference
from sovercheck.reference.parties import shipped_party_documents
from sovercheck.reports.base import FORMATS, FollowUp, Options
from sovercheck.sources.base import Work

if TYPE_CHECKING:
    from sovercheck.inventory.engine import Database

Progress = Callable[[str, str], None]
"""Told of each step as it begins: `collect`, `judge` or `report`, and what it is about."""


class Keeper(Protocol):
    """Keeps a run among those before it, and says what changed since the last: `decisions.history.Keeping`."""

    @property
    def assessment(self) -> Path:
        """Where the assessment is to be written, its verdict table beside it."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The run before this one."""

    @property
    def notes(self) -> tuple[NoteView, ...]:
        """What could not be read of the runs before."""

    def compare(self, assessment: Assessment) -> Comparison | None:
        """What changed, once the verdict table is written."""


def run(
    config: Config, as_of: date, progress: Progress, keeper: Keeper | None = None, work: Work | None = None
) -> Assessment:
    """Collects, judges, and writes every configured report.

    Args:
        config: whose assessment, from what.
        as_of: "today".
        progress: told of each step.
        keeper: keeps this run, if runs are kept.
        work: what the clouds are read with; only a configuration that names none can do without.

    Raises:
        SovercheckError: something that its user can mend; then no report was touched.
    """
    reference = load_reference()
    policies = load_policies(config.policies, reference, config.parameters, config.parameters_at)
    waivers = load_waivers([file.path for file in config.waivers], policies)
    follow_up = earlier_follow_up(config.reports, config.languages)
    inputs = [*_inputs(config), *(keeper.inputs if keeper is not None else ())]
    with collect(config, progress, work) as inventory:
        progress("judge", "")
        evaluated = evaluate(inventory, policies.rules, reference, as_of)
        assessment = assess(inventory, evaluated, policies, reference, waivers, _setting(config, as_of, inputs))
        changed = None
        if keeper is not None:
            assessment = replace(assessment, notes=assessment.notes + keeper.notes)
            packed.export(inventory, evaluated.judged, packed.beside(keeper.assessment))
            changed = keeper.compare(assessment)
        with Outputs() as outputs:
            if keeper is not None:
                write(assessment, {"json": keeper.assessment}, {}, _untold, outputs, changed)
            if "json" in config.reports:
                packed.write(inventory, evaluated.judged, packed.beside(config.reports["json"]), outputs)
            write(assessment, config.reports, follow_up, progress, outputs, changed)
    return assessment


@dataclass(frozen=True, slots=True)
class Ground:
    """What a state of things is judged by: the same for each of several.

    Attributes:
        policies: their rules.
        reference: laws, places, parties.
        waivers: that count.
        as_of: "today".
        inputs: what went in beside the sources.
        otherwise: the system of what is tied to none, where somebody assumes one.
        database: where the engine holds the inventories.
    """

    policies: PolicySet
    reference: Reference
    waivers: Sequence[Waiver]
    as_of: date
    inputs: Sequence[Input]
    otherwise: str | None
    database: Database


def judge(config: Config, ground: Ground, kept: Path | None = None) -> tuple[Assessment, dict[str, Whereabouts]]:
    """Judges one state of things, writes no report, and saves the inventory where it is to be kept.

    Returns:
        The assessment, and where each copy is.

    Raises:
        SovercheckError: as `run` does.
    """
    with collect(config, _untold, otherwise=ground.otherwise, database=ground.database) as inventory:
        evaluated = evaluate(inventory, ground.policies.rules, ground.reference, ground.as_of)
        setting = _setting(config, ground.as_of, [*ground.inputs])
        assessment = assess(inventory, evaluated, ground.policies, ground.reference, ground.waivers, setting)
        if kept is not None:
            inventory.save(kept)
        return assessment, whereabouts(inventory)


def collect(
    config: Config,
    progress: Progress,
    work: Work | None = None,
    otherwise: str | None = None,
    database: Database | None = None,
) -> Inventory:
    """Reads every source into one inventory, then the reference data's parties that they name.

    Saved inventories stand in for the clouds; what they hold counts as read again.

    Args:
        config: whose sources.
        progress: told of each.
        work: what the clouds are read with.
        otherwise: the system of what is tied to none, where somebody assumes one.
        database: where the engine holds it; one of its own if none is given.

    Raises:
        InputError: a source cannot be read as it is, or names what does not exist.
    """
    matchers = [matcher for file in config.systems for matcher in file.matchers()]
    with closing(Builder(matchers, otherwise, database)) as builder:
        builder.add(config.path.name, [config.estate()])
        rows: list[Row] = []
        known: dict[str, set[str]] = {"party": set()}
        for folder in config.saved:
            progress("collect", folder.name)
            for table, ids in builder.add_saved(folder).items():
                known.setdefault(table, set()).update(ids)
        if not config.saved:
            read_clouds(config, builder, progress, work, known)
        for source in config.sources:
            progress("collect", source.name)
            items = list(source.collect())
            rows += [item for item in items if isinstance(item, Row)]
            builder.add(source.name, items, bulk=source.kind == "inventory")
        shipped = _shipped_parties()
        check_references(rows, parties={row.id for row in shipped if row.table == "party"}, saved=known)
        builder.add_parties(rows, shipped, known["party"])
        return builder.finish()


@cache
def _shipped_parties() -> tuple[Row, ...]:
    """The rows of the parties that ship; several states of things may ask for them."""
    return tuple(row for document in shipped_party_documents() for row in read_declaration(document))


def scan(config: Config, folder: Path, progress: Progress, work: Work) -> Inventory:
    """Reads the clouds alone into an inventory, and saves it; systems and declarations join it when it is judged.

    Raises:
        InputError: the folder is taken by something else, or the disk refuses.
    """
    check_free(folder)
    with closing(Builder()) as builder:
        read_clouds(config, builder, progress, work, {})
        progress("save", folder.name)
        inventory = builder.finish()
    inventory.save(folder)
    return inventory


def unjudged(config: Config, inventory: Inventory, day: date) -> Assessment:
    """What was read and what was not, with no rule judged: the coverage that `scan` tells of.

    Args:
        config: whose.
        inventory: what was read.
        day: of the reading.
    """
    reference = load_reference()
    evaluated = evaluate(inventory, (), reference, day)
    return assess(inventory, evaluated, load_policies((), reference, {}), reference, (), _setting(config, day, []))


def read_clouds(
    config: Config, builder: Builder, progress: Progress, work: Work | None, known: dict[str, set[str]]
) -> None:
    """Adds what the clouds give as it comes, and to `known` the ids that other sources may name."""

    def told(items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, Row):
                known.setdefault("party", set()).update(
                    item.links[link] for link in ("provider",) if link in item.links
                )
                if item.table == "resource":
                    known.setdefault("resource", set()).add(item.id)
            yield item

    for source in config.live:
        assert work is not None  # noqa: S101 - who names a cloud brings what it is read with
        progress("collect", source.name)
        builder.add(source.name, told(source.scan(work)))


def write(
    assessment: Assessment,
    reports: Mapping[str, Path],
    follow_up: Mapping[str, FollowUp],
    progress: Progress,
    outputs: Outputs,
    comparison: Comparison | None = None,
    gate: Gate | None = None,
) -> None:
    """Renders an assessment in each format and language; each file is replaced when `outputs` closes without error."""
    for name, path in reports.items():
        progress("report", path.name)
        paths = by_language(name, path, assessment.languages)
        for lang, target in paths.items():
            links: dict[str, str] = {other: file.name for other, file in paths.items() if other != lang}
            stream = outputs.stream(target)
            FORMATS[name].render(assessment, stream, Options(lang, links, follow_up, comparison, gate))


def by_language(name: str, path: Path, languages: Sequence[Lang]) -> dict[Lang, Path]:
    """The files of one report: the main language has the configured name, the others theirs before its suffix."""
    main, *others = languages
    if not FORMATS[name].by_language:
        return {main: path}
    return {main: path} | {lang: path.with_name(f"{path.stem}.{lang}{path.suffix}") for lang in others}


def earlier_follow_up(reports: Mapping[str, Path], languages: Sequence[Lang]) -> dict[str, FollowUp]:
    """What people wrote in the workbooks that are about to be replaced, in whichever language.

    Each run writes the same in all of them; where one has been changed since, the one saved last stands.

    Raises:
        InputError: one is not ours, or cannot be read.
    """
    found: dict[str, FollowUp] = {}
    written = by_language("xlsx", reports["xlsx"], languages).values() if "xlsx" in reports else ()
    existing = [workbook for workbook in written if workbook.exists()]
    for workbook in sorted(existing, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        from sovercheck.reports.xlsx import read_follow_up

        found = read_follow_up(workbook.read_bytes(), file=str(workbook)) | found
    return found


def _untold(_key: str, _about: str) -> None:
    """Keeping a run takes no time worth telling."""


def _setting(config: Config, as_of: date, inputs: list[Input]) -> Setting:
    return Setting(
        organisation=config.organisation,
        as_of=as_of,
        languages=config.languages,
        parameters={key: str(value) for key, value in config.parameters.items()},
        sources={
            config.path.name: "configuration",
            REGISTER: "reference",
            **{source.name: source.kind for source in config.sources},
            **{source.name: source.kind for source in config.live},
        },
        inputs=tuple(inputs),
    )


def _inputs(config: Config) -> Iterator[Input]:
    for folder in config.saved:
        yield Input(folder.name, "inventory", saved_sha256(folder))
    for source in config.sources:
        for name, path in source.inputs():
            yield Input(name, "source", sha256_of(path))
    covered = {name for source in config.sources for name, _ in source.inputs()}
    covered |= {file.shown for file in config.waivers}
    for name, path in config.central.files if config.central is not None else ():
        if name not in covered:
            yield Input(name, "central", sha256_of(path))
    for file in config.waivers:
        yield Input(file.shown, "waivers", sha256_of(file.path))
