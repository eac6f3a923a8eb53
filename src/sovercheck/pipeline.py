"""The whole flow on one screen: sources → inventory → evaluation → assessment → reports."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from sovercheck import bundle
from sovercheck.comparison import Comparison
from sovercheck.config import Config, sha256_of
from sovercheck.evaluation import packed
from sovercheck.evaluation.assess import Setting, assess, evaluate
from sovercheck.files import written_whole
from sovercheck.findings import Assessment, Input, NoteView
from sovercheck.inventory.declarations import read_declaration
from sovercheck.inventory.records import check_references
from sovercheck.inventory.rows import Row
from sovercheck.inventory.store import REGISTER, Builder, Inventory
from sovercheck.messages import Lang
from sovercheck.policy.loader import load_policies
from sovercheck.policy.waivers import load_waivers
from sovercheck.reference import load_reference
from sovercheck.reference.parties import party_documents
from sovercheck.reports.base import FORMATS, FollowUp, Options

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


def run(config: Config, as_of: date, progress: Progress, keeper: Keeper | None = None) -> Assessment:
    """Collects, judges, and writes every configured report.

    Args:
        config: whose assessment, from what.
        as_of: "today".
        progress: told of each step.
        keeper: keeps this run, if runs are kept.

    Raises:
        SovercheckError: something that its user can mend; then no report was touched.
    """
    reference = load_reference()
    policies = load_policies(config.policies, reference, config.parameters, config.parameters_at)
    waivers = load_waivers(config.waivers, policies) if config.waivers else ()
    follow_up = earlier_follow_up(config.reports, config.languages)
    inputs = [*_inputs(config), *(keeper.inputs if keeper is not None else ())]
    with collect(config, progress) as inventory:
        progress("judge", "")
        evaluated = evaluate(inventory, policies.rules, reference, as_of)
        assessment = assess(inventory, evaluated, policies, reference, waivers, _setting(config, as_of, inputs))
        changed = None
        if keeper is not None:
            assessment = replace(assessment, notes=assessment.notes + keeper.notes)
            packed.export(inventory, evaluated.judged, packed.beside(keeper.assessment))
            changed = keeper.compare(assessment)
        with contextlib.ExitStack() as outputs:
            if keeper is not None:
                write(assessment, {"json": keeper.assessment}, {}, _untold, outputs, changed)
            if "json" in config.reports:
                packed.write(inventory, evaluated.judged, packed.beside(config.reports["json"]), outputs)
            write(assessment, config.reports, follow_up, progress, outputs, changed)
    return assessment


def collect(config: Config, progress: Progress) -> Inventory:
    """Reads every source into one inventory, then the reference data's parties that they name.

    Raises:
        InputError: a source cannot be read as it is, or names what does not exist.
    """
    builder = Builder()
    builder.add(config.path.name, [config.estate()])
    rows: list[Row] = []
    for source in config.sources:
        progress("collect", source.name)
        items = list(source.collect())
        rows += [item for item in items if isinstance(item, Row)]
        builder.add(source.name, items, bulk=source.kind == "inventory")
    shipped = [row for document in party_documents(_parties()) for row in read_declaration(document)]
    check_references(rows, parties={row.id for row in shipped if row.table == "party"})
    builder.add_parties(rows, shipped)
    return builder.finish()


def write(
    assessment: Assessment,
    reports: Mapping[str, Path],
    follow_up: Mapping[str, FollowUp],
    progress: Progress,
    outputs: contextlib.ExitStack,
    comparison: Comparison | None = None,
) -> None:
    """Renders an assessment in each format and language; each file is replaced when `outputs` closes without error."""
    for name, path in reports.items():
        progress("report", path.name)
        paths = by_language(name, path, assessment.languages)
        for lang, target in paths.items():
            links: dict[str, str] = {other: file.name for other, file in paths.items() if other != lang}
            stream = outputs.enter_context(written_whole(target))
            FORMATS[name].render(assessment, stream, Options(lang, links, follow_up, comparison))


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


def _parties() -> Path:
    return bundle.policies() / "reference" / "parties"


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
        },
        inputs=tuple(inputs),
    )


def _inputs(config: Config) -> Iterator[Input]:
    for source in config.sources:
        for name, path in source.inputs():
            yield Input(name, "source", sha256_of(path))
    if config.waivers is not None:
        yield Input(config.waivers.name, "waivers", sha256_of(config.waivers))
