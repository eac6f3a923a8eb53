"""The configuration of a change's base, from real repositories: whatever the change does, the base's files are read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovercheck.config import Config
from sovercheck.config.base import Base, _refused, at_base, default_ref
from sovercheck.config.reading import read_central
from sovercheck.errors import InputError, Place, SeveralErrors, SovercheckError
from sovercheck.inventory.rows import Row
from tests.repositories import commit, git, on_a_branch, write

LEAST = "organisation: {name: Établissement}\n"
CONFIGURATION = (
    LEAST
    + """
sources: [{declarations: declarations/}, {inventory: {file: apps.csv, tables: [{table: systems, columns: {id: A}}]}}]
systems: systemes.yaml
policies: [residency, ./politiques]
waivers: conf/derogations.yaml
"""
)
FILES = {
    "sovercheck.yaml": CONFIGURATION,
    "declarations/un.yaml": "declaration: {by: Un inc., date: 2026-03-02}\nparties: [{id: un, name: Un}]\n",
    "declarations/sous/deux.yaml": "declaration: {by: Deux, date: 2026-03-02}\nparties: [{id: deux, name: Deux}]\n",
    "apps.csv": "A\nx\n",
    "systemes.yaml": "systems: [{id: dossier, name: Dossier, data_class: health}]\n",
    "politiques/a/policy.yaml": "id: a\n",
    "politiques/a/ici.yaml": "id: ici\n",
    "conf/derogations.yaml": "[]\n",
    "declarations/lettre.pdf": "binary\n",
    "src/code.py": "x\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose branch `main` is the base, on a branch of its own."""
    return on_a_branch(tmp_path / "depot", FILES)


def of_base(start: Path, ref: str = "main", written: Path | None = None) -> Config | None:
    with at_base(start, ref, written) as found:
        return found.load()


def error_of(start: Path, ref: str = "main", written: Path | None = None) -> SovercheckError:
    with pytest.raises(SovercheckError) as caught:
        of_base(start, ref, written)
    error = caught.value.errors[0] if isinstance(caught.value, SeveralErrors) else caught.value
    assert error.message("fr") != error.message("en")
    return error


def test_whatever_the_change_does_the_base_is_read(repository: Path) -> None:
    for name in FILES:
        (repository / name).unlink()
    write(repository, {"sovercheck.yaml": "organisation: {name: Autre}\n", "conf/derogations.yaml": "- {id: x}\n"})
    commit(repository, {})
    with at_base(repository, "main") as found:
        config = found.load()
        assert config is not None
        assert config.organisation.name == "Établissement"
        needed = FILES.keys() - {"declarations/lettre.pdf", "src/code.py"}
        there = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}
        assert there == needed
        assert all((found.folder / name).read_text(encoding="utf-8") == FILES[name] for name in needed)
        assert config.waivers[0].path.read_text(encoding="utf-8") == "[]\n"
        assert config.policies == ("residency", found.folder / "politiques")
        rows = [row.id for source in config.sources[:1] for row in source.collect() if isinstance(row, Row)]
        assert sorted(rows) == ["deux", "un"]
        assert found.folder.stat().st_mode & 0o077 == 0
        assert found.commit == git(repository, "rev-parse", "main")
        assert config.reports["html"] == repository / "sortie/bilan.html", "what is written is the working tree's"
    assert not found.folder.exists()


def test_from_a_folder_below_the_nearest_at_the_base_is_the_one(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, {"equipe/sovercheck.yaml": "organisation: {name: Équipe}\n", "equipe/infra/a.tf": "x"})
    git(repository, "checkout", "-q", "-B", "changement")
    write(repository, {"equipe/infra/sovercheck.yaml": "organisation: {name: Change}\n"})
    (repository / "equipe/sovercheck.yaml").unlink()
    found = of_base(repository / "equipe/infra")
    assert found is not None
    assert found.organisation.name == "Équipe"
    named = of_base(repository / "equipe", written=repository / "sovercheck.yaml")
    assert named is not None
    assert named.organisation.name == "Établissement"


def test_where_the_base_has_none_there_is_none(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "vide")
    git(repository, "rm", "-rfq", ".")
    commit(repository, {"README.md": "x"})
    write(repository, FILES)
    with at_base(repository, "vide") as found:
        assert found.path is None
        assert found.load() is None


def test_errors_name_the_file_as_git_does(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, {"sovercheck.yaml": LEAST + "policies: [./absent]\n"})
    error = error_of(repository)
    assert (error.code, str(error.place)) == ("policy_unknown", "main:sovercheck.yaml:2:12")

    def fail() -> None:
        with at_base(repository, "main") as found:
            shown = str(found.folder / "a.yaml")
            raise SeveralErrors([InputError("yaml_syntax", place=Place(shown, 3, 4), problem=f"see {shown}")])

    with pytest.raises(SeveralErrors) as caught:
        fail()
    assert str(caught.value) == "main:a.yaml:3:4: This is not valid YAML: see main:a.yaml"


def test_what_is_no_yaml_at_the_base_is_told_so(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, {"sovercheck.yaml": "organisation: [\n"})
    error = error_of(repository)
    assert (error.code, str(error.place)) == ("yaml_syntax", "main:sovercheck.yaml:2:1")


# what git does not give


def test_a_ref_that_the_clone_lacks(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=changement", f"file://{repository}", "clone")
    clone = tmp_path / "clone"
    error = error_of(clone, "origin/main")
    assert error.code == "base_ref"
    fetch = "git fetch --depth=1 origin +refs/heads/main:refs/remotes/origin/main"
    assert fetch in (error.hint("fr") or "")
    git(clone, *fetch.split()[1:])
    assert of_base(clone, "origin/main")


@pytest.mark.parametrize(
    "ref", ["", "nulle-part", "main:sovercheck.yaml", "main\nmain", "--help", "-", "^main", "$(x)"]
)
def test_what_names_no_commit_is_no_base(repository: Path, ref: str) -> None:
    assert error_of(repository, ref).code == "base_ref"


@pytest.mark.parametrize("ref", ["HEAD", "refs/heads/main", "HEAD~0"])
def test_a_base_is_named_in_any_way_of_gits(repository: Path, ref: str) -> None:
    assert of_base(repository, ref)


def test_a_tag_is_the_commit_that_it_names(repository: Path) -> None:
    git(repository, "tag", "-a", "v1", "-m", "x")
    with at_base(repository, "v1") as found:
        assert found.commit == git(repository, "rev-parse", "HEAD")


def test_a_folder_outside_any_repository(tmp_path: Path) -> None:
    assert error_of(tmp_path).code == "base_no_repository"


def test_git_is_not_there(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert error_of(repository).code == "base_no_git"


def test_git_says_why_it_refuses(repository: Path) -> None:
    error = error_of(repository / "absent")
    assert error.code == "base_git"
    assert "absent" in error.message("fr")
    dubious = _refused(b"fatal: detected dubious ownership in repository at '/x'\nTo add an exception\n")
    assert dubious.code == "base_ownership"


def test_a_configuration_of_elsewhere_has_no_base_here(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "sovercheck.yaml").write_text(LEAST)
    assert error_of(repository, written=tmp_path / "sovercheck.yaml").code == "base_outside"


# links, what climbs out, submodules


def test_a_link_is_followed_inside_the_repository_and_not_out_of_it(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "-q", "main")
    (repository / "conf/derogations.yaml").unlink()
    (repository / "conf/derogations.yaml").symlink_to("../vraies.yaml")
    (repository / "liees").symlink_to("declarations")
    text = CONFIGURATION.replace("declarations/", "liees")
    commit(repository, {"vraies.yaml": "[]\n", "sovercheck.yaml": text})
    with at_base(repository, "main") as found:
        config = found.load()
        assert config is not None
        assert config.waivers[0].path.read_text() == "[]\n"
        assert not config.waivers[0].path.is_symlink()
        assert len(config.sources[0].inputs()) == 2
    (repository / "conf/derogations.yaml").unlink()
    (tmp_path / "dehors.yaml").write_text("[]\n")
    (repository / "conf/derogations.yaml").symlink_to("../../dehors.yaml")
    commit(repository, {})
    error = error_of(repository)
    assert (error.code, str(error.place)) == ("base_path", "main:conf/derogations.yaml")


def test_what_climbs_out_of_the_repository_is_read_where_it_is(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "dehors.yaml").write_text("[]\n")
    git(repository, "checkout", "-q", "main")
    commit(repository, {"sovercheck.yaml": LEAST + "waivers: ../dehors.yaml\n"})
    config = of_base(repository)
    assert config is not None
    assert config.waivers[0].path.resolve() == (tmp_path / "dehors.yaml").resolve()


@pytest.mark.parametrize(
    "way", ["../depot/conf/derogations.yaml", "{root}/conf/derogations.yaml", "./x/../conf/../conf/derogations.yaml"]
)
def test_no_way_around_leads_into_the_change(repository: Path, way: str) -> None:
    git(repository, "checkout", "-q", "main")
    commit(repository, {"sovercheck.yaml": LEAST + f"waivers: {way.format(root=repository)}\n"})
    (repository / "conf/derogations.yaml").write_text("the change\n")
    with at_base(repository, "main") as found:
        config = found.load()
        assert config is not None
        assert config.waivers[0].path.read_text() == "[]\n"


@given(st.lists(st.sampled_from(["..", ".", "depot", "base", "centre", "a", "b.yaml", "/travail", "/travail/depot"])))
def test_nothing_that_the_base_names_is_ever_read_in_the_change(steps: list[str]) -> None:
    tree, folder = Path("/travail/depot"), Path("/prive/base")
    found = Base("main", "ab", tree, folder, folder / "sovercheck.yaml")
    for start in (folder, folder / "equipe"):
        target = Path(os.path.normpath(found.locate(start.joinpath(*steps))))
        assert not target.is_relative_to(tree)
        if target.is_relative_to(folder):
            assert found.locate(target) == target


CENTRE = {"sovercheck.yaml": "policies: [residency]\nwaivers: derogations.yaml\n", "derogations.yaml": "[]\n"}


def extends(centre: Path, file: str) -> str:
    return LEAST + f"extends: {{file: {file}, sha256: {read_central(centre / 'sovercheck.yaml').sha256}}}\n"


def test_a_centre_in_the_repository_is_the_bases(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    write(repository / "centre", CENTRE)
    commit(repository, {"sovercheck.yaml": extends(repository / "centre", "centre/sovercheck.yaml")})
    write(repository / "centre", {"derogations.yaml": "the change\n"})
    with at_base(repository, "main") as found:
        config = found.load()
        assert config is not None
        assert config.central is not None
        assert config.waivers[0].path.read_text() == "[]\n"
        assert config.waivers[0].shown == "centre/derogations.yaml"


def test_the_pin_of_the_base_counts_for_a_centre_outside(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "centre", CENTRE)
    git(repository, "checkout", "-q", "main")
    commit(repository, {"sovercheck.yaml": extends(tmp_path / "centre", "../centre/sovercheck.yaml")})
    config = of_base(repository)
    assert config is not None
    assert config.waivers[0].path.resolve() == (tmp_path / "centre/derogations.yaml").resolve()
    write(tmp_path / "centre", {"derogations.yaml": "- {id: x}\n"})
    write(repository, {"sovercheck.yaml": extends(tmp_path / "centre", "../centre/sovercheck.yaml")})
    error = error_of(repository)
    assert error.code == "central_pin"
    assert str(error.place).startswith("main:sovercheck.yaml:2:")


def test_a_centre_in_a_submodule_is_read_in_the_working_tree_and_guarded_by_the_pin(
    repository: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q", "-b", "main")
    commit(source, CENTRE)
    git(repository, "checkout", "-q", "main")
    git(repository, "submodule", "--quiet", "add", str(source), "tiers/centre")
    commit(repository, {"sovercheck.yaml": extends(source, "tiers/centre/sovercheck.yaml")})
    config = of_base(repository)
    assert config is not None
    assert config.waivers[0].path.resolve() == (repository / "tiers/centre/derogations.yaml").resolve()
    write(repository / "tiers/centre", {"derogations.yaml": "- {id: x}\n"})
    assert error_of(repository).code == "central_pin"
    commit(repository, {"sovercheck.yaml": LEAST + "waivers: tiers/centre/derogations.yaml\n"})
    error = error_of(repository)
    assert (error.code, str(error.place)) == ("base_submodule", "main:tiers/centre/derogations.yaml")


def test_it_takes_two_processes_of_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **named: Any) -> None:
            started.append(words)
            super().__init__(*words, **named)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    assert of_base(repository)
    assert len(started) == 2


# which base


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"GITHUB_BASE_REF": ""}, None),
        ({"GITHUB_BASE_REF": "main"}, "origin/main"),
        ({"GITHUB_BASE_REF": "release/1.2"}, "origin/release/1.2"),
        ({"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, "origin/main"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "ab12", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, "ab12"),
        ({"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/releases/un"}, "origin/releases/un"),
        ({"SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}, "origin/main"),
    ],
)
def test_the_base_that_a_ci_says(environ: Mapping[str, str], expected: str | None) -> None:
    assert default_ref(environ) == expected
