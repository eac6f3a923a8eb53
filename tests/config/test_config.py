from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from sovercheck.config import default, find, load, sha256_of
from sovercheck.errors import ConfigurationError, InputError
from sovercheck.messages import LANGS, Lang
from sovercheck.policy.loader import shipped_ids

LEAST = "organisation: {name: Établissement exemple}\n"


def test_the_organisation_is_what_is_known_of_the_estate(tmp_path: Path) -> None:
    path = tmp_path / "sovercheck.yaml"
    path.write_text("organisation: {name: Exemple, place: CA-QC, kind: health_body}\n", encoding="utf-8")
    config = load(path)
    row = config.estate()
    assert (row.table, row.id) == ("estate", "estate")
    assert {short: known.value for short, known in row.facts.items()} == {
        "organisation": "Exemple",
        "organisation_kind": "health_body",
        "organisation_place": "CA-QC",
    }
    path.write_text(LEAST, encoding="utf-8")
    assert set(load(path).estate().facts) == {"organisation"}


def test_the_nearest_configuration_upward_is_the_one(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "sovercheck.yaml").write_text(LEAST)
    assert find(inner) == tmp_path / "sovercheck.yaml"
    (tmp_path / "a" / "sovercheck.yaml").write_text(LEAST)
    assert find(inner) == tmp_path / "a" / "sovercheck.yaml"
    (inner / "sovercheck.yaml").mkdir()
    assert find(inner) == tmp_path / "a" / "sovercheck.yaml", "a folder of that name is none"


def test_no_configuration_up_to_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sovercheck.config.NAME", "nulle-part-ailleurs.yaml")
    with pytest.raises(ConfigurationError) as caught:
        find(tmp_path)
    assert caught.value.code == "config_missing"


def test_the_hash_of_a_file_is_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"x")
    assert sha256_of(tmp_path / "a.yaml") == hashlib.sha256(b"x").hexdigest()
    with pytest.raises(InputError) as caught:
        sha256_of(tmp_path / "b.yaml")
    assert caught.value.code == "unreadable_file"


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_file_every_shipped_policy_is_judged_and_nothing_is_said_of_the_organisation(
    tmp_path: Path, lang: Lang
) -> None:
    config = default(tmp_path, lang)
    assert config.policies == shipped_ids()
    assert (config.sources, config.live, config.waivers, config.reports) == ((), (), (), {})
    assert config.organisation.name
    assert config.estate().facts == {}
    assert not config.path.exists()
    assert config.languages == (lang,)
    assert default(tmp_path, "fr").organisation != default(tmp_path, "en").organisation


def test_what_no_file_says_costs_no_import() -> None:
    code = (
        "import sys; from pathlib import Path; from sovercheck.config import base, default, standing; "
        "default(Path(), 'fr'); base.default_ref({}); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pydantic", "boto3", "botocore", "azure", "jinja2", "duckdb"} & set(ended.stdout.split())
