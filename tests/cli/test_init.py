from __future__ import annotations

import re
from pathlib import Path

import pytest

from sovercheck import config
from sovercheck.config.written import ConfigFile
from sovercheck.messages import LANGS
from sovercheck.policy.loader import shipped_ids

from .conftest import Cli


@pytest.mark.parametrize("lang", LANGS)
def test_what_it_writes_can_be_assessed_at_once(lang: str, cli: Cli, tmp_path: Path) -> None:
    ended = cli("init", "ici", "--lang", lang)
    assert ended.code == 0
    assert "sovercheck.yaml" in ended.out
    assessed = cli("assess", "-c", "ici/sovercheck.yaml", "--lang", lang, "--as-of", "2026-11-22")
    assert assessed.code == 1, assessed.err
    written = config.load(tmp_path / "ici" / "sovercheck.yaml")
    assert all(path.is_file() for path in written.reports.values())
    assert written.languages == (lang,)


@pytest.mark.parametrize("lang", LANGS)
def test_it_names_every_key_and_every_shipped_policy(lang: str, cli: Cli, tmp_path: Path) -> None:
    cli("init", "--lang", lang)
    text = (tmp_path / "sovercheck.yaml").read_text(encoding="utf-8")
    for key in ConfigFile.model_fields:
        assert f"{key}:" in text
    assert set(config.load(tmp_path / "sovercheck.yaml").policies) == set(shipped_ids())


@pytest.mark.parametrize("lang", LANGS)
def test_the_clouds_that_it_shows_can_be_read_once_they_are_no_comments(lang: str, cli: Cli, tmp_path: Path) -> None:
    cli("init", "--lang", lang)
    path = tmp_path / "sovercheck.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    first, after = lines.index("  # - aws:"), lines.index("  # - azure:")
    shown = [n for n, line in enumerate(lines) if n >= first and line.startswith("  #     ")]
    for n in (first, after, *shown):
        lines[n] = "  " + re.sub(r"^(    )# ", r"\1", lines[n].removeprefix("  # "))
    path.write_text("\n".join(lines), encoding="utf-8")
    aws, azure = config.load(path).live
    assert (aws.name, azure.name) == ("aws", "azure")
    assert "CallerOrganization" in str(aws.least())
    assert "managementGroups" in str(azure.least())


def test_nothing_is_replaced(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text("mine: true\n", encoding="utf-8")
    ended = cli("init")
    assert ended.code == 2
    assert "--> sovercheck.yaml" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["sovercheck.yaml"]
    assert (tmp_path / "sovercheck.yaml").read_text(encoding="utf-8") == "mine: true\n"


def test_a_link_to_nothing_is_not_written_through(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert cli("init").code == 2
    assert not (tmp_path / "elsewhere.yaml").exists()
