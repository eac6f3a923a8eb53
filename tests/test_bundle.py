"""What ships is found in the repository, and in the wheel where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sovercheck import bundle


def test_an_editable_install_reads_what_people_edit() -> None:
    root = Path(__file__).resolve().parent.parent
    assert bundle.policies() == root / "policies"
    assert bundle.templates() == root / "reports" / "templates"
    assert bundle.compiled("messages.json") is None
    assert (bundle.catalogues() / "errors.yaml").is_file()


def test_a_wheel_has_its_own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("policies", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "messages.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(bundle, "_BUNDLED", tmp_path)
    assert bundle.policies.__wrapped__() == tmp_path / "policies"
    assert bundle.templates.__wrapped__() == tmp_path / "templates"
    assert bundle.compiled("messages.json") == tmp_path / "messages.json"
    assert bundle.compiled("absent.json") is None
