from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck.config import Config, WaiversFile, load
from sovercheck.errors import SeveralErrors, SovercheckError
from sovercheck.findings import Organisation
from sovercheck.policy.loader import shipped_ids
from sovercheck.sources.systems import SystemsFile

LEAST = "organisation: {name: Établissement exemple}\n"


def loaded(folder: Path, text: str) -> Config:
    path = folder / "sovercheck.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def errors_of(folder: Path, text: str) -> list[SovercheckError]:
    with pytest.raises(SovercheckError) as caught:
        loaded(folder, text)
    return list(caught.value.errors) if isinstance(caught.value, SeveralErrors) else [caught.value]


def test_a_name_is_enough(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST)
    assert config.organisation == Organisation("Établissement exemple", None, None)
    assert (config.sources, config.parameters, config.waivers, config.languages) == ((), {}, (), ("fr",))
    assert config.runs is None
    assert config.policies == shipped_ids()
    assert config.reports == {"html": tmp_path / "sortie/bilan.html", "json": tmp_path / "sortie/bilan.json"}


def test_paths_are_read_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "nos-politiques").mkdir()
    text = """
sources: [{declarations: declarations/}, {declarations: autres/}]
policies: [cloud-act, ./nos-politiques]
waivers: derogations.yaml
runs: historique/
reports: {xlsx: sortie/constats.xlsx}
parameters: {quebec-cloud-share.target: 0.5}
languages: [en, fr, en]
"""
    config = loaded(tmp_path, LEAST + text)
    assert [(source.kind, source.name) for source in config.sources] == [
        ("declarations", "declarations/"),
        ("declarations", "autres/"),
    ]
    assert config.policies == ("cloud-act", tmp_path / "nos-politiques")
    assert config.waivers == (WaiversFile(tmp_path / "derogations.yaml", "derogations.yaml"),)
    assert config.runs == tmp_path / "historique"
    assert config.reports == {"xlsx": tmp_path / "sortie/constats.xlsx"}
    assert list(config.parameters) == ["quebec-cloud-share.target"]
    assert str(config.parameters_at["quebec-cloud-share.target"]).endswith("sovercheck.yaml:8:14")
    assert config.languages == ("en", "fr")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("organisation: {name: X, place: QC}\n", "config_place", "1:32"),
        (LEAST + "reports: {pdf: bilan.pdf}\n", "config_report", "2:11"),
        (LEAST + "reports: {sarif: porte.sarif}\n", "config_report_gate", "2:11"),
        (LEAST + "languages: [fr, de]\n", "config_language", "2:17"),
        (LEAST + "policies: [cloud-act, residencyy]\n", "policy_unknown_near", "2:23"),
        (LEAST + "policies: [./nulle-part]\n", "policy_unknown", "2:12"),
        (LEAST + "sources: [{}]\n", "config_source", "2:11"),
        (LEAST + "sources: [{declarations: a}, {declarations: a}]\n", "config_source_twice", "2:30"),
        (LEAST + "sources: [{aws: }]\n", "config_source", "2:11"),
        (LEAST + "sources: [{aws: {}}, {aws: {}}]\n", "config_source_twice", "2:22"),
        (LEAST + "sources: [{aws: {acounts: organization}}]\n", "reference_unknown_key_near", "2:18"),
        (LEAST + "sources: [{aws: {accounts: organisation}}]\n", "reference_unknown_word_near", "2:28"),
        (LEAST + 'sources: [{aws: {accounts: ["11112222333"]}}]\n', "config_account", "2:29"),
        (LEAST + "sources: [{aws: {accounts: [111122223333]}}]\n", "config_account", "2:29"),
        (LEAST + "sources: [{aws: {exclude: [s3]}}]\n", "config_because", "2:17"),
        (LEAST + "sources: [{aws: {regions: [ca-central-1]}}]\n", "config_because", "2:17"),
        (LEAST + "sources: [{aws: {threads: 900}}]\n", "reference_wrong_form", "2:27"),
        (LEAST + "sources: [{aws: {regions: [ca-centrall-1], because: x}}]\n", "config_aws_regions_near", "2:28"),
        (LEAST + "sources: [{aws: {exclude: [object_buckets], because: x}}]\n", "config_aws_exclude_near", "2:28"),
        (LEAST + "sources: [{aws: {exclude: [zzzzzzzz], because: x}}]\n", "config_aws_exclude", "2:28"),
        (LEAST + "sources: [{azure: {subscriptions: tous}}]\n", "reference_unknown_word", "2:35"),
        (LEAST + "sources: [{azure: {subscriptions: [abc]}}]\n", "config_subscription", "2:36"),
        (LEAST + "sources: [{azure: {exclude: [disk]}}]\n", "config_because", "2:19"),
        (LEAST + "sources: [{azure: {exclude: [canadaest], because: x}}]\n", "config_azure_exclude_near", "2:30"),
        (LEAST + "sources: [{azure: {exclude: [zzzzzzzz], because: x}}]\n", "config_azure_exclude", "2:30"),
        (LEAST + 'sources: [{azure: {endpoint: "http://exemple.ca"}}]\n', "config_endpoint", "2:30"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, text: str, code: str, place: str) -> None:
    (error,) = errors_of(tmp_path, text)
    assert (error.code, str(error.place)) == (code, f"{tmp_path / 'sovercheck.yaml'}:{place}")
    assert error.message("fr") != error.message("en")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sources: []\n", 1),
        (LEAST + "polices: [cloud-act]\n", 2),
        ("organisation: {name: X, kind: hospital}\n", 1),
        (LEAST + "reports: [bilan.html]\n", 2),
        (LEAST + LEAST, 2),
        (LEAST + "sources:\n\t- declarations: x\n", 3),
    ],
    ids=["no organisation", "an unknown key", "an unknown word", "a wrong shape", "a key twice", "a tab"],
)
def test_a_file_of_another_shape_is_refused_at_its_line(tmp_path: Path, text: str, line: int) -> None:
    places = [error.place for error in errors_of(tmp_path, text)]
    assert places
    assert all(place is not None and place.file.endswith("sovercheck.yaml") and place.line == line for place in places)


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    codes = [error.code for error in errors_of(tmp_path, LEAST + "reports: {pdf: x}\nlanguages: [de]\nsources: [{}]\n")]
    assert sorted(codes) == ["config_language", "config_report", "config_source"]


def test_the_file_of_systems_is_the_last_source(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST + "sources: [{declarations: d/}]\nsystems: systemes.yaml\n")
    assert [(source.kind, source.name) for source in config.sources] == [
        ("declarations", "d/"),
        ("systems", "systemes.yaml"),
    ]
    assert config.systems == (SystemsFile(tmp_path / "systemes.yaml", "systemes.yaml", "Établissement exemple"),)


def test_a_file_that_is_a_source_already_cannot_be_that_of_systems(tmp_path: Path) -> None:
    (error,) = errors_of(tmp_path, LEAST + "sources: [{declarations: s.yaml}]\nsystems: s.yaml\n")
    assert (error.code, str(error.place)) == ("config_source_twice", f"{tmp_path / 'sovercheck.yaml'}:3:10")


def test_clouds_are_read_by_sources_of_their_own(tmp_path: Path) -> None:
    text = """
sources:
  - aws:
      accounts: organization
      role: lecture
      exclude: ["111122223333", ca-west-1, s3, object_bucket]
      because: essai
  - azure:
      endpoint: http://127.0.0.1:8080/
      exclude: [11111111-2222-3333-4444-555555555555, CanadaEast, disk]
      because: essai
"""
    config = loaded(tmp_path, LEAST + text)
    assert config.sources == ()
    assert [(source.kind, source.name) for source in config.live] == [("aws", "aws"), ("azure", "azure")]


def test_a_pair_of_accounts_has_names_of_its_own(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST + "sources: [{aws: {name: un}}, {aws: {name: deux, profile: autre}}]\n")
    assert [source.name for source in config.live] == ["un", "deux"]


@pytest.mark.parametrize("address", ["https://management.usgovcloudapi.net", "http://localhost:1", "http://[::1]:1/"])
def test_an_endpoint_is_encrypted_or_on_this_machine(tmp_path: Path, address: str) -> None:
    assert loaded(tmp_path, LEAST + f'sources: [{{azure: {{endpoint: "{address}"}}}}]\n').live
