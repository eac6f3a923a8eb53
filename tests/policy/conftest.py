"""What the tests of rules share: the reference data, and one small rule to break in one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sovercheck.errors import SeveralErrors, SovercheckError
from sovercheck.policy.loader import load_policies
from sovercheck.reference import Reference, load_reference
from sovercheck.strictyaml import Value

RULE = """\
id: exemple
title: {fr: Exigence, en: Requirement}
basis:
  kind: practice
  cite: {fr: Pratique, en: Practice}
  in_force: {}
  text: {read_on: 2026-11-22, grade: secondary}
severity: minor
subject: copy
require: {copy.place: {in: [CA-QC]}}
remediation: {fr: Déplacer, en: Move}
tests:
  - {name: ici, given: {copy.place: CA-QC}, expect: pass}
  - {name: ailleurs, given: {copy.place: US}, expect: fail}
  - {name: inconnu, given: {}, expect: unknown}
"""

POLICY = "{id: essai, title: {fr: Essai, en: Trial}, description: {fr: D, en: D}}\n"

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a policy folder `essai` of the files given, in a current folder of its own."""
    monkeypatch.chdir(tmp_path)

    def make(policy: str | None = POLICY, /, **files: str) -> Path:
        folder = Path("essai")
        folder.mkdir(exist_ok=True)
        if policy is not None:
            (folder / "policy.yaml").write_text(policy, encoding="utf-8")
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return make


def errors(folder: Path, reference: Reference, **parameters: Value) -> list[SovercheckError]:
    """What loading a folder refuses."""
    with pytest.raises(SovercheckError) as caught:
        load_policies([folder], reference, parameters)
    return list(caught.value.errors) if isinstance(caught.value, SeveralErrors) else [caught.value]


def only_error(folder: Path, reference: Reference) -> SovercheckError:
    """The one mistake that loading a folder refuses."""
    (error,) = errors(folder, reference)
    return error
