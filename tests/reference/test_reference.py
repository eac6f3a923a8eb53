from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sovercheck.reference import Reference


def test_json_keeps_everything(reference: Reference) -> None:
    text = json.dumps(reference.to_json(), ensure_ascii=False)
    again = Reference.from_json(json.loads(text))
    assert json.dumps(again.to_json(), ensure_ascii=False) == text
    assert again.laws == reference.laws
    assert again.statutes == reference.statutes
    assert again.blocking == reference.blocking
    assert again.places == reference.places
    assert again.regions.all == reference.regions.all
    assert again.regions.providers == reference.regions.providers


def test_aliases_survive_json(reference: Reference) -> None:
    again = Reference.from_json(json.loads(json.dumps(reference.to_json())))
    for regions in (reference.regions, again.regions):
        found = regions.place("ovhcloud", "BHS5")
        assert found is not None
        assert found.place == "CA-QC"


def test_a_compiled_reference_loads_without_yaml_or_pydantic(reference: Reference, tmp_path: Path) -> None:
    compiled = tmp_path / "reference.json"
    compiled.write_text(json.dumps(reference.to_json()), encoding="utf-8")
    program = """
import json, sys
from sovercheck.reference import Reference
reference = Reference.from_json(json.load(open(sys.argv[1], encoding="utf-8")))
assert reference.laws["us-cloud-act"].places == {"US"}
print([name for name in ("yaml", "pydantic", "duckdb") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(compiled)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
