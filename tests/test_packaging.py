"""The wheel and the editable install, each in an environment of its own, used from a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def ran(*command: str | Path, cwd: Path, code: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SOVERCHECK"))}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in isolation, from the source tree as it stands."""
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("sovercheck-*.whl")
    return built


def installed(folder: Path, *what: str | Path) -> Path:
    """An environment with nothing but what is named, and what that needs."""
    ran(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    ran(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *what, cwd=folder.parent)
    return folder / "bin"


def used(binaries: Path, folder: Path) -> None:
    """What a first user does."""
    sovercheck = binaries / "sovercheck"
    assert ran(sovercheck, "--version", cwd=folder).startswith("sovercheck ")
    assert "us-cloud-act" in ran(sovercheck, "policy", "list", cwd=folder)
    assert "pass" in ran(sovercheck, "policy", "explain", "us-cloud-act", cwd=folder)
    ran(sovercheck, "policy", "test", "continuity-plan", cwd=folder)
    ran(sovercheck, "init", cwd=folder)
    ran(sovercheck, "doctor", cwd=folder)
    ran(sovercheck, "assess", "--as-of", "2026-11-22", cwd=folder, code=1)
    formats = ("html=a.html", "xlsx=a.xlsx", "questions=q.html", "questions-md=q.md", "board=b.html", "json=a.json")
    ran(sovercheck, "report", "sortie/bilan.json", *(f"-f{form}" for form in formats), cwd=folder)


def test_the_wheel_holds_what_it_needs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in (
        "messages.json",
        "reference.json",
        "parties.json",
        "policies.json",
        "policies/cloud-act/us-cloud-act.yaml",
    ):
        assert f"sovercheck/_bundled/{name}" in names
    assert any(name.startswith("sovercheck/_bundled/templates/html/") for name in names)
    assert "sovercheck/cli/starter/fr/sovercheck.yaml" in names
    assert "sovercheck/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"sovercheck"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".keep"))]


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    binaries = installed(tmp_path / "venv", wheel)
    work = tmp_path / "work"
    work.mkdir()
    used(binaries, work)
    # Nothing of what ships is read as YAML: neither pydantic nor the YAML reader is needed to judge by it.
    code = (
        "import sys; from sovercheck.policy.loader import load_policies, shipped_ids; "
        "from sovercheck.reference import load_reference; "
        "load_policies(shipped_ids(), load_reference(), {}); print('pydantic' in sys.modules)"
    )
    assert ran(binaries / "python", "-c", code, cwd=work) == "False\n"
    assert ran(binaries / "python", "-m", "sovercheck", "--version", cwd=work).startswith("sovercheck ")


def test_what_was_compiled_is_what_is_edited(wheel: Path) -> None:
    """A wheel judges as the source tree does: same rules, same hashes."""
    import json

    from sovercheck.messages import read_catalogues
    from sovercheck.policy.loader import shipped_ids, shipped_to_json
    from sovercheck.reference import load_reference

    with zipfile.ZipFile(wheel) as archive:
        compiled = {
            name: json.loads(archive.read(f"sovercheck/_bundled/{name}.json"))
            for name in ("messages", "reference", "policies")
        }
    reference = load_reference()
    assert compiled["messages"] == read_catalogues()
    hashed = compiled["reference"].pop("sha256")
    assert hashed == reference.sha256
    assert compiled["reference"] == json.loads(json.dumps(reference.to_json()))
    assert compiled["policies"] == json.loads(json.dumps(shipped_to_json(reference)))
    assert tuple(compiled["policies"]) == shipped_ids()


def test_an_editable_install_reads_the_source_tree(tmp_path: Path) -> None:
    binaries = installed(tmp_path / "venv", "--editable", ROOT)
    work = tmp_path / "work"
    work.mkdir()
    used(binaries, work)
    code = "from sovercheck import bundle; print(bundle.policies(), bundle.compiled('messages.json'))"
    assert ran(binaries / "python", "-c", code, cwd=work) == f"{ROOT / 'policies'} None\n"
    assert not (ROOT / "src" / "sovercheck" / "_bundled").exists()
