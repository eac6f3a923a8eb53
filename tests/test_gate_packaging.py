"""What teams put into their pipelines: the GitHub action, the GitLab template, the hooks; run as those services do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.plans import VIRGINIA, Bucket, plan

ROOT = Path(__file__).resolve().parent.parent
GATE = ROOT / "packaging" / "github" / "gate.sh"
GITLAB = ROOT / "packaging" / "gitlab" / "sovercheck.gitlab-ci.yml"
PLANS = {
    0: plan(Bucket("a")),
    1: plan(Bucket("a", VIRGINIA)),
    2: "{",
    3: plan(Bucket("a", None)),
}
"""By what the gate ends with on them."""
HOSTILE = (
    "$(touch piege)",
    "`touch piege`",
    "'; touch piege; '",
    '"; touch piege; "',
    "--help",
    "-h",
    "a b",
    "*",
    "$HOME",
)


def action() -> Any:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def step() -> Any:
    (found,) = action()["runs"]["steps"]
    return found


def variable(name: str) -> str:
    """The environment variable in which the action passes an input."""
    written = "${{ inputs." + name + " }}"
    (found,) = (key for key, value in step()["env"].items() if value == written)
    return str(found)


@dataclass(frozen=True)
class Ran:
    """A step of a pipeline that ended, and what it left in its folder."""

    code: int
    out: str
    err: str
    folder: Path

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def words(self) -> list[str]:
        """The words with which the stand-in for the command was called."""
        found: list[str] = json.loads(self.text("words.json"))
        return found


def environment(**more: str) -> dict[str, str]:
    """That of a job, without what this one's says of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT / "src")} | more


def executable(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A checked-out repository whose rules judge places alone, with a command beside it."""
    folder = tmp_path / "depot"
    folder.mkdir()
    configuration = "organisation: {name: Essai, place: CA-QC}\npolicies: [residency]\n"
    (folder / "sovercheck.yaml").write_text(configuration, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    executable(tmp_path / "bin" / "sovercheck", f'#!/bin/sh\nexec "{sys.executable}" -m sovercheck "$@"\n')
    executable(
        tmp_path / "bin" / "temoin",
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open('words.json', 'w'))\n",
    )
    for name in ("out", "summary"):
        (tmp_path / name).write_text("avant\n", encoding="utf-8")
    return folder


def github(job: Path, command: str = "sovercheck", **inputs: str) -> Ran:
    """The action's script, its inputs given by their names with `_` for `-`."""
    asked = {name.replace("_", "-"): value for name, value in inputs.items()}
    passed = {variable(name): asked.get(name, given.get("default", "")) for name, given in action()["inputs"].items()}
    files = {
        "RUNNER_TEMP": job.parent / "temp",
        "GITHUB_OUTPUT": job.parent / "out",
        "GITHUB_STEP_SUMMARY": job.parent / "summary",
        "SOVERCHECK": job.parent / "bin" / command,
        "ACTION": ROOT,
    }
    (job.parent / "temp").mkdir(exist_ok=True)
    told = environment(**passed, **{name: str(path) for name, path in files.items()})
    done = subprocess.run(["bash", GATE], cwd=job, env=told, capture_output=True, encoding="utf-8", check=False)
    return Ran(done.returncode, done.stdout, done.stderr, job)


def judge(job: Path, code: int, **inputs: str) -> Ran:
    (job / "plan.json").write_text(PLANS[code], encoding="utf-8")
    return github(job, plan="plan.json", data_class="sensitive", **inputs)


@pytest.mark.parametrize("on_unknown", ["fail", "warn"])
@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_action_ends_with_the_code_unless_a_team_chose_to_warn(job: Path, code: int, on_unknown: str) -> None:
    ran = judge(job, code, on_unknown=on_unknown, sarif="s.sarif")
    assert ran.code == (0 if (code, on_unknown) == (3, "warn") else code), ran.err
    assert (job.parent / "out").read_text(encoding="utf-8") == f"avant\ncode={code}\n"
    assert ("::warning title=sovercheck::code 3" in ran.out) == ((code, on_unknown) == (3, "warn"))
    summary = (job.parent / "summary").read_text(encoding="utf-8")
    assert summary.startswith("avant\n")
    assert ("Contrôle préalable" in summary) == (code != 2)
    assert bool(ran.text("s.sarif")) == (code != 2)
    if code == 1:
        assert any(line.startswith("::error ") for line in ran.out.splitlines())
        assert "✗" in ran.err


def test_the_summary_of_an_earlier_step_is_not_told_again(job: Path) -> None:
    judge(job, 1)
    once = (job.parent / "summary").read_text(encoding="utf-8")
    judge(job, 2)
    assert (job.parent / "summary").read_text(encoding="utf-8") == once


def test_the_action_speaks_the_language_that_it_is_asked_for(job: Path) -> None:
    ran = judge(job, 1, language="en")
    assert "Gate: " in (job.parent / "summary").read_text(encoding="utf-8")
    assert "exit code 1" in ran.err
    assert "Virginie" not in ran.out


def test_a_word_that_on_unknown_is_not_is_an_error(job: Path) -> None:
    ran = judge(job, 0, on_unknown="ignore")
    assert ran.code == 2
    assert (job.parent / "out").read_text(encoding="utf-8") == "avant\ncode=2\n"


def test_what_cannot_be_installed_is_no_finding(job: Path) -> None:
    """pip ends with 1, which would mean a finding."""
    (job / "plan.json").write_text(PLANS[0], encoding="utf-8")
    executable(job.parent / "bin" / "python3", "#!/bin/sh\nexit 1\n")
    passed = {variable(name): given.get("default", "") for name, given in action()["inputs"].items()}
    told = environment(**passed, RUNNER_TEMP=str(job.parent), GITHUB_OUTPUT=str(job.parent / "out"), ACTION=str(ROOT))
    told["PATH"] = f"{job.parent / 'bin'}{os.pathsep}{told['PATH']}"
    done = subprocess.run(["bash", GATE], cwd=job, env=told, capture_output=True, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("given", sorted(action()["inputs"]))
def test_no_input_is_run_or_read_as_another_option(job: Path, given: str, hostile: str) -> None:
    if given == "on-unknown":
        assert github(job, "temoin", on_unknown=hostile).code == 2
    else:
        words = github(job, "temoin", **{given.replace("-", "_"): hostile}).words
        (found,) = (word for word in words if word.endswith(hostile))
        if given == "plan":
            assert words.index(found) > words.index("--")
        assert found == hostile if given in ("plan", "arguments") else found.startswith("--")
    assert not list(job.glob("piege*"))


def test_lines_of_plans_and_of_arguments_are_words(job: Path) -> None:
    ran = github(
        job, "temoin", plan="a b.json\r\n\n-c.json\n--exit-zero\n", arguments="--only-new\n--save\nmon dossier\n"
    )
    words = ran.words
    end = words.index("--")
    assert words[end + 1 :] == ["a b.json", "-c.json", "--exit-zero"]
    assert words[end - 3 : end] == ["--only-new", "--save", "mon dossier"]


def test_a_line_break_in_an_input_adds_no_word(job: Path) -> None:
    words = github(job, "temoin", plan="p", source_dir="infra\n--exit-zero", base="main\n-q").words
    assert "--exit-zero" not in words
    assert "-q" not in words


def test_the_action_has_at_most_ten_inputs_and_interpolates_none() -> None:
    inputs = action()["inputs"]
    assert len(inputs) <= 10
    assert sorted(variable(name) for name in inputs) == sorted(
        name for name, value in step()["env"].items() if "inputs." in value
    )
    assert "${{" not in step()["run"]
    assert "${{" not in GATE.read_text(encoding="utf-8")
    assert [name for name, given in inputs.items() if given.get("required")] == ["plan"]
    assert all(given["description"].count(" / ") == 1 or name == "language" for name, given in inputs.items())
    assert (ROOT / step()["run"].split("/", 1)[1].rstrip('"')).samefile(GATE)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_script_is_what_shellcheck_accepts() -> None:
    subprocess.run(["shellcheck", GATE], check=True)


# GitLab


def gitlab_job() -> Any:
    return yaml.safe_load(GITLAB.read_text(encoding="utf-8"))[".sovercheck-gate"]


def gitlab(job: Path, command: str = "sovercheck", **variables: str) -> Ran:
    """The template's script, as the runner's shell runs it."""
    given = {name: str(value) for name, value in gitlab_job()["variables"].items()} | variables
    bin_ = job.parent / "bin"
    if command != "sovercheck":
        (bin_ / "sovercheck").write_bytes((bin_ / command).read_bytes())
    told = {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"} | given
    told = environment(**told)
    script = "set -eo pipefail\n" + "\n".join(gitlab_job()["before_script"] + gitlab_job()["script"])
    done = subprocess.run(["bash", "-c", script], cwd=job, env=told, capture_output=True, encoding="utf-8", check=False)
    return Ran(done.returncode, done.stdout, done.stderr, job)


@pytest.mark.parametrize("on_unknown", ["fail", "warn"])
@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_gitlab_job_ends_with_the_code_unless_a_team_chose_to_warn(job: Path, code: int, on_unknown: str) -> None:
    (job / "plan.json").write_text(PLANS[code], encoding="utf-8")
    ran = gitlab(job, SOVERCHECK_DATA_CLASS="sensitive", SOVERCHECK_ON_UNKNOWN=on_unknown)
    assert ran.code == (0 if (code, on_unknown) == (3, "warn") else code), ran.err
    reports = gitlab_job()["artifacts"]["reports"]
    for name in (*reports.values(), *gitlab_job()["artifacts"]["paths"]):
        assert bool(ran.text(name)) == (code != 2), name


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "name", ["PLAN", "SOURCE_DIR", "DATA_CLASS", "BASELINE", "FAIL_ON", "LANG", "ON_UNKNOWN", "PACKAGE"]
)
def test_no_variable_of_gitlab_is_run_or_read_as_another_option(job: Path, name: str, hostile: str) -> None:
    ran = gitlab(job, "temoin", **{f"SOVERCHECK_{name}": hostile})
    assert not list(job.glob("piege*"))
    if name == "ON_UNKNOWN":
        assert ran.code == 2
    elif name != "PACKAGE":
        (found,) = (word for word in ran.words if word.endswith(hostile))
        assert found == hostile if name == "PLAN" else found.startswith("--")


@pytest.mark.parametrize("package", ["", "./sovercheck", "--help"])
def test_gitlab_installs_what_it_is_told_and_nothing_by_itself(job: Path, package: str) -> None:
    bin_ = job.parent / "bin"
    (bin_ / "sovercheck").unlink()
    (bin_ / "temoin").rename(bin_ / "pip")
    ran = gitlab(job, SOVERCHECK_PACKAGE=package, PATH=f"{bin_}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert ran.text("words.json") == (json.dumps(["install", "--quiet", "--", package]) if package else "")
    assert ran.code not in (0, 1, 3, 4)


# The hooks


RULE = """\
id: ici
title: {fr: Ici, en: Here}
basis:
  kind: practice
  cite: {fr: Politique interne, en: Own policy}
  in_force: {}
  text: {read_on: 2026-11-22, grade: official}
severity: minor
gate: judge
subject: copy
when: {copy.kind: {equals: backup}}
require: {copy.place: {in: [CA]}}
remediation: {fr: La déplacer., en: Move it.}
tests:
  - {name: ici, given: {copy.kind: backup, copy.place: CA-QC}, expect: pass}
  - {name: ailleurs, given: {copy.kind: backup, copy.place: US-VA}, expect: fail}
  - {name: on ne sait, given: {copy.kind: backup}, expect: unknown}
"""
POLICY = "id: regles\ntitle: {fr: Les nôtres, en: Ours}\ndescription: {fr: Internes., en: Internal.}\n"


def hooks() -> list[Any]:
    return list(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_passes_what_ships_and_refuses_a_broken_rule(tmp_path: Path, hook: Any) -> None:
    def ran() -> subprocess.CompletedProcess[str]:
        words = hook["entry"].split()
        assert words[0] == "sovercheck"
        command = [sys.executable, "-m", "sovercheck", *words[1:]]
        return subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", check=False
        )

    assert hook["pass_filenames"] is False
    assert ran().returncode == 0
    (tmp_path / "regles").mkdir()
    configuration = "organisation: {name: Essai}\npolicies: [residency, ./regles]\n"
    (tmp_path / "sovercheck.yaml").write_text(configuration, encoding="utf-8")
    (tmp_path / "regles" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    rule = tmp_path / "regles" / "ici.yaml"
    rule.write_text(RULE, encoding="utf-8")
    ended = ran()
    assert ended.returncode == 0, ended.stderr
    rule.write_text(RULE.replace("require:", "requires:"), encoding="utf-8")
    ended = ran()
    assert ended.returncode == 2
    assert "ici.yaml" in ended.stderr


def test_a_rule_that_its_own_tests_refute_is_refused_by_the_hook_of_tests(tmp_path: Path) -> None:
    (tmp_path / "regles").mkdir()
    (tmp_path / "regles" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    refuted = RULE.replace("copy.place: US-VA", "copy.place: CA-ON")
    (tmp_path / "regles" / "ici.yaml").write_text(refuted, encoding="utf-8")
    (tmp_path / "sovercheck.yaml").write_text("organisation: {name: E}\npolicies: [./regles]\n", encoding="utf-8")
    (hook,) = (hook for hook in hooks() if hook["id"].endswith("test"))
    command = [sys.executable, "-m", "sovercheck", *hook["entry"].split()[1:]]
    assert subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False).returncode == 1
