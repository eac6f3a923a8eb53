"""The whole flow on a tiny folder: what goes in decides every byte that comes out, and nothing is lost on the way."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest

from sovercheck import pipeline
from sovercheck.config import Config, load
from sovercheck.errors import InputError, SovercheckError
from sovercheck.evaluation import packed
from sovercheck.findings import Assessment
from sovercheck.inventory.builder import Builder
from sovercheck.inventory.evidence import Evidence, Grade
from sovercheck.inventory.rows import Gap, Item, Known, Row
from sovercheck.reports.base import finding_key
from sovercheck.reports.follow_up import KEY_HEADER, read_follow_up
from sovercheck.sources.base import Tried, Work
from tests.reports.workbooks import column, edited

AS_OF = date(2026, 11, 23)
CONFIGURATION = """
organisation: {name: Établissement exemple, place: CA-QC, kind: health_body}
sources:
  - declarations: declarations/
policies: [residency, cloud-act, quebec-cloud]
reports:
  html: sortie/bilan.html
  json: sortie/bilan.json
  xlsx: sortie/constats.xlsx
languages: [fr, en]
"""
SUPPLIER = """
declaration: {by: Fournisseur inc., date: 2026-03-02}
parties:
  - {id: fournisseur, name: Fournisseur inc., place: CA-ON, incorporated_in: CA-ON, owners_complete: true}
resources:
  - {id: base, name: Base, system: dossier, provider: fournisseur, holds_data: true, bytes: 1000}
  - {id: images, name: Images, systems: [dossier, imagerie], provider: aws, bytes: {at_least: 50}}
copies:
  - {id: base-1, resource: base, kind: primary, place: CA-QC, since: 2025-01-01}
  - {id: base-2, resource: base, kind: backup, place: CA-ON, since: 2025-01-01}
  - {id: images-1, resource: images, kind: primary, place: {value: US, evidence: assumed}}
"""
OURS = """
declaration: {by: Établissement exemple, date: 2026-02-01}
systems:
  - {id: dossier, name: Dossier, data_class: health, holds_personal_information: true}
  - {id: imagerie, name: Imagerie, data_class: sensitive}
copies:
  - {id: base-2, resource: base, place: CA-QC}
"""
FILES = {
    "sovercheck.yaml": CONFIGURATION,
    "declarations/fournisseur.yaml": SUPPLIER,
    "declarations/nous.yaml": OURS,
}


def written(folder: Path, **changed: str) -> Config:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return load(folder / "sovercheck.yaml")


WORK = Work(Path("nowhere"), "2026-11-23")


def run(config: Config) -> Assessment:
    return pipeline.run(config, AS_OF, lambda *_: None, work=WORK)


def outputs(config: Config) -> dict[str, bytes]:
    folder = config.reports["json"].parent
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@dataclass(frozen=True)
class Given:
    """A source of rows that are there already."""

    name: str
    items: tuple[Item, ...]
    kind: str = "declarations"

    def inputs(self) -> tuple[tuple[str, Path], ...]:
        return ()

    def collect(self) -> Iterator[Item]:
        yield from self.items


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exemple")
    run(written(folder))
    return folder


def test_one_run_writes_every_report_in_every_language(folder: Path) -> None:
    assert set(outputs(load(folder / "sovercheck.yaml"))) == {
        "bilan.html",
        "bilan.en.html",
        "bilan.json",
        "bilan.verdicts.parquet",
        "constats.xlsx",
        "constats.en.xlsx",
    }


def test_it_finds_what_the_declarations_say(folder: Path) -> None:
    assessment = json.loads((folder / "sortie/bilan.json").read_text())
    verdicts = {(item["rule"], item["id"]): item["verdict"] for item in assessment["findings"]}
    assert verdicts["replica-and-backup-in-allowed-places", "base-2"] == "unknown", "two declarations disagree"
    assert verdicts["us-cloud-act", "dossier"] == "fail"
    assert ("copy", "base-1") in packed.passes(folder / "sortie/bilan.verdicts.parquet", "copy-in-allowed-places")
    assert [system["id"] for system in assessment["systems"]] == ["dossier", "imagerie"]


def test_the_same_inputs_and_day_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = written(tmp_path)
    run(again)
    assert outputs(again) == outputs(load(folder / "sovercheck.yaml"))
    run(again)
    assert outputs(again) == outputs(load(folder / "sovercheck.yaml")), "written over what was there"


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path) -> None:
    found = []
    for name, order in (("a", random.Random(1)), ("b", random.Random(2))):
        config = written(tmp_path / name)
        items = [item for source in config.sources for item in source.collect()]
        # What a row links to is said by one row only; so it may stand anywhere.
        order.shuffle(items)
        config = replace(config, sources=(Given("lignes", tuple(items)),))
        run(config)
        found.append(outputs(config))
    for name in found[0]:
        assert found[0][name] == found[1][name], name


def test_no_path_of_this_machine_and_no_clock_in_the_assessment(folder: Path) -> None:
    text = (folder / "sortie/bilan.json").read_text()
    assert str(folder) not in text
    assert str(date.today()) not in text or date.today() == AS_OF


@pytest.mark.parametrize(
    "bad",
    [
        {"fournisseur": SUPPLIER + "\nsystems: [{id: }"},
        {"fournisseur": SUPPLIER.replace("system: dossier", "system: dosier")},
        {"nous": OURS.replace("data_class: health", "data_class: secret")},
    ],
    ids=["not YAML", "a link to nothing", "an unknown word"],
)
def test_a_source_that_fails_leaves_the_earlier_reports(folder: Path, tmp_path: Path, bad: dict[str, str]) -> None:
    config = written(tmp_path)
    run(config)
    before = outputs(config)
    with pytest.raises(SovercheckError) as caught:
        run(written(tmp_path, **bad))
    place = next(iter(getattr(caught.value, "errors", [caught.value]))).place
    assert place.file.startswith("declarations")
    assert place.line
    assert outputs(config) == before


def test_a_report_that_cannot_be_written_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    config = written(tmp_path)
    run(config)
    before = outputs(config)
    (tmp_path / "fichier").write_text("")
    elsewhere = {**config.reports, "xlsx": tmp_path / "fichier" / "constats.xlsx"}
    changed = replace(written(tmp_path, nous=OURS.replace("health", "public")), reports=elsewhere)
    with pytest.raises(InputError) as caught:
        run(changed)
    assert caught.value.code in ("unwritable", "unreadable_file")
    assert outputs(config) == before


def test_an_empty_folder_of_declarations_is_nothing_and_never_a_clean_bill(tmp_path: Path) -> None:
    config = written(tmp_path)
    for path in (tmp_path / "declarations").iterdir():
        path.unlink()
    assessment = run(config)
    assert assessment.coverage.systems == 0
    assert {rule.counts.passed for rule in assessment.rules} == {0}


def said(workbook: Path, key: str, person: str) -> None:
    """Somebody writes who takes care of a finding, in either language's workbook."""

    def write(book: object) -> None:
        sheet = book.worksheets[0]  # type: ignore[attr-defined]
        keys = column(sheet, KEY_HEADER)
        row = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, keys).value == key)
        header = "Responsable" if sheet.title == "Constats" else "Person in charge"
        sheet.cell(row, column(sheet, header)).value = person

    workbook.write_bytes(edited(workbook.read_bytes(), write))


def test_what_people_wrote_in_the_workbook_stays_through_the_next_run(tmp_path: Path) -> None:
    config = written(tmp_path)
    key = finding_key(run(config).findings[0])
    workbook = config.reports["xlsx"]
    said(workbook, key, "Marie Tremblay")
    run(config)
    assert read_follow_up(workbook.read_bytes())[key].person == "Marie Tremblay"
    run(written(tmp_path, fournisseur="declaration: {by: Fournisseur inc.}", nous="declaration: {by: nous}"))
    assert read_follow_up(workbook.read_bytes())[key].person == "Marie Tremblay", "though its finding is gone"


def test_what_people_wrote_in_the_other_language_stays_too(tmp_path: Path) -> None:
    config = written(tmp_path)
    key = finding_key(run(config).findings[0])
    french = config.reports["xlsx"]
    english = french.with_name("constats.en.xlsx")
    said(english, key, "Anne Roy")
    run(config)
    assert read_follow_up(french.read_bytes())[key].person == "Anne Roy"
    assert read_follow_up(english.read_bytes())[key].person == "Anne Roy"


def test_of_two_workbooks_that_differ_the_one_saved_last_stands(tmp_path: Path) -> None:
    config = written(tmp_path)
    key = finding_key(run(config).findings[0])
    french = config.reports["xlsx"]
    english = french.with_name("constats.en.xlsx")
    for changed, person in ((french, "Marie Tremblay"), (english, "Anne Roy"), (french, "Marie Tremblay")):
        said(changed, key, person)
        run(config)
        assert read_follow_up(french.read_bytes())[key].person == person
        assert read_follow_up(english.read_bytes())[key].person == person


def test_two_runs_at_once_do_not_harm_each_other(folder: Path, tmp_path: Path) -> None:
    config = written(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        for found in [pool.submit(run, config) for _ in range(2)]:
            found.result()
    assert outputs(config) == outputs(load(folder / "sovercheck.yaml")), "whole, and nothing left beside"


def test_of_the_reference_only_the_parties_that_are_named_and_their_owners_are_taken(tmp_path: Path) -> None:
    with pipeline.collect(written(tmp_path), lambda *_: None) as inventory:
        parties = {row[0] for row in inventory.connection.execute("SELECT id FROM party").fetchall()}
        assert {"fournisseur", "aws"} <= parties
        assert not any("ovh" in party for party in parties)


def test_each_step_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    pipeline.run(written(tmp_path), AS_OF, lambda *step: told.append(step))
    assert [step for step, _ in told] == ["collect", "judge", "report", "report", "report"]


def test_the_organisation_of_the_configuration_is_the_estate_of_the_inventory(tmp_path: Path) -> None:
    with pipeline.collect(written(tmp_path), lambda *_: None) as inventory:
        sql = "SELECT organisation, organisation_kind, organisation_place FROM estate"
        assert inventory.connection.execute(sql).fetchall() == [("Établissement exemple", "health_body", "CA-QC")]


SEEN = Evidence(Grade.OBSERVED, "compte 1234", "2026-11-01")
SYSTEMS = """
systems:
  - {id: archive, name: Archive, data_class: sensitive, resources: [{tag: "systeme=archive"}, {account: "0002"}]}
"""


def scanned(id_: str, place: str, **facts: str | int | tuple[str, ...]) -> list[Item]:
    known = {short: Known(value, SEEN, value if isinstance(value, int) else None) for short, value in facts.items()}
    copy = {"kind": Known("primary", SEEN), "place": Known(place, SEEN)}
    return [
        Row("resource", id_, {"provider": "aws"}, known),
        Row("copy", f"{id_}#1", {"resource": id_}, copy),
    ]


@dataclass(frozen=True)
class Cloud:
    """A cloud that gives what is there already."""

    items: tuple[Item, ...]
    kind: str = "aws"
    name: str = "aws"

    def scan(self, work: Work) -> Iterator[Item]:
        assert work.day
        yield from self.items

    def trial(self, work: Work) -> Iterator[Tried]:
        raise NotImplementedError

    def least(self) -> Mapping[str, object]:
        raise NotImplementedError


ACCOUNT = Cloud(
    (
        *scanned("arn:a", "CA-QC", tags=("systeme=archive",), account="0001", bytes=5),
        *scanned("arn:b", "US-VA", tags=(), account="0002", name="b"),
        *scanned("arn:c", "CA-ON", tags=(), account="0001", name="c", bytes=70),
        *scanned("arn:d", "CA-ON", account="0001", bytes=400),
        *scanned("arn:e", "CA-ON", account="0001"),
        Gap("aws", "refused", "resource", "arn:e", ("tags",), needs="tag:GetResources"),
    ),
)


def with_account(folder: Path, *, systems: str = SYSTEMS) -> Config:
    (folder / "systemes.yaml").parent.mkdir(parents=True, exist_ok=True)
    (folder / "systemes.yaml").write_text(systems, encoding="utf-8")
    config = written(folder, sovercheck=CONFIGURATION + "systems: systemes.yaml\n")
    return replace(config, live=(ACCOUNT,))


def test_resources_are_tied_as_the_configuration_says_and_the_untied_are_told_by_size(tmp_path: Path) -> None:
    assessment = run(with_account(tmp_path))
    archive = next(system for system in assessment.systems if system.id == "archive")
    assert (archive.resources, archive.data_class) == (2, "sensitive")
    coverage = assessment.coverage
    assert coverage.untied_resources == 3
    assert [(item.id, item.place, item.account, item.bytes_low, item.bytes_high) for item in coverage.untied] == [
        ("arn:d", "CA-ON", "0001", 400, 400),
        ("arn:c", "CA-ON", "0001", 70, 70),
        ("arn:e", "CA-ON", "0001", 0, None),
    ]
    assert coverage.unmatched_resources == 2, "the tags of d were never told, those of e refused"
    assert any(item.name == "systemes.yaml" and item.kind == "source" for item in assessment.inputs)
    html = (tmp_path / "sortie/bilan.html").read_text(encoding="utf-8")
    assert "Ressources sans système" in html
    assert html.index("arn:d") < html.index("arn:e")
    sheet = openpyxl.load_workbook(tmp_path / "sortie/constats.xlsx")["Ressources sans système"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["arn:d", "arn:c", "arn:e"]


def test_a_tie_that_could_not_be_decided_improves_no_verdict(tmp_path: Path) -> None:
    """A resource of a public system may be a sensitive one's too; with its tags refused, nothing of it passes."""
    public = "\n  - {id: site, data_class: public, holds_personal_information: false, resources: [{account: '0001'}]}"
    systems = SYSTEMS.replace("data_class: sensitive", "data_class: sensitive, holds_personal_information: true")
    items = (*scanned("arn:a", "US-VA", tags=("systeme=archive",), account="0001"),)
    refused = Gap("aws", "refused", "resource", "arn:a", ("tags",), needs="tag:GetResources")
    untagged, *copies = scanned("arn:a", "US-VA", account="0001")
    verdicts = []
    for given in (items, (untagged, *copies, refused)):
        config = with_account(tmp_path, systems=systems + public)
        found = run(replace(config, live=(Cloud(given),)))
        verdicts.append({(item.rule, item.id): item.verdict for item in found.findings})
    failing = {key for key, verdict in verdicts[0].items() if verdict == "fail" and key[1].startswith("arn:a")}
    assert failing
    assert {verdicts[1].get(key) for key in failing} <= {"fail", "unknown"}


def test_a_saved_inventory_stands_in_for_what_is_live_and_the_rest_is_read_again(tmp_path: Path) -> None:
    config = with_account(tmp_path)
    pipeline.scan(config, tmp_path / "lecture", lambda *_: None, WORK).close()
    asked = run(config)
    offline = run(replace(config, saved=(tmp_path / "lecture",)))
    saved = [item for item in offline.inputs if item.name == "lecture"]
    assert [(item.kind, len(item.sha256)) for item in saved] == [("inventory", 64)]
    assert replace(offline, inputs=()).findings == asked.findings
    assert [rule.counts for rule in offline.rules] == [rule.counts for rule in asked.rules]
    assert offline.coverage.untied == asked.coverage.untied
    assert offline.gaps == asked.gaps
    html = (tmp_path / "sortie/bilan.html").read_text(encoding="utf-8")
    assert "sovercheck assess --from lecture --as-of 2026-11-23" in html


def test_what_is_saved_may_be_referred_to_and_names_parties_of_the_register(tmp_path: Path) -> None:
    config = with_account(tmp_path)
    builder = Builder()
    builder.add("aws", ACCOUNT.items)
    with builder.finish() as inventory:
        inventory.save(tmp_path / "lecture")
    ours = OURS + "components: [{id: moteur, resource: 'arn:a', product: PostgreSQL}]\n"
    config = replace(written(tmp_path, nous=ours), saved=(tmp_path / "lecture",))
    with pipeline.collect(config, lambda *_: None) as inventory:
        assert inventory.connection.execute("SELECT count(*) FROM party WHERE id = 'aws'").fetchone() == (1,)
    written(tmp_path, nous=ours.replace("arn:a", "arn:nulle-part"))
    with pytest.raises(SovercheckError, match="arn:nulle-part"):
        pipeline.collect(config, lambda *_: None)


def test_what_a_supplier_says_and_what_was_read_stand_side_by_side(tmp_path: Path) -> None:
    supplier = SUPPLIER.replace("{id: base, ", "{id: base, observed_as: 'arn:d', ")
    config = written(tmp_path, fournisseur=supplier, sovercheck=CONFIGURATION.replace("[residency", "[preuve"))
    assessment = run(replace(config, live=(ACCOUNT,)))
    (finding,) = [item for item in assessment.findings if (item.rule, item.id) == ("no-contradiction-copy", "arn:d#1")]
    assert finding.verdict == "fail"
    (found,) = [item for item in assessment.contradictions if item.id == "arn:d#1"]
    grades = [assessment.provenance[value.provenance or 0].grade for value in found.values]
    assert ([value.value for value in found.values], grades) == (["CA-ON", "CA-QC"], ["observed", "declared"])
    html = (tmp_path / "sortie/bilan.html").read_text(encoding="utf-8")
    line = html[html.index("arn:d#1") :][:3000]
    assert "Ontario" in line
    assert "Québec" in line
    known = openpyxl.load_workbook(tmp_path / "sortie/constats.xlsx")["Constats"]
    cells = [
        row[9].value for row in known.iter_rows(min_row=2) if row[6].value == "arn:d#1" and "accordent" in row[2].value
    ]
    assert "Ontario" in cells[0]
    assert "(déclaré)" in cells[0]
    agreed = SUPPLIER.replace("{id: base, ", "{id: base, observed_as: 'arn:a', bytes: 5, ").replace(
        ", bytes: 1000}", "}"
    )
    config = written(tmp_path, fournisseur=agreed, sovercheck=CONFIGURATION.replace("[residency", "[preuve"))
    assessment = run(replace(config, live=(ACCOUNT,)))
    assert [item for item in assessment.contradictions if item.id.startswith("arn:")] == []
