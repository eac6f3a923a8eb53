from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovercheck.cli import doctor
from sovercheck.sources.aws.source import Aws
from sovercheck.sources.azure.permissions import actions
from sovercheck.sources.base import Failed, Tried, Work
from sovercheck.sources.journal import Refusal
from tests.doubles.azure import AzureDouble, Fault
from tests.doubles.azure_estate import AZURE_ESTATE
from tests.doubles.azure_names import PRODUCTION, RESEARCH

from .conftest import Cli


def test_what_init_writes_is_sound(cli: Cli, assessed: Path) -> None:
    ended = cli("doctor")
    assert ended.code == 0
    assert "declarations/\u00a0: 7 lignes" in ended.out
    assert "manque" not in ended.out


def test_a_source_that_cannot_be_read_is_named(cli: Cli, assessed: Path) -> None:
    shutil.rmtree(assessed / "declarations")
    ended = cli("doctor")
    assert ended.code == 3
    assert "manque declarations/ ne peut pas être lu" in ended.out
    assert "declarations" in ended.err


def test_an_empty_source_is_not_sound(cli: Cli, assessed: Path) -> None:
    (assessed / "declarations" / "exemple.yaml").unlink()
    assert cli("doctor").code == 3


def test_a_configuration_without_a_source_is_not_sound(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text("organisation: {name: X}\n", encoding="utf-8")
    ended = cli("doctor")
    assert ended.code == 3
    assert "aucune source" in ended.out


def test_without_a_usable_configuration_it_ends_with_2(cli: Cli, tmp_path: Path) -> None:
    assert cli("doctor").code == 2
    (tmp_path / "sovercheck.yaml").write_text("organisation: {name: X}\nsource: []\n", encoding="utf-8")
    ended = cli("doctor")
    assert ended.code == 2
    assert "sovercheck.yaml:2:1" in ended.err


def test_a_full_disk_is_told(cli: Cli, assessed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_ROOM", 2**62)
    ended = cli("doctor")
    assert ended.code == 3
    assert "manque place libre" in ended.out


def test_notes_of_a_spreadsheet_are_shown(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Code;Nom\na;É\n", encoding="windows-1252")
    (tmp_path / "sovercheck.yaml").write_text(
        "organisation: {name: X}\nsources:\n  - inventory:\n      file: a.csv\n"
        "      tables: [{table: systems, columns: {id: Code, name: Nom}}]\n",
        encoding="utf-8",
    )
    ended = cli("doctor")
    assert ended.code == 0
    assert "windows-1252" in ended.out


@pytest.fixture
def double(tmp_path: Path) -> Iterator[AzureDouble]:
    with AzureDouble(AZURE_ESTATE) as running:
        configure(tmp_path, f'{{azure: {{endpoint: "{running.url}"}}}}')
        yield running


def configure(folder: Path, *sources: str) -> None:
    text = f"organisation: {{name: X}}\nsources: [{', '.join(sources)}]\n"
    (folder / "sovercheck.yaml").write_text(text, encoding="utf-8")


def test_a_cloud_that_answers_is_sound(cli: Cli, double: AzureDouble) -> None:
    ended = cli("doctor")
    assert ended.code == 0
    assert f"bon    azure, l’ensemble\xa0: {double.url}; appels réussis\xa0: 2" in ended.out
    assert f"bon    azure, {PRODUCTION}\xa0: production (Enabled); appels réussis\xa0: 1" in ended.out
    assert "permission manquante" not in ended.out
    assert len(double.requests) == 4, "the subscriptions, a row of the index, and what may be done in each"
    assert not double.refused


def test_each_permission_that_a_role_lacks_is_named(cli: Cli, double: AzureDouble) -> None:
    double.grant_partly(PRODUCTION)
    ended = cli("doctor")
    assert ended.code == 3
    assert f"manque azure, {PRODUCTION}" in ended.out
    assert f"bon    azure, {RESEARCH}" in ended.out
    assert f"permission manquante\xa0: */read ({PRODUCTION})" in ended.out
    assert f"permission manquante\xa0: Microsoft.KeyVault/vaults/keys/read ({PRODUCTION})" in ended.out
    assert "Microsoft.Storage/storageAccounts/read" not in ended.out


def test_a_cloud_that_refuses_everything_is_not_sound(cli: Cli, double: AzureDouble) -> None:
    double.add_fault(Fault("forbidden"))
    ended = cli("doctor")
    assert ended.code == 3
    assert "manque azure, l’ensemble\xa0: rien ne peut être lu" in ended.out
    assert "permission manquante\xa0: Microsoft.Resources/subscriptions/read" in ended.out


def test_what_failed_for_another_reason_is_told_with_its_calls(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = Refusal("unreachable", detail="500\x1b[2J")
    tried = (
        Tried(
            "111122223333", "us-east-1", 2, (Failed("sqs:ListQueues", down), Failed("efs:DescribeFileSystems", down))
        ),
        Tried("444455556666", "", 0, (Failed("", Refusal("refused", "sts:AssumeRole")),)),
    )

    def trial(_: Aws, work: Work) -> Iterator[Tried]:
        assert work.folder.is_dir()
        return iter(tried)

    monkeypatch.setattr(Aws, "trial", trial)
    configure(tmp_path, "{aws: {}}")
    ended = cli("doctor", "--lang", "en")
    assert ended.code == 3
    assert "lacks  aws, 111122223333: us-east-1; calls answered: 2; readings not possible: 2" in ended.out
    assert "lacks  aws, 444455556666: nothing can be read" in ended.out
    assert "missing permission: sts:AssumeRole (444455556666)" in ended.out
    assert "(500\\x1b[2J): efs:DescribeFileSystems, sqs:ListQueues" in ended.out


def test_the_smallest_policy_is_printed_and_nobody_is_asked(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(*_: object) -> None:
        raise AssertionError("nobody is to be asked")

    monkeypatch.setattr(Aws, "trial", asks)
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", asks)
    configure(tmp_path, "{aws: {accounts: organization, role: lecture}}")
    ended = cli("doctor", "--policy", "aws")
    assert ended.code == 0
    found = json.loads(ended.out)
    assert found["Version"] == "2012-10-17"
    assert {statement.get("Sid") for statement in found["Statement"]} == {
        None,
        "CallerOrganization",
        "CallerAssumeRole",
    }
    assert "6144" in ended.err, "it is longer than one managed policy may be, and that is said"
    assert "CallerAssumeRole" not in ended.err


def test_a_policy_that_fits_says_nothing_of_length(cli: Cli, tmp_path: Path) -> None:
    from sovercheck.sources.kinds import forms

    kept = {"object_bucket", "queue"}
    left_out = sorted({kind.id for kind, _ in forms("aws")} - kept)
    configure(tmp_path, f"{{aws: {{exclude: [{', '.join(left_out)}], because: x}}}}")
    ended = cli("doctor", "--policy", "aws", "--lang", "en")
    assert "6144" not in ended.err
    assert {
        action.partition(":")[0] for statement in json.loads(ended.out)["Statement"] for action in statement["Action"]
    } == {
        "cloudwatch",
        "ec2",
        "kms",
        "s3",
        "sqs",
        "tag",
    }


def test_the_smallest_role_is_printed_and_nobody_is_asked(cli: Cli, double: AzureDouble) -> None:
    ended = cli("doctor", "--policy", "azure")
    assert ended.code == 0
    assert json.loads(ended.out)["Actions"] == list(actions(()))
    assert '"*/read"' in ended.err
    assert not double.requests


def test_a_policy_of_a_cloud_that_is_not_configured_is_refused(cli: Cli, double: AzureDouble) -> None:
    ended = cli("doctor", "--policy", "aws")
    assert ended.code == 2
    assert "aucune source «\xa0aws\xa0»" in ended.err
    assert "- aws: {}" in ended.err
