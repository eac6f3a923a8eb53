"""`sovercheck gate`: what it ends with, and what each of its options does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sovercheck.cli.exits import Exit
from tests.cli.conftest import Cli
from tests.cli.plans import OHIO, QUEBEC, RESIDENCY, VIRGINIA, Bucket, plan, standing, write

SENSITIVE = ("--data-class", "sensitive")


@pytest.fixture(autouse=True)
def _configured(cli: Cli) -> None:
    """The rules of one policy alone, whose rule of places counts."""
    write("sovercheck.yaml", RESIDENCY)


def of(path: str) -> dict[str, Any]:
    """The gate's part of a JSON report."""
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    found: dict[str, Any] = content["gate"]
    return found


def findings(path: str) -> dict[str, str]:
    """Address → how its finding of the rule of places stands."""
    return {
        item["address"]: item["standing"] for item in of(path)["findings"] if item["rule"] == "copy-in-allowed-places"
    }


GONE = Bucket("a", VIRGINIA, ("delete",), was=VIRGINIA)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (plan(Bucket("a")), Exit.SATISFIED),
        (plan(Bucket("a", VIRGINIA)), Exit.FINDING),
        (plan(Bucket("a", None)), Exit.NOT_ESTABLISHED),
        (plan(Bucket("a", VIRGINIA), Bucket("b", None)), Exit.FINDING),  # 1 before 3
        (plan(), Exit.NOT_ESTABLISHED),  # nothing to judge
        (plan(Bucket("a"), errored=True), Exit.NOT_ESTABLISHED),
        (plan(Bucket("a"), complete=False), Exit.NOT_ESTABLISHED),
        (plan(Bucket("a", VIRGINIA), complete=False), Exit.FINDING),
        (plan(standing("a", VIRGINIA)), Exit.FINDING),
        (plan(standing("a", QUEBEC)), Exit.SATISFIED),
        (plan(Bucket("b"), GONE), Exit.SATISFIED),
        ("{}", Exit.USAGE),
    ],
)
def test_what_it_ends_with(cli: Cli, text: str, code: Exit) -> None:
    write("plan.json", text)
    assert cli("gate", "plan.json", *SENSITIVE).code == code
    expected = Exit.USAGE if code == Exit.USAGE else Exit.SATISFIED
    assert cli("gate", "plan.json", *SENSITIVE, "--exit-zero").code == expected


def test_the_codes_are_the_documented_numbers(cli: Cli) -> None:
    codes = (Exit.SATISFIED, Exit.FINDING, Exit.USAGE, Exit.NOT_ESTABLISHED, Exit.WAIVED)
    assert [int(code) for code in codes] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("lang", "said"), [("fr", "Aucun plan n’a été donné"), ("en", "No plan was given")])
def test_without_a_plan_nothing_is_established(cli: Cli, lang: str, said: str) -> None:
    ended = cli("gate", "--lang", lang)
    assert (ended.code, ended.out) == (Exit.NOT_ESTABLISHED, "")
    assert ended.err.startswith(said)
    assert cli("gate", "--exit-zero").code == Exit.SATISFIED


def test_an_error_of_one_file_is_the_run_s(cli: Cli) -> None:
    write("a.json", plan(Bucket("a", VIRGINIA)))
    ended = cli("gate", "a.json", "absent.json", *SENSITIVE)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "absent.json" in ended.err


# Outputs


def test_several_formats_are_written_in_one_run(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    formats = ("json", "sarif", "junit", "gitlab", "github", "markdown", "summary", "html", "terminal")
    words = [word for name in formats for word in ("-f", f"{name}=out/{name}")]
    ended = cli("gate", "plan.json", *SENSITIVE, *words)
    assert ended.code == Exit.FINDING
    assert ended.out.startswith("✗")
    for name in formats:
        assert "aws_s3_bucket.a" in Path("out", name).read_text(encoding="utf-8"), name


def test_a_format_on_standard_output_sends_the_terminal_to_stderr(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    ended = cli("gate", "plan.json", *SENSITIVE, "-f", "json=-")
    assert json.loads(ended.out)["gate"]["result"] == "finding"
    assert ended.err.startswith("✗")
    quiet = cli("gate", "plan.json", *SENSITIVE, "-f", "json=-", "-q")
    assert (quiet.out, quiet.err) == (ended.out, "")


@pytest.mark.parametrize("other", ["sarif", "terminal"])
def test_standard_output_takes_one_thing(cli: Cli, other: str) -> None:
    write("plan.json", plan(Bucket("a")))
    ended = cli("gate", "plan.json", "-f", "json=-", "-f", f"{other}=-")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "sortie standard" in ended.err


def test_quiet_shows_errors_and_what_is_asked_for_alone(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    ended = cli("gate", "plan.json", *SENSITIVE, "-q", "--write-baseline", "etat.json")
    assert (ended.code, ended.out, ended.err) == (Exit.FINDING, "", "")
    assert cli("gate", "plan.json", *SENSITIVE, "-q", "-f", "terminal=-").out.startswith("✗")
    assert "absent.json" in cli("gate", "absent.json", "-q").err


@pytest.mark.parametrize(
    ("environment", "asked", "coloured"),
    [
        ({}, "auto", False),  # no terminal
        ({}, "always", True),
        ({}, "never", False),
        ({"CLICOLOR_FORCE": "1"}, "auto", True),
        ({"CLICOLOR_FORCE": "0"}, "auto", False),
        ({"CLICOLOR_FORCE": ""}, "auto", False),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, "auto", False),
        ({"CLICOLOR_FORCE": "1"}, "never", False),
        ({"NO_COLOR": "1"}, "always", True),
        ({"NO_COLOR": ""}, "always", True),
    ],
)
def test_colours(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], asked: str, coloured: bool
) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = cli("gate", "plan.json", *SENSITIVE, "--color", asked).out
    assert ("\x1b[" in out) == coloured
    assert "aws_s3_bucket.a" in out


def test_it_speaks_both_languages(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    french = cli("gate", "plan.json", *SENSITIVE, "-f", "sarif=fr.sarif", "--lang", "fr").out
    english = cli("gate", "plan.json", *SENSITIVE, "-f", "sarif=en.sarif", "--lang", "en").out
    assert "code de sortie 1" in french
    assert "exit code 1" in english
    for name, lang, word in (("fr.sarif", "fr-CA", "Virginie"), ("en.sarif", "en", "Virginia")):
        text = Path(name).read_text(encoding="utf-8")
        assert json.loads(text)["runs"][0]["language"].startswith(lang)
        assert word in text


# What is said about the files


@pytest.mark.parametrize(
    "word", ["aws=us-east-1", "AWS=us-east-1", " aws =US-EAST-1", "aws= us-east-1 ", "aws=US East (N. Virginia)"]
)
def test_a_region_is_assumed_in_any_spelling(cli: Cli, word: str) -> None:
    write("plan.json", plan(Bucket("a", None)))
    assert cli("gate", "plan.json", *SENSITIVE, "--assume-region", word, "-f", "json=b.json").code == Exit.FINDING
    told = of("b.json")
    assert told["assumed"] == {"aws": VIRGINIA}
    (resource,) = told["resources"]
    assert (resource["after"]["rung"], resource["after"]["grade"]) == ("assumed", "assumed")


def test_what_the_plan_says_outranks_what_is_assumed(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", QUEBEC)))
    assert cli("gate", "plan.json", *SENSITIVE, "--assume-region", "aws=us-east-1").code == Exit.SATISFIED


@pytest.mark.parametrize("provider", ["azure", "azurerm", "google", "gcp"])
def test_a_region_of_one_provider_is_nothing_of_another_s(cli: Cli, provider: str) -> None:
    write("plan.json", plan(Bucket("a", None)))
    region = "canadaeast" if provider.startswith("az") else "northamerica-northeast1"
    ended = cli("gate", "plan.json", *SENSITIVE, "--assume-region", f"{provider}={region}")
    assert ended.code == Exit.NOT_ESTABLISHED


@pytest.mark.parametrize(
    ("words", "fr", "en"),
    [
        (["aws"], "FOURNISSEUR=RÉGION", "PROVIDER=REGION"),
        (["aws="], "FOURNISSEUR=RÉGION", "PROVIDER=REGION"),
        (["=us-east-1"], "FOURNISSEUR=RÉGION", "PROVIDER=REGION"),
        (["awss=us-east-1"], "Vouliez-vous dire «\xa0aws\xa0»?", "Did you mean “aws”?"),
        (["zzz=us-east-1"], "aws, azure, azurerm, google, gcp", "aws, azure, azurerm, google, gcp"),
        (["aws=ca-centrl-1"], "Vouliez-vous dire «\xa0ca-central-1\xa0»?", "Did you mean “ca-central-1”?"),
        (["azure=zzz"], "canadacentral", "canadacentral"),
        (["aws=us-east-1", "aws=ca-central-1"], "us-east-1 et ca-central-1", "us-east-1 and ca-central-1"),
    ],
)
def test_a_region_that_cannot_be_assumed(cli: Cli, words: list[str], fr: str, en: str) -> None:
    write("plan.json", plan(Bucket("a", None)))
    options = [part for word in words for part in ("--assume-region", word)]
    for lang, said in (("fr", fr), ("en", en)):
        ended = cli("gate", "plan.json", *options, "--lang", lang)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert said in ended.err


def test_parameters_of_a_template_are_given(cli: Cli) -> None:
    write(
        "gabarit.yaml",
        "Parameters: {Ou: {Type: String}}\n"
        "Resources: {Base: {Type: 'AWS::RDS::DBInstance', Properties: {AvailabilityZone: !Ref Ou}}}\n",
    )
    assert cli("gate", "gabarit.yaml", *SENSITIVE).code == Exit.NOT_ESTABLISHED
    assert cli("gate", "gabarit.yaml", *SENSITIVE, "--parameter", "Ou=us-east-1a").code == Exit.FINDING
    assert cli("gate", "gabarit.yaml", *SENSITIVE, "--parameter", "Ou=ca-central-1a").code == Exit.SATISFIED


@pytest.mark.parametrize("word", ["Ou", "Ou=", "=ca-central-1a"])
def test_a_parameter_that_is_none(cli: Cli, word: str) -> None:
    write("plan.json", plan(Bucket("a")))
    ended = cli("gate", "plan.json", "--parameter", word, "--lang", "en")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "NAME=VALUE" in ended.err


@pytest.mark.parametrize(
    ("data_class", "code"),
    [
        (None, Exit.NOT_ESTABLISHED),
        ("public", Exit.NOT_ESTABLISHED),  # whether there is personal information is not assumed
        ("internal", Exit.NOT_ESTABLISHED),
        ("sensitive", Exit.FINDING),
        ("health", Exit.FINDING),
    ],
)
def test_the_class_of_data_is_assumed_and_said_to_be(cli: Cli, data_class: str | None, code: Exit) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    words = () if data_class is None else ("--data-class", data_class)
    ended = cli("gate", "plan.json", *words, "-f", "json=b.json")
    assert ended.code == code
    assert of("b.json")["data_class"] == data_class
    assert ("Supposé par qui exécute le contrôle" in ended.out) == (data_class is not None)


SYSTEMS = """\
systems:
  - {id: dossiers, name: Dossiers, data_class: sensitive, holds_personal_information: true, resources: [MATCH]}
  - {id: site, name: Site, data_class: public, holds_personal_information: false, holds_health_information: false,
     resources: [{name: site}]}
"""


@pytest.mark.parametrize("match", ["{tag: systeme=dossiers}", "{name: aws_s3_bucket.a}", "{kind: object_bucket}"])
def test_systems_say_the_class_of_what_is_tied_to_them(cli: Cli, match: str) -> None:
    write("sovercheck.yaml", RESIDENCY + "systems: systemes.yaml\n")
    write("systemes.yaml", SYSTEMS.replace("MATCH", match))
    write("plan.json", plan(Bucket("a", VIRGINIA, tags={"systeme": "dossiers"})))
    assert cli("gate", "plan.json", "-f", "json=b.json").code == Exit.FINDING
    assert json.loads(Path("b.json").read_text())["findings"][0]["systems"] == ["dossiers"]
    # What is tied takes its system's class, whatever is assumed of the others.
    assert cli("gate", "plan.json", "--data-class", "public").code == Exit.FINDING


def test_the_sources_beside_a_plan_are_found_and_another_folder_is_given(cli: Cli) -> None:
    write("ici/plan.json", plan(Bucket("a", VIRGINIA)))
    source = 'provider "aws" {}\n\nresource "aws_s3_bucket" "a" {\n  bucket = "a"\n}\n'
    cli("gate", "ici/plan.json", *SENSITIVE, "-f", "json=b.json")
    assert of("b.json")["resources"][0]["spot"] is None
    write("ailleurs/main.tf", source)
    cli("gate", "ici/plan.json", *SENSITIVE, "-f", "json=b.json", "--source-dir", "ailleurs")
    assert of("b.json")["resources"][0]["spot"] == {"file": "ailleurs/main.tf", "line": 3, "end_line": 5}
    write("ici/main.tf", source)
    cli("gate", "ici/plan.json", *SENSITIVE, "-f", "json=b.json")
    assert of("b.json")["resources"][0]["spot"]["file"] == "ici/main.tf"
    ended = cli("gate", "ici/plan.json", "--source-dir", "absent")
    assert ended.code == Exit.USAGE
    assert "--source-dir" in ended.err
    assert "  --> absent" in ended.err


# What counts


def test_what_counts_is_at_or_above_a_severity(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))  # a major finding
    for severity, code in (("info", 1), ("minor", 1), ("major", 1), ("blocking", 0)):
        ended = cli("gate", "plan.json", *SENSITIVE, "--fail-on", severity, "-f", "json=b.json")
        assert (severity, ended.code) == (severity, code)
        assert of("b.json")["fail_on"] == severity
    assert "majr" in cli("gate", "plan.json", "--fail-on", "majr").err


def test_only_what_is_new_counts_where_that_is_asked(cli: Cli) -> None:
    write("plan.json", plan(standing("vieux", VIRGINIA), Bucket("neuf")))
    assert cli("gate", "plan.json", *SENSITIVE).code == Exit.FINDING
    ended = cli("gate", "plan.json", *SENSITIVE, "--only-new", "-f", "json=b.json")
    assert ended.code == Exit.SATISFIED
    assert findings("b.json") == {"aws_s3_bucket.vieux": "existing"}
    assert of("b.json")["tally"]["existing"] == 1
    write("plan.json", plan(standing("vieux", VIRGINIA), Bucket("neuf", OHIO)))
    assert cli("gate", "plan.json", *SENSITIVE, "--only-new", "-f", "json=b.json").code == Exit.FINDING
    assert findings("b.json") == {"aws_s3_bucket.neuf": "new", "aws_s3_bucket.vieux": "existing"}


def test_what_stays_outside_and_moves_further_is_new(cli: Cli) -> None:
    moved = Bucket("a", OHIO, ("delete", "create"), was=VIRGINIA)
    write("plan.json", plan(moved))
    assert cli("gate", "plan.json", *SENSITIVE, "--only-new").code == Exit.FINDING


def test_the_day_decides_which_laws_and_waivers_hold(cli: Cli) -> None:
    write("plan.json", plan(Bucket("a", VIRGINIA)))
    cli("gate", "plan.json", *SENSITIVE, "--as-of", "2026-03-01", "-f", "json=b.json")
    assert json.loads(Path("b.json").read_text())["as_of"] == "2026-03-01"
    # The statement that the rule applies dates from February 2026.
    assert cli("gate", "plan.json", *SENSITIVE, "--as-of", "2026-01-01").code != Exit.FINDING
    for word in ("2026-13-01", "hier", "20260301"):
        ended = cli("gate", "plan.json", "--as-of", word)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert word in ended.err


# The state of reference


@pytest.fixture
def baseline(cli: Cli) -> Path:
    """A state of reference with one finding: a bucket in Virginia."""
    write("infra/plan.json", plan(Bucket("a", VIRGINIA)))
    ended = cli("gate", "infra/plan.json", *SENSITIVE, "--write-baseline", "etat.json")
    assert ended.code == Exit.FINDING
    assert "etat.json" in ended.err
    return Path("etat.json")


def test_what_a_state_of_reference_holds_does_not_count(cli: Cli, baseline: Path) -> None:
    ended = cli("gate", "infra/plan.json", *SENSITIVE, "--baseline", str(baseline), "-f", "json=b.json")
    assert ended.code == Exit.SATISFIED
    assert findings("b.json") == {"aws_s3_bucket.a": "baselined"}
    assert of("b.json")["baseline"] == "etat.json"


def test_a_state_of_reference_written_over_itself_stays_what_it_is(cli: Cli, baseline: Path) -> None:
    text = baseline.read_bytes()
    cli("gate", "infra/plan.json", *SENSITIVE, "--baseline", str(baseline), "--write-baseline", str(baseline))
    assert baseline.read_bytes() == text


@pytest.mark.parametrize(
    "other",
    [
        Bucket("b", VIRGINIA),  # another address
        Bucket("a", OHIO),  # another region
        Bucket("a", None),  # and nothing known is no known finding
    ],
)
def test_it_absorbs_nothing_else(cli: Cli, baseline: Path, other: Bucket) -> None:
    write("infra/plan.json", plan(other))
    ended = cli("gate", "infra/plan.json", *SENSITIVE, "--baseline", str(baseline))
    assert ended.code == (Exit.NOT_ESTABLISHED if other.region is None else Exit.FINDING)


def test_it_is_of_its_folder(cli: Cli, baseline: Path) -> None:
    write("autre/plan.json", plan(Bucket("a", VIRGINIA)))
    ended = cli("gate", "infra/plan.json", "autre/plan.json", *SENSITIVE, "--baseline", str(baseline))
    assert ended.code == Exit.FINDING


def test_another_class_of_data_leaves_it(cli: Cli, baseline: Path) -> None:
    ended = cli("gate", "infra/plan.json", "--data-class", "health", "--baseline", str(baseline))
    assert ended.code == Exit.FINDING
