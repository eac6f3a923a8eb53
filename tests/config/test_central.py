"""The centre and a repository that extends it: what each may say, and that nothing changes behind the pin."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from sovercheck.config import Config, WaiversFile, load
from sovercheck.config.reading import read_central
from sovercheck.errors import SeveralErrors, SovercheckError
from sovercheck.findings import Organisation
from sovercheck.policy.loader import shipped_ids

CENTRE = """
organisation: {name: Ministère, place: CA-QC, kind: public_body}
sources:
  - declarations: declarations/
  - inventory:
      file: listes/applications.csv
      date: 2026-03-31
      tables: [{table: systems, columns: {id: Code, name: Nom}}]
systems: systemes.yaml
policies: [residency, ./les-notres]
parameters: {quebec-cloud-share.target: 0.4}
waivers: derogations.yaml
runs: historique/
reports: {html: sortie/bilan.html}
languages: [fr, en]
"""
POLICY = "id: les-notres\ntitle: {fr: N, en: U}\ndescription: {fr: N, en: U}\nauthoritative: fr\n"
FILES = {
    "sovercheck.yaml": CENTRE,
    "declarations/un.yaml": "declaration: {by: Un inc., date: 2026-03-02}\n",
    "declarations/sous/deux.yml": "declaration: {by: Deux inc., date: 2026-03-02}\n",
    "listes/applications.csv": "Code;Nom\n",
    "systemes.yaml": "systems: []\n",
    "les-notres/policy.yaml": POLICY,
    "les-notres/ici.yaml": "id: ici\n",
    "derogations.yaml": "[]\n",
}
BESIDE = {"declarations/lettre.pdf": "x", "README.md": "x", "les-notres/notes.md": "x", "historique/x.json": "{}"}
"""What stands in the centre and is not read."""


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    for name, text in {**FILES, **BESIDE}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def pin(centre: Path) -> str:
    return read_central(centre / "sovercheck.yaml").sha256


def extending(centre: Path, text: str = "", sha256: str | None = None) -> Config:
    """The configuration of a repository beside the centre."""
    path = centre.parent / "depot" / "sovercheck.yaml"
    path.parent.mkdir(exist_ok=True)
    extends = f"extends:\n  file: ../centre/sovercheck.yaml\n  sha256: {sha256 or pin(centre)}\n"
    path.write_text(extends + text, encoding="utf-8")
    return load(path)


def errors_of(centre: Path, text: str = "", sha256: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(SovercheckError) as caught:
        extending(centre, text, sha256)
    errors = caught.value.errors if isinstance(caught.value, SeveralErrors) else (caught.value,)
    assert all(error.message("fr") != error.message("en") for error in errors)
    return [(error.code, str(error.place).removeprefix(f"{centre.parent}/")) for error in errors]


# the pin


def test_the_pin_is_a_list_of_hashes_that_anyone_can_make_again(centre: Path) -> None:
    lines = [f"{hashlib.sha256(FILES[name].encode()).hexdigest()}  {name}\n" for name in sorted(FILES)]
    assert pin(centre) == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert {name for name, _ in read_central(centre / "sovercheck.yaml").files} == set(FILES)


def test_the_pin_is_the_same_wherever_the_centre_stands(centre: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(centre, tmp_path / "ailleurs" / "copie")
    assert pin(copy) == pin(centre)


@pytest.mark.parametrize("name", FILES)
def test_no_file_of_the_centre_changes_unnoticed(centre: Path, name: str) -> None:
    before = pin(centre)
    (centre / name).write_text(FILES[name] + "# autrement\n", encoding="utf-8")
    assert pin(centre) != before
    assert errors_of(centre, sha256=before) == [("central_pin", "depot/sovercheck.yaml:3:11")]


@pytest.mark.parametrize("name", ["declarations/trois.yaml", "declarations/sous/trois.yml", "les-notres/.cachee.yaml"])
def test_no_file_comes_unnoticed(centre: Path, name: str) -> None:
    before = pin(centre)
    (centre / name).write_text("declaration: {}\n", encoding="utf-8")
    assert pin(centre) != before


@pytest.mark.parametrize("name", ["declarations/un.yaml", "les-notres/ici.yaml"])
def test_no_file_goes_or_moves_unnoticed(centre: Path, name: str) -> None:
    before = pin(centre)
    path = centre / name
    path.rename(path.with_name("autre.yaml"))
    moved = pin(centre)
    path.with_name("autre.yaml").unlink()
    assert len({before, moved, pin(centre)}) == 3


def test_two_files_that_change_places_are_noticed(centre: Path) -> None:
    before = pin(centre)
    one, two = centre / "declarations/un.yaml", centre / "declarations/sous/deux.yml"
    first, second = one.read_text(), two.read_text()
    one.write_text(second)
    two.write_text(first)
    assert pin(centre) != before


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_not_read_of_the_centre_may_change(centre: Path, name: str) -> None:
    before = pin(centre)
    (centre / name).write_text("autrement", encoding="utf-8")
    assert pin(centre) == before


def test_a_wrong_pin_says_the_right_one_and_how_to_get_it(centre: Path) -> None:
    with pytest.raises(SovercheckError) as caught:
        extending(centre, sha256="0" * 64)
    assert pin(centre) in caught.value.message("fr")
    assert "sovercheck policy pin ../centre/sovercheck.yaml" in (caught.value.hint("en") or "")
    assert extending(centre, sha256=pin(centre).upper()).central


@pytest.mark.parametrize(
    ("written", "place"),
    [("{file: ../centre/sovercheck.yaml}", "1:10"), ("../centre/sovercheck.yaml", "1:10")],
    ids=["without its hash", "a path alone"],
)
def test_a_missing_pin_is_given_to_be_pasted(centre: Path, written: str, place: str) -> None:
    path = centre.parent / "sovercheck.yaml"
    path.write_text(f"extends: {written.replace('../', '')}\n")
    with pytest.raises(SovercheckError) as caught:
        load(path)
    error = caught.value
    assert (error.code, str(error.place)) == ("central_unpinned", f"{path}:{place}")
    pasted = f"extends: {{file: centre/sovercheck.yaml, sha256: {pin(centre)}}}"
    assert pasted in (error.hint("fr") or "")
    path.write_text(pasted)
    assert load(path).central


# what each says


def test_what_the_centre_says_is_as_if_the_repository_had_said_it(centre: Path) -> None:
    config = extending(centre)
    depot = centre.parent / "depot"
    assert config.organisation == Organisation("Ministère", "CA-QC", "public_body")
    assert [(source.kind, source.name) for source in config.sources] == [
        ("declarations", "../centre/declarations/"),
        ("inventory", "../centre/listes/applications.csv"),
        ("systems", "../centre/systemes.yaml"),
    ]
    assert all(path.is_file() for source in config.sources for _, path in source.inputs())
    assert config.policies == ("residency", depot / "../centre/les-notres")
    assert config.waivers == (
        WaiversFile(depot / "../centre/derogations.yaml", "../centre/derogations.yaml", central=True),
    )
    assert config.parameters == {"quebec-cloud-share.target": 0.4}
    assert config.languages == ("fr", "en")
    # What is written is the repository's.
    assert (config.runs, config.reports) == (depot / "historique", {"html": depot / "sortie/bilan.html"})
    assert config.central is not None
    assert (config.central.shown, config.central.sha256) == ("../centre/sovercheck.yaml", pin(centre))


def test_what_the_repository_says_is_added_or_stands_before(centre: Path) -> None:
    text = """
organisation: {name: Établissement}
sources: [{declarations: declarations/}]
systems: systemes.yaml
policies: [cloud-act, residency]
parameters: {autre.seuil: 3}
waivers: derogations.yaml
runs: gardes/
reports: {html: ici.html, json: ici.json}
languages: [en]
"""
    config = extending(centre, text)
    depot = centre.parent / "depot"
    assert config.organisation == Organisation("Établissement", "CA-QC", "public_body")
    assert [source.name for source in config.sources] == [
        "../centre/declarations/",
        "../centre/listes/applications.csv",
        "declarations/",
        "../centre/systemes.yaml",
        "systemes.yaml",
    ]
    assert [file.by for file in config.systems] == ["Établissement", "Établissement"]
    assert config.policies == ("residency", depot / "../centre/les-notres", "cloud-act")
    assert config.parameters == {"quebec-cloud-share.target": 0.4, "autre.seuil": 3}
    assert [(file.shown, file.central) for file in config.waivers] == [
        ("../centre/derogations.yaml", True),
        ("derogations.yaml", False),
    ]
    assert config.runs == depot / "gardes"
    assert config.reports == {"html": depot / "ici.html", "json": depot / "ici.json"}
    assert config.languages == ("en",)


@pytest.mark.parametrize("own", [None, "[]", "[cloud-act]", "[residency]"])
@pytest.mark.parametrize("central", [None, "[]", "[residency]"])
def test_no_policy_of_the_centre_can_be_taken_out(centre: Path, central: str | None, own: str | None) -> None:
    (centre / "sovercheck.yaml").write_text(
        "organisation: {name: M}\n" + (f"policies: {central}\n" if central else ""), encoding="utf-8"
    )
    asked = {None: set(shipped_ids()), "[]": set(), "[residency]": {"residency"}}[central]
    added = {"cloud-act"} if own == "[cloud-act]" else {"residency"} if own == "[residency]" else set()
    policies = extending(centre, f"policies: {own}\n" if own else "").policies
    assert set(policies) == asked | added
    assert len(policies) == len(set(policies))


@pytest.mark.parametrize("value", ["0.1", "0.4", "0.9"])
def test_a_parameter_of_the_centre_cannot_be_set_again(centre: Path, value: str) -> None:
    errors = errors_of(centre, f"parameters: {{quebec-cloud-share.target: {value}}}\n")
    assert errors == [("central_parameter", "depot/sovercheck.yaml:4:14")]


def test_the_centre_need_not_name_an_organisation_but_somebody_must(centre: Path) -> None:
    (centre / "sovercheck.yaml").write_text("policies: [residency]\n")
    assert extending(centre, "organisation: {name: Nous}\n").organisation.name == "Nous"
    assert errors_of(centre) == [("reference_missing_key", "depot/sovercheck.yaml:1:1")]


# what a centre may not be


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("extends: {file: x.yaml, sha256: ab}\n", "central_extends", "1:1"),
        ("sources: [{declarations: d/}, {aws: {}}]\n", "central_cloud", "1:31"),
        ("sources: [{azure: {}}]\n", "central_cloud", "1:11"),
        ("waivers: nulle-part.yaml\n", "central_file_missing", "1:10"),
        ("sources: [{declarations: nulle-part/}]\n", "central_file_missing", "1:26"),
        ("policies: [residency, ./nulle-part]\n", "central_file_missing", "1:23"),
        ("polices: []\n", "reference_unknown_key_near", "1:1"),
        ("organisation: {place: QC}\n", "config_place", "1:23"),
        ("languages: [de]\n", "config_language", "1:13"),
        ("reports: {pdf: x}\n", "config_report", "1:11"),
    ],
)
def test_a_mistake_of_the_centre_is_told_at_its_place_there(centre: Path, text: str, code: str, place: str) -> None:
    (centre / "sovercheck.yaml").write_text(text, encoding="utf-8")
    try:
        sha256 = pin(centre)
    except SovercheckError:
        sha256 = "ab"
    errors = errors_of(centre, "organisation: {name: N}\n", sha256)
    assert errors == [(code, f"depot/../centre/sovercheck.yaml:{place}")]


def test_a_centre_that_is_not_there(centre: Path) -> None:
    sha256 = pin(centre)
    shutil.rmtree(centre)
    assert errors_of(centre, sha256=sha256) == [("central_missing", "depot/sovercheck.yaml:2:9")]


def test_no_path_of_a_machine_is_shown(centre: Path) -> None:
    path = centre.parent / "sovercheck.yaml"
    path.write_text(f"extends: {{file: {centre}/sovercheck.yaml, sha256: {pin(centre)}}}\n")
    config = load(path)
    assert config.central is not None
    assert config.central.shown == "centre/sovercheck.yaml"
    assert config.sources[0].name == "centre/declarations/"
