"""The example of the gate and its documentation, followed to the letter: each command that they show is run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repositories import git

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "porte-ci"
CODES = {"module-voisin": 1, "variable": 0, "inconnue": 3}
READMES = ("README.md", "README.en.md")
PAGES = ("controle-prealable.md", "gate.md")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of a page in one language, in order."""
    return [text for lang, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if lang == language]


def ran(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of a shell, where `sovercheck` and a stand-in for `terraform` are commands."""
    bin_ = next(above for above in folder.parents if (above / "bin" / "sovercheck").exists()) / "bin"
    told = {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=told, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """A repository of its own that holds the examples and no configuration."""
    folder = tmp_path / "depot"
    shutil.copytree(EXAMPLE, folder / "examples" / "porte-ci", ignore=shutil.ignore_patterns("sortie"))
    git(folder, "init", "-q", "-b", "main")
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin" / "sovercheck", f'exec "{sys.executable}" -m sovercheck "$@"')
    return folder


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def results(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Of a SARIF file: rule, verdict, file, line."""
    log: Any = json.loads(path.read_text(encoding="utf-8"))
    for result in log["runs"][0]["results"]:
        at = result["locations"][0]["physicalLocation"]
        yield (
            result["ruleId"],
            result["properties"]["verdict"],
            at["artifactLocation"]["uri"],
            at["region"]["startLine"],
        )


def line_of(file: str, text: str) -> int:
    lines = (EXAMPLE / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_the_example_end_as_it_says(depot: Path, readme: str) -> None:
    (block,) = blocks(EXAMPLE / readme, "sh")
    enter, *commands = block.splitlines()
    assert enter == "cd examples/porte-ci"
    folder = depot / "examples" / "porte-ci"
    found = {}
    for command in commands:
        assert command.startswith("sovercheck gate ")
        ended = ran(command, folder)
        found[command.split()[2].partition("/")[0]] = ended.returncode
        assert ("exit code" if "--lang en" in command else "code de sortie") in ended.stdout
    assert found == CODES
    table = re.findall(r"^\| `([\w-]+)` \|.*\| (\d) \|$", (EXAMPLE / readme).read_text(encoding="utf-8"), re.MULTILINE)
    assert {name: int(code) for name, code in table} == CODES

    file = "module-voisin/modules/archive/main.tf"
    failing = [found for found in results(folder / "sortie" / "module-voisin.sarif") if found[1] == "fail"]
    assert ("copy-in-allowed-places", "fail", file, line_of(file, 'resource "aws_s3_bucket"')) in failing
    assert {found[2] for found in failing if found[0] == "copy-in-allowed-places"} == {file}
    page = (folder / "sortie" / "module-voisin.html").read_text(encoding="utf-8")
    assert "modules/archive/main.tf" in page


@pytest.mark.parametrize("name", CODES)
def test_each_plan_ends_the_same_from_the_root_of_the_repository(depot: Path, name: str) -> None:
    command = f"sovercheck gate examples/porte-ci/{name}/plan.json --data-class health -f sarif=s.sarif"
    assert ran(command, depot).returncode == CODES[name]
    files = {file for _, _, file, _ in results(depot / "s.sarif")}
    assert all((depot / file).is_file() for file in files)


def test_without_its_sources_a_variable_is_not_its_value(depot: Path) -> None:
    folder = depot / "examples" / "porte-ci" / "variable"
    (folder / "main.tf").unlink()
    assert ran("sovercheck gate plan.json --data-class health", folder).returncode == 3
    shutil.copytree(EXAMPLE / "variable", depot / "ailleurs")
    assert ran("sovercheck gate plan.json --data-class health --source-dir ../../../ailleurs", folder).returncode == 0


def test_sources_that_say_otherwise_bear_nothing_out(depot: Path) -> None:
    folder = depot / "examples" / "porte-ci" / "variable"
    main = folder / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace("region = var.aws_region", "region = var.autre"), encoding="utf-8")
    assert ran("sovercheck gate plan.json --data-class health", folder).returncode == 3


def test_what_nobody_can_know_is_assumed_where_somebody_says_so(depot: Path) -> None:
    folder = depot / "examples" / "porte-ci" / "inconnue"
    command = "sovercheck gate plan.json --data-class health --assume-region aws="
    assert ran(f"{command}ca-central-1", folder).returncode == 0
    assert ran(f"{command}us-east-1", folder).returncode == 1


# The documentation, followed by somebody who has a repository of their own and no configuration


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", CODES)
def test_the_first_commands_of_the_documentation(depot: Path, page: str, name: str) -> None:
    folder = depot / "infra"
    shutil.copytree(EXAMPLE / name, folder, ignore=shutil.ignore_patterns("plan.json"))
    shown = EXAMPLE / name / "plan.json"
    script(depot.parent / "bin" / "terraform", f'case "$1" in plan) : > plan.tfplan ;; show) cat "{shown}" ;; esac')
    first = blocks(ROOT / "docs" / page, "sh")[0].splitlines()
    assert [line.split()[0] for line in first] == ["terraform", "terraform", "sovercheck"]
    assert [ran(line, folder).returncode for line in first] == [0, 0, CODES[name]]


@pytest.mark.parametrize(("readme", "page"), [("README.md", PAGES[0]), ("README.en.md", PAGES[1])])
def test_the_readme_shows_the_same_commands_and_the_way_to_the_rest(readme: str, page: str) -> None:
    assert blocks(ROOT / "docs" / page, "sh")[0] in blocks(ROOT / readme, "sh")
    assert f"(docs/{page})" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_porte_tells_what_each_ends_with_and_fails_on_none(depot: Path) -> None:
    shutil.copy(ROOT / "Makefile", depot)
    ended = ran(f"make porte BIN={depot.parent / 'bin'} -o .venv/.installed", depot)
    assert ended.returncode == 0, ended.stderr
    assert dict(re.findall(r"^== ([\w-]+) : code (\d)$", ended.stdout, re.MULTILINE)) == {
        name: str(code) for name, code in CODES.items()
    }
    script(depot.parent / "bin" / "sovercheck", "exit 70")
    assert ran(f"make porte BIN={depot.parent / 'bin'} -o .venv/.installed", depot).returncode != 0


@pytest.mark.parametrize("page", PAGES)
def test_many_repositories_are_rolled_up_as_the_documentation_says(depot: Path, page: str) -> None:
    (save, assess) = blocks(ROOT / "docs" / page, "sh")[1].splitlines()
    name = save.split("--name ")[1].split()[0]
    assert name.endswith("-a")
    for plan, command in (("variable", save), ("module-voisin", save.replace(name, f"{name[:-1]}b"))):
        shutil.copy(EXAMPLE / plan / "plan.json", depot / "plan.json")
        assert ran(f"{command} --data-class health", depot).returncode in (1, 3)
    assert ran(assess, depot).returncode == 2  # without a configuration
    configuration = "organisation: {name: Essai, place: CA-QC}\nreports: {json: bilan.json}\n"
    (depot / "sovercheck.yaml").write_text(configuration, encoding="utf-8")
    assert ran(assess, depot).returncode == 1
    found = json.loads((depot / "bilan.json").read_text(encoding="utf-8"))
    assert sorted(line["name"] for line in found["systems"]) == [name, f"{name[:-1]}b"]
    assert found["contradictions"] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_workflow_of_the_documentation_gives_the_action_what_it_takes(page: str) -> None:
    workflows = [yaml.safe_load(text) for text in blocks(ROOT / "docs" / page, "yaml")]
    github = next(found for found in workflows if "steps" in found)
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    (step,) = (step for step in github["steps"] if "plan" in step.get("with", {}))
    assert set(step["with"]) <= set(inputs)
    checkout = github["steps"][0]
    assert checkout["with"]["fetch-depth"] == 0
    written = next(step["run"] for step in github["steps"] if "run" in step and "show -json" in step["run"])
    assert f"> {step['with']['plan']}" in written
    assert f"-chdir={step['with']['source-dir']}" in written
    (upload,) = (step for step in github["steps"] if "upload-sarif" in step.get("uses", ""))
    assert upload["with"]["sarif_file"] == step["with"]["sarif"]
    assert "always()" in upload["if"]


@pytest.mark.parametrize("page", PAGES)
def test_the_gitlab_job_of_the_documentation_extends_the_template(page: str) -> None:
    found = [yaml.safe_load(text) for text in blocks(ROOT / "docs" / page, "yaml")]
    (jobs,) = (one for one in found if "include" in one)
    (job,) = (job for job in jobs.values() if isinstance(job, dict) and "extends" in job)
    template = (ROOT / "packaging" / "gitlab" / "sovercheck.gitlab-ci.yml").read_text(encoding="utf-8")
    assert job["extends"] in yaml.safe_load(template)
    for name in job["variables"]:
        assert f"${name}" in template or f"${{{name}" in template


@pytest.mark.parametrize("page", PAGES)
def test_the_hooks_of_the_documentation_exist(page: str) -> None:
    found = [yaml.safe_load(text) for text in blocks(ROOT / "docs" / page, "yaml")]
    (config,) = (one for one in found if "repos" in one)
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for repo in config["repos"] for hook in repo["hooks"]} == hooks


@pytest.mark.parametrize("page", PAGES)
def test_a_configuration_of_the_base_judges_a_push_to_it(depot: Path, page: str) -> None:
    """« sur la branche de base elle-même, donnez `--base HEAD` »: its own waivers and rules then count."""
    assert "`--base HEAD`" in (ROOT / "docs" / page).read_text(encoding="utf-8")
    (depot / "sovercheck.yaml").write_text("organisation: {name: Essai}\npolicies: [residency]\n", encoding="utf-8")
    git(depot, "add", "-A")
    git(depot, "commit", "-q", "-m", "x")
    plan = "examples/porte-ci/variable/plan.json"
    assert ran(f"sovercheck gate {plan} --base HEAD --data-class health", depot).returncode == 0
