from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sovercheck.cli.record import NAME

from .conftest import AS_OF, Cli


def test_the_record_tells_the_run(cli: Cli, assessed: Path) -> None:
    cli("assess", "--as-of", AS_OF, "--exit-zero")
    record = json.loads((assessed / "sortie" / NAME).read_text(encoding="utf-8"))
    assert record["command"] == ["sovercheck", "assess", "--as-of", AS_OF, "--exit-zero"]
    assert record["exit_code"] == 0
    assert record["failing"] == 1
    assert record["seconds"] >= 0
    report = record["reports"]["json"]
    assert report["sha256"] == hashlib.sha256(Path(report["path"]).read_bytes()).hexdigest()
    assert set(record["reports"]) == {"html", "json", "xlsx", "questions"}


def test_a_run_without_a_json_report_has_no_record(cli: Cli, assessed: Path) -> None:
    assert cli("assess", "--as-of", AS_OF, "-f", "html=ici/a.html").code == 1
    assert [path.name for path in (assessed / "ici").iterdir()] == ["a.html"]
